//! The button that passes a story on.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::share::{Shared, share};

/// Shares an address by the system's dialogue, else copies it and says so.
///
/// A live blog has thousands of them, those with labels: they have a status only from the first press on. It is empty at
/// first, since screen readers read out only what changes in a region that is there.
#[component]
pub fn ShareButton(
    /// What is shared.
    title: String,
    /// Its address, absolute.
    address: String,
    /// The name of the button, where there are several on a page.
    #[prop(optional, into)]
    label: Option<String>,
    /// What a press of it is for, to find it again where the app takes over a published page.
    #[prop(optional, into)]
    press: Option<String>,
) -> impl IntoView {
    let message = RwSignal::new(None);
    let on_press = move |_| {
        let (title, address) = (title.clone(), address.clone());
        message.set(Some(""));
        spawn_local(async move {
            let shared = share(&title, &address).await;
            // The button may be gone by now.
            message.try_set(Some(words(shared)));
        });
    };
    let has_status = Memo::new({
        let is_only_one = label.is_none();
        move |_| is_only_one || message.get().is_some()
    });
    view! {
        <span class="share">
            <button type="button" class="button" aria-label=label data-press=press on:click=on_press>
                "Share"
            </button>
            {move || has_status.get().then(|| view! { <span role="status">{move || message.get()}</span> })}
        </span>
    }
}

/// What is said of it, where the system has not said it.
fn words(shared: Shared) -> &'static str {
    match shared {
        Shared::Handed => "",
        Shared::Copied => "Link copied",
        Shared::Neither => "This browser lets us neither share nor copy. The address is in its address bar.",
    }
}

//! The button that passes a story on.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::share::{Shared, share};

/// Shares an address by the system's dialogue, else copies it and says so.
#[component]
pub fn Share(title: String, address: String) -> impl IntoView {
    let word = RwSignal::new("");
    let press = move |_| {
        let (title, address) = (title.clone(), address.clone());
        spawn_local(async move {
            let said = match share(&title, &address).await {
                Shared::Handed => "",
                Shared::Copied => "Link copied",
                Shared::Neither => {
                    "This browser lets us neither share nor copy. The address is in its address bar."
                }
            };
            // A reader who has left by then has no use for the word.
            word.try_set(said);
        });
    };
    view! {
        <span class="share">
            <button type="button" class="button" on:click=press>"Share"</button>
            <span role="status">{word}</span>
        </span>
    }
}

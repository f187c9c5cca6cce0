//! The stack of notices, which stands last on the page.

use std::sync::Arc;

use leptos::prelude::*;

use crate::browser::focus;
use crate::state::notices::{Notice, NoticeId, Press, WHICH};
use crate::state::use_app;

/// The notices. The stack is there before what comes into it, so that this is read out.
#[component]
pub fn NoticeList() -> impl IntoView {
    let notices = use_app().notices;
    view! {
        <div class="notices" role="status" aria-atomic="false">
            <For each=move || notices.list() key=|(id, notice)| (*id, Arc::as_ptr(notice) as usize) let((id, notice))>
                <NoticeItem id notice/>
            </For>
        </div>
    }
}

/// A notice, with its buttons. Each of them closes it.
#[component]
fn NoticeItem(id: NoticeId, notice: Arc<Notice>) -> impl IntoView {
    let notices = use_app().notices;
    // Where the focus was before it came into the notice.
    let origin = StoredValue::new_local(None::<focus::Origin>);
    let note_origin = move |event| {
        if let Some(from) = focus::Origin::of(&event, WHICH) {
            origin.set_value(Some(from));
        }
    };
    let close = move |press: Option<&Press>| {
        let origin = origin.try_update_value(Option::take).flatten();
        notices.close(id);
        // The focus is not to be lost with the button.
        let _ = origin.is_some_and(|origin| origin.return_focus())
            || focus::focus("main h1")
            || focus::focus("main");
        if let Some(press) = press {
            press();
        }
    };
    let action = notice.action.clone().map(|(label, press)| {
        view! {
            <button type="button" class="button" on:click=move |_| close(Some(&press))>{label}</button>
        }
    });
    let dismissed = notice.dismissed.clone();
    view! {
        <div class="notice" data-notice=id.to_string() on:focusin=note_origin>
            <p>{notice.words.clone()}</p>
            {action}
            <button
                type="button"
                class="notice-close"
                aria-label=format!("Dismiss: {}", notice.words)
                on:click=move |_| close(dismissed.as_ref())
            >
                "×"
            </button>
        </div>
    }
}

//! The stack of notices, which stands last on the page.

use std::sync::Arc;

use leptos::prelude::*;

use crate::browser::focus;
use crate::state::notices::{Notice, NoticeId, Press};
use crate::state::use_app;

/// The notices. The stack is there before what comes into it, so that this is read out.
#[component]
pub fn NoticeList() -> impl IntoView {
    let notices = use_app().notices;
    view! {
        <div class="notices" role="status" aria-atomic="false">
            <For each=move || notices.list() key=|(id, _)| *id let((id, notice))>
                <NoticeItem id notice/>
            </For>
        </div>
    }
}

/// A notice, with its buttons. Each of them closes it.
#[component]
fn NoticeItem(id: NoticeId, notice: Arc<Notice>) -> impl IntoView {
    let notices = use_app().notices;
    let close = move |press: Option<&Press>| {
        notices.close(id);
        // The focus is not to be lost with the button.
        let _ = focus::focus("main h1") || focus::focus("main");
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
        <div class="notice" data-notice=id.to_string()>
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

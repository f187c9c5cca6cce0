//! A button that does something or takes it back.

use leptos::prelude::*;

/// A button whose words say whether it is on; so nothing else does, but its look.
#[component]
pub fn ToggleButton(
    /// Whether it is on.
    is_on: Memo<bool>,
    /// What it says when it is off, and when it is on.
    words: (&'static str, &'static str),
    /// What a press of it is for when it is off, to find it again where the app takes over a published page.
    press: String,
    /// What a press does.
    on_press: impl Fn() + 'static,
) -> impl IntoView {
    let (off, on) = words;
    view! {
        <button
            type="button"
            class=move || if is_on.get() { "button button-on" } else { "button" }
            data-press=move || if is_on.get() { format!("undo-{press}") } else { press.clone() }
            on:click=move |_| on_press()
        >
            {move || if is_on.get() { on } else { off }}
        </button>
    }
}

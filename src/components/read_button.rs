//! The button that marks a story read.

use leptos::prelude::*;

use crate::content::StoryId;
use crate::reading::State;
use crate::state::use_app;

/// Marks a story read, or unread again.
#[component]
pub fn ReadButton(
    /// The story.
    id: StoryId,
) -> impl IntoView {
    let app = use_app();
    let story = id.clone();
    let is_read = app.reading.memo(move |reading| reading.state(&story) == State::Read);
    let press = format!("read:{id}");
    view! {
        <button
            type="button"
            class="button"
            data-press=move || if is_read.get() { format!("undo-{press}") } else { press.clone() }
            on:click=move |_| app.actions.toggle_read(id.clone())
        >
            {move || if is_read.get() { "Mark as unread" } else { "Mark as read" }}
        </button>
    }
}

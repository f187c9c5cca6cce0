//! The button that saves a story.

use leptos::prelude::*;

use super::toggle_button::ToggleButton;
use crate::content::StoryId;
use crate::reading::StorySnapshot;
use crate::state::reading_store::is_saved;
use crate::state::use_app;

/// Saves a story, or takes it from the saved ones; says what becomes of its files.
#[component]
pub fn SaveButton(
    /// The story.
    id: StoryId,
    /// What is to be known of it where it is listed.
    snapshot: StorySnapshot,
) -> impl IntoView {
    let app = use_app();
    let story = id.clone();
    let is_on = app.reading.memo(move |reading| is_saved(reading, &story));
    let status = app.offline.status(&id);
    let press = format!("save:{id}");
    let on_press = move || app.actions.toggle_saved(id.clone(), snapshot.clone());
    view! {
        <span class="saving">
            <ToggleButton is_on words=("Save", "Saved") press on_press/>
            <span role="status">{move || status.get().message()}</span>
        </span>
    }
}

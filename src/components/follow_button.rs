//! The button that follows live coverage.

use leptos::prelude::*;

use super::toggle_button::ToggleButton;
use crate::content::StoryId;
use crate::reading::StorySnapshot;
use crate::state::use_app;

/// Follows live coverage, or no longer: it is then among what can be continued, with what came since.
#[component]
pub fn FollowButton(
    /// The story.
    id: StoryId,
    /// What is to be known of it where it is listed.
    snapshot: StorySnapshot,
) -> impl IntoView {
    let app = use_app();
    let story = id.clone();
    let is_followed = app
        .reading
        .memo(move |reading| reading.story_state(&story).is_some_and(|card| card.followed().is_some()));
    let press = format!("follow:{id}");
    let on_press = move || app.actions.toggle_followed(id.clone(), snapshot.clone());
    view! { <ToggleButton is_on=is_followed words=("Follow", "Following") press on_press/> }
}

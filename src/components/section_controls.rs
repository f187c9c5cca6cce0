//! What can be done with all stories of a section at once.

use leptos::prelude::*;

use crate::content::{Section, StoryId};
use crate::reading::Action;
use crate::route::Route;
use crate::state::use_app;

/// Beside the name of a section: the way to its unread stories, or to all, and the button that marks all read.
#[component]
pub fn SectionControls(
    /// The section.
    section: Section,
    /// Whether unread stories alone are shown.
    unread_only: bool,
) -> impl IntoView {
    let actions = use_app().actions;
    let press = format!("mark-all:{}", section.id);
    let stories: Vec<StoryId> = section.teasers.iter().map(|story| story.id.clone()).collect();
    let mark_all = move |_| {
        actions
            .with_undo(Action::MarkedRead(stories.clone()), "Everything in this section is marked as read.");
    };
    let (words, other) = if unread_only {
        ("All stories", Route::Section(section.id))
    } else {
        ("Unread only", Route::Unread(section.id))
    };
    view! {
        <div class="section-controls" lang="en">
            <a class="button" href=other.href()>{words}</a>
            <button type="button" class="button" data-press=press on:click=mark_all>
                "Mark all read"
            </button>
        </div>
    }
}

//! The stories that the reader has begun, and the live coverage that they follow.

use leptos::prelude::*;

use crate::components::bulk_actions::BulkActions;
use crate::components::followed_list::FollowedList;
use crate::components::own_frame::OwnFrame;
use crate::components::story_list::StoryList;
use crate::route::Route;
use crate::state::story_listing::StoryListing;
use crate::state::use_app;

/// The screen of stories to continue.
#[component]
pub fn ContinuePage() -> impl IntoView {
    view! {
        <OwnFrame route=Route::Continue>
            <BegunStories/>
        </OwnFrame>
    }
}

#[component]
fn BegunStories() -> impl IntoView {
    let list = StoryListing::begun(use_app().reading);
    let empty = "Nothing in progress. Stories you’ve started appear here, at the line where you stopped.";
    view! {
        <FollowedList/>
        <BulkActions list/>
        <StoryList list empty=move || view! { <p>{empty}</p> }/>
    }
}

//! The stories that the reader has opened.

use leptos::prelude::*;

use crate::components::bulk_actions::{BulkActions, focus_heading_if_empty};
use crate::components::own_frame::OwnFrame;
use crate::components::story_list::StoryList;
use crate::reading::Action;
use crate::route::Route;
use crate::state::story_listing::StoryListing;
use crate::state::use_app;

/// The screen of the history.
#[component]
pub fn HistoryPage() -> impl IntoView {
    view! {
        <OwnFrame route=Route::History>
            <OpenedStories/>
        </OwnFrame>
    }
}

#[component]
fn OpenedStories() -> impl IntoView {
    let app = use_app();
    let list = StoryListing::opened(app.reading);
    let clear = move |_| {
        app.actions.with_undo(Action::ClearedHistory, "The history was cleared.");
        focus_heading_if_empty(list);
    };
    view! {
        <BulkActions list>
            <button type="button" class="button" on:click=clear>"Clear history"</button>
        </BulkActions>
        <StoryList list empty=|| view! { <p>"No history yet. Stories you open are listed here, on this device only."</p> }/>
    }
}

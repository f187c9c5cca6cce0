//! The stories that the reader has saved.

use leptos::prelude::*;

use crate::components::bulk_actions::BulkActions;
use crate::components::own_frame::OwnFrame;
use crate::components::saved_search::SavedSearch;
use crate::components::story_list::StoryList;
use crate::reading::lists::Wanted;
use crate::route::Route;
use crate::state::story_listing::StoryListing;
use crate::state::use_app;

/// The screen of saved stories.
#[component]
pub fn SavedPage() -> impl IntoView {
    view! {
        <OwnFrame route=Route::Saved>
            <SavedStories/>
        </OwnFrame>
    }
}

#[component]
fn SavedStories() -> impl IntoView {
    let app = use_app();
    let unread_only = app.unread_only;
    let wanted = RwSignal::new(Wanted::default());
    let list = StoryListing::saved(app.reading, wanted, unread_only);
    Effect::new(move |_| {
        app.actions.remove_leftovers();
        app.offline.refresh();
    });
    // Another visit begins with all of them.
    on_cleanup(move || unread_only.set(false));
    let empty = "Nothing here. Press Save on a story, and it is here, to be read without a network too.";
    view! {
        <SavedSearch wanted unread_only/>
        <BulkActions list/>
        <StoryList list empty wanted/>
    }
}

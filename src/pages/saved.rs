//! The stories that the reader has saved.

use leptos::prelude::*;

use crate::browser::focus;
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
    let wanted = app.saved_search;
    let list = StoryListing::saved(app.reading, app.library, wanted, unread_only);
    Effect::new(move |_| {
        app.actions.remove_leftovers();
        app.offline.refresh();
    });
    // Another visit begins with all of them.
    on_cleanup(move || unread_only.set(false));
    let empty = move || view! { <NothingSaved wanted unread_only/> };
    view! {
        <SavedSearch wanted unread_only/>
        <BulkActions list/>
        <StoryList list empty wanted/>
    }
}

/// What there is to say where no saved story is listed: why, and the way back to all of them.
#[component]
fn NothingSaved(
    /// What is looked for.
    wanted: RwSignal<Wanted>,
    /// Whether unread stories alone are listed.
    unread_only: RwSignal<bool>,
) -> impl IntoView {
    let has_saved = use_app().reading.memo(|reading| !reading.saved_stories().is_empty());
    let words = move || {
        let words = wanted.with(|wanted| wanted.words.trim().to_owned());
        match (has_saved.get(), words.is_empty(), unread_only.get()) {
            (false, ..) => {
                "Nothing saved yet. Tap Save on a story to keep it here and read it offline.".to_owned()
            }
            (true, false, _) => format!("No saved stories match “{words}”."),
            (true, true, true) => "No unread stories.".to_owned(),
            (true, true, false) => "No saved stories with this tag.".to_owned(),
        }
    };
    let clear = move |_| {
        wanted.set(Wanted { order: wanted.with_untracked(|wanted| wanted.order), ..Wanted::default() });
        unread_only.set(false);
        focus::focus("#saved-words");
    };
    let label = move || {
        if wanted.with(|wanted| wanted.words.trim().is_empty()) { "Show all" } else { "Clear search" }
    };
    view! {
        <p>{words}</p>
        <Show when=move || has_saved.get()>
            <button type="button" class="button" on:click=clear>{label}</button>
        </Show>
    }
}

//! What can be done with the selected stories of a list.

use leptos::prelude::*;

use super::plural::counted;
use crate::browser::focus;
use crate::content::StoryId;
use crate::reading::Action;
use crate::state::story_listing::StoryListing;
use crate::state::{after_render, use_app};

/// The box that selects all stories, and the buttons for those that are selected.
#[component]
pub fn BulkActions(
    /// The list.
    list: StoryListing,
    /// More buttons, at the end.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let is_none_selected = RwSignal::new(false);
    let removal = list.kind.removal().map(|(label, action)| {
        view! { <BulkButton list is_none_selected label action done="taken off the list."/> }
    });
    view! {
        <div class="kept-bulk" role="group" aria-label="Selected stories">
            <label class="kept-all">
                <input
                    type="checkbox"
                    prop:checked=move || list.is_all_selected()
                    on:change=move |event| list.select_all(event_target_checked(&event))
                />
                " Select all"
            </label>
            <BulkButton
                list
                is_none_selected
                label="Mark as read"
                action=Action::MarkedRead
                done="marked as read."
            />
            <BulkButton
                list
                is_none_selected
                label="Mark as unread"
                action=Action::KeptUnread
                done="marked as unread."
            />
            {removal}
            <span role="status">
                {move || is_none_selected.get().then_some("Select at least one story.")}
            </span>
            {children.map(|children| children())}
        </div>
    }
}

/// Does something to the selected stories.
#[component]
fn BulkButton(
    list: StoryListing,
    /// Whether the last press found nothing selected.
    is_none_selected: RwSignal<bool>,
    label: &'static str,
    action: fn(Vec<StoryId>) -> Action,
    /// What was done, behind the number of stories.
    done: &'static str,
) -> impl IntoView {
    let actions = use_app().actions;
    let press = move |_| {
        let selection = list.selection();
        is_none_selected.set(selection.is_empty());
        if !selection.is_empty() {
            let words = format!("{} {done}", counted(selection.len(), "story", "stories"));
            actions.with_undo(action(selection), words);
            focus_heading_if_empty(list);
        }
    };
    view! { <button type="button" class="button" on:click=press>{label}</button> }
}

/// Moves the focus to the heading once nothing is listed: the buttons are hidden then, and the focus is not to be lost
/// with them.
pub fn focus_heading_if_empty(list: StoryListing) {
    after_render(move || {
        if list.stories.with_untracked(Vec::is_empty) {
            focus::focus("main h1");
        }
    });
}

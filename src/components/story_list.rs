//! A list of the reader's stories.

use leptos::prelude::*;

use super::story_list_item::StoryListItem;
use crate::browser::focus;
use crate::content::StoryId;
use crate::reading::lists::Wanted;
use crate::state::after_render;
use crate::state::story_listing::{STEP, StoryListing};

/// A list of stories, the first of them; more where the reader asks for them.
#[component]
pub fn StoryList(
    /// What is in it.
    list: StoryListing,
    /// What there is to say where there is nothing.
    #[prop(into)]
    empty: ViewFn,
    /// What is looked for in saved stories: their tags are buttons that change it.
    #[prop(optional)]
    wanted: Option<RwSignal<Wanted>>,
) -> impl IntoView {
    view! {
        <Show
            when=move || list.stories.with(|stories| !stories.is_empty())
            fallback=move || view! { <div class="state">{empty.run()}</div> }
        >
            <ul class="kept-list">
                <For each=move || list.shown.get() key=StoryId::clone let:story>
                    <StoryListItem list story wanted/>
                </For>
            </ul>
            <MoreButton list/>
        </Show>
    }
}

/// Shows more of the list, where there is more.
#[component]
fn MoreButton(list: StoryListing) -> impl IntoView {
    let hidden = Memo::new(move |_| list.hidden_count());
    let show_more = move |_| {
        let first = list.show_more();
        // The button goes with the last of them: the focus is not to be lost with it.
        if let Some(first) = first.filter(|_| hidden.get_untracked() == 0) {
            after_render(move || {
                focus::focus(&format!("[data-story=\"{first}\"] a"));
            });
        }
    };
    view! {
        <Show when=move || { hidden.get() > 0 }>
            <button type="button" class="button" on:click=show_more>
                {move || format!("Show {} more", hidden.get().min(STEP))}
            </button>
        </Show>
    }
}

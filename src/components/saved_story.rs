//! What is shown of a story that the reader has saved and that can't be loaded.

use leptos::prelude::*;

use super::language::headline_lang_dir;
use crate::content::{Href, StoryId};
use crate::reading::{Reading, StorySnapshot, StoryState};
use crate::state::arrival::arrive;
use crate::state::use_app;

/// What is known of a story that the reader has kept. Not tracked.
#[must_use]
pub fn kept_facts(id: &StoryId) -> Option<StorySnapshot> {
    let kept = |reading: &Reading| {
        reading.story_state(id).filter(|card| card.is_kept()).and_then(StoryState::snapshot)
    };
    use_app().reading.with_untracked(kept)
}

/// The headline of a story that the reader has kept and whose text is not to be had, and ways to it.
#[component]
pub fn SavedStory(
    /// The story.
    id: StoryId,
    /// What is known of it.
    facts: StorySnapshot,
    /// Why it can't be loaded, in a sentence.
    why: &'static str,
    /// Tries to load it again.
    retry: Callback<()>,
) -> impl IntoView {
    let edition = use_app().library.known_edition();
    let (lang, dir) = headline_lang_dir(edition.as_deref(), &id);
    let title = facts.headline.clone();
    arrive(move || title.clone());
    let own = facts.url.and_then(|url| Href::link(&url)).map(|href| {
        let host = href.host().unwrap_or("its own address").to_owned();
        let href = href.as_str().to_owned();
        view! { <p>"It was first published at " <a href=href>{host}</a></p> }
    });
    let words = format!("You have kept this story, but its text is not on this device. {why}");
    view! {
        <section class="state">
            <h1 tabindex="-1" lang=lang dir=dir>{facts.headline}</h1>
            <p role="alert">{words}</p>
            <button type="button" class="button" on:click=move |_| retry.run(())>"Download again"</button>
            {own}
        </section>
    }
}

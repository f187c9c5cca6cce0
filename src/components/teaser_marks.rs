//! What a teaser tells of a reader's own: read, how far, saved.

use leptos::prelude::*;

use crate::content::StoryId;
use crate::reading::{Reading, State};
use crate::state::reading_progress::percent_read;
use crate::state::reading_store::is_saved;
use crate::state::use_app;

/// The marks of a story, as the reader left them. Coverage that goes on is never read.
#[component]
pub fn TeaserMarks(
    /// The story.
    id: StoryId,
    /// Whether it is coverage that goes on.
    is_live: bool,
) -> impl IntoView {
    let marks = use_app().reading.memo(move |reading| Marks::of(reading, &id));
    move || {
        let Marks { begun, is_read, is_saved } = marks.get();
        let begun = begun.map(percent_read);
        let read = (begun.is_none() && is_read && !is_live).then_some("Read");
        let saved = is_saved.then_some("Saved");
        view! {
            {begun.map(|words| view! { <span class="mark-begun">" · " {words}</span> })}
            {read.map(|words| view! { <span class="mark-read">" · " {words}</span> })}
            {saved.map(|words| view! { <span class="mark-saved">" · " {words}</span> })}
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
struct Marks {
    /// How much of it is read, in thousandths, where it was begun and not finished.
    begun: Option<u32>,
    is_read: bool,
    is_saved: bool,
}

impl Marks {
    fn of(reading: &Reading, id: &StoryId) -> Self {
        Self {
            begun: reading.begun(id).map(|position| position.progress),
            is_read: reading.state(id) == State::Read,
            is_saved: is_saved(reading, id),
        }
    }
}

//! A list of the reader's stories, as a screen shows it: what is in it, how much of that is shown, what is selected.

use std::collections::HashSet;

use leptos::prelude::*;

use super::library::Library;
use super::reading_store::ReadingStore;
use crate::content::{Edition, StoryId};
use crate::reading::lists::{Entry, Wanted};
use crate::reading::{Action, Reading, StoryState};

/// How many stories are shown before the reader asks for more, and how many more they get each time.
pub const STEP: usize = 100;

/// What a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// Stories that are saved.
    Saved,
    /// Stories that are half read.
    Begun,
    /// Stories that were opened.
    Opened,
}

/// What taking stories off a list is called, and the action that does it.
pub type Removal = (&'static str, fn(Vec<StoryId>) -> Action);

impl ListKind {
    /// When what the list is about was done to a story.
    fn time(self, state: StoryState<'_>) -> Option<i64> {
        match self {
            Self::Saved => state.saved(),
            Self::Begun | Self::Opened => state.opened(),
        }
    }

    /// What that time is called.
    #[must_use]
    pub fn time_label(self) -> &'static str {
        match self {
            Self::Saved => "Saved ",
            Self::Begun | Self::Opened => "Opened ",
        }
    }

    /// How stories are taken off the list, where they can be.
    #[must_use]
    pub fn removal(self) -> Option<Removal> {
        match self {
            Self::Saved => Some(("Remove", Action::Unsaved)),
            Self::Begun => Some(("Remove", Action::Left)),
            Self::Opened => None,
        }
    }

    fn entry(self, reading: &Reading, story: &StoryId) -> Option<Entry> {
        reading.entry(story, self.time(reading.story_state(story)?)?)
    }
}

/// A list on a screen.
#[derive(Clone, Copy)]
pub struct StoryListing {
    /// What it is of.
    pub kind: ListKind,
    /// Which stories are in it, in their order.
    pub stories: Memo<Vec<StoryId>>,
    /// Those of them that are shown.
    pub shown: Memo<Vec<StoryId>>,
    /// Those of them that are selected.
    pub selected: RwSignal<HashSet<StoryId>>,
    most: RwSignal<usize>,
    reading: ReadingStore,
}

impl StoryListing {
    /// The saved stories that are wanted; of these, the unread ones alone where `unread_only` says so.
    #[must_use]
    pub fn saved(
        reading: ReadingStore,
        library: Library,
        wanted: RwSignal<Wanted>,
        unread_only: RwSignal<bool>,
    ) -> Self {
        Self::new(reading, ListKind::Saved, move |reading| {
            let mut wanted = wanted.get();
            wanted.unread = unread_only.get();
            // A tag that no story has any more can't be chosen, nor left, where tags are chosen.
            wanted.tag.take_if(|tag| !reading.tags().contains(tag));
            if wanted.words.trim().is_empty() {
                return reading.saved(&wanted);
            }
            let edition = library.loaded_edition();
            let texts = edition.as_deref().map(Edition::search_texts).unwrap_or_default();
            reading.search_saved(&wanted, &|story| texts.get(story).map_or("", String::as_str))
        })
    }

    /// The stories that are half read.
    #[must_use]
    pub fn begun(reading: ReadingStore) -> Self {
        Self::new(reading, ListKind::Begun, Reading::to_continue)
    }

    /// The stories that were opened.
    #[must_use]
    pub fn opened(reading: ReadingStore) -> Self {
        Self::new(reading, ListKind::Opened, Reading::history)
    }

    fn new(
        reading: ReadingStore,
        kind: ListKind,
        query: impl Fn(&Reading) -> Vec<Entry> + Send + Sync + 'static,
    ) -> Self {
        let stories =
            reading.memo(move |reading| query(reading).into_iter().map(|entry| entry.story).collect());
        let most = RwSignal::new(STEP);
        let shown = Memo::new(move |_| {
            stories.with(|stories: &Vec<StoryId>| stories.iter().take(most.get()).cloned().collect())
        });
        Self { kind, stories, shown, selected: RwSignal::default(), most, reading }
    }

    /// How many stories are not shown. Tracked.
    #[must_use]
    pub fn hidden_count(self) -> usize {
        self.stories.with(Vec::len) - self.shown.with(Vec::len)
    }

    /// Shows more of them; the answer is the first of those.
    pub fn show_more(self) -> Option<StoryId> {
        let before = self.shown.with_untracked(Vec::len);
        self.most.update(|most| *most += STEP);
        self.shown.with_untracked(|shown| shown.get(before).cloned())
    }

    /// What there is to say of a story in the list, as it is now. What was there first is said of a story that is off the
    /// list by now, and goes.
    #[must_use]
    pub fn entry(self, story: &StoryId) -> Option<Memo<Entry>> {
        let kind = self.kind;
        let first = self.reading.with_untracked(|reading| kind.entry(reading, story))?;
        Some(
            self.reading
                .memo(move |reading| kind.entry(reading, &first.story).unwrap_or_else(|| first.clone())),
        )
    }

    /// Selects a story, or takes that back.
    pub fn select(self, story: &StoryId, is_selected: bool) {
        // The list may have gone before its rows.
        let _ = self.selected.try_maybe_update(|selected| {
            let changed = if is_selected { selected.insert(story.clone()) } else { selected.remove(story) };
            (changed, ())
        });
    }

    /// Selects all stories that are shown, or none.
    pub fn select_all(self, is_selected: bool) {
        let shown = self.shown.get_untracked();
        self.selected.set(if is_selected { shown.into_iter().collect() } else { HashSet::new() });
    }

    /// Whether all stories that are shown are selected. Tracked.
    #[must_use]
    pub fn is_all_selected(self) -> bool {
        self.shown.with(|shown| {
            self.selected
                .with(|selected| !shown.is_empty() && shown.iter().all(|story| selected.contains(story)))
        })
    }

    /// The stories that are selected, in the order of the list. Not tracked.
    #[must_use]
    pub fn selection(self) -> Vec<StoryId> {
        self.shown.with_untracked(|shown| {
            self.selected.with_untracked(|selected| {
                shown.iter().filter(|story| selected.contains(*story)).cloned().collect()
            })
        })
    }
}

//! The reading state, and queries about one story or all of them.

use super::identity::{KEY_BITS, StoryKey};
use super::mark::{KEPT_UNREAD, Marks, READ};
use super::preferences::Preferences;
use super::record::{READER, READER_NAME, Record, Records};
use super::story_state::{Position, StoryState};
use crate::content::id::StoryId;

/// The reading state of one publication.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub(super) marks: Marks,
    pub(super) records: Records,
    /// The stories of the edition, sorted; `None` until they are known. Marks of other stories may be evicted
    /// when storage is full.
    pub(super) present: Option<Vec<StoryKey>>,
}

/// Whether a story was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not read.
    Unread,
    /// Read.
    Read,
    /// Marked unread by hand: it stays unread even when it is opened.
    KeptUnread,
}

impl Reading {
    /// Whether a story was read.
    #[must_use]
    pub fn state(&self, story: &StoryId) -> State {
        self.state_of(StoryKey::of(story))
    }

    pub(super) fn state_of(&self, key: StoryKey) -> State {
        match self.marks.get(key).map(|mark| mark.state) {
            Some(READ) => State::Read,
            Some(KEPT_UNREAD) => State::KeptUnread,
            _ => State::Unread,
        }
    }

    /// Everything else that is stored about a story.
    #[must_use]
    pub fn story_state(&self, story: &StoryId) -> Option<StoryState<'_>> {
        self.records.get(StoryKey::of(story).0, story.as_str()).map(StoryState::new)
    }

    /// Everything that is stored about all stories, in no particular order.
    pub fn story_states(&self) -> impl Iterator<Item = StoryState<'_>> {
        self.records
            .all
            .iter()
            .filter(|record| record.place >> KEY_BITS != u64::from(READER))
            .map(StoryState::new)
    }

    /// The reader's position in a story that is half read. `None` if the reader has cleared the history since,
    /// because then the story must not show up again.
    #[must_use]
    pub fn begun(&self, story: &StoryId) -> Option<Position> {
        self.story_state(story).and_then(|state| self.begun_of(state))
    }

    pub(super) fn begun_of(&self, state: StoryState<'_>) -> Option<Position> {
        let opened = state.opened()?;
        state
            .position()
            .filter(|place| place.is_midway() && (opened >= self.history_from() || state.is_kept()))
    }

    /// The saved stories, in no particular order.
    #[must_use]
    pub fn saved_stories(&self) -> Vec<StoryId> {
        let saved = self.story_states().filter(|state| state.saved().is_some() && !state.has_moved());
        saved.filter_map(StoryState::story).collect()
    }

    /// The reader's preferences.
    #[must_use]
    pub fn preferences(&self) -> Preferences {
        self.reader().map_or_else(Preferences::default, Preferences::of)
    }

    /// The number of read marks.
    #[must_use]
    pub fn mark_count(&self) -> usize {
        self.marks.all.len()
    }

    /// Whether the stories of the edition are known.
    #[must_use]
    pub fn knows_present(&self) -> bool {
        self.present.is_some()
    }

    pub(super) fn reader(&self) -> Option<&Record> {
        self.records.get(u64::from(READER) << KEY_BITS, READER_NAME)
    }
}

//! The reading state, and what can be asked of one story or of all.

use super::identity::{KEY_BITS, StoryKey};
use super::mark::{KEPT_UNREAD, Marks, READ};
use super::preferences::Preferences;
use super::record::{READER, READER_NAME, Record, Records};
use super::story_state::{Position, StoryState};
use crate::content::id::StoryId;

/// What a reader leaves behind in one publication.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub(super) marks: Marks,
    pub(super) records: Records,
    /// The stories of the edition, in order; `None` until it is known. What there is of others may go where there is
    /// no room.
    pub(super) present: Option<Vec<StoryKey>>,
}

/// Whether a story was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was not.
    Unread,
    /// It was.
    Read,
    /// It stays unread until the reader says otherwise, whether opened or not.
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

    /// What is kept of a story besides.
    #[must_use]
    pub fn story_state(&self, story: &StoryId) -> Option<StoryState<'_>> {
        self.records.get(StoryKey::of(story).0, story.as_str()).map(StoryState::new)
    }

    /// What is kept of all stories, in no order of meaning.
    pub fn story_states(&self) -> impl Iterator<Item = StoryState<'_>> {
        self.records
            .all
            .iter()
            .filter(|record| record.place >> KEY_BITS != u64::from(READER))
            .map(StoryState::new)
    }

    /// Where the reader is in a story that they have half read; `None` where that is not to be known any more, because
    /// they cleared the history since.
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

    /// Which stories are saved, in no order of meaning.
    #[must_use]
    pub fn saved_stories(&self) -> Vec<StoryId> {
        let saved = self.story_states().filter(|state| state.saved().is_some() && !state.has_moved());
        saved.filter_map(StoryState::story).collect()
    }

    /// How the reader wants things.
    #[must_use]
    pub fn preferences(&self) -> Preferences {
        self.reader().map_or_else(Preferences::default, Preferences::of)
    }

    /// How many read marks there are.
    #[must_use]
    pub fn mark_count(&self) -> usize {
        self.marks.all.len()
    }

    /// Whether it is known which stories the edition has.
    #[must_use]
    pub fn knows_present(&self) -> bool {
        self.present.is_some()
    }

    pub(super) fn reader(&self) -> Option<&Record> {
        self.records.get(u64::from(READER) << KEY_BITS, READER_NAME)
    }
}

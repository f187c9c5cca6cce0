//! What a reader leaves behind: read marks, positions, saved stories, how far they are in live coverage, preferences.
//!
//! [`Reading`] changes only through [`Reading::apply`], by an [`Action`], and through joining it with what another tab or
//! a backup knows. Everything in it is a value that knows when it was set; of two the later one stays, field by
//! field, so that joining in any order, however often, comes to the same (`docs/decisions/007-reading.md`). It
//! outlives the stories, and knows them by id alone. Time is an argument.
//!
//! What readers load at once is in the modules up to `eviction`; lists and backups have no part in that.

mod action;
pub mod backup;
mod digits;
mod eviction;
pub mod export;
mod identity;
pub mod lists;
mod mark;
mod preferences;
mod record;
mod shard;
mod story_state;

pub use action::{Action, Change};
pub use eviction::HISTORY;
pub use identity::{StoryKey, address, publication};
pub use preferences::{Marking, Preference, Preferences, Theme, Typeface, Width};
pub use shard::{
    MergeOutcome, Shard, VERSION, quarantine_prefix, seen_prefix, shard_prefix, version_name, visits_name,
};
pub use story_state::{Position, Seen, StorySnapshot, StoryState};

use crate::content::id::StoryId;
use mark::Marks;
use record::{READER, Record, Records};

/// When something was set, in milliseconds since 1970-01-01T00:00:00Z; never earlier than what it took the place of.
pub(crate) type Stamp = u64;

/// What a reader leaves behind in one publication.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    marks: Marks,
    records: Records,
    /// The stories of the edition, in order; `None` until it is known. What there is of others may go where there is
    /// no room.
    present: Option<Vec<StoryKey>>,
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

    fn state_of(&self, key: StoryKey) -> State {
        match self.marks.get(key).map(|mark| mark.state) {
            Some(mark::READ) => State::Read,
            Some(mark::KEPT_UNREAD) => State::KeptUnread,
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
            .filter(|record| record.place >> mark::KEY_BITS != u64::from(READER))
            .map(StoryState::new)
    }

    /// Where the reader is in a story that they have half read; `None` where that is not to be known any more, because
    /// they cleared the history since.
    #[must_use]
    pub fn begun(&self, story: &StoryId) -> Option<Position> {
        self.story_state(story).and_then(|state| self.begun_of(state))
    }

    fn begun_of(&self, state: StoryState<'_>) -> Option<Position> {
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

    /// Tells which stories the edition has. The answer is what goes for it: marks of others that are forgotten already,
    /// and came back before this was known.
    pub fn set_present(&mut self, stories: &mut dyn Iterator<Item = &StoryId>) -> Change {
        let mut present = Vec::new();
        for key in stories.map(StoryKey::of) {
            if let Err(at) = present.binary_search(&key) {
                present.insert(at, key);
            }
        }
        self.present = Some(present);
        let mut change = Change::default();
        self.evict(&mut change);
        change
    }

    /// Whether it is known which stories the edition has.
    #[must_use]
    pub fn knows_present(&self) -> bool {
        self.present.is_some()
    }

    fn reader(&self) -> Option<&Record> {
        self.records.get(u64::from(READER) << mark::KEY_BITS, action::READER_NAME)
    }
}

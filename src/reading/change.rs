//! The changes that an action or a merge has made.

use super::identity::StoryKey;
use super::mark::Mark;
use super::record::Field;
use super::shard::Shard;
use super::stamp::Stamp;

/// A list of changes: what to write, what to show anew, and how to undo it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The shards to be written.
    pub shards: Vec<Shard>,
    /// The stories that have changed. A story may be listed more than once.
    pub stories: Vec<StoryKey>,
    /// Whether the reader's own record has changed: a preference, or when the history was cleared.
    pub reader: bool,
    pub(super) formers: Vec<Former>,
}

/// A former value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Former {
    /// A mark: its key, when it changed, and its former state.
    Mark(StoryKey, Stamp, Option<u8>),
    /// A field: place and name of its record, its own name, when it changed, and its former value.
    Field(u64, String, String, Stamp, String),
}

impl Change {
    /// Whether nothing has changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shards.is_empty()
    }

    pub(super) fn note(&mut self, shard: Shard, place: u64) {
        if !self.shards.contains(&shard) {
            self.shards.push(shard);
        }
        let key = StoryKey(place);
        if shard == Shard::Reader {
            self.reader = true;
        } else if self.stories.last() != Some(&key) {
            self.stories.push(key);
        }
    }

    /// Records that a mark has changed.
    pub(super) fn marked(&mut self, former: Option<Mark>, now: Mark) {
        self.note(Shard::of_mark(now.key), now.key.0);
        self.formers.push(Former::Mark(now.key, now.stamp, former.map(|mark| mark.state)));
    }

    /// Records that a field has changed.
    pub(super) fn set(&mut self, place: u64, record: &str, former: Option<Field>, now: &Field) {
        self.note(Shard::of_record(place), place);
        let value = former.map_or_else(String::new, |field| field.value);
        self.formers.push(Former::Field(place, record.to_owned(), now.name.clone(), now.stamp, value));
    }
}

//! What an action or a merge has changed.

use super::identity::StoryKey;
use super::mark::Mark;
use super::record::Field;
use super::shard::Shard;
use super::stamp::Stamp;

/// What has changed: enough to write it, to show it, and to take it back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The shards to be written.
    pub shards: Vec<Shard>,
    /// The stories of which something is different. One may be named more than once.
    pub stories: Vec<StoryKey>,
    /// Whether something of the reader is: a preference, the history.
    pub reader: bool,
    pub(super) formers: Vec<Former>,
}

/// What something was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Former {
    /// A mark, whose state was another before this time.
    Mark(StoryKey, Stamp, Option<u8>),
    /// A field of a record, whose value was another before this time.
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

    /// Notes that a mark is another.
    pub(super) fn marked(&mut self, former: Option<Mark>, now: Mark) {
        self.note(Shard::of_mark(now.key), now.key.0);
        self.formers.push(Former::Mark(now.key, now.stamp, former.map(|mark| mark.state)));
    }

    /// Notes that a field is another.
    pub(super) fn set(&mut self, place: u64, record: &str, former: Option<Field>, now: &Field) {
        self.note(Shard::of_record(place), place);
        let value = former.map_or_else(String::new, |field| field.value);
        self.formers.push(Former::Field(place, record.to_owned(), now.name.clone(), now.stamp, value));
    }
}

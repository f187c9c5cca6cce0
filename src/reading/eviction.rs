//! Eviction: what is removed when the device's storage is full, and what never is.
//!
//! First go read marks of stories that are no longer in the edition, the oldest first; then the history, with
//! positions in stories that were never finished. Stories that were saved, followed, tagged or annotated stay.
//! The time limits of the eviction are stored with the preferences, so that no other tab brings the data back:
//! each tab ignores what is older than the limits, and removes its own copies as soon as it learns of them.

use super::action::HISTORY_FROM;
use super::change::Change;
use super::identity::{KEY_BITS, StoryKey};
use super::mark::Mark;
use super::record::{Field, READER, READER_NAME, Record};
use super::shard::Shard;
use super::stamp::{LATEST, Stamp, stamp};
use super::state::Reading;
use super::story_state::{StoryState, parsed_time, time_text};
use crate::content::id::StoryId;

/// The field with the time limit for marks of vanished stories (those that are no longer in the edition).
const MARKS_FROM: &str = "marks-from";
/// The field with the time limit for records that are not worth keeping.
const RECORDS_FROM: &str = "records-from";

/// Whether a field of the reader's record is one of the time limits.
pub(super) fn is_limit(name: &str) -> bool {
    name == MARKS_FROM || name == RECORDS_FROM
}

/// Milliseconds after which clearing the history can't be undone any more and its data is removed.
const CLEARED: i64 = 10_000;

/// The history is cut back to this many stories once it has half as many again.
pub const HISTORY: usize = 2_000;

/// Whether a record is not worth keeping and was not touched since `from`. Something undone is remembered until
/// then, so that it stays undone in every tab.
pub(super) fn is_outlived(record: &Record, from: Stamp) -> bool {
    from > 0
        && record.place >> KEY_BITS != u64::from(READER)
        && !StoryState::new(record).is_kept()
        && record.fields.iter().all(|field| field.stamp < from)
}

impl Reading {
    fn limit(&self, name: &str) -> Stamp {
        let value = self.reader().map_or("", |reader| reader.value(name));
        parsed_time(value).and_then(|time| u64::try_from(time).ok()).unwrap_or(0)
    }

    pub(super) fn marks_from(&self) -> Stamp {
        self.limit(MARKS_FROM)
    }

    pub(super) fn records_from(&self) -> Stamp {
        self.limit(RECORDS_FROM)
    }

    /// The time since which opened stories are in the history, in milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn history_from(&self) -> i64 {
        i64::try_from(self.limit(HISTORY_FROM)).unwrap_or(0)
    }

    pub(super) fn is_forgotten(&self, mark: &Mark, from: Stamp) -> bool {
        let vanished = |present: &Vec<StoryKey>| present.binary_search(&mark.key).is_err();
        mark.stamp < from && self.present.as_ref().is_some_and(vanished)
    }

    /// Limits the length of the history, and removes for good what was cleared from it. As with
    /// [`Self::make_room`], the shards that it changes get smaller.
    pub fn tidy(&mut self, now: i64) -> Change {
        let cleared = self.limit(HISTORY_FROM);
        let is_final = i64::try_from(cleared).is_ok_and(|cleared| cleared.saturating_add(CLEARED) < now);
        if is_final && cleared > self.records_from() && self.unwanted(cleared) > 0 {
            return self.forget(RECORDS_FROM, cleared, now);
        }
        let count = self.unwanted(Stamp::MAX);
        if count > HISTORY + HISTORY / 2 {
            self.forget_records(count - HISTORY, now)
        } else {
            Change::default()
        }
    }

    /// Lifts the limits, after a backup was restored.
    pub(super) fn lift_limits(&mut self, now: i64, change: &mut Change) {
        for name in [MARKS_FROM, RECORDS_FROM] {
            if self.limit(name) > 0 {
                self.set_limit(name, 0, now, change);
            }
        }
    }

    /// Evicts a part of what may go: an eighth of the marks of vanished stories, else half of the history. The
    /// change is empty if nothing may go, or if the stories of the edition are not known yet. The shards that
    /// it changes get smaller and must be written as they are
    /// ([`MergeOutcome::has_forgotten`](super::MergeOutcome::has_forgotten)).
    pub fn make_room(&mut self, now: i64) -> Change {
        if self.present.is_none() {
            return Change::default();
        }
        let vanished = self.vanished(Stamp::MAX);
        if vanished == 0 {
            let count = self.unwanted(Stamp::MAX);
            return self.forget_records(count.div_ceil(2), now);
        }
        let from = self.smallest(vanished.div_ceil(8), &Self::vanished);
        self.forget(MARKS_FROM, from, now)
    }

    /// Sets a limit, and removes what is older.
    fn forget(&mut self, limit: &str, from: Stamp, now: i64) -> Change {
        let mut change = Change::default();
        self.set_limit(limit, from, now, &mut change);
        self.evict(&mut change);
        change
    }

    /// Removes everything that is older than the limits.
    pub(super) fn evict(&mut self, change: &mut Change) {
        let from = self.marks_from();
        if from > 0 {
            let mut marks = std::mem::take(&mut self.marks.all);
            marks.retain(|mark| {
                let goes = self.is_forgotten(mark, from);
                if goes {
                    change.note(Shard::of_mark(mark.key), mark.key.0);
                }
                !goes
            });
            self.marks.all = marks;
        }
        let from = self.records_from();
        self.records.all.retain(|record| {
            let goes = is_outlived(record, from);
            if goes {
                change.note(Shard::of_record(record.place), record.place);
            }
            !goes
        });
    }

    /// Sets which stories the edition has. The change has the marks that are removed because of it: those of
    /// other stories that are older than the limit.
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

    fn forget_records(&mut self, count: usize, now: i64) -> Change {
        if count == 0 {
            return Change::default();
        }
        let from = self.smallest(count, &Self::unwanted);
        self.forget(RECORDS_FROM, from, now)
    }

    /// How many marks of vanished stories are older than a time.
    fn vanished(&self, than: Stamp) -> usize {
        self.marks.all.iter().filter(|mark| self.is_forgotten(mark, than)).count()
    }

    /// How many records that are not worth keeping are older than a time.
    fn unwanted(&self, than: Stamp) -> usize {
        self.records.all.iter().filter(|record| is_outlived(record, than)).count()
    }

    /// The earliest time for which at least `count` things are older. A binary search, which needs no sorting.
    fn smallest(&self, count: usize, older: &dyn Fn(&Self, Stamp) -> usize) -> Stamp {
        let (mut low, mut high) = (0, LATEST + 1);
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if older(self, middle) >= count {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }

    fn set_limit(&mut self, name: &str, from: Stamp, now: i64, change: &mut Change) {
        let place = u64::from(READER) << KEY_BITS;
        let value = time_text(i64::try_from(from).unwrap_or(0));
        if let Some(reader) = self.records.get_or_make(place, READER_NAME) {
            let former = reader.field(name).map(|field| field.stamp);
            let field = Field { name: name.to_owned(), stamp: stamp(now, former), value };
            reader.merge_field(&field);
            change.note(Shard::Reader, place);
        }
    }
}

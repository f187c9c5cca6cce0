//! Making room: what goes where a device has none left, and what never does.
//!
//! Read marks of stories that are no longer in the edition go first, the oldest before all; then the history, with the
//! places in stories that were never finished. What was saved, followed, tagged or noted stays. Up to when things are
//! forgotten is kept with the preferences, so that no other tab brings them back: each tab leaves out what comes to it of
//! them, and lets go of what it has itself, as soon as it hears of that.

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

/// Up to when marks of vanished stories are forgotten.
const MARKS_FROM: &str = "marks-from";
/// Up to when records of which nothing is wanted any more are forgotten.
const RECORDS_FROM: &str = "records-from";

/// Whether a field of the reader's record says up to when things are forgotten.
pub(super) fn is_limit(name: &str) -> bool {
    name == MARKS_FROM || name == RECORDS_FROM
}

/// So long after the history was cleared that can't be taken back any more, and what was in it goes; in milliseconds.
const CLEARED: i64 = 10_000;

/// The history keeps no more stories than this, and half as many again before it is cut.
pub const HISTORY: usize = 2_000;

/// Whether nobody wants a record any more that was not touched since `from`. What was taken back is remembered until
/// then, so that it stays taken back in every tab.
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

    /// From when on what was opened is in the history, in milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn history_from(&self) -> i64 {
        i64::try_from(self.limit(HISTORY_FROM)).unwrap_or(0)
    }

    pub(super) fn is_forgotten(&self, mark: &Mark, from: Stamp) -> bool {
        let vanished = |present: &Vec<StoryKey>| present.binary_search(&mark.key).is_err();
        mark.stamp < from && self.present.as_ref().is_some_and(vanished)
    }

    /// Keeps the history within its bounds, and forgets for good what was cleared from it. As with [`Self::make_room`],
    /// what it changes is less than what was kept.
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

    /// Forgets nothing any more that is there now, as after a backup was restored.
    pub(super) fn lift_limits(&mut self, now: i64, change: &mut Change) {
        for name in [MARKS_FROM, RECORDS_FROM] {
            if self.limit(name) > 0 {
                self.set_limit(name, 0, now, change);
            }
        }
    }

    /// Forgets a part of what may go: an eighth of the marks of vanished stories, else half of the history. Empty where
    /// nothing may go any more, and until it is known which stories have vanished. What it changes is less than what was
    /// kept, and has to be written as it is now ([`MergeOutcome::has_forgotten`](super::MergeOutcome::has_forgotten)).
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

    /// Moves a limit on, and lets go of what is behind it.
    fn forget(&mut self, limit: &str, from: Stamp, now: i64) -> Change {
        let mut change = Change::default();
        self.set_limit(limit, from, now, &mut change);
        self.evict(&mut change);
        change
    }

    /// Lets go of all that is forgotten.
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

    fn forget_records(&mut self, count: usize, now: i64) -> Change {
        if count == 0 {
            return Change::default();
        }
        let from = self.smallest(count, &Self::unwanted);
        self.forget(RECORDS_FROM, from, now)
    }

    /// How many marks of vanished stories are older than that.
    fn vanished(&self, than: Stamp) -> usize {
        self.marks.all.iter().filter(|mark| self.is_forgotten(mark, than)).count()
    }

    /// How many records of which nothing is wanted any more are older than that.
    fn unwanted(&self, than: Stamp) -> usize {
        self.records.all.iter().filter(|record| is_outlived(record, than)).count()
    }

    /// The earliest time than which at least `count` things are older. Found by halving, which needs no sorting.
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

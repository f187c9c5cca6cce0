//! Merges stored values, which other tabs may have written, into the reading state.

use super::action::Action;
use super::change::Change;
use super::eviction::is_outlived;
use super::mark::{Mark, Marks};
use super::record::{READER, Record, Records};
use super::shard::{Shard, VERSION};
use super::state::Reading;
use super::story_state::Seen;
use crate::content::id::StoryId;

/// The result of merging a stored value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeOutcome {
    /// What has changed here.
    pub change: Change,
    /// Whether the stored value lacks something that is known here, so that the shard must be written.
    pub missing_there: bool,
    /// Whether a part of it could not be read. It must be put into quarantine before it is overwritten.
    pub is_damaged: bool,
    /// Whether it was written by a newer version. Then it must never be overwritten.
    pub is_newer: bool,
    /// Whether the stored value has something that was evicted here, so that the shard should be written
    /// without it.
    pub has_forgotten: bool,
    /// Other shards that have shrunk, because this value says that more was evicted. They must be written.
    pub evicted: Vec<Shard>,
}

/// The contents of a shard.
pub(super) enum Held {
    Marks(Marks),
    Records(Records),
}

impl Held {
    pub(super) fn parse(shard: Shard, lines: &mut dyn Iterator<Item = &str>) -> (Self, bool) {
        let (number, lines) = match shard {
            Shard::Marks(number) => {
                let (marks, good) = Marks::parse(number, lines);
                return (Self::Marks(marks), good);
            }
            Shard::Stories(number) => (u16::from(number), lines),
            Shard::Reader => (READER, lines),
        };
        let (records, good) = Records::parse(number, lines);
        (Self::Records(records), good)
    }

    fn write(&self, shard: Shard, out: &mut String) {
        match self {
            Self::Marks(marks) => write(shard, marks, &Records::default(), out),
            Self::Records(records) => write(shard, &Marks::default(), records, out),
        }
    }
}

/// Writes the lines of a shard.
fn write(shard: Shard, marks: &Marks, records: &Records, out: &mut String) {
    match shard {
        Shard::Marks(number) => marks.write(number, out),
        Shard::Stories(number) => records.write(u16::from(number), out),
        Shard::Reader => records.write(READER, out),
    }
}

impl Reading {
    /// Merges a stored shard into this state. An empty text stands for a shard that is not stored.
    pub fn merge_stored(&mut self, shard: Shard, text: &str) -> MergeOutcome {
        let (head, body) = text.split_once('\n').unwrap_or((text, ""));
        let version = head.parse::<u32>().unwrap_or(0);
        let (mut held, good) = Held::parse(shard, &mut body.split_terminator('\n'));
        let whole = version > 0 && text.ends_with('\n');
        let has_forgotten = self.forget_in(&mut held);
        // If nothing is known yet, as when everything is loaded, there is nothing to compare.
        let mut theirs = String::new();
        let known = !self.is_empty(shard);
        if known {
            held.write(shard, &mut theirs);
        }
        let mut change = Change::default();
        self.merge_held(held, &mut change, false);
        let mut less = Change::default();
        if shard == Shard::Reader {
            self.evict(&mut less);
            change.stories.append(&mut less.stories);
        }
        MergeOutcome {
            change,
            evicted: less.shards,
            has_forgotten,
            missing_there: known && self.lines(shard) != theirs,
            is_damaged: version <= VERSION && !text.is_empty() && !(good && whole),
            is_newer: version > VERSION,
        }
    }

    /// Merges the contents of a shard. `to_undo` says whether the former values are recorded, so that it can be
    /// undone.
    fn merge_held(&mut self, held: Held, change: &mut Change, to_undo: bool) {
        match held {
            Held::Marks(marks) => {
                self.marks.merge(marks, &mut |former: Option<Mark>, now| match to_undo {
                    true => change.marked(former, now),
                    false => change.note(Shard::of_mark(now.key), now.key.0),
                });
            }
            Held::Records(records) => {
                self.records.merge(records.all, &mut |place, name, former, now| match to_undo {
                    true => change.set(place, name, former, now),
                    false => change.note(Shard::of_record(place), place),
                });
            }
        }
    }

    fn is_empty(&self, shard: Shard) -> bool {
        match shard {
            Shard::Marks(number) => self.marks.of(number).is_empty(),
            Shard::Stories(number) => self.records.of(u16::from(number)).is_empty(),
            Shard::Reader => self.records.of(READER).is_empty(),
        }
    }

    /// Merges another reading state. It can be undone.
    pub fn merge(&mut self, other: &Self) -> Change {
        let mut change = Change::default();
        self.merge_held(Held::Marks(other.marks.clone()), &mut change, true);
        self.merge_held(Held::Records(other.records.clone()), &mut change, true);
        change
    }

    fn lines(&self, shard: Shard) -> String {
        let mut lines = String::new();
        write(shard, &self.marks, &self.records, &mut lines);
        lines
    }

    /// The text to store for a shard; empty if there is nothing to store.
    #[must_use]
    pub fn text(&self, shard: Shard) -> String {
        let lines = self.lines(shard);
        if lines.is_empty() { lines } else { format!("{VERSION}\n{lines}") }
    }

    /// Merges a value of version 0: the part of its name after [`seen_prefix`](super::seen_prefix), and the
    /// value.
    pub fn merge_seen(&mut self, name: &str, value: &str) -> Change {
        match (StoryId::parse(name), Seen::parse(value)) {
            // Everything that was stored later is newer.
            (Some(story), Some(seen)) => self.apply(Action::Saw(story, seen), 1),
            _ => Change::default(),
        }
    }

    /// Removes what was evicted, so that a tab that still has it does not bring it back. Whether there was any.
    fn forget_in(&self, held: &mut Held) -> bool {
        match held {
            Held::Marks(marks) => {
                let (from, before) = (self.marks_from(), marks.all.len());
                if from > 0 {
                    marks.all.retain(|mark| !self.is_forgotten(mark, from));
                }
                marks.all.len() < before
            }
            Held::Records(records) => {
                let (from, before) = (self.records_from(), records.all.len());
                records.all.retain(|record: &Record| !is_outlived(record, from));
                records.all.len() < before
            }
        }
    }
}

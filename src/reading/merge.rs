//! Merging of what is stored, in this tab or another, into what is known here.

use super::action::Action;
use super::change::Change;
use super::eviction::is_outlived;
use super::mark::{Mark, Marks};
use super::record::{READER, Record, Records};
use super::shard::{Shard, VERSION};
use super::state::Reading;
use super::story_state::Seen;
use crate::content::id::StoryId;

/// What taking a value came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeOutcome {
    /// What it has changed.
    pub change: Change,
    /// Whether the value lacks something that is known here: it has to be written.
    pub missing_there: bool,
    /// Whether something of it could not be read: it has to be set aside before it is written over.
    pub is_damaged: bool,
    /// Whether it is of a newer version: it is never to be written over.
    pub is_newer: bool,
    /// Whether the value holds something that is forgotten here: who writes the shard leaves that out.
    pub has_forgotten: bool,
    /// Other shards that hold less now, since the value told of more that is forgotten: they are to be written.
    pub evicted: Vec<Shard>,
}

/// What a shard holds.
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
    /// Joins what is kept in a shard with what is known here. Nothing stands for an empty text.
    pub fn merge_stored(&mut self, shard: Shard, text: &str) -> MergeOutcome {
        let (head, body) = text.split_once('\n').unwrap_or((text, ""));
        let version = head.parse::<u32>().unwrap_or(0);
        let (mut held, good) = Held::parse(shard, &mut body.split_terminator('\n'));
        let whole = version > 0 && text.ends_with('\n');
        let has_forgotten = self.forget_in(&mut held);
        // Where nothing was known there is nothing to compare, as when all is loaded.
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

    /// Joins what a shard holds with what is known here; noting what that was, where it may be taken back.
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

    /// Joins this with what another knows. It can be undone.
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

    /// A shard as it is kept; empty where there is nothing to keep.
    #[must_use]
    pub fn text(&self, shard: Shard) -> String {
        let lines = self.lines(shard);
        if lines.is_empty() { lines } else { format!("{VERSION}\n{lines}") }
    }

    /// Takes what was kept before there were versions: the name behind [`seen_prefix`], and the value.
    pub fn merge_seen(&mut self, name: &str, value: &str) -> Change {
        match (StoryId::parse(name), Seen::parse(value)) {
            // Whatever was kept since then is newer.
            (Some(story), Some(seen)) => self.apply(Action::Saw(story, seen), 1),
            _ => Change::default(),
        }
    }

    /// Leaves out what was forgotten, so that what another tab still has does not come back; whether there was any.
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

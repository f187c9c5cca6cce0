//! Read marks: the smallest and most frequent part of the reading state.
//!
//! A mark is a line of 16 characters: eight digits of the story's key (the number of the shard has the rest), a
//! letter for the state, and seven digits of time. If the story has an address, eight digits of its hash
//! follow. Anything after that was written by a newer version and is preserved.

use super::digits::{read, write};
use super::identity::{KEY_BITS, KEY_DIGITS, StoryKey};
use super::sorted::{are_behind, merge_sorted};
use super::stamp::{STAMP_DIGITS, Stamp, stamp_of};

pub(super) const READ: u8 = b'r';
pub(super) const UNREAD: u8 = b'u';
pub(super) const KEPT_UNREAD: u8 = b'k';

/// Whether a story was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) key: StoryKey,
    pub(super) stamp: Stamp,
    /// [`READ`], [`UNREAD`], [`KEPT_UNREAD`], or a letter of a newer version, which counts as unread.
    pub(super) state: u8,
    /// A part of the hash of the story's address; 0 if it has none.
    pub(super) address: u64,
    /// What a newer version wrote after it: an index into the tails, from 1; 0 for none.
    tail: u32,
}

/// Marks, sorted by key.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    pub(super) all: Vec<Mark>,
    tails: Vec<String>,
}

impl Mark {
    pub(super) fn new(key: StoryKey, stamp: Stamp, state: u8, address: u64) -> Self {
        Self { key, stamp, state, address, tail: 0 }
    }
}

impl Marks {
    /// Reads the lines of a shard; the second value says whether all of them could be read.
    pub(super) fn parse(shard: u8, lines: &mut dyn Iterator<Item = &str>) -> (Self, bool) {
        let (mut marks, mut good) = (Self::default(), true);
        for line in lines {
            good &= marks.parse_line(shard, line).is_some();
        }
        (marks, good)
    }

    fn parse_line(&mut self, shard: u8, line: &str) -> Option<()> {
        let bytes = line.as_bytes();
        let key = StoryKey(u64::from(shard) << KEY_BITS | read(bytes.get(..8)?)?);
        let state = *bytes.get(8)?;
        let stamp = stamp_of(bytes.get(9..16)?)?;
        let rest = bytes.get(16..).unwrap_or_default();
        let address = if rest.is_empty() { 0 } else { read(rest.get(..8)?)? };
        if !state.is_ascii_lowercase() {
            return None;
        }
        let tail = match line.get(24..) {
            Some(tail) if !tail.is_empty() => self.tail(tail),
            _ => 0,
        };
        let mark = Mark { key, stamp, state, address, tail };
        // Our own output is sorted already.
        if self.all.last().is_none_or(|last| last.key < key) {
            self.all.push(mark);
        } else {
            match self.find(key) {
                Ok(at) => drop(self.merge_at(at, mark, tail)),
                Err(at) => self.all.insert(at, mark),
            }
        }
        Some(())
    }

    fn tail(&mut self, tail: &str) -> u32 {
        self.tails.push(tail.to_owned());
        u32::try_from(self.tails.len()).unwrap_or(0)
    }

    fn find(&self, key: StoryKey) -> Result<usize, usize> {
        self.all.binary_search_by_key(&key, |mark| mark.key)
    }

    pub(super) fn get(&self, key: StoryKey) -> Option<&Mark> {
        self.all.get(self.find(key).ok()?)
    }

    /// The latest mark of a story with this address.
    pub(super) fn at_address(&self, address: u64) -> Option<Mark> {
        self.all.iter().filter(|mark| mark.address == address).max_by_key(|mark| mark.stamp).copied()
    }

    /// The marks of a shard.
    pub(super) fn of(&self, shard: u8) -> &[Mark] {
        let from = u64::from(shard) << KEY_BITS;
        let start = self.all.partition_point(|mark| mark.key.0 < from);
        let end = self.all.partition_point(|mark| mark.key.0 < from + (1 << KEY_BITS));
        self.all.get(start..end).unwrap_or_default()
    }

    /// Writes the lines of a shard.
    pub(super) fn write(&self, shard: u8, out: &mut String) {
        for mark in self.of(shard) {
            write(out, mark.key.0, KEY_DIGITS);
            out.push(char::from(mark.state));
            write(out, mark.stamp, STAMP_DIGITS);
            if mark.address > 0 || mark.tail > 0 {
                write(out, mark.address, KEY_DIGITS);
                out.push_str(tail_of(&self.tails, mark.tail));
            }
            out.push('\n');
        }
    }

    /// Adds a mark; it replaces an older one.
    pub(super) fn put(&mut self, mark: Mark) {
        match self.find(mark.key) {
            Ok(at) => drop(self.merge_at(at, mark, 0)),
            Err(at) => self.all.insert(at, mark),
        }
    }

    /// Merges a mark with the present one, part by part. Returns the former mark if its state has changed.
    fn merge_at(&mut self, at: usize, theirs: Mark, tail: u32) -> Option<Mark> {
        let longer = {
            let ours = self.all.get(at)?;
            tail_of(&self.tails, tail) > tail_of(&self.tails, ours.tail)
        };
        let ours = self.all.get_mut(at)?;
        let before = *ours;
        if (theirs.stamp, theirs.state) > (ours.stamp, ours.state) {
            (ours.stamp, ours.state) = (theirs.stamp, theirs.state);
        }
        ours.address = ours.address.max(theirs.address);
        if longer {
            ours.tail = tail;
        }
        (before.state != ours.state || before.stamp != ours.stamp).then_some(before)
    }

    /// Merges other marks. `told` is called for each mark whose state is newer, with the former mark and the
    /// new one.
    pub(super) fn merge(&mut self, mut theirs: Self, told: &mut dyn FnMut(Option<Mark>, Mark)) {
        for mark in theirs.all.iter_mut().filter(|mark| mark.tail > 0) {
            mark.tail = self.tail(tail_of(&theirs.tails, mark.tail));
        }
        // When everything is loaded, each shard comes after what is known, so no search is needed.
        if !are_behind(&self.all, &theirs.all, is_before) {
            theirs.all.retain(|mark| match self.find(mark.key) {
                Ok(at) => {
                    if let Some(before) = self.merge_at(at, *mark, mark.tail) {
                        told(Some(before), self.all.get(at).copied().unwrap_or(*mark));
                    }
                    false
                }
                Err(_) => true,
            });
        }
        theirs.all.iter().for_each(|mark| told(None, *mark));
        merge_sorted(&mut self.all, theirs.all, is_before);
    }
}

/// The tail with this number; empty for 0.
fn tail_of(tails: &[String], number: u32) -> &str {
    let at = usize::try_from(number).unwrap_or(0);
    at.checked_sub(1).and_then(|at| tails.get(at)).map_or("", String::as_str)
}

fn is_before(one: &Mark, other: &Mark) -> bool {
    one.key < other.key
}

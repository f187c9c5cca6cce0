//! Records: what is kept of a story, or of the reader, as fields that each know when they were set.
//!
//! A record is a line: its name, and after a tab each a field, `name=` with seven digits of when and the value. Tabs,
//! line breaks, backslashes and `=` are escaped. Fields that are not known here are kept and merged like all
//! others, so that an older app drops nothing that a newer one wrote.

use std::cmp::Ordering;

use super::digits::write;
use super::identity::{KEY_BITS, mixed};
use super::sorted::{are_behind, merge_sorted};
use super::stamp::{STAMP_DIGITS, Stamp, stamp_of};
use crate::content::id::StoryId;

/// The number of the shard that holds what is of the reader and no story.
pub(super) const READER: u16 = 256;
/// The record that holds what is of the reader and no story.
pub(super) const READER_NAME: &str = "reader";

/// A value, and when it was set. An empty one stands for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) stamp: Stamp,
    pub(super) value: String,
}

/// Fields in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The key of the story, or one above all of them.
    pub(super) place: u64,
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
}

/// Records, in the order of their places and names.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    pub(super) all: Vec<Record>,
}

/// Hears of a field that is another now: of which place and record, what it was, what it is.
pub(super) type Told<'a> = dyn FnMut(u64, &str, Option<Field>, &Field) + 'a;

/// Where a record of that name belongs; `None` where it belongs nowhere in this shard.
fn place(shard: u16, name: &str) -> Option<u64> {
    if shard == READER {
        return (!name.is_empty()).then_some(u64::from(READER) << KEY_BITS);
    }
    let place = mixed(StoryId::parse(name)?.as_str()) >> 8;
    (place >> KEY_BITS == u64::from(shard)).then_some(place)
}

/// What decides between two values of a field: when they were set, and then the values themselves. How far a reader
/// has come in a live blog only grows, whichever tab was the last to say so.
fn rank(field: &Field) -> (u64, Stamp, &str) {
    let seen = if field.name == "v" { seen_rank(&field.value) } else { 0 };
    (seen, field.stamp, &field.value)
}

fn seen_rank(value: &str) -> u64 {
    let number = |text: &str| text.parse::<u32>().map_or(0, u64::from);
    value.split_once(' ').map_or(0, |(post, revision)| number(post) << 32 | number(revision))
}

impl Record {
    fn parse(shard: u16, line: &str, good: &mut bool) -> Option<Self> {
        let mut parts = line.split('\t');
        let name = unescaped(parts.next()?);
        let place = place(shard, &name)?;
        let mut record = Self { place, name, fields: Vec::new() };
        for part in parts {
            match Field::parse(part) {
                // What was written in order is read in order.
                Some(field) if record.fields.last().is_none_or(|last| last.name < field.name) => {
                    record.fields.push(field);
                }
                Some(field) => drop(record.merge_field(&field)),
                None => *good = false,
            }
        }
        (!record.fields.is_empty()).then_some(record)
    }

    fn write(&self, out: &mut String) {
        escape(&self.name, out);
        for field in &self.fields {
            out.push('\t');
            escape(&field.name, out);
            out.push('=');
            write(out, field.stamp, STAMP_DIGITS);
            escape(&field.value, out);
        }
        out.push('\n');
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.fields.binary_search_by(|field| field.name.as_str().cmp(name))
    }

    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(self.find(name).ok()?)
    }

    /// The value of a field; empty where there is none.
    pub(super) fn value(&self, name: &str) -> &str {
        self.field(name).map_or("", |field| &field.value)
    }

    /// Takes a field where it wins over the one that is there; whether it did, and what that was.
    pub(super) fn merge_field(&mut self, theirs: &Field) -> Option<Option<Field>> {
        match self.find(&theirs.name) {
            Ok(at) => {
                let ours = self.fields.get_mut(at)?;
                (rank(theirs) > rank(ours)).then(|| Some(std::mem::replace(ours, theirs.clone())))
            }
            Err(at) => {
                self.fields.insert(at, theirs.clone());
                Some(None)
            }
        }
    }

    fn compare(&self, place: u64, name: &str) -> Ordering {
        self.place.cmp(&place).then_with(|| self.name.as_str().cmp(name))
    }
}

impl Field {
    fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('=')?;
        let (stamp, value) = rest.split_at_checked(7)?;
        let stamp = stamp_of(stamp.as_bytes())?;
        (!name.is_empty()).then(|| Self { name: unescaped(name), stamp, value: unescaped(value) })
    }
}

impl Records {
    /// Reads lines of a shard; whether all of them are good.
    pub(super) fn parse(shard: u16, lines: &mut dyn Iterator<Item = &str>) -> (Self, bool) {
        let (mut records, mut good) = (Self::default(), true);
        for line in lines {
            match Record::parse(shard, line, &mut good) {
                Some(record) => records.merge_record(record),
                None => good = false,
            }
        }
        (records, good)
    }

    fn merge_record(&mut self, record: Record) {
        if self.all.last().is_none_or(|last| last.compare(record.place, &record.name).is_lt()) {
            self.all.push(record);
            return;
        }
        match self.find(record.place, &record.name) {
            Ok(at) => {
                if let Some(ours) = self.all.get_mut(at) {
                    for field in &record.fields {
                        ours.merge_field(field);
                    }
                }
            }
            Err(at) => self.all.insert(at, record),
        }
    }

    fn find(&self, place: u64, name: &str) -> Result<usize, usize> {
        self.all.binary_search_by(|record| record.compare(place, name))
    }

    pub(super) fn get(&self, place: u64, name: &str) -> Option<&Record> {
        self.all.get(self.find(place, name).ok()?)
    }

    /// The record of that name, made where there is none.
    pub(super) fn get_or_make(&mut self, place: u64, name: &str) -> Option<&mut Record> {
        let at = match self.find(place, name) {
            Ok(at) => at,
            Err(at) => {
                self.all.insert(at, Record { place, name: name.to_owned(), fields: Vec::new() });
                at
            }
        };
        self.all.get_mut(at)
    }

    /// The records of a shard.
    pub(super) fn of(&self, shard: u16) -> &[Record] {
        let from = u64::from(shard) << KEY_BITS;
        let start = self.all.partition_point(|record| record.place < from);
        let end = self.all.partition_point(|record| record.place < from + (1 << KEY_BITS));
        self.all.get(start..end).unwrap_or_default()
    }

    /// Writes the lines of a shard.
    pub(super) fn write(&self, shard: u16, out: &mut String) {
        for record in self.of(shard).iter().filter(|record| !record.fields.is_empty()) {
            record.write(out);
        }
    }

    /// Joins these with others, and tells what is another now.
    pub(super) fn merge(&mut self, mut theirs: Vec<Record>, told: &mut Told<'_>) {
        let is_before = |ours: &Record, theirs: &Record| ours.compare(theirs.place, &theirs.name).is_lt();
        // Where all is loaded, each shard comes behind what is known: nothing has to be looked for.
        if !are_behind(&self.all, &theirs, is_before) {
            theirs.retain(|record| {
                let Ok(at) = self.find(record.place, &record.name) else { return true };
                if let Some(ours) = self.all.get_mut(at) {
                    for field in &record.fields {
                        if let Some(before) = ours.merge_field(field) {
                            told(record.place, &record.name, before, field);
                        }
                    }
                }
                false
            });
        }
        for record in &theirs {
            for field in &record.fields {
                told(record.place, &record.name, None, field);
            }
        }
        merge_sorted(&mut self.all, theirs, is_before);
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        let letter = match c {
            '\\' => '\\',
            '\t' => 't',
            '\n' => 'n',
            '\r' => 'r',
            '=' => 'e',
            c => {
                out.push(c);
                continue;
            }
        };
        out.push('\\');
        out.push(letter);
    }
}

fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('e') => '=',
                Some(other) => other,
                None => break,
            },
            c => c,
        });
    }
    out
}

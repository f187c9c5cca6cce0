//! Records: named fields of a story, or of the reader, each with the time when it was set.
//!
//! A record is a line: its name, and then the fields, each after a tab: the field's name, `=`, seven digits of
//! time, and the value. Tabs, line breaks, backslashes and `=` are escaped. Unknown fields are stored and
//! merged like all others, so that an older app loses nothing that a newer one wrote.

use std::cmp::Ordering;

use super::digits::write;
use super::identity::{KEY_BITS, mixed};
use super::sorted::{are_behind, merge_sorted};
use super::stamp::{STAMP_DIGITS, Stamp, stamp_of};
use crate::content::id::StoryId;

/// The number of the shard that holds the reader's own record.
pub(super) const READER: u16 = 256;
/// The name of the reader's own record.
pub(super) const READER_NAME: &str = "reader";

/// A value, and when it was set. An empty value stands for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) stamp: Stamp,
    pub(super) value: String,
}

/// A record: fields sorted by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The key of the story; for the reader's own record, a number above all keys.
    pub(super) place: u64,
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
}

/// Records, sorted by place and name.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    pub(super) all: Vec<Record>,
}

/// A callback for each field that has changed: place and name of its record, the former value, the new one.
pub(super) type Told<'a> = dyn FnMut(u64, &str, Option<Field>, &Field) + 'a;

/// The place of the record with this name; `None` if it does not belong in this shard.
fn place(shard: u16, name: &str) -> Option<u64> {
    if shard == READER {
        return (!name.is_empty()).then_some(u64::from(READER) << KEY_BITS);
    }
    let place = mixed(StoryId::parse(name)?.as_str()) >> 8;
    (place >> KEY_BITS == u64::from(shard)).then_some(place)
}

/// How two values of a field are compared: by time, and then by the values themselves. Progress in a live blog
/// only grows, whichever tab wrote last.
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
                // Our own output is sorted already.
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

    /// Merges a field: it is taken if it wins over the present one. Returns whether it was, and the former
    /// value.
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
    /// Reads the lines of a shard; the second value says whether all of them could be read.
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

    /// The record with this name; it is created if there is none.
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

    /// Merges other records, and reports each field that has changed.
    pub(super) fn merge(&mut self, mut theirs: Vec<Record>, told: &mut Told<'_>) {
        let is_before = |ours: &Record, theirs: &Record| ours.compare(theirs.place, &theirs.name).is_lt();
        // When everything is loaded, each shard comes after what is known, so no search is needed.
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

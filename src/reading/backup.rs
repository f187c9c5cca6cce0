//! Backups: everything in one JSON file, and back again.
//!
//! The file holds the lines of the shards as they are kept, so that it says all that is kept and nothing twice, and a
//! checksum of them. Restoring joins it with what there is; [`Backup::preview`] tells before what that will change. A
//! file that is damaged, or of a newer version, changes nothing.

use super::identity::mixed;
use super::room::is_limit;
use super::{Card, Change, Reading, Shard, State, VERSION, digits};
use crate::json::{self, Object, Value};

/// A backup that was read, and is whole.
#[derive(Clone, Debug)]
pub struct Backup {
    publication: String,
    made: i64,
    reading: Reading,
}

/// Why a file is of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no JSON.
    NotJson(json::Failure),
    /// It is no backup of reading.
    NotABackup,
    /// It was written by a newer version, of this number.
    Newer(u32),
    /// It is not as it was written.
    Damaged,
}

/// What restoring a backup will change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Headlines of stories that will be saved, newest first.
    pub saved: Vec<String>,
    /// Headlines of stories that will be saved no more, because that was the reader's later wish.
    pub unsaved: Vec<String>,
    /// How many stories will be marked read.
    pub read: usize,
    /// How many will be marked unread.
    pub unread: usize,
    /// How many stories get another place, note, tag, time or seen post.
    pub stories: usize,
    /// Whether preferences change.
    pub preferences: bool,
}

/// Everything, as a file. `now` is in milliseconds since 1970-01-01T00:00:00Z.
#[must_use]
pub fn write(reading: &Reading, publication: &str, now: i64) -> String {
    let lines: Vec<(Shard, String)> =
        Shard::all().map(|shard| (shard, reading.text(shard))).filter(|(_, text)| !text.is_empty()).collect();
    let mut out = String::from("{\n  \"dateline\": \"reading\",\n  \"version\": ");
    out.push_str(&VERSION.to_string());
    out.push_str(",\n  \"publication\": ");
    write_string(publication, &mut out);
    out.push_str(&format!(",\n  \"made\": {now},\n  \"checksum\": "));
    let sum = lines.iter().map(|(shard, text)| (shard.name(), text.as_str()));
    write_string(&checksum(publication, sum), &mut out);
    out.push_str(",\n  \"shards\": {");
    for (at, (shard, text)) in lines.iter().enumerate() {
        out.push_str(if at > 0 { ",\n    " } else { "\n    " });
        write_string(&shard.name(), &mut out);
        out.push_str(": [");
        for (at, line) in text.lines().skip(1).enumerate() {
            out.push_str(if at > 0 { ",\n      " } else { "\n      " });
            write_string(line, &mut out);
        }
        out.push_str("\n    ]");
    }
    out.push_str("\n  }\n}\n");
    out
}

/// A string (RFC 8259, section 7).
fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn checksum(publication: &str, shards: impl Iterator<Item = (String, impl AsRef<str>)>) -> String {
    let mut all = publication.to_owned();
    for (name, text) in shards {
        all.push('\n');
        all.push_str(&name);
        all.push('\n');
        all.push_str(text.as_ref());
    }
    let mut out = String::new();
    digits::write(&mut out, mixed(&all), 10);
    out
}

/// Reads a backup.
///
/// # Errors
/// A [`Fault`]; then there is nothing in it that could be used safely.
pub fn read(bytes: &[u8]) -> Result<Backup, Fault> {
    let Value::Object(file) = json::parse(bytes).map_err(Fault::NotJson)? else {
        return Err(Fault::NotABackup);
    };
    let text = |name: &str| file.get(name).and_then(Value::as_str);
    if text("dateline") != Some("reading") {
        return Err(Fault::NotABackup);
    }
    match file.get("version").and_then(Value::as_u32) {
        Some(version) if version > VERSION => return Err(Fault::Newer(version)),
        Some(1..) => {}
        _ => return Err(Fault::Damaged),
    }
    let (Some(publication), Some(Value::Object(shards))) = (text("publication"), file.get("shards")) else {
        return Err(Fault::Damaged);
    };
    let made = match file.get("made") {
        Some(Value::Number(number)) => number.parse().map_err(|_| Fault::Damaged)?,
        _ => return Err(Fault::Damaged),
    };
    let texts = texts(shards).ok_or(Fault::Damaged)?;
    if text("checksum") != Some(&checksum(publication, texts.iter().map(|(name, text)| (name.clone(), text))))
    {
        return Err(Fault::Damaged);
    }
    let mut reading = Reading::default();
    for (name, text) in &texts {
        let shard = Shard::parse(name).ok_or(Fault::Damaged)?;
        // With the checksum right, a line that is not read here is one of a kind that a newer app writes.
        reading.take(shard, text);
    }
    Ok(Backup { publication: publication.to_owned(), made, reading })
}

/// The shards as they are kept.
fn texts(shards: &Object<'_>) -> Option<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for (name, lines) in &shards.0 {
        let Value::Array(lines) = lines else { return None };
        let mut text = format!("{VERSION}\n");
        for line in lines {
            text.push_str(line.as_str()?);
            text.push('\n');
        }
        texts.push((name.clone().into_owned(), text));
    }
    Some(texts)
}

impl Backup {
    /// Which publication it is of, as [`super::publication`] has it.
    #[must_use]
    pub fn publication(&self) -> &str {
        &self.publication
    }

    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn made(&self) -> i64 {
        self.made
    }

    /// Joins it with what there is, at `now` (milliseconds since 1970-01-01T00:00:00Z). All of it can be undone.
    pub fn restore(&self, reading: &mut Reading, now: i64) -> Change {
        let mut backup = self.reading.clone();
        // What another device had no room for may well have some here.
        for record in &mut backup.records.all {
            record.fields.retain(|field| !is_limit(&field.name));
        }
        let mut change = reading.merge(&backup);
        reading.lift_limits(now, &mut change);
        change
    }

    /// What [`Self::restore`] will change.
    #[must_use]
    pub fn preview(&self, reading: &Reading) -> Preview {
        let mut after = reading.clone();
        self.restore(&mut after, self.made);
        let mut preview =
            Preview { preferences: after.preferences() != reading.preferences(), ..Preview::default() };
        let mut saved: Vec<(i64, String)> = Vec::new();
        for card in after.cards().filter(|card| !card.has_moved()) {
            let Some(story) = card.story() else { continue };
            let before = reading.card(&story);
            let headline = || card.facts().map_or_else(|| story.to_string(), |facts| facts.headline);
            match (before.and_then(Card::saved), card.saved()) {
                (None, Some(time)) => saved.push((time, headline())),
                (Some(_), None) => preview.unsaved.push(headline()),
                _ if before.is_none_or(|before| !before.is_same(card)) => preview.stories += 1,
                _ => {}
            }
        }
        saved.sort_by(|a, b| b.cmp(a));
        preview.saved = saved.into_iter().map(|(_, headline)| headline).collect();
        for mark in &after.marks.all {
            let was = reading.state_of(mark.key) == State::Read;
            match (was, after.state_of(mark.key) == State::Read) {
                (false, true) => preview.read += 1,
                (true, false) => preview.unread += 1,
                _ => {}
            }
        }
        preview
    }
}

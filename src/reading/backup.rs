//! Backups: the whole reading state in one JSON file.
//!
//! The file holds the lines of the shards as they are stored, and a checksum of them. Restoring a backup merges
//! it into the present state; [`Backup::preview`] says what that will change. A file that is damaged, or of a
//! newer version, changes nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::change::Change;
use super::digits;
use super::eviction::is_limit;
use super::identity::mixed;
use super::shard::{Shard, VERSION};
use super::state::{Reading, State};
use super::story_state::StoryState;
use crate::content::decode::{DecodeError, parse};

/// A backup that was read and is complete.
#[derive(Clone, Debug)]
pub struct Backup {
    publication: String,
    made: i64,
    reading: Reading,
}

/// Why a file can't be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackupError {
    /// It is not JSON.
    NotJson(DecodeError),
    /// It is not a backup.
    NotABackup,
    /// It was written by this newer version.
    Newer(u32),
    /// It has been altered or is incomplete.
    Damaged,
}

/// What restoring a backup will change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// The headlines of stories that will be saved, newest first.
    pub saved: Vec<String>,
    /// The headlines of stories that will no longer be saved, because that was the reader's later wish.
    pub unsaved: Vec<String>,
    /// How many stories will be marked read.
    pub read: usize,
    /// How many stories will be marked unread.
    pub unread: usize,
    /// For how many stories the position, note, tags or times will change.
    pub stories: usize,
    /// Whether preferences will change.
    pub preferences: bool,
}

/// The value of `dateline` in a backup.
const KIND: &str = "reading";

/// The JSON of a backup.
#[derive(Serialize, Deserialize)]
struct File {
    /// [`KIND`].
    dateline: String,
    version: u32,
    publication: String,
    made: i64,
    checksum: String,
    /// The lines of the shards, without the version, by the names of the shards. The checksum takes them in the
    /// order of the names, which is the order of [`Shard::all`].
    shards: BTreeMap<String, Vec<String>>,
}

/// Writes a backup. `now` is in milliseconds since 1970-01-01T00:00:00Z.
///
/// # Errors
/// Where serde can't write the file, which nothing that can be kept causes.
pub fn write(reading: &Reading, publication: &str, now: i64) -> serde_json::Result<String> {
    let lines = |shard| reading.text(shard).lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let shards: BTreeMap<_, _> = Shard::all()
        .map(|shard| (shard.name(), lines(shard)))
        .filter(|(_, lines)| !lines.is_empty())
        .collect();
    let file = File {
        dateline: KIND.to_owned(),
        version: VERSION,
        publication: publication.to_owned(),
        made: now,
        checksum: checksum(publication, &shards),
        shards,
    };
    Ok(serde_json::to_string_pretty(&file)? + "\n")
}

/// The text of a shard as it is stored.
fn text_of(lines: &[String]) -> String {
    let mut text = format!("{VERSION}\n");
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn checksum(publication: &str, shards: &BTreeMap<String, Vec<String>>) -> String {
    let mut all = publication.to_owned();
    for (name, lines) in shards {
        all.push('\n');
        all.push_str(name);
        all.push('\n');
        all.push_str(&text_of(lines));
    }
    let mut out = String::new();
    digits::write(&mut out, mixed(&all), 10);
    out
}

/// Reads a backup.
///
/// # Errors
/// A [`BackupError`]; then there is nothing in it that could be used safely.
pub fn read(bytes: &[u8]) -> Result<Backup, BackupError> {
    let value = parse(bytes).map_err(BackupError::NotJson)?;
    if value.get("dateline").and_then(Value::as_str) != Some(KIND) {
        return Err(BackupError::NotABackup);
    }
    // Checked first, because everything else may be different in a newer version.
    match value.get("version").and_then(Value::as_u64).and_then(|version| u32::try_from(version).ok()) {
        Some(version) if version > VERSION => return Err(BackupError::Newer(version)),
        Some(1..) => {}
        _ => return Err(BackupError::Damaged),
    }
    let file: File = serde_json::from_value(value).map_err(|_| BackupError::Damaged)?;
    if file.checksum != checksum(&file.publication, &file.shards) {
        return Err(BackupError::Damaged);
    }
    let mut reading = Reading::default();
    for (name, lines) in &file.shards {
        let shard = Shard::parse(name).ok_or(BackupError::Damaged)?;
        // The checksum is right, so a line that can't be read was written by a newer app.
        reading.merge_stored(shard, &text_of(lines));
    }
    Ok(Backup { publication: file.publication, made: file.made, reading })
}

impl Backup {
    /// The publication, as [`super::publication`] names it.
    #[must_use]
    pub fn publication(&self) -> &str {
        &self.publication
    }

    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn made(&self) -> i64 {
        self.made
    }

    /// Merges the backup into the present state, at `now` (milliseconds since 1970-01-01T00:00:00Z). It can be
    /// undone.
    pub fn restore(&self, reading: &mut Reading, now: i64) -> Change {
        let mut backup = self.reading.clone();
        // Another device may have evicted things for which this one has room.
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
        for state in after.story_states().filter(|state| !state.has_moved()) {
            let Some(story) = state.story() else { continue };
            let before = reading.story_state(&story);
            let headline =
                || state.snapshot().map_or_else(|| story.to_string(), |snapshot| snapshot.headline);
            match (before.and_then(StoryState::saved), state.saved()) {
                (None, Some(time)) => saved.push((time, headline())),
                (Some(_), None) => preview.unsaved.push(headline()),
                _ if before.is_none_or(|before| !before.is_same(state)) => preview.stories += 1,
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

//! `desk pictures`: makes widths, size and colour for the pictures of an edition that other tools wrote, as `import`
//! does for its own.
//!
//! Each picture is changed in place in the JSON, so nothing that the desk does not understand is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;
use std::time::Duration;

use dateline::content::decode;
use dateline::content::{Color, Href, Kind, Picture, Source, StoryId, Timestamp};
use serde_json::{Map, Value, json};

use crate::folder::{EDITION, Folder, FolderError, STORIES, put};
use crate::pictures::{self, Made, Place};

/// How many bytes of pictures are held before they are written.
const ENOUGH: usize = 32 * 1024 * 1024;

/// What was done.
#[derive(Debug, Default)]
pub struct Report {
    /// How many pictures have changed.
    pub pictures: usize,
    /// How many stories they are in.
    pub stories: usize,
    /// How many files were written: pictures, stories and the edition.
    pub written: usize,
    /// What could not be done, and what needs a look.
    pub warnings: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pictures, stories, written, .. } = self;
        let plural = |count: &usize| if *count == 1 { "" } else { "s" };
        let story = if *stories == 1 { "story" } else { "stories" };
        let (some_pictures, some_files) = (plural(pictures), plural(written));
        write!(
            f,
            "{pictures} picture{some_pictures} in {stories} {story}; {written} file{some_files} written"
        )
    }
}

/// Makes the widths of local pictures that have none yet. Waits up to `patience` for another desk.
///
/// # Errors
/// A [`FolderError`]; files written before it are complete.
pub fn widen(edition: &Path, patience: Duration, clock: fn() -> Timestamp) -> Result<Report, FolderError> {
    let mut album = Album::of(edition);
    let mut done = Done::default();
    let mut wanted = Vec::new();
    let names = names(edition)?;
    // An edition that can't be read is reported before the work, not after it.
    Sheet::read(edition, EDITION, &mut Vec::new())?;
    for name in names {
        let Some(sheet) = Sheet::read(edition, &name, &mut done.warnings)? else { continue };
        if album.take(sheet, &mut done.warnings) {
            wanted.push(name);
        }
        if album.held() > ENOUGH {
            album.write(&mut wanted, &mut done, patience, clock)?;
        }
    }
    if !wanted.is_empty() {
        album.write(&mut wanted, &mut done, patience, clock)?;
    }
    let Done { places, stories, written, warnings } = done;
    Ok(Report { pictures: places.len(), stories: stories.len(), written, warnings })
}

/// The files that may hold pictures, by their paths in the edition: stories first, then the edition.
fn names(edition: &Path) -> Result<Vec<String>, FolderError> {
    if !edition.join(EDITION).is_file() {
        return Err(FolderError::NoEdition(edition.to_owned()));
    }
    let path = edition.join(STORIES);
    let io = |error| FolderError::Io { path: path.clone(), error };
    let mut names = Vec::new();
    let entries = match fs::read_dir(&path) {
        Ok(entries) => Some(entries),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(io(error)),
    };
    for entry in entries.into_iter().flatten() {
        let entry = entry.map_err(io)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_story = name.strip_suffix(".json").and_then(StoryId::parse).is_some();
        // A link leads to somebody else's file.
        if is_story && entry.file_type().map_err(io)?.is_file() {
            names.push(format!("{STORIES}/{name}"));
        }
    }
    names.sort();
    names.push(EDITION.to_owned());
    Ok(names)
}

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Edition,
    Article,
    Live,
}

/// A file that will be changed.
#[derive(Debug)]
struct Sheet {
    /// Its path in the edition.
    name: String,
    holds: Holds,
    value: Value,
    /// Whether its JSON is written on several lines.
    has_lines: bool,
}

impl Sheet {
    /// Reads a file if it has a picture without widths and can be written again without loss. If it can't, a warning
    /// says why.
    fn read(edition: &Path, name: &str, warnings: &mut Vec<String>) -> Result<Option<Self>, FolderError> {
        let path = edition.join(name);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            // It existed a moment ago.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(FolderError::Io { path, error }),
        };
        let (holds, is_wanted) = if name == EDITION {
            let edition = decode::edition(&bytes)
                .map_err(|failure| FolderError::Unreadable { path: path.clone(), failure })?
                .value;
            (Holds::Edition, edition.teasers().filter_map(|(_, teaser)| teaser.image.as_ref()).any(is_bare))
        } else {
            match decode::story(&bytes).map(|story| story.value) {
                Ok(story) if story.kind == Kind::Live => (Holds::Live, story.image.iter().any(is_bare)),
                Ok(story) => (Holds::Article, story.pictures().into_iter().any(is_bare)),
                Err(failure) => {
                    warnings.push(format!("{name}: {failure}"));
                    return Ok(None);
                }
            }
        };
        if !is_wanted {
            return Ok(None);
        }
        let value = value(&bytes);
        if value.is_none() {
            warnings.push(format!(
                "{name}: holds what can't be written again as it stands (a field twice, half a character, a number of another form); its pictures stay as they are"
            ));
        }
        let has_lines = bytes.trim_ascii().contains(&b'\n');
        Ok(value.map(|value| Self { name: name.to_owned(), holds, value, has_lines }))
    }

    /// Calls `visit` with the id of the story and each of its pictures.
    fn each_picture(&mut self, visit: &mut dyn FnMut(&str, &mut Value)) {
        if self.holds == Holds::Edition {
            for section in items(&mut self.value, "sections") {
                for teaser in items(section, "teasers") {
                    let id = id(teaser);
                    each(teaser, "image", &mut |picture| visit(&id, picture));
                }
            }
            return;
        }
        let id = id(&self.value);
        each(&mut self.value, "image", &mut |picture| visit(&id, picture));
        // A change of a post takes a revision, and older posts never change: `desk live --image` makes their widths.
        if self.holds == Holds::Article {
            blocks(&mut self.value, "body", &mut |picture| visit(&id, picture));
        }
    }

    /// Gives a changed head the next revision, which readers who follow it expect.
    fn count(&mut self, now: Timestamp) {
        if self.holds != Holds::Live {
            return;
        }
        let Some(Value::Object(live)) = self.value.get_mut("live") else { return };
        let revision = live.get("revision").and_then(Value::as_u64).unwrap_or_default();
        let revision = u32::try_from(revision).unwrap_or(u32::MAX).saturating_add(1);
        let before = live.get("changed").and_then(Value::as_str).and_then(Timestamp::parse);
        let changed = now.max(before.unwrap_or(now));
        live.insert("revision".to_owned(), json!(revision));
        live.insert("changed".to_owned(), json!(changed.to_rfc3339()));
    }

    fn bytes(&self) -> Vec<u8> {
        let text = if self.has_lines { format!("{:#}\n", self.value) } else { self.value.to_string() };
        text.into_bytes()
    }
}

/// A file as a value that says the same when it is written again; none where it would not. `serde_json` refuses half a
/// character by itself. A field that stands twice and a number of another form show outside the strings.
fn value(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).ok()?;
    (outside_strings(bytes) == outside_strings(value.to_string().as_bytes())).then_some(value)
}

/// JSON without the insides of its strings and without white space.
fn outside_strings(json: &[u8]) -> Vec<u8> {
    let (mut is_in_string, mut is_escaped) = (false, false);
    let is_outside = |byte: &u8| {
        let was_in_string = is_in_string;
        if *byte == b'"' && !is_escaped {
            is_in_string = !is_in_string;
        }
        is_escaped = is_in_string && *byte == b'\\' && !is_escaped;
        !was_in_string && !byte.is_ascii_whitespace()
    };
    json.iter().copied().filter(is_outside).collect()
}

fn id(value: &Value) -> String {
    value.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The items of the array at `key`.
fn items<'a>(value: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    value.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}

fn each(value: &mut Value, key: &str, visit: &mut dyn FnMut(&mut Value)) {
    value.get_mut(key).into_iter().for_each(visit);
}

/// Calls `visit` with each picture of these blocks, as `dateline::convert::each_picture` does.
fn blocks(value: &mut Value, key: &str, visit: &mut dyn FnMut(&mut Value)) {
    for block in items(value, key) {
        match block.get("kind").and_then(Value::as_str) {
            Some("figure") => each(block, "picture", visit),
            Some("gallery") => items(block, "pictures").for_each(&mut *visit),
            Some("fact-box") => blocks(block, "body", visit),
            Some("question-answer") => blocks(block, "answer", visit),
            _ => {}
        }
    }
}

/// Whether a picture is in the edition and has one file without a width.
fn is_bare(picture: &Picture) -> bool {
    matches!(picture.sources.as_slice(), [Source { url, width: None }] if url.is_relative())
}

/// The address of a picture that is in the edition and has one file without a width.
fn address(picture: &Value) -> Option<Href> {
    let [source] = picture.get("sources")?.as_array()?.as_slice() else { return None };
    if source.get("width").is_some_and(|width| !width.is_null()) {
        return None;
    }
    Href::resource(source.get("url")?.as_str()?).filter(Href::is_relative)
}

/// What has been done so far.
#[derive(Debug, Default)]
struct Done {
    places: BTreeSet<Place>,
    stories: BTreeSet<String>,
    written: usize,
    warnings: Vec<String>,
}

/// The results for the pictures of an edition.
struct Album<'a> {
    edition: &'a Path,
    /// By the address in the stories; `None` if it failed.
    places: BTreeMap<String, Option<Place>>,
    made: BTreeMap<Place, Made>,
    /// Files still to be written, by their paths in the edition.
    files: Vec<(String, Vec<u8>)>,
}

impl<'a> Album<'a> {
    fn of(edition: &'a Path) -> Self {
        Self { edition, places: BTreeMap::new(), made: BTreeMap::new(), files: Vec::new() }
    }

    /// Makes the widths for a file's pictures; returns whether the file has to change.
    fn take(&mut self, mut sheet: Sheet, warnings: &mut Vec<String>) -> bool {
        let name = sheet.name.clone();
        let mut is_wanted = false;
        sheet.each_picture(&mut |_, picture| {
            let Some(address) = address(picture) else { return };
            if let Some(why) = self.make(address.as_str()) {
                let address = address.as_str();
                warnings.push(format!("{name}: the picture {address} gets no other widths: {why}"));
            }
            is_wanted |= self.made(picture).is_some_and(|(_, made)| apply(made, &mut picture.clone()));
        });
        is_wanted
    }

    /// Makes the widths of a picture if that was not tried yet; returns why it has none.
    fn make(&mut self, address: &str) -> Option<&'static str> {
        if self.places.contains_key(address) {
            return None;
        }
        let place = pictures::place(self.edition, address);
        let mut why = place.as_ref().err().copied();
        let mut place = place.ok();
        if let Some(there) = place.clone().filter(|place| !self.made.contains_key(place)) {
            match pictures::made_at(&there) {
                Ok((made, files)) => {
                    why = made.trouble.or(made.kept);
                    self.made.insert(there, made);
                    self.files.extend(files);
                }
                Err(error) => (why, place) = (Some(error), None),
            }
        }
        self.places.insert(address.to_owned(), place);
        why
    }

    /// The result for a picture.
    fn made(&self, picture: &Value) -> Option<(&Place, &Made)> {
        let place = self.places.get(address(picture)?.as_str())?.as_ref()?;
        self.made.get_key_value(place)
    }

    /// How many bytes wait to be written.
    fn held(&self) -> usize {
        self.files.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// Writes the pictures, then the files that name them. The lock is held only for this: making widths may take
    /// minutes, and other desks wait only seconds.
    fn write(
        &mut self,
        wanted: &mut Vec<String>,
        done: &mut Done,
        patience: Duration,
        clock: fn() -> Timestamp,
    ) -> Result<(), FolderError> {
        let _lock = Folder::open_existing(self.edition, patience)?;
        for (name, bytes) in self.files.drain(..) {
            done.written += usize::from(put(&self.edition.join(name), &bytes)?);
        }
        for name in wanted.drain(..) {
            // It may have changed meanwhile. Its problems were reported before.
            let Some(mut sheet) = Sheet::read(self.edition, &name, &mut Vec::new())? else { continue };
            if self.put_into(&mut sheet, done) {
                sheet.count(clock());
                done.written += usize::from(put(&self.edition.join(name), &sheet.bytes())?);
            }
        }
        Ok(())
    }

    /// Puts the results into a file; returns whether it changed.
    fn put_into(&self, sheet: &mut Sheet, done: &mut Done) -> bool {
        let mut is_changed = false;
        sheet.each_picture(&mut |story, picture| {
            // A picture that came meanwhile is done the next time.
            let Some((place, made)) = self.made(picture) else { return };
            if apply(made, picture) {
                is_changed = true;
                done.stories.insert(story.to_owned());
                done.places.insert(place.clone());
            }
        });
        is_changed
    }
}

/// Puts a result into a picture; returns whether it changed.
fn apply(made: &Made, picture: &mut Value) -> bool {
    let before = picture.clone();
    let Some(fields) = picture.as_object_mut() else { return false };
    // A broken picture gets its size now, and its widths once it is repaired.
    if made.trouble.is_none() {
        sources(made, fields);
    }
    let (width, height) = made.size;
    fields.insert("width".to_owned(), json!(width));
    fields.insert("height".to_owned(), json!(height));
    let has_color = fields.get("color").and_then(Value::as_str).and_then(Color::parse).is_some();
    if let (false, Some(color)) = (has_color, &made.color) {
        fields.insert("color".to_owned(), json!(color.as_str()));
    }
    *picture != before
}

/// The original stays as its publisher wrote it, after the other widths.
fn sources(made: &Made, picture: &mut Map<String, Value>) {
    let Some(Value::Array(sources)) = picture.get_mut("sources") else { return };
    if let (Some(width), Some(original)) = (made.own_width, sources.first_mut()) {
        original["width"] = json!(width);
    }
    let source = |source: &Source| json!({ "url": source.url.as_str(), "width": source.width });
    sources.splice(0..0, made.smaller.iter().map(source));
}

//! An edition's folder: reading it, and writing into it so that it is consistent at every moment.
//!
//! Each file is written to a temporary name and renamed into place. Stories are written before the edition that names
//! them, and the pages of a live blog before its head. `edition.json` is edited as JSON, so fields from other tools
//! or a newer desk stay.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use dateline::content::decode::{self, DecodeError, Warning};
use dateline::content::live::Live;
use dateline::content::text::folded;
use dateline::content::{Edition, Kind, PageName, SectionId, Story, StoryId, Teaser, encode};
use serde_json::{Map, Value, json};

use crate::ledger::Ledger;
use crate::pictures::Copies;

pub(crate) const EDITION: &str = "edition.json";
pub(crate) const STORIES: &str = "stories";
const NOTES: &str = ".desk";

/// How long a desk waits for another one to finish. A post takes some hundredths of a second.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// How often a waiting desk tries again.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Why an edition can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A file that has to be understood before it is changed, but can't be.
    #[error("{}: {failure}; mend it first (`desk check` tells more)", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        failure: DecodeError,
    },
    /// A file that is read and written as a whole holds something that would be lost.
    #[error("{}#{}: {}; mend it first, or it would be lost (`desk check` tells more)", path.display(), warning.pointer, warning.kind)]
    WouldLose {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        warning: Warning,
    },
    /// There is no edition.
    #[error("{}: there is no edition (no edition.json)", .0.display())]
    NoEdition(PathBuf),
    /// There is no such story.
    #[error("{}: there is no such story", .0.display())]
    NoStory(PathBuf),
    /// The ledger of imports is damaged.
    #[error("{}: is damaged; put it back from a copy, or delete it (files imported again may then become new stories)", .0.display())]
    Ledger(PathBuf),
    /// Another desk is writing.
    #[error("{}: another desk is writing to this edition; try again when it has finished", .0.display())]
    Busy(PathBuf),
    /// A value can't be written as JSON.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

/// An edition that is open for changes. No other desk can open it meanwhile.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    edition: Value,
    decoded: Edition,
    pub(crate) ledger: Ledger,
    /// Held until this is dropped; the system releases it even if the desk crashes.
    _lock: File,
}

/// A file of a live blog's older posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageFile {
    /// The live blog.
    pub story: StoryId,
    /// Its name in the live blog's folder.
    pub name: PageName,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Folder {
    /// Opens an edition, or creates one with the folder's name and `language`. Waits up to `patience` for another
    /// desk.
    ///
    /// # Errors
    /// A [`FolderError`].
    pub fn open(path: &Path, language: Option<&str>, patience: Duration) -> Result<Self, FolderError> {
        let notes = path.join(NOTES);
        fs::create_dir_all(&notes).map_err(|error| FolderError::Io { path: notes.clone(), error })?;
        let lock = lock(&notes.join("lock"), patience)?;
        let file = path.join(EDITION);
        let edition = match fs::read(&file) {
            Ok(bytes) => decode::parse(&bytes)
                .map_err(|failure| FolderError::Unreadable { path: file.clone(), failure })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => new_edition(path, language),
            Err(error) => return Err(FolderError::Io { path: file, error }),
        };
        let decoded = decoded(&file, &edition)?;
        let ledger_file = notes.join("imports.json");
        let ledger = match fs::read(&ledger_file) {
            Ok(bytes) => Ledger::parse(&bytes).ok_or(FolderError::Ledger(ledger_file))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ledger::default(),
            Err(error) => return Err(FolderError::Io { path: ledger_file, error }),
        };
        Ok(Self { path: path.to_owned(), edition, decoded, ledger, _lock: lock })
    }

    /// Opens an edition that must exist.
    ///
    /// # Errors
    /// A [`FolderError`].
    pub fn open_existing(path: &Path, patience: Duration) -> Result<Self, FolderError> {
        if path.join(EDITION).is_file() {
            Self::open(path, None, patience)
        } else {
            Err(FolderError::NoEdition(path.to_owned()))
        }
    }

    /// The edition's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file of a story.
    #[must_use]
    pub fn story_file(&self, id: &StoryId) -> PathBuf {
        self.path.join(STORIES).join(format!("{id}.json"))
    }

    /// A story, if it exists and can be read.
    #[must_use]
    pub fn story(&self, id: &StoryId) -> Option<Story> {
        let bytes = fs::read(self.story_file(id)).ok()?;
        decode::story(&bytes).ok().map(|decoded| decoded.value)
    }

    /// A story that will be changed and written again without losing anything.
    ///
    /// # Errors
    /// A [`FolderError`] if it does not exist, or if something in it can't be understood.
    pub fn whole_story(&self, id: &StoryId) -> Result<Story, FolderError> {
        let path = self.story_file(id);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(FolderError::NoStory(path));
            }
            Err(error) => return Err(FolderError::Io { path, error }),
        };
        let decoded = match decode::story(&bytes) {
            Ok(decoded) => decoded,
            Err(failure) => return Err(FolderError::Unreadable { path, failure }),
        };
        match decoded.warnings.into_iter().next() {
            Some(warning) => Err(FolderError::WouldLose { path, warning }),
            None => Ok(decoded.value),
        }
    }

    /// The folder of a live blog's older posts.
    #[must_use]
    pub fn page_folder(&self, id: &StoryId) -> PathBuf {
        self.path.join(STORIES).join(id.as_str())
    }

    /// A file of a live blog's older posts.
    ///
    /// # Errors
    /// The system's error.
    pub fn page(&self, id: &StoryId, name: &PageName) -> Result<Vec<u8>, std::io::Error> {
        fs::read(self.page_folder(id).join(format!("{name}.json")))
    }

    /// Whether the id is taken, by a story or by a file.
    #[must_use]
    pub fn has(&self, id: &StoryId) -> bool {
        self.story_file(id).exists() || self.page_folder(id).exists() || self.decoded.teaser(id).is_some()
    }

    /// Whether the id belongs to a live blog that was being opened when the desk was stopped: its file is there, with no
    /// post in it, and the edition does not list it. To open it again loses nothing.
    #[must_use]
    pub fn is_half_open(&self, id: &StoryId) -> bool {
        let is_empty =
            |live: &Live| live.posts.is_empty() && live.pages.is_empty() && live.summary.is_empty();
        self.decoded.teaser(id).is_none()
            && !self.page_folder(id).exists()
            && self.story(id).and_then(|story| story.live).is_some_and(|live| is_empty(&live))
    }

    /// Whether the id belongs to a live blog, as far as any file says so. A head that can't be read must not be
    /// overwritten.
    #[must_use]
    pub fn is_live(&self, id: &StoryId) -> bool {
        self.page_folder(id).exists()
            || self.decoded.teaser(id).is_some_and(|teaser| teaser.kind == Kind::Live)
            || self.story(id).is_some_and(|story| story.kind == Kind::Live)
    }

    /// The story with that canonical address.
    #[must_use]
    pub fn story_at(&self, canonical: &str) -> Option<StoryId> {
        let mut ids = self.decoded.teasers().map(|(_, teaser)| &teaser.id);
        ids.find(|id| {
            self.story(id).and_then(|story| story.canonical).is_some_and(|href| href.as_str() == canonical)
        })
        .cloned()
    }

    /// The section that has the story's teaser.
    #[must_use]
    pub fn section_of(&self, id: &StoryId) -> Option<SectionId> {
        self.decoded.teasers().find(|(_, teaser)| teaser.id == *id).map(|(section, _)| section.id.clone())
    }

    /// The section with that id or name.
    #[must_use]
    pub fn section_named(&self, name: &str) -> Option<SectionId> {
        let wanted = folded(name);
        let mut sections = self.decoded.sections.iter();
        sections
            .find(|section| section.id.as_str() == name || folded(&section.name) == wanted)
            .map(|section| section.id.clone())
    }

    /// Puts a teaser into a section: in its old place if it has one there, else at the top. Creates the section if
    /// needed.
    ///
    /// # Errors
    /// [`FolderError::Json`] if the teaser can't be written, [`FolderError::Unreadable`] if the edition can't be read
    /// afterwards.
    pub fn place(&mut self, section: &SectionId, name: &str, teaser: &Teaser) -> Result<(), FolderError> {
        let mut new = serde_json::to_value(teaser)?;
        let here = |value: &Value| value.get("id").and_then(Value::as_str) == Some(section.as_str());
        let is_it = |value: &Value| value.get("id").and_then(Value::as_str) == Some(teaser.id.as_str());
        let sections = list(&mut self.edition, "sections");
        if !sections.iter().any(here) {
            sections.push(json!({ "id": section.as_str(), "name": name, "teasers": [] }));
        }
        let mut placed = false;
        for entry in sections.iter_mut() {
            let wanted = here(entry) && !placed;
            let teasers = list(entry, "teasers");
            let old = teasers.iter().position(is_it);
            if let (true, Some(old)) = (wanted, old)
                && let Some(slot) = teasers.get_mut(old)
            {
                keep_unknown(slot, &mut new);
                *slot = new.clone();
                placed = true;
            } else if wanted {
                teasers.insert(0, new.clone());
                placed = true;
            } else {
                teasers.retain(|value| !is_it(value));
            }
        }
        self.decoded = decoded(&self.path.join(EDITION), &self.edition)?;
        Ok(())
    }

    /// Updates what a teaser says about its live blog and its times; the rest stays as its editor wrote it. `false`
    /// if the story has no teaser.
    ///
    /// # Errors
    /// As [`place`](Self::place).
    pub fn tell(&mut self, teaser: &Teaser) -> Result<bool, FolderError> {
        let new = serde_json::to_value(teaser)?;
        let is_it = |value: &Value| value.get("id").and_then(Value::as_str) == Some(teaser.id.as_str());
        let mut told = false;
        for section in list(&mut self.edition, "sections") {
            for old in list(section, "teasers").iter_mut().filter(|value| is_it(value)) {
                for key in ["kind", "updated", "live"] {
                    if let (Value::Object(old), Some(value)) = (&mut *old, new.get(key)) {
                        old.insert(key.to_owned(), value.clone());
                    }
                }
                told = true;
            }
        }
        self.decoded = decoded(&self.path.join(EDITION), &self.edition)?;
        Ok(told)
    }

    /// Writes pictures, pages of live blogs, stories, the edition and the ledger, in this order, so that every file
    /// exists before it is named.
    ///
    /// # Errors
    /// A [`FolderError`]; files written before it are complete.
    pub fn write(&self, stories: &[Story], pages: &[PageFile], pictures: &Copies) -> Result<(), FolderError> {
        for (name, bytes) in pictures.files() {
            put(&self.path.join(name), bytes)?;
        }
        for PageFile { story, name, bytes } in pages {
            put(&self.page_folder(story).join(format!("{name}.json")), bytes)?;
        }
        for story in stories {
            put(&self.story_file(&story.id), &encode::story(story)?)?;
        }
        let mut text = format!("{:#}", self.edition);
        text.push('\n');
        put(&self.path.join(EDITION), text.as_bytes())?;
        put(&self.path.join(NOTES).join("imports.json"), &self.ledger.bytes()).map(drop)
    }
}

/// The fields of the format. When a teaser is replaced, all other fields are kept.
const TEASER_FIELDS: [&str; 12] = [
    "id",
    "kind",
    "language",
    "direction",
    "headline",
    "kicker",
    "standfirst",
    "image",
    "published",
    "updated",
    "tags",
    "live",
];

fn keep_unknown(old: &Value, new: &mut Value) {
    if let (Value::Object(old), Value::Object(new)) = (old, new) {
        for (key, value) in old.iter().filter(|(key, _)| !TEASER_FIELDS.contains(&key.as_str())) {
            new.insert(key.clone(), value.clone());
        }
    }
}

/// The array at `key`, created if the value is something else.
fn list<'a>(value: &'a mut Value, key: &str) -> &'a mut Vec<Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let slot = &mut value[key];
    if !slot.is_array() {
        *slot = Value::Array(Vec::new());
    }
    match slot {
        Value::Array(items) => items,
        _ => unreachable!("it was made an array above"),
    }
}

fn decoded(file: &Path, edition: &Value) -> Result<Edition, FolderError> {
    let bytes = serde_json::to_vec(edition)?;
    let decoded = decode::edition(&bytes)
        .map_err(|failure| FolderError::Unreadable { path: file.to_owned(), failure })?;
    Ok(decoded.value)
}

fn new_edition(path: &Path, language: Option<&str>) -> Value {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = whole
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_else(|| "Our newspaper".to_owned());
    json!({ "version": decode::VERSION, "publication": { "name": name, "language": language.unwrap_or("en") }, "sections": [] })
}

/// Takes the edition's lock, waiting up to `patience`.
pub(crate) fn lock(path: &Path, patience: Duration) -> Result<File, FolderError> {
    let io = |error| FolderError::Io { path: path.to_owned(), error };
    let file = OpenOptions::new().create(true).append(true).open(path).map_err(io)?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) if begun.elapsed() < patience => thread::sleep(LOOK_EVERY),
            Err(fs::TryLockError::WouldBlock) => return Err(FolderError::Busy(path.to_owned())),
            Err(fs::TryLockError::Error(error)) => return Err(io(error)),
        }
    }
}

/// File name endings of the compressed copies beside a file: brotli and gzip.
pub(crate) const PRESSED: [&str; 2] = [".br", ".gz"];

/// Removes a file if it exists.
pub(crate) fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes a file to a temporary name and renames it into place, so that nobody sees half of it. Compressed copies of
/// the old content (`.br`, `.gz`) are removed first. A file with the same bytes is left alone. Returns whether it was
/// written.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<bool, FolderError> {
    let io = |error| FolderError::Io { path: path.to_owned(), error };
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(io)?;
    let mut beside = tempfile::Builder::new().prefix(".desk-").tempfile_in(folder).map_err(io)?;
    beside.write_all(bytes).map_err(io)?;
    // A temporary file is readable by its owner only; published files are for everybody.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        beside.as_file().set_permissions(fs::Permissions::from_mode(0o644)).map_err(io)?;
    }
    beside.as_file().sync_all().map_err(io)?;
    // If the folder was published, hosts would go on sending the compressed copies of the old content.
    for ending in PRESSED {
        let mut pressed = path.as_os_str().to_owned();
        pressed.push(ending);
        remove(Path::new(&pressed)).map_err(io)?;
    }
    beside.persist(path).map_err(|error| io(error.error))?;
    // The name must be on disk before any file that depends on it is written: pages before their head.
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?;
    Ok(true)
}

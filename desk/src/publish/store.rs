//! The published folder: writes only what has changed, and removes what is no longer published.
//!
//! The folder has a ledger of what was written, and from what. A file with the same bytes is not written again, so
//! its date stays, and tools that copy the folder (`rsync`, a host's own tool) skip it. Files that are no longer
//! published are removed; files of others are never touched.
//!
//! While publishing runs there is also a journal: the paths that are not in the ledger yet. If a journal is found,
//! the last run was interrupted. Then no file is trusted unless its bytes match, and the files in the journal are
//! removed unless they are written again. So a story that was withdrawn meanwhile does not stay behind.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::UNIX_EPOCH;

use super::PublishError;
use super::ledger::{Hash, Ledger, Note, Source, VERSION, hash};
use super::press::{Common, Press};
use crate::folder::{self, PRESSED};

/// The ledger's name. Names that begin with a dot are not part of the newspaper.
pub const LEDGER: &str = ".dateline-publish.json";
/// The journal's name. It has a path as JSON on each line.
pub const JOURNAL: &str = ".dateline-publish.open";
/// Folders in which only publishing writes. If the ledger is lost, their content tells what was written.
const OURS: [&str; 3] = ["edition", "section", "story"];

/// The published folder, open for writing.
pub struct Store {
    root: PathBuf,
    /// The text that all pages have in common.
    common: Common,
    /// The ledger.
    pub known: Ledger,
    /// When the previous run began, in nanoseconds since 1970.
    last_began: u64,
    /// Whether files may differ from the ledger.
    in_doubt: bool,
    /// A warning for the publisher.
    warning: Option<String>,
    journal: Mutex<Option<File>>,
    written: AtomicUsize,
    kept: AtomicUsize,
    gone: AtomicUsize,
}

impl Store {
    /// Opens the folder, or creates it. `began` is now, in nanoseconds since 1970; `common` is the text that all
    /// pages have in common.
    ///
    /// # Errors
    /// If the system refuses. A ledger that can't be read is ignored, apart from the fact that it exists.
    pub fn open(root: &Path, began: u64, common: String) -> Result<Self, PublishError> {
        fs::create_dir_all(root).map_err(PublishError::io(root))?;
        let journal = read_if_there(&root.join(JOURNAL))?;
        let file = root.join(LEDGER);
        let known = read_if_there(&file)?.map(|bytes| serde_json::from_slice(&bytes).unwrap_or_default());
        let mut warning = None;
        let mut ledger = Ledger::default();
        match known {
            Some(known @ Ledger { version: VERSION, .. }) => ledger = known,
            // Another version, or damaged.
            Some(Ledger { version, .. }) => {
                ledger.suspect(names_in(root)?);
                warning = (version == 0).then(|| {
                    let ours = OURS.join(", ");
                    format!(
                        "{LEDGER}: is damaged; all is written anew, and what else is in {ours} is taken away"
                    )
                });
            }
            None if journal.is_none() && root.join("story").exists() => {
                warning = Some(format!(
                    "{LEDGER}: is not there; what was published before and is no more is not known, and stays"
                ));
            }
            None => {}
        }
        if let Some(lines) = &journal {
            // The last line may be cut off; then nothing was written under its name.
            let paths =
                lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
            ledger.suspect(paths);
        }
        ledger.version = VERSION;
        let last_began = std::mem::replace(&mut ledger.began, began);
        Ok(Self {
            root: root.to_owned(),
            common: Common::new(common),
            known: ledger,
            last_began,
            in_doubt: journal.is_some(),
            warning,
            journal: Mutex::new(None),
            written: AtomicUsize::new(0),
            kept: AtomicUsize::new(0),
            gone: AtomicUsize::new(0),
        })
    }

    /// A warning for the publisher.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// The bytes of a file that was written or kept.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, PublishError> {
        let file = self.root.join(path);
        fs::read(&file).map_err(PublishError::io(&file))
    }

    /// How many files were written, kept and removed.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        (count(&self.written), count(&self.kept), count(&self.gone))
    }

    /// Keeps a file as it is; `false` if it is not as it was written.
    #[must_use]
    pub fn keep(&self, path: &str, press: Press) -> bool {
        let Some(note) = self.known.files.before(path).filter(|note| note.pressed == press) else {
            return false;
        };
        let file = self.root.join(path);
        let beside = |ending: &str| fs::exists(self.root.join(format!("{path}{ending}"))).unwrap_or(false);
        let as_it_was = if self.in_doubt {
            fs::read(file).is_ok_and(|bytes| hash(&[&bytes]) == note.hash)
        } else {
            fs::metadata(file).is_ok_and(|meta| meta.len() == note.length)
        };
        let there = as_it_was && (note.pressed == Press::Not || PRESSED.into_iter().all(beside));
        if there {
            self.known.files.tick(path);
            self.kept.fetch_add(1, Ordering::Relaxed);
        }
        there
    }

    /// Writes the file, and its compressed copies if it is text, unless they are there already.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn put(&self, path: &str, bytes: &[u8], press: Press) -> Result<(), PublishError> {
        let note = Note { hash: hash(&[bytes]), length: bytes.len() as u64, pressed: press };
        if self.known.files.before(path) == Some(&note) && self.keep(path, press) {
            return Ok(());
        }
        let small = |error| PublishError::Io { path: self.root.join(path), error };
        let pressed =
            (press != Press::Not).then(|| self.common.press(bytes, press)).transpose().map_err(small)?;
        self.will_write(path)?;
        // A host must never send the compressed copies of the old content.
        if self.known.files.before(path).is_some_and(|old| old.pressed != Press::Not) {
            for ending in PRESSED {
                self.remove(&format!("{path}{ending}"))?;
            }
        }
        write(&self.root, path, bytes)?;
        if let Some(pressed) = pressed {
            write(&self.root, &format!("{path}.br"), &pressed.brotli)?;
            write(&self.root, &format!("{path}.gz"), &pressed.gzip)?;
        }
        self.written.fetch_add(1, Ordering::Relaxed);
        self.known.files.set(path, note);
        Ok(())
    }

    /// Adds a path to the journal, unless the ledger has it. The first path creates the journal.
    fn will_write(&self, path: &str) -> Result<(), PublishError> {
        let place = self.root.join(JOURNAL);
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match &mut *journal {
            Some(file) => file,
            none => {
                let file = File::options().create(true).append(true).open(&place);
                none.insert(file.map_err(PublishError::io(&place))?)
            }
        };
        if self.known.files.before(path).is_none() {
            let line = serde_json::to_string(path).map_err(PublishError::Json)? + "\n";
            file.write_all(line.as_bytes()).map_err(PublishError::io(&place))?;
        }
        Ok(())
    }

    /// Copies a file that is known as `name` (in the edition, or with `/` before it in the app). A file with the same
    /// length and date counts as unchanged.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn copy(&self, from: &Path, name: &str, to: &str, press: Press) -> Result<(), PublishError> {
        let press = press.of(name);
        match self.look(from, name, to, press)? {
            Looked::Kept(_) => Ok(()),
            Looked::Read(source, bytes) => {
                self.put(to, &bytes, press)?;
                self.known.sources.set(name, source);
                Ok(())
            }
        }
    }

    /// Reads a source, unless it and its result are unchanged.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn look(&self, from: &Path, name: &str, to: &str, press: Press) -> Result<Looked, PublishError> {
        let meta = fs::metadata(from).map_err(PublishError::io(from))?;
        let changed = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let changed = changed.and_then(|at| u64::try_from(at.as_nanos()).ok()).unwrap_or(0);
        // Some file systems store dates in steps of two seconds.
        let settled = changed.saturating_add(2_000_000_000) < self.last_began;
        if let Some(source) = self.known.sources.before(name)
            && settled
            && (source.length, source.changed) == (meta.len(), changed)
            && self.keep(to, press)
        {
            self.known.sources.tick(name);
            return Ok(Looked::Kept(source.hash));
        }
        let bytes = fs::read(from).map_err(PublishError::io(from))?;
        let source = Source { length: bytes.len() as u64, changed, hash: hash(&[&bytes]) };
        Ok(Looked::Read(source, bytes))
    }

    /// Removes a file if it exists.
    fn remove(&self, path: &str) -> Result<(), PublishError> {
        let file = self.root.join(path);
        folder::remove(&file).map_err(PublishError::io(&file))
    }

    /// Removes files that are no longer published, writes the ledger and removes the journal. Call this when
    /// everything else is written.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn finish(&self) -> Result<(), PublishError> {
        // A forged ledger must not lead out of the folder.
        let inside = |path: &str| {
            Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)))
        };
        for (path, note) in self.known.files.gone().filter(|(path, _)| inside(path)) {
            let pressed = if note.pressed == Press::Not { &[] } else { PRESSED.as_slice() };
            let was_there = self.root.join(path).exists();
            for ending in [""].iter().chain(pressed) {
                self.remove(&format!("{path}{ending}"))?;
            }
            self.gone.fetch_add(usize::from(was_there), Ordering::Relaxed);
            // Folders that are now empty are removed too, and their parents.
            let parents = Path::new(path).ancestors().skip(1);
            for folder in parents.filter(|folder| !folder.as_os_str().is_empty()) {
                if fs::remove_dir(self.root.join(folder)).is_err() {
                    break;
                }
            }
        }
        let place = self.root.join(LEDGER);
        let beside = beside(&place);
        let mut file = BufWriter::new(File::create(&beside).map_err(PublishError::io(&beside))?);
        serde_json::to_writer(&mut file, &self.known).map_err(PublishError::Json)?;
        file.flush().map_err(PublishError::io(&beside))?;
        fs::rename(&beside, &place).map_err(PublishError::io(&place))?;
        self.remove(JOURNAL)
    }
}

/// The bytes of a file; `None` if it does not exist.
fn read_if_there(file: &Path) -> Result<Option<Vec<u8>>, PublishError> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PublishError::io(file)(error)),
    }
}

/// The files in our folders, without compressed copies.
fn names_in(root: &Path) -> Result<HashSet<String>, PublishError> {
    let mut names = Vec::new();
    for folder in OURS.into_iter().filter(|folder| root.join(folder).is_dir()) {
        super::walk(&root.join(folder), &format!("{folder}/"), &mut names, &mut Vec::new())?;
    }
    let all: HashSet<String> = names.into_iter().collect();
    let is_pressed = |name: &str| {
        PRESSED.iter().any(|ending| name.strip_suffix(ending).is_some_and(|plain| all.contains(plain)))
    };
    Ok(all.iter().filter(|name| !is_pressed(name)).cloned().collect())
}

/// A source, compared with the ledger.
pub enum Looked {
    /// Unchanged: the hash of its bytes.
    Kept(Hash),
    /// Read: its entry for the ledger, and its bytes.
    Read(Source, Vec<u8>),
}

/// The temporary name of a file before it is renamed into place.
fn beside(place: &Path) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}.part"))
}

/// Writes a file to a temporary name and renames it into place, so that a reader never gets half of it.
fn write(root: &Path, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
    let place = root.join(path);
    let beside = beside(&place);
    let written = match fs::write(&beside, bytes) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let folder = place.parent().unwrap_or(root);
            fs::create_dir_all(folder).map_err(PublishError::io(folder))?;
            fs::write(&beside, bytes)
        }
        other => other,
    };
    written.map_err(PublishError::io(&beside))?;
    fs::rename(&beside, &place).map_err(PublishError::io(&place))
}

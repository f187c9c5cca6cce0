//! The published folder: what is in it, and how little of it is touched.
//!
//! The folder has a ledger of what was written and from what. A file whose bytes would be the same is not written
//! again, so that its date stays and whatever copies the folder elsewhere (`rsync`, a host's own tool) passes it over.
//! What was written once and is not any more is taken away; files of others are never touched.
//!
//! While it writes there is a journal, too: the paths that the ledger does not know. Where one is found, publishing was
//! broken off. Then nothing in the folder is taken to be as it was unless its bytes are, and what the journal names goes
//! unless it is written again: a story that was taken back meanwhile is not left behind.

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

/// The ledger's name in the published folder. What begins with a dot is no part of the newspaper.
pub const LEDGER: &str = ".dateline-publish.json";
/// The journal's name: a path as JSON in each line.
pub const JOURNAL: &str = ".dateline-publish.open";
/// The folders in which nobody but publishing writes: where the ledger is lost, what is in them tells what was written.
const OURS: [&str; 3] = ["edition", "section", "story"];

/// The published folder while it is written.
pub struct Store {
    root: PathBuf,
    /// What all pages have in them.
    common: Common,
    /// What is known of it.
    pub known: Ledger,
    /// When the publishing before this one began, in nanoseconds since 1970.
    last_began: u64,
    /// Whether the files may be others than the ledger says.
    in_doubt: bool,
    /// What whoever publishes is to be told.
    warning: Option<String>,
    journal: Mutex<Option<File>>,
    written: AtomicUsize,
    kept: AtomicUsize,
    gone: AtomicUsize,
}

impl Store {
    /// Opens the folder, or makes it. `began` is now, in nanoseconds since 1970; `common` is text that all pages have
    /// in them.
    ///
    /// # Errors
    /// Where the system refuses. A ledger that can't be read is as none, but for what it tells by being there.
    pub fn open(root: &Path, began: u64, common: String) -> Result<Self, PublishError> {
        fs::create_dir_all(root).map_err(PublishError::io(root))?;
        let journal = read_if_there(&root.join(JOURNAL))?;
        let file = root.join(LEDGER);
        let known = read_if_there(&file)?.map(|bytes| serde_json::from_slice(&bytes).unwrap_or_default());
        let mut warning = None;
        let mut ledger = Ledger::default();
        match known {
            Some(known @ Ledger { version: VERSION, .. }) => ledger = known,
            // Of another form, or of none.
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
            // The last one may have been broken off before anything was written under it.
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

    /// What whoever publishes is to be told of the folder.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// The bytes of a file that was written or kept.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, PublishError> {
        let file = self.root.join(path);
        fs::read(&file).map_err(PublishError::io(&file))
    }

    /// How many files were written, kept as they were, and taken away.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        (count(&self.written), count(&self.kept), count(&self.gone))
    }

    /// Keeps a file as it is; false where it is not there as it was written.
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

    /// Has the file hold these bytes, and stand beside itself in brotli and gzip where it is text.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn put(&self, path: &str, bytes: &[u8], press: Press) -> Result<(), PublishError> {
        let note = Note { hash: hash(&[bytes]), length: bytes.len() as u64, pressed: press };
        if self.known.files.before(path) == Some(&note) && self.keep(path, press) {
            return Ok(());
        }
        let small = |error| PublishError::Io { path: self.root.join(path), error };
        let pressed =
            (press != Press::Not).then(|| self.common.press(bytes, press)).transpose().map_err(small)?;
        self.will_write(path)?;
        // A host that sends pressed files must not go on with old ones, for no moment.
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

    /// Puts a path down in the journal, unless the ledger has it; the first one opens the journal.
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

    /// Copies a file that is known as `name` (of the edition, or with `/` before it of the app). One whose length and
    /// date are as they were is taken to be as it was.
    ///
    /// # Errors
    /// Where the system refuses.
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

    /// Reads a source, unless it is as it was and so is what was made of it.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn look(&self, from: &Path, name: &str, to: &str, press: Press) -> Result<Looked, PublishError> {
        let meta = fs::metadata(from).map_err(PublishError::io(from))?;
        let changed = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let changed = changed.and_then(|at| u64::try_from(at.as_nanos()).ok()).unwrap_or(0);
        // Dates of files may be as coarse as two seconds.
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

    /// Removes a file, if it is there.
    fn remove(&self, path: &str) -> Result<(), PublishError> {
        let file = self.root.join(path);
        folder::remove(&file).map_err(PublishError::io(&file))
    }

    /// Takes away what was written before and is not any more, writes the ledger, and ends the journal. To be called when all else
    /// is there.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn finish(&self) -> Result<(), PublishError> {
        // A ledger that somebody else has written leads nowhere outside of the folder.
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
            // Folders that are empty by now go as well, as far up as they are.
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

/// What is in a file; nothing where there is none.
fn read_if_there(file: &Path) -> Result<Option<Vec<u8>>, PublishError> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PublishError::io(file)(error)),
    }
}

/// The files in the folders of ours, without those that stand pressed beside others.
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

/// A source that was looked at.
pub enum Looked {
    /// It is as it was: the hash of its bytes.
    Kept(Hash),
    /// It had to be read: what is known of it, and its bytes.
    Read(Source, Vec<u8>),
}

/// Where a file is written before it is renamed into its place.
fn beside(place: &Path) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}.part"))
}

/// Writes a file beside its place and renames it into it, so that a reader never gets half of one.
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

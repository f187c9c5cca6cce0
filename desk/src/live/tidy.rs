//! `desk live tidy`: removes files of older posts that are no longer named, after an edit or a crash.
//!
//! Readers with an older head still ask for the files that it names. So a replaced file stays for a while, counted
//! from when it was replaced.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use dateline::content::PageName;

use super::blog::Blog;
use super::{LiveError, Place};
use crate::folder::{Folder, FolderError};

/// How long a replaced file stays, in minutes.
pub const GRACE: u64 = 60;

/// The result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tidied {
    /// How many files were removed.
    pub removed: usize,
    /// How many unnamed files stay for now.
    pub kept: usize,
}

impl fmt::Display for Tidied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.removed == 1 { "" } else { "s" };
        write!(f, "removed {} file{plural}, kept {} for now", self.removed, self.kept)
    }
}

/// Removes files that neither the head nor its indexes name, and that were replaced longer than `grace` ago.
///
/// # Errors
/// A [`LiveError`]; if head or indexes can't be read, nothing is removed.
pub fn tidy(place: &Place<'_>, grace: Duration) -> Result<Tidied, LiveError> {
    let folder = Folder::open_existing(place.edition, place.patience)?;
    let blog = Blog::new(folder.whole_story(place.id)?)?;
    let named = blog.names(&|name| folder.page(place.id, name))?;
    let successors: BTreeMap<&str, &PageName> =
        named.iter().map(|name| (stem(name.as_str()), name)).collect();
    let path = folder.page_folder(place.id);
    let io = |error| FolderError::Io { path: path.clone(), error };
    let mut tidied = Tidied { removed: 0, kept: 0 };
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(tidied),
        Err(error) => return Err(io(error).into()),
    };
    let now = SystemTime::now();
    let is_young = |file: &Path| {
        let changed = file.metadata().and_then(|meta| meta.modified());
        // A time in the future counts as now.
        let age = changed.ok().and_then(|changed| now.duration_since(changed).ok()).unwrap_or_default();
        age < grace
    };
    for entry in entries {
        let file = entry.map_err(io)?.path();
        let Some(name) = ours(&file) else { continue };
        if named.contains(&name) {
            continue;
        }
        // It was replaced when the file that now has the same posts was written.
        let successor = successors.get(stem(name.as_str()));
        let successor = successor.map(|name| path.join(format!("{name}.json")));
        if is_young(&file) || successor.is_some_and(|successor| is_young(&successor)) {
            tidied.kept += 1;
        } else {
            fs::remove_file(&file).map_err(|error| FolderError::Io { path: file, error })?;
            tidied.removed += 1;
        }
    }
    Ok(tidied)
}

/// The name of a page or index, or of an unfinished one; `None` for files of others.
fn ours(file: &Path) -> Option<PageName> {
    let name = file.file_name()?.to_str()?;
    match name.strip_prefix(".desk-") {
        Some(rest) => PageName::parse(&format!("unfinished-{rest}")),
        None => name.strip_suffix(".json").and_then(PageName::parse),
    }
}

/// Which posts a file has, by its name: the part before the hash.
fn stem(name: &str) -> &str {
    name.rsplit_once('-').map_or(name, |(stem, _)| stem)
}

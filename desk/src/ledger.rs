//! The ledger of imports: which file became which story. Importing a file again replaces its story.
//!
//! It is kept in the edition, at `.desk/imports.json`. A file is identified by a hash of its path (the path itself
//! would tell readers about the publisher's machine) and by its name.

use std::path::Path;

use dateline::content::StoryId;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The ledger of an edition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(Map<String, Value>);

impl Ledger {
    /// Reads a ledger; `None` if it is not one.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(entries)) => Some(Self(entries)),
            _ => None,
        }
    }

    /// The ledger as it is written.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut text = format!("{:#}", Value::Object(self.0.clone()));
        text.push('\n');
        text.into_bytes()
    }

    /// The story that this file became.
    pub(crate) fn story_of(&self, path: &Path) -> Option<StoryId> {
        self.0.get(&key(path)).and_then(id)
    }

    /// Whether some file of this name became that story.
    pub(crate) fn story_named(&self, path: &Path, wanted: &StoryId) -> bool {
        let name = name(path);
        self.0.values().any(|entry| {
            entry.get("name").and_then(Value::as_str) == Some(&name) && id(entry).as_ref() == Some(wanted)
        })
    }

    /// Records what a file became.
    pub(crate) fn note(&mut self, path: &Path, story: &StoryId) {
        self.0.insert(key(path), serde_json::json!({ "name": name(path), "story": story.as_str() }));
    }
}

fn id(entry: &Value) -> Option<StoryId> {
    StoryId::parse(entry.get("story")?.as_str()?)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn key(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let hash = Sha256::digest(whole.as_os_str().as_encoded_bytes());
    hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

//! The ledger of publishing: what was written, and from what.
//!
//! It is kept in the published folder between two runs. (Imports have a ledger of their own, `crate::ledger`.) It
//! grows with the number of stories, so its strings and hashes are as small as possible, and entries that stay the
//! same are marked, not copied.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dateline::content::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::near::Needs;
use super::press::Press;

/// A ledger with another version is ignored.
pub const VERSION: u32 = 2;

/// What was written, and from what.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Ledger {
    /// Its version: [`VERSION`].
    pub version: u32,
    /// When publishing began, in nanoseconds since 1970. A source changed at that time or later may change again with
    /// the same date, so its bytes are compared.
    pub began: u64,
    /// By path in the published folder.
    pub files: Known<Note>,
    /// By path in the edition; files of the app have a `/` before their path.
    pub sources: Known<Source>,
    /// By id.
    pub stories: Known<StoryNote>,
    /// The inputs of pages that show only the edition, by path in the published folder.
    pub screens: Known<Hash>,
    /// Pages of live blogs' older posts, by path in the published folder.
    #[serde(default)]
    pub older: Known<OlderNote>,
}

/// A file that was written.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The hash of its bytes.
    pub hash: Hash,
    /// Its length in bytes.
    pub length: u64,
    /// How its compressed copies were made.
    pub pressed: Press,
}

/// A source file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its length in bytes.
    pub length: u64,
    /// When it was changed, in nanoseconds since 1970.
    pub changed: u64,
    /// The hash of its bytes.
    pub hash: Hash,
}

/// A story whose page was written.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryNote {
    /// The hash of everything that the page was made from.
    pub key: Hash,
    /// The hash of the story's file.
    pub hash: Hash,
    /// What the page needs of the edition.
    pub needs: Needs,
    /// When it was published, in milliseconds since 1970.
    pub published: i64,
    /// When it last changed, in milliseconds since 1970.
    pub changed: i64,
    /// Whether it is a live blog.
    pub live: bool,
}

impl StoryNote {
    /// When the story last changed.
    #[must_use]
    pub fn changed(&self) -> Option<Timestamp> {
        Some(Timestamp::from_millis(self.changed))
    }
}

/// A page of older posts that was written.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OlderNote {
    /// The hash of everything that it was made from.
    pub key: Hash,
    /// What its posts need of the edition, if anything.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub needs: Option<Needs>,
}

impl Ledger {
    /// Adds files that were written from unknown sources: they are removed unless they are written again. Compressed
    /// copies go with their files.
    pub fn suspect(&mut self, paths: impl IntoIterator<Item = String>) {
        for path in paths {
            if let Entry::Vacant(place) = self.files.before.entry(path.into()) {
                let nothing_known = Note { hash: Hash::default(), length: 0, pressed: Press::Quick };
                place.insert(nothing_known.into());
            }
        }
    }
}

/// Entries by name: those of the last run, and those of this run.
#[derive(Debug)]
pub struct Known<T> {
    before: HashMap<Box<str>, Before<T>>,
    now: Mutex<HashMap<Box<str>, T>>,
}

/// An entry of the last run.
#[derive(Debug)]
struct Before<T> {
    value: T,
    /// Whether it is still valid. Other threads read this only after those that set it have ended.
    stays: AtomicBool,
}

impl<T> From<T> for Before<T> {
    fn from(value: T) -> Self {
        Self { value, stays: AtomicBool::new(false) }
    }
}

impl<T> Known<T> {
    /// The entry of the last run.
    #[must_use]
    pub fn before(&self, name: &str) -> Option<&T> {
        self.before.get(name).map(|before| &before.value)
    }

    /// Marks the entry of the last run as still valid.
    pub fn tick(&self, name: &str) {
        if let Some(before) = self.before.get(name) {
            before.stays.store(true, Ordering::Relaxed);
        }
    }

    /// Adds an entry of this run.
    pub fn set(&self, name: &str, value: T) {
        self.now().insert(name.into(), value);
    }

    /// Whether there is an entry of this run, or a valid one of the last.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.before.get(name).is_some_and(Before::stays) || self.now().contains_key(name)
    }

    /// The entries of the last run that are no longer valid.
    pub fn gone(&self) -> impl Iterator<Item = (&str, &T)> {
        let gone =
            self.before.iter().filter(|(name, before)| !before.stays() && !self.now().contains_key(*name));
        gone.map(|(name, before)| (&**name, &before.value))
    }

    fn now(&self) -> MutexGuard<'_, HashMap<Box<str>, T>> {
        // A thread that panicked left no half-written entry.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Before<T> {
    fn stays(&self) -> bool {
        self.stays.load(Ordering::Relaxed)
    }
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { before: HashMap::new(), now: Mutex::default() }
    }
}

/// The valid entries.
impl<T: Serialize> Serialize for Known<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let now = self.now();
        let before = self.before.iter().filter(|(name, before)| before.stays() && !now.contains_key(*name));
        serializer.collect_map(before.map(|(name, before)| (name, &before.value)).chain(&*now))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Known<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { before: HashMap::deserialize(deserializer)?, now: Mutex::default() })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Before<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}

/// A hash: the first bytes of a SHA-256. As text, twenty hexadecimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hash([u8; 10]);

/// The hash of several byte strings.
#[must_use]
pub fn hash(parts: &[&[u8]]) -> Hash {
    let mut all = Sha256::new();
    for part in parts {
        all.update((part.len() as u64).to_le_bytes());
        all.update(part);
    }
    let mut hash = Hash::default();
    hash.0.iter_mut().zip(all.finalize()).for_each(|(to, byte)| *to = byte);
    hash
}

impl Hash {
    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let mut hash = Self::default();
        if text.len() != 2 * hash.0.len() || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        for (at, byte) in hash.0.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(hash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a hash has twenty hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let made = hash(&[b"a", b"b"]);
        assert_ne!(made, hash(&[b"ab", b""]));
        let text = serde_json::to_string(&made).unwrap();
        assert_eq!(text.len(), 22);
        assert_eq!(serde_json::from_str::<Hash>(&text).unwrap(), made);
        for bad in
            ["\"\"", "\"0123456789abcdef012\"", "\"0123456789abcdef012g\"", "\"0123456789é0123456é\"", "1"]
        {
            assert!(serde_json::from_str::<Hash>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_stays_and_what_is_new_is_known_the_next_time() {
        let known: Known<u32> = serde_json::from_str(r#"{"a": 1, "b": 2, "c": 3, "d": 4}"#).unwrap();
        known.tick("a");
        known.tick("b");
        known.tick("none");
        known.set("b", 20);
        known.set("c", 30);
        known.set("e", 50);
        assert_eq!((known.before("b"), known.before("e")), (Some(&2), None));
        assert!(["a", "b", "c", "e"].iter().all(|name| known.has(name)));
        assert!(!known.has("d") && !known.has("none"));
        assert_eq!(known.gone().collect::<Vec<_>>(), [("d", &4)]);
        let next: HashMap<String, u32> =
            serde_json::from_str(&serde_json::to_string(&known).unwrap()).unwrap();
        let expected = [("a", 1), ("b", 20), ("c", 30), ("e", 50)];
        assert_eq!(next, expected.map(|(name, value)| (name.to_owned(), value)).into());
    }
}

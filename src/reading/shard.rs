//! Shards: the small values, under names of their own, that reading is kept as.
//!
//! A value is a line with the version of the format, and then a line for each mark or record. A line that can't be
//! read costs itself; what is damaged is told, so that it can be set aside before it is written over. A value of a
//! newer version is read as far as it can be, and never written.

use super::identity::{KEY_BITS, StoryKey};
use super::record::READER;

/// The version of the format that is written here.
pub const VERSION: u32 = 1;

/// One of the values that reading is kept as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shard {
    /// Preferences, and up to when things are forgotten. Read before all others.
    Reader,
    /// Read marks of a 256th of the stories.
    Marks(u8),
    /// Records of a 256th of the stories.
    Stories(u8),
}

/// What the names of a publication's shards begin with.
#[must_use]
pub fn shard_prefix(publication: &str) -> String {
    format!("dateline/{VERSION}/{publication}/")
}

/// The name under which a newer version of the format writes its number, so that older apps only read.
#[must_use]
pub fn version_name(publication: &str) -> String {
    format!("dateline/version/{publication}")
}

/// The name under which it is kept how often the reader has come: of no use on another device, and so not among the
/// preferences.
#[must_use]
pub fn visits_name(publication: &str) -> String {
    format!("dateline/visits/{publication}")
}

/// What the names begin with under which damaged values are set aside.
#[must_use]
pub fn quarantine_prefix(publication: &str) -> String {
    format!("dateline/quarantine/{publication}/")
}

/// What the names began with, before there were versions, under which it was kept how far a reader had come in a live
/// blog. The story's id followed.
#[must_use]
pub fn seen_prefix(base: &str) -> String {
    format!("dateline-seen {base}")
}

impl Shard {
    /// All shards, the reader's first.
    pub fn all() -> impl Iterator<Item = Self> {
        let marks = (0..=255).map(Self::Marks);
        [Self::Reader].into_iter().chain(marks).chain((0..=255).map(Self::Stories))
    }

    /// Its name, behind [`shard_prefix`].
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Reader => "p".to_owned(),
            Self::Marks(number) => format!("r/{number:02x}"),
            Self::Stories(number) => format!("s/{number:02x}"),
        }
    }

    /// The shard of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let number = |text: &str| {
            let plain = text.len() == 2 && !text.contains(|c: char| !matches!(c, '0'..='9' | 'a'..='f'));
            plain.then(|| u8::from_str_radix(text, 16).ok())?
        };
        match name.split_once('/') {
            None => (name == "p").then_some(Self::Reader),
            Some(("r", rest)) => number(rest).map(Self::Marks),
            Some(("s", rest)) => number(rest).map(Self::Stories),
            Some(_) => None,
        }
    }

    pub(super) fn of_mark(key: StoryKey) -> Self {
        Self::Marks((key.0 >> KEY_BITS) as u8)
    }

    pub(super) fn of_record(place: u64) -> Self {
        if place >> KEY_BITS == u64::from(READER) {
            Self::Reader
        } else {
            Self::Stories((place >> KEY_BITS) as u8)
        }
    }
}

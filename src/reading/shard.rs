//! Shards: the values in the browser's storage that hold the reading state, and their names.
//!
//! A stored shard is a line with the version of the format, and then a line for each mark or record. A line
//! that can't be read is skipped, and the damage is reported, so that the value is put into quarantine before
//! it is overwritten. A value of a newer version is read as far as possible and never written.

use super::identity::{KEY_BITS, StoryKey};
use super::record::READER;

/// The version of the format that this app writes.
pub const VERSION: u32 = 1;

/// One of the stored values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shard {
    /// The reader's own record: preferences, and up to when things were evicted. Read before all others.
    Reader,
    /// The read marks of 1/256 of the stories.
    Marks(u8),
    /// The records of 1/256 of the stories.
    Stories(u8),
}

/// The prefix of the names of a publication's shards.
#[must_use]
pub fn shard_prefix(publication: &str) -> String {
    format!("dateline/{VERSION}/{publication}/")
}

/// The name under which a newer version stores its version number, so that older apps only read.
#[must_use]
pub fn version_name(publication: &str) -> String {
    format!("dateline/version/{publication}")
}

/// The name of the visit counter. It makes no sense on another device, so it is not one of the preferences.
#[must_use]
pub fn visits_name(publication: &str) -> String {
    format!("dateline/visits/{publication}")
}

/// The prefix of the names of damaged values in quarantine.
#[must_use]
pub fn quarantine_prefix(publication: &str) -> String {
    format!("dateline/quarantine/{publication}/")
}

/// The prefix of the names in version 0, which stored only the progress in live blogs. The story's id follows.
#[must_use]
pub fn seen_prefix(base: &str) -> String {
    format!("dateline-seen {base}")
}

impl Shard {
    /// All shards, the reader's own first, in the order of their names.
    pub fn all() -> impl Iterator<Item = Self> {
        let marks = (0..=255).map(Self::Marks);
        [Self::Reader].into_iter().chain(marks).chain((0..=255).map(Self::Stories))
    }

    /// Its name, without [`shard_prefix`].
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Reader => "p".to_owned(),
            Self::Marks(number) => format!("r/{number:02x}"),
            Self::Stories(number) => format!("s/{number:02x}"),
        }
    }

    /// The shard with this name.
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

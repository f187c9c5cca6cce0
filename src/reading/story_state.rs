//! What is stored about one story, as a view of its record.

use super::digits;
use super::identity::StoryKey;
use super::record::Record;
use crate::content::id::{SectionId, StoryId};

/// A snapshot of a story: what is needed to list it after it has vanished from the edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorySnapshot {
    /// Its headline.
    pub headline: String,
    /// Its canonical address, as published.
    pub url: Option<String>,
    /// Its section.
    pub section: Option<SectionId>,
    /// When it was published, in milliseconds since 1970-01-01T00:00:00Z.
    pub published: i64,
    /// Whether it is a live blog.
    pub is_live: bool,
}

/// A position in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which block of the body, from 0.
    pub block: u32,
    /// How far into it, in thousandths.
    pub fraction: u32,
    /// How much of the whole text is before it, in thousandths.
    pub progress: u32,
}

/// The reader's progress in a live blog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The newest post that the reader has seen.
    pub post: u32,
    /// The newest revision.
    pub revision: u32,
}

/// What is stored about a story.
#[derive(Clone, Copy, Debug)]
pub struct StoryState<'a>(&'a Record);

pub(super) const SNAPSHOT: &str = "f";
pub(super) const SAVED: &str = "s";
pub(super) const OPENED: &str = "o";
pub(super) const ENDED: &str = "e";
pub(super) const POSITION: &str = "p";
pub(super) const NOTE: &str = "n";
pub(super) const FOLLOWED: &str = "l";
pub(super) const SEEN: &str = "v";
/// The field with the story's new id, if its publisher has changed that.
pub(super) const MOVED: &str = "m";
/// The prefix of the fields of tags. No other field begins with it.
pub(super) const TAG: &str = "t";

impl StorySnapshot {
    pub(super) fn to_text(&self) -> String {
        let mut text = String::from(if self.is_live { "l" } else { "a" });
        text.push_str(&time_text(self.published));
        let section = self.section.as_ref().map_or("-", SectionId::as_str);
        // An address with spaces in it is not one.
        let url = self.url.as_deref().filter(|url| !url.contains([' ', '\n'])).unwrap_or("-");
        for part in [section, url, &self.headline] {
            text.push(' ');
            text.push_str(part);
        }
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, ' ');
        let (first, section, url) = (parts.next()?, parts.next()?, parts.next()?);
        let (kind, published) = first.split_at_checked(1)?;
        Some(Self {
            headline: parts.next()?.to_owned(),
            url: Some(url).filter(|url| *url != "-").map(str::to_owned),
            section: SectionId::parse(section),
            published: parsed_time(published)?,
            is_live: kind == "l",
        })
    }
}

/// A time as the value of a field: digits, with a `!` before them for times before 1970.
pub(super) fn time_text(millis: i64) -> String {
    let mut text = String::new();
    if millis < 0 {
        text.push('!');
    }
    digits::write(&mut text, millis.unsigned_abs(), 8);
    text
}

pub(super) fn parsed_time(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('!');
    let millis = i64::try_from(digits::read(digits.unwrap_or(text).as_bytes())?).ok()?;
    Some(if digits.is_some() { -millis } else { millis })
}

impl Position {
    pub(super) fn to_text(self) -> String {
        format!("{} {} {}", self.block, self.fraction.min(1000), self.progress.min(1000))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ' ').map(str::parse);
        let mut next = || parts.next()?.ok();
        Some(Self { block: next()?, fraction: next()?, progress: next()? })
    }

    /// Whether it is worth coming back to: 5 to 95 % of the text are before it.
    #[must_use]
    pub fn is_midway(self) -> bool {
        (50..=950).contains(&self.progress)
    }
}

impl Seen {
    pub(super) fn to_text(self) -> String {
        format!("{} {}", self.post, self.revision)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let (post, revision) = text.split_once(' ')?;
        Some(Self { post: post.parse().ok()?, revision: revision.parse().ok()? })
    }
}

impl<'a> StoryState<'a> {
    pub(super) fn new(record: &'a Record) -> Self {
        Self(record)
    }

    /// The story, if the name is a valid id.
    #[must_use]
    pub fn story(self) -> Option<StoryId> {
        StoryId::parse(&self.0.name)
    }

    /// Its key.
    #[must_use]
    pub fn key(self) -> StoryKey {
        StoryKey(self.0.place)
    }

    /// The latest snapshot of the story.
    #[must_use]
    pub fn snapshot(self) -> Option<StorySnapshot> {
        StorySnapshot::parse(self.0.value(SNAPSHOT))
    }

    /// Whether the snapshot contains this text.
    pub(super) fn may_be_at(self, path: &str) -> bool {
        self.0.value(SNAPSHOT).contains(path)
    }

    fn time(self, field: &str) -> Option<i64> {
        let field = self.0.field(field).filter(|field| !field.value.is_empty())?;
        // A damaged value still says that this was done.
        parsed_time(&field.value).or_else(|| i64::try_from(field.stamp).ok())
    }

    /// When it was saved; `None` if it is not saved.
    #[must_use]
    pub fn saved(self) -> Option<i64> {
        self.time(SAVED)
    }

    /// When it was removed from the saved ones; `None` if it is saved, or never was.
    pub(super) fn unsaved(self) -> Option<i64> {
        let field = self.0.field(SAVED).filter(|field| field.value.is_empty())?;
        i64::try_from(field.stamp).ok()
    }

    /// When it was last opened.
    #[must_use]
    pub fn opened(self) -> Option<i64> {
        self.time(OPENED)
    }

    /// When the reader last reached its end.
    #[must_use]
    pub fn finished(self) -> Option<i64> {
        self.time(ENDED)
    }

    /// Since when it is followed; `None` if it is not.
    #[must_use]
    pub fn followed(self) -> Option<i64> {
        self.time(FOLLOWED)
    }

    /// The reader's position; `None` at its start and after its end.
    #[must_use]
    pub fn position(self) -> Option<Position> {
        Position::parse(self.0.value(POSITION)).filter(|_| self.finished().is_none())
    }

    /// The reader's progress in its live blog.
    #[must_use]
    pub fn seen(self) -> Option<Seen> {
        Seen::parse(self.0.value(SEEN))
    }

    /// The reader's note; empty if there is none.
    #[must_use]
    pub fn note(self) -> &'a str {
        self.0.value(NOTE)
    }

    /// The reader's tags, sorted.
    pub fn tags(self) -> impl Iterator<Item = &'a str> {
        let set = self.0.fields.iter().filter(|field| !field.value.is_empty());
        set.filter_map(|field| field.name.strip_prefix(TAG))
    }

    /// Whether the same is stored.
    pub(super) fn is_same(self, other: StoryState<'_>) -> bool {
        self.0 == other.0
    }

    /// Whether the story has a new id now, under which all this is stored, too.
    #[must_use]
    pub fn has_moved(self) -> bool {
        !self.0.value(MOVED).is_empty()
    }

    /// Whether it must never be evicted.
    #[must_use]
    pub fn is_kept(self) -> bool {
        !self.has_moved()
            && (self.saved().is_some()
                || self.followed().is_some()
                || !self.note().is_empty()
                || self.tags().next().is_some())
    }
}

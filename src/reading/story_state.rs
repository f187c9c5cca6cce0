//! What is kept of one story, read from its record.

use super::digits;
use super::identity::StoryKey;
use super::record::Record;
use crate::content::id::{SectionId, StoryId};

/// What a story that may have vanished needs to be shown.
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

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which block of the body, from 0.
    pub block: u32,
    /// How far into it, in thousandths.
    pub fraction: u32,
    /// How much of the whole text is read by then, in thousandths.
    pub progress: u32,
}

/// How far a reader has come in a live blog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The newest post that they have seen.
    pub post: u32,
    /// The newest revision.
    pub revision: u32,
}

/// What is kept of a story.
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
/// The id that the story has now, where its publisher gave it another.
pub(super) const MOVED: &str = "m";
/// What the names of tags begin with. No other field's name does.
pub(super) const TAG: &str = "t";

impl StorySnapshot {
    pub(super) fn to_text(&self) -> String {
        let mut text = String::from(if self.is_live { "l" } else { "a" });
        text.push_str(&time_text(self.published));
        let section = self.section.as_ref().map_or("-", SectionId::as_str);
        // What has spaces in it is no address.
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

/// A time as a value: digits, after a `!` where it is before 1970.
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

    /// Whether it is worth coming back to: 5 to 95 % of the text are read.
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

    /// Which story, where that is still an id.
    #[must_use]
    pub fn story(self) -> Option<StoryId> {
        StoryId::parse(&self.0.name)
    }

    /// Its key.
    #[must_use]
    pub fn key(self) -> StoryKey {
        StoryKey(self.0.place)
    }

    /// What is known of it.
    #[must_use]
    pub fn snapshot(self) -> Option<StorySnapshot> {
        StorySnapshot::parse(self.0.value(SNAPSHOT))
    }

    /// Whether what is known of it has this in it.
    pub(super) fn may_be_at(self, path: &str) -> bool {
        self.0.value(SNAPSHOT).contains(path)
    }

    fn time(self, field: &str) -> Option<i64> {
        let field = self.0.field(field).filter(|field| !field.value.is_empty())?;
        // Where the value is damaged, that there is one still says that this was done.
        parsed_time(&field.value).or_else(|| i64::try_from(field.stamp).ok())
    }

    /// When it was saved; `None` where it is not.
    #[must_use]
    pub fn saved(self) -> Option<i64> {
        self.time(SAVED)
    }

    /// When it was taken from the saved ones; `None` where it is one, or never was.
    pub(super) fn unsaved(self) -> Option<i64> {
        let field = self.0.field(SAVED).filter(|field| field.value.is_empty())?;
        i64::try_from(field.stamp).ok()
    }

    /// When it was opened last.
    #[must_use]
    pub fn opened(self) -> Option<i64> {
        self.time(OPENED)
    }

    /// When its end was reached last.
    #[must_use]
    pub fn finished(self) -> Option<i64> {
        self.time(ENDED)
    }

    /// Since when its coverage is followed; `None` where it is not.
    #[must_use]
    pub fn followed(self) -> Option<i64> {
        self.time(FOLLOWED)
    }

    /// Where the reader is in it; `None` at its start and after its end.
    #[must_use]
    pub fn position(self) -> Option<Position> {
        Position::parse(self.0.value(POSITION)).filter(|_| self.finished().is_none())
    }

    /// How far the reader has come in its coverage.
    #[must_use]
    pub fn seen(self) -> Option<Seen> {
        Seen::parse(self.0.value(SEEN))
    }

    /// The reader's note; empty where there is none.
    #[must_use]
    pub fn note(self) -> &'a str {
        self.0.value(NOTE)
    }

    /// The reader's tags, in order.
    pub fn tags(self) -> impl Iterator<Item = &'a str> {
        let set = self.0.fields.iter().filter(|field| !field.value.is_empty());
        set.filter_map(|field| field.name.strip_prefix(TAG))
    }

    /// Whether all the same is kept.
    pub(super) fn is_same(self, other: StoryState<'_>) -> bool {
        self.0 == other.0
    }

    /// Whether the story has another id by now, under which all this is kept, too.
    #[must_use]
    pub fn has_moved(self) -> bool {
        !self.0.value(MOVED).is_empty()
    }

    /// Whether the reader wants it kept, whatever happens.
    #[must_use]
    pub fn is_kept(self) -> bool {
        !self.has_moved()
            && (self.saved().is_some()
                || self.followed().is_some()
                || !self.note().is_empty()
                || self.tags().next().is_some())
    }
}

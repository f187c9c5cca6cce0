//! `desk live`: writes live blogs.
//!
//! What a change does to a live blog is decided in [`blog`], without a clock or a disk. This module opens the
//! edition, makes the change, writes it and closes the edition: pages first, then the head, then the teaser, so every
//! file exists before it is named.

pub mod blog;
pub(crate) mod check;
pub(crate) mod command;
pub(crate) mod cover;
pub(crate) mod head;
pub mod replay;
pub mod tidy;

use std::path::{Path, PathBuf};
use std::time::Duration;

use dateline::content::text::line;
use dateline::content::{Kind, LanguageTag, Story, StoryId, Text, Timestamp};
use dateline::convert::{ConvertError, Draft};

use crate::folder::{Folder, FolderError, PageFile};
use crate::import::{section, teaser};
use crate::pictures::Copies;
use crate::source::SourceError;
use blog::{Blog, BlogError, Change, Changed};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The id is taken by another story.
    #[error("'{0}' is taken; give another --id")]
    Taken(StoryId),
    /// An empty headline.
    #[error("a live blog needs a headline")]
    NoHeadline,
    /// A picture that can't be used.
    #[error("{}: {why}", path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// Why.
        why: &'static str,
    },
    /// Standard input can't be read.
    #[error("standard input can't be read ({0})")]
    Input(std::io::Error),
    /// A recording can't be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A recording that can't be converted.
    #[error("{}: {error}", path.display())]
    Recording {
        /// The file.
        path: PathBuf,
        /// Why.
        error: ConvertError,
    },
    /// A recording without posts.
    #[error("{}: is no live coverage", .0.display())]
    NotLive(PathBuf),
    /// The change is not possible.
    #[error(transparent)]
    Blog(#[from] BlogError),
    /// The edition can't be read or written.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// A live blog's place, and how to reach it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The edition's folder.
    pub edition: &'a Path,
    /// The live blog.
    pub id: &'a StoryId,
    /// How long to wait for another desk.
    pub patience: Duration,
    /// The clock.
    pub clock: fn() -> Timestamp,
}

/// The content of a new live blog.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// Headline, standfirst and so on.
    pub matter: Draft,
    /// The section, if it is not the default.
    pub section: Option<String>,
    /// How often readers may poll, in seconds.
    pub interval: Option<u32>,
}

/// Begins an empty live blog.
///
/// # Errors
/// [`LiveError::Taken`], [`LiveError::NoHeadline`], or an error of the edition's folder.
pub fn open(place: &Place<'_>, opening: Opening) -> Result<Changed, LiveError> {
    open_with(place, opening, &Copies::new())
}

pub(crate) fn open_with(
    place: &Place<'_>,
    opening: Opening,
    pictures: &Copies,
) -> Result<Changed, LiveError> {
    let Opening { mut matter, section: wanted, interval } = opening;
    matter.headline = line(&matter.headline);
    if matter.headline.is_empty() {
        return Err(LiveError::NoHeadline);
    }
    let language = matter.language.as_ref().map(LanguageTag::as_str);
    let mut folder = Folder::open(place.edition, language, place.patience)?;
    if folder.has(place.id) && !folder.is_half_open(place.id) {
        return Err(LiveError::Taken(place.id.clone()));
    }
    let now = (place.clock)();
    let (section, name) = section(&folder, place.id, wanted.as_deref().or(matter.section.as_deref()));
    let story = matter.into_article(place.id.clone(), Some(section.clone()), now);
    let blog = Blog::begin(Story { kind: Kind::Live, ..story }, interval, now);
    folder.place(&section, &name, &teaser(blog.story()))?;
    folder.write(std::slice::from_ref(blog.story()), &[], pictures)?;
    Ok(Changed { post: None, revision: blog.live().revision, files: Vec::new() })
}

/// Makes a change and writes it.
///
/// # Errors
/// A [`LiveError`]; readers then see the live blog as it was.
pub fn change(place: &Place<'_>, change: Change, pictures: &Copies) -> Result<Changed, LiveError> {
    changes(place, |_| vec![change], pictures)
}

/// Makes several changes at once, which depend on the current state, and returns the result of the last. No reader
/// sees only some of them.
pub(crate) fn changes(
    place: &Place<'_>,
    which: impl FnOnce(&Blog) -> Vec<Change>,
    pictures: &Copies,
) -> Result<Changed, LiveError> {
    let mut folder = Folder::open_existing(place.edition, place.patience)?;
    let mut blog = Blog::new(folder.whole_story(place.id)?)?;
    let now = (place.clock)();
    let mut last = Changed { post: None, revision: blog.live().revision, files: Vec::new() };
    let mut pages = Vec::new();
    for change in which(&blog) {
        // A page written by one change is not on disk for the next; no two changes that are made at once touch an
        // older post.
        let changed = blog.apply(change, now, &|name| folder.page(place.id, name))?;
        let file = |(name, bytes): &(_, Vec<u8>)| PageFile {
            story: place.id.clone(),
            name: Clone::clone(name),
            bytes: bytes.clone(),
        };
        pages.extend(changed.files.iter().map(file));
        last = changed;
    }
    let new = teaser(blog.story());
    if !folder.tell(&new)? {
        // The teaser is missing, perhaps after a crash between head and edition. Every story has one.
        let wanted = blog.story().section.as_ref().map(|id| id.as_str().to_owned());
        let (section, name) = section(&folder, place.id, wanted.as_deref());
        folder.place(&section, &name, &new)?;
    }
    folder.write(std::slice::from_ref(blog.story()), &pages, pictures)?;
    Ok(last)
}

/// A draft with only what `desk live open` is given.
pub(crate) fn matter(headline: String, standfirst: Option<&str>, language: Option<LanguageTag>) -> Draft {
    let standfirst = standfirst.map(line).filter(|text| !text.is_empty()).map(Text::plain);
    Draft { headline, standfirst: standfirst.unwrap_or_default(), language, ..Draft::default() }
}

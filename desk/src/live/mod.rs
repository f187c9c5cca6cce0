//! Live coverage from the publisher's side: `desk live`.
//!
//! What a change makes of a live blog is decided in [`blog`], without a clock or a disk. Here an edition is
//! opened, the change made and written, and the edition let go: pages first, then the head, then the
//! teaser, so that whatever a reader finds named is there.

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

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// An id that a story has.
    #[error("'{0}' is taken; give another --id")]
    Taken(StoryId),
    /// A headline with nothing in it.
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
    /// Nothing can be made of a recording.
    #[error("{}: {error}", path.display())]
    Recording {
        /// The file.
        path: PathBuf,
        /// Why.
        error: ConvertError,
    },
    /// A recording that has no posts.
    #[error("{}: is no live coverage", .0.display())]
    NotLive(PathBuf),
    /// The change can't be made.
    #[error(transparent)]
    Blog(#[from] BlogError),
    /// The edition can't be read or written.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// Where live coverage is, and how it is got at.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The edition's folder.
    pub edition: &'a Path,
    /// The live blog.
    pub id: &'a StoryId,
    /// How long to wait for another desk.
    pub patience: Duration,
    /// What time it is.
    pub clock: fn() -> Timestamp,
}

/// What a live blog is opened with.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// Headline, standfirst and the like.
    pub matter: Draft,
    /// The section, where it is not the usual one.
    pub section: Option<String>,
    /// How often readers may ask, in seconds.
    pub interval: Option<u32>,
}

/// Begins a live blog, with nothing in it.
///
/// # Errors
/// [`LiveError::Taken`], [`LiveError::NoHeadline`], or what the edition's folder says.
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
    if folder.has(place.id) {
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

/// Makes several changes at once, which follow from how the live blog stands, and answers what came of the
/// last one. No reader sees some of them alone.
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
        // What one change has put into a page is not on the disk for the next; no two of those that are
        // made at once touch an older post.
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
        // It was lost, perhaps to a crash between the head and the edition: every story has one.
        let wanted = blog.story().section.as_ref().map(|id| id.as_str().to_owned());
        let (section, name) = section(&folder, place.id, wanted.as_deref());
        folder.place(&section, &name, &new)?;
    }
    folder.write(std::slice::from_ref(blog.story()), &pages, pictures)?;
    Ok(last)
}

/// A draft that says nothing but what `desk live open` is told.
pub(crate) fn matter(headline: String, standfirst: Option<&str>, language: Option<LanguageTag>) -> Draft {
    let standfirst = standfirst.map(line).filter(|text| !text.is_empty()).map(Text::plain);
    Draft { headline, standfirst: standfirst.unwrap_or_default(), language, ..Draft::default() }
}

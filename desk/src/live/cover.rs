//! Imports live coverage from elsewhere. It goes through the same changes as posts made here, so that head and pages
//! come out the same.
//!
//! There is no post id that all systems share. A post that was imported before is identified by the time at which it
//! was posted, which publishers keep when they edit it.

use std::io;
use std::ops::RangeInclusive;

use dateline::content::live::{PostNumber, PostSlot};
use dateline::content::{PageName, Story, Timestamp};
use dateline::convert::{Coverage, DraftPost};

use super::blog::{Blog, BlogError, Change, Edit, NewPost, Read};

/// The result.
pub(crate) struct Covered {
    /// The live blog.
    pub(crate) blog: Blog,
    /// Files to write before its head, in this order.
    pub(crate) files: Vec<(PageName, Vec<u8>)>,
    /// How many of its posts are not in the coverage, and not withdrawn there.
    pub(crate) gone: usize,
}

/// Updates a live blog to the coverage: adds posts and edits those that have changed, and withdraws none. A post that
/// was withdrawn here stays withdrawn. `old` is the story as it was, and `matter` is everything that is not live.
///
/// # Errors
/// A [`BlogError`].
pub(crate) fn cover(
    old: Option<Story>,
    matter: Story,
    coverage: Coverage,
    read: Read<'_>,
) -> Result<Covered, BlogError> {
    let moments = coverage.posts.iter().map(|post| post.updated.unwrap_or(post.time).max(post.time));
    let latest = moments.max().unwrap_or(matter.published);
    let blog = match old {
        Some(old) => Blog::new(old)?,
        None => {
            let began = coverage.posts.first().map_or(matter.published, |post| post.time);
            Blog::begin(matter.clone(), None, began)
        }
    };
    let mut known = Known::of(&blog, read)?;
    let mut work = Covering { blog, files: Vec::new(), read };
    work.does(Change::Matter(Box::new(matter)), latest)?;
    let mut numbers = Vec::with_capacity(coverage.posts.len());
    for post in coverage.posts {
        let number = match known.take(post.time) {
            Some(Place::Standing(number)) => {
                work.mend(number, post)?;
                Some(number)
            }
            Some(Place::Withdrawn) => None,
            None => work.add(post)?,
        };
        numbers.push(number);
    }
    let pinned = coverage.pinned.and_then(|at| numbers.get(at).copied().flatten());
    work.does(pinned.map_or(Change::Unpin, Change::Pin), latest)?;
    work.does(Change::Summary(coverage.summary), latest)?;
    work.does(Change::State(coverage.state), latest)?;
    Ok(Covered { gone: known.standing.len(), files: work.left_over()?, blog: work.blog })
}

/// Where a post of the coverage is in the live blog.
enum Place {
    /// It has that number.
    Standing(PostNumber),
    /// It is withdrawn.
    Withdrawn,
}

/// The posts of the live blog that were not matched yet.
struct Known {
    /// Posts that are not withdrawn, by the time at which they were posted.
    standing: Vec<(Timestamp, PostNumber)>,
    /// Withdrawn posts: the range of times in which each was posted.
    withdrawn: Vec<RangeInclusive<Timestamp>>,
}

impl Known {
    fn of(blog: &Blog, read: Read<'_>) -> Result<Self, BlogError> {
        let mut known = Self { standing: Vec::new(), withdrawn: Vec::new() };
        let entries = blog.entries(read)?;
        let mut before = Timestamp::from_millis(i64::MIN);
        for (at, entry) in entries.iter().enumerate() {
            match entry {
                PostSlot::Post(post) => {
                    known.standing.push((post.time, post.id));
                    before = post.time;
                }
                PostSlot::Withdrawn(_) => {
                    let after = entries.iter().skip(at).find_map(|entry| match entry {
                        PostSlot::Post(post) => Some(post.time),
                        PostSlot::Withdrawn(_) => None,
                    });
                    // A post after the latest change can't have been withdrawn by then.
                    known.withdrawn.push(before..=after.unwrap_or(blog.live().changed));
                }
            }
        }
        Ok(known)
    }

    /// Finds the post of that time; the first one, if there are several.
    fn take(&mut self, time: Timestamp) -> Option<Place> {
        if let Some(at) = self.standing.iter().position(|(posted, _)| *posted == time) {
            return Some(Place::Standing(self.standing.remove(at).1));
        }
        let at = self.withdrawn.iter().position(|between| between.contains(&time))?;
        self.withdrawn.remove(at);
        Some(Place::Withdrawn)
    }
}

/// Many changes. Only the files that are named at the end are written.
struct Covering<'a> {
    blog: Blog,
    files: Vec<(PageName, Vec<u8>)>,
    read: Read<'a>,
}

/// A file that is still to be written, else one on disk.
fn file(files: &[(PageName, Vec<u8>)], read: Read<'_>, name: &PageName) -> Result<Vec<u8>, io::Error> {
    let new = files.iter().rev().find(|(known, _)| known == name);
    new.map_or_else(|| read(name), |(_, bytes)| Ok(bytes.clone()))
}

impl Covering<'_> {
    fn does(&mut self, change: Change, now: Timestamp) -> Result<Option<PostNumber>, BlogError> {
        let changed = self.blog.apply(change, now, &|name| file(&self.files, self.read, name))?;
        self.files.extend(changed.files);
        Ok(changed.post)
    }

    fn add(&mut self, post: DraftPost) -> Result<Option<PostNumber>, BlogError> {
        let now = post.updated.unwrap_or(post.time);
        match self.does(Change::Post(new_post(post)), now) {
            // A post without any convertible content is no loss to readers.
            Err(BlogError::Empty) => Ok(None),
            done => done,
        }
    }

    fn mend(&mut self, number: PostNumber, post: DraftPost) -> Result<(), BlogError> {
        let edit = Edit {
            text: Some(post.body),
            title: Some(post.title.unwrap_or_default()),
            author: Some(post.author.unwrap_or_default()),
            key: Some(post.key),
            picture: Some(None),
            alt: None,
        };
        match self.does(Change::Edit(number, edit), post.updated.unwrap_or(post.time)) {
            Err(BlogError::Empty) => Ok(()),
            done => done.map(drop),
        }
    }

    /// The files that head and indexes name at the end.
    fn left_over(&mut self) -> Result<Vec<(PageName, Vec<u8>)>, BlogError> {
        let named = self.blog.names(&|name| file(&self.files, self.read, name))?;
        let mut files = std::mem::take(&mut self.files);
        files.retain(|(name, _)| named.contains(name));
        Ok(files)
    }
}

/// A post of a draft, as a post to add.
pub(crate) fn new_post(post: DraftPost) -> NewPost {
    NewPost {
        time: Some(post.time),
        updated: post.updated,
        title: post.title,
        author: post.author,
        key: post.key,
        pin: false,
        body: post.body,
    }
}

//! Live blogs: the head of a live blog, and the files with its older posts.
//!
//! Posts are numbered from 1 in the order in which they are added, and keep their number for ever. So the
//! number alone says where a post is: the first fifty are a page, the next fifty another. The newest are in the
//! head. A full page is a file with a hash of its content in its name; when one of its posts is edited, a new
//! file is written. Twenty pages are listed in an index, which is a file too, so that the head is as small
//! after ten thousand posts as after a hundred.
//!
//! Every addition, edit and withdrawal gets the next revision. A page has the revision of its latest change; of
//! two copies the one with the higher revision is newer, whichever arrived first.

use std::sync::Arc;

use super::body::Block;
use super::dates::Timestamp;
use super::id::PageName;

/// The number of posts in a page.
pub const POSTS_IN_A_PAGE: u32 = 50;
/// The number of pages in an index.
pub const PAGES_IN_AN_INDEX: u32 = 20;
/// The shortest interval between two polls, in seconds, whatever the publisher says.
pub const SHORTEST_INTERVAL: u32 = 5;
/// The interval between two polls if the publisher does not say, in seconds.
pub const USUAL_INTERVAL: u32 = 15;

/// The number of a post within its live blog, from 1.
pub type PostNumber = u32;

/// The number of a change, from 1. It only grows.
pub type Revision = u32;

/// The state of a live blog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "encode",
    derive(serde::Serialize, schemars::JsonSchema),
    serde(rename_all = "lowercase")
)]
pub enum LiveState {
    /// Coverage goes on.
    Live,
    /// Coverage is paused, and will go on.
    Paused,
    /// Coverage has ended.
    Ended,
}

/// The live part of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Live {
    /// Whether coverage goes on.
    pub state: LiveState,
    /// The revision of its latest change.
    pub revision: Revision,
    /// When it last changed.
    pub changed: Timestamp,
    /// When it ended, if it has.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub ended: Option<Timestamp>,
    /// How often readers may ask for the head, in seconds.
    #[cfg_attr(
        feature = "encode",
        serde(skip_serializing_if = "Option::is_none"),
        schemars(range(min = SHORTEST_INTERVAL))
    )]
    pub interval: Option<u32>,
    /// A summary of what has happened so far.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub summary: Vec<Block>,
    /// The pinned post.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub pinned: Option<Arc<Post>>,
    /// The newest key events, oldest first.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub key_events: Vec<PostSummary>,
    /// The indexes of older pages, oldest first.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub indexes: Vec<PostPage>,
    /// The pages that are in no index, oldest first.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub pages: Vec<PostPage>,
    /// The posts that are in no page, oldest first.
    pub posts: Vec<PostSlot>,
}

/// A post in one line, as in a list of key events.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct PostSummary {
    /// The number of the post.
    pub post: PostNumber,
    /// Its title.
    pub title: String,
    /// When it was posted.
    pub time: Timestamp,
}

/// An entry for a file with older posts, or for an index of such files.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct PostPage {
    /// Its name, as in `stories/<id>/<name>.json`. It changes with the content.
    pub name: PageName,
    /// The first post in it.
    pub first: PostNumber,
    /// The last post in it.
    pub last: PostNumber,
    /// The revision of the latest change in it.
    pub revision: Revision,
    /// The withdrawn posts in it.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub withdrawn: Vec<PostNumber>,
}

/// What a number holds: a post, or the mark of a withdrawn one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema), serde(untagged))]
pub enum PostSlot {
    /// A withdrawn post.
    Withdrawn(Withdrawn),
    /// A post.
    Post(Arc<Post>),
}

/// A post.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Post {
    /// Its number.
    pub id: PostNumber,
    /// The revision of its latest change.
    pub revision: Revision,
    /// When it was posted.
    pub time: Timestamp,
    /// When it was last edited.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub updated: Option<Timestamp>,
    /// A title.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub title: Option<String>,
    /// Who wrote it.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub author: Option<String>,
    /// Whether it is a key event.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "std::ops::Not::not", default))]
    pub key: bool,
    /// The body.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub body: Vec<Block>,
}

/// What remains of a post that its editor has withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Withdrawn {
    /// Its number.
    pub id: PostNumber,
    /// The revision of its withdrawal.
    pub revision: Revision,
    /// The reason, empty if none was given. In JSON this field tells it from a post.
    #[cfg_attr(feature = "encode", schemars(rename = "withdrawn"), serde(rename = "withdrawn"))]
    pub reason: String,
}

/// The live part of a teaser.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct LiveTeaser {
    /// Whether coverage goes on.
    pub state: LiveState,
    /// The latest post.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub latest: Option<PostSummary>,
    /// The withdrawn posts before it, oldest first, so that posts can be counted.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty"))]
    pub withdrawn: Vec<PostNumber>,
}

impl LiveTeaser {
    /// The number of posts after one; `None` if there are no posts at all.
    #[must_use]
    pub fn since(&self, post: PostNumber) -> Option<u32> {
        let latest = self.latest.as_ref()?.post;
        let withdrawn = self.withdrawn.iter().filter(|number| **number > post && **number < latest);
        Some(latest.saturating_sub(post).saturating_sub(u32::try_from(withdrawn.count()).unwrap_or(u32::MAX)))
    }
}

impl Live {
    /// The highest number of a post; 0 if there is none.
    #[must_use]
    pub fn newest(&self) -> PostNumber {
        let filed = [&self.indexes, &self.pages].map(|list| list.last().map_or(0, |page| page.last));
        self.posts.last().map_or(0, PostSlot::id).max(filed.into_iter().max().unwrap_or(0))
    }

    /// Whether a post was withdrawn, according to the head.
    #[must_use]
    pub fn is_withdrawn(&self, post: PostNumber) -> bool {
        let filed = self.indexes.iter().chain(&self.pages).filter(|page| page.holds(post));
        filed.into_iter().any(|page| page.withdrawn.contains(&post))
            || self.posts.iter().any(|entry| entry.id() == post && matches!(entry, PostSlot::Withdrawn(_)))
    }

    /// The withdrawn posts, according to the head, oldest first.
    pub fn withdrawn(&self) -> impl Iterator<Item = PostNumber> {
        let filed = self.indexes.iter().chain(&self.pages).flat_map(|page| page.withdrawn.iter().copied());
        let here =
            self.posts.iter().filter(|entry| matches!(entry, PostSlot::Withdrawn(_))).map(PostSlot::id);
        filed.chain(here)
    }

    /// The number of posts from `first` to `last` that are not withdrawn.
    #[must_use]
    pub fn visible_count(&self, first: PostNumber, last: PostNumber) -> u32 {
        if last < first {
            return 0;
        }
        let gone = self.withdrawn().filter(|number| (first..=last).contains(number)).count();
        (last - first + 1).saturating_sub(u32::try_from(gone).unwrap_or(u32::MAX))
    }
}

impl PostPage {
    /// Whether a post is in it.
    #[must_use]
    pub fn holds(&self, post: PostNumber) -> bool {
        (self.first..=self.last).contains(&post)
    }
}

impl PostSlot {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> PostNumber {
        match self {
            Self::Withdrawn(withdrawn) => withdrawn.id,
            Self::Post(post) => post.id,
        }
    }

    /// The revision of its latest change.
    #[must_use]
    pub fn revision(&self) -> Revision {
        match self {
            Self::Withdrawn(withdrawn) => withdrawn.revision,
            Self::Post(post) => post.revision,
        }
    }
}

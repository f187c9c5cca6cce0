//! Live coverage: what the head of a live blog says, and the files that hold its posts.
//!
//! Posts are numbered from 1 in the order in which they are added, and keep their number for ever, so that
//! a number alone tells where a post is: the first fifty are a page, the next fifty another. The newest stand
//! in the head. A page, once full, is a file of its own under a name that has a hash of its content in it;
//! editing one of its posts makes another file. Twenty pages are listed in an index, again a file, so that
//! the head stays as small after ten thousand posts as after a hundred.
//!
//! Every addition, edit and withdrawal takes the next revision. A run of posts has the revision of its latest
//! change; of two copies the one with the higher revision is the newer one, whichever came first.

use std::sync::Arc;

use super::body::Block;
use super::dates::Timestamp;
use super::id::PageName;

/// How many posts a page holds.
pub const POSTS_IN_A_PAGE: u32 = 50;
/// How many pages an index lists.
pub const PAGES_IN_AN_INDEX: u32 = 20;
/// A reader asks for the head no more often than this, in seconds, whatever the publisher wants.
pub const SHORTEST_INTERVAL: u32 = 5;
/// How often a reader asks where the publisher says nothing, in seconds.
pub const USUAL_INTERVAL: u32 = 15;

/// Which post, within its live blog: its number, from 1.
pub type PostNumber = u32;

/// The number of a change, from 1. It only grows.
pub type Revision = u32;

/// Whether coverage goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "encode",
    derive(serde::Serialize, schemars::JsonSchema),
    serde(rename_all = "lowercase")
)]
pub enum LiveState {
    /// It goes on.
    Live,
    /// It rests, and will go on.
    Paused,
    /// It is over.
    Ended,
}

/// The live matter of a story: what its head says beside what every story has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Live {
    /// Whether it goes on.
    pub state: LiveState,
    /// The number of its latest change.
    pub revision: Revision,
    /// When it last changed.
    pub changed: Timestamp,
    /// When it ended, where it has.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub ended: Option<Timestamp>,
    /// How often readers may ask for the head, in seconds.
    #[cfg_attr(
        feature = "encode",
        serde(skip_serializing_if = "Option::is_none"),
        schemars(range(min = SHORTEST_INTERVAL))
    )]
    pub interval: Option<u32>,
    /// What has happened so far.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub summary: Vec<Block>,
    /// The post that is to be read first.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub pinned: Option<Arc<Post>>,
    /// The newest key events, oldest first.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub key_events: Vec<PostSummary>,
    /// The indexes of older pages, oldest first.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub indexes: Vec<PostPage>,
    /// The pages that stand in no index, oldest first.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub pages: Vec<PostPage>,
    /// The posts that stand in no page, oldest first.
    pub posts: Vec<PostSlot>,
}

/// A post in a line, as a list of key events has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct PostSummary {
    /// Which post.
    pub post: PostNumber,
    /// What happened.
    pub title: String,
    /// When it was posted.
    pub time: Timestamp,
}

/// A file of older posts, or one that lists such files.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct PostPage {
    /// Its name: `stories/<id>/<name>.json`. It changes with the content.
    pub name: PageName,
    /// The first post in it.
    pub first: PostNumber,
    /// The last post in it.
    pub last: PostNumber,
    /// The revision of the latest change in it.
    pub revision: Revision,
    /// Those of its posts that were withdrawn.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub withdrawn: Vec<PostNumber>,
}

/// What stands at a number.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema), serde(untagged))]
pub enum PostSlot {
    /// What remains of a post that was taken back.
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
    /// What it is about.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub title: Option<String>,
    /// Who wrote it.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub author: Option<String>,
    /// Whether it is a turn of events.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "std::ops::Not::not", default))]
    pub key: bool,
    /// What it says.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub body: Vec<Block>,
}

/// What remains of a post that its editor took back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Withdrawn {
    /// Its number.
    pub id: PostNumber,
    /// The revision of its withdrawal.
    pub revision: Revision,
    /// Why, if that was given. In JSON this tells it from a post, and is empty where it was not.
    #[cfg_attr(feature = "encode", schemars(rename = "withdrawn"), serde(rename = "withdrawn"))]
    pub reason: String,
}

/// What the front page knows of live coverage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct LiveTeaser {
    /// Whether it goes on.
    pub state: LiveState,
    /// The latest post.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub latest: Option<PostSummary>,
    /// Posts before it that were withdrawn, the oldest first: so many fewer are there to be seen.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty"))]
    pub withdrawn: Vec<PostNumber>,
}

impl LiveTeaser {
    /// How many posts came after one; `None` where there is none at all.
    #[must_use]
    pub fn since(&self, post: PostNumber) -> Option<u32> {
        let latest = self.latest.as_ref()?.post;
        let withdrawn = self.withdrawn.iter().filter(|number| **number > post && **number < latest);
        Some(latest.saturating_sub(post).saturating_sub(u32::try_from(withdrawn.count()).unwrap_or(u32::MAX)))
    }
}

impl Live {
    /// The highest number of a post, 0 where there is none.
    #[must_use]
    pub fn newest(&self) -> PostNumber {
        let filed = [&self.indexes, &self.pages].map(|list| list.last().map_or(0, |page| page.last));
        self.posts.last().map_or(0, PostSlot::id).max(filed.into_iter().max().unwrap_or(0))
    }

    /// Whether a post was withdrawn, as far as the head knows.
    #[must_use]
    pub fn is_withdrawn(&self, post: PostNumber) -> bool {
        let filed = self.indexes.iter().chain(&self.pages).filter(|page| page.holds(post));
        filed.into_iter().any(|page| page.withdrawn.contains(&post))
            || self.posts.iter().any(|entry| entry.id() == post && matches!(entry, PostSlot::Withdrawn(_)))
    }

    /// The posts that were withdrawn, as far as the head knows, the oldest first.
    pub fn withdrawn(&self) -> impl Iterator<Item = PostNumber> {
        let filed = self.indexes.iter().chain(&self.pages).flat_map(|page| page.withdrawn.iter().copied());
        let here =
            self.posts.iter().filter(|entry| matches!(entry, PostSlot::Withdrawn(_))).map(PostSlot::id);
        filed.chain(here)
    }

    /// How many posts stand from `first` to `last`: the numbers without those that were withdrawn.
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
    /// Whether that post is in it.
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

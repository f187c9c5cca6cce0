//! A live blog and the changes to it. A story and a change become the new story, plus the files of older posts that
//! must be written first. There is no clock and no disk here: `now` and a function that reads older files come from
//! the caller.
//!
//! A change reads at most one page and one index; adding a post reads nothing.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use dateline::content::body::each_text;
use dateline::content::decode;
use dateline::content::live::{
    Live, LiveState, LiveTeaser, PAGES_IN_AN_INDEX, POSTS_IN_A_PAGE, Post, PostNumber, PostPage, PostSlot,
    PostSummary, Revision, Withdrawn,
};
use dateline::content::text::{excerpt, line};
use dateline::content::{Block, Kind, PageName, Picture, Story, StoryId, Timestamp, encode};
use sha2::{Digest, Sha256};

use super::head;

/// At this many posts, the head moves fifty into a page.
const CUT_POSTS_AT: usize = 60;
/// At this many pages, the head moves twenty into an index.
const CUT_PAGES_AT: usize = 40;
const PAGE: usize = POSTS_IN_A_PAGE as usize;
const INDEX: usize = PAGES_IN_AN_INDEX as usize;
/// The head lists at most this many key events, the newest.
const KEY_EVENTS: usize = 100;
/// Length of a post's summary, in characters, if it has no title.
const EXCERPT: usize = 80;

/// The current state of a live blog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blog {
    story: Story,
    /// The live part of the story, for quick access.
    live: Arc<Live>,
}

/// A change to a live blog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Add a post. It takes the next number.
    Post(NewPost),
    /// Change a post.
    Edit(PostNumber, Edit),
    /// Withdraw a post, with a reason, which may be empty.
    Withdraw(PostNumber, String),
    /// Pin a post.
    Pin(PostNumber),
    /// Unpin the pinned post.
    Unpin,
    /// Set the summary; no blocks remove it.
    Summary(Vec<Block>),
    /// Resume, pause or end.
    State(LiveState),
    /// Take headline, standfirst and everything else that is not live from that story. Id, kind and time of
    /// publication stay.
    Matter(Box<Story>),
}

/// A post to add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPost {
    /// When it was posted; now, if not given.
    pub time: Option<Timestamp>,
    /// When it was last edited elsewhere.
    pub updated: Option<Timestamp>,
    /// Its title.
    pub title: Option<String>,
    /// Its author.
    pub author: Option<String>,
    /// Whether it is a key event.
    pub key: bool,
    /// Whether it is pinned.
    pub pin: bool,
    /// Its body. The body or the title must have content.
    pub body: Vec<Block>,
}

/// Changes to a post; fields that are not given stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// The new body. A picture at the end of the post stays, unless `picture` is given too.
    pub text: Option<Vec<Block>>,
    /// The new title; empty for none.
    pub title: Option<String>,
    /// The new author; empty for none.
    pub author: Option<String>,
    /// Whether it is a key event.
    pub key: Option<bool>,
    /// The picture at the end of the post; `Some(None)` removes it.
    pub picture: Option<Option<Picture>>,
    /// The alternative text of that picture.
    pub alt: Option<String>,
}

/// The result of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The post that was changed.
    pub post: Option<PostNumber>,
    /// The revision of the head now; the old one if nothing changed.
    pub revision: Revision,
    /// Files to write before the head, in this order.
    pub files: Vec<(PageName, Vec<u8>)>,
}

/// Why a change is not possible.
#[derive(Debug, thiserror::Error)]
pub enum BlogError {
    /// An article, or a live story without its live part.
    #[error("'{0}' is no live blog")]
    NotLive(StoryId),
    /// The head is damaged.
    #[error(
        "the head of '{story}' is damaged: /live{pointer} {what}; mend it first (`desk check` tells more)"
    )]
    Head {
        /// The story.
        story: StoryId,
        /// Where, within the live part.
        pointer: String,
        /// What is wrong.
        what: String,
    },
    /// There is no post with that number.
    #[error("there is no post {post}; the newest is {newest}")]
    NoPost {
        /// The number.
        post: PostNumber,
        /// The highest number.
        newest: PostNumber,
    },
    /// The post is withdrawn.
    #[error("post {0} is withdrawn")]
    Withdrawn(PostNumber),
    /// There is no picture for an alternative text.
    #[error("post {0} does not end with a picture")]
    NoPicture(PostNumber),
    /// A post without text or picture.
    #[error("there is nothing in the post")]
    Empty,
    /// A file of older posts can't be read.
    #[error("{name}.json: {error}")]
    Unreadable {
        /// The file.
        name: PageName,
        /// What the system said.
        error: io::Error,
    },
    /// A file of older posts is damaged, and writing it again would lose something.
    #[error("{name}.json: {what}; mend it first (`desk check` tells more)")]
    Damaged {
        /// The file.
        name: PageName,
        /// What is wrong.
        what: String,
    },
    /// There are no more revisions.
    #[error("a live blog can't change more often than this one has")]
    Full,
    /// A value can't be written as JSON.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

/// Reads a file of older posts by its name.
pub type Read<'a> = &'a dyn Fn(&PageName) -> Result<Vec<u8>, io::Error>;

impl Blog {
    /// Begins a live blog with `story` as its front matter.
    #[must_use]
    pub fn begin(story: Story, interval: Option<u32>, now: Timestamp) -> Self {
        let live = Live {
            state: LiveState::Live,
            revision: 1,
            changed: now,
            ended: None,
            interval,
            summary: Vec::new(),
            pinned: None,
            key_events: Vec::new(),
            indexes: Vec::new(),
            pages: Vec::new(),
            posts: Vec::new(),
        };
        Self::of(Story { kind: Kind::Live, ..story }, live)
    }

    /// The live blog of a story.
    ///
    /// # Errors
    /// [`BlogError::NotLive`], or [`BlogError::Head`] if the head is damaged.
    pub fn new(story: Story) -> Result<Self, BlogError> {
        let Some(live) = story.live.clone().filter(|_| story.kind == Kind::Live) else {
            return Err(BlogError::NotLive(story.id));
        };
        match head::wrongs(&live).into_iter().next() {
            Some((pointer, what)) => Err(BlogError::Head { story: story.id, pointer, what }),
            None => Ok(Self { story, live }),
        }
    }

    fn of(mut story: Story, live: Live) -> Self {
        let live = Arc::new(live);
        story.live = Some(Arc::clone(&live));
        Self { story, live }
    }

    /// The story, as it should be written.
    #[must_use]
    pub fn story(&self) -> &Story {
        &self.story
    }

    /// Its live part.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// The live part of its teaser.
    #[must_use]
    pub fn teaser(&self) -> LiveTeaser {
        teaser(&self.live)
    }

    /// All posts and withdrawn posts, from the first. This reads every page.
    ///
    /// # Errors
    /// A [`BlogError`] where one can't be read.
    pub fn entries(&self, read: Read<'_>) -> Result<Vec<PostSlot>, BlogError> {
        let mut pages = Vec::new();
        for index in &self.live.indexes {
            pages.extend(read_index(index, read)?);
        }
        pages.extend(self.live.pages.iter().cloned());
        let mut entries = Vec::new();
        for page in &pages {
            entries.extend(read_page(page, read)?);
        }
        entries.extend(self.live.posts.iter().cloned());
        Ok(entries)
    }

    /// The names of all files of older posts. This reads every index.
    ///
    /// # Errors
    /// A [`BlogError`] if an index can't be read.
    pub fn names(&self, read: Read<'_>) -> Result<BTreeSet<PageName>, BlogError> {
        let mut names = BTreeSet::new();
        for index in &self.live.indexes {
            names.insert(index.name.clone());
            names.extend(read_index(index, read)?.into_iter().map(|page| page.name));
        }
        names.extend(self.live.pages.iter().map(|page| page.name.clone()));
        Ok(names)
    }

    /// The post or withdrawn post with that number.
    ///
    /// # Errors
    /// [`BlogError::NoPost`], and where its page can't be read.
    pub fn entry(&self, post: PostNumber, read: Read<'_>) -> Result<PostSlot, BlogError> {
        if let Some(entry) = self.live.posts.iter().find(|entry| entry.id() == post) {
            return Ok(entry.clone());
        }
        let missing = || BlogError::NoPost { post, newest: self.live.newest() };
        let page = match self.live.indexes.iter().find(|index| index.holds(post)) {
            Some(index) => {
                let pages = read_index(index, read)?;
                pages.into_iter().find(|page| page.holds(post)).ok_or_else(missing)?
            }
            None => self.live.pages.iter().find(|page| page.holds(post)).cloned().ok_or_else(missing)?,
        };
        let entries = read_page(&page, read)?;
        entries.into_iter().find(|entry| entry.id() == post).ok_or_else(missing)
    }

    /// Makes a change. `now` may be before the latest change (the clock was corrected, something old is imported);
    /// the head's times never go back.
    ///
    /// A change that changes nothing takes no revision.
    ///
    /// # Errors
    /// A [`BlogError`]; the live blog is then unchanged.
    pub fn apply(&mut self, change: Change, now: Timestamp, read: Read<'_>) -> Result<Changed, BlogError> {
        let revision = self.live.revision.checked_add(1).ok_or(BlogError::Full)?;
        let mut work = Work { live: Live::clone(&self.live), files: Vec::new(), revision, now, read };
        let mut story = self.story.clone();
        let post = match change {
            Change::Post(new) => Some(work.add(new)?),
            Change::Edit(post, edit) => {
                work.edit(post, &edit)?;
                Some(post)
            }
            Change::Withdraw(post, reason) => {
                work.withdraw(post, &reason)?;
                Some(post)
            }
            Change::Pin(post) => {
                match self.entry(post, read)? {
                    PostSlot::Withdrawn(_) => return Err(BlogError::Withdrawn(post)),
                    PostSlot::Post(whole) => work.live.pinned = Some(whole),
                }
                Some(post)
            }
            Change::Unpin => work.live.pinned.take().map(|pinned| pinned.id),
            Change::Summary(blocks) => {
                work.live.summary = blocks;
                None
            }
            Change::State(state) => {
                // Ending twice keeps the first time.
                let ends = (state == LiveState::Ended).then(|| now.max(self.live.changed));
                work.live.ended = ends.map(|now| work.live.ended.unwrap_or(now));
                work.live.state = state;
                None
            }
            Change::Matter(matter) => {
                story = Story {
                    id: story.id,
                    kind: story.kind,
                    published: story.published,
                    updated: story.updated,
                    live: story.live,
                    ..*matter
                };
                None
            }
        };
        if work.live == *self.live && story == self.story {
            return Ok(Changed { post, revision: self.live.revision, files: Vec::new() });
        }
        work.live.revision = revision;
        work.live.changed = now.max(self.live.changed);
        story.updated = Some(now.max(story.updated.unwrap_or(now)).max(story.published));
        let files = std::mem::take(&mut work.files);
        *self = Self::of(story, work.live);
        Ok(Changed { post, revision, files })
    }
}

/// A change in progress.
struct Work<'a> {
    live: Live,
    files: Vec<(PageName, Vec<u8>)>,
    revision: Revision,
    now: Timestamp,
    read: Read<'a>,
}

impl Work<'_> {
    fn add(&mut self, new: NewPost) -> Result<PostNumber, BlogError> {
        let id = self.live.newest().checked_add(1).ok_or(BlogError::Full)?;
        let post = Arc::new(Post {
            id,
            revision: self.revision,
            time: new.time.unwrap_or(self.now),
            updated: new.updated,
            title: new.title.and_then(|title| something(&title)),
            author: new.author.and_then(|author| something(&author)),
            key: new.key,
            body: new.body,
        });
        if post.body.is_empty() && post.title.is_none() {
            return Err(BlogError::Empty);
        }
        self.line_up(&post);
        if new.pin {
            self.live.pinned = Some(Arc::clone(&post));
        }
        self.live.posts.push(PostSlot::Post(post));
        self.cut()?;
        Ok(id)
    }

    fn edit(&mut self, number: PostNumber, edit: &Edit) -> Result<(), BlogError> {
        let (revision, now) = (self.revision, self.now);
        let mut was_key = false;
        let replaced = self.replace(number, |entry| {
            let PostSlot::Post(old) = entry else { return Err(BlogError::Withdrawn(number)) };
            was_key = old.key;
            let new = edited(old, edit)?;
            if new == **old {
                return Ok(None);
            }
            let updated = Some(now.max(old.updated.unwrap_or(old.time)).max(old.time));
            Ok(Some(PostSlot::Post(Arc::new(Post { revision, updated, ..new }))))
        })?;
        if let Some(PostSlot::Post(post)) = replaced {
            // One that had to make room for newer ones stays out, or the list would have a gap after it.
            if !was_key || self.live.key_events.iter().any(|event| event.post == number) {
                self.line_up(&post);
            }
            if self.live.pinned.as_ref().is_some_and(|pinned| pinned.id == number) {
                self.live.pinned = Some(post);
            }
        }
        Ok(())
    }

    fn withdraw(&mut self, number: PostNumber, reason: &str) -> Result<(), BlogError> {
        let withdrawn = Withdrawn { id: number, revision: self.revision, reason: line(reason) };
        self.replace(number, |entry| match entry {
            PostSlot::Withdrawn(_) => Err(BlogError::Withdrawn(number)),
            PostSlot::Post(_) => Ok(Some(PostSlot::Withdrawn(withdrawn))),
        })?;
        self.live.key_events.retain(|event| event.post != number);
        self.live.pinned.take_if(|pinned| pinned.id == number);
        Ok(())
    }

    /// Updates the list of key events for a post.
    fn line_up(&mut self, post: &Post) {
        let events = &mut self.live.key_events;
        events.retain(|event| event.post != post.id);
        if post.key {
            let place = events.iter().position(|event| event.post > post.id).unwrap_or(events.len());
            events.insert(place, in_a_line(post));
            let surplus = events.len().saturating_sub(KEY_EVENTS);
            events.drain(..surplus);
        }
    }

    /// Replaces the entry with that number, wherever it is. `change` returns the new entry, or `None` to keep the old
    /// one.
    fn replace(
        &mut self,
        number: PostNumber,
        change: impl FnOnce(&PostSlot) -> Result<Option<PostSlot>, BlogError>,
    ) -> Result<Option<PostSlot>, BlogError> {
        if let Some(entry) = self.live.posts.iter_mut().find(|entry| entry.id() == number) {
            let new = change(entry)?;
            if let Some(new) = &new {
                *entry = new.clone();
            }
            return Ok(new);
        }
        if let Some(at) = self.live.pages.iter().position(|page| page.holds(number))
            && let Some(page) = self.live.pages.get(at).cloned()
        {
            let new = self.replace_in(&page, number, change)?;
            if let (Some((page, _)), Some(slot)) = (&new, self.live.pages.get_mut(at)) {
                *slot = page.clone();
            }
            return Ok(new.map(|(_, entry)| entry));
        }
        let missing = BlogError::NoPost { post: number, newest: self.live.newest() };
        let Some(at) = self.live.indexes.iter().position(|index| index.holds(number)) else {
            return Err(missing);
        };
        let Some(index) = self.live.indexes.get(at).cloned() else { return Err(missing) };
        let mut pages = read_index(&index, self.read)?;
        let Some(slot) = pages.iter_mut().find(|page| page.holds(number)) else { return Err(missing) };
        let Some((page, entry)) = self.replace_in(&slot.clone(), number, change)? else { return Ok(None) };
        *slot = page;
        let index = self.index(&pages)?;
        if let Some(slot) = self.live.indexes.get_mut(at) {
            *slot = index;
        }
        Ok(Some(entry))
    }

    /// Writes a page again with another entry at a number, as a new file.
    fn replace_in(
        &mut self,
        page: &PostPage,
        number: PostNumber,
        change: impl FnOnce(&PostSlot) -> Result<Option<PostSlot>, BlogError>,
    ) -> Result<Option<(PostPage, PostSlot)>, BlogError> {
        let mut entries = read_page(page, self.read)?;
        let Some(slot) = entries.iter_mut().find(|entry| entry.id() == number) else {
            return Err(BlogError::NoPost { post: number, newest: self.live.newest() });
        };
        let Some(new) = change(slot)? else { return Ok(None) };
        *slot = new.clone();
        Ok(Some((self.page(&entries)?, new)))
    }

    /// Moves the oldest posts into a page, and the oldest pages into an index, if there are enough.
    fn cut(&mut self) -> Result<(), BlogError> {
        while self.live.posts.len() >= CUT_POSTS_AT {
            let oldest: Vec<PostSlot> = self.live.posts.drain(..PAGE).collect();
            let page = self.page(&oldest)?;
            self.live.pages.push(page);
        }
        while self.live.pages.len() >= CUT_PAGES_AT {
            let oldest: Vec<PostPage> = self.live.pages.drain(..INDEX).collect();
            let index = self.index(&oldest)?;
            self.live.indexes.push(index);
        }
        Ok(())
    }

    /// A page of these entries, with its file.
    fn page(&mut self, entries: &[PostSlot]) -> Result<PostPage, BlogError> {
        let withdrawn = entries.iter().filter(|entry| matches!(entry, PostSlot::Withdrawn(_)));
        self.file(
            "",
            encode::page(entries)?,
            (entries.first().map(PostSlot::id), entries.last().map(PostSlot::id)),
            entries.iter().map(PostSlot::revision).max(),
            withdrawn.map(PostSlot::id).collect(),
        )
    }

    /// An index of these pages, with its file.
    fn index(&mut self, pages: &[PostPage]) -> Result<PostPage, BlogError> {
        self.file(
            "index-",
            encode::index(pages)?,
            (pages.first().map(|page| page.first), pages.last().map(|page| page.last)),
            pages.iter().map(|page| page.revision).max(),
            pages.iter().flat_map(|page| page.withdrawn.iter().copied()).collect(),
        )
    }

    fn file(
        &mut self,
        prefix: &str,
        bytes: Vec<u8>,
        (first, last): (Option<PostNumber>, Option<PostNumber>),
        revision: Option<Revision>,
        withdrawn: Vec<PostNumber>,
    ) -> Result<PostPage, BlogError> {
        let first = first.unwrap_or_default();
        // Letters, digits and hyphens, about 30 of them: always a valid name.
        let name = PageName::parse(&format!("{prefix}{first}-{}", hash(&bytes))).ok_or(BlogError::Full)?;
        self.files.push((name.clone(), bytes));
        let (last, revision) = (last.unwrap_or_default(), revision.unwrap_or_default());
        Ok(PostPage { name, first, last, revision, withdrawn })
    }
}

/// A teaser names at most this many withdrawn posts, the newest, so that the front page stays small.
const MOST_WITHDRAWN: usize = 50;

/// The live part of a teaser.
#[must_use]
pub fn teaser(live: &Live) -> LiveTeaser {
    let latest = live.posts.iter().rev().find_map(|entry| match entry {
        PostSlot::Post(post) => Some(in_a_line(post)),
        PostSlot::Withdrawn(_) => None,
    });
    let newest = latest.as_ref().map_or(0, |line| line.post);
    let mut withdrawn: Vec<PostNumber> = live.withdrawn().filter(|post| *post < newest).collect();
    withdrawn.drain(..withdrawn.len().saturating_sub(MOST_WITHDRAWN));
    LiveTeaser { state: live.state, latest, withdrawn }
}

/// The hash of a file's content in its name.
pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The post after an edit, apart from its revision and time of change.
fn edited(old: &Post, edit: &Edit) -> Result<Post, BlogError> {
    let mut post = old.clone();
    if let Some(title) = &edit.title {
        post.title = something(title);
    }
    if let Some(author) = &edit.author {
        post.author = something(author);
    }
    if let Some(key) = edit.key {
        post.key = key;
    }
    if edit.text.is_some() || edit.picture.is_some() {
        let kept = post.body.pop_if(|block| matches!(block, Block::Figure { .. }));
        if let Some(text) = &edit.text {
            post.body.clone_from(text);
        }
        post.body.extend(match &edit.picture {
            Some(picture) => picture.clone().map(|picture| Block::Figure { picture }),
            None => kept,
        });
    }
    if let Some(alt) = &edit.alt {
        match post.body.last_mut() {
            Some(Block::Figure { picture }) => picture.alt = Some(line(alt)),
            _ => return Err(BlogError::NoPicture(post.id)),
        }
    }
    if post.body.is_empty() && post.title.is_none() { Err(BlogError::Empty) } else { Ok(post) }
}

/// Text on one line, if there is any.
fn something(text: &str) -> Option<String> {
    Some(line(text)).filter(|text| !text.is_empty())
}

/// A post in a line: by its title, else by its first words, else by what its pictures and links say.
pub(crate) fn in_a_line(post: &Post) -> PostSummary {
    let mut words = String::new();
    each_text(&post.body, &mut |text| {
        if words.len() < 8 * EXCERPT {
            words.push_str(text);
            words.push(' ');
        }
    });
    let aside = || {
        post.body.iter().find_map(|block| match block {
            Block::Figure { picture } => picture.alt.as_deref().and_then(something),
            Block::Gallery { pictures, .. } => {
                pictures.iter().find_map(|picture| picture.alt.as_deref().and_then(something))
            }
            Block::Embed { title, .. } => something(title),
            Block::Related(link) => something(&link.headline),
            Block::PullQuote { text, .. } => something(&text.to_plain()),
            Block::Code { text, .. } => something(text),
            _ => None,
        })
    };
    let short = |text: String| excerpt(&text, EXCERPT);
    let title = post.title.clone().or_else(|| something(&words).or_else(aside).map(short));
    PostSummary { post: post.id, title: title.unwrap_or_else(|| "…".to_owned()), time: post.time }
}

fn read_page(page: &PostPage, read: Read<'_>) -> Result<Vec<PostSlot>, BlogError> {
    let bytes = bytes(&page.name, read)?;
    let damaged = |what: String| BlogError::Damaged { name: page.name.clone(), what };
    let decoded = decode::page(&bytes).map_err(|failure| damaged(failure.to_string()))?;
    if let Some(warning) = decoded.warnings.first() {
        return Err(damaged(format!("{} {}", warning.pointer, warning.kind)));
    }
    if decoded.value.iter().map(PostSlot::id).ne(page.first..=page.last) {
        return Err(damaged(format!("does not hold the posts {} to {}", page.first, page.last)));
    }
    Ok(decoded.value)
}

fn read_index(index: &PostPage, read: Read<'_>) -> Result<Vec<PostPage>, BlogError> {
    let bytes = bytes(&index.name, read)?;
    let damaged = |what: String| BlogError::Damaged { name: index.name.clone(), what };
    let decoded = decode::index(&bytes).map_err(|failure| damaged(failure.to_string()))?;
    if let Some(warning) = decoded.warnings.first() {
        return Err(damaged(format!("{} {}", warning.pointer, warning.kind)));
    }
    let mut wrongs = Vec::new();
    let end = head::chain("/pages", &decoded.value, index.first, POSTS_IN_A_PAGE, &mut wrongs);
    if let Some((pointer, what)) = wrongs.into_iter().next() {
        return Err(damaged(format!("{pointer} {what}")));
    }
    if end != index.last.saturating_add(1) {
        return Err(damaged(format!("does not end with the post {}", index.last)));
    }
    Ok(decoded.value)
}

fn bytes(name: &PageName, read: Read<'_>) -> Result<Vec<u8>, BlogError> {
    read(name).map_err(|error| BlogError::Unreadable { name: name.clone(), error })
}

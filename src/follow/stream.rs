//! What one reader sees of a live blog, and what is waiting for them.
//!
//! Posts up to a number are on the page. Newer ones wait until the reader asks for them, or are shown at once
//! where that would move nothing. Sections that are not loaded are gaps.

use std::sync::Arc;

use super::coverage::{Coverage, PostSection, SectionNumber, section_of};
use crate::content::live::{Live, Post, PostNumber, PostPage, PostSlot, PostSummary, Revision};

/// The reader's progress: the newest post and the newest change that they have seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The post.
    pub post: PostNumber,
    /// The revision.
    pub revision: Revision,
}

/// An item of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedItem {
    /// The posts of a section.
    Section(SectionNumber),
    /// Posts that are not loaded: the first and the last number.
    Gap(PostNumber, PostNumber),
}

/// Everything that decides how a section is shown. Comparing it with the former state says whether to draw the
/// section again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionState {
    /// The revision of the latest change in it.
    pub revision: Revision,
    /// Its last post that is shown.
    pub last: PostNumber,
    /// How many of its posts are shown and not withdrawn.
    pub visible: u32,
    /// The post that is pinned, if it is in this section.
    pub pinned: Option<PostNumber>,
    /// The post that the line "new since your last visit" stands before, if it is in this section.
    pub first_new: Option<PostNumber>,
}

/// What one reader sees.
#[derive(Clone, Debug)]
pub struct Stream {
    coverage: Coverage,
    shown_to: PostNumber,
    /// The reader's progress before this visit.
    since: Option<Seen>,
    /// The newest post when the visit began; `None` while the present content may be an old copy.
    opened: Option<PostNumber>,
    /// Posts that have changed during the visit, as the reader first saw them.
    before: Vec<Arc<Post>>,
}

impl Stream {
    /// The stream of a reader who opens the blog; `since` is their progress so far.
    #[must_use]
    pub fn new(live: &Arc<Live>, since: Option<Seen>) -> Self {
        let shown_to = live.newest();
        Self { coverage: Coverage::new(live), shown_to, since, opened: None, before: Vec::new() }
    }

    /// Says that the content is up to date. Whatever arrives later arrives during the visit, so it was not
    /// missed.
    pub fn settle(&mut self) {
        self.opened.get_or_insert(self.coverage.live().newest());
    }

    /// Whether a post existed when the visit began.
    fn was_there(&self, post: PostNumber) -> bool {
        self.opened.is_none_or(|opened| post <= opened)
    }

    /// The known content of the blog.
    #[must_use]
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The newest head.
    #[must_use]
    pub fn live(&self) -> &Arc<Live> {
        self.coverage.live()
    }

    /// The number of posts that are waiting.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        self.live().visible_count(self.shown_to + 1, self.live().newest())
    }

    /// The newest post that is shown.
    #[must_use]
    pub fn shown_to(&self) -> PostNumber {
        self.shown_to
    }

    /// The reader's progress once they have seen what is shown.
    #[must_use]
    pub fn seen(&self) -> Seen {
        // Waiting posts are not seen. Their revision is, because older posts that change now have not changed
        // since the visit.
        Seen { post: self.shown_to, revision: self.live().revision }
    }

    /// Merges a head. Returns whether it is newer.
    pub fn take_head(&mut self, live: &Arc<Live>) -> bool {
        let replaced = self.coverage.take_head(live);
        replaced.map(|replaced| self.note_changes(&replaced)).is_some()
    }

    /// Merges the posts of a page.
    pub fn take_posts(&mut self, entries: &[PostSlot]) {
        let replaced = self.coverage.take_posts(entries);
        self.note_changes(&replaced);
    }

    /// Merges the pages that an index lists.
    pub fn take_index(&mut self, pages: Vec<PostPage>) {
        self.coverage.take_index(pages);
    }

    /// Remembers the former versions of posts that are on the page and have changed.
    fn note_changes(&mut self, replaced: &[PostSection]) {
        for section in replaced {
            let Some(new) = self.coverage.section(section.number) else { continue };
            for entry in &section.entries {
                let (PostSlot::Post(post), Some(PostSlot::Post(now))) = (entry, new.entry(entry.id())) else {
                    continue;
                };
                let known = self.before.iter().any(|before| before.id == post.id);
                if post.id <= self.shown_to && now.revision > post.revision && !known {
                    self.before.push(Arc::clone(post));
                }
            }
        }
    }

    /// Shows the waiting posts. Returns the first of them.
    pub fn show(&mut self) -> Option<PostNumber> {
        let first = self.first_after(self.shown_to);
        self.shown_to = self.live().newest();
        first
    }

    /// The first post after `post` that is not withdrawn.
    fn first_after(&self, post: PostNumber) -> Option<PostNumber> {
        (post + 1..=self.live().newest()).find(|number| !self.live().is_withdrawn(*number))
    }

    /// The first post that is new since the reader's last visit; a line is drawn before it. `None` on a first
    /// visit, and if nothing is new.
    #[must_use]
    pub fn first_new(&self) -> Option<PostNumber> {
        self.first_after(self.since?.post).filter(|first| *first <= self.shown_to && self.was_there(*first))
    }

    /// The key events since the reader's last visit, newest first. Empty on a first visit.
    #[must_use]
    pub fn missed(&self) -> Vec<&PostSummary> {
        let Some(since) = self.since else { return Vec::new() };
        let missed = |event: &&PostSummary| event.post > since.post && self.was_there(event.post);
        self.live().key_events.iter().rev().filter(missed).collect()
    }

    /// Whether a post has changed since the reader saw it.
    #[must_use]
    pub fn has_changed(&self, post: &Post) -> bool {
        let before = self.since.is_some_and(|since| post.id <= since.post && post.revision > since.revision);
        before || self.before(post.id).is_some()
    }

    /// A post as the reader first saw it on this visit, if it has changed since.
    #[must_use]
    pub fn before(&self, post: PostNumber) -> Option<&Arc<Post>> {
        self.before.iter().find(|before| before.id == post)
    }

    /// The items on the page, newest first.
    #[must_use]
    pub fn feed_items(&self) -> Vec<FeedItem> {
        let mut feed_items = Vec::new();
        // Everything above `next` is done.
        let mut next = self.shown_to;
        for section in self.coverage.sections().iter().rev() {
            let (Some(first), Some(last)) = (section.entries.first(), section.entries.last()) else {
                continue;
            };
            if first.id() > next {
                continue;
            }
            if last.id() < next {
                feed_items.push(FeedItem::Gap(last.id() + 1, next));
            }
            feed_items.push(FeedItem::Section(section.number));
            next = first.id().saturating_sub(1);
        }
        if next > 0 {
            feed_items.push(FeedItem::Gap(1, next));
        }
        feed_items
    }

    /// The entries of a section that are shown, newest first.
    #[must_use]
    pub fn entries(&self, number: SectionNumber) -> Vec<PostSlot> {
        let section = self.coverage.section(number);
        let entries = section.into_iter().flat_map(|section| section.entries.iter().rev());
        entries
            .filter(|entry| entry.id() <= self.shown_to)
            .map(|entry| self.coverage.as_shown(entry))
            .collect()
    }

    /// The state of a section. If it is equal to a former one, the section looks the same. `None` if the
    /// section is not loaded.
    #[must_use]
    pub fn section_state(&self, number: SectionNumber) -> Option<SectionState> {
        let section = self.coverage.section(number)?;
        let last = section.entries.last().map_or(0, |entry| entry.id().min(self.shown_to));
        let is_here = |post: &PostNumber| section_of(*post) == number;
        Some(SectionState {
            revision: section.revision(),
            last,
            visible: self.live().visible_count(section.first(), last),
            pinned: self.live().pinned.as_ref().map(|post| post.id).filter(is_here),
            first_new: self.first_new().filter(is_here),
        })
    }

    /// The sections on the page that are older than the head says.
    #[must_use]
    pub fn stale(&self) -> Vec<SectionNumber> {
        let sections = self.coverage.sections().iter().map(|section| section.number);
        sections.filter(|number| self.coverage.missing_file(*number).is_some()).collect()
    }

    /// The entry with this number, if it is loaded.
    #[must_use]
    pub fn entry(&self, post: PostNumber) -> Option<&PostSlot> {
        self.coverage.section(section_of(post))?.entry(post)
    }

    /// Whether a post is loaded and shown.
    #[must_use]
    pub fn is_shown(&self, post: PostNumber) -> bool {
        post <= self.shown_to && self.entry(post).is_some()
    }

    /// The position of a post among all numbered ones, newest first, and their count, as assistive technology
    /// announces it ("3 of 120").
    #[must_use]
    pub fn place(&self, post: PostNumber) -> (u32, u32) {
        (self.shown_to - post.min(self.shown_to) + 1, self.shown_to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::live::Withdrawn;
    use crate::content::{LiveState, PageName, Timestamp};

    fn post(id: PostNumber, revision: Revision) -> PostSlot {
        let time = Timestamp::from_millis(0);
        PostSlot::Post(Arc::new(Post {
            id,
            revision,
            time,
            updated: None,
            title: None,
            author: None,
            key: false,
            body: Vec::new(),
        }))
    }

    fn page(first: PostNumber, withdrawn: Vec<PostNumber>) -> PostPage {
        let name = PageName::parse(&format!("{first}")).unwrap();
        PostPage { name, first, last: first + 49, revision: first + 49, withdrawn }
    }

    fn head(revision: Revision, pages: Vec<PostPage>, posts: Vec<PostSlot>) -> Arc<Live> {
        let time = Timestamp::from_millis(0);
        let key_events = vec![PostSummary { post: 3, title: "k".to_owned(), time }];
        Arc::new(Live {
            state: LiveState::Live,
            revision,
            changed: time,
            ended: None,
            interval: None,
            summary: Vec::new(),
            pinned: None,
            key_events,
            indexes: Vec::new(),
            pages,
            posts,
        })
    }

    fn posts(range: std::ops::RangeInclusive<u32>) -> Vec<PostSlot> {
        range.map(|id| post(id, id)).collect()
    }

    #[test]
    fn new_posts_wait_and_are_counted() {
        let mut stream = Stream::new(&head(3, Vec::new(), posts(1..=3)), None);
        assert_eq!(stream.waiting(), 0);
        stream.take_head(&head(5, Vec::new(), posts(1..=5)));
        assert_eq!(stream.waiting(), 2);
        assert_eq!(stream.entries(0).len(), 3);
        // One of those that wait is withdrawn.
        let mut fewer = posts(1..=5);
        fewer[3] = PostSlot::Withdrawn(Withdrawn { id: 4, revision: 6, reason: String::new() });
        stream.take_head(&head(6, Vec::new(), fewer));
        assert_eq!(stream.waiting(), 1);
        assert_eq!(stream.show(), Some(5));
        assert_eq!((stream.waiting(), stream.entries(0).len()), (0, 5));
        assert_eq!(stream.show(), None);
    }

    #[test]
    fn a_count_is_true_after_a_long_sleep() {
        let mut stream = Stream::new(&head(30, Vec::new(), posts(1..=30)), None);
        let pages =
            (0..10).map(|at| page(at * 50 + 1, if at == 0 { vec![20, 40] } else { vec![at * 50 + 7] }));
        stream.take_head(&head(600, pages.collect(), posts(501..=530)));
        assert_eq!(stream.waiting(), 500 - 1 - 9);
        assert_eq!(stream.show(), Some(31));
        assert_eq!(
            stream.feed_items(),
            [FeedItem::Section(10), FeedItem::Gap(31, 500), FeedItem::Section(0)]
        );
        assert_eq!(stream.stale(), [0]);
    }

    #[test]
    fn what_is_not_loaded_is_a_gap() {
        let mut stream = Stream::new(
            &head(260, (0..5).map(|at| page(at * 50 + 1, Vec::new())).collect(), posts(251..=260)),
            None,
        );
        assert_eq!(stream.feed_items(), [FeedItem::Section(5), FeedItem::Gap(1, 250)]);
        stream.take_posts(&posts(101..=150));
        assert_eq!(
            stream.feed_items(),
            [FeedItem::Section(5), FeedItem::Gap(151, 250), FeedItem::Section(2), FeedItem::Gap(1, 100)]
        );
        assert!(stream.is_shown(120) && !stream.is_shown(99));
    }

    #[test]
    fn a_visit_begins_where_the_last_one_ended() {
        let seen = Seen { post: 2, revision: 2 };
        let stream = Stream::new(
            &head(7, Vec::new(), vec![post(1, 1), post(2, 7), post(3, 3), post(4, 4)]),
            Some(seen),
        );
        assert_eq!(stream.first_new(), Some(3));
        assert_eq!(stream.missed().len(), 1);
        let changed: Vec<u32> = stream
            .entries(0)
            .iter()
            .filter_map(|entry| match entry {
                PostSlot::Post(post) if stream.has_changed(post) => Some(post.id),
                _ => None,
            })
            .collect();
        assert_eq!(changed, [2]);
        // What comes while the reader is here is not missed, and the line stays where it is.
        let mut here = Stream::new(&head(7, Vec::new(), posts(1..=4)), Some(Seen { post: 4, revision: 7 }));
        here.settle();
        let mut more = Live::clone(&head(8, Vec::new(), posts(1..=5)));
        more.key_events.push(PostSummary { post: 5, title: "k".to_owned(), time: Timestamp::from_millis(0) });
        here.take_head(&Arc::new(more));
        here.show();
        assert_eq!((here.first_new(), here.missed().len()), (None, 0));
        let first_visit = Stream::new(&head(7, Vec::new(), posts(1..=4)), None);
        assert_eq!((first_visit.first_new(), first_visit.missed().len()), (None, 0));
        assert_eq!(Stream::new(&head(7, Vec::new(), posts(1..=4)), Some(stream.seen())).first_new(), None);
    }

    #[test]
    fn a_section_is_another_exactly_when_what_is_shown_of_it_is() {
        let seen = Some(Seen { post: 1, revision: 1 });
        let mut stream = Stream::new(&head(60, vec![page(1, Vec::new())], posts(51..=60)), seen);
        stream.take_posts(&posts(1..=50));
        let both = |stream: &Stream| [0, 1].map(|number| stream.section_state(number).unwrap());
        let before = both(&stream);
        assert_eq!((before[0].first_new, before[0].visible, before[0].last), (Some(2), 50, 50));
        assert_eq!((before[1].first_new, before[1].visible, before[1].last), (None, 10, 60));
        assert_eq!(stream.section_state(2), None);
        // What waits is not shown.
        stream.take_head(&head(62, vec![page(1, Vec::new())], posts(51..=62)));
        assert_eq!(both(&stream)[0], before[0]);
        assert_eq!((both(&stream)[1].last, both(&stream)[1].visible), (60, 10));
        stream.show();
        assert_eq!((both(&stream)[1].last, both(&stream)[1].visible), (62, 12));
        // A post of the older section is withdrawn, and one of it is pinned: its page needs not have come again.
        let before = both(&stream);
        let mut next = Live::clone(&head(63, vec![page(1, vec![7])], posts(51..=62)));
        let PostSlot::Post(pinned) = post(8, 8) else { panic!() };
        next.pinned = Some(pinned);
        stream.take_head(&Arc::new(next));
        let after = both(&stream);
        assert_eq!((after[0].visible, after[0].pinned, &after[1]), (49, Some(8), &before[1]));
    }

    #[test]
    fn a_post_is_kept_as_it_was_first_seen() {
        let mut stream = Stream::new(&head(3, Vec::new(), posts(1..=3)), None);
        stream.take_head(&head(4, Vec::new(), vec![post(1, 4), post(2, 2), post(3, 3)]));
        stream.take_head(&head(5, Vec::new(), vec![post(1, 5), post(2, 2), post(3, 3)]));
        assert_eq!(stream.before(1).map(|post| post.revision), Some(1));
        assert_eq!(stream.before(2), None);
    }
}

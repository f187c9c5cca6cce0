//! The known content of a live blog: the newest head, and the newest copy of each section that was loaded.
//!
//! A section is fifty posts: the numbers 1 to 50, 51 to 100 and so on, like the pages. It arrives as a whole,
//! in a page or a head, and has the revision of its latest change. Of two copies the one with the higher
//! revision wins. So heads and pages may arrive in any order, repeatedly, or not at all: the result is the
//! newest of what has arrived. (A head that is older than the present one is ignored. Sections that only it
//! would have brought are loaded when they are needed.)

use std::sync::Arc;

use crate::content::PageName;
use crate::content::live::{Live, POSTS_IN_A_PAGE, PostNumber, PostPage, PostSlot, Revision, Withdrawn};

/// The number of a section, from 0 for the oldest.
pub type SectionNumber = u32;

/// The section that a post is in.
#[must_use]
pub fn section_of(post: PostNumber) -> SectionNumber {
    post.saturating_sub(1) / POSTS_IN_A_PAGE
}

/// A section of posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostSection {
    /// Its number.
    pub number: SectionNumber,
    /// Its posts, oldest first. The newest section may have fewer than fifty.
    pub entries: Vec<PostSlot>,
}

/// A file to load so that a section is up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissingFile {
    /// The page with the posts.
    Page(PageName),
    /// The index that lists the page.
    Index(PageName),
}

/// The known content of a live blog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    live: Arc<Live>,
    /// Sorted by number.
    sections: Vec<PostSection>,
    /// The pages that indexes list, with the number of the first post of each index.
    indexes: Vec<(PostNumber, Vec<PostPage>)>,
}

impl PostSection {
    /// The revision of the latest change in it.
    #[must_use]
    pub fn revision(&self) -> Revision {
        newest(&self.entries)
    }

    /// The number of its first post, whether that exists yet or not.
    #[must_use]
    pub fn first(&self) -> PostNumber {
        self.number * POSTS_IN_A_PAGE + 1
    }

    /// The entry with this number.
    #[must_use]
    pub fn entry(&self, post: PostNumber) -> Option<&PostSlot> {
        self.entries.iter().find(|entry| entry.id() == post)
    }
}

fn newest(entries: &[PostSlot]) -> Revision {
    entries.iter().map(PostSlot::revision).max().unwrap_or(0)
}

fn newest_of(pages: &[PostPage]) -> Revision {
    pages.iter().map(|page| page.revision).max().unwrap_or(0)
}

impl Coverage {
    /// The content of a first head.
    #[must_use]
    pub fn new(live: &Arc<Live>) -> Self {
        let mut coverage = Self { live: Arc::clone(live), sections: Vec::new(), indexes: Vec::new() };
        coverage.take_posts(&live.posts);
        coverage
    }

    /// The newest head.
    #[must_use]
    pub fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// The loaded sections, oldest first.
    #[must_use]
    pub fn sections(&self) -> &[PostSection] {
        &self.sections
    }

    /// A section, if it is loaded.
    #[must_use]
    pub fn section(&self, number: SectionNumber) -> Option<&PostSection> {
        self.sections.iter().find(|section| section.number == number)
    }

    /// An entry as it is shown: a post that the head lists as withdrawn is, even if its page has not been
    /// loaded again.
    #[must_use]
    pub fn as_shown(&self, entry: &PostSlot) -> PostSlot {
        match entry {
            PostSlot::Post(post) if self.live.is_withdrawn(post.id) => {
                PostSlot::Withdrawn(Withdrawn { id: post.id, revision: post.revision, reason: String::new() })
            }
            entry => entry.clone(),
        }
    }

    /// Merges a head. Returns the older copies that it replaced; `None` if it is not newer.
    pub fn take_head(&mut self, live: &Arc<Live>) -> Option<Vec<PostSection>> {
        if live.revision <= self.live.revision {
            return None;
        }
        self.live = Arc::clone(live);
        Some(self.take_posts(&live.posts))
    }

    /// Merges the posts of a page or a head. Returns the older copies that they replaced.
    pub fn take_posts(&mut self, entries: &[PostSlot]) -> Vec<PostSection> {
        let mut replaced = Vec::new();
        for part in entries.chunk_by(|a, b| section_of(a.id()) == section_of(b.id())) {
            let Some(number) = part.first().map(|entry| section_of(entry.id())) else { continue };
            let new = PostSection { number, entries: part.to_vec() };
            let place = self.sections.iter().position(|section| section.number >= number);
            match place.and_then(|place| self.sections.get_mut(place)) {
                Some(section) if section.number == number => {
                    if section.revision() < new.revision() {
                        replaced.push(std::mem::replace(section, new));
                    }
                }
                _ => self.sections.insert(place.unwrap_or(self.sections.len()), new),
            }
        }
        replaced
    }

    /// Merges the pages that an index lists.
    pub fn take_index(&mut self, pages: Vec<PostPage>) {
        let Some(first) = pages.first().map(|page| page.first) else { return };
        match self.indexes.iter_mut().find(|(known, _)| *known == first) {
            Some((_, known)) if newest_of(known) < newest_of(&pages) => *known = pages,
            Some(_) => {}
            None => self.indexes.push((first, pages)),
        }
    }

    /// The file to load so that a section is as new as the head says. `None` if it is, or if there is no such
    /// section.
    #[must_use]
    pub fn missing_file(&self, number: SectionNumber) -> Option<MissingFile> {
        let first = number * POSTS_IN_A_PAGE + 1;
        let known = self.section(number).map_or(0, PostSection::revision);
        let in_it = |pages: &[PostPage]| pages.iter().find(|page| page.holds(first)).cloned();
        if let Some(page) = in_it(&self.live.pages) {
            return (known < page.revision).then_some(MissingFile::Page(page.name));
        }
        let index = in_it(&self.live.indexes).filter(|index| known < index.revision)?;
        let listed =
            self.indexes.iter().find(|(at, _)| *at == index.first).map(|(_, pages)| pages.as_slice());
        match listed.filter(|pages| newest_of(pages) >= index.revision).and_then(in_it) {
            Some(page) => (known < page.revision).then_some(MissingFile::Page(page.name)),
            None => Some(MissingFile::Index(index.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::live::Post;
    use crate::content::{LiveState, Timestamp};

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

    fn page(first: PostNumber, revision: Revision) -> PostPage {
        let name = PageName::parse(&format!("{first}-{revision}")).unwrap();
        PostPage { name, first, last: first + 49, revision, withdrawn: Vec::new() }
    }

    fn head(revision: Revision, pages: Vec<PostPage>, posts: Vec<PostSlot>) -> Arc<Live> {
        Arc::new(Live {
            state: LiveState::Live,
            revision,
            changed: Timestamp::from_millis(0),
            ended: None,
            interval: None,
            summary: Vec::new(),
            pinned: None,
            key_events: Vec::new(),
            indexes: Vec::new(),
            pages,
            posts,
        })
    }

    #[test]
    fn an_older_head_is_ignored() {
        let mut coverage = Coverage::new(&head(5, Vec::new(), vec![post(1, 2), post(2, 5)]));
        assert!(coverage.take_head(&head(4, Vec::new(), vec![post(1, 2)])).is_none());
        assert!(coverage.take_head(&head(5, Vec::new(), vec![post(1, 2)])).is_none());
        assert_eq!(coverage.live().newest(), 2);
        assert!(coverage.take_head(&head(6, Vec::new(), vec![post(1, 6), post(2, 5)])).is_some());
        assert_eq!(coverage.section(0).unwrap().revision(), 6);
    }

    #[test]
    fn posts_that_moved_from_the_head_into_a_page_need_not_be_loaded_again() {
        let posts = |range: std::ops::RangeInclusive<u32>| range.map(|id| post(id, id)).collect::<Vec<_>>();
        let mut coverage = Coverage::new(&head(59, Vec::new(), posts(1..=59)));
        coverage.take_head(&head(60, vec![page(1, 50)], posts(51..=60)));
        assert_eq!(coverage.missing_file(0), None);
        assert_eq!(coverage.section(1).unwrap().entries.len(), 10);
        // One of them is edited: now it has to be.
        coverage.take_head(&head(61, vec![page(1, 61)], posts(51..=60)));
        assert_eq!(coverage.missing_file(0), Some(MissingFile::Page(PageName::parse("1-61").unwrap())));
        coverage.take_posts(&(1..=50).map(|id| post(id, if id == 7 { 61 } else { id })).collect::<Vec<_>>());
        assert_eq!(coverage.missing_file(0), None);
    }

    #[test]
    fn an_index_says_where_a_page_is() {
        let mut live = Live::clone(&head(1200, Vec::new(), vec![post(1001, 1001)]));
        live.indexes = vec![PostPage { last: 1000, ..page(1, 1200) }];
        let mut coverage = Coverage::new(&Arc::new(live));
        let index = |revision| MissingFile::Index(PageName::parse(&format!("1-{revision}")).unwrap());
        assert_eq!(coverage.missing_file(3), Some(index(1200)));
        coverage.take_index(
            (0..20).map(|at| page(at * 50 + 1, if at == 0 { 1200 } else { at * 50 + 50 })).collect(),
        );
        assert_eq!(coverage.missing_file(3), Some(MissingFile::Page(PageName::parse("151-200").unwrap())));
        coverage.take_posts(&(151..=200).map(|id| post(id, id)).collect::<Vec<_>>());
        assert_eq!(coverage.missing_file(3), None);
        assert_eq!(coverage.missing_file(50), None);
    }

    #[test]
    fn a_withdrawal_shows_before_its_page_has_come() {
        let posts: Vec<PostSlot> = (1..=60).map(|id| post(id, id)).collect();
        let mut coverage = Coverage::new(&head(60, Vec::new(), posts.clone()));
        let filed = PostPage { withdrawn: vec![7], ..page(1, 61) };
        coverage.take_head(&head(61, vec![filed], posts[50..].to_vec()));
        assert!(matches!(coverage.as_shown(&posts[6]), PostSlot::Withdrawn(_)));
        assert_eq!(coverage.as_shown(&posts[7]), posts[7]);
    }
}

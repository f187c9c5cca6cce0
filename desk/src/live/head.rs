//! The rules for the head of a live blog: numbers without gaps, pages of fifty, indexes of twenty pages, and no post
//! with a higher revision than the head.
//!
//! A head that breaks a rule is not changed any more ([`Blog::new`](super::blog::Blog::new)), and `desk check`
//! reports each violation.

use dateline::content::live::{Live, PAGES_IN_AN_INDEX, POSTS_IN_A_PAGE, PostNumber, PostPage, PostSlot};

/// How many posts an index covers.
const POSTS_IN_AN_INDEX: u32 = POSTS_IN_A_PAGE * PAGES_IN_AN_INDEX;

/// A violation: a JSON pointer within the live part, and what is wrong there.
pub(crate) type Wrong = (String, String);

/// All violations in a head.
pub(crate) fn wrongs(live: &Live) -> Vec<Wrong> {
    let mut wrongs = Vec::new();
    let newest = live.newest();
    let mut next = chain("/indexes", &live.indexes, 1, POSTS_IN_AN_INDEX, &mut wrongs);
    next = chain("/pages", &live.pages, next, POSTS_IN_A_PAGE, &mut wrongs);
    for (at, entry) in live.posts.iter().enumerate() {
        if entry.id() != next {
            wrongs
                .push((format!("/posts/{at}/id"), format!("is {}, where {next} was to follow", entry.id())));
        }
        next = entry.id().saturating_add(1);
    }
    let pages = live.indexes.iter().chain(&live.pages).map(|page| page.revision);
    if let Some(highest) = pages.chain(live.posts.iter().map(PostSlot::revision)).max()
        && highest > live.revision
    {
        wrongs.push(("/revision".to_owned(), format!("is below {highest}, the highest of its posts")));
    }
    if let Some(pinned) = &live.pinned {
        let stands = (1..=newest).contains(&pinned.id) && !live.is_withdrawn(pinned.id);
        if !stands {
            wrongs.push(("/pinned/id".to_owned(), format!("there is no post {} to pin", pinned.id)));
        }
        let here = live.posts.iter().find(|entry| entry.id() == pinned.id);
        if here.is_some_and(|entry| entry.revision() != pinned.revision) {
            wrongs.push(("/pinned/revision".to_owned(), "is not that of the post itself".to_owned()));
        }
    }
    let mut last = 0;
    for (at, line) in live.key_events.iter().enumerate() {
        let pointer = format!("/key_events/{at}/post");
        if !(1..=newest).contains(&line.post) || live.is_withdrawn(line.post) {
            wrongs.push((pointer, format!("there is no post {}", line.post)));
        } else if line.post <= last {
            wrongs.push((pointer, "is out of order".to_owned()));
        }
        last = last.max(line.post);
    }
    wrongs
}

/// Checks a list of pages that begins with post `next` and has `size` posts a page; returns the number after the last
/// post.
pub(crate) fn chain(
    pointer: &str,
    pages: &[PostPage],
    mut next: PostNumber,
    size: u32,
    wrongs: &mut Vec<Wrong>,
) -> PostNumber {
    for (at, page) in pages.iter().enumerate() {
        let here = format!("{pointer}/{at}");
        if page.first != next {
            wrongs.push((format!("{here}/first"), format!("is {}, where {next} was to follow", page.first)));
        }
        let last = page.first.saturating_add(size - 1);
        if page.last != last {
            wrongs.push((format!("{here}/last"), format!("is {}, and has to be {last}", page.last)));
        }
        for (which, number) in page.withdrawn.iter().enumerate().filter(|(_, number)| !page.holds(**number)) {
            wrongs.push((format!("{here}/withdrawn/{which}"), format!("{number} is no post of this page")));
        }
        next = page.last.saturating_add(1);
    }
    next
}

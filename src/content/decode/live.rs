//! The live matter of a story, and the files of its older posts.

use std::sync::Arc;

use super::body::block;
use super::story::{opened, unusable};
use super::walk::{Walk, any_line, id, number, one_line, time};
use super::{Decoded, Failure, Value, What, parse};
use crate::content::PageName;
use crate::content::live::{Entry, Live, LiveState, LiveTeaser, Page, Post, PostLine, Withdrawn};

/// Reads a page: its posts, oldest first.
///
/// # Errors
/// A [`Failure`] where the file can't be read.
pub fn page(bytes: &[u8]) -> Result<Decoded<Vec<Entry>>, Failure> {
    let value = parse(bytes)?;
    let mut walk = Walk::default();
    let object = opened(&mut walk, &value)?;
    // Without posts it is another file than it should be.
    let Some(entries) = walk.some(object, "posts", entry) else { return Err(unusable(&mut walk)) };
    Ok(Decoded { value: in_order(entries), problems: walk.problems })
}

/// Reads an index: its pages, oldest first.
///
/// # Errors
/// A [`Failure`] where the file can't be read.
pub fn index(bytes: &[u8]) -> Result<Decoded<Vec<Page>>, Failure> {
    let value = parse(bytes)?;
    let mut walk = Walk::default();
    let object = opened(&mut walk, &value)?;
    let Some(pages) = walk.some(object, "pages", listed) else { return Err(unusable(&mut walk)) };
    Ok(Decoded { value: pages, problems: walk.problems })
}

pub(super) fn live(walk: &mut Walk, value: &Value<'_>) -> Option<Live> {
    let object = walk.object(value)?;
    Some(Live {
        state: walk.required(object, "state", state)?,
        revision: walk.required(object, "revision", number)?,
        changed: walk.required(object, "changed", time)?,
        ended: walk.optional(object, "ended", time),
        interval: walk.optional(object, "interval", number),
        summary: walk.list(object, "summary", block),
        pinned: walk.optional(object, "pinned", post),
        key_events: walk.list(object, "key_events", post_line),
        indexes: walk.list(object, "indexes", listed),
        pages: walk.list(object, "pages", listed),
        posts: in_order(walk.list(object, "posts", entry)),
    })
}

pub(super) fn live_teaser(walk: &mut Walk, value: &Value<'_>) -> Option<LiveTeaser> {
    let object = walk.object(value)?;
    Some(LiveTeaser {
        state: walk.required(object, "state", state)?,
        latest: walk.optional(object, "latest", post_line),
        withdrawn: walk.list(object, "withdrawn", ordinal),
    })
}

/// By number. Of two with one number the one that changed last stays.
fn in_order(entries: Vec<Entry>) -> Vec<Entry> {
    let mut ordered: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        // They are in order where a desk wrote them, so that this looks at the last one alone.
        let place = ordered.iter().rposition(|other| other.id() <= entry.id());
        match place.and_then(|place| ordered.get_mut(place)) {
            Some(other) if other.id() == entry.id() => {
                if other.revision() < entry.revision() {
                    *other = entry;
                }
            }
            _ => ordered.insert(place.map_or(0, |place| place + 1), entry),
        }
    }
    ordered
}

fn state(walk: &mut Walk, value: &Value<'_>) -> Option<LiveState> {
    match one_line(walk, value)?.as_str() {
        "live" => Some(LiveState::Live),
        "paused" => Some(LiveState::Paused),
        "ended" => Some(LiveState::Ended),
        other => walk.leave_out(What::UnknownKind(other.to_owned())),
    }
}

fn post_line(walk: &mut Walk, value: &Value<'_>) -> Option<PostLine> {
    let object = walk.object(value)?;
    Some(PostLine {
        post: walk.required(object, "post", ordinal)?,
        title: walk.required(object, "title", one_line)?,
        time: walk.required(object, "time", time)?,
    })
}

fn listed(walk: &mut Walk, value: &Value<'_>) -> Option<Page> {
    let object = walk.object(value)?;
    Some(Page {
        name: walk.required(object, "name", page_name)?,
        first: walk.required(object, "first", ordinal)?,
        last: walk.required(object, "last", ordinal)?,
        revision: walk.required(object, "revision", number)?,
        withdrawn: walk.list(object, "withdrawn", ordinal),
    })
}

fn page_name(walk: &mut Walk, value: &Value<'_>) -> Option<PageName> {
    id(walk, value, PageName::parse)
}

fn entry(walk: &mut Walk, value: &Value<'_>) -> Option<Entry> {
    let object = walk.object(value)?;
    let Some(reason) = walk.optional(object, "withdrawn", any_line) else {
        return post(walk, value).map(Entry::Post);
    };
    let id = walk.required(object, "id", ordinal)?;
    let revision = walk.required(object, "revision", number)?;
    Some(Entry::Withdrawn(Withdrawn { id, revision, reason }))
}

fn post(walk: &mut Walk, value: &Value<'_>) -> Option<Arc<Post>> {
    let object = walk.object(value)?;
    Some(Arc::new(Post {
        id: walk.required(object, "id", ordinal)?,
        revision: walk.required(object, "revision", number)?,
        time: walk.required(object, "time", time)?,
        updated: walk.optional(object, "updated", time),
        title: walk.optional(object, "title", one_line),
        author: walk.optional(object, "author", one_line),
        key: walk.optional(object, "key", super::walk::flag).unwrap_or(false),
        body: walk.list(object, "body", block),
    }))
}

/// The number of a post.
fn ordinal(walk: &mut Walk, value: &Value<'_>) -> Option<u32> {
    // Far beyond what anybody posts, so that counting on from one never overflows.
    let number = number(walk, value)?;
    if (1..=1_000_000_000).contains(&number) {
        Some(number)
    } else {
        walk.leave_out(What::Not("a number from 1"))
    }
}

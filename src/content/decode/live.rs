//! Decodes the live part of a story, and the files of its older posts.

use std::sync::Arc;

use serde_json::Value;

use super::body::block;
use super::cursor::{Cursor, any_line, flag, id, number, one_line, opened, time, unusable};
use super::error::{DecodeError, Decoded, WarningKind};
use super::json::parse;
use crate::content::PageName;
use crate::content::live::{Live, LiveState, LiveTeaser, Post, PostPage, PostSlot, PostSummary, Withdrawn};

/// Reads a page: its posts, oldest first.
///
/// # Errors
/// A [`DecodeError`] where the file can't be read.
pub fn page(bytes: &[u8]) -> Result<Decoded<Vec<PostSlot>>, DecodeError> {
    let value = parse(bytes)?;
    let mut cursor = Cursor::default();
    let object = opened(&mut cursor, &value)?;
    // A file without posts is not a page.
    let Some(entries) = cursor.some(object, "posts", entry) else { return Err(unusable(&mut cursor)) };
    Ok(Decoded { value: in_order(entries), warnings: cursor.warnings })
}

/// Reads an index: its pages, oldest first.
///
/// # Errors
/// A [`DecodeError`] where the file can't be read.
pub fn index(bytes: &[u8]) -> Result<Decoded<Vec<PostPage>>, DecodeError> {
    let value = parse(bytes)?;
    let mut cursor = Cursor::default();
    let object = opened(&mut cursor, &value)?;
    let Some(pages) = cursor.some(object, "pages", listed) else { return Err(unusable(&mut cursor)) };
    Ok(Decoded { value: pages, warnings: cursor.warnings })
}

pub(super) fn live(cursor: &mut Cursor, value: &Value) -> Option<Live> {
    let object = cursor.object(value)?;
    Some(Live {
        state: cursor.required(object, "state", state)?,
        revision: cursor.required(object, "revision", number)?,
        changed: cursor.required(object, "changed", time)?,
        ended: cursor.optional(object, "ended", time),
        interval: cursor.optional(object, "interval", number),
        summary: cursor.list(object, "summary", block),
        pinned: cursor.optional(object, "pinned", post),
        key_events: cursor.list(object, "key_events", post_summary),
        indexes: cursor.list(object, "indexes", listed),
        pages: cursor.list(object, "pages", listed),
        posts: in_order(cursor.list(object, "posts", entry)),
    })
}

pub(super) fn live_teaser(cursor: &mut Cursor, value: &Value) -> Option<LiveTeaser> {
    let object = cursor.object(value)?;
    Some(LiveTeaser {
        state: cursor.required(object, "state", state)?,
        latest: cursor.optional(object, "latest", post_summary),
        withdrawn: cursor.list(object, "withdrawn", ordinal),
    })
}

/// Sorts entries by number. Of two with the same number the one that changed last stays.
fn in_order(entries: Vec<PostSlot>) -> Vec<PostSlot> {
    let mut ordered: Vec<PostSlot> = Vec::with_capacity(entries.len());
    for entry in entries {
        // The desk writes them in order, so this looks only at the last one.
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

fn state(cursor: &mut Cursor, value: &Value) -> Option<LiveState> {
    match one_line(cursor, value)?.as_str() {
        "live" => Some(LiveState::Live),
        "paused" => Some(LiveState::Paused),
        "ended" => Some(LiveState::Ended),
        other => cursor.leave_out(WarningKind::UnknownKind(other.to_owned())),
    }
}

fn post_summary(cursor: &mut Cursor, value: &Value) -> Option<PostSummary> {
    let object = cursor.object(value)?;
    Some(PostSummary {
        post: cursor.required(object, "post", ordinal)?,
        title: cursor.required(object, "title", one_line)?,
        time: cursor.required(object, "time", time)?,
    })
}

fn listed(cursor: &mut Cursor, value: &Value) -> Option<PostPage> {
    let object = cursor.object(value)?;
    Some(PostPage {
        name: cursor.required(object, "name", page_name)?,
        first: cursor.required(object, "first", ordinal)?,
        last: cursor.required(object, "last", ordinal)?,
        revision: cursor.required(object, "revision", number)?,
        withdrawn: cursor.list(object, "withdrawn", ordinal),
    })
}

fn page_name(cursor: &mut Cursor, value: &Value) -> Option<PageName> {
    id(cursor, value, PageName::parse)
}

fn entry(cursor: &mut Cursor, value: &Value) -> Option<PostSlot> {
    let object = cursor.object(value)?;
    let Some(reason) = cursor.optional(object, "withdrawn", any_line) else {
        return post(cursor, value).map(PostSlot::Post);
    };
    let id = cursor.required(object, "id", ordinal)?;
    let revision = cursor.required(object, "revision", number)?;
    Some(PostSlot::Withdrawn(Withdrawn { id, revision, reason }))
}

fn post(cursor: &mut Cursor, value: &Value) -> Option<Arc<Post>> {
    let object = cursor.object(value)?;
    Some(Arc::new(Post {
        id: cursor.required(object, "id", ordinal)?,
        revision: cursor.required(object, "revision", number)?,
        time: cursor.required(object, "time", time)?,
        updated: cursor.optional(object, "updated", time),
        title: cursor.optional(object, "title", one_line),
        author: cursor.optional(object, "author", one_line),
        key: cursor.optional(object, "key", flag).unwrap_or(false),
        body: cursor.list(object, "body", block),
    }))
}

/// The number of a post.
fn ordinal(cursor: &mut Cursor, value: &Value) -> Option<u32> {
    // Far more than anybody posts, so that adding one never overflows.
    let number = number(cursor, value)?;
    if (1..=1_000_000_000).contains(&number) {
        Some(number)
    } else {
        cursor.leave_out(WarningKind::Not("a number from 1"))
    }
}

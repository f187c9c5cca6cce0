//! Decodes `stories/<id>.json`.

use std::sync::Arc;

use serde_json::Value;

use super::body::{block, picture, related_link, text};
use super::cursor::{
    Cursor, direction, href, language, one_line, opened, section_id, story_id, time, unusable,
};
use super::error::{DecodeError, Decoded};
use super::json::parse;
use super::live::live;
use crate::content::{Author, Correction, Kind, Story};

/// Reads a story.
///
/// # Errors
/// A [`DecodeError`] where the file can't be read, or where its id, kind, headline or time of publication
/// can't be.
pub fn story(bytes: &[u8]) -> Result<Decoded<Story>, DecodeError> {
    let value = parse(bytes)?;
    let mut cursor = Cursor::default();
    let object = opened(&mut cursor, &value)?;
    let kind = match cursor.required(object, "kind", one_line).as_deref() {
        Some("article") => Some(Kind::Article),
        Some("live") => Some(Kind::Live),
        Some(other) => return Err(DecodeError::UnknownKind(other.to_owned())),
        None => None,
    };
    let id = cursor.required(object, "id", story_id);
    let headline = cursor.required(object, "headline", one_line);
    let published = cursor.required(object, "published", time);
    let (Some(id), Some(kind), Some(headline), Some(published)) = (id, kind, headline, published) else {
        return Err(unusable(&mut cursor));
    };
    let value = Story {
        id,
        kind,
        language: cursor.optional(object, "language", language),
        direction: cursor.optional(object, "direction", direction),
        section: cursor.optional(object, "section", section_id),
        headline,
        kicker: cursor.optional(object, "kicker", one_line),
        standfirst: cursor.optional(object, "standfirst", text).unwrap_or_default(),
        byline: cursor.list(object, "byline", author),
        dateline: cursor.optional(object, "dateline", one_line),
        published,
        updated: cursor.optional(object, "updated", time),
        tags: cursor.list(object, "tags", one_line),
        image: cursor.optional(object, "image", picture),
        takeaways: cursor.list(object, "takeaways", text),
        corrections: cursor.list(object, "corrections", correction),
        body: cursor.list(object, "body", block),
        related: cursor.list(object, "related", related_link),
        canonical: cursor.optional(object, "canonical", href),
        live: cursor.optional(object, "live", live).filter(|_| kind == Kind::Live).map(Arc::new),
    };
    Ok(Decoded { value, warnings: cursor.warnings })
}

fn author(cursor: &mut Cursor, value: &Value) -> Option<Author> {
    if value.as_str().is_some() {
        return one_line(cursor, value).map(|name| Author { name, href: None, picture: None });
    }
    let object = cursor.object(value)?;
    Some(Author {
        name: cursor.required(object, "name", one_line)?,
        href: cursor.optional(object, "href", href),
        picture: cursor.optional(object, "picture", picture),
    })
}

fn correction(cursor: &mut Cursor, value: &Value) -> Option<Correction> {
    let object = cursor.object(value)?;
    Some(Correction {
        time: cursor.required(object, "time", time)?,
        text: cursor.required(object, "text", text)?,
    })
}

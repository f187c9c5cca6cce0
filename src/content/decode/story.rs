//! `stories/<id>.json`.

use std::sync::Arc;

use super::body::{block, picture, text};
use super::live::live;
use super::walk::{Walk, any_line, direction, flag, href, id, language, one_line, time};
use super::{Decoded, Failure, Object, Problem, VERSION, Value, What, parse};
use crate::content::{Author, Correction, Kind, RelatedLink, SectionId, Story, StoryId};

/// Reads a story.
///
/// # Errors
/// A [`Failure`] where the file can't be read, or where its id, kind, headline or time of publication
/// can't be.
pub fn story(bytes: &[u8]) -> Result<Decoded<Story>, Failure> {
    let value = parse(bytes)?;
    let mut walk = Walk::default();
    let object = opened(&mut walk, &value)?;
    let kind = match walk.required(object, "kind", one_line).as_deref() {
        Some("article") => Some(Kind::Article),
        Some("live") => Some(Kind::Live),
        Some(other) => return Err(Failure::UnknownKind(other.to_owned())),
        None => None,
    };
    let id = walk.required(object, "id", story_id);
    let headline = walk.required(object, "headline", one_line);
    let published = walk.required(object, "published", time);
    let (Some(id), Some(kind), Some(headline), Some(published)) = (id, kind, headline, published) else {
        return Err(unusable(&mut walk));
    };
    let value = Story {
        id,
        kind,
        language: walk.optional(object, "language", language),
        direction: walk.optional(object, "direction", direction),
        section: walk.optional(object, "section", section_id),
        headline,
        kicker: walk.optional(object, "kicker", one_line),
        standfirst: walk.optional(object, "standfirst", text).unwrap_or_default(),
        byline: walk.list(object, "byline", author),
        dateline: walk.optional(object, "dateline", one_line),
        published,
        updated: walk.optional(object, "updated", time),
        tags: walk.list(object, "tags", one_line),
        image: walk.optional(object, "image", picture),
        takeaways: walk.list(object, "takeaways", text),
        corrections: walk.list(object, "corrections", correction),
        body: walk.list(object, "body", block),
        related: walk.list(object, "related", related_link),
        canonical: walk.optional(object, "canonical", href),
        live: walk.optional(object, "live", live).filter(|_| kind == Kind::Live).map(Arc::new),
    };
    Ok(Decoded { value, problems: walk.problems })
}

/// The object that a file is, once its version is known to be one that can be read here.
pub(super) fn opened<'a>(walk: &mut Walk, value: &'a Value<'a>) -> Result<&'a Object<'a>, Failure> {
    let Some(object) = walk.object(value) else { return Err(unusable(walk)) };
    match object.get("version").and_then(Value::as_u32) {
        Some(version) if version > VERSION => Err(Failure::Newer(version)),
        _ => Ok(object),
    }
}

/// The failure that the first problem noted amounts to.
pub(super) fn unusable(walk: &mut Walk) -> Failure {
    let whole = Problem { pointer: String::new(), what: What::Not("an object") };
    Failure::Unusable(if walk.problems.is_empty() { whole } else { walk.problems.swap_remove(0) })
}

pub(super) fn story_id(walk: &mut Walk, value: &Value<'_>) -> Option<StoryId> {
    id(walk, value, StoryId::parse)
}

pub(super) fn section_id(walk: &mut Walk, value: &Value<'_>) -> Option<SectionId> {
    id(walk, value, SectionId::parse)
}

fn author(walk: &mut Walk, value: &Value<'_>) -> Option<Author> {
    if value.as_str().is_some() {
        return one_line(walk, value).map(|name| Author { name, href: None, picture: None });
    }
    let object = walk.object(value)?;
    Some(Author {
        name: walk.required(object, "name", one_line)?,
        href: walk.optional(object, "href", href),
        picture: walk.optional(object, "picture", picture),
    })
}

fn correction(walk: &mut Walk, value: &Value<'_>) -> Option<Correction> {
    let object = walk.object(value)?;
    Some(Correction {
        time: walk.required(object, "time", time)?,
        text: walk.required(object, "text", text)?,
    })
}

pub(super) fn related_link(walk: &mut Walk, value: &Value<'_>) -> Option<RelatedLink> {
    let object = walk.object(value)?;
    Some(RelatedLink {
        headline: walk.required(object, "headline", any_line)?,
        story: walk.optional(object, "story", story_id),
        href: walk.optional(object, "href", href),
        live: walk.optional(object, "live", flag).unwrap_or(false),
    })
}

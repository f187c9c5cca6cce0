//! `edition.json`.

use std::sync::Arc;

use super::body::picture;
use super::cursor::{Cursor, direction, href, language, one_line, time, time_zone};
use super::live::live_teaser;
use super::story::{opened, section_id, story_id, unusable};
use super::{DecodeError, Decoded, Value, Warning, WarningKind, parse};
use crate::content::{Edition, Kind, Publication, Section, Teaser};

/// Reads an edition.
///
/// # Errors
/// A [`DecodeError`] where the file can't be read, or where its publication has no name.
pub fn edition(bytes: &[u8]) -> Result<Decoded<Edition>, DecodeError> {
    let value = parse(bytes)?;
    let mut cursor = Cursor::default();
    let object = opened(&mut cursor, &value)?;
    let Some(publication) = cursor.required(object, "publication", publication) else {
        return Err(unusable(&mut cursor));
    };
    let mut sections = cursor.list(object, "sections", section);
    leave_out_duplicates(&mut cursor, &mut sections);
    let sections = sections.into_iter().map(|read| read.section).collect();
    Ok(Decoded { value: Edition { publication, sections }, warnings: cursor.warnings })
}

/// A section with the pointers of itself and of its teasers, for what is found wrong between them.
struct Read {
    section: Section,
    pointer: String,
    teasers: Vec<String>,
}

/// A story has one teaser in an edition, and a section one place: the first.
fn leave_out_duplicates(cursor: &mut Cursor, sections: &mut Vec<Read>) {
    let mut seen_sections = Vec::new();
    sections.retain(|read| {
        let new = is_new(&mut seen_sections, read.section.id.as_str());
        if !new {
            let kind = WarningKind::Duplicate(read.section.id.to_string());
            cursor.warnings.push(Warning { pointer: format!("{}/id", read.pointer), kind });
        }
        new
    });
    let mut seen = Vec::new();
    for read in sections {
        let mut pointers = std::mem::take(&mut read.teasers).into_iter();
        read.section.teasers.retain(|teaser| {
            let pointer = pointers.next().unwrap_or_default();
            let new = is_new(&mut seen, teaser.id.as_str());
            if !new {
                let kind = WarningKind::Duplicate(teaser.id.to_string());
                cursor.warnings.push(Warning { pointer: format!("{pointer}/id"), kind });
            }
            new
        });
    }
}

/// Whether a text is none of those seen before, which are in order. (A set would be another kilobyte for every
/// reader; what this moves about for ten thousand stories takes a few milliseconds.)
fn is_new(seen: &mut Vec<String>, text: &str) -> bool {
    match seen.binary_search_by(|known| known.as_str().cmp(text)) {
        Ok(_) => false,
        Err(place) => {
            seen.insert(place, text.to_owned());
            true
        }
    }
}

fn publication(cursor: &mut Cursor, value: &Value) -> Option<Publication> {
    let object = cursor.object(value)?;
    Some(Publication {
        name: cursor.required(object, "name", one_line)?,
        tagline: cursor.optional(object, "tagline", one_line),
        home: cursor.optional(object, "home", href),
        language: cursor.optional(object, "language", language),
        direction: cursor.optional(object, "direction", direction),
        time_zone: cursor.optional(object, "time_zone", time_zone),
    })
}

fn section(cursor: &mut Cursor, value: &Value) -> Option<Read> {
    let object = cursor.object(value)?;
    let id = cursor.required(object, "id", section_id)?;
    let name = cursor.required(object, "name", one_line)?;
    let pointer = cursor.warning(WarningKind::TooDeep).pointer;
    let (teasers, pointers) = cursor.list(object, "teasers", teaser_here).into_iter().unzip();
    Some(Read { section: Section { id, name, teasers }, pointer, teasers: pointers })
}

fn teaser_here(cursor: &mut Cursor, value: &Value) -> Option<(Arc<Teaser>, String)> {
    teaser(cursor, value).map(|teaser| (Arc::new(teaser), cursor.warning(WarningKind::TooDeep).pointer))
}

fn teaser(cursor: &mut Cursor, value: &Value) -> Option<Teaser> {
    let object = cursor.object(value)?;
    Some(Teaser {
        id: cursor.required(object, "id", story_id)?,
        kind: cursor.required(object, "kind", kind)?,
        language: cursor.optional(object, "language", language),
        direction: cursor.optional(object, "direction", direction),
        headline: cursor.required(object, "headline", one_line)?,
        kicker: cursor.optional(object, "kicker", one_line),
        standfirst: cursor.optional(object, "standfirst", one_line),
        image: cursor.optional(object, "image", picture),
        published: cursor.required(object, "published", time)?,
        updated: cursor.optional(object, "updated", time),
        tags: cursor.list(object, "tags", one_line),
        live: cursor.optional(object, "live", live_teaser),
    })
}

fn kind(cursor: &mut Cursor, value: &Value) -> Option<Kind> {
    match one_line(cursor, value)?.as_str() {
        "article" => Some(Kind::Article),
        "live" => Some(Kind::Live),
        other => cursor.leave_out(WarningKind::UnknownKind(other.to_owned())),
    }
}

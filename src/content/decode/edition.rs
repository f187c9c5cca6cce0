//! Decodes `edition.json`.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::body::picture;
use super::cursor::{
    Cursor, direction, href, language, one_line, opened, section_id, story_id, time, time_zone, unusable,
};
use super::error::{DecodeError, Decoded, Warning, WarningKind};
use super::json::parse;
use super::live::live_teaser;
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

/// A section with its JSON pointer and those of its teasers, for warnings about duplicates.
struct Read {
    section: Section,
    pointer: String,
    teasers: Vec<String>,
}

/// Removes teasers and sections whose id has occurred before.
fn leave_out_duplicates(cursor: &mut Cursor, sections: &mut Vec<Read>) {
    let mut seen_sections = BTreeSet::new();
    sections.retain(|read| {
        let new = seen_sections.insert(read.section.id.clone());
        if !new {
            let kind = WarningKind::Duplicate(read.section.id.to_string());
            cursor.warnings.push(Warning { pointer: format!("{}/id", read.pointer), kind });
        }
        new
    });
    let mut seen = BTreeSet::new();
    for read in sections {
        let mut pointers = std::mem::take(&mut read.teasers).into_iter();
        read.section.teasers.retain(|teaser| {
            let pointer = pointers.next().unwrap_or_default();
            let new = seen.insert(teaser.id.clone());
            if !new {
                let kind = WarningKind::Duplicate(teaser.id.to_string());
                cursor.warnings.push(Warning { pointer: format!("{pointer}/id"), kind });
            }
            new
        });
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

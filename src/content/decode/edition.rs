//! `edition.json`.

use std::sync::Arc;

use super::body::picture;
use super::live::live_teaser;
use super::story::{opened, section_id, story_id, unusable};
use super::walk::{Walk, direction, href, language, one_line, time, time_zone};
use super::{Decoded, Failure, Problem, Value, What, parse};
use crate::content::{Edition, Kind, Publication, Section, Teaser};

/// Reads an edition.
///
/// # Errors
/// A [`Failure`] where the file can't be read, or where its publication has no name.
pub fn edition(bytes: &[u8]) -> Result<Decoded<Edition>, Failure> {
    let value = parse(bytes)?;
    let mut walk = Walk::default();
    let object = opened(&mut walk, &value)?;
    let Some(publication) = walk.required(object, "publication", publication) else {
        return Err(unusable(&mut walk));
    };
    let mut sections = walk.list(object, "sections", section);
    leave_out_duplicates(&mut walk, &mut sections);
    let sections = sections.into_iter().map(|read| read.section).collect();
    Ok(Decoded { value: Edition { publication, sections }, problems: walk.problems })
}

/// A section with the pointers of itself and of its teasers, for what is found wrong between them.
struct Read {
    section: Section,
    pointer: String,
    teasers: Vec<String>,
}

/// A story has one teaser in an edition, and a section one place: the first.
fn leave_out_duplicates(walk: &mut Walk, sections: &mut Vec<Read>) {
    let mut seen_sections = Vec::new();
    sections.retain(|read| {
        let new = is_new(&mut seen_sections, read.section.id.as_str());
        if !new {
            let what = What::Duplicate(read.section.id.to_string());
            walk.problems.push(Problem { pointer: format!("{}/id", read.pointer), what });
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
                let what = What::Duplicate(teaser.id.to_string());
                walk.problems.push(Problem { pointer: format!("{pointer}/id"), what });
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

fn publication(walk: &mut Walk, value: &Value<'_>) -> Option<Publication> {
    let object = walk.object(value)?;
    Some(Publication {
        name: walk.required(object, "name", one_line)?,
        tagline: walk.optional(object, "tagline", one_line),
        home: walk.optional(object, "home", href),
        language: walk.optional(object, "language", language),
        direction: walk.optional(object, "direction", direction),
        time_zone: walk.optional(object, "time_zone", time_zone),
    })
}

fn section(walk: &mut Walk, value: &Value<'_>) -> Option<Read> {
    let object = walk.object(value)?;
    let id = walk.required(object, "id", section_id)?;
    let name = walk.required(object, "name", one_line)?;
    let pointer = walk.problem(What::TooDeep).pointer;
    let (teasers, pointers) = walk.list(object, "teasers", teaser_here).into_iter().unzip();
    Some(Read { section: Section { id, name, teasers }, pointer, teasers: pointers })
}

fn teaser_here(walk: &mut Walk, value: &Value<'_>) -> Option<(Arc<Teaser>, String)> {
    teaser(walk, value).map(|teaser| (Arc::new(teaser), walk.problem(What::TooDeep).pointer))
}

fn teaser(walk: &mut Walk, value: &Value<'_>) -> Option<Teaser> {
    let object = walk.object(value)?;
    Some(Teaser {
        id: walk.required(object, "id", story_id)?,
        kind: walk.required(object, "kind", kind)?,
        language: walk.optional(object, "language", language),
        direction: walk.optional(object, "direction", direction),
        headline: walk.required(object, "headline", one_line)?,
        kicker: walk.optional(object, "kicker", one_line),
        standfirst: walk.optional(object, "standfirst", one_line),
        image: walk.optional(object, "image", picture),
        published: walk.required(object, "published", time)?,
        updated: walk.optional(object, "updated", time),
        tags: walk.list(object, "tags", one_line),
        live: walk.optional(object, "live", live_teaser),
    })
}

fn kind(walk: &mut Walk, value: &Value<'_>) -> Option<Kind> {
    match one_line(walk, value)?.as_str() {
        "article" => Some(Kind::Article),
        "live" => Some(Kind::Live),
        other => walk.leave_out(What::UnknownKind(other.to_owned())),
    }
}

//! `desk import`: turns sources into stories, and puts their teasers into the edition.
//!
//! All sources are read and converted before anything is written, so one bad file changes nothing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dateline::content::text::{excerpt, line};
use dateline::content::{Block, Kind, Picture, SectionId, Story, StoryId, Teaser, Text, Timestamp};
use dateline::convert::{ConvertError, Draft, guardian, markdown, page, text};

use crate::folder::{Folder, FolderError, PATIENCE, PageFile};
use crate::live::blog::{self, BlogError};
use crate::live::cover;
use crate::pictures::{self, Copies};
use crate::source::{self, Format, Source, SourceError};

/// Ids are cut to this length, because they stand in addresses that people read.
const LONGEST_ID: usize = 80;
/// Length of a teaser's standfirst, in characters, if the story has none of its own.
const EXCERPT: usize = 200;
/// The section of a story that names none.
const SECTION: &str = "News";

/// What to import.
#[derive(Debug)]
pub struct Request {
    /// The files.
    pub files: Vec<PathBuf>,
    /// The edition's folder.
    pub into: PathBuf,
    /// The section, if given.
    pub section: Option<String>,
    /// The format of the files, if given.
    pub format: Option<Format>,
    /// The time of stories that name none.
    pub now: Timestamp,
}

/// What was imported.
#[derive(Debug, Default)]
pub struct Imported {
    /// The stories' files.
    pub files: Vec<PathBuf>,
    /// What was left out.
    pub warnings: Vec<String>,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file can't be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A file that can't be converted.
    #[error("{}: {error}", path.display())]
    Convert {
        /// The file.
        path: PathBuf,
        /// Why.
        error: ConvertError,
    },
    /// An invalid id.
    #[error("{}: '{id}' can't be a story's id: use letters, digits, '-', '_' and '.'", path.display())]
    Id {
        /// The file.
        path: PathBuf,
        /// The id in the file.
        id: String,
    },
    /// Two files that would become the same story.
    #[error("{} and {}: both are the story '{id}'", first.display(), second.display())]
    Twice {
        /// The story.
        id: StoryId,
        /// The first file.
        first: PathBuf,
        /// The second file.
        second: PathBuf,
    },
    /// An article that would replace a live blog.
    #[error("{}: '{id}' is live coverage, which an article can't take the place of; give the article another id", path.display())]
    Live {
        /// The file.
        path: PathBuf,
        /// The live blog.
        id: StoryId,
    },
    /// Posts that can't be added to the existing live blog.
    #[error("{}: {error}", path.display())]
    Coverage {
        /// The file.
        path: PathBuf,
        /// Why.
        error: BlogError,
    },
    /// The edition can't be read or written.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// Imports files into an edition. Waits the usual time for another desk.
///
/// # Errors
/// An [`ImportError`] that names the file. The edition is then unchanged, unless the system failed while writing.
pub fn import(request: &Request) -> Result<Imported, ImportError> {
    import_within(request, PATIENCE)
}

/// Imports files into an edition. Waits up to `patience` for another desk.
///
/// # Errors
/// As [`import`].
pub fn import_within(request: &Request, patience: Duration) -> Result<Imported, ImportError> {
    let mut drafts =
        request.files.iter().map(|path| read(path, request.format)).collect::<Result<Vec<_>, _>>()?;
    let mut imported = Imported::default();
    let mut copies = Copies::new();
    // This may take minutes, so it happens before the lock is taken: other desks wait only seconds.
    for (source, draft) in &mut drafts {
        pictures::bring(draft, &source.path, &mut copies, &mut imported.warnings);
    }
    let language =
        drafts.first().and_then(|(_, draft)| draft.language.as_ref()).map(|tag| tag.as_str().to_owned());
    let mut folder = Folder::open(&request.into, language.as_deref(), patience)?;
    let mut stories: Vec<Story> = Vec::new();
    let mut pages: Vec<PageFile> = Vec::new();
    let mut taken: HashMap<StoryId, PathBuf> = HashMap::new();
    for (source, mut draft) in drafts {
        let id = identify(&folder, &source.path, &draft, &taken)?;
        if let Some(first) = taken.insert(id.clone(), source.path.clone()) {
            return Err(ImportError::Twice { id, first, second: source.path });
        }
        let is_live = folder.is_live(&id);
        if is_live && draft.coverage.is_none() {
            return Err(ImportError::Live { path: source.path, id });
        }
        let (section, name) = section(&folder, &id, request.section.as_deref().or(draft.section.as_deref()));
        let story = match draft.coverage.take() {
            None => {
                let old = folder.story(&id);
                complete(draft, id, section.clone(), old, request.now)
            }
            Some(coverage) => {
                let old = if is_live { Some(folder.whole_story(&id)?) } else { None };
                let published = draft.published.unwrap_or(request.now);
                let matter = draft.into_article(id.clone(), Some(section.clone()), published);
                let covered = cover::cover(old, matter, coverage, &|name| folder.page(&id, name))
                    .map_err(|error| ImportError::Coverage { path: source.path.clone(), error })?;
                let file = |(name, bytes)| PageFile { story: id.clone(), name, bytes };
                pages.extend(covered.files.into_iter().map(file));
                if covered.gone > 0 {
                    imported.warnings.push(format!(
                        "{}: of the posts that '{id}' has, {} are not in it; they stay (`desk live withdraw` takes a post back)",
                        source.path.display(),
                        covered.gone
                    ));
                }
                covered.blog.story().clone()
            }
        };
        folder.place(&section, &name, &teaser(&story))?;
        folder.ledger.note(&source.path, &story.id);
        imported.files.push(folder.story_file(&story.id));
        stories.push(story);
    }
    folder.write(&stories, &pages, &copies)?;
    Ok(imported)
}

fn read(path: &Path, format: Option<Format>) -> Result<(Source, Draft), ImportError> {
    let source = source::read(path, format)?;
    let draft = match source.format {
        Format::Text => text::text(&source.text),
        Format::Markdown => markdown::markdown(&source.text),
        Format::Html => page::page(&source.text),
        Format::Guardian => guardian::guardian(&source.text),
    };
    let mut draft = draft.map_err(|error| ImportError::Convert { path: path.to_owned(), error })?;
    draft.headline = line(&draft.headline);
    Ok((source, draft))
}

/// Which story a source is: the one that it names; the one with its canonical address; the one that this file became
/// before; the one that a file of the same name became; else a new one.
fn identify(
    folder: &Folder,
    path: &Path,
    draft: &Draft,
    taken: &HashMap<StoryId, PathBuf>,
) -> Result<StoryId, ImportError> {
    if let Some(id) = &draft.id {
        return StoryId::parse(id).ok_or_else(|| ImportError::Id { path: path.to_owned(), id: id.clone() });
    }
    let known = draft.canonical.as_ref().and_then(|href| folder.story_at(href.as_str()));
    if let Some(id) = known.or_else(|| folder.ledger.story_of(path)) {
        return Ok(id);
    }
    let name = slug(&draft.headline);
    let mut ids = (1..).filter_map(|count| {
        StoryId::parse(&if count == 1 { name.clone() } else { format!("{name}-{count}") })
    });
    let free = ids.find(|id| {
        let moved = folder.ledger.story_named(path, id);
        !taken.contains_key(id) && (moved || !folder.has(id))
    });
    free.ok_or_else(|| ImportError::Id { path: path.to_owned(), id: name })
}

/// A headline as an id: lower-case ASCII, cut at a word.
fn slug(headline: &str) -> String {
    let slug = slug::slugify(headline);
    let cut = match slug.get(..LONGEST_ID) {
        Some(head) if slug.as_bytes().get(LONGEST_ID) != Some(&b'-') => {
            head.rsplit_once('-').map_or(head, |(words, _)| words)
        }
        Some(head) => head,
        None => &slug,
    };
    if cut.is_empty() { "story".to_owned() } else { cut.to_owned() }
}

/// The section of a story, with its name: the one asked for, else the one that it is in.
pub(crate) fn section(folder: &Folder, id: &StoryId, wanted: Option<&str>) -> (SectionId, String) {
    let known = match wanted {
        Some(name) => folder.section_named(name),
        None => folder.section_of(id).or_else(|| folder.section_named(SECTION)),
    };
    let name = line(wanted.unwrap_or(SECTION));
    let name = if name.is_empty() { SECTION.to_owned() } else { name };
    let section = known.unwrap_or_else(|| section_id(&name));
    (section, name)
}

fn section_id(name: &str) -> SectionId {
    // A slug is lower-case letters, digits and hyphens, and never empty, so it is a valid id.
    SectionId::parse(&slug(name)).unwrap_or_else(|| unreachable!("a slug is an id"))
}

fn complete(draft: Draft, id: StoryId, section: SectionId, old: Option<Story>, now: Timestamp) -> Story {
    let published = draft.published.or_else(|| old.as_ref().map(|old| old.published)).unwrap_or(now);
    let mut story = draft.into_article(id, Some(section), published);
    // If the source has no time of change, a story whose text differs changed now.
    if let (Some(old), None) = (old, story.updated) {
        story.updated = old.updated;
        if story != old {
            story.updated = Some(now).filter(|now| *now > published);
        }
    }
    story
}

/// The teaser of a story.
pub(crate) fn teaser(story: &Story) -> Teaser {
    let first = story.body.iter().find_map(|block| match block {
        Block::Paragraph { text } => Some(excerpt(&text.to_plain(), EXCERPT)),
        _ => None,
    });
    let standfirst = Some(line(&story.standfirst.to_plain())).filter(|own| !own.is_empty()).or(first);
    Teaser {
        id: story.id.clone(),
        kind: story.kind,
        language: story.language.clone(),
        direction: story.direction,
        headline: story.headline.clone(),
        kicker: story.kicker.clone(),
        standfirst,
        image: story.image.clone().map(|image| Picture { caption: Text::default(), ..image }),
        published: story.published,
        updated: story.updated,
        tags: story.tags.clone(),
        live: story.live.as_deref().filter(|_| story.kind == Kind::Live).map(blog::teaser),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_from_the_headline() {
        assert_eq!(slug("Putin not ‘serious’, Blinken says"), "putin-not-serious-blinken-says");
        assert_eq!(slug("!!!"), "story");
        assert!(!slug("長い夜の市場").is_empty());
        let long = slug(&"word ".repeat(40));
        assert!(long.len() <= LONGEST_ID && long.ends_with("word"), "{long}");
    }
}

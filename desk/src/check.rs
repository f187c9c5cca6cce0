//! `desk check`: reports what the app could not read in an edition, and what an editor should fix.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::path::Path;

use dateline::content::decode::{self, Warning};
use dateline::content::{Block, Edition, Kind, Picture, RelatedLink, Story, StoryId};

use crate::folder::FolderError;
use crate::live;

/// The result of a check.
#[derive(Debug, Default)]
pub struct Report {
    /// Number of stories.
    pub stories: usize,
    /// Problems, as `file#pointer: what`.
    pub problems: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count| if count == 1 { "" } else { "s" };
        let (stories, problems) = (self.stories, self.problems.len());
        let story = if stories == 1 { "story" } else { "stories" };
        write!(f, "{stories} {story}, {problems} problem{}", plural(problems))
    }
}

/// Checks an edition.
///
/// # Errors
/// [`FolderError::Io`] if there is no edition, or the system refuses.
pub fn check(folder: &Path) -> Result<Report, FolderError> {
    let mut report = Report::default();
    let file = folder.join("edition.json");
    let bytes = fs::read(&file).map_err(|error| FolderError::Io { path: file, error })?;
    let edition = match decode::edition(&bytes) {
        Ok(decoded) => {
            report.decoding("edition.json", &decoded.warnings);
            Some(decoded.value)
        }
        Err(failure) => {
            report.say("edition.json", failure.pointer(), &failure);
            None
        }
    };
    if let Some(edition) = &edition {
        teasers(&mut report, folder, edition);
    }
    for name in story_files(folder)? {
        story(&mut report, folder, &name, edition.as_ref());
    }
    Ok(report)
}

/// A link to another story of the edition, and where it stands.
pub(crate) struct Link {
    file: String,
    pointer: String,
    story: StoryId,
}

impl Report {
    pub(crate) fn say(&mut self, file: &str, pointer: &str, what: &dyn fmt::Display) {
        self.problems.push(format!("{file}#{pointer}: {what}"));
    }

    pub(crate) fn decoding(&mut self, file: &str, problems: &[Warning]) {
        for problem in problems {
            self.say(file, &problem.pointer, &problem.kind);
        }
    }
}

/// The names of the files in `stories/`, sorted.
fn story_files(folder: &Path) -> Result<Vec<String>, FolderError> {
    let path = folder.join("stories");
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(FolderError::Io { path, error }),
    };
    let names = entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<String>, _>>();
    let mut names = names.map_err(|error| FolderError::Io { path, error })?;
    // The pages of live blogs are in folders beside the stories.
    let is_story = |name: &String| {
        name.ends_with(".json") && !name.starts_with('.') && !folder.join("stories").join(name).is_dir()
    };
    names.retain(is_story);
    names.sort();
    Ok(names)
}

fn teasers(report: &mut Report, folder: &Path, edition: &Edition) {
    for (s, section) in edition.sections.iter().enumerate() {
        for (t, teaser) in section.teasers.iter().enumerate() {
            let pointer = format!("/sections/{s}/teasers/{t}");
            if !folder.join("stories").join(format!("{}.json", teaser.id)).is_file() {
                report.say(
                    "edition.json",
                    &format!("{pointer}/id"),
                    &format_args!("there is no stories/{}.json", teaser.id),
                );
            }
            if teaser.updated.is_some_and(|updated| updated < teaser.published) {
                report.say("edition.json", &format!("{pointer}/updated"), &"is before published");
            }
            if let Some(picture) = &teaser.image {
                self::picture(report, folder, "edition.json", &format!("{pointer}/image"), picture);
            }
        }
    }
}

fn story(report: &mut Report, folder: &Path, name: &str, edition: Option<&Edition>) {
    let file = format!("stories/{name}");
    report.stories += 1;
    let bytes = match fs::read(folder.join("stories").join(name)) {
        Ok(bytes) => bytes,
        Err(error) => return report.say(&file, "", &format_args!("can't be read ({error})")),
    };
    let mut has_live_problem = false;
    let story = match decode::story(&bytes) {
        Ok(decoded) => {
            has_live_problem |= decoded.warnings.iter().any(|problem| problem.pointer.starts_with("/live"));
            report.decoding(&file, &decoded.warnings);
            decoded.value
        }
        Err(failure) => return report.say(&file, failure.pointer(), &failure),
    };
    if name.strip_suffix(".json") != Some(story.id.as_str()) {
        report.say(&file, "/id", &format_args!("is '{}', which is not the file's name", story.id));
    }
    times(report, &file, &story);
    if let Some(picture) = &story.image {
        self::picture(report, folder, &file, "/image", picture);
    }
    for (at, author) in story.byline.iter().enumerate() {
        if let Some(picture) = &author.picture {
            self::picture(report, folder, &file, &format!("/byline/{at}/picture"), picture);
        }
    }
    let mut links = Vec::new();
    blocks(report, folder, &file, "/body", &story.body, &mut links);
    for (at, link) in story.related.iter().enumerate() {
        links.extend(Link::of(&file, &format!("/related/{at}"), link));
    }
    if story.kind == Kind::Live {
        match &story.live {
            Some(live) => live::check::live(report, folder, &file, &story.id, live, &mut links),
            None if has_live_problem => {}
            None => report.say(&file, "/live", &"is missing"),
        }
    }
    if let Some(edition) = edition {
        listed(report, &file, &story, edition);
        let known: HashSet<&StoryId> = edition.teasers().map(|(_, teaser)| &teaser.id).collect();
        for Link { file, pointer, story } in links.iter().filter(|link| !known.contains(&link.story)) {
            report.say(
                file,
                &format!("{pointer}/story"),
                &format_args!("'{story}' is no story of this edition"),
            );
        }
    }
}

impl Link {
    fn of(file: &str, pointer: &str, link: &RelatedLink) -> Option<Self> {
        let story = link.story.clone()?;
        Some(Self { file: file.to_owned(), pointer: pointer.to_owned(), story })
    }
}

/// Checks that a story and its teaser say the same.
fn listed(report: &mut Report, file: &str, story: &Story, edition: &Edition) {
    let Some(teaser) = edition.teaser(&story.id) else {
        return report.say(file, "/id", &"has no teaser in edition.json");
    };
    if teaser.kind != story.kind {
        report.say(file, "/kind", &"is not that of its teaser");
    }
    if teaser.headline != story.headline {
        report.say(file, "/headline", &"is not that of its teaser");
    }
    if let Some(live) = story.live.as_deref() {
        live::check::told(report, file, story, live, teaser);
    }
    if story.section.as_ref().is_some_and(|section| edition.section(section).is_none()) {
        report.say(file, "/section", &"is no section of this edition");
    }
}

fn times(report: &mut Report, file: &str, story: &Story) {
    if story.updated.is_some_and(|updated| updated < story.published) {
        report.say(file, "/updated", &"is before published");
    }
    for (at, correction) in story.corrections.iter().enumerate() {
        if correction.time < story.published {
            report.say(file, &format!("/corrections/{at}/time"), &"is before published");
        }
    }
}

pub(crate) fn blocks(
    report: &mut Report,
    folder: &Path,
    file: &str,
    pointer: &str,
    body: &[Block],
    links: &mut Vec<Link>,
) {
    for (at, block) in body.iter().enumerate() {
        let here = format!("{pointer}/{at}");
        match block {
            Block::Figure { picture } => {
                self::picture(report, folder, file, &format!("{here}/picture"), picture);
            }
            Block::Gallery { pictures, .. } => {
                for (at, picture) in pictures.iter().enumerate() {
                    self::picture(report, folder, file, &format!("{here}/pictures/{at}"), picture);
                }
            }
            Block::Related(link) => links.extend(Link::of(file, &here, link)),
            Block::QuestionAnswer { answer, .. } => {
                blocks(report, folder, file, &format!("{here}/answer"), answer, links);
            }
            Block::FactBox { body, .. } => blocks(report, folder, file, &format!("{here}/body"), body, links),
            _ => {}
        }
    }
}

fn picture(report: &mut Report, folder: &Path, file: &str, pointer: &str, picture: &Picture) {
    if picture.alt.is_none() {
        report.say(
            file,
            &format!("{pointer}/alt"),
            &"alternative text is missing (\"\" for a picture that only decorates)",
        );
    }
    for (at, source) in picture.sources.iter().enumerate().filter(|(_, source)| source.url.is_relative()) {
        let path = source.url.as_str().split(['?', '#']).next().unwrap_or_default();
        // The app asks the edition's folder for it; a file outside that folder is not published.
        let inside = !path.starts_with('/') && !path.split('/').any(|part| part == "..");
        if !inside || !folder.join(path).is_file() {
            report.say(
                file,
                &format!("{pointer}/sources/{at}/url"),
                &format_args!("there is no picture {path} in the edition"),
            );
        }
    }
}

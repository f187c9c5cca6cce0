//! In which language, and in which direction, a piece of the page is: the values of its `lang` and `dir` attributes.

use std::sync::Arc;

use crate::content::{Direction, Edition, LanguageTag, Publication, Story, StoryId};
use crate::state::use_app;

/// The value of a `lang` attribute.
#[must_use]
pub fn lang(language: Option<&LanguageTag>) -> Option<String> {
    language.map(|tag| tag.as_str().to_owned())
}

/// The value of a `dir` attribute.
#[must_use]
pub fn dir(direction: Option<Direction>) -> Option<&'static str> {
    direction.map(Direction::as_str)
}

/// The language of a story: where it has none of its own, that of the publication, as far as that is known. Not tracked.
#[must_use]
pub fn story_language(story: &Story) -> Option<LanguageTag> {
    story.language.clone().or_else(|| known_edition()?.publication.language.clone())
}

/// The `lang` of a story's own words, found in the same way; what stands around them is the reader's.
#[must_use]
pub fn story_lang(story: &Story) -> Option<String> {
    lang(story_language(story).as_ref())
}

/// The `dir` of a story, found in the same way.
#[must_use]
pub fn story_dir(story: &Story) -> Option<&'static str> {
    dir(story.runs().or_else(|| known_edition()?.publication.runs()))
}

/// The `lang` of what a publication says.
#[must_use]
pub fn publication_lang(publication: &Publication) -> Option<String> {
    lang(publication.language.as_ref())
}

/// The `dir` of what a publication says.
#[must_use]
pub fn publication_dir(publication: &Publication) -> Option<&'static str> {
    dir(publication.runs())
}

/// The `lang` and `dir` of a story's headline, as far as the edition tells: that of a story which is in it no more is
/// taken to be the publication's.
#[must_use]
pub fn headline_lang_dir(
    edition: Option<&Edition>,
    story: &StoryId,
) -> (Option<String>, Option<&'static str>) {
    let Some(edition) = edition else { return (None, None) };
    let (publication, teaser) = (&edition.publication, edition.teaser(story));
    let language = teaser.and_then(|teaser| teaser.language.as_ref()).or(publication.language.as_ref());
    let runs = teaser.and_then(|teaser| teaser.runs()).or_else(|| publication.runs());
    (lang(language), dir(runs))
}

fn known_edition() -> Option<Arc<Edition>> {
    use_app().library.known_edition()
}

//! What screens share.

pub mod blocks;
pub mod embed;
pub mod marks;
pub mod masthead;
pub mod notices;
pub mod picture;
pub mod post;
pub mod share;
pub mod state;
pub mod teaser;
pub mod text;
pub mod time;

use std::sync::Arc;

use crate::content::{Direction, Edition, LanguageTag, Publication, Story};
use crate::view::Given;
use crate::view::html::{Element, Node, el};

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

/// The language of a story: where it has none of its own, that of the publication, as far as that has come. Does not re-run
/// what asks.
#[must_use]
pub fn language(story: &Story) -> Option<LanguageTag> {
    story.language.clone().or_else(|| edition()?.publication.language.clone())
}

/// The way that the lines of a story run, for a `dir` attribute, found in the same way.
#[must_use]
pub fn runs(story: &Story) -> Option<&'static str> {
    dir(story.runs().or_else(|| edition()?.publication.runs()))
}

/// An element for the story's own words; what stands around them is the reader's.
#[must_use]
pub fn in_its_language(tag: &'static str, story: &Story) -> Element {
    el(tag).maybe("lang", lang(language(story).as_ref()))
}

/// The reader's own words within a story that may run the other way.
pub fn bdi(words: impl Into<Node>) -> Element {
    el("bdi").child(words)
}

/// The element with the language and the direction of the publication, for what of it stands within.
#[must_use]
pub fn as_publication(element: Element, publication: &Publication) -> Element {
    element.maybe("lang", lang(publication.language.as_ref())).maybe("dir", dir(publication.runs()))
}

fn edition() -> Option<Arc<Edition>> {
    Given::here()?.library.known_edition()
}

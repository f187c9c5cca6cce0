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

use crate::content::{Direction, LanguageTag};

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

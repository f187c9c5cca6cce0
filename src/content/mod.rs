//! Editions, stories and their text: typed and immutable.
//!
//! Every foreign format is converted to these types before a view sees it. A body is a list of typed [`Block`]s
//! with typed [`Inline`]s. There is no HTML string, and a link is a [`Href`], which can't hold an address that
//! runs code. Plain Rust: no clock (`now` is an argument), no browser.

pub mod body;
pub mod dates;
pub mod decode;
pub mod edition;
#[cfg(feature = "encode")]
pub mod encode;
pub mod id;
pub mod inline;
pub mod language;
pub mod link;
pub mod live;
pub mod picture;
pub mod story;
pub mod text;

pub use body::{Block, List, ListItem};
pub use dates::Timestamp;
pub use edition::{Edition, Publication, Section, Teaser};
pub use id::{PageName, SectionId, StoryId, TimeZone};
pub use inline::{Inline, Mark, Text};
pub use language::{Direction, LanguageTag};
pub use link::{Href, RelatedLink};
pub use live::{Live, LiveState};
pub use picture::{Color, Picture, Source};
pub use story::{Author, Correction, Kind, Story, Target};

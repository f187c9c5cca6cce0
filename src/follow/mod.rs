//! Following a live blog: when to ask, what the answers add up to, and what of it is on the page.
//!
//! Three state machines, plain and pure: [`Schedule`] is told what happens and says when to ask for the head
//! again; [`Coverage`] takes heads, pages and indexes in any order, however often, and holds the newest of
//! each; [`Stream`] is what one reader sees of it, and what waits for them. Time and chance are arguments.

mod coverage;
mod schedule;
mod stream;

pub use coverage::{Coverage, MissingFile, PostSection, SectionNumber, section_of};
pub use schedule::{Answer, Event, Next, Schedule, TIME_OUT};
pub use stream::{FeedItem, SectionState, Seen, Stream};

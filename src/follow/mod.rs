//! Following a live blog: when to poll, what has arrived, and what is on the page.
//!
//! Three pure state machines. [`Schedule`] decides when to poll the head. [`Coverage`] merges heads, pages and
//! indexes, in any order and any number of times, and holds the newest copy of each. [`Stream`] is what one
//! reader sees of it, and what is waiting for them. The current time and random numbers are arguments.

mod coverage;
mod schedule;
mod stream;

pub use coverage::{Coverage, MissingFile, PostSection, SectionNumber, section_of};
pub use schedule::{Answer, Event, Next, Schedule, TIME_OUT};
pub use stream::{FeedItem, SectionState, Seen, Stream};

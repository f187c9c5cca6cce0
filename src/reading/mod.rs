//! Reading state: read marks, positions, saved stories, progress in live blogs, and preferences.
//!
//! [`Reading`] changes in two ways only: by an [`Action`] ([`Reading::apply`]), and by merging what another tab
//! or a backup has. Every value has the time when it was set. Of two values of a field the later one wins, so
//! merging in any order and any number of times gives the same result (`docs/decisions/007-reading.md`). The
//! state outlives the stories and refers to them by id only. The current time is an argument.
//!
//! How it is stored: a **shard** is one value in the browser's storage; there are 513 of them, so that an
//! action rewrites a small one. A shard is a list of lines. A line is either a read **mark** (16 characters;
//! there may be 100,000 of these) or a **record**: all else that is stored of a story, or of the reader, as
//! named fields, each with the time when it was set.

mod action;
pub mod backup;
mod change;
mod digits;
mod eviction;
pub mod export;
mod identity;
pub mod lists;
mod mark;
mod merge;
mod preferences;
mod record;
mod shard;
mod sorted;
mod stamp;
mod state;
mod story_state;

pub use action::Action;
pub use change::Change;
pub use eviction::HISTORY;
pub use identity::{StoryKey, address, publication};
pub use merge::MergeOutcome;
pub use preferences::{Marking, Preference, Preferences, Theme, Typeface, Width};
pub use shard::{Shard, VERSION, quarantine_prefix, seen_prefix, shard_prefix, version_name, visits_name};
pub use state::{Reading, State};
pub use story_state::{Position, Seen, StorySnapshot, StoryState};

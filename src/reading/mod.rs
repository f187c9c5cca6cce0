//! What a reader leaves behind: read marks, positions, saved stories, how far they are in live coverage, preferences.
//!
//! [`Reading`] changes only through [`Reading::apply`], by an [`Action`], and through joining it with what another tab or
//! a backup knows. Everything in it is a value that knows when it was set; of two the later one stays, field by
//! field, so that joining in any order, however often, comes to the same (`docs/decisions/007-reading.md`). It
//! outlives the stories, and knows them by id alone. Time is an argument.
//!
//! What readers load at once is in the modules up to `eviction`; lists and backups have no part in that.

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

//! Snapshots: what the reading state keeps of a story, to list it when the edition no longer has it.

use crate::content::{Kind, Section, Story, Teaser};
use crate::reading::StorySnapshot;

/// The snapshot of a story.
#[must_use]
pub fn snapshot_of(story: &Story) -> StorySnapshot {
    StorySnapshot {
        headline: story.headline.clone(),
        url: story.canonical.as_ref().map(|href| href.as_str().to_owned()),
        section: story.section.clone(),
        published: story.published.millis(),
        is_live: story.kind == Kind::Live,
    }
}

/// The snapshot of a teaser, which knows no canonical address; `known` is the snapshot from before.
#[must_use]
pub fn snapshot_of_teaser(teaser: &Teaser, section: &Section, known: Option<StorySnapshot>) -> StorySnapshot {
    StorySnapshot {
        headline: teaser.headline.clone(),
        url: known.and_then(|known| known.url),
        section: Some(section.id.clone()),
        published: teaser.published.millis(),
        is_live: teaser.kind == Kind::Live,
    }
}

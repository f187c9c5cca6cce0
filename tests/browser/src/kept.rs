//! Reading state in a browser's storage.

use anyhow::{Context, Result};
use dateline::content::StoryId;
use dateline::reading::{Action, Reading, Shard, StorySnapshot, publication, shard_prefix};
use serde_json::{Map, Value};

use crate::browser::Browser;
use crate::site::Site;

/// When the stories were read, in milliseconds since 1970-01-01T00:00:00Z.
pub const MADE: i64 = 1_790_000_000_000;

/// The ids of this many stories.
pub fn names(count: u32) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("2026-11-24-story-{number:06}"))
}

/// The state of a reader who has read this many stories and saved the first `saved` of them.
///
/// # Errors
/// If a name is not an id.
pub fn many(read: u32, saved: u32) -> Result<Reading> {
    let id = |name: String| StoryId::parse(&name).with_context(|| format!("{name} is no id"));
    let mut reading = Reading::default();
    reading.apply(Action::MarkedRead(names(read).map(id).collect::<Result<_>>()?), MADE);
    for (name, at) in names(saved).zip(1..) {
        let facts = StorySnapshot {
            headline: format!("The headline of the saved story of number {at}"),
            url: None,
            section: None,
            published: MADE,
            is_live: false,
        };
        reading.apply(Action::Saved(id(name)?, facts), MADE + at);
    }
    Ok(reading)
}

/// A reading state as it is stored for a site: names and values in local storage.
#[must_use]
pub fn stored(site: &Site, reading: &Reading) -> Map<String, Value> {
    let prefix = shard_prefix(&publication(&site.url));
    let values = Shard::all().map(|shard| (format!("{prefix}{}", shard.name()), reading.text(shard)));
    values.filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name, Value::from(text))).collect()
}

/// Puts a reading state into storage, as a tab that is closed by now would have.
///
/// # Errors
/// If the browser refuses.
pub async fn put(browser: &Browser, site: &Site, reading: &Reading) -> Result<()> {
    let put = "for (const [name, text] of Object.entries(arguments[0])) localStorage.setItem(name, text)";
    browser.driver.execute(put, vec![Value::Object(stored(site, reading))]).await?;
    Ok(())
}

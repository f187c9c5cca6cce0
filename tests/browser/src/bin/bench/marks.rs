//! A hundred thousand read marks in a browser's storage, as each reader keeps them.

use anyhow::{Context, Result};
use browser_tests::site::Site;
use dateline::content::StoryId;
use dateline::reading::{Act, Reading, publication, shard_prefix};
use serde_json::{Map, Value, json};

/// When they were made, in milliseconds since 1970-01-01T00:00:00Z.
const MADE: i64 = 1_790_000_000_000;

fn names(count: u32) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("2026-11-24-story-{number:06}"))
}

/// Marks as Dateline keeps them: names and values.
pub fn of_dateline(site: &Site, count: u32) -> Result<Map<String, Value>> {
    let stories = names(count).map(|name| StoryId::parse(&name).with_context(|| format!("{name} is no id")));
    let mut reading = Reading::default();
    let change = reading.apply(Act::MarkedRead(stories.collect::<Result<_>>()?), MADE);
    let prefix = shard_prefix(&publication(&site.url));
    let values =
        change.shards.iter().map(|shard| (format!("{prefix}{}", shard.name()), json!(reading.text(*shard))));
    Ok(values.collect())
}

/// Marks as the reader in plain JavaScript keeps them (`keep.js`).
pub fn of_rival(site: &Site, count: u32) -> Map<String, Value> {
    let marks: Map<String, Value> = names(count).map(|name| (name, json!(MADE))).collect();
    [(format!("reader read {}", site.url), json!(Value::Object(marks).to_string()))].into_iter().collect()
}

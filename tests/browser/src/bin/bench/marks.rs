//! What a reader of many years has left in a browser's storage, as each reader keeps it: read marks and saved stories.

use anyhow::{Context, Result};
use browser_tests::site::Site;
use dateline::content::StoryId;
use dateline::reading::{Act, Facts, Reading, Shard, publication, shard_prefix};
use serde_json::{Map, Value, json};

/// When they were made, in milliseconds since 1970-01-01T00:00:00Z.
const MADE: i64 = 1_790_000_000_000;

fn names(count: u32) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("2026-11-24-story-{number:06}"))
}

/// As Dateline keeps them: names and values. The first `saved` of `count` stories that were read are saved, too.
pub fn of_dateline(site: &Site, count: u32, saved: u32) -> Result<Map<String, Value>> {
    let id = |name: String| StoryId::parse(&name).with_context(|| format!("{name} is no id"));
    let mut reading = Reading::default();
    reading.apply(Act::MarkedRead(names(count).map(id).collect::<Result<_>>()?), MADE);
    for (name, at) in names(saved).zip(1..) {
        let facts = Facts {
            headline: format!("The headline of the saved story of number {at}"),
            url: None,
            section: None,
            published: MADE,
            is_live: false,
        };
        reading.apply(Act::Saved(id(name)?, facts), MADE + at);
    }
    let prefix = shard_prefix(&publication(&site.url));
    let values = Shard::all().map(|shard| (format!("{prefix}{}", shard.name()), reading.text(shard)));
    Ok(values.filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name, json!(text))).collect())
}

/// As the reader in plain JavaScript keeps them (`keep.js`), which knows of a saved story when that was.
pub fn of_rival(site: &Site, count: u32, saved: u32) -> Map<String, Value> {
    let kept = |kind: &str, count: u32| {
        let stories: Map<String, Value> = names(count).map(|name| (name, json!(MADE))).collect();
        (format!("reader {kind} {}", site.url), json!(Value::Object(stories).to_string()))
    };
    [kept("read", count), kept("saved", saved)].into_iter().collect()
}

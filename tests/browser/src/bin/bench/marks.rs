//! The read marks and saved stories of many years, in the storage format of each reader.

use anyhow::Result;
use browser_tests::kept::{MADE, many, names, stored};
use browser_tests::site::Site;
use serde_json::{Map, Value, json};

/// In Dateline's format: names and values. `count` stories were read, and the first `saved` of them saved.
pub fn of_dateline(site: &Site, count: u32, saved: u32) -> Result<Map<String, Value>> {
    Ok(stored(site, &many(count, saved)?))
}

/// In the format of the reader in plain JavaScript (`keep.js`), which stores when a story was saved.
pub fn of_rival(site: &Site, count: u32, saved: u32) -> Map<String, Value> {
    let kept = |kind: &str, count: u32| {
        let stories: Map<String, Value> = names(count).map(|name| (name, json!(MADE))).collect();
        (format!("reader {kind} {}", site.url), json!(Value::Object(stories).to_string()))
    };
    [kept("read", count), kept("saved", saved)].into_iter().collect()
}

//! What a reader of many years has left in a browser's storage, as each reader keeps it: read marks and saved stories.

use anyhow::Result;
use browser_tests::kept::{MADE, many, names, stored};
use browser_tests::site::Site;
use serde_json::{Map, Value, json};

/// As Dateline keeps them: names and values. The first `saved` of `count` stories that were read are saved, too.
pub fn of_dateline(site: &Site, count: u32, saved: u32) -> Result<Map<String, Value>> {
    Ok(stored(site, &many(count, saved)?))
}

/// As the reader in plain JavaScript keeps them (`keep.js`), which knows of a saved story when that was.
pub fn of_rival(site: &Site, count: u32, saved: u32) -> Map<String, Value> {
    let kept = |kind: &str, count: u32| {
        let stories: Map<String, Value> = names(count).map(|name| (name, json!(MADE))).collect();
        (format!("reader {kind} {}", site.url), json!(Value::Object(stories).to_string()))
    };
    [kept("read", count), kept("saved", saved)].into_iter().collect()
}

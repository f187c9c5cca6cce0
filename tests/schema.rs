//! The schemas in `docs/schema/` are what the reader's types say.

// Clippy takes only what is marked `#[test]` for a test, not what those call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dateline::content::encode::{edition_schema, story_schema};

#[test]
fn the_schemas_are_those_of_the_types() {
    for (name, schema) in [("edition", edition_schema()), ("story", story_schema())] {
        let file = format!("{}/docs/schema/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let kept = std::fs::read_to_string(&file).unwrap();
        let made = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        assert!(kept == made, "{file} is not what the types say: run `cargo xtask schema`");
    }
}

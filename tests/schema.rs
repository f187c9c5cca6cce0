//! The schemas in `docs/schema/` are what the reader's types say.

// Clippy takes only what is marked `#[test]` for a test, not what those call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dateline::content::encode::schemas;

#[test]
fn the_schemas_are_those_of_the_types() {
    for (name, schema) in schemas() {
        let file = format!("{}/docs/schema/{name}.json", env!("CARGO_MANIFEST_DIR"));
        // As values: the order of keys hangs on the features that serde_json is built with for others.
        let kept: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert!(kept == schema.to_value(), "{file} is not what the types say: run `cargo xtask schema`");
    }
}

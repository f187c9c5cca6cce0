//! The schemas in `docs/schema/` agree with the reader's types.

// Clippy's exceptions for tests cover only functions marked `#[test]`, not their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dateline::content::encode::schemas;

#[test]
fn the_schemas_are_those_of_the_types() {
    for (name, schema) in schemas() {
        let file = format!("{}/docs/schema/{name}.json", env!("CARGO_MANIFEST_DIR"));
        // Compared as values: the order of keys depends on the features of serde_json that other crates
        // enable.
        let kept: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert!(kept == schema.to_value(), "{file} is not what the types say: run `cargo xtask schema`");
    }
}

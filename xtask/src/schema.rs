//! The JSON Schemas of the format, generated from the reader's own types.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use dateline::content::encode::schemas;

/// Writes the schemas into `docs/schema/`.
pub fn write(root: &Path) -> Result<()> {
    let folder = root.join("docs").join("schema");
    fs::create_dir_all(&folder).context("docs/schema could not be made")?;
    for (name, schema) in schemas() {
        let text = serde_json::to_string_pretty(&schema).context("a schema could not be written as JSON")?;
        let file = folder.join(format!("{name}.json"));
        fs::write(&file, text + "\n").with_context(|| format!("{} could not be written", file.display()))?;
        println!("{}", file.display());
    }
    Ok(())
}

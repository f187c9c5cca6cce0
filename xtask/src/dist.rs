//! The release build: the reader and an edition, as a folder for any static host.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::budget;
use crate::shell::{command, run};
use crate::tools::Tools;

/// The options of a release build.
#[derive(clap::Args, Default)]
pub struct Options {
    /// The edition to publish instead of the demonstration edition
    #[arg(long, value_name = "FOLDER")]
    edition: Option<PathBuf>,
    /// Where the folder will be: its address, for search engines, previews and feeds, or its path alone (`/` if not
    /// given), for the page that is shown for unknown addresses
    #[arg(long, value_name = "URL")]
    base: Option<String>,
}

/// Builds `dist/`, prints its sizes, and fails above the budget.
pub fn dist(root: &Path, options: &Options) -> Result<()> {
    let start = Instant::now();
    let tools = Tools::for_building(root)?;
    let (app, beside) = (root.join("target").join("app"), root.join("target").join("dist"));
    for folder in [&app, &beside] {
        if folder.exists() {
            fs::remove_dir_all(folder)
                .with_context(|| format!("{} could not be cleared", folder.display()))?;
        }
    }
    println!("Building the reader for release (minutes, where nothing is built yet) …");
    let mut trunk = command(tools.trunk());
    trunk.current_dir(root).env("PATH", tools.path()?).env_remove("NO_COLOR");
    trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", tools.flags(root)?);
    trunk.args(["build", "--offline", "true", "--skip-version-check", "--release"]);
    run(trunk.args(["--public-url", "./", "--dist"]).arg(&app))?;

    let edition = options.edition.clone().unwrap_or_else(|| root.join("public").join("edition"));
    publish(root, &edition, &app, &beside, options.base.as_deref())?;

    // The new build replaces the old one at once, so that a server never shows half of it.
    let (place, old) = (root.join("dist"), root.join("target").join("dist-old"));
    if old.exists() {
        fs::remove_dir_all(&old).context("target/dist-old could not be cleared")?;
    }
    if place.exists() {
        fs::rename(&place, &old).context("dist/ could not be moved away")?;
    }
    fs::rename(&beside, &place).context("the build could not be moved to dist/")?;

    budget::report(&place, &root.join("budget.json"))?;
    println!("dist/ is ready after {:.0} s.", start.elapsed().as_secs_f32());
    Ok(())
}

/// Publishes an edition with the app in `app`, by running the desk.
fn publish(root: &Path, edition: &Path, app: &Path, to: &Path, base: Option<&str>) -> Result<()> {
    let edition = std::path::absolute(edition)?;
    let mut desk = command("cargo");
    desk.current_dir(root).args(["run", "--quiet", "--package", "desk", "--", "publish"]);
    desk.arg(edition).arg("--app").arg(app).arg("--to").arg(to).args(["--press", "small"]);
    if let Some(base) = base {
        desk.args(["--base", base]);
    }
    run(&mut desk)
}

/// The SHA-256 of `bytes` as hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

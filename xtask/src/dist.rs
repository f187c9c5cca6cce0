//! The release build: the reader and an edition, as a folder for any static host.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use desk::publish::worker;
use sha2::{Digest, Sha256};

use crate::shell::{command, run};
use crate::shrink::MODULE;
use crate::tools::Tools;
use crate::{shrink, split};

/// What can be chosen of a release build.
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
    let flags = format!("{} {}", tools.flags(root)?, split::FLAGS);
    trunk
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags)
        .env(split::ENVIRONMENT.0, split::ENVIRONMENT.1);
    trunk.args([
        "build",
        "--offline",
        "true",
        "--skip-version-check",
        "--release",
        "--cargo-profile",
        "wasm-release",
    ]);
    run(trunk.args(["--public-url", "./", "--dist"]).arg(&app))?;

    let parts = split::split(root, &app, &tools)?;
    shrink::shrink(&app, &parts)?;
    for file in [worker::WORKER, worker::SAVED, worker::KILL_SWITCH] {
        let from = root.join("public").join(file);
        fs::copy(&from, app.join(file)).with_context(|| format!("{} could not be copied", from.display()))?;
    }
    let edition = options.edition.clone().unwrap_or_else(|| root.join("public").join("edition"));
    publish(root, &edition, &app, &beside, options.base.as_deref())?;

    // In place of the old one at once, so that a server never shows half a build.
    let (place, old) = (root.join("dist"), root.join("target").join("dist-old"));
    if old.exists() {
        fs::remove_dir_all(&old).context("target/dist-old could not be cleared")?;
    }
    if place.exists() {
        fs::rename(&place, &old).context("dist/ could not be moved away")?;
    }
    fs::rename(&beside, &place).context("the build could not be moved to dist/")?;

    report(&place, &root.join("budget.json"))?;
    println!("dist/ is ready after {:.0} s.", start.elapsed().as_secs_f32());
    Ok(())
}

/// Has the desk publish an edition with the app in `app`.
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

/// The SHA-256 of `bytes` in hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Prints each file's size, and compares what a first visit needs, and each part that loads later, with the budget.
fn report(folder: &Path, budget: &Path) -> Result<()> {
    let budget: serde_json::Value =
        serde_json::from_slice(&fs::read(budget).context("budget.json could not be read")?)?;
    let (mut critical, mut worker_size) = (0, 0);
    let mut weights = Vec::new();
    let is_worker = [worker::WORKER, worker::SAVED].map(Path::new);
    let not_early = [worker::WORKER, worker::SAVED, worker::KILL_SWITCH].map(Path::new);
    println!("{:>10} {:>10}", "raw", "brotli");
    let files = files(folder)?;
    for file in &files {
        let bytes = fs::read(file)?;
        let path = file.strip_prefix(folder).unwrap_or(file);
        let kind = file.extension().and_then(|end| end.to_str()).unwrap_or_default();
        // What stands beside a file, or in the desk's own notes, is no file of its own.
        if matches!(kind, "br" | "gz") || path.to_string_lossy().starts_with('.') {
            continue;
        }
        // A picture is compressed already; a host sends it as it is.
        let is_text =
            matches!(kind, "html" | "css" | "js" | "wasm" | "json" | "svg" | "xml" | "txt" | "webmanifest");
        let small = if is_text { brotli_size(&bytes)? } else { bytes.len() as u64 };
        let part = part(path);
        // The app, and a page with nothing on it but its style. (A page's own words are not the app's weight; and
        // the style stands in each page, so that its own file is loaded by nobody.)
        let counts = part.is_none()
            && path.parent() == Some(Path::new(""))
            && !not_early.contains(&path)
            && (path == Path::new("404.html") || matches!(kind, "js" | "wasm"));
        critical += if counts { small } else { 0 };
        worker_size += if is_worker.contains(&path) { small } else { 0 };
        println!("{:>10} {small:>10}  {}{}", bytes.len(), path.display(), if counts { "  *" } else { "" });
        weights.extend(part.map(|part| (format!("/parts_brotli_bytes/{part}"), small)));
    }
    println!("{} files. What a first visit needs is marked with *.", files.len());
    weights.insert(0, ("/critical_path_brotli_bytes".to_owned(), critical));
    weights.insert(1, ("/worker_brotli_bytes".to_owned(), worker_size));
    let mut over = Vec::new();
    for (pointer, weight) in weights {
        let name = pointer.trim_start_matches('/');
        let allowed = budget.pointer(&pointer).and_then(serde_json::Value::as_u64);
        let allowed = allowed.with_context(|| format!("budget.json has no {name}"))?;
        println!("{name}: {weight} of {allowed} allowed");
        if weight > allowed {
            over.push(format!("{name} is {} bytes over the budget", weight - allowed));
        }
    }
    if over.is_empty() { Ok(()) } else { bail!("{}", over.join("; ")) }
}

/// Which part of the module a file is, if it is one that loads later.
fn part(path: &Path) -> Option<&str> {
    let name = path.to_str()?;
    let stem = name.strip_suffix(".wasm").filter(|_| !name.ends_with(MODULE))?;
    stem.split_once('_').map(|(_, part)| part)
}

fn brotli_size(bytes: &[u8]) -> Result<u64> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    writer.write_all(bytes)?;
    Ok(writer.into_inner().len() as u64)
}

/// Every file of a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_known_by_its_name() {
        assert_eq!(part(Path::new("dateline-0a_live.wasm")), Some("live"));
        assert_eq!(part(Path::new("dateline-0a_live-saved.wasm")), Some("live-saved"));
        for other in ["dateline-0a_bg.wasm", "dateline-0a.js", "edition/a_b.json"] {
            assert_eq!(part(Path::new(other)), None, "{other}");
        }
    }

    #[test]
    fn brotli_makes_repeated_text_small() {
        assert!(brotli_size("news ".repeat(1000).as_bytes()).unwrap() < 100);
    }
}

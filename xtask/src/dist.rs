//! The release build: the reader and an edition, as a folder for any static host.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dateline::content::decode;
use dateline::route::Route;
use sha2::{Digest, Sha256};

use crate::shell::{command, run};
use crate::tools::Tools;

/// What can be chosen of a release build.
#[derive(clap::Args, Default)]
pub struct Options {
    /// The edition to publish instead of the demonstration edition
    #[arg(long, value_name = "FOLDER")]
    edition: Option<PathBuf>,
    /// Where the folder will be on its host, for the page that is shown for unknown addresses (`/` if not given)
    #[arg(long, value_name = "PATH")]
    base: Option<String>,
}

/// What of the page may do what; `{scripts}` is for the hashes of its inline scripts.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'; img-src 'self' http: https:; \
                      connect-src 'self'; frame-src https:; manifest-src 'self'; base-uri 'self'; form-action 'none'; object-src 'none'";
const CHARSET: &str = "<meta charset=\"utf-8\"";

/// Builds `dist/`, prints its sizes, and fails above the budget.
pub fn dist(root: &Path, options: &Options) -> Result<()> {
    let start = Instant::now();
    let tools = Tools::for_building(root)?;
    let beside = root.join("target").join("dist");
    if beside.exists() {
        fs::remove_dir_all(&beside).with_context(|| format!("{} could not be cleared", beside.display()))?;
    }
    println!("Building the reader for release (minutes, where nothing is built yet) …");
    let mut trunk = command(tools.trunk());
    trunk.current_dir(root).env("PATH", tools.path()?).env_remove("NO_COLOR");
    trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", tools.flags(root)?);
    trunk.args([
        "build",
        "--offline",
        "true",
        "--skip-version-check",
        "--release",
        "--cargo-profile",
        "wasm-release",
    ]);
    run(trunk.args(["--public-url", "./", "--dist"]).arg(&beside))?;

    if let Some(edition) = &options.edition {
        let place = beside.join("edition");
        fs::remove_dir_all(&place).context("the demonstration edition could not be taken out")?;
        copy(edition, &place).with_context(|| format!("{} could not be copied", edition.display()))?;
    }
    pages(&beside, options.base.as_deref().unwrap_or("/"))?;

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

/// Gives every screen of the edition a file of its own.
fn pages(folder: &Path, base: &str) -> Result<()> {
    let shell = fs::read_to_string(folder.join("index.html")).context("Trunk made no index.html")?;
    let shell = with_policy(&shell)?;
    let edition =
        fs::read(folder.join("edition").join("edition.json")).context("the edition has no edition.json")?;
    let edition =
        decode::edition(&edition).context("edition.json can't be read; `desk check` tells more")?.value;
    let sections = edition.sections.iter().map(|section| Route::Section(section.id.clone()));
    let stories = edition.teasers().map(|(_, teaser)| Route::Story(teaser.id.clone()));
    for route in [Route::Front].into_iter().chain(sections).chain(stories) {
        let place = folder.join(route.href());
        fs::create_dir_all(&place).with_context(|| format!("{} could not be made", place.display()))?;
        write(&place.join("index.html"), &with_base(&shell, route.to_base())?)?;
    }
    write(&folder.join("404.html"), &with_base(&shell, base)?)
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("{} could not be written", file.display()))
}

/// The page with its base at `base`.
fn with_base(page: &str, base: &str) -> Result<String> {
    let (before, rest) = page.split_once("<base href=\"").context("index.html has no <base>")?;
    let (_, after) = rest.split_once('"').context("index.html has a broken <base>")?;
    if !base.ends_with('/') || base.contains(['"', '<', '>', '&']) {
        bail!("a base ends in '/', as in /news/");
    }
    Ok(format!("{before}<base href=\"{base}\"{after}"))
}

/// The page with a Content Security Policy that allows the inline scripts it has now, and no others.
fn with_policy(page: &str) -> Result<String> {
    let scripts: String = inline_scripts(page)
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script))))
        .collect();
    let policy = POLICY.replace("{scripts}", &scripts);
    let (before, rest) = page.split_once(CHARSET).context("index.html has no <meta charset>")?;
    let (end, after) = rest.split_once('>').context("index.html has a broken <meta charset>")?;
    Ok(format!(
        "{before}{CHARSET}{end}>\n    <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\" />{after}"
    ))
}

fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(script)
    })
}

/// The SHA-256 of `bytes` in hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Prints each file's size, and compares what a first visit needs with the budget.
fn report(folder: &Path, budget: &Path) -> Result<()> {
    let budget: serde_json::Value =
        serde_json::from_slice(&fs::read(budget).context("budget.json could not be read")?)?;
    let budget = budget.get("critical_path_brotli_bytes").and_then(serde_json::Value::as_u64);
    let budget = budget.context("budget.json has no critical_path_brotli_bytes")?;
    let (mut critical, mut count) = (0, 0_u64);
    println!("{:>10} {:>10}", "raw", "brotli");
    for file in files(folder)? {
        let bytes = fs::read(&file)?;
        let path = file.strip_prefix(folder).unwrap_or(&file);
        let kind = file.extension().and_then(|end| end.to_str()).unwrap_or_default();
        // A picture is compressed already; a host sends it as it is.
        let is_text = matches!(kind, "html" | "css" | "js" | "wasm" | "json" | "svg");
        let small = if is_text { brotli_size(&bytes)? } else { bytes.len() as u64 };
        // A page below is the same page as the front page, of which a visit begins with one.
        let counts = path.parent() == Some(Path::new(""))
            && path != Path::new("404.html")
            && matches!(kind, "html" | "css" | "js" | "wasm");
        critical += if counts { small } else { 0 };
        count += 1;
        println!("{:>10} {small:>10}  {}{}", bytes.len(), path.display(), if counts { "  *" } else { "" });
    }
    println!("{count} files. Critical path (*): {critical} bytes in brotli, of {budget} allowed.");
    if critical > budget {
        bail!("the critical path is {} bytes over the budget", critical - budget);
    }
    Ok(())
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

/// Copies a folder, without what begins with a dot (the desk's own notes).
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            copy(&entry.path(), &to.join(name))?;
        } else if kind.is_file() {
            fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<head>\n    <meta charset=\"utf-8\" />\n    <base href=\"./\" />\n<script type=\"module\">start()</script><script src=\"a.js\"></script></head>";

    #[test]
    fn a_page_allows_its_own_inline_script_alone() {
        let page = with_policy(PAGE).unwrap();
        let hash = STANDARD.encode(Sha256::digest("start()"));
        assert!(page.contains(&format!("'wasm-unsafe-eval' 'sha256-{hash}';")), "{page}");
        assert_eq!(page.matches("sha256-").count(), 1);
        assert!(page.find("Content-Security-Policy").unwrap() < page.find("<base").unwrap());
        assert!(!page.contains("'unsafe-inline'"));
    }

    #[test]
    fn a_page_finds_its_base() {
        assert!(with_base(PAGE, "../../").unwrap().contains("<base href=\"../../\" />"));
        assert!(with_base(PAGE, "/news/").unwrap().contains("<base href=\"/news/\" />"));
        assert!(with_base(PAGE, "/news").is_err());
        assert!(with_base(PAGE, "/\"><script>/").is_err());
    }

    #[test]
    fn brotli_makes_repeated_text_small() {
        assert!(brotli_size("news ".repeat(1000).as_bytes()).unwrap() < 100);
    }
}

//! The service worker's list: its version, and the files of its shell with their integrity hashes.
//!
//! The list is in three constants of `sw.js`, so there is no second file to fetch.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Why the list can't be written.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A file of the shell has no hash in its name.
    #[error("{0} has no hash in its name: a tab that runs an older version would get this one's content")]
    NoHash(String),
    /// The page names a file that is not on the list.
    #[error("the page needs {0}, which the service worker would not keep")]
    Missing(String),
    /// The page names no module.
    #[error("the page names no module")]
    NoModule,
    /// The worker lacks one of the three constants.
    #[error("sw.js has no whole line '{0}'")]
    NoPlace(&'static str),
}

type Result<T> = std::result::Result<T, WorkerError>;

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> WorkerError {
    move |error| WorkerError::Io { path: path.to_owned(), error }
}

/// The worker's file, in the root of the release build.
pub const WORKER: &str = "sw.js";
/// Its second half, which `sw.js` loads.
pub const SAVED: &str = "sw-saved.js";
/// The file with which a publisher can remove all readers' workers.
pub const KILL_SWITCH: &str = "kill-sw.js";
/// The page that the worker shows if neither the network nor a cache has one.
pub const SHELL_PAGE: &str = "shell/index.html";

/// Folders with nothing that the app needs to start.
const NOT_SHELL: [&str; 3] = ["edition", "icons", "screenshots"];
/// The extensions of files that belong to the shell.
const SHELL_KINDS: [&str; 4] = ["css", "js", "svg", "wasm"];

/// A file of the shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellFile {
    /// Its path in the build.
    pub path: String,
    /// The hash of its content (Subresource Integrity, section 3.1).
    pub integrity: String,
}

/// Writes the list of the files in `folder` into its `sw.js`, and replaces the one that is there.
///
/// # Errors
/// If a file can't be read, or the page names a file that is not on the list.
pub fn update(folder: &Path) -> Result<()> {
    let read = |file: &str| {
        let file = folder.join(file);
        fs::read_to_string(&file).map_err(io(&file))
    };
    let (worker, saved, page) = (read(WORKER)?, read(SAVED)?, read(SHELL_PAGE)?);
    let worker = with_list(&worker, &saved, &page, &shell_files(folder)?)?;
    let file = folder.join(WORKER);
    fs::write(&file, worker).map_err(io(&file))
}

/// The files of the shell, sorted.
///
/// # Errors
/// If a file can't be read, or has no hash in its name.
pub fn shell_files(folder: &Path) -> Result<Vec<ShellFile>> {
    let mut files = Vec::new();
    find(folder, folder, &mut files)?;
    files.sort();
    let shell_file = |path: PathBuf| {
        let file = folder.join(&path);
        let bytes = fs::read(&file).map_err(io(&file))?;
        let path = path.to_string_lossy().replace('\\', "/");
        if !has_hash(&path) {
            return Err(WorkerError::NoHash(path));
        }
        Ok(ShellFile { path, integrity: format!("sha256-{}", STANDARD.encode(Sha256::digest(&bytes))) })
    };
    files.into_iter().map(shell_file).collect()
}

fn find(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(io(folder))? {
        let path = entry.map_err(io(folder))?.path();
        let below = path.strip_prefix(root).unwrap_or(&path).to_owned();
        let kind = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !NOT_SHELL.iter().any(|name| below == Path::new(name)) {
                find(root, &path, found)?;
            }
        } else if SHELL_KINDS.contains(&kind)
            && ![WORKER, SAVED, KILL_SWITCH].map(Path::new).contains(&below.as_path())
        {
            found.push(below);
        }
    }
    Ok(())
}

/// Whether a file's name has a hash of its content, so that caches may keep it: a hyphen and at least eight
/// hexadecimal digits. (Trunk writes sixteen, without leading zeros.)
#[must_use]
pub fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let digits =
        |part: &str| part.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
    name.split('-').skip(1).any(|part| digits(part) >= 8)
}

/// Whether a file of the app never changes under its name, so that `_headers` can call it immutable.
#[must_use]
pub fn is_fixed(path: &str) -> bool {
    has_hash(path) && path.rsplit_once('.').is_some_and(|(_, kind)| SHELL_KINDS.contains(&kind))
}

/// The worker with the list of `files`, some of which `page` names. `saved` is its second half, which is not
/// changed but is part of the version.
///
/// # Errors
/// If the worker lacks a constant, or the page names a file that is not on the list.
pub fn with_list(worker: &str, saved: &str, page: &str, files: &[ShellFile]) -> Result<String> {
    let named = named(page);
    if let Some(missing) = named.iter().find(|name| !files.iter().any(|file| file.path == **name)) {
        return Err(WorkerError::Missing(missing.clone()));
    }
    let module = named.iter().find(|name| name.ends_with(".js")).ok_or(WorkerError::NoModule)?;
    // A style that no page names is inline.
    let is_wanted = |file: &&ShellFile| !file.path.ends_with(".css") || named.contains(&file.path);
    let list: String = files
        .iter()
        .filter(is_wanted)
        .map(|file| format!("\n  [{}, {}],", quoted(&file.path), quoted(&file.integrity)))
        .collect();
    let blank = replaced(worker, "", "", "")?;
    let version = hash(&[&blank, saved, page, &list].concat());
    replaced(worker, &version, module, &format!("{list}\n"))
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// A string literal. Characters other than letters, digits and a few signs are replaced.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace(|c: char| !(c.is_ascii_alphanumeric() || "-_./+=".contains(c)), "_"))
}

/// The worker with these values of its three constants.
fn replaced(worker: &str, version: &str, module: &str, list: &str) -> Result<String> {
    let mut text = worker.to_owned();
    let (version, module) = (format!("\"{version}\";"), format!("\"{module}\";"));
    for (opens, value) in [
        ("const VERSION = ", version.as_str()),
        ("const MODULE = ", module.as_str()),
        ("const SHELL = [", &format!("{list}];")),
    ] {
        let (before, rest) = text.split_once(opens).ok_or(WorkerError::NoPlace(opens))?;
        let (_, after) = rest.split_once(";\n").ok_or(WorkerError::NoPlace(opens))?;
        text = format!("{before}{opens}{value}\n{after}");
    }
    Ok(text)
}

/// The files of the shell that a page names, in the page's order, each once.
#[must_use]
pub fn named(page: &str) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    for word in page.split(['"', '\'', ' ', '\n', '<', '>', '(', ')']) {
        let path = word.trim_start_matches("./").trim_start_matches("../");
        let kind = path.rsplit_once('.').map_or("", |(_, kind)| kind);
        let elsewhere =
            path.contains("://") || NOT_SHELL.iter().any(|name| path.starts_with(&format!("{name}/")));
        if SHELL_KINDS.contains(&kind) && !elsewhere && !named.iter().any(|known| known == path) {
            named.push(path.to_owned());
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<base href=\"../\"><link rel=\"stylesheet\" href=\"./dateline-00112233.css\"/><link rel=\"icon\" href=\"icons/a.svg\">\
        <script type=\"module\">import init from './dateline-44556677.js';\ninit({ module_or_path: './dateline-44556677_bg.wasm' })</script>\
        <a href=\"https://example.org/a.js\">x</a>";

    fn files() -> Vec<ShellFile> {
        [
            "dateline-00112233.css",
            "dateline-44556677.js",
            "dateline-44556677_bg.wasm",
            "any-8899aabb.svg",
            "inlined-00112244.css",
        ]
        .map(|path| ShellFile { path: path.to_owned(), integrity: "sha256-AA+/=".to_owned() })
        .to_vec()
    }

    fn worker() -> String {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/sw.js")).unwrap()
    }

    #[test]
    fn the_worker_in_the_repository_has_no_list_and_takes_one() {
        assert!(worker().contains("const VERSION = \"\";\nconst MODULE = \"\";\nconst SHELL = [];\n"));
        let with = with_list(&worker(), "", PAGE, &files()).unwrap();
        assert!(with.contains("const MODULE = \"dateline-44556677.js\";"), "{with}");
        assert!(with.contains("[\"any-8899aabb.svg\", \"sha256-AA+/=\"]"));
        assert!(!with.contains("inlined"), "no page asks for it");
        assert_eq!(with.matches("sha256-").count(), 4);
        // A list replaces an earlier one.
        assert_eq!(with_list(&with, "", PAGE, &files()).unwrap(), with);
    }

    #[test]
    fn the_version_is_another_when_anything_is() {
        let with = with_list(&worker(), "", PAGE, &files()).unwrap();
        let version = |worker: &str| worker.split("const VERSION = ").nth(1).unwrap()[..18].to_owned();
        let other_page = with_list(&worker(), "", &PAGE.replace(">x<", ">y<"), &files()).unwrap();
        let other_worker = with_list(&worker().replace("= 400", "= 500"), "", PAGE, &files()).unwrap();
        let other_files = with_list(&worker(), "", PAGE, &files()[..3]).unwrap();
        let other_half = with_list(&worker(), "x", PAGE, &files()).unwrap();
        for other in [other_page, other_worker, other_files, other_half] {
            assert_ne!(version(&other), version(&with));
        }
    }

    #[test]
    fn what_a_page_needs_is_on_the_list() {
        assert_eq!(
            named(PAGE),
            ["dateline-00112233.css", "dateline-44556677.js", "dateline-44556677_bg.wasm"]
        );
        assert!(with_list(&worker(), "", PAGE, &files()[1..]).is_err());
        assert!(with_list("nothing", "", PAGE, &files()).is_err());
    }

    #[test]
    fn a_name_without_a_hash_is_refused() {
        let folder = std::env::temp_dir().join(format!("dateline-shell-{}", std::process::id()));
        fs::create_dir_all(folder.join("edition")).unwrap();
        fs::write(folder.join("edition/a.svg"), "x").unwrap();
        for file in [WORKER, SAVED, KILL_SWITCH] {
            fs::write(folder.join(file), "x").unwrap();
        }
        fs::write(folder.join("a-01234567_bg.wasm"), "x").unwrap();
        let files = shell_files(&folder).unwrap();
        assert_eq!(files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["a-01234567_bg.wasm"]);
        assert_eq!(files[0].integrity, "sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=");
        fs::write(folder.join("worker.js"), "x").unwrap();
        assert!(shell_files(&folder).is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn hashes_are_seen_in_names() {
        for name in ["a-01234567.js", "a-0123456789abcdef_bg.wasm", "b/a-b-01234567.css"] {
            assert!(has_hash(name), "{name}");
        }
        assert!(is_fixed("a-01234567_bg.wasm") && !is_fixed("a-20260401.png") && !is_fixed("a.js"));
        for name in ["a.js", "worker_bg.wasm", "a-0123456.js", "01234567.js"] {
            assert!(!has_hash(name), "{name}");
        }
    }
}

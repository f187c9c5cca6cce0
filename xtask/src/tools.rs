//! The tools for building and testing, in the user's cache folder.
//!
//! Each version has a folder there, so a fresh clone finds what an earlier one built, and other versions that
//! the user has installed are not touched.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use anyhow::{Context, Result, anyhow, bail};

use crate::shell::{command, output, run};

/// The version of Trunk. (The toolchain that `rust-toolchain.toml` pins builds the tools, too.)
const TRUNK: &str = "0.21.14";
const CARGO_DENY: &str = "0.20.2";
const GECKODRIVER: &str = "0.37.1";
const WASM: &str = "wasm32-unknown-unknown";

/// The tools for building.
pub struct Tools {
    folders: Vec<PathBuf>,
    trunk: PathBuf,
}

impl Tools {
    /// Gets the tools that building the reader needs.
    pub fn for_building(root: &Path) -> Result<Self> {
        wasm_target(root)?;
        let lock = fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock could not be read")?;
        let bindgen =
            locked_version(&lock, "wasm-bindgen").context("Cargo.lock does not name wasm-bindgen")?;
        let trunk = install(root, "trunk", TRUNK, LOCKED)?;
        // Its lock file names a yanked crate, so `--locked` fails.
        let bindgen = install(root, "wasm-bindgen-cli", bindgen, &[])?;
        let program = trunk.join(format!("trunk{}", env::consts::EXE_SUFFIX));
        Ok(Self { folders: vec![trunk, bindgen], trunk: program })
    }

    /// The program `trunk`.
    pub fn trunk(&self) -> &Path {
        &self.trunk
    }

    /// Compiler flags for the reader: those of `.cargo/config.toml`, which these replace, and flags that keep
    /// this machine's paths out of the module.
    pub fn flags(&self, root: &Path) -> Result<String> {
        let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
        let cargo = cargo
            .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))
            .context("neither CARGO_HOME nor HOME is set")?;
        Ok(format!(
            "--cfg erase_components --remap-path-prefix={}=lib --remap-path-prefix={}=.",
            cargo.join("registry").join("src").display(),
            root.display()
        ))
    }

    /// The search path with these tools first.
    pub fn path(&self) -> Result<OsString> {
        let old = env::var_os("PATH").unwrap_or_default();
        let folders = self.folders.iter().cloned().chain(env::split_paths(&old));
        env::join_paths(folders).context("the PATH has a folder with a separator in its name")
    }
}

/// Gets cargo-deny.
pub fn cargo_deny(root: &Path) -> Result<PathBuf> {
    Ok(install(root, "cargo-deny", CARGO_DENY, LOCKED)?.join("cargo-deny"))
}

/// Gets geckodriver, through which Firefox is driven.
pub fn geckodriver(root: &Path) -> Result<PathBuf> {
    Ok(install(root, "geckodriver", GECKODRIVER, LOCKED)?.join("geckodriver"))
}

/// Builds a tool with the versions in its own lock file.
const LOCKED: &[&str] = &["--locked"];

/// The folder of a tool's programs; builds the tool if it is missing.
fn install(root: &Path, name: &str, version: &str, options: &[&str]) -> Result<PathBuf> {
    let home = cache()?.join("tools");
    let place = home.join(format!("{name}-{version}"));
    if place.join("bin").is_dir() {
        return Ok(place.join("bin"));
    }
    println!("Installing {name} {version} into {} (some minutes, once) …", home.display());
    let start = Instant::now();
    fs::create_dir_all(&home).with_context(|| format!("{} could not be made", home.display()))?;
    // Built beside and renamed, so that an interrupted build leaves no half of it.
    let beside = home.join(format!(".{name}-{version}-{}", std::process::id()));
    let mut cargo = command("cargo");
    cargo.current_dir(&home).env("RUSTUP_TOOLCHAIN", channel(root)?);
    for variable in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "RUSTFLAGS"] {
        cargo.env_remove(variable);
    }
    cargo.args(["install", "--quiet", "--root"]).arg(&beside).arg(format!("{name}@{version}")).args(options);
    let installed = run(&mut cargo).with_context(|| format!("{name} {version} could not be installed"));
    if let Err(error) = installed {
        let _ = fs::remove_dir_all(&beside);
        return Err(error);
    }
    let renamed = fs::rename(&beside, &place);
    // Another process may have been faster; its tool is the same.
    if renamed.is_err() {
        let _ = fs::remove_dir_all(&beside);
        if !place.join("bin").is_dir() {
            bail!("{} could not be put in place", place.display());
        }
    }
    println!("Installed {name} {version} in {:.0} s.", start.elapsed().as_secs_f32());
    Ok(place.join("bin"))
}

/// The folder for tools: `DATELINE_CACHE`, else the user's cache folder.
pub fn cache() -> Result<PathBuf> {
    cache_from(|name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from), env::consts::OS)
        .ok_or_else(|| anyhow!("this system names no home folder; set DATELINE_CACHE to a folder for tools"))
}

fn cache_from(variable: impl Fn(&str) -> Option<PathBuf>, system: &str) -> Option<PathBuf> {
    if let Some(folder) = variable("DATELINE_CACHE") {
        return Some(folder);
    }
    let folder = match system {
        "windows" => variable("LOCALAPPDATA"),
        "macos" => variable("HOME").map(|home| home.join("Library").join("Caches")),
        _ => variable("XDG_CACHE_HOME")
            .filter(|folder| folder.is_absolute())
            .or_else(|| variable("HOME").map(|home| home.join(".cache"))),
    };
    folder.map(|folder| folder.join("dateline"))
}

/// Adds the WebAssembly target if it is missing.
fn wasm_target(root: &Path) -> Result<()> {
    let toolchain = channel(root)?;
    let rustup = |arguments: &[&str]| {
        let mut rustup = command("rustup");
        rustup.current_dir(root).args(arguments).args(["--toolchain", &toolchain]);
        rustup
    };
    let installed = output(&mut rustup(&["target", "list", "--installed"]))
        .context("rustup is needed: see https://rustup.rs")?;
    if installed.lines().any(|line| line.trim() == WASM) {
        return Ok(());
    }
    println!("Adding the target {WASM} …");
    run(&mut rustup(&["target", "add", WASM]))
}

/// The toolchain that the repository pins.
fn channel(root: &Path) -> Result<String> {
    let file = fs::read_to_string(root.join("rust-toolchain.toml"))
        .context("rust-toolchain.toml could not be read")?;
    let line = file.lines().find_map(|line| line.trim().strip_prefix("channel")?.trim().strip_prefix('='));
    line.map(|value| value.trim().trim_matches('"').to_owned())
        .context("rust-toolchain.toml names no channel")
}

/// The version of a crate in a lock file.
fn locked_version<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "leptos"), None);
    }

    #[test]
    fn the_cache_is_the_user_s_own() {
        let choose = |known: &'static [(&str, &str)], system| {
            cache_from(
                move |name| known.iter().find(|(key, _)| *key == name).map(|(_, value)| PathBuf::from(value)),
                system,
            )
        };
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(choose(&[("DATELINE_CACHE", "/c"), ("HOME", "/h")], "linux"), path("/c"));
        assert_eq!(choose(&[("XDG_CACHE_HOME", "/x"), ("HOME", "/h")], "linux"), path("/x/dateline"));
        assert_eq!(
            choose(&[("XDG_CACHE_HOME", "relative"), ("HOME", "/h")], "linux"),
            path("/h/.cache/dateline")
        );
        assert_eq!(choose(&[("HOME", "/h")], "macos"), path("/h/Library/Caches/dateline"));
        assert_eq!(choose(&[], "linux"), None);
    }
}

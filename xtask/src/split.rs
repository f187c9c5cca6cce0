//! Cuts the reader's module into a main part and parts that load later, after Trunk has built it whole.
//!
//! Cargo's module is linked with its relocations (see [`flags`]), so that it can be taken apart at the functions that
//! carry `#[wasm_split]`. The main part then goes through wasm-bindgen, as Trunk had the whole do, and takes its place;
//! each other part lies beside it. How the reader loads a part is in `src/browser/part.rs`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::shell::{command, run};
use crate::shrink::find;
use crate::tools::{self, Tools};

/// Where in `target/` Cargo leaves the module.
const BUILT: &str = "wasm32-unknown-unknown/wasm-release/dateline.wasm";

/// What the compiler and the linker need to be told besides.
pub const FLAGS: &str = "--cfg dateline_split -Clink-args=--emit-relocs";
/// What Cargo needs to be told: with its names and relocations stripped, a module can't be taken apart.
pub const ENVIRONMENT: (&str, &str) = ("CARGO_PROFILE_WASM_RELEASE_STRIP", "false");

/// Puts the main part and the others in the place of the module that Trunk put into `folder`; the names of the others.
pub fn split(root: &Path, folder: &Path, tools: &Tools) -> Result<Vec<String>> {
    let target = root.join("target");
    let cut = target.join("split");
    if cut.exists() {
        fs::remove_dir_all(&cut).with_context(|| format!("{} could not be cleared", cut.display()))?;
    }
    let bound = cut.join("bound");
    run(command(tools::wasm_split(root)?)
        .arg(target.join(BUILT))
        .arg(&cut)
        .args(["--out-name", "dateline"]))?;
    let bindgen =
        ["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", "dateline", "--out-dir"];
    run(command(tools.bindgen()).arg(cut.join("dateline.wasm")).args(bindgen).arg(&bound))?;

    let glue = fs::read_to_string(bound.join("dateline.js")).context("wasm-bindgen made no glue")?;
    if glue.contains("__wasm_split_load") {
        bail!("the module loads a part by itself, which src/view/later.rs is to do");
    }
    let module = find(folder, "_bg.wasm")?;
    let stem = module.to_string_lossy().replace("_bg.wasm", "");
    put(&bound.join("dateline_bg.wasm"), &module)?;
    put(&bound.join("dateline.js"), Path::new(&format!("{stem}.js")))?;
    let loader = fs::read_to_string(cut.join("__wasm_split.js")).context("nothing tells of the parts")?;
    let parts = parts(&loader)?;
    for (file, part) in &parts {
        put(&cut.join(file), Path::new(&format!("{stem}_{part}.wasm")))?;
    }
    Ok(parts.into_iter().map(|(_, part)| part).collect())
}

/// The files of the parts, and what each is called here: by its part, or by those that share it, as in `live-saved`.
/// That is read from the loader that is made with them, which is used for nothing else.
fn parts(loader: &str) -> Result<Vec<(String, String)>> {
    let mut parts = Vec::new();
    let mut sharing = None;
    for line in loader.lines() {
        if let Some(names) = line.strip_prefix("/* ").and_then(|line| line.strip_suffix(" */")) {
            sharing = Some(names.replace(", ", "-"));
        }
        let Some((_, file)) = line.split_once("new URL(\"./") else { continue };
        let file = file.split('"').next().unwrap_or_default();
        let own = file.strip_prefix("split_").and_then(|file| file.strip_suffix(".wasm")).map(str::to_owned);
        let part = own.or_else(|| sharing.take()).with_context(|| format!("nothing tells what {file} is"))?;
        parts.push((file.to_owned(), part));
    }
    if parts.is_empty() {
        bail!("nothing was cut off");
    }
    parts.sort();
    Ok(parts)
}

fn put(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to)
        .map(drop)
        .with_context(|| format!("{} could not be put to {}", from.display(), to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_found_and_what_they_share() {
        let loader = "/* live, saved */\nconst __chunk_1 = makeLoad(() => {\n    const src = fetch(new URL(\"./chunk_1.wasm\", import.meta.url));\n}, []);\nexport const __wasm_split_load_live = wrapAsyncCb(makeLoad(() => {\n    const src = fetch(new URL(\"./split_live.wasm\", import.meta.url));\n}, [__chunk_1]));\n";
        let pair = |file: &str, part: &str| (file.to_owned(), part.to_owned());
        assert_eq!(
            parts(loader).unwrap(),
            [pair("chunk_1.wasm", "live-saved"), pair("split_live.wasm", "live")]
        );
        assert!(parts("").is_err());
        assert!(parts("fetch(new URL(\"./chunk_1.wasm\"").is_err());
    }
}

//! One style sheet out of `style/`.
//!
//! `style/style.css` is a list of layers and imports that a browser could load as it stands; each import
//! becomes a layer block here, so that a reader's browser asks for one file.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use desk::publish::style::{squeezed, without_comments};

/// Writes `target/style/dateline.css`, where that changes it.
pub fn bundle(root: &Path) -> Result<()> {
    let folder = root.join("style");
    let main = fs::read_to_string(folder.join("style.css")).context("style/style.css could not be read")?;
    let css = bundled(&main, |file| {
        fs::read_to_string(folder.join(file)).with_context(|| format!("style/{file} could not be read"))
    })?;
    let out = root.join("target").join("style");
    let file = out.join("dateline.css");
    if fs::read_to_string(&file).is_ok_and(|old| old == css) {
        return Ok(());
    }
    fs::create_dir_all(&out).context("target/style could not be made")?;
    fs::write(&file, css).context("target/style/dateline.css could not be written")
}

fn bundled(main: &str, read: impl Fn(&str) -> Result<String>) -> Result<String> {
    let mut css = String::new();
    for line in without_comments(main).lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with("@layer") {
            css.push_str(line);
            css.push('\n');
            continue;
        }
        let import = line.strip_prefix("@import url(\"").and_then(|rest| rest.split_once("\") layer("));
        let Some((file, layer)) = import.and_then(|(file, rest)| Some((file, rest.strip_suffix(");")?)))
        else {
            bail!(
                "style/style.css holds only `@layer …;` and `@import url(\"file\") layer(name);`, not: {line}"
            );
        };
        css.push_str(&format!("@layer {layer}{{{}}}\n", squeezed(&read(file)?)));
    }
    Ok(css)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_become_layers() {
        let main = "/* The list */\n@layer base, page;\n@import url(\"base.css\") layer(base);\n";
        let css = bundled(main, |file| Ok(format!("/* {file} */\na {{\n  color: red;\n}}\n"))).unwrap();
        assert_eq!(css, "@layer base, page;\n@layer base{a{color:red}}\n");
    }

    #[test]
    fn nothing_is_unlayered() {
        assert!(bundled("@import url(\"a.css\");", |_| Ok(String::new())).is_err());
        assert!(bundled("a { color: red; }", |_| Ok(String::new())).is_err());
    }
}

//! The reader in plain JavaScript (`tests/browser/benches/reader/`) as a site: the same edition, style and
//! pictures, and a page for each screen.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};
use browser_tests::site::Site;
use dateline::content::{Kind, decode};

const PAGE: &str = include_str!("../../../benches/reader/index.html");
/// Its modules; imported ones come first.
const MODULES: [(&str, &str); 6] = [
    ("dom.js", include_str!("../../../benches/reader/dom.js")),
    ("keep.js", include_str!("../../../benches/reader/keep.js")),
    ("blocks.js", include_str!("../../../benches/reader/blocks.js")),
    ("pages.js", include_str!("../../../benches/reader/pages.js")),
    (LIVE, include_str!("../../../benches/reader/live.js")),
    (MAIN, include_str!("../../../benches/reader/main.js")),
];
const MAIN: &str = "main.js";
/// The module that only live blogs need.
const LIVE: &str = "live.js";

/// The template of its pages.
pub struct Rival {
    page: String,
    names: Vec<(&'static str, String)>,
}

impl Rival {
    /// Serves it instead of the release build, with the same edition and style.
    pub async fn start() -> Result<(Self, Site)> {
        let site = Site::start("/").await?;
        let folder = site.folder();
        let style = style_of(folder)?;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() && name != "edition" {
                fs::remove_dir_all(path)?;
            } else if path.is_file() && name != style && !name.ends_with(".svg") {
                fs::remove_file(path)?;
            }
        }
        // Names with a hash, so that caches keep the files.
        let mut names: Vec<(&'static str, String)> = Vec::new();
        for (name, code) in MODULES {
            let code = with_names(code, &names);
            let mut hasher = DefaultHasher::new();
            code.hash(&mut hasher);
            let hashed = name.replace(".js", &format!("-{:016x}.js", hasher.finish()));
            fs::write(folder.join(&hashed), code)?;
            names.push((name, hashed));
        }
        let rival = Self { page: PAGE.replace("{style}", &style), names };
        let edition = fs::read(folder.join("edition").join("edition.json"))?;
        let edition = decode::edition(&edition)?.value;
        rival.write(folder, "./", Kind::Article, None)?;
        for section in &edition.sections {
            let screen = folder.join("section").join(section.id.as_str());
            rival.write(&screen, "../../", Kind::Article, None)?;
        }
        for (_, teaser) in edition.teasers() {
            rival.add_page(&site, teaser.id.as_str(), teaser.kind)?;
        }
        Ok((rival, site))
    }

    /// Adds a page for a story.
    pub fn add_page(&self, site: &Site, id: &str, kind: Kind) -> Result<()> {
        self.write(&site.folder().join("story").join(id), "../../", kind, None)
    }

    /// Adds a page for a story that requests the story's file before the modules are loaded.
    pub fn add_early_page(&self, site: &Site, id: &str) -> Result<()> {
        let file = format!("edition/stories/{id}.json");
        self.write(&site.folder().join("story").join(id), "../../", Kind::Article, Some(&file))
    }

    fn write(&self, folder: &Path, base: &str, kind: Kind, early: Option<&str>) -> Result<()> {
        let modules = self.names.iter().filter(|(name, _)| *name != LIVE || kind == Kind::Live);
        let mut preloads: String =
            modules.map(|(_, hashed)| format!("<link rel=\"modulepreload\" href=\"{hashed}\" />")).collect();
        if let Some(file) = early {
            preloads += &format!("<link rel=\"preload\" as=\"fetch\" crossorigin href=\"{file}\" />");
        }
        let main = self.names.last().map_or(MAIN, |(_, hashed)| hashed);
        let page = self.page.replace("{base}", base).replace("{main.js}", main);
        fs::create_dir_all(folder)?;
        Ok(fs::write(folder.join("index.html"), page.replace("{preloads}", &preloads))?)
    }
}

/// A module with the published names of the modules that it imports.
fn with_names(code: &str, names: &[(&str, String)]) -> String {
    names.iter().fold(code.to_owned(), |code, (name, hashed)| {
        code.replace(&format!("\"./{name}\""), &format!("\"./{hashed}\""))
    })
}

/// The name of the release build's style.
pub fn style_of(folder: &Path) -> Result<String> {
    fs::read_dir(folder)?
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .find(|name| name.ends_with(".css"))
        .context("the release build has a style")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_import_each_other_by_their_published_names() {
        let names = [("dom.js", "dom-1.js".to_owned())];
        let code = "import { el } from \"./dom.js\";\nimport(\"./live.js\");";
        assert_eq!(with_names(code, &names), "import { el } from \"./dom-1.js\";\nimport(\"./live.js\");");
    }

    #[test]
    fn no_module_imports_one_that_comes_later() {
        for (at, (name, code)) in MODULES.iter().enumerate() {
            let later = MODULES.iter().skip(at);
            for (other, _) in later {
                assert!(!code.contains(&format!("\"./{other}\"")), "{name} imports {other}");
            }
        }
    }
}

//! Compares a release build with `budget.json`: the bytes until a press of Save works, all code of a first
//! visit, the heaviest page, and the number of requests before there is something to read.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use dateline::content::{Block, decode};
use serde_json::Value;

/// The pages for unknown addresses and for the service worker. No link leads to them.
const NO_PAGES: [&str; 2] = ["404.html", "shell/index.html"];
/// The style that pages link to; the others are inline.
const LINKED_STYLE: &str = "live-";
/// The service worker, in its two files.
const WORKER: [&str; 2] = ["sw.js", "sw-saved.js"];
/// The file with which a publisher can remove all readers' workers.
const KILL_SWITCH: &str = "kill-sw.js";
/// The first part of a story's address.
const STORY: &str = "story";

/// A file of the build.
struct File {
    /// Its path in the build.
    path: PathBuf,
    /// Its size in bytes.
    raw: u64,
    /// Its size as a host sends it.
    sent: u64,
}

/// Something that has a budget.
#[derive(Debug, PartialEq, Eq)]
struct Weight {
    /// The JSON pointer of its budget in `budget.json`.
    pointer: String,
    /// Its value.
    is: u64,
    /// Which file it is about, if there are several.
    of: String,
}

impl Weight {
    fn new(pointer: &str, is: u64) -> Self {
        Self { pointer: pointer.to_owned(), is, of: String::new() }
    }
}

/// Prints each file's size.
///
/// # Errors
/// If the build is over its budget.
pub fn report(folder: &Path, budget: &Path) -> Result<()> {
    let budget = serde_json::from_slice(&fs::read(budget).context("budget.json could not be read")?)?;
    let files = weighed(folder)?;
    print(&files);
    let page = heaviest_page(&files);
    let mut weights: Vec<Weight> = code(&files, page.is).into();
    weights.push(page);
    weights.push(requests(folder, &files)?);
    within(&weights, &budget)
}

/// The files of a build with their sizes, without compressed copies and the desk's ledger.
fn weighed(folder: &Path) -> Result<Vec<File>> {
    let mut found = Vec::new();
    for file in files(folder)? {
        let path = file.strip_prefix(folder).unwrap_or(&file).to_owned();
        if matches!(kind(&path), "br" | "gz") || path.to_string_lossy().starts_with('.') {
            continue;
        }
        let bytes = fs::read(&file)?;
        // Pictures are compressed already; hosts send them as they are.
        let is_text = matches!(
            kind(&path),
            "html" | "css" | "js" | "wasm" | "json" | "svg" | "xml" | "txt" | "webmanifest"
        );
        let raw = bytes.len() as u64;
        found.push(File { path, raw, sent: if is_text { brotli_size(&bytes)? } else { raw } });
    }
    Ok(found)
}

fn kind(path: &Path) -> &str {
    path.extension().and_then(|end| end.to_str()).unwrap_or_default()
}

fn print(files: &[File]) {
    println!("{:>10} {:>10}", "raw", "brotli");
    for file in files {
        let mark = if is_module(&file.path) { "  *" } else { "" };
        println!("{:>10} {:>10}  {}{mark}", file.raw, file.sent, file.path.display());
    }
    println!("{} files. What has to be there before Save works is marked with *.", files.len());
}

/// Whether a file has to be loaded before a press of Save works: the module and its glue.
fn is_module(path: &Path) -> bool {
    let name = path.to_str().unwrap_or_default();
    path.parent() == Some(Path::new(""))
        && matches!(kind(path), "js" | "wasm")
        && !WORKER.contains(&name)
        && name != KILL_SWITCH
}

fn sum(files: &[File], which: impl Fn(&Path) -> bool) -> u64 {
    files.iter().filter(|file| which(&file.path)).map(|file| file.sent).sum()
}

/// What a reader of the heaviest page loads until a press of Save works; all code of a first visit (the
/// module, its glue, the worker, and linked styles); and the worker alone. Inline code counts with the pages.
fn code(files: &[File], page: u64) -> [Weight; 3] {
    let is_worker = |path: &Path| WORKER.iter().any(|name| path == Path::new(name));
    let is_linked = |path: &Path| {
        let name = path.to_str().unwrap_or_default();
        kind(path) == "css" && name.starts_with(LINKED_STYLE)
    };
    let (module, worker) = (sum(files, is_module), sum(files, is_worker));
    [
        Weight::new("/until_save_works_brotli_bytes", module + page),
        Weight::new("/all_code_brotli_bytes", module + worker + sum(files, is_linked)),
        Weight::new("/worker_brotli_bytes", worker),
    ]
}

/// The heaviest page that links lead to.
fn heaviest_page(files: &[File]) -> Weight {
    let is_page = |file: &&File| {
        kind(&file.path) == "html" && !NO_PAGES.iter().any(|page| file.path == Path::new(page))
    };
    let heaviest = files.iter().filter(is_page).max_by_key(|file| file.sent);
    Weight {
        pointer: "/page_brotli_bytes".to_owned(),
        is: heaviest.map_or(0, |file| file.sent),
        of: heaviest.map(|file| file.path.display().to_string()).unwrap_or_default(),
    }
}

/// The most requests, beyond the one for the page, before a story can be read. A story that is not in its
/// page needs the app and then its file.
fn requests(folder: &Path, files: &[File]) -> Result<Weight> {
    let mut most = Weight::new("/requests_before_readable", 0);
    for file in files.iter().filter(|file| file.path.starts_with(STORY) && kind(&file.path) == "html") {
        let page = fs::read_to_string(folder.join(&file.path))?;
        let id = file.path.parent().and_then(Path::file_name).unwrap_or_default();
        let story = folder.join("edition").join("stories").join(id).with_extension("json");
        let waits = blocking(&page) + if can_be_read(&page, &fs::read(story)?) { 0 } else { 2 };
        if waits > most.is {
            (most.is, most.of) = (waits, file.path.display().to_string());
        }
    }
    Ok(most)
}

/// How many render-blocking styles and scripts a page loads.
fn blocking(page: &str) -> u64 {
    let waits = |tag: &str| {
        let (name, rest) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
        let has = |what: &str| rest.split([' ', '\n', '=', '"']).any(|word| word == what);
        match name {
            "link" => has("rel") && has("stylesheet"),
            "script" => has("src") && !["module", "async", "defer"].into_iter().any(has),
            _ => false,
        }
    };
    // Tags after the content do not block it.
    let before = page.split_once("</main>").map_or(page, |(before, _)| before);
    // The content of a template is not loaded until a script takes it.
    let loaded: String = before
        .split("</template>")
        .map(|part| part.split_once("<template").map_or(part, |(loaded, _)| loaded))
        .collect();
    let tags = loaded.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    tags.filter(|(tag, _)| waits(tag)).count() as u64
}

/// Whether a story's headline and first paragraph are in the page's content, and not only in its data.
fn can_be_read(page: &str, story: &[u8]) -> bool {
    let Ok(story) = decode::story(story).map(|decoded| decoded.value) else { return false };
    let body = page.split_once("<main").map_or("", |(_, rest)| rest);
    let body = body.split_once("</main>").map_or("", |(body, _)| body);
    let words: String = body.split('<').filter_map(|rest| Some(rest.split_once('>')?.1)).collect();
    let first = story.body.iter().find_map(|block| match block {
        Block::Paragraph { text } if !text.is_empty() => Some(text.to_plain()),
        _ => None,
    });
    [Some(story.headline), first].into_iter().flatten().all(|text| words.contains(&escaped(&text)))
}

/// Escapes text for HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Prints each value with its budget, and fails if one is over it.
fn within(weights: &[Weight], budget: &Value) -> Result<()> {
    let mut over = Vec::new();
    for Weight { pointer, is, of } in weights {
        let name = pointer.trim_start_matches('/');
        let allowed = budget.pointer(pointer).and_then(Value::as_u64);
        let allowed = allowed.with_context(|| format!("budget.json has no {name}"))?;
        let of = if of.is_empty() { String::new() } else { format!(" ({of})") };
        println!("{name}: {is} of {allowed} allowed{of}");
        if *is > allowed {
            over.push(format!("{name}{of} is {} over the budget", is - allowed));
        }
    }
    if over.is_empty() { Ok(()) } else { bail!("{}", over.join("; ")) }
}

fn brotli_size(bytes: &[u8]) -> Result<u64> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    writer.write_all(bytes)?;
    Ok(writer.into_inner().len() as u64)
}

/// All files of a folder, sorted.
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
    use serde_json::json;

    #[test]
    fn the_module_is_known_by_its_name() {
        for name in ["dateline-0a_bg.wasm", "dateline-0a.js"] {
            assert!(is_module(Path::new(name)), "{name}");
        }
        for other in ["sw.js", "sw-saved.js", "kill-sw.js", "edition/a_b.json", "a-0.css", "x/a.js"] {
            assert!(!is_module(Path::new(other)), "{other}");
        }
    }

    #[test]
    fn brotli_makes_repeated_text_small() {
        assert!(brotli_size("news ".repeat(1000).as_bytes()).unwrap() < 100);
    }

    /// A build with one story, whose page has `head` in its head and `text` as its content.
    fn build(name: &str, head: &str, text: &str) -> (PathBuf, PathBuf) {
        let root = std::env::temp_dir().join(format!("dateline-budget-{name}-{}", std::process::id()));
        let put = |path: &str, content: &str| {
            let file = root.join("dist").join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        };
        put("index.html", "<!doctype html><main><h1>Front</h1></main>");
        put("404.html", &format!("<!doctype html>{}", noise(3_000)));
        put("a-0_bg.wasm", "x");
        put(
            "story/a/index.html",
            &format!(
                "<!doctype html><head>{head}</head><main><h1>Ice &amp; <b>sea</b></h1><p>{text}</p></main>"
            ),
        );
        let story = json!({ "version": 1, "id": "a", "kind": "article", "headline": "Ice & sea", "published": "2026-01-01",
            "body": [{ "kind": "paragraph", "text": "It melts." }] });
        put("edition/stories/a.json", &story.to_string());
        let budget = json!({ "until_save_works_brotli_bytes": 9_000, "all_code_brotli_bytes": 10, "worker_brotli_bytes": 0,
            "page_brotli_bytes": 1_000, "requests_before_readable": 0 });
        fs::write(root.join("budget.json"), budget.to_string()).unwrap();
        (root.join("dist"), root.join("budget.json"))
    }

    /// Text that can't be compressed.
    fn noise(count: u64) -> String {
        (0..count / 64).map(|at| crate::dist::hash(&at.to_le_bytes())).collect()
    }

    fn said(name: &str, head: &str, text: &str) -> Option<String> {
        let (folder, budget) = build(name, head, text);
        let said = report(&folder, &budget).err().map(|error| error.to_string());
        fs::remove_dir_all(folder.parent().unwrap()).unwrap();
        said
    }

    #[test]
    fn a_build_within_its_budget_passes() {
        let head = "<script type=\"module\" src=\"a.js\"></script><link rel=\"preload\" as=\"style\" href=\"a.css\">";
        assert_eq!(said("good", head, "It <i>melts</i>."), None);
    }

    #[test]
    fn the_heaviest_page_is_named() {
        let fat = format!("It melts. {}", noise(6_000));
        let said = said("fat", "", &fat).unwrap();
        assert!(
            said.starts_with("page_brotli_bytes (story/a/index.html) is ") && !said.contains(';'),
            "{said}"
        );
    }

    #[test]
    fn what_a_reader_would_wait_for_is_over_the_budget() {
        for (name, head) in [
            ("style", "<link rel=\"stylesheet\" href=\"a.css\">"),
            ("script", "<script src=\"a.js\"></script>"),
        ] {
            let expected = "requests_before_readable (story/a/index.html) is 1 over the budget";
            assert_eq!(said(name, head, "It melts.").as_deref(), Some(expected));
        }
        let said = said("empty", "", "Loading …").unwrap();
        assert!(said.contains("is 2 over the budget"), "{said}");
    }
}

//! The rules of the rooms (the table at the top of `src/lib.rs`), checked on the source text: which room may name which,
//! which words belong to which room, no circles between files, no file that is too long.
//!
//! The tables at the top are the rules. The lists of exceptions may only get shorter: a test also fails if an
//! exception is no longer needed.

// Clippy's exceptions for tests cover only functions marked `#[test]`, not their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use circles::{circles, new_and_gone};
use source::Source;

#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/source.rs"]
mod source;

/// A room of `src`, the rooms that it may name, and the words that it may not use. A macro's name ends in
/// `!`.
struct Rule {
    room: &'static str,
    may_name: &'static [&'static str],
    never: &'static [&'static [&'static str]],
}

const LEPTOS: &[&str] = &["leptos", "tachys", "reactive_graph", "any_spawner"];
/// Components get the types of events from `leptos::ev`.
const WEB: &[&str] = &["web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures", "gloo_net"];
/// WebAssembly has no such clocks. The time is passed as an argument.
const CLOCKS: &[&str] = &["SystemTime", "Instant"];
const MARKUP: &[&str] = &["view!"];

const RULES: &[Rule] = &[
    Rule { room: "content", may_name: &["content"], never: &[LEPTOS, WEB, CLOCKS] },
    Rule { room: "convert", may_name: &["content", "convert"], never: &[LEPTOS, WEB, CLOCKS] },
    Rule { room: "follow", may_name: &["content", "follow"], never: &[LEPTOS, WEB, CLOCKS] },
    Rule {
        room: "reading",
        may_name: &["content::decode", "content::id", "content::text", "reading"],
        never: &[LEPTOS, WEB, CLOCKS],
    },
    Rule { room: "route", may_name: &["content", "route"], never: &[LEPTOS, WEB, CLOCKS] },
    Rule { room: "browser", may_name: &["browser"], never: &[LEPTOS, CLOCKS] },
    Rule {
        room: "state",
        may_name: &["browser", "content", "follow", "reading", "route", "state"],
        never: &[WEB, CLOCKS, MARKUP],
    },
    Rule {
        room: "components",
        may_name: &["browser", "components", "content", "follow", "reading", "route", "state"],
        never: &[WEB, CLOCKS],
    },
    Rule {
        room: "pages",
        may_name: &["browser", "components", "content", "follow", "pages", "reading", "route", "state"],
        never: &[WEB, CLOCKS],
    },
    Rule {
        room: "app",
        may_name: &[
            "app",
            "browser",
            "components",
            "content",
            "follow",
            "pages",
            "reading",
            "route",
            "state",
        ],
        never: &[&["js_sys", "gloo_net"], CLOCKS],
    },
    Rule {
        room: "prerender",
        may_name: &["app", "browser", "components", "content", "pages", "route", "state"],
        never: &[WEB, CLOCKS],
    },
    Rule { room: "main", may_name: &["app"], never: &[WEB, CLOCKS] },
];

/// Rooms that have rules but do not exist yet.
const TO_COME: &[&str] = &[];

/// Words that no file of the reader uses, in code or in strings.
const NOWHERE: &[&str] =
    &["innerHTML", "inner_html", "insertAdjacentHTML", "outerHTML", "document.write", "leptos_router"];

/// Files that depend on each other in a circle: exceptions.
const CIRCLES: &[&[&str]] = &[&[
    "desk/src/publish/feeds.rs",
    "desk/src/publish/guides.rs",
    "desk/src/publish/head.rs",
    "desk/src/publish/linked.rs",
    "desk/src/publish/mod.rs",
    "desk/src/publish/older.rs",
    "desk/src/publish/shell.rs",
    "desk/src/publish/store.rs",
]];

/// No file has more lines, unless one of its first lines says why.
const MOST_LINES: usize = 500;
/// The words with which it says why.
const REASON: &str = "Over 500 lines because";
const FIRST_LINES: usize = 5;

/// Files that are longer and give no reason: exceptions.
const TOO_LONG: &[&str] = &[
    "desk/src/live/blog.rs",
    "desk/src/publish/mod.rs",
    "desk/tests/import.rs",
    "desk/tests/live.rs",
    "desk/tests/publish.rs",
    "src/convert/html.rs",
    "tests/content.rs",
    "tests/reading.rs",
];

/// Selectors by class or id in the browser room, which should not know the app's markup: exceptions.
const SELECTORS: &[(&str, &str)] = &[];

/// The folders of crates, and the name of the library in a package's other targets.
const CRATES: &[(&str, &str)] = &[("src", "dateline"), ("desk/src", "desk")];
/// The folders whose files must not be too long.
const FOLDERS: &[&str] = &["src", "desk", "tests", "xtask"];

/// The violations of a room's rules in a file of the reader, one a line.
fn violations(source: &Source) -> Vec<String> {
    let (path, room) = (&source.path, source.room());
    let mut found = Vec::new();
    let mut broken = |line: usize, what: String| found.push(format!("{path}:{line}: {what}"));
    if !source.text.starts_with("//!") {
        broken(1, "a module opens by saying what it is for".to_owned());
    }
    for text in &source.scan.texts {
        if room != "route" && (text.what.starts_with("story/") || text.what.starts_with("section/")) {
            broken(text.line, "addresses of screens are written in route.rs alone".to_owned());
        }
    }
    let said = source.scan.texts.iter().chain(&source.scan.words);
    for said in said {
        for word in NOWHERE.iter().filter(|word| said.what.contains(**word)) {
            broken(said.line, format!("{word} is used nowhere"));
        }
    }
    if room == "lib" {
        return found;
    }
    let Some(rule) = RULES.iter().find(|rule| rule.room == room) else {
        broken(1, format!("the room {room} has no rule (see the table at the top of this test)"));
        return found;
    };
    for named in &source.scan.paths {
        let name = named.what.join("::");
        let is_allowed =
            rule.may_name.iter().any(|may| name == *may || name.starts_with(&format!("{may}::")));
        // A name with a capital letter is not a room but an item in the crate's root.
        if !is_allowed && name.starts_with(char::is_lowercase) {
            broken(named.line, format!("{room} may not name {name} (see the table in src/lib.rs)"));
        }
    }
    let never: BTreeSet<&str> = rule.never.iter().flat_map(|words| words.iter().copied()).collect();
    for word in source.scan.words.iter().filter(|word| never.contains(word.what.as_str())) {
        broken(word.line, format!("{room} may not use {} (see the table in src/lib.rs)", word.what));
    }
    found
}

/// The selectors by class or id in a file of the browser room.
fn selectors(source: &Source) -> Vec<&str> {
    let texts = source.scan.texts.iter().map(|text| text.what.as_str());
    let begins = |text: &str| {
        let mut chars = text.chars();
        matches!(chars.next(), Some('.' | '#')) && chars.next().is_some_and(char::is_alphabetic)
    };
    texts.filter(|text| begins(text)).collect()
}

/// Whether a file is too long and gives no reason.
fn is_too_long(text: &str) -> bool {
    text.lines().count() > MOST_LINES && !text.lines().take(FIRST_LINES).any(|line| line.contains(REASON))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files below a folder of the repository: their paths in that folder, and their text.
fn files(folder: &str) -> Vec<(String, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path.strip_prefix(root().join(folder)).unwrap().to_str().unwrap();
                found.push((name.replace('\\', "/"), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    let all = CRATES.iter().flat_map(|(folder, name)| {
        files(folder).into_iter().map(|(file, text)| Source::new(folder, name, &file, text))
    });
    all.collect()
}

fn of_the_reader(sources: &[Source]) -> impl Iterator<Item = &Source> {
    sources.iter().filter(|source| source.crate_name == "dateline")
}

/// A file of the reader, made up by a test.
fn made_up(file: &str, text: &str) -> Source {
    Source::new("src", "dateline", file, text.to_owned())
}

#[test]
fn every_room_keeps_to_its_rules() {
    let sources = sources();
    assert!(sources.len() > 60, "the sources were not found");
    let broken: Vec<String> = of_the_reader(&sources).flat_map(violations).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_rule_is_of_a_room_that_there_is_or_that_is_to_come() {
    let sources = sources();
    for rule in RULES.iter().filter(|rule| !TO_COME.contains(&rule.room)) {
        assert!(of_the_reader(&sources).any(|source| source.room() == rule.room), "{} is gone", rule.room);
    }
}

#[test]
fn no_files_depend_on_each_other_in_a_circle() {
    let sources = sources();
    let wrong = new_and_gone(&circles(&sources), CIRCLES);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_is_too_long_without_a_reason() {
    let all = FOLDERS.iter().flat_map(|folder| {
        files(folder).into_iter().map(move |(file, text)| (format!("{folder}/{file}"), text))
    });
    let long: BTreeSet<String> = all.filter(|(_, text)| is_too_long(text)).map(|(file, _)| file).collect();
    let listed: BTreeSet<String> = TOO_LONG.iter().map(|file| (*file).to_owned()).collect();
    let new: Vec<&String> = long.difference(&listed).collect();
    assert!(new.is_empty(), "over {MOST_LINES} lines, with no reason at the top ('{REASON} …'): {new:#?}");
    let gone: Vec<&String> = listed.difference(&long).collect();
    assert!(gone.is_empty(), "not too long any more: take it off the list TOO_LONG: {gone:#?}");
}

#[test]
fn the_browser_room_knows_no_class_and_no_id_of_the_app() {
    let sources = sources();
    let browser = sources.iter().filter(|source| source.path.starts_with("src/browser/"));
    let found: BTreeSet<(&str, &str)> = browser
        .flat_map(|source| selectors(source).into_iter().map(|text| (source.path.as_str(), text)))
        .collect();
    let listed: BTreeSet<(&str, &str)> = SELECTORS.iter().copied().collect();
    let new: Vec<_> = found.difference(&listed).collect();
    assert!(new.is_empty(), "classes and ids are for the other rooms to know: {new:#?}");
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(gone.is_empty(), "not there any more: take it off the list SELECTORS: {gone:#?}");
}

#[test]
fn a_broken_rule_is_found() {
    let broken = [
        ("content/a.rs", "//! x\nuse crate::reading::Action;"),
        ("content/a.rs", "//! x\nuse crate::{content::Text, browser};"),
        ("content/a.rs", "//! x\nuse super::super::reading::Action;"),
        ("content/a/b.rs", "//! x\nfn f() { super::super::super::browser::page::title() }"),
        ("content/a.rs", "//! x\nfn f() { web_sys::window(); }"),
        ("content/a.rs", "//! x\nuse std::time::SystemTime;"),
        ("convert/a.rs", "//! x\nuse leptos::prelude::*;"),
        ("follow/a.rs", "//! x\nfn f() -> std::time::Instant {}"),
        ("reading/a.rs", "//! x\nuse crate::content::Story;"),
        ("reading/mod.rs", "//! x\nuse super::content::Story;"),
        ("route.rs", "//! x\nuse crate::state::library;"),
        ("route.rs", "//! x\nuse super::state::library;"),
        ("browser/a.rs", "//! x\nuse crate::content::Story;"),
        ("browser/a.rs", "//! x\nuse dateline::route::Route;"),
        ("browser/a.rs", "//! x\nuse leptos::prelude::*;"),
        ("state/a.rs", "//! x\nuse crate::components::time;"),
        ("state/a.rs", "//! x\nuse super::super::pages::front;"),
        ("state/a.rs", "//! x\nfn f() { view! { <p>\"x\"</p> } }"),
        ("state/a.rs", "//! x\nuse web_sys::Storage;"),
        ("components/a.rs", "//! x\nuse crate::pages::front;"),
        ("components/a.rs", "//! x\nfn f(event: leptos::web_sys::Event) {}"),
        ("components/a.rs", "//! x\nfn f() { view! { <p>{crate::app::name()}</p> } }"),
        ("pages/a.rs", "//! x\nuse crate::app::App;"),
        ("pages/a.rs", "//! x\nuse gloo_net::http::Request;"),
        ("components/a.rs", "//! x\nuse web_sys::Element;"),
        ("components/a.rs", "//! x\nuse crate::app::mount;"),
        ("components/a.rs", "//! x\nfn f() { let href = format!(\"story/{id}/\"); }"),
        ("components/a.rs", "//! x\nfn f() { element.set_inner_html(text); }"),
        ("components/a.rs", "//! x\nconst A: &str = \"a.innerHTML = b\";"),
        ("app.rs", "//! x\nuse js_sys::Date;"),
        ("main.rs", "//! x\nuse dateline::state::library;"),
        ("content/a.rs", "use std::fmt;"),
        ("nowhere/a.rs", "//! x"),
    ];
    for (path, source) in broken {
        assert!(!violations(&made_up(path, source)).is_empty(), "{path}: {source}");
    }
}

#[test]
fn what_is_allowed_is_let_be() {
    let fine = [
        (
            "content/a.rs",
            "//! Not web_sys.\n// use web_sys\nuse crate::content::{Text, Href};\nconst A: &str = \"web_sys::x\";",
        ),
        (
            "content/a.rs",
            "//! x\n/// Not web_sys, as `crate::reading` has it.\nconst A: char = '\"'; // web_sys",
        ),
        ("content/a.rs", "//! x\nuse super::{Text, id::StoryId};\nuse self::b::c;\nmod b;"),
        ("reading/a.rs", "//! x\nuse crate::content::id::StoryId;"),
        ("route.rs", "//! x\nfn f() { let href = format!(\"story/{id}/\"); }"),
        ("pages/a.rs", "//! x\nuse crate::browser::page;\nuse leptos::prelude::*;"),
        ("state/a.rs", "//! x\nuse leptos::prelude::*;\nuse super::library::Library;"),
        ("components/a.rs", "//! x\nuse leptos::ev;\nfn f() { view! { <p>{crate::state::name()}</p> } }"),
        ("main.rs", "//! x\nfn main() { dateline::app::mount(); }"),
        ("content/a.rs", "//! x\n#[cfg(test)]\nmod tests { use std::time::Instant; }"),
    ];
    for (path, source) in fine {
        assert_eq!(violations(&made_up(path, source)), Vec::<String>::new(), "{path}: {source}");
    }
}

#[test]
fn a_circle_is_found_and_what_only_looks_like_one_is_none() {
    let found = |files: &[(&str, &str)]| -> Vec<Vec<String>> {
        let sources: Vec<Source> = files.iter().map(|(file, text)| made_up(file, text)).collect();
        let found = circles(&sources);
        found.iter().map(|circle| circle.iter().map(|file| (*file).to_owned()).collect()).collect()
    };
    let three = [
        ("state/mod.rs", "pub mod a; pub mod b; pub mod c;"),
        ("state/a.rs", "use super::b::B;"),
        ("state/b.rs", "fn f() { crate::state::c::f() }"),
        ("state/c.rs", "use crate::{content, state::{a::{self, A}, d}};"),
    ];
    assert_eq!(found(&three), [["src/state/a.rs", "src/state/b.rs", "src/state/c.rs"]]);
    // A parent that only re-exports its children's names is not part of a circle.
    let passed_on = [
        ("state/mod.rs", "mod a; mod b; pub use a::A; pub use self::b::{B as C};"),
        ("state/a.rs", "use super::C;"),
        ("state/b.rs", "fn f() {}"),
    ];
    assert_eq!(found(&passed_on), Vec::<Vec<String>>::new());
    let by_another_name = [
        passed_on[0],
        passed_on[1],
        ("state/b.rs", "use crate::state::A; #[cfg(test)] mod tests { use super::*; }"),
    ];
    assert_eq!(found(&by_another_name), [["src/state/a.rs", "src/state/b.rs"]]);
    // A parent with code of its own is.
    let own = [("state/mod.rs", "mod a; fn f() { a::g() }"), ("state/a.rs", "fn g() { super::f() }")];
    assert_eq!(found(&own), [["src/state/a.rs", "src/state/mod.rs"]]);
}

#[test]
fn the_list_of_circles_only_gets_shorter() {
    let circle = |files: &[&'static str]| files.iter().copied().collect::<BTreeSet<&str>>();
    let allowed: &[&[&str]] = &[&["a", "b", "c"]];
    assert!(new_and_gone(&[circle(&["a", "b", "c"])], allowed).is_empty());
    assert_eq!(new_and_gone(&[circle(&["a", "b", "c", "d"])], allowed).len(), 1, "it has grown");
    assert_eq!(new_and_gone(&[circle(&["a", "b", "c"]), circle(&["d", "e"])], allowed).len(), 1, "a new one");
    assert_eq!(new_and_gone(&[circle(&["a", "b"])], allowed).len(), 1, "one file is free");
    assert_eq!(new_and_gone(&[], allowed).len(), 3, "all are");
}

#[test]
fn a_selector_and_a_long_file_are_found() {
    let source = made_up(
        "browser/a.rs",
        "//! x\nfn f() { g(\".post, p\", \"#app\", \"[role=feed]\", \"a.b\", \"#\"); }",
    );
    assert_eq!(selectors(&source), [".post, p", "#app"]);
    let long = "x\n".repeat(MOST_LINES + 1);
    assert!(is_too_long(&long) && !is_too_long(&"x\n".repeat(MOST_LINES)));
    assert!(!is_too_long(&format!("//! x\n// {REASON} of that.\n{long}")));
    assert!(is_too_long(&format!("{}// {REASON} of that.\n", "x\n".repeat(MOST_LINES + 1))));
}

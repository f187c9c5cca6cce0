//! The import rules of the rooms (the table at the top of `src/lib.rs`), checked on the source text.

// Clippy takes only what is marked `#[test]` for a test, not what those call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

/// A room, the rooms that it may name, and the words that it may not use.
struct Rule {
    room: &'static str,
    may_name: &'static [&'static str],
    never: &'static [&'static str],
}

const OUTSIDE: &[&str] = &[
    "leptos",
    "tachys",
    "reactive_graph",
    "any_spawner",
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "SystemTime",
    "Instant",
];

const RULES: &[Rule] = &[
    Rule { room: "content", may_name: &["content"], never: OUTSIDE },
    Rule { room: "convert", may_name: &["content", "convert"], never: OUTSIDE },
    Rule { room: "follow", may_name: &["content", "follow"], never: OUTSIDE },
    Rule {
        room: "reading",
        may_name: &["content::decode", "content::id", "content::text", "reading"],
        never: OUTSIDE,
    },
    Rule { room: "route", may_name: &["content", "route"], never: OUTSIDE },
    Rule { room: "search", may_name: &["content", "search"], never: OUTSIDE },
    Rule { room: "browser", may_name: &["browser"], never: &["leptos", "reactive_graph", "tachys"] },
    Rule {
        room: "view",
        may_name: &["browser", "content", "follow", "reading", "route", "view"],
        never: &["web_sys", "js_sys", "wasm_bindgen"],
    },
    Rule {
        room: "app",
        may_name: &["app", "browser", "content", "follow", "reading", "route", "search", "view"],
        never: &["web_sys", "js_sys"],
    },
    Rule { room: "main", may_name: &["app"], never: &["web_sys", "js_sys", "wasm_bindgen"] },
];

/// Words that no file of the reader uses, in code or in text.
const NOWHERE: &[&str] =
    &["innerHTML", "inner_html", "insertAdjacentHTML", "outerHTML", "document.write", "leptos_router"];

/// What breaks a rule in a file, a line each. `path` is relative to `src`.
fn violations(path: &str, source: &str) -> Vec<String> {
    let room = path.split(['/', '.']).next().unwrap_or_default();
    let mut found = Vec::new();
    if !source.starts_with("//!") {
        found.push(format!("src/{path}:1: a module opens by saying what it is for"));
    }
    let own = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    for (number, line) in own.lines().enumerate() {
        for word in
            NOWHERE.iter().filter(|word| line.contains(**word) && !line.trim_start().starts_with("//"))
        {
            found.push(format!("src/{path}:{}: {word} is used nowhere", number + 1));
        }
        if room != "route"
            && !line.trim_start().starts_with("//")
            && (line.contains("\"story/") || line.contains("\"section/"))
        {
            found.push(format!(
                "src/{path}:{}: addresses of screens are written in route.rs alone",
                number + 1
            ));
        }
    }
    let Some(rule) = RULES.iter().find(|rule| rule.room == room) else { return found };
    for (number, name) in names(&code(source)) {
        let allowed = rule.may_name.iter().any(|may| name == *may || name.starts_with(&format!("{may}::")));
        if !allowed {
            found.push(format!(
                "src/{path}:{number}: {room} may not name {name} (see the table in src/lib.rs)"
            ));
        }
    }
    for (number, line) in code(source).lines().enumerate() {
        let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        for word in rule.never.iter().filter(|word| words.contains(*word)) {
            found.push(format!(
                "src/{path}:{}: {room} may not use {word} (see the table in src/lib.rs)",
                number + 1
            ));
        }
    }
    found
}

/// The source without comments and tests, and with its strings empty, line for line.
fn code(source: &str) -> String {
    let before_tests = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let mut out = String::new();
    let mut chars = before_tests.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => {
                while chars.peek().is_some_and(|c| *c != '\n') {
                    chars.next();
                }
            }
            '"' => {
                out.push('"');
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => drop(chars.next()),
                        '"' => break,
                        '\n' => out.push('\n'),
                        _ => {}
                    }
                }
                out.push('"');
            }
            // A character that is a quotation mark opens no string.
            '\'' if chars.peek() == Some(&'"') => drop(chars.next()),
            c => out.push(c),
        }
    }
    out
}

/// The rooms' modules that the code names (`crate::room`, `dateline::room`), with their lines; groups in
/// braces are taken apart.
fn names(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for start in ["crate::", "dateline::"] {
        for (at, _) in code.match_indices(start) {
            let is_word = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if is_word {
                continue;
            }
            let line = code[..at].lines().count().max(1);
            let rest = &code[at + start.len()..];
            let paths = match rest.strip_prefix('{') {
                Some(group) => split_group(group),
                None => vec![rest.to_owned()],
            };
            for path in paths {
                let path: String = path
                    .trim()
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':'))
                    .collect();
                if !path.is_empty() && !path.starts_with(|c: char| c.is_uppercase()) {
                    found.push((line, path));
                }
            }
        }
    }
    found
}

/// The members of a group, up to its closing brace.
fn split_group(group: &str) -> Vec<String> {
    let (mut depth, mut members) = (0, vec![String::new()]);
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => members.push(String::new()),
            c => members.last_mut().unwrap().push(c),
        }
    }
    members
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_room_keeps_to_its_rules() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 30, "the sources were not found");
    let broken: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let path = file.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
            violations(&path, &fs::read_to_string(file).unwrap())
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_broken_rule_is_found() {
    let broken = [
        ("content/a.rs", "//! x\nuse crate::reading::Action;"),
        ("content/a.rs", "//! x\nuse crate::{content::Text, browser};"),
        ("content/a.rs", "//! x\nfn f() { web_sys::window(); }"),
        ("content/a.rs", "//! x\nuse std::time::SystemTime;"),
        ("convert/a.rs", "//! x\nuse leptos::prelude::*;"),
        ("follow/a.rs", "//! x\nfn f() -> std::time::Instant {}"),
        ("reading/a.rs", "//! x\nuse crate::content::Story;"),
        ("route.rs", "//! x\nuse crate::view::html;"),
        ("search/a.rs", "//! x\nuse js_sys::Date;"),
        ("browser/a.rs", "//! x\nuse crate::content::Story;"),
        ("browser/a.rs", "//! x\nuse dateline::route::Route;"),
        ("view/parts/a.rs", "//! x\nuse web_sys::Element;"),
        ("view/parts/a.rs", "//! x\nuse crate::app::mount;"),
        ("view/parts/a.rs", "//! x\nlet href = format!(\"story/{id}/\");"),
        ("view/parts/a.rs", "//! x\nelement.set_inner_html(text);"),
        ("app.rs", "//! x\nuse js_sys::Date;"),
        ("main.rs", "//! x\nuse dateline::view::pages;"),
        ("content/a.rs", "use std::fmt;"),
    ];
    for (path, source) in broken {
        assert!(!violations(path, source).is_empty(), "{path}: {source}");
    }
}

#[test]
fn what_is_allowed_is_let_be() {
    let fine = [
        (
            "content/a.rs",
            "//! Not web_sys.\n// use web_sys\nuse crate::content::{Text, Href};\nconst A: &str = \"web_sys::x\";",
        ),
        ("content/a.rs", "//! x\nlet quote = '\"'; // web_sys\nlet b = '\"';"),
        ("reading/a.rs", "//! x\nuse crate::content::id::StoryId;"),
        ("route.rs", "//! x\nlet href = format!(\"story/{id}/\");"),
        ("view/a.rs", "//! x\nuse crate::browser::page;\nuse reactive_graph::prelude::*;"),
        ("main.rs", "//! x\nfn main() { dateline::app::mount(); }"),
        ("content/a.rs", "//! x\n#[cfg(test)]\nmod tests { use std::time::Instant; }"),
    ];
    for (path, source) in fine {
        assert_eq!(violations(path, source), Vec::<String>::new(), "{path}: {source}");
    }
}

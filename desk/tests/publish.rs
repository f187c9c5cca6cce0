//! `desk publish`, with the real program: what is in the folder, and which files change when it is published
//! again.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;
#[path = "common/formats.rs"]
mod formats;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use common::{Newsroom, Said};
use dateline::content::{Block, PageName, RelatedLink, StoryId, Text, Timestamp, decode};
use desk::live::Place;
use desk::live::blog::{Change, NewPost};
use desk::live::tidy::tidy;
use html5gum::{Token, Tokenizer};
use proptest::prelude::*;
use serde_json::{Value, json};

const BASE: &str = "https://example.org/news/";

/// A folder like Trunk's, with an app that does nothing.
fn app(room: &Newsroom) {
    let page = r#"<!DOCTYPE html><html lang="en"><head><meta charset="utf-8" /><base href="./" />
        <meta name="viewport" content="width=device-width" /><title>Dateline</title>
        <link rel="stylesheet" href="./dateline-0123456789abcdef.css"/><script type="module">import './dateline-0123456789abcdef.js';</script>
        <meta name="apple-mobile-web-app-title" content="Dateline" />
        <link rel="preload" href="./dateline-0123456789abcdef_bg.wasm" as="fetch" type="application/wasm" crossorigin="anonymous">
        <link rel="modulepreload" href="./dateline-0123456789abcdef.js" crossorigin="anonymous"></head><body><div id="shell"></div></body></html>"#;
    room.file("app/index.html", page);
    room.file("app/dateline-0123456789abcdef.css", "p { color: red; }");
    room.file("app/dateline-0123456789abcdef.js", "export {};");
    room.file("app/dateline-0123456789abcdef_bg.wasm", "\0asm");
    room.file("app/sw.js", include_str!("../../public/sw.js"));
    room.file("app/sw-saved.js", include_str!("../../public/sw-saved.js"));
}

fn publish(room: &Newsroom) -> Said {
    room.desk(["publish", "edition", "--app", "app", "--to", "out", "--base", BASE])
}

fn published(room: &Newsroom) -> Said {
    let said = publish(room);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    said
}

/// Three stories in two sections, and a live blog.
fn newsroom() -> Newsroom {
    let room = Newsroom::new();
    app(&room);
    for (id, section, tags) in
        [("one", "News", "[sea]"), ("two", "News", "[sea, port]"), ("three", "Science", "[ice]")]
    {
        let text = format!(
            "---\nid: {id}\ndate: 2026-05-01T10:00:00Z\nsection: {section}\ntags: {tags}\nauthor: Ana Ruiz\nstandfirst: About {id} & more.\n---\n# Story {id}\n\nText of {id}.\n"
        );
        room.file(&format!("{id}.md"), text);
        room.import([&format!("{id}.md"), "--section", section]);
    }
    room.harbour();
    room.live("post", ["harbour", "--text", "The gates are open.", "--title", "Gates open", "--key"]);
    room
}

/// All files in the published folder, with their bytes and dates.
fn files(room: &Newsroom) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    fn collect(root: &Path, folder: &Path, into: &mut BTreeMap<String, (Vec<u8>, SystemTime)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, into);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                into.insert(name, (fs::read(&path).unwrap(), path.metadata().unwrap().modified().unwrap()));
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(&room.path("out"), &room.path("out"), &mut found);
    found
}

fn text(room: &Newsroom, name: &str) -> String {
    fs::read_to_string(room.path("out").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// An element of a page: its name and attributes, and the text right after its start.
#[derive(Debug)]
struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
}

impl Tag {
    fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// The elements of a page, by a tokenizer that follows the HTML Standard.
fn tags(page: &str) -> Vec<Tag> {
    let mut found: Vec<Tag> = Vec::new();
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for token in Tokenizer::new(page) {
        match token.unwrap() {
            Token::StartTag(tag) => found.push(Tag {
                name: words(&tag.name),
                attributes: tag.attributes.iter().map(|(name, value)| (words(name), words(value))).collect(),
                text: String::new(),
            }),
            Token::String(text) => {
                if let Some(last) = found.last_mut() {
                    last.text += &words(&text);
                }
            }
            _ => {}
        }
    }
    found
}

fn meta<'a>(tags: &'a [Tag], name: &str) -> &'a str {
    let tag = tags
        .iter()
        .find(|tag| tag.name == "meta" && (tag.get("property") == name || tag.get("name") == name));
    tag.unwrap_or_else(|| panic!("no {name}")).get("content")
}

fn linked(tags: &[Tag]) -> Value {
    let data = tags.iter().find(|tag| tag.get("type") == "application/ld+json").expect("JSON-LD");
    serde_json::from_str(&data.text).expect("JSON")
}

/// The screens of a published folder, as paths of files.
fn pages(room: &Newsroom) -> Vec<String> {
    files(room).into_keys().filter(|name| name.ends_with("index.html")).collect()
}

#[test]
fn every_screen_has_a_page_that_can_be_read_by_people_and_machines() {
    let room = newsroom();
    let said = published(&room);
    assert!(said.out.starts_with("4 stories; "), "{said:?}");
    assert_eq!(
        pages(&room),
        [
            "continue/index.html",
            "history/index.html",
            "index.html",
            "saved/index.html",
            "section/news/index.html",
            "section/science/index.html",
            "settings/index.html",
            "shell/index.html",
            "story/harbour/index.html",
            "story/one/index.html",
            "story/three/index.html",
            "story/two/index.html",
        ]
    );
    let page = text(&room, "story/one/index.html");
    let tags = tags(&page);
    assert!(page.contains("<p>Text of one.</p>") && page.contains("<title>Story one</title>"));
    assert_eq!(meta(&tags, "description"), "About one & more.");
    assert_eq!((meta(&tags, "og:type"), meta(&tags, "twitter:card")), ("article", "summary"));
    assert_eq!(meta(&tags, "article:published_time"), "2026-05-01T10:00:00Z");
    let link = |rel: &str| tags.iter().find(|tag| tag.name == "link" && tag.get("rel") == rel).unwrap();
    assert_eq!(link("canonical").get("href"), "https://example.org/news/story/one/");
    let loaded = |rel: &str| -> Vec<&str> {
        tags.iter()
            .filter(|tag| tag.name == "link" && tag.get("rel") == rel)
            .map(|tag| tag.get("href"))
            .collect()
    };
    assert_eq!(loaded("preload"), ["./dateline-0123456789abcdef_bg.wasm", "edition/edition.json"]);
    assert_eq!(loaded("modulepreload"), ["./dateline-0123456789abcdef.js"]);
    assert!(tags.iter().all(|tag| tag.get("rel") != "stylesheet"), "the style stands in the page");
    let data = linked(&tags);
    assert_eq!(data["@type"], "NewsArticle");
    assert_eq!(data["headline"], "Story one");
    assert_eq!(data["author"][0]["name"], "Ana Ruiz");
    assert_eq!(data["articleSection"], "News");
    assert_eq!(data["url"], "https://example.org/news/story/one/");
    // Two stories with a common tag are related.
    assert!(page.contains("href=\"story/two/\""));

    let data = linked(&self::tags(&text(&room, "story/harbour/index.html")));
    assert_eq!(data["@type"], "LiveBlogPosting");
    assert_eq!(data["liveBlogUpdate"][0]["headline"], "Gates open");
    assert_eq!(data["liveBlogUpdate"][0]["url"], "https://example.org/news/story/harbour/#1");
    assert!(data["coverageStartTime"].is_string() && data.get("coverageEndTime").is_none());
    assert_eq!(linked(&self::tags(&text(&room, "index.html")))["@type"], "WebSite");

    // Saved stories are on the reader's device; their page is published without them.
    let page = text(&room, "saved/index.html");
    let own = self::tags(&page);
    assert_eq!((meta(&own, "og:type"), meta(&own, "og:title")), ("website", meta(&own, "og:title")));
    assert!(
        page.contains("<title>Saved · ") && page.contains(">Saved</h1>") && page.contains("needs JavaScript")
    );
    assert!(page.contains("href=\"section/news/\"") && page.contains("href=\"continue/\""));
}

#[test]
fn every_page_says_what_it_is_about_and_whose_it_is() {
    let room = newsroom();
    room.change("edition.json", |edition| {
        edition["publication"] = json!({ "name": "The Post" });
    });
    room.change("stories/one.json", |story| {
        story["standfirst"] = json!("");
        story["body"] = json!([]);
    });
    published(&room);
    for (name, about) in [("index.html", "The Post"), ("story/one/index.html", "Story one")] {
        let tags = tags(&text(&room, name));
        assert_eq!((meta(&tags, "description"), meta(&tags, "og:description")), (about, about), "{name}");
    }
    for name in pages(&room).iter().filter(|name| *name != "shell/index.html") {
        let tags = tags(&text(&room, name));
        assert_eq!(meta(&tags, "apple-mobile-web-app-title"), "The Post", "{name}");
        assert!(!meta(&tags, "og:title").is_empty() && !meta(&tags, "description").is_empty(), "{name}");
    }
}

#[test]
fn the_service_worker_comes_when_all_that_it_lists_is_there() {
    let room = newsroom();
    published(&room);
    let all = files(&room);
    let (last, own) = (&all["sw.js"].1, ["sw.js.br", "sw.js.gz", ".dateline-publish.json"]);
    for (name, (_, written)) in all.iter().filter(|(name, _)| !own.contains(&name.as_str())) {
        assert!(written <= last, "{name}");
    }
}

#[test]
fn desk_serve_sends_what_headers_the_folder_says() {
    use axum::http::{HeaderMap, Method};
    let room = newsroom();
    published(&room);
    let served = desk::serve::Served::new(&room.path("out"), "/").unwrap();
    let get = |path: &str| served.answer(&Method::GET, &path.parse().unwrap(), &HeaderMap::new());
    let header = |path: &str, name: &str| {
        get(path).headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    for path in ["/", "/story/one/", "/section/news/", "/saved/", "/404.html", "/no/such/page"] {
        let answer = get(path);
        let page = String::from_utf8(answer.body().clone()).unwrap();
        let own = page.split("http-equiv=\"Content-Security-Policy\" content=\"").nth(1).unwrap();
        let own = own.split('"').next().unwrap();
        assert_eq!(
            header(path, "content-security-policy"),
            format!("{own}; frame-ancestors 'self'"),
            "{path}"
        );
        assert_eq!(header(path, "cache-control"), "no-cache", "{path}");
    }
    assert_eq!(header("/sw.js", "content-security-policy"), "");
    let rules = text(&room, "_headers");
    let mut lines = rules.lines().collect::<Vec<_>>();
    lines.retain(|line| line.starts_with('/') || line.contains("immutable"));
    let fixed: Vec<_> =
        lines.windows(2).filter(|two| two[1].contains("immutable")).map(|two| two[0]).collect();
    assert!(fixed.len() >= 3, "module, glue and older posts, {fixed:?}");
    for path in fixed.iter().filter(|path| !path.contains(':')) {
        assert_eq!(header(path, "cache-control"), "public, max-age=31536000, immutable", "{path}");
    }
}

#[test]
fn every_link_on_every_page_leads_to_a_file() {
    let room = newsroom();
    room.quickly("harbour", posts(2..=60));
    published(&room);
    for name in pages(&room) {
        let own = PathBuf::from(&name);
        for tag in tags(&text(&room, &name)) {
            let base = tags(&text(&room, &name))
                .iter()
                .find(|tag| tag.name == "base")
                .unwrap()
                .get("href")
                .to_owned();
            let folder = room.path("out").join(own.parent().unwrap()).join(&base);
            for address in [tag.get("href"), tag.get("src")]
                .into_iter()
                .filter(|it| tag.name != "base" && !it.is_empty())
            {
                if address.starts_with("http") {
                    continue;
                }
                let file = folder.join(address.split(['#', '?']).next().unwrap());
                assert!(
                    file.is_file() || file.join("index.html").is_file(),
                    "{name}: {address} leads to {}",
                    file.display()
                );
                assert!(
                    file.is_file() || address.contains(['#', '?']) || address.ends_with('/'),
                    "{name}: {address}"
                );
            }
        }
    }
}

#[test]
fn publishing_again_touches_what_has_changed_and_nothing_else() {
    let room = newsroom();
    published(&room);
    let before = files(&room);
    let said = published(&room);
    assert!(said.out.contains("; 0 files written, "), "{said:?}");
    let changed = |before: &BTreeMap<String, (Vec<u8>, SystemTime)>| -> BTreeSet<String> {
        let after = files(&room);
        let other =
            after.iter().filter(|(name, file)| before.get(*name) != Some(file)).map(|(name, _)| name.clone());
        other
            .filter(|name| !name.ends_with(".br") && !name.ends_with(".gz") && !name.starts_with('.'))
            .collect()
    };
    assert_eq!(changed(&before), BTreeSet::new());

    // A story that only its own page shows.
    room.change("stories/three.json", |story| story["body"][0]["text"] = json!("Other words."));
    published(&room);
    assert_eq!(
        changed(&before),
        ["edition/stories/three.json", "story/three/index.html"].map(str::to_owned).into()
    );
    assert!(text(&room, "story/three/index.html").contains("Other words."));

    // A headline that other pages show: exactly those pages change with it.
    let before = files(&room);
    room.change("edition.json", |edition| {
        for section in edition["sections"].as_array_mut().unwrap() {
            for teaser in section["teasers"].as_array_mut().unwrap() {
                if teaser["id"] == "two" {
                    teaser["headline"] = json!("Another headline");
                }
            }
        }
    });
    published(&room);
    let expected = [
        "edition/edition.json",
        "feed.json",
        "feed.xml",
        "index.html",
        "llms.txt",
        "section/news/index.html",
        "story/harbour/index.html",
        "story/one/index.html",
    ];
    assert_eq!(changed(&before), expected.map(str::to_owned).into());
}

/// Posts for a live blog, with their numbers as text.
fn posts(numbers: std::ops::RangeInclusive<u32>) -> impl Iterator<Item = Change> {
    numbers.map(|number| {
        let text = Text::plain(format!("What is known at {number}."));
        Change::Post(NewPost { body: vec![Block::Paragraph { text }], ..NewPost::default() })
    })
}

/// A newsroom whose live blog has 120 posts. The first one links to another story.
fn with_older_posts() -> Newsroom {
    let room = Newsroom::new();
    app(&room);
    room.file("one.md", "---\nid: one\ndate: 2026-05-01T10:00:00Z\n---\n# Story one\n\nText.\n");
    room.import(["one.md"]);
    room.harbour();
    let link = RelatedLink {
        headline: "Read also".to_owned(),
        story: StoryId::parse("one"),
        href: None,
        live: false,
    };
    let first = NewPost { body: vec![Block::Related(link)], ..NewPost::default() };
    room.quickly("harbour", [Change::Post(first)].into_iter().chain(posts(2..=120)));
    room
}

/// The numbers of the posts on a page, from the top, and the targets of its links to other pages of posts.
fn posts_of(room: &Newsroom, page: &str) -> (Vec<u32>, BTreeMap<String, String>) {
    let tags = tags(&text(room, page));
    let numbers =
        tags.iter().filter(|tag| tag.name == "article").filter_map(|tag| tag.get("id").parse().ok());
    let ways = tags.iter().filter(|tag| tag.name == "a" && tag.text.trim().ends_with(" updates"));
    (numbers.collect(), ways.map(|tag| (tag.text.trim().to_owned(), tag.get("href").to_owned())).collect())
}

#[test]
fn from_the_newest_post_one_gets_to_the_first_by_links_alone() {
    let room = with_older_posts();
    published(&room);
    let (mut seen, mut page) = (Vec::new(), "story/harbour/".to_owned());
    loop {
        let (numbers, ways) = posts_of(&room, &format!("{page}index.html"));
        assert!(numbers.is_sorted_by(|one, next| one > next), "newest first: {numbers:?}");
        seen.extend(numbers);
        if page != "story/harbour/" {
            let later = ways.get("Later updates").or(ways.get("Latest updates")).unwrap();
            assert!(room.path("out").join(later).join("index.html").is_file());
        }
        match ways.get("Earlier updates") {
            Some(way) => page.clone_from(way),
            None => break,
        }
    }
    assert_eq!((seen.first(), seen.last(), page.as_str()), (Some(&120), Some(&1), "story/harbour/1/"));
    seen.dedup();
    assert_eq!(seen.len(), 120, "each once");

    let page = text(&room, "story/harbour/2/index.html");
    let tags = tags(&page);
    assert!(page.contains("What is known at 51.") && page.contains("<base href=\"../../../\">"));
    let link = |rel: &str| tags.iter().find(|tag| tag.name == "link" && tag.get("rel") == rel);
    assert_eq!(link("canonical").unwrap().get("href"), "https://example.org/news/story/harbour/");
    assert!(link("modulepreload").is_none() && link("preload").is_none(), "no app comes to it");
    assert!(
        !page.contains("noindex") && page.contains("<title>The harbour opens: updates 51 to 100</title>")
    );
    let home = tags.iter().position(|tag| tag.name == "h1").unwrap();
    assert_eq!((tags[home + 1].name.as_str(), tags[home + 1].get("href")), ("a", "story/harbour/"));
    assert!(
        tags.iter().any(|tag| tag.get("href") == "story/harbour/#51"),
        "a post's address is the live blog's"
    );
    assert!(!text(&room, "sitemap.xml").contains("story/harbour/2/"));
    assert!(text(&room, "story/harbour/1/index.html").contains("href=\"story/one/\""));
    let policy = |page: &str| {
        self::tags(&text(&room, page)).into_iter().find(|tag| !tag.get("http-equiv").is_empty()).unwrap()
    };
    assert_eq!(
        policy("story/harbour/2/index.html").get("content"),
        policy("story/harbour/index.html").get("content")
    );
}

#[test]
fn a_new_post_touches_no_page_of_older_ones() {
    let room = with_older_posts();
    published(&room);
    let before = files(&room);
    let changed = |before: &BTreeMap<String, (Vec<u8>, SystemTime)>| -> Vec<String> {
        let after = files(&room);
        let is_page = |name: &String| name.starts_with("story/harbour/") && name.ends_with(".html");
        after
            .into_iter()
            .filter(|(name, file)| is_page(name) && before.get(name) != Some(file))
            .map(|it| it.0)
            .collect()
    };
    room.live("post", ["harbour", "--text", "One more."]);
    // The file for a page that stays the same is not read.
    let folder = room.edition().join("stories/harbour");
    let oldest = fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path());
    let oldest = oldest
        .into_iter()
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with("1-"))
        .unwrap();
    let (bytes, when) = (fs::read(&oldest).unwrap(), oldest.metadata().unwrap().modified().unwrap());
    fs::write(&oldest, vec![b'x'; bytes.len()]).unwrap();
    fs::File::options().write(true).open(&oldest).unwrap().set_modified(when).unwrap();
    let said = publish(&room);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert_eq!(changed(&before), ["story/harbour/index.html"]);
    fs::write(&oldest, bytes).unwrap();

    // With 160 posts there is a third page. The second one links to it now, and the first stays the same.
    room.quickly("harbour", posts(122..=160));
    published(&room);
    let before = files(&room);
    assert_eq!(posts_of(&room, "story/harbour/3/index.html").0.first(), Some(&150));
    assert_eq!(posts_of(&room, "story/harbour/2/index.html").1["Later updates"], "story/harbour/3/");

    // Edits and withdrawals are shown, and only the pages with them are rendered again.
    room.live("edit", ["harbour", "60", "--text", "Now it is known."]);
    room.live("withdraw", ["harbour", "70", "--reason", "It was wrong."]);
    published(&room);
    assert_eq!(changed(&before), ["story/harbour/2/index.html", "story/harbour/index.html"]);
    let page = text(&room, "story/harbour/2/index.html");
    assert!(page.contains("Now it is known.") && page.contains("post-updated"));
    assert!(
        page.contains("This update was withdrawn: It was wrong.") && !page.contains("What is known at 70.")
    );

    // So is a page whose posts show another story, if that has changed.
    let before = files(&room);
    room.change("edition.json", |edition| {
        for section in edition["sections"].as_array_mut().unwrap() {
            for teaser in section["teasers"].as_array_mut().unwrap() {
                if teaser["id"] == "one" {
                    teaser["kind"] = json!("live");
                    teaser["live"] = json!({ "state": "live" });
                }
            }
        }
    });
    published(&room);
    assert!(changed(&before).contains(&"story/harbour/1/index.html".to_owned()));
    assert!(!changed(&before).contains(&"story/harbour/2/index.html".to_owned()));
}

#[test]
fn a_file_of_older_posts_that_can_t_be_read_costs_its_page_alone() {
    let room = with_older_posts();
    let folder = room.edition().join("stories/harbour");
    let name = fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path());
    let name =
        name.into_iter().find(|path| path.file_name().unwrap().to_string_lossy().starts_with("51-")).unwrap();
    let bytes = fs::read(&name).unwrap();
    fs::write(&name, &bytes[..100]).unwrap();
    let said = publish(&room);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("stories/harbour/51-") && said.err.lines().count() == 1, "{said:?}");
    let (numbers, ways) = posts_of(&room, "story/harbour/2/index.html");
    assert_eq!((numbers.len(), ways["Earlier updates"].as_str()), (0, "story/harbour/1/"), "the way goes on");
    fs::write(&name, bytes).unwrap();
    published(&room);
    assert_eq!(posts_of(&room, "story/harbour/2/index.html").0.len(), 50);

    // The pages of a removed live blog are removed.
    fs::remove_file(room.edition().join("stories/harbour.json")).unwrap();
    fs::remove_dir_all(folder).unwrap();
    room.change("edition.json", |edition| {
        for section in edition["sections"].as_array_mut().unwrap() {
            section["teasers"].as_array_mut().unwrap().retain(|teaser| teaser["id"] != "harbour");
        }
    });
    published(&room);
    assert!(!room.path("out/story/harbour").exists());
}

#[test]
fn pages_that_stand_in_an_index_are_published_too() {
    let room = Newsroom::new();
    app(&room);
    room.harbour();
    room.quickly("harbour", posts(1..=2_100));
    assert_eq!(room.head("harbour").indexes.len(), 1);
    published(&room);
    let (numbers, ways) = posts_of(&room, "story/harbour/index.html");
    assert_eq!(ways["Earlier updates"], format!("story/harbour/{}/", (numbers.last().unwrap() - 1) / 50));
    assert_eq!(posts_of(&room, "story/harbour/1/index.html").0.len(), 50);
    let said = published(&room);
    assert!(said.out.contains("; 0 files written, "), "{said:?}");
}

/// How many pages a run has rendered.
fn made(said: &Said) -> usize {
    let count = said.out.trim().rsplit("; ").next().unwrap().strip_suffix(" pages made");
    count.unwrap_or_else(|| panic!("{said:?}")).parse().unwrap()
}

#[test]
fn a_change_makes_the_pages_that_show_it_and_what_comes_of_it_is_as_if_all_were_new() {
    let room = newsroom();
    // Four stories, the front page, two sections and four screens of the reader's own.
    assert_eq!(made(&published(&room)), 11);
    assert_eq!(made(&published(&room)), 0);
    // A story that no other story's page shows: its own page, its section's, and the front page.
    room.change("stories/three.json", |story| story["headline"] = json!("Thinner ice"));
    room.change("edition.json", |edition| {
        edition["sections"][1]["teasers"][0]["headline"] = json!("Thinner ice");
    });
    assert_eq!(made(&published(&room)), 3);
    room.change("edition.json", |edition| {
        edition["sections"][0]["teasers"].as_array_mut().unwrap().reverse();
    });
    published(&room);
    room.change("edition.json", |edition| edition["publication"]["tagline"] = json!("Daily"));
    assert_eq!(made(&published(&room)), 11);
    let step_by_step = shown(&room);
    fs::remove_dir_all(room.path("out")).unwrap();
    published(&room);
    assert!(step_by_step == shown(&room));
}

/// What a host would send: all files except ledger and journal.
fn shown(room: &Newsroom) -> BTreeMap<String, Vec<u8>> {
    let shown = files(room).into_iter().filter(|(name, _)| !name.starts_with('.'));
    shown.map(|(name, file)| (name, file.0)).collect()
}

/// A change by an editor. Numbers are taken modulo the length of the list.
#[derive(Clone, Copy, Debug)]
enum Edit {
    /// Moves a teaser to the top of a section.
    Move(usize, usize),
    /// Moves the last teaser of a section to the top of the next one, so the order of all teasers stays.
    Boundary(usize),
    Headline(usize),
    Remove(usize),
    Add(usize),
    Reverse(usize),
    Tag(usize, usize),
    Relate(usize, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let (any, small) = (0_usize..100, 0_usize..3);
    prop_oneof![
        (any.clone(), small.clone()).prop_map(|(at, to)| Edit::Move(at, to)),
        small.clone().prop_map(Edit::Boundary),
        any.clone().prop_map(Edit::Headline),
        any.clone().prop_map(Edit::Remove),
        small.clone().prop_map(Edit::Add),
        small.clone().prop_map(Edit::Reverse),
        (any.clone(), small).prop_map(|(at, tag)| Edit::Tag(at, tag)),
        (any.clone(), any).prop_map(|(at, to)| Edit::Relate(at, to)),
    ]
}

const TAGS: [&str; 3] = ["sea", "ice", "port"];

/// An edition that is being edited.
struct Edited {
    sections: [Vec<Value>; 3],
    made: usize,
}

impl Edited {
    fn new() -> Self {
        let mut edited = Self { sections: [const { Vec::new() }; 3], made: 0 };
        (0..9).for_each(|at| edited.add(at % 3));
        edited
    }

    fn add(&mut self, section: usize) {
        let id = format!("s{}", self.made);
        let tags = [TAGS[self.made % 3]];
        let day = 10 + self.made % 5;
        let story = json!({ "version": 1, "id": id, "kind": "article", "headline": format!("Head {id}"), "published": format!("2026-05-{day}T10:00:00Z"), "tags": tags, "related": [] });
        self.sections[section].push(story);
        self.made += 1;
    }

    /// The section and position of a story, by its number in the whole edition.
    fn at(&self, number: usize) -> Option<(usize, usize)> {
        let places =
            (0..3).flat_map(|section| (0..self.sections[section].len()).map(move |at| (section, at)));
        let places: Vec<_> = places.collect();
        (!places.is_empty()).then(|| places[number % places.len()])
    }

    fn story(&mut self, number: usize) -> Option<&mut Value> {
        let (section, at) = self.at(number)?;
        self.sections[section].get_mut(at)
    }

    fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::Move(number, to) => {
                if let Some((section, at)) = self.at(number) {
                    let story = self.sections[section].remove(at);
                    self.sections[to].insert(0, story);
                }
            }
            Edit::Boundary(section) => {
                if let (Some(next), Some(story)) = ([1, 2].get(section), self.sections[section].pop()) {
                    self.sections[*next].insert(0, story);
                }
            }
            Edit::Headline(number) => {
                if let Some(story) = self.story(number) {
                    story["headline"] = json!(format!("{} again", story["headline"].as_str().unwrap()));
                }
            }
            Edit::Remove(number) => {
                if let Some((section, at)) = self.at(number) {
                    self.sections[section].remove(at);
                }
            }
            Edit::Add(section) => self.add(section),
            Edit::Reverse(section) => self.sections[section].reverse(),
            Edit::Tag(number, tag) => {
                if let Some(story) = self.story(number) {
                    story["tags"] = json!([TAGS[tag]]);
                }
            }
            Edit::Relate(number, to) => {
                let to = self.story(to).map(|story| story["id"].clone());
                if let (Some(to), Some(story)) = (to, self.story(number)) {
                    story["related"] = json!([{ "headline": "See also", "story": to }]);
                }
            }
        }
    }

    fn write(&self, room: &Newsroom) {
        let stories = room.edition().join("stories");
        let _ = fs::remove_dir_all(&stories);
        fs::create_dir_all(&stories).unwrap();
        for story in self.sections.iter().flatten() {
            fs::write(stories.join(format!("{}.json", story["id"].as_str().unwrap())), story.to_string())
                .unwrap();
        }
        let sections = ["x", "y", "z"]
            .iter()
            .zip(&self.sections)
            .map(|(id, teasers)| json!({ "id": id, "name": id, "teasers": teasers }));
        let sections: Vec<Value> = sections.collect();
        let edition = json!({ "version": 1, "publication": { "name": "News", "language": "en" }, "sections": sections });
        fs::write(room.edition().join("edition.json"), edition.to_string()).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_edited_what_was_published_step_by_step_is_what_is_published_at_once(edits in prop::collection::vec(edit(), 1..10)) {
        let (room, mut edited) = (Newsroom::new(), Edited::new());
        app(&room);
        let publish = |to: &str| {
            let said = room.desk(["publish", "edition", "--app", "app", "--to", to, "--base", BASE, "--press", "none"]);
            assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
        };
        fs::create_dir_all(room.edition()).unwrap();
        edited.write(&room);
        publish("out");
        for edit in &edits {
            edited.edit(*edit);
            edited.write(&room);
            publish("out");
        }
        let step_by_step = shown(&room);
        fs::remove_dir_all(room.path("out")).unwrap();
        publish("out");
        let at_once = shown(&room);
        let names: BTreeSet<&String> = step_by_step.keys().chain(at_once.keys()).collect();
        let others: Vec<_> = names.into_iter().filter(|name| step_by_step.get(*name) != at_once.get(*name)).collect();
        prop_assert!(others.is_empty(), "{others:?} are others after {edits:?}");
    }
}

#[test]
fn what_the_app_has_under_the_names_of_guides_is_not_in_their_way() {
    let room = newsroom();
    room.file("app/robots.txt", "User-agent: *\nDisallow: /\n");
    room.file("app/404.html", "Old.");
    published(&room);
    assert!(text(&room, "robots.txt").contains("Sitemap:") && text(&room, "404.html").contains("Not found"));
    let said = published(&room);
    assert!(said.out.contains("; 0 files written, "), "{said:?}");
}

#[cfg(unix)]
#[test]
fn a_link_is_told_and_not_published() {
    let room = newsroom();
    room.file("secret.txt", "Not for readers.");
    std::os::unix::fs::symlink(room.path("secret.txt"), room.edition().join("linked.txt")).unwrap();
    let said = publish(&room);
    assert!(said.code == 0 && said.err.contains("linked.txt: is a link"), "{said:?}");
    assert!(!room.path("out/edition/linked.txt").exists());
}

/// Publishes, but fails after the stories are written. Afterwards publishing works again.
fn broken_off(room: &Newsroom) {
    let feed = room.path("out/feed.json");
    fs::remove_file(&feed).unwrap();
    fs::create_dir(&feed).unwrap();
    let said = publish(room);
    assert!(said.code != 0 && said.err.contains("feed.json"), "{said:?}");
    fs::remove_dir(&feed).unwrap();
}

#[test]
fn a_story_that_was_taken_back_after_publishing_broke_off_is_not_left_behind() {
    let room = newsroom();
    published(&room);
    let before = shown(&room);
    let edition = fs::read(room.edition().join("edition.json")).unwrap();
    room.file("leak.md", "---\nid: leak\ndate: 2026-05-01T10:00:00Z\n---\n# Not to be known\n\nText.\n");
    room.import(["leak.md", "--section", "News"]);
    broken_off(&room);
    assert!(room.path("out/story/leak/index.html").exists());
    fs::remove_file(room.edition().join("stories/leak.json")).unwrap();
    fs::write(room.edition().join("edition.json"), edition).unwrap();
    published(&room);
    assert!(!room.path("out/story/leak").exists() && !room.path("out/edition/stories/leak.json").exists());
    assert!(shown(&room) == before);
    // The ledger is complete again.
    let said = published(&room);
    assert!(said.out.contains("; 0 files written, "), "{said:?}");
}

#[test]
fn what_was_corrected_back_after_publishing_broke_off_is_corrected() {
    let room = newsroom();
    published(&room);
    let before = shown(&room);
    let file = room.edition().join("stories/one.json");
    let was = fs::read_to_string(&file).unwrap();
    let wrong = was.replace("Text of one.", "Text of two.");
    assert!(wrong != was && wrong.len() == was.len());
    fs::write(&file, wrong).unwrap();
    broken_off(&room);
    assert!(text(&room, "story/one/index.html").contains("Text of two."));
    fs::write(&file, was).unwrap();
    published(&room);
    assert!(shown(&room) == before);
}

#[test]
fn a_damaged_ledger_is_told_and_leaves_no_story_behind() {
    let room = newsroom();
    published(&room);
    room.file("out/CNAME", "news.example.org");
    room.file("out/.dateline-publish.json", "{bad");
    fs::remove_file(room.edition().join("stories/three.json")).unwrap();
    room.change("edition.json", |edition| {
        edition["sections"].as_array_mut().unwrap().retain(|section| section["id"] != "science");
    });
    let said = publish(&room);
    assert!(said.code == 0 && said.err.contains("is damaged"), "{said:?}");
    let all = shown(&room);
    assert!(!all.keys().any(|name| name.contains("three") || name.contains("science")), "{:?}", all.keys());
    assert!(all.contains_key("CNAME") && all.contains_key("story/one/index.html.br"));
    assert!(publish(&room).err.is_empty());
    // The ledger of an older desk is ignored like a damaged one, but without a warning.
    let ledger = fs::read_to_string(room.path("out/.dateline-publish.json")).unwrap();
    room.file("out/.dateline-publish.json", ledger.replacen("\"version\":2", "\"version\":1", 1));
    room.file("out/story/old/index.html", "Old.");
    published(&room);
    assert!(!room.path("out/story/old").exists());
    fs::remove_file(room.path("out/.dateline-publish.json")).unwrap();
    let said = publish(&room);
    assert!(said.code == 0 && said.err.contains("is not there"), "{said:?}");
}

#[test]
fn pressed_files_go_when_nothing_is_pressed_any_more() {
    let room = newsroom();
    published(&room);
    let plainly = || {
        let said = room
            .desk(["publish", "edition", "--app", "app", "--to", "out", "--base", BASE, "--press", "none"]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    };
    plainly();
    room.change("edition.json", |edition| {
        edition["sections"][0]["teasers"][0]["headline"] = json!("New words");
    });
    plainly();
    let beside: Vec<String> =
        files(&room).into_keys().filter(|name| name.ends_with(".br") || name.ends_with(".gz")).collect();
    assert_eq!(beside, [""; 0]);
    // A request for brotli gets the new text.
    let served = desk::serve::Served::new(&room.path("out"), "/").unwrap();
    let mut asked = axum::http::HeaderMap::new();
    asked.insert("accept-encoding", "br, gzip".parse().unwrap());
    let answer = served.answer(&axum::http::Method::GET, &"/".parse().unwrap(), &asked);
    assert!(String::from_utf8_lossy(answer.body()).contains("New words"));
}

/// Sets the flag when it is dropped.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn what_a_head_names_is_there_though_posts_come_while_it_is_published() {
    let room = newsroom();
    let post = |number: u32| {
        Change::Post(NewPost {
            body: vec![Block::Paragraph { text: Text::plain(format!("Post {number}.")) }],
            ..NewPost::default()
        })
    };
    room.quickly("harbour", (0..120).map(post));
    let id = StoryId::parse("harbour").unwrap();
    let edition = room.edition();
    let patience = Duration::from_secs(60);
    let place = Place { edition: &edition, id: &id, patience, clock: || Timestamp::from_millis(0) };
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Set on a panic, too, so that the other thread ends.
        let _end = End(&ended);
        scope.spawn(|| {
            let mut number = 0;
            while !ended.load(Ordering::Relaxed) {
                number += 1;
                room.live("post", ["harbour", "--text", "More."]);
                // An edit gives a page another name, and tidying removes the old file at once.
                room.live(
                    "edit",
                    ["harbour", &(number % 40 + 1).to_string(), "--text", &format!("Edit {number}.")],
                );
                tidy(&place, Duration::ZERO).unwrap();
            }
        });
        for _ in 0..12 {
            published(&room);
            let head = fs::read(room.path("out/edition/stories/harbour.json")).unwrap();
            let live = decode::story(&head).unwrap().value.live.unwrap();
            let there = |name: &PageName| {
                let file = room.path("out/edition/stories/harbour").join(format!("{name}.json"));
                fs::read(&file).unwrap_or_else(|error| panic!("{name}: {error}"))
            };
            live.pages.iter().for_each(|page| drop(there(&page.name)));
            for index in &live.indexes {
                decode::index(&there(&index.name))
                    .unwrap()
                    .value
                    .iter()
                    .for_each(|page| drop(there(&page.name)));
            }
            assert!(
                text(&room, "story/harbour/index.html").contains(&format!("\"revision\":{}", live.revision))
            );
        }
    });
}

#[test]
fn what_is_taken_from_the_edition_goes_and_what_others_put_there_stays() {
    let room = newsroom();
    published(&room);
    fs::write(room.path("out/CNAME"), "example.org").unwrap();
    fs::remove_file(room.path("edition/stories/three.json")).unwrap();
    room.change("edition.json", |edition| {
        edition["sections"].as_array_mut().unwrap().retain(|section| section["name"] != "Science");
    });
    published(&room);
    for gone in
        ["story/three", "section/science", "edition/stories/three.json", "edition/stories/three.json.br"]
    {
        assert!(!room.path("out").join(gone).exists(), "{gone}");
    }
    assert!(room.path("out/CNAME").is_file() && room.path("out/story/one/index.html").is_file());
}

#[test]
fn a_file_that_was_lost_is_written_again() {
    let room = newsroom();
    published(&room);
    let before = files(&room);
    fs::remove_file(room.path("out/story/one/index.html")).unwrap();
    fs::remove_file(room.path("out/edition/stories/two.json")).unwrap();
    fs::remove_file(room.path("out/story/two/index.html.br")).unwrap();
    published(&room);
    let bytes = |files: BTreeMap<String, (Vec<u8>, SystemTime)>| -> BTreeMap<String, Vec<u8>> {
        files
            .into_iter()
            .filter(|(name, _)| !name.starts_with('.'))
            .map(|(name, file)| (name, file.0))
            .collect()
    };
    assert_eq!(bytes(files(&room)), bytes(before));
}

#[test]
fn a_story_that_can_t_be_read_costs_its_own_page_alone() {
    let room = newsroom();
    room.file("edition/stories/one.json", "{\"version\": 1, \"id\": \"one\"");
    let said = publish(&room);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("stories/one.json") && said.err.lines().count() == 1, "{said:?}");
    let page = text(&room, "story/one/index.html");
    assert!(page.contains("noindex") && page.contains("dateline-0123456789abcdef.js"));
    // Feeds, sitemap and llms.txt don't list it.
    for guide in ["feed.json", "feed.xml", "llms.txt", "sitemap.xml"] {
        let guide = text(&room, guide);
        assert!(!guide.contains("story/one/") && guide.contains("story/two/"), "{guide}");
    }
    assert!(text(&room, "story/two/index.html").contains("Text of two."));
    // Once it is repaired, it is published.
    room.import(["one.md", "--section", "News"]);
    published(&room);
    assert!(text(&room, "story/one/index.html").contains("Text of one."));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_written() {
    let room = newsroom();
    for base in ["example.org", "https://example.org/news", "/a b/", "javascript:alert(1)/"] {
        let said = room.desk(["publish", "edition", "--app", "app", "--to", "out", "--base", base]);
        assert!(said.code == 1 && said.err.contains("is no base"), "{said:?}");
    }
    for (to, app) in [("edition/out", "app"), ("app", "app"), (".", "app")] {
        let said = room.desk(["publish", "edition", "--app", app, "--to", to]);
        assert!(said.code == 1 && said.err.contains("within each other"), "{said:?}");
    }
    let said = room.desk(["publish", "edition", "--app", "edition", "--to", "out"]);
    assert!(said.code == 1 && said.err.contains("index.html"), "{said:?}");
    room.file("edition/edition.json", "<!doctype html>");
    let said = publish(&room);
    assert!(said.code == 1 && said.err.contains("desk check"), "{said:?}");
    assert!(!room.path("out/index.html").exists());
}

#[test]
fn feeds_and_maps_say_what_there_is() {
    let room = newsroom();
    published(&room);
    // JSON Feed 1.1: the required fields of a feed and an item.
    let feed: Value = serde_json::from_str(&text(&room, "feed.json")).unwrap();
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert!(feed["title"].is_string() && feed["feed_url"] == "https://example.org/news/feed.json");
    let items = feed["items"].as_array().unwrap();
    assert_eq!(items.len(), 4);
    for item in items {
        assert!(item["id"].is_string() && item["content_text"].is_string() && item["title"].is_string());
        assert!(item["url"].as_str().unwrap().starts_with("https://example.org/news/story/"));
    }
    // Atom (RFC 4287, section 4.1): the required elements of a feed and an entry.
    let atom = text(&room, "feed.xml");
    let xml = roxmltree::Document::parse(&atom).expect("well-formed");
    let name = |node: &roxmltree::Node<'_, '_>, name: &str| {
        node.children().filter(|child| child.has_tag_name(("http://www.w3.org/2005/Atom", name))).count()
    };
    let root = xml.root_element();
    assert!(root.has_tag_name(("http://www.w3.org/2005/Atom", "feed")));
    for one in ["id", "title", "updated", "author"] {
        assert_eq!(name(&root, one), 1, "{one}");
    }
    let entries: Vec<_> = root.children().filter(|child| child.tag_name().name() == "entry").collect();
    assert_eq!(entries.len(), 4);
    let mut ids = BTreeSet::new();
    for entry in entries {
        for one in ["id", "title", "updated", "published", "summary"] {
            assert_eq!(name(&entry, one), 1, "{one}");
        }
        ids.insert(
            entry
                .children()
                .find(|child| child.has_tag_name(("http://www.w3.org/2005/Atom", "id")))
                .unwrap()
                .text(),
        );
    }
    assert_eq!(ids.len(), 4);
    // The sitemap has all pages; news entries are stories of the last two days.
    let map = text(&room, "sitemap.xml");
    let xml = roxmltree::Document::parse(&map).expect("well-formed");
    let count = |name: &str| xml.descendants().filter(|node| node.tag_name().name() == name).count();
    assert_eq!((count("loc"), count("news")), (7, 1));
    assert!(formats::check(&room.path("out")) >= 7);
    assert!(text(&room, "robots.txt").contains("Sitemap: https://example.org/news/sitemap.xml"));
    assert!(
        text(&room, "llms.txt")
            .contains("- [Story one](https://example.org/news/story/one/): About one & more.")
    );
    let lost = text(&room, "404.html");
    assert!(lost.contains("<base href=\"/news/\">") && lost.contains("noindex"));
    let headers = text(&room, "_headers");
    assert!(
        headers
            .contains("/dateline-0123456789abcdef.js\n  Cache-Control: public, max-age=31536000, immutable")
    );
    for pages in ["/\n", "/story/*\n", "/section/*\n", "/saved/*\n", "/404.html\n"] {
        assert!(
            headers.contains(&format!("{pages}  Content-Security-Policy: default-src 'none'; ")),
            "{pages}"
        );
    }
    assert!(!headers.contains("/sw.js") && headers.contains("X-Content-Type-Options: nosniff"));
}

#[test]
fn without_an_address_all_is_there_that_needs_none() {
    let room = newsroom();
    let said = room.desk(["publish", "edition", "--app", "app", "--to", "out"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert!(!room.path("out/sitemap.xml").exists());
    assert!(formats::check(&room.path("out")) >= 7);
    assert!(!text(&room, "story/one/index.html").contains("canonical\" href"));
    let atom = text(&room, "feed.xml");
    let xml = roxmltree::Document::parse(&atom).unwrap();
    let ids: BTreeSet<_> =
        xml.descendants().filter(|node| node.tag_name().name() == "id").filter_map(|id| id.text()).collect();
    assert_eq!(ids.len(), 5);
    assert!(ids.iter().all(|id| id.starts_with("urn:uuid:") && id.len() == 45), "{ids:?}");
    assert!(text(&room, "404.html").contains("<base href=\"/\">"));
}

#[test]
fn text_stands_beside_itself_in_brotli_and_gzip() {
    let room = newsroom();
    published(&room);
    let all = files(&room);
    for (name, (bytes, _)) in all.iter().filter(|(name, _)| !name.starts_with('.') && *name != "_headers") {
        if name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut all[&format!("{name}.br")].0.as_slice(), &mut back).unwrap();
        assert_eq!(back, *bytes, "{name}");
        let mut back = Vec::new();
        std::io::Read::read_to_end(
            &mut flate2::read::GzDecoder::new(all[&format!("{name}.gz")].0.as_slice()),
            &mut back,
        )
        .unwrap();
        assert_eq!(back, *bytes, "{name}");
    }
}

#[test]
fn two_desks_do_not_publish_into_one_folder_at_once() {
    let room = newsroom();
    fs::create_dir_all(room.path("out")).unwrap();
    let lock = fs::File::create(room.path("out/.dateline-publish.lock")).unwrap();
    lock.lock().unwrap();
    let said = room.desk(["--wait", "0", "publish", "edition", "--app", "app", "--to", "out"]);
    assert!(said.code == 1 && said.err.contains("another desk"), "{said:?}");
    drop(lock);
    published(&room);
}

/// The elements that may be on a page: those of our components and of the frame.
const ELEMENTS: [&str; 61] = [
    "a",
    "abbr",
    "article",
    "aside",
    "base",
    "bdi",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "code",
    "details",
    "div",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "hr",
    "html",
    "img",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "noscript",
    "ol",
    "p",
    "pre",
    "q",
    "script",
    "section",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "template",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "ul",
    "i",
    "b",
    "u",
    "s",
    "small",
    "cite",
];

#[test]
fn hostile_texts_stay_texts() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora/xss");
    let cases: Vec<Value> =
        serde_json::from_slice(&fs::read(corpus.join("dompurify.json")).unwrap()).unwrap();
    let names = fs::read_to_string(corpus.join("event-handler-attributes.txt")).unwrap();
    let mut payloads: Vec<String> =
        cases.iter().map(|case| case["payload"].as_str().unwrap().to_owned()).collect();
    payloads.extend(names.lines().map(|name| format!("\"><img src=x {name}=alert(1)> {name}=alert(1) x=\"")));
    payloads.extend(
        [
            "</script><script>alert(1)</script>",
            "</style><script>alert(1)</script>",
            "</title><script>alert(1)</script>",
            "<!--",
            "-->",
            "]]>",
            "</noscript><script>alert(1)</script>",
            "<!--<script>",
            "</div></body></html><script>alert(1)</script>",
        ]
        .map(str::to_owned),
    );
    assert!(payloads.len() > 190);
    let room = Newsroom::new();
    app(&room);
    let mut teasers = Vec::new();
    for (at, text) in payloads.iter().enumerate() {
        let id = format!("s{at}");
        let link = json!({ "kind": "link", "text": text, "href": text });
        let marks = json!([{ "kind": "abbreviation", "text": text, "title": text }, { "kind": "span", "text": text, "language": text }, link]);
        let picture = json!({ "sources": [{ "url": text, "width": 3 }, { "url": "a.png" }], "alt": text, "caption": text, "credit": text });
        let live = (at % 2 == 0).then(|| json!({ "state": "live", "revision": 1, "changed": "2026-01-01", "summary": [{ "kind": "paragraph", "text": text }],
            "key_events": [{ "post": 1, "title": text, "time": "2026-01-01" }],
            "posts": [{ "id": 1, "revision": 1, "time": "2026-01-01", "title": text, "author": text, "body": [{ "kind": "paragraph", "text": marks }] }, { "id": 2, "revision": 1, "withdrawn": text }] }));
        let mut story = json!({ "version": 1, "id": id, "kind": if live.is_some() { "live" } else { "article" }, "headline": text, "kicker": text, "language": text,
            "standfirst": marks, "byline": [{ "name": text, "href": text }], "dateline": text, "published": "2026-01-01", "tags": [text], "image": picture,
            "takeaways": [text], "corrections": [{ "time": "2026-01-02", "text": text }], "related": [{ "headline": text, "href": text }], "canonical": text,
            "body": [{ "kind": "paragraph", "text": marks }, { "kind": "heading", "level": 2, "text": text }, { "kind": "code", "text": text, "language": text },
                { "kind": "figure", "picture": picture }, { "kind": "embed", "media": text, "title": text, "href": text },
                { "kind": "embed", "media": text, "title": text, "href": "https://example.org/x" },
                { "kind": "quotation", "paragraphs": [text], "attribution": text, "href": text }, { "kind": "pull_quote", "text": text, "attribution": text },
                { "kind": "fact_box", "title": text, "body": [{ "kind": "paragraph", "text": text }] },
                { "kind": "table", "caption": text, "columns": [text], "rows": [[text]] }] });
        if let Some(live) = live {
            story["live"] = live;
        }
        room.file(&format!("edition/stories/{id}.json"), story.to_string());
        teasers.push(json!({ "id": id, "kind": "article", "headline": text, "kicker": text, "standfirst": text, "language": text, "published": "2026-01-01", "tags": [text], "image": picture }));
    }
    let hostile = "</title></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'";
    room.file("edition/edition.json", json!({ "version": 1, "publication": { "name": hostile, "tagline": hostile, "home": hostile, "language": hostile },
        "sections": [{ "id": "a", "name": hostile, "teasers": teasers }] }).to_string());
    let said = publish(&room);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.starts_with(&format!("{} stories; ", payloads.len())), "{said:?}");

    let scripts = |tags: &[Tag]| -> Vec<String> {
        let code = |tag: &&Tag| tag.name == "script" && !tag.get("type").contains("json");
        tags.iter().filter(code).map(|tag| tag.text.clone()).collect()
    };
    let plain = newsroom();
    published(&plain);
    let ours = scripts(&tags(&text(&plain, "index.html")));
    assert_eq!(ours.len(), 3, "the module's own, and our two");
    let mut bare = 0;
    for name in pages(&room) {
        let page = text(&room, &name);
        let tags = tags(&page);
        if name == "shell/index.html" {
            continue;
        }
        // Hostile text may leave no headline. The page of such a story has only the app.
        let ours = if page.contains("noindex") { &ours[..1] } else { &ours[..] };
        bare += usize::from(ours.len() == 1);
        assert_eq!(scripts(&tags), ours, "{name}");
        for tag in &tags {
            assert!(ELEMENTS.contains(&tag.name.as_str()), "{name}: <{}>", tag.name);
            for (attribute, value) in &tag.attributes {
                let runs = attribute.starts_with("on")
                    || matches!(attribute.as_str(), "style" | "srcdoc" | "formaction");
                assert!(!runs, "{name}: {attribute} of {tag:?}");
                let address = value.trim().to_ascii_lowercase();
                let leads = matches!(attribute.as_str(), "href" | "src" | "srcset" | "action");
                assert!(
                    !leads || !["javascript:", "data:", "vbscript:"].iter().any(|it| address.starts_with(it)),
                    "{name}: {tag:?}"
                );
            }
            if tag.name == "script" && tag.get("type").contains("json") {
                let _: Value =
                    serde_json::from_str(&tag.text).unwrap_or_else(|error| panic!("{name}: {error}"));
            }
        }
        assert_eq!(tags.iter().filter(|tag| tag.name == "body").count(), 1, "{name}");
    }
    assert!(bare < 5, "{bare} stories without a page");
    assert!(formats::check(&room.path("out")) > 180);
}

#[test]
fn the_demonstration_edition_is_what_its_formats_say() {
    let room = Newsroom::new();
    app(&room);
    let edition = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/edition");
    let arguments = ["--app", "app", "--to", "out", "--base", BASE].map(Into::into);
    let said = room.desk(["publish".into(), edition.into_os_string()].into_iter().chain(arguments));
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert!(formats::check(&room.path("out")) >= 18);
}

#[test]
fn how_old_a_story_is_changes_its_page_when_it_changes() {
    use dateline::content::Timestamp;
    let room = newsroom();
    let at = |now: &str| desk::publish::Request {
        edition: room.edition(),
        app: room.path("app"),
        to: room.path("out"),
        base: None,
        now: Timestamp::parse(now).unwrap(),
        threads: Some(1),
        press: desk::publish::press::Press::Quick,
        patience: Duration::ZERO,
    };
    desk::publish::publish(&at("2026-05-20T00:00:00Z")).unwrap();
    assert!(!text(&room, "story/one/index.html").contains("story-age"));
    desk::publish::publish(&at("2026-06-20T00:00:00Z")).unwrap();
    assert!(text(&room, "story/one/index.html").contains("This story is 1 month old."));
    let report = desk::publish::publish(&at("2026-06-21T00:00:00Z")).unwrap();
    assert_eq!(report.written, 0);
}

//! Pages render to HTML natively, by the same functions that the browser runs.

// Clippy takes only what is marked `#[test]` for a test, not what those call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;

use dateline::app::{self, Published};
use dateline::content::{Edition, SectionId, Story, StoryId, Timestamp, decode};
use dateline::route::Route;
use dateline::view::Given;
use dateline::view::html::{Node, el};
use dateline::view::library::Library;
use dateline::view::load::Load;
use dateline::view::navigation::Navigation;
use dateline::view::pages::front::front_page;
use dateline::view::pages::older::Older;
use dateline::view::pages::section::section_page;
use dateline::view::pages::story::story_page;
use dateline::view::parts::marks::as_headline;
use dateline::view::parts::masthead::masthead;
use reactive_graph::owner::Owner;
use tachys::view::RenderHtml;

fn file(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/public/edition/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn edition() -> Edition {
    decode::edition(&file("edition.json")).unwrap().value
}

fn story(id: &str) -> Arc<Story> {
    Arc::new(decode::story(&file(&format!("stories/{id}.json"))).unwrap().value)
}

fn html(make: impl FnOnce() -> Node) -> String {
    let owner = Owner::new();
    owner.with(|| {
        let base = "https://example.org/news/".to_owned();
        let library = Library::holding(base.clone(), Arc::new(edition()));
        Given::provide(library, Navigation::at(base, Route::Front));
        make().to_html()
    })
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T12:00:00Z").unwrap()
}

#[test]
fn the_front_page_has_a_lead_a_second_tier_and_a_river_for_each_section() {
    let page = html(|| front_page(&edition()));
    assert_eq!(page.matches("<h1").count(), 1);
    assert_eq!(page.matches("teaser-lead").count(), 1);
    assert_eq!(page.matches("teaser-second").count(), 3);
    assert_eq!(page.matches("class=\"river\"").count(), 3);
    assert_eq!(page.matches("class=\"live\"").count(), 1);
    for (_, teaser) in edition().teasers() {
        assert!(
            page.contains(&format!("href=\"{}\"", Route::Story(teaser.id.clone()).href())),
            "{}",
            teaser.id
        );
    }
    assert!(
        page.contains("srcset=\"edition/images/harbour-480.webp 480w, edition/images/harbour-960.webp 960w")
    );
}

#[test]
fn an_edition_with_nothing_in_it_says_so() {
    let empty = decode::edition(br#"{"publication": {"name": "P"}, "sections": []}"#).unwrap().value;
    assert!(html(|| front_page(&empty)).contains("nothing in this edition yet"));
}

#[test]
fn a_story_has_its_parts_in_order() {
    let page = html(|| story_page(&story("harbour-lights"), now()));
    let order = [
        "class=\"corrections\"",
        "<h1",
        "class=\"standfirst\"",
        "class=\"byline\"",
        "<time",
        "story-picture",
        "takeaways",
        "class=\"body\"",
        "story-related",
        "class=\"tags\"",
        "also-like",
    ];
    let places: Vec<usize> =
        order.iter().map(|part| page.find(part).unwrap_or_else(|| panic!("{part}"))).collect();
    // The corrections have a time of their own, before the story's.
    let mut sorted = places.clone();
    sorted.sort_unstable();
    assert_eq!(places.iter().filter(|place| **place != places[4]).count(), order.len() - 1);
    assert_eq!(sorted.first(), places.first());
    assert!(places.windows(2).filter(|pair| pair[0] > pair[1]).count() <= 1, "{places:?}");
    assert!(page.contains("23 November 2026, 05:40 UTC"));
    assert!(!page.contains("story-age"));
    assert!(html(|| story_page(&story("blinken-2022"), now())).contains("This story is 4 years old."));
}

#[test]
fn a_related_headline_becomes_a_link_once_its_story_is_in_the_edition() {
    let text =
        br#"{"id": "x", "kind": "article", "headline": "X", "published": "2026-01-01T00:00:00Z", "body": [
        {"kind": "related", "headline": "A CITY argues with its river", "live": true},
        {"kind": "related", "headline": "Storm Ottilie reaches the estuary"},
        {"kind": "related", "headline": "Nobody has written this"}]}"#;
    let story = Arc::new(decode::story(text).unwrap().value);
    let page = html(|| story_page(&story, now()));
    assert!(page.contains("<a href=\"story/river-city/\">A CITY argues with its river</a>"));
    assert!(page.contains("<span>Nobody has written this</span>"));
    // What the edition knows of a story counts: the first is no live blog, the second is.
    assert_eq!(page.matches("class=\"live\"").count(), 1);
    let live = page.find("class=\"live\"").unwrap();
    assert!(live > page.find("river-city").unwrap() && live < page.find("storm-live").unwrap());
}

#[test]
fn hostile_text_is_text() {
    let text = br#"{"id": "x", "kind": "article", "headline": "<script>alert(1)</script>", "published": "2026-01-01T00:00:00Z",
        "byline": ["\"><img src=x onerror=alert(1)>"], "image": {"sources": [{"url": "a.webp\" onload=\"alert(1)"}], "alt": "\" onload=\"x"},
        "body": [{"kind": "paragraph", "text": [{"kind": "abbreviation", "text": "A", "title": "\"><svg onload=alert(1)>"}]}]}"#;
    let story = Arc::new(decode::story(text).unwrap().value);
    let page = html(|| story_page(&story, now()));
    for tag in ["<script", "<svg", "onload=\"x", "<img src=x"] {
        assert!(!page.contains(tag), "{tag} in {page}");
    }
}

#[test]
fn a_section_and_the_masthead_know_where_they_are() {
    let culture = SectionId::parse("culture").unwrap();
    let page = html(|| section_page(&edition(), &culture, false));
    assert!(page.contains(">Culture</h1>") && page.contains("lang=\"ar\" dir=\"rtl\""));
    let head =
        html(|| masthead(&Load::Loaded(Arc::new(edition())), &Route::Section(culture.clone()), Some(now())));
    assert_eq!(head.matches("aria-current=\"page\"").count(), 1);
    assert!(head.contains("<a href=\"section/culture/\" aria-current=\"page\">Culture</a>"));
    assert!(html(|| masthead(&Load::NotFound, &Route::Front, Some(now()))).contains("Front page"));
    assert!(html(|| masthead(&Load::Loading, &Route::Front, Some(now()))).contains("masthead-waiting"));
}

#[test]
fn a_picture_brings_the_color_of_its_place() {
    let picture = |color: &str| {
        let picture = format!(
            r#"{{"sources": [{{"url": "a-480.webp", "width": 480}}, {{"url": "a.webp", "width": 600}}, {{"url": "a.jpg"}}], "color": "{color}"}}"#
        );
        let story = format!(
            r#"{{"version": 1, "id": "a", "kind": "article", "headline": "H", "published": "2026-01-01", "image": {picture}}}"#
        );
        let story = Arc::new(decode::story(story.as_bytes()).unwrap().value);
        html(|| story_page(&story, now()))
    };
    let page = picture("#0a1b2c");
    assert!(page.contains("<img data-color=\"#0a1b2c\" ") && !page.contains(" style="), "{page}");
    // The original, which has no width, is for no browser to choose.
    assert!(
        page.contains("srcset=\"edition/a-480.webp 480w, edition/a.webp 600w\" src=\"edition/a.webp\""),
        "{page}"
    );
    assert!(!picture("red").contains("data-color"));
}

/// A story's own page as it is published, of a publication and a story with what is given besides.
fn published(publication: &str, kind: &str, own: &str) -> String {
    let teasers = ["x", "other"].map(|id| {
        format!(
            r#"{{"id": "{id}", "kind": "{kind}", "headline": "H", "published": "2026-01-01T00:00:00Z", "tags": ["t"]}}"#
        )
    });
    let edition = format!(
        r#"{{"version": 1, "publication": {{"name": "P"{publication}}}, "sections": [{{"id": "s", "name": "S", "teasers": [{}]}}]}}"#,
        teasers.join(", ")
    );
    let live = r#""live": {"state": "live", "changed": "2026-01-01T00:00:00Z", "revision": 1, "interval": 20,
        "posts": [{"id": 1, "revision": 1, "time": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:01:00Z", "title": "T", "body": [{"kind": "paragraph", "text": "Post."}]}, {"id": 2, "revision": 2, "withdrawn": "W"}],
        "key_events": [{"post": 1, "time": "2026-01-01T00:00:00Z", "title": "T"}], "summary": [{"kind": "paragraph", "text": "Sum."}]}"#;
    let matter = if kind == "live" { live } else { r#""body": [{"kind": "paragraph", "text": "Body."}]"# };
    let story = format!(
        r#"{{"version": 1, "id": "x", "kind": "{kind}", "headline": "H", "published": "2026-01-01T00:00:00Z", "section": "s",
        "tags": ["t"], "byline": ["A", "B"], "dateline": "D", "standfirst": "St.", {matter}{own}}}"#
    );
    let edition = Arc::new(decode::edition(edition.as_bytes()).unwrap().value);
    let story = Arc::new(decode::story(story.as_bytes()).unwrap().value);
    let route = Route::Story(story.id.clone());
    let base = "https://example.org/news/".to_owned();
    app::html(Published { base, edition, story: Some(story), route, now: now() })
}

const ARABIC: &str = r#", "language": "ar""#;

#[test]
fn a_story_with_no_language_is_in_that_of_its_publication() {
    let page = published(ARABIC, "article", "");
    assert!(page.contains("<article class=\"story\" dir=\"rtl\">"), "{page}");
    for words in [
        "<h1 lang=\"ar\" tabindex=\"-1\">H",
        "<p lang=\"ar\" class=\"standfirst\">",
        "<div lang=\"ar\" class=\"body\">",
        "<span lang=\"ar\" class=\"dateline\">",
        "<ul lang=\"ar\" class=\"tags\"",
        // Other stories, under an English heading.
        "<h2><bdi>You may also like</bdi></h2><ul class=\"river-stories\" lang=\"ar\" dir=\"rtl\">",
        "<bdi class=\"byline-names\"><bdi>A</bdi>, <bdi>B</bdi></bdi>",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let page = published(r#", "language": "de""#, "article", "");
    assert!(page.contains("<article class=\"story\" dir=\"ltr\">"), "{page}");
    assert!(page.contains("<h1 lang=\"de\"") && page.contains("<div lang=\"de\" class=\"body\">"), "{page}");
    // A direction of the publication's that is not its language's own.
    let page = published(r#", "language": "az", "direction": "rtl""#, "article", "");
    assert!(
        page.contains("<article class=\"story\" dir=\"rtl\">") && page.contains("<h1 lang=\"az\""),
        "{page}"
    );
}

#[test]
fn a_story_keeps_its_own_language_in_another_publication() {
    let page = published(ARABIC, "article", r#", "language": "en-GB""#);
    assert!(page.contains("<article class=\"story\" dir=\"ltr\">"), "{page}");
    assert!(
        page.contains("<h1 lang=\"en-GB\"") && page.contains("<div lang=\"en-GB\" class=\"body\">"),
        "{page}"
    );
    assert!(page.contains("By <bdi>A</bdi> and <bdi>B</bdi>"), "{page}");
    assert!(
        page.contains("<ul class=\"river-stories\" lang=\"ar\" dir=\"rtl\">"),
        "others are as the publication"
    );
    let page = published("", "article", ARABIC);
    assert!(
        page.contains("<article class=\"story\" dir=\"rtl\">") && page.contains("<h1 lang=\"ar\""),
        "{page}"
    );
    assert!(page.contains("<ul class=\"river-stories\"><li>"), "{page}");
    let page = published("", "article", "");
    assert!(page.contains("<article class=\"story\">") && page.contains("<h1 tabindex=\"-1\">H"), "{page}");
}

#[test]
fn live_coverage_with_no_language_is_in_that_of_its_publication() {
    let own = [
        "<article class=\"story coverage\" dir=\"rtl\">",
        "<h1 lang=\"ar\" tabindex=\"-1\">H",
        "<div lang=\"ar\" class=\"body\"><p>Sum.",
        "<span lang=\"ar\">T</span>",
        "<h3 lang=\"ar\" dir=\"rtl\" class=\"post-title\">T",
        "<div lang=\"ar\" dir=\"rtl\" class=\"body post-body\"><p>Post.",
        // The reader's own words keep their order among those that run the other way.
        "<bdi>Last updated <time",
        "<bdi>1 update</bdi>",
        "<bdi class=\"post-updated\">updated <time",
        "<p><bdi>This update was withdrawn: W</bdi></p>",
    ];
    for page in [published(ARABIC, "live", ""), published(r#", "language": "de""#, "live", ARABIC)] {
        for words in own {
            assert!(page.contains(words), "{words} in {page}");
        }
    }
}

#[test]
fn a_page_of_older_posts_is_in_the_language_of_the_publication() {
    let edition = br#"{"version": 1, "publication": {"name": "P", "language": "ar"}, "sections": []}"#;
    let edition = Arc::new(decode::edition(edition).unwrap().value);
    let story = br#"{"version": 1, "id": "x", "kind": "live", "headline": "H", "published": "2026-01-01T00:00:00Z",
        "live": {"state": "live", "changed": "2026-01-01T00:00:00Z", "revision": 1, "interval": 20,
        "posts": [{"id": 1, "revision": 1, "time": "2026-01-01T00:00:00Z", "title": "T", "body": [{"kind": "paragraph", "text": "Post."}]}]}}"#;
    let story = Arc::new(decode::story(story).unwrap().value);
    let posts = story.live.as_ref().unwrap().posts.clone();
    let older = Older { story: Arc::clone(&story), page: 1, span: (1, 1), posts, earlier: None, later: None };
    let route = Route::Story(story.id.clone());
    let base = "https://example.org/news/".to_owned();
    let page = app::older_html(Published { base, edition, story: None, route, now: now() }, &older);
    for words in [
        "<article class=\"story coverage still\" dir=\"rtl\">",
        "<h1 lang=\"ar\" tabindex=\"-1\">",
        "<h3 lang=\"ar\" dir=\"rtl\" class=\"post-title\">T",
        "<div lang=\"ar\" dir=\"rtl\" class=\"body post-body\"><p>Post.",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
}

#[test]
fn what_is_kept_has_the_language_that_the_edition_tells() {
    let edition = br#"{"version": 1, "publication": {"name": "P", "language": "ar"}, "sections": [{"id": "s", "name": "S", "teasers": [
        {"id": "own", "kind": "article", "headline": "H", "published": "2026-01-01", "language": "de"},
        {"id": "none", "kind": "article", "headline": "H", "published": "2026-01-01"}]}]}"#;
    let edition = decode::edition(edition).unwrap().value;
    let headline = |edition, id| {
        let link = as_headline(el("a"), edition, &StoryId::parse(id).unwrap());
        html(|| link.into())
    };
    assert_eq!(headline(Some(&edition), "own"), "<a lang=\"de\" dir=\"ltr\"></a>");
    assert_eq!(headline(Some(&edition), "none"), "<a lang=\"ar\" dir=\"rtl\"></a>");
    assert_eq!(headline(Some(&edition), "gone"), "<a lang=\"ar\" dir=\"rtl\"></a>");
    assert_eq!(headline(None, "own"), "<a></a>");
}

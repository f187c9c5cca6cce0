//! Pages render to HTML natively, by the same functions that the browser runs.

// Clippy takes only what is marked `#[test]` for a test, not what those call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;

use dateline::content::{Edition, SectionId, Story, Timestamp, decode};
use dateline::route::Route;
use dateline::view::html::Node;
use dateline::view::library::Library;
use dateline::view::load::Load;
use dateline::view::pages::front::front_page;
use dateline::view::pages::section::section_page;
use dateline::view::pages::story::story_page;
use dateline::view::parts::masthead::masthead;
use reactive_graph::owner::{Owner, provide_context};
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
        provide_context(Library::holding("https://example.org/news/".to_owned(), Arc::new(edition())));
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

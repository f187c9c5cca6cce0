//! `desk check`, with the real program: what it reports about editions with one fault each.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::fs;

use common::{Newsroom, png};
use serde_json::{Value, json};

/// A correct edition of two stories with pictures.
fn whole() -> Newsroom {
    let room = Newsroom::new();
    room.file("pier.png", png(1200, 800));
    room.file(
        "one.md",
        "---\nid: one\ndate: 2026-05-01T10:00:00Z\n---\n# One\n\n![A pier](pier.png)\n\nText.\n",
    );
    room.file("two.md", "---\nid: two\ndate: 2026-05-02T10:00:00Z\n---\n# Two\n\nText.\n");
    room.import(["one.md", "two.md"]);
    let said = room.check();
    assert_eq!((said.code, said.out.trim()), (0, "2 stories, 0 problems"), "{said:?}");
    room
}

/// What a check reports after a change of a file. It must be one line and the total.
fn problem(name: &str, change: impl FnOnce(&mut Value)) -> String {
    let room = whole();
    room.change(name, change);
    let said = room.check();
    assert_eq!(said.code, 1, "{said:?}");
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines.len(), 2, "{said:?}");
    assert_eq!(lines[1], "2 stories, 1 problem");
    lines[0].to_owned()
}

#[test]
fn each_wrong_is_a_line_with_its_place() {
    let one = "stories/one.json";
    let said = problem(one, |story| story["body"][0]["kind"] = json!("hologram"));
    assert!(said == "stories/one.json#/body/0: unknown kind 'hologram'", "{said}");

    let said = problem(one, |story| story["related"] = json!([{ "headline": "Gone", "story": "gone" }]));
    assert_eq!(said, "stories/one.json#/related/0/story: 'gone' is no story of this edition");

    let said = problem(one, |story| {
        story["body"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "kind": "related", "headline": "Gone", "story": "gone" }));
    });
    assert_eq!(said, "stories/one.json#/body/1/story: 'gone' is no story of this edition");

    let said = problem(one, |story| {
        story["image"].as_object_mut().unwrap().remove("alt");
    });
    assert!(said.starts_with("stories/one.json#/image/alt: alternative text is missing"), "{said}");

    let said = problem(one, |story| story["updated"] = json!("2026-04-30T10:00:00Z"));
    assert_eq!(said, "stories/one.json#/updated: is before published");

    let said = problem(one, |story| {
        story["corrections"] = json!([{ "time": "2026-04-30T10:00:00Z", "text": "Not so." }]);
    });
    assert_eq!(said, "stories/one.json#/corrections/0/time: is before published");

    let said = problem(one, |story| story["published"] = json!("yesterday"));
    assert!(said.starts_with("stories/one.json#/published: "), "{said}");

    let said = problem(one, |story| story["image"]["sources"][0]["url"] = json!("images/none.png"));
    assert_eq!(
        said,
        "stories/one.json#/image/sources/0/url: there is no picture images/none.png in the edition"
    );

    let said = problem(one, |story| story["image"]["sources"][0]["url"] = json!("../pier.png"));
    assert!(said.starts_with("stories/one.json#/image/sources/0/url: "), "{said}");

    let said = problem(one, |story| story["headline"] = json!("Another"));
    assert_eq!(said, "stories/one.json#/headline: is not that of its teaser");

    let said = problem("edition.json", |edition| edition["sections"][0]["teasers"][0]["kicker"] = json!(5));
    assert_eq!(said, "edition.json#/sections/0/teasers/0/kicker: is not text");
}

#[test]
fn an_id_that_stands_twice_is_a_problem() {
    let room = whole();
    room.change("edition.json", |edition| {
        let teaser = edition["sections"][0]["teasers"][0].clone();
        edition["sections"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "id": "again", "name": "Again", "teasers": [teaser] }));
    });
    let said = room.check();
    assert_eq!(said.code, 1);
    assert!(said.out.starts_with("edition.json#/sections/1/teasers/0/id: "), "{said:?}");

    // Two files with the id of one story.
    let room = whole();
    fs::copy(room.path("edition/stories/one.json"), room.path("edition/stories/three.json")).unwrap();
    let said = room.check();
    assert_eq!(said.code, 1);
    assert!(said.out.contains("stories/three.json#/id: is 'one', which is not the file's name"), "{said:?}");
}

#[test]
fn a_story_that_is_not_there_or_not_listed_is_a_problem() {
    let room = whole();
    fs::remove_file(room.path("edition/stories/one.json")).unwrap();
    let said = room.check();
    assert_eq!(said.code, 1);
    assert_eq!(said.out.lines().last(), Some("1 story, 1 problem"));
    assert!(said.out.contains("there is no stories/one.json"), "{said:?}");

    let room = whole();
    room.change("edition.json", |edition| {
        edition["sections"][0]["teasers"].as_array_mut().unwrap().retain(|teaser| teaser["id"] != "one");
    });
    let said = room.check();
    assert_eq!(said.code, 1);
    assert!(said.out.contains("stories/one.json#/id: has no teaser in edition.json"), "{said:?}");
}

#[test]
fn json_that_is_broken_is_named_and_the_rest_is_read() {
    for broken in ["", "{\"version\": 1", "\u{feff}", "<!doctype html>"] {
        let room = whole();
        room.file("edition/stories/one.json", broken);
        let said = room.check();
        assert_eq!(said.code, 1, "{broken}");
        assert!(said.out.lines().any(|line| line.starts_with("stories/one.json#: ")), "{broken}: {said:?}");
        assert_eq!(said.out.lines().last(), Some("2 stories, 1 problem"), "{broken}");

        let room = whole();
        room.file("edition/edition.json", broken);
        let said = room.check();
        assert_eq!(said.code, 1, "{broken}");
        assert!(said.out.lines().any(|line| line.starts_with("edition.json#: ")), "{broken}: {said:?}");
        assert_eq!(said.out.lines().last(), Some("2 stories, 1 problem"), "{broken}");
    }
}

#[test]
fn there_has_to_be_an_edition() {
    let room = Newsroom::new();
    let said = room.check();
    assert_eq!(said.code, 1);
    assert!(said.err.contains("edition.json"), "{said:?}");
    assert!(!room.edition().exists(), "a check makes nothing");
}

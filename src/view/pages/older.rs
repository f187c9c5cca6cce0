//! A page of a live blog's older posts, for who has no JavaScript: it is published as it is and no app comes to it.
//! In the app, the live blog itself has them all.

use std::sync::Arc;

use crate::browser::clock;
use crate::content::live::{PostNumber, PostSlot};
use crate::content::{Story, Timestamp};
use crate::route::Route;
use crate::view::html::{Element, Node, el, many};
use crate::view::parts::post::{Setting, entry};
use crate::view::parts::{in_its_language, runs};

/// What is on the page.
pub struct Older {
    /// The live blog.
    pub story: Arc<Story>,
    /// Which page, from 1, on which are the oldest posts.
    pub page: u32,
    /// The first and the last post of it.
    pub span: (PostNumber, PostNumber),
    /// What stands there, oldest first; nothing where that can't be read.
    pub posts: Vec<PostSlot>,
    /// The page of the posts before these, where there is one.
    pub earlier: Option<u32>,
    /// The page of the posts after these; the live blog itself where there is none.
    pub later: Option<u32>,
}

/// The way past the masthead.
#[must_use]
pub fn skip(older: &Older) -> Node {
    let href = format!("{}#main", Route::older_href(&older.story.id, older.page));
    el("a").class("skip").attr("href", href).child("Skip to the content").into()
}

/// The posts, newest first as on the live blog's own page, and the ways on.
#[must_use]
pub fn older(older: &Older) -> Node {
    let Older { story, span: (first, last), posts, .. } = older;
    let home = el("a").attr("href", Route::Story(story.id.clone()).href()).child(story.headline.clone());
    let head = el("header")
        .class("story-head")
        .child(in_its_language("h1", story).attr("tabindex", "-1").child(home))
        .child(el("h2").class("kicker").child(format!("Updates {first} to {last}")));
    let size = u32::try_from(posts.len()).unwrap_or(u32::MAX);
    let setting = |place: u32| Setting {
        story: Arc::clone(story),
        address: String::new(),
        now: Timestamp::from_millis(clock::now()),
        place: (place, size),
        pinned: false,
        changed: false,
        before: None,
        line: None,
    };
    let posts: Vec<Node> =
        posts.iter().rev().zip(1..).map(|(post, place)| entry(post, &setting(place))).collect();
    let feed = if posts.is_empty() {
        el("p").class("state").child("These updates can\u{2019}t be shown at the moment.")
    } else {
        let run = el("div").class("run").children(posts);
        el("div").class("feed").attr("role", "feed").attr("aria-label", "Updates").child(run)
    };
    let stream = el("div").class("stream").child(feed).child(ways(older));
    el("article")
        .class("story coverage still")
        .maybe("dir", runs(story))
        .child(head)
        .child(el("div").class("coverage-main").child(el("div").class("live-overview")).child(stream))
        .into()
}

fn ways(older: &Older) -> Element {
    let id = &older.story.id;
    let link = |href: String, words: &'static str| el("a").attr("href", href).child(words);
    let earlier = older.earlier.map(|page| link(Route::older_href(id, page), "Earlier updates"));
    let later = match older.later {
        Some(page) => link(Route::older_href(id, page), "Later updates"),
        None => link(Route::Story(id.clone()).href(), "Latest updates"),
    };
    el("nav").class("older-ways").attr("aria-label", "More updates").child(many([
        earlier.into(),
        " ".into(),
        later.into(),
    ]))
}

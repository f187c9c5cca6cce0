//! The top and the foot of every screen.

use std::sync::Arc;

use super::time::time;
use super::{dir, lang};
use crate::browser::intl::TimeStyle;
use crate::browser::page;
use crate::content::{Edition, Timestamp};
use crate::route::Route;
use crate::view::html::{Element, Node, el, nothing};
use crate::view::load::Load;

/// The name of the newspaper, the day, and the way to its sections. Without an edition what remains is the
/// way to the front page; while it is on its way, with room kept for the rest, so that nothing below moves. A
/// page that is published knows no day: it is read on many.
#[must_use]
pub fn masthead(edition: &Load<Arc<Edition>>, here: &Route, now: Option<Timestamp>) -> Node {
    let class = if edition.is_waiting() { "masthead masthead-waiting" } else { "masthead" };
    let edition = edition.loaded().map(Arc::as_ref);
    let publication = edition.map(|edition| &edition.publication);
    let name = publication.map_or_else(|| "Front page".to_owned(), |publication| publication.name.clone());
    let tagline = publication.and_then(|publication| publication.tagline.clone());
    let sections =
        edition.filter(|edition| !edition.sections.is_empty()).map(|edition| sections(edition, here));
    el("header")
        .class(class)
        .maybe("lang", publication.and_then(|publication| lang(publication.language.as_ref())))
        .maybe("dir", publication.and_then(|publication| dir(publication.runs())))
        .child(
            el("div")
                .class("masthead-top")
                .attr("lang", "en")
                .child(
                    el("p")
                        .class("masthead-day")
                        .child(now.map_or_else(nothing, |now| time(now, TimeStyle::Day))),
                )
                .child(own_ways(here)),
        )
        .child(el("p").class("masthead-name").child(way(&Route::Front, here, name)))
        .child(tagline.map(|tagline| el("p").class("masthead-tagline").child(tagline)))
        .child(sections)
        .into()
}

fn sections(edition: &Edition, here: &Route) -> Element {
    let items = edition.sections.iter().map(|section| {
        let there = Route::Section(section.id.clone());
        el("li").child(way(&there, here, section.name.clone())).into()
    });
    let label = el("nav").class("sections").attr("aria-label", "Sections");
    label.child(el("ul").children(items))
}

/// The ways to what the reader keeps.
fn own_ways(here: &Route) -> Element {
    let ways = [(Route::Saved, "Saved"), (Route::Settings, "Settings")]
        .map(|(there, name)| el("li").child(way(&there, here, name.to_owned())).into());
    el("nav").class("own-ways").attr("aria-label", "Your reading").child(el("ul").children(ways))
}

fn way(there: &Route, here: &Route, name: String) -> Element {
    el("a").attr("href", there.href()).maybe("aria-current", (there == here).then_some("page")).child(name)
}

/// The way past the masthead, for who goes by keyboard.
#[must_use]
pub fn skip_link(here: &Route) -> Node {
    let skip = || {
        if !page::focus("main h1") {
            page::focus("main");
        }
    };
    el("a")
        .class("skip")
        .attr("href", format!("{}#main", here.href()))
        .on_press(skip)
        .child("Skip to the content")
        .into()
}

/// The foot of every screen.
#[must_use]
pub fn foot(edition: Option<&Edition>) -> Node {
    let publication = edition.map(|edition| &edition.publication);
    let home = publication.and_then(|publication| {
        let home = publication.home.as_ref()?.as_str().to_owned();
        Some(el("p").child(el("a").attr("href", home).child(format!("About {}", publication.name))))
    });
    el("footer")
        .class("foot")
        .child(home)
        .child(el("p").child("Set with Dateline. No account, no tracking."))
        .into()
}

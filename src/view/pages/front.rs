//! The front page: what matters most, what matters next, then section by section.

use crate::content::{Edition, Section, Teaser};
use crate::route::Route;
use crate::view::html::{Node, el, many};
use crate::view::later::Part;
use crate::view::library::Library;
use crate::view::own;
use crate::view::parts::as_publication;
use crate::view::parts::state::{arriving, loading};
use crate::view::parts::teaser::{Weight, teaser};
use std::sync::Arc;

/// How many stories stand beside the lead.
const SECOND_TIER: usize = 3;

/// How many stories of a section stand on the front page; its own page has them all.
const IN_A_RIVER: usize = 12;

/// The front page, as soon as its edition is there.
#[must_use]
pub fn front(library: Library) -> Node {
    let screen = loading(
        library.edition(),
        "the front page",
        move || library.load_edition(),
        |edition| {
            // Who reads a front page with live coverage on it is likely to open that.
            if edition.teasers().any(|(_, teaser)| teaser.is_live()) {
                Part::Live.may_come();
            }
            front_page(&edition)
        },
    );
    many([screen, own::following_edition(library)])
}

/// The front page of an edition.
#[must_use]
pub fn front_page(edition: &Edition) -> Node {
    let publication = &edition.publication;
    arriving(&publication.name);
    let top = edition.sections.iter().find(|section| !section.teasers.is_empty());
    let opening = top.and_then(|section| section.teasers.first().map(|lead| opening(section, lead)));
    let empty = top
        .is_none()
        .then(|| el("p").class("state").child("There is nothing in this edition yet. Come back soon."));
    let rivers = edition.sections.iter().filter_map(|section| {
        // What the opening has shown of its section is not shown again.
        let shown = if top.is_some_and(|top| top.id == section.id) { 1 + SECOND_TIER } else { 0 };
        river(section, section.teasers.get(shown..)?)
    });
    as_publication(el("div").class("front"), publication)
        .child(el("h1").class("visually-hidden").attr("tabindex", "-1").child(publication.name.clone()))
        .child(empty)
        .child(opening)
        .children(rivers)
        .into()
}

fn opening(section: &Section, lead: &Teaser) -> Node {
    let second: Vec<Node> = section
        .teasers
        .iter()
        .skip(1)
        .take(SECOND_TIER)
        .map(|story| el("li").child(teaser(story, Weight::Second)).into())
        .collect();
    let second = (!second.is_empty()).then(|| el("ul").class("second-tier").children(second));
    el("section")
        .class("opening")
        .attr("aria-label", section.name.clone())
        .child(el("h2").class("visually-hidden").child(section.name.clone()))
        .child(teaser(lead, Weight::Lead))
        .child(second)
        .into()
}

fn river(section: &Section, teasers: &[Arc<Teaser>]) -> Option<Node> {
    if teasers.is_empty() {
        return None;
    }
    let stories = teasers.iter().take(IN_A_RIVER);
    let stories = stories.map(|story| el("li").child(teaser(story, Weight::River)).into());
    let link = || el("a").attr("href", Route::Section(section.id.clone()).href());
    let name = link().child(section.name.clone());
    let more = (teasers.len() > IN_A_RIVER).then(|| {
        let all = many([el("span").attr("lang", "en").child("All of ").into(), section.name.clone().into()]);
        el("p").class("river-more").child(link().child(all))
    });
    Some(
        el("section")
            .class("river")
            .attr("aria-label", section.name.clone())
            .child(el("h2").class("river-name").child(name))
            .child(el("ul").class("river-stories").children(stories))
            .child(more)
            .into(),
    )
}

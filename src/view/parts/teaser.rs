//! A story as the front page knows it.

use super::picture::{Loading, image};
use super::time::time;
use super::{dir, lang};
use crate::browser::intl::TimeStyle;
use crate::content::{Kind, Teaser};
use crate::route::Route;
use crate::view::html::{Element, Node, el};

/// How much room a teaser takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It leads the page.
    Lead,
    /// Beside the lead, or at the head of its section.
    Second,
    /// One of many.
    River,
}

impl Weight {
    fn class(self) -> &'static str {
        match self {
            Self::Lead => "teaser teaser-lead",
            Self::Second => "teaser teaser-second",
            Self::River => "teaser teaser-river",
        }
    }

    /// How wide its picture is set.
    fn sizes(self) -> &'static str {
        match self {
            Self::Lead => "(min-width: 60rem) 52rem, 100vw",
            Self::Second => "(min-width: 60rem) 26rem, 40vw",
            Self::River => "(min-width: 60rem) 18rem, 40vw",
        }
    }
}

/// The mark of coverage that goes on.
#[must_use]
pub fn live() -> Element {
    el("span").class("live").attr("lang", "en").child("Live")
}

/// A teaser. Its headline is the link, which the style stretches over the whole; its heading is of the
/// level that its place on the page asks for.
#[must_use]
pub fn teaser(teaser: &Teaser, weight: Weight) -> Node {
    let is_live = teaser.kind == Kind::Live;
    let kicker = (is_live || teaser.kicker.is_some())
        .then(|| el("p").class("kicker").child(is_live.then(live)).child(" ").child(teaser.kicker.clone()));
    let link = el("a").attr("href", Route::Story(teaser.id.clone()).href()).child(teaser.headline.clone());
    let words = el("div")
        .class("teaser-words")
        .child(kicker)
        .child(el("h3").class("teaser-headline").child(link))
        .child(
            teaser.standfirst.clone().map(|standfirst| el("p").class("teaser-standfirst").child(standfirst)),
        )
        .child(
            el("p")
                .class("teaser-time")
                .attr("lang", "en")
                .child(time(teaser.updated.unwrap_or(teaser.published), TimeStyle::Short)),
        );
    let loading = if weight == Weight::Lead { Loading::Eager } else { Loading::Lazy };
    let picture = teaser
        .image
        .as_ref()
        .map(|picture| el("div").class("teaser-picture").child(image(picture, weight.sizes(), loading)));
    el("article")
        .class(weight.class())
        .maybe("lang", lang(teaser.language.as_ref()))
        .maybe("dir", dir(teaser.runs()))
        .child(words)
        .child(picture)
        .into()
}

//! A story as the front page knows it.

use super::picture::{Loading, image};
use super::time::time;
use super::{dir, lang};
use crate::browser::intl::TimeStyle;
use crate::content::{Kind, LiveState, Teaser};
use crate::route::Route;
use crate::view::html::{Element, Node, el};
use crate::view::own;

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
    el("span").class("live").attr("lang", "en").child("LIVE")
}

/// The mark of how live coverage stands: it goes on where nothing else is said.
#[must_use]
pub fn state(state: Option<LiveState>) -> Element {
    let rests = |word: &'static str| el("span").class("live-rests").attr("lang", "en").child(word);
    match state {
        None | Some(LiveState::Live) => live(),
        Some(LiveState::Paused) => rests("Paused"),
        Some(LiveState::Ended) => rests("As it happened"),
    }
}

/// A teaser. Its headline is the link, which the style stretches over the whole; its heading is of the
/// level that its place on the page asks for.
#[must_use]
pub fn teaser(teaser: &Teaser, weight: Weight) -> Node {
    let mark = (teaser.kind == Kind::Live).then(|| state(teaser.live.as_ref().map(|live| live.state)));
    let kicker = (mark.is_some() || teaser.kicker.is_some())
        .then(|| el("p").class("kicker").child(mark).child(" ").child(teaser.kicker.clone()));
    // What is new stands on the teaser already.
    let latest = teaser.live.as_ref().filter(|_| teaser.is_live()).and_then(|live| live.latest.as_ref());
    let latest = latest.map(|post| {
        let when = el("span").class("teaser-latest-time").child(time(post.time, TimeStyle::Clock));
        el("p").class("teaser-latest").child(when).child(" ").child(post.title.clone())
    });
    let link = el("a").attr("href", Route::Story(teaser.id.clone()).href()).child(teaser.headline.clone());
    // A picture stands before the words in sight, and behind them in the page: there, what it is of comes first.
    let class = if teaser.image.is_some() { "teaser-words teaser-pictured" } else { "teaser-words" };
    let words = el("div")
        .class(class)
        .child(kicker)
        .child(el("h3").class("teaser-headline").child(link))
        .child(
            teaser.standfirst.clone().map(|standfirst| el("p").class("teaser-standfirst").child(standfirst)),
        )
        .child(latest)
        .child(
            el("p")
                .class("teaser-time")
                .attr("lang", "en")
                .child(time(teaser.updated.unwrap_or(teaser.published), TimeStyle::Short))
                // Last, because they come a little later and are to move nothing.
                .child(own::teaser_marks(&teaser.id)),
        );
    let loading = if weight == Weight::Lead { Loading::Eager } else { Loading::Lazy };
    let picture = teaser
        .image
        .as_ref()
        .map(|picture| el("div").class("teaser-picture").child(image(picture, weight.sizes(), loading)));
    el("article")
        .class(weight.class())
        .attr("data-story", teaser.id.to_string())
        .maybe("lang", lang(teaser.language.as_ref()))
        .maybe("dir", dir(teaser.runs()))
        .child(words)
        .child(picture)
        .into()
}

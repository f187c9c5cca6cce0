//! A story as the front page knows it.

use std::sync::Arc;

use leptos::prelude::*;

use super::language::{dir, lang};
use super::picture::{Loading, Picture};
use super::teaser_marks::TeaserMarks;
use super::time::Time;
use crate::browser::intl::TimeStyle;
use crate::content::{self, Kind, LiveState};
use crate::route::Route;

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

/// What stands between two facts on one line.
pub const SEPARATOR: &str = " · ";

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
#[component]
pub fn Live() -> impl IntoView {
    view! { <span class="live" lang="en">"LIVE"</span> }
}

/// The mark of how live coverage stands.
#[component]
pub fn LiveStateMark(
    /// How it stands; it goes on where nothing is said.
    state: Option<LiveState>,
) -> impl IntoView {
    let words = match state {
        None | Some(LiveState::Live) => return view! { <Live/> }.into_any(),
        Some(LiveState::Paused) => "Paused",
        Some(LiveState::Ended) => "As it happened",
    };
    view! { <span class="live-rests" lang="en">{words}</span> }.into_any()
}

/// A teaser. Its headline is the link, which the style stretches over the whole.
#[component]
pub fn Teaser(
    /// The story, as the edition knows it.
    teaser: Arc<content::Teaser>,
    /// How much room it takes.
    weight: Weight,
) -> impl IntoView {
    let mark = (teaser.kind == Kind::Live).then(|| teaser.live.as_ref().map(|live| live.state));
    let kicker = (mark.is_some() || teaser.kicker.is_some()).then(|| {
        let mark = mark.map(|state| view! { <LiveStateMark state/> });
        let between = if mark.is_some() && teaser.kicker.is_some() { SEPARATOR } else { "" };
        view! { <p class="kicker">{mark} {between} {teaser.kicker.clone()}</p> }
    });
    let standfirst = teaser.standfirst.clone();
    let standfirst = standfirst.map(|words| view! { <p class="teaser-standfirst">{words}</p> });
    // What is new stands on the teaser already.
    let latest = teaser.live.as_ref().filter(|_| teaser.is_live()).and_then(|live| live.latest.as_ref());
    let latest = latest.map(|post| {
        view! {
            <p class="teaser-latest">
                <span class="teaser-latest-time"><Time at=post.time style=TimeStyle::Clock/></span>
                " "
                {post.title.clone()}
            </p>
        }
    });
    let loading = if weight == Weight::Lead { Loading::Eager } else { Loading::Lazy };
    let picture = teaser.image.clone().map(|picture| {
        view! { <div class="teaser-picture"><Picture picture sizes=weight.sizes() loading/></div> }
    });
    // A picture stands before the words in sight, and behind them in the page: there, what it is of comes first.
    let class = if picture.is_some() { "teaser-words teaser-pictured" } else { "teaser-words" };
    view! {
        <article
            class=weight.class()
            data-story=teaser.id.to_string()
            lang=lang(teaser.language.as_ref())
            dir=dir(teaser.runs())
        >
            <div class=class>
                {kicker}
                <h3 class="teaser-headline">
                    <a href=Route::Story(teaser.id.clone()).href()>{teaser.headline.clone()}</a>
                </h3>
                {standfirst}
                {latest}
                <p class="teaser-time" lang="en">
                    <Time at=teaser.updated.unwrap_or(teaser.published) style=TimeStyle::Short/>
                    <TeaserMarks id=teaser.id.clone() is_live=teaser.is_live()/>
                </p>
            </div>
            {picture}
        </article>
    }
    .into_any()
}

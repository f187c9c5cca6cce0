//! A story as the front page knows it.

use leptos::prelude::*;

use super::picture::{Loading, image};
use super::time::Time;
use super::{dir, lang};
use crate::browser::intl::TimeStyle;
use crate::content::{Kind, Teaser};
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
    /// Its headline and little more.
    Brief,
}

impl Weight {
    fn class(self) -> &'static str {
        match self {
            Self::Lead => "teaser teaser-lead",
            Self::Second => "teaser teaser-second",
            Self::River => "teaser teaser-river",
            Self::Brief => "teaser teaser-brief",
        }
    }

    /// How wide its picture is set.
    fn sizes(self) -> &'static str {
        match self {
            Self::Lead => "(min-width: 60rem) 48rem, 100vw",
            Self::Second => "(min-width: 60rem) 24rem, 100vw",
            Self::River | Self::Brief => "(min-width: 60rem) 18rem, 40vw",
        }
    }
}

/// The mark of coverage that goes on.
pub fn live() -> AnyView {
    view! { <span class="live">"Live"</span> }.into_any()
}

/// A teaser. Its headline is the link, which the style stretches over the whole.
pub fn teaser(teaser: &Teaser, weight: Weight) -> AnyView {
    let picture = teaser.image.as_ref().filter(|_| weight != Weight::Brief).map(|picture| {
        let loading = if weight == Weight::Lead { Loading::Eager } else { Loading::Lazy };
        view! { <div class="teaser-picture">{image(picture, weight.sizes(), loading)}</div> }
    });
    let live = (teaser.kind == Kind::Live).then(live);
    let kicker = (live.is_some() || teaser.kicker.is_some())
        .then(|| view! { <p class="kicker">{live} " " {teaser.kicker.clone()}</p> });
    let standfirst = teaser.standfirst.clone().filter(|_| weight != Weight::Brief);
    view! {
        <article class=weight.class() lang=lang(teaser.language.as_ref()) dir=dir(teaser.runs())>
            <div class="teaser-words">
                {kicker}
                <h3 class="teaser-headline">
                    <a href=Route::Story(teaser.id.clone()).href()>{teaser.headline.clone()}</a>
                </h3>
                {standfirst.map(|standfirst| view! { <p class="teaser-standfirst">{standfirst}</p> })}
                <p class="teaser-time" lang="en"><Time at=teaser.updated.unwrap_or(teaser.published) style=TimeStyle::Short /></p>
            </div>
            {picture}
        </article>
    }
    .into_any()
}

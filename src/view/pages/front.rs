//! The front page: what matters most, what matters next, then section by section.

use std::sync::Arc;

use leptos::prelude::*;

use crate::content::{Edition, Section, Teaser};
use crate::route::Route;
use crate::view::library::Library;
use crate::view::parts::state::{arriving, loading};
use crate::view::parts::teaser::{Weight, teaser};
use crate::view::parts::{dir, lang};

/// How many stories stand beside the lead.
const SECOND_TIER: usize = 3;

/// The front page, as soon as its edition is there.
#[component]
pub fn Front(library: Library) -> impl IntoView {
    loading(
        library.edition(),
        "the front page",
        move || library.load_edition(),
        |edition: Arc<Edition>| view! { <FrontPage edition /> }.into_any(),
    )
}

/// The front page of an edition.
#[component]
pub fn FrontPage(edition: Arc<Edition>) -> impl IntoView {
    let publication = &edition.publication;
    arriving(&publication.name);
    let top = edition.sections.iter().find(|section| !section.teasers.is_empty());
    let lead = top.and_then(|section| section.teasers.first().map(|lead| opening(section, lead)));
    // What the opening has shown of its section is not shown again.
    let opened = top.map(|section| section.id.clone());
    let sections = edition.sections.iter().map(|section| {
        let skip = if Some(&section.id) == opened.as_ref() { 1 + SECOND_TIER } else { 0 };
        river(section, section.teasers.get(skip..).unwrap_or_default())
    });
    let empty = top
        .is_none()
        .then(|| view! { <p class="state">"There is nothing in this edition yet. Come back soon."</p> });
    view! {
        <div class="front" lang=lang(publication.language.as_ref()) dir=dir(publication.runs())>
            <h1 class="visually-hidden" tabindex="-1">{publication.name.clone()}</h1>
            {empty}
            {lead}
            {sections.collect_view()}
        </div>
    }
}

fn opening(section: &Section, lead: &Arc<Teaser>) -> AnyView {
    let second = section.teasers.iter().skip(1).take(SECOND_TIER);
    let second: Vec<AnyView> =
        second.map(|story| view! { <li>{teaser(story, Weight::Second)}</li> }.into_any()).collect();
    view! {
        <section class="opening" aria-label=section.name.clone()>
            <h2 class="visually-hidden">{section.name.clone()}</h2>
            {teaser(lead, Weight::Lead)}
            {(!second.is_empty()).then(|| view! { <ul class="second-tier">{second}</ul> })}
        </section>
    }
    .into_any()
}

fn river(section: &Section, teasers: &[Arc<Teaser>]) -> Option<AnyView> {
    let stories: Vec<AnyView> =
        teasers.iter().map(|story| view! { <li>{teaser(story, Weight::River)}</li> }.into_any()).collect();
    (!stories.is_empty()).then(|| {
        view! {
            <section class="river" aria-label=section.name.clone()>
                <h2 class="river-name">
                    <a href=Route::Section(section.id.clone()).href()>{section.name.clone()}</a>
                </h2>
                <ul class="river-stories">{stories}</ul>
            </section>
        }
        .into_any()
    })
}

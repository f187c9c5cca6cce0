//! The front page: what matters most, what matters next, then section by section.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::language::{publication_dir, publication_lang};
use crate::components::load_view::LoadView;
use crate::components::teaser::{Teaser, Weight};
use crate::content::{self, Edition, Section};
use crate::route::Route;
use crate::state::arrival::arrive;
use crate::state::use_app;

/// How many stories stand beside the lead.
const SECOND_TIER: usize = 3;

/// How many stories of a section stand on the front page; its own page has them all.
const IN_A_RIVER: usize = 12;

/// The front page, as soon as its edition is there.
#[component]
pub fn FrontPage() -> impl IntoView {
    let library = use_app().library;
    library.follow_edition();
    view! {
        <LoadView load=library.edition() what="the front page" let:edition>
            <Front edition/>
        </LoadView>
    }
}

/// The front page of an edition.
#[component]
pub fn Front(
    /// The edition.
    edition: Arc<Edition>,
) -> impl IntoView {
    let publication = &edition.publication;
    let title = publication.name.clone();
    arrive(move || title.clone());
    let top = edition.sections.iter().find(|section| !section.teasers.is_empty());
    let empty = top
        .is_none()
        .then(|| view! { <p class="state">"There is nothing in this edition yet. Come back soon."</p> });
    let opening = top.map(|section| view! { <Opening section=section.clone()/> });
    let rivers = edition
        .sections
        .iter()
        .map(|section| {
            // What the opening has shown of its section is not shown again.
            let shown = if top.is_some_and(|top| top.id == section.id) { 1 + SECOND_TIER } else { 0 };
            view! { <River section=section.clone() shown/> }
        })
        .collect_view();
    view! {
        <div class="front" lang=publication_lang(publication) dir=publication_dir(publication)>
            <h1 class="visually-hidden" tabindex="-1">{publication.name.clone()}</h1>
            {empty}
            {opening}
            {rivers}
        </div>
    }
}

/// The first stories of the first section: one leads, a few stand beside it.
#[component]
fn Opening(section: Section) -> impl IntoView {
    let mut teasers = section.teasers.iter().cloned();
    let lead = teasers.next().map(|teaser| view! { <Teaser teaser weight=Weight::Lead/> });
    let second = teasers
        .take(SECOND_TIER)
        .map(|teaser| view! { <li><Teaser teaser weight=Weight::Second/></li> })
        .collect_view();
    let second = (!second.is_empty()).then(|| view! { <ul class="second-tier">{second}</ul> });
    view! {
        <section class="opening" aria-label=section.name.clone()>
            <h2 class="visually-hidden">{section.name.clone()}</h2>
            {lead}
            {second}
        </section>
    }
    .into_any()
}

/// The stories of a section after the first `shown`, as many as there is room for; nothing where there are none.
#[component]
fn River(section: Section, shown: usize) -> impl IntoView {
    let teasers: &[Arc<content::Teaser>] = section.teasers.get(shown..).unwrap_or_default();
    if teasers.is_empty() {
        return None;
    }
    let href = Route::Section(section.id.clone()).href();
    let items = teasers
        .iter()
        .take(IN_A_RIVER)
        .cloned()
        .map(|teaser| view! { <li><Teaser teaser weight=Weight::River/></li> })
        .collect_view();
    let more = (teasers.len() > IN_A_RIVER).then(|| {
        let (href, name) = (href.clone(), section.name.clone());
        view! { <p class="river-more"><a href=href><span lang="en">"All of "</span>{name}</a></p> }
    });
    Some(view! {
        <section class="river" aria-label=section.name.clone()>
            <h2 class="river-name"><a href=href>{section.name.clone()}</a></h2>
            <ul class="river-stories">{items}</ul>
            {more}
        </section>
    })
}

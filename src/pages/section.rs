//! The stories of one section.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::language::{publication_dir, publication_lang};
use crate::components::load_view::LoadView;
use crate::components::not_found::NotFound;
use crate::components::section_controls::SectionControls;
use crate::components::teaser::{Teaser, Weight};
use crate::content::{self, Edition, SectionId};
use crate::reading::State;
use crate::state::arrival::arrive;
use crate::state::use_app;

/// A section, as soon as its edition is there.
#[component]
pub fn SectionPage(
    /// The section.
    id: SectionId,
    /// Whether stories that the reader has read are left out.
    unread_only: bool,
) -> impl IntoView {
    let library = use_app().library;
    library.follow_edition();
    view! {
        <LoadView load=library.edition() what="this section" let:edition>
            <SectionOf edition id=id.clone() unread_only/>
        </LoadView>
    }
}

/// A section of an edition.
#[component]
pub fn SectionOf(
    /// The edition.
    edition: Arc<Edition>,
    /// The section.
    id: SectionId,
    /// Whether stories that the reader has read are left out.
    unread_only: bool,
) -> impl IntoView {
    let Some(section) = edition.section(&id) else { return view! { <NotFound/> }.into_any() };
    let publication = &edition.publication;
    let title = format!("{} · {}", section.name, publication.name);
    arrive(move || title.clone());
    let empty = section
        .teasers
        .is_empty()
        .then(|| view! { <p lang="en">"There is nothing in this section yet."</p> });
    view! {
        <div class="section" lang=publication_lang(publication) dir=publication_dir(publication)>
            <div class="section-head">
                <h1 class="section-name" tabindex="-1">{section.name.clone()}</h1>
                <SectionControls section=section.clone() unread_only/>
            </div>
            <h2 class="visually-hidden" lang="en">"Stories"</h2>
            {empty}
            <SectionStories teasers=section.teasers.clone() unread_only/>
        </div>
    }
    .into_any()
}

/// The stories: all, or the unread ones. Which are unread is asked when the list is made, so that none goes from under the
/// reader's eyes when it is marked.
#[component]
fn SectionStories(teasers: Vec<Arc<content::Teaser>>, unread_only: bool) -> impl IntoView {
    let is_empty = teasers.is_empty();
    let wanted: Vec<_> = use_app().reading.with_untracked(|reading| {
        let is_wanted =
            |teaser: &Arc<content::Teaser>| !unread_only || reading.state(&teaser.id) != State::Read;
        teasers.into_iter().filter(is_wanted).collect()
    });
    if wanted.is_empty() && !is_empty {
        return view! { <p lang="en">"You have read everything here."</p> }.into_any();
    }
    let items = wanted
        .into_iter()
        .enumerate()
        .map(|(at, teaser)| {
            let weight = if at == 0 { Weight::Second } else { Weight::River };
            view! { <li><Teaser teaser weight/></li> }
        })
        .collect_view();
    view! { <ul class="river-stories">{items}</ul> }.into_any()
}

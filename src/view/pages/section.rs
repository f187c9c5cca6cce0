//! The stories of one section.

use std::sync::Arc;

use leptos::prelude::*;

use crate::content::{Edition, SectionId};
use crate::view::library::Library;
use crate::view::parts::state::{NotFound, arriving, loading};
use crate::view::parts::teaser::{Weight, teaser};
use crate::view::parts::{dir, lang};

/// A section, as soon as its edition is there.
#[component]
pub fn SectionScreen(library: Library, id: SectionId) -> impl IntoView {
    loading(
        library.edition(),
        "this section",
        move || library.load_edition(),
        move |edition: Arc<Edition>| view! { <SectionPage edition id=id.clone() /> }.into_any(),
    )
}

/// A section of an edition.
#[component]
pub fn SectionPage(edition: Arc<Edition>, id: SectionId) -> AnyView {
    let Some(section) = edition.section(&id) else { return view! { <NotFound /> }.into_any() };
    let publication = &edition.publication;
    arriving(&format!("{} · {}", section.name, publication.name));
    let stories = section.teasers.iter().enumerate().map(|(at, story)| {
        let weight = if at == 0 { Weight::Second } else { Weight::River };
        view! { <li>{teaser(story, weight)}</li> }
    });
    let empty = section
        .teasers
        .is_empty()
        .then(|| view! { <p lang="en">"There is nothing in this section yet."</p> });
    view! {
        <div class="section" lang=lang(publication.language.as_ref()) dir=dir(publication.runs())>
            <h1 class="section-name" tabindex="-1">{section.name.clone()}</h1>
            <h2 class="visually-hidden" lang="en">"Stories"</h2>
            {empty}
            <ul class="river-stories">{stories.collect_view()}</ul>
        </div>
    }
    .into_any()
}

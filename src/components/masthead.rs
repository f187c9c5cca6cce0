//! The top of every screen: the name of the newspaper, the day, the ways to its sections and to the reader's own.

use leptos::prelude::*;

use super::language::{publication_dir, publication_lang};
use super::screen_link::ScreenLink;
use super::time::Time;
use crate::browser::intl::TimeStyle;
use crate::route::Route;
use crate::state::use_app;

/// The masthead. Without an edition what remains is the way to the front page; while that is on its way, with room
/// reserved for the rest, so that nothing below moves.
#[component]
pub fn Masthead() -> impl IntoView {
    let library = use_app().library;
    let edition = library.edition();
    let class = move || if edition.get().is_waiting() { "masthead masthead-waiting" } else { "masthead" };
    // Newer editions come often, with another publication hardly ever.
    let publication = Memo::new(move |_| library.loaded_edition().map(|edition| edition.publication.clone()));
    let lang = move || publication.with(|publication| publication.as_ref().and_then(publication_lang));
    let dir = move || publication.with(|publication| publication.as_ref().and_then(publication_dir));
    let name = move || {
        let name = publication.with(|publication| publication.as_ref().map(|it| it.name.clone()));
        name.unwrap_or_else(|| "Front page".to_owned())
    };
    let tagline = move || {
        let tagline = publication.with(|publication| publication.as_ref()?.tagline.clone());
        tagline.map(|tagline| view! { <p class="masthead-tagline">{tagline}</p> })
    };
    view! {
        <header class=class lang=lang dir=dir>
            <div class="masthead-top" lang="en">
                <p class="masthead-day"><Today/></p>
                <nav class="own-ways" aria-label="Your reading">
                    <ul>
                        <li><ScreenLink to=Route::Saved>"Saved"</ScreenLink></li>
                        <li><ScreenLink to=Route::Settings>"Settings"</ScreenLink></li>
                    </ul>
                </nav>
            </div>
            <p class="masthead-name"><ScreenLink to=Route::Front>{name}</ScreenLink></p>
            {tagline}
            <Sections/>
        </header>
    }
    .into_any()
}

/// The day. A page that is published knows none: it is read on many.
#[component]
fn Today() -> impl IntoView {
    let now = use_app().clock.now;
    (!cfg!(feature = "ssr")).then_some(move || view! { <Time at=now.get() style=TimeStyle::Day/> })
}

/// The ways to the sections, where there are any.
#[component]
fn Sections() -> impl IntoView {
    let library = use_app().library;
    let sections = Memo::new(move |_| {
        let edition = library.loaded_edition();
        let sections = edition.iter().flat_map(|edition| &edition.sections);
        sections.map(|section| (section.id.clone(), section.name.clone())).collect::<Vec<_>>()
    });
    move || {
        let links = sections
            .get()
            .into_iter()
            .map(|(id, name)| {
                view! { <li><ScreenLink to=Route::Section(id)>{name}</ScreenLink></li> }
            })
            .collect_view();
        (!links.is_empty())
            .then(|| view! { <nav class="sections" aria-label="Sections"><ul>{links}</ul></nav> })
    }
}

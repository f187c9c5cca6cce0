//! The top and the foot of every screen.

use std::sync::Arc;

use leptos::prelude::*;

use super::time::Time;
use super::{dir, lang};
use crate::browser::intl::TimeStyle;
use crate::browser::page;
use crate::content::{Edition, Timestamp};
use crate::route::Route;

/// The name of the newspaper, the day, and the way to its sections. Without an edition (it is on its way,
/// or failed) what remains is the way to the front page.
#[component]
pub fn Masthead(edition: Option<Arc<Edition>>, route: ReadSignal<Route>, now: Timestamp) -> impl IntoView {
    let publication = edition.as_ref().map(|edition| &edition.publication);
    let name = publication.map_or_else(|| "Front page".to_owned(), |publication| publication.name.clone());
    let tagline = publication.and_then(|publication| publication.tagline.clone());
    let language = publication.and_then(|publication| lang(publication.language.as_ref()));
    let direction = publication.and_then(|publication| dir(publication.runs()));
    let sections = edition.as_ref().map(|edition| {
        let items = edition.sections.iter().map(|section| {
            let here = Route::Section(section.id.clone());
            let href = here.href();
            let current = move || (route.get() == here).then_some("page");
            view! {
                <li>
                    <a href=href aria-current=current>{section.name.clone()}</a>
                </li>
            }
        });
        view! {
            <nav class="sections" aria-label="Sections">
                <ul>{items.collect_view()}</ul>
            </nav>
        }
    });
    view! {
        <header class="masthead" lang=language dir=direction>
            <p class="masthead-day" lang="en"><Time at=now style=TimeStyle::Day /></p>
            <p class="masthead-name">
                <a href=Route::Front.href() aria-current=move || (route.get() == Route::Front).then_some("page")>{name}</a>
            </p>
            {tagline.map(|tagline| view! { <p class="masthead-tagline">{tagline}</p> })}
            {sections}
        </header>
    }
}

/// The way past the masthead, for who goes by keyboard.
#[component]
pub fn SkipLink(route: ReadSignal<Route>) -> impl IntoView {
    let skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        if !page::focus("main h1") {
            page::focus("main");
        }
    };
    view! { <a class="skip" href=move || format!("{}#main", route.get().href()) on:click=skip>"Skip to the content"</a> }
}

/// The foot of every screen.
#[component]
pub fn Foot(edition: Option<Arc<Edition>>) -> impl IntoView {
    let publication = edition.as_ref().map(|edition| &edition.publication);
    let name = publication.map(|publication| publication.name.clone());
    let home =
        publication.and_then(|publication| Some((publication.home.clone()?, publication.name.clone())));
    view! {
        <footer class="foot">
            <p>{name} {home.map(|(home, name)| view! { " · " <a href=home.as_str().to_owned()>{format!("About {name}")}</a> })}</p>
            <p>"Set with Dateline. No account, no tracking."</p>
        </footer>
    }
}

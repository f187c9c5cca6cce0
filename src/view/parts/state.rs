//! What stands in the place of something that is not there: loading, slow, failed, not found.

use leptos::prelude::*;

use crate::browser::page::set_title;
use crate::route::Route;
use crate::view::load::{Fault, Load};
use crate::view::navigation::Navigation;

/// Shows something that is being loaded: `shown` once it is there, and what there is to say until then.
/// `what` names it within a sentence ("the front page").
pub fn loading<T>(
    load: ReadSignal<Load<T>>,
    what: &'static str,
    retry: impl Fn() + Copy + Send + Sync + 'static,
    shown: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    view! {
        <p class="visually-hidden" role="status">
            {move || load.with(|load| match load {
                Load::Slow => "Loading…",
                Load::VerySlow => "Still loading. This is taking longer than usual.",
                _ => "",
            })}
        </p>
        {move || match load.get() {
            Load::Loading => ().into_any(),
            Load::Slow => view! { <Skeleton word=None /> }.into_any(),
            Load::VerySlow => {
                view! { <Skeleton word=Some("This is taking longer than usual. Still trying.") /> }.into_any()
            }
            Load::Loaded(value) => shown(value),
            Load::Failed(fault) => view! { <Failed what fault retry /> }.into_any(),
            Load::NotFound => view! { <NotFound /> }.into_any(),
        }}
    }
}

/// The outline of a page that is on its way.
#[component]
fn Skeleton(word: Option<&'static str>) -> impl IntoView {
    let bars = (0..6).map(|_| view! { <span class="skeleton-bar"></span> }).collect_view();
    view! {
        <div class="skeleton" aria-hidden="true">{bars}</div>
        {word.map(|word| view! { <p class="skeleton-word" aria-hidden="true">{word}</p> })}
    }
}

/// Says what could not be loaded and why, and offers another try.
#[component]
fn Failed(what: &'static str, fault: Fault, retry: impl Fn() + Send + Sync + 'static) -> impl IntoView {
    arriving("Not loaded");
    view! {
        <section class="state">
            <h1 tabindex="-1">{format!("We could not load {what}")}</h1>
            <p role="alert">{fault.why()}</p>
            <p>
                <button type="button" class="button" on:click=move |_| retry()>"Try again"</button>
            </p>
        </section>
    }
}

/// Says that an address leads nowhere, and where to go instead.
#[component]
pub fn NotFound() -> impl IntoView {
    arriving("Not found");
    view! {
        <section class="state">
            <h1 tabindex="-1">"There is no such page"</h1>
            <p>"The story may have been taken back, or the address is not quite right."</p>
            <p>
                <a href=Route::Front.href()>"Go to the front page"</a>
            </p>
        </section>
    }
}

/// Names the tab, and does what is due on arriving at a screen, once it is on the page.
pub fn arriving(title: &str) {
    let title = title.to_owned();
    let navigation = use_context::<Navigation>();
    Effect::new(move || {
        set_title(&title);
        if let Some(navigation) = navigation {
            navigation.arrived();
        }
    });
}

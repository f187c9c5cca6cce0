//! Something that is being loaded: what is shown until it is there, and where it can't be had.

use std::sync::Arc;

use leptos::prelude::*;

use super::not_found::NotFound;
use super::saved_story::{SavedStory, kept_facts};
use crate::content::StoryId;
use crate::state::arrival::arrive;
use crate::state::load::{Load, LoadError, Loader};

/// Shows something once it is loaded; until then, or where it can't be loaded, what there is to say of that.
#[component]
pub fn LoadView<T, F, V>(
    /// What is loaded.
    load: Loader<T>,
    /// Its name within a sentence: "the front page".
    what: &'static str,
    /// The story that it is, if it is one: what the reader has saved is told of where it can't be loaded.
    #[prop(optional)]
    story: Option<StoryId>,
    /// Shows it.
    children: F,
) -> impl IntoView
where
    T: Send + Sync + 'static,
    F: Fn(Arc<T>) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let retry = Callback::new(move |()| load.retry());
    // What is shown of the state is compiled once, and not for each type of thing.
    let stage = Signal::derive(move || load.with(Load::stage));
    view! {
        <LoadStatus stage/>
        {move || match load.get() {
            Load::Loaded(value) => children(value).into_any(),
            other => view! { <LoadState stage=other.stage() what story=story.clone() retry/> }.into_any(),
        }}
    }
}

/// Says how loading goes, for readers who do not see it.
#[component]
fn LoadStatus(stage: Signal<Load<()>>) -> impl IntoView {
    let words = move || match stage.get() {
        Load::Slow => Some("Loading…"),
        Load::VerySlow => Some("Still loading. This is taking longer than usual."),
        _ => None,
    };
    view! { <p class="visually-hidden" role="status">{words}</p> }
}

/// What is shown of something that is not there.
#[component]
fn LoadState(
    stage: Load<()>,
    what: &'static str,
    story: Option<StoryId>,
    retry: Callback<()>,
) -> impl IntoView {
    let error = match stage {
        Load::Loading | Load::Loaded(()) => return ().into_any(),
        Load::Slow => return view! { <Skeleton word=None/> }.into_any(),
        Load::VerySlow => {
            let word = Some("This is taking longer than usual. Still trying.");
            return view! { <Skeleton word/> }.into_any();
        }
        Load::Failed(error) => Some(error),
        Load::NotFound => None,
    };
    let why = error.as_ref().map_or("The newspaper no longer offers it.", LoadError::message);
    let kept = story.and_then(|id| kept_facts(&id).map(|facts| (id, facts)));
    match (kept, error) {
        (Some((id, facts)), _) => view! { <SavedStory id facts why retry/> }.into_any(),
        (None, Some(_)) => view! { <LoadFailed what why retry/> }.into_any(),
        (None, None) => view! { <NotFound/> }.into_any(),
    }
}

/// The outline of a page that is on its way.
#[component]
fn Skeleton(word: Option<&'static str>) -> impl IntoView {
    view! {
        <div class="skeleton" aria-hidden="true">
            <span class="skeleton-bar"></span>
            <span class="skeleton-bar"></span>
            <span class="skeleton-bar"></span>
            <span class="skeleton-bar"></span>
            <span class="skeleton-bar"></span>
            <span class="skeleton-bar"></span>
        </div>
        <p class="skeleton-word" aria-hidden="true">{word}</p>
    }
}

/// Says what could not be loaded and why, and offers another try.
#[component]
fn LoadFailed(what: &'static str, why: &'static str, retry: Callback<()>) -> impl IntoView {
    arrive(|| "Not loaded".to_owned());
    view! {
        <section class="state">
            <h1 tabindex="-1">{format!("We could not load {what}")}</h1>
            <p role="alert">{why}</p>
            <button type="button" class="button" on:click=move |_| retry.run(())>"Try again"</button>
        </section>
    }
}

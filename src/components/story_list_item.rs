//! A story in a list of the reader's stories.

use leptos::prelude::*;

use super::language::headline_lang_dir;
use super::offline_copy::OfflineCopyStatus;
use super::own_words::OwnWords;
use super::time::Time;
use crate::browser::intl::TimeStyle;
use crate::content::{StoryId, Timestamp};
use crate::reading::lists::{Entry, Wanted};
use crate::route::Route;
use crate::state::reading_progress::percent_read;
use crate::state::story_listing::{ListKind, StoryListing};
use crate::state::use_app;

/// A story in a list. The row stays as long as the story is listed, with what the reader is writing in it; what is known
/// of the story follows its changes.
#[component]
pub fn StoryListItem(
    /// The list that it is in.
    list: StoryListing,
    /// The story.
    story: StoryId,
    /// What is looked for in saved stories.
    wanted: Option<RwSignal<Wanted>>,
) -> impl IntoView {
    let entry = list.entry(&story)?;
    let id = story.to_string();
    let own_words = (list.kind == ListKind::Saved).then(|| view! { <OwnWords story=story.clone() entry/> });
    Some(
        view! {
            <li>
                <article class="kept" data-story=id>
                    <SelectBox list story=story.clone() entry/>
                    <div class="kept-words">
                        <h2><Headline kind=list.kind story=story.clone() entry/></h2>
                        <StoryFacts kind=list.kind story entry/>
                        <Tags entry wanted/>
                        {own_words}
                    </div>
                </article>
            </li>
        }
        .into_any(),
    )
}

/// The box that selects a story. With the row, the selection goes.
#[component]
fn SelectBox(list: StoryListing, story: StoryId, entry: Memo<Entry>) -> impl IntoView {
    let (selected, gone) = (story.clone(), story.clone());
    let is_selected = move || list.selected.with(|all| all.contains(&selected));
    on_cleanup(move || list.select(&gone, false));
    view! {
        <input
            type="checkbox"
            class="kept-pick"
            value=story.to_string()
            aria-label=move || entry.with(|entry| format!("Select: {}", entry.snapshot.headline))
            prop:checked=is_selected
            on:change=move |event| list.select(&story, event_target_checked(&event))
        />
    }
}

/// The headline, as the way to the story.
#[component]
fn Headline(kind: ListKind, story: StoryId, entry: Memo<Entry>) -> impl IntoView {
    let library = use_app().library;
    let href = match kind {
        ListKind::Begun => Route::resume_href(&story),
        ListKind::Saved | ListKind::Opened => Route::Story(story.clone()).href(),
    };
    let lang_dir = Memo::new(move |_| headline_lang_dir(library.loaded_edition().as_deref(), &story));
    view! {
        <a href=href lang=move || lang_dir.get().0 dir=move || lang_dir.get().1>
            {move || entry.with(|entry| entry.snapshot.headline.clone())}
        </a>
    }
}

/// When it was published and kept, how much of it is read, and what of it is on this device.
#[component]
fn StoryFacts(kind: ListKind, story: StoryId, entry: Memo<Entry>) -> impl IntoView {
    let is_live = Memo::new(move |_| entry.with(|entry| entry.snapshot.is_live));
    let published = Memo::new(move |_| entry.with(|entry| entry.snapshot.published));
    let time = Memo::new(move |_| entry.with(|entry| entry.time));
    let day = |millis: Memo<i64>| move || view! { <Time at=Timestamp::from_millis(millis.get()) style=TimeStyle::Short/> };
    let copy = (kind == ListKind::Saved).then(|| view! { <span><OfflineCopyStatus story/></span> });
    view! {
        <p class="kept-facts">
            {move || is_live.get().then(|| view! { <span>"Live coverage"</span> })}
            <span>"Published " {day(published)}</span>
            <span>{kind.time_label()} {day(time)}</span>
            <span>{move || entry.with(progress)}</span>
            {copy}
        </p>
    }
    .into_any()
}

/// How much of a story is read.
fn progress(entry: &Entry) -> String {
    match entry.position.filter(|position| position.is_midway()) {
        Some(position) => percent_read(position.progress),
        None if entry.is_read => "Read".to_owned(),
        None => "Unread".to_owned(),
    }
}

/// The reader's tags. Where something is looked for, a press of one looks for that.
#[component]
fn Tags(entry: Memo<Entry>, wanted: Option<RwSignal<Wanted>>) -> impl IntoView {
    let tags = Memo::new(move |_| entry.with(|entry| entry.tags.clone()));
    let tag = move |tag: String| match wanted {
        Some(wanted) => {
            let chosen = tag.clone();
            let choose = move |_| wanted.update(|wanted| wanted.tag = Some(chosen.clone()));
            view! { <li><button type="button" class="tag" on:click=choose>{tag}</button></li> }.into_any()
        }
        None => view! { <li><span class="tag">{tag}</span></li> }.into_any(),
    };
    view! {
        <Show when=move || tags.with(|tags| !tags.is_empty())>
            <ul class="tags" aria-label="Tags">
                <For each=move || tags.get() key=String::clone children=tag/>
            </ul>
        </Show>
    }
}

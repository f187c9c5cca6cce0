//! A page of a live blog's older posts, for readers without JavaScript: it is published as it is, and the app never takes it
//! over. In the app, the live blog itself has them all.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::language::{story_dir, story_lang};
use crate::components::post::Post;
use crate::content::Story;
use crate::content::live::{PostNumber, PostSlot};
use crate::route::Route;

/// What is on such a page.
#[derive(Clone, Debug)]
pub struct ArchivePage {
    /// The live blog.
    pub story: Arc<Story>,
    /// The number of the page; page 1 has the oldest posts.
    pub page: u32,
    /// The first and the last post of it.
    pub span: (PostNumber, PostNumber),
    /// Its posts, oldest first; none where they can't be read.
    pub posts: Vec<PostSlot>,
    /// The page of the posts before these, where there is one.
    pub earlier: Option<u32>,
    /// The page of the posts after these; the live blog itself where there is none.
    pub later: Option<u32>,
}

/// The way past the masthead.
#[component]
pub fn ArchiveSkipLink(
    /// The page.
    page: Arc<ArchivePage>,
) -> impl IntoView {
    let href = format!("{}#main", Route::older_href(&page.story.id, page.page));
    view! { <a class="skip" href=href>"Skip to the content"</a> }
}

/// The posts, newest first as on the live blog's own page, and the ways to its other pages.
#[component]
pub fn LiveArchive(
    /// The page.
    page: Arc<ArchivePage>,
) -> impl IntoView {
    let story = &page.story;
    let (first, last) = page.span;
    let home = Route::Story(story.id.clone()).href();
    view! {
        <article class="story coverage still" dir=story_dir(story)>
            <header class="story-head">
                <h1 lang=story_lang(story) tabindex="-1">
                    <a href=home>{story.headline.clone()}</a>
                </h1>
                <h2 class="kicker">{format!("Updates {first} to {last}")}</h2>
            </header>
            <div class="coverage-main">
                <div class="live-overview"></div>
                <div class="stream">
                    <Posts page=Arc::clone(&page)/>
                    <PageLinks page=Arc::clone(&page)/>
                </div>
            </div>
        </article>
    }
}

#[component]
fn Posts(page: Arc<ArchivePage>) -> impl IntoView {
    if page.posts.is_empty() {
        let words = "These updates can\u{2019}t be shown at the moment.";
        return view! { <p class="state">{words}</p> }.into_any();
    }
    let size = u32::try_from(page.posts.len()).unwrap_or(u32::MAX);
    let posts = page
        .posts
        .iter()
        .rev()
        .zip(1..)
        .map(|(entry, place)| {
            view! { <Post entry=entry.clone() story=Arc::clone(&page.story) place=(place, size)/> }
        })
        .collect_view();
    view! { <div class="feed" role="feed" aria-label="Updates"><div class="run">{posts}</div></div> }
        .into_any()
}

#[component]
fn PageLinks(page: Arc<ArchivePage>) -> impl IntoView {
    let id = &page.story.id;
    let earlier =
        page.earlier.map(|earlier| view! { <a href=Route::older_href(id, earlier)>"Earlier updates"</a> });
    let (href, words) = match page.later {
        Some(later) => (Route::older_href(id, later), "Later updates"),
        None => (Route::Story(id.clone()).href(), "Latest updates"),
    };
    view! {
        <nav class="older-ways" aria-label="More updates">{earlier} " " <a href=href>{words}</a></nav>
    }
}

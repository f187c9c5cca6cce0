//! What stands beside the feed of a live blog: the summary, the key events and the pinned post.

use std::sync::Arc;

use leptos::prelude::*;

use super::blocks::Blocks;
use super::event_list::EventList;
use super::language::story_lang;
use super::post::marked_blocks;
use crate::content::Story;
use crate::state::live_feed::LiveFeed;

/// The overview. It changes with newer heads.
#[component]
pub fn LiveOverview(
    /// What is followed.
    feed: LiveFeed,
) -> impl IntoView {
    let summary = Memo::new(move |_| feed.live().summary.clone());
    let key_events = Memo::new(move |_| feed.live().key_events.clone());
    let pinned = Memo::new(move |_| feed.live().pinned.clone());
    let story = feed.story_untracked();
    let (of_summary, of_events) = (Arc::clone(&story), Arc::clone(&story));
    view! {
        <div class="live-overview">
            {move || summary_section(&of_summary, summary.get())}
            {move || {
                let mut events = key_events.get();
                events.reverse();
                (!events.is_empty()).then(|| view! {
                    <details class="key-events" open="">
                        <summary><h2>"Key events"</h2></summary>
                        <EventList story=Arc::clone(&of_events) events/>
                    </details>
                })
            }}
            {move || pinned.get().map(|post| view! {
                <details class="live-pinned" open="">
                    <summary>
                        <span class="post-mark">"Pinned"</span>
                        " "
                        {post.title.clone().map(|title| view! { <span lang=story_lang(&story)>{title}</span> })}
                    </summary>
                    <div class="body" lang=story_lang(&story)>{marked_blocks(&post.body, None)}</div>
                </details>
            })}
        </div>
    }
}

fn summary_section(story: &Story, summary: Vec<crate::content::Block>) -> Option<impl IntoView + use<>> {
    (!summary.is_empty()).then(|| {
        view! {
            <section class="live-summary" aria-label="Summary">
                <h2>"Summary"</h2>
                <div class="body" lang=story_lang(story)><Blocks body=summary/></div>
            </section>
        }
    })
}

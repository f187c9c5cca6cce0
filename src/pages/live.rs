//! A live blog: its head, and the feed of its posts.

use std::sync::Arc;

use leptos::prelude::*;

use crate::browser::{timer, visibility};
use crate::components::also_like::AlsoLike;
use crate::components::feed::{Feed, new_updates};
use crate::components::language::story_dir;
use crate::components::live_controls::{LiveControls, Pill, PollTrouble};
use crate::components::live_header::{CatchUp, LiveHeader};
use crate::components::live_overview::LiveOverview;
use crate::components::story_footer::StoryFooter;
use crate::components::story_header::tab_title;
use crate::content::Story;
use crate::route::Route;
use crate::state::arrival::arrive;
use crate::state::live_feed::LiveFeed;
use crate::state::reading_progress::note_opened;
use crate::state::use_app;

/// A live blog, with what is around it.
#[component]
pub fn LivePage(
    /// The live blog.
    story: Arc<Story>,
    /// Whether it was loaded for this page just now; else its head may be old.
    just_loaded: bool,
) -> impl IntoView {
    let live = story.live.clone()?;
    let app = use_app();
    let feed = LiveFeed::start(&story, &live, just_loaded);
    feed.follow_links();
    // The tab counts what waits, and so does the icon of an installed app.
    arrive(move || {
        let title = tab_title(&feed.story());
        match feed.waiting() {
            0 => title,
            count => format!("({count}) {title}"),
        }
    });
    Effect::new(move || visibility::set_badge(feed.waiting()));
    on_cleanup(move || {
        visibility::set_badge(0);
        app.clock.zone.set(None);
    });
    // Once it can be read.
    let opened = Arc::clone(&story);
    timer::after(0, move || note_opened(app, &opened));
    let address: Arc<str> = app.navigation.address(&Route::Story(story.id.clone())).into();
    Some(view! {
        <article class="story coverage" dir=story_dir(&story)>
            <LiveHeader feed address=Arc::clone(&address)/>
            <CatchUp feed/>
            <div class="coverage-main">
                <LiveOverview feed/>
                <Stream feed address/>
            </div>
            <StoryFooter story=Arc::clone(&story)/>
        </article>
        <AlsoLike story/>
    })
}

/// The feed, with what stands above it.
#[component]
fn Stream(feed: LiveFeed, address: Arc<str>) -> impl IntoView {
    let announced = move || match feed.announced() {
        0 => None,
        count => Some(new_updates(count)),
    };
    let only_key_events = feed.key_events_only;
    view! {
        <div class="stream">
            <h2 class="visually-hidden">"Updates"</h2>
            <p class="visually-hidden" role="status">{announced}</p>
            <LiveControls feed/>
            <div class="pill-place"><Pill feed/><PollTrouble feed/></div>
            // It tells the stylesheet, so that the feed itself is not made anew.
            <div class=move || if only_key_events.get() { "filter key-only" } else { "filter" }></div>
            <Feed feed address/>
        </div>
    }
}

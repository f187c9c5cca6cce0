//! The head of a live blog: how it stands, when it was updated, what can be done with it, what the reader missed.

use std::sync::Arc;

use leptos::prelude::*;

use super::corrections::Corrections;
use super::event_list::EventList;
use super::feed::updates;
use super::follow_button::FollowButton;
use super::save_button::SaveButton;
use super::share_button::ShareButton;
use super::story_header::{MainPicture, StoryHeader};
use super::teaser::Live;
use super::time::Time;
use crate::browser::intl::TimeStyle;
use crate::content::{LiveState, live};
use crate::state::live_feed::LiveFeed;
use crate::state::snapshot::snapshot_of;

/// The head. What newer heads change in it changes in place.
#[component]
pub fn LiveHeader(
    /// What is followed.
    feed: LiveFeed,
    /// The address of the story, to be passed on.
    address: Arc<str>,
) -> impl IntoView {
    let story = feed.story_untracked();
    let mark = view! { <LiveMark feed/> }.into_any();
    view! {
        {move || view! { <Corrections story=feed.story()/> }}
        <StoryHeader story=Signal::derive(move || feed.story()) mark=Some(mark)>
            <div class="story-times live-status">
                <span class="time-line"><bdi>"Last updated " {move || changed_time(&feed.live())}</bdi></span>
                <span><bdi>{move || updates(feed.count(1, feed.live().newest()))}</bdi></span>
                <div class="story-acts">
                    <FollowButton id=story.id.clone() snapshot=snapshot_of(&story)/>
                    <SaveButton id=story.id.clone() snapshot=snapshot_of(&story)/>
                    <ShareButton
                        title=story.headline.clone()
                        address=address.to_string()
                        press=format!("share:{}", story.id)
                    />
                </div>
            </div>
        </StoryHeader>
        {move || view! { <MainPicture story=feed.story()/> }}
    }
}

fn changed_time(live: &live::Live) -> impl IntoView + use<> {
    view! { <Time at=live.changed style=TimeStyle::Full/> }
}

/// Whether the coverage goes on.
#[component]
fn LiveMark(feed: LiveFeed) -> impl IntoView {
    let standing = Memo::new(move |_| {
        let live = feed.live();
        (live.state, live.ended.unwrap_or(live.changed))
    });
    move || match standing.get() {
        (LiveState::Live, _) => view! { <Live/> }.into_any(),
        (LiveState::Paused, _) => view! { <span class="live-rests">"Paused"</span> }.into_any(),
        (LiveState::Ended, at) => view! {
            <bdi>
                <span class="live-rests">"Ended"</span>
                " "
                <Time at style=TimeStyle::DayAndClock/>
            </bdi>
        }
        .into_any(),
    }
}

/// The key events that the reader missed since their last visit, if there are any.
#[component]
pub fn CatchUp(
    /// What is followed.
    feed: LiveFeed,
) -> impl IntoView {
    let missed = Memo::new(move |_| feed.missed());
    move || {
        let events = missed.get();
        (!events.is_empty()).then(|| {
            view! {
                <section class="catch-up" aria-label="Since your last visit">
                    <h2>"Since your last visit"</h2>
                    <EventList story=feed.story_untracked() events/>
                </section>
            }
        })
    }
}

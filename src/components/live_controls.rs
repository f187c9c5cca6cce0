//! What stands above the feed of a live blog: how it is ordered and filtered, what waits, and whether updates come
//! through.

use leptos::prelude::*;

use super::feed::new_updates;
use crate::state::live_feed::{LiveFeed, Order};
use crate::state::polling::PollStatus;
use crate::state::use_app;

/// The order and the filter of the feed, and the zone of its times.
#[component]
pub fn LiveControls(
    /// What is followed.
    feed: LiveFeed,
) -> impl IntoView {
    let (order, key_events_only) = (feed.order, feed.key_events_only);
    let turn = move || {
        let other =
            if order.get_untracked().is_oldest_first() { Order::NewestFirst } else { Order::OldestFirst };
        order.set(other);
    };
    view! {
        <div class="live-controls" role="group" aria-label="Updates">
            <PressedButton
                words="Oldest first".to_owned()
                press="oldest-first"
                is_pressed=Signal::derive(move || order.get().is_oldest_first())
                on_press=turn
            />
            <PressedButton
                words="Key events only".to_owned()
                press="key-events-only"
                is_pressed=key_events_only
                on_press=move || key_events_only.update(|on| *on = !*on)
            />
            <ZoneButton/>
        </div>
    }
}

/// A button that is pressed or not.
#[component]
fn PressedButton(
    words: String,
    press: &'static str,
    #[prop(into)] is_pressed: Signal<bool>,
    on_press: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button"
            data-press=press
            aria-pressed=move || if is_pressed.get() { "true" } else { "false" }
            on:click=move |_| on_press()
        >
            {words}
        </button>
    }
}

/// Tells times in the newsroom's own zone, where it has said which that is.
#[component]
fn ZoneButton() -> impl IntoView {
    let app = use_app();
    let zone = Memo::new(move |_| {
        app.library.loaded_edition().and_then(|edition| edition.publication.time_zone.clone())
    });
    let chosen = app.clock.zone;
    move || {
        zone.get().map(|zone| {
            let words = format!("Times in {}", zone.place());
            let name = zone.as_str().to_owned();
            let turn = move || {
                let next = chosen.get_untracked().is_none().then(|| name.clone());
                chosen.set(next);
            };
            let is_pressed = Signal::derive(move || chosen.with(Option::is_some));
            view! { <PressedButton words press="newsroom-zone" is_pressed on_press=turn/> }
        })
    }
}

/// The pill that leads to what waits, or to the newest post.
#[component]
pub fn Pill(
    /// What is followed.
    feed: LiveFeed,
) -> impl IntoView {
    let is_elsewhere = Memo::new(move |_| feed.is_elsewhere());
    move || match feed.waiting() {
        0 if is_elsewhere.get() => view! {
            <button type="button" class="pill" data-press="newest" on:click=move |_| feed.go_to_newest()>
                "Latest update"
            </button>
        }
        .into_any(),
        0 => ().into_any(),
        count => view! {
            <button type="button" class="pill" on:click=move |_| feed.show_waiting()>
                <bdi>{new_updates(count)}</bdi>
            </button>
        }
        .into_any(),
    }
}

/// Says quietly that nothing comes, and what is done about it.
#[component]
pub fn PollTrouble(
    /// What is followed.
    feed: LiveFeed,
) -> impl IntoView {
    let is_trouble = Memo::new(move |_| feed.status() != PollStatus::Ok);
    let is_asking = Memo::new(move |_| feed.status() == PollStatus::Asking);
    let words = move || match feed.status() {
        PollStatus::Waiting { seconds } => format!("Trying again in {seconds} s · "),
        _ => "Trying again now… ".to_owned(),
    };
    // What is read out does not count down. The button stays while it has nothing to do, and the focus with it.
    view! {
        <div class="live-trouble">
            <p class="visually-hidden" role="status">
                {move || is_trouble.get().then_some("Updates are not coming through at the moment.")}
            </p>
            <p>
                {move || is_trouble.get().then(|| view! {
                    <bdi>
                        {words}
                        <button
                            type="button"
                            class="button button-plain"
                            aria-disabled=move || if is_asking.get() { "true" } else { "false" }
                            on:click=move |_| feed.ask_now()
                        >
                            "try now"
                        </button>
                    </bdi>
                })}
            </p>
        </div>
    }
}

//! The feed of a live blog: its posts in sections of fifty, and the gaps of what is not loaded.

use std::sync::Arc;

use leptos::prelude::*;

use super::plural::counted;
use super::post::LivePost;
use crate::browser::directives::{feed_keys, when_near};
use crate::content::Story;
use crate::content::live::PostNumber;
use crate::follow::{FeedItem, SectionNumber};
use crate::state::live_feed::LiveFeed;

/// The posts.
#[component]
pub fn Feed(
    /// What is followed.
    feed: LiveFeed,
    /// The address of the story, to be passed on.
    address: Arc<str>,
) -> impl IntoView {
    let story = feed.story_untracked();
    // A gap that has become smaller is another one.
    let key = |item: &FeedItem| match *item {
        FeedItem::Section(number) => (number, 0, 0),
        FeedItem::Gap(first, last) => (SectionNumber::MAX, first, last),
    };
    view! {
        <div class="feed" role="feed" aria-label="Updates" use:feed_keys>
            <For each=move || feed.items() key let:item>
                {match item {
                    FeedItem::Section(number) => {
                        let (story, address) = (Arc::clone(&story), Arc::clone(&address));
                        view! { <PostSection feed number story address/> }.into_any()
                    }
                    FeedItem::Gap(first, last) => view! { <Gap feed first last/> }.into_any(),
                }}
            </For>
        </div>
    }
}

/// The posts of one section.
#[component]
fn PostSection(feed: LiveFeed, number: SectionNumber, story: Arc<Story>, address: Arc<str>) -> impl IntoView {
    let rows = feed.section(number);
    let ids = move || rows.with(|rows| rows.iter().map(|row| row.entry.id()).collect::<Vec<_>>());
    let oldest_first = Signal::derive(move || feed.order.get().is_oldest_first());
    view! {
        <div class="run">
            <For each=ids key=|id| *id let:id>
                {
                    let row = Memo::new(move |_| {
                        rows.with(|rows| rows.iter().find(|row| row.entry.id() == id).cloned())
                    });
                    let (story, address) = (Arc::clone(&story), Arc::clone(&address));
                    view! { <LivePost id row story address place=feed.place(id) oldest_first/> }
                }
            </For>
        </div>
    }
}

/// Posts that are not loaded: they come when they are neared, or wanted.
#[component]
fn Gap(feed: LiveFeed, first: PostNumber, last: PostNumber) -> impl IntoView {
    let words = if first == 1 {
        "Earlier updates".to_owned()
    } else {
        format!("{} in between", updates(feed.count(first, last)))
    };
    // Its upper end comes first, which is the newer one unless the oldest posts come first; for a reader who comes from
    // below the lower one does.
    let load = move |from_below: bool| {
        let wants_first = from_below != feed.order.get_untracked().is_oldest_first();
        feed.load(if wants_first { first } else { last });
    };
    let top = if feed.order.get_untracked().is_oldest_first() { first } else { last };
    view! {
        <article
            class="gap"
            tabindex="0"
            aria-label="Updates that are not loaded yet"
            data-gap=top.to_string()
            use:when_near=load
        >
            <button type="button" class="button" data-press=format!("load:{last}") on:click=move |_| load(false)>
                <bdi>{words}</bdi>
            </button>
            <p role="status">{move || feed.gap_status(first, last).message()}</p>
        </article>
    }
}

/// `1 update`, `3 updates`.
#[must_use]
pub fn updates(count: u32) -> String {
    counted(count as usize, "update", "updates")
}

/// `1 new update`, `3 new updates`.
#[must_use]
pub fn new_updates(count: u32) -> String {
    counted(count as usize, "new update", "new updates")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn updates_are_counted() {
        assert_eq!([0, 1, 2, 21].map(updates), ["0 updates", "1 update", "2 updates", "21 updates"]);
        assert_eq!([1, 2].map(new_updates), ["1 new update", "2 new updates"]);
    }
}

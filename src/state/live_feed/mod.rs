//! A live blog that is being followed: the state machines of [`follow`](crate::follow), driven by the browser's clock and
//! network, as signals.
//!
//! The [`Stream`] is one signal, and each section that is shown has a signal of its own, which is set only where the
//! section has changed: a poll costs what it changes, however many posts are loaded. So all changes of the stream go
//! through [`LiveFeed::change`].

mod loading;
mod place;
mod target;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leptos::prelude::*;

use super::polling::{PollStatus, Poller};
use super::{AppContext, after_render, offline, use_app};
use crate::browser::fetch::FetchError;
use crate::browser::timer::{self, Interval, Timeout};
use crate::browser::{feed, page, scroll_anchor, visibility};
use crate::content::live::{Live, Post, PostNumber, PostSlot, PostSummary};
use crate::content::{LiveState, Story, decode};
use crate::follow::{Answer, FeedItem, SectionNumber, SectionState, Seen, Stream};
use crate::reading::{self, Action, StoryState};
use crate::route;

use target::Target;

/// How soon after opening it is looked at whether the newest post is in view, in milliseconds.
const SETTLED: u32 = 1_000;
/// How often it is looked at again, in milliseconds.
const LOOK_EVERY: u32 = 20_000;
/// How long an announcement of new posts stays to be read out, in milliseconds.
const ANNOUNCED_FOR: u32 = 5_000;
/// Where the posts are on the page.
const FEED: &str = "[role=feed]";

/// In which order the posts are on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The newest post comes first.
    NewestFirst,
    /// The oldest post comes first.
    OldestFirst,
}

impl Order {
    /// Whether the oldest post comes first.
    #[must_use]
    pub fn is_oldest_first(self) -> bool {
        self == Self::OldestFirst
    }
}

/// What is shown of one post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostRow {
    /// The post, or that it was withdrawn.
    pub entry: PostSlot,
    /// Whether it stands above the feed too.
    pub is_pinned: bool,
    /// Whether it changed after the reader had seen it.
    pub has_changed: bool,
    /// As the reader first saw it, where it has changed under their eyes.
    pub before: Option<Arc<Post>>,
    /// Whether the reader's last visit ended right before it.
    pub is_first_new: bool,
}

/// A live blog that is being followed. It lives as long as the page of the live blog.
#[derive(Clone, Copy)]
pub struct LiveFeed {
    app: AppContext,
    /// The story with its newest head.
    story: RwSignal<Arc<Story>>,
    stream: RwSignal<Stream>,
    /// How each section looks that is or was on the page.
    sections: StoredValue<BTreeMap<SectionNumber, ArcRwSignal<Option<SectionState>>>>,
    items: Memo<Vec<FeedItem>>,
    waiting: Memo<u32>,
    /// The order of the posts on the page.
    pub order: RwSignal<Order>,
    /// Whether key events alone are shown.
    pub key_events_only: RwSignal<bool>,
    /// How many posts have come in just now, to be read out; 0 for nothing to say.
    announced: RwSignal<u32>,
    /// Whether the reader came by a link to a post and has not seen the newest one yet.
    is_elsewhere: RwSignal<bool>,
    /// The sections that are being loaded.
    loading: RwSignal<BTreeSet<SectionNumber>>,
    /// Those that did not come.
    failed: RwSignal<BTreeSet<SectionNumber>>,
    status: RwSignal<Option<Signal<PollStatus>>>,
    poller: StoredValue<Option<Poller>>,
    state: StoredValue<State>,
    /// The end of what is announced.
    silence: StoredValue<Option<Timeout>, LocalStorage>,
}

/// What the page does not show.
struct State {
    /// Where the reader wants to be.
    target: Option<Target>,
    /// The bytes of the latest head: the same ones are not read twice.
    bytes: Vec<u8>,
    /// Up to which post positions were written last.
    numbered_to: PostNumber,
    /// How far the reader has come, as it was last stored.
    stored: Option<Seen>,
}

impl LiveFeed {
    /// Follows a live blog from its head, until the current owner is gone. One that has just been loaded is asked for again
    /// after a while, another at once.
    #[must_use]
    pub fn start(story: &Arc<Story>, live: &Arc<Live>, just_loaded: bool) -> Self {
        let app = use_app();
        let seen =
            app.reading.with_untracked(|reading| reading.story_state(&story.id).and_then(StoryState::seen));
        let since = seen.map(|seen| Seen { post: seen.post, revision: seen.revision });
        let mut stream = Stream::new(live, since);
        if just_loaded {
            stream.settle();
        }
        let numbered_to = live.newest();
        let stream = RwSignal::new(stream);
        let feed = Self {
            app,
            story: RwSignal::new(Arc::clone(story)),
            stream,
            sections: StoredValue::new(BTreeMap::new()),
            items: Memo::new(move |_| stream.with(Stream::feed_items)),
            waiting: Memo::new(move |_| stream.with(Stream::waiting)),
            order: RwSignal::new(Order::NewestFirst),
            key_events_only: RwSignal::new(false),
            announced: RwSignal::new(0),
            is_elsewhere: RwSignal::new(false),
            loading: RwSignal::new(BTreeSet::new()),
            failed: RwSignal::new(BTreeSet::new()),
            status: RwSignal::new(None),
            poller: StoredValue::new(None),
            state: StoredValue::new(State { target: None, bytes: Vec::new(), numbered_to, stored: since }),
            silence: StoredValue::new_local(None),
        };
        feed.follow(live, just_loaded);
        feed
    }

    fn follow(self, live: &Live, just_loaded: bool) {
        let poller = Poller::start(answer(live), !just_loaded, move || self.ask());
        self.poller.set_value(Some(poller));
        self.status.set(Some(poller.status()));
        let scrolled = move || {
            self.store_seen();
            self.number_near();
        };
        StoredValue::new_local(scroll_anchor::on_scroll(scrolled));
        let settled = Timeout::new(SETTLED, move || self.store_seen());
        StoredValue::new_local(settled);
        // What comes into view without scrolling, as when a tab is shown again, is seen as well.
        StoredValue::new_local(Interval::new(LOOK_EVERY, move || self.store_seen()));
        // The order of the page tells posts their places.
        let order = self.order;
        Effect::new(move |before: Option<Order>| {
            let order = order.get();
            if before.is_some_and(|before| before != order) {
                after_render(move || self.number_near());
            }
            order
        });
    }

    /// The story with its newest head.
    #[must_use]
    pub fn story(self) -> Arc<Story> {
        self.story.get()
    }

    /// The story with its newest head, without following it.
    #[must_use]
    pub fn story_untracked(self) -> Arc<Story> {
        self.story.get_untracked()
    }

    /// The newest head of the live blog.
    #[must_use]
    pub fn live(self) -> Arc<Live> {
        self.stream.with(|stream| Arc::clone(stream.live()))
    }

    /// What is on the page, in the order that the reader wants.
    #[must_use]
    pub fn items(self) -> Vec<FeedItem> {
        let mut items = self.items.get();
        if self.order.get().is_oldest_first() {
            items.reverse();
        }
        items
    }

    /// The posts of a section, in the order that the reader wants.
    #[must_use]
    pub fn section(self, number: SectionNumber) -> Memo<Vec<PostRow>> {
        let state = ArcRwSignal::new(self.stream.with_untracked(|stream| stream.section_state(number)));
        self.sections.update_value(|sections| {
            sections.insert(number, state.clone());
        });
        Memo::new(move |_| {
            state.track();
            let mut rows = self.stream.with_untracked(|stream| rows(stream, number));
            if self.order.get().is_oldest_first() {
                rows.reverse();
            }
            rows
        })
    }

    /// Changes the stream, and then the sections that look different for it. `change` also says whether anything has
    /// changed. `None` where the page is gone.
    fn change<T>(self, change: impl FnOnce(&mut Stream) -> (bool, T)) -> Option<T> {
        let (has_changed, result) = self.stream.try_maybe_update(|stream| {
            let (has_changed, result) = change(stream);
            (has_changed, (has_changed, result))
        })?;
        if has_changed {
            self.stream.with_untracked(|stream| {
                self.sections.with_value(|sections| {
                    for (number, known) in sections {
                        let state = stream.section_state(*number);
                        if *known.read_untracked() != state {
                            known.set(state);
                        }
                    }
                });
            });
        }
        Some(result)
    }

    /// The place of a post among all that are numbered, and how many there are, as it is now.
    #[must_use]
    pub fn place(self, post: PostNumber) -> (u32, u32) {
        let (position, size) = self.stream.with_untracked(|stream| stream.place(post));
        let oldest_first = self.order.get_untracked().is_oldest_first();
        (if oldest_first { size - position + 1 } else { position }, size)
    }

    /// How many posts wait to be shown.
    #[must_use]
    pub fn waiting(self) -> u32 {
        self.waiting.get()
    }

    /// How many posts have come in just now, to be read out; 0 for nothing to say.
    #[must_use]
    pub fn announced(self) -> u32 {
        self.announced.get()
    }

    /// How polling goes.
    #[must_use]
    pub fn status(self) -> PollStatus {
        self.status.get().map_or(PollStatus::Ok, |status| status.get())
    }

    /// Whether the reader came by a link to a post and has not seen the newest one yet.
    #[must_use]
    pub fn is_elsewhere(self) -> bool {
        self.is_elsewhere.get()
    }

    /// The key events that the reader missed since their last visit, newest first.
    #[must_use]
    pub fn missed(self) -> Vec<PostSummary> {
        self.stream.with(|stream| stream.missed().into_iter().cloned().collect())
    }

    /// How many posts there are from one number to another, without those that were withdrawn.
    #[must_use]
    pub fn count(self, first: PostNumber, last: PostNumber) -> u32 {
        self.stream.with(|stream| stream.live().visible_count(first, last))
    }

    /// Asks now, as the reader wants it.
    pub fn ask_now(self) {
        if let Some(poller) = self.poller.get_value() {
            poller.ask_now();
        }
    }

    /// Shows what waits, and goes to the first post of it.
    pub fn show_waiting(self) {
        let first = self.change(|stream| (true, stream.show())).flatten();
        self.changed();
        if let Some(first) = first {
            self.go_to(first);
        }
    }

    fn is_over(self) -> bool {
        self.stream.is_disposed()
    }

    /// Looks something up in the stream, as it is now. `None` where the page is gone.
    fn look<T>(self, look: impl FnOnce(&Stream) -> T) -> Option<T> {
        self.stream.try_with_untracked(look)
    }

    async fn ask(self) -> Answer {
        let failed = Answer::Failed { retry_after: None };
        let Some(id) = self.story.try_with_untracked(|story| story.id.clone()) else { return failed };
        match self.app.library.head(&id).await {
            Ok(bytes) if !self.is_over() => {
                let answer = self.take(bytes);
                if matches!(answer, Answer::Head { .. }) {
                    self.retry_failed();
                }
                answer
            }
            Err(FetchError::Busy(retry_after)) => Answer::Failed { retry_after },
            _ => failed,
        }
    }

    /// Takes the bytes of a head.
    fn take(self, bytes: Vec<u8>) -> Answer {
        let failed = Answer::Failed { retry_after: None };
        let known = self.story_untracked();
        let is_same = !bytes.is_empty() && self.state.with_value(|state| state.bytes == bytes);
        let story = if is_same {
            Ok(Arc::clone(&known))
        } else {
            decode::story(&bytes).map(|read| Arc::new(read.value))
        };
        let Some(story) = story.ok().filter(|story| story.id == known.id) else { return failed };
        let Some(live) = story.live.clone() else { return failed };
        let Some(before) = self.look(|stream| stream.live().newest()) else { return failed };
        let is_newer = !is_same && self.take_head(&live);
        if is_newer {
            self.state.update_value(|state| state.bytes = bytes);
            self.app.library.keep(&story);
            self.app.library.has_come(&route::story_file(&story.id));
            self.save_new_pictures(&known, &story);
            self.story.set(Arc::clone(&story));
            self.flow_in(live.visible_count(before + 1, live.newest()));
            self.changed();
            self.lead_on(true);
            let stale = self.look(Stream::stale).unwrap_or_default();
            if !stale.is_empty() {
                self.load_sections(stale);
            }
        } else {
            // What is known is how things are now, though nothing on the page is different for it.
            self.settle();
            if !is_same && self.look(|stream| stream.live().revision) == Some(live.revision) {
                self.state.update_value(|state| state.bytes = bytes);
            }
        }
        // Of two heads the newer one counts, whichever came last.
        self.look(|stream| answer(stream.live())).unwrap_or(failed)
    }

    /// Takes a head into the stream; whether it is newer.
    fn take_head(self, live: &Arc<Live>) -> bool {
        let is_newer = self.change(|stream| {
            let is_newer = stream.take_head(live);
            if is_newer {
                stream.settle();
            }
            (is_newer, is_newer)
        });
        is_newer == Some(true)
    }

    /// The stream is as it is now on the host. That may end the line of the last visit, so the page is told of it.
    fn settle(self) {
        self.change(|stream| {
            let before = (stream.first_new(), stream.missed().len());
            stream.settle();
            (before != (stream.first_new(), stream.missed().len()), ())
        });
    }

    /// Where the reader has saved the story: has the pictures saved that are new in it.
    fn save_new_pictures(self, known: &Story, story: &Arc<Story>) {
        let pixels = page::widest_screen();
        if self.app.reading.is_saved(&story.id)
            && offline::pictures(known, pixels) != offline::pictures(story, pixels)
        {
            offline::save_in_background(story);
        }
    }

    /// Lets in what came, where that moves nothing that the reader looks at; else it waits. `more` have come.
    fn flow_in(self, more: u32) {
        let flows = visibility::is_visible() && scroll_anchor::is_at_top_and_idle(FEED);
        if flows {
            scroll_anchor::release();
            self.change(|stream| (true, stream.show()));
        }
        if more > 0 {
            self.announce(if flows { more } else { self.look(Stream::waiting).unwrap_or(0) });
        }
    }

    /// Has a number of new posts read out.
    fn announce(self, count: u32) {
        self.announced.set(count);
        let silence = Timeout::new(ANNOUNCED_FOR, move || {
            self.announced.try_set(0);
        });
        self.silence.set_value(Some(silence));
    }

    /// Stores how far the reader has come, once they have the newest post that is shown in view.
    fn store_seen(self) {
        let Some(seen) = self.look(Stream::seen) else { return };
        let stored = self.state.with_value(|state| state.stored);
        let is_new_post = stored.is_none_or(|stored| stored.post < seen.post);
        let is_in_view = (is_new_post || self.is_elsewhere.get_untracked())
            && visibility::is_visible()
            && scroll_anchor::is_in_view(&selector(seen.post));
        if is_in_view && self.is_elsewhere.get_untracked() {
            self.is_elsewhere.set(false);
        }
        if Some(seen) > stored && (!is_new_post || is_in_view) {
            let Seen { post, revision } = seen;
            let id = self.story_untracked().id.clone();
            self.app.reading.dispatch(Action::Saw(id, reading::Seen { post, revision }));
            self.state.update_value(|state| state.stored = Some(seen));
        }
    }

    /// Writes the places of the posts near the window.
    fn number_near(self) {
        if let Some(newest) = self.look(Stream::shown_to) {
            feed::set_positions(FEED, newest, self.order.get_untracked().is_oldest_first());
        }
    }

    /// The stream has changed: holds the reader's place once the page shows that.
    fn changed(self) {
        let Some(newest) = self.look(Stream::shown_to) else { return };
        let renumbers =
            self.state.try_update_value(|state| std::mem::replace(&mut state.numbered_to, newest) != newest);
        after_render(move || {
            scroll_anchor::restore();
            if renumbers == Some(true) {
                self.number_near();
            }
            self.store_seen();
        });
    }
}

/// What is shown of a section, newest first.
fn rows(stream: &Stream, number: SectionNumber) -> Vec<PostRow> {
    let pinned = stream.live().pinned.as_ref().map(|post| post.id);
    let first_new = stream.first_new();
    let row = |entry: PostSlot| PostRow {
        is_pinned: pinned == Some(entry.id()),
        has_changed: matches!(&entry, PostSlot::Post(post) if stream.has_changed(post)),
        before: stream.before(entry.id()).cloned(),
        is_first_new: first_new == Some(entry.id()),
        entry,
    };
    stream.entries(number).into_iter().map(row).collect()
}

/// What a head says of asking again.
fn answer(live: &Live) -> Answer {
    Answer::Head { interval: live.interval, goes_on: live.state != LiveState::Ended }
}

/// The element of a post.
fn selector(post: PostNumber) -> String {
    format!("#{post}")
}

/// Runs `then` once, unless the page is gone by then.
fn later(feed: LiveFeed, millis: u32, then: impl FnOnce() + 'static) {
    timer::after(millis, move || {
        if !feed.is_over() {
            then();
        }
    });
}

//! Reading progress: that a story was opened, where the reader is in it, that its end was reached. And the offer to go on
//! where they left it.

use std::sync::Arc;

use leptos::prelude::*;

use super::notices::{Notice, NoticeId};
use super::snapshot::snapshot_of;
use super::{AppContext, offline, use_app};
use crate::browser::timer::{self, Timeout};
use crate::browser::{scroll_anchor, visibility};
use crate::content::{Story, StoryId};
use crate::reading::{Action, Position};
use crate::route::RESUME;

/// The text of a story on its page.
const BODY: &str = ".story > .body";
/// A position counts when the reader has not scrolled for so many milliseconds.
const AT_REST: u32 = 400;
/// A story that is in the window as a whole has been read after so many milliseconds.
const AT_A_GLANCE: u32 = 5_000;
/// Once the reader scrolls, the offer to go on elsewhere stays for so many milliseconds.
const OFFERED_FOR: u32 = 5_000;
/// All of a text, in thousandths.
const ALL: u32 = 1000;

/// How much of a story is read, of thousandths.
#[must_use]
pub fn percent_read(progress: u32) -> String {
    format!("{}% read", progress / 10)
}

/// Notes that a story was opened, and keeps its files complete where it was saved.
pub fn note_opened(app: AppContext, story: &Arc<Story>) {
    app.reading.dispatch(Action::Opened(story.id.clone(), snapshot_of(story)));
    if app.reading.is_saved(&story.id) {
        offline::save_in_background(story);
    }
}

/// The progress of one story that is open.
#[derive(Clone, Copy)]
struct Progress {
    app: AppContext,
    state: StoredValue<State>,
    /// The wait until the reader is at rest.
    rest: StoredValue<Option<Timeout>, LocalStorage>,
}

struct State {
    story: StoryId,
    /// A position further up than this (in thousandths of the text) is not noted: the one that was offered is still
    /// wanted.
    offered_from: u32,
    offer: Option<NoticeId>,
    has_ended: bool,
    /// Whether the reader has scrolled at all.
    has_scrolled: bool,
    /// Whether the reader has scrolled since their position was noted last.
    has_moved: bool,
}

/// Follows the reading of a story, from when it is on the page and for as long as the current owner lives.
pub fn track_story(story: &Arc<Story>) {
    let state = State {
        story: story.id.clone(),
        offered_from: 0,
        offer: None,
        has_ended: false,
        has_scrolled: false,
        has_moved: false,
    };
    let progress =
        Progress { app: use_app(), state: StoredValue::new(state), rest: StoredValue::new_local(None) };
    let story = Arc::clone(story);
    Effect::new(move || progress.start(&story));
    on_cleanup(move || progress.end());
}

impl Progress {
    /// Begins, once the story is on the page and the window is where it will be.
    fn start(self, story: &Arc<Story>) {
        let begun = self.app.reading.with_untracked(|reading| reading.begun(&story.id));
        note_opened(self.app, story);
        if let Some(begun) = begun.filter(|_| scroll_anchor::is_at_top()) {
            if self.app.navigation.fragment().as_deref() == Some(RESUME) {
                go_to(begun);
            } else {
                self.offer(begun);
            }
        }
        StoredValue::new_local(scroll_anchor::on_scroll(move || self.scrolled()));
        self.glance();
    }

    fn end(self) {
        // Whoever goes on at once has been there all the same; the text is still on the page.
        if self.state.try_with_value(|state| state.has_moved) == Some(true) {
            self.at_rest();
        }
        self.close_offer();
    }

    fn close_offer(self) {
        if let Some(Some(notice)) = self.state.try_update_value(|state| state.offer.take()) {
            self.app.notices.close(notice);
        }
    }

    /// Notes what the window shows without scrolling, once it was in sight for long enough.
    fn glance(self) {
        timer::after(AT_A_GLANCE, move || match self.state.try_with_value(|state| state.has_ended) {
            Some(false) if !visibility::is_visible() => self.glance(),
            _ => self.at_rest(),
        });
    }

    /// Offers the position where the reader left the story, without going there.
    fn offer(self, begun: Position) {
        self.state.update_value(|state| state.offered_from = begun.progress);
        let forget = move || {
            self.state.try_update_value(|state| state.offered_from = 0);
        };
        let go = move || {
            forget();
            go_to(begun);
        };
        let words = format!("You’re {}% through this story.", begun.progress / 10);
        let notice = Notice::new(words).with_action("Resume", go).on_dismiss(forget);
        let notice = self.app.notices.show(notice);
        self.state.update_value(|state| state.offer = Some(notice));
    }

    fn scrolled(self) {
        let is_first = self.state.try_update_value(|state| !std::mem::replace(&mut state.has_scrolled, true));
        if is_first == Some(true) {
            // A reader who reads on from the top does not want the offer; it would cover the text. Their place is
            // kept all the same until they have passed it.
            timer::after(OFFERED_FOR, move || self.close_offer());
        }
        self.state.try_update_value(|state| state.has_moved = true);
        let rest = Timeout::new(AT_REST, move || self.at_rest());
        self.rest.try_set_value(Some(rest));
    }

    /// Notes where the reader is, once they have come to rest there.
    fn at_rest(self) {
        let Some((story, offered_from)) = self
            .state
            .try_update_value(|state| {
                state.has_moved = false;
                (!state.has_ended).then(|| (state.story.clone(), state.offered_from))
            })
            .flatten()
        else {
            return;
        };
        let Some((block, fraction, progress, is_end)) = scroll_anchor::position_in(BODY) else { return };
        if progress >= offered_from {
            self.close_offer();
        }
        let reading = self.app.reading;
        if is_end {
            self.state.update_value(|state| state.has_ended = true);
            reading.dispatch(Action::Reached(story.clone(), Position { block, fraction, progress: ALL }));
            reading.dispatch(Action::Finished(story));
        } else if !scroll_anchor::is_at_top() && progress >= offered_from {
            reading.dispatch(Action::Reached(story, Position { block, fraction, progress }));
        }
    }
}

/// Goes to where the reader left the story.
fn go_to(position: Position) {
    scroll_anchor::go_to_position(BODY, position.block, position.fraction);
}

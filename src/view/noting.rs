//! What is noted while a story is read: that it was opened, where the reader is in it, that its end was reached. And what
//! was noted before is offered: the place where they left it.

use std::sync::Arc;

use reactive_graph::effect::Effect;
use reactive_graph::owner::{StoredValue, on_cleanup};
use reactive_graph::prelude::*;

use super::acting::Acting;
use super::keeping::facts_of;
use super::offline;
use super::parts::marks::percent_read;
use super::parts::notices::{Notice, NoticeId};
use crate::browser::{clock, place, presence};
use crate::content::{Story, StoryId};
use crate::reading::{Action, Position};

/// The text of a story on its page.
const BODY: &str = ".story > .body";
/// A place is one when the reader has not scrolled for so many milliseconds.
const AT_REST: i32 = 400;
/// A story that is in the window as a whole has been read after so many milliseconds.
const AT_A_GLANCE: i32 = 5_000;
/// All of a text, in thousandths.
const ALL: u32 = 1000;

/// What is noted of a story that is open.
#[derive(Clone)]
struct Noting {
    acting: Acting,
    id: StoryId,
    /// A place further up than this (in thousandths of the text) is not noted: the one that was offered is still wanted.
    held: StoredValue<u32>,
    offered: StoredValue<Option<NoticeId>>,
    ended: StoredValue<bool>,
    scrolls: StoredValue<u32>,
    /// Whether the reader has scrolled since their place was noted last.
    moved: StoredValue<bool>,
}

/// Notes that a story was opened, and keeps its files whole where it was saved.
pub fn note_opened(acting: &Acting, story: &Arc<Story>) {
    acting.keeping.act(Action::Opened(story.id.clone(), facts_of(story)));
    if acting.is_saved(&story.id) {
        offline::keep_behind(story);
    }
}

/// Notes what is read of a story, as long as what owns this is there.
pub fn note_reading(story: &Arc<Story>) {
    let Some(acting) = Acting::here() else { return };
    let noting = Noting {
        acting,
        id: story.id.clone(),
        held: StoredValue::new(0),
        offered: StoredValue::new(None),
        ended: StoredValue::new(false),
        scrolls: StoredValue::new(0),
        moved: StoredValue::new(false),
    };
    let (starting, story) = (noting.clone(), Arc::clone(story));
    Effect::new(move || starting.start(&story));
    let ending = noting.clone();
    on_cleanup(move || {
        place::on_scroll(None);
        // Who goes on at once has been there all the same; the text is still on the page.
        if ending.moved.get_value() {
            ending.rest();
        }
        if let Some(notice) = ending.offered.get_value() {
            ending.acting.notices.close(notice);
        }
    });
}

impl Noting {
    /// Begins, once the story is on the page and the window is where it will be.
    fn start(&self, story: &Arc<Story>) {
        let begun = self.acting.keeping.look(|reading| reading.begun(&self.id));
        note_opened(&self.acting, story);
        if let Some(begun) = begun.filter(|_| place::is_at_top()) {
            self.offer(begun);
        }
        let scrolled = self.clone();
        place::on_scroll(Some(Box::new(move || scrolled.scrolled())));
        self.glance();
    }

    /// Notes what the window shows without scrolling, once it was in sight for long enough.
    fn glance(&self) {
        let glanced = self.clone();
        clock::after(AT_A_GLANCE, move || match glanced.ended.try_get_value() {
            Some(false) if !presence::is_shown() => glanced.glance(),
            _ => glanced.rest(),
        });
    }

    /// Offers the place where the reader left the story, without going there by itself.
    fn offer(&self, begun: Position) {
        self.held.set_value(begun.progress);
        let (going, leaving) = (self.clone(), self.clone());
        let go = move || {
            going.held.set_value(0);
            place::go_to_position(BODY, begun.block, begun.fraction);
        };
        let words = format!("You have been here: {}.", percent_read(begun.progress));
        let notice = Notice::saying(words).with("Continue where you were", go);
        let notice = self.acting.notices.show(notice.or_else(move || leaving.held.set_value(0)));
        self.offered.set_value(Some(notice));
    }

    fn scrolled(&self) {
        self.moved.set_value(true);
        let this = self.scrolls.get_value().wrapping_add(1);
        self.scrolls.set_value(this);
        let rested = self.clone();
        clock::after(AT_REST, move || {
            if rested.scrolls.try_get_value() == Some(this) {
                rested.rest();
            }
        });
    }

    /// Notes where the reader is, once they have come to rest there.
    fn rest(&self) {
        // Gone with the story's page.
        if self.ended.try_get_value() != Some(false) {
            return;
        }
        self.moved.set_value(false);
        let Some((block, fraction, progress, is_end)) = place::position_in(BODY) else { return };
        let act = |position| self.acting.keeping.act(Action::Reached(self.id.clone(), position));
        if is_end {
            self.ended.set_value(true);
            act(Position { block, fraction, progress: ALL });
            self.acting.keeping.act(Action::Finished(self.id.clone()));
        } else if !place::is_at_top() && progress >= self.held.get_value() {
            act(Position { block, fraction, progress });
        }
    }
}

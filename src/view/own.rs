//! The gate to the reader's own: what they keep, what they set, notices, the service worker. It is a part that loads later
//! (`docs/decisions/010-parts-that-load-later.md`), right after the first screen has been asked for, so that the news is
//! readable before it is there. Screens show what they can until then.
//!
//! The functions at the end are the part's own: nothing before them may call what is behind them otherwise.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use any_spawner::Executor;
use reactive_graph::owner::{Owner, use_context};
use reactive_graph::prelude::*;
use reactive_graph::signal::ArcRwSignal;
use send_wrapper::SendWrapper;

use super::html::{Element, Node, dynamic, el, nothing};
use super::later::{self, Part, call};
use super::library::Library;
use super::navigation::Navigation;
use super::noting;
use super::pages::shelf::own_page;
use super::parts::state::not_found;
use crate::browser::clock;
use crate::browser::page::Unanswered;
use crate::content::{Section, Story, StoryId};
use crate::route::Route;
use crate::view::parts::{marks, share};

/// After a failure it is tried again after so many milliseconds, then twice as many, and so on.
const TRY_AGAIN: i32 = 2_000;
/// But no later than that.
const AT_LATEST: i32 = 60_000;

/// The gate.
#[derive(Clone)]
pub struct Own(SendWrapper<Rc<Inner>>);

struct Inner {
    library: Library,
    /// What owns the whole page.
    root: Owner,
    /// 1 once it is there.
    there: ArcRwSignal<u32>,
    has_begun: Cell<bool>,
    /// What is pressed before it is there: that is made good then.
    pressed: RefCell<Option<Unanswered>>,
}

impl Own {
    /// The gate of this page, which is owned by what is the owner now.
    #[must_use]
    pub fn new(library: Library) -> Self {
        Self(SendWrapper::new(Rc::new(Inner {
            library,
            root: Owner::current().unwrap_or_default(),
            there: ArcRwSignal::new(0),
            has_begun: Cell::new(false),
            pressed: RefCell::new(Unanswered::note()),
        })))
    }

    /// Loads it, again and again until it is there.
    pub fn begin(&self) {
        if Part::Own.is_there() {
            if self.start() {
                self.tell();
            }
        } else {
            self.attempt(TRY_AGAIN);
        }
    }

    /// Begins, once; whether that was now.
    fn start(&self) -> bool {
        let Inner { library, root, has_begun, .. } = &**self.0;
        !has_begun.replace(true) && root.with(|| call(start(*library))).is_some()
    }

    /// Tells the page that it is there.
    fn tell(&self) {
        self.0.there.set(1);
        if let Some(pressed) = self.0.pressed.take() {
            pressed.press_again();
        }
    }

    fn attempt(&self, wait: i32) {
        let own = self.clone();
        Executor::spawn_local(async move {
            match Part::Own.load().await {
                // Each takes a while on a slow phone: a press is answered in between.
                Ok(()) if own.start() => clock::after(0, move || own.tell()),
                Ok(()) => {}
                Err(_) => clock::after(wait, move || own.attempt((wait * 2).min(AT_LATEST))),
            }
        });
    }

    /// Whether it is there. Re-runs what asks when it comes.
    fn is_there(&self) -> bool {
        self.0.there.get() == 1
    }
}

/// What stands beside every screen.
#[must_use]
pub fn corner(navigation: Navigation) -> Node {
    when_there(move || call(corner_of(navigation)).flatten(), nothing)
}

/// What `make` makes once it is there, and `meanwhile` until then; natively that alone.
fn when_there(
    make: impl Fn() -> Option<Node> + Send + 'static,
    meanwhile: impl Fn() -> Node + Send + 'static,
) -> Node {
    let Some(own) = use_context::<Own>() else { return meanwhile() };
    when_boxed(own, Box::new(make), Box::new(meanwhile))
}

fn when_boxed(
    own: Own,
    make: Box<dyn Fn() -> Option<Node> + Send>,
    meanwhile: Box<dyn Fn() -> Node + Send>,
) -> Node {
    dynamic(move || if own.is_there() { make().into() } else { meanwhile() })
}

/// A screen that needs it: nothing until it is there. Where it can't be loaded, neither can what asks for this.
#[must_use]
pub fn needing(shown: impl Fn() -> Node + Send + 'static) -> Node {
    // What is published is read without it.
    if use_context::<Own>().is_none() {
        return shown();
    }
    when_there(move || Some(shown()), nothing)
}

/// A screen of the reader's own.
#[must_use]
pub fn screen(route: Route) -> Node {
    // What is published is the frame; what fills it is on the reader's device.
    #[cfg(feature = "ssr")]
    if use_context::<Own>().is_none() {
        return super::pages::shelf::frame(&route).into();
    }
    let shown = move || {
        let route = route.clone();
        needing(move || call(own_page(&route)).flatten().unwrap_or_else(not_found))
    };
    later::screen(Part::Shelf, "this page", shown)
}

/// What a teaser tells of the reader's own.
#[must_use]
pub fn teaser_marks(story: &StoryId) -> Node {
    let story = story.clone();
    when_there(move || call(teaser_marks_of(story.clone())), nothing)
}

/// The button that saves a story.
#[must_use]
pub fn save_button(story: &Arc<Story>) -> Node {
    let story = Arc::clone(story);
    let meanwhile = || {
        let button = toggle("Save", false);
        el("span").class("saving").child(button).child(el("span").attr("role", "status")).into()
    };
    when_there(move || call(save_button_of(&story)), meanwhile)
}

/// The button that passes a story on.
#[must_use]
pub fn share_button(title: String, address: String) -> Node {
    let meanwhile = || {
        let button = el("button").attr("type", "button").class("button").child("Share");
        el("span").class("share").child(button).child(el("span").attr("role", "status")).into()
    };
    when_there(move || call(share_button_of(title.clone(), address.clone())), meanwhile)
}

/// A button whose words say whether it was pressed; so nothing else does, but its look.
pub fn toggle(words: &'static str, is_pressed: bool) -> Element {
    el("button")
        .attr("type", "button")
        .class(if is_pressed { "button button-on" } else { "button" })
        .child(words)
}

/// The button that marks a story read, or unread.
#[must_use]
pub fn read_button(story: &StoryId) -> Node {
    let story = story.clone();
    let meanwhile = || el("button").attr("type", "button").class("button").child("Mark as read").into();
    when_there(move || call(read_button_of(&story)), meanwhile)
}

/// What can be done with all stories of a section at once.
#[must_use]
pub fn section_controls(section: &Section, unread_only: bool) -> Node {
    let (section, own) = (section.clone(), section.clone());
    // They take their place before they can do anything, so that nothing moves when they can.
    let meanwhile = move || {
        let mark = el("button").attr("type", "button").class("button").child("Mark all read");
        controls(&own, unread_only, mark).into()
    };
    when_there(move || call(section_controls_of(&section, unread_only)), meanwhile)
}

/// What stands beside the name of a section: the way to its unread stories, or to all, and the button that marks all read.
#[must_use]
pub fn controls(section: &Section, unread_only: bool, mark: Element) -> Element {
    let (words, other) = if unread_only {
        ("All stories", Route::Section(section.id.clone()))
    } else {
        ("Unread only", Route::Unread(section.id.clone()))
    };
    let filter = el("a").class("button").attr("href", other.href()).child(words);
    el("div").class("section-controls").attr("lang", "en").child(filter).child(mark)
}

/// Which stories of a section are unread. Re-runs what asks when that can be told, and not when it changes.
#[must_use]
pub fn is_read(story: &StoryId) -> bool {
    use_context::<Own>().is_some_and(|own| own.is_there() && call(is_read_of(story)).unwrap_or(false))
}

/// Notes what is read of a story, from when that can be kept. Nothing to be seen, but to be on the page.
#[must_use]
pub fn noting(story: &Arc<Story>) -> Node {
    let story = Arc::clone(story);
    when_there(move || call(note_reading_of(&story)), nothing)
}

/// Asks for the edition again and again, from when that is there and as long as what owns this is. Nothing to be seen, but
/// to be on the page.
#[must_use]
pub fn following_edition(library: Library) -> Node {
    when_there(move || call(follow_edition_of(library)), nothing)
}

/// What is shown of a story that can't be had, where the reader has kept it; else `otherwise`.
#[must_use]
pub fn kept_instead(
    story: &StoryId,
    why: &'static str,
    retry: Arc<dyn Fn() + Send + Sync>,
    otherwise: impl Fn() -> Node + Send + Clone + 'static,
) -> Node {
    let (story, others) = (story.clone(), otherwise.clone());
    let make = move || {
        let kept = call(kept_of(&story, why, Arc::clone(&retry))).flatten();
        Some(kept.unwrap_or_else(&others))
    };
    when_there(make, otherwise)
}

#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(own, wasm_split_path = crate::view::later))]
fn start(library: Library) -> Node {
    super::corner::start(library);
    nothing()
}

#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(own, wasm_split_path = crate::view::later))]
fn corner_of(navigation: Navigation) -> Option<Node> {
    super::corner::corner(navigation)
}

#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(own, wasm_split_path = crate::view::later))]
fn teaser_marks_of(story: StoryId) -> Node {
    marks::teaser_marks(story)
}

#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(own, wasm_split_path = crate::view::later))]
fn save_button_of(story: &Story) -> Node {
    marks::save_button(story)
}

#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(own, wasm_split_path = crate::view::later))]
fn share_button_of(title: String, address: String) -> Node {
    share::share_button(None, title, address)
}

#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(own, wasm_split_path = crate::view::later))]
fn read_button_of(story: &StoryId) -> Node {
    marks::read_button(story)
}

#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(own, wasm_split_path = crate::view::later))]
fn section_controls_of(section: &Section, unread_only: bool) -> Node {
    marks::section_controls(section, unread_only)
}

#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(own, wasm_split_path = crate::view::later))]
fn is_read_of(story: &StoryId) -> bool {
    marks::is_read(story)
}

#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(own, wasm_split_path = crate::view::later))]
fn note_reading_of(story: &Arc<Story>) -> Node {
    noting::note_reading(story);
    nothing()
}

#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(own, wasm_split_path = crate::view::later))]
fn follow_edition_of(library: Library) -> Node {
    library.follow_edition();
    nothing()
}

#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(own, wasm_split_path = crate::view::later))]
fn kept_of(story: &StoryId, why: &'static str, retry: Arc<dyn Fn() + Send + Sync>) -> Option<Node> {
    marks::kept_instead(story, why, retry)
}

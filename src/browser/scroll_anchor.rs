//! The scroll anchor: what stands under the reader's eye stays there, whatever comes, grows or goes around it.
//!
//! Browsers do some of this by themselves (`overflow-anchor`), WebKit nothing of it, and none says what it
//! anchors to. So it is done here, the same everywhere: whenever the reader has scrolled, the piece of text at the eye
//! is noted with its distance from the top of the window, or what they press when they press something; whenever
//! anything has changed its size, and after every change of ours, the window is scrolled by as much as that piece has
//! moved. It happens between layout and paint, so that nobody sees it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::EventListenerOptions;

use super::{Listener, find, find_all, target_of};

/// The eye is this far down the window.
const EYE: f64 = 0.33;
/// A reader who has done nothing for so many milliseconds is not in the middle of anything.
const IDLE: i64 = 5_000;
/// Where there is text to anchor to.
const TEXT: &str = "main";
/// Pieces of text: the anchor is one of these, as near to the eye as there is one. (An article with an id is one of a
/// feed. One without is the whole page, and no piece of it.)
const PIECES: &str = "p, li, figure, h1, h2, h3, h4, blockquote, table, pre, article[id]";

type Callback = Rc<dyn Fn()>;

/// A document has one window, which is scrolled to one place; so there is one anchor.
struct ScrollAnchor {
    /// Within which element.
    within: RefCell<Option<web_sys::Element>>,
    /// What stood at the eye, and how far from the top of the window; then what stood around it, for when that goes.
    at_eye: RefCell<Vec<(web_sys::Element, f64)>>,
    /// Where the window was scrolled to from here.
    set_to: Cell<f64>,
    /// When the reader last did something.
    acted: Cell<i64>,
    /// What is called when the reader has scrolled, each with its number.
    listeners: RefCell<Vec<(u32, Callback)>>,
    next_number: Cell<u32>,
}

thread_local! {
    static ANCHOR: ScrollAnchor = const {
        ScrollAnchor {
            within: RefCell::new(None),
            at_eye: RefCell::new(Vec::new()),
            set_to: Cell::new(-1.0),
            acted: Cell::new(0),
            listeners: RefCell::new(Vec::new()),
            next_number: Cell::new(0),
        }
    };
}

/// Anchors the page's main content, for as long as the page lives. `fixed` finds what stays where it is in the window
/// while the page is scrolled: a press of that is nothing to anchor to.
pub fn hold(fixed: &'static str) {
    let resized = super::function(|_| restore());
    let (Some(element), Some(window), Ok(observer)) =
        (find(TEXT), super::window(), web_sys::ResizeObserver::new(&resized))
    else {
        return;
    };
    // It lives as long as what it observes.
    observer.observe(&element);
    ANCHOR.with(|anchor| anchor.within.replace(Some(element)));
    // A reader who came by a link to a part of the page is anchored to that already, unless they have scrolled on since.
    if ANCHOR.with(|anchor| anchor.at_eye.borrow().is_empty()) || is_scrolled_elsewhere() {
        note();
    }
    // The window is scrolled as long as the page lives, and so long these listen.
    Listener::new(&window, "scroll", |_| {
        // What was scrolled from here is no wish of the reader's.
        if is_scrolled_elsewhere() {
            note();
            tell_listeners();
        }
    })
    .forget();
    for event in ["pointerdown", "keydown", "wheel", "touchmove"] {
        let acted = |_: &web_sys::Event| ANCHOR.with(|anchor| anchor.acted.set(super::clock::now()));
        Listener::new(&window, event, acted).forget();
    }
    // Before whatever the press does, which may be to go elsewhere.
    let first = EventListenerOptions::run_in_capture_phase();
    Listener::new_with_options(&window, "click", first, move |event| {
        // What a press opens comes below it, and takes nothing from under the finger.
        let is_on_page = |pressed: &web_sys::Element| {
            scroll_y() > 0.0 && !pressed.closest(fixed).is_ok_and(|found| found.is_some())
        };
        if let Some(pressed) = target_of(event).filter(is_on_page) {
            ANCHOR.with(|anchor| anchor.at_eye.replace(around(&pressed)));
        }
    })
    .forget();
}

/// Calls `scrolled` whenever the reader has scrolled, for as long as the answer is kept.
pub fn on_scroll(scrolled: impl Fn() + 'static) -> ScrollListener {
    ANCHOR.with(|anchor| {
        let number = anchor.next_number.get();
        anchor.next_number.set(number.wrapping_add(1));
        anchor.listeners.borrow_mut().push((number, Rc::new(scrolled)));
        ScrollListener { number }
    })
}

/// A listener to the reader's scrolling. It ends when this is dropped.
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct ScrollListener {
    number: u32,
}

impl Drop for ScrollListener {
    fn drop(&mut self) {
        // With the thread goes the anchor, and all listeners with it.
        let removed = ANCHOR.try_with(|anchor| {
            let mut listeners = anchor.listeners.borrow_mut();
            let index = listeners.iter().position(|(number, _)| *number == self.number)?;
            Some(listeners.remove(index))
        });
        // What it holds may be the last of another listener: that finds the list free.
        drop(removed);
    }
}

fn tell_listeners() {
    // A listener may end itself, or begin another one.
    let listeners = ANCHOR.with(|anchor| anchor.listeners.borrow().clone());
    for (_, scrolled) in listeners {
        scrolled();
    }
}

/// Whether the window is somewhere else than it was scrolled to from here.
fn is_scrolled_elsewhere() -> bool {
    ANCHOR.with(|anchor| (scroll_y() - anchor.set_to.get()).abs() > 1.0)
}

/// Notes what stands at the eye now.
pub fn note() {
    ANCHOR.with(|anchor| {
        anchor.set_to.set(-1.0);
        // At the very top there is nothing to hold on to: what comes there is to be seen.
        let piece = if scroll_y() > 0.0 { at_eye(anchor) } else { None };
        anchor.at_eye.replace(piece.map(|piece| around(&piece)).unwrap_or_default());
    });
}

/// A piece with its distance from the top of the window, and what will do where it goes: the article that it is in,
/// and those beside.
fn around(piece: &web_sys::Element) -> Vec<(web_sys::Element, f64)> {
    let article = piece.closest("article[id]").ok().flatten();
    let beside = article.as_ref().map(|it| [it.next_element_sibling(), it.previous_element_sibling()]);
    let all = [Some(piece.clone()), article].into_iter().chain(beside.into_iter().flatten());
    all.flatten().map(|piece| (piece.clone(), top(&piece))).collect()
}

/// Holds on to nothing, until the reader scrolls again.
pub fn release() {
    ANCHOR.with(|anchor| anchor.at_eye.replace(Vec::new()));
}

/// Brings what was noted back to where it was.
pub fn restore() {
    ANCHOR.with(|anchor| {
        let at_eye = anchor.at_eye.borrow();
        let (Some((piece, was)), Some(window)) = (at_eye.iter().find(|it| is_shown(&it.0)), super::window())
        else {
            return;
        };
        let moved = top(piece) - was;
        if moved.abs() >= 0.5 {
            window.scroll_to_with_x_and_y(0.0, scroll_y() + moved);
            anchor.set_to.set(scroll_y());
        }
    });
}

/// The piece of text at the eye, if the eye is within the element.
fn at_eye(anchor: &ScrollAnchor) -> Option<web_sys::Element> {
    let within = anchor.within.borrow();
    let within = within.as_ref()?;
    let bounds = within.get_bounding_client_rect();
    let across = bounds.left() + bounds.width() / 2.0;
    // Between two pieces there is nothing: a little further down there is something.
    (0..8_u8).find_map(|step| {
        let down = window_height() * EYE + f64::from(step) * 12.0;
        #[allow(clippy::cast_possible_truncation, reason = "pixels of a window")]
        let found = super::document()?.element_from_point(across as f32, down as f32)?;
        let piece = found.closest(PIECES).ok()??;
        within.contains(Some(&piece)).then_some(piece)
    })
}

/// The article of a feed that is at the eye: its id, and its distance from the top of the window.
#[must_use]
pub(super) fn part_at_eye() -> Option<(String, f64)> {
    let part = |piece: web_sys::Element| piece.closest("[role=feed] article[id]").ok().flatten();
    // What is held on to, even where it is not laid out yet; else what is there.
    let held = ANCHOR.with(|anchor| anchor.at_eye.borrow().iter().map(|it| it.0.clone()).find(is_shown));
    let held = held.and_then(part);
    let part = held.or_else(|| part(ANCHOR.with(at_eye)?))?;
    Some((part.id(), top(&part)))
}

/// Holds on to the element with that id: where it is, or else at that distance from the top of the window. What
/// stands around it may only now be laid out.
pub fn hold_on_to(id: &str, at: Option<f64>) {
    let element = super::document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element {
        let at = at.unwrap_or_else(|| top(&element));
        hold_at(element, at);
    }
}

fn hold_at(element: web_sys::Element, at: f64) {
    ANCHOR.with(|anchor| {
        anchor.at_eye.replace(vec![(element, at)]);
        anchor.set_to.set(scroll_y());
    });
    restore();
}

/// Whether the reader is at the top of the first element that `selector` finds, or above it, and not in the
/// middle of anything: what comes in there moves nothing that they look at.
#[must_use]
pub fn is_at_top_and_idle(selector: &str) -> bool {
    let acted = ANCHOR.with(|anchor| anchor.acted.get());
    let idle = !(0..IDLE).contains(&(super::clock::now() - acted));
    let focus = super::document().and_then(|document| document.active_element());
    find(selector).is_some_and(|element| {
        let reads = focus.is_some_and(|focus| element.contains(Some(&focus)));
        // What comes in pushes down what is below it: nobody may be reading there.
        idle && !reads && (is_at_top() || top(&element) >= window_height() * EYE)
    })
}

/// What the piece of text at the eye says, with its distance from the top of the window.
#[must_use]
pub fn text_at_eye() -> Option<(String, f64)> {
    let piece = ANCHOR.with(at_eye)?;
    Some((piece.text_content()?, top(&piece)))
}

/// Brings the piece that says that to that distance from the top of the window, wherever it stands by now; the nearest
/// where several do.
pub fn hold_on_to_text(text: &str, at: f64) {
    let within = ANCHOR.with(|anchor| anchor.within.borrow().clone());
    let Some(within) = within else { return };
    let pieces = find_all(&within, PIECES).into_iter();
    let same = pieces.filter(|piece| piece.text_content().as_deref() == Some(text));
    let distance = |piece: &web_sys::Element| (top(piece) - at).abs();
    if let Some(piece) = same.min_by(|one, other| distance(one).total_cmp(&distance(other))) {
        hold_at(piece, at);
    }
}

pub(super) fn window_height() -> f64 {
    super::window().and_then(|window| window.inner_height().ok()?.as_f64()).unwrap_or(0.0)
}

/// Whether an element is on the page, and shown.
pub(super) fn is_shown(element: &web_sys::Element) -> bool {
    element.is_connected() && element.get_client_rects().length() > 0
}

/// Whether the reader has done something after that time, in milliseconds since 1970.
#[must_use]
pub fn has_acted_since(time: i64) -> bool {
    ANCHOR.with(|anchor| anchor.acted.get()) > time
}

/// Where the eye is among the children of the first element that `selector` finds: which of them it is in, how far
/// into that, and how far into all of it, the last two in thousandths. With whether the end of it is in the window.
#[must_use]
pub fn position_in(selector: &str) -> Option<(u32, u32, u32, bool)> {
    super::window()?;
    let height = window_height();
    let text = find(selector)?;
    let all = text.get_bounding_client_rect();
    let eye = height * EYE;
    let children = text.children();
    let count = children.length();
    let bounds = |at: u32| children.item(at).map(|child| child.get_bounding_client_rect());
    // The first that ends below the eye; whoever is beyond the last is at its end.
    let (mut low, mut high) = (0, count.checked_sub(1)?);
    while low < high {
        let middle = low.midpoint(high);
        if bounds(middle)?.bottom() > eye { high = middle } else { low = middle + 1 }
    }
    let child = bounds(low)?;
    let end = all.bottom() <= height;
    Some((
        low,
        thousandths(eye - child.top(), child.height()),
        thousandths(eye - all.top(), all.height()),
        end,
    ))
}

fn thousandths(part: f64, whole: f64) -> u32 {
    // Between 0 and 1000.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "see above")]
    {
        (part / whole.max(1.0) * 1000.0).clamp(0.0, 1000.0) as u32
    }
}

/// Scrolls so that the eye is in that child of the first element that `selector` finds, so many thousandths into it.
pub fn go_to_position(selector: &str, child: u32, into: u32) {
    let found = find(selector).and_then(|text| text.children().item(child));
    let (Some(child), Some(window)) = (found, super::window()) else { return };
    let bounds = child.get_bounding_client_rect();
    let at = bounds.top() + bounds.height() * f64::from(into) / 1000.0;
    window.scroll_to_with_x_and_y(0.0, scroll_y() + at - window_height() * EYE);
    note();
}

/// Whether the window is at its very top.
#[must_use]
pub fn is_at_top() -> bool {
    scroll_y() <= 0.0
}

fn scroll_y() -> f64 {
    super::window().and_then(|window| window.scroll_y().ok()).unwrap_or(0.0)
}

fn top(element: &web_sys::Element) -> f64 {
    element.get_bounding_client_rect().top()
}

/// Whether the first element that `selector` finds is in the window.
#[must_use]
pub fn is_in_view(selector: &str) -> bool {
    find(selector).is_some_and(|element| {
        let bounds = element.get_bounding_client_rect();
        bounds.top() < window_height() && bounds.bottom() > 0.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_listen_and_each_ends_when_it_is_dropped() {
        let heard = Rc::new(RefCell::new(Vec::new()));
        let listen = |name: &'static str| {
            let heard = Rc::clone(&heard);
            on_scroll(move || heard.borrow_mut().push(name))
        };
        let (one, other) = (listen("one"), listen("other"));
        tell_listeners();
        assert_eq!(heard.take(), ["one", "other"]);
        drop(one);
        tell_listeners();
        assert_eq!(heard.take(), ["other"]);
        drop(other);
        tell_listeners();
        assert!(heard.take().is_empty());
    }

    #[test]
    fn a_listener_that_ends_takes_along_what_it_holds() {
        let inner = on_scroll(|| {});
        drop(on_scroll(move || {
            let _ = &inner;
        }));
        ANCHOR.with(|anchor| assert!(anchor.listeners.borrow().is_empty()));
    }
}

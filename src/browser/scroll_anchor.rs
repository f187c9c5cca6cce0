//! The scroll anchor: the text that the reader is looking at does not move, whatever is added, resized or
//! removed around it.
//!
//! Some browsers do a part of this (`overflow-anchor`), WebKit does nothing, and none says what it anchors
//! to. So it is done here, the same everywhere. Whenever the reader has scrolled, this records the piece of
//! text at reading height (the "eye") and its distance from the top of the window; a press records the
//! pressed element instead. Whenever the page's size or content has changed, the window is scrolled by as
//! much as that piece has moved. This happens between layout and paint, so nobody sees it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::EventListenerOptions;

use super::{Listener, find, find_all, target_of};

/// The eye is at this fraction of the window's height.
const EYE: f64 = 0.33;
/// A reader who has done nothing for this many milliseconds is idle.
const IDLE: i64 = 5_000;
/// The element with the text to anchor to.
const TEXT: &str = "main";
/// Pieces of text: the anchor is the one nearest to the eye. (An article with an id is a post in a feed; one
/// without is the whole page.)
const PIECES: &str = "p, li, figure, h1, h2, h3, h4, blockquote, table, pre, article[id]";

type Callback = Rc<dyn Fn()>;

/// The state. There is one, because a document has one scroll position.
struct ScrollAnchor {
    /// The element with the text.
    within: RefCell<Option<web_sys::Element>>,
    /// The anchor and its distance from the top of the window; then elements around it, in case it is
    /// removed.
    at_eye: RefCell<Vec<(web_sys::Element, f64)>>,
    /// The scroll position that was last set here.
    set_to: Cell<f64>,
    /// When the reader last did something.
    acted: Cell<i64>,
    /// Callbacks for when the reader has scrolled, each with its number.
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

/// Anchors the page's main content, for as long as the page lives. `fixed` is a selector for elements that do
/// not scroll with the page: a press on one of them is not an anchor.
pub fn hold(fixed: &'static str) {
    let resized = super::function(|_| restore());
    let (Some(element), Some(window), Ok(observer)) =
        (find(TEXT), super::window(), web_sys::ResizeObserver::new(&resized))
    else {
        return;
    };
    // It lives as long as the element that it observes.
    observer.observe(&element);
    ANCHOR.with(|anchor| anchor.within.replace(Some(element)));
    // After a link to a part of the page, the anchor is set already, unless the reader has scrolled since.
    if ANCHOR.with(|anchor| anchor.at_eye.borrow().is_empty()) || is_scrolled_elsewhere() {
        note();
    }
    // These listeners live as long as the page.
    Listener::new(&window, "scroll", |_| {
        // Scrolling by this module is not scrolling by the reader.
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
    // Before the press has an effect, which may be to navigate.
    let first = EventListenerOptions::run_in_capture_phase();
    Listener::new_with_options(&window, "click", first, move |event| {
        // What a press opens appears below it, so the pressed element does not move.
        let is_on_page = |pressed: &web_sys::Element| {
            scroll_y() > 0.0 && !pressed.closest(fixed).is_ok_and(|found| found.is_some())
        };
        if let Some(pressed) = target_of(event).filter(is_on_page) {
            ANCHOR.with(|anchor| anchor.at_eye.replace(around(&pressed)));
        }
    })
    .forget();
}

/// Calls `scrolled` whenever the reader has scrolled, until the returned listener is dropped.
pub fn on_scroll(scrolled: impl Fn() + 'static) -> ScrollListener {
    ANCHOR.with(|anchor| {
        let number = anchor.next_number.get();
        anchor.next_number.set(number.wrapping_add(1));
        anchor.listeners.borrow_mut().push((number, Rc::new(scrolled)));
        ScrollListener { number }
    })
}

/// A listener to the reader's scrolling. It is removed when this is dropped.
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct ScrollListener {
    number: u32,
}

impl Drop for ScrollListener {
    fn drop(&mut self) {
        // When the thread ends, the anchor may be gone already.
        let removed = ANCHOR.try_with(|anchor| {
            let mut listeners = anchor.listeners.borrow_mut();
            let index = listeners.iter().position(|(number, _)| *number == self.number)?;
            Some(listeners.remove(index))
        });
        // Dropping the callback may drop another listener, which needs the list to be free.
        drop(removed);
    }
}

fn tell_listeners() {
    // A listener may remove itself, or add another one.
    let listeners = ANCHOR.with(|anchor| anchor.listeners.borrow().clone());
    for (_, scrolled) in listeners {
        scrolled();
    }
}

/// Whether the window was scrolled by somebody else since.
fn is_scrolled_elsewhere() -> bool {
    ANCHOR.with(|anchor| (scroll_y() - anchor.set_to.get()).abs() > 1.0)
}

/// Records the anchor at the eye.
pub fn note() {
    ANCHOR.with(|anchor| {
        anchor.set_to.set(-1.0);
        // At the very top there is no anchor: what is added there should be seen.
        let piece = if scroll_y() > 0.0 { at_eye(anchor) } else { None };
        anchor.at_eye.replace(piece.map(|piece| around(&piece)).unwrap_or_default());
    });
}

/// A piece with its distance from the top of the window, and the elements to use if it is removed: its
/// article, and those beside.
fn around(piece: &web_sys::Element) -> Vec<(web_sys::Element, f64)> {
    let article = piece.closest("article[id]").ok().flatten();
    let beside = article.as_ref().map(|it| [it.next_element_sibling(), it.previous_element_sibling()]);
    let all = [Some(piece.clone()), article].into_iter().chain(beside.into_iter().flatten());
    all.flatten().map(|piece| (piece.clone(), top(&piece))).collect()
}

/// Drops the anchor, until the reader scrolls again.
pub fn release() {
    ANCHOR.with(|anchor| anchor.at_eye.replace(Vec::new()));
}

/// Scrolls so that the anchor is where it was.
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

/// The piece of text at the eye, if it is within the element.
fn at_eye(anchor: &ScrollAnchor) -> Option<web_sys::Element> {
    let within = anchor.within.borrow();
    let within = within.as_ref()?;
    let bounds = within.get_bounding_client_rect();
    let across = bounds.left() + bounds.width() / 2.0;
    // Between two pieces, the next one is a little further down.
    (0..8_u8).find_map(|step| {
        let down = window_height() * EYE + f64::from(step) * 12.0;
        #[allow(clippy::cast_possible_truncation, reason = "pixels of a window")]
        let found = super::document()?.element_from_point(across as f32, down as f32)?;
        let piece = found.closest(PIECES).ok()??;
        within.contains(Some(&piece)).then_some(piece)
    })
}

/// The article of a feed at the eye: its id, and its distance from the top of the window.
#[must_use]
pub(super) fn part_at_eye() -> Option<(String, f64)> {
    let part = |piece: web_sys::Element| piece.closest("[role=feed] article[id]").ok().flatten();
    // The anchor, even if it is not laid out yet; else the piece at the eye.
    let held = ANCHOR.with(|anchor| anchor.at_eye.borrow().iter().map(|it| it.0.clone()).find(is_shown));
    let held = held.and_then(part);
    let part = held.or_else(|| part(ANCHOR.with(at_eye)?))?;
    Some((part.id(), top(&part)))
}

/// Makes the element with that id the anchor, and scrolls it to the distance `at` from the top of the window,
/// if given. The elements around it may be laid out only now.
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

/// Whether the reader is idle, and at the top of the first element that matches `selector`, or above it. Then
/// adding something at its top moves nothing that the reader is looking at.
#[must_use]
pub fn is_at_top_and_idle(selector: &str) -> bool {
    let acted = ANCHOR.with(|anchor| anchor.acted.get());
    let idle = !(0..IDLE).contains(&(super::clock::now() - acted));
    let focus = super::document().and_then(|document| document.active_element());
    find(selector).is_some_and(|element| {
        let reads = focus.is_some_and(|focus| element.contains(Some(&focus)));
        // New content pushes down what is below it, so nobody must be reading there.
        idle && !reads && (is_at_top() || top(&element) >= window_height() * EYE)
    })
}

/// The text of the piece at the eye, and its distance from the top of the window.
#[must_use]
pub fn text_at_eye() -> Option<(String, f64)> {
    let piece = ANCHOR.with(at_eye)?;
    Some((piece.text_content()?, top(&piece)))
}

/// Makes the piece with this text the anchor, and scrolls it to the distance `at` from the top of the window.
/// Of several such pieces, the nearest one.
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

/// Whether an element is on the page and rendered.
pub(super) fn is_shown(element: &web_sys::Element) -> bool {
    element.is_connected() && element.get_client_rects().length() > 0
}

/// Whether the reader has done something since a time, in milliseconds since 1970.
#[must_use]
pub fn has_acted_since(time: i64) -> bool {
    ANCHOR.with(|anchor| anchor.acted.get()) > time
}

/// The position of the eye in the first element that matches `selector`: the index of the child, how far into
/// the child, how far into the whole element (both in thousandths), and whether the end of the element is in
/// the window.
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
    // The first child that ends below the eye, or else the last one.
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

/// Scrolls so that the eye is `into` thousandths into a child of the first element that matches `selector`.
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

/// Whether the first element that matches `selector` is in the window.
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

//! The reader's place: what stands under their eye stays there, whatever comes, grows or goes around it.
//!
//! Browsers do some of this by themselves (`overflow-anchor`), WebKit nothing of it, and none says what it
//! holds on to. So the place is held here, the same everywhere: whenever the reader has scrolled, the piece of
//! text at the eye is noted with its distance from the top of the window, or what they press when they press
//! something; whenever anything has changed its size, and after every change of ours, the window is scrolled by
//! as much as that piece has moved. It happens between layout and paint, so that nobody sees it.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;

/// The eye is this far down the window.
const EYE: f64 = 0.33;
/// Whoever has done nothing for so many milliseconds is not in the middle of anything.
const IDLE: i64 = 5_000;
/// What stays where it is in the window while the page goes by: it is no place on the page.
const STAYS: &str = ".pill-place, .live-overview, .notices";
/// Pieces of text: what is held is one of these, as near to the eye as there is one.
const PIECES: &str = "p, li, figure, h1, h2, h3, h4, blockquote, table, pre, .post";

/// There is one window, and one place in it.
struct Held {
    /// Within which element.
    within: RefCell<Option<web_sys::Element>>,
    /// What stood at the eye, and how far from the top of the window; then what stood around it, for when that goes.
    at_eye: RefCell<Vec<(web_sys::Element, f64)>>,
    /// Where the window was scrolled to from here.
    set_to: Cell<f64>,
    /// When the reader last did something.
    acted: Cell<i64>,
    /// Who wants to know when the reader has scrolled.
    scrolled: RefCell<Option<Box<dyn Fn()>>>,
}

thread_local! {
    static HELD: Held = const {
        Held {
            within: RefCell::new(None),
            at_eye: RefCell::new(Vec::new()),
            set_to: Cell::new(-1.0),
            acted: Cell::new(0),
            scrolled: RefCell::new(None),
        }
    };
}

/// Holds the place within the first element that `selector` finds, for as long as the page lives.
pub fn hold(selector: &str) {
    let resized = super::handler(|_| restore()).into_js_value();
    let (Some(element), Some(window), Ok(observer)) =
        (super::page::find(selector), super::window(), web_sys::ResizeObserver::new(resized.unchecked_ref()))
    else {
        return;
    };
    // It lives as long as what it observes.
    observer.observe(&element);
    HELD.with(|held| held.within.replace(Some(element)));
    super::history::name_part(part_at_eye);
    // Whoever came by a link to a part of the page holds on to that already, unless they have scrolled on since.
    if HELD.with(|held| held.at_eye.borrow().is_empty()) || is_scrolled_elsewhere() {
        note();
    }
    super::listen(&window, "scroll", |_: &web_sys::Event| {
        // What was scrolled from here is no wish of the reader's.
        if is_scrolled_elsewhere() {
            note();
            HELD.with(|held| held.scrolled.borrow().as_ref().map(|scrolled| scrolled()));
        }
    });
    for event in ["pointerdown", "keydown", "wheel", "touchmove"] {
        super::listen(&window, event, |_: &web_sys::Event| {
            HELD.with(|held| held.acted.set(super::clock::now()));
        });
    }
    let pressed = super::handler(|event| {
        // What a press opens comes below it, and takes nothing from under the finger.
        let event: web_sys::Event = event.unchecked_into();
        let pressed = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let on_page = |pressed: &web_sys::Element| {
            scroll_y() > 0.0 && !pressed.closest(STAYS).is_ok_and(|it| it.is_some())
        };
        if let Some(pressed) = pressed.filter(on_page) {
            HELD.with(|held| held.at_eye.replace(around(&pressed)));
        }
    });
    // Before whatever the press does, which may be to go elsewhere. Refused only for a listener that is no function.
    let pressed = pressed.into_js_value();
    let _ = window.add_event_listener_with_callback_and_bool("click", pressed.unchecked_ref(), true);
}

/// Has `scrolled` called whenever the reader has scrolled, in place of what was called before.
pub fn on_scroll(scrolled: Option<Box<dyn Fn()>>) {
    HELD.with(|held| held.scrolled.replace(scrolled));
}

/// Whether the window is somewhere else than it was scrolled to from here.
fn is_scrolled_elsewhere() -> bool {
    HELD.with(|held| (scroll_y() - held.set_to.get()).abs() > 1.0)
}

/// Notes what stands at the eye now.
pub fn note() {
    HELD.with(|held| {
        held.set_to.set(-1.0);
        // At the very top there is nothing to hold on to: what comes there is to be seen.
        let piece = if scroll_y() > 0.0 { at_eye(held) } else { None };
        held.at_eye.replace(piece.map(|piece| around(&piece)).unwrap_or_default());
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
    HELD.with(|held| held.at_eye.replace(Vec::new()));
}

/// Brings what was noted back to where it was.
pub fn restore() {
    HELD.with(|held| {
        let at_eye = held.at_eye.borrow();
        let (Some((piece, was)), Some(window)) = (at_eye.iter().find(|it| is_there(&it.0)), super::window())
        else {
            return;
        };
        let moved = top(piece) - was;
        if moved.abs() >= 0.5 {
            window.scroll_to_with_x_and_y(0.0, scroll_y() + moved);
            held.set_to.set(scroll_y());
        }
    });
}

/// The piece of text at the eye, if the eye is within the element.
fn at_eye(held: &Held) -> Option<web_sys::Element> {
    let within = held.within.borrow();
    let within = within.as_ref()?;
    let bounds = within.get_bounding_client_rect();
    let across = bounds.left() + bounds.width() / 2.0;
    // Between two pieces there is nothing: a little further down there is something.
    (0..8_u8).find_map(|step| {
        let down = height() * EYE + f64::from(step) * 12.0;
        #[allow(clippy::cast_possible_truncation, reason = "pixels of a window")]
        let found = super::document()?.element_from_point(across as f32, down as f32)?;
        let piece = found.closest(PIECES).ok()??;
        within.contains(Some(&piece)).then_some(piece)
    })
}

/// The article of a feed that is at the eye: its id, and its distance from the top of the window.
#[must_use]
fn part_at_eye() -> Option<(String, f64)> {
    let part = |piece: web_sys::Element| piece.closest("[role=feed] article[id]").ok().flatten();
    // What is held on to, even where it is not laid out yet; else what is there.
    let held = HELD.with(|held| held.at_eye.borrow().iter().map(|it| it.0.clone()).find(is_there));
    let held = held.and_then(part);
    let part = held.or_else(|| part(HELD.with(at_eye)?))?;
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
    HELD.with(|held| {
        held.at_eye.replace(vec![(element, at)]);
        held.set_to.set(scroll_y());
    });
    restore();
}

/// Whether the reader is at the top of the first element that `selector` finds, or above it, and not in the
/// middle of anything: what comes in there moves nothing that they look at.
#[must_use]
pub fn is_at_top_and_idle(selector: &str) -> bool {
    let acted = HELD.with(|held| held.acted.get());
    let idle = !(0..IDLE).contains(&(super::clock::now() - acted));
    let focus = super::document().and_then(|document| document.active_element());
    super::page::find(selector).is_some_and(|element| {
        let reads = focus.is_some_and(|focus| element.contains(Some(&focus)));
        // What comes in pushes down what is below it: nobody may be reading there.
        idle && !reads && (is_at_top() || top(&element) >= height() * EYE)
    })
}

/// What the piece of text at the eye says, with its distance from the top of the window.
#[must_use]
pub fn text_at_eye() -> Option<(String, f64)> {
    let piece = HELD.with(at_eye)?;
    Some((piece.text_content()?, top(&piece)))
}

/// Brings the piece that says that to that distance from the top of the window, wherever it stands by now; the nearest
/// where several do.
pub fn hold_on_to_text(text: &str, at: f64) {
    let within = HELD.with(|held| held.within.borrow().clone());
    let Some(pieces) = within.and_then(|within| within.query_selector_all(PIECES).ok()) else { return };
    let pieces =
        (0..pieces.length()).filter_map(|index| pieces.get(index)?.dyn_into::<web_sys::Element>().ok());
    let same = pieces.filter(|piece| piece.text_content().as_deref() == Some(text));
    let distance = |piece: &web_sys::Element| (top(piece) - at).abs();
    if let Some(piece) = same.min_by(|one, other| distance(one).total_cmp(&distance(other))) {
        hold_at(piece, at);
    }
}

fn height() -> f64 {
    super::window().and_then(|window| window.inner_height().ok()?.as_f64()).unwrap_or(0.0)
}

/// Whether an element is on the page, and shown.
fn is_there(element: &web_sys::Element) -> bool {
    element.is_connected() && element.get_client_rects().length() > 0
}

/// Whether the reader has done something after that time, in milliseconds since 1970.
#[must_use]
pub fn has_acted_since(time: i64) -> bool {
    HELD.with(|held| held.acted.get()) > time
}

/// Where the eye is among the children of the first element that `selector` finds: which of them it is in, how far
/// into that, and how far into all of it, the last two in thousandths. With whether the end of it is in the window.
#[must_use]
pub fn position_in(selector: &str) -> Option<(u32, u32, u32, bool)> {
    super::window()?;
    let height = height();
    let text = super::page::find(selector)?;
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
    let found = super::page::find(selector).and_then(|text| text.children().item(child));
    let (Some(child), Some(window)) = (found, super::window()) else { return };
    let bounds = child.get_bounding_client_rect();
    let at = bounds.top() + bounds.height() * f64::from(into) / 1000.0;
    window.scroll_to_with_x_and_y(0.0, scroll_y() + at - height() * EYE);
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
    super::page::find(selector).is_some_and(|element| {
        let bounds = element.get_bounding_client_rect();
        bounds.top() < height() && bounds.bottom() > 0.0
    })
}

/// Calls `near` once, when the element comes within a window or two of being seen; with whether its lower
/// edge is the nearer one, as for who comes from below.
pub fn when_near(element: &web_sys::Element, near: impl Fn(bool) + 'static) {
    let observer: Rc<OnceCell<web_sys::IntersectionObserver>> = Rc::default();
    let own = Rc::clone(&observer);
    let function = super::handler(move |entries| {
        let entries = entries.unchecked_into::<js_sys::Array>();
        for entry in entries.iter().filter_map(|entry| entry.dyn_into().ok()) {
            let entry: web_sys::IntersectionObserverEntry = entry;
            if entry.is_intersecting()
                && let Some(observer) = own.get()
            {
                observer.disconnect();
                near(entry.bounding_client_rect().top() < 0.0);
            }
        }
    });
    let options = web_sys::IntersectionObserverInit::new();
    options.set_root_margin("1500px 0px");
    // The observer, and with it the function, lives as long as the element does.
    let function = function.into_js_value();
    if let Ok(made) = web_sys::IntersectionObserver::new_with_options(function.unchecked_ref(), &options) {
        observer.get_or_init(|| made).observe(element);
    }
}

/// Lets Page Up and Page Down go from article to article of a feed, and Control with Home or End out of it
/// (ARIA Authoring Practices, feed pattern).
pub fn feed_keys(feed: &web_sys::Element) {
    let within = feed.clone();
    super::listen(feed, "keydown", move |event: &web_sys::KeyboardEvent| {
        let (back, out) = match (event.key().as_str(), event.ctrl_key()) {
            ("PageUp", false) => (true, false),
            ("PageDown", false) => (false, false),
            ("Home", true) => (true, true),
            ("End", true) => (false, true),
            _ => return,
        };
        let focus = super::document().and_then(|document| document.active_element());
        let next = focus
            .and_then(|focus| if out { beyond(&within, back) } else { neighbour(&within, &focus, back) });
        if let Some(next) = next.and_then(|next| next.dyn_into::<web_sys::HtmlElement>().ok()) {
            event.prevent_default();
            // Refused for what can't have it, which leaves it where it is.
            let _ = next.focus();
        }
    });
}

/// The article before or after the one that has the focus.
fn neighbour(feed: &web_sys::Element, focus: &web_sys::Element, back: bool) -> Option<web_sys::Element> {
    let here = focus.closest("[role=article], article").ok()??;
    let articles = elements(feed, "article");
    let at = articles.iter().position(|article| *article == here)?;
    let mut beyond: Box<dyn Iterator<Item = &web_sys::Element>> = if back {
        Box::new(articles.get(..at)?.iter().rev())
    } else {
        Box::new(articles.get(at + 1..)?.iter())
    };
    // What a filter has hidden is passed over.
    beyond.find(|article| is_there(article)).cloned()
}

/// What can have the focus and stands right before or after the feed.
fn beyond(feed: &web_sys::Element, back: bool) -> Option<web_sys::Element> {
    let body = super::document()?.document_element()?;
    let wanted = if back { 2 } else { 4 };
    let mut all = elements(&body, "a[href], button, summary, [tabindex='0']").into_iter();
    let is_beyond = |element: &web_sys::Element| {
        feed.compare_document_position(element) & wanted != 0 && !feed.contains(Some(element))
    };
    if back {
        all.filter(|element| is_beyond(element)).last()
    } else {
        all.find(|element| is_beyond(element))
    }
}

fn elements(within: &web_sys::Element, selector: &str) -> Vec<web_sys::Element> {
    let Ok(found) = within.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

/// Writes the position of each article of a feed that is in view or near it, and how many there are, for assistive
/// technology; of thousands the others are written when they are neared. An article's id is its number, and the
/// feed's children are pieces of it; `newest` is the highest number.
pub fn set_positions(feed: &str, newest: u32, oldest_first: bool) {
    let Some(pieces) = super::page::find(feed).map(|feed| feed.children()) else { return };
    let (above, below) = (-height(), 2.0 * height());
    let bounds = |at: u32| pieces.item(at).map(|piece| piece.get_bounding_client_rect());
    // The first piece that ends below what is near.
    let (mut low, mut high) = (0, pieces.length());
    while low < high {
        let middle = low.midpoint(high);
        let is_below = bounds(middle).is_some_and(|bounds| bounds.bottom() > above);
        if is_below { high = middle } else { low = middle + 1 }
    }
    let near = (low..pieces.length()).map_while(|at| {
        let piece = pieces.item(at)?;
        (piece.get_bounding_client_rect().top() < below).then_some(piece)
    });
    let articles: Vec<_> = near.flat_map(|piece| elements(&piece, "article[id]")).collect();
    for article in articles {
        let number: u32 = article.id().parse().unwrap_or(0);
        let position = if oldest_first { number } else { newest.saturating_sub(number) + 1 };
        for (name, value) in [("aria-posinset", position), ("aria-setsize", newest)] {
            let value = value.to_string();
            if article.get_attribute(name).as_ref() != Some(&value) {
                // Refused only for a name that is no attribute's.
                let _ = article.set_attribute(name, &value);
            }
        }
    }
}

/// Tells assistive technology whether a feed is being added to.
pub fn set_busy(feed: &str, is_busy: bool) {
    if let Some(feed) = super::page::find(feed) {
        // Refused only for a name that is no attribute's.
        let _ = feed.set_attribute("aria-busy", if is_busy { "true" } else { "false" });
    }
}

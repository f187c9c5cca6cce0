//! A feed in the sense of ARIA: a list of articles that grows while it is read. Its keys, and its attributes
//! for assistive technology.

use wasm_bindgen::JsCast;

use super::find_all;
use super::scroll_anchor::{is_shown, window_height};

/// Moves the focus for a key.
pub(super) fn on_key(feed: &web_sys::Element, event: &web_sys::KeyboardEvent) {
    let (back, out) = match (event.key().as_str(), event.ctrl_key()) {
        ("PageUp", false) => (true, false),
        ("PageDown", false) => (false, false),
        ("Home", true) => (true, true),
        ("End", true) => (false, true),
        _ => return,
    };
    let focus = super::document().and_then(|document| document.active_element());
    let next = focus.and_then(|focus| if out { beyond(feed, back) } else { neighbour(feed, &focus, back) });
    if let Some(next) = next.and_then(|next| next.dyn_into::<web_sys::HtmlElement>().ok()) {
        event.prevent_default();
        // An element that can't be focused leaves the focus where it is.
        let _ = next.focus();
    }
}

/// The visible article before or after the one with the focus.
fn neighbour(feed: &web_sys::Element, focus: &web_sys::Element, back: bool) -> Option<web_sys::Element> {
    let here = focus.closest("[role=article], article").ok()??;
    let articles = find_all(feed, "article");
    let at = articles.iter().position(|article| *article == here)?;
    let mut beyond: Box<dyn Iterator<Item = &web_sys::Element>> = if back {
        Box::new(articles.get(..at)?.iter().rev())
    } else {
        Box::new(articles.get(at + 1..)?.iter())
    };
    // Articles that a filter hides are skipped.
    beyond.find(|article| is_shown(article)).cloned()
}

/// The focusable element right before or after the feed.
fn beyond(feed: &web_sys::Element, back: bool) -> Option<web_sys::Element> {
    let root = super::document()?.document_element()?;
    let wanted = if back {
        web_sys::Node::DOCUMENT_POSITION_PRECEDING
    } else {
        web_sys::Node::DOCUMENT_POSITION_FOLLOWING
    };
    let mut all = find_all(&root, "a[href], button, summary, [tabindex='0']").into_iter();
    let is_beyond = |element: &web_sys::Element| {
        feed.compare_document_position(element) & wanted != 0 && !feed.contains(Some(element))
    };
    if back {
        all.filter(|element| is_beyond(element)).last()
    } else {
        all.find(|element| is_beyond(element))
    }
}

/// Writes the positions (`aria-posinset`) of the articles in view or near it; in a feed of thousands, others
/// are written when the reader comes near them. An article's id is its number, the feed's children are
/// sections of articles, and `newest` is the highest number.
pub fn set_positions(feed: &str, newest: u32, oldest_first: bool) {
    let Some(pieces) = super::find(feed).map(|feed| feed.children()) else { return };
    let (above, below) = (-window_height(), 2.0 * window_height());
    let bounds = |at: u32| pieces.item(at).map(|piece| piece.get_bounding_client_rect());
    // The first section that ends below the upper limit.
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
    let articles: Vec<_> = near.flat_map(|piece| find_all(&piece, "article[id]")).collect();
    for article in articles {
        let number: u32 = article.id().parse().unwrap_or(0);
        let position = if oldest_first { number } else { newest.saturating_sub(number) + 1 };
        for (name, value) in [("aria-posinset", position), ("aria-setsize", newest)] {
            let value = value.to_string();
            if article.get_attribute(name).as_ref() != Some(&value) {
                // Fails only for an invalid attribute name.
                let _ = article.set_attribute(name, &value);
            }
        }
    }
}

/// Tells assistive technology whether a feed is loading (`aria-busy`).
pub fn set_busy(feed: &str, is_busy: bool) {
    if let Some(feed) = super::find(feed) {
        // Fails only for an invalid attribute name.
        let _ = feed.set_attribute("aria-busy", if is_busy { "true" } else { "false" });
    }
}

//! The address of the page, navigation, and the history.
//!
//! The browser's own scroll restoration is switched off, because it acts before a story is rendered. Each
//! history entry has its scroll position in its state instead.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};

use super::timer::Timeout;
use super::{Listener, listen_and_prevent, scroll_anchor, target_of};

/// Scrolling has ended after this many milliseconds without a scroll event.
const AT_REST: u32 = 100;
/// The name of the scroll position in a history entry's state.
const SCROLL: &str = "dateline-scroll";
/// The names of the post at reading height: its id, and its distance from the top of the window.
const PART: &str = "dateline-part";
const PART_TOP: &str = "dateline-part-top";

/// The base of the publication: an absolute address that ends in `/`. It is determined once, so that relative
/// addresses mean the same on every screen.
#[must_use]
pub fn base() -> String {
    let base = super::document().and_then(|document| document.base_uri().ok().flatten()).unwrap_or_default();
    let end = base.find(['?', '#']).unwrap_or(base.len());
    let path = base.get(..end).unwrap_or_default();
    path.rfind('/').and_then(|slash| path.get(..=slash)).unwrap_or("/").to_owned()
}

/// The path of [`base`]: `/`, or the sub-folder that the publication is in.
#[must_use]
pub fn base_path() -> String {
    web_sys::Url::new(&base()).map_or_else(|_| "/".to_owned(), |base| base.pathname())
}

/// The path with query, and the fragment, of `address` relative to `base`; `None` if it leads elsewhere.
#[must_use]
pub fn below(base: &str, address: &str) -> Option<(String, Option<String>)> {
    let rest = address.strip_prefix(base)?;
    let (path, fragment) = match rest.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment.to_owned())),
        None => (rest, None),
    };
    Some((path.to_owned(), fragment))
}

/// The address of the page.
#[must_use]
pub fn here() -> String {
    super::window().and_then(|window| window.location().href().ok()).unwrap_or_default()
}

/// A query parameter of the page's address.
#[must_use]
pub fn query(name: &str) -> Option<String> {
    web_sys::Url::new(&here()).ok()?.search_params().get(name)
}

/// Calls `opened` with each address that an installed app is opened at. In browsers with this API, the system
/// only brings the open window to the front, and the app has to navigate.
pub fn on_launch(mut opened: impl FnMut(&str) + 'static) {
    let Some(queue) = super::window().and_then(|window| super::property(&window, "launchQueue")) else {
        return;
    };
    let consumer = super::function(move |launch| {
        if let Some(address) = super::property(&launch, "targetURL").and_then(|address| address.as_string()) {
            opened(&address);
        }
    });
    if let Some(Ok(set)) = super::property(&queue, "setConsumer").map(JsCast::dyn_into::<js_sys::Function>) {
        // Fails for no function.
        let _ = set.call1(&queue, &consumer);
    }
}

/// Replaces this page with another address.
pub fn go(address: &str) {
    if let Some(window) = super::window() {
        // Fails only for an invalid address.
        let _ = window.location().assign(address);
    }
}

/// Takes over scroll restoration. Calls `moved` with the entry's former position whenever the reader goes
/// back or forward, and `rested` whenever scrolling has ended or the page is left.
///
/// There is no event before the reader goes back, so the position has to be stored whenever scrolling ends.
/// (Not on each scroll event: Safari allows 100 changes of an entry in 30 seconds.)
pub fn start(mut moved: impl FnMut(f64) + 'static, rested: impl Fn() + 'static) {
    let Some(window) = super::window() else { return };
    if let Ok(history) = window.history() {
        // A browser that can't do this restores positions itself, which is the next best thing.
        let _ = history.set_scroll_restoration(web_sys::ScrollRestoration::Manual);
    }
    // The listeners live as long as the page.
    Listener::new(&window, "popstate", move |event| {
        moved(scroll_in(&event.unchecked_ref::<web_sys::PopStateEvent>().state()));
    })
    .forget();
    let rested = Rc::new(rested);
    let leaving = Rc::clone(&rested);
    Listener::new(&window, "pagehide", move |_| leaving()).forget();
    let rest: Rc<RefCell<Option<Timeout>>> = Rc::default();
    Listener::new(&window, "scroll", move |_| {
        let rested = Rc::clone(&rested);
        // The previous timer is dropped, and so cancelled.
        rest.replace(Some(Timeout::new(AT_REST, move || rested())));
    })
    .forget();
}

/// The stored position of this entry, if the reader was here before (as after a reload).
#[must_use]
pub fn left_at() -> f64 {
    let state = super::window().and_then(|window| window.history().ok()?.state().ok());
    state.map_or(0.0, |state| scroll_in(&state))
}

/// The id of the post at reading height when this entry was left, and its distance from the top of the
/// window.
#[must_use]
pub fn part_left_at() -> Option<(String, f64)> {
    let state = super::window()?.history().ok()?.state().ok()?;
    Some((super::property(&state, PART)?.as_string()?, super::property(&state, PART_TOP)?.as_f64()?))
}

/// Goes to a new entry at `address`.
pub fn push(address: &str) {
    if let Some(history) = super::window().and_then(|window| window.history().ok()) {
        // Fails only for another origin, which `below` has excluded, or if called hundreds of times a second.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(address));
    }
}

/// Stores the scroll position in the state of this entry.
pub fn remember_scroll() {
    let Some(window) = super::window() else { return };
    let (Ok(history), Ok(top)) = (window.history(), window.scroll_y()) else { return };
    let state = js_sys::Object::new();
    let mut kept = js_sys::Reflect::set(&state, &SCROLL.into(), &top.into());
    if let Some((id, top)) = scroll_anchor::part_at_eye() {
        kept = kept.and(js_sys::Reflect::set(&state, &PART.into(), &id.into()));
        kept = kept.and(js_sys::Reflect::set(&state, &PART_TOP.into(), &top.into()));
    }
    if kept.is_ok() {
        let _ = history.replace_state_with_url(&state, "", None);
    }
}

/// Calls `follow` for each plain click on a link, with its absolute address; if it returns true, the browser
/// does not follow the link. Clicks with a modifier key, downloads, and links to other windows are left to
/// the browser.
pub fn on_link(mut follow: impl FnMut(&str) -> bool + 'static) {
    let Some(document) = super::document() else { return };
    // The listener lives as long as the page.
    listen_and_prevent(&document, "click", move |event| {
        let press = event.unchecked_ref::<web_sys::MouseEvent>();
        let is_modified = press.alt_key() || press.ctrl_key() || press.meta_key() || press.shift_key();
        if event.default_prevented() || press.button() != 0 || is_modified {
            return;
        }
        let link = target_of(event).and_then(|element| element.closest("a[href]").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) else {
            return;
        };
        let is_ours = matches!(link.target().as_str(), "" | "_self") && !link.has_attribute("download");
        if is_ours && follow(&link.href()) {
            event.prevent_default();
        }
    })
    .forget();
}

fn scroll_in(state: &JsValue) -> f64 {
    super::property(state, SCROLL).and_then(|top| top.as_f64()).unwrap_or(0.0)
}

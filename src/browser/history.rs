//! Addresses: where the page is, going elsewhere within it, and coming back.
//!
//! The browser's own restoring of scroll positions is switched off, because it acts before a story is
//! there to scroll in. Each history entry carries its position in its state instead.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};

/// Scrolling has come to rest after this many milliseconds without more of it.
const AT_REST: i32 = 100;
/// Where in a history entry's state the scroll position is.
const SCROLL: &str = "dateline-scroll";
/// And where the part of the page that was at the eye: its id, and its distance from the top of the window. (In
/// two places: to write numbers as text takes 20 KB of code.)
const PART: &str = "dateline-part";
const PART_TOP: &str = "dateline-part-top";

/// The base of the publication: an absolute address that ends in `/`. It is fixed at the start, so that
/// relative addresses mean the same on every screen.
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

/// Path with query, and fragment, of `address` below `base`; `None` where it leads elsewhere.
#[must_use]
pub fn below(base: &str, address: &str) -> Option<(String, Option<String>)> {
    let rest = address.strip_prefix(base)?;
    let (path, fragment) = match rest.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment.to_owned())),
        None => (rest, None),
    };
    Some((path.to_owned(), fragment))
}

/// The address that the page is at.
#[must_use]
pub fn here() -> String {
    super::window().and_then(|window| window.location().href().ok()).unwrap_or_default()
}

/// What the address of the page says under a name, behind its `?`.
#[must_use]
pub fn query(name: &str) -> Option<String> {
    web_sys::Url::new(&here()).ok()?.search_params().get(name)
}

/// Calls `opened` with each address that an installed app is opened at. Where there is this call, the system
/// brings the window that is open to the front as it is, and leaves the rest to us.
pub fn on_launch(mut opened: impl FnMut(&str) + 'static) {
    let Some(queue) = super::window().and_then(|window| super::property(&window, "launchQueue")) else {
        return;
    };
    let consumer = super::handler(move |launch| {
        if let Some(address) = super::property(&launch, "targetURL").and_then(|address| address.as_string()) {
            opened(&address);
        }
    });
    if let Some(Ok(set)) = super::property(&queue, "setConsumer").map(JsCast::dyn_into::<js_sys::Function>) {
        // It takes any function.
        let _ = set.call1(&queue, &consumer.into_js_value());
    }
}

/// Opens an address in place of this page.
pub fn go(address: &str) {
    if let Some(window) = super::window() {
        // Refused only for what is no address.
        let _ = window.location().assign(address);
    }
}

/// Takes over the scroll positions, and calls `moved` whenever the reader goes back or forward, with the
/// position that the entry was left at, and `rested` whenever scrolling has come to rest or the page goes away.
///
/// Going back leaves an entry without a word to us before it, so that its position has to be noted at
/// rest. (Not on each event: Safari takes 100 changes of an entry in 30 seconds.)
pub fn start(mut moved: impl FnMut(f64) + 'static, rested: impl Fn() + Copy + 'static) {
    let Some(window) = super::window() else { return };
    if let Ok(history) = window.history() {
        // A browser that can't do this restores by itself, which is the next best thing.
        let _ = history.set_scroll_restoration(web_sys::ScrollRestoration::Manual);
    }
    super::listen(&window, "popstate", move |event: &web_sys::PopStateEvent| {
        moved(scroll_in(&event.state()));
    });
    super::listen(&window, "pagehide", move |_: &web_sys::Event| rested());
    let scrolls = Rc::new(Cell::new(0_u32));
    super::listen(&window, "scroll", move |_: &web_sys::Event| {
        let this = scrolls.get().wrapping_add(1);
        scrolls.set(this);
        let scrolls = Rc::clone(&scrolls);
        super::clock::after(AT_REST, move || {
            if scrolls.get() == this {
                rested();
            }
        });
    });
}

/// The position that this entry was left at, if the reader was here before (as after a reload).
#[must_use]
pub fn left_at() -> f64 {
    let state = super::window().and_then(|window| window.history().ok()?.state().ok());
    state.map_or(0.0, |state| scroll_in(&state))
}

/// The part of the page that was at the eye when this entry was left, and its distance from the top of the window.
#[must_use]
pub fn part_left_at() -> Option<(String, f64)> {
    let state = super::window()?.history().ok()?.state().ok()?;
    Some((super::property(&state, PART)?.as_string()?, super::property(&state, PART_TOP)?.as_f64()?))
}

/// Goes to a new entry at `address`.
pub fn push(address: &str) {
    if let Some(history) = super::window().and_then(|window| window.history().ok()) {
        // Refused only for another origin, which `below` has excluded, or when called hundreds of times a second.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(address));
    }
}

/// What tells the part of the page that is at the eye, by its id, and its distance from the top of the window.
pub type PartAtEye = fn() -> Option<(String, f64)>;

thread_local! {
    static PART_AT_EYE: Cell<Option<PartAtEye>> = const { Cell::new(None) };
}

/// From now on the part at the eye is noted with the scroll position, as `at_eye` tells it: that is in a part of the module
/// which loads later.
pub fn name_part(at_eye: PartAtEye) {
    PART_AT_EYE.set(Some(at_eye));
}

/// Writes the scroll position into the state of this entry.
pub fn remember_scroll() {
    let Some(window) = super::window() else { return };
    let (Ok(history), Ok(top)) = (window.history(), window.scroll_y()) else { return };
    let state = js_sys::Object::new();
    let mut kept = js_sys::Reflect::set(&state, &SCROLL.into(), &top.into());
    if let Some((id, top)) = PART_AT_EYE.get().and_then(|part| part()) {
        kept = kept.and(js_sys::Reflect::set(&state, &PART.into(), &id.into()));
        kept = kept.and(js_sys::Reflect::set(&state, &PART_TOP.into(), &top.into()));
    }
    if kept.is_ok() {
        let _ = history.replace_state_with_url(&state, "", None);
    }
}

/// Calls `follow` for each plain press of a link, with its absolute address; where it answers true the
/// browser does not follow the link itself. Presses with a modifier, downloads, and links to other
/// windows are the browser's.
pub fn on_link(mut follow: impl FnMut(&str) -> bool + 'static) {
    let Some(document) = super::document() else { return };
    super::listen(&document, "click", move |event: &web_sys::MouseEvent| {
        let modified = event.alt_key() || event.ctrl_key() || event.meta_key() || event.shift_key();
        if event.default_prevented() || event.button() != 0 || modified {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|element| element.closest("a[href]").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) else {
            return;
        };
        let ours = matches!(link.target().as_str(), "" | "_self") && !link.has_attribute("download");
        if ours && follow(&link.href()) {
            event.prevent_default();
        }
    });
}

fn scroll_in(state: &JsValue) -> f64 {
    super::property(state, SCROLL).and_then(|top| top.as_f64()).unwrap_or(0.0)
}

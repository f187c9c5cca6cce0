//! The edge of the program: the only room that talks to the browser.
//!
//! Its interface has strings, numbers, bytes, elements and typed errors, and no types of the domain: what is
//! special to this app's pages is a parameter. If the browser lacks something, the result is an `Option` or
//! an error, never a panic. Compiled natively (to render pages to HTML) there is no browser, and these
//! functions do nothing.

pub mod clock;
pub mod directives;
pub mod download;
pub mod feed;
pub mod fetch;
pub mod file_input;
pub mod focus;
pub mod history;
pub mod install;
pub mod intl;
pub mod keyboard;
pub mod page;
pub mod persistence;
pub mod scroll_anchor;
pub mod service_worker;
pub mod share;
pub mod storage;
pub mod takeover;
pub mod timer;
pub mod visibility;

/// An event listener. It is removed when this is dropped.
pub use gloo_events::EventListener as Listener;

use gloo_events::EventListenerOptions;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// The window; `None` if a page is rendered natively.
fn window() -> Option<web_sys::Window> {
    if cfg!(target_arch = "wasm32") { web_sys::window() } else { None }
}

fn document() -> Option<web_sys::Document> {
    window()?.document()
}

/// The first element that matches `selector`. An id may be any text, even digits: it is looked up without a
/// search, which among 10,000 posts would take milliseconds.
fn find(selector: &str) -> Option<web_sys::Element> {
    let document = document()?;
    match selector.strip_prefix('#') {
        Some(id) => document.get_element_by_id(id),
        None => document.query_selector(selector).ok()?,
    }
}

/// All elements within `root` that match `selector`.
fn find_all(root: &web_sys::Element, selector: &str) -> Vec<web_sys::Element> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
}

/// The target of an event.
fn target_of(event: &web_sys::Event) -> Option<web_sys::Element> {
    event.target()?.dyn_into().ok()
}

/// Options for a listener that may prevent the browser's default action.
fn listen_and_prevent(
    target: &web_sys::EventTarget,
    event: &'static str,
    handle: impl FnMut(&web_sys::Event) + 'static,
) -> Listener {
    let options = EventListenerOptions::enable_prevent_default();
    Listener::new_with_options(target, event, options, handle)
}

/// A function owned by the browser object that it is passed to, and garbage-collected with it.
fn function(call: impl FnMut(JsValue) + 'static) -> js_sys::Function {
    Closure::wrap(Box::new(call) as Box<dyn FnMut(JsValue)>).into_js_value().unchecked_into()
}

/// A property of an object, if this browser has it.
fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &JsValue::from_str(name))
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}

/// Calls a method that this browser may lack, and awaits its promise. `None` if it lacks the method or it
/// fails.
async fn call_async(object: &JsValue, method: &str) -> Option<JsValue> {
    let method: js_sys::Function = property(object, method)?.dyn_into().ok()?;
    let promise = method.call0(object).ok()?;
    wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&promise)).await.ok()
}

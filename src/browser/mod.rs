//! The edge of the program: the only room that talks to the browser.
//!
//! It speaks strings, numbers, bytes, elements and typed errors, and knows no word of the domain: what is special to
//! this app's pages comes as a parameter. Where the browser lacks something, the answer is an `Option` or an error,
//! never a panic. Compiled natively (to render pages to HTML) there is no browser: what asks for one does nothing
//! there.

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

/// A listener to an event. It ends when this is dropped.
pub use gloo_events::EventListener as Listener;

use gloo_events::EventListenerOptions;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// `None` where a page is rendered natively, so that whatever asks for it does nothing there.
fn window() -> Option<web_sys::Window> {
    if cfg!(target_arch = "wasm32") { web_sys::window() } else { None }
}

fn document() -> Option<web_sys::Document> {
    window()?.document()
}

/// The first element that `selector` finds. An id may be any text, digits too: it is looked up and not searched for,
/// which among 10,000 posts would cost milliseconds.
fn find(selector: &str) -> Option<web_sys::Element> {
    let document = document()?;
    match selector.strip_prefix('#') {
        Some(id) => document.get_element_by_id(id),
        None => document.query_selector(selector).ok()?,
    }
}

/// All elements within `root` that `selector` finds.
fn find_all(root: &web_sys::Element, selector: &str) -> Vec<web_sys::Element> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
}

/// The element that an event happened to.
fn target_of(event: &web_sys::Event) -> Option<web_sys::Element> {
    event.target()?.dyn_into().ok()
}

/// A listener that may keep the browser from doing what it would do by itself.
fn listen_and_prevent(
    target: &web_sys::EventTarget,
    event: &'static str,
    handle: impl FnMut(&web_sys::Event) + 'static,
) -> Listener {
    let options = EventListenerOptions::enable_prevent_default();
    Listener::new_with_options(target, event, options, handle)
}

/// A function that belongs to what it is given to in the browser, and is cleaned away with that.
fn function(call: impl FnMut(JsValue) + 'static) -> js_sys::Function {
    Closure::wrap(Box::new(call) as Box<dyn FnMut(JsValue)>).into_js_value().unchecked_into()
}

/// A property of an object that this browser may lack.
fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &JsValue::from_str(name))
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}

/// Calls a method that this browser may lack, and waits for what it promises. `None` where it lacks it or fails.
async fn call_async(object: &JsValue, method: &str) -> Option<JsValue> {
    let method: js_sys::Function = property(object, method)?.dyn_into().ok()?;
    let promise = method.call0(object).ok()?;
    wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&promise)).await.ok()
}

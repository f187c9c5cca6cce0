//! The edge of the program: the only room that talks to the browser.
//!
//! It speaks strings, numbers, bytes and typed errors, and knows no word of the domain. Where the browser
//! lacks something, the answer is an `Option` or an error, never a panic. Compiled natively (to render
//! pages to HTML) these functions build but are not called: event handlers and effects do not run there.

pub mod clock;
pub mod fetch;
pub mod history;
pub mod intl;
pub mod page;
pub mod share;

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

fn window() -> Option<web_sys::Window> {
    web_sys::window()
}

fn document() -> Option<web_sys::Document> {
    window()?.document()
}

/// Listens for as long as the page lives.
fn listen<E>(target: &web_sys::EventTarget, event: &str, handle: impl FnMut(E) + 'static)
where
    E: wasm_bindgen::convert::FromWasmAbi + 'static,
{
    let closure = Closure::<dyn FnMut(E)>::new(handle).into_js_value();
    // Refused only for a listener that is no function.
    let _ = target.add_event_listener_with_callback(event, closure.unchecked_ref());
}

/// A property of an object that this browser may lack.
fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &JsValue::from_str(name))
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}

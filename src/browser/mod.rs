//! The edge of the program: the only room that talks to the browser.
//!
//! It speaks strings, numbers, bytes and typed errors, and knows no word of the domain. Where the browser
//! lacks something, the answer is an `Option` or an error, never a panic. Compiled natively (to render
//! pages to HTML) there is no browser: what asks for one does nothing there, and the clock stands.

pub mod clock;
pub mod durable;
pub mod fetch;
pub mod form;
pub mod history;
pub mod install;
pub mod intl;
pub mod page;
pub mod place;
pub mod presence;
pub mod share;
pub mod storage;
pub mod worker;

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// There is none where a page is rendered natively, so that whatever asks for it does nothing there.
fn window() -> Option<web_sys::Window> {
    if cfg!(target_arch = "wasm32") { web_sys::window() } else { None }
}

fn document() -> Option<web_sys::Document> {
    window()?.document()
}

/// A function for the browser to call, with what it calls it with. There is one type of them, because each
/// would be code of its own on both sides.
type Handler = Closure<dyn FnMut(JsValue)>;

fn handler(handle: impl FnMut(JsValue) + 'static) -> Handler {
    Closure::wrap(Box::new(handle) as Box<dyn FnMut(JsValue)>)
}

/// Listens for as long as the page lives. The event is what the browser says it is.
fn listen<E: JsCast>(target: &web_sys::EventTarget, event: &str, mut handle: impl FnMut(&E) + 'static) {
    let function = handler(move |event| handle(event.unchecked_ref())).into_js_value();
    // Refused only for a listener that is no function.
    let _ = target.add_event_listener_with_callback(event, function.unchecked_ref());
}

/// A listener that ends when this is dropped.
pub struct Listener {
    target: web_sys::EventTarget,
    event: &'static str,
    handler: Handler,
}

impl Listener {
    /// Listens from now on.
    fn new(
        target: &web_sys::EventTarget,
        event: &'static str,
        mut handle: impl FnMut(&JsValue) + 'static,
    ) -> Self {
        let handler = handler(move |event| handle(&event));
        // Refused only for a listener that is no function.
        let _ = target.add_event_listener_with_callback(event, handler.as_ref().unchecked_ref());
        Self { target: target.clone(), event, handler }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.handler.as_ref().unchecked_ref();
        // Refused only for a listener that is no function.
        let _ = self.target.remove_event_listener_with_callback(self.event, function);
    }
}

/// A property of an object that this browser may lack.
fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &JsValue::from_str(name))
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}

/// Calls a method that this browser may lack, and waits for what it promises. `None` where it lacks it or fails.
async fn promised(object: &JsValue, method: &str) -> Option<JsValue> {
    let method: js_sys::Function = property(object, method)?.dyn_into().ok()?;
    let promise = method.call0(object).ok()?;
    wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&promise)).await.ok()
}

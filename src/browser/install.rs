//! Installing the page as an app.

use std::cell::RefCell;

use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    /// What the browser gave us to ask the reader with.
    static PROMPT: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

/// Calls `offered` once the browser would install the page, and keeps it from asking the reader by itself.
pub fn on_offer(offered: impl Fn() + 'static) {
    let Some(window) = super::window() else { return };
    super::listen(&window, "beforeinstallprompt", move |event: &web_sys::Event| {
        event.prevent_default();
        PROMPT.set(Some(event.into()));
        offered();
    });
}

/// Has the browser ask the reader.
pub fn ask() {
    let prompt = PROMPT.take().and_then(|event| Some((super::property(&event, "prompt")?, event)));
    if let Some((prompt, event)) = prompt
        && let Some(prompt) = prompt.dyn_ref::<js_sys::Function>()
    {
        // What the reader answers is theirs.
        let _ = prompt.call0(&event);
    }
}

/// Whether this is a tab of a browser that installs only by its own menu (Safari on a phone or tablet).
#[must_use]
pub fn is_by_menu() -> bool {
    let navigator = super::window().map(|window| window.navigator());
    navigator.and_then(|navigator| super::property(&navigator, "standalone")).is_some_and(|app| app == false)
}

//! Installing the page as an app.

use wasm_bindgen::{JsCast, JsValue};

use super::listen_and_prevent;

/// The browser's event with which the page can ask the reader. It can be used once.
#[derive(Clone, Debug)]
pub struct InstallPrompt(JsValue);

impl InstallPrompt {
    /// Makes the browser ask the reader. The answer does not matter here.
    pub fn ask(&self) {
        let prompt = self.0.clone();
        wasm_bindgen_futures::spawn_local(async move {
            // Fails if it was used before.
            let _ = super::call_async(&prompt, "prompt").await;
        });
    }
}

/// Calls `offered` when the browser offers to install the page, and keeps it from asking the reader itself.
pub fn on_offer(offered: impl Fn(InstallPrompt) + 'static) {
    let Some(window) = super::window() else { return };
    // The browser may offer at any time, so the listener lives as long as the page.
    listen_and_prevent(&window, "beforeinstallprompt", move |event| {
        event.prevent_default();
        offered(InstallPrompt(event.unchecked_ref::<JsValue>().clone()));
    })
    .forget();
}

/// Whether this is a tab of a browser that installs only from its own menu (Safari on a phone or tablet).
#[must_use]
pub fn is_by_menu() -> bool {
    let navigator = super::window().map(|window| window.navigator());
    navigator.and_then(|navigator| super::property(&navigator, "standalone")).is_some_and(|app| app == false)
}

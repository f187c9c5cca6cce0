//! Keyboard shortcuts.

use wasm_bindgen::JsCast;

use super::{Listener, listen_and_prevent, target_of};

/// Elements that handle keys themselves.
const FIELDS: &str = "input, textarea, select, [contenteditable], [role=textbox], iframe";

/// Calls `pressed` with each key that is pressed without a modifier and outside of fields; if it returns
/// true, the browser does nothing else with the key. `None` if there is no page.
#[must_use]
pub fn on_key(mut pressed: impl FnMut(&str) -> bool + 'static) -> Option<Listener> {
    let document = super::document()?;
    Some(listen_and_prevent(&document, "keydown", move |event| {
        let key = event.unchecked_ref::<web_sys::KeyboardEvent>();
        let is_modified = key.alt_key() || key.ctrl_key() || key.meta_key() || key.is_composing();
        let field = target_of(event).and_then(|target| target.closest(FIELDS).ok().flatten());
        if !is_modified && !event.default_prevented() && field.is_none() && pressed(&key.key()) {
            event.prevent_default();
        }
    }))
}

//! The time, and waiting.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Now, in milliseconds since 1970-01-01T00:00:00Z.
#[must_use]
pub fn now() -> i64 {
    // The time of a clock is far inside what an i64 holds.
    #[allow(clippy::cast_possible_truncation, reason = "see above")]
    {
        js_sys::Date::now() as i64
    }
}

/// Calls `then` once, after that many milliseconds.
pub fn after(millis: i32, then: impl FnOnce() + 'static) {
    if let Some(window) = super::window() {
        let closure = Closure::once_into_js(then);
        // Refused only for a handler that is no function.
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(closure.unchecked_ref(), millis);
    }
}

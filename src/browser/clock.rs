//! The time, and waiting.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Now, in milliseconds since 1970-01-01T00:00:00Z.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn now() -> i64 {
    NOW.get()
}

#[cfg(not(target_arch = "wasm32"))]
thread_local! {
    static NOW: std::cell::Cell<i64> = const { std::cell::Cell::new(0) };
}

/// Sets the clock of this thread, for pages that are rendered natively.
#[cfg(not(target_arch = "wasm32"))]
pub fn set(millis: i64) {
    NOW.set(millis);
}

/// Now, in milliseconds since 1970-01-01T00:00:00Z.
#[cfg(target_arch = "wasm32")]
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
    after_boxed(millis, Box::new(then));
}

fn after_boxed(millis: i32, then: Box<dyn FnOnce()>) {
    if let Some(window) = super::window() {
        let closure = Closure::once_into_js(then);
        // Refused only for a handler that is no function.
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(closure.unchecked_ref(), millis);
    }
}

/// A number from 0 to 1, by chance.
#[must_use]
pub fn chance() -> f64 {
    if cfg!(target_arch = "wasm32") { js_sys::Math::random() } else { 0.0 }
}

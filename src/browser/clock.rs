//! The current time and random numbers.

/// Now, in milliseconds since 1970-01-01T00:00:00Z.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn now() -> i64 {
    NOW.get()
}

#[cfg(not(target_arch = "wasm32"))]
thread_local! {
    /// The time for pages that are rendered natively, set by the publisher.
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
    // Any clock's time fits into an i64.
    #[allow(clippy::cast_possible_truncation, reason = "see above")]
    {
        js_sys::Date::now() as i64
    }
}

/// A random number from 0 to 1 (natively 0).
#[must_use]
pub fn random_unit() -> f64 {
    if cfg!(target_arch = "wasm32") { js_sys::Math::random() } else { 0.0 }
}

//! Timers. Natively, where pages are only rendered, they never fire.

#[cfg(target_arch = "wasm32")]
pub use gloo_timers::callback::{Interval, Timeout};

#[cfg(not(target_arch = "wasm32"))]
pub use native::{Interval, Timeout};

/// Calls `then` once, after this many milliseconds, even if the caller is gone. To tie the call to
/// something's lifetime, keep a [`Timeout`] there instead, which is cancelled when it is dropped.
pub fn after(millis: u32, then: impl FnOnce() + 'static) {
    Timeout::new(millis, then).forget();
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    /// Like `gloo_timers::callback::Timeout`, but never calls anything.
    #[derive(Debug)]
    #[must_use = "a timeout is cancelled when it is dropped"]
    pub struct Timeout(());

    impl Timeout {
        /// Calls nothing.
        pub fn new(_millis: u32, _then: impl FnOnce() + 'static) -> Self {
            Self(())
        }

        /// Does nothing.
        pub fn forget(self) {}

        /// Does nothing.
        pub fn cancel(self) {}
    }

    /// Like `gloo_timers::callback::Interval`, but never calls anything.
    #[derive(Debug)]
    #[must_use = "an interval is cancelled when it is dropped"]
    pub struct Interval(());

    impl Interval {
        /// Calls nothing.
        pub fn new(_millis: u32, _each: impl FnMut() + 'static) -> Self {
            Self(())
        }

        /// Does nothing.
        pub fn forget(self) {}

        /// Does nothing.
        pub fn cancel(self) {}
    }
}

//! Timers. Natively, where pages are only rendered, no time passes: nothing is called there.

#[cfg(target_arch = "wasm32")]
pub use gloo_timers::callback::{Interval, Timeout};

#[cfg(not(target_arch = "wasm32"))]
pub use native::{Interval, Timeout};

/// Calls `then` once, after so many milliseconds, whatever becomes of the caller. Where the call makes no sense any
/// more once something is gone, keep a [`Timeout`] there instead, which is cancelled when it is dropped.
pub fn after(millis: u32, then: impl FnOnce() + 'static) {
    Timeout::new(millis, then).forget();
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    /// As `gloo_timers::callback::Timeout`, but never calls anything.
    #[derive(Debug)]
    #[must_use = "a timeout is cancelled when it is dropped"]
    pub struct Timeout(());

    impl Timeout {
        /// Calls nothing.
        pub fn new(_millis: u32, _then: impl FnOnce() + 'static) -> Self {
            Self(())
        }

        /// Leaves it to itself.
        pub fn forget(self) {}

        /// Ends it.
        pub fn cancel(self) {}
    }

    /// As `gloo_timers::callback::Interval`, but never calls anything.
    #[derive(Debug)]
    #[must_use = "an interval is cancelled when it is dropped"]
    pub struct Interval(());

    impl Interval {
        /// Calls nothing.
        pub fn new(_millis: u32, _each: impl FnMut() + 'static) -> Self {
            Self(())
        }

        /// Leaves it to itself.
        pub fn forget(self) {}

        /// Ends it.
        pub fn cancel(self) {}
    }
}

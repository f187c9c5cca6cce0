//! Wiring: which screen a route shows, and what all of them are given.

/// Puts the app onto the page.
#[cfg(feature = "csr")]
pub fn mount() {}

//! The screens, a file each.

pub mod front;
pub mod live;
#[cfg(feature = "ssr")]
pub mod older;
pub mod section;
pub mod settings;
pub mod shelf;
pub mod story;

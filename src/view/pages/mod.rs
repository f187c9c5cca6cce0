//! The screens, a file each.

pub mod front;
pub mod live;
pub mod section;
pub mod settings;
pub mod shelf;
pub mod story;

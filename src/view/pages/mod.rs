//! The screens, a file each.

pub mod front;
pub mod section;
pub mod story;

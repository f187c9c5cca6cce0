//! The screens, one file each.

pub mod article;
pub mod front;

pub mod live_archive;
pub mod not_found;
pub mod section;
pub mod story;

//! The screens, one file each.

pub mod article;
pub mod continue_reading;
pub mod front;
pub mod history;
pub mod live;
pub mod live_archive;
pub mod not_found;
pub mod saved;
pub mod section;
pub mod settings;
pub mod story;

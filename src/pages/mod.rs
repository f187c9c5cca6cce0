//! The screens, one file each.

#![allow(clippy::needless_pass_by_value, reason = "components own their props")]

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

//! What tests in browsers share: a static host with faults to order ([`site`]), browsers driven over WebDriver
//! ([`browser`]), and what their readers have left in them ([`kept`]).
//!
//! `cargo xtask test` builds the reader and tells this crate, by environment variables, where it is and
//! which browsers there are.

pub mod browser;
pub mod kept;
pub mod site;

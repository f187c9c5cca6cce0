//! What tests in browsers share: a static host with faults to order ([`site`]), and browsers driven over
//! WebDriver ([`browser`]).
//!
//! `cargo xtask test` builds the reader and tells this crate, by environment variables, where it is and
//! which browsers there are.

pub mod browser;
pub mod site;

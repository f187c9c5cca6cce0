//! What tests in browsers share: a static host with faults to order ([`site`]), browsers driven over WebDriver
//! ([`browser`]) and the processes that they are ([`process`]), and what their readers have left in them ([`kept`]).
//!
//! `cargo xtask test` builds the reader and tells this crate, by environment variables, where it is and
//! which browsers there are.

mod answers;
pub mod browser;
pub mod kept;
pub mod process;
pub mod site;

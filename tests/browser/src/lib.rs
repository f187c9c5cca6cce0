//! Shared by all browser tests: a static host with faults ([`site`]), browsers driven over WebDriver
//! ([`browser`]) and their processes ([`process`]), and stored reading state ([`kept`]).
//!
//! `cargo xtask test` builds the reader, and sets environment variables with its folder and the available
//! browsers.

mod answers;
pub mod browser;
pub mod kept;
pub mod process;
pub mod site;

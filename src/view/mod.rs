//! What is on the screen: pages, and the parts that they share.
//!
//! A part is a plain function from content to [`html::Node`]; it binds, and decides nothing that a function
//! elsewhere could decide. The same functions run natively (feature `ssr`), where they render to HTML.

pub mod acting;
pub mod asking;
pub mod corner;
pub mod following;
pub mod html;
pub mod install;
pub mod keeping;
pub mod keys;
pub mod later;
pub mod library;
pub mod load;
pub mod navigation;
pub mod noting;
pub mod offline;
pub mod opened;
pub mod own;
pub mod pages;
pub mod parts;

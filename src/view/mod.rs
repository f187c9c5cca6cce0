//! What is on the screen: pages, and the parts that they share.
//!
//! A part is a plain function from content to [`html::Node`]; it binds, and decides nothing that a function
//! elsewhere could decide. The same functions run natively (feature `ssr`), where they render to HTML.

pub mod html;
pub mod library;
pub mod load;
pub mod navigation;
pub mod pages;
pub mod parts;

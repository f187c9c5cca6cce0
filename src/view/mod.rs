//! What is on the screen: pages, and the parts that they share.
//!
//! Components bind content to elements and decide nothing that a plain function could. They compile
//! natively too (feature `ssr`), where they render to HTML.

#![allow(missing_docs, reason = "the macro makes a struct of each component, whose fields are its arguments")]

pub mod library;
pub mod load;
pub mod navigation;
pub mod pages;
pub mod parts;

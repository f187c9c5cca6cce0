//! Published pages: they can be read before the app is there and without it, and the app takes them over
//! unnoticed.

mod common;
mod pieces;
mod takeover;
mod without_javascript;

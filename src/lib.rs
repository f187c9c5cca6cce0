//! Dateline, a newspaper that is a folder. This page is the map of its code.
//!
//! ```text
//! foreign source ──convert──▶ Dateline JSON ──decode──▶ content (typed, immutable) ──▶ view
//! ```
//!
//! | room | holds | may use |
//! | --- | --- | --- |
//! | [`content`] | editions, stories and their text; decoding, dates | nothing here |
//! | `convert` | foreign formats in (text, Markdown, HTML, Content API) | `content` |
//! | [`follow`] | following live coverage: when to ask, what has come, what waits | `content` |
//! | [`reading`] | what a reader leaves behind: actions, marks, lists, preferences, how it is kept, backups | ids, text and JSON of `content` |
//! | [`route`] | the screens and their addresses | `content` |
//! | `browser` | the edge: fetch, history, clock, share; alone with `web_sys` and `js_sys` | nothing here |
//! | `view` | screens (`pages`) and what they share (`parts`); binds, decides nothing | `content`, `follow`, `reading`, `route`, `browser` |
//! | `app` | wiring | everything; nothing uses it |
//!
//! `tests/architecture.rs` enforces the last column. The desk, the publisher's command-line tool, is the
//! crate in `desk/`; developers' commands are in `xtask/`.

#[cfg(any(feature = "csr", feature = "ssr"))]
pub mod app;
#[cfg(feature = "view")]
pub mod browser;
pub mod content;
#[cfg(feature = "convert")]
pub mod convert;
pub mod follow;
pub mod reading;
pub mod route;
#[cfg(feature = "view")]
pub mod view;

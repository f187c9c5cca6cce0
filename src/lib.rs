//! Dateline, a newspaper that is a folder. This page is the map of its code.
//!
//! ```text
//! foreign source ──convert──▶ Dateline JSON ──decode──▶ content (typed, immutable, Arc) ──▶ components
//! reader's press ──Action──▶ ReadingStore ──▶ signals ──▶ components
//!                               └──▶ local storage ──(other tabs)──▶ merge
//! ```
//!
//! | room | holds | may use |
//! | --- | --- | --- |
//! | [`content`] | editions, stories and their text; decoding, dates | nothing here |
//! | `convert` | foreign formats in (text, Markdown, HTML, Content API); native only | `content` |
//! | [`follow`] | following a live blog: when to poll, what has come, what waits; pure state machines | `content` |
//! | [`reading`] | the reading state: actions, marks, lists, preferences, the save format, backups | `content` (ids and text) |
//! | [`route`] | the screens and their addresses | `content` |
//! | `browser` | the edge: requests, storage, scrolling, the service worker; alone with `web_sys` and `js_sys` | nothing here |
//! | `state` | signals and stores: what is loaded, the reading store, live feeds, navigation, notices | all of the above |
//! | `components` | what screens share, one file each | `state`, `browser`, `content`, `follow`, `reading`, `route` |
//! | `pages` | the screens, one file each | `components` and all that those may use |
//! | `app` | the context, what surrounds every screen, the start in the browser | everything; nothing uses it but `prerender` |
//! | `prerender` | pages as HTML, for publishing; native only | `app` |
//!
//! `tests/architecture.rs` enforces the last column. The desk, the publisher's command-line tool, is the crate in
//! `desk/`; developers' commands are in `xtask/`.
//!
//! One story's way to the screen: [`pages::story::StoryPage`] asks [`state::library::Library::story`], which asks
//! [`browser::fetch::bytes`] and [`content::decode::story`]; the result is a signal of
//! [`state::load::Load`], which [`components::load_view::LoadView`] shows.

// A page is one nested type, and where pages are rendered natively there is a future for each level of it.
#![recursion_limit = "256"]

#[cfg(all(feature = "csr", feature = "ssr"))]
compile_error!(
    "take `csr` (in the browser) or `ssr` (to HTML), never both: with both, keyed lists come out empty"
);

#[cfg(feature = "app")]
pub mod app;
#[cfg(feature = "app")]
pub mod browser;
#[cfg(feature = "app")]
pub mod components;
pub mod content;
#[cfg(feature = "convert")]
pub mod convert;
pub mod follow;
#[cfg(feature = "app")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod prerender;
pub mod reading;
pub mod route;
#[cfg(feature = "app")]
pub mod state;

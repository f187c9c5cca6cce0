//! Signals and stores: the only room that turns events into signals.
//!
//! Each module is one concern. Each may use those that stand above it:
//!
//! | module | holds |
//! | --- | --- |
//! | [`load`] | the states of something that is being loaded |
//! | [`clock`] | the time, as a signal |
//! | [`notices`] | messages at the bottom of the screen |
//! | [`navigation`], [`arrival`] | which screen is shown, and arriving at it |
//! | [`polling`] | asking the host again and again |
//! | [`library`] | the edition and the stories that this tab has loaded |
//! | [`reading_store`], [`snapshot`], [`storage_problem`] | the reading state: storage, and sync between tabs |
//! | [`offline`] | copies for reading without a network |
//! | [`actions`] | what readers do to stories: save, mark read, follow, undo |
//! | [`story_listing`] | a list of the reader's stories: what is shown, what is selected |
//! | [`reading_progress`] | position in a story, and reaching its end |
//! | [`live_feed`] | a live blog that is being followed |
//! | [`connection`] | online and offline, newer versions of the app |
//! | [`appearance`], [`commands`], [`install`], [`launch`] | preferences on the page, keyboard shortcuts, the offer to install, share target |

pub mod actions;
pub mod appearance;
pub mod arrival;
pub mod clock;
pub mod commands;
pub mod connection;
pub mod install;
pub mod keys;
pub mod launch;
pub mod library;
pub mod live_feed;
pub mod load;
pub mod navigation;
pub mod notices;
pub mod offline;
pub mod polling;
pub mod reading_progress;
pub mod reading_store;
pub mod snapshot;
pub mod storage_problem;
pub mod story_listing;

use leptos::prelude::*;
use leptos::task::spawn_local;

use actions::StoryActions;
use clock::Clock;
use library::Library;
use navigation::Navigation;
use notices::Notices;
use offline::OfflineCopies;
use reading_store::ReadingStore;

use crate::reading::lists::Wanted;

/// What every component finds in the context.
#[derive(Clone, Copy)]
pub struct AppContext {
    /// The edition and the stories that have been loaded.
    pub library: Library,
    /// The screen that is shown, and the ways to others.
    pub navigation: Navigation,
    /// Read marks, positions, saved stories, preferences.
    pub reading: ReadingStore,
    /// Messages at the bottom of the screen.
    pub notices: Notices,
    /// Copies for reading without a network.
    pub offline: OfflineCopies,
    /// What readers do to stories.
    pub actions: StoryActions,
    /// The time, and the zone in which times are told.
    pub clock: Clock,
    /// Whether the saved stories are narrowed to those that are unread. A keyboard shortcut changes it.
    pub unread_only: RwSignal<bool>,
    /// What is looked for in saved stories, for as long as the tab is open.
    pub saved_search: RwSignal<Wanted>,
}

/// The context of the app. [`App`](crate::app::App) provides it, natively too.
#[must_use]
pub fn use_app() -> AppContext {
    expect_context()
}

/// Runs `then` once the page shows what the signals say by now.
///
/// Effects that a signal has woken are queued when it is set, so a task that is spawned afterwards runs after them.
pub fn after_render(then: impl FnOnce() + 'static) {
    spawn_local(async move { then() });
}

//! Commands: what keyboard shortcuts do.

use leptos::prelude::*;

use super::AppContext;
use super::keys::{self, Command, Keys, Screen};
use super::notices::Notice;
use super::snapshot::snapshot_of_teaser;
use crate::browser::{clock, focus, keyboard};
use crate::content::StoryId;
use crate::reading::{StorySnapshot, StoryState};
use crate::route::Route;

/// What keys go to and from: stories on a list, updates in a stream.
const STOPS: &str = ".teaser h3 a, .kept h2 a, .kept h3 a, [role=feed] article[id]";
/// The attribute of an element that stands for a story.
const STORY: &str = "data-story";
/// The field that searches in saved stories.
const SEARCH: &str = "#saved-words";
/// How long a message about what a key did stays, in milliseconds.
const SAID_FOR: u32 = 4_000;

/// Does what keys ask for, as long as the page lives and the reader wants shortcuts.
pub fn start(app: AppContext) {
    let commands = Commands { app };
    let pressed = StoredValue::new(Keys::default());
    let preferences = app.reading.preferences();
    let listener = keyboard::on_key(move |key| {
        if !preferences.get_untracked().shortcuts && key != keys::DISMISS {
            return false;
        }
        let command = pressed.try_update_value(|keys| keys.press(key, clock::now())).flatten();
        command.is_some_and(|command| commands.run(command))
    });
    StoredValue::new_local(listener);
}

#[derive(Clone, Copy)]
struct Commands {
    app: AppContext,
}

impl Commands {
    /// Does what a key asks for; whether there was something to do.
    fn run(self, command: Command) -> bool {
        let AppContext { actions, navigation, .. } = self.app;
        match command {
            Command::Next => focus::focus_neighbour(STOPS, false),
            Command::Previous => focus::focus_neighbour(STOPS, true),
            Command::Open => return focus::click_focused(STOPS),
            Command::Mark => return self.story().map(|story| actions.toggle_read(story)).is_some(),
            Command::Save => {
                let Some((story, snapshot)) =
                    self.story().and_then(|story| Some((story.clone(), self.snapshot(&story)?)))
                else {
                    return false;
                };
                let was_saved = self.app.reading.is_saved(&story);
                actions.toggle_saved(story, snapshot);
                if !was_saved {
                    self.app.notices.show(Notice::new("Saved.").lasting(SAID_FOR));
                }
            }
            Command::UnreadOnly => return self.toggle_unread_only(),
            Command::Go(screen) => {
                let route = match screen {
                    Screen::Home => Route::Front,
                    Screen::Saved => Route::Saved,
                    Screen::Continue => Route::Continue,
                };
                return navigation.go(&navigation.address(&route));
            }
            Command::Search => {
                if !focus::focus(SEARCH) {
                    return navigation.go(&format!("{}{SEARCH}", navigation.address(&Route::Saved)));
                }
            }
            Command::Dismiss => return self.app.notices.dismiss_newest(),
            Command::Help => {
                return navigation.go(&format!("{}#keys", navigation.address(&Route::Settings)));
            }
        }
        true
    }

    fn toggle_unread_only(self) -> bool {
        let navigation = self.app.navigation;
        let other = match navigation.current_route() {
            Route::Section(id) => Route::Unread(id),
            Route::Unread(id) => Route::Section(id),
            Route::Saved => {
                self.app.unread_only.update(|unread_only| *unread_only = !*unread_only);
                return true;
            }
            _ => return false,
        };
        navigation.go(&navigation.address(&other))
    }

    /// The story that a key is meant for: the one that has the focus on a list, or the one that is open.
    fn story(self) -> Option<StoryId> {
        let focused = focus::focused(STORY).and_then(|id| StoryId::parse(&id));
        focused.or_else(|| match self.app.navigation.current_route() {
            Route::Story(id) => Some(id),
            _ => None,
        })
    }

    /// What is known of a story: by its teaser, or from before.
    fn snapshot(self, story: &StoryId) -> Option<StorySnapshot> {
        let known = self
            .app
            .reading
            .with_untracked(|reading| reading.story_state(story).and_then(StoryState::snapshot));
        let edition = self.app.library.known_edition();
        let here =
            edition.as_ref().and_then(|edition| edition.teasers().find(|(_, teaser)| teaser.id == *story));
        match here {
            Some((section, teaser)) => Some(snapshot_of_teaser(teaser, section, known)),
            None => known,
        }
    }
}

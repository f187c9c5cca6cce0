//! What runs beside every screen once the reader's own is there: how they want the page to look, which keys do what,
//! notices, the service worker, the offer to install.

use std::cell::RefCell;

use reactive_graph::effect::Effect;
use reactive_graph::owner::provide_context;

use super::acting::Acting;
use super::html::{Node, dynamic, many, nothing};
use super::install;
use super::keeping::{Keeping, facts_of_teaser};
use super::keys::{Command, Keys, Screen};
use super::library::Library;
use super::navigation::Navigation;
use super::offline::offline;
use super::opened::opened;
use super::parts::notices::{Notice, Notices};
use crate::browser::{clock, page, place};
use crate::content::StoryId;
use crate::reading::{Preferences, StorySnapshot, StoryState, Theme, Typeface, Width};
use crate::route::Route;

/// What keys go to and from: stories on a list, updates in a stream.
const STOPS: &str = ".teaser h3 a, .kept h2 a, .kept h3 a, [role=feed] article[id]";
/// The field that searches in what is saved.
const SEARCH: &str = "#saved-words";
/// What narrows what is saved to what is unread.
const UNREAD_ONLY: &str = "[name=unread]";

/// Begins: everything that acts on what the reader keeps finds it from now on in the context.
pub fn start(library: Library) {
    let keeping = Keeping::start(&library.base());
    let acting = Acting::new(keeping.clone(), library, Notices::default());
    provide_context(keeping.clone());
    provide_context(acting.clone());
    install::start(&acting.library.base(), &keeping, &acting.notices);
    follow(&acting);
}

/// What of it stands on the page.
#[must_use]
pub fn corner(navigation: Navigation) -> Option<Node> {
    let acting = Acting::here()?;
    // Together with what it is for: what was published may be on the screen still while this part begins.
    for css in [include_str!("../../style/shelf.css"), include_str!("../../style/notices.css")] {
        page::add_style("things", css);
    }
    follow_keys(&acting, navigation);
    // The page may be on its way into the document in this very moment; and to look where the reader is has all of it
    // laid out, which it is by itself for the next frame.
    clock::after(0, || place::hold("main"));
    let Acting { keeping, library, notices, .. } = acting.clone();
    let edition = library.edition();
    // What is kept of stories that it no longer has may go where there is no room.
    let present = dynamic(move || {
        if let Some(edition) = edition.get().loaded() {
            keeping.set_edition(edition);
        }
        nothing()
    });
    Some(many([
        notices.stack(),
        offline(library, &notices, move || acting.repair()),
        opened(library, navigation, notices),
        present,
    ]))
}

/// Follows how the reader wants things, and what they should know of what is kept.
fn follow(acting: &Acting) {
    let keeping = acting.keeping.clone();
    Effect::new(move || look(&keeping.preferences()));
    let told = acting.clone();
    Effect::new(move || {
        for notice in told.keeping.take_notices() {
            told.notices.show(Notice::saying(notice.words()));
        }
    });
}

/// Does what keys ask for.
fn follow_keys(acting: &Acting, navigation: Navigation) {
    let acting = acting.clone();
    let keys = RefCell::new(Keys::default());
    page::on_key(move |key| {
        let wanted = acting.keeping.look(|reading| reading.preferences().shortcuts);
        let command = if wanted { keys.borrow_mut().press(key, clock::now()) } else { None };
        command.is_some_and(|command| obey(command, &acting, navigation))
    });
}

/// Has the page look as the reader wants it: the stylesheet knows these attributes. They are kept for the next page as
/// well, which takes them on before it is painted.
fn look(wanted: &Preferences) {
    let number = |percent: u32| if percent == 100 { String::new() } else { percent.to_string() };
    let (text, leading) = (number(wanted.text_size), number(wanted.line_height));
    let width = match wanted.width {
        Width::Narrow => "narrow",
        Width::Normal => "",
        Width::Wide => "wide",
    };
    let face = match wanted.typeface {
        Typeface::Serif => "",
        Typeface::Sans => "sans",
        Typeface::System => "system",
    };
    let theme = match wanted.theme {
        Theme::System => "",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let all = [
        ("data-text", text.as_str()),
        ("data-leading", &leading),
        ("data-width", width),
        ("data-face", face),
        ("data-theme", theme),
    ];
    for (name, value) in all {
        page::set_on_root(name, value);
    }
    page::keep_look();
}

/// Does what a key asks for; whether there was something to do.
fn obey(command: Command, acting: &Acting, navigation: Navigation) -> bool {
    match command {
        Command::Next => page::focus_neighbour(STOPS, false),
        Command::Previous => page::focus_neighbour(STOPS, true),
        Command::Open => return page::press_focused(STOPS),
        Command::Mark => return story(navigation).map(|story| acting.toggle_read(story)).is_some(),
        Command::Save => {
            let Some((story, facts)) =
                story(navigation).and_then(|story| Some((story.clone(), facts(acting, &story)?)))
            else {
                return false;
            };
            let was_saved = acting.is_saved(&story);
            acting.toggle_saved(story, facts);
            if !was_saved {
                acting.notices.show(Notice::saying("Saved.").lasting(SAID_FOR));
            }
        }
        Command::UnreadOnly => {
            let other = match navigation.known_route() {
                Route::Section(id) => Route::Unread(id),
                Route::Unread(id) => Route::Section(id),
                Route::Saved => return page::press(UNREAD_ONLY),
                _ => return false,
            };
            return navigation.follow(&navigation.address(&other));
        }
        Command::Go(screen) => {
            let route = match screen {
                Screen::Home => Route::Front,
                Screen::Saved => Route::Saved,
                Screen::Continue => Route::Continue,
            };
            return navigation.follow(&navigation.address(&route));
        }
        Command::Search => {
            if !page::focus(SEARCH) {
                return navigation.follow(&format!("{}{SEARCH}", navigation.address(&Route::Saved)));
            }
        }
        Command::Help => {
            let keys = format!("{}#keys", navigation.address(&Route::Settings));
            return navigation.follow(&keys);
        }
    }
    true
}

/// How long a word of what a key did stays, in milliseconds.
const SAID_FOR: i32 = 4_000;

/// The story that a key is meant for: the one that has the focus on a list, or the one that is open.
fn story(navigation: Navigation) -> Option<StoryId> {
    let focused = page::focused("data-story").and_then(|id| StoryId::parse(&id));
    focused.or_else(|| match navigation.known_route() {
        Route::Story(id) => Some(id),
        _ => None,
    })
}

/// What is known of a story: by its teaser, or from before.
fn facts(acting: &Acting, story: &StoryId) -> Option<StorySnapshot> {
    let known = acting.keeping.look(|reading| reading.story_state(story).and_then(StoryState::snapshot));
    let edition = acting.library.loaded_edition();
    let here = edition.as_ref().and_then(|edition| edition.teasers().find(|(_, teaser)| teaser.id == *story));
    match here {
        Some((section, teaser)) => Some(facts_of_teaser(teaser, section, known)),
        None => known,
    }
}

//! What the address says that the app was opened at, beside the screen: an address that was shared with the
//! installed app, and the way to what is live. `public/manifest.webmanifest` names them.

use reactive_graph::owner::StoredValue;
use reactive_graph::prelude::*;

use super::html::{Node, dynamic, nothing};
use super::library::Library;
use super::navigation::Navigation;
use super::parts::notices::{Notice, Notices};
use crate::browser::history;
use crate::content::{Edition, StoryId};
use crate::route::{self, Route};

/// How long a word stays that nothing was found, in milliseconds.
const LASTS: i32 = 10_000;

/// What the app was opened for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    /// The story at an address that was shared with it. Some systems put the address among the words.
    Shared(String),
    /// What is live.
    Live,
}

impl Wanted {
    fn read() -> Option<Self> {
        let mut shared = String::new();
        for name in ["url", "text", "title"] {
            shared.push_str(&history::query(name).unwrap_or_default());
            shared.push(' ');
        }
        match history::query("live") {
            Some(_) => Some(Self::Live),
            None if shared.bytes().all(|byte| byte == b' ') => None,
            None => Some(Self::Shared(shared)),
        }
    }

    /// The story to go to; else why there is none.
    fn found(&self, edition: &Edition, base: &str) -> Result<StoryId, &'static str> {
        match self {
            Self::Shared(words) => route::shared_story(edition, base, words)
                .ok_or("This newspaper has no story at the address that you shared with it."),
            Self::Live => live(edition).ok_or("Nothing is live at the moment."),
        }
    }
}

/// The live story that the editor put first.
fn live(edition: &Edition) -> Option<StoryId> {
    edition.teasers().find(|(_, teaser)| teaser.is_live()).map(|(_, teaser)| teaser.id.clone())
}

/// Goes where the app was opened for, as soon as the edition tells where that is; and from now on wherever the
/// system opens it at while it is open. Nothing to be seen, but to be on the page.
#[must_use]
pub fn opened(library: Library, navigation: Navigation, notices: Notices) -> Node {
    let base = library.base();
    // What is asked is behind the path.
    let is_front = |address: &str| {
        history::below(&base, address).is_some_and(|(path, _)| path.is_empty() || path.starts_with('?'))
    };
    let wanted = Wanted::read().filter(|_| is_front(&history::here()));
    let own = base.clone();
    history::on_launch(move |address| {
        // At the front page, and with no question, it is opened to be gone on with as it is.
        let as_it_is = history::below(&own, address).is_none_or(|(path, _)| path.is_empty());
        if address.contains('?') || !as_it_is {
            history::go(address);
        }
    });
    let wanted = StoredValue::new(wanted);
    let edition = library.edition();
    dynamic(move || {
        let edition = edition.get();
        let found = edition.loaded().and_then(|edition| {
            let wanted = wanted.try_update_value(Option::take)??;
            Some(wanted.found(edition, &base))
        });
        match found {
            Some(Ok(story)) => drop(navigation.follow(&navigation.address(&Route::Story(story)))),
            Some(Err(words)) => drop(notices.show(Notice::saying(words).lasting(LASTS))),
            None => {}
        }
        nothing()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::decode;

    fn edition() -> Edition {
        let edition = br#"{"version": 1, "publication": {"name": "P"}, "sections": [{"id": "s", "name": "S", "teasers": [
            {"id": "a", "kind": "article", "headline": "A", "published": "2026-01-01T00:00:00Z"},
            {"id": "b", "kind": "live", "headline": "B", "published": "2026-01-01T00:00:00Z"},
            {"id": "c", "kind": "live", "headline": "C", "published": "2026-01-01T00:00:00Z"}]}]}"#;
        decode::edition(edition).unwrap().value
    }

    #[test]
    fn what_is_wanted_is_found_or_told_to_be_missing() {
        let found =
            |wanted: Wanted| wanted.found(&edition(), "https://p.example/").ok().map(|id| id.to_string());
        assert_eq!(found(Wanted::Live).as_deref(), Some("b"));
        assert_eq!(found(Wanted::Shared("https://p.example/story/a/".to_owned())).as_deref(), Some("a"));
        assert_eq!(found(Wanted::Shared("https://elsewhere.example/".to_owned())), None);
        let ended = Edition { sections: Vec::new(), ..edition() };
        assert!(Wanted::Live.found(&ended, "").is_err_and(|words| words.ends_with('.')));
    }
}

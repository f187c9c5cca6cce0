//! Launching: what the address says that the app was opened for, beside the screen: an address that was shared with the
//! installed app, or the way to live coverage. `public/manifest.webmanifest` names both.

use leptos::prelude::*;

use super::AppContext;
use super::notices::Notice;
use crate::browser::history;
use crate::content::{Edition, StoryId};
use crate::route::{self, Route};

/// How long a word stays that nothing was found, in milliseconds.
const LASTS: u32 = 10_000;

/// What the app was opened for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum LaunchRequest {
    /// The story at an address that was shared with it. Some systems put the address among the words.
    Shared(String),
    /// What is live.
    Live,
}

impl LaunchRequest {
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

/// Goes where the app was opened for, as soon as the edition tells where that is; and from now on wherever the system
/// opens it while it is open.
pub fn start(app: AppContext) {
    let base = app.library.base();
    // The request stands behind the path.
    let is_front = |address: &str| {
        history::below(&base, address).is_some_and(|(path, _)| path.is_empty() || path.starts_with('?'))
    };
    let request = LaunchRequest::read().filter(|_| is_front(&history::here()));
    let own = base.clone();
    history::on_launch(move |address| {
        // Opened at the front page with no request, it goes on as it is.
        let as_it_is = history::below(&own, address).is_none_or(|(path, _)| path.is_empty());
        if address.contains('?') || !as_it_is {
            history::go(address);
        }
    });
    let request = StoredValue::new(request);
    Effect::new(move || {
        let Some(edition) = app.library.loaded_edition() else { return };
        let Some(request) = request.try_update_value(Option::take).flatten() else { return };
        match request.found(&edition, &base) {
            Ok(story) => {
                let address = app.navigation.address(&Route::Story(story));
                app.navigation.go(&address);
            }
            Err(words) => {
                app.notices.show(Notice::new(words).lasting(LASTS));
            }
        }
    });
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
        let found = |wanted: LaunchRequest| {
            wanted.found(&edition(), "https://p.example/").ok().map(|id| id.to_string())
        };
        assert_eq!(found(LaunchRequest::Live).as_deref(), Some("b"));
        assert_eq!(
            found(LaunchRequest::Shared("https://p.example/story/a/".to_owned())).as_deref(),
            Some("a")
        );
        assert_eq!(found(LaunchRequest::Shared("https://elsewhere.example/".to_owned())), None);
        let ended = Edition { sections: Vec::new(), ..edition() };
        assert!(LaunchRequest::Live.found(&ended, "").is_err_and(|words| words.ends_with('.')));
    }
}

//! The screens and their addresses: `parse` and `href` side by side. No address of a screen is written
//! anywhere else.
//!
//! Addresses are relative to the base of the publication (the page's `<base>`), so that the same files
//! work at a root and in any sub-folder. They end in `/`, because every route has a file of its own,
//! `…/index.html`, and that is the one form of address that all static hosts answer without a rule.

use crate::content::live::PostNumber;
use crate::content::{Edition, Href, PageName, SectionId, StoryId};

/// A screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The front page.
    Front,
    /// The stories of a section.
    Section(SectionId),
    /// Those of them that the reader has not read.
    Unread(SectionId),
    /// A story.
    Story(StoryId),
    /// The stories that the reader has saved.
    Saved,
    /// The stories that the reader has begun.
    Continue,
    /// What the reader has read.
    History,
    /// What the reader has set.
    Settings,
    /// An address that leads nowhere.
    Unknown,
}

impl Route {
    /// The screens that every publication has, whatever is in its edition.
    #[must_use]
    pub fn always() -> [Self; 5] {
        [Self::Front, Self::Saved, Self::Continue, Self::History, Self::Settings]
    }

    /// Whether what is on the screen is the reader's own, and on their device alone.
    #[must_use]
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Saved | Self::Continue | Self::History | Self::Settings)
    }

    /// The screen at `path`, which is relative to the base and has no fragment.
    #[must_use]
    pub fn parse(path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path = path.trim_matches('/');
        let path = if path == "index.html" { "" } else { path.strip_suffix("/index.html").unwrap_or(path) };
        let found = match path.split_once('/') {
            None if path.is_empty() || path == "." => Some(Self::Front),
            None => match path {
                "saved" => Some(Self::Saved),
                "continue" => Some(Self::Continue),
                "history" => Some(Self::History),
                "settings" => Some(Self::Settings),
                _ => None,
            },
            Some(("section", id)) => {
                SectionId::parse(id).map(if query == UNREAD { Self::Unread } else { Self::Section })
            }
            Some(("story", id)) => {
                // A page of older posts has a number behind the story.
                let of = id.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix('/').unwrap_or(id);
                StoryId::parse(of).map(Self::Story)
            }
            _ => None,
        };
        found.unwrap_or(Self::Unknown)
    }

    /// The address of the screen, relative to the base.
    #[must_use]
    pub fn href(&self) -> String {
        match self {
            Self::Front | Self::Unknown => "./".to_owned(),
            Self::Section(id) => format!("section/{id}/"),
            Self::Unread(id) => format!("section/{id}/?{UNREAD}"),
            Self::Story(id) => format!("story/{id}/"),
            Self::Saved => "saved/".to_owned(),
            Self::Continue => "continue/".to_owned(),
            Self::History => "history/".to_owned(),
            Self::Settings => "settings/".to_owned(),
        }
    }

    /// The address of a post of a live blog, relative to the base.
    #[must_use]
    pub fn post_href(id: &StoryId, post: PostNumber) -> String {
        format!("story/{id}/#{post}")
    }

    /// The address of a story that leads to where the reader left it, relative to the base.
    #[must_use]
    pub fn resume_href(id: &StoryId) -> String {
        format!("story/{id}/#{RESUME}")
    }

    /// The address of a page of a live blog's older posts, relative to the base: the oldest ones are on page 1. There is
    /// no screen for it in the app, which shows the live blog there.
    #[must_use]
    pub fn older_href(id: &StoryId, page: u32) -> String {
        format!("story/{id}/{page}/")
    }

    /// The way from such a page back to the base.
    pub const OLDER_TO_BASE: &str = "../../../";

    /// The way from the screen back to the base, for the `<base>` of its file.
    #[must_use]
    pub fn to_base(&self) -> &'static str {
        match self {
            Self::Front | Self::Unknown => "./",
            Self::Section(_) | Self::Unread(_) | Self::Story(_) => "../../",
            Self::Saved | Self::Continue | Self::History | Self::Settings => "../",
        }
    }
}

/// The story that an address shared with an installed app leads to: one of this publication's own addresses, or
/// one whose path names a story of the edition, as those of the publisher's own site mostly do. `shared` may have
/// words around the address, since some systems hand both over together.
#[must_use]
pub fn shared_story(edition: &Edition, base: &str, shared: &str) -> Option<StoryId> {
    shared.split([' ', '\n']).find_map(|address| {
        let end = address.find(['?', '#']).unwrap_or(address.len());
        let address = address.get(..end)?;
        if let Some(Route::Story(id)) = address.strip_prefix(base).map(Route::parse) {
            return Some(id);
        }
        // Up to the colon it is the scheme, and up to the next slash the host.
        let (_, rest) = address.split_once(':')?;
        let (_, path) = rest.strip_prefix("//")?.split_once('/')?;
        path.rsplit('/').find_map(|part| {
            let name = part.split_once('.').map_or(part, |(name, _)| name);
            [part, name].into_iter().filter_map(StoryId::parse).find(|id| edition.teaser(id).is_some())
        })
    })
}

/// The fragment of a story's address that leads to where the reader left it.
pub const RESUME: &str = "resume";

/// The question in an address for unread stories alone.
const UNREAD: &str = "unread";

/// Where the edition is, relative to the base.
const EDITION: &str = "edition/";

/// Where a published page keeps its story: the id of an element with Dateline JSON in it.
pub const STORY_IN_PAGE: &str = "dateline-story";

/// The address of the edition's own file, relative to the base.
#[must_use]
pub fn edition_file() -> String {
    format!("{EDITION}edition.json")
}

/// The address of a story's file, relative to the base.
#[must_use]
pub fn story_file(id: &StoryId) -> String {
    format!("{EDITION}stories/{id}.json")
}

/// The address of a file of a live blog's older posts, relative to the base.
#[must_use]
pub fn live_file(id: &StoryId, name: &PageName) -> String {
    format!("{EDITION}stories/{id}/{name}.json")
}

/// An address that stands in the edition, as the page has to write it: what is relative counts from the
/// edition's folder there, and from the base here.
#[must_use]
pub fn in_edition(href: &Href) -> String {
    if href.is_relative() && !href.as_str().starts_with('/') {
        format!("{EDITION}{}", href.as_str())
    } else {
        href.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn story(id: &str) -> Route {
        Route::Story(StoryId::parse(id).unwrap())
    }

    #[test]
    fn each_screen_has_one_address() {
        let table = [
            ("./", Route::Front),
            ("section/world/", Route::Section(SectionId::parse("world").unwrap())),
            ("story/ferry-returns/", story("ferry-returns")),
            ("section/world/?unread", Route::Unread(SectionId::parse("world").unwrap())),
            ("saved/", Route::Saved),
            ("continue/", Route::Continue),
            ("history/", Route::History),
            ("settings/", Route::Settings),
        ];
        for (href, route) in table {
            assert_eq!(route.href(), href);
            assert_eq!(Route::parse(href), route);
        }
    }

    #[test]
    fn hosts_write_the_same_address_in_several_ways() {
        for path in ["story/a", "story/a/", "story/a/index.html", "/story/a/"] {
            assert_eq!(Route::parse(path), story("a"), "{path}");
        }
        for path in
            [&Route::older_href(&StoryId::parse("a").unwrap(), 17), "story/a/3", "story/a/3/index.html"]
        {
            assert_eq!(Route::parse(path), story("a"), "{path}");
        }
        assert_eq!(Route::parse("story/2026/"), story("2026"));
        for path in ["", "/", "./", "index.html", "/index.html"] {
            assert_eq!(Route::parse(path), Route::Front, "{path}");
        }
    }

    #[test]
    fn what_is_no_screen_leads_nowhere() {
        for path in [
            "story",
            "story/",
            "story/a/b",
            "story/a/b/3/",
            "story/a/3b/",
            "story/a/3/3/",
            "story/..",
            "story/%2e%2e/",
            "Story/a/",
            "x",
            "story/a b",
            "section/é/",
            "a/b/c",
            "saved/a",
            "Saved",
            "shell",
        ] {
            assert_eq!(Route::parse(path), Route::Unknown, "{path}");
        }
    }

    #[test]
    fn a_shared_address_finds_its_story() {
        let edition = br#"{"version": 1, "publication": {"name": "P"}, "sections": [{"id": "s", "name": "S", "teasers": [
            {"id": "ferry-returns", "kind": "article", "headline": "H", "published": "2026-01-01T00:00:00Z"}]}]}"#;
        let edition = crate::content::decode::edition(edition).unwrap().value;
        let base = "https://news.example/daily/";
        let table = [
            ("https://news.example/daily/story/ferry-returns/", Some("ferry-returns")),
            ("https://news.example/daily/story/ferry-returns/?utm=1#part", Some("ferry-returns")),
            // Not in the edition any more, but it may be saved.
            ("https://news.example/daily/story/older/", Some("older")),
            ("https://paper.example/2026/01/ferry-returns", Some("ferry-returns")),
            ("https://paper.example/2026/ferry-returns.html", Some("ferry-returns")),
            ("https://paper.example/ferry-returns/amp/", Some("ferry-returns")),
            ("Read this: https://paper.example/ferry-returns", Some("ferry-returns")),
            ("https://paper.example/something-else", None),
            ("https://ferry-returns/", None),
            ("ferry-returns", None),
            ("", None),
            ("://", None),
            ("Two words: and\nhttps://paper.example/ferry-returns", Some("ferry-returns")),
        ];
        for (shared, story) in table {
            let found = shared_story(&edition, base, shared);
            assert_eq!(found.as_ref().map(StoryId::as_str), story, "{shared}");
        }
    }

    #[test]
    fn pictures_of_an_edition_are_found_from_every_screen() {
        let written = |text: &str| in_edition(&Href::resource(text).unwrap());
        assert_eq!(written("images/a.webp"), "edition/images/a.webp");
        assert_eq!(written("https://example.org/a.webp"), "https://example.org/a.webp");
        assert_eq!(written("//example.org/a.webp"), "//example.org/a.webp");
        assert_eq!(written("/a.webp"), "/a.webp");
    }

    proptest! {
        #[test]
        fn a_story_is_found_again(id in "[A-Za-z0-9_][A-Za-z0-9_.-]{0,119}") {
            let route = story(&id);
            prop_assert_eq!(Route::parse(&route.href()), route);
        }

        #[test]
        fn no_path_makes_it_panic(path in "\\PC{0,60}") {
            let _ = Route::parse(&path);
        }
    }
}

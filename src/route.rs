//! The screens and their addresses: `parse` and `href` side by side. No address of a screen is written
//! anywhere else.
//!
//! Addresses are relative to the base of the publication (the page's `<base>`), so that the same files
//! work at a root and in any sub-folder. They end in `/`, because every route has a file of its own,
//! `…/index.html`, and that is the one form of address that all static hosts answer without a rule.

use crate::content::{Href, SectionId, StoryId};

/// A screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The front page.
    Front,
    /// The stories of a section.
    Section(SectionId),
    /// A story.
    Story(StoryId),
    /// An address that leads nowhere.
    Unknown,
}

impl Route {
    /// The screen at `path`, which is relative to the base and has neither query nor fragment.
    #[must_use]
    pub fn parse(path: &str) -> Self {
        let path = path.trim_matches('/');
        let path = if path == "index.html" { "" } else { path.strip_suffix("/index.html").unwrap_or(path) };
        let found = match path.split_once('/') {
            None if path.is_empty() || path == "." => Some(Self::Front),
            Some(("section", id)) => SectionId::parse(id).map(Self::Section),
            Some(("story", id)) => StoryId::parse(id).map(Self::Story),
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
            Self::Story(id) => format!("story/{id}/"),
        }
    }

    /// The way from the screen back to the base, for the `<base>` of its file.
    #[must_use]
    pub fn to_base(&self) -> &'static str {
        match self {
            Self::Front | Self::Unknown => "./",
            Self::Section(_) | Self::Story(_) => "../../",
        }
    }
}

/// Where the edition is, relative to the base.
const EDITION: &str = "edition/";

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
            "story/..",
            "story/%2e%2e/",
            "Story/a/",
            "x",
            "story/a b",
            "section/é/",
            "a/b/c",
        ] {
            assert_eq!(Route::parse(path), Route::Unknown, "{path}");
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

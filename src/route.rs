//! The screens and their addresses: `parse` and `href` side by side. No address of a screen is written
//! anywhere else.
//!
//! Addresses are relative to the base of the publication (the page's `<base>`), so that the same files
//! work at a root and in any sub-folder. They end in `/`, because every route has a file of its own,
//! `…/index.html`, and that is the one form of address that all static hosts answer without a rule.

use crate::content::{SectionId, StoryId};

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
        for path in ["story", "story/", "story/a/b", "story/..", "story/%2e%2e/", "Story/a/", "x", "story/a b", "section/é/", "a/b/c"] {
            assert_eq!(Route::parse(path), Route::Unknown, "{path}");
        }
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

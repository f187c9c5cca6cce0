//! Loading the older posts of a live blog: pages of fifty that never change, and the indexes that name them.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{FEED, LiveFeed, later, selector};
use crate::browser::fetch::CachePolicy;
use crate::browser::{feed, focus, visibility};
use crate::content::live::PostNumber;
use crate::content::{LiveState, decode};
use crate::follow::{MissingFile, SectionNumber, section_of};
use crate::state::after_render;

/// A section may need an index and then a page, and both again where a cache has something else under their names.
const STEPS: u32 = 4;
/// What did not come is asked for again with the next head; where none is to come, after so many milliseconds.
const TRY_AGAIN: u32 = 30_000;
/// What marks a gap between the posts, with the number of its first one on the page.
pub(super) const GAP: &str = "data-gap";

/// How the posts of a gap are doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapStatus {
    /// Nobody has asked for them.
    Idle,
    /// They are on their way.
    Loading,
    /// They did not come.
    Failed,
}

impl GapStatus {
    /// What is said of it.
    #[must_use]
    pub fn message(self) -> Option<&'static str> {
        match self {
            Self::Idle => None,
            Self::Loading => Some("Loading…"),
            Self::Failed => Some("These updates could not be loaded. They are tried again."),
        }
    }
}

impl LiveFeed {
    /// How the posts of a gap are doing.
    #[must_use]
    pub fn gap_status(self, first: PostNumber, last: PostNumber) -> GapStatus {
        let sections = section_of(first)..=section_of(last);
        if self.loading.with(|loading| loading.range(sections.clone()).next().is_some()) {
            GapStatus::Loading
        } else if self.failed.with(|failed| failed.range(sections).next().is_some()) {
            GapStatus::Failed
        } else {
            GapStatus::Idle
        }
    }

    /// Loads the section of a post that is in a gap.
    pub fn load(self, post: PostNumber) {
        self.load_sections(vec![section_of(post)]);
    }

    pub(super) fn load_sections(self, sections: Vec<SectionNumber>) {
        spawn_local(async move {
            for number in sections {
                if self.is_over() {
                    return;
                }
                self.load_section(number).await;
            }
            if !self.is_over() {
                self.loaded();
            }
        });
    }

    /// Something has come.
    fn loaded(self) {
        // A reader whose focus was on a gap stands at its first post when that is there.
        let stood = focus::focused(GAP).and_then(|post| post.parse::<PostNumber>().ok());
        self.changed();
        if let Some(post) = stood {
            after_render(move || {
                if focus::focused(GAP).is_none() {
                    focus::focus(&selector(post));
                }
            });
        }
        self.lead_on(false);
        self.arrived();
    }

    /// Loads what brings a section up to date.
    async fn load_section(self, number: SectionNumber) {
        if self.loading.with_untracked(|loading| loading.contains(&number)) {
            return;
        }
        self.set_loading(number, true);
        // What is under such a name never changes, so any copy will do; but a cache may have something else there.
        let mut policy = CachePolicy::Immutable;
        for _ in 0..STEPS {
            let Some(Some(missing)) = self.look(|stream| stream.coverage().missing_file(number)) else {
                break;
            };
            let (MissingFile::Page(name) | MissingFile::Index(name)) = &missing;
            let id = self.story_untracked().id.clone();
            let Ok(bytes) = self.app.library.live_file(&id, name, policy).await else { break };
            if self.is_over() {
                return;
            }
            policy = match (self.take_file(&missing, &bytes), policy) {
                (true, _) => CachePolicy::Immutable,
                (false, CachePolicy::Immutable) => CachePolicy::Revalidate,
                (false, _) => break,
            };
        }
        let Some(is_new) = self.look(|stream| stream.coverage().missing_file(number).is_none()) else {
            return;
        };
        self.failed.update(|failed| {
            if is_new {
                failed.remove(&number);
            } else {
                failed.insert(number);
            }
        });
        self.set_loading(number, false);
        if !is_new {
            self.retry_later();
        }
    }

    fn set_loading(self, number: SectionNumber, is_loading: bool) {
        self.loading.update(|loading| {
            if is_loading {
                loading.insert(number);
            } else {
                loading.remove(&number);
            }
        });
        feed::set_busy(FEED, self.loading.with_untracked(|loading| !loading.is_empty()));
    }

    /// What did not come is tried again with each head. Coverage that is over has none to come.
    fn retry_later(self) {
        if self.look(|stream| stream.live().state) == Some(LiveState::Ended) {
            later(self, TRY_AGAIN, move || {
                if visibility::is_visible() {
                    self.retry_failed();
                } else {
                    self.retry_later();
                }
            });
        }
    }

    /// Tries again what did not come.
    pub(super) fn retry_failed(self) {
        let failed = self.failed.try_update(std::mem::take).unwrap_or_default();
        if !failed.is_empty() {
            self.load_sections(failed.into_iter().collect());
        }
    }

    /// Takes a page or an index; whether it could be read.
    fn take_file(self, missing: &MissingFile, bytes: &[u8]) -> bool {
        match missing {
            MissingFile::Page(_) => decode::page(bytes)
                .map(|page| self.change(|stream| (true, stream.take_posts(&page.value))))
                .is_ok(),
            MissingFile::Index(_) => decode::index(bytes)
                .map(|index| self.change(|stream| (true, stream.take_index(index.value))))
                .is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_says_what_becomes_of_it() {
        assert_eq!(GapStatus::Idle.message(), None);
        for status in [GapStatus::Loading, GapStatus::Failed] {
            assert!(status.message().is_some_and(|message| message.ends_with(['.', '…'])));
        }
    }
}

//! What readers do to stories (save, mark as read, follow): updates the reading store and the offline copies, says so
//! where that helps, and offers undo.

use std::borrow::Cow;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::library::Library;
use super::notices::{Notice, NoticeId, Notices, TIME_TO_UNDO};
use super::offline::{self, OfflineCopies, OfflineCopy, OfflineStatus};
use super::reading_store::ReadingStore;
use crate::browser::{clock, timer};
use crate::content::{StoryId, text};
use crate::reading::{Action, Change, Reading, State, StorySnapshot, StoryState};

/// After the time to undo is over, what can't be undone any more is made final this much later, in milliseconds.
const A_MOMENT: u32 = 1_000;
/// A notice has room for so many characters of a headline.
const HEADLINE_LENGTH: usize = 70;

/// What readers do to stories.
#[derive(Clone, Copy)]
pub struct StoryActions {
    library: Library,
    reading: ReadingStore,
    offline: OfflineCopies,
    notices: Notices,
    /// Whether what is missing of saved stories is being fetched.
    is_repairing: StoredValue<bool>,
    /// What the latest notice of marks can undo.
    latest_marks: StoredValue<Option<Marks>>,
    /// What the latest notice of removed stories can undo.
    latest_removed: StoredValue<Option<Marks>>,
}

/// What one notice can undo: the same act on one story after another.
struct Marks {
    notice: NoticeId,
    kind: MarkKind,
    changes: Vec<Change>,
}

/// What was done to each of several stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MarkKind {
    Read,
    Unread,
    Removed,
}

impl MarkKind {
    /// What is said of so many stories; of a single one with its headline.
    fn message(self, count: usize, headline: &str) -> String {
        let stories = if count == 1 { format!("“{headline}”") } else { format!("{count} stories") };
        let done = match self {
            Self::Read => "marked as read",
            Self::Unread => "marked as unread",
            Self::Removed => "removed from Saved",
        };
        format!("{stories} {done}.")
    }

    fn act(self, story: StoryId) -> Action {
        match self {
            Self::Read => Action::MarkedRead(vec![story]),
            Self::Unread => Action::KeptUnread(vec![story]),
            Self::Removed => Action::Unsaved(vec![story]),
        }
    }
}

impl StoryActions {
    /// Actions on these.
    #[must_use]
    pub fn new(library: Library, reading: ReadingStore, offline: OfflineCopies, notices: Notices) -> Self {
        Self {
            library,
            reading,
            offline,
            notices,
            is_repairing: StoredValue::new(false),
            latest_marks: StoredValue::new(None),
            latest_removed: StoredValue::new(None),
        }
    }

    /// Does something, says so, and offers to undo it.
    pub fn with_undo(self, act: Action, words: impl Into<Cow<'static, str>>) {
        let change = self.reading.dispatch(act.clone());
        if let Some(notice) = self.offer_undo(change, words.into()) {
            self.make_final(notice, act, TIME_TO_UNDO + A_MOMENT);
        }
    }

    /// Does something to one story, and offers to undo it together with what was done alike just before: one notice for
    /// all of it.
    fn mark(self, kind: MarkKind, story: StoryId) {
        let headline = self.headline(&story);
        let act = kind.act(story);
        let change = self.reading.dispatch(act.clone());
        if change.is_empty() {
            return;
        }
        let latest = if kind == MarkKind::Removed { self.latest_removed } else { self.latest_marks };
        let before = latest.try_update_value(Option::take).flatten();
        let before = before.filter(|before| self.notices.shows(before.notice));
        let shown = before.as_ref().map(|before| before.notice);
        let alike = before.filter(|before| before.kind == kind);
        let mut changes = alike.map(|before| before.changes).unwrap_or_default();
        changes.push(change);
        let undo = move || {
            let marks = latest.try_update_value(Option::take).flatten();
            for change in marks.into_iter().flat_map(|marks| marks.changes.into_iter().rev()) {
                self.reading.dispatch(Action::Undid(change));
            }
        };
        let words = kind.message(changes.len(), &headline);
        let notice = Notice::new(words).with_action("Undo", undo).lasting(TIME_TO_UNDO);
        // What was done otherwise just before can't be undone any more: the reader has gone on.
        let notice = match shown {
            Some(shown) if self.notices.replace(shown, notice.clone()) => shown,
            _ => self.notices.show(notice),
        };
        latest.set_value(Some(Marks { notice, kind, changes }));
        self.make_final(notice, act, TIME_TO_UNDO + A_MOMENT);
    }

    /// The headline of a story, as far as it is known, in a length for a notice.
    fn headline(self, story: &StoryId) -> String {
        let kept = |reading: &Reading| reading.story_state(story).and_then(StoryState::snapshot);
        let headline = match self.library.teaser(story) {
            Some(teaser) => teaser.headline.clone(),
            None => {
                self.reading.with_untracked(kept).map_or_else(|| story.to_string(), |known| known.headline)
            }
        };
        text::excerpt(&headline, HEADLINE_LENGTH)
    }

    /// Says what was done, and offers to undo it.
    pub fn offer_undo(self, change: Change, words: Cow<'static, str>) -> Option<NoticeId> {
        if change.is_empty() {
            return None;
        }
        let undo = move || {
            self.reading.dispatch(Action::Undid(change.clone()));
        };
        Some(self.notices.show(Notice::new(words).with_action("Undo", undo).lasting(TIME_TO_UNDO)))
    }

    /// Once something can't be undone any more, removes what was kept for that: the files of stories that are no longer
    /// saved, and what was cleared from the history.
    fn make_final(self, notice: NoticeId, act: Action, wait: u32) {
        if !matches!(act, Action::Unsaved(_) | Action::ClearedHistory) {
            return;
        }
        timer::after(wait, move || match act {
            act if self.notices.shows(notice) => self.make_final(notice, act, A_MOMENT),
            Action::Unsaved(stories) => spawn_local(async move {
                for story in stories.iter().filter(|story| !self.reading.is_saved(story)) {
                    offline::remove_offline_copy(story).await;
                }
            }),
            _ => self.reading.tidy(),
        });
    }

    /// Removes the files that are left of stories that are no longer saved, as where the page was closed before that was
    /// done. A story of which nothing is known keeps its files.
    pub fn remove_leftovers(self) {
        spawn_local(async move {
            let before = clock::now() - i64::from(TIME_TO_UNDO + A_MOMENT);
            for story in offline::saved_stories().await {
                if self.reading.with_untracked(|reading| reading.was_unsaved(&story, before)) {
                    offline::remove_offline_copy(&story).await;
                }
            }
        });
    }

    /// Saves a story, or takes it from the saved ones.
    pub fn toggle_saved(self, story: StoryId, snapshot: StorySnapshot) {
        if self.reading.is_saved(&story) {
            self.offline.set_status(&story, OfflineStatus::Nothing);
            self.mark(MarkKind::Removed, story);
        } else {
            self.reading.dispatch(Action::Saved(story.clone(), snapshot));
            self.download(story, || {});
        }
    }

    /// Downloads the files of a saved story, or what of them is missing; `then` runs at the end.
    pub fn download(self, story: StoryId, then: impl FnOnce() + 'static) {
        spawn_local(async move {
            self.fetch_files(&story).await;
            then();
            self.offline.refresh();
        });
    }

    async fn fetch_files(self, story: &StoryId) {
        let own = story.clone();
        let progress = move |have, of| self.offline.set_status(&own, OfflineStatus::Saving { have, of });
        let status = match self.library.fetch_story(story).await {
            Ok(loaded) => OfflineStatus::after_saving(offline::save(&loaded, progress).await),
            Err(_) => OfflineStatus::InPart,
        };
        // If the reader has unsaved it meanwhile, there is nothing to say of files.
        let status = if self.reading.is_saved(story) { status } else { OfflineStatus::Nothing };
        self.offline.set_status(story, status);
    }

    /// Fetches what is missing of saved stories, one after the other: of those of which some files are there, of those
    /// whose saving failed while this page was open, and of live coverage, which has gone on. Where all is gone, the
    /// reader may have wanted that: it is offered where saved stories are listed.
    pub fn repair(self) {
        if self.is_repairing.get_value() {
            return;
        }
        self.is_repairing.set_value(true);
        spawn_local(async move {
            let saved = self.reading.with_untracked(Reading::saved_stories);
            for (story, copy) in offline::copies_of(&saved).await {
                let has_failed = self.offline.status_now(&story).is_failure();
                let goes_on = copy == OfflineCopy::Complete
                    && self.library.teaser(&story).is_some_and(|teaser| teaser.is_live());
                let is_partial = matches!(copy, OfflineCopy::Partial { .. });
                if (has_failed || goes_on || is_partial) && self.reading.is_saved(&story) {
                    self.fetch_files(&story).await;
                }
            }
            self.offline.refresh();
            self.is_repairing.set_value(false);
        });
    }

    /// Marks a story as read, or as unread to stay so.
    pub fn toggle_read(self, story: StoryId) {
        if self.reading.with_untracked(|reading| reading.state(&story)) == State::Read {
            self.mark(MarkKind::Unread, story);
        } else {
            self.mark(MarkKind::Read, story);
        }
    }

    /// Follows live coverage, or no longer.
    pub fn toggle_followed(self, story: StoryId, snapshot: StorySnapshot) {
        let follows = self.reading.with_untracked(|reading| {
            reading.story_state(&story).is_some_and(|card| card.followed().is_some())
        });
        self.reading.dispatch(if follows {
            Action::Unfollowed(vec![story])
        } else {
            Action::Followed(story, snapshot)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_story_is_named_and_several_are_counted() {
        assert_eq!(MarkKind::Read.message(1, "A"), "“A” marked as read.");
        assert_eq!(MarkKind::Unread.message(2, "A"), "2 stories marked as unread.");
        assert_eq!(MarkKind::Removed.message(21, "A"), "21 stories removed from Saved.");
    }
}

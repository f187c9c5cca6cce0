//! What readers do to stories: it is kept, something is said about it where that helps, and there is a way back.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use any_spawner::Executor;
use reactive_graph::owner::use_context;
use reactive_graph::prelude::*;
use reactive_graph::signal::ArcRwSignal;
use send_wrapper::SendWrapper;

use super::keeping::Keeping;
use super::library::Library;
use super::offline::{self, Kept};
use super::parts::notices::{Notice, NoticeId, Notices, TIME_TO_UNDO};
use crate::browser::clock;
use crate::content::StoryId;
use crate::reading::{Action, Change, Reading, State, StorySnapshot};

/// What becomes of the files of a story that is saved, to be said beside the button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Nothing to say.
    Nothing,
    /// So many of so many files are there.
    Files(u32, u32),
    /// All of it is there.
    Whole,
    /// Some of it is not.
    InPart,
    /// There is no room for it.
    Full,
    /// This browser keeps no files.
    Unavailable,
}

/// In milliseconds.
const A_MOMENT: i32 = 1_000;
/// Numbers below this are words; from it on, they are files.
const FILES_FROM: u32 = 8;
/// More files than this are told as this many.
const MOST_FILES: u32 = 999;

impl Word {
    /// As a number, since there is code for signals of numbers.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Self::Nothing => 0,
            Self::Whole => 1,
            Self::InPart => 2,
            Self::Full => 3,
            Self::Unavailable => 4,
            Self::Files(have, of) => FILES_FROM + have.min(MOST_FILES) * 1000 + of.min(MOST_FILES),
        }
    }

    /// The word of a number.
    #[must_use]
    pub fn of(number: u32) -> Self {
        match number {
            1 => Self::Whole,
            2 => Self::InPart,
            3 => Self::Full,
            4 => Self::Unavailable,
            FILES_FROM.. => Self::Files((number - FILES_FROM) / 1000, (number - FILES_FROM) % 1000),
            _ => Self::Nothing,
        }
    }

    /// The word for what is kept of a story.
    #[must_use]
    pub fn for_kept(kept: Kept) -> Self {
        match kept {
            Kept::Whole => Self::Whole,
            Kept::Part { full: true, .. } => Self::Full,
            Kept::Part { .. } | Kept::Not => Self::InPart,
            Kept::Unavailable => Self::Unavailable,
        }
    }

    /// Whether saving did not come to all of it, for a reason that may be over by now.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::InPart | Self::Full | Self::Unavailable)
    }

    /// What is said.
    #[must_use]
    pub fn words(self) -> Cow<'static, str> {
        match self {
            Self::Nothing => "".into(),
            Self::Files(have, of) => format!("Saving file {have} of {of}").into(),
            Self::Whole => "Saved for offline".into(),
            Self::InPart => "Saved, but not all of it for offline".into(),
            Self::Full => "Saved, but this device has no room for its files".into(),
            Self::Unavailable => "Saved, but this browser keeps no files for offline".into(),
        }
    }
}

/// What it takes to act: what is kept, what has been loaded, and where a word is said.
#[derive(Clone)]
pub struct Acting {
    /// What the reader leaves behind.
    pub keeping: Keeping,
    /// The stories.
    pub library: Library,
    /// Where a word is said.
    pub notices: Notices,
    /// Grows whenever the files of a story have been saved, or as far as they could be.
    pub files: ArcRwSignal<u32>,
    session: SendWrapper<Rc<Session>>,
}

/// What is known of saving until the page is closed.
#[derive(Default)]
struct Session {
    /// What is said of the files of the stories that were saved, in numbers of [`Word`]s.
    words: RefCell<Vec<(StoryId, ArcRwSignal<u32>)>>,
    /// Whether what is missing is being fetched.
    repairs: Cell<bool>,
}

impl Acting {
    /// What it takes.
    #[must_use]
    pub fn new(keeping: Keeping, library: Library, notices: Notices) -> Self {
        let session = SendWrapper::new(Rc::default());
        Self { keeping, library, notices, files: ArcRwSignal::new(0), session }
    }

    /// What it takes, on a page that the app runs on; nothing where a page is rendered natively.
    #[must_use]
    pub fn here() -> Option<Self> {
        use_context()
    }

    /// Does something, says so, and offers for a while to take it back.
    pub fn with_undo(&self, act: Action, words: impl Into<Cow<'static, str>>) {
        let change = self.keeping.act(act.clone());
        if let Some(notice) = self.offer_undo(change, words.into()) {
            self.make_final(notice, act, TIME_TO_UNDO + A_MOMENT);
        }
    }

    /// Once something can't be taken back any more, takes away what was kept for that: the files of stories that are not
    /// saved any more, and what was cleared from the history.
    fn make_final(&self, notice: NoticeId, act: Action, wait: i32) {
        if !matches!(act, Action::Unsaved(_) | Action::ClearedHistory) {
            return;
        }
        let own = self.clone();
        clock::after(wait, move || match act {
            act if own.notices.shows(notice) => own.make_final(notice, act, A_MOMENT),
            Action::Unsaved(stories) => Executor::spawn_local(async move {
                for story in stories.iter().filter(|story| !own.is_saved(story)) {
                    offline::drop(story).await;
                }
            }),
            _ => own.keeping.tidy(),
        });
    }

    /// Takes away what files are left of stories that are not saved any more, as where the page was closed before that was
    /// done. Of what nothing is known, nothing goes.
    pub fn drop_left(&self) {
        let own = self.clone();
        Executor::spawn_local(async move {
            let before = clock::now() - i64::from(TIME_TO_UNDO + A_MOMENT);
            for story in offline::listed().await {
                if own.keeping.look(|reading| reading.was_unsaved(&story, before)) {
                    offline::drop(&story).await;
                }
            }
        });
    }

    /// Says what was done, and offers for a while to take it back.
    pub fn offer_undo(&self, change: Change, words: Cow<'static, str>) -> Option<NoticeId> {
        if change.is_empty() {
            return None;
        }
        let keeping = self.keeping.clone();
        let undo = move || {
            keeping.act(Action::Undid(change.clone()));
        };
        Some(self.notices.show(Notice::saying(words).with("Undo", undo).lasting(TIME_TO_UNDO)))
    }

    /// Whether a story is saved, as it is now.
    #[must_use]
    pub fn is_saved(&self, story: &StoryId) -> bool {
        self.keeping.is_saved(story)
    }

    /// What is said of the files of a story, in numbers of [`Word`]s. It is the same wherever that is said, and as long as
    /// the page is open.
    #[must_use]
    pub fn words(&self, story: &StoryId) -> ArcRwSignal<u32> {
        let mut words = self.session.words.borrow_mut();
        if let Some((_, known)) = words.iter().find(|(other, _)| other == story) {
            return known.clone();
        }
        let new = ArcRwSignal::new(0);
        words.push((story.clone(), new.clone()));
        new
    }

    /// Saves a story, or takes it from the saved ones.
    pub fn toggle_saved(&self, story: StoryId, facts: StorySnapshot) {
        if self.is_saved(&story) {
            self.words(&story).set(Word::Nothing.number());
            self.with_undo(Action::Unsaved(vec![story]), "Taken off your saved stories.");
        } else {
            self.keeping.act(Action::Saved(story.clone(), facts));
            self.save_files(story, || {});
        }
    }

    /// Saves the files of a saved story, or what of them is missing; and `then` does something.
    pub fn save_files(&self, story: StoryId, then: impl FnOnce() + 'static) {
        let own = self.clone();
        Executor::spawn_local(async move {
            own.fetch_files(&story).await;
            then();
            own.files.update(|files| *files = files.wrapping_add(1));
        });
    }

    async fn fetch_files(&self, story: &StoryId) {
        let words = self.words(story);
        let progress = words.clone();
        let progress = move |have, of| progress.set(Word::Files(have, of).number());
        let word = match self.library.fetch_story(story).await {
            Ok(loaded) => Word::for_kept(offline::keep(&loaded, progress).await),
            Err(_) => Word::InPart,
        };
        // Taken back meanwhile, there is nothing to say of files.
        let word = if self.is_saved(story) { word } else { Word::Nothing };
        words.set(word.number());
    }

    /// Fetches what is missing of saved stories, one after the other: of those of which some files are there, of those
    /// whose saving failed while this page was open, and of live coverage, which has gone on. Where all is gone, somebody
    /// may have wanted that: it is offered where saved stories are listed.
    pub fn repair(&self) {
        if self.session.repairs.replace(true) {
            return;
        }
        let own = self.clone();
        Executor::spawn_local(async move {
            let saved = own.keeping.look(Reading::saved_stories);
            for (story, kept) in offline::states(&saved).await {
                let has_failed = Word::of(own.words(&story).get_untracked()).is_failure();
                let goes_on =
                    kept == Kept::Whole && own.library.teaser(&story).is_some_and(|teaser| teaser.is_live());
                if (has_failed || goes_on || matches!(kept, Kept::Part { .. })) && own.is_saved(&story) {
                    own.fetch_files(&story).await;
                }
            }
            // What could not be told before can be told now.
            own.files.update(|files| *files = files.wrapping_add(1));
            own.session.repairs.set(false);
        });
    }

    /// Marks a story read, or unread to stay so.
    pub fn toggle_read(&self, story: StoryId) {
        let is_read = self.keeping.look(|reading| reading.state(&story)) == State::Read;
        if is_read {
            self.with_undo(Action::KeptUnread(vec![story]), "Marked as unread.");
        } else {
            self.with_undo(Action::MarkedRead(vec![story]), "Marked as read.");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_numbers_and_back() {
        let words = [
            Word::Nothing,
            Word::Whole,
            Word::InPart,
            Word::Full,
            Word::Unavailable,
            Word::Files(0, 7),
            Word::Files(12, 999),
        ];
        for word in words {
            assert_eq!(Word::of(word.number()), word);
        }
        assert_eq!(Word::of(Word::Files(5000, 5000).number()), Word::Files(999, 999));
        assert_eq!(Word::Files(2, 5).words(), "Saving file 2 of 5");
    }

    #[test]
    fn saved_for_offline_is_said_of_the_whole_alone() {
        assert_eq!(Word::for_kept(Kept::Whole).words(), "Saved for offline");
        let part = |full| Kept::Part { have: 4, of: 5, full };
        for kept in [part(false), part(true), Kept::Not, Kept::Unavailable] {
            assert_ne!(Word::for_kept(kept).words(), "Saved for offline");
        }
    }
}

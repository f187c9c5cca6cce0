//! What readers do to stories: it is kept, something is said about it where that helps, and there is a way back.

use std::borrow::Cow;

use any_spawner::Executor;
use reactive_graph::owner::use_context;
use reactive_graph::prelude::*;
use reactive_graph::signal::ArcRwSignal;

use super::keeping::Keeping;
use super::library::Library;
use super::offline::{self, Kept};
use super::parts::notices::{Notice, Notices, TIME_TO_UNDO};
use crate::browser::clock;
use crate::content::StoryId;
use crate::reading::{Act, Change, Facts, State};

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
}

impl Acting {
    /// What it takes, on a page that the app runs on; nothing where a page is rendered natively.
    #[must_use]
    pub fn here() -> Option<Self> {
        use_context()
    }

    /// Does something, says so, and offers for a while to take it back.
    pub fn with_undo(&self, act: Act, words: impl Into<Cow<'static, str>>) {
        if let Act::Unsaved(stories) = &act {
            self.drop_files_later(stories.clone());
        }
        let change = self.keeping.act(act);
        self.offer_undo(change, words.into());
    }

    /// Takes away the files of stories that are not saved any more, once that can't be taken back.
    fn drop_files_later(&self, stories: Vec<StoryId>) {
        let own = self.clone();
        clock::after(TIME_TO_UNDO + A_MOMENT, move || {
            Executor::spawn_local(async move {
                for story in stories.iter().filter(|story| !own.is_saved(story)) {
                    offline::drop(story).await;
                }
            });
        });
    }

    /// Says what was done, and offers for a while to take it back.
    pub fn offer_undo(&self, change: Change, words: Cow<'static, str>) {
        if change.is_empty() {
            return;
        }
        let keeping = self.keeping.clone();
        let undo = move || {
            keeping.act(Act::Undid(change.clone()));
        };
        self.notices.show(Notice::saying(words).with("Undo", undo).lasting(TIME_TO_UNDO));
    }

    /// Whether a story is saved, as it is now.
    #[must_use]
    pub fn is_saved(&self, story: &StoryId) -> bool {
        self.keeping.look(|reading| reading.card(story).is_some_and(|card| card.saved().is_some()))
    }

    /// Saves a story, or takes it from the saved ones. What becomes of its files is told in numbers of [`Word`]s.
    pub fn toggle_saved(&self, story: StoryId, facts: Facts, told: &ArcRwSignal<u32>) {
        if self.is_saved(&story) {
            told.set(Word::Nothing.number());
            self.with_undo(Act::Unsaved(vec![story]), "Taken off your saved stories.");
        } else {
            self.keeping.act(Act::Saved(story.clone(), facts));
            self.save_files(story, told.clone(), || {});
        }
    }

    /// Saves the files of a saved story, or what of them is missing; and `then` does something.
    pub fn save_files(&self, story: StoryId, told: ArcRwSignal<u32>, then: impl FnOnce() + 'static) {
        let own = self.clone();
        Executor::spawn_local(async move {
            let progress = told.clone();
            let progress = move |have, of| progress.set(Word::Files(have, of).number());
            let word = match own.library.fetch_story(&story).await {
                Ok(loaded) => Word::for_kept(offline::keep(&loaded, progress).await),
                Err(_) => Word::InPart,
            };
            // Taken back meanwhile, there is nothing to say of files.
            let word = if own.is_saved(&story) { word } else { Word::Nothing };
            told.set(word.number());
            then();
        });
    }

    /// Marks a story read, or unread to stay so.
    pub fn toggle_read(&self, story: StoryId) {
        let is_read = self.keeping.look(|reading| reading.state(&story)) == State::Read;
        if is_read {
            self.with_undo(Act::KeptUnread(vec![story]), "Marked as unread.");
        } else {
            self.with_undo(Act::MarkedRead(vec![story]), "Marked as read.");
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

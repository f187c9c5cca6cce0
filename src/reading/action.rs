//! Actions: the things that readers do, and how each of them changes the reading state.

use super::change::{Change, Former};
use super::identity::{KEY_BITS, StoryKey, address, address_bits, bits_of};
use super::mark::{KEPT_UNREAD, Mark, READ, UNREAD};
use super::preferences::{Marking, Preference};
use super::record::{Field, READER, READER_NAME};
use super::stamp::stamp;
use super::state::Reading;
use super::story_state::{
    ENDED, FOLLOWED, MOVED, NOTE, OPENED, POSITION, Position, SAVED, SEEN, SNAPSHOT, Seen, StorySnapshot,
    StoryState, TAG, time_text,
};
use crate::content::id::StoryId;

/// The field with the time up to which the history was cleared.
pub(super) const HISTORY_FROM: &str = "history-from";

/// One thing that a reader has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opened a story.
    Opened(StoryId, StorySnapshot),
    /// Reached the end of a story.
    Finished(StoryId),
    /// Marked stories read by hand: one, or all of a section.
    MarkedRead(Vec<StoryId>),
    /// Marked stories unread; opening one marks it read again.
    MarkedUnread(Vec<StoryId>),
    /// Marked stories unread, to stay unread even when they are opened.
    KeptUnread(Vec<StoryId>),
    /// Reached a position in a story.
    Reached(StoryId, Position),
    /// Discarded the positions in stories, so that they are not offered to continue.
    Left(Vec<StoryId>),
    /// Saved a story.
    Saved(StoryId, StorySnapshot),
    /// Removed stories from the saved ones.
    Unsaved(Vec<StoryId>),
    /// Added a tag to stories.
    Tagged(Vec<StoryId>, String),
    /// Removed a tag from stories.
    Untagged(Vec<StoryId>, String),
    /// Wrote a note; an empty one removes it.
    Noted(StoryId, String),
    /// Followed a live blog.
    Followed(StoryId, StorySnapshot),
    /// Unfollowed a live blog.
    Unfollowed(Vec<StoryId>),
    /// Saw the newest posts of a live blog.
    Saw(StoryId, Seen),
    /// Changed a preference.
    Preferred(Preference),
    /// Cleared the history.
    ClearedHistory,
    /// Undid a change. Whatever has changed again since stays as it is.
    Undid(Change),
}

impl Reading {
    /// Applies an action, at `now` (milliseconds since 1970-01-01T00:00:00Z).
    pub fn apply(&mut self, action: Action, now: i64) -> Change {
        let mut change = Change::default();
        let mut doing = Doing { reading: self, now, change: &mut change };
        doing.apply(action);
        change
    }
}

/// An action in progress.
struct Doing<'a> {
    reading: &'a mut Reading,
    now: i64,
    change: &'a mut Change,
}

impl Doing<'_> {
    fn apply(&mut self, action: Action) {
        let time = time_text(self.now.max(0));
        match action {
            Action::Opened(story, snapshot) => {
                self.learn(&story, &snapshot);
                let finished =
                    self.reading.story_state(&story).is_some_and(|state| state.finished().is_some());
                self.set(&story, OPENED, time);
                if finished {
                    // It is being read again.
                    self.set(&story, ENDED, String::new());
                    self.set(&story, POSITION, String::new());
                }
                self.mark_if(&story, self.reading.preferences().marking == Marking::OnOpen);
            }
            Action::Finished(story) => {
                self.set(&story, ENDED, time);
                self.mark_if(&story, self.reading.preferences().marking != Marking::ByHand);
            }
            Action::MarkedRead(stories) => self.mark_all(&stories, READ),
            Action::MarkedUnread(stories) => self.mark_all(&stories, UNREAD),
            Action::KeptUnread(stories) => self.mark_all(&stories, KEPT_UNREAD),
            Action::Reached(story, position) => self.set_if_other(&story, POSITION, position.to_text()),
            Action::Left(stories) => self.set_all(&stories, POSITION, ""),
            Action::Saved(story, snapshot) => {
                self.learn(&story, &snapshot);
                let saved = self.reading.story_state(&story).and_then(StoryState::saved);
                self.set(&story, SAVED, saved.map_or(time, time_text));
            }
            Action::Unsaved(stories) => self.set_all(&stories, SAVED, ""),
            Action::Tagged(stories, tag) => self.tag(&stories, &tag, "1"),
            Action::Untagged(stories, tag) => self.tag(&stories, &tag, ""),
            Action::Noted(story, note) => self.set(&story, NOTE, note.trim().to_owned()),
            Action::Followed(story, snapshot) => {
                self.learn(&story, &snapshot);
                self.set(&story, FOLLOWED, time);
            }
            Action::Unfollowed(stories) => self.set_all(&stories, FOLLOWED, ""),
            Action::Saw(story, seen) => {
                if self.reading.story_state(&story).and_then(StoryState::seen) < Some(seen) {
                    self.set(&story, SEEN, seen.to_text());
                }
            }
            Action::Preferred(preference) => {
                let (name, value) = preference.to_field();
                self.set_field(u64::from(READER) << KEY_BITS, READER_NAME, name, value);
            }
            Action::ClearedHistory => {
                self.set_field(u64::from(READER) << KEY_BITS, READER_NAME, HISTORY_FROM, time);
            }
            Action::Undid(change) => self.undo(change),
        }
    }

    fn set(&mut self, story: &StoryId, name: &str, value: String) {
        self.set_field(StoryKey::of(story).0, story.as_str(), name, value);
    }

    fn set_if_other(&mut self, story: &StoryId, name: &str, value: String) {
        let known = self.reading.records.get(StoryKey::of(story).0, story.as_str());
        if known.is_none_or(|record| record.value(name) != value) {
            self.set(story, name, value);
        }
    }

    /// Sets a field of those stories that have it already.
    fn set_all(&mut self, stories: &[StoryId], name: &str, value: &str) {
        for story in stories {
            let known = self.reading.records.get(StoryKey::of(story).0, story.as_str());
            if known.is_some_and(|record| record.field(name).is_some()) {
                self.set(story, name, value.to_owned());
            }
        }
    }

    fn tag(&mut self, stories: &[StoryId], tag: &str, value: &str) {
        let words: Vec<&str> = tag.split_whitespace().collect();
        let name = format!("{TAG}{}", words.join(" "));
        if words.is_empty() {
            return;
        }
        for story in stories {
            self.set(story, &name, value.to_owned());
        }
    }

    fn set_field(&mut self, place: u64, record: &str, name: &str, value: String) {
        let Some(ours) = self.reading.records.get_or_make(place, record) else { return };
        let stamp = stamp(self.now, ours.field(name).map(|field| field.stamp));
        let field = Field { name: name.to_owned(), stamp, value };
        if let Some(former) = ours.merge_field(&field) {
            self.change.set(place, record, former, &field);
        }
    }

    /// Marks a story read, unless it was marked to stay unread.
    fn mark_if(&mut self, story: &StoryId, wanted: bool) {
        let key = StoryKey::of(story);
        let state = self.reading.marks.get(key).map(|mark| mark.state);
        if wanted && state != Some(READ) && state != Some(KEPT_UNREAD) {
            self.mark(key, READ, self.address_of(story));
        }
    }

    fn mark_all(&mut self, stories: &[StoryId], state: u8) {
        for story in stories {
            self.mark(StoryKey::of(story), state, self.address_of(story));
        }
    }

    fn address_of(&self, story: &StoryId) -> u64 {
        let snapshot = self.reading.story_state(story).and_then(StoryState::snapshot);
        snapshot.and_then(|snapshot| address_bits(&snapshot.url?)).unwrap_or(0)
    }

    fn mark(&mut self, key: StoryKey, state: u8, address: u64) {
        let former = self.reading.marks.get(key).copied();
        let mark = Mark::new(key, stamp(self.now, former.map(|mark| mark.stamp)), state, address);
        self.reading.marks.put(mark);
        self.change.marked(former, mark);
    }

    /// Stores a snapshot of a story, and looks for what is stored about it under a former id.
    fn learn(&mut self, story: &StoryId, snapshot: &StorySnapshot) {
        if let Some(address) = snapshot.url.as_deref().and_then(address) {
            self.adopt(story, &address);
        }
        self.set_if_other(story, SNAPSHOT, snapshot.to_text());
        let moved = self.reading.story_state(story).is_some_and(StoryState::has_moved);
        if moved {
            self.set(story, MOVED, String::new());
        }
    }

    /// Copies what is stored under another id of the story with this address, if nothing is stored under its
    /// own id yet. Nothing is removed from the other, which may be another story after all; it only gets a note
    /// of the new id.
    fn adopt(&mut self, story: &StoryId, address: &str) {
        let (key, bits) = (StoryKey::of(story), bits_of(address));
        if self.reading.marks.get(key).is_none()
            && let Some(known) = self.reading.marks.at_address(bits)
        {
            let mark = Mark::new(key, known.stamp, known.state, bits);
            self.reading.marks.put(mark);
            self.change.marked(None, mark);
        }
        if self.reading.records.get(key.0, story.as_str()).is_some() {
            return;
        }
        // The path is a part of the address as it is, so most stories need no closer look.
        let path =
            address.split('?').next().and_then(|place| place.split_once('/')).map_or("", |(_, path)| path);
        let has_address = |state: &StoryState<'_>| {
            state.may_be_at(path)
                && !state.has_moved()
                && state.snapshot().and_then(|snapshot| address_bits(&snapshot.url?)) == Some(bits)
        };
        let Some(other) = self.reading.story_states().find(has_address).and_then(StoryState::story) else {
            return;
        };
        let fields = self
            .reading
            .records
            .get(StoryKey::of(&other).0, other.as_str())
            .map_or_else(Vec::new, |record| record.fields.clone());
        for field in fields {
            self.set(story, &field.name, field.value);
        }
        self.set(&other, MOVED, story.as_str().to_owned());
    }

    /// Restores the former values, as an action of now.
    fn undo(&mut self, change: Change) {
        for former in change.formers {
            match former {
                Former::Mark(key, stamp, state) => {
                    if self.reading.marks.get(key).is_some_and(|mark| mark.stamp == stamp) {
                        self.mark(key, state.unwrap_or(UNREAD), 0);
                    }
                }
                Former::Field(place, record, name, stamp, value) => {
                    let known = self.reading.records.get(place, &record);
                    if known.and_then(|record| record.field(&name)).is_some_and(|field| field.stamp == stamp)
                    {
                        self.set_field(place, &record, &name, value);
                    }
                }
            }
        }
    }
}

//! The reading store: the [`Reading`] of this publication as a signal, kept in the browser's local storage and in step
//! with other tabs.
//!
//! An action is written at once (a position in a text a moment later): what is stored is merged with what is known here
//! and written, under a lock that all tabs share, shard by shard. What other tabs write is merged when the browser tells
//! of it. So nothing is lost whichever comes first. Where nothing can be stored, all this goes on until the tab is closed,
//! and a notice says so.

use leptos::prelude::*;

use super::notices::{Notice, Notices};
use super::storage_problem::Problem;
use crate::browser::storage::{self, StorageError};
use crate::browser::timer::{self, Timeout};
use crate::browser::{clock, visibility};
use crate::content::{Edition, StoryId};
use crate::reading::{
    Action, Change, MergeOutcome, Preferences, Reading, Shard, StoryState, VERSION, publication,
    quarantine_prefix, seen_prefix, shard_prefix, version_name,
};

/// A position in a text is written when there was no other for so long, in milliseconds.
const A_MOMENT: u32 = 1_000;
/// How many damaged values are quarantined at most: who damages that many will damage more.
const MOST_QUARANTINED: usize = 40;
/// How often room is made for one write: each time an eighth of what may go goes, at least.
const EVICTIONS: usize = 80;
/// What there is no room for waits so long for the edition, which tells what may go; in milliseconds.
const FOR_THE_EDITION: u32 = 10_000;

/// Whether a write that found no room may still find some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Patience {
    /// It has not been needed.
    Untried,
    /// A write waits for the edition.
    Waiting,
    /// The edition did not come in time.
    Over,
}

/// The reading state of one publication, in this tab and in storage.
#[derive(Clone, Copy)]
pub struct ReadingStore {
    reading: RwSignal<Reading>,
    preferences: Memo<Preferences>,
    notices: Notices,
    names: StoredValue<Names>,
    writer: StoredValue<Writer, LocalStorage>,
}

/// The names under which the publication's values are stored.
struct Names {
    prefix: String,
    quarantine: String,
    /// Where a newer version says that it is one.
    version: String,
}

/// What is still to be written.
struct Writer {
    unwritten: Vec<Shard>,
    /// The wait before a write.
    wait: Option<Timeout>,
    /// Whether a newer version writes here: then this one only reads.
    is_newer: bool,
    patience: Patience,
    /// What the reader was told already.
    told: Vec<Problem>,
}

impl ReadingStore {
    /// The state of a reader who comes for the first time, with nothing stored.
    #[must_use]
    pub fn empty(base: &str, notices: Notices) -> Self {
        let publication = publication(base);
        let reading = RwSignal::new(Reading::default());
        Self {
            reading,
            preferences: Memo::new(move |_| reading.with(Reading::preferences)),
            notices,
            names: StoredValue::new(Names {
                prefix: shard_prefix(&publication),
                quarantine: quarantine_prefix(&publication),
                version: version_name(&publication),
            }),
            writer: StoredValue::new_local(Writer {
                unwritten: Vec::new(),
                wait: None,
                is_newer: false,
                patience: Patience::Untried,
                told: Vec::new(),
            }),
        }
    }

    /// Reads what is stored of the publication at `base`, and stays in step with other tabs from now on.
    pub fn start(self, base: &str) {
        self.load(base);
        storage::on_change(move |name, text| self.on_change(name, text));
        // There may be no time for a lock any more.
        visibility::on_leaving(move || self.write());
    }

    /// A fact about the reading state: what follows it runs again when the fact changes.
    pub fn memo<T: PartialEq + Send + Sync + 'static>(
        self,
        fact: impl Fn(&Reading) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |_| self.reading.with(&fact))
    }

    /// Looks something up, and follows all changes of the reading state.
    pub fn with<T>(self, look: impl FnOnce(&Reading) -> T) -> T {
        self.reading.with(look)
    }

    /// Looks something up, as it is now.
    pub fn with_untracked<T>(self, look: impl FnOnce(&Reading) -> T) -> T {
        self.reading.with_untracked(look)
    }

    /// The reader's preferences.
    #[must_use]
    pub fn preferences(self) -> Memo<Preferences> {
        self.preferences
    }

    /// Whether a story is saved, as it is now.
    #[must_use]
    pub fn is_saved(self, story: &StoryId) -> bool {
        self.with_untracked(|reading| is_saved(reading, story))
    }

    /// Does what the reader did. The answer is for undoing it.
    pub fn dispatch(self, act: Action) -> Change {
        let waits = matches!(act, Action::Reached(..));
        let change = self.update(|reading| reading.apply(act, clock::now()));
        self.write_soon(&change.shards, !waits);
        change
    }

    /// Changes everything at once, as restoring a backup does. The answer is for undoing it.
    pub fn change(self, change: impl FnOnce(&mut Reading) -> Change) -> Change {
        let change = self.update(change);
        self.write_soon(&change.shards, true);
        change
    }

    /// Keeps the history within its bounds, and forgets what was cleared from it where that can't be undone any more.
    pub fn tidy(self) {
        self.change(|reading| reading.tidy(clock::now()));
    }

    /// Tells which stories there are: marks of others may go where there is no room. What waited for that is written.
    pub fn set_edition(self, edition: &Edition) {
        let mut stories = edition.teasers().map(|(_, teaser)| &teaser.id);
        let less = self.update(|reading| reading.set_present(&mut stories));
        self.remember(&less.shards);
        self.write_locked();
    }

    /// How many damaged values are in quarantine.
    #[must_use]
    pub fn count_quarantined(self) -> usize {
        self.quarantined().len()
    }

    /// Deletes what is in quarantine; whether there was any.
    pub fn delete_quarantined(self) -> bool {
        let names = self.quarantined();
        for name in &names {
            // Where it stays, there is no storage at all.
            let _ = storage::remove(name);
        }
        !names.is_empty()
    }

    fn quarantined(self) -> Vec<String> {
        let mut names = storage::names().unwrap_or_default();
        self.names.with_value(|own| names.retain(|name| name.starts_with(&own.quarantine)));
        names
    }

    /// Changes the state; the screens hear of it where there was a change.
    fn update(self, change: impl FnOnce(&mut Reading) -> Change) -> Change {
        let change = self.reading.try_maybe_update(|reading| {
            let change = change(reading);
            (!change.is_empty(), change)
        });
        change.unwrap_or_default()
    }

    fn load(self, base: &str) {
        let names = match storage::names() {
            Ok(names) => names,
            Err(error) => return self.failed(error),
        };
        self.look_for_newer();
        // The reader's own first: it says what is forgotten.
        self.merge_stored(Shard::Reader);
        // The others in their order, in which what each holds is put behind what is known; browsers name them in any.
        let mut shards: Vec<Shard> = self.names.with_value(|own| {
            let own = names.iter().filter_map(|name| name.strip_prefix(&own.prefix));
            own.filter_map(Shard::parse).filter(|shard| *shard != Shard::Reader).collect()
        });
        shards.sort_unstable();
        let mut to_mend = Vec::new();
        for shard in shards {
            match self.take_stored(shard) {
                Ok(Some(taken)) if taken.is_damaged || taken.has_forgotten => to_mend.push(shard),
                Ok(_) => {}
                Err(error) => self.failed(error),
            }
        }
        self.write_soon(&to_mend, true);
        let prefix = seen_prefix(base);
        for (name, story) in names.iter().filter_map(|name| Some((name, name.strip_prefix(&prefix)?))) {
            self.take_over(name, story);
        }
        self.tidy();
    }

    /// Looks whether a newer version of this app writes here: then this one only reads.
    fn look_for_newer(self) {
        let version = self.names.with_value(|names| storage::get(&names.version)).ok().flatten();
        if version.and_then(|version| version.parse().ok()).is_some_and(|version: u32| version > VERSION) {
            self.writer.update_value(|writer| writer.is_newer = true);
            self.tell(Problem::Newer);
        }
    }

    fn is_newer(self) -> bool {
        self.writer.with_value(|writer| writer.is_newer)
    }

    /// Takes over a value from before there were versions, which goes once it is stored anew.
    fn take_over(self, name: &str, story: &str) {
        let Ok(Some(value)) = storage::get(name) else { return };
        let change = self.update(|reading| reading.merge_seen(story, &value));
        let known = StoryId::parse(story).is_some_and(|story| {
            self.with_untracked(|reading| reading.story_state(&story).and_then(StoryState::seen).is_some())
        });
        let written = change.shards.iter().all(|shard| self.write_shard(*shard).is_ok());
        if known && written && !self.is_newer() {
            // Where it stays, it is taken over again, which changes nothing.
            let _ = storage::remove(name);
        }
    }

    /// Merges a text of a shard with what is known here. `None` for what a newer version has written: that is not to be
    /// written over.
    fn take(self, shard: Shard, text: &str) -> Result<Option<MergeOutcome>, StorageError> {
        let taken = self.reading.try_maybe_update(|reading| {
            let taken = reading.merge_stored(shard, text);
            (!taken.change.is_empty(), taken)
        });
        let Some(taken) = taken else { return Ok(None) };
        if taken.is_newer || self.is_newer() {
            self.tell(Problem::Newer);
            return Ok(None);
        }
        if taken.is_damaged {
            self.quarantine(shard, text)?;
            self.tell(Problem::Damaged);
        }
        Ok(Some(taken))
    }

    /// Merges what is stored in a shard.
    fn take_stored(self, shard: Shard) -> Result<Option<MergeOutcome>, StorageError> {
        let text = storage::get(&self.name(shard))?.unwrap_or_default();
        self.take(shard, &text)
    }

    /// Merges what is stored in a shard, and has what that lacks written.
    fn merge_stored(self, shard: Shard) {
        let taken = self.take_stored(shard);
        self.merged(shard, taken);
    }

    /// Writes what a text of a shard lacked, and the shards that have become less by what it said.
    fn merged(self, shard: Shard, taken: Result<Option<MergeOutcome>, StorageError>) {
        match taken {
            Ok(Some(taken)) => {
                let mut shards = taken.evicted;
                if taken.missing_there || taken.is_damaged {
                    shards.push(shard);
                }
                self.write_soon(&shards, true);
            }
            Ok(None) => {}
            Err(error) => self.failed(error),
        }
    }

    /// Keeps a damaged value under another name, before it is written over.
    fn quarantine(self, shard: Shard, text: &str) -> Result<(), StorageError> {
        for number in 0..MOST_QUARANTINED {
            let aside =
                self.names.with_value(|names| format!("{}{}/{number}", names.quarantine, shard.name()));
            match storage::get(&aside)? {
                Some(known) if known == text => break,
                Some(_) => {}
                None => return storage::set(&aside, text),
            }
        }
        Ok(())
    }

    fn name(self, shard: Shard) -> String {
        self.names.with_value(|names| format!("{}{}", names.prefix, shard.name()))
    }

    /// Tells the reader of a problem, once.
    fn tell(self, problem: Problem) {
        let is_new = self.writer.try_update_value(|writer| {
            let is_new = !writer.told.contains(&problem);
            if is_new {
                writer.told.push(problem);
            }
            is_new
        });
        if is_new == Some(true) {
            self.notices.show(Notice::new(problem.message()));
        }
    }

    fn failed(self, error: StorageError) {
        let patience = self.writer.with_value(|writer| writer.patience);
        let knows_edition = self.with_untracked(Reading::knows_present);
        if error == StorageError::Full && patience != Patience::Over && !knows_edition {
            // There may be room once the edition tells what has vanished.
            self.writer.update_value(|writer| writer.patience = Patience::Waiting);
            if patience == Patience::Untried {
                timer::after(FOR_THE_EDITION, move || {
                    self.writer.update_value(|writer| writer.patience = Patience::Over);
                    self.write_locked();
                });
            }
            return;
        }
        self.tell(match error {
            StorageError::Full => Problem::Full,
            StorageError::Blocked | StorageError::NotKept => Problem::Blocked,
        });
    }

    fn write_soon(self, shards: &[Shard], at_once: bool) {
        if shards.is_empty() {
            return;
        }
        self.remember(shards);
        if at_once {
            self.write_locked();
        } else {
            let wait = Timeout::new(A_MOMENT, move || self.write_locked());
            self.writer.update_value(|writer| writer.wait = Some(wait));
        }
    }

    /// Notes what is to be written.
    fn remember(self, shards: &[Shard]) {
        self.writer.update_value(|writer| {
            for shard in shards {
                if !writer.unwritten.contains(shard) {
                    writer.unwritten.push(*shard);
                }
            }
        });
    }

    /// Writes what has changed, while no other tab does.
    fn write_locked(self) {
        let has_work = self.writer.try_update_value(|writer| {
            writer.wait = None;
            !writer.unwritten.is_empty()
        });
        if has_work == Some(true) {
            let prefix = self.names.with_value(|names| names.prefix.clone());
            storage::alone(&prefix, move || self.write());
        }
    }

    /// Writes what has changed.
    fn write(self) {
        if self.writer.with_value(|writer| writer.unwritten.is_empty()) {
            return;
        }
        self.look_for_newer();
        // What another tab had no room for is not to come back: first comes what it says of that.
        if let Ok(Some(taken)) = self.take_stored(Shard::Reader) {
            self.remember(&taken.evicted);
        }
        let mut failed = None;
        let unwritten = self.writer.try_update_value(|writer| std::mem::take(&mut writer.unwritten));
        for shard in unwritten.unwrap_or_default() {
            if let Err(error) = self.write_shard(shard) {
                // It is tried again with the next action: who has made room by then loses nothing.
                self.remember(&[shard]);
                failed = Some(error);
            }
        }
        if let Some(error) = failed {
            self.failed(error);
        }
    }

    /// Merges what is stored in a shard with what is known here, and stores the result.
    fn write_shard(self, shard: Shard) -> Result<(), StorageError> {
        for _ in 0..EVICTIONS {
            let written = match self.take_stored(shard) {
                Ok(Some(taken)) if taken.missing_there || taken.is_damaged || taken.has_forgotten => {
                    self.store(shard)
                }
                taken => taken.map(drop),
            };
            if written != Err(StorageError::Full) || !self.make_room() {
                return written;
            }
        }
        Err(StorageError::Full)
    }

    fn store(self, shard: Shard) -> Result<(), StorageError> {
        let text = self.with_untracked(|reading| reading.text(shard));
        if text.is_empty() {
            storage::remove(&self.name(shard))
        } else {
            storage::set(&self.name(shard), &text)
        }
    }

    /// Forgets a part of what may go, what is in quarantine before all; whether there was any.
    fn make_room(self) -> bool {
        if self.delete_quarantined() {
            return true;
        }
        let change = self.update(|reading| reading.make_room(clock::now()));
        // What says that they are forgotten is the first of them, and comes last, when there is room for it.
        for shard in change.shards.iter().rev() {
            let written = match self.take_stored(*shard) {
                Ok(Some(_)) => self.store(*shard),
                taken => taken.map(drop),
            };
            if written.is_err() {
                self.remember(&[*shard]);
            }
        }
        !change.is_empty()
    }

    /// Merges what another tab has written, and what is stored now.
    fn on_change(self, name: Option<&str>, text: Option<&str>) {
        // With no name all was cleared, by the reader, who wants it gone: this tab writes nothing until they act.
        let Some(name) = name else { return };
        if self.names.with_value(|names| name == names.version) {
            return self.look_for_newer();
        }
        let shard = self.names.with_value(|names| name.strip_prefix(&names.prefix).and_then(Shard::parse));
        let Some(shard) = shard else { return };
        // A third tab that had not heard of it may have written over it: then it is known here alone by now.
        if let Some(text) = text {
            let taken = self.take(shard, text);
            self.merged(shard, taken);
        }
        // What was written by a tab that had not heard of this one's is written again.
        self.merge_stored(shard);
    }
}

/// Whether a story is saved.
#[must_use]
pub fn is_saved(reading: &Reading, story: &StoryId) -> bool {
    reading.story_state(story).is_some_and(|card| card.saved().is_some())
}

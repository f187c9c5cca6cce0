//! What the reader leaves behind, for the screens: [`Reading`] in the browser's storage, and signals that tell what of
//! it has changed.
//!
//! An act is written at once (a place in a text a moment later): what is stored is joined with what is known here and
//! written, alone among the tabs, shard by shard. What other tabs write is joined when the browser tells of it. So
//! nothing is lost whichever comes first. Where nothing can be kept, all this goes on until the tab is closed, and
//! a notice says so.
//!
//! The signals are numbers that grow; what they speak of is looked up in the reading.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use reactive_graph::prelude::*;
use reactive_graph::signal::ArcRwSignal;
use send_wrapper::SendWrapper;

use super::asking::tell;
use crate::browser::storage::{self, StorageError};
use crate::browser::{clock, presence};
use crate::content::{Edition, Kind, Story, StoryId, Teaser};
use crate::reading::{
    Action, Change, MergeOutcome, Preferences, Reading, Shard, State, StoryKey, StorySnapshot, StoryState,
    VERSION, publication, quarantine_prefix, seen_prefix, shard_prefix, version_name,
};

/// A place in a text is written when there was no other for so long, in milliseconds.
const A_MOMENT: i32 = 1_000;
/// How many damaged values are set aside at most: who damages that many will damage more.
const SET_ASIDE: usize = 40;
/// How often room is made for one writing: each time an eighth of what may go goes, at least.
const ROOMS: usize = 80;
/// What there is no room for waits so long for the edition, which tells what may go; in milliseconds.
const FOR_THE_EDITION: i32 = 10_000;

/// Something that the reader should know about what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Nothing can be kept here.
    Blocked,
    /// There is no room for more, and nothing that may go.
    Full,
    /// A newer version of this app keeps it; this one only reads.
    Newer,
    /// Something was damaged, and was set aside.
    Damaged,
}

impl Notice {
    /// What the reader is told.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Blocked => {
                "Not kept on this device: this browser does not allow it. Everything works until you close this tab."
            }
            Self::Full => {
                "Not kept on this device: its room for this site is full. You can free some in the settings."
            }
            Self::Newer => {
                "Not kept on this device: a newer version of this app wrote here. Reload to get it."
            }
            Self::Damaged => "Something kept on this device was damaged. It was set aside; the rest is here.",
        }
    }
}

/// What the reader leaves behind. It stays where it was made: the wrapper holds that, so that what follows signals
/// may have it.
#[derive(Clone)]
pub struct Keeping(SendWrapper<Rc<Inner>>);

struct Inner {
    prefix: String,
    quarantine: String,
    /// Where a newer version says that it is one.
    version: String,
    /// Whether one did: then this one only reads.
    is_newer: Cell<bool>,
    reading: RefCell<Reading>,
    /// The shards that are to be written.
    unwritten: RefCell<Vec<Shard>>,
    /// Which wait for a moment is the one that counts.
    wait: Cell<u32>,
    /// The notices that the reader was told, a bit each.
    told: Cell<u32>,
    /// Whether what there is no room for waits for the edition; `None` before that.
    waits: Cell<Option<bool>>,
    rows: RefCell<Vec<(StoryKey, ArcRwSignal<u32>)>>,
    lists: ArcRwSignal<u32>,
    preferences: ArcRwSignal<u32>,
    /// The notices that the reader is to be told, a bit each.
    notices: ArcRwSignal<u32>,
}

impl Keeping {
    /// What is kept of the publication at `base`, and stays joined with what other tabs do.
    #[must_use]
    pub fn start(base: &str) -> Self {
        let keeping = Self::empty(base);
        keeping.load(base);
        let told = keeping.clone();
        storage::on_change(move |name, text| told.on_change(name, text));
        let leaving = keeping.clone();
        // There may be no time for a lock any more.
        presence::on_leaving(move || leaving.write());
        keeping
    }

    /// As for a reader who comes first, with nothing kept.
    #[must_use]
    pub fn empty(base: &str) -> Self {
        let publication = publication(base);
        Self(SendWrapper::new(Rc::new(Inner {
            prefix: shard_prefix(&publication),
            quarantine: quarantine_prefix(&publication),
            version: version_name(&publication),
            reading: RefCell::default(),
            unwritten: RefCell::default(),
            is_newer: Cell::new(false),
            wait: Cell::new(0),
            told: Cell::new(0),
            waits: Cell::new(None),
            rows: RefCell::default(),
            lists: ArcRwSignal::new(0),
            preferences: ArcRwSignal::new(0),
            notices: ArcRwSignal::new(0),
        })))
    }

    fn load(&self, base: &str) {
        let names = match storage::names() {
            Ok(names) => names,
            Err(error) => return self.failed(error),
        };
        self.look_for_newer();
        // The reader's own first: it says what is forgotten.
        self.join(Shard::Reader);
        // The others in their order, in which what each holds is put behind what is known; browsers name them in any.
        let mut shards = Vec::new();
        for shard in names.iter().filter_map(|name| Shard::parse(name.strip_prefix(&self.0.prefix)?)) {
            if let Err(at) = shards.binary_search(&shard) {
                shards.insert(at, shard);
            }
        }
        let mut to_mend = Vec::new();
        for shard in shards.into_iter().filter(|shard| *shard != Shard::Reader) {
            match self.take_stored(shard) {
                Ok(Some(outcome)) if outcome.is_damaged || outcome.has_forgotten => to_mend.push(shard),
                Ok(_) => {}
                Err(error) => self.failed(error),
            }
        }
        self.write_later(&to_mend, true);
        let prefix = seen_prefix(base);
        for (name, story) in names.iter().filter_map(|name| Some((name, name.strip_prefix(&prefix)?))) {
            self.take_over(name, story);
        }
        self.tidy();
    }

    /// Keeps the history within its bounds, and forgets what was cleared from it where that can't be taken back any more.
    pub fn tidy(&self) {
        let change = self.0.reading.borrow_mut().tidy(clock::now());
        self.changed(&change, true);
    }

    /// Looks whether a newer version of this app keeps this publication: then this one only reads.
    fn look_for_newer(&self) {
        let version = storage::get(&self.0.version).ok().flatten();
        if version.and_then(|version| version.parse().ok()).is_some_and(|version: u32| version > VERSION) {
            self.0.is_newer.set(true);
            self.notify(Notice::Newer);
        }
    }

    /// Takes over a value from before there were versions, which goes once it is kept anew.
    fn take_over(&self, name: &str, story: &str) {
        let Ok(Some(value)) = storage::get(name) else { return };
        let change = self.0.reading.borrow_mut().merge_seen(story, &value);
        let known = StoryId::parse(story).is_some_and(|story| {
            self.look(|reading| reading.story_state(&story).and_then(StoryState::seen).is_some())
        });
        let written = change.shards.iter().all(|shard| self.write_shard(*shard).is_ok());
        if known && written && !self.0.is_newer.get() {
            // Where it stays, it is taken over again, which changes nothing.
            let _ = storage::remove(name);
        }
    }

    /// Joins a text of a shard with what is known here. `None` for what a newer version has written: that is not to be
    /// written over.
    fn take(&self, shard: Shard, text: &str) -> Result<Option<MergeOutcome>, StorageError> {
        let outcome = self.0.reading.borrow_mut().merge_stored(shard, text);
        self.show(&outcome.change);
        if outcome.is_newer || self.0.is_newer.get() {
            self.notify(Notice::Newer);
            return Ok(None);
        }
        if outcome.is_damaged {
            self.set_aside(shard, text)?;
            self.notify(Notice::Damaged);
        }
        Ok(Some(outcome))
    }

    /// The same with what is stored.
    fn take_stored(&self, shard: Shard) -> Result<Option<MergeOutcome>, StorageError> {
        let text = storage::get(&self.name(shard))?.unwrap_or_default();
        self.take(shard, &text)
    }

    /// Joins what is stored in a shard, and sees to it that what that lacks is written.
    fn join(&self, shard: Shard) {
        let outcome = self.take_stored(shard);
        self.joined(shard, outcome);
    }

    /// Writes what a text of a shard lacked, and what is less for what it said.
    fn joined(&self, shard: Shard, outcome: Result<Option<MergeOutcome>, StorageError>) {
        match outcome {
            Ok(Some(outcome)) => {
                let mut shards = outcome.evicted;
                if outcome.missing_there || outcome.is_damaged {
                    shards.push(shard);
                }
                self.write_later(&shards, true);
            }
            Ok(None) => {}
            Err(error) => self.failed(error),
        }
    }

    /// Keeps a damaged value under another name, before it is written over.
    fn set_aside(&self, shard: Shard, text: &str) -> Result<(), StorageError> {
        for number in 0..SET_ASIDE {
            let aside = format!("{}{}/{number}", self.0.quarantine, shard.name());
            match storage::get(&aside)? {
                Some(known) if known == text => break,
                Some(_) => {}
                None => return storage::set(&aside, text),
            }
        }
        Ok(())
    }

    /// The names of the damaged values that were set aside.
    fn aside(&self) -> Vec<String> {
        let mut names = storage::names().unwrap_or_default();
        names.retain(|name| name.starts_with(&self.0.quarantine));
        names
    }

    /// How many damaged values were set aside.
    #[must_use]
    pub fn count_aside(&self) -> usize {
        self.aside().len()
    }

    /// Deletes what was set aside; whether there was any.
    pub fn delete_aside(&self) -> bool {
        let names = self.aside();
        for name in &names {
            // Where it stays, there is no storage at all.
            let _ = storage::remove(name);
        }
        !names.is_empty()
    }

    fn name(&self, shard: Shard) -> String {
        format!("{}{}", self.0.prefix, shard.name())
    }

    /// Does what the reader did. The answer is for taking it back.
    pub fn act(&self, act: Action) -> Change {
        let waits = matches!(act, Action::Reached(..));
        let change = self.0.reading.borrow_mut().apply(act, clock::now());
        self.changed(&change, !waits);
        change
    }

    /// Changes everything at once, as restoring a backup does. The answer is for taking it back.
    pub fn change(&self, change: impl FnOnce(&mut Reading) -> Change) -> Change {
        let change = change(&mut self.0.reading.borrow_mut());
        self.changed(&change, true);
        change
    }

    /// Looks something up, as it is now.
    pub fn look<T>(&self, look: impl FnOnce(&Reading) -> T) -> T {
        look(&self.0.reading.borrow())
    }

    /// Whether a story is saved, as it is now.
    #[must_use]
    pub fn is_saved(&self, story: &StoryId) -> bool {
        self.look(|reading| reading.story_state(story).is_some_and(|card| card.saved().is_some()))
    }

    /// Whether a story was read. Re-runs what asks when something of this story changes.
    #[must_use]
    pub fn state(&self, story: &StoryId) -> State {
        self.row(story).get();
        self.look(|reading| reading.state(story))
    }

    /// What tells of changes in what is kept of a story.
    #[must_use]
    pub fn row(&self, story: &StoryId) -> ArcRwSignal<u32> {
        let key = StoryKey::of(story);
        let mut rows = self.0.rows.borrow_mut();
        let at = match rows.binary_search_by_key(&key, |row| row.0) {
            Ok(at) => at,
            Err(at) => {
                rows.insert(at, (key, ArcRwSignal::new(0)));
                at
            }
        };
        rows.get(at).map_or_else(|| ArcRwSignal::new(0), |row| row.1.clone())
    }

    /// What tells of any change, for lists.
    #[must_use]
    pub fn lists(&self) -> ArcRwSignal<u32> {
        self.0.lists.clone()
    }

    /// How the reader wants things. Re-runs what asks when that changes.
    #[must_use]
    pub fn preferences(&self) -> Preferences {
        self.0.preferences.get();
        self.look(Reading::preferences)
    }

    /// What the reader should know and was not told yet: they are told now. Re-runs what asks when there is more.
    pub fn take_notices(&self) -> impl Iterator<Item = Notice> + use<> {
        let bits = self.0.notices.get();
        self.0.told.set(self.0.told.get() | bits);
        tell(&self.0.notices, 0);
        let notices = [Notice::Blocked, Notice::Full, Notice::Newer, Notice::Damaged];
        notices.into_iter().filter(move |notice| bits >> *notice as u32 & 1 == 1)
    }

    /// Tells which stories there are: what is kept of others may go where there is no room. What waited for that is
    /// written.
    pub fn set_edition(&self, edition: &Edition) {
        let mut stories = edition.teasers().map(|(_, teaser)| &teaser.id);
        let less = self.0.reading.borrow_mut().set_present(&mut stories);
        self.show(&less);
        self.remember(&less.shards);
        self.write_alone();
    }

    fn notify(&self, notice: Notice) {
        let bit = 1 << notice as u32;
        // Once is enough.
        if self.0.told.get() & bit == 0 {
            tell(&self.0.notices, self.0.notices.get_untracked() | bit);
        }
    }

    fn failed(&self, error: StorageError) {
        let waits = self.0.waits.get();
        if error == StorageError::Full && waits != Some(false) && !self.look(Reading::knows_present) {
            // There may be room once the edition tells what has vanished.
            self.0.waits.set(Some(true));
            if waits.is_none() {
                let keeping = self.clone();
                clock::after(FOR_THE_EDITION, move || {
                    keeping.0.waits.set(Some(false));
                    keeping.write_alone();
                });
            }
            return;
        }
        self.notify(match error {
            StorageError::Full => Notice::Full,
            StorageError::Blocked | StorageError::NotKept => Notice::Blocked,
        });
    }

    fn changed(&self, change: &Change, at_once: bool) {
        self.show(change);
        self.write_later(&change.shards, at_once);
    }

    /// Tells the screens what has changed.
    fn show(&self, change: &Change) {
        if change.is_empty() {
            return;
        }
        // Whoever hears of it may ask for rows.
        let rows: Vec<_> = {
            let rows = self.0.rows.borrow();
            let row =
                |key| rows.get(rows.binary_search_by_key(key, |row| row.0).ok()?).map(|row| row.1.clone());
            change.stories.iter().filter_map(row).collect()
        };
        rows.iter().for_each(grow);
        grow(&self.0.lists);
        if change.reader {
            grow(&self.0.preferences);
        }
    }

    fn write_later(&self, shards: &[Shard], at_once: bool) {
        if shards.is_empty() {
            return;
        }
        self.remember(shards);
        let wait = self.0.wait.get().wrapping_add(1);
        self.0.wait.set(wait);
        let keeping = self.clone();
        if at_once {
            self.write_alone();
        } else {
            clock::after(A_MOMENT, move || {
                if keeping.0.wait.get() == wait {
                    keeping.write_alone();
                }
            });
        }
    }

    /// Notes what is to be written.
    fn remember(&self, shards: &[Shard]) {
        let mut unwritten = self.0.unwritten.borrow_mut();
        for shard in shards {
            if !unwritten.contains(shard) {
                unwritten.push(*shard);
            }
        }
    }

    /// Writes what has changed, while no other tab does.
    fn write_alone(&self) {
        if !self.0.unwritten.borrow().is_empty() {
            let keeping = self.clone();
            storage::alone(&self.0.prefix, move || keeping.write());
        }
    }

    /// Writes what has changed.
    fn write(&self) {
        if self.0.unwritten.borrow().is_empty() {
            return;
        }
        self.look_for_newer();
        // What another tab had no room for is not to come back: first comes what it says of that.
        if let Ok(Some(outcome)) = self.take_stored(Shard::Reader) {
            self.remember(&outcome.evicted);
        }
        let mut failed = None;
        for shard in self.0.unwritten.take() {
            if let Err(error) = self.write_shard(shard) {
                // It is tried again with the next act: who has made room by then loses nothing.
                self.remember(&[shard]);
                failed = Some(error);
            }
        }
        if let Some(error) = failed {
            self.failed(error);
        }
    }

    /// Joins what is stored in a shard with what is known here, and stores that.
    fn write_shard(&self, shard: Shard) -> Result<(), StorageError> {
        for _ in 0..ROOMS {
            let written = match self.take_stored(shard) {
                Ok(Some(outcome)) if outcome.missing_there || outcome.is_damaged || outcome.has_forgotten => {
                    self.store(shard)
                }
                outcome => outcome.map(drop),
            };
            if written != Err(StorageError::Full) || !self.make_room() {
                return written;
            }
        }
        Err(StorageError::Full)
    }

    fn store(&self, shard: Shard) -> Result<(), StorageError> {
        let text = self.look(|reading| reading.text(shard));
        if text.is_empty() {
            storage::remove(&self.name(shard))
        } else {
            storage::set(&self.name(shard), &text)
        }
    }

    /// Forgets a part of what may go, what was set aside before all; whether there was any.
    fn make_room(&self) -> bool {
        if self.delete_aside() {
            return true;
        }
        let change = self.0.reading.borrow_mut().make_room(clock::now());
        self.show(&change);
        // What says that they are forgotten is the first of them, and comes last, when there is room for it.
        for shard in change.shards.iter().rev() {
            let written = match self.take_stored(*shard) {
                Ok(Some(_)) => self.store(*shard),
                outcome => outcome.map(drop),
            };
            if written.is_err() {
                self.remember(&[*shard]);
            }
        }
        !change.is_empty()
    }

    /// Joins what another tab has written, and what is stored now.
    fn on_change(&self, name: Option<&str>, text: Option<&str>) {
        // With no name all was cleared, by the reader, who wants it gone: this tab writes nothing until they act.
        let Some(name) = name else { return };
        if name == self.0.version {
            return self.look_for_newer();
        }
        let Some(shard) = name.strip_prefix(&self.0.prefix).and_then(Shard::parse) else { return };
        // A third tab that had not heard of it may have written over it: then it is known here alone by now.
        if let Some(text) = text {
            let outcome = self.take(shard, text);
            self.joined(shard, outcome);
        }
        // What was written by a tab that had not heard of this one's is written again.
        self.join(shard);
    }
}

fn grow(signal: &ArcRwSignal<u32>) {
    signal.update(|number| *number = number.wrapping_add(1));
}

/// What is kept of a story to show it when it has vanished.
#[must_use]
pub fn facts_of(story: &Story) -> StorySnapshot {
    StorySnapshot {
        headline: story.headline.clone(),
        url: story.canonical.as_ref().map(|href| href.as_str().to_owned()),
        section: story.section.clone(),
        published: story.published.millis(),
        is_live: story.kind == Kind::Live,
    }
}

/// The same of a teaser, which knows no canonical address; `known` is what was kept of it before.
#[must_use]
pub fn facts_of_teaser(
    teaser: &Teaser,
    section: &crate::content::Section,
    known: Option<StorySnapshot>,
) -> StorySnapshot {
    StorySnapshot {
        headline: teaser.headline.clone(),
        url: known.and_then(|known| known.url),
        section: Some(section.id.clone()),
        published: teaser.published.millis(),
        is_live: teaser.kind == Kind::Live,
    }
}

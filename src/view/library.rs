//! The edition and the stories that this tab has loaded, and the loading of them.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use any_spawner::Executor;
use reactive_graph::owner::{StoredValue, on_cleanup};
use reactive_graph::prelude::*;
use send_wrapper::SendWrapper;

use super::asking::Asking;
use super::later::Part;
use super::load::{Fault, Incoming, Load, PATIENCE};
use crate::browser::fetch::{self, Copy, FetchError};
use crate::browser::{clock, page, presence, worker};
use crate::content::decode::{self, DecodeError, Decoded};
use crate::content::{Edition, Kind, PageName, Story, StoryId, Teaser};
use crate::follow::{Answer, TIME_OUT};
use crate::route;

/// How often an edition with live coverage is asked for, in seconds.
const LIVE_EDITION: u32 = 30;
/// An edition that came within so many milliseconds is as it is now.
const FRESH: i64 = 5_000;

/// When the edition came last, in milliseconds since 1970; [`i64::MAX`] while it is asked for. A page has one.
static EDITION_CAME: AtomicI64 = AtomicI64::new(0);

/// What has been loaded. Content is immutable, so that it is shared, not copied.
#[derive(Clone, Copy)]
pub struct Library {
    edition: Incoming<Edition>,
    held: StoredValue<Held>,
}

struct Held {
    base: String,
    /// The bytes that the edition was last read from.
    edition_bytes: Vec<u8>,
    stories: Vec<Arc<Story>>,
    /// The story whose page was opened last.
    opened: Option<Incoming<Story>>,
}

impl Library {
    /// A library of the publication at `base`, with nothing in it yet.
    #[must_use]
    pub fn new(base: String) -> Self {
        let held = Held { base, edition_bytes: Vec::new(), stories: Vec::new(), opened: None };
        Self { edition: Incoming::new(Load::Loading), held: StoredValue::new(held) }
    }

    /// A library that holds an edition already.
    #[must_use]
    pub fn holding(base: String, edition: Arc<Edition>) -> Self {
        let library = Self::new(base);
        library.edition.set(Load::Loaded(edition));
        library
    }

    /// The edition, as far as it has come.
    #[must_use]
    pub fn edition(self) -> Incoming<Edition> {
        self.edition
    }

    /// The edition, once it is there.
    #[must_use]
    pub fn loaded_edition(self) -> Option<Arc<Edition>> {
        self.edition.get().loaded().cloned()
    }

    /// The same, for what is not to be shown anew when another one comes.
    #[must_use]
    pub fn known_edition(self) -> Option<Arc<Edition>> {
        self.edition.peek().loaded().cloned()
    }

    /// Asks for the edition, again where it was asked for before.
    pub fn load_edition(self) {
        self.edition.follow(self.fetch(&route::edition_file(), decode::edition));
    }

    /// Takes what the page was published with: its story.
    pub fn take_published(self) {
        let story = page::data(route::STORY_IN_PAGE).and_then(|text| decode::story(text.as_bytes()).ok());
        if let Some(story) = story {
            self.keep(&Arc::new(story.value));
        }
    }

    /// Calls `then` once the edition is there. It is asked for again and again until it is; at first a copy will do,
    /// which the page has had the browser fetch in advance. A screen of the reader's `own` can do without.
    pub fn once_there(self, own: bool, then: impl FnOnce() + 'static) {
        let then = Rc::new(Cell::new(Some(Box::new(then) as Box<dyn FnOnce()>)));
        let first = Answer::Head { interval: None, goes_on: true };
        let asking = Asking::start(first, true, move |asking| {
            let then = Rc::clone(&then);
            Executor::spawn_local(async move {
                let mut answer = self.ask_edition(Copy::Good).await;
                if matches!(answer, Answer::Failed { .. }) {
                    answer = self.ask_edition(Copy::Stale).await;
                }
                // What was published may need a part of the app to be shown by it.
                let parts = self.load_parts_shown(own).await;
                if own {
                    // It says by itself what is missing.
                    if matches!(answer, Answer::Failed { .. }) {
                        self.load_edition();
                    }
                    answer = first;
                } else if parts.is_err() {
                    answer = Answer::Failed { retry_after: None };
                }
                if matches!(answer, Answer::Head { .. }) {
                    asking.stop();
                    if let Some(then) = then.take() {
                        then();
                    }
                } else {
                    asking.answered(answer);
                }
            });
        });
        // A tab that was opened behind others is ready when it is looked at.
        if !presence::is_shown() {
            asking.now();
        }
    }

    /// Loads what the stories that are here are shown by, or what the reader's `own` screens are.
    async fn load_parts_shown(self, own: bool) -> Result<(), Fault> {
        let live = || self.held.with_value(|held| held.stories.iter().any(|story| story.live.is_some()));
        load_parts(if own {
            &[Part::Own, Part::Shelf]
        } else if live() {
            &LIVE
        } else {
            &[]
        })
        .await
    }

    async fn ask_edition(self, copy: Copy) -> Answer {
        let address = self.address(&route::edition_file());
        EDITION_CAME.store(i64::MAX, Ordering::Relaxed);
        let answer = fetch::bytes(&address, copy, PATIENCE).await;
        EDITION_CAME.store(if answer.is_ok() { clock::now() } else { 0 }, Ordering::Relaxed);
        match answer {
            Ok(bytes) => self.take_edition(&bytes),
            Err(FetchError::Busy(retry_after)) => Answer::Failed { retry_after },
            Err(_) => Answer::Failed { retry_after: None },
        }
    }

    /// Asks for the edition again and again, as long as what owns this is there: often where it has live
    /// coverage, else when the reader comes back to it. What is on the page stays where nothing comes.
    pub fn follow_edition(self) {
        let first = Answer::Head { interval: Some(LIVE_EDITION), goes_on: true };
        // What has come before may have been a copy that the browser had.
        let at_once = self.held.with_value(|held| !held.edition_bytes.is_empty());
        let asking = Asking::start(first, at_once, move |asking| {
            Executor::spawn_local(async move {
                asking.answered(self.ask_edition(Copy::Never).await);
            });
        });
        let asking = SendWrapper::new(asking);
        on_cleanup(move || asking.stop());
    }

    /// Asks for the edition once more, unless it has just come or is asked for. What is on the page stays until another one
    /// comes.
    pub fn refresh_edition(self) {
        if EDITION_CAME.load(Ordering::Relaxed) > clock::now() - FRESH {
            return;
        }
        if self.loaded_edition().is_none() {
            if !self.edition.peek().is_waiting() {
                self.load_edition();
            }
            return;
        }
        Executor::spawn_local(async move {
            // A copy will do, since it tells that there is no network. What follows the edition asks again.
            self.ask_edition(Copy::Stale).await;
        });
    }

    fn take_edition(self, bytes: &[u8]) -> Answer {
        // The same bytes are not read twice.
        if self.held.with_value(|held| held.edition_bytes != bytes) {
            let Ok(edition) = decode::edition(bytes) else { return Answer::Failed { retry_after: None } };
            self.held.update_value(|held| held.edition_bytes = bytes.to_vec());
            self.has_come(&route::edition_file());
            self.edition.set(Load::Loaded(Arc::new(edition.value)));
        }
        let goes_on = self
            .loaded_edition()
            .is_some_and(|edition| edition.teasers().any(|(_, teaser)| teaser.is_live()));
        Answer::Head { interval: Some(LIVE_EDITION), goes_on }
    }

    /// The teaser of a story, where the edition is there and has it. Does not re-run what asks.
    #[must_use]
    pub fn teaser(self, id: &StoryId) -> Option<Arc<Teaser>> {
        self.known_edition()?.teaser(id).cloned()
    }

    /// A story: at once where this tab has read it before.
    #[must_use]
    pub fn story(self, id: &StoryId) -> Incoming<Story> {
        let known = self.held.with_value(|held| held.stories.iter().find(|story| story.id == *id).cloned());
        // Whether the edition comes meanwhile is nothing to show the story anew for.
        if known.is_none() && self.teaser(id).is_some_and(|teaser| teaser.kind == Kind::Live) {
            Part::Live.expect();
        }
        let story = Incoming::new(known.clone().map_or(Load::Loading, Load::Loaded));
        if known.is_none() {
            self.load_story(id, story);
        }
        self.held.update_value(|held| held.opened = Some(story));
        story
    }

    /// Takes a newer copy of an article. Where the one before is on the page, this gives what shows the newer one there.
    #[must_use]
    pub fn renew(self, story: Arc<Story>) -> Option<impl Fn() + use<>> {
        // Live coverage asks for what is new by itself.
        if story.live.is_some() {
            return None;
        }
        self.keep(&story);
        let opened = self.held.with_value(|held| held.opened)?;
        let shows = opened.peek().loaded().is_some_and(|old| old.id == story.id);
        shows.then_some(move || opened.set(Load::Loaded(Arc::clone(&story))))
    }

    /// Asks for a story, again where it was asked for before. One is there when what shows it is, too.
    pub fn load_story(self, id: &StoryId, into: Incoming<Story>) {
        let asked = self.fetch(&route::story_file(id), decode::story);
        into.follow(async move {
            let story = asked.await?;
            load_parts(if story.live.is_some() { &LIVE } else { &[] }).await?;
            self.keep(&story);
            Ok(story)
        });
    }

    /// The story, as it is now or else as it was last, without showing it anywhere.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn fetch_story(self, id: &StoryId) -> Result<Arc<Story>, Fault> {
        self.fetch(&route::story_file(id), decode::story).await
    }

    /// Keeps a story in place of the copy that there was.
    pub fn keep(self, story: &Arc<Story>) {
        self.held.update_value(|held| {
            held.stories.retain(|other| other.id != story.id);
            held.stories.push(Arc::clone(story));
        });
    }

    /// The base of the publication.
    #[must_use]
    pub fn base(self) -> String {
        self.held.with_value(|held| held.base.clone())
    }

    /// Has a newer copy of a file kept for reading offline, after it was asked for in such a way that no copy would do.
    pub fn has_come(self, file: &str) {
        worker::has_come(&self.address(file));
    }

    /// The bytes of a story's file, as it is now.
    ///
    /// # Errors
    /// A [`FetchError`].
    pub async fn head(self, id: &StoryId) -> Result<Vec<u8>, FetchError> {
        let address = self.address(&route::story_file(id));
        fetch::bytes(&address, Copy::Never, i32::try_from(TIME_OUT).unwrap_or(i32::MAX)).await
    }

    /// The bytes of a file of older posts. What is under its name never changes.
    ///
    /// # Errors
    /// A [`FetchError`].
    pub async fn live_file(self, id: &StoryId, name: &PageName, copy: Copy) -> Result<Vec<u8>, FetchError> {
        let address = self.address(&route::live_file(id, name));
        fetch::bytes(&address, copy, PATIENCE).await
    }

    /// The absolute address of a file of the publication.
    fn address(self, file: &str) -> String {
        self.held.with_value(|held| format!("{}{file}", held.base))
    }

    fn fetch<T>(
        self,
        file: &str,
        decode: fn(&[u8]) -> Result<Decoded<T>, DecodeError>,
    ) -> impl Future<Output = Result<Arc<T>, Fault>> + use<T> {
        let address = self.address(file);
        async move {
            let bytes = fetch::bytes(&address, Copy::Stale, PATIENCE).await.map_err(Fault::Fetch)?;
            decode(&bytes).map(|decoded| Arc::new(decoded.value)).map_err(Fault::File)
        }
    }
}

/// What shows a live blog, and what keeps how far its reader has come.
const LIVE: [Part; 2] = [Part::Own, Part::Live];

async fn load_parts(parts: &'static [Part]) -> Result<(), Fault> {
    for part in parts {
        part.load().await?;
    }
    Ok(())
}

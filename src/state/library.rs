//! The library: the edition and the stories that this tab has loaded, and the loading of them.

use std::future::Future;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::load::{Load, LoadError, Loader, TIMEOUT};
use super::polling::Poller;
use crate::browser::fetch::{self, CachePolicy, FetchError};
use crate::browser::{clock, page, visibility};
use crate::content::decode::{self, DecodeError, Decoded};
use crate::content::{Edition, PageName, Story, StoryId, Teaser};
use crate::follow::{Answer, TIME_OUT};
use crate::route;

/// How often an edition with live coverage is asked for, in seconds.
const LIVE_EDITION: u32 = 30;
/// An edition that came within so many milliseconds is as it is now.
const FRESH: i64 = 5_000;
/// How many stories a tab holds on to. Those beyond are asked for again, of the browser's cache as a rule.
const MOST_STORIES: usize = 30;

/// What has been loaded. Content is immutable, so it is shared and not copied.
#[derive(Clone, Copy)]
pub struct Library {
    edition: Loader<Edition>,
    held: StoredValue<Held>,
}

/// Is told of each answer of the host: whether it was only a copy that the service worker had.
type OnAnswer = Arc<dyn Fn(bool) + Send + Sync>;
/// Is told of each file that came although no copy would have done.
type OnNews = Arc<dyn Fn(&str) + Send + Sync>;

struct Held {
    base: String,
    /// The bytes that the edition was last read from.
    edition_bytes: Vec<u8>,
    /// When the edition came last, in milliseconds since 1970; [`i64::MAX`] while it is asked for.
    edition_came: i64,
    /// The stories that were used last, the latest one at the end.
    stories: Vec<Arc<Story>>,
    /// The story whose page was opened last.
    opened: Option<Loader<Story>>,
    on_answer: Option<OnAnswer>,
    on_news: Option<OnNews>,
}

impl Library {
    /// A library of the publication at `base`, with nothing in it yet.
    #[must_use]
    pub fn new(base: String) -> Self {
        let held = StoredValue::new(Held {
            base,
            edition_bytes: Vec::new(),
            edition_came: 0,
            stories: Vec::new(),
            opened: None,
            on_answer: None,
            on_news: None,
        });
        let file = route::edition_file();
        let fetch = move || fetch_file(held, &file, decode::edition);
        Self { edition: Loader::new(Load::Loading, fetch), held }
    }

    /// A library that holds an edition already.
    #[must_use]
    pub fn holding(base: String, edition: Arc<Edition>) -> Self {
        let library = Self::new(base);
        library.edition.set(Load::Loaded(edition));
        library
    }

    /// Has `told` called with each answer of the host: whether it was only a copy that the service worker had kept.
    pub fn on_answer(self, told: impl Fn(bool) + Send + Sync + 'static) {
        self.held.update_value(|held| held.on_answer = Some(Arc::new(told)));
    }

    /// Has `came` called with the address of each file that came past the service worker.
    pub fn on_news(self, came: impl Fn(&str) + Send + Sync + 'static) {
        self.held.update_value(|held| held.on_news = Some(Arc::new(came)));
    }

    /// The edition.
    #[must_use]
    pub fn edition(self) -> Loader<Edition> {
        self.edition
    }

    /// The edition, once it is there.
    #[must_use]
    pub fn loaded_edition(self) -> Option<Arc<Edition>> {
        self.edition.with(|load| load.loaded().cloned())
    }

    /// The edition, without following it.
    #[must_use]
    pub fn known_edition(self) -> Option<Arc<Edition>> {
        self.edition.get_untracked().loaded().cloned()
    }

    /// Takes the story that the page was published with.
    pub fn take_published(self) {
        let story = page::text_of(route::STORY_IN_PAGE).and_then(|text| decode::story(text.as_bytes()).ok());
        if let Some(story) = story {
            self.keep(&Arc::new(story.value));
        }
    }

    /// Calls `then` once the edition is there. It is asked for again and again until it is; at first a copy will do,
    /// which the page has had the browser fetch in advance. With `without_edition` the first attempt is enough, whatever
    /// comes of it.
    pub fn once_there(self, without_edition: bool, then: impl FnOnce() + 'static) {
        let then = StoredValue::new_local(Some(then));
        let poller = StoredValue::new(None::<Poller>);
        let is_over = StoredValue::new(false);
        let first = Answer::Head { interval: None, goes_on: true };
        let started = Poller::start(first, true, move || async move {
            let mut answer = self.ask_edition(CachePolicy::Immutable).await;
            if matches!(answer, Answer::Failed { .. }) {
                answer = self.ask_edition(CachePolicy::Revalidate).await;
            }
            if without_edition && matches!(answer, Answer::Failed { .. }) {
                // The loader says what is missing.
                self.edition.retry();
                answer = first;
            }
            if matches!(answer, Answer::Head { .. }) {
                is_over.set_value(true);
                if let Some(poller) = poller.get_value() {
                    poller.stop();
                }
                if let Some(then) = then.try_update_value(Option::take).flatten() {
                    then();
                }
            }
            answer
        });
        poller.set_value(Some(started));
        if is_over.get_value() {
            started.stop();
        } else if !visibility::is_visible() {
            // A tab that was opened behind others is ready when it is looked at.
            started.ask_now();
        }
    }

    async fn ask_edition(self, policy: CachePolicy) -> Answer {
        let address = self.address(&route::edition_file());
        self.set_edition_came(i64::MAX);
        let fetched = fetch_bytes(self.held, &address, policy, TIMEOUT).await;
        self.set_edition_came(if fetched.is_ok() { clock::now() } else { 0 });
        match fetched {
            Ok(bytes) => self.take_edition(&bytes),
            Err(FetchError::Busy(retry_after)) => Answer::Failed { retry_after },
            Err(_) => Answer::Failed { retry_after: None },
        }
    }

    fn set_edition_came(self, at: i64) {
        self.held.update_value(|held| held.edition_came = at);
    }

    /// Polls the edition as long as the current owner lives: often where it has live coverage, else when the reader
    /// comes back to the tab. What is on the page stays where nothing comes.
    pub fn follow_edition(self) {
        let first = Answer::Head { interval: Some(LIVE_EDITION), goes_on: true };
        // The one that came first may have been a copy of the browser's.
        let at_once = self.held.with_value(|held| !held.edition_bytes.is_empty());
        let _ = Poller::start(first, at_once, move || self.ask_edition(CachePolicy::BypassServiceWorker));
    }

    /// Asks for the edition once more, unless it has just come or is asked for. What is on the page stays until another
    /// one comes.
    pub fn refresh_edition(self) {
        if self.held.with_value(|held| held.edition_came) > clock::now() - FRESH {
            return;
        }
        if self.known_edition().is_none() {
            if !self.edition.get_untracked().is_waiting() {
                self.edition.retry();
            }
            return;
        }
        spawn_local(async move {
            // A copy will do, since it tells that there is no network. What follows the edition asks again.
            self.ask_edition(CachePolicy::Revalidate).await;
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
        let goes_on =
            self.known_edition().is_some_and(|edition| edition.teasers().any(|(_, teaser)| teaser.is_live()));
        Answer::Head { interval: Some(LIVE_EDITION), goes_on }
    }

    /// The teaser of a story, where the edition is there and has it. Does not follow the edition.
    #[must_use]
    pub fn teaser(self, id: &StoryId) -> Option<Arc<Teaser>> {
        self.known_edition()?.teaser(id).cloned()
    }

    /// A story, for the page that shows it: loaded at once where this tab holds it, else asked for.
    #[must_use]
    pub fn story(self, id: &StoryId) -> Loader<Story> {
        let known = self.held.with_value(|held| held.stories.iter().find(|story| story.id == *id).cloned());
        let own = id.clone();
        let fetch = move || {
            let id = own.clone();
            async move {
                let story = self.fetch_story(&id).await?;
                self.keep(&story);
                Ok(story)
            }
        };
        let story = match known {
            Some(known) => {
                self.keep(&known);
                Loader::new(Load::Loaded(known), fetch)
            }
            None => {
                let story = Loader::new(Load::Loading, fetch);
                story.retry();
                story
            }
        };
        self.held.update_value(|held| held.opened = Some(story));
        story
    }

    /// Tries again what could not be loaded: the network is back.
    pub fn retry_failed(self) {
        if matches!(self.edition.get_untracked(), Load::Failed(_)) {
            self.edition.retry();
        }
        let opened = self.held.with_value(|held| held.opened);
        if let Some(story) = opened.filter(|story| matches!(story.get_untracked(), Load::Failed(_))) {
            story.retry();
        }
    }

    /// Takes a newer copy of an article. Where the one before is on the page, this gives what shows the newer one there.
    #[must_use]
    pub fn renew(self, story: Arc<Story>) -> Option<impl Fn() + Clone + Send + Sync + use<>> {
        // Live coverage asks for what is new by itself.
        if story.live.is_some() {
            return None;
        }
        self.keep(&story);
        let opened = self.held.with_value(|held| held.opened)?;
        let shows = opened.get_untracked().loaded().is_some_and(|old| old.id == story.id);
        shows.then_some(move || opened.set(Load::Loaded(Arc::clone(&story))))
    }

    /// A story as it is now, or else as it was last, without showing it anywhere.
    ///
    /// # Errors
    /// A [`LoadError`].
    pub async fn fetch_story(self, id: &StoryId) -> Result<Arc<Story>, LoadError> {
        fetch_file(self.held, &route::story_file(id), decode::story).await
    }

    /// Keeps a story in place of the copy that there was.
    pub fn keep(self, story: &Arc<Story>) {
        self.held.update_value(|held| {
            held.stories.retain(|other| other.id != story.id);
            held.stories.push(Arc::clone(story));
            let beyond = held.stories.len().saturating_sub(MOST_STORIES);
            held.stories.drain(..beyond);
        });
    }

    /// The base of the publication: an absolute address that ends in `/`.
    #[must_use]
    pub fn base(self) -> String {
        self.held.with_value(|held| held.base.clone())
    }

    /// Has a newer copy of a file kept for reading offline, after it came past the service worker.
    pub fn has_come(self, file: &str) {
        let on_news = self.held.with_value(|held| held.on_news.clone());
        if let Some(on_news) = on_news {
            on_news(&self.address(file));
        }
    }

    /// The bytes of a live blog's head, as it is now.
    ///
    /// # Errors
    /// A [`FetchError`].
    pub async fn head(self, id: &StoryId) -> Result<Vec<u8>, FetchError> {
        let address = self.address(&route::story_file(id));
        let timeout = u32::try_from(TIME_OUT).unwrap_or(u32::MAX);
        fetch_bytes(self.held, &address, CachePolicy::BypassServiceWorker, timeout).await
    }

    /// The bytes of a file of older posts. What is under its name never changes.
    ///
    /// # Errors
    /// A [`FetchError`].
    pub async fn live_file(
        self,
        id: &StoryId,
        name: &PageName,
        policy: CachePolicy,
    ) -> Result<Vec<u8>, FetchError> {
        let address = self.address(&route::live_file(id, name));
        fetch_bytes(self.held, &address, policy, TIMEOUT).await
    }

    /// The absolute address of a file of the publication.
    fn address(self, file: &str) -> String {
        self.held.with_value(|held| format!("{}{file}", held.base))
    }
}

/// The bytes at an address. Whoever wants to know is told whether they were only a copy.
async fn fetch_bytes(
    held: StoredValue<Held>,
    address: &str,
    policy: CachePolicy,
    timeout: u32,
) -> Result<Vec<u8>, FetchError> {
    let fetched = fetch::bytes(address, policy, timeout).await?;
    // A copy of the browser's own says nothing of the network.
    let on_answer = held.try_with_value(|held| held.on_answer.clone()).flatten();
    if let Some(on_answer) = on_answer.filter(|_| policy != CachePolicy::Immutable) {
        on_answer(fetched.is_copy);
    }
    Ok(fetched.bytes)
}

fn fetch_file<T>(
    held: StoredValue<Held>,
    file: &str,
    decode: fn(&[u8]) -> Result<Decoded<T>, DecodeError>,
) -> impl Future<Output = Result<Arc<T>, LoadError>> + use<T> {
    let address = held.with_value(|held| format!("{}{file}", held.base));
    async move {
        let bytes =
            fetch_bytes(held, &address, CachePolicy::Revalidate, TIMEOUT).await.map_err(LoadError::Fetch)?;
        decode(&bytes).map(|decoded| Arc::new(decoded.value)).map_err(LoadError::File)
    }
}

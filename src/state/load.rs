//! The states of something that is being loaded, and the attempts to load it.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use crate::browser::fetch::FetchError;
use crate::browser::timer::Timeout;
use crate::browser::visibility;
use crate::content::decode::DecodeError;

/// After this many milliseconds a quiet skeleton shows that something is coming.
const SLOW_AFTER: u32 = 400;
/// After this many a message says so.
const VERY_SLOW_AFTER: u32 = 8_000;
/// After a failure, the next attempt is made after this many, and later after more, up to the longest wait.
const FIRST_WAIT: u32 = 4_000;
const LONGEST_WAIT: u32 = 60_000;
/// A host can ask for no longer a wait than this.
const LONGEST_ASKED_FOR: i64 = 3_600_000;
/// After this many an attempt is given up.
pub const TIMEOUT: u32 = 30_000;

/// Something that is being loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load<T> {
    /// Asked for just now: nothing is shown yet, so that a quick answer does not flicker.
    Loading,
    /// Not there after 0.4 seconds.
    Slow,
    /// Not there after 8 seconds.
    VerySlow,
    /// There.
    Loaded(T),
    /// Not to be had now; trying again may help.
    Failed(LoadError),
    /// There is no such thing.
    NotFound,
}

/// Why something could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// The network or the host.
    Fetch(FetchError),
    /// The file came, and is of no use.
    File(DecodeError),
}

impl<T> Load<T> {
    /// The outcome of an attempt.
    pub fn from_attempt(attempt: Result<T, LoadError>) -> Self {
        match attempt {
            Ok(value) => Self::Loaded(value),
            Err(LoadError::Fetch(FetchError::Status(404 | 410))) => Self::NotFound,
            Err(error) => Self::Failed(error),
        }
    }

    /// Whether the attempt still goes on.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::Loading | Self::Slow | Self::VerySlow)
    }

    /// What was loaded.
    pub fn loaded(&self) -> Option<&T> {
        match self {
            Self::Loaded(value) => Some(value),
            _ => None,
        }
    }

    /// The state without what was loaded.
    #[must_use]
    pub fn stage(&self) -> Load<()> {
        match self {
            Self::Loading => Load::Loading,
            Self::Slow => Load::Slow,
            Self::VerySlow => Load::VerySlow,
            Self::Loaded(_) => Load::Loaded(()),
            Self::Failed(error) => Load::Failed(error.clone()),
            Self::NotFound => Load::NotFound,
        }
    }
}

impl LoadError {
    /// How long another attempt has to wait at least, in milliseconds, where it may do better with nothing done about it.
    fn retry_after(&self) -> Option<i64> {
        match self {
            Self::Fetch(FetchError::Busy(wanted)) => Some(wanted.unwrap_or(0)),
            Self::Fetch(FetchError::InvalidRequest | FetchError::Status(..500)) => None,
            Self::Fetch(_) | Self::File(DecodeError::Html | DecodeError::Truncated | DecodeError::Empty) => {
                Some(0)
            }
            Self::File(_) => None,
        }
    }

    /// Why, in a reader's words.
    #[must_use]
    pub fn message(&self) -> &'static str {
        match self {
            Self::Fetch(FetchError::Offline) => {
                "You seem to be offline. It will be here when the network is back."
            }
            Self::Fetch(FetchError::Network | FetchError::InvalidRequest) => {
                "The connection broke off before the news arrived."
            }
            Self::Fetch(FetchError::TimedOut) => "The newspaper’s server did not answer in time.",
            Self::Fetch(FetchError::Status(401 | 403)) => "The newspaper’s server refused to hand it out.",
            Self::Fetch(FetchError::Status(404 | 410)) => "There is nothing at this address.",
            Self::Fetch(FetchError::Busy(_)) => "The newspaper’s server is very busy right now.",
            Self::Fetch(FetchError::Status(500..)) => "The newspaper’s server has a problem.",
            Self::Fetch(FetchError::Status(_)) => {
                "The newspaper’s server gave an answer that makes no sense here."
            }
            Self::File(DecodeError::Html) => {
                "A web page came instead of the news. The network may want you to log in first."
            }
            Self::File(DecodeError::Truncated | DecodeError::Empty) => "Only a part of it arrived.",
            Self::File(DecodeError::Newer(_)) => {
                "It was made for a newer version of this reader. Reload the page to get that."
            }
            Self::File(DecodeError::UnknownKind(_)) => {
                "It is of a kind that this version of the reader does not know. Reload the page to get a newer one."
            }
            Self::File(DecodeError::NotJson { .. } | DecodeError::Unusable(_)) => "What arrived is damaged.",
        }
    }
}

/// Attempts to load one thing, by number: only the latest one may change the state, so that an answer or a timer of an
/// attempt that was given up changes nothing.
#[derive(Clone, Debug)]
struct Attempts<T> {
    latest: u32,
    load: Load<T>,
}

impl<T> Attempts<T> {
    fn new(load: Load<T>) -> Self {
        Self { latest: 0, load }
    }

    /// Begins another attempt; its number.
    fn begin(&mut self) -> u32 {
        self.latest = self.latest.wrapping_add(1);
        self.load = Load::Loading;
        self.latest
    }

    /// Begins another attempt after a failure, which stays on the page meanwhile; its number. `None` where something else
    /// has happened since.
    fn begin_again(&mut self) -> Option<u32> {
        matches!(self.load, Load::Failed(_)).then(|| {
            self.latest = self.latest.wrapping_add(1);
            self.latest
        })
    }

    /// An attempt takes long; whether that changes anything.
    fn delay(&mut self, attempt: u32, load: Load<T>) -> bool {
        let changes = attempt == self.latest && self.load.is_waiting();
        if changes {
            self.load = load;
        }
        changes
    }

    /// An attempt has ended; whether that changes anything. `None` where it is not the latest one.
    fn finish(&mut self, attempt: u32, result: Result<T, LoadError>) -> Option<bool> {
        if attempt != self.latest {
            return None;
        }
        let before = self.load.stage();
        self.load = Load::from_attempt(result);
        // The same failure again is no news.
        Some(self.load.stage() != before)
    }

    /// The value came by another way: no attempt under way may change it.
    fn replace(&mut self, load: Load<T>) {
        self.latest = self.latest.wrapping_add(1);
        self.load = load;
    }
}

/// One attempt to load a `T`.
type Attempt<T> = Pin<Box<dyn Future<Output = Result<Arc<T>, LoadError>>>>;

/// One thing that can be loaded: its state, and a way to ask for it again. It lives as long as the owner under which
/// it was made; then its requests are aborted.
pub struct Loader<T: Send + Sync + 'static> {
    attempts: RwSignal<Attempts<Arc<T>>>,
    source: StoredValue<Source<T>, LocalStorage>,
}

struct Source<T> {
    fetch: Rc<dyn Fn() -> Attempt<T>>,
    owner: Option<Owner>,
    /// The timers of the latest attempt, and of the next one after a failure.
    timers: Vec<Timeout>,
    /// How many attempts in a row have failed.
    failures: u32,
}

impl<T: Send + Sync + 'static> Clone for Loader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loader<T> {}

impl<T: Send + Sync + 'static> Loader<T> {
    /// Something in that state, and what fetches it. Nothing is asked for yet: see [`Self::retry`].
    #[must_use]
    pub fn new<F>(load: Load<Arc<T>>, fetch: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Result<Arc<T>, LoadError>> + 'static,
    {
        let fetch: Rc<dyn Fn() -> Attempt<T>> = Rc::new(move || Box::pin(fetch()));
        let source = Source { fetch, owner: Owner::current(), timers: Vec::new(), failures: 0 };
        Self { attempts: RwSignal::new(Attempts::new(load)), source: StoredValue::new_local(source) }
    }

    /// The state.
    #[must_use]
    pub fn get(self) -> Load<Arc<T>> {
        self.attempts.with(|attempts| attempts.load.clone())
    }

    /// The state, without following it. [`Load::NotFound`] where the owner is gone.
    #[must_use]
    pub fn get_untracked(self) -> Load<Arc<T>> {
        self.attempts.try_with_untracked(|attempts| attempts.load.clone()).unwrap_or(Load::NotFound)
    }

    /// Looks at the state without copying it.
    pub fn with<U>(self, look: impl FnOnce(&Load<Arc<T>>) -> U) -> U {
        self.attempts.with(|attempts| look(&attempts.load))
    }

    /// Changes the state. Does nothing where the owner is gone.
    pub fn set(self, load: Load<Arc<T>>) {
        self.attempts.try_update(|attempts| attempts.replace(load));
    }

    /// Makes an attempt. One that is still under way no longer counts. Where it fails for a reason that may pass, it is
    /// made again and again, while the page is in sight, until something else happens.
    pub fn retry(self) {
        self.attempt(|attempts| Some(attempts.begin()));
    }

    fn attempt(self, begin: fn(&mut Attempts<Arc<T>>) -> Option<u32>) {
        // Natively nothing is loaded.
        if cfg!(feature = "ssr") {
            return;
        }
        let Some(number) = self.attempts.try_maybe_update(|attempts| {
            let before = attempts.load.stage();
            let number = begin(attempts);
            (attempts.load.stage() != before, number)
        }) else {
            return;
        };
        let started = self.source.try_with_value(|source| ((source.fetch)(), source.owner.clone()));
        let (Some(number), Some((attempt, owner))) = (number, started) else { return };
        let timers = [(SLOW_AFTER, Load::Slow), (VERY_SLOW_AFTER, Load::VerySlow)].map(|(wait, load)| {
            Timeout::new(wait, move || {
                self.attempts.try_maybe_update(|attempts| (attempts.delay(number, load), ()));
            })
        });
        self.source.try_update_value(|source| source.timers = timers.into());
        let task = async move {
            let result = attempt.await;
            let retry_after = result.as_ref().err().and_then(LoadError::retry_after);
            let ended = self.attempts.try_maybe_update(|attempts| {
                let ended = attempts.finish(number, result);
                (ended == Some(true), ended)
            });
            if ended.flatten().is_some() {
                self.ended(retry_after);
            }
        };
        // An event handler has no owner of its own.
        match owner {
            Some(owner) => owner.with(|| spawn_local_scoped_with_cancellation(task)),
            None => spawn_local_scoped_with_cancellation(task),
        }
    }

    /// The latest attempt has ended. After a failure that may pass, the next one waits so many milliseconds at least.
    fn ended(self, retry_after: Option<i64>) {
        self.source.try_update_value(|source| {
            source.timers.clear();
            source.failures = retry_after.map_or(0, |_| source.failures.saturating_add(1));
            if let Some(at_least) = retry_after {
                source.timers.push(self.retry_in(wait_after(source.failures, at_least)));
            }
        });
    }

    /// Makes the next attempt after so many milliseconds, once the page is in sight.
    fn retry_in(self, millis: u32) -> Timeout {
        Timeout::new(millis, move || {
            if visibility::is_visible() {
                self.attempt(Attempts::begin_again);
            } else {
                self.source.try_update_value(|source| source.timers = vec![self.retry_in(FIRST_WAIT)]);
            }
        })
    }
}

/// How long to wait after so many failures in a row, in milliseconds; `at_least` is what the host asks for.
fn wait_after(failures: u32, at_least: i64) -> u32 {
    let wait = FIRST_WAIT.saturating_mul(1 << failures.saturating_sub(1).min(5)).min(LONGEST_WAIT);
    wait.max(u32::try_from(at_least.clamp(0, LONGEST_ASKED_FOR)).unwrap_or(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_minute() {
        let waits = [1, 2, 3, 4, 5, 6, 60].map(|failures| wait_after(failures, 0));
        assert_eq!(waits, [4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    }

    #[test]
    fn a_host_that_wants_to_be_left_alone_is() {
        let busy = |wanted| LoadError::Fetch(FetchError::Busy(wanted)).retry_after();
        assert_eq!((busy(None), busy(Some(90_000))), (Some(0), Some(90_000)));
        assert_eq!(wait_after(1, 90_000), 90_000);
        assert_eq!(wait_after(1, -5), 4_000);
        assert_eq!(wait_after(1, i64::MAX), 3_600_000);
        assert_eq!(LoadError::Fetch(FetchError::Status(403)).retry_after(), None);
        assert_eq!(LoadError::Fetch(FetchError::Status(502)).retry_after(), Some(0));
    }

    #[test]
    fn a_next_attempt_leaves_the_failure_on_the_page() {
        let failed = || LoadError::Fetch(FetchError::Network);
        let mut attempts = Attempts::new(Load::<u8>::Failed(failed()));
        let again = attempts.begin_again().unwrap();
        assert_eq!(attempts.load, Load::Failed(failed()));
        assert!(!attempts.delay(again, Load::Slow));
        assert_eq!(attempts.finish(again, Err(failed())), Some(false), "the same failure is no news");
        let again = attempts.begin_again().unwrap();
        assert_eq!(attempts.finish(again, Ok(1)), Some(true));
        assert_eq!(attempts.load, Load::Loaded(1));
    }

    #[test]
    fn what_came_by_another_way_is_not_asked_for_again() {
        let mut attempts = Attempts::new(Load::Failed(LoadError::Fetch(FetchError::Network)));
        attempts.replace(Load::Loaded("pushed"));
        assert_eq!(attempts.begin_again(), None);
        assert_eq!(attempts.load, Load::Loaded("pushed"));
    }

    #[test]
    fn only_the_latest_attempt_changes_the_state() {
        let mut attempts = Attempts::new(Load::Loading);
        let first = attempts.begin();
        assert_eq!(attempts.finish(first, Err(LoadError::Fetch(FetchError::Network))), Some(true));
        let second = attempts.begin();
        assert!(!attempts.delay(first, Load::VerySlow), "a timer of the first attempt");
        assert_eq!(attempts.load, Load::Loading);
        assert!(attempts.delay(second, Load::Slow));
        assert_eq!(attempts.finish(second, Ok(2)), Some(true));
        assert_eq!(
            attempts.finish(first, Err(LoadError::Fetch(FetchError::TimedOut))),
            None,
            "a late failure"
        );
        assert_eq!(attempts.load, Load::Loaded(2));
        assert!(!attempts.delay(second, Load::VerySlow), "it is there already");
    }

    #[test]
    fn of_two_attempts_under_way_the_later_one_counts() {
        let mut attempts = Attempts::new(Load::NotFound);
        let (first, second) = (attempts.begin(), attempts.begin());
        assert_eq!(attempts.finish(second, Ok("new")), Some(true));
        assert_eq!(attempts.finish(first, Ok("old")), None);
        assert_eq!(attempts.load, Load::Loaded("new"));
        let third = attempts.begin();
        attempts.replace(Load::Loaded("pushed"));
        assert_eq!(attempts.finish(third, Ok("old")), None);
        assert_eq!(attempts.load, Load::Loaded("pushed"));
    }

    #[test]
    fn missing_is_not_an_error() {
        assert_eq!(Load::<()>::from_attempt(Err(LoadError::Fetch(FetchError::Status(404)))), Load::NotFound);
        assert_eq!(Load::<()>::from_attempt(Err(LoadError::Fetch(FetchError::Status(410)))), Load::NotFound);
        assert!(matches!(
            Load::<()>::from_attempt(Err(LoadError::Fetch(FetchError::Status(500)))),
            Load::Failed(_)
        ));
        assert_eq!(Load::from_attempt(Ok(1)).loaded(), Some(&1));
    }

    #[test]
    fn every_message_is_a_sentence_without_a_code() {
        let errors = [
            LoadError::Fetch(FetchError::Offline),
            LoadError::Fetch(FetchError::Network),
            LoadError::Fetch(FetchError::TimedOut),
            LoadError::Fetch(FetchError::Status(302)),
            LoadError::Fetch(FetchError::Status(403)),
            LoadError::Fetch(FetchError::Status(404)),
            LoadError::Fetch(FetchError::Busy(None)),
            LoadError::Fetch(FetchError::Status(500)),
            LoadError::File(DecodeError::Html),
            LoadError::File(DecodeError::Truncated),
            LoadError::File(DecodeError::Newer(2)),
            LoadError::File(DecodeError::UnknownKind("x".to_owned())),
            LoadError::File(DecodeError::NotJson { line: 1, column: 1 }),
        ];
        for error in errors {
            let message = error.message();
            assert!(
                message.ends_with('.')
                    && !message.contains("JSON")
                    && !message.contains(|c: char| c.is_ascii_digit()),
                "{message}"
            );
        }
    }
}

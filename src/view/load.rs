//! The states of something that is being loaded, what is said of each, and what tells a page of them.

use std::any::Any;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use any_spawner::Executor;
use reactive_graph::prelude::*;
use reactive_graph::signal::RwSignal;

use crate::browser::clock;
use crate::browser::fetch::FetchError;
use crate::content::decode::DecodeError;

/// After this many milliseconds a quiet skeleton shows that something is coming.
const SLOW_AFTER: i32 = 400;
/// After this many a word says so.
const VERY_SLOW_AFTER: i32 = 8_000;
/// After this many an attempt is given up.
pub const PATIENCE: i32 = 30_000;

/// Something that is being loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load<T> {
    /// Asked for just now: nothing is shown yet, so that a quick answer does not flicker.
    Loading,
    /// Not there after [`SLOW_AFTER`].
    Slow,
    /// Not there after [`VERY_SLOW_AFTER`].
    VerySlow,
    /// There.
    Loaded(T),
    /// Not to be had now; trying again may help.
    Failed(Fault),
    /// There is no such thing.
    NotFound,
}

/// Why something could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The network or the host.
    Fetch(FetchError),
    /// The file came, and is of no use.
    File(DecodeError),
    /// The host has a newer reader, and what this one lacks is gone.
    Replaced,
}

impl<T> Load<T> {
    /// What an attempt came to.
    pub fn from_attempt(attempt: Result<T, Fault>) -> Self {
        match attempt {
            Ok(value) => Self::Loaded(value),
            Err(Fault::Fetch(FetchError::Status(404 | 410))) => Self::NotFound,
            Err(fault) => Self::Failed(fault),
        }
    }

    /// Whether the attempt still goes on.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::Loading | Self::Slow | Self::VerySlow)
    }

    /// The state alone.
    #[must_use]
    pub fn stage(&self) -> Load<()> {
        match self {
            Self::Loading => Load::Loading,
            Self::Slow => Load::Slow,
            Self::VerySlow => Load::VerySlow,
            Self::Loaded(_) => Load::Loaded(()),
            Self::Failed(fault) => Load::Failed(fault.clone()),
            Self::NotFound => Load::NotFound,
        }
    }

    /// The state, with what `map` makes of what was loaded.
    fn map<U>(self, map: impl FnOnce(T) -> Option<U>) -> Load<U> {
        match self {
            Self::Loading => Load::Loading,
            Self::Slow => Load::Slow,
            Self::VerySlow => Load::VerySlow,
            Self::Loaded(value) => map(value).map_or(Load::NotFound, Load::Loaded),
            Self::Failed(fault) => Load::Failed(fault),
            Self::NotFound => Load::NotFound,
        }
    }

    /// What was loaded.
    pub fn loaded(&self) -> Option<&T> {
        match self {
            Self::Loaded(value) => Some(value),
            _ => None,
        }
    }
}

/// Something of whatever type. There is code for one type of signal, and of what goes through its states, with it.
type Anything = Arc<dyn Any + Send + Sync>;

fn anything<T: Send + Sync + 'static>(value: Arc<T>) -> Anything {
    value
}

/// Something that may be on its way: what shows it is shown anew when its state changes.
pub struct Incoming<T> {
    load: RwSignal<Load<Anything>>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Incoming<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Incoming<T> {}

impl<T: Send + Sync + 'static> Incoming<T> {
    /// One that is in that state.
    #[must_use]
    pub fn new(load: Load<Arc<T>>) -> Self {
        Self { load: RwSignal::new(load.map(|value| Some(anything(value)))), of: PhantomData }
    }

    /// The state. Re-runs what asks whenever it changes.
    #[must_use]
    pub fn get(self) -> Load<Arc<T>> {
        Self::typed(self.load.get())
    }

    /// The same, without re-running what asks. Where what it was for is gone, so is it.
    #[must_use]
    pub fn peek(self) -> Load<Arc<T>> {
        self.load.try_get_untracked().map_or(Load::NotFound, Self::typed)
    }

    fn typed(load: Load<Anything>) -> Load<Arc<T>> {
        // All that is put in is of this type.
        load.map(|value| value.downcast().ok())
    }

    /// The state alone. Re-runs what asks whenever it changes.
    #[must_use]
    pub fn stage(self) -> Load<()> {
        self.load.with(Load::stage)
    }

    /// Changes the state. Where what it was for is gone, that comes to nothing.
    pub fn set(self, load: Load<Arc<T>>) {
        self.load.try_set(load.map(|value| Some(anything(value))));
    }

    /// Follows an attempt through its states. A reader who has left by then no longer has the signal.
    pub fn follow(self, attempt: impl Future<Output = Result<Arc<T>, Fault>> + 'static) {
        follow(self.load, Box::pin(async move { attempt.await.map(anything) }));
    }
}

fn follow(into: RwSignal<Load<Anything>>, attempt: Pin<Box<dyn Future<Output = Result<Anything, Fault>>>>) {
    into.set(Load::Loading);
    for (delay, state) in [(SLOW_AFTER, Load::Slow), (VERY_SLOW_AFTER, Load::VerySlow)] {
        clock::after(delay, move || {
            into.try_maybe_update(|load| {
                let waiting = load.is_waiting();
                if waiting {
                    *load = state;
                }
                (waiting, ())
            });
        });
    }
    Executor::spawn_local(async move {
        let attempt = attempt.await;
        into.try_set(Load::from_attempt(attempt));
    });
}

impl Fault {
    /// Why, in a reader's words.
    #[must_use]
    pub fn why(&self) -> &'static str {
        match self {
            Self::Fetch(FetchError::Offline) => {
                "You seem to be offline. It will be here when the network is back."
            }
            Self::Fetch(FetchError::Network) => "The connection broke off before the news arrived.",
            Self::Fetch(FetchError::TimedOut) => "The newspaper’s server did not answer in time.",
            Self::Fetch(FetchError::Status(401 | 403)) => "The newspaper’s server refused to hand it out.",
            Self::Fetch(FetchError::Status(404 | 410)) => "There is nothing at this address.",
            Self::Fetch(FetchError::Busy(_)) => "The newspaper’s server is very busy right now.",
            Self::Fetch(FetchError::Status(500..)) => "The newspaper’s server has a problem.",
            Self::Fetch(FetchError::Status(_)) => {
                "The newspaper’s server gave an answer that makes no sense here."
            }
            Self::Replaced => "There is a newer version of this reader. Reload the page to get that.",
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

#[cfg(test)]
mod tests {
    use reactive_graph::owner::Owner;

    use super::*;

    #[test]
    fn what_comes_in_is_what_was_put_in_and_goes_with_its_owner() {
        let owner = Owner::new();
        let incoming: Incoming<String> = owner.with(|| Incoming::new(Load::Slow));
        assert_eq!((incoming.peek(), incoming.stage()), (Load::Slow, Load::Slow));
        incoming.set(Load::Loaded(Arc::new("news".to_owned())));
        assert_eq!(incoming.get().loaded().map(|it| it.as_str()), Some("news"));
        assert_eq!(incoming.stage(), Load::Loaded(()));
        incoming.set(Load::Failed(Fault::Replaced));
        assert_eq!(incoming.peek(), Load::Failed(Fault::Replaced));
        owner.cleanup();
        incoming.set(Load::Loading);
        assert_eq!(incoming.peek(), Load::NotFound);
    }

    #[test]
    fn what_is_gone_is_not_a_fault() {
        assert_eq!(Load::<()>::from_attempt(Err(Fault::Fetch(FetchError::Status(404)))), Load::NotFound);
        assert_eq!(Load::<()>::from_attempt(Err(Fault::Fetch(FetchError::Status(410)))), Load::NotFound);
        assert!(matches!(
            Load::<()>::from_attempt(Err(Fault::Fetch(FetchError::Status(500)))),
            Load::Failed(_)
        ));
        assert_eq!(Load::from_attempt(Ok(1)).loaded(), Some(&1));
    }

    #[test]
    fn every_reason_is_a_sentence_without_a_code() {
        let faults = [
            Fault::Fetch(FetchError::Offline),
            Fault::Fetch(FetchError::Network),
            Fault::Fetch(FetchError::TimedOut),
            Fault::Fetch(FetchError::Status(302)),
            Fault::Fetch(FetchError::Status(403)),
            Fault::Fetch(FetchError::Status(404)),
            Fault::Fetch(FetchError::Busy(None)),
            Fault::Fetch(FetchError::Status(500)),
            Fault::Replaced,
            Fault::File(DecodeError::Html),
            Fault::File(DecodeError::Truncated),
            Fault::File(DecodeError::Newer(2)),
            Fault::File(DecodeError::UnknownKind("x".to_owned())),
            Fault::File(DecodeError::NotJson { line: 1, column: 1 }),
        ];
        for fault in faults {
            let why = fault.why();
            assert!(
                why.ends_with('.') && !why.contains("JSON") && !why.contains(|c: char| c.is_ascii_digit()),
                "{why}"
            );
        }
    }
}

//! The states of something that is being loaded, and what is said of each.

use crate::browser::fetch::FetchError;
use crate::content::decode::Failure;

/// After this many milliseconds a quiet skeleton shows that something is coming.
pub const SLOW_AFTER: i32 = 400;
/// After this many a word says so.
pub const VERY_SLOW_AFTER: i32 = 8_000;
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
    File(Failure),
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

    /// What was loaded.
    pub fn loaded(&self) -> Option<&T> {
        match self {
            Self::Loaded(value) => Some(value),
            _ => None,
        }
    }
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
            Self::File(Failure::Html) => {
                "A web page came instead of the news. The network may want you to log in first."
            }
            Self::File(Failure::Truncated | Failure::Empty) => "Only a part of it arrived.",
            Self::File(Failure::Newer(_)) => {
                "It was made for a newer version of this reader. Reload the page to get that."
            }
            Self::File(Failure::UnknownKind(_)) => {
                "It is of a kind that this version of the reader does not know. Reload the page to get a newer one."
            }
            Self::File(Failure::NotJson { .. } | Failure::Unusable(_)) => "What arrived is damaged.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            Fault::File(Failure::Html),
            Fault::File(Failure::Truncated),
            Fault::File(Failure::Newer(2)),
            Fault::File(Failure::UnknownKind("x".to_owned())),
            Fault::File(Failure::NotJson { line: 1, column: 1 }),
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

//! Bytes from an address.

use std::cell::Cell;
use std::rc::Rc;

use gloo_net::http::{Headers, Request};

use super::timer::Timeout;

/// Why no bytes came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// The request could not be made: what was given is no address.
    InvalidRequest,
    /// The browser knows that it has no network.
    Offline,
    /// No answer, or one that broke off.
    Network,
    /// No answer within the time given.
    TimedOut,
    /// An answer that is not the file: its HTTP status.
    Status(u16),
    /// The host wants to be left alone (429, 503), for so many milliseconds where it says how long.
    Busy(Option<i64>),
}

/// Whether a copy that the browser has will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CachePolicy {
    /// The host is asked whether there is anything newer (a 304 costs no body). What the service worker has stored
    /// will do where nothing comes.
    Revalidate,
    /// The host is asked, and no copy will do: the question is whether there is anything new.
    BypassServiceWorker,
    /// A copy will do: what is at this address never changes.
    Immutable,
}

impl CachePolicy {
    fn mode(self) -> web_sys::RequestCache {
        match self {
            Self::Revalidate | Self::BypassServiceWorker => web_sys::RequestCache::NoCache,
            Self::Immutable => web_sys::RequestCache::Default,
        }
    }
}

/// What came from an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The body.
    pub bytes: Vec<u8>,
    /// Whether this is only a copy that the service worker had stored, because the network did not answer. Of what
    /// never changes it is nothing to tell.
    pub is_copy: bool,
}

/// The header by which the service worker knows that no copy will do (`public/sw.js`).
const NEWS: &str = "dateline-news";
/// The header of a copy that it has stored.
const KEPT: &str = "dateline-kept";

/// The bytes at `address`. The request ends after `timeout_millis`, and when this future is dropped.
///
/// # Errors
/// A [`FetchError`].
pub async fn bytes(address: &str, policy: CachePolicy, timeout_millis: u32) -> Result<Fetched, FetchError> {
    let window = super::window().ok_or(FetchError::Network)?;
    let abort = AbortOnDrop::new()?;
    let _timeout = abort.after(timeout_millis);
    let error = || match abort.has_timed_out() {
        true => FetchError::TimedOut,
        false if !window.navigator().on_line() => FetchError::Offline,
        false => FetchError::Network,
    };

    let mut request = Request::get(address).cache(policy.mode()).abort_signal(Some(&abort.signal()));
    if policy == CachePolicy::BypassServiceWorker {
        request = request.header(NEWS, "1");
    }
    let request = request.build().map_err(|_| FetchError::InvalidRequest)?;
    let response = request.send().await.map_err(|_| error())?;
    if !response.ok() {
        return Err(match response.status() {
            429 | 503 => FetchError::Busy(retry_after(&response.headers())),
            status => FetchError::Status(status),
        });
    }
    let bytes = response.binary().await.map_err(|_| error())?;
    abort.disarm();
    let is_copy = policy != CachePolicy::Immutable && response.headers().has(KEPT);
    Ok(Fetched { bytes, is_copy })
}

/// Aborts a request when it is dropped, so that one that nobody waits for any more takes nothing from the others.
struct AbortOnDrop {
    controller: web_sys::AbortController,
    has_timed_out: Rc<Cell<bool>>,
    is_done: Cell<bool>,
}

impl AbortOnDrop {
    fn new() -> Result<Self, FetchError> {
        let controller = web_sys::AbortController::new().map_err(|_| FetchError::InvalidRequest)?;
        Ok(Self { controller, has_timed_out: Rc::default(), is_done: Cell::new(false) })
    }

    fn signal(&self) -> web_sys::AbortSignal {
        self.controller.signal()
    }

    /// Aborts after so many milliseconds, unless what this gives is dropped before.
    fn after(&self, millis: u32) -> Timeout {
        let (controller, has_timed_out) = (self.controller.clone(), Rc::clone(&self.has_timed_out));
        Timeout::new(millis, move || {
            has_timed_out.set(true);
            controller.abort();
        })
    }

    fn has_timed_out(&self) -> bool {
        self.has_timed_out.get()
    }

    /// All has come: there is nothing to abort. (A service worker that has answered with a copy may be at it still for
    /// the next time, and would be told to stop.)
    fn disarm(&self) {
        self.is_done.set(true);
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if !self.is_done.get() {
            self.controller.abort();
        }
    }
}

/// What `Retry-After` asks for, in milliseconds: a number of seconds, or a date (RFC 9110, section 10.2.3),
/// which counts from the host's own clock.
fn retry_after(headers: &Headers) -> Option<i64> {
    let wanted = headers.get("retry-after")?;
    if let Ok(seconds) = wanted.trim().parse::<u32>() {
        return Some(i64::from(seconds) * 1000);
    }
    let since = headers.get("date").map_or_else(js_sys::Date::now, |date| js_sys::Date::parse(&date));
    let wait = js_sys::Date::parse(&wanted) - since;
    // What is no date is no number; what is one is far inside what an i64 holds.
    #[allow(clippy::cast_possible_truncation, reason = "see above")]
    wait.is_finite().then_some(wait as i64)
}

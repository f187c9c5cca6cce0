//! Requests.

use std::cell::Cell;
use std::rc::Rc;

use gloo_net::http::{Headers, Request};

use super::timer::Timeout;

/// Why a request has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// The address is invalid.
    InvalidRequest,
    /// The browser has no network.
    Offline,
    /// There was no answer, or it broke off.
    Network,
    /// There was no answer in time.
    TimedOut,
    /// The answer is an error, with this HTTP status.
    Status(u16),
    /// The host is busy (429, 503), and may say for how many milliseconds.
    Busy(Option<i64>),
}

/// Whether a cached copy may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CachePolicy {
    /// A copy is revalidated with the host (a 304 has no body). Without an answer, the service worker's copy
    /// is used.
    Revalidate,
    /// A copy is revalidated, and without an answer the request fails: for polls, an old copy is no answer.
    BypassServiceWorker,
    /// A copy is used: the file at this address never changes.
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

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The body.
    pub bytes: Vec<u8>,
    /// Whether this is the service worker's copy, because the network did not answer. Always false for
    /// immutable files.
    pub is_copy: bool,
}

/// The header that makes the service worker leave a request alone (`public/sw.js`).
const NEWS: &str = "dateline-news";
/// The header of its copies.
const KEPT: &str = "dateline-kept";

/// Requests the bytes at `address`. The request is aborted after `timeout_millis`, or when this future is
/// dropped.
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
    // Kept until all has come: WebKit stops listening to the signal of a request that nothing refers to any more.
    let request: web_sys::Request = request.build().map_err(|_| FetchError::InvalidRequest)?.into();
    let response = Request::from(Clone::clone(&request)).send().await.map_err(|_| error())?;
    if !response.ok() {
        return Err(match response.status() {
            429 | 503 => FetchError::Busy(retry_after(&response.headers())),
            status => FetchError::Status(status),
        });
    }
    let bytes = response.binary().await.map_err(|_| error())?;
    drop(request);
    abort.disarm();
    let is_copy = policy != CachePolicy::Immutable && response.headers().has(KEPT);
    Ok(Fetched { bytes, is_copy })
}

/// Aborts a request when it is dropped, so that abandoned requests do not slow down others.
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

    /// Aborts after this many milliseconds, unless the timer is dropped before.
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

    /// The answer is complete, so there is nothing to abort. (A service worker that answered with a copy may
    /// still be fetching a newer one, and would be stopped.)
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

/// The value of `Retry-After` in milliseconds: a number of seconds, or a date (RFC 9110, section 10.2.3),
/// which counts from the host's own clock.
fn retry_after(headers: &Headers) -> Option<i64> {
    let wanted = headers.get("retry-after")?;
    if let Ok(seconds) = wanted.trim().parse::<u32>() {
        return Some(i64::from(seconds) * 1000);
    }
    let since = headers.get("date").map_or_else(js_sys::Date::now, |date| js_sys::Date::parse(&date));
    let wait = js_sys::Date::parse(&wanted) - since;
    // An invalid date is NaN; a valid one fits into an i64.
    #[allow(clippy::cast_possible_truncation, reason = "see above")]
    wait.is_finite().then_some(wait as i64)
}

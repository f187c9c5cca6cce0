//! Bytes from an address.

use std::cell::RefCell;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Why no bytes came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchError {
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

/// Whether a copy that the browser holds will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copy {
    /// It has to be asked for again (a 304 costs no body). What the service worker has kept will do where
    /// nothing comes.
    Stale,
    /// It has to be asked for again, and nothing else will do: the question is whether there is anything new.
    Never,
    /// It will do: what is at this address never changes.
    Good,
}

/// The header by which the service worker knows that no copy will do (`public/sw.js`).
const NEWS: &str = "dateline-news";
/// The header of a copy that it has kept.
const KEPT: &str = "dateline-kept";

type Told = Box<dyn Fn(bool)>;

thread_local! {
    static ON_ANSWER: RefCell<Option<Told>> = const { RefCell::new(None) };
}

/// The bytes at `address`, given up after `patience` milliseconds.
///
/// # Errors
/// A [`FetchError`].
pub async fn bytes(address: &str, copy: Copy, patience: i32) -> Result<Vec<u8>, FetchError> {
    let window = super::window().ok_or(FetchError::Network)?;
    let abort = web_sys::AbortController::new().map_err(|_| FetchError::Network)?;
    let init = web_sys::RequestInit::new();
    init.set_cache(match copy {
        Copy::Stale | Copy::Never => web_sys::RequestCache::NoCache,
        Copy::Good => web_sys::RequestCache::Default,
    });
    if copy == Copy::Never {
        let headers = web_sys::Headers::new().map_err(|_| FetchError::Network)?;
        headers.set(NEWS, "1").map_err(|_| FetchError::Network)?;
        init.set_headers(&headers);
    }
    init.set_signal(Some(&abort.signal()));
    let signal = abort.signal();
    super::clock::after(patience, move || abort.abort());
    let broken = |_: JsValue| match signal.aborted() {
        true => FetchError::TimedOut,
        false if !window.navigator().on_line() => FetchError::Offline,
        false => FetchError::Network,
    };

    let answer = JsFuture::from(window.fetch_with_str_and_init(address, &init)).await.map_err(broken)?;
    let answer: web_sys::Response = answer.dyn_into().map_err(broken)?;
    if !answer.ok() {
        return Err(match answer.status() {
            429 | 503 => FetchError::Busy(retry_after(&answer.headers())),
            status => FetchError::Status(status),
        });
    }
    let body = JsFuture::from(answer.array_buffer().map_err(broken)?).await.map_err(broken)?;
    if copy != Copy::Good {
        let kept = answer.headers().has(KEPT).unwrap_or(false);
        ON_ANSWER.with_borrow(|told| {
            if let Some(told) = told {
                told(kept);
            }
        });
    }
    Ok(js_sys::Uint8Array::new(&body).to_vec())
}

/// Calls `told` with each answer: whether it was only a copy that the service worker had kept.
pub fn on_answer(told: impl Fn(bool) + 'static) {
    ON_ANSWER.set(Some(Box::new(told)));
}

/// What `Retry-After` asks for, in milliseconds: a number of seconds, or a date (RFC 9110, section 10.2.3),
/// which counts from the host's own clock.
fn retry_after(headers: &web_sys::Headers) -> Option<i64> {
    let header = |name| headers.get(name).ok().flatten();
    let wanted = header("retry-after")?;
    if let Ok(seconds) = wanted.trim().parse::<u32>() {
        return Some(i64::from(seconds) * 1000);
    }
    let since = header("date").map_or_else(js_sys::Date::now, |date| js_sys::Date::parse(&date));
    let wait = js_sys::Date::parse(&wanted) - since;
    // What is no date is no number; what is one is far inside what an i64 holds.
    #[allow(clippy::cast_possible_truncation, reason = "see above")]
    wait.is_finite().then_some(wait as i64)
}

//! Bytes from an address.

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
}

/// The bytes at `address`, asked for again where the browser holds a copy (a 304 costs no body), and
/// given up after `patience` milliseconds.
///
/// # Errors
/// A [`FetchError`].
pub async fn bytes(address: &str, patience: i32) -> Result<Vec<u8>, FetchError> {
    let window = super::window().ok_or(FetchError::Network)?;
    let abort = web_sys::AbortController::new().map_err(|_| FetchError::Network)?;
    let init = web_sys::RequestInit::new();
    init.set_cache(web_sys::RequestCache::NoCache);
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
        return Err(FetchError::Status(answer.status()));
    }
    let body = JsFuture::from(answer.array_buffer().map_err(broken)?).await.map_err(broken)?;
    Ok(js_sys::Uint8Array::new(&body).to_vec())
}

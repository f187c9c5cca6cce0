//! Parts of the reader that load later: what a first visit of a front page or an article does not need.
//!
//! A release build is cut at the functions that carry `#[wasm_split(name)]`: such a function, and what nothing else
//! uses, is in a file of its own. In any other build it is a function like others. How to add a part is told in
//! `docs/decisions/010-parts-that-load-later.md`.

use std::sync::Arc;

use super::html::Node;
use super::load::{Fault, Incoming, Load, PATIENCE};
use super::parts::state::loading;
use crate::browser::part::{self, PartError};
use crate::content::decode::DecodeError;

/// A part that loads later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The page of a live blog, and what follows it.
    Live,
    /// The reader's own: what they keep, notices, the service worker.
    Own,
    /// The screens of it: what is saved, begun, read, set.
    Shelf,
}

impl Part {
    /// As in the attribute that cuts it off.
    fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Own => "own",
            Self::Shelf => "shelf",
        }
    }

    /// Loads the part, unless it is there.
    ///
    /// # Errors
    /// A [`Fault`]; calling again tries again.
    pub async fn load(self) -> Result<(), Fault> {
        part::load(self.name(), PATIENCE).await.map_err(|error| match error {
            PartError::Fetch(error) => Fault::Fetch(error),
            PartError::Replaced => Fault::Replaced,
            PartError::NoModule => Fault::File(DecodeError::Html),
            PartError::Damaged => Fault::File(DecodeError::Truncated),
        })
    }

    /// Whether it is there.
    #[must_use]
    pub fn is_there(self) -> bool {
        part::is_there(self.name())
    }

    /// Has the part fetched, since it is about to be loaded.
    pub fn expect(self) {
        part::fetch_ahead(self.name(), "preload");
    }

    /// Has the part fetched when the browser has nothing else to do, since it may be wanted.
    pub fn may_come(self) {
        part::fetch_ahead(self.name(), "prefetch");
    }
}

/// A screen that is in a part and needs nothing else: what there is to say until the part is there, then `shown`. `what`
/// names it within a sentence ("your saved stories").
#[must_use]
pub fn screen(part: Part, what: &'static str, shown: impl Fn() -> Node + Send + 'static) -> Node {
    if part::is_there(part.name()) {
        return shown();
    }
    let load = Incoming::new(Load::Loading);
    let ask = move || load.follow(async move { part.load().await.map(Arc::new) });
    ask();
    loading(load, what, ask, move |_| shown())
}

/// What a function of a part comes to. The part has to be there.
#[cfg(dateline_split)]
pub fn call<T>(function: impl Future<Output = T>) -> Option<T> {
    use std::task::{Context, Poll, Waker};
    // What cuts makes the function wait for its part, which has been loaded: it is done at once.
    match std::pin::pin!(function).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// What a function of a part comes to. The part has to be there.
#[cfg(not(dateline_split))]
pub fn call<T>(value: T) -> Option<T> {
    Some(value)
}

/// What `#[wasm_split]` asks to load a part. It is given none to load: [`Part::load`] does that, with the reader's own way
/// of fetching, and says why where it fails.
#[cfg(dateline_split)]
#[doc(hidden)]
pub mod rt {
    use std::convert::Infallible;
    use std::ffi::c_void;
    use std::pin::Pin;

    pub type LoadCallbackFn = unsafe extern "C" fn(*const c_void, bool);

    pub struct LazySplitLoader;

    impl LazySplitLoader {
        pub const fn new(_load: unsafe extern "C" fn(LoadCallbackFn, *const c_void)) -> Self {
            Self
        }
    }

    pub async fn ensure_loaded(_loader: Pin<&LazySplitLoader>) -> Result<(), Infallible> {
        Ok(())
    }
}

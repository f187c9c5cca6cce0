//! Parts of the reader's own module that load later.
//!
//! `cargo xtask dist` puts each part into a file beside the module, with the same name but for its end (`…_bg.wasm`,
//! `…_live.wasm`), and what two parts share into another (`…_live-saved.wasm`); the page's link to the module names
//! them. A part shares the module's memory and its table of functions, so it fits the very build that it was cut
//! from and no other: the names carry a hash of the whole build.

use std::cell::RefCell;

use js_sys::{Object, Promise, Reflect, WebAssembly};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::fetch::{self, Copy, FetchError};
use super::page;

/// What the module's own file ends in.
const MODULE: &str = "_bg.wasm";
/// Under which name a part imports from the module (`xtask/src/split.rs`).
const IMPORTS: &str = "__wasm_split";
/// What a WebAssembly file opens with.
const MAGIC: &[u8] = b"\0asm";

/// Why a part could not be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartError {
    /// It did not come.
    Fetch(FetchError),
    /// The host no longer has it: the reader there is a newer one.
    Replaced,
    /// Something else came in its place.
    NoModule,
    /// It came, and the browser can make nothing of it.
    Damaged,
}

/// A file that is in, or about to be.
struct Begun {
    address: String,
    promise: Promise,
    is_in: bool,
}

thread_local! {
    /// Putting a file in twice would write its data over what that has become.
    static BEGUN: RefCell<Vec<Begun>> = const { RefCell::new(Vec::new()) };
}

/// Whether a part is in.
#[must_use]
pub fn is_there(part: &str) -> bool {
    !cfg!(dateline_split) || files(part).iter().all(|address| is_in(address))
}

/// Loads a part, unless it is in; an attempt is given up after `patience` milliseconds. A failure is not kept: the
/// next call tries again. A module that was not cut has all of its parts in it.
///
/// # Errors
/// A [`PartError`].
pub async fn load(part: &str, patience: i32) -> Result<(), PartError> {
    let mut done = Ok(());
    // All of them, even where one fails: what the page has had the browser fetch ahead may have failed a while ago, each
    // by itself, and is used up by the first who asks for it.
    for address in files(part).into_iter().filter(|address| !is_in(address)) {
        let mut came = attempt(&address, Copy::Good, patience).await;
        // A network that wanted a log-in may have left its page in the browser's cache under this address.
        if matches!(came, Err(PartError::NoModule | PartError::Damaged)) {
            came = attempt(&address, Copy::Stale, patience).await;
        }
        done = done.and(came);
    }
    done
}

/// Has the browser fetch a part ahead, once: `"preload"` for one that is about to be loaded, `"prefetch"` for one that
/// may be wanted later.
pub fn fetch_ahead(part: &str, how: &str) {
    for address in files(part) {
        let link = super::document().and_then(|document| document.create_element("link").ok());
        let (Some(link), Some(head)) = (link, page::find("head")) else { return };
        if is_in(&address) || page::find(&format!("link[href=\"{address}\"]")).is_some() {
            continue;
        }
        for (name, value) in [("rel", how), ("as", "fetch"), ("crossorigin", ""), ("href", &address)] {
            // Refused only for a name that is no attribute's.
            let _ = link.set_attribute(name, value);
        }
        // Refused only for a node that is put into itself.
        let _ = head.append_child(&link);
    }
}

/// The addresses of a part's files, by where the module is.
fn files(part: &str) -> Vec<String> {
    let link = page::find("link[data-parts]");
    let attribute = |name| link.as_ref().and_then(|link| link.get_attribute(name)).unwrap_or_default();
    let (module, parts) = (attribute("href"), attribute("data-parts"));
    let stem = module.strip_suffix(MODULE).unwrap_or_default();
    let own = parts.split(' ').filter(|file| file.split('-').any(|of| of == part));
    own.map(|file| format!("{stem}_{file}.wasm")).collect()
}

fn is_in(address: &str) -> bool {
    BEGUN.with_borrow(|begun| begun.iter().any(|one| one.address == address && one.is_in))
}

async fn attempt(address: &str, copy: Copy, patience: i32) -> Result<(), PartError> {
    let bytes = fetch::bytes(address, copy, patience).await.map_err(|error| match error {
        FetchError::Status(404 | 410) => PartError::Replaced,
        error => PartError::Fetch(error),
    })?;
    if !bytes.starts_with(MAGIC) {
        return Err(PartError::NoModule);
    }
    // Another call may have been faster.
    let begun = BEGUN
        .with_borrow(|begun| begun.iter().find(|one| one.address == address).map(|one| one.promise.clone()));
    let promise = begun.unwrap_or_else(|| begin(address, &bytes));
    let is_in = JsFuture::from(promise).await.is_ok();
    BEGUN.with_borrow_mut(|begun| {
        begun.retain(|one| one.address != address || is_in);
        begun.iter_mut().filter(|one| one.address == address).for_each(|one| one.is_in = true);
    });
    if is_in { Ok(()) } else { Err(PartError::Damaged) }
}

fn begin(address: &str, bytes: &[u8]) -> Promise {
    let imports = Object::new();
    // Refused only by an object that is sealed.
    let _ = Reflect::set(&imports, &JsValue::from_str(IMPORTS), &wasm_bindgen::exports());
    let promise = WebAssembly::instantiate_buffer(bytes, &imports);
    let begun = Begun { address: address.to_owned(), promise: promise.clone(), is_in: false };
    BEGUN.with_borrow_mut(|all| all.push(begun));
    promise
}

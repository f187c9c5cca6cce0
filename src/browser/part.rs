//! Parts of the reader's own module that load later.
//!
//! `cargo xtask dist` puts each part into a file beside the module, with the same name but for its end (`…_bg.wasm`,
//! `…_live.wasm`). What parts share are modules too, which the file of one part carries ([`SHARED`]). A part shares the
//! module's memory and its table of functions, so it fits the very build that it was cut from and no other: the names
//! carry a hash of the whole build.

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
const MAGIC: &[u8] = b"\0asm\x01\0\0\0";
/// The part whose file carries what parts share, since every page loads it.
const SHARED: &str = "own";

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

/// A module that is in, or about to be.
struct Begun {
    /// The address of its file.
    address: String,
    /// Where it is in that: at 0 is the file's own, which has all others in it.
    at: usize,
    promise: Promise,
    is_in: bool,
}

thread_local! {
    /// Putting a module in twice would write its data over what that has become.
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
    let link = page::find("link[data-parts]").and_then(|link| link.get_attribute("href"));
    let stem = link.as_deref().and_then(|module| module.strip_suffix(MODULE)).unwrap_or_default();
    let file = |part: &str| format!("{stem}_{part}.wasm");
    if part == SHARED { vec![file(part)] } else { vec![file(SHARED), file(part)] }
}

/// Whether all of a file is in: its own module is put in last.
fn is_in(address: &str) -> bool {
    BEGUN.with_borrow(|begun| begun.iter().any(|one| one.is_of(address, 0) && one.is_in))
}

impl Begun {
    fn is_of(&self, address: &str, at: usize) -> bool {
        self.at == at && self.address == address
    }
}

async fn attempt(address: &str, copy: Copy, patience: i32) -> Result<(), PartError> {
    let bytes = fetch::bytes(address, copy, patience).await.map_err(|error| match error {
        FetchError::Status(404 | 410) => PartError::Replaced,
        error => PartError::Fetch(error),
    })?;
    let mut rest = Some(bytes.strip_prefix(MAGIC).ok_or(PartError::NoModule)?);
    while let Some(sections) = rest {
        let (at, module, after) = match carried(sections) {
            Some((module, after)) => (bytes.len() - sections.len(), module, Some(after)),
            None => (0, &*bytes, None),
        };
        // Another call may have been faster.
        let begun = BEGUN.with_borrow(|begun| {
            begun.iter().find(|one| one.is_of(address, at)).map(|one| one.promise.clone())
        });
        let promise = begun.unwrap_or_else(|| begin(address, at, module));
        let is_in = JsFuture::from(promise).await.is_ok();
        BEGUN.with_borrow_mut(|begun| {
            begun.retain_mut(|one| {
                let is_it = one.is_of(address, at);
                one.is_in |= is_it && is_in;
                !is_it || is_in
            });
        });
        if !is_in {
            return Err(PartError::Damaged);
        }
        rest = after;
    }
    Ok(())
}

fn begin(address: &str, at: usize, module: &[u8]) -> Promise {
    let imports = Object::new();
    // Refused only by an object that is sealed.
    let _ = Reflect::set(&imports, &JsValue::from_str(IMPORTS), &wasm_bindgen::exports());
    let promise = WebAssembly::instantiate_buffer(module, &imports);
    let begun = Begun { address: address.to_owned(), at, promise: promise.clone(), is_in: false };
    BEGUN.with_borrow_mut(|all| all.push(begun));
    promise
}

/// The module that the first of these sections carries, and the sections after it. Such a section is a custom one with
/// no name (WebAssembly Core Specification, section 5.5.3), whose length is written in five bytes (5.2.2).
fn carried(sections: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = sections.strip_prefix(&[0])?.split_first_chunk::<5>()?;
    let length = length.iter().rev().fold(0, |length, byte| length << 7 | usize::from(byte & 0x7f));
    let (content, after) = rest.split_at_checked(length)?;
    Some((content.strip_prefix(&[0])?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_own_module_and_those_that_it_carries() {
        let module = |content: &[u8]| [MAGIC, content].concat();
        let (one, other) = (module(&[1, 1, 0]), module(&[3; 300]));
        let carrying = |module: &[u8]| {
            let length = module.len() + 1;
            let low = |shift: usize| ((length >> shift) & 0x7f) as u8 | if shift < 28 { 0x80 } else { 0 };
            [&[0, low(0), low(7), low(14), low(21), low(28), 0], module].concat()
        };
        let own = [1, 2, 9, 9];
        let sections = [carrying(&one), carrying(&other), own.to_vec()].concat();
        let (first, after) = carried(&sections).unwrap();
        let (second, rest) = carried(after).unwrap();
        assert_eq!((first, second, rest), (&*one, &*other, &own[..]));
        assert_eq!(carried(rest), None);
        // One that was broken off is none that is carried.
        let length = carrying(&one).len();
        assert!((0..length).all(|end| carried(&sections[..end]).is_none()));
        assert!(carried(&sections[..length]).is_some());
    }
}

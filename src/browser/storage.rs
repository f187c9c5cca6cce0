//! Local storage: small texts that the browser stores for this origin, shared by all tabs.
//!
//! Storage may be blocked or full; the errors say which. Each write is atomic: after a crash there is the old
//! text or the new one.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::Listener;

/// Why nothing is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageError {
    /// The reader or the browser has blocked it.
    Blocked,
    /// There is no room left.
    Full,
    /// The stored text is not what was written.
    NotKept,
}

fn storage() -> Result<web_sys::Storage, StorageError> {
    let window = super::window().ok_or(StorageError::Blocked)?;
    window.local_storage().ok().flatten().ok_or(StorageError::Blocked)
}

/// The text stored under a name.
///
/// # Errors
/// [`StorageError::Blocked`].
pub fn get(name: &str) -> Result<Option<String>, StorageError> {
    storage()?.get_item(name).map_err(|_| StorageError::Blocked)
}

/// Stores a text under a name, and checks that it is there.
///
/// # Errors
/// A [`StorageError`]; the old text is then still there.
pub fn set(name: &str, text: &str) -> Result<(), StorageError> {
    storage()?.set_item(name, text).map_err(|error| {
        // Firefox has its own name for this error.
        let name = super::property(&error, "name").and_then(|name| name.as_string()).unwrap_or_default();
        match name.as_str() {
            "QuotaExceededError" | "NS_ERROR_DOM_QUOTA_REACHED" => StorageError::Full,
            _ => StorageError::Blocked,
        }
    })?;
    match get(name)? {
        Some(kept) if kept == text => Ok(()),
        _ => Err(StorageError::NotKept),
    }
}

/// Removes the text stored under a name.
///
/// # Errors
/// [`StorageError::Blocked`].
pub fn remove(name: &str) -> Result<(), StorageError> {
    storage()?.remove_item(name).map_err(|_| StorageError::Blocked)
}

/// All names.
///
/// # Errors
/// [`StorageError::Blocked`].
pub fn names() -> Result<Vec<String>, StorageError> {
    let storage = storage()?;
    let count = storage.length().map_err(|_| StorageError::Blocked)?;
    Ok((0..count).filter_map(|at| storage.key(at).ok().flatten()).collect())
}

/// Calls `changed` whenever another tab has changed something, for as long as the page lives: with the name
/// (`None` if everything was cleared), and with the text that the tab wrote, which may have been overwritten
/// since.
pub fn on_change(mut changed: impl FnMut(Option<&str>, Option<&str>) + 'static) {
    let Some(window) = super::window() else { return };
    // The listener lives as long as the page.
    Listener::new(&window, "storage", move |event| {
        // Session storage has events, too.
        let area = super::property(event, "storageArea");
        let ours = storage().is_ok_and(|storage| area.is_none_or(|area| area == JsValue::from(storage)));
        if ours {
            let text = |name| super::property(event, name).and_then(|text| text.as_string());
            changed(text("key").as_deref(), text("newValue").as_deref());
        }
    })
    .forget();
}

/// Runs `act` under a lock with this name, so that only one tab at a time does. Without Web Locks (on pages
/// loaded over http), runs it at once.
pub fn alone(name: &str, act: impl FnOnce() + 'static) {
    alone_boxed(name, Box::new(act));
}

fn alone_boxed(name: &str, act: Box<dyn FnOnce()>) {
    let act = Rc::new(RefCell::new(Some(act)));
    let run = move |act: &RefCell<Option<Box<dyn FnOnce()>>>| {
        let act = act.borrow_mut().take();
        if let Some(act) = act {
            act();
        }
    };
    let locked = Rc::clone(&act);
    let asked = ask_for_lock(name, Box::new(move || run(&locked)));
    match asked {
        Some(promise) => wasm_bindgen_futures::spawn_local(async move {
            // The page may not use locks: go on without one.
            let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
            run(&act);
        }),
        None => run(&act),
    }
}

fn ask_for_lock(name: &str, locked: Box<dyn FnOnce()>) -> Option<js_sys::Promise> {
    let navigator = super::window()?.navigator();
    let locks = super::property(&navigator, "locks")?;
    let request: js_sys::Function = super::property(&locks, "request")?.dyn_into().ok()?;
    // The lock is held until the function has ended.
    let function = Closure::once_into_js(locked);
    request.call2(&locks, &JsValue::from_str(name), &function).ok()?.dyn_into().ok()
}

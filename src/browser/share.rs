//! Sharing an address.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// The system's dialog was shown.
    Handed,
    /// The address is on the clipboard.
    Copied,
    /// This browser can do neither.
    Neither,
}

/// Offers `address` in the system's share dialog, or else puts it on the clipboard.
pub async fn share(title: &str, address: &str) -> Shared {
    let Some(navigator) = super::window().map(|window| window.navigator()) else { return Shared::Neither };
    if let Some(share) =
        super::property(&navigator, "share").and_then(|share| share.dyn_into::<js_sys::Function>().ok())
    {
        let data = js_sys::Object::new();
        let set = |name: &str, value: &str| {
            js_sys::Reflect::set(&data, &JsValue::from_str(name), &JsValue::from_str(value))
        };
        let filled = set("title", title).and(set("url", address));
        if filled.is_ok()
            && let Ok(promise) = share.call1(&navigator, &data)
        {
            let closed =
                |error: &JsValue| super::property(error, "name").is_some_and(|name| name == "AbortError");
            match JsFuture::from(js_sys::Promise::resolve(&promise)).await {
                Ok(_) => return Shared::Handed,
                Err(error) if closed(&error) => return Shared::Handed,
                Err(_) => {}
            }
        }
    }
    // Absent on pages loaded over http.
    let clipboard = super::property(&navigator, "clipboard");
    let copied = clipboard.and_then(|clipboard| {
        let write: js_sys::Function = super::property(&clipboard, "writeText")?.dyn_into().ok()?;
        write.call1(&clipboard, &JsValue::from_str(address)).ok()
    });
    let Some(promise) = copied else { return Shared::Neither };
    match JsFuture::from(js_sys::Promise::resolve(&promise)).await {
        Ok(_) => Shared::Copied,
        Err(_) => Shared::Neither,
    }
}

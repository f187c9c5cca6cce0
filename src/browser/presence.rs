//! Whether somebody is there: the tab in sight, the network up. And the word to who is elsewhere: the badge.

use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};

use super::Listener;

/// What has become different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The tab is in sight again.
    Shown,
    /// The tab is out of sight.
    Hidden,
    /// The network is back.
    Online,
    /// The network is gone.
    Offline,
}

/// Whether there is a network at all; a connected one may still lead nowhere.
#[must_use]
pub fn is_online() -> bool {
    super::window().is_none_or(|window| window.navigator().on_line())
}

/// Whether the tab is in sight.
#[must_use]
pub fn is_shown() -> bool {
    super::document().is_some_and(|document| !document.hidden())
}

/// Calls `changed` whenever it changes, for as long as the answer is kept.
#[must_use]
pub fn watch(changed: impl Fn(Presence) + 'static) -> Vec<Listener> {
    watch_boxed(&(Rc::new(changed) as Rc<dyn Fn(Presence)>))
}

fn watch_boxed(changed: &Rc<dyn Fn(Presence)>) -> Vec<Listener> {
    let (Some(window), Some(document)) = (super::window(), super::document()) else { return Vec::new() };
    let tell = |presence: fn(&JsValue) -> Option<Presence>| {
        let changed = Rc::clone(changed);
        move |event: &JsValue| {
            if let Some(presence) = presence(event) {
                changed(presence);
            }
        }
    };
    let visibility = |_: &JsValue| Some(if is_shown() { Presence::Shown } else { Presence::Hidden });
    // A page that the browser had put aside whole, as for going back to, is told by this alone. One that has just
    // been loaded is told as well, perhaps after its first file has come.
    let back = |event: &JsValue| {
        super::property(event, "persisted").filter(JsValue::is_truthy).map(|_| Presence::Shown)
    };
    vec![
        Listener::new(&document, "visibilitychange", tell(visibility)),
        Listener::new(&window, "pageshow", tell(back)),
        Listener::new(&window, "online", tell(|_| Some(Presence::Online))),
        Listener::new(&window, "offline", tell(|_| Some(Presence::Offline))),
    ]
}

/// Sets the number on the icon of an installed app, where there is such a thing.
pub fn set_badge(count: u32) {
    let Some(navigator) = super::window().map(|window| window.navigator()) else { return };
    let Some(set) = super::property(&navigator, "setAppBadge") else { return };
    if let Some(set) = set.dyn_ref::<js_sys::Function>()
        && let Ok(promise) = set.call1(&navigator, &JsValue::from(count))
        && let Ok(promise) = promise.dyn_into::<js_sys::Promise>()
    {
        // Refused where the app is not installed, which is most of the time.
        wasm_bindgen_futures::spawn_local(async move {
            let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
        });
    }
}

/// Calls `leaving` when the tab goes out of sight or away: the last moment that is sure to come. For as long as the
/// page lives.
pub fn on_leaving(leaving: impl Fn() + Clone + 'static) {
    let (Some(window), Some(document)) = (super::window(), super::document()) else { return };
    let hidden = leaving.clone();
    super::listen(&window, "pagehide", move |_: &web_sys::Event| leaving());
    super::listen(&document, "visibilitychange", move |_: &web_sys::Event| {
        if !is_shown() {
            hidden();
        }
    });
}

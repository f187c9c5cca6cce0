//! Visibility of the tab, state of the network, and the badge of an installed app.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::Listener;

/// A change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// The tab is visible again.
    Shown,
    /// The tab is hidden.
    Hidden,
    /// The network is back.
    Online,
    /// The network is gone.
    Offline,
}

/// Whether there is a network. It may still have no connection to the host.
#[must_use]
pub fn is_online() -> bool {
    super::window().is_none_or(|window| window.navigator().on_line())
}

/// Whether the tab is visible.
#[must_use]
pub fn is_visible() -> bool {
    super::document().is_some_and(|document| !document.hidden())
}

/// Calls `changed` at each change, until the returned listeners are dropped.
#[must_use]
pub fn watch(changed: impl Fn(Visibility) + 'static) -> Vec<Listener> {
    let (Some(window), Some(document)) = (super::window(), super::document()) else { return Vec::new() };
    let changed = Rc::new(changed);
    let tell = |visibility: Visibility| {
        let changed = Rc::clone(&changed);
        move |_: &web_sys::Event| changed(visibility)
    };
    let (shown_or_hidden, back) = (Rc::clone(&changed), Rc::clone(&changed));
    vec![
        Listener::new(&document, "visibilitychange", move |_| {
            shown_or_hidden(if is_visible() { Visibility::Shown } else { Visibility::Hidden });
        }),
        // A page from the back/forward cache gets only this event. A page that was just loaded gets it, too,
        // without `persisted`.
        Listener::new(&window, "pageshow", move |event| {
            if super::property(event, "persisted").is_some_and(|persisted| persisted.is_truthy()) {
                back(Visibility::Shown);
            }
        }),
        Listener::new(&window, "online", tell(Visibility::Online)),
        Listener::new(&window, "offline", tell(Visibility::Offline)),
    ]
}

/// Calls `leaving` when the tab is hidden or closed: the last event that is sure to come.
pub fn on_leaving(leaving: impl Fn() + 'static) {
    let (Some(window), Some(document)) = (super::window(), super::document()) else { return };
    let leaving = Rc::new(leaving);
    let hidden = Rc::clone(&leaving);
    // These listeners live as long as the page.
    Listener::new(&window, "pagehide", move |_| leaving()).forget();
    Listener::new(&document, "visibilitychange", move |_| {
        if !is_visible() {
            hidden();
        }
    })
    .forget();
}

/// Sets the number on the icon of an installed app, if the system has badges.
pub fn set_badge(count: u32) {
    let Some(navigator) = super::window().map(|window| window.navigator()) else { return };
    let Some(set) = super::property(&navigator, "setAppBadge") else { return };
    if let Some(set) = wasm_bindgen::JsCast::dyn_ref::<js_sys::Function>(&set)
        && let Ok(promise) = set.call1(&navigator, &JsValue::from(count))
    {
        let promise = js_sys::Promise::resolve(&promise);
        wasm_bindgen_futures::spawn_local(async move {
            // Fails if the app is not installed, which is the usual case.
            let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
        });
    }
}

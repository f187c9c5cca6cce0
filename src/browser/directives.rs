//! Directives for Leptos's `use:`: functions that are called with an element when it is created in the
//! browser.

#![allow(clippy::needless_pass_by_value, reason = "Leptos gives a directive its element by value")]

use std::cell::OnceCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;

/// Sets the colour of an image's place until the image arrives, if one is known (`style/base.css` reads
/// `--tint`). Sets the property `style`, because the page's policy forbids the attribute.
pub fn tint(element: web_sys::Element, color: Option<String>) {
    // Does not fail for any element.
    let _ = match color {
        Some(color) => {
            js_sys::Reflect::set(&element, &"style".into(), &format!("--tint:{color}").into()).map(drop)
        }
        None => element.remove_attribute("style"),
    };
}

/// Calls `near` once, when the element comes within 1500 px of the window. The argument says whether its
/// lower edge is the nearer one, as for a reader who comes from below.
pub fn when_near(element: web_sys::Element, near: impl Fn(bool) + 'static) {
    let observer: Rc<OnceCell<web_sys::IntersectionObserver>> = Rc::default();
    let own = Rc::clone(&observer);
    // The observer and the function live as long as the element.
    let function = super::function(move |entries| {
        let entries = entries.unchecked_into::<js_sys::Array>();
        for entry in entries.iter().filter_map(|entry| entry.dyn_into().ok()) {
            let entry: web_sys::IntersectionObserverEntry = entry;
            if entry.is_intersecting()
                && let Some(observer) = own.get()
            {
                observer.disconnect();
                near(entry.bounding_client_rect().top() < 0.0);
            }
        }
    });
    let options = web_sys::IntersectionObserverInit::new();
    options.set_root_margin("1500px 0px");
    if let Ok(made) = web_sys::IntersectionObserver::new_with_options(&function, &options) {
        observer.get_or_init(|| made).observe(&element);
    }
}

/// Lets Page Up and Page Down go from article to article of a feed, and Control with Home or End out of it
/// (ARIA Authoring Practices, feed pattern).
pub fn feed_keys(feed: web_sys::Element) {
    let within = feed.clone();
    let keydown = super::function(move |event| super::feed::on_key(&within, event.unchecked_ref()));
    // The function lives as long as the feed. Fails only if the listener is not a function.
    let _ = feed.add_event_listener_with_callback("keydown", &keydown);
}

//! Directives: what Leptos's `use:` has an element do from the moment that the browser has made it.

#![allow(clippy::needless_pass_by_value, reason = "Leptos gives a directive its element by value")]

use std::cell::OnceCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;

/// Has an element's place be of a colour, if one is known, until its picture arrives (`style/base.css` reads `--tint`). By
/// way of the element's style and not of its attribute, which the page's policy forbids.
pub fn tint(element: web_sys::Element, color: Option<String>) {
    // Refused by no element.
    let _ = match color {
        Some(color) => {
            js_sys::Reflect::set(&element, &"style".into(), &format!("--tint:{color}").into()).map(drop)
        }
        None => element.remove_attribute("style"),
    };
}

/// Calls `near` once, when the element comes within a window or two of being seen; with whether its lower edge is the
/// nearer one, as for a reader who comes from below.
pub fn when_near(element: web_sys::Element, near: impl Fn(bool) + 'static) {
    let observer: Rc<OnceCell<web_sys::IntersectionObserver>> = Rc::default();
    let own = Rc::clone(&observer);
    // The observer, and with it the function, lives as long as the element does.
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
    // The function lives as long as the feed does. Refused only for a listener that is no function.
    let _ = feed.add_event_listener_with_callback("keydown", &keydown);
}

//! The page itself: its title, where it is scrolled to, what has the focus.

use wasm_bindgen::JsCast;

/// Names the tab.
pub fn set_title(title: &str) {
    if let Some(document) = super::document() {
        document.set_title(title);
    }
}

/// Fixes the base of relative addresses at an absolute one.
pub fn set_base(base: &str) {
    let element = super::document().and_then(|document| document.query_selector("base").ok().flatten());
    if let Some(element) = element {
        // Refused only for a name that is no attribute's.
        let _ = element.set_attribute("href", base);
    }
}

/// Scrolls to a distance from the top, in CSS pixels, at once.
pub fn scroll_to(top: f64) {
    if let Some(window) = super::window() {
        window.scroll_to_with_x_and_y(0.0, top);
    }
}

/// Moves the focus to the first element that `selector` finds, without scrolling.
pub fn focus(selector: &str) -> bool {
    let Some(element) = find(selector).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    else {
        return false;
    };
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    element.focus_with_options(&options).is_ok()
}

/// Scrolls to the element with that id; whether there is one.
pub fn show_fragment(id: &str) -> bool {
    let found = super::document().and_then(|document| document.get_element_by_id(id));
    found.map(|element| element.scroll_into_view()).is_some()
}

/// Takes the shell's own content away, once the app is there to show something.
pub fn clear_shell() {
    if let Some(shell) = find("#shell") {
        shell.remove();
    }
}

/// Whether `address` is of this page's own origin.
#[must_use]
pub fn is_own_origin(address: &str) -> bool {
    let own = super::window().and_then(|window| window.location().origin().ok());
    let other = web_sys::Url::new(address).map(|url| url.origin());
    own.is_some() && other.ok() == own
}

/// Calls `press` whenever the element is pressed, in place of what the browser would do.
pub fn on_press(element: &web_sys::Element, press: Box<dyn Fn()>) {
    super::listen(element, "click", move |event: web_sys::MouseEvent| {
        event.prevent_default();
        press();
    });
}

/// Puts text that is in another language than its surroundings into an element.
pub fn set_text(element: &web_sys::Element, text: &str, language: &str) {
    element.set_text_content(Some(text));
    // Refused only for a name that is no attribute's.
    let _ = element.set_attribute("lang", language);
}

fn find(selector: &str) -> Option<web_sys::Element> {
    super::document()?.query_selector(selector).ok()?
}

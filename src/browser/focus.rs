//! The focus.

use wasm_bindgen::JsCast;

fn active_element() -> Option<web_sys::Element> {
    super::document()?.active_element()
}

/// Moves the focus to the first element that matches `selector`, without scrolling. Returns whether there is
/// one.
pub fn focus(selector: &str) -> bool {
    let element = super::find(selector).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    element.is_some_and(|element| focus_without_scrolling(&element))
}

pub(super) fn focus_without_scrolling(element: &web_sys::HtmlElement) -> bool {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    element.focus_with_options(&options).is_ok()
}

/// Scrolls to the element with that id and focuses it if possible. Returns whether there is one.
pub fn show_fragment(id: &str) -> bool {
    let found = super::document().and_then(|document| document.get_element_by_id(id));
    let Some(element) = found else { return false };
    element.scroll_into_view();
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        // An element that can't be focused leaves the focus where it is.
        let _ = element.focus();
    }
    true
}

/// The value of an attribute of the focused element, or of the nearest element around it that has the
/// attribute.
#[must_use]
pub fn focused(attribute: &str) -> Option<String> {
    active_element()?.closest(&format!("[{attribute}]")).ok()??.get_attribute(attribute)
}

/// The element that had the focus before.
#[derive(Debug)]
pub struct Origin(web_sys::HtmlElement);

impl Origin {
    /// Where the focus has come from; `None` where that was within an element with `attribute`, or nowhere.
    #[must_use]
    pub fn of(event: &web_sys::FocusEvent, attribute: &str) -> Option<Self> {
        let from = event.related_target()?.dyn_into::<web_sys::HtmlElement>().ok()?;
        let is_within = from.closest(&format!("[{attribute}]")).ok()?.is_some();
        (!is_within).then_some(Self(from))
    }

    /// Gives the focus back, without scrolling. Returns whether the element is still there.
    #[must_use]
    pub fn return_focus(&self) -> bool {
        self.0.is_connected() && focus_without_scrolling(&self.0)
    }
}

/// Moves the focus to the next or previous element that matches `selector`, and scrolls to it if needed. If
/// none of them has the focus, it begins with the first one in view.
pub fn focus_neighbour(selector: &str, back: bool) {
    let Some(root) = super::document().and_then(|document| document.document_element()) else { return };
    let focus = active_element();
    let shown = |element: &web_sys::Element| element.get_client_rects().length() > 0;
    let all: Vec<_> = super::find_all(&root, selector).into_iter().filter(shown).collect();
    let at = all.iter().position(|one| focus.as_ref().is_some_and(|focus| one.contains(Some(focus))));
    let next = match at {
        Some(at) if back => at.checked_sub(1),
        Some(at) => Some(at + 1),
        None => all.iter().position(|one| one.get_bounding_client_rect().top() >= 0.0),
    };
    let next = next.and_then(|next| all.into_iter().nth(next));
    if let Some(next) = next.and_then(|next| next.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An element that can't be focused leaves the focus where it is.
        let _ = next.focus();
    }
}

/// Clicks the focused element, if it matches `selector`. Returns whether it does.
pub fn click_focused(selector: &str) -> bool {
    let focus = active_element().filter(|focus| focus.matches(selector).unwrap_or(false));
    let focus = focus.and_then(|focus| focus.dyn_into::<web_sys::HtmlElement>().ok());
    focus.is_some_and(|focus| {
        focus.click();
        true
    })
}

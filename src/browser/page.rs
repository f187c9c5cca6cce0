//! The page: its title, its base, the attributes of its root element, its scroll position.

use wasm_bindgen::JsValue;

/// Sets the title.
pub fn set_title(title: &str) {
    if let Some(document) = super::document() {
        document.set_title(title);
    }
}

/// Sets the base of relative addresses.
pub fn set_base(base: &str) {
    if let Some(element) = super::find("base") {
        // Fails only for an invalid attribute name.
        let _ = element.set_attribute("href", base);
    }
}

/// Scrolls to a distance from the top, in CSS pixels, without animation.
pub fn scroll_to(top: f64) {
    if let Some(window) = super::window() {
        window.scroll_to_with_x_and_y(0.0, top);
    }
}

/// The width in device pixels of a picture as wide as the window, in the wider orientation of the screen.
#[must_use]
pub fn widest_screen() -> u32 {
    let Some(window) = super::window() else { return 0 };
    let side = |side: Result<JsValue, JsValue>| side.ok().and_then(|side| side.as_f64()).unwrap_or(0.0);
    let pixels = side(window.inner_width()).max(side(window.inner_height())) * window.device_pixel_ratio();
    // Some thousands.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "see above")]
    {
        pixels as u32
    }
}

/// The text of the element with that id.
#[must_use]
pub fn text_of(id: &str) -> Option<String> {
    super::document()?.get_element_by_id(id)?.text_content()
}

/// Whether the reader has reloaded this page.
#[must_use]
pub fn was_reloaded() -> bool {
    let entries = super::window()
        .and_then(|window| window.performance())
        .map(|performance| performance.get_entries_by_type("navigation"));
    let kind = entries.and_then(|entries| super::property(&entries.get(0), "type"));
    kind.and_then(|kind| kind.as_string()).is_some_and(|kind| kind == "reload")
}

/// Whether `address` is of this page's own origin.
#[must_use]
pub fn is_own_origin(address: &str) -> bool {
    let Some(window) = super::window() else { return false };
    let own = window.location().origin().ok();
    let other = web_sys::Url::new(address).map(|url| url.origin());
    own.is_some() && other.ok() == own
}

/// The body of the page, after removing the element with that id.
#[must_use]
pub fn body_without(id: &str) -> Option<web_sys::HtmlElement> {
    let document = super::document()?;
    if let Some(element) = document.get_element_by_id(id) {
        element.remove();
    }
    document.body()
}

/// Whether an element matches `selector`.
#[must_use]
pub fn has(selector: &str) -> bool {
    super::find(selector).is_some()
}

/// Sets an attribute of the page's root element, which styles may depend on.
pub fn set_root_attribute(name: &str, value: &str) {
    let root = super::document().and_then(|document| document.document_element());
    if let Some(root) = root {
        // Fails only for an invalid attribute name.
        let _ = root.set_attribute(name, value);
    }
}

/// The browser's own bar has a colour for light pages and one for dark ones, in this order in the page's head.
const BAR_COLORS: &str = "meta[name=theme-color]";
const SCHEMES: [&str; 2] = ["(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"];

/// Colours the browser's own bar as for a light page (`Some(false)`) or a dark one, or as the system is.
pub fn set_bar_color(is_dark: Option<bool>) {
    let Some(root) = super::document().and_then(|document| document.document_element()) else { return };
    for (at, (meta, scheme)) in super::find_all(&root, BAR_COLORS).iter().zip(SCHEMES).enumerate() {
        let media = match is_dark {
            None => scheme,
            Some(is_dark) if usize::from(is_dark) == at => "all",
            Some(_) => "not all",
        };
        // Fails only for an invalid attribute name.
        let _ = meta.set_attribute("media", media);
    }
}

/// Stores the `data-*` attributes of the page's root element under a name. On the next page, the script in
/// the head sets them before the first paint (`index.html`).
pub fn store_root_attributes(name: &str) {
    let root = super::document().and_then(|document| document.document_element());
    let dataset = root.and_then(|root| super::property(&root, "dataset"));
    let text = dataset.and_then(|dataset| js_sys::JSON::stringify(&dataset).ok()?.as_string());
    if let Some(text) = text {
        // If they can't be stored, the next page is first painted without them.
        let _ = super::storage::set(name, &text);
    }
}

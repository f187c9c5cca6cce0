//! The page itself: its title, where it is scrolled to, what has the focus.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};

/// Names the tab.
pub fn set_title(title: &str) {
    if let Some(document) = super::document() {
        document.set_title(title);
    }
}

/// Has a picture be of that colour until it arrives (`style/base.css`). By way of the element's style and not of its
/// attribute, which the page's policy forbids.
pub fn tint(image: &web_sys::Element, color: &str) {
    // Refused by no element.
    let _ = js_sys::Reflect::set(image, &"style".into(), &["--tint:", color].concat().into());
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

/// How many pixels of the screen a picture as wide as the window would have at most, whichever way it is turned.
#[must_use]
pub fn widest() -> u32 {
    let Some(window) = super::window() else { return 0 };
    let side = |side: Result<JsValue, JsValue>| side.ok().and_then(|side| side.as_f64()).unwrap_or(0.0);
    let pixels = side(window.inner_width()).max(side(window.inner_height())) * window.device_pixel_ratio();
    // It is some thousands.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "see above")]
    {
        pixels as u32
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

/// Presses the first element that `selector` finds; whether there is one.
pub fn press(selector: &str) -> bool {
    let found = find(selector).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = &found {
        element.click();
    }
    found.is_some()
}

/// Scrolls to the element with that id, which takes the focus if it can; whether there is one.
pub fn show_fragment(id: &str) -> bool {
    let found = super::document().and_then(|document| document.get_element_by_id(id));
    let Some(element) = found else { return false };
    element.scroll_into_view();
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        // Refused for what can't have it, which leaves it where it is.
        let _ = element.focus();
    }
    true
}

/// Takes the shell's own content away, once the app is there to show something.
pub fn clear_shell() {
    if let Some(shell) = find("#shell") {
        shell.remove();
    }
}

/// What a published page has in its own script for [`take_over`].
const TAKE_OVER: &str = "datelineTakeOver";

/// Whether this page was published with its content on it.
#[must_use]
pub fn is_published() -> bool {
    take_over_function().is_some()
}

fn take_over_function() -> Option<js_sys::Function> {
    super::property(&super::window()?.into(), TAKE_OVER)?.dyn_into().ok()
}

/// Exchanges what was published for what is in `new`, which is the same, without a jump; focus, selection, what
/// was opened and what was pressed meanwhile are brought over. Whether the reader has moved on the page.
pub fn take_over(new: &web_sys::Element) -> bool {
    let answer = take_over_function().and_then(|function| function.call1(new, new).ok());
    answer.is_some_and(|answer| answer.is_truthy())
}

/// The text of the element with that id.
#[must_use]
pub fn data(id: &str) -> Option<String> {
    super::document()?.get_element_by_id(id)?.text_content()
}

/// Whether the reader had the browser load this page anew.
#[must_use]
pub fn was_loaded_anew() -> bool {
    let entries = super::window()
        .and_then(|window| window.performance())
        .map(|it| it.get_entries_by_type("navigation"));
    let kind = entries.and_then(|entries| super::property(&entries.get(0), "type"));
    kind.and_then(|kind| kind.as_string()).is_some_and(|kind| kind == "reload")
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
    super::listen(element, "click", move |event: &web_sys::MouseEvent| {
        event.prevent_default();
        press();
    });
}

/// A button, and what it said when it was pressed.
type Pressed = (web_sys::HtmlElement, Option<String>);

/// Presses of buttons that nothing answers yet.
pub struct Unanswered {
    pressed: Rc<RefCell<Vec<Pressed>>>,
    /// Until they are pressed again.
    _listener: super::Listener,
}

impl Unanswered {
    /// Notes them from now on. What answers a press leaves out the browser's own answer ([`on_press`]), by which it is
    /// known.
    #[must_use]
    pub fn note() -> Option<Self> {
        let pressed = Rc::new(RefCell::new(Vec::new()));
        let noted = Rc::clone(&pressed);
        let listener = super::Listener::new(&super::document()?.into(), "click", move |event| {
            let event = event.unchecked_ref::<web_sys::Event>();
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let button = target.and_then(|target| target.closest("button").ok().flatten());
            let Some(button) = button.filter(|_| !event.default_prevented()) else { return };
            let said = button.text_content();
            let one = (button.unchecked_into(), said);
            if !noted.borrow().contains(&one) {
                noted.borrow_mut().push(one);
            }
        });
        Some(Self { pressed, _listener: listener })
    }

    /// Presses them again, once, when the page has been brought up to date: those that still say what they said, for
    /// what others were pressed for is so already.
    pub fn press_again(self) {
        // From here on somebody answers.
        let Self { pressed, _listener: listener } = self;
        drop(listener);
        super::clock::after(0, move || {
            for (button, said) in pressed.take() {
                if button.is_connected() && button.text_content() == said {
                    button.click();
                }
            }
        });
    }
}

/// Says something in the element that stands right after another; where there is none, one is made for it. (Of
/// thousands that might have something to say, a few ever do.)
pub fn say_after(element: &web_sys::Element, text: &str) {
    if let Some(next) = element.next_element_sibling() {
        next.set_text_content(Some(text));
        return;
    }
    let Some(next) = super::document().and_then(|document| document.create_element("span").ok()) else {
        return;
    };
    // Refused only for a name that is no attribute's, and for a place that is in no document.
    let _ = next.set_attribute("role", "status");
    let _ = element.insert_adjacent_element("afterend", &next);
    // What is there before it says something is heard.
    let text = text.to_owned();
    super::clock::after(100, move || next.set_text_content(Some(&text)));
}

/// Puts text that is in another language than its surroundings into an element.
pub fn set_text(element: &web_sys::Element, text: &str, language: &str) {
    element.set_text_content(Some(text));
    // Refused only for a name that is no attribute's.
    let _ = element.set_attribute("lang", language);
}

/// Writes anew what each element in view says that `selector` finds, from what it keeps in `data-at`.
pub fn tick(selector: &str, words: impl Fn(&str) -> String) {
    let Some(found) = super::document().and_then(|document| document.query_selector_all(selector).ok())
    else {
        return;
    };
    let height = super::window().and_then(|window| window.inner_height().ok()?.as_f64()).unwrap_or(0.0);
    for at in 0..found.length() {
        let element = found.get(at).and_then(|node| node.dyn_into::<web_sys::Element>().ok());
        let Some(element) = element else { continue };
        let bounds = element.get_bounding_client_rect();
        let moment = element.get_attribute("data-at").unwrap_or_default();
        if bounds.top() < height && bounds.bottom() > 0.0 {
            let words = words(&moment);
            if element.text_content().as_ref() != Some(&words) {
                element.set_text_content(Some(&words));
            }
        }
    }
}

/// Sets an attribute of the page itself, for its style.
pub fn set_on_root(name: &str, value: &str) {
    let root = super::document().and_then(|document| document.document_element());
    if let Some(root) = root {
        // Refused only for a name that is no attribute's.
        let _ = root.set_attribute(name, value);
    }
}

/// Gives the page more style, in that layer. Where a browser can't take it, things are plain.
pub fn add_style(layer: &str, css: &str) {
    let Some(document) = super::document() else { return };
    let sheets = super::property(&document, "adoptedStyleSheets").and_then(|sheets| sheets.dyn_into().ok());
    let Some((sheets, sheet)) = Option::<js_sys::Array>::zip(sheets, web_sys::CssStyleSheet::new().ok())
    else {
        return;
    };
    // Refused for `@import` alone.
    let _ = sheet.replace_sync(&format!("@layer {layer} {{ {css} }}"));
    let sheets = sheets.concat(&js_sys::Array::of1(&sheet));
    // Refused only by what is no document.
    let _ = js_sys::Reflect::set(&document, &"adoptedStyleSheets".into(), &sheets);
}

/// Keeps what the page itself has for attributes of style, for the script in the page's head, which sets them before the
/// next page is painted (`index.html`).
pub fn keep_look() {
    let root = super::document().and_then(|document| document.document_element());
    let look = root.and_then(|root| super::property(&root, "dataset"));
    let look = look.and_then(|look| js_sys::JSON::stringify(&look).ok()?.as_string());
    if let Some(look) = look {
        // Where it can't be kept, the next page is painted once before it is as wanted.
        let _ = super::storage::set(&format!("dateline-look {}", super::history::base_path()), &look);
    }
}

/// What an attribute says of the element that has the focus, or of what it stands in.
#[must_use]
pub fn focused(name: &str) -> Option<String> {
    let focus = super::document()?.active_element()?;
    focus.closest(&format!("[{name}]")).ok()??.get_attribute(name)
}

/// Moves the focus to the next of the elements that `selector` finds, or the one before, and scrolls to it as far as
/// need be. Without one that has the focus it begins with the first that is in view.
pub fn focus_neighbour(selector: &str, back: bool) {
    let focus = super::document().and_then(|document| document.active_element());
    let all: Vec<_> = all(selector).into_iter().filter(|one| one.get_client_rects().length() > 0).collect();
    let at = all.iter().position(|one| focus.as_ref().is_some_and(|focus| one.contains(Some(focus))));
    let next = match at {
        Some(at) if back => at.checked_sub(1),
        Some(at) => Some(at + 1),
        None => all.iter().position(|one| one.get_bounding_client_rect().top() >= 0.0),
    };
    let next = next.and_then(|next| all.into_iter().nth(next));
    if let Some(next) = next.and_then(|next| next.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Refused for what can't have it, which leaves it where it is.
        let _ = next.focus();
    }
}

/// Presses what has the focus, if it is one of the elements that `selector` finds; whether it is.
pub fn press_focused(selector: &str) -> bool {
    let focus = super::document().and_then(|document| document.active_element());
    let focus = focus.filter(|focus| focus.matches(selector).unwrap_or(false));
    let focus = focus.and_then(|focus| focus.dyn_into::<web_sys::HtmlElement>().ok());
    focus.is_some_and(|focus| {
        focus.click();
        true
    })
}

/// Calls `pressed` with each key that comes without a modifier and is meant for no field; where it answers true the
/// browser does nothing else with it.
pub fn on_key(mut pressed: impl FnMut(&str) -> bool + 'static) {
    let Some(document) = super::document() else { return };
    super::listen(&document, "keydown", move |event: &web_sys::KeyboardEvent| {
        let modified = event.alt_key() || event.ctrl_key() || event.meta_key() || event.is_composing();
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let field = target.and_then(|target| {
            target
                .closest("input, textarea, select, [contenteditable], [role=textbox], iframe")
                .ok()
                .flatten()
        });
        if !modified && !event.default_prevented() && field.is_none() && pressed(&event.key()) {
            event.prevent_default();
        }
    });
}

/// All elements that `selector` finds.
pub(super) fn all(selector: &str) -> Vec<web_sys::Element> {
    let found = super::document().and_then(|document| document.query_selector_all(selector).ok());
    let Some(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

/// Whether there is an element that `selector` finds.
#[must_use]
pub fn has(selector: &str) -> bool {
    find(selector).is_some()
}

/// The first element that `selector` finds. An id may be any, of digits too: it is looked up and not searched for, which
/// among 10,000 posts would cost milliseconds.
pub(super) fn find(selector: &str) -> Option<web_sys::Element> {
    let document = super::document()?;
    match selector.strip_prefix('#') {
        Some(id) => document.get_element_by_id(id),
        None => document.query_selector(selector).ok()?,
    }
}

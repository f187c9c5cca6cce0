//! Taking over a published page without losing what the reader did before the app was there.
//!
//! The app builds its tree beside the page, and this swaps the two in one task, so that nothing is painted in
//! between. The script in the page's head (`desk/src/publish/early.js`) has recorded what was pressed, and
//! whether the reader has moved.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
pub use web_sys::Element;
use web_sys::{HtmlElement, Node};

use super::{Listener, find_all, timer};

/// The object of the script in the page's head: `pressed`, the attributes [`PRESS`] of the pressed buttons;
/// `held`, that of the button that a finger is on; `moved`, whether the reader has moved; and `end`, a
/// function that stops recording.
const EARLY: &str = "datelineEarly";
/// The attribute that identifies a button on the page and in the app's tree, whatever its text.
const PRESS: &str = "data-press";
/// Elements that can be scrolled sideways.
const REGION: &str = "[role=region]";

/// The element with that id, if it has published content.
#[must_use]
pub fn published_root(id: &str) -> Option<Element> {
    let root = super::document()?.get_element_by_id(id)?;
    let children = root.children();
    let has_content = (0..children.length())
        .filter_map(|index| children.item(index))
        .any(|child| child.local_name() != "noscript");
    has_content.then_some(root)
}

/// An element that is not on the page, for the app to build its tree in.
#[must_use]
pub fn beside() -> Option<HtmlElement> {
    super::document()?.create_element("div").ok()?.dyn_into().ok()
}

/// Replaces `root` with the children of `new`, without a jump. Open details, focus, selection and presses are
/// kept. Sets the page's language to `language`. Returns whether the reader has moved.
pub fn replace(root: &Element, new: &Element, language: &str) -> bool {
    let early = Early::take();
    bring_over_details(root, new);
    let focus = super::document()
        .and_then(|document| document.active_element())
        .filter(|active| root.contains(Some(active)) && active != root)
        .and_then(|active| Some((counterpart(root, new, &active)?, active)))
        .filter(|(there, here)| there.local_name() == here.local_name());
    let selection = selection_in(root, new);
    let scrolled: Vec<_> = find_all(root, REGION)
        .iter()
        .map(Element::scroll_left)
        .zip(find_all(new, REGION))
        // Setting it would force a layout of the whole page.
        .filter(|(left, _)| *left != 0)
        .collect();
    let images = decode_at_once(new);
    let buttons = find_all(new, &format!("[{PRESS}]"));
    let button = |value: &String| {
        let named = buttons.iter().find(|button| button.get_attribute(PRESS).as_ref() == Some(value));
        named.and_then(|button| button.clone().dyn_into::<HtmlElement>().ok())
    };
    let pressed: Vec<_> =
        early.pressed.iter().filter_map(|value| Some((button(value)?, value.clone()))).collect();
    let held = early.held.as_ref().and_then(button);

    let children = js_sys::Array::from(&new.child_nodes());
    // Fails only for nodes that can't be children of an element.
    let _ = root.replace_with_with_node(&children);
    set_language(language);
    for (left, region) in scrolled {
        region.set_scroll_left(left);
    }
    if let Some(focus) = focus.and_then(|(there, _)| there.dyn_into::<HtmlElement>().ok()) {
        super::focus::focus_without_scrolling(&focus);
    }
    if let Some((anchor, end)) = selection
        && let Some(selection) = selection_of_page()
    {
        // Fails if a place does not exist; then nothing is selected.
        let _ = selection.set_base_and_extent(&anchor.0, anchor.1, &end.0, end.1);
    }
    decode_as_before(images);
    if let Some(held) = held {
        press_when_lifted(&held);
    }
    // In a later task, when the app is complete. If the press is already fulfilled (the story was saved
    // before), the button now has another purpose and another attribute, and is not pressed.
    timer::after(0, move || {
        for (button, value) in &pressed {
            if button.get_attribute(PRESS).as_ref() == Some(value) {
                button.click();
            }
        }
    });
    early.moved
}

/// What the reader did before the app was there.
#[derive(Default)]
struct Early {
    pressed: Vec<String>,
    held: Option<String>,
    moved: bool,
}

impl Early {
    /// Takes the record, and stops recording.
    fn take() -> Self {
        let early = super::window().and_then(|window| super::property(&window, EARLY));
        let Some(early) = early else { return Self::default() };
        let pressed = super::property(&early, "pressed").map(|pressed| js_sys::Array::from(&pressed));
        let texts = pressed.iter().flat_map(js_sys::Array::iter).filter_map(|value| value.as_string());
        // Several presses of one button count once.
        let mut presses: Vec<String> = Vec::new();
        for text in texts {
            if !presses.contains(&text) {
                presses.push(text);
            }
        }
        let noted = Self {
            pressed: presses,
            held: super::property(&early, "held").and_then(|held| held.as_string()),
            moved: super::property(&early, "moved").is_some_and(|moved| moved.is_truthy()),
        };
        if let Some(end) =
            super::property(&early, "end").and_then(|end| end.dyn_into::<js_sys::Function>().ok())
        {
            // It removes its listeners, and can't fail.
            let _ = end.call0(&early);
        }
        noted
    }
}

/// Opens and closes the `details` in `new` as they are in `root`. The app's tree may have one more or less,
/// so they are matched by their class and their rank in that class.
fn bring_over_details(root: &Element, new: &Element) {
    let (old, new) = (find_all(root, "details"), find_all(new, "details"));
    for (index, details) in old.iter().enumerate() {
        let class = details.class_name();
        let rank = old.iter().take(index).filter(|other| other.class_name() == class).count();
        if let Some(same) = new.iter().filter(|other| other.class_name() == class).nth(rank) {
            // Fails only for an invalid attribute name.
            let _ = same.toggle_attribute_with_force("open", details.has_attribute("open"));
        }
    }
}

/// The element at the same position in `new` as `element` in `root`.
fn counterpart(root: &Element, new: &Element, element: &Element) -> Option<Element> {
    if element == root {
        return Some(new.clone());
    }
    let parent = element.parent_element()?;
    let before = std::iter::successors(element.previous_element_sibling(), Element::previous_element_sibling);
    let index = u32::try_from(before.count()).ok()?;
    counterpart(root, new, &parent)?.children().item(index)
}

/// An end of a selection: a node and an offset.
type Place = (Node, u32);

fn selection_of_page() -> Option<web_sys::Selection> {
    super::document()?.get_selection().ok()?
}

/// Both ends of the selection in `root`, as places in `new`.
fn selection_in(root: &Element, new: &Element) -> Option<(Place, Place)> {
    let selection = selection_of_page()?;
    // Reading more of an empty selection would force a style computation of the whole page.
    if selection.range_count() == 0 || selection.is_collapsed() {
        return None;
    }
    let anchor = counterpart_of_place(root, new, &selection.anchor_node()?, selection.anchor_offset())?;
    let end = counterpart_of_place(root, new, &selection.focus_node()?, selection.focus_offset())?;
    Some((anchor, end))
}

/// The same place in `new`. It is found by its offset in the element's text, because a parser joins adjacent
/// text nodes.
fn counterpart_of_place(root: &Element, new: &Element, node: &Node, offset: u32) -> Option<Place> {
    if !root.contains(Some(node)) {
        return None;
    }
    let element = node.clone().dyn_into::<Element>().ok().or_else(|| node.parent_element())?;
    let range = super::document()?.create_range().ok()?;
    range.set_start(&element, 0).ok()?;
    range.set_end(node, offset).ok()?;
    let mut letters = String::from(range.to_string()).encode_utf16().count();
    let there = counterpart(root, new, &element)?;
    for text in texts_in(&there) {
        let length = text.text_content().unwrap_or_default().encode_utf16().count();
        if letters <= length {
            return Some((text, u32::try_from(letters).ok()?));
        }
        letters -= length;
    }
    Some((there.into(), 0))
}

/// The text nodes within an element, in order.
fn texts_in(element: &Element) -> Vec<Node> {
    const TEXTS: u32 = 4;
    let walker = super::document()
        .and_then(|document| document.create_tree_walker_with_what_to_show(element, TEXTS).ok());
    walker.iter().flat_map(|walker| std::iter::from_fn(|| walker.next_node().ok()?)).collect()
}

/// Makes cached pictures appear in the same frame. Returns the images with their former `decoding`
/// attributes.
fn decode_at_once(new: &Element) -> Vec<(Element, Option<String>)> {
    let images = find_all(new, "img").into_iter().map(|image| {
        let before = image.get_attribute("decoding");
        // Fails only for an invalid attribute name.
        let _ = image.set_attribute("decoding", "sync");
        (image, before)
    });
    images.collect()
}

/// Restores the `decoding` attributes in the next frame.
fn decode_as_before(images: Vec<(Element, Option<String>)>) {
    let then = super::function(move |_| {
        for (image, before) in &images {
            // Fails only for an invalid attribute name.
            let _ = match before {
                Some(before) => image.set_attribute("decoding", before),
                None => image.remove_attribute("decoding"),
            };
        }
    });
    if let Some(window) = super::window() {
        // Fails only if it is not a function.
        let _ = window.request_animation_frame(&then);
    }
}

/// Sets the page's language to the app's. Content in another language has its own attribute.
fn set_language(language: &str) {
    let Some(document) = super::document() else { return };
    // Fails only for an invalid attribute name.
    if let Some(root) = document.document_element() {
        let _ = root.set_attribute("lang", language);
        let _ = root.remove_attribute("dir");
    }
    if let Some(body) = document.body() {
        let _ = body.remove_attribute("lang");
        let _ = body.remove_attribute("dir");
    }
}

/// Clicks a button when the finger that went down on its predecessor is lifted over it: browsers make no
/// click of going down on one element and up on another.
fn press_when_lifted(button: &HtmlElement) {
    let Some(window) = super::window() else { return };
    let listeners: Rc<RefCell<Vec<Listener>>> = Rc::default();
    for name in ["pointerup", "pointercancel"] {
        let (own, button) = (Rc::clone(&listeners), button.clone());
        let listener = Listener::new(&window, name, move |event| {
            let target = super::target_of(event);
            if event.type_() == "pointerup" && target.is_some_and(|target| button.contains(Some(&target))) {
                button.click();
            }
            // The first event removes both listeners.
            drop(own.take());
        });
        listeners.borrow_mut().push(listener);
    }
}

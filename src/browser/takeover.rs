//! Taking over a published page: what the reader did on it before the app was there goes on in what the app has built.
//!
//! The app builds its tree beside the page, and this exchanges the two in one task, so that nothing is painted in
//! between. The script in the page's head (`desk/src/publish/early.js`) has noted what was pressed meanwhile, and whether
//! the reader has moved.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
pub use web_sys::Element;
use web_sys::{HtmlElement, Node};

use super::{Listener, find_all, timer};

/// What the script in the page's head leaves for this: `pressed`, the values of the attribute [`PRESS`] of what was
/// pressed; `held`, the one that a finger is on; `moved`, whether the reader has moved; and `end`, which ends it.
const EARLY: &str = "datelineEarly";
/// The attribute by which a button of the page is known in the app's tree, whatever it says there.
const PRESS: &str = "data-press";
/// What a browser can scroll sideways by itself.
const REGION: &str = "[role=region]";

/// The element with that id, if the page was published with its content in it.
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

/// Puts the children of `new` in the place of `root`, without a jump: what is open, the focus, the selection and what was
/// pressed are brought over. The page is in `language` from now on. Whether the reader has moved on it.
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
        // To set it would have the whole page laid out here and now.
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
    // Refused for what can't stand there, which children of an element all can.
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
        // Refused for a place that is not there, which leaves nothing selected.
        let _ = selection.set_base_and_extent(&anchor.0, anchor.1, &end.0, end.1);
    }
    decode_as_before(images);
    if let Some(held) = held {
        press_when_lifted(&held);
    }
    // What answers is there; what it does may want the app to have settled. What a button was pressed for may be so already,
    // as where the story was saved before: then it is for something else now, and says so.
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
    /// Takes what there is, and ends the noting of it.
    fn take() -> Self {
        let early = super::window().and_then(|window| super::property(&window, EARLY));
        let Some(early) = early else { return Self::default() };
        let pressed = super::property(&early, "pressed").map(|pressed| js_sys::Array::from(&pressed));
        let texts = pressed.iter().flat_map(js_sys::Array::iter).filter_map(|value| value.as_string());
        // A button that was pressed again and again was pressed for one thing.
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
            // It takes its listeners away, and can't fail.
            let _ = end.call0(&early);
        }
        noted
    }
}

/// Opens and closes in `new` what is open and closed in `root`. The app may have one more of them, or one less: each is
/// known by its class, and by which of that class it is.
fn bring_over_details(root: &Element, new: &Element) {
    let (old, new) = (find_all(root, "details"), find_all(new, "details"));
    for (index, details) in old.iter().enumerate() {
        let class = details.class_name();
        let rank = old.iter().take(index).filter(|other| other.class_name() == class).count();
        if let Some(same) = new.iter().filter(|other| other.class_name() == class).nth(rank) {
            // Refused only for a name that is no attribute's.
            let _ = same.toggle_attribute_with_force("open", details.has_attribute("open"));
        }
    }
}

/// What stands in `new` where `element` stands in `root`.
fn counterpart(root: &Element, new: &Element, element: &Element) -> Option<Element> {
    if element == root {
        return Some(new.clone());
    }
    let parent = element.parent_element()?;
    let before = std::iter::successors(element.previous_element_sibling(), Element::previous_element_sibling);
    let index = u32::try_from(before.count()).ok()?;
    counterpart(root, new, &parent)?.children().item(index)
}

/// A place between two letters: a node, and how far into it.
type Place = (Node, u32);

fn selection_of_page() -> Option<web_sys::Selection> {
    super::document()?.get_selection().ok()?
}

/// Both ends of what is selected in `root`, as they are in `new`.
fn selection_in(root: &Element, new: &Element) -> Option<(Place, Place)> {
    let selection = selection_of_page()?;
    // To ask more of one where none was ever made would have the style of the whole page looked at.
    if selection.range_count() == 0 || selection.is_collapsed() {
        return None;
    }
    let anchor = counterpart_of_place(root, new, &selection.anchor_node()?, selection.anchor_offset())?;
    let end = counterpart_of_place(root, new, &selection.focus_node()?, selection.focus_offset())?;
    Some((anchor, end))
}

/// Texts are found by their place in the text of their element, because a parser joins what the app has in pieces.
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

/// The texts within an element, in their order.
fn texts_in(element: &Element) -> Vec<Node> {
    const TEXTS: u32 = 4;
    let walker = super::document()
        .and_then(|document| document.create_tree_walker_with_what_to_show(element, TEXTS).ok());
    walker.iter().flat_map(|walker| std::iter::from_fn(|| walker.next_node().ok()?)).collect()
}

/// Has pictures that are in the browser's cache be on the page in the same frame. With what they said of decoding before.
fn decode_at_once(new: &Element) -> Vec<(Element, Option<String>)> {
    let images = find_all(new, "img").into_iter().map(|image| {
        let before = image.get_attribute("decoding");
        // Refused only for a name that is no attribute's.
        let _ = image.set_attribute("decoding", "sync");
        (image, before)
    });
    images.collect()
}

/// After the next frame pictures are decoded as they say again.
fn decode_as_before(images: Vec<(Element, Option<String>)>) {
    let then = super::function(move |_| {
        for (image, before) in &images {
            // Refused only for a name that is no attribute's.
            let _ = match before {
                Some(before) => image.set_attribute("decoding", before),
                None => image.remove_attribute("decoding"),
            };
        }
    });
    if let Some(window) = super::window() {
        // Refused only for what is no function.
        let _ = window.request_animation_frame(&then);
    }
}

/// The page is in the app's language from now on: what is in another one says so itself.
fn set_language(language: &str) {
    let Some(document) = super::document() else { return };
    // Refused only for names that are no attribute's.
    if let Some(root) = document.document_element() {
        let _ = root.set_attribute("lang", language);
        let _ = root.remove_attribute("dir");
    }
    if let Some(body) = document.body() {
        let _ = body.remove_attribute("lang");
        let _ = body.remove_attribute("dir");
    }
}

/// Presses a button when the finger is lifted that went down on its forerunner: the browser makes no click of what went
/// down on one element and up on another.
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
            // Both end with the first of them.
            drop(own.take());
        });
        listeners.borrow_mut().push(listener);
    }
}

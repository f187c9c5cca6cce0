//! HTML as data: what a page consists of, built by plain functions.
//!
//! Leptos would make a type of its own of each element that a macro writes, with code of its own; that
//! came to twice the bytes for readers (`docs/decisions/002-html-as-data.md`). Here an element is a value,
//! there is code for one type, and what a screen shows can be looked at in a native test. Leptos still
//! does what it is for: [`dynamic`] parts follow their signals.
//!
//! A piece that is made anew changes on the page what is different and leaves the rest, so that focus,
//! pictures and what a reader has opened stay. Where there are many, or where they move, they have keys.
//!
//! Text and attribute values are escaped or set as text, always: no markup comes from a string.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use reactive_graph::effect::RenderEffect;
use reactive_graph::owner::Owner;
use tachys::html::attribute::Attribute;
use tachys::html::attribute::any_attribute::AnyAttribute;
use tachys::hydration::Cursor;
use tachys::renderer::{Rndr, types};
use tachys::view::add_attr::AddAnyAttr;
use tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};

/// A piece of a page.
pub enum Node {
    /// Text.
    Text(Cow<'static, str>),
    /// An element.
    Element(Element),
    /// Several pieces, or none.
    Many(Vec<Node>),
    /// A piece that follows signals.
    Dynamic(Dynamic),
    /// Pieces that are known by their keys.
    Keyed(Vec<Keyed>),
}

/// A piece that is known by its key among its neighbours, and made anew only where its version is another.
/// Keys are unique.
pub struct Keyed {
    /// Which piece.
    pub key: u64,
    /// Which version of it.
    pub version: u64,
    /// What owns the signals in it: not what makes the list, which is run again and again.
    pub scope: Owner,
    /// Makes it.
    pub make: Box<dyn FnOnce() -> Node + Send>,
}

/// What makes a dynamic piece, again whenever a signal that it has read changes.
pub type Dynamic = Box<dyn FnMut() -> Node + Send>;

/// An element with what is in it. It is a pointer, so that building one moves little and takes little code.
pub struct Element(Box<Parts>);

struct Parts {
    tag: &'static str,
    attributes: Vec<(&'static str, Cow<'static, str>)>,
    children: Vec<Node>,
    on_press: Option<Box<dyn Fn() + Send>>,
    on_built: Option<OnBuilt>,
}

type OnBuilt = Box<dyn FnOnce(&types::Element) + Send>;

/// A new element.
#[must_use]
pub fn el(tag: &'static str) -> Element {
    Element(Box::new(Parts {
        tag,
        attributes: Vec::new(),
        children: Vec::new(),
        on_press: None,
        on_built: None,
    }))
}

/// A piece that follows the signals which `make` reads.
pub fn dynamic(make: impl FnMut() -> Node + Send + 'static) -> Node {
    Node::Dynamic(Box::new(make))
}

/// Nothing.
#[must_use]
pub fn nothing() -> Node {
    Node::Many(Vec::new())
}

/// Several pieces, one after the other.
pub fn many(nodes: impl IntoIterator<Item = Node>) -> Node {
    Node::Many(nodes.into_iter().collect())
}

impl Element {
    /// Adds an attribute.
    #[must_use]
    pub fn attr(self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.with_attribute(name, value.into())
    }

    #[inline(never)]
    fn with_attribute(mut self, name: &'static str, value: Cow<'static, str>) -> Self {
        self.0.attributes.push((name, value));
        self
    }

    /// Adds an attribute where there is a value for it.
    #[must_use]
    pub fn maybe(self, name: &'static str, value: Option<impl Into<Cow<'static, str>>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// Adds the attribute `class`.
    #[must_use]
    pub fn class(self, class: &'static str) -> Self {
        self.attr("class", class)
    }

    /// Adds a piece at the end.
    #[must_use]
    pub fn child(self, child: impl Into<Node>) -> Self {
        self.with_child(child.into())
    }

    #[inline(never)]
    fn with_child(mut self, child: Node) -> Self {
        self.0.children.push(child);
        self
    }

    /// Adds pieces at the end.
    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Node>) -> Self {
        self.0.children.extend(children);
        self
    }

    /// What a press of it does: of a mouse, a finger or a key. The browser's own answer is left out.
    #[must_use]
    pub fn on_press(mut self, press: impl Fn() + Send + 'static) -> Self {
        self.0.on_press = Some(Box::new(press));
        self
    }

    /// What is to be done with it once the browser has it. Does nothing where a page is rendered to HTML.
    #[must_use]
    pub fn on_built(mut self, built: impl FnOnce(&types::Element) + Send + 'static) -> Self {
        self.0.on_built = Some(Box::new(built));
        self
    }

    fn write(&self, html: &mut String) {
        html.push('<');
        html.push_str(self.0.tag);
        for (name, value) in &self.0.attributes {
            html.push(' ');
            html.push_str(name);
            html.push_str("=\"");
            escape(value, html);
            html.push('"');
        }
        html.push('>');
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

impl From<&'static str> for Node {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<N: Into<Node>> From<Option<N>> for Node {
    fn from(node: Option<N>) -> Self {
        node.map_or_else(nothing, Into::into)
    }
}

/// Elements that have no content and no end tag (HTML Standard, section 13.1.2, void elements).
const VOID: [&str; 5] = ["br", "hr", "img", "input", "meta"];

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
}

impl Node {
    fn write(self, html: &mut String) {
        match self {
            Self::Text(text) => escape(&text, html),
            Self::Many(nodes) => nodes.into_iter().for_each(|node| node.write(html)),
            Self::Dynamic(mut make) => make().write(html),
            Self::Keyed(items) => items.into_iter().for_each(|item| (item.make)().write(html)),
            Self::Element(element) => {
                element.write(html);
                let Parts { tag, children, .. } = *element.0;
                if !VOID.contains(&tag) {
                    children.into_iter().for_each(|node| node.write(html));
                    html.push_str("</");
                    html.push_str(tag);
                    html.push('>');
                }
            }
        }
    }
}

/// A piece that is on the page.
pub enum Built {
    /// A text node, with its text.
    Text(types::Text, Cow<'static, str>),
    /// An element.
    Element(types::Element, Box<Shown>),
    /// Pieces, and the mark of their end.
    Many(Vec<Built>, types::Placeholder),
    /// A piece that follows signals.
    Dynamic(RenderEffect<Built>),
    /// Pieces with keys, and the mark of their end.
    Keyed(Vec<BuiltKeyed>, types::Placeholder),
}

/// What an element on the page is, to compare with what it is to become.
pub struct Shown {
    tag: &'static str,
    attributes: Vec<(&'static str, Cow<'static, str>)>,
    children: Vec<Built>,
    /// What its listener calls.
    press: Option<Press>,
    /// Whether more was done with it than is known here.
    by_hand: bool,
}

type Press = Rc<RefCell<Box<dyn Fn()>>>;

/// A piece with a key that is on the page.
pub struct BuiltKeyed {
    key: u64,
    version: u64,
    scope: Owner,
    built: Built,
}

impl Render for Node {
    type State = Built;

    fn build(self) -> Built {
        match self {
            Self::Text(text) => Built::Text(Rndr::create_text_node(&text), text),
            Self::Many(nodes) => {
                Built::Many(nodes.into_iter().map(Self::build).collect(), Rndr::create_placeholder())
            }
            Self::Dynamic(make) => Built::Dynamic(follow(make, None)),
            Self::Keyed(items) => {
                Built::Keyed(items.into_iter().map(Keyed::build).collect(), Rndr::create_placeholder())
            }
            Self::Element(element) => element.build(),
        }
    }

    fn rebuild(self, state: &mut Built) {
        match (self, &mut *state) {
            (Self::Text(new), Built::Text(node, old)) => {
                if new != *old {
                    Rndr::set_text(node, &new);
                    *old = new;
                }
            }
            (Self::Many(new), Built::Many(old, end)) => {
                rebuild_all(new, old, &mut |built| {
                    end.insert_before_this(built);
                });
            }
            (Self::Dynamic(make), was) => {
                let now = match was {
                    Built::Dynamic(old) => old.take_value(),
                    // What stood still is the first of what it follows now.
                    other => Some(std::mem::replace(other, nothing().build())),
                };
                *state = Built::Dynamic(follow(make, now));
            }
            (Self::Keyed(new), Built::Keyed(old, end)) => rebuild_keyed(new, old, end),
            (Self::Element(new), Built::Element(element, old)) if new.can_become(old) => {
                new.rebuild(element, old);
            }
            (new, _) => {
                let mut new = new.build();
                state.insert_before_this(&mut new);
                state.unmount();
                *state = new;
            }
        }
    }
}

fn follow(mut make: Dynamic, now: Option<Built>) -> RenderEffect<Built> {
    RenderEffect::new_with_value(
        move |state: Option<Built>| match state {
            Some(mut state) => {
                make().rebuild(&mut state);
                state
            }
            None => make().build(),
        },
        now,
    )
}

/// Turns pieces into others, one by one from the first.
fn rebuild_all(new: Vec<Node>, old: &mut Vec<Built>, append: &mut dyn FnMut(&mut Built)) {
    let mut gone = old.split_off(new.len().min(old.len()));
    gone.iter_mut().for_each(Built::unmount);
    for (at, node) in new.into_iter().enumerate() {
        match old.get_mut(at) {
            Some(built) => node.rebuild(built),
            None => {
                let mut built = node.build();
                append(&mut built);
                old.push(built);
            }
        }
    }
}

impl Keyed {
    fn build(self) -> BuiltKeyed {
        let scope = self.scope.child();
        let built = scope.with(|| (self.make)().build());
        BuiltKeyed { key: self.key, version: self.version, scope, built }
    }
}

/// Turns keyed pieces into others: those that stay are not touched unless their version is another, and
/// not moved unless their order is.
fn rebuild_keyed(new: Vec<Keyed>, old: &mut Vec<BuiltKeyed>, end: &types::Placeholder) {
    let mut rest = std::mem::take(old);
    rest.retain_mut(|built| {
        let stays = new.iter().any(|item| item.key == built.key);
        if !stays {
            built.built.unmount();
            built.scope.cleanup();
        }
        stays
    });
    for item in new {
        let place = rest.iter().position(|built| built.key == item.key);
        let built = match place {
            Some(place) => {
                let mut built = rest.remove(place);
                if place > 0 {
                    built.built.unmount();
                    insert_before(rest.first(), end, &mut built.built);
                }
                if built.version != item.version {
                    built.version = item.version;
                    built.scope.with_cleanup(|| (item.make)().rebuild(&mut built.built));
                }
                built
            }
            None => {
                let mut built = item.build();
                insert_before(rest.first(), end, &mut built.built);
                built
            }
        };
        old.push(built);
    }
}

fn insert_before(next: Option<&BuiltKeyed>, end: &types::Placeholder, built: &mut Built) {
    match next {
        Some(next) => next.built.insert_before_this(built),
        None => end.insert_before_this(built),
    };
}

impl Element {
    fn build(self) -> Built {
        let Parts { tag, attributes, children, on_press, on_built } = *self.0;
        let element = Rndr::create_element(tag, None);
        for (name, value) in &attributes {
            Rndr::set_attribute(&element, name, value);
        }
        let mut children: Vec<Built> = children.into_iter().map(Node::build).collect();
        for child in &mut children {
            child.mount(&element, None);
        }
        let press = on_press.map(|press| listen(&element, press));
        let by_hand = on_built.is_some();
        if let Some(then) = on_built {
            then(&element);
        }
        Built::Element(element, Box::new(Shown { tag, attributes, children, press, by_hand }))
    }

    /// Whether an element on the page can be turned into this one: it may get a listener, but not lose it. One that was
    /// worked on by hand stays as it is or goes.
    fn can_become(&self, old: &Shown) -> bool {
        let new = &self.0;
        let by_hand = old.by_hand || new.on_built.is_some();
        new.tag == old.tag
            && (new.on_press.is_some() || old.press.is_none())
            && (!by_hand || new.attributes == old.attributes)
    }

    fn rebuild(self, element: &types::Element, old: &mut Shown) {
        let Parts { attributes, children, on_press, on_built, .. } = *self.0;
        if let Some(new) = on_press {
            match &old.press {
                Some(press) => *press.borrow_mut() = new,
                None => old.press = Some(listen(element, new)),
            }
        }
        if old.by_hand {
            return;
        }
        for (name, _) in &old.attributes {
            if attributes.iter().all(|(new, _)| new != name) {
                Rndr::remove_attribute(element, name);
            }
        }
        for new in attributes.iter().filter(|new| !old.attributes.contains(new)) {
            Rndr::set_attribute(element, new.0, &new.1);
        }
        old.attributes = attributes;
        rebuild_all(children, &mut old.children, &mut |built| built.mount(element, None));
        if let Some(then) = on_built {
            old.by_hand = true;
            then(element);
        }
    }
}

fn listen(element: &types::Element, press: Box<dyn Fn() + Send>) -> Press {
    let press: Press = Rc::new(RefCell::new(press));
    let called = Rc::clone(&press);
    // The listener lives as long as the element; there is nothing to take it off for.
    crate::browser::page::on_press(element, Box::new(move || (*called.borrow())()));
    press
}

impl Mountable for Built {
    fn unmount(&mut self) {
        match self {
            Self::Text(text, _) => Rndr::remove(text),
            Self::Element(element, _) => Rndr::remove(element),
            Self::Many(built, end) => {
                built.iter_mut().for_each(Self::unmount);
                Rndr::remove(end);
            }
            Self::Keyed(items, end) => {
                items.iter_mut().for_each(|item| item.built.unmount());
                Rndr::remove(end);
            }
            Self::Dynamic(effect) => effect.unmount(),
        }
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        match self {
            Self::Text(text, _) => Rndr::insert_node(parent, text, marker),
            Self::Element(element, _) => Rndr::insert_node(parent, element, marker),
            Self::Many(built, end) => {
                built.iter_mut().for_each(|one| one.mount(parent, marker));
                Rndr::insert_node(parent, end, marker);
            }
            Self::Keyed(items, end) => {
                items.iter_mut().for_each(|item| item.built.mount(parent, marker));
                Rndr::insert_node(parent, end, marker);
            }
            Self::Dynamic(effect) => effect.mount(parent, marker),
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        match self {
            Self::Text(text, _) => text.insert_before_this(child),
            Self::Element(element, _) => element.insert_before_this(child),
            Self::Many(built, end) => match built.first() {
                Some(first) => first.insert_before_this(child),
                None => end.insert_before_this(child),
            },
            Self::Keyed(items, end) => match items.first() {
                Some(first) => first.built.insert_before_this(child),
                None => end.insert_before_this(child),
            },
            Self::Dynamic(effect) => effect.insert_before_this(child),
        }
    }

    /// Leptos asks for them to add attributes from outside, which have no place here.
    fn elements(&self) -> Vec<types::Element> {
        Vec::new()
    }
}

/// Attributes that Leptos would add from outside have no place here.
impl AddAnyAttr for Node {
    type Output<SomeNewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self {
        self
    }
}

impl RenderHtml for Node {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
        self.write(buf);
        *position = Position::NextChild;
    }

    /// A page that was rendered before is exchanged for this one, not adopted.
    fn hydrate<const FROM_SERVER: bool>(self, _cursor: &Cursor, _position: &PositionState) -> Built {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(node: impl Into<Node>) -> String {
        let mut html = String::new();
        node.into().write(&mut html);
        html
    }

    #[test]
    fn text_is_text_wherever_it_stands() {
        let hostile = "\"><script>alert(1)</script>&amp;".to_owned();
        let shown = html(el("p").attr("title", hostile.clone()).child(hostile));
        assert_eq!(
            shown,
            "<p title=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;\">&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;</p>"
        );
    }

    #[test]
    fn elements_nest_and_void_ones_end() {
        let list = el("ul").class("x").children([el("li").child("a").child(el("br")).child("b").into()]);
        assert_eq!(html(list), "<ul class=\"x\"><li>a<br>b</li></ul>");
        assert_eq!(html(many([nothing(), "a".into(), dynamic(|| "b".into())])), "ab");
        assert_eq!(html(el("p").maybe("lang", None::<String>).child(None::<Element>)), "<p></p>");
    }
}

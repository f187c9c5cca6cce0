//! HTML as a tree of elements, so that tests can look at their content and order.
//!
//! Every element must be closed, except those that HTML never closes. Dateline's pages are written so.

use std::collections::BTreeMap;

use html5gum::{Token, Tokenizer};

/// Void elements: without content and end tag.
const VOID: &[&str] = &["area", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// An element, or, without a name, the whole page.
#[derive(Clone, Debug, Default)]
pub struct Element {
    /// Its name, such as `h1`.
    pub name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Child>,
}

#[derive(Clone, Debug)]
enum Child {
    Element(Element),
    Text(String),
}

/// Parses a page or a part of one.
pub fn parse(html: &str) -> Element {
    let mut open = vec![Element::default()];
    let put = |open: &mut Vec<Element>, child| open.last_mut().unwrap().children.push(child);
    for token in Tokenizer::new(html) {
        match token.unwrap() {
            Token::StartTag(tag) => {
                let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                let attributes = tag.attributes.iter().map(|(name, value)| (text(name), text(value)));
                let element =
                    Element { name: text(&tag.name), attributes: attributes.collect(), children: Vec::new() };
                if VOID.contains(&element.name.as_str()) {
                    put(&mut open, Child::Element(element));
                } else {
                    open.push(element);
                }
            }
            Token::EndTag(tag) => {
                let element = open.pop().unwrap();
                assert_eq!(element.name.as_bytes(), &**tag.name, "it ends where another began, in {html}");
                put(&mut open, Child::Element(element));
            }
            Token::String(text) => {
                put(&mut open, Child::Text(String::from_utf8(text.to_vec()).unwrap()));
            }
            Token::Comment(_) => {}
            // Leptos leaves short comments (`<!>`) as markers.
            Token::Error(error) => {
                assert!(error.as_str().contains("comment"), "{} in {html}", error.as_str());
            }
            other => panic!("{other:?} in {html}"),
        }
    }
    assert_eq!(open.len(), 1, "{} has no end, in {html}", open.last().unwrap().name);
    open.remove(0)
}

impl Element {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// The names of its attributes.
    pub fn attribute_names(&self) -> impl Iterator<Item = &str> {
        self.attributes.keys().map(String::as_str)
    }

    /// Its text content, with white space collapsed.
    pub fn words(&self) -> String {
        self.text().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn text(&self) -> String {
        let text = |child: &Child| match child {
            Child::Element(element) => element.text(),
            Child::Text(text) => text.clone(),
        };
        self.children.iter().map(text).collect()
    }

    /// Its child elements.
    pub fn children(&self) -> Vec<&Element> {
        let elements = self.children.iter().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        });
        elements.collect()
    }

    /// All elements in it, in document order.
    pub fn elements(&self) -> Vec<&Element> {
        self.children().into_iter().flat_map(|child| [vec![child], child.elements()].concat()).collect()
    }

    /// All elements in it with that name, in document order.
    pub fn all(&self, name: &str) -> Vec<&Element> {
        self.elements().into_iter().filter(|element| element.name == name).collect()
    }

    /// The one element in it with that name.
    pub fn one(&self, name: &str) -> &Element {
        let all = self.all(name);
        assert_eq!(all.len(), 1, "elements of the name {name} in {self:?}");
        all[0]
    }

    /// The elements in it with that name and exactly that text.
    pub fn saying(&self, name: &str, words: &str) -> Vec<&Element> {
        self.all(name).into_iter().filter(|element| element.words() == words).collect()
    }

    /// The one element in it with that label.
    pub fn labelled(&self, label: &str) -> &Element {
        let is_it = |element: &&Element| element.attribute("aria-label") == Some(label);
        let all: Vec<&Element> = self.elements().into_iter().filter(is_it).collect();
        assert_eq!(all.len(), 1, "elements labelled {label} in {self:?}");
        all[0]
    }
}

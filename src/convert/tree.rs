//! HTML as a shallow tree: what the tokenizer saw, nested as far as anybody needs.
//!
//! Elements beyond [`DEEPEST`] are not nested further (their text stays), and an end tag looks no further
//! than that either, so that the work grows with the length of the source alone, whatever is in it.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};

/// How deep elements nest in the tree. Real articles stand some 20 deep in their pages.
const DEEPEST: usize = 96;

/// Elements that have no content.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// A node's place in its tree.
pub(super) type NodeId = usize;

/// A piece of HTML.
pub(super) struct Tree {
    nodes: Vec<Node>,
}

/// A node of the tree.
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) children: Vec<NodeId>,
}

pub(super) enum NodeKind {
    Element { name: String, attributes: Vec<(String, String)> },
    Text(String),
}

impl Tree {
    /// The tree of `html`. Its root has no name.
    pub(super) fn parse(html: &str) -> Self {
        let root = Node {
            kind: NodeKind::Element { name: String::new(), attributes: Vec::new() },
            children: Vec::new(),
        };
        let mut tree = Self { nodes: vec![root] };
        let mut open: Vec<(NodeId, String)> = vec![(0, String::new())];
        let mut emitter = DefaultEmitter::default();
        // Without a tree builder, the tokenizer has to know by itself that a script holds no tags.
        emitter.naively_switch_states(true);
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Token::StartTag(tag) => {
                    let name = text(&tag.name);
                    close_implied(&mut open, &name);
                    let attributes =
                        tag.attributes.iter().map(|(name, value)| (text(name), text(value))).collect();
                    let kind = NodeKind::Element { name: name.clone(), attributes };
                    let id = tree.add(&open, kind);
                    let empty = VOID.contains(&name.as_str())
                        || (tag.self_closing && matches!(name.as_str(), "svg" | "math"));
                    if !empty && open.len() < DEEPEST {
                        open.push((id, name));
                    }
                }
                Token::EndTag(tag) => {
                    let name = text(&tag.name);
                    if let Some(at) = open.iter().rposition(|(_, open)| *open == name).filter(|at| *at > 0) {
                        open.truncate(at);
                    }
                }
                Token::String(string) => {
                    tree.add(&open, NodeKind::Text(text(&string)));
                }
                Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        tree
    }

    fn add(&mut self, open: &[(NodeId, String)], kind: NodeKind) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(Node { kind, children: Vec::new() });
        let parent = open.last().map_or(0, |(parent, _)| *parent);
        if let Some(parent) = self.nodes.get_mut(parent) {
            parent.children.push(id);
        }
        id
    }

    /// How many nodes there are. Every child has a higher number than its parent.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The element's name, empty for text.
    pub(super) fn name(&self, id: NodeId) -> &str {
        match self.nodes.get(id).map(|node| &node.kind) {
            Some(NodeKind::Element { name, .. }) => name,
            _ => "",
        }
    }

    /// The text of a text node.
    pub(super) fn text(&self, id: NodeId) -> Option<&str> {
        match self.nodes.get(id).map(|node| &node.kind) {
            Some(NodeKind::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// An attribute that is there and not empty.
    pub(super) fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        self.raw_attribute(id, name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// An attribute that is there.
    pub(super) fn raw_attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        match self.nodes.get(id).map(|node| &node.kind) {
            Some(NodeKind::Element { attributes, .. }) => {
                attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
            }
            _ => None,
        }
    }

    /// What is in the element.
    pub(super) fn children(&self, id: NodeId) -> &[NodeId] {
        self.nodes.get(id).map_or(&[], |node| &node.children)
    }

    /// The elements of that name, in the order of the source.
    pub(super) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = NodeId> + 'a {
        (0..self.nodes.len()).filter(move |id| self.name(*id) == name)
    }

    /// All text within, as it stands in the source.
    pub(super) fn inner_text(&self, id: NodeId) -> String {
        let mut all = String::new();
        self.push_text(id, &mut all);
        all
    }

    fn push_text(&self, id: NodeId, out: &mut String) {
        match self.text(id) {
            Some(text) => out.push_str(text),
            None => self.children(id).iter().for_each(|child| self.push_text(*child, out)),
        }
    }
}

/// Closes what an opening tag ends by itself (HTML Standard, section 13.1.2.4, optional tags).
fn close_implied(open: &mut Vec<(NodeId, String)>, name: &str) {
    let (closes, within): (&[&str], &[&str]) = match name {
        "li" => (&["li"], &["ul", "ol", "menu"]),
        "dt" | "dd" => (&["dt", "dd"], &["dl"]),
        "tr" => (&["tr", "td", "th"], &["table"]),
        "td" | "th" => (&["td", "th"], &["tr", "table"]),
        "thead" | "tbody" | "tfoot" => {
            (&["thead", "tbody", "tfoot", "tr", "td", "th", "caption"], &["table"])
        }
        "option" => (&["option"], &["select"]),
        "address" | "article" | "aside" | "blockquote" | "details" | "div" | "dl" | "fieldset"
        | "figcaption" | "figure" | "footer" | "form" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
        | "header" | "hr" | "main" | "nav" | "ol" | "p" | "pre" | "section" | "table" | "ul" => (
            &["p"],
            &[
                "td",
                "th",
                "li",
                "blockquote",
                "figure",
                "div",
                "section",
                "article",
                "aside",
                "table",
                "button",
            ],
        ),
        _ => return,
    };
    let start = open.iter().rposition(|(_, name)| within.contains(&name.as_str())).map_or(1, |at| at + 1);
    let first = open.iter().skip(start).position(|(_, name)| closes.contains(&name.as_str()));
    if let Some(first) = first {
        open.truncate(start + first);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

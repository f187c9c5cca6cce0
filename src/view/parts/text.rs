//! Text with its marks.

use super::{dir, lang};
use crate::content::{Direction, Inline, LanguageTag, Mark, Text};
use crate::view::html::{Element, Node, el, many};

/// The elements of a text.
#[must_use]
pub fn text(text: &Text) -> Node {
    many(text.0.iter().map(inline))
}

fn inline(inline: &Inline) -> Node {
    match inline {
        Inline::Text(plain) => plain.clone().into(),
        Inline::Mark(mark) => marked(mark).into(),
    }
}

fn marked(mark: &Mark) -> Element {
    match mark {
        Mark::Emphasis { text: inner } => el("em").child(text(inner)),
        Mark::Strong { text: inner } => el("strong").child(text(inner)),
        Mark::Link { text: inner, href } => el("a").attr("href", href.as_str().to_owned()).child(text(inner)),
        Mark::Code { text } => el("code").child(text.clone()),
        Mark::Quotation { text: inner } => el("q").child(text(inner)),
        Mark::Break => el("br"),
        Mark::Abbreviation { text, title } => el("abbr").attr("title", title.clone()).child(text.clone()),
        Mark::Subscript { text: inner } => el("sub").child(text(inner)),
        Mark::Superscript { text: inner } => el("sup").child(text(inner)),
        Mark::Span { text: inner, language, direction } => {
            // Words that run another way are set apart, so that they do not reorder their neighbours.
            let runs: Option<Direction> = direction.or_else(|| language.as_ref().map(LanguageTag::direction));
            el("bdi").maybe("lang", lang(language.as_ref())).maybe("dir", dir(runs)).child(text(inner))
        }
    }
}

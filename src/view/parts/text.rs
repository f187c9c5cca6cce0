//! Text with its marks.

use leptos::prelude::*;

use super::{dir, lang};
use crate::content::{Direction, Inline, LanguageTag, Mark, Text};

/// The elements of a text.
pub fn text(text: &Text) -> AnyView {
    text.0.iter().map(inline).collect_view().into_any()
}

fn inline(inline: &Inline) -> AnyView {
    match inline {
        Inline::Text(plain) => plain.clone().into_any(),
        Inline::Mark(mark) => marked(mark),
    }
}

fn marked(mark: &Mark) -> AnyView {
    match mark {
        Mark::Emphasis { text: inner } => view! { <em>{text(inner)}</em> }.into_any(),
        Mark::Strong { text: inner } => view! { <strong>{text(inner)}</strong> }.into_any(),
        Mark::Link { text: inner, href } => {
            view! { <a href=href.as_str().to_owned()>{text(inner)}</a> }.into_any()
        }
        Mark::Code { text } => view! { <code>{text.clone()}</code> }.into_any(),
        Mark::Quotation { text: inner } => view! { <q>{text(inner)}</q> }.into_any(),
        Mark::Break => view! { <br /> }.into_any(),
        Mark::Abbreviation { text, title } => {
            view! { <abbr title=title.clone()>{text.clone()}</abbr> }.into_any()
        }
        Mark::Subscript { text: inner } => view! { <sub>{text(inner)}</sub> }.into_any(),
        Mark::Superscript { text: inner } => view! { <sup>{text(inner)}</sup> }.into_any(),
        Mark::Span { text: inner, language, direction } => {
            // Words that run another way are set apart, so that they do not reorder their neighbours.
            let runs: Option<Direction> = direction.or_else(|| language.as_ref().map(LanguageTag::direction));
            view! { <bdi lang=lang(language.as_ref()) dir=dir(runs)>{text(inner)}</bdi> }.into_any()
        }
    }
}

//! Text with its marks: emphasis, links, words in another language.

use leptos::prelude::*;

use crate::content::{self, Direction, Inline, LanguageTag, Mark};

/// A text. It contains texts, so that its type is an [`AnyView`].
#[component]
pub fn Text(
    /// What it says.
    text: content::Text,
) -> AnyView {
    let parts = text.0.into_iter().map(|part| match part {
        Inline::Text(words) => words.into_any(),
        Inline::Mark(mark) => view! { <MarkedText mark/> }.into_any(),
    });
    parts.collect_view().into_any()
}

#[component]
fn MarkedText(mark: Mark) -> AnyView {
    match mark {
        Mark::Emphasis { text } => view! { <em><Text text/></em> }.into_any(),
        Mark::Strong { text } => view! { <strong><Text text/></strong> }.into_any(),
        Mark::Link { text, href } => view! { <a href=href.as_str().to_owned()><Text text/></a> }.into_any(),
        Mark::Code { text } => view! { <code>{text}</code> }.into_any(),
        Mark::Quotation { text } => view! { <q><Text text/></q> }.into_any(),
        Mark::Break => view! { <br/> }.into_any(),
        Mark::Abbreviation { text, title } => view! { <abbr title=title>{text}</abbr> }.into_any(),
        Mark::Subscript { text } => view! { <sub><Text text/></sub> }.into_any(),
        Mark::Superscript { text } => view! { <sup><Text text/></sup> }.into_any(),
        Mark::Span { text, language, direction } => {
            // Words that run another way are set apart, so that they do not reorder their neighbours.
            let direction = direction.or_else(|| language.as_ref().map(LanguageTag::direction));
            let lang = language.map(|language| language.as_str().to_owned());
            view! { <bdi lang=lang dir=direction.map(Direction::as_str)><Text text/></bdi> }.into_any()
        }
    }
}

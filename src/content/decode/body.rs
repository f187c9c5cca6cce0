//! Blocks and inlines, and what both use.

use super::story::related_link;
use super::walk::{
    Walk, any_line, any_text, color, direction, flag, href, language, number, one_line, resource,
};
use super::{Object, Value, What};
use crate::content::{Block, Inline, List, ListItem, Mark, Picture, Source, Text};

/// A text: a string, or an array of strings and marks. Strings with nothing in them are no part of it.
pub(super) fn text(walk: &mut Walk, value: &Value<'_>) -> Option<Text> {
    let mut inlines = match value {
        Value::String(_) => vec![Inline::Text(any_text(walk, value)?)],
        Value::Array(_) => walk.items(value, inline)?,
        _ => return walk.leave_out(What::Not("text")),
    };
    inlines.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
    Some(Text(inlines))
}

/// A text with something in it.
fn some_text(walk: &mut Walk, value: &Value<'_>) -> Option<Text> {
    let text = text(walk, value)?;
    if text.is_empty() { walk.leave_out(What::Not("text with something in it")) } else { Some(text) }
}

fn inline(walk: &mut Walk, value: &Value<'_>) -> Option<Inline> {
    if value.as_str().is_some() {
        return any_text(walk, value).map(Inline::Text);
    }
    walk.deeper(|walk| mark(walk, value)).map(Inline::Mark)
}

fn mark(walk: &mut Walk, value: &Value<'_>) -> Option<Mark> {
    let object = walk.object(value)?;
    let kind = walk.required(object, "kind", one_line)?;
    let mark = match kind.as_str() {
        "emphasis" => Mark::Emphasis { text: walk.required(object, "text", text)? },
        "strong" => Mark::Strong { text: walk.required(object, "text", text)? },
        "link" => {
            let text = walk.required(object, "text", text)?;
            match walk.required(object, "href", href) {
                Some(href) => Mark::Link { text, href },
                // The words of a link that leads nowhere safe are still the story's words.
                None => Mark::Span { text, language: None, direction: None },
            }
        }
        "code" => Mark::Code { text: walk.required(object, "text", any_text)? },
        "quotation" => Mark::Quotation { text: walk.required(object, "text", text)? },
        "break" => Mark::Break,
        "abbreviation" => Mark::Abbreviation {
            text: walk.required(object, "text", one_line)?,
            title: walk.required(object, "title", one_line)?,
        },
        "subscript" => Mark::Subscript { text: walk.required(object, "text", text)? },
        "superscript" => Mark::Superscript { text: walk.required(object, "text", text)? },
        "span" => Mark::Span {
            text: walk.required(object, "text", text)?,
            language: walk.optional(object, "language", language),
            direction: walk.optional(object, "direction", direction),
        },
        _ => {
            walk.leave_out::<()>(What::UnknownKind(kind));
            // Text under a mark that is not known here is text all the same.
            let text = walk.optional(object, "text", text)?;
            Mark::Span { text, language: None, direction: None }
        }
    };
    Some(mark)
}

pub(super) fn block(walk: &mut Walk, value: &Value<'_>) -> Option<Block> {
    walk.deeper(|walk| any_block(walk, value))
}

fn any_block(walk: &mut Walk, value: &Value<'_>) -> Option<Block> {
    let object = walk.object(value)?;
    let kind = walk.required(object, "kind", one_line)?;
    Some(match kind.as_str() {
        "paragraph" => Block::Paragraph { text: walk.required(object, "text", some_text)? },
        "heading" => Block::Heading {
            level: walk.optional(object, "level", heading_level).unwrap_or(2),
            text: walk.required(object, "text", some_text)?,
        },
        "list" => Block::List(list(walk, object)?),
        "quotation" => Block::Quotation {
            paragraphs: walk.some(object, "paragraphs", some_text)?,
            attribution: walk.optional(object, "attribution", any_line),
            href: walk.optional(object, "href", href),
        },
        "pull-quote" => Block::PullQuote {
            text: walk.required(object, "text", some_text)?,
            attribution: walk.optional(object, "attribution", any_line),
        },
        "figure" => Block::Figure { picture: walk.required(object, "picture", picture)? },
        "gallery" => Block::Gallery {
            pictures: walk.some(object, "pictures", picture)?,
            caption: walk.optional(object, "caption", text).unwrap_or_default(),
        },
        "related" => Block::Related(related_link(walk, value)?),
        "embed" => Block::Embed {
            media: walk.optional(object, "media", one_line).unwrap_or_else(|| "page".to_owned()),
            title: walk.required(object, "title", one_line)?,
            href: walk.required(object, "href", framed)?,
        },
        "table" => Block::Table {
            caption: walk.optional(object, "caption", text).unwrap_or_default(),
            columns: walk.list(object, "columns", text),
            rows: walk.some(object, "rows", row)?,
            row_names: walk.optional(object, "row_names", flag).unwrap_or(false),
        },
        "code" => Block::Code {
            language: walk.optional(object, "language", any_line),
            text: walk.required(object, "text", any_text)?,
        },
        "divider" => Block::Divider,
        "question-answer" => Block::QuestionAnswer {
            question: walk.required(object, "question", some_text)?,
            answer: walk.list(object, "answer", block),
        },
        "fact-box" => Block::FactBox {
            title: walk.required(object, "title", one_line)?,
            body: walk.list(object, "body", block),
        },
        _ => return walk.leave_out(What::UnknownKind(kind)),
    })
}

fn heading_level(walk: &mut Walk, value: &Value<'_>) -> Option<u8> {
    let level =
        value.as_u32().and_then(|level| u8::try_from(level).ok()).filter(|level| (2..=4).contains(level));
    level.or_else(|| walk.leave_out(What::Not("a level from 2 to 4")))
}

/// An address that a frame may load: another site's, over `https`, so that it shares nothing with the page.
fn framed(walk: &mut Walk, value: &Value<'_>) -> Option<crate::content::Href> {
    let href = href(walk, value)?;
    let safe = href.scheme().is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"));
    if safe { Some(href) } else { walk.leave_out(What::Not("an https address")) }
}

fn row(walk: &mut Walk, value: &Value<'_>) -> Option<Vec<Text>> {
    walk.items(value, |walk, value| Some(text(walk, value).unwrap_or_default()))
}

fn list(walk: &mut Walk, object: &Object<'_>) -> Option<List> {
    Some(List {
        ordered: walk.optional(object, "ordered", flag).unwrap_or(false),
        start: walk.optional(object, "start", number),
        items: walk.some(object, "items", item)?,
    })
}

fn item(walk: &mut Walk, value: &Value<'_>) -> Option<ListItem> {
    let Value::Object(object) = value else {
        return some_text(walk, value).map(|text| ListItem { text, list: None });
    };
    Some(ListItem {
        text: walk.required(object, "text", text)?,
        list: walk.optional(object, "list", |walk, value| {
            let object = walk.object(value)?;
            walk.deeper(|walk| list(walk, object))
        }),
    })
}

pub(super) fn picture(walk: &mut Walk, value: &Value<'_>) -> Option<Picture> {
    let object = walk.object(value)?;
    Some(Picture {
        sources: walk.some(object, "sources", source)?,
        alt: walk.optional(object, "alt", any_line),
        caption: walk.optional(object, "caption", text).unwrap_or_default(),
        credit: walk.optional(object, "credit", any_line),
        width: walk.optional(object, "width", number),
        height: walk.optional(object, "height", number),
        color: walk.optional(object, "color", color),
    })
}

fn source(walk: &mut Walk, value: &Value<'_>) -> Option<Source> {
    let object = walk.object(value)?;
    Some(Source {
        url: walk.required(object, "url", resource)?,
        width: walk.optional(object, "width", number),
    })
}

//! Decodes blocks, inlines, and what both consist of.

use serde_json::Value;

use super::cursor::{
    Cursor, Object, any_line, any_text, as_u32, color, direction, flag, href, language, number, one_line,
    resource, story_id,
};
use super::error::WarningKind;
use crate::content::{Block, Href, Inline, List, ListItem, Mark, Picture, RelatedLink, Source, Text};

/// A text: a string, or an array of strings and marks. Empty strings are dropped.
pub(super) fn text(cursor: &mut Cursor, value: &Value) -> Option<Text> {
    let mut inlines = match value {
        Value::String(_) => vec![Inline::Text(any_text(cursor, value)?)],
        Value::Array(_) => cursor.items(value, inline)?,
        _ => return cursor.leave_out(WarningKind::Not("text")),
    };
    inlines.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
    Some(Text(inlines))
}

/// A text that is not empty.
fn some_text(cursor: &mut Cursor, value: &Value) -> Option<Text> {
    let text = text(cursor, value)?;
    if text.is_empty() { cursor.leave_out(WarningKind::Not("text with something in it")) } else { Some(text) }
}

fn inline(cursor: &mut Cursor, value: &Value) -> Option<Inline> {
    if value.as_str().is_some() {
        return any_text(cursor, value).map(Inline::Text);
    }
    cursor.deeper(|cursor| mark(cursor, value)).map(Inline::Mark)
}

fn mark(cursor: &mut Cursor, value: &Value) -> Option<Mark> {
    let object = cursor.object(value)?;
    let kind = cursor.required(object, "kind", one_line)?;
    let mark = match kind.as_str() {
        "emphasis" => Mark::Emphasis { text: cursor.required(object, "text", text)? },
        "strong" => Mark::Strong { text: cursor.required(object, "text", text)? },
        "link" => {
            let text = cursor.required(object, "text", text)?;
            match cursor.required(object, "href", href) {
                Some(href) => Mark::Link { text, href },
                // If the address is not safe, the words still belong to the story.
                None => Mark::Span { text, language: None, direction: None },
            }
        }
        "code" => Mark::Code { text: cursor.required(object, "text", any_text)? },
        "quotation" => Mark::Quotation { text: cursor.required(object, "text", text)? },
        "break" => Mark::Break,
        "abbreviation" => Mark::Abbreviation {
            text: cursor.required(object, "text", one_line)?,
            title: cursor.required(object, "title", one_line)?,
        },
        "subscript" => Mark::Subscript { text: cursor.required(object, "text", text)? },
        "superscript" => Mark::Superscript { text: cursor.required(object, "text", text)? },
        "span" => Mark::Span {
            text: cursor.required(object, "text", text)?,
            language: cursor.optional(object, "language", language),
            direction: cursor.optional(object, "direction", direction),
        },
        _ => {
            cursor.leave_out::<()>(WarningKind::UnknownKind(kind));
            // The text of an unknown mark still belongs to the story.
            let text = cursor.optional(object, "text", text)?;
            Mark::Span { text, language: None, direction: None }
        }
    };
    Some(mark)
}

pub(super) fn block(cursor: &mut Cursor, value: &Value) -> Option<Block> {
    cursor.deeper(|cursor| any_block(cursor, value))
}

fn any_block(cursor: &mut Cursor, value: &Value) -> Option<Block> {
    let object = cursor.object(value)?;
    let kind = cursor.required(object, "kind", one_line)?;
    Some(match kind.as_str() {
        "paragraph" => Block::Paragraph { text: cursor.required(object, "text", some_text)? },
        "heading" => Block::Heading {
            level: cursor.optional(object, "level", heading_level).unwrap_or(2),
            text: cursor.required(object, "text", some_text)?,
        },
        "list" => Block::List(list(cursor, object)?),
        "quotation" => Block::Quotation {
            paragraphs: cursor.some(object, "paragraphs", some_text)?,
            attribution: cursor.optional(object, "attribution", any_line),
            href: cursor.optional(object, "href", href),
        },
        "pull-quote" => Block::PullQuote {
            text: cursor.required(object, "text", some_text)?,
            attribution: cursor.optional(object, "attribution", any_line),
        },
        "figure" => Block::Figure { picture: cursor.required(object, "picture", picture)? },
        "gallery" => Block::Gallery {
            pictures: cursor.some(object, "pictures", picture)?,
            caption: cursor.optional(object, "caption", text).unwrap_or_default(),
        },
        "related" => Block::Related(related_link(cursor, value)?),
        "embed" => Block::Embed {
            media: cursor.optional(object, "media", one_line).unwrap_or_else(|| "page".to_owned()),
            title: cursor.required(object, "title", one_line)?,
            href: cursor.required(object, "href", framed)?,
        },
        "table" => Block::Table {
            caption: cursor.optional(object, "caption", text).unwrap_or_default(),
            columns: cursor.list(object, "columns", text),
            rows: cursor.some(object, "rows", row)?,
            row_names: cursor.optional(object, "row_names", flag).unwrap_or(false),
        },
        "code" => Block::Code {
            language: cursor.optional(object, "language", any_line),
            text: cursor.required(object, "text", any_text)?,
        },
        "divider" => Block::Divider,
        "question-answer" => Block::QuestionAnswer {
            question: cursor.required(object, "question", some_text)?,
            answer: cursor.list(object, "answer", block),
        },
        "fact-box" => Block::FactBox {
            title: cursor.required(object, "title", one_line)?,
            body: cursor.list(object, "body", block),
        },
        _ => return cursor.leave_out(WarningKind::UnknownKind(kind)),
    })
}

pub(super) fn related_link(cursor: &mut Cursor, value: &Value) -> Option<RelatedLink> {
    let object = cursor.object(value)?;
    Some(RelatedLink {
        headline: cursor.required(object, "headline", any_line)?,
        story: cursor.optional(object, "story", story_id),
        href: cursor.optional(object, "href", href),
        live: cursor.optional(object, "live", flag).unwrap_or(false),
    })
}

fn heading_level(cursor: &mut Cursor, value: &Value) -> Option<u8> {
    let level =
        as_u32(value).and_then(|level| u8::try_from(level).ok()).filter(|level| (2..=4).contains(level));
    level.or_else(|| cursor.leave_out(WarningKind::Not("a level from 2 to 4")))
}

/// An address that a frame may load: of another site and with `https`, so that it shares nothing with the page.
fn framed(cursor: &mut Cursor, value: &Value) -> Option<Href> {
    let href = href(cursor, value)?;
    let safe = href.scheme().is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"));
    if safe { Some(href) } else { cursor.leave_out(WarningKind::Not("an https address")) }
}

fn row(cursor: &mut Cursor, value: &Value) -> Option<Vec<Text>> {
    cursor.items(value, |cursor, value| Some(text(cursor, value).unwrap_or_default()))
}

fn list(cursor: &mut Cursor, object: &Object) -> Option<List> {
    Some(List {
        ordered: cursor.optional(object, "ordered", flag).unwrap_or(false),
        start: cursor.optional(object, "start", number),
        items: cursor.some(object, "items", item)?,
    })
}

fn item(cursor: &mut Cursor, value: &Value) -> Option<ListItem> {
    let Value::Object(object) = value else {
        return some_text(cursor, value).map(|text| ListItem { text, list: None });
    };
    Some(ListItem {
        text: cursor.required(object, "text", text)?,
        list: cursor.optional(object, "list", |cursor, value| {
            let object = cursor.object(value)?;
            cursor.deeper(|cursor| list(cursor, object))
        }),
    })
}

pub(super) fn picture(cursor: &mut Cursor, value: &Value) -> Option<Picture> {
    let object = cursor.object(value)?;
    Some(Picture {
        sources: cursor.some(object, "sources", source)?,
        alt: cursor.optional(object, "alt", any_line),
        caption: cursor.optional(object, "caption", text).unwrap_or_default(),
        credit: cursor.optional(object, "credit", any_line),
        width: cursor.optional(object, "width", number),
        height: cursor.optional(object, "height", number),
        color: cursor.optional(object, "color", color),
    })
}

fn source(cursor: &mut Cursor, value: &Value) -> Option<Source> {
    let object = cursor.object(value)?;
    Some(Source {
        url: cursor.required(object, "url", resource)?,
        width: cursor.optional(object, "width", number),
    })
}

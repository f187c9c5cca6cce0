//! The body of a story: typed blocks.

use super::inline::Text;
use super::link::{Href, RelatedLink};
use super::picture::Picture;
use super::text::ReadingTime;

/// A block of a story's body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "encode",
    derive(serde::Serialize, schemars::JsonSchema),
    serde(tag = "kind", rename_all = "kebab-case")
)]
pub enum Block {
    /// A paragraph.
    Paragraph {
        /// The text.
        text: Text,
    },
    /// A heading within the story, whose own headline is level 1.
    Heading {
        /// 2, 3 or 4.
        #[cfg_attr(feature = "encode", serde(default = "usual_level"), schemars(range(min = 2, max = 4)))]
        level: u8,
        /// The text.
        text: Text,
    },
    /// A list.
    List(List),
    /// A quotation, set apart.
    Quotation {
        /// Its paragraphs.
        paragraphs: Vec<Text>,
        /// Who said it.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
        attribution: Option<String>,
        /// Where it was said.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
        href: Option<Href>,
    },
    /// A pull quote: words of the story, set large to draw the eye. They are in the text too.
    PullQuote {
        /// The words.
        text: Text,
        /// Who said them.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
        attribution: Option<String>,
    },
    /// A picture.
    Figure {
        /// The picture.
        picture: Picture,
    },
    /// A gallery.
    Gallery {
        /// The pictures.
        pictures: Vec<Picture>,
        /// A caption for all of them.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Text::has_no_parts", default))]
        caption: Text,
    },
    /// A link to a related story ('See also').
    Related(RelatedLink),
    /// Content of another site. Nothing of it is loaded until the reader asks for it.
    Embed {
        /// The kind of media, in a word or two: `video`, `map`, `post`.
        media: String,
        /// A title or caption that says what it shows.
        title: String,
        /// The `https` address to load in a frame.
        href: Href,
    },
    /// A table.
    Table {
        /// A title or caption that says what it shows.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Text::has_no_parts", default))]
        caption: Text,
        /// The headers of the columns; empty if there are none.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
        columns: Vec<Text>,
        /// Its rows.
        rows: Vec<Vec<Text>>,
        /// Whether the first cell of each row is its header.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "std::ops::Not::not", default))]
        row_names: bool,
    },
    /// Computer code, kept line by line.
    Code {
        /// The programming language.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
        language: Option<String>,
        /// The code.
        text: String,
    },
    /// A divider: the subject changes.
    Divider,
    /// A question and its answer.
    QuestionAnswer {
        /// The question.
        question: Text,
        /// The answer.
        answer: Vec<Block>,
    },
    /// A box with background, set apart from the story.
    FactBox {
        /// The title.
        title: String,
        /// The text.
        body: Vec<Block>,
    },
}

/// A list of items.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct List {
    /// Whether the items are numbered.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "std::ops::Not::not", default))]
    pub ordered: bool,
    /// The number of the first item of an ordered list.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub start: Option<u32>,
    /// Its items.
    pub items: Vec<ListItem>,
}

/// An item of a list. In JSON an item without a nested list is its text alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem {
    /// The text.
    pub text: Text,
    /// A nested list.
    pub list: Option<List>,
}

#[cfg(feature = "encode")]
fn usual_level() -> u8 {
    2
}

/// The reading time of a body in whole minutes, at least one.
#[must_use]
pub fn reading_minutes(body: &[Block]) -> usize {
    let mut time = ReadingTime::default();
    each_text(body, &mut |text| time.add(text));
    time.minutes()
}

/// Calls `visit` with the plain text of everything in the flow of `body`, in order. Code, pull quotes and links
/// to other stories are left out.
pub fn each_text(body: &[Block], visit: &mut dyn FnMut(&str)) {
    for block in body {
        match block {
            Block::Paragraph { text } | Block::Heading { text, .. } => visit(&text.to_plain()),
            Block::List(list) => each_item(list, visit),
            Block::Quotation { paragraphs, .. } => paragraphs.iter().for_each(|text| visit(&text.to_plain())),
            Block::Figure { picture } => visit(&picture.caption.to_plain()),
            Block::Gallery { pictures, caption } => {
                pictures.iter().for_each(|picture| visit(&picture.caption.to_plain()));
                visit(&caption.to_plain());
            }
            Block::Table { caption, columns, rows, .. } => {
                visit(&caption.to_plain());
                columns.iter().chain(rows.iter().flatten()).for_each(|text| visit(&text.to_plain()));
            }
            Block::QuestionAnswer { question, answer } => {
                visit(&question.to_plain());
                each_text(answer, visit);
            }
            Block::FactBox { title, body } => {
                visit(title);
                each_text(body, visit);
            }
            Block::PullQuote { .. }
            | Block::Related(_)
            | Block::Embed { .. }
            | Block::Code { .. }
            | Block::Divider => {}
        }
    }
}

fn each_item(list: &List, visit: &mut dyn FnMut(&str)) {
    for item in &list.items {
        visit(&item.text.to_plain());
        if let Some(list) = &item.list {
            each_item(list, visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_time_is_of_the_flow() {
        let words = "word ".repeat(480);
        let body = [
            Block::Paragraph { text: words.as_str().into() },
            Block::Code { language: None, text: words.clone() },
            Block::FactBox {
                title: "t".to_owned(),
                body: vec![Block::Paragraph { text: words.as_str().into() }],
            },
        ];
        assert_eq!(reading_minutes(&body), 4);
    }
}

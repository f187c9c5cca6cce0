//! The text of a story: typed blocks that hold typed inlines.

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
        /// What it says.
        text: Text,
    },
    /// A heading within the story, whose own headline is level 1.
    Heading {
        /// 2, 3 or 4.
        #[cfg_attr(feature = "encode", serde(default = "usual_level"), schemars(range(min = 2, max = 4)))]
        level: u8,
        /// What it says.
        text: Text,
    },
    /// A list.
    List(List),
    /// Somebody's words, set apart.
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
    /// Words of the story itself, set large to draw the eye. They stand in the text too.
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
    /// Pictures that belong together.
    Gallery {
        /// The pictures.
        pictures: Vec<Picture>,
        /// What they have in common.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Text::has_no_parts", default))]
        caption: Text,
    },
    /// 'Read also'.
    Related(RelatedLink),
    /// Something of another site. Nothing of it is loaded until the reader asks.
    Embed {
        /// What it is, in a word or two: `video`, `map`, `post`.
        media: String,
        /// What it shows.
        title: String,
        /// Where it is: an `https` address that may be framed.
        href: Href,
    },
    /// A table.
    Table {
        /// What it shows.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Text::has_no_parts", default))]
        caption: Text,
        /// Names of the columns; empty where they have none.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
        columns: Vec<Text>,
        /// Its rows.
        rows: Vec<Vec<Text>>,
        /// Whether the first cell of each row names the row.
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
    /// A change of subject.
    Divider,
    /// A question and what is answered.
    QuestionAnswer {
        /// The question.
        question: Text,
        /// The answer.
        answer: Vec<Block>,
    },
    /// Background, set apart from the story.
    FactBox {
        /// What it is about.
        title: String,
        /// What it says.
        body: Vec<Block>,
    },
}

/// A list of items.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct List {
    /// Whether the order counts, and is numbered.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "std::ops::Not::not", default))]
    pub ordered: bool,
    /// The number of the first item of an ordered list.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub start: Option<u32>,
    /// Its items.
    pub items: Vec<ListItem>,
}

/// An item of a list; in JSON its text alone, where it has no list of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem {
    /// What it says.
    pub text: Text,
    /// A list within the item.
    pub list: Option<List>,
}

#[cfg(feature = "encode")]
fn usual_level() -> u8 {
    2
}

/// Whole minutes that a body takes to read, at least one.
#[must_use]
pub fn reading_minutes(body: &[Block]) -> usize {
    let mut time = ReadingTime::default();
    each_text(body, &mut |text| time.add(text));
    time.minutes()
}

/// Calls `visit` with the words of every text that is read in the flow of `body`, in order. What
/// stands aside (code, pull quotes, links to other stories) is left out.
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

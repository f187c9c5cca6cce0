//! Text within a block: plain text and marks, which may be nested.

use super::language::{Direction, LanguageTag};
use super::link::Href;

/// A text with marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Inline>);

/// A piece of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema), serde(untagged))]
pub enum Inline {
    /// Plain text; in JSON a string.
    Text(String),
    /// Text with a mark; in JSON an object with a `kind`.
    Mark(Mark),
}

/// A mark: what a piece of text is besides text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "encode",
    derive(serde::Serialize, schemars::JsonSchema),
    serde(tag = "kind", rename_all = "kebab-case")
)]
pub enum Mark {
    /// Emphasis.
    Emphasis {
        /// The marked text.
        text: Text,
    },
    /// Strong importance.
    Strong {
        /// The marked text.
        text: Text,
    },
    /// A link.
    Link {
        /// The marked text.
        text: Text,
        /// The address.
        href: Href,
    },
    /// Computer code.
    Code {
        /// The code.
        text: String,
    },
    /// A quotation within a sentence.
    Quotation {
        /// The marked text.
        text: Text,
    },
    /// A line break that belongs to the text.
    Break,
    /// An abbreviation.
    Abbreviation {
        /// The short form.
        text: String,
        /// The full form.
        title: String,
    },
    /// Subscript.
    Subscript {
        /// The marked text.
        text: Text,
    },
    /// Superscript.
    Superscript {
        /// The marked text.
        text: Text,
    },
    /// Text in another language or direction.
    Span {
        /// The marked text.
        text: Text,
        /// Its language.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
        language: Option<LanguageTag>,
        /// Its direction, if that is not the usual one of its language.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
        direction: Option<Direction>,
    },
}

impl Text {
    /// A text without marks.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self(vec![Inline::Text(text.into())])
    }

    /// Whether it need not be written. A text with nothing to see, such as a single line break, is written
    /// nevertheless, so that it reads back the same.
    #[cfg(feature = "encode")]
    pub(crate) fn has_no_parts(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is nothing to see in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|inline| match inline {
            Inline::Text(text) => text.trim().is_empty(),
            Inline::Mark(mark) => match mark {
                Mark::Break => true,
                Mark::Code { text } | Mark::Abbreviation { text, .. } => text.trim().is_empty(),
                Mark::Emphasis { text }
                | Mark::Strong { text }
                | Mark::Link { text, .. }
                | Mark::Quotation { text }
                | Mark::Subscript { text }
                | Mark::Superscript { text }
                | Mark::Span { text, .. } => text.is_empty(),
            },
        })
    }

    /// The plain text.
    #[must_use]
    pub fn to_plain(&self) -> String {
        let mut plain = String::new();
        self.push_plain(&mut plain);
        plain
    }

    fn push_plain(&self, out: &mut String) {
        for inline in &self.0 {
            match inline {
                Inline::Text(text) => out.push_str(text),
                Inline::Mark(mark) => match mark {
                    Mark::Break => out.push(' '),
                    Mark::Code { text } | Mark::Abbreviation { text, .. } => out.push_str(text),
                    Mark::Emphasis { text }
                    | Mark::Strong { text }
                    | Mark::Link { text, .. }
                    | Mark::Quotation { text }
                    | Mark::Subscript { text }
                    | Mark::Superscript { text }
                    | Mark::Span { text, .. } => text.push_plain(out),
                },
            }
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_of_marked_text() {
        let text = Text(vec![
            Inline::Text("He said ".to_owned()),
            Inline::Mark(Mark::Strong {
                text: Text(vec![Inline::Mark(Mark::Emphasis { text: "no".into() })]),
            }),
            Inline::Mark(Mark::Break),
            Inline::Mark(Mark::Abbreviation { text: "UN".to_owned(), title: "United Nations".to_owned() }),
        ]);
        assert_eq!(text.to_plain(), "He said no UN");
        assert!(!text.is_empty());
        assert!(Text(vec![Inline::Mark(Mark::Break), Inline::Text(" ".to_owned())]).is_empty());
    }
}

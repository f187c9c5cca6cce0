//! Text within a block: plain runs and marks, nested.

use super::language::{Direction, LanguageTag};
use super::link::Href;

/// A run of text with its marks.
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

/// What a piece of text is besides text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "encode",
    derive(serde::Serialize, schemars::JsonSchema),
    serde(tag = "kind", rename_all = "kebab-case")
)]
pub enum Mark {
    /// Stressed.
    Emphasis {
        /// What is marked.
        text: Text,
    },
    /// Important.
    Strong {
        /// What is marked.
        text: Text,
    },
    /// Leads somewhere.
    Link {
        /// What is marked.
        text: Text,
        /// Where it leads.
        href: Href,
    },
    /// Computer code.
    Code {
        /// The code.
        text: String,
    },
    /// Somebody's words within a sentence.
    Quotation {
        /// What is marked.
        text: Text,
    },
    /// A line break that belongs to the text.
    Break,
    /// A short form.
    Abbreviation {
        /// The short form.
        text: String,
        /// What it stands for.
        title: String,
    },
    /// Below the line.
    Subscript {
        /// What is marked.
        text: Text,
    },
    /// Above the line.
    Superscript {
        /// What is marked.
        text: Text,
    },
    /// In another language or direction than its surroundings.
    Span {
        /// What is marked.
        text: Text,
        /// Its language.
        #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
        language: Option<LanguageTag>,
        /// Its direction, where that is not its language's own.
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

    /// Whether it need not be written. One with nothing to see in it, as a line break alone, is written all
    /// the same, so that it reads back as it was.
    #[cfg(feature = "encode")]
    pub(crate) fn has_no_parts(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is nothing in it to see.
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

    /// The words alone.
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

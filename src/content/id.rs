//! Names that are also file names and parts of addresses, so what they may hold is narrow.

use std::fmt;

/// The most characters that an id may have: file systems stop at 255 bytes with an ending and a
/// temporary suffix still to come.
pub const LONGEST: usize = 120;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema), serde(transparent))]
        pub struct $name(
            #[cfg_attr(feature = "encode", schemars(regex(pattern = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,119}$")))]
            String,
        );

        impl $name {
            /// The id that `text` is: ASCII letters, digits, `-`, `_` and `.`, the first one not `-`
            /// or `.`, at most [`LONGEST`] of them.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
                let opens_well = !text.starts_with(['.', '-']) && !text.is_empty();
                (opens_well && text.len() <= LONGEST && text.bytes().all(allowed)).then(|| Self(text.to_owned()))
            }

            /// As text, safe in a path and in a URL as it stands.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// Which story, within its publication. It outlives headlines and addresses.
    StoryId
}

id! {
    /// Which section, within its edition.
    SectionId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_safe_in_a_path() {
        for good in ["a", "harbour-bridge", "2026.04_x", "_draft", "A1"] {
            assert_eq!(StoryId::parse(good).map(|id| id.to_string()).as_deref(), Some(good));
        }
        for bad in [
            "",
            ".",
            "..",
            ".hidden",
            "-rf",
            "a/b",
            "a\\b",
            "a b",
            "é",
            "a%2f",
            "a?b",
            "a#b",
            &"x".repeat(121),
        ] {
            assert_eq!(StoryId::parse(bad), None, "{bad}");
        }
    }
}

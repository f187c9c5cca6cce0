//! Ids. They are also file names and parts of addresses, so few characters are allowed.

use std::fmt;

/// The longest id. File systems allow 255 bytes, with an extension and a temporary suffix still to be added.
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
            /// Parses an id: ASCII letters, digits, `-`, `_` and `.`, the first one not `-` or `.`, at most
            /// [`LONGEST`] of them.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
                let opens_well = !text.starts_with(['.', '-']) && !text.is_empty();
                (opens_well && text.len() <= LONGEST && text.bytes().all(allowed)).then(|| Self(text.to_owned()))
            }

            /// The id as text, which is safe in a path and in a URL.
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
    /// The id of a story within its publication. It stays when headline and address change.
    StoryId
}

id! {
    /// The id of a section within its edition.
    SectionId
}

/// A time zone of the IANA database: `Europe/Kyiv`. Only browsers know whether it exists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema), serde(transparent))]
pub struct TimeZone(
    #[cfg_attr(feature = "encode", schemars(regex(pattern = r"^[A-Za-z][A-Za-z0-9_+/-]{0,59}$")))] String,
);

impl TimeZone {
    /// Parses a time zone: ASCII letters, digits, `_`, `+`, `-` and `/`, a letter first, at most 60.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-' | b'/');
        let opens_well = text.starts_with(|first: char| first.is_ascii_alphabetic());
        (opens_well && text.len() <= 60 && text.bytes().all(allowed)).then(|| Self(text.to_owned()))
    }

    /// The time zone as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The city that it is named after: `Kyiv`.
    #[must_use]
    pub fn place(&self) -> String {
        self.0.rsplit('/').next().unwrap_or(&self.0).replace('_', " ")
    }
}

id! {
    /// The name of a file with older posts, in the folder of its story.
    PageName
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_has_a_place() {
        let place = |text: &str| TimeZone::parse(text).map(|zone| zone.place());
        assert_eq!(place("America/Argentina/Buenos_Aires").as_deref(), Some("Buenos Aires"));
        assert_eq!(place("UTC").as_deref(), Some("UTC"));
        assert_eq!((place(""), place("+02"), place("a b")), (None, None, None));
    }

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

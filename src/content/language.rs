//! Language tags and text direction.

/// A well-formed language tag (BCP 47, RFC 5646 section 2.1), with no check that the language exists.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema), serde(transparent))]
pub struct LanguageTag(
    #[cfg_attr(feature = "encode", schemars(regex(pattern = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")))] String,
);

/// Text direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "encode",
    derive(serde::Serialize, schemars::JsonSchema),
    serde(rename_all = "lowercase")
)]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

impl LanguageTag {
    /// Parses a tag; `None` if it is not well-formed. `_` is taken as `-`, because many systems write it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let tag = text.trim().replace('_', "-");
        let mut parts = tag.split('-');
        let language = parts.next().is_some_and(|part| {
            (2..=8).contains(&part.len()) && part.len() != 4 && part.bytes().all(|b| b.is_ascii_alphabetic())
        });
        let rest = parts
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        (language && rest && tag.len() <= 64).then_some(Self(tag))
    }

    /// The tag, for a `lang` attribute.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is English, of any region.
    #[must_use]
    pub fn is_english(&self) -> bool {
        self.0.split('-').next().is_some_and(|language| language.eq_ignore_ascii_case("en"))
    }

    /// The direction of this language: by its script if the tag names one, else the usual one.
    #[must_use]
    pub fn direction(&self) -> Direction {
        const SCRIPTS: [&str; 9] = ["arab", "hebr", "thaa", "nkoo", "syrc", "adlm", "rohg", "mand", "samr"];
        const LANGUAGES: [&str; 14] =
            ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"];
        let tag = self.0.to_ascii_lowercase();
        let mut parts = tag.split('-');
        let language = parts.next().unwrap_or_default();
        let script = parts.find(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_alphabetic()));
        let rtl = script.map_or_else(|| LANGUAGES.contains(&language), |script| SCRIPTS.contains(&script));
        if rtl { Direction::Rtl } else { Direction::Ltr }
    }
}

impl Direction {
    /// Parses the value of a `dir` attribute.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "ltr" => Some(Self::Ltr),
            "rtl" => Some(Self::Rtl),
            _ => None,
        }
    }

    /// The value of a `dir` attribute.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_english_everywhere() {
        let is = |tag: &str| LanguageTag::parse(tag).unwrap().is_english();
        assert!(is("en") && is("EN-gb") && is("en_US"));
        assert!(!is("enm") && !is("ja") && !is("fr-en"));
    }

    #[test]
    fn tags_are_well_formed_or_nothing() {
        for good in ["en", "pt-BR", "zh-Hant-TW", "sr-Latn", "de-CH-1996", "gsw"] {
            assert_eq!(LanguageTag::parse(good).unwrap().as_str(), good);
        }
        assert_eq!(LanguageTag::parse("en_GB").unwrap().as_str(), "en-GB");
        for bad in [
            "",
            "e",
            "english!",
            "en-",
            "-en",
            "12",
            "en us",
            "\"><script>",
            "klingonese-from-space",
            "nonsense?",
        ] {
            assert_eq!(LanguageTag::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn direction_follows_script_before_language() {
        let way = |tag| LanguageTag::parse(tag).unwrap().direction();
        for rtl in ["ar", "he", "fa-IR", "ur", "az-Arab", "ckb", "yi"] {
            assert_eq!(way(rtl), Direction::Rtl, "{rtl}");
        }
        for ltr in ["en", "ja", "ar-Latn", "ku", "zh-Hant"] {
            assert_eq!(way(ltr), Direction::Ltr, "{ltr}");
        }
    }
}

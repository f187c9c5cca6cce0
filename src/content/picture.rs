//! Pictures, in one or several widths.

use super::inline::Text;
use super::link::Href;

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Picture {
    /// The files; at least one.
    #[cfg_attr(feature = "encode", schemars(length(min = 1)))]
    pub sources: Vec<Source>,
    /// A description for readers who can't see the picture. Empty if it only decorates; `None` if nobody has
    /// written one, which `desk check` reports.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub alt: Option<String>,
    /// The caption.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Text::has_no_parts", default))]
    pub caption: Text,
    /// The credit.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub credit: Option<String>,
    /// The width in CSS pixels at full size. With `height` it reserves the space, so that nothing shifts when
    /// the picture arrives.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub width: Option<u32>,
    /// The height in CSS pixels at full size.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub height: Option<u32>,
    /// A colour to show in its place until it arrives.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub color: Option<Color>,
}

/// A colour, as `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema), serde(transparent))]
pub struct Color(#[cfg_attr(feature = "encode", schemars(regex(pattern = r"^#[0-9A-Fa-f]{6}$")))] String);

impl Color {
    /// Parses a colour: `#` and six hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| Self(text.to_owned()))
    }

    /// The colour as text, which is safe in a style.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One file of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Source {
    /// Its address: `http`, `https`, or relative to the edition's folder.
    pub url: Href,
    /// Its width in pixels, for the browser to choose by. A file without a width is the original in full size;
    /// it is not chosen if others have one.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub width: Option<u32>,
}

impl Picture {
    /// The file for browsers that can't choose: the widest.
    #[must_use]
    pub fn fallback(&self) -> Option<&Href> {
        self.sources.iter().max_by_key(|source| source.width).map(|source| &source.url)
    }

    /// Width and height, if both are known and not 0.
    #[must_use]
    pub fn size(&self) -> Option<(u32, u32)> {
        self.width.zip(self.height).filter(|(width, height)| *width > 0 && *height > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_color_is_six_digits_and_nothing_else() {
        for good in ["#000000", "#a1B2c3"] {
            assert_eq!(Color::parse(good).as_ref().map(Color::as_str), Some(good));
        }
        for bad in
            ["", "#", "#fff", "#12345", "#1234567", "123456", "#12345g", "#12345é", "red", "#000000;x:y"]
        {
            assert_eq!(Color::parse(bad), None, "{bad}");
        }
    }
}

//! Text made small, as hosts send it.

use std::io::{self, Write};

use clap::ValueEnum;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

/// How much time a file is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
pub enum Press {
    /// None: text is not pressed
    #[value(name = "none")]
    Not,
    /// Little: there may be thousands of pages, and they change
    #[default]
    Quick,
    /// More, for an eighth less: about ten times as much time
    Small,
    /// Whatever it takes: everybody loads it, and it is made once.
    #[value(skip)]
    Best,
}

impl Press {
    /// What a file of the app is worth, which everybody loads and which seldom changes.
    #[must_use]
    pub fn max(self) -> Self {
        if self == Self::Not { self } else { Self::Best }
    }

    /// The same for a file of that name: pictures are small by themselves.
    #[must_use]
    pub fn of(self, name: &str) -> Self {
        match name.rsplit('.').next().unwrap_or_default() {
            "html" | "css" | "js" | "mjs" | "wasm" | "json" | "svg" | "xml" | "txt" | "md"
            | "webmanifest" => self,
            _ => Self::Not,
        }
    }

    /// The quality that brotli is asked for, and the level that gzip is.
    fn qualities(self) -> (i32, u32) {
        match self {
            Self::Not => (0, 0),
            Self::Quick => (3, 4),
            Self::Small => (9, 9),
            Self::Best => (11, 9),
        }
    }
}

/// The bytes in brotli (RFC 7932).
///
/// # Errors
/// None that is known: it writes into memory.
pub fn brotli(bytes: &[u8], press: Press) -> io::Result<Vec<u8>> {
    // A window as large as the text: a larger one costs memory that has to be cleared, page by page. (For one below
    // 2^17 brotli takes other tables, which cost forty times as much.)
    let window = (usize::BITS - bytes.len().leading_zeros()).clamp(18, 22);
    let params = brotli::enc::BrotliEncoderParams {
        quality: press.qualities().0,
        lgwin: i32::try_from(window).unwrap_or(22),
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut small = Vec::with_capacity(bytes.len() / 3);
    brotli::BrotliCompress(&mut &*bytes, &mut small, &params)?;
    Ok(small)
}

/// The bytes in gzip (RFC 1952), the same ones each time.
///
/// # Errors
/// None that is known: it writes into memory.
pub fn gzip(bytes: &[u8], press: Press) -> io::Result<Vec<u8>> {
    let level = press.qualities().1;
    let mut writer = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::new(level));
    writer.write_all(bytes)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_is_pressed_comes_out_as_it_was() {
        for text in ["", "x", &"The ferry returns. ".repeat(5000)] {
            for press in [Press::Quick, Press::Small, Press::Best] {
                let mut back = Vec::new();
                brotli::BrotliDecompress(&mut &*brotli(text.as_bytes(), press).unwrap(), &mut back).unwrap();
                assert_eq!(back, text.as_bytes());
                let mut back = Vec::new();
                let small = gzip(text.as_bytes(), press).unwrap();
                flate2::read::GzDecoder::new(&*small).read_to_end(&mut back).unwrap();
                assert_eq!(back, text.as_bytes());
                assert!(text.len() < 100 || small.len() < text.len() / 20);
            }
        }
    }
}

//! Compression of text files for static hosts.

use std::io::{self, Write};
use std::sync::OnceLock;

use brotli::concat::{BroCatli, BroCatliResult};
use clap::ValueEnum;
use flate2::write::GzEncoder;
use flate2::{Compress, Compression, Crc, FlushCompress};
use serde::{Deserialize, Serialize};

/// The window of brotli streams that are joined, as a power of two.
const CATABLE_WINDOW: u32 = 18;

/// How much time to spend on a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
pub enum Press {
    /// None: no compressed copies
    #[value(name = "none")]
    Not,
    /// Little: for thousands of pages that change
    #[default]
    Quick,
    /// More: an eighth smaller, for about ten times the time
    Small,
    /// As much as needed: everybody loads it, and it is made once.
    #[value(skip)]
    Best,
}

impl Press {
    /// The level for files of the app, which everybody loads and which seldom change.
    #[must_use]
    pub fn max(self) -> Self {
        if self == Self::Not { self } else { Self::Best }
    }

    /// The level for a file of that name: pictures are compressed already.
    #[must_use]
    pub fn of(self, name: &str) -> Self {
        match name.rsplit('.').next().unwrap_or_default() {
            "html" | "css" | "js" | "mjs" | "wasm" | "json" | "svg" | "xml" | "txt" | "md"
            | "webmanifest" => self,
            _ => Self::Not,
        }
    }

    /// The quality for brotli and the level for gzip.
    fn qualities(self) -> (i32, u32) {
        match self {
            Self::Not => (0, 0),
            Self::Quick => (3, 4),
            Self::Small => (9, 9),
            Self::Best => (11, 9),
        }
    }
}

/// A text in both formats.
pub struct Pressed {
    /// In brotli.
    pub brotli: Vec<u8>,
    /// In gzip.
    pub gzip: Vec<u8>,
}

/// Text that is in all pages: style and scripts, two thirds of a page of a thousand words. It is compressed once, and
/// well. Then only the text before and after it is compressed for each page, which takes a third of the time and is
/// smaller.
pub struct Common {
    text: String,
    pressed: OnceLock<io::Result<CommonPressed>>,
}

/// The common text, compressed so that it can be joined with others.
struct CommonPressed {
    brotli: Vec<u8>,
    deflate: Vec<u8>,
    sum: Crc,
}

impl Common {
    /// The common text.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self { text, pressed: OnceLock::new() }
    }

    /// Compresses a file.
    ///
    /// # Errors
    /// No known error: it works in memory.
    pub fn press(&self, bytes: &[u8], press: Press) -> io::Result<Pressed> {
        let quick = Some(bytes).filter(|_| press == Press::Quick && !self.text.is_empty());
        let page = quick.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let Some((before, after)) = page.and_then(|page| self.around(page)) else {
            return Ok(Pressed { brotli: brotli(bytes, press)?, gzip: gzip(bytes, press)? });
        };
        match self.pressed.get_or_init(|| CommonPressed::new(&self.text)) {
            Ok(common) => Ok(Pressed {
                brotli: common.brotli(before, after, press)?,
                gzip: common.gzip(before, after, &self.text, press)?,
            }),
            Err(error) => Err(error.kind().into()),
        }
    }

    /// The text of a page before the common text, and after it. (Searching for all of it at once would take longer
    /// than compressing the rest.)
    fn around<'a>(&self, page: &'a str) -> Option<(&'a str, &'a str)> {
        let first = self.text.lines().next()?;
        page.match_indices(first).find_map(|(at, _)| {
            let (before, rest) = page.split_at_checked(at)?;
            Some((before, rest.strip_prefix(&self.text)?))
        })
    }
}

impl CommonPressed {
    fn new(text: &str) -> io::Result<Self> {
        let mut sum = Crc::new();
        sum.update(text.as_bytes());
        let mut deflated = Vec::new();
        deflate(text, "", Press::Best, FlushCompress::Sync, &mut deflated)?;
        Ok(Self { brotli: catable(text, Press::Best)?, deflate: deflated, sum })
    }

    /// Joins three streams.
    fn brotli(&self, before: &str, after: &str, press: Press) -> io::Result<Vec<u8>> {
        let (before, after) = (catable(before, press)?, catable(after, press)?);
        let mut joined = BroCatli::new();
        let mut out = vec![0; before.len() + self.brotli.len() + after.len() + 16];
        let mut end = 0;
        for part in [&before, &self.brotli, &after] {
            joined.new_brotli_file();
            let said = joined.stream(part, &mut 0, &mut out, &mut end);
            if !matches!(said, BroCatliResult::Success | BroCatliResult::NeedsMoreInput) {
                return Err(io::Error::other(format!("{said:?}")));
            }
        }
        match joined.finish(&mut out, &mut end) {
            BroCatliResult::Success => out.truncate(end),
            said => return Err(io::Error::other(format!("{said:?}"))),
        }
        Ok(out)
    }

    /// One gzip member (RFC 1952, section 2.3) with deflate blocks from three sources.
    fn gzip(&self, before: &str, after: &str, text: &str, press: Press) -> io::Result<Vec<u8>> {
        // Deflate, no name, no date, unknown system.
        let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
        deflate(before, "", press, FlushCompress::Sync, &mut out)?;
        out.extend(&self.deflate);
        deflate(after, text, press, FlushCompress::Finish, &mut out)?;
        let mut sum = Crc::new();
        sum.update(before.as_bytes());
        sum.combine(&self.sum);
        sum.update(after.as_bytes());
        out.extend(sum.sum().to_le_bytes());
        out.extend(sum.amount().to_le_bytes());
        Ok(out)
    }
}

/// Appends `text` as deflate blocks (RFC 1951) that may refer to `known`, the text right before them.
fn deflate(text: &str, known: &str, press: Press, end: FlushCompress, out: &mut Vec<u8>) -> io::Result<()> {
    let mut blocks = Compress::new(Compression::new(press.qualities().1), false);
    if !known.is_empty() {
        blocks.set_dictionary(known.as_bytes())?;
    }
    // With enough room for all of it, even if it does not get smaller, one call is enough.
    out.reserve(text.len() + text.len() / 100 + 64);
    blocks.compress_vec(text.as_bytes(), out, end)?;
    if blocks.total_in() == text.len() as u64 { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

/// A brotli stream that can be joined with others.
fn catable(text: &str, press: Press) -> io::Result<Vec<u8>> {
    brotli_with(text.as_bytes(), press, true)
}

/// Compresses with brotli (RFC 7932).
///
/// # Errors
/// No known error: it writes into memory.
pub fn brotli(bytes: &[u8], press: Press) -> io::Result<Vec<u8>> {
    brotli_with(bytes, press, false)
}

fn brotli_with(bytes: &[u8], press: Press, catable: bool) -> io::Result<Vec<u8>> {
    // The window is as large as the text: clearing a larger one for each page costs time. (Below 2^17, brotli uses
    // other tables, which take forty times as long.) Streams that are joined have the same window.
    let window =
        if catable { CATABLE_WINDOW } else { (usize::BITS - bytes.len().leading_zeros()).clamp(18, 22) };
    let params = brotli::enc::BrotliEncoderParams {
        quality: press.qualities().0,
        lgwin: i32::try_from(window).unwrap_or(22),
        size_hint: bytes.len(),
        catable,
        appendable: catable,
        ..Default::default()
    };
    let mut small = Vec::with_capacity(bytes.len() / 3);
    brotli::BrotliCompress(&mut &*bytes, &mut small, &params)?;
    Ok(small)
}

/// Compresses with gzip (RFC 1952), with the same bytes each time.
///
/// # Errors
/// No known error: it writes into memory.
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
    fn a_page_around_common_text_comes_out_as_it_was_and_smaller() {
        let style = (0..600).map(|at| format!(".c{at}{{margin:{}px}}", at * 7919 % 100)).collect::<String>();
        let common = Common::new(style.clone());
        let long = "The ferry returns after eleven years. ".repeat(20_000);
        for (before, after) in [
            ("<title>x</title>", "<p>The ferry returns.</p>"),
            ("", ""),
            ("x", ""),
            ("", "y"),
            (&long, &long),
        ] {
            let page = format!("{before}{style}{after}");
            let Pressed { brotli: small, gzip: zipped } =
                common.press(page.as_bytes(), Press::Quick).unwrap();
            let mut back = Vec::new();
            brotli::BrotliDecompress(&mut &*small, &mut back).unwrap();
            assert!(back == page.as_bytes(), "{} and {}", before.len(), after.len());
            let mut back = Vec::new();
            flate2::read::GzDecoder::new(&*zipped).read_to_end(&mut back).unwrap();
            assert!(back == page.as_bytes(), "{} and {}", before.len(), after.len());
            if after.len() < 100 {
                assert!(small.len() <= brotli(page.as_bytes(), Press::Quick).unwrap().len());
                // The joints take a few bytes.
                assert!(zipped.len() <= gzip(page.as_bytes(), Press::Quick).unwrap().len() + 32);
            }
        }
    }

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

//! Text made small, as hosts send it.

use std::io::{self, Write};
use std::sync::OnceLock;

use brotli::concat::{BroCatli, BroCatliResult};
use clap::ValueEnum;
use flate2::write::GzEncoder;
use flate2::{Compress, Compression, Crc, FlushCompress};
use serde::{Deserialize, Serialize};

/// The window of streams that are put together, as a power of two.
const CATABLE_WINDOW: u32 = 18;

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

/// A text in both forms.
pub struct Pressed {
    /// In brotli.
    pub brotli: Vec<u8>,
    /// In gzip.
    pub gzip: Vec<u8>,
}

/// Text that all pages have in them, style and scripts: two thirds of a page of a thousand words. Where there are
/// thousands of pages it is pressed once and well, and then only what is before and after it, which takes a third of
/// the time and comes out smaller.
pub struct Common {
    text: String,
    pressed: OnceLock<io::Result<CommonPressed>>,
}

/// The common text, pressed to be put between others.
struct CommonPressed {
    brotli: Vec<u8>,
    deflate: Vec<u8>,
    sum: Crc,
}

impl Common {
    /// The text that all pages have in them.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self { text, pressed: OnceLock::new() }
    }

    /// Presses a file.
    ///
    /// # Errors
    /// None that is known: it happens in memory.
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

    /// What stands in a page before the text and after it. (To look for all of it at once would take longer than to
    /// press what is around it.)
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

    /// Three streams as one.
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

    /// One member (RFC 1952, section 2.3), whose deflated blocks come from three hands.
    fn gzip(&self, before: &str, after: &str, text: &str, press: Press) -> io::Result<Vec<u8>> {
        // Deflate, no name, no date, no matter which system.
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

/// Appends `text` as blocks of deflate (RFC 1951) that may refer to `known`, which stands right before them.
fn deflate(text: &str, known: &str, press: Press, end: FlushCompress, out: &mut Vec<u8>) -> io::Result<()> {
    let mut blocks = Compress::new(Compression::new(press.qualities().1), false);
    if !known.is_empty() {
        blocks.set_dictionary(known.as_bytes())?;
    }
    // With room for all of it, even where it does not get smaller, one call is enough.
    out.reserve(text.len() + text.len() / 100 + 64);
    blocks.compress_vec(text.as_bytes(), out, end)?;
    if blocks.total_in() == text.len() as u64 { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

/// A stream in brotli that may stand before and after others.
fn catable(text: &str, press: Press) -> io::Result<Vec<u8>> {
    brotli_with(text.as_bytes(), press, true)
}

/// The bytes in brotli (RFC 7932).
///
/// # Errors
/// None that is known: it writes into memory.
pub fn brotli(bytes: &[u8], press: Press) -> io::Result<Vec<u8>> {
    brotli_with(bytes, press, false)
}

fn brotli_with(bytes: &[u8], press: Press, catable: bool) -> io::Result<Vec<u8>> {
    // A window as large as the text: a larger one costs memory that has to be cleared, page by page. (For one below
    // 2^17 brotli takes other tables, which cost forty times as much.) Streams that are put together have the same one.
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
                // The seams are a few bytes.
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

//! Reads source files with care: not too large, not empty, not binary, and as text whatever their encoding.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// A story is text. The longest saved page that we have seen is a tenth of this.
const LARGEST: u64 = 10 * 1024 * 1024;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Plain text, copied from a news page
    Text,
    /// Markdown, with YAML front matter if there is any
    Markdown,
    /// A saved web page
    Html,
    /// An answer of the Guardian's Content API with one article or live blog
    Guardian,
}

/// A file that was read.
#[derive(Debug)]
pub struct Source {
    /// Its path.
    pub path: PathBuf,
    /// Its format.
    pub format: Format,
    /// Its text.
    pub text: String,
}

/// Why a file can't be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The system refused.
    #[error("{}: can't be read ({error})", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A folder, device or socket.
    #[error("{}: is not a file", .0.display())]
    NotAFile(PathBuf),
    /// An empty file.
    #[error("{}: is empty", .0.display())]
    Empty(PathBuf),
    /// A file too large to be a story.
    #[error("{}: is too large for a story ({} MB; at most {} MB)", path.display(), size / 1_000_000, LARGEST / 1_048_576)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
    },
    /// Not text.
    #[error("{}: is not text but {looks}; nothing to import", path.display())]
    Binary {
        /// The file.
        path: PathBuf,
        /// What it looks like.
        looks: &'static str,
    },
}

/// Reads a file as text.
///
/// # Errors
/// A [`SourceError`] that names the file.
pub fn read(path: &Path, format: Option<Format>) -> Result<Source, SourceError> {
    let unreadable = |error| SourceError::Unreadable { path: path.to_owned(), error };
    // Asked before opening: opening a pipe would wait for its other end.
    let meta = path.metadata().map_err(unreadable)?;
    if !meta.is_file() {
        return Err(SourceError::NotAFile(path.to_owned()));
    }
    if meta.len() > LARGEST {
        return Err(SourceError::TooLarge { path: path.to_owned(), size: meta.len() });
    }
    let mut bytes = Vec::new();
    // The file may grow while it is read.
    File::open(path).map_err(unreadable)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if let Some(looks) = binary(&bytes) {
        return Err(SourceError::Binary { path: path.to_owned(), looks });
    }
    let text = text(&bytes);
    if text.trim().is_empty() {
        return Err(SourceError::Empty(path.to_owned()));
    }
    let format = format.unwrap_or_else(|| guess(path, &text));
    Ok(Source { path: path.to_owned(), format, text })
}

/// What a binary file looks like.
fn binary(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 9] = [
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive or an office document"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"\xd0\xcf\x11\xe0", "an office document"),
        (b"RIFF", "a RIFF file (a picture or sound)"),
        (b"\x7fELF", "a program"),
    ];
    if let Some((_, looks)) = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(looks);
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return None;
    }
    let odd = |byte: &&u8| **byte < 9 || (14..32).contains(*byte) && **byte != 27;
    let head = bytes.get(..8192).unwrap_or(bytes);
    let count = head.iter().filter(odd).count();
    (head.contains(&0) || count * 50 > head.len()).then_some("binary data")
}

/// Reads text from standard input or the like, in any encoding, up to the size limit.
///
/// # Errors
/// The system's error.
pub fn read_text(from: impl Read) -> Result<String, std::io::Error> {
    let mut bytes = Vec::new();
    from.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(text(&bytes))
}

/// Decodes bytes to text: by byte order mark, as UTF-8, by the charset that a page declares, else as Windows-1252.
fn text(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0.into_owned();
    }
    let (text, broken) = UTF_8.decode_without_bom_handling(bytes);
    if !broken {
        return text.into_owned();
    }
    let head = String::from_utf8_lossy(bytes.get(..1024).unwrap_or(bytes)).to_ascii_lowercase();
    let label = head.split_once("charset=").map(|(_, rest)| rest.trim_start_matches(['"', '\'']));
    let label = label
        .and_then(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next());
    let encoding =
        label.and_then(|label| Encoding::for_label(label.as_bytes())).filter(|encoding| *encoding != UTF_8);
    encoding.unwrap_or(WINDOWS_1252).decode_without_bom_handling(bytes).0.into_owned()
}

fn guess(path: &Path, text: &str) -> Format {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "md" | "markdown" => Format::Markdown,
        "html" | "htm" | "xhtml" => Format::Html,
        "txt" | "text" => Format::Text,
        _ if text.starts_with("---\n") || text.starts_with("# ") => Format::Markdown,
        _ => {
            let head: String = text.trim_start().chars().take(512).collect::<String>().to_ascii_lowercase();
            let is_page = head.starts_with("<!doctype html")
                || head.starts_with("<html")
                || head.contains("<body")
                || head.contains("<p>");
            if is_page { Format::Html } else { Format::Text }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_its_encoding() {
        assert_eq!(text("“é”".as_bytes()), "“é”");
        assert_eq!(text(b"\xef\xbb\xbfa"), "a");
        assert_eq!(text(b"\xff\xfea\x00b\x00"), "ab");
        assert_eq!(text(b"caf\xe9 \x93quoted\x94"), "café “quoted”");
        assert_eq!(text(b"<meta charset=\"shift_jis\">\x93\xfa\x96\x7b"), "<meta charset=\"shift_jis\">日本");
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert_eq!(binary(b"\x89PNG\r\n"), Some("a PNG picture"));
        assert_eq!(binary(b"ab\0cd"), Some("binary data"));
        assert_eq!(binary("Tom’s ferry\n".as_bytes()), None);
        assert_eq!(binary(b"\xff\xfea\x00"), None);
    }

    #[test]
    fn the_format_is_told_by_name_then_by_looks() {
        assert_eq!(guess(Path::new("a.md"), "x"), Format::Markdown);
        assert_eq!(guess(Path::new("a.HTM"), "x"), Format::Html);
        assert_eq!(guess(Path::new("a"), " <!DOCTYPE html><p>"), Format::Html);
        assert_eq!(guess(Path::new("a"), "---\ntitle: x"), Format::Markdown);
        assert_eq!(guess(Path::new("a"), "Headline\n\nText"), Format::Text);
    }
}

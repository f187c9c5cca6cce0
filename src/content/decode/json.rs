//! Bytes into a JSON value, with the mending that real files need.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::error::Category;

use super::Failure;

/// Reads JSON (RFC 8259), and forgives what publishing systems add to it: a byte order mark, bytes that
/// are not UTF-8 and halves of surrogate pairs (both become U+FFFD), and an HTML comment after the end.
///
/// # Errors
/// [`Failure::Empty`], [`Failure::Html`], [`Failure::Truncated`] or [`Failure::NotJson`].
pub fn parse(bytes: &[u8]) -> Result<Value, Failure> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    let bytes = without_comment(bytes);
    if bytes.is_empty() {
        return Err(Failure::Empty);
    }
    if bytes.starts_with(b"<") {
        return Err(Failure::Html);
    }
    let first = match serde_json::from_slice(bytes) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let text = String::from_utf8_lossy(bytes);
    let mended = whole_surrogates(&text);
    if matches!((&text, &mended), (Cow::Borrowed(_), Cow::Borrowed(_))) {
        return Err(failure(&first));
    }
    serde_json::from_str(&mended).map_err(|error| failure(&error))
}

fn failure(error: &serde_json::Error) -> Failure {
    match error.classify() {
        Category::Eof => Failure::Truncated,
        _ => Failure::NotJson { line: error.line(), column: error.column() },
    }
}

/// What stands before a last `<!-- … -->`, as page caches append it.
fn without_comment(bytes: &[u8]) -> &[u8] {
    if !bytes.ends_with(b"-->") {
        return bytes;
    }
    match bytes.windows(4).rposition(|window| window == b"<!--") {
        Some(start) => bytes.get(..start).unwrap_or(bytes).trim_ascii_end(),
        None => bytes,
    }
}

/// The text with the escapes of unpaired surrogates (RFC 8259, section 8.2) as that of U+FFFD.
fn whole_surrogates(text: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let length = match unit(escape) {
            Some(0xd800..=0xdbff) if matches!(escape.get(6..).and_then(unit), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                mended.push_str("\\ufffd");
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
            Some(_) => 6,
            // The escaped character may be of several bytes in a file that is not JSON.
            None => 1 + escape.chars().nth(1).map_or(0, char::len_utf8),
        };
        let (kept, after) = escape.split_at(length.min(escape.len()));
        mended.push_str(kept);
        rest = after;
    }
    mended.push_str(rest);
    if mended == text { Cow::Borrowed(text) } else { Cow::Owned(mended) }
}

/// The UTF-16 unit that `escape` opens with, where it is `\uXXXX`.
fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn forgives_what_publishing_systems_add() {
        assert_eq!(parse(b"\xef\xbb\xbf {\"a\": 1}\n"), Ok(json!({"a": 1})));
        assert_eq!(parse(b"{\"a\": \"b\xffc\"}"), Ok(json!({"a": "b\u{fffd}c"})));
        assert_eq!(
            parse(br#"["\ud83d\ude00 \ud83d x \ude00 \\ud83d"]"#),
            Ok(json!(["\u{1f600} \u{fffd} x \u{fffd} \\ud83d"]))
        );
        assert_eq!(parse(b"[1]\n<!-- cached by a plugin -->\n"), Ok(json!([1])));
    }

    #[test]
    fn tells_why_a_file_is_of_no_use() {
        assert_eq!(parse(b""), Err(Failure::Empty));
        assert_eq!(parse(b" \n\xef\xbb\xbf"), Err(Failure::NotJson { line: 1, column: 1 }));
        assert_eq!(parse(b"\xef\xbb\xbf \n"), Err(Failure::Empty));
        assert_eq!(parse(b"<!DOCTYPE html><title>Log in</title>"), Err(Failure::Html));
        assert_eq!(parse(b"{\"a\": [1, 2"), Err(Failure::Truncated));
        assert_eq!(parse(b"{\n \"a\": yes}"), Err(Failure::NotJson { line: 2, column: 7 }));
        assert!(matches!(parse("[".repeat(100_000).as_bytes()), Err(Failure::NotJson { .. })));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn no_escapes_make_it_panic(text in "[\"\\\\uUdD8cCfF0-9é語 ]{0,60}") {
            let _ = parse(format!("[\"{text}\"]").as_bytes());
            let _ = parse(format!("[{text}").as_bytes());
        }
    }
}

//! Reads JSON with `serde_json`, and forgives what publishing systems do to it.

use serde::de::IgnoredAny;
use serde_json::Value;

use super::error::DecodeError;

/// Reads JSON, although there may be a byte order mark before it, an HTML comment after it, bytes in it that are not
/// UTF-8, or halves of surrogate pairs (both become U+FFFD). Of two fields with one name the last one counts. A number
/// beyond the range of `f64` becomes the largest that there is, so that it costs its own field and not the whole file.
///
/// # Errors
/// [`DecodeError::Empty`], [`DecodeError::Html`], [`DecodeError::Truncated`] or [`DecodeError::NotJson`]. Arrays and
/// objects that are nested more than 127 deep are an error too, so that no file can exhaust the stack.
pub fn parse(bytes: &[u8]) -> Result<Value, DecodeError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    let bytes = without_comment(bytes);
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if bytes.starts_with(b"<") {
        return Err(DecodeError::Html);
    }
    // Nearly all files are good as they are, so that only the others pay for being repaired.
    serde_json::from_slice(bytes).or_else(|_| serde_json::from_str(&repaired(bytes))).map_err(|error| {
        if error.is_eof() {
            DecodeError::Truncated
        } else {
            DecodeError::NotJson { line: error.line(), column: error.column().max(1) }
        }
    })
}

/// What stands before a trailing `<!-- … -->`, as page caches append it.
fn without_comment(bytes: &[u8]) -> &[u8] {
    if !bytes.ends_with(b"-->") {
        return bytes;
    }
    match bytes.windows(4).rposition(|window| window == b"<!--") {
        Some(start) => bytes.get(..start).unwrap_or(bytes).trim_ascii_end(),
        None => bytes,
    }
}

/// A copy in which bytes that are not UTF-8, lone surrogates and numbers out of range are replaced by what `serde_json`
/// accepts. Whatever else is wrong stays wrong.
fn repaired(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some((outside, string)) = rest.split_once('"') {
        copy_outside_strings(outside, &mut out);
        out.push('"');
        rest = copy_string(string, &mut out);
    }
    copy_outside_strings(rest, &mut out);
    out
}

/// Copies what stands between two strings, with the nearest `f64` for each number out of range.
fn copy_outside_strings(text: &str, out: &mut String) {
    let is_separator = |c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E');
    for piece in text.split_inclusive(is_separator) {
        let number = piece.trim_end_matches(is_separator);
        let after = piece.get(number.len()..).unwrap_or_default();
        // `IgnoredAny` checks the grammar without computing the value.
        let is_number = serde_json::from_str::<IgnoredAny>(number).is_ok();
        if is_number && serde_json::from_str::<f64>(number).is_err() {
            let nearest = if number.starts_with('-') { f64::MIN } else { f64::MAX };
            out.push_str(&format!("{nearest:e}"));
        } else {
            out.push_str(number);
        }
        out.push_str(after);
    }
}

/// Copies a string from after its opening to its closing quotation mark, with U+FFFD for each lone surrogate (RFC 8259,
/// section 8.2). Returns what follows.
fn copy_string<'a>(text: &'a str, out: &mut String) -> &'a str {
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\\']) {
        let (plain, found) = rest.split_at(at);
        out.push_str(plain);
        if let Some(after) = found.strip_prefix('"') {
            out.push('"');
            return after;
        }
        let length = match utf16_unit(found) {
            Some(0xd800..=0xdbff) if matches!(found.get(6..).and_then(utf16_unit), Some(0xdc00..=0xdfff)) => {
                12
            }
            Some(0xd800..=0xdfff) => {
                out.push_str("\\ufffd");
                rest = found.get(6..).unwrap_or_default();
                continue;
            }
            Some(_) => 6,
            // The backslash and the character after it, which may be another backslash or a quotation mark.
            None => found.chars().take(2).map(char::len_utf8).sum(),
        };
        let (escape, after) = found.split_at(length);
        out.push_str(escape);
        rest = after;
    }
    out.push_str(rest);
    ""
}

/// The UTF-16 code unit of the `\uXXXX` that a text begins with.
fn utf16_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn forgives_what_publishing_systems_add() {
        assert_eq!(parse(b"\xef\xbb\xbf {\"a\": 1}\n"), Ok(json!({"a": 1})));
        assert_eq!(parse(b"[\"b\xffc\"]"), Ok(json!(["b\u{fffd}c"])));
        assert_eq!(
            parse(br#"["\ud83d\ude00 \ud83d x \ude00 \\ud83d \ud83d\u0041"]"#),
            Ok(json!(["\u{1f600} \u{fffd} x \u{fffd} \\ud83d \u{fffd}A"]))
        );
        assert_eq!(parse(b"[\"\"]\n<!-- cached by a plugin -->\n"), Ok(json!([""])));
    }

    #[test]
    fn of_two_members_the_last_one_counts() {
        assert_eq!(parse(br#"{"a": 1, "b": 2, "a": 3}"#), Ok(json!({"a": 3, "b": 2})));
    }

    #[test]
    fn numbers_out_of_range_cost_nothing_else() {
        let digits = "9".repeat(400);
        let file =
            format!(r#"{{"a": [1, -1e999,2.5E+400], "1e999\"": "1e999", "b": {digits}, "c": 1e-999}}"#);
        assert_eq!(
            parse(file.as_bytes()),
            Ok(json!({"a": [1, f64::MIN, f64::MAX], "1e999\"": "1e999", "b": f64::MAX, "c": 0.0}))
        );
        for bad in [
            "[01e999]",
            "[1.e999]",
            "[+1e999]",
            "[1e999e1]",
            "[1e999 1]",
            "[1e999\"\"]",
            "{1e999: 1}",
            "[truee999]",
        ] {
            assert!(matches!(parse(bad.as_bytes()), Err(DecodeError::NotJson { .. })), "{bad}");
        }
    }

    #[test]
    fn tells_why_a_file_is_of_no_use() {
        assert_eq!(parse(b""), Err(DecodeError::Empty));
        assert_eq!(parse(b" \n\xef\xbb\xbf"), Err(DecodeError::NotJson { line: 1, column: 1 }));
        assert_eq!(parse(b"\xef\xbb\xbf \n"), Err(DecodeError::Empty));
        assert_eq!(parse(b"<!DOCTYPE html><title>Log in</title>"), Err(DecodeError::Html));
        for cut in [
            "{\"a\": [1, 2",
            "{\"a\": \"b\\",
            "{\"a\": \"\\ud8",
            "{\"a\": \"\\ud83d",
            "[tru",
            "[-",
            "[1.",
            "[1e",
        ] {
            assert_eq!(parse(cut.as_bytes()), Err(DecodeError::Truncated), "{cut}");
        }
        assert_eq!(parse(b"{\n \"a\": yes}"), Err(DecodeError::NotJson { line: 2, column: 7 }));
        assert!(matches!(parse("[".repeat(100_000).as_bytes()), Err(DecodeError::NotJson { .. })));
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            "\\PC{0,8}|[\u{0}-\u{1f}\"\\\\/\u{1f600}]{0,8}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                proptest::collection::btree_map("[a-z\"\\n]{0,3}", inner, 0..6)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn repairing_what_is_good_changes_nothing(value in any_value()) {
            for text in [value.to_string(), format!("{value:#}")] {
                prop_assert_eq!(&repaired(text.as_bytes()), &text);
            }
        }

        #[test]
        fn takes_and_refuses_what_serde_json_does(text in "[\\[\\]{},:\"0-2eE.+\\- tfn\\\\u]{0,12}") {
            let bytes = format!("[{text}]");
            let strict = serde_json::from_str::<Value>(&bytes);
            let is_out_of_range = strict.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
            prop_assert!(is_out_of_range || parse(bytes.as_bytes()).ok() == strict.ok(), "{}", bytes);
        }

        #[test]
        fn bytes_that_are_no_text_are_mended_as_in_the_whole_of_it(
            bytes in proptest::collection::vec(prop_oneof![0x80_u8..=0xff, Just(b'n'), Just(b'\\')], 0..12),
        ) {
            let file = [b"[\"".as_slice(), &bytes, b"\"]"].concat();
            let whole = String::from_utf8_lossy(&file);
            prop_assert_eq!(parse(&file).ok(), parse(whole.as_bytes()).ok());
        }

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

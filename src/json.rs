//! JSON (RFC 8259) into values, with the mending that real files need.
//!
//! Our own, because `serde_json` would be 10 KB in brotli of what readers download (see `docs/decisions/001`). The parsing cases of JSONTestSuite hold it to the standard, and
//! a property test to what `serde_json` reads.

use std::borrow::Cow;

/// Why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is nothing in it.
    Empty,
    /// It is a web page, as a host answers for a file that is missing, or a network that wants a log-in.
    Html,
    /// It ends too soon.
    Truncated,
    /// It is something else.
    NotJson {
        /// The line where that shows, from 1.
        line: usize,
        /// The column, in bytes, from 1.
        column: usize,
    },
}

/// Arrays and objects within each other end here, so that no file can exhaust the stack.
const DEEPEST: usize = 128;

/// A value of a file. Its texts are those of the file itself where they stand there as they are, so that most of a
/// large file is not copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written. This format has whole ones alone.
    Number(Cow<'a, str>),
    /// A string.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object.
    Object(Object<'a>),
}

/// The members of an object, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object<'a>(pub Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Object<'a> {
    /// The member of that name: the last one, where there are several.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

impl Value<'_> {
    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// A whole number from 0.
    #[must_use]
    pub fn as_u32(&self) -> Option<u32> {
        if let Self::Number(number) = self { number.parse().ok() } else { None }
    }
}

/// Reads JSON, and forgives what publishing systems add to it: a byte order mark, bytes that are not UTF-8
/// and halves of surrogate pairs (both become U+FFFD), and an HTML comment after the end.
///
/// # Errors
/// [`Failure::Empty`], [`Failure::Html`], [`Failure::Truncated`] or [`Failure::NotJson`].
pub fn parse(bytes: &[u8]) -> Result<Value<'_>, Failure> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    let bytes = without_comment(bytes);
    if bytes.is_empty() {
        return Err(Failure::Empty);
    }
    if bytes.starts_with(b"<") {
        return Err(Failure::Html);
    }
    let mut cursor = Cursor { bytes, at: 0, depth: 0 };
    let value = cursor.value().ok_or_else(|| cursor.failure())?;
    cursor.space();
    if cursor.peek().is_some() { Err(cursor.failure()) } else { Ok(value) }
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

/// Where the reading is. A reader that answers `None` has stopped at what is wrong.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// Goes past `byte`, if that is next.
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    /// Goes past the bytes that are of a kind.
    fn while_is(&mut self, is: fn(&u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| is(byte)).count();
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn space(&mut self) {
        self.while_is(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    fn failure(&self) -> Failure {
        if self.peek().is_none() {
            return Failure::Truncated;
        }
        let before = self.bytes.get(..self.at).unwrap_or_default();
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Failure::NotJson { line, column: 1 + self.at - start }
    }

    fn value(&mut self) -> Option<Value<'a>> {
        self.space();
        match self.peek()? {
            b'"' => self.string().map(Value::String),
            b'[' => {
                let mut items = Vec::new();
                self.members(b']', &mut |cursor| {
                    items.push(cursor.value()?);
                    Some(())
                })?;
                Some(Value::Array(items))
            }
            b'{' => {
                let mut members = Vec::new();
                self.members(b'}', &mut |cursor| {
                    let name = cursor.string()?;
                    cursor.space();
                    cursor.take(b':')?;
                    members.push((name, cursor.value()?));
                    Some(())
                })?;
                Some(Value::Object(Object(members)))
            }
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Option<Value<'a>> {
        word.bytes().try_for_each(|byte| self.take(byte)).map(|()| value)
    }

    /// What stands between an opening bracket and its `end`, with commas between.
    fn members(&mut self, end: u8, member: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.depth == DEEPEST {
            return None;
        }
        self.depth += 1;
        self.at += 1;
        self.space();
        if self.take(end).is_none() {
            loop {
                self.space();
                member(self)?;
                self.space();
                if self.take(end).is_some() {
                    break;
                }
                self.take(b',')?;
            }
        }
        self.depth -= 1;
        Some(())
    }

    /// A number (RFC 8259, section 6).
    fn number(&mut self) -> Option<Value<'a>> {
        let from = self.at;
        let _ = self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        if self.take(b'e').or_else(|| self.take(b'E')).is_some() {
            let _ = self.take(b'+').or_else(|| self.take(b'-'));
            self.digits()?;
        }
        self.bytes.get(from..self.at).map(|number| Value::Number(String::from_utf8_lossy(number)))
    }

    /// At least one digit.
    fn digits(&mut self) -> Option<()> {
        (!self.while_is(u8::is_ascii_digit).is_empty()).then_some(())
    }

    /// A string (RFC 8259, section 7).
    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.take(b'"')?;
        let plain = self.plain();
        if self.take(b'"').is_some() {
            return Some(plain);
        }
        let mut text = plain.into_owned();
        while self.take(b'"').is_none() {
            text.push(self.escaped()?);
            text.push_str(&self.plain());
        }
        Some(Cow::Owned(text))
    }

    /// What stands in a string as it is.
    fn plain(&mut self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.while_is(|byte| *byte != b'"' && *byte != b'\\' && *byte >= b' '))
    }

    /// The character that an escape stands for.
    fn escaped(&mut self) -> Option<char> {
        self.take(b'\\')?;
        let escape = self.peek()?;
        let plain = match escape {
            b'"' | b'\\' | b'/' => escape,
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' => 8,
            b'f' => 12,
            b'u' => return self.unicode(),
            _ => return None,
        };
        self.at += 1;
        Some(char::from(plain))
    }

    /// The character of `uXXXX`, or of two of them where the first is half of a pair. Half of one that stands
    /// alone becomes U+FFFD (RFC 8259, section 8.2).
    fn unicode(&mut self) -> Option<char> {
        let first = self.unit()?;
        if matches!(first, 0xd800..=0xdbff) {
            let after = self.at;
            if self.take(b'\\').is_some()
                && let Some(second @ 0xdc00..=0xdfff) = self.unit()
            {
                return char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
            self.at = after;
        }
        Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// The UTF-16 unit of `uXXXX`.
    fn unit(&mut self) -> Option<u32> {
        self.take(b'u')?;
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit * 16 + char::from(self.peek()?).to_digit(16)?;
            self.at += 1;
        }
        Some(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn strings<'a>(texts: &[&'a str]) -> Result<Value<'a>, Failure> {
        Ok(Value::Array(texts.iter().map(|text| Value::String(Cow::Borrowed(*text))).collect()))
    }

    #[test]
    fn forgives_what_publishing_systems_add() {
        assert!(parse(b"\xef\xbb\xbf {\"a\": 1}\n").is_ok());
        assert_eq!(parse(b"[\"b\xffc\"]"), strings(&["b\u{fffd}c"]));
        assert_eq!(
            parse(br#"["\ud83d\ude00 \ud83d x \ude00 \\ud83d \ud83d\u0041"]"#),
            strings(&["\u{1f600} \u{fffd} x \u{fffd} \\ud83d \u{fffd}A"])
        );
        assert_eq!(parse(b"[\"\"]\n<!-- cached by a plugin -->\n"), strings(&[""]));
    }

    #[test]
    fn a_text_is_the_file_s_own_where_it_stands_there_as_it_is() {
        assert!(matches!(parse("\"é\"".as_bytes()), Ok(Value::String(Cow::Borrowed("é")))));
        assert!(matches!(parse(br#""a\u0062c""#), Ok(Value::String(Cow::Owned(text))) if text == "abc"));
    }

    #[test]
    fn of_two_members_the_last_one_counts() {
        let Ok(Value::Object(object)) = parse(br#"{"a": 1, "b": 2, "a": 3}"#) else { panic!() };
        assert_eq!(object.get("a").and_then(Value::as_u32), Some(3));
        assert_eq!(object.get("c"), None);
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

    /// The value as `serde_json` has it.
    fn as_serde(value: &Value<'_>) -> serde_json::Value {
        match value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(flag) => (*flag).into(),
            Value::Number(number) => serde_json::from_str(number).unwrap(),
            Value::String(text) => text.as_ref().into(),
            Value::Array(items) => items.iter().map(as_serde).collect::<Vec<_>>().into(),
            Value::Object(Object(members)) => {
                members.iter().map(|(name, value)| (name.clone().into_owned(), as_serde(value))).collect()
            }
        }
    }

    fn any_value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
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
        fn reads_what_serde_json_writes(value in any_value()) {
            for text in [value.to_string(), format!("{value:#}")] {
                prop_assert_eq!(parse(text.as_bytes()).map(|value| as_serde(&value)), Ok(value.clone()));
            }
        }

        #[test]
        fn takes_and_refuses_what_serde_json_does(text in "[\\[\\]{},:\"0-2eE.+\\- tfn\\\\u]{0,12}") {
            let bytes = format!("[{text}]");
            prop_assert_eq!(
                parse(bytes.as_bytes()).is_ok(),
                serde_json::from_str::<serde_json::Value>(&bytes).is_ok(),
                "{}", bytes
            );
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

//! A cursor over a JSON value: it knows the JSON pointer of its place, and collects warnings.

use serde_json::{Map, Value};

use super::error::{DecodeError, VERSION, Warning, WarningKind};
use crate::content::text::{line, running};
use crate::content::{Color, Direction, Href, LanguageTag, SectionId, StoryId, TimeZone, Timestamp};

/// The fields of a JSON object.
pub(super) type Object = Map<String, Value>;

/// A function that reads one value. It returns `None` if the value can't be used, and has noted that.
pub(super) type Read<T> = fn(&mut Cursor, &Value) -> Option<T>;

/// How deep blocks, marks and lists may be nested. Nobody reads deeper, and it keeps the page's own nesting far
/// below the limits of browsers and the stack.
pub(super) const DEEPEST: usize = 8;

enum Step {
    Key(&'static str),
    Index(usize),
}

/// The present place in the file, and the warnings so far.
#[derive(Default)]
pub(super) struct Cursor {
    path: Vec<Step>,
    depth: usize,
    pub(super) warnings: Vec<Warning>,
}

impl Cursor {
    /// A warning about this place.
    pub(super) fn warning(&self, kind: WarningKind) -> Warning {
        // The keys are this format's own, so none has a `~` or `/` to escape (RFC 6901, section 3).
        let pointer = self.path.iter().map(|step| match step {
            Step::Key(key) => format!("/{key}"),
            Step::Index(index) => format!("/{index}"),
        });
        Warning { pointer: pointer.collect(), kind }
    }

    /// Notes a warning about this place. Always returns `None`, for the value that is left out.
    pub(super) fn leave_out<T>(&mut self, kind: WarningKind) -> Option<T> {
        self.note(kind);
        None
    }

    // These are compiled once for all types; the generic functions around them are thin. It keeps the module
    // small.
    #[inline(never)]
    fn note(&mut self, kind: WarningKind) {
        self.warnings.push(self.warning(kind));
    }

    /// Reads a field, if there is one, and returns whether there is. `null` counts as absent.
    #[inline(never)]
    fn field(&mut self, object: &Object, key: &'static str, read: &mut dyn FnMut(&mut Self, &Value)) -> bool {
        let Some(value) = object.get(key).filter(|value| !value.is_null()) else { return false };
        self.path.push(Step::Key(key));
        read(self, value);
        self.path.pop();
        true
    }

    /// Reads each item of an array, and returns whether it is one.
    #[inline(never)]
    fn each(&mut self, value: &Value, read: &mut dyn FnMut(&mut Self, &Value)) -> bool {
        let Value::Array(values) = value else {
            self.note(WarningKind::Not("an array"));
            return false;
        };
        for (index, value) in values.iter().enumerate() {
            self.path.push(Step::Index(index));
            read(self, value);
            self.path.pop();
        }
        true
    }

    /// Reads something that may contain its own kind: a block, a mark, a list in an item. It is left out if it
    /// is nested more than [`DEEPEST`] deep.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth == DEEPEST {
            return self.leave_out(WarningKind::TooDeep);
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Reads an optional field. `null` counts as absent.
    pub(super) fn optional<T>(&mut self, object: &Object, key: &'static str, read: Read<T>) -> Option<T> {
        let mut found = None;
        self.field(object, key, &mut |cursor, value| found = read(cursor, value));
        found
    }

    /// Reads a required field.
    pub(super) fn required<T>(&mut self, object: &Object, key: &'static str, read: Read<T>) -> Option<T> {
        let mut found = None;
        if !self.field(object, key, &mut |cursor, value| found = read(cursor, value)) {
            self.note(WarningKind::Missing(key));
        }
        found
    }

    /// Reads the items of an array; none if the field is absent.
    pub(super) fn list<T>(&mut self, object: &Object, key: &'static str, read: Read<T>) -> Vec<T> {
        let mut items = Vec::new();
        self.field(object, key, &mut |cursor, value| {
            cursor.each(value, &mut |cursor, value| items.extend(read(cursor, value)));
        });
        items
    }

    /// Reads the items of an array that needs at least one usable item; else `None`.
    pub(super) fn some<T>(&mut self, object: &Object, key: &'static str, read: Read<T>) -> Option<Vec<T>> {
        self.required(object, key, |cursor, value| {
            let is_empty = !matches!(value, Value::Array(items) if !items.is_empty());
            if is_empty {
                cursor.leave_out(WarningKind::Not("an array with something in it"))
            } else {
                Some(())
            }
        })?;
        Some(self.list(object, key, read)).filter(|items| !items.is_empty())
    }

    /// Reads the usable items of this value, which has to be an array.
    pub(super) fn items<T>(&mut self, value: &Value, read: Read<T>) -> Option<Vec<T>> {
        let mut items = Vec::new();
        self.each(value, &mut |cursor, value| items.extend(read(cursor, value))).then_some(items)
    }

    /// This value as an object.
    pub(super) fn object<'a>(&mut self, value: &'a Value) -> Option<&'a Object> {
        if let Value::Object(object) = value {
            Some(object)
        } else {
            self.leave_out(WarningKind::Not("an object"))
        }
    }
}

/// The object of a file, if its version is one that this app can read.
pub(super) fn opened<'a>(cursor: &mut Cursor, value: &'a Value) -> Result<&'a Object, DecodeError> {
    let Some(object) = cursor.object(value) else { return Err(unusable(cursor)) };
    match object.get("version").and_then(as_u32) {
        Some(version) if version > VERSION => Err(DecodeError::Newer(version)),
        _ => Ok(object),
    }
}

/// The error for a file without something required: its first warning.
pub(super) fn unusable(cursor: &mut Cursor) -> DecodeError {
    let whole = Warning { pointer: String::new(), kind: WarningKind::Not("an object") };
    DecodeError::Unusable(if cursor.warnings.is_empty() { whole } else { cursor.warnings.swap_remove(0) })
}

fn text<'a>(cursor: &mut Cursor, value: &'a Value) -> Option<&'a str> {
    value.as_str().or_else(|| cursor.leave_out(WarningKind::Not("text")))
}

/// One line of text, not empty.
pub(super) fn one_line(cursor: &mut Cursor, value: &Value) -> Option<String> {
    let text = line(text(cursor, value)?);
    if text.is_empty() { cursor.leave_out(WarningKind::Not("text with something in it")) } else { Some(text) }
}

/// One line of text, or none.
pub(super) fn any_line(cursor: &mut Cursor, value: &Value) -> Option<String> {
    text(cursor, value).map(line)
}

/// Text that may have line breaks.
pub(super) fn any_text(cursor: &mut Cursor, value: &Value) -> Option<String> {
    text(cursor, value).map(running)
}

/// An id, also if it is written as a number.
pub(super) fn id<T>(cursor: &mut Cursor, value: &Value, parse: fn(&str) -> Option<T>) -> Option<T> {
    let id = match value {
        Value::String(text) => parse(text),
        Value::Number(number) => number.as_u64().and_then(|number| parse(&number.to_string())),
        _ => None,
    };
    id.or_else(|| cursor.leave_out(WarningKind::Not("an id (letters, digits, '-', '_', '.')")))
}

/// The id of a story.
pub(super) fn story_id(cursor: &mut Cursor, value: &Value) -> Option<StoryId> {
    id(cursor, value, StoryId::parse)
}

/// The id of a section.
pub(super) fn section_id(cursor: &mut Cursor, value: &Value) -> Option<SectionId> {
    id(cursor, value, SectionId::parse)
}

/// A time.
pub(super) fn time(cursor: &mut Cursor, value: &Value) -> Option<Timestamp> {
    Timestamp::parse(text(cursor, value)?)
        .or_else(|| cursor.leave_out(WarningKind::Not("a date and time (RFC 3339)")))
}

/// The address of a link.
pub(super) fn href(cursor: &mut Cursor, value: &Value) -> Option<Href> {
    Href::link(text(cursor, value)?)
        .or_else(|| cursor.leave_out(WarningKind::Not("a link (http, https, mailto, tel or relative)")))
}

/// An address to load something from.
pub(super) fn resource(cursor: &mut Cursor, value: &Value) -> Option<Href> {
    Href::resource(text(cursor, value)?)
        .or_else(|| cursor.leave_out(WarningKind::Not("an address (http, https or relative)")))
}

/// A language.
pub(super) fn language(cursor: &mut Cursor, value: &Value) -> Option<LanguageTag> {
    LanguageTag::parse(text(cursor, value)?)
        .or_else(|| cursor.leave_out(WarningKind::Not("a language tag (BCP 47)")))
}

/// A time zone.
pub(super) fn time_zone(cursor: &mut Cursor, value: &Value) -> Option<TimeZone> {
    TimeZone::parse(text(cursor, value)?)
        .or_else(|| cursor.leave_out(WarningKind::Not("a time zone (as Europe/Kyiv)")))
}

/// A text direction.
pub(super) fn direction(cursor: &mut Cursor, value: &Value) -> Option<Direction> {
    Direction::parse(text(cursor, value)?).or_else(|| cursor.leave_out(WarningKind::Not("'ltr' or 'rtl'")))
}

/// A colour.
pub(super) fn color(cursor: &mut Cursor, value: &Value) -> Option<Color> {
    Color::parse(text(cursor, value)?).or_else(|| cursor.leave_out(WarningKind::Not("a colour (#rrggbb)")))
}

/// A whole number that is not negative.
pub(super) fn as_u32(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}

/// A whole number.
pub(super) fn number(cursor: &mut Cursor, value: &Value) -> Option<u32> {
    as_u32(value).or_else(|| cursor.leave_out(WarningKind::Not("a whole number")))
}

/// A boolean.
pub(super) fn flag(cursor: &mut Cursor, value: &Value) -> Option<bool> {
    if let Value::Bool(flag) = value {
        Some(*flag)
    } else {
        cursor.leave_out(WarningKind::Not("true or false"))
    }
}

//! Errors and warnings of decoding.

use std::fmt;

/// The newest version of the format that this app can read.
pub const VERSION: u32 = 1;

/// A decoded value, and what had to be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<T> {
    /// The value.
    pub value: T,
    /// What was left out, in the order of decoding.
    pub warnings: Vec<Warning>,
}

/// Why a file can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// It is empty.
    Empty,
    /// It is a web page, as some hosts send in place of a missing file, or a network that wants a log-in.
    Html,
    /// It is cut short.
    Truncated,
    /// It is not JSON.
    NotJson {
        /// The line of the error, from 1.
        line: usize,
        /// The column of the error, in bytes, from 1.
        column: usize,
    },
    /// It is of this newer version of the format.
    Newer(u32),
    /// It is a story of this unknown kind.
    UnknownKind(String),
    /// Something required is missing or wrong.
    Unusable(Warning),
}

/// Something that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where: a JSON pointer (RFC 6901), empty for the whole file.
    pub pointer: String,
    /// What is wrong.
    pub kind: WarningKind,
}

/// What can be wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WarningKind {
    /// A required field is missing.
    Missing(&'static str),
    /// It is not what it has to be.
    Not(&'static str),
    /// An unknown kind of block, inline, story or state.
    UnknownKind(String),
    /// An id that was used before.
    Duplicate(String),
    /// It is nested too deeply.
    TooDeep,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::Html => f.write_str("is a web page, not JSON"),
            Self::Truncated => f.write_str("ends too soon"),
            Self::NotJson { line, column } => write!(f, "is not JSON (line {line}, column {column})"),
            Self::Newer(version) => write!(f, "is version {version} of the format, newer than {VERSION}"),
            Self::UnknownKind(kind) => write!(f, "is a story of an unknown kind, '{kind}'"),
            Self::Unusable(warning) => warning.kind.fmt(f),
        }
    }
}

impl fmt::Display for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "{what} is missing"),
            Self::Not(what) => write!(f, "is not {what}"),
            Self::UnknownKind(kind) => write!(f, "unknown kind '{kind}'"),
            Self::Duplicate(id) => write!(f, "'{id}' is there already"),
            Self::TooDeep => f.write_str("is nested too deeply"),
        }
    }
}

impl std::error::Error for DecodeError {}

impl DecodeError {
    /// The JSON pointer of the error, empty for the whole file.
    #[must_use]
    pub fn pointer(&self) -> &str {
        match self {
            Self::Unusable(warning) => &warning.pointer,
            _ => "",
        }
    }
}

//! What can be wrong with a file: errors, where nothing can be made of it, and warnings.

use std::fmt;

/// The newest version of the format that is understood here.
pub const VERSION: u32 = 1;

/// What was read, and what had to be left out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<T> {
    /// What could be read.
    pub value: T,
    /// What could not, in the order of the file.
    pub warnings: Vec<Warning>,
}

/// Why nothing can be made of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// There is nothing in it.
    Empty,
    /// It is a web page, as a host answers for a file that is missing, or a network that wants a log-in.
    Html,
    /// It ends too soon.
    Truncated,
    /// It is not JSON.
    NotJson {
        /// The line where that shows, from 1.
        line: usize,
        /// The column, in bytes, from 1.
        column: usize,
    },
    /// It is of a version that this reader is too old for.
    Newer(u32),
    /// It is a kind of story that this reader does not know.
    UnknownKind(String),
    /// Something that it can't do without is missing or wrong.
    Unusable(Warning),
}

/// Something in a file that had to be left out.
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
    /// It is not there, and has to be.
    Missing(&'static str),
    /// It is something else than it has to be.
    Not(&'static str),
    /// A block, inline or kind that is not known.
    UnknownKind(String),
    /// An id that stands already.
    Duplicate(String),
    /// Blocks within blocks, deeper than a reader can use.
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
    /// The JSON pointer of what is wrong, empty for the whole file.
    #[must_use]
    pub fn pointer(&self) -> &str {
        match self {
            Self::Unusable(warning) => &warning.pointer,
            _ => "",
        }
    }
}

//! Dateline JSON into content, item by item.
//!
//! A file fails as a whole only where nothing can be made of it ([`DecodeError`]). Anything smaller costs
//! itself alone: a bad teaser, block or field is left out and noted as a [`Warning`] that names its JSON
//! pointer. Fields and kinds that are not known here are passed over, so that an old reader reads what a
//! newer desk wrote. The format is described in `docs/format.md`.

mod body;
mod cursor;
mod edition;
mod error;
mod json;
mod live;
mod story;

pub use edition::edition;
pub use error::{DecodeError, Decoded, VERSION, Warning, WarningKind};
pub use json::parse;
pub use live::{index, page};
pub use story::story;

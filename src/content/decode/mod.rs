//! Decodes Dateline JSON, item by item.
//!
//! A file is refused as a whole only if nothing in it can be used ([`DecodeError`]). Anything smaller costs
//! only itself: a bad teaser, block or field is left out, with a [`Warning`] that names its JSON pointer.
//! Unknown fields and kinds are skipped, so that an old app reads what a newer desk wrote. `docs/format.md`
//! describes the format.

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

//! Timestamps of fields and marks.

use super::digits::read;

/// When something was set, in milliseconds since 1970-01-01T00:00:00Z. Never earlier than the value that it
/// replaced.
pub(super) type Stamp = u64;

pub(super) const STAMP_DIGITS: u32 = 7;

/// The latest time that an action can have (the year 2107). A later one is damage; it counts as 0, so that the
/// next action wins over it.
pub(super) const LATEST: Stamp = (1 << (6 * STAMP_DIGITS)) - (1 << 36);

/// Reads a timestamp.
pub(super) fn stamp_of(digits: &[u8]) -> Option<Stamp> {
    read(digits).map(|stamp| if stamp > LATEST { 0 } else { stamp })
}

/// The timestamp of an action that replaces a value: the clock's time, but always later than the value that the
/// reader had before their eyes. So a newer action wins even if the clock was set back, or was wrong before.
pub(super) fn stamp(now: i64, former: Option<Stamp>) -> Stamp {
    let now = u64::try_from(now).unwrap_or(0).clamp(1, LATEST);
    former.map_or(now, |former| now.max(former + 1))
}

//! When something was set, as a number that is kept in seven digits.

use super::digits::read;

/// When something was set, in milliseconds since 1970-01-01T00:00:00Z; never earlier than what it took the place of.
pub(super) type Stamp = u64;

pub(super) const STAMP_DIGITS: u32 = 7;

/// No action is of a time after this (the year 2107): what says so is damaged, and the next action wins over it.
pub(super) const LATEST: Stamp = (1 << (6 * STAMP_DIGITS)) - (1 << 36);

/// The time that these digits tell.
pub(super) fn stamp_of(digits: &[u8]) -> Option<Stamp> {
    read(digits).map(|stamp| if stamp > LATEST { 0 } else { stamp })
}

/// The time of an action on something that was set at another: the clock's, but never earlier than what the reader had
/// before their eyes. So a newer action wins, even where the clock was set back, or was wrong before.
pub(super) fn stamp(now: i64, former: Option<Stamp>) -> Stamp {
    let now = u64::try_from(now).unwrap_or(0).clamp(1, LATEST);
    former.map_or(now, |former| now.max(former + 1))
}

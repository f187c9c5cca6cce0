//! The time as a signal, and the zone in which times are told.

use leptos::prelude::*;

use crate::browser::timer::Interval;
use crate::browser::{clock, visibility};
use crate::content::Timestamp;

/// How often the time moves on, in milliseconds. Ages are told in minutes.
const TICK: u32 = 20_000;

/// The time, and the zone in which times are told.
#[derive(Clone, Copy)]
pub struct Clock {
    /// Now. It moves on every 20 seconds while the tab is in sight.
    pub now: RwSignal<Timestamp>,
    /// The IANA name of the zone in which times are told; `None` for the reader's own.
    pub zone: RwSignal<Option<String>>,
}

impl Clock {
    /// A clock that stands at this moment.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self { now: RwSignal::new(now), zone: RwSignal::new(None) }
    }

    /// Moves on from now on, for as long as the current owner lives.
    pub fn start(self) {
        let ticking = Interval::new(TICK, move || {
            if visibility::is_visible() {
                self.now.set(Timestamp::from_millis(clock::now()));
            }
        });
        StoredValue::new_local(ticking);
    }
}

//! When to poll the head of a live blog.
//!
//! It is kind to hosts: the publisher's interval with some jitter, so that readers do not all ask at once;
//! back-off while requests fail; `Retry-After`; no requests while the tab is hidden, one when it is shown
//! again, and never two at a time.

use crate::content::live::{SHORTEST_INTERVAL, USUAL_INTERVAL};

/// The time-out of a request, in milliseconds.
pub const TIME_OUT: i64 = 10_000;
/// The longest wait while requests fail, in milliseconds.
const LONGEST: i64 = 300_000;
/// The longest wait that a host can ask for, in milliseconds.
const LONGEST_ASKED_FOR: i64 = 3_600_000;
/// After this time a request counts as lost: the machine slept through its time-out.
const LOST: i64 = 2 * TIME_OUT;

/// The state of polling.
#[derive(Clone, Debug)]
pub struct Schedule {
    interval: i64,
    goes_on: bool,
    visible: bool,
    failures: u32,
    /// When the current request was sent.
    under_way: Option<i64>,
    /// When the latest request was sent.
    asked: Option<i64>,
    /// How long the host asked us to wait, in its latest answer.
    asked_for: i64,
    /// When that answer arrived.
    answered: i64,
}

/// An event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The timer has fired.
    Woke,
    /// The tab is hidden.
    Hidden,
    /// The tab is visible again.
    Shown,
    /// The device is online again.
    Online,
    /// The reader asks for it now.
    TryNow,
    /// The request has finished.
    Answered(Answer),
}

/// The result of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A head.
    Head {
        /// The publisher's interval, in seconds.
        interval: Option<u32>,
        /// Whether coverage goes on.
        goes_on: bool,
    },
    /// No usable answer.
    Failed {
        /// The wait that `Retry-After` asks for (RFC 9110, section 10.2.3), in milliseconds.
        retry_after: Option<i64>,
    },
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Request the head now.
    Ask,
    /// Set the timer to this many milliseconds, in place of the previous one.
    Wait(i64),
    /// Nothing, without a timer, until the next event.
    Rest,
}

impl Schedule {
    /// A schedule that starts with a head, which was loaded at `now`.
    #[must_use]
    pub fn new(now: i64) -> Self {
        Self {
            interval: i64::from(USUAL_INTERVAL) * 1000,
            goes_on: true,
            visible: true,
            failures: 0,
            under_way: Some(now),
            asked: Some(now),
            asked_for: 0,
            answered: now,
        }
    }

    /// The number of requests in a row that have failed.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Handles an event at `now` (in milliseconds) and says what to do next. `chance` is a random number from 0
    /// to 1.
    pub fn on(&mut self, event: Event, now: i64, chance: f64) -> Next {
        match event {
            Event::Hidden => {
                self.visible = false;
                Next::Rest
            }
            Event::Shown | Event::Online => {
                self.visible |= event == Event::Shown;
                // Hidden for a few seconds only: no reason to ask. (A clock that was set back is one.)
                let lately = self.asked.is_some_and(|at| (0..shortest()).contains(&(now - at)));
                let since = now - self.answered;
                if self.visible && self.under_way.is_none() && (0..self.asked_for).contains(&since) {
                    // No reason to disturb a host that asked us to wait.
                    Next::Wait((self.asked_for - since).max(shortest()))
                } else if self.visible && !lately {
                    self.ask(now)
                } else {
                    self.wait(chance)
                }
            }
            Event::Woke if !self.visible => Next::Rest,
            Event::Woke | Event::TryNow => self.ask(now),
            Event::Answered(answer) => {
                self.under_way = None;
                self.answered = now;
                match answer {
                    Answer::Head { interval, goes_on } => {
                        self.failures = 0;
                        self.asked_for = 0;
                        self.interval = i64::from(interval.unwrap_or(USUAL_INTERVAL)) * 1000;
                        self.goes_on = goes_on;
                    }
                    Answer::Failed { retry_after } => {
                        self.failures = self.failures.saturating_add(1);
                        self.asked_for = retry_after.unwrap_or(0).clamp(0, LONGEST_ASKED_FOR);
                    }
                }
                self.wait(chance)
            }
        }
    }

    fn ask(&mut self, now: i64) -> Next {
        if self.under_way.is_some_and(|at| (0..LOST).contains(&(now - at))) {
            return Next::Rest;
        }
        self.under_way = Some(now);
        self.asked = Some(now);
        Next::Ask
    }

    /// The wait before the next request, if there is to be one.
    fn wait(&self, chance: f64) -> Next {
        let over = !self.goes_on && self.failures == 0;
        if !self.visible || over || self.under_way.is_some() {
            return Next::Rest;
        }
        let doubled = self.interval.saturating_mul(1_i64 << self.failures.min(16));
        // 80 to 120 per cent. `chance` is from 0 to 1, so this stays a small number.
        #[allow(clippy::cast_possible_truncation, reason = "see above")]
        let per_cent = 80 + (chance.clamp(0.0, 1.0) * 40.0) as i64;
        let longest = LONGEST.max(self.interval);
        let wait = (doubled.min(longest) * per_cent / 100).clamp(shortest(), longest);
        // The host's wait is a minimum; jitter is added to it.
        Next::Wait(wait.max(self.asked_for * (per_cent + 20) / 100))
    }
}

fn shortest() -> i64 {
    i64::from(SHORTEST_INTERVAL) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FAILED: Event = Event::Answered(Answer::Failed { retry_after: None });

    fn head(interval: u32) -> Event {
        Event::Answered(Answer::Head { interval: Some(interval), goes_on: true })
    }

    fn started(interval: u32) -> Schedule {
        let mut schedule = Schedule::new(0);
        schedule.on(head(interval), 0, 0.5);
        schedule
    }

    #[test]
    fn the_publishers_interval_with_some_chance_in_it() {
        let mut schedule = Schedule::new(0);
        assert_eq!(schedule.on(head(20), 0, 0.5), Next::Wait(20_000));
        assert_eq!(schedule.on(Event::Woke, 20_000, 0.5), Next::Ask);
        assert_eq!(schedule.on(head(20), 20_100, 0.0), Next::Wait(16_000));
        assert_eq!(schedule.on(Event::Woke, 36_000, 0.5), Next::Ask);
        assert_eq!(schedule.on(head(20), 36_100, 1.0), Next::Wait(24_000));
        // At least five seconds, and fifteen if the publisher does not say.
        assert_eq!(started(1).on(head(1), 0, 0.0), Next::Wait(5_000));
        let unsaid = Event::Answered(Answer::Head { interval: None, goes_on: true });
        assert_eq!(Schedule::new(0).on(unsaid, 0, 0.5), Next::Wait(15_000));
    }

    #[test]
    fn longer_and_longer_waits_while_nothing_comes() {
        let mut schedule = started(15);
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..7 {
            assert_eq!(schedule.on(Event::Woke, now, 0.5), Next::Ask);
            match schedule.on(FAILED, now, 0.5) {
                Next::Wait(wait) => waits.push(wait / 1000),
                other => panic!("{other:?}"),
            }
            now += 400_000;
        }
        assert_eq!(waits, [30, 60, 120, 240, 300, 300, 300]);
        assert_eq!(schedule.on(Event::Woke, now, 0.5), Next::Ask);
        assert_eq!(schedule.on(head(15), now, 0.5), Next::Wait(15_000));
    }

    #[test]
    fn a_host_is_left_alone_for_as_long_as_it_asks() {
        let busy = |seconds: i64| Event::Answered(Answer::Failed { retry_after: Some(seconds * 1000) });
        assert_eq!(started(15).on(busy(120), 0, 0.0), Next::Wait(120_000));
        assert_eq!(started(15).on(busy(120), 0, 1.0), Next::Wait(168_000));
        assert_eq!(started(15).on(busy(1), 0, 0.5), Next::Wait(30_000));
        assert_eq!(started(15).on(busy(1_000_000), 0, 0.0), Next::Wait(3_600_000));
        assert_eq!(started(15).on(busy(-5), 0, 0.5), Next::Wait(30_000));
    }

    #[test]
    fn coming_back_is_no_reason_to_ask_a_host_that_wants_to_be_left_alone() {
        let mut schedule = started(15);
        schedule.on(Event::Woke, 15_000, 0.5);
        schedule.on(Event::Answered(Answer::Failed { retry_after: Some(600_000) }), 15_100, 0.5);
        schedule.on(Event::Hidden, 20_000, 0.5);
        assert_eq!(schedule.on(Event::Shown, 115_100, 0.5), Next::Wait(500_000));
        assert_eq!(schedule.on(Event::Online, 115_200, 0.5), Next::Wait(499_900));
        // The reader's own wish is one, and so is the end of that time.
        assert_eq!(schedule.clone().on(Event::TryNow, 115_300, 0.5), Next::Ask);
        assert_eq!(schedule.on(Event::Shown, 615_200, 0.5), Next::Ask);
    }

    #[test]
    fn nothing_while_hidden_and_one_request_on_return() {
        let mut schedule = started(15);
        assert_eq!(schedule.on(Event::Hidden, 1_000, 0.5), Next::Rest);
        assert_eq!(schedule.on(Event::Woke, 15_000, 0.5), Next::Rest);
        assert_eq!(schedule.on(Event::Online, 20_000, 0.5), Next::Rest);
        let six_hours = 6 * 3_600_000;
        assert_eq!(schedule.on(Event::Shown, six_hours, 0.5), Next::Ask);
        for event in [Event::Woke, Event::Online, Event::Shown, Event::TryNow] {
            assert_eq!(schedule.on(event, six_hours + 10, 0.5), Next::Rest);
        }
        assert_eq!(schedule.on(head(15), six_hours + 300, 0.5), Next::Wait(15_000));
        // A look away of a moment is no reason to ask.
        schedule.on(Event::Hidden, six_hours + 400, 0.5);
        assert_eq!(schedule.on(Event::Shown, six_hours + 900, 0.5), Next::Wait(15_000));
    }

    #[test]
    fn a_request_that_the_machine_slept_through_is_lost() {
        let mut schedule = started(15);
        assert_eq!(schedule.on(Event::Woke, 15_000, 0.5), Next::Ask);
        assert_eq!(schedule.on(Event::TryNow, 20_000, 0.5), Next::Rest);
        assert_eq!(schedule.on(Event::Shown, 3_600_000, 0.5), Next::Ask);
    }

    #[test]
    fn a_clock_that_is_put_a_day_either_way_stops_nothing() {
        for day in [-86_400_000, 86_400_000] {
            let mut schedule = started(15);
            assert_eq!(schedule.on(Event::Woke, day, 0.5), Next::Ask);
            assert_eq!(schedule.on(head(15), day, 0.5), Next::Wait(15_000));
            assert_eq!(schedule.on(Event::Shown, 0, 0.5), Next::Ask);
        }
    }

    #[test]
    fn what_is_over_is_asked_for_on_return_alone() {
        let mut schedule = started(15);
        let over = Event::Answered(Answer::Head { interval: Some(15), goes_on: false });
        assert_eq!(schedule.on(over, 0, 0.5), Next::Rest);
        assert_eq!(schedule.on(Event::Shown, 60_000, 0.5), Next::Ask);
        assert!(matches!(schedule.on(FAILED, 60_100, 0.5), Next::Wait(_)));
    }

    fn any_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            Just(Event::Woke),
            Just(Event::Hidden),
            Just(Event::Shown),
            Just(Event::Online),
            Just(Event::TryNow),
            (proptest::option::of(any::<u32>()), any::<bool>())
                .prop_map(|(interval, goes_on)| Event::Answered(Answer::Head { interval, goes_on })),
            proptest::option::of(any::<i64>())
                .prop_map(|retry_after| Event::Answered(Answer::Failed { retry_after })),
        ]
    }

    proptest! {
        #[test]
        fn never_two_at_a_time_never_hidden_never_too_soon(
            events in proptest::collection::vec((any_event(), 0_i64..9_000, 0.0_f64..=1.0), 0..60)
        ) {
            let mut schedule = Schedule::new(0);
            let (mut now, mut visible, mut under_way) = (0, true, Some(0));
            for (event, passed, chance) in events {
                now += passed;
                match event {
                    Event::Hidden => visible = false,
                    Event::Shown => visible = true,
                    Event::Answered(_) => under_way = None,
                    _ => {}
                }
                match schedule.on(event, now, chance) {
                    Next::Ask => {
                        prop_assert!(visible || event == Event::TryNow);
                        // One that was lost may be followed by another.
                        prop_assert!(under_way.is_none_or(|asked: i64| now - asked >= LOST));
                        under_way = Some(now);
                    }
                    Next::Wait(wait) => {
                        prop_assert!(visible && under_way.is_none());
                        prop_assert!(wait >= 5_000, "{}", wait);
                    }
                    Next::Rest => {}
                }
            }
        }
    }
}

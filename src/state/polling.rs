//! Polling: asking again and again, as a [`Schedule`] says, driven by the browser's clock and by the reader's coming
//! and going.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::timer::{Interval, Timeout};
use crate::browser::visibility::{self, Visibility};
use crate::browser::{Listener, clock};
use crate::follow::{Answer, Event, Next, Schedule};

/// How polling goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollStatus {
    /// All is well.
    Ok,
    /// Nothing came, and it is asked for again just now.
    Asking,
    /// Nothing came, and it is asked for again in so many seconds.
    Waiting {
        /// Until then.
        seconds: u32,
    },
}

/// Asks until it is told to stop, or its owner is gone.
#[derive(Clone, Copy)]
pub struct Poller {
    inner: StoredValue<Inner, LocalStorage>,
    status: RwSignal<PollStatus>,
}

type Ask = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Answer>>>>;

struct Inner {
    schedule: Schedule,
    /// The number of the latest call: one that was lost may answer after the next was made.
    call: u32,
    /// What asks; `None` when polling is over.
    ask: Option<Ask>,
    wait: Option<Timeout>,
    countdown: Option<Interval>,
    listeners: Vec<Listener>,
}

impl Poller {
    /// Calls `ask` whenever it is time to, after a first answer that there is already. With `at_once` the first call
    /// comes at once.
    #[must_use]
    pub fn start<F: Future<Output = Answer> + 'static>(
        first: Answer,
        at_once: bool,
        ask: impl Fn() -> F + 'static,
    ) -> Self {
        let ask: Ask = Rc::new(move || Box::pin(ask()));
        let inner = Inner {
            schedule: Schedule::new(clock::now()),
            call: 0,
            ask: Some(ask),
            wait: None,
            countdown: None,
            listeners: Vec::new(),
        };
        let poller = Self { inner: StoredValue::new_local(inner), status: RwSignal::new(PollStatus::Ok) };
        // Natively nothing is asked for.
        if cfg!(feature = "ssr") {
            return poller;
        }
        let listeners = visibility::watch(move |change| {
            poller.on(match change {
                Visibility::Shown => Event::Shown,
                Visibility::Hidden => Event::Hidden,
                Visibility::Online => Event::Online,
                // It learns of it by asking in vain.
                Visibility::Offline => return,
            });
        });
        poller.inner.update_value(|inner| inner.listeners = listeners);
        poller.on(Event::Answered(first));
        if !visibility::is_visible() {
            poller.on(Event::Hidden);
        } else if at_once {
            poller.on(Event::TryNow);
        }
        poller
    }

    /// Asks no more.
    pub fn stop(self) {
        let ended = self.inner.try_update_value(|inner| {
            (
                inner.ask.take(),
                inner.wait.take(),
                inner.countdown.take(),
                std::mem::take(&mut inner.listeners),
            )
        });
        drop(ended);
    }

    /// Asks now, as the reader wants it.
    pub fn ask_now(self) {
        self.on(Event::TryNow);
    }

    /// How it goes.
    #[must_use]
    pub fn status(self) -> Signal<PollStatus> {
        self.status.into()
    }

    fn on(self, event: Event) {
        let next = self.inner.try_update_value(|inner| {
            let ask = inner.ask.clone()?;
            let next = inner.schedule.on(event, clock::now(), clock::random_unit());
            Some((ask, next, inner.schedule.failures() > 0))
        });
        let Some((ask, next, has_failed)) = next.flatten() else { return };
        match next {
            Next::Ask => self.ask(&ask),
            Next::Wait(millis) => self.wait(millis, has_failed),
            // No more is to come, and the host has said so.
            Next::Rest if !has_failed => self.set_status(PollStatus::Ok),
            Next::Rest => {}
        }
    }

    fn ask(self, ask: &Ask) {
        let Some(call) = self.inner.try_update_value(|inner| {
            inner.wait = None;
            inner.countdown = None;
            inner.call = inner.call.wrapping_add(1);
            inner.call
        }) else {
            return;
        };
        if self.status.get_untracked() != PollStatus::Ok {
            self.set_status(PollStatus::Asking);
        }
        let answer = ask();
        spawn_local(async move {
            let answer = answer.await;
            if self.inner.try_with_value(|inner| inner.call) == Some(call) {
                self.on(Event::Answered(answer));
            }
        });
    }

    fn wait(self, millis: i64, has_failed: bool) {
        let wait = Timeout::new(u32::try_from(millis).unwrap_or(u32::MAX), move || self.on(Event::Woke));
        let countdown = has_failed.then(|| Interval::new(1_000, move || self.count_down()));
        self.inner.try_update_value(|inner| {
            inner.wait = Some(wait);
            inner.countdown = countdown;
        });
        let seconds = u32::try_from(millis / 1_000).unwrap_or(0);
        self.set_status(if has_failed { waiting(seconds) } else { PollStatus::Ok });
    }

    fn count_down(self) {
        if let Some(PollStatus::Waiting { seconds }) = self.status.try_get_untracked() {
            self.set_status(waiting(seconds.saturating_sub(1)));
        }
    }

    fn set_status(self, status: PollStatus) {
        if self.status.try_get_untracked().is_some_and(|old| old != status) {
            self.status.set(status);
        }
    }
}

fn waiting(seconds: u32) -> PollStatus {
    if seconds == 0 { PollStatus::Asking } else { PollStatus::Waiting { seconds } }
}

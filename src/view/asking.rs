//! Asking again and again, as a [`Schedule`] says: driven by the browser's clock, and by the reader's coming and
//! going.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use any_spawner::Executor;
use reactive_graph::prelude::*;
use reactive_graph::signal::ArcRwSignal;

use crate::browser::Listener;
use crate::browser::clock;
use crate::browser::presence::{self, Presence};
use crate::follow::{Answer, Event, Next, Schedule};

/// Asks until it is told to stop. What a call is given knows which call that is.
#[derive(Clone)]
pub struct Asking(Rc<Inner>, u32);

type Ask = Rc<dyn Fn(Asking)>;

struct Inner {
    schedule: RefCell<Schedule>,
    /// Which wait is the one that counts.
    wait: Cell<u32>,
    /// Which call is the one that counts: one that was lost may answer after the next was made.
    call: Cell<u32>,
    /// What asks; `None` when that is over.
    ask: RefCell<Option<Ask>>,
    listeners: RefCell<Vec<Listener>>,
    trouble: ArcRwSignal<u32>,
}

impl Asking {
    /// Calls `ask` whenever it is time to, after a first answer that there is already. To each call belongs one
    /// [`Self::answered`]. With `at_once` the first call comes at once.
    #[must_use]
    pub fn start(first: Answer, at_once: bool, ask: impl Fn(Self) + 'static) -> Self {
        let inner = Inner {
            schedule: RefCell::new(Schedule::new(clock::now())),
            wait: Cell::new(0),
            call: Cell::new(0),
            ask: RefCell::new(Some(Rc::new(ask))),
            listeners: RefCell::new(Vec::new()),
            trouble: ArcRwSignal::new(0),
        };
        let asking = Self(Rc::new(inner), 0);
        let told = asking.clone();
        let listeners = presence::watch(move |presence| {
            told.on(match presence {
                Presence::Shown => Event::Shown,
                Presence::Hidden => Event::Hidden,
                Presence::Online => Event::Online,
                // It learns of it by asking in vain.
                Presence::Offline => return,
            });
        });
        asking.0.listeners.replace(listeners);
        asking.on(Event::Answered(first));
        if !presence::is_shown() {
            asking.on(Event::Hidden);
        } else if at_once {
            asking.on(Event::TryNow);
        }
        asking
    }

    /// Asks no more.
    pub fn stop(&self) {
        self.0.ask.replace(None);
        self.0.listeners.replace(Vec::new());
    }

    /// Whether it was told to stop.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.ask.borrow().is_none()
    }

    /// Takes what asking came to.
    pub fn answered(&self, answer: Answer) {
        if self.1 == self.0.call.get() {
            self.on(Event::Answered(answer));
        }
    }

    /// Asks now, as the reader wants it.
    pub fn now(&self) {
        self.on(Event::TryNow);
    }

    /// Where nothing comes: 1 while asking again, else one more than the seconds until then. 0 where all is
    /// well.
    #[must_use]
    pub fn trouble(&self) -> u32 {
        self.0.trouble.get()
    }

    fn on(&self, event: Event) {
        let Some(ask) = self.0.ask.borrow().clone() else { return };
        let next = self.0.schedule.borrow_mut().on(event, clock::now(), clock::chance());
        match next {
            Next::Ask => {
                self.next_wait();
                if self.0.trouble.get_untracked() > 0 {
                    self.0.trouble.set(1);
                }
                let call = self.0.call.get().wrapping_add(1);
                self.0.call.set(call);
                ask(Self(Rc::clone(&self.0), call));
            }
            Next::Wait(millis) => {
                let wait = self.next_wait();
                let millis = i32::try_from(millis).unwrap_or(i32::MAX);
                let asking = self.clone();
                clock::after(millis, move || {
                    if asking.0.wait.get() == wait {
                        asking.on(Event::Woke);
                    }
                });
                let failed = self.0.schedule.borrow().failures() > 0;
                let seconds = u32::try_from(millis / 1000).unwrap_or(0);
                self.count_down(wait, if failed { seconds + 1 } else { 0 });
            }
            // Nothing more is to come, and it was told so.
            Next::Rest if self.0.schedule.borrow().failures() == 0 => tell(&self.0.trouble, 0),
            Next::Rest => {}
        }
    }

    /// Ends the wait that there is, for another one: its number.
    fn next_wait(&self) -> u32 {
        let wait = self.0.wait.get().wrapping_add(1);
        self.0.wait.set(wait);
        wait
    }

    /// Tells how long it is until the next try.
    fn count_down(&self, wait: u32, left: u32) {
        if self.0.wait.get() != wait || self.is_over() {
            return;
        }
        tell(&self.0.trouble, left);
        if left > 1 {
            let asking = self.clone();
            clock::after(1000, move || asking.count_down(wait, left - 1));
        }
    }
}

/// Sets a signal where that makes a difference.
pub fn tell(signal: &ArcRwSignal<u32>, value: u32) {
    if signal.get_untracked() != value {
        signal.set(value);
    }
}

/// Does something when the page shows what the signals say by now.
pub fn once_drawn(then: impl FnOnce() + 'static) {
    // What follows signals was woken before this, so that it has run when this does.
    Executor::spawn_local(async move { then() });
}

//! Navigation: which screen is shown, the ways to others, and arriving at one.
//!
//! Following a link changes the route at once; arriving waits until the screen has its content. A new screen starts at
//! its top with the focus on its heading, as a new document would; going back restores the place that was left.

use std::sync::Arc;

use leptos::prelude::*;

use crate::browser::{focus, history, page};
use crate::route::Route;

/// How a screen was come to, for what happens once it is there.
#[derive(Clone, Debug, PartialEq)]
enum Arrival {
    /// The tab was opened here: the browser has placed the focus already.
    Opened { top: f64 },
    /// By a link.
    Followed,
    /// Back or forward, to where the reader was.
    Returned { top: f64 },
    /// The screen is there, and leads to a part of itself that it may have to load first.
    Leading,
}

/// The screen that is shown, and the ways to others.
#[derive(Clone, Copy)]
pub struct Navigation {
    route: RwSignal<Route>,
    state: StoredValue<State>,
}

struct State {
    base: String,
    fragment: Option<String>,
    arrival: Option<Arrival>,
    lead: Option<Lead>,
}

/// Leads to what a fragment names, where a screen does that by itself; whether it does for this one. With a
/// distance that is where it is put, from the top of the window.
type Lead = Arc<dyn Fn(&str, Option<f64>) -> bool + Send + Sync>;

impl Navigation {
    /// A navigation that stands at `route`.
    #[must_use]
    pub fn at(base: String, route: Route) -> Self {
        let state = State { base, fragment: None, arrival: None, lead: None };
        Self { route: RwSignal::new(route), state: StoredValue::new(state) }
    }

    /// The screen to show.
    #[must_use]
    pub fn route(self) -> Route {
        self.route.get()
    }

    /// The screen that is shown, without following it.
    #[must_use]
    pub fn current_route(self) -> Route {
        self.route.get_untracked()
    }

    fn arrives(self, arrival: Option<Arrival>) {
        self.state.update_value(|state| state.arrival = arrival);
    }

    /// Takes over the links and the history of this tab.
    pub fn start(self) {
        self.read_address();
        self.arrives(Some(Arrival::Opened { top: history::left_at() }));
        history::on_link(move |address| self.go(address));
        let moved = move |top| {
            self.arrives(Some(Arrival::Returned { top }));
            if !self.read_address() {
                self.arrived();
            }
        };
        history::start(moved, move || self.remember());
    }

    /// Goes to the screen at an absolute address; false where it is none of this publication's.
    pub fn go(self, address: &str) -> bool {
        let Some((path, fragment)) = self.state.with_value(|state| history::below(&state.base, address))
        else {
            return false;
        };
        let route = Route::parse(&path);
        // A file of the edition, say, is the browser's to open.
        if route == Route::Unknown {
            return false;
        }
        self.remember();
        history::push(address);
        self.state.update_value(|state| state.fragment = fragment);
        self.arrives(Some(Arrival::Followed));
        if self.route.get_untracked() == route {
            self.arrived();
        } else {
            self.route.set(route);
        }
        true
    }

    /// Notes where the reader is. Until a screen is arrived at, the page is not where its entry says.
    fn remember(self) {
        if self.state.with_value(|state| state.arrival.is_none()) {
            history::remember_scroll();
        }
    }

    /// The screen and the part of it that the address says.
    fn address_says(self) -> (Route, Option<String>) {
        let below = self.state.with_value(|state| history::below(&state.base, &history::here()));
        let (path, fragment) = below.unwrap_or_default();
        (Route::parse(&path), fragment)
    }

    /// Whether the tab was opened at a screen of the reader's own.
    #[must_use]
    pub fn opens_own(self) -> bool {
        self.address_says().0.is_own()
    }

    /// The part of the screen that the address names.
    #[must_use]
    pub fn fragment(self) -> Option<String> {
        self.state.with_value(|state| state.fragment.clone())
    }

    /// Shows what the address says; whether that is another screen than before.
    pub fn read_address(self) -> bool {
        let (route, fragment) = self.address_says();
        self.state.update_value(|state| state.fragment = fragment);
        let other = self.route.get_untracked() != route;
        if other {
            self.route.set(route);
        }
        other
    }

    /// The reader is here already, and has moved on this page: arriving does nothing to their place.
    pub fn stay(self) {
        self.arrives(None);
    }

    /// To be called when a screen has something on it; does what is due on arriving, once.
    pub fn arrived(self) {
        let due = self.state.try_update_value(|state| Some((state.arrival.take()?, state.fragment.clone())));
        let Some((arrival, fragment)) = due.flatten() else { return };
        match arrival {
            Arrival::Leading => self.arrives(Some(Arrival::Leading)),
            Arrival::Returned { top } => {
                self.return_to(top);
                focus::focus("main h1");
            }
            Arrival::Opened { top } if top > 0.0 => self.return_to(top),
            Arrival::Opened { .. } => {
                if let Some(id) = fragment {
                    self.show(&id);
                }
            }
            Arrival::Followed => {
                if !fragment.is_some_and(|id| self.show(&id)) {
                    page::scroll_to(0.0);
                    focus::focus("main h1");
                }
            }
        }
    }

    /// Has `lead` lead to fragments, for as long as what owns the screen is there. It calls
    /// [`found`](Self::found) later, when it has.
    pub fn lead(self, lead: impl Fn(&str, Option<f64>) -> bool + Send + Sync + 'static) {
        let lead: Lead = Arc::new(lead);
        self.state.update_value(|state| state.lead = Some(lead));
        on_cleanup(move || self.state.update_value(|state| state.lead = None));
    }

    fn show(self, fragment: &str) -> bool {
        self.led(fragment, None) || focus::show_fragment(fragment)
    }

    fn led(self, fragment: &str, at: Option<f64>) -> bool {
        // It may come back here.
        let lead = self.state.with_value(|state| state.lead.clone());
        let led = lead.is_some_and(|lead| lead(fragment, at));
        if led {
            self.arrives(Some(Arrival::Leading));
        }
        led
    }

    /// To be called when a screen stands where it was led to, or has given that up.
    pub fn found(self) {
        self.state.update_value(|state| {
            if state.arrival == Some(Arrival::Leading) {
                state.arrival = None;
            }
        });
    }

    /// Goes back to where this entry was left.
    fn return_to(self, top: f64) {
        let part = history::part_left_at();
        if !part.is_some_and(|(part, at)| self.led(&part, Some(at))) {
            page::scroll_to(top);
        }
    }

    /// The absolute address of a screen, to be passed on.
    #[must_use]
    pub fn address(self, route: &Route) -> String {
        let href = route.href();
        self.state.with_value(|state| format!("{}{}", state.base, href.strip_prefix("./").unwrap_or(&href)))
    }
}

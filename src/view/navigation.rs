//! Going from screen to screen, and arriving.
//!
//! Going changes the route at once; arriving waits for the screen to have something on it. A new screen
//! starts at its top with the focus on its heading, as a new document would; going back finds the place
//! that was left.

use reactive_graph::owner::StoredValue;
use reactive_graph::prelude::*;
use reactive_graph::signal::{ReadSignal, RwSignal};

use crate::browser::{history, page};
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
}

/// The screen that is shown, and the ways to others.
#[derive(Clone, Copy)]
pub struct Navigation {
    route: RwSignal<Route>,
    base: StoredValue<String>,
    fragment: StoredValue<Option<String>>,
    arrival: StoredValue<Option<Arrival>>,
}

impl Navigation {
    /// A navigation that stands at `route`.
    #[must_use]
    pub fn at(base: String, route: Route) -> Self {
        Self {
            route: RwSignal::new(route),
            base: StoredValue::new(base),
            fragment: StoredValue::new(None),
            arrival: StoredValue::new(None),
        }
    }

    /// The screen to show.
    #[must_use]
    pub fn route(self) -> ReadSignal<Route> {
        self.route.read_only()
    }

    /// Takes over the links and the history of this tab.
    pub fn start(self) {
        self.read_address();
        self.arrival.set_value(Some(Arrival::Opened { top: history::left_at() }));
        history::on_link(move |address| self.follow(address));
        let moved = move |top| {
            self.arrival.set_value(Some(Arrival::Returned { top }));
            if !self.read_address() {
                self.arrived();
            }
        };
        history::start(moved, move || self.remember());
    }

    /// Goes to the screen at an absolute address; false where it is none of this publication's.
    fn follow(self, address: &str) -> bool {
        let Some((path, fragment)) = self.base.with_value(|base| history::below(base, address)) else {
            return false;
        };
        let route = Route::parse(&path);
        // A file of the edition, say, is the browser's to open.
        if route == Route::Unknown {
            return false;
        }
        self.remember();
        history::push(address);
        self.fragment.set_value(fragment);
        self.arrival.set_value(Some(Arrival::Followed));
        if self.route.get_untracked() == route {
            self.arrived();
        } else {
            self.route.set(route);
        }
        true
    }

    /// Notes where the reader is. Until a screen is arrived at, the page is not where its entry says.
    fn remember(self) {
        if self.arrival.with_value(Option::is_none) {
            history::remember_scroll();
        }
    }

    /// Shows what the address says; whether that is another screen than before.
    fn read_address(self) -> bool {
        let below = self.base.with_value(|base| history::below(base, &history::here()));
        let (path, fragment) = below.unwrap_or_default();
        self.fragment.set_value(fragment);
        let route = Route::parse(&path);
        let other = self.route.get_untracked() != route;
        if other {
            self.route.set(route);
        }
        other
    }

    /// To be called when a screen has something on it; does what is due on arriving, once.
    pub fn arrived(self) {
        let Some(arrival) = self.arrival.try_update_value(Option::take).flatten() else { return };
        let fragment = self.fragment.get_value();
        match arrival {
            Arrival::Returned { top } => {
                page::scroll_to(top);
                page::focus("main h1");
            }
            Arrival::Opened { top } if top > 0.0 => page::scroll_to(top),
            Arrival::Opened { .. } => {
                if let Some(id) = fragment {
                    page::show_fragment(&id);
                }
            }
            Arrival::Followed => {
                if !fragment.is_some_and(|id| page::show_fragment(&id)) {
                    page::scroll_to(0.0);
                    page::focus("main h1");
                }
            }
        }
    }

    /// The absolute address of a screen, to be passed on.
    #[must_use]
    pub fn address(self, route: &Route) -> String {
        let href = route.href();
        self.base.with_value(|base| format!("{base}{}", href.strip_prefix("./").unwrap_or(&href)))
    }
}

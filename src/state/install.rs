//! Whether and how a reader is offered to install the newspaper as an app: not before they have come back, and never
//! again once they said no.

use leptos::prelude::*;

use super::AppContext;
use super::notices::Notice;
use crate::browser::install::{self, InstallPrompt};
use crate::browser::{clock, storage};
use crate::reading::{Action, Preference, publication, visits_name};

/// The visit from which on there is an offer.
const FROM_VISIT: u32 = 2;
/// What is opened sooner than this after the last time is still the same visit, in minutes.
const SAME_VISIT: u32 = 30;

/// How often a reader has come, counting this time, and what to keep of it: that, and in which minute since 1970 they did
/// last.
#[must_use]
pub fn visit(kept: Option<&str>, now: u32) -> (u32, String) {
    let numbers = kept.and_then(|kept| kept.split_once(' '));
    let before: Option<(u32, u32)> =
        numbers.and_then(|(count, last)| Some((count.parse().ok()?, last.parse().ok()?)));
    let count = match before {
        // A clock that was put back makes no visit.
        Some((count, last)) if now < last.saturating_add(SAME_VISIT) => count,
        Some((count, _)) => count.saturating_add(1),
        None => 1,
    };
    (count, format!("{count} {now}"))
}

/// Whether to offer it.
#[must_use]
pub fn is_due(visits: u32, was_refused: bool) -> bool {
    visits >= FROM_VISIT && !was_refused
}

/// Counts this visit, and offers to install the app when that is due and the browser can do it.
pub fn start(app: AppContext) {
    let name = visits_name(&publication(&app.library.base()));
    let minute = u32::try_from(clock::now() / 60_000).unwrap_or_default();
    let (visits, kept) = visit(storage::get(&name).ok().flatten().as_deref(), minute);
    // Where nothing can be stored, every visit is the first, and nothing is offered.
    let _ = storage::set(&name, &kept);
    if !is_due(visits, app.reading.preferences().get_untracked().install_dismissed) {
        // The browser is kept from asking by itself all the same.
        install::on_offer(|_| {});
        return;
    }
    let refused = move || {
        app.reading.dispatch(Action::Preferred(Preference::InstallDismissed(true)));
    };
    // One offer is enough.
    if install::is_by_menu() {
        install::on_offer(|_| {});
        let words = "To have this newspaper as an app: press Share, then Add to Home Screen.";
        app.notices.show(Notice::new(words).on_dismiss(refused));
        return;
    }
    let prompt = StoredValue::new_local(None::<InstallPrompt>);
    install::on_offer(move |offered| {
        let is_first = prompt.with_value(Option::is_none);
        prompt.set_value(Some(offered));
        if is_first {
            let ask = move || {
                if let Some(prompt) = prompt.try_update_value(Option::take).flatten() {
                    prompt.ask();
                }
            };
            let offer = Notice::new("This newspaper can be an app on this device, to be read anywhere.");
            app.notices.show(offer.with_action("Install", ask).on_dismiss(refused));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_are_counted_and_reloads_are_not() {
        let minutes = |count: u32| 29_000_000 + count;
        let (count, kept) = visit(None, minutes(0));
        assert_eq!(count, 1);
        let (count, kept) = visit(Some(&kept), minutes(10));
        assert_eq!(count, 1);
        // Each time counts from the last one: a long sitting is one visit.
        let (count, kept) = visit(Some(&kept), minutes(35));
        assert_eq!(count, 1);
        let (count, kept) = visit(Some(&kept), minutes(65));
        assert_eq!(count, 2);
        assert_eq!(visit(Some(&kept), minutes(0)).0, 2);
    }

    #[test]
    fn what_makes_no_sense_is_a_first_visit() {
        for kept in ["", "2", "two 5", "2 five", "-1 0", "99999999999 0"] {
            assert_eq!(visit(Some(kept), 0).0, 1, "{kept}");
        }
        assert_eq!(visit(Some("4294967295 0"), SAME_VISIT).0, u32::MAX);
    }

    #[test]
    fn an_offer_comes_after_a_return_and_not_after_a_no() {
        assert!(!is_due(1, false));
        assert!(is_due(2, false));
        assert!(is_due(30, false));
        assert!(!is_due(30, true));
    }
}

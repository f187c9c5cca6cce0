//! Moments, in the reader's own zone and language.

use leptos::prelude::*;

use crate::browser::intl::{self, TimeStyle};
use crate::content::Timestamp;
use crate::state::use_app;

/// A moment. It is rendered in UTC, the same for all readers, and written in their own words by their browser.
#[component]
pub fn Time(
    /// The moment.
    at: Timestamp,
    /// How much of it to write.
    style: TimeStyle,
) -> impl IntoView {
    let zone = use_app().clock.zone;
    move || {
        let own = zone.with(|zone| intl::format_time(at.millis(), style, zone.as_deref()));
        let (words, lang) = match own {
            Some((words, language)) => (words, Some(language)),
            None => (in_utc(at, style), None),
        };
        view! { <time datetime=at.to_rfc3339() data-as=style.letter() lang=lang>{words}</time> }
    }
}

fn in_utc(at: Timestamp, style: TimeStyle) -> String {
    match style {
        TimeStyle::Full | TimeStyle::Clock | TimeStyle::DayAndClock => at.in_words(),
        TimeStyle::Day | TimeStyle::Short => at.day_in_words(),
    }
}

/// How long ago a moment of this last hour was; nothing for what is older. It follows the clock.
#[component]
pub fn Ago(
    /// The moment.
    at: Timestamp,
) -> impl IntoView {
    let now = use_app().clock.now;
    // What is older when it is first shown stays so, and needs no clock.
    minutes_ago(at, now.get_untracked()).map(|_| {
        let minutes = Memo::new(move |_| minutes_ago(at, now.get()));
        move || minutes.get().map(|minutes| view! { <span class="ago">{ago_in_words(minutes)}</span> })
    })
}

/// How many minutes ago a moment was. `None` for what is older than an hour, and where a clock is wrong.
fn minutes_ago(at: Timestamp, now: Timestamp) -> Option<u32> {
    let minutes = (now.millis() - at.millis()).div_euclid(60_000);
    u32::try_from(minutes).ok().filter(|minutes| *minutes < 60)
}

fn ago_in_words(minutes: u32) -> String {
    intl::ago(minutes).unwrap_or_else(|| format!("{minutes} min ago"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ago_is_for_the_last_hour_alone() {
        let now = Timestamp::from_millis(10_000_000);
        let ago = |millis: i64| minutes_ago(Timestamp::from_millis(10_000_000 - millis), now);
        assert_eq!(ago(0), Some(0));
        assert_eq!(ago(119_999), Some(1));
        assert_eq!(ago(59 * 60_000 + 59_999), Some(59));
        assert_eq!(ago(60 * 60_000), None);
        assert_eq!(ago(-1), None, "the reader's clock is behind");
    }
}

//! Moments, in the reader's own zone and language.

use crate::browser::intl::{self, TimeStyle};
use crate::browser::page::set_text;
use crate::content::Timestamp;
use crate::view::html::{Node, el};

/// A moment. It is written in UTC, the same everywhere, and put into the reader's words by their browser.
#[must_use]
pub fn time(at: Timestamp, style: TimeStyle) -> Node {
    let plain = match style {
        TimeStyle::Full | TimeStyle::Clock | TimeStyle::DayAndClock => at.in_words(),
        TimeStyle::Day | TimeStyle::Short => at.day_in_words(),
    };
    el("time")
        .attr("datetime", at.to_rfc3339())
        .maybe("data-zone", intl::zone())
        .maybe("data-as", style.letter())
        .child(plain)
        .on_built(move |element| {
            if let Some((words, language)) = intl::words(at.millis(), style) {
                set_text(element, &words, &language);
            }
        })
        .into()
}

/// How long ago a moment of this last hour was. It ticks, while it is in view; nothing for what is older.
#[must_use]
pub fn ago(at: Timestamp, now: Timestamp) -> Option<Node> {
    let words = ago_in_words(minutes_ago(at, now)?);
    Some(el("span").class("ago").attr("data-at", at.millis().to_string()).child(words).into())
}

/// What an element that [`ago`] made says now, by what it keeps of its moment. Empty for what is older than an
/// hour by now, and where a clock is wrong.
#[must_use]
pub fn ago_now(at: &str, now: Timestamp) -> String {
    let minutes = at.parse().ok().and_then(|at| minutes_ago(Timestamp::from_millis(at), now));
    minutes.map(ago_in_words).unwrap_or_default()
}

fn minutes_ago(at: Timestamp, now: Timestamp) -> Option<u32> {
    let minutes = (now.millis() - at.millis()).div_euclid(60_000);
    u32::try_from(minutes).ok().filter(|minutes| *minutes < 60)
}

fn ago_in_words(minutes: u32) -> String {
    intl::ago(minutes).unwrap_or_else(|| format!("{minutes} min ago"))
}

//! Moments, in the reader's own zone and language.

use crate::browser::intl::{self, TimeStyle};
use crate::browser::page::set_text;
use crate::content::Timestamp;
use crate::view::html::{Node, el};

/// A moment. It is written in UTC, the same everywhere, and put into the reader's words by their browser.
#[must_use]
pub fn time(at: Timestamp, style: TimeStyle) -> Node {
    let plain = match style {
        TimeStyle::Full => at.in_words(),
        TimeStyle::Day | TimeStyle::Short => at.day_in_words(),
    };
    el("time")
        .attr("datetime", at.to_rfc3339())
        .child(plain)
        .on_built(move |element| {
            if let Some((words, language)) = intl::words(at.millis(), style) {
                set_text(element, &words, &language);
            }
        })
        .into()
}

//! Moments, in the reader's own zone and language.

use leptos::html;
use leptos::prelude::*;

use crate::browser::intl::{self, TimeStyle};
use crate::content::Timestamp;

/// A moment. It is written in UTC first, the same everywhere, and put into the reader's words once it is
/// on the page.
#[component]
pub fn Time(at: Timestamp, style: TimeStyle) -> impl IntoView {
    let element = NodeRef::<html::Time>::new();
    Effect::new(move || {
        let Some(element) = element.get() else { return };
        if let Some((words, language)) = intl::words(at.millis(), style) {
            element.set_text_content(Some(&words));
            // Refused only for a name that is no attribute's.
            let _ = element.set_attribute("lang", &language);
        }
    });
    let plain = match style {
        TimeStyle::Full | TimeStyle::Clock => at.in_words(),
        TimeStyle::Day | TimeStyle::Short => at.day_in_words(),
    };
    view! { <time datetime=at.to_rfc3339() node_ref=element>{plain}</time> }
}

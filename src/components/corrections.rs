//! What was wrong in a story.

use std::sync::Arc;

use leptos::prelude::*;

use super::language::story_lang;
use super::text::Text;
use super::time::Time;
use crate::browser::intl::TimeStyle;
use crate::content::Story;

/// The corrections of a story, if it has any. They stand before anything else.
#[component]
pub fn Corrections(
    /// The story.
    story: Arc<Story>,
) -> impl IntoView {
    let title = match story.corrections.len() {
        0 => return None,
        1 => "Correction",
        _ => "Corrections",
    };
    let lang = story_lang(&story);
    let items = story
        .corrections
        .iter()
        .map(|correction| {
            view! {
                <li>
                    <span class="time-line correction-time">
                        <Time at=correction.time style=TimeStyle::Full/>
                    </span>
                    " "
                    <span lang=lang.clone()><Text text=correction.text.clone()/></span>
                </li>
            }
        })
        .collect_view();
    Some(view! {
        <section class="corrections" aria-label=title>
            <p class="corrections-title">{title}</p>
            <ul class="corrections-list">{items}</ul>
        </section>
    })
}

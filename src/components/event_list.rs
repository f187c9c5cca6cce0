//! Key events of a live blog, a line each.

use std::sync::Arc;

use leptos::prelude::*;

use super::language::story_lang;
use super::plural::counted;
use super::post::moment_style;
use super::time::Time;
use crate::content::Story;
use crate::content::live::PostSummary;
use crate::route::Route;
use crate::state::use_app;

/// How many are listed before the reader asks for the rest.
const FEW: usize = 6;

/// Key events, newest first: a few, and the rest behind a fold.
#[component]
pub fn EventList(
    /// The live blog.
    story: Arc<Story>,
    /// Its key events, newest first.
    events: Vec<PostSummary>,
) -> impl IntoView {
    let mut first = events.into_iter().map(|event| event_line(&story, &event)).collect::<Vec<_>>();
    let rest = first.split_off(first.len().min(FEW));
    let more = (!rest.is_empty()).then(|| {
        let words = counted(rest.len(), "earlier event", "earlier events");
        view! { <details><summary>{words}</summary><ul class="events">{rest}</ul></details> }
    });
    view! {
        <ul class="events">{first}</ul>
        {more}
    }
}

fn event_line(story: &Story, event: &PostSummary) -> AnyView {
    let style = moment_style(event.time, use_app().clock.now.get_untracked());
    view! {
        <li>
            <span class="event-time"><Time at=event.time style/></span>
            " "
            <a href=Route::post_href(&story.id, event.post)>
                <span lang=story_lang(story)>{event.title.clone()}</span>
            </a>
        </li>
    }
    .into_any()
}

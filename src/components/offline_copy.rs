//! What of a saved story is on this device, to be read without a network.

use leptos::prelude::*;

use crate::browser::focus;
use crate::content::StoryId;
use crate::state::offline::OfflineCopy;
use crate::state::use_app;

/// What there is to say of a saved story's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Copy {
    /// They are all there.
    Complete,
    /// Some are missing.
    Incomplete,
    /// It is not known, or this browser keeps none.
    Unknown,
}

impl Copy {
    fn of(copy: Option<OfflineCopy>) -> Self {
        match copy {
            Some(OfflineCopy::Complete) => Self::Complete,
            Some(OfflineCopy::None | OfflineCopy::Partial { .. }) => Self::Incomplete,
            None | Some(OfflineCopy::Unavailable) => Self::Unknown,
        }
    }
}

/// What of a saved story is on this device; with a button that downloads what is missing.
#[component]
pub fn OfflineCopyStatus(
    /// The story.
    story: StoryId,
) -> impl IntoView {
    let copies = use_app().offline.copies();
    let own = story.clone();
    let copy = Memo::new(move |_| {
        copies.with(|copies| Copy::of(copies.iter().find(|(other, _)| *other == own).map(|(_, copy)| *copy)))
    });
    move || match copy.get() {
        Copy::Complete => "Saved for offline".into_any(),
        Copy::Incomplete => view! { <DownloadButton story=story.clone()/> }.into_any(),
        Copy::Unknown => ().into_any(),
    }
}

/// Downloads what is missing of a saved story, and says how that goes.
#[component]
fn DownloadButton(story: StoryId) -> impl IntoView {
    let app = use_app();
    let status = app.offline.status(&story);
    let download = move |_| {
        let own = story.clone();
        app.actions.download(story.clone(), move || {
            // The button goes when all is there: the focus is not to be lost with it.
            if focus::focused("data-story").is_some_and(|focused| focused == own.as_str()) {
                focus::focus(&format!("[data-story=\"{own}\"] a"));
            }
        });
    };
    view! {
        <button type="button" class="button button-plain" on:click=download>"Download again"</button>
        <span role="status">
            {move || status.get().message().map(|message| view! { " " {message} })}
        </span>
    }
}

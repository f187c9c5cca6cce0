//! The screen of a story: an article, or live coverage.

use leptos::prelude::*;

use super::article::ArticlePage;
use super::live::LivePage;
use crate::components::load_view::LoadView;
use crate::content::StoryId;
use crate::state::use_app;

/// A story, as soon as it is there.
#[component]
pub fn StoryPage(
    /// The story.
    id: StoryId,
) -> impl IntoView {
    let load = use_app().library.story(&id);
    let just_loaded = load.get_untracked().is_waiting();
    view! {
        <LoadView load what="this story" story=id let:story>
            {match &story.live {
                Some(_) => view! { <LivePage story just_loaded/> }.into_any(),
                None => view! { <ArticlePage story/> }.into_any(),
            }}
        </LoadView>
    }
}

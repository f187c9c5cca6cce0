//! The foot of a story: what stands under it and belongs to it.

use std::sync::Arc;

use leptos::prelude::*;

use super::language::story_lang;
use super::read_button::ReadButton;
use super::related::{Related, destination};
use super::titled_section::TitledSection;
use crate::content::Story;

/// The button that marks the story read, related links, tags, and where it was first published.
#[component]
pub fn StoryFooter(
    /// The story.
    story: Arc<Story>,
) -> impl IntoView {
    let lang = story_lang(&story);
    let tags = story.tags.iter().map(|tag| view! { <li>{tag.clone()}</li> }).collect_view();
    let tags = (!tags.is_empty())
        .then(|| view! { <ul class="tags" lang=lang.clone() aria-label="Tags">{tags}</ul> });
    let canonical = story.canonical.as_ref().map(|href| {
        let host = href.host().unwrap_or("its own address").to_owned();
        let href = href.as_str().to_owned();
        view! { <p class="canonical"><bdi>"First published on " <a href=href>{host}</a></bdi></p> }
    });
    view! {
        <footer class="story-foot">
            <ReadButton id=story.id.clone()/>
            <RelatedStories story/>
            {tags}
            {canonical}
        </footer>
    }
    .into_any()
}

/// The related links that lead somewhere.
#[component]
fn RelatedStories(story: Arc<Story>) -> impl IntoView {
    let links: Vec<_> = story.related.iter().map(|link| (link.headline.clone(), destination(link))).collect();
    let lang = story_lang(&story);
    move || {
        let links = links.iter().filter(|(_, destination)| destination.with(|(target, _)| target.is_some()));
        let items = links
            .map(|(headline, destination)| {
                view! { <li><Related headline=headline.clone() destination=*destination/></li> }
            })
            .collect_view();
        (!items.is_empty()).then(|| {
            let list = view! { <ul lang=lang.clone()>{items}</ul> };
            view! { <TitledSection class="story-related" title="Related stories">{list}</TitledSection> }
        })
    }
}

//! The foot of a story: what stands under it and belongs to it.

use std::sync::Arc;

use leptos::prelude::*;

use super::language::story_lang;
use super::read_button::ReadButton;
use super::related::{Related, leads_somewhere};
use super::titled_section::TitledSection;
use crate::content::Story;

/// The button that marks the story read, related links, tags, and where it was first published.
#[component]
pub fn StoryFooter(
    /// The story.
    story: Arc<Story>,
) -> impl IntoView {
    let lang = story_lang(&story);
    let related = {
        let (story, lang) = (Arc::clone(&story), lang.clone());
        let leads: Vec<_> = story.related.iter().map(leads_somewhere).collect();
        move || {
            let links = story.related.iter().zip(&leads).filter(|(_, leads)| leads.get());
            let links = links.map(|(link, _)| view! { <li><Related link=link.clone()/></li> }).collect_view();
            (!links.is_empty()).then(|| {
                let list = view! { <ul lang=lang.clone()>{links}</ul> };
                view! { <TitledSection class="story-related" title="Related stories">{list}</TitledSection> }
            })
        }
    };
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
            {related}
            {tags}
            {canonical}
        </footer>
    }
    .into_any()
}

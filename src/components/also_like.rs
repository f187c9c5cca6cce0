//! Other stories, under a story.

use std::sync::Arc;

use leptos::prelude::*;

use super::language::{publication_dir, publication_lang};
use super::teaser::{Teaser, Weight};
use super::titled_section::TitledSection;
use crate::content::Story;
use crate::state::use_app;

/// How many are offered.
const MOST: usize = 4;

/// Other stories that a reader of this one may like, once the edition is there.
#[component]
pub fn AlsoLike(
    /// The story.
    story: Arc<Story>,
) -> impl IntoView {
    let library = use_app().library;
    move || {
        let edition = library.loaded_edition()?;
        let teasers = edition.also_like(&story, MOST);
        let items = teasers
            .into_iter()
            .map(|teaser| view! { <li><Teaser teaser weight=Weight::River/></li> })
            .collect_view();
        let (lang, dir) = (publication_lang(&edition.publication), publication_dir(&edition.publication));
        (!items.is_empty()).then(|| {
            view! {
                <TitledSection class="also-like" title="You may also like">
                    <ul class="river-stories" lang=lang dir=dir>{items}</ul>
                </TitledSection>
            }
        })
    }
}

//! A link to another story.

use leptos::either::Either;
use leptos::prelude::*;

use super::teaser::Live;
use crate::content::{Edition, RelatedLink, Target};
use crate::route::Route;
use crate::state::use_app;

/// Whether a link leads anywhere, as far as is known. One that does not is left out.
#[must_use]
pub fn leads_somewhere(link: &RelatedLink) -> Memo<bool> {
    let (library, link) = (use_app().library, link.clone());
    Memo::new(move |_| resolve(library.loaded_edition().as_deref(), &link).0.is_some())
}

/// A link to another story. What it leads to may become known only when the edition arrives.
#[component]
pub fn Related(
    /// The link, as it stands in the story.
    link: RelatedLink,
) -> impl IntoView {
    let library = use_app().library;
    let headline = link.headline.clone();
    let known = Memo::new(move |_| resolve(library.loaded_edition().as_deref(), &link));
    let content = move || {
        let (target, is_live) = known.get();
        let href = target.map(|target| match target {
            Target::Story(id) => Route::Story(id).href(),
            Target::Elsewhere(href) => href.as_str().to_owned(),
        });
        let words = headline.clone();
        let link = match href {
            Some(href) => Either::Left(view! { <a href=href>{words}</a> }),
            None => Either::Right(view! { <span>{words}</span> }),
        };
        view! { {is_live.then(|| view! { <Live/> })} " " {link} }
    };
    view! { <span class="related">{content}</span> }
}

/// What a related link leads to, and whether that is live, as far as is known without an edition or with it.
fn resolve(edition: Option<&Edition>, link: &RelatedLink) -> (Option<Target>, bool) {
    match edition {
        Some(edition) => (edition.target(link), edition.is_live(link)),
        None => {
            let story = link.story.clone().map(Target::Story);
            (story.or_else(|| link.href.clone().map(Target::Elsewhere)), link.live)
        }
    }
}

//! A link to another story.

use leptos::prelude::*;

use super::teaser::Live;
use crate::content::{Edition, RelatedLink, Target};
use crate::route::Route;
use crate::state::use_app;

/// What a link leads to, and whether that is live.
pub type Destination = (Option<Target>, bool);

/// What a link leads to, as far as is known: more may be when the edition arrives. A link that leads nowhere is left out.
#[must_use]
pub fn destination(link: &RelatedLink) -> Memo<Destination> {
    let (library, link) = (use_app().library, link.clone());
    Memo::new(move |_| resolve(library.loaded_edition().as_deref(), &link))
}

/// A link to another story; nothing where it leads nowhere.
#[component]
pub fn Related(
    /// Its words.
    headline: String,
    /// What it leads to.
    destination: Memo<Destination>,
) -> impl IntoView {
    let content = move || {
        let (target, is_live) = destination.get();
        let href = match target? {
            Target::Story(id) => Route::Story(id).href(),
            Target::Elsewhere(href) => href.as_str().to_owned(),
        };
        let words = headline.clone();
        Some(view! { {is_live.then(|| view! { <Live/> })} " " <a href=href>{words}</a> })
    };
    view! { <span class="related">{content}</span> }
}

/// What a related link leads to, and whether that is live, as far as is known without an edition or with it.
fn resolve(edition: Option<&Edition>, link: &RelatedLink) -> Destination {
    match edition {
        Some(edition) => (edition.target(link), edition.is_live(link)),
        None => {
            let story = link.story.clone().map(Target::Story);
            (story.or_else(|| link.href.clone().map(Target::Elsewhere)), link.live)
        }
    }
}

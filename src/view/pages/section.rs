//! The stories of one section.

use std::sync::Arc;

use crate::content::{Edition, Section, SectionId, Teaser};
use crate::view::html::{Node, dynamic, el, many};
use crate::view::library::Library;
use crate::view::own;
use crate::view::parts::as_publication;
use crate::view::parts::state::{arriving, loading, not_found};
use crate::view::parts::teaser::{Weight, teaser};

/// A section, as soon as its edition is there; with `unread_only` those of its stories that the reader has not read.
#[must_use]
pub fn section(library: Library, id: SectionId, unread_only: bool) -> Node {
    let screen = loading(
        library.edition(),
        "this section",
        move || library.load_edition(),
        move |edition| section_page(&edition, &id, unread_only),
    );
    many([screen, own::following_edition(library)])
}

/// A section of an edition.
#[must_use]
pub fn section_page(edition: &Edition, id: &SectionId, unread_only: bool) -> Node {
    let Some(section) = edition.section(id) else { return not_found() };
    let publication = &edition.publication;
    arriving(&format!("{} · {}", section.name, publication.name));
    let head = el("div")
        .class("section-head")
        .child(el("h1").class("section-name").attr("tabindex", "-1").child(section.name.clone()))
        .child(own::section_controls(section, unread_only));
    let empty = section
        .teasers
        .is_empty()
        .then(|| el("p").attr("lang", "en").child("There is nothing in this section yet."));
    as_publication(el("div").class("section"), publication)
        .child(head)
        .child(el("h2").class("visually-hidden").attr("lang", "en").child("Stories"))
        .child(empty)
        .child(stories(section, unread_only))
        .into()
}

/// The stories: all, or the unread ones. Which are unread is asked when the list is made, so that
/// none goes from under the reader's eyes when it is marked.
fn stories(section: &Section, unread_only: bool) -> Node {
    let teasers = section.teasers.clone();
    dynamic(move || {
        let is_wanted = |story: &Teaser| !unread_only || !own::is_read(&story.id);
        let wanted: Vec<&Teaser> = teasers.iter().map(Arc::as_ref).filter(|story| is_wanted(story)).collect();
        if wanted.is_empty() && !teasers.is_empty() {
            return el("p").attr("lang", "en").child("You have read everything here.").into();
        }
        let stories = wanted.into_iter().enumerate().map(|(at, story)| {
            let weight = if at == 0 { Weight::Second } else { Weight::River };
            el("li").child(teaser(story, weight)).into()
        });
        el("ul").class("river-stories").children(stories).into()
    })
}

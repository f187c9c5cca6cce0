//! The stories of one section.

use crate::content::{Edition, SectionId};
use crate::view::html::{Node, el};
use crate::view::library::Library;
use crate::view::parts::state::{arriving, loading, not_found};
use crate::view::parts::teaser::{Weight, teaser};
use crate::view::parts::{dir, lang};

/// A section, as soon as its edition is there.
#[must_use]
pub fn section(library: Library, id: SectionId) -> Node {
    loading(
        library.edition(),
        "this section",
        move || library.load_edition(),
        move |edition| section_page(&edition, &id),
    )
}

/// A section of an edition.
#[must_use]
pub fn section_page(edition: &Edition, id: &SectionId) -> Node {
    let Some(section) = edition.section(id) else { return not_found() };
    let publication = &edition.publication;
    arriving(&format!("{} · {}", section.name, publication.name));
    let stories = section.teasers.iter().enumerate().map(|(at, story)| {
        let weight = if at == 0 { Weight::Second } else { Weight::River };
        el("li").child(teaser(story, weight)).into()
    });
    let empty = section
        .teasers
        .is_empty()
        .then(|| el("p").attr("lang", "en").child("There is nothing in this section yet."));
    el("div")
        .class("section")
        .maybe("lang", lang(publication.language.as_ref()))
        .maybe("dir", dir(publication.runs()))
        .child(el("h1").class("section-name").attr("tabindex", "-1").child(section.name.clone()))
        .child(el("h2").class("visually-hidden").attr("lang", "en").child("Stories"))
        .child(empty)
        .child(el("ul").class("river-stories").children(stories))
        .into()
}

//! A picture that keeps its place before it has arrived.

use super::text::text;
use crate::browser::page;
use crate::content::Picture;
use crate::route::in_edition;
use crate::view::html::{Node, el, nothing};

/// How a picture is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loading {
    /// At once: it is what the page opens with.
    Eager,
    /// When it comes near.
    Lazy,
}

/// The picture alone. `sizes` is how wide it is set, as the attribute of that name takes it.
#[must_use]
pub fn image(picture: &Picture, sizes: &'static str, loading: Loading) -> Node {
    let Some(fallback) = picture.fallback() else { return nothing() };
    let mut candidates = String::new();
    for source in &picture.sources {
        let url = in_edition(&source.url);
        // An address with a space or comma would be cut in two.
        if let Some(width) = source.width.filter(|width| *width > 0 && !url.contains([' ', ','])) {
            let comma = if candidates.is_empty() { "" } else { ", " };
            candidates.push_str(&format!("{comma}{url} {width}w"));
        }
    }
    let (width, height) = picture.size().unzip();
    // The first picture, where it is there, is painted with the words around it and not a frame later.
    let (loading, priority, decoding) = match loading {
        Loading::Eager => ("eager", Some("high"), None),
        Loading::Lazy => ("lazy", None, Some("async")),
    };
    let choice =
        Some(candidates).filter(|_| picture.sources.len() > 1).filter(|candidates| !candidates.is_empty());
    let image = match &picture.color {
        Some(color) => {
            let color = color.as_str().to_owned();
            el("img").attr("data-color", color.clone()).on_built(move |image| page::tint(image, &color))
        }
        None => el("img"),
    };
    // What it has to know to choose and to load comes before the address, which sets it going.
    image
        .attr("loading", loading)
        .maybe("decoding", decoding)
        .maybe("fetchpriority", priority)
        .maybe("sizes", choice.as_ref().map(|_| sizes))
        .maybe("width", width.map(|width| width.to_string()))
        .maybe("height", height.map(|height| height.to_string()))
        .attr("alt", picture.alt.clone().unwrap_or_default())
        .maybe("srcset", choice)
        .attr("src", in_edition(fallback))
        .into()
}

/// The picture with what is said of it.
#[must_use]
pub fn figure(picture: &Picture, class: &'static str, sizes: &'static str, loading: Loading) -> Node {
    let figure = el("figure").class(class).child(image(picture, sizes, loading));
    if picture.caption.is_empty() && picture.credit.is_none() {
        return figure.into();
    }
    let mut said = el("figcaption");
    if !picture.caption.is_empty() {
        said = said.child(el("span").class("caption").child(text(&picture.caption))).child(" ");
    }
    let credit = picture.credit.clone().map(|credit| el("span").class("credit").child(credit));
    figure.child(said.child(credit)).into()
}

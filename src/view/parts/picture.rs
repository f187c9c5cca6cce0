//! A picture that keeps its place before it has arrived.

use leptos::prelude::*;

use super::text::text;
use crate::content::Picture;
use crate::route::in_edition;

/// How a picture is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loading {
    /// At once: it is what the page opens with.
    Eager,
    /// When it comes near.
    Lazy,
}

/// The picture alone. `sizes` is how wide it is set, as the attribute of that name takes it.
pub fn image(picture: &Picture, sizes: &'static str, loading: Loading) -> AnyView {
    let Some(fallback) = picture.fallback() else { return ().into_any() };
    let candidates: Vec<String> = picture
        .sources
        .iter()
        .filter_map(|source| {
            Some(format!("{} {}w", in_edition(&source.url), source.width.filter(|width| *width > 0)?))
        })
        .collect();
    let (width, height) = picture.size().unzip();
    let (loading, priority) = match loading {
        Loading::Eager => ("eager", Some("high")),
        Loading::Lazy => ("lazy", None),
    };
    // An address with a space or comma would be cut in two by `srcset`.
    let chosen = candidates.len() > 1
        && !candidates.iter().any(|one| one.contains(',') || one.matches(' ').count() > 1);
    view! {
        <img
            src=in_edition(fallback)
            srcset=chosen.then(|| candidates.join(", "))
            sizes=chosen.then_some(sizes)
            width=width
            height=height
            alt=picture.alt.clone().unwrap_or_default()
            loading=loading
            decoding="async"
            fetchpriority=priority
        />
    }
    .into_any()
}

/// The picture with what is said of it.
pub fn figure(picture: &Picture, class: &'static str, sizes: &'static str, loading: Loading) -> AnyView {
    let caption = (!picture.caption.is_empty())
        .then(|| view! { <span class="caption">{text(&picture.caption)}</span> });
    let credit = picture.credit.clone().map(|credit| view! { <span class="credit">{credit}</span> });
    let said = (caption.is_some() || credit.is_some())
        .then(|| view! { <figcaption>{caption} " " {credit}</figcaption> });
    view! { <figure class=class>{image(picture, sizes, loading)} {said}</figure> }.into_any()
}

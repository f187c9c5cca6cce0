//! A picture that keeps its place before it has arrived.

use leptos::prelude::*;

use super::text::Text;
use crate::browser::directives::tint;
use crate::content;
use crate::route::in_edition;

/// How a picture is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loading {
    /// At once: it is what the page opens with.
    Eager,
    /// When it comes near.
    Lazy,
}

/// The picture alone.
#[component]
pub fn Picture(
    /// The picture.
    picture: content::Picture,
    /// How wide it is set, as the attribute of that name takes it.
    sizes: &'static str,
    /// How it is loaded.
    loading: Loading,
) -> impl IntoView {
    let src = in_edition(picture.fallback()?);
    let srcset = candidates(&picture);
    let (width, height) = picture.size().unzip();
    // The first picture, where it is there, is painted with the words around it and not a frame later.
    let (loading, priority, decoding) = match loading {
        Loading::Eager => ("eager", Some("high"), None),
        Loading::Lazy => ("lazy", None, Some("async")),
    };
    let color = picture.color.map(|color| color.as_str().to_owned());
    // What it has to know to choose and to load comes before the address, which sets it going.
    Some(view! {
        <img
            data-color=color.clone()
            use:tint=color
            loading=loading
            decoding=decoding
            fetchpriority=priority
            sizes=srcset.is_some().then_some(sizes)
            width=width.map(|width| width.to_string())
            height=height.map(|height| height.to_string())
            alt=picture.alt.unwrap_or_default()
            srcset=srcset
            src=src
        />
    })
}

/// The files that the browser may choose from, where there is a choice.
fn candidates(picture: &content::Picture) -> Option<String> {
    let mut candidates = String::new();
    for source in &picture.sources {
        let url = in_edition(&source.url);
        // An address with a space or comma would be cut in two.
        if let Some(width) = source.width.filter(|width| *width > 0 && !url.contains([' ', ','])) {
            let comma = if candidates.is_empty() { "" } else { ", " };
            candidates.push_str(&format!("{comma}{url} {width}w"));
        }
    }
    Some(candidates).filter(|candidates| picture.sources.len() > 1 && !candidates.is_empty())
}

/// The picture with its caption and credit.
#[component]
pub fn Figure(
    /// The picture.
    picture: content::Picture,
    /// The class of the figure.
    class: &'static str,
    /// How wide it is set, as the attribute of that name takes it.
    sizes: &'static str,
    /// How it is loaded.
    loading: Loading,
) -> impl IntoView {
    let (caption, credit) = (picture.caption.clone(), picture.credit.clone());
    let words = (!caption.is_empty() || credit.is_some()).then(|| {
        let caption =
            (!caption.is_empty()).then(|| view! { <span class="caption"><Text text=caption/></span> " " });
        let credit = credit.map(|credit| view! { <span class="credit">{credit}</span> });
        view! { <figcaption>{caption}{credit}</figcaption> }
    });
    view! { <figure class=class><Picture picture sizes loading/>{words}</figure> }
}

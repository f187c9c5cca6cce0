//! Something of another site, of which nothing is loaded until the reader asks.

use leptos::prelude::*;

use crate::browser::page::is_own_origin;
use crate::content::Href;

/// A card that names what is there and whose it is; on request a frame.
#[component]
pub fn Embed(
    /// What it is: a video, a map.
    media: String,
    /// What it is called.
    title: String,
    /// Its address.
    href: Href,
) -> impl IntoView {
    let is_loaded = RwSignal::new(false);
    let host = href.host().unwrap_or("another site").to_owned();
    let address = href.as_str().to_owned();
    let load = format!("Load from {host}");
    let label = format!("{load}: {title}");
    let press = format!("embed:{address}");
    let button = move || {
        (!is_loaded.get()).then(|| {
            view! {
                <button
                    type="button"
                    class="button"
                    aria-label=label.clone()
                    data-press=press.clone()
                    on:click=move |_| is_loaded.set(true)
                >
                    {load.clone()}
                </button>
            }
        })
    };
    let frame = {
        let (title, address) = (title.clone(), address.clone());
        move || is_loaded.get().then(|| view! { <Frame title=title.clone() address=address.clone()/> })
    };
    view! {
        <figure class="embed">
            {frame}
            <figcaption>
                <span class="embed-media">{media}</span>
                " "
                <span class="embed-title">{title}</span>
                <span class="embed-ways" lang="en" dir="ltr">
                    {button}
                    " "
                    <a href=address>{format!("Open at {host}")}</a>
                </span>
            </figcaption>
        </figure>
    }
}

/// The frame, shut off from this page.
#[component]
fn Frame(title: String, address: String) -> impl IntoView {
    // A page of this same site that ran scripts as this site could take itself out of its frame.
    let sandbox = if is_own_origin(&address) {
        "allow-scripts allow-popups allow-forms"
    } else {
        "allow-scripts allow-popups allow-forms allow-same-origin allow-presentation"
    };
    view! {
        <iframe
            sandbox=sandbox
            referrerpolicy="strict-origin-when-cross-origin"
            allow="fullscreen"
            title=title
            src=address
        ></iframe>
    }
}

//! Something of another site, of which nothing is loaded until the reader asks.

use leptos::prelude::*;

use crate::browser::page::is_own_origin;
use crate::content::Href;

/// A card that names what is there and whose it is; on request a frame.
#[component]
pub fn Embed(media: String, title: String, href: Href) -> impl IntoView {
    let asked = RwSignal::new(false);
    let host = href.host().unwrap_or("another site").to_owned();
    let address = href.as_str().to_owned();
    let frame_title = title.clone();
    let frame_address = address.clone();
    let frame = move || {
        asked.get().then(|| {
            // A page of this same site that ran scripts as this site could take itself out of its frame.
            let sandbox = if is_own_origin(&frame_address) {
                "allow-scripts allow-popups allow-forms"
            } else {
                "allow-scripts allow-popups allow-forms allow-same-origin allow-presentation"
            };
            view! {
                <iframe
                    sandbox=sandbox
                    referrerpolicy="strict-origin-when-cross-origin"
                    allow="fullscreen"
                    title=frame_title.clone()
                    src=frame_address.clone()
                ></iframe>
            }
        })
    };
    view! {
        <figure class="embed">
            {frame}
            <figcaption>
                <span class="embed-media">{media}</span>
                " "
                <span class="embed-title">{title.clone()}</span>
                <span class="embed-ways">
                    <button
                        type="button"
                        class="button"
                        hidden=move || asked.get()
                        aria-label=format!("Load {title} from {host}")
                        on:click=move |_| asked.set(true)
                    >
                        {format!("Load from {host}")}
                    </button>
                    " "
                    <a href=address>{format!("Open at {host}")}</a>
                </span>
            </figcaption>
        </figure>
    }
}

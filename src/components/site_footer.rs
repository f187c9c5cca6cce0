//! The foot of every screen.

use leptos::prelude::*;

use crate::state::use_app;

/// The foot: the way to the publisher's own site, where there is one, and what this reader is.
#[component]
pub fn SiteFooter() -> impl IntoView {
    let library = use_app().library;
    let home = Memo::new(move |_| {
        let publication = &library.loaded_edition()?.publication;
        Some((publication.home.as_ref()?.as_str().to_owned(), publication.name.clone()))
    });
    let home =
        move || home.get().map(|(href, name)| view! { <p><a href=href>{format!("About {name}")}</a></p> });
    view! {
        <footer class="foot">
            {home}
            <p>"Set with Dateline. No account, no tracking."</p>
        </footer>
    }
}

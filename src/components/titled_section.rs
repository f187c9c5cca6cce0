//! A part of a story's page with a heading of the reader's.

use leptos::prelude::*;

/// A part with its heading.
#[component]
pub fn TitledSection(
    /// Its class.
    class: &'static str,
    /// Its heading.
    title: &'static str,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    view! {
        <section class=class aria-label=title>
            <h2><bdi>{title}</bdi></h2>
            {children()}
        </section>
    }
}

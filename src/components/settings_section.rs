//! A part of the settings.

use leptos::prelude::*;

/// A part with its heading.
#[component]
pub fn SettingsSection(
    /// Its name.
    name: &'static str,
    /// The fragment that leads to it.
    #[prop(optional)]
    id: Option<&'static str>,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    view! {
        <section aria-label=name id=id tabindex=id.map(|_| "-1")>
            <h2>{name}</h2>
            {children()}
        </section>
    }
}

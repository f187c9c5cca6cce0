//! The screen of an address that leads nowhere.

use leptos::prelude::*;

use crate::components::not_found::NotFound;

/// Says that there is no such page.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <NotFound/> }
}

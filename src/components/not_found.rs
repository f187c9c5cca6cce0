//! What is said where an address leads nowhere.

use leptos::prelude::*;

use crate::route::Route;
use crate::state::arrival::arrive;

/// Says that an address leads nowhere, and where to go instead.
#[component]
pub fn NotFound() -> impl IntoView {
    arrive(|| "Not found".to_owned());
    view! {
        <section class="state">
            <h1 tabindex="-1">"There is no such page"</h1>
            <p>"The story may have been taken back, or the address is not quite right."</p>
            <p><a href=Route::Front.href()>"Go to the front page"</a></p>
        </section>
    }
}

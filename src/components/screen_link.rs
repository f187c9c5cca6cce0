//! A link to a screen that knows when it is the one shown.

use leptos::prelude::*;

use crate::route::Route;
use crate::state::use_app;

/// A link to a screen. On that screen it is marked as the current one.
#[component]
pub fn ScreenLink(
    /// The screen.
    to: Route,
    /// What the link says.
    children: Children,
) -> impl IntoView {
    let navigation = use_app().navigation;
    let href = to.href();
    let current = move || (navigation.route() == to).then_some("page");
    view! { <a href=href aria-current=current>{children()}</a> }
}

//! The way past the masthead, for readers who go by keyboard.

use leptos::prelude::*;

use crate::browser::focus::focus;
use crate::state::use_app;

/// Leads to the content: the heading of the screen has the focus then, or else the whole of it.
#[component]
pub fn SkipLink() -> impl IntoView {
    let navigation = use_app().navigation;
    let href = move || format!("{}#main", navigation.route().href());
    let skip = |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        if !focus("main h1") {
            focus("main");
        }
    };
    view! { <a class="skip" href=href on:click=skip>"Skip to the content"</a> }
}

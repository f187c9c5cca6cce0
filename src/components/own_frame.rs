//! The frame of the reader's own screens: saved stories, stories to continue, the history, the settings.

use leptos::prelude::*;

use super::screen_link::ScreenLink;
use crate::route::Route;
use crate::state::arrival::arrive;

/// What a screen of the reader's own is called.
#[must_use]
pub fn own_title(route: &Route) -> &'static str {
    match route {
        Route::Saved => "Saved",
        Route::Continue => "Continue",
        Route::History => "History",
        _ => "Settings",
    }
}

/// One of the reader's own screens. The ways to the others and its name are the same for all readers. What is in it is
/// on the reader's device alone, so a published page has none of that.
#[component]
pub fn OwnFrame(
    /// Which screen.
    route: Route,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let title = own_title(&route);
    let class = if route == Route::Settings { "shelf settings" } else { "shelf" };
    arrive(move || title.to_owned());
    view! {
        <div class=class>
            <OwnScreens/>
            <h1 class="section-name" tabindex="-1">{title}</h1>
            {(!cfg!(feature = "ssr")).then(children)}
        </div>
    }
}

/// The ways between the reader's own screens.
#[component]
fn OwnScreens() -> impl IntoView {
    let items = [Route::Saved, Route::Continue, Route::History, Route::Settings].map(|screen| {
        let title = own_title(&screen);
        view! { <li><ScreenLink to=screen>{title}</ScreenLink></li> }
    });
    view! {
        <nav class="sections ways" aria-label="Your own pages">
            <ul>{items}</ul>
        </nav>
    }
}

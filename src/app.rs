//! Wiring: which screen a route shows, and what all of them are given.

use leptos::prelude::*;

use crate::browser::{clock, history, page};
use crate::content::Timestamp;
use crate::route::Route;
use crate::view::library::Library;
use crate::view::navigation::Navigation;
use crate::view::pages::front::Front;
use crate::view::pages::section::SectionScreen;
use crate::view::pages::story::StoryScreen;
use crate::view::parts::masthead::{Foot, Masthead, SkipLink};
use crate::view::parts::state::NotFound;

/// Puts the app onto the page.
pub fn mount() {
    page::clear_shell();
    mount_to_body(App);
}

/// The app.
#[component]
fn App() -> impl IntoView {
    let base = history::base();
    page::set_base(&base);
    let library = Library::new(base.clone());
    let navigation = Navigation::at(base, Route::Front);
    provide_context(library);
    provide_context(navigation);
    navigation.start();
    library.load_edition();

    let route = navigation.route();
    let now = Timestamp::from_millis(clock::now());
    view! {
        <SkipLink route />
        {move || view! { <Masthead edition=library.loaded_edition() route now /> }}
        <main id="main" tabindex="-1">{move || screen(route.get(), library)}</main>
        {move || view! { <Foot edition=library.loaded_edition() /> }}
    }
}

fn screen(route: Route, library: Library) -> AnyView {
    match route {
        Route::Front => view! { <Front library /> }.into_any(),
        Route::Section(id) => view! { <SectionScreen library id /> }.into_any(),
        Route::Story(id) => view! { <StoryScreen library id /> }.into_any(),
        Route::Unknown => view! { <NotFound /> }.into_any(),
    }
}

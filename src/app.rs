//! Wiring: which screen a route shows, and what all of them are given.

use std::sync::Arc;

use any_spawner::Executor;
use reactive_graph::computed::Memo;
use reactive_graph::owner::{Owner, provide_context};
use reactive_graph::prelude::*;

use tachys::view::{Mountable, Render};

use crate::browser::{clock, history, page};
use crate::content::Timestamp;
use crate::route::Route;
use crate::view::html::{Node, dynamic, el, many};
use crate::view::library::Library;
use crate::view::load::Load;
use crate::view::navigation::Navigation;
use crate::view::pages::{front, section, story};
use crate::view::parts::masthead::{foot, masthead, skip_link};
use crate::view::parts::state::not_found;

/// Puts the app onto the page.
pub fn mount() {
    // An error would say that there is one already, which serves as well.
    let _ = Executor::init_wasm_bindgen();
    page::clear_shell();
    let owner = Owner::new();
    let mut built = owner.with(|| app().build());
    built.mount(&tachys::dom::body(), None);
    // They live as long as the page does.
    std::mem::forget((owner, built));
}

fn app() -> Node {
    let base = history::base();
    page::set_base(&base);
    let library = Library::new(base.clone());
    let navigation = Navigation::at(base, Route::Front);
    provide_context(library);
    provide_context(navigation);
    navigation.start();
    library.load_edition();

    let route = navigation.route();
    // What stands around a screen is made anew when the edition is there, not each time that it is late.
    let edition = Memo::new(move |_| library.edition().with(Load::without_pace));
    let now = Timestamp::from_millis(clock::now());
    many([
        dynamic(move || skip_link(&route.get())),
        dynamic(move || masthead(&edition.get(), &route.get(), now)),
        el("main")
            .attr("id", "main")
            .attr("tabindex", "-1")
            .child(dynamic(move || screen(route.get(), library)))
            .into(),
        dynamic(move || foot(edition.get().loaded().map(Arc::as_ref))),
    ])
}

fn screen(route: Route, library: Library) -> Node {
    match route {
        Route::Front => front::front(library),
        Route::Section(id) => section::section(library, id),
        Route::Story(id) => story::story(library, id),
        Route::Unknown => not_found(),
    }
}

//! Wiring: which screen a route shows, and what all of them are given. The same page is built in the browser and,
//! natively, for publishing.

use std::sync::Arc;

use any_spawner::Executor;
use reactive_graph::owner::Owner;
#[cfg(feature = "csr")]
use tachys::{
    renderer::{Rndr, types::Element},
    view::{Mountable, Render},
};

use crate::browser::clock;
use crate::content::Timestamp;
use crate::route::Route;
use crate::view::Given;
#[cfg(feature = "csr")]
use crate::view::html::Built;
use crate::view::html::{Node, dynamic, el, many};
use crate::view::library::Library;
use crate::view::navigation::Navigation;
use crate::view::own;
#[cfg(feature = "ssr")]
use crate::view::pages::older::{self, Older};
use crate::view::pages::{front, section, story};
use crate::view::parts::masthead::{foot, masthead, skip_link};
use crate::view::parts::state::not_found;

/// Puts the app onto the page: at once, or, where the page was published with its content, in place of that once
/// there is the same to show.
#[cfg(feature = "csr")]
pub fn mount() {
    use crate::browser::{history, page};

    // An error would say that there is one already, which serves as well.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let base = history::base();
    page::set_base(&base);
    let (library, navigation) =
        owner.with(|| (Library::new(base.clone()), Navigation::at(base, Route::Front)));
    let mut coming = Coming { owner, library, navigation, top: None };
    if !page::is_published() {
        page::clear_shell();
        library.load_edition();
        coming.begin();
        coming.build_top();
        coming.fill(&tachys::dom::body());
        return;
    }
    library.take_published();
    library.once_there(navigation.opens_own(), move || coming.go_on(0));
}

/// The app, until it is on the page.
#[cfg(feature = "csr")]
struct Coming {
    owner: Owner,
    library: Library,
    navigation: Navigation,
    /// What stands above the screen, once it is built.
    top: Option<Built>,
}

#[cfg(feature = "csr")]
impl Coming {
    /// Takes over from what was published, a step at a time. Each of them takes a while on a slow phone: what the
    /// reader does is answered in between.
    fn go_on(mut self, step: u8) {
        clock::after(0, move || {
            match step {
                0 => self.begin(),
                1 => self.build_top(),
                _ => return self.take_over(),
            }
            self.go_on(step + 1);
        });
    }

    /// Begins with what is the reader's own.
    fn begin(&self) {
        self.owner.with(|| {
            let own = own::Own::new(self.library);
            reactive_graph::owner::provide_context(own.clone());
            own.begin();
        });
    }

    fn build_top(&mut self) {
        let Self { library, navigation, .. } = *self;
        self.top = Some(self.owner.with(|| {
            navigation.read_address();
            top(library, navigation, Some(Timestamp::from_millis(clock::now()))).build()
        }));
    }

    /// Builds the rest, and puts all of it into an element.
    fn fill(self, into: &Element) {
        let Self { owner, library, navigation, mut top } = self;
        let mut rest = owner.with(|| {
            // Till now, links were the browser's.
            navigation.start();
            rest(library, navigation).build()
        });
        top.mount(into, None);
        rest.mount(into, None);
        // They live as long as the page does.
        std::mem::forget((owner, top, rest));
    }

    /// In one task with the building of the screen: what that has happen afterwards finds it on the page.
    fn take_over(self) {
        let navigation = self.navigation;
        let beside = Rndr::create_element("div", None);
        self.fill(&beside);
        if crate::browser::page::take_over(&beside) {
            navigation.stay();
        }
    }
}

/// A page to be published.
#[cfg(feature = "ssr")]
pub struct Published {
    /// The address of the publication, absolute, with `/` at its end.
    pub base: String,
    /// Its edition, or as much of it as the page shows.
    pub edition: Arc<crate::content::Edition>,
    /// The story, where the page is one's.
    pub story: Option<Arc<crate::content::Story>>,
    /// Which screen it is.
    pub route: Route,
    /// When it is published: how old a story is counts to here. A live blog is better off with a day far from its
    /// own, so that nothing on its page says how long ago something was.
    pub now: Timestamp,
}

/// The HTML of a page, from its first element to its last, as the app's own first view of it will be.
#[cfg(feature = "ssr")]
#[must_use]
pub fn html(published: Published) -> String {
    rendered(published, |library, navigation| {
        many([top(library, navigation, None), rest(library, navigation)])
    })
}

#[cfg(feature = "ssr")]
fn rendered(published: Published, page: impl FnOnce(Library, Navigation) -> Node) -> String {
    use tachys::view::RenderHtml;

    let Published { base, edition, story, route, now } = published;
    // Nothing is asked for and nothing happens later: what is spawned is dropped.
    let _ = Executor::init_custom_executor(Never);
    clock::set(now.millis());
    let owner = Owner::new();
    let html = owner.with(|| {
        let library = Library::holding(base.clone(), edition);
        if let Some(story) = &story {
            library.keep(story);
        }
        page(library, Navigation::at(base, route)).to_html()
    });
    owner.cleanup();
    html
}

/// The HTML of a page of a live blog's older posts. `published` has no story: that is in `older`.
#[cfg(feature = "ssr")]
#[must_use]
pub fn older_html(published: Published, older: &Older) -> String {
    rendered(published, |library, navigation| {
        Given::provide(library, navigation);
        let edition = library.edition().get();
        many([
            older::skip(older),
            masthead(&edition, &navigation.route(), None),
            el("main").attr("id", "main").attr("tabindex", "-1").child(older::older(older)).into(),
            foot(edition.loaded().map(Arc::as_ref)),
        ])
    })
}

/// Runs nothing.
#[cfg(feature = "ssr")]
struct Never;

#[cfg(feature = "ssr")]
impl any_spawner::CustomExecutor for Never {
    fn spawn(&self, _: any_spawner::PinnedFuture<()>) {}

    fn spawn_local(&self, _: any_spawner::PinnedLocalFuture<()>) {}

    fn poll_local(&self) {}
}

/// What stands above every screen. `now` is for the day in the masthead.
fn top(library: Library, navigation: Navigation, now: Option<Timestamp>) -> Node {
    Given::provide(library, navigation);
    let edition = library.edition();
    many([
        dynamic(move || skip_link(&navigation.route())),
        dynamic(move || masthead(&edition.get(), &navigation.route(), now)),
    ])
}

/// The screen, and what stands under each.
fn rest(library: Library, navigation: Navigation) -> Node {
    let edition = library.edition();
    many([
        el("main")
            .attr("id", "main")
            .attr("tabindex", "-1")
            .child(dynamic(move || screen(navigation.route(), library)))
            .into(),
        dynamic(move || foot(edition.get().loaded().map(Arc::as_ref))),
        own::corner(navigation),
    ])
}

fn screen(route: Route, library: Library) -> Node {
    match route {
        Route::Front => front::front(library),
        Route::Section(id) => section::section(library, id, false),
        Route::Unread(id) => section::section(library, id, true),
        Route::Story(id) => story::story(library, id),
        Route::Saved | Route::Continue | Route::History | Route::Settings => own::screen(route),
        Route::Unknown => not_found(),
    }
}

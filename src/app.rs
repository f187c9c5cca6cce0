//! The app: its context, its start in the browser, and what surrounds every screen.

use leptos::prelude::*;

use crate::browser::clock as browser_clock;
use crate::components::masthead::Masthead;
use crate::components::notice_list::NoticeList;
use crate::components::site_footer::SiteFooter;
use crate::components::skip_link::SkipLink;
use crate::content::Timestamp;
use crate::pages::continue_reading::ContinuePage;
use crate::pages::front::FrontPage;
use crate::pages::history::HistoryPage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::saved::SavedPage;
use crate::pages::section::SectionPage;
use crate::pages::settings::SettingsPage;
use crate::pages::story::StoryPage;
use crate::route::Route;
use crate::state::actions::StoryActions;
use crate::state::clock::Clock;
use crate::state::library::Library;
use crate::state::navigation::Navigation;
use crate::state::notices::Notices;
use crate::state::offline::OfflineCopies;
use crate::state::reading_store::ReadingStore;
use crate::state::{AppContext, use_app};

/// Makes the context of the app and gives it to everything under the current owner. Nothing is read from the device yet:
/// natively, nothing ever is.
pub fn provide_app(library: Library, navigation: Navigation) -> AppContext {
    let notices = Notices::empty();
    let reading = ReadingStore::empty(&library.base(), notices);
    let offline = OfflineCopies::new(reading);
    let app = AppContext {
        library,
        navigation,
        reading,
        notices,
        offline,
        actions: StoryActions::new(library, reading, offline, notices),
        clock: Clock::at(Timestamp::from_millis(browser_clock::now())),
        unread_only: RwSignal::new(false),
        saved_search: RwSignal::default(),
    };
    provide_context(app);
    app
}

/// What surrounds every screen, and the screen.
#[component]
pub fn Shell() -> impl IntoView {
    let navigation = use_app().navigation;
    view! {
        <SkipLink/>
        <Masthead/>
        <main id="main" tabindex="-1">
            {move || screen(navigation.route())}
        </main>
        <SiteFooter/>
        // A published page has nothing to say yet.
        {(!cfg!(feature = "ssr")).then(|| view! { <NoticeList/> })}
    }
}

fn screen(route: Route) -> AnyView {
    match route {
        Route::Front => view! { <FrontPage/> }.into_any(),
        Route::Section(id) => view! { <SectionPage id unread_only=false/> }.into_any(),
        Route::Unread(id) => view! { <SectionPage id unread_only=true/> }.into_any(),
        Route::Story(id) => view! { <StoryPage id/> }.into_any(),
        Route::Saved => view! { <SavedPage/> }.into_any(),
        Route::Continue => view! { <ContinuePage/> }.into_any(),
        Route::History => view! { <HistoryPage/> }.into_any(),
        Route::Settings => view! { <SettingsPage/> }.into_any(),
        Route::Unknown => view! { <NotFoundPage/> }.into_any(),
    }
}

#[cfg(feature = "csr")]
pub use browser_start::mount;

#[cfg(feature = "csr")]
mod browser_start {
    use leptos::mount::mount_to;
    use leptos::prelude::*;

    use super::{AppContext, Shell, provide_app};
    use crate::browser::takeover::{self, Element};
    use crate::browser::{history, page, scroll_anchor, timer};
    use crate::route::Route;
    use crate::state::library::Library;
    use crate::state::navigation::Navigation;
    use crate::state::{after_render, appearance, commands, connection, install, launch};

    /// The id of the element that holds the page until the app is there.
    const SHELL: &str = "shell";
    /// The language of the app's own words.
    const LANGUAGE: &str = "en";
    /// What stays where it is in the window while the page is scrolled.
    const FIXED: &str = ".pill-place, .live-overview, .notices";

    /// Puts the app onto the page: at once; or, where the page was published with its content, in place of that once
    /// there is the same to show.
    pub fn mount() {
        let base = history::base();
        page::set_base(&base);
        let published = takeover::published_root(SHELL);
        let parent = if published.is_some() { takeover::beside() } else { page::body_without(SHELL) };
        let Some(parent) = parent else { return };
        let new = Element::from(parent.clone());
        mount_to(parent, move || {
            let app = provide_app(Library::new(base.clone()), Navigation::at(base, Route::Front));
            let is_ready = RwSignal::new(false);
            let start = Start { app, owner: Owner::current().unwrap_or_default(), is_ready };
            match published {
                Some(old) => {
                    app.library.take_published();
                    app.library.once_there(app.navigation.opens_own(), move || start.take_over(old, new));
                }
                None => {
                    app.library.edition().retry();
                    start.read_device();
                    app.navigation.start();
                    start.show();
                }
            }
            move || is_ready.get().then(|| view! { <Shell/> })
        })
        .forget();
    }

    /// What starts the app, a step at a time.
    #[derive(Clone)]
    struct Start {
        app: AppContext,
        owner: Owner,
        is_ready: RwSignal<bool>,
    }

    impl Start {
        /// Takes over from what was published. Each step takes a while on a slow phone: what the reader does is answered
        /// in between.
        fn take_over(self, old: Element, new: Element) {
            timer::after(0, move || {
                self.read_device();
                timer::after(0, move || {
                    let navigation = self.app.navigation;
                    // Until now, links were the browser's.
                    navigation.start();
                    self.show();
                    // In one task with the building of the screen: the effects that it has run find it on the page.
                    after_render(move || {
                        if takeover::replace(&old, &new, LANGUAGE) {
                            navigation.stay();
                        }
                    });
                });
            });
        }

        /// Reads what is the reader's own.
        fn read_device(&self) {
            self.owner.with(|| {
                self.app.reading.start(&self.app.library.base());
                appearance::start(self.app.reading);
            });
        }

        /// Shows the screen, and starts what runs beside it.
        fn show(&self) {
            let app = self.app;
            self.is_ready.set(true);
            self.owner.with(|| {
                app.clock.start();
                connection::start(app);
                install::start(app);
                launch::start(app);
                commands::start(app);
                // Marks of stories that the edition no longer has may go where there is no room.
                Effect::new(move || {
                    if let Some(edition) = app.library.loaded_edition() {
                        app.reading.set_edition(&edition);
                    }
                });
            });
            // To look where the reader is has all of the page laid out, which it is by itself for the next frame.
            timer::after(0, || scroll_anchor::hold(FIXED));
            // For tests: what is on the page is the app.
            after_render(|| page::set_root_attribute("data-app", "ready"));
        }
    }
}

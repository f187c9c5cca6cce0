//! Rendering pages natively, to be published: the HTML that the app's own first view of a page has.

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::{Shell, provide_app};
use crate::browser::clock;
use crate::components::masthead::Masthead;
use crate::components::site_footer::SiteFooter;
use crate::content::{Edition, Story, Timestamp};
use crate::pages::live_archive::{ArchivePage, ArchiveSkipLink, LiveArchive};
use crate::route::Route;
use crate::state::library::Library;
use crate::state::navigation::Navigation;

/// What Leptos puts between pieces of a page, and where there is none, to find them again when it takes over. The app
/// builds its own tree beside the page instead. In text and attributes they would be escaped.
const MARKERS: [&str; 2] = ["<!>", "<!--<() />-->"];

/// A page to be published.
pub struct Published {
    /// The address of the publication, absolute, with `/` at its end.
    pub base: String,
    /// Its edition, or as much of it as the page shows.
    pub edition: Arc<Edition>,
    /// The story, where the page is one's.
    pub story: Option<Arc<Story>>,
    /// Which screen it is.
    pub route: Route,
    /// When it is published: how old a story is counts to here. A live blog is better off with a day far from its
    /// own, so that nothing on its page says how long ago something was.
    pub now: Timestamp,
}

/// The HTML of a page, from its first element to its last.
#[must_use]
pub fn html(published: Published) -> String {
    render(published, || view! { <Shell/> })
}

/// The HTML of a page of a live blog's older posts. `published` has no story: that is in `page`.
#[must_use]
pub fn live_archive_html(published: Published, page: ArchivePage) -> String {
    let page = Arc::new(page);
    render(published, move || {
        view! {
            <ArchiveSkipLink page=Arc::clone(&page)/>
            <Masthead/>
            <main id="main" tabindex="-1"><LiveArchive page/></main>
            <SiteFooter/>
        }
    })
}

fn render<V: IntoView>(published: Published, view: impl FnOnce() -> V) -> String {
    let Published { base, edition, story, route, now } = published;
    clock::set(now.millis());
    // All that the page's components make lives as long as this owner.
    let owner = Owner::new();
    let html = owner.with(|| {
        let library = Library::holding(base.clone(), edition);
        if let Some(story) = &story {
            library.keep(story);
        }
        provide_app(library, Navigation::at(base, route));
        view().to_html()
    });
    owner.cleanup();
    MARKERS.iter().fold(html, |html, marker| html.replace(marker, ""))
}

//! `desk publish`: an edition and the app, as a folder for any static host.
//!
//! Every story, section and screen gets a page that is readable before the app is there, rendered by the app's own
//! components ([`dateline::app::html`]) and put into a frame ([`shell`]) with what others read of it ([`head`],
//! [`linked`]). Beside the pages go the edition, the app, feeds ([`feeds`]) and guides ([`guides`]). [`store`] keeps a
//! ledger, so that what would be the same is not touched, and [`near`] tells cheaply what of the edition a page depends
//! on. `docs/decisions/009-published-pages.md` has the reasons.

pub mod feeds;
pub mod guides;
pub mod head;
pub mod linked;
pub mod manifest;
pub mod near;
mod older;
pub mod press;
pub mod shell;
pub mod store;
pub mod worker;

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dateline::app::{self, Published};
use dateline::content::decode::{self, Failure};
use dateline::content::{Direction, Edition, Kind, LanguageTag, Section, Story, StoryId, Timestamp, encode};
use dateline::route::{Route, edition_file, story_file};
use dateline::view::pages::shelf::title as own_title;

use guides::Place;
use head::Site;
use near::{Near, Needs};
use press::Press;
use shell::{Page, Shell};
use store::{Store, StoryNote, hash};

use crate::folder::{self, FolderError};

/// Changes whenever pages are made in another way, so that all are made anew.
const MAKING: &str = "2";
/// The manifest of the installed app.
const MANIFEST: &str = "manifest.webmanifest";
/// The name of the publication whose screenshots the app's own manifest has.
const DEMONSTRATION: &str = "The Meridian";
/// So far from any day that nothing on a page can be just now.
const FAR: Timestamp = Timestamp::from_millis(253_402_300_799_000);

/// What is to be published, and where to.
#[derive(Clone, Debug)]
pub struct Request {
    /// The edition's folder.
    pub edition: PathBuf,
    /// The app, as Trunk has built it.
    pub app: PathBuf,
    /// The folder to publish into.
    pub to: PathBuf,
    /// Where that will be: an address or a path, with `/` at its end.
    pub base: Option<String>,
    /// Now.
    pub now: Timestamp,
    /// How many threads to use; as many as there are cores where it is not said.
    pub threads: Option<usize>,
    /// How pages and the edition are pressed.
    pub press: Press,
    /// How long to wait for another desk that is publishing there.
    pub patience: Duration,
}

/// What was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many stories there are.
    pub stories: usize,
    /// How many files were written, not counting their pressed copies.
    pub written: usize,
    /// How many were kept as they were.
    pub kept: usize,
    /// How many were taken away.
    pub gone: usize,
    /// What could not be published as it should.
    pub warnings: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stories, written, kept, gone, .. } = self;
        let story = if *stories == 1 { "story" } else { "stories" };
        write!(f, "{stories} {story}; {written} files written, {kept} kept, {gone} taken away")
    }
}

/// Why nothing could be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The edition can't be read.
    #[error("{}: {failure}; `desk check` tells more", path.display())]
    Edition {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it.
        failure: Failure,
    },
    /// The app is not as Trunk builds it.
    #[error("{}: {what}; is this the folder that Trunk built?", path.display())]
    App {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The base is none.
    #[error(
        "'{0}' is no base: it is an address or a path that ends in '/', as https://example.org/news/ or /news/"
    )]
    Base(String),
    /// The folders are within each other.
    #[error("{} and {} are within each other; publish into a folder of its own", .0.display(), .1.display())]
    Within(PathBuf, PathBuf),
    /// Another desk is publishing there.
    #[error("{0}")]
    Busy(#[from] FolderError),
    /// The service worker can't be given its list.
    #[error("{0}")]
    Worker(#[from] worker::WorkerError),
    /// A value can't be written as JSON.
    #[error("{0}")]
    Json(serde_json::Error),
}

impl PublishError {
    fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::Io { path: path.to_owned(), error }
    }
}

/// What all pages are made with.
struct Publishing<'a> {
    request: &'a Request,
    site: Site,
    shell: Shell,
    edition: Arc<Edition>,
    store: Store,
    /// The hash of what every page shows of the edition, and of how pages are made.
    common: String,
}

/// Publishes.
///
/// # Errors
/// A [`PublishError`]. What was written by then is whole, and publishing again goes on from there.
pub fn publish(request: &Request) -> Result<Report, PublishError> {
    let site = match &request.base {
        Some(base) => Site::parse(base).ok_or_else(|| PublishError::Base(base.clone()))?,
        None => Site::default(),
    };
    apart(&request.to, [&request.edition, &request.app])?;
    let began = u64::try_from(request.now.millis()).unwrap_or_default().saturating_mul(1_000_000);
    fs::create_dir_all(&request.to).map_err(PublishError::io(&request.to))?;
    let _lock = folder::lock(&request.to.join(".dateline-publish.lock"), request.patience)?;
    let shell = Shell::read(&request.app)?;
    let file = request.edition.join("edition.json");
    let bytes = fs::read(&file).map_err(PublishError::io(&file))?;
    let edition =
        decode::edition(&bytes).map_err(|failure| PublishError::Edition { path: file, failure })?.value;
    let names: Vec<_> = edition.sections.iter().map(|it| (it.id.as_str(), it.name.as_str())).collect();
    let publication = serde_json::to_string(&(&edition.publication, names)).map_err(PublishError::Json)?;
    let base = request.base.clone().unwrap_or_default();
    let common = hash(&[MAKING.as_bytes(), shell.hash.as_bytes(), base.as_bytes(), publication.as_bytes()]);
    let store = Store::open(&request.to, began)?;
    let press = Publishing { request, site, shell, edition: Arc::new(edition), store, common };
    press.run()
}

/// What is written must not be read as well.
fn apart(to: &Path, others: [&PathBuf; 2]) -> Result<(), PublishError> {
    let whole = |path: &Path| {
        path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
    };
    let own = whole(to);
    for other in others {
        let theirs = whole(other);
        if own.starts_with(&theirs) || theirs.starts_with(&own) {
            return Err(PublishError::Within(to.to_owned(), other.clone()));
        }
    }
    Ok(())
}

/// Something wrong with one story, which costs that one alone.
enum Trouble {
    /// It can't be published as it should.
    Story(String),
    /// Nothing can.
    All(PublishError),
}

impl From<PublishError> for Trouble {
    fn from(error: PublishError) -> Self {
        Self::All(error)
    }
}

impl Publishing<'_> {
    fn run(&self) -> Result<Report, PublishError> {
        let app = self.app()?;
        let (stories, others) = self.names()?;
        // What pages name is there before them.
        let copied = self.each(&others, |name| {
            self.store.copy(&self.request.edition, name, &format!("edition/{name}"), self.request.press)?;
            Ok(())
        });
        let mut warnings = copied?;
        let near = Near::new(&self.edition);
        let told = self.tellings()?;
        warnings.extend(self.each(&older::with_pages(&others), |id| self.older(id, &near, &told))?);
        let places = Mutex::new(Vec::new());
        let list: Vec<StoryId> = stories.iter().cloned().collect();
        warnings.extend(self.each(&list, |id| {
            let changed = self.story(id, &near, &told)?;
            places.lock().unwrap_or_else(PoisonError::into_inner).push((id.clone(), changed));
            Ok(())
        })?);
        let mut places = places.into_inner().unwrap_or_else(PoisonError::into_inner);
        places.sort();
        let mut rest = vec![Rest::Edition, Rest::Map, Rest::Small];
        rest.extend(Route::always().into_iter().map(Rest::Screen));
        rest.extend(self.edition.sections.iter().map(Rest::Section));
        self.each(&rest, |rest| Ok(self.rest(rest, &places, &app)?))?;
        self.store.finish()?;
        let (written, kept, gone) = self.store.counts();
        warnings.sort();
        Ok(Report { stories: list.len(), written, kept, gone, warnings })
    }

    /// Does something with each item, on all cores; what single ones have to complain of.
    fn each<T: Sync>(
        &self,
        items: &[T],
        work: impl Fn(&T) -> Result<(), Trouble> + Sync,
    ) -> Result<Vec<String>, PublishError> {
        let next = AtomicUsize::new(0);
        let warnings = Mutex::new(Vec::new());
        let failed = Mutex::new(None);
        let cores =
            self.request.threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from));
        std::thread::scope(|scope| {
            for _ in 0..cores.unwrap_or(1).clamp(1, 64) {
                scope.spawn(|| {
                    while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                        match work(item) {
                            Ok(()) => {}
                            Err(Trouble::Story(what)) => {
                                warnings.lock().unwrap_or_else(PoisonError::into_inner).push(what);
                            }
                            Err(Trouble::All(error)) => {
                                failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                                next.store(items.len(), Ordering::Relaxed);
                            }
                        }
                    }
                });
            }
        });
        match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(warnings.into_inner().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Copies the app; the files of it that have a hash in their names.
    fn app(&self) -> Result<Vec<String>, PublishError> {
        let mut names = Vec::new();
        walk(&self.request.app, "", &mut names)?;
        names.retain(|name| name != "index.html" && !name.starts_with("edition/"));
        for name in &names {
            let file = self.request.app.join(name);
            let bytes = fs::read(&file).map_err(PublishError::io(&file))?;
            let bytes = match name.as_str() {
                worker::WORKER => self.worker(&bytes)?,
                MANIFEST => self.manifest(&bytes)?,
                _ => bytes,
            };
            self.store.put(name, &bytes, self.request.press.max().of(name))?;
        }
        names.retain(|name| has_hash(name));
        Ok(names)
    }

    /// The service worker with the list of what it keeps, and the page that it shows where the network has none.
    fn worker(&self, script: &[u8]) -> Result<Vec<u8>, PublishError> {
        let app = &self.request.app;
        let saved = app.join(worker::SAVED);
        let saved = fs::read_to_string(&saved).map_err(PublishError::io(&saved))?;
        let title = format!("<title>{}</title>\n", shell::escaped(&self.edition.publication.name));
        let page = self.shell.plain(Route::Saved.to_base(), &title);
        self.store.put(worker::SHELL_PAGE, page.as_bytes(), self.request.press)?;
        let script = String::from_utf8_lossy(script);
        Ok(worker::with_list(&script, &saved, &page, &worker::shell_files(app)?)?.into_bytes())
    }

    /// The manifest with the name of the publication. Only the demonstration edition is what its pictures show.
    fn manifest(&self, app: &[u8]) -> Result<Vec<u8>, PublishError> {
        let is_demonstration = self.edition.publication.name == DEMONSTRATION;
        let manifest = manifest::with_publication(app, &self.edition.publication, is_demonstration);
        Ok(manifest.map_err(PublishError::Json)?.into_bytes())
    }

    /// The stories of the edition, and its other files.
    fn names(&self) -> Result<(BTreeSet<StoryId>, Vec<String>), PublishError> {
        let mut names = Vec::new();
        walk(&self.request.edition, "", &mut names)?;
        let id = |name: &str| StoryId::parse(name.strip_prefix("stories/")?.strip_suffix(".json")?);
        let mut stories: BTreeSet<StoryId> =
            self.edition.teasers().map(|(_, teaser)| teaser.id.clone()).collect();
        stories.extend(names.iter().filter_map(|name| id(name)));
        names.retain(|name| name != "edition.json" && id(name).is_none());
        Ok((stories, names))
    }

    /// The hash of each teaser, in order.
    fn tellings(&self) -> Result<Vec<String>, PublishError> {
        let one =
            |teaser: &Arc<_>| -> serde_json::Result<String> { Ok(hash(&[&serde_json::to_vec(&**teaser)?])) };
        self.edition
            .teasers()
            .map(|(_, teaser)| one(teaser))
            .collect::<Result<_, _>>()
            .map_err(PublishError::Json)
    }

    /// Publishes a story, where that would change anything; when it last changed.
    fn story(&self, id: &StoryId, near: &Near<'_>, told: &[String]) -> Result<Option<Timestamp>, Trouble> {
        let route = Route::Story(id.clone());
        let page = page_file(&route);
        let name = format!("stories/{id}.json");
        let copied = match self.store.copy(&self.request.edition, &name, &story_file(id), self.request.press)
        {
            Ok(copied) => copied,
            Err(PublishError::Io { error, .. }) if error.kind() == std::io::ErrorKind::NotFound => {
                self.store.put(&page, self.bare(&route).as_bytes(), self.request.press)?;
                return Err(Trouble::Story(format!("{name}: is not there; its page says so")));
            }
            Err(error) => return Err(error.into()),
        };
        let old = self.store.story(id.as_str()).filter(|note| note.hash == copied.hash);
        if let Some(old) = old {
            let key = self.key(old, &near.around(&old.needs), told);
            if key == old.key && self.store.keep(&page, self.request.press) {
                self.store.note_story(id.as_str(), old.clone());
                return Ok(old.changed());
            }
        }
        let bytes = match copied.bytes {
            Some(bytes) => bytes,
            None => {
                let file = self.request.edition.join(&name);
                fs::read(&file).map_err(PublishError::io(&file))?
            }
        };
        let story = match decode::story(&bytes) {
            Ok(decoded) if decoded.value.id == *id => Arc::new(decoded.value),
            other => {
                // The app says what is wrong with it.
                self.store.put(&page, self.bare(&route).as_bytes(), self.request.press)?;
                let why = other
                    .map_or_else(|failure| failure.to_string(), |it| format!("its id is '{}'", it.value.id));
                return Err(Trouble::Story(format!(
                    "{name}: {why}; it has no page that can be read without the app"
                )));
            }
        };
        let mut note = StoryNote {
            key: String::new(),
            hash: copied.hash,
            needs: Needs::of(&story),
            published: story.published.millis(),
            changed: head::modified(&story).millis(),
            live: story.live.is_some(),
        };
        let around = near.around(&note.needs);
        note.key = self.key(&note, &around, told);
        let edition = Arc::new(near.edition(&around));
        let html = self.story_page(&route, &story, edition)?;
        self.store.put(&page, html.as_bytes(), self.request.press)?;
        let changed = note.changed();
        self.store.note_story(id.as_str(), note);
        Ok(changed)
    }

    fn story_page(
        &self,
        route: &Route,
        story: &Arc<Story>,
        edition: Arc<Edition>,
    ) -> Result<String, PublishError> {
        let head = head::story(&self.site, &edition, story) + &linked::story(&self.site, &edition, story);
        // What follows live coverage is wanted as early as the app itself.
        let head = if story.live.is_some() { head + &self.shell.preloads("live") } else { head };
        let publication = &self.edition.publication;
        let language = story.language.as_ref().or(publication.language.as_ref());
        let runs = story.runs().or_else(|| publication.runs());
        let now = if story.live.is_some() { FAR } else { self.request.now };
        let body = self.body(route.clone(), edition, Some(Arc::clone(story)), now);
        Ok(self.shell.page(&Page {
            to_base: route.to_base(),
            language: language.map(LanguageTag::as_str),
            direction: runs.map(Direction::as_str),
            head,
            body: body + without(story.kind) + &older::way(story),
            story: Some(encode::story_in_page(story).map_err(PublishError::Json)?),
            still: false,
        }))
    }

    /// What a story's page is made from: all that could make it another one.
    fn key(&self, note: &StoryNote, around: &[usize], told: &[String]) -> String {
        let age = Timestamp::from_millis(note.published).age(self.request.now);
        let age = age.filter(|_| !note.live).map(|age| age.to_string()).unwrap_or_default();
        let told = around.iter().filter_map(|at| told.get(*at)).map(String::as_bytes);
        let parts: Vec<&[u8]> =
            [self.common.as_bytes(), note.hash.as_bytes(), age.as_bytes()].into_iter().chain(told).collect();
        hash(&parts)
    }

    fn body(&self, route: Route, edition: Arc<Edition>, story: Option<Arc<Story>>, now: Timestamp) -> String {
        app::html(Published { base: self.base(), edition, story, route, now })
    }

    fn base(&self) -> String {
        self.site.absolute("./").unwrap_or_else(|| self.site.path.clone())
    }

    /// A page without content, for a story that has none.
    fn bare(&self, route: &Route) -> String {
        let name = shell::escaped(&self.edition.publication.name);
        self.shell.bare(
            route.to_base(),
            &format!("<title>{name}</title>\n<meta name=\"robots\" content=\"noindex\">\n"),
        )
    }

    fn rest(
        &self,
        rest: &Rest<'_>,
        stories: &[(StoryId, Option<Timestamp>)],
        immutable: &[String],
    ) -> Result<(), PublishError> {
        let (site, edition, press) = (&self.site, &self.edition, self.request.press);
        match rest {
            Rest::Edition => {
                self.store.copy(&self.request.edition, "edition.json", &edition_file(), press)?;
                Ok(())
            }
            Rest::Screen(route) if route.is_own() => {
                // The part that fills it is wanted as early as the app itself.
                self.screen(route, head::own(edition, own_title(route)) + &self.shell.preloads("shelf"))
            }
            Rest::Screen(route) => {
                self.screen(route, head::front(site, edition) + &linked::front(site, edition))
            }
            Rest::Section(section) => {
                let head = head::section(site, edition, section) + &linked::section(site, edition, section);
                self.screen(&Route::Section(section.id.clone()), head)
            }
            Rest::Map => match guides::sitemap(site, edition, &places(edition, stories), self.request.now) {
                Some(map) => self.store.put("sitemap.xml", map.as_bytes(), press),
                None => Ok(()),
            },
            Rest::Small => {
                let lost = "<title>Not found</title>\n<meta name=\"robots\" content=\"noindex\">\n";
                let files = [
                    ("feed.json", feeds::json(site, edition)),
                    ("feed.xml", feeds::atom(site, edition)),
                    ("robots.txt", guides::robots(site)),
                    ("llms.txt", guides::llms(site, edition)),
                    ("404.html", self.shell.bare(&site.path, lost)),
                ];
                for (name, text) in files {
                    self.store.put(name, text.as_bytes(), press)?;
                }
                let headers = guides::headers(&self.shell.policy, &places(edition, stories), immutable);
                self.store.put("_headers", headers.as_bytes(), Press::Not)
            }
        }
    }

    /// The page of a screen that shows the edition alone.
    fn screen(&self, route: &Route, head: String) -> Result<(), PublishError> {
        let publication = &self.edition.publication;
        let without = if route.is_own() { WITHOUT_OWN } else { without(Kind::Article) };
        let body = self.body(route.clone(), Arc::clone(&self.edition), None, FAR) + without;
        let html = self.shell.page(&Page {
            to_base: route.to_base(),
            language: publication.language.as_ref().map(LanguageTag::as_str),
            direction: publication.runs().map(Direction::as_str),
            head,
            body,
            story: None,
            still: false,
        });
        self.store.put(&page_file(route), html.as_bytes(), self.request.press)
    }
}

/// What is published when the stories are.
enum Rest<'a> {
    /// The edition itself, which names them.
    Edition,
    /// A screen that every edition has.
    Screen(Route),
    /// The page of a section.
    Section(&'a Section),
    /// The map of the site.
    Map,
    /// The small files beside.
    Small,
}

/// Every screen that others may find, for the map.
fn places(edition: &Edition, stories: &[(StoryId, Option<Timestamp>)]) -> Vec<Place> {
    let newest = edition.teasers().map(|(_, it)| it.updated.unwrap_or(it.published)).max();
    let sections = edition.sections.iter().map(|section| Place {
        route: Route::Section(section.id.clone()),
        changed: section.teasers.iter().map(|it| it.updated.unwrap_or(it.published)).max(),
    });
    let stories =
        stories.iter().map(|(id, changed)| Place { route: Route::Story(id.clone()), changed: *changed });
    [Place { route: Route::Front, changed: newest }].into_iter().chain(sections).chain(stories).collect()
}

/// The file of a screen.
fn page_file(route: &Route) -> String {
    format!("{}index.html", route.href().trim_start_matches("./"))
}

/// What who has no JavaScript is told on a screen of their own.
const WITHOUT_OWN: &str = "<noscript><p class=\"state\">This page needs JavaScript: what you keep is on your device alone, and \
                           shown by the app. All stories can be read without it.</p></noscript>";

/// What who has no JavaScript is told.
fn without(kind: Kind) -> &'static str {
    match kind {
        Kind::Article => {
            "<noscript><p class=\"state\">You can read everything here without JavaScript. With it, stories open at once and \
             you can share them.</p></noscript>"
        }
        Kind::Live => {
            "<noscript><p class=\"state\">You can read the latest updates here without JavaScript; reload the page for newer \
             ones. With it, they come by themselves.</p></noscript>"
        }
    }
}

/// Whether a file's name has the hash of its content in it, as Trunk gives them: `-` and sixteen digits.
fn has_hash(name: &str) -> bool {
    let stem = name.rsplit('/').next().unwrap_or(name);
    stem.split(['-', '.', '_'])
        .any(|part| part.len() >= 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The names of the files in a folder and those below it, with `/`; without what begins with a dot.
fn walk(folder: &Path, prefix: &str, names: &mut Vec<String>) -> Result<(), PublishError> {
    for entry in fs::read_dir(folder).map_err(PublishError::io(folder))? {
        let entry = entry.map_err(PublishError::io(folder))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(PublishError::io(folder))?;
        let name = format!("{prefix}{name}");
        if kind.is_dir() {
            walk(&entry.path(), &format!("{name}/"), names)?;
        } else if kind.is_file() {
            names.push(name);
        }
    }
    Ok(())
}

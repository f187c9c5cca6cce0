//! `desk publish`: makes a folder for any static host from an edition and the app.
//!
//! Every story, section and screen gets a page that can be read before the app has loaded. It is rendered by the
//! app's own components ([`dateline::prerender::html`]) and put into a frame ([`shell`]) with meta tags ([`head`]) and
//! JSON-LD ([`linked`]). The edition, the app, feeds ([`feeds`]), and robots.txt, sitemap.xml and llms.txt
//! ([`guides`]) are written beside the pages. [`store`] keeps a ledger, so that unchanged files are not touched, and
//! [`near`] finds which teasers a page depends on. `docs/decisions/009-published-pages.md` has the reasons.

pub mod feeds;
pub mod guides;
pub mod head;
pub mod ledger;
pub mod linked;
pub mod manifest;
pub mod near;
mod older;
pub mod press;
pub mod shell;
pub mod store;
pub mod style;
pub mod worker;

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dateline::components::own_frame::own_title;
use dateline::content::decode::{self, DecodeError};
use dateline::content::{
    Direction, Edition, Kind, LanguageTag, PageName, Section, Story, StoryId, Teaser, Timestamp, encode,
};
use dateline::prerender::{self, Published};
use dateline::route::{Route, edition_file, story_file};

use guides::Place;
use head::Site;
use ledger::{Hash, StoryNote, hash};
use near::{Near, Needs};
use press::Press;
use shell::{Page, Shell};
use store::{Looked, Store};

use crate::folder::{self, FolderError};

/// Changes whenever pages are made differently, so that all are made again.
const MAKING: &str = "3";
/// The web app manifest.
const MANIFEST: &str = "manifest.webmanifest";
/// The publication that is in the screenshots of the app's own manifest.
const DEMONSTRATION: &str = "The Meridian";
/// Files made from the edition; files of the app with these names are ignored.
const MADE: [&str; 7] =
    ["feed.json", "feed.xml", "sitemap.xml", "robots.txt", "llms.txt", "404.html", "_headers"];
/// How often a head is read again because a file that it names was removed meanwhile.
const ATTEMPTS: usize = 5;
/// So far from any real day that no time on a page counts as recent.
const FAR: Timestamp = Timestamp::from_millis(253_402_300_799_000);

/// What to publish, and where.
#[derive(Clone, Debug)]
pub struct Request {
    /// The edition's folder.
    pub edition: PathBuf,
    /// The app, as Trunk has built it.
    pub app: PathBuf,
    /// The folder to publish into.
    pub to: PathBuf,
    /// Where the folder will be: an address or a path, ending in `/`.
    pub base: Option<String>,
    /// Now.
    pub now: Timestamp,
    /// How many threads to use; by default one for each core.
    pub threads: Option<usize>,
    /// How pages and the edition are compressed.
    pub press: Press,
    /// How long to wait for another desk that is publishing there.
    pub patience: Duration,
}

/// The result.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many stories there are.
    pub stories: usize,
    /// How many pages were rendered; all others have the same inputs as before.
    pub made: usize,
    /// How many files were written, without their compressed copies.
    pub written: usize,
    /// How many files were left as they were.
    pub kept: usize,
    /// How many files were removed.
    pub gone: usize,
    /// What could not be published properly.
    pub warnings: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stories, made, written, kept, gone, .. } = self;
        let story = if *stories == 1 { "story" } else { "stories" };
        write!(
            f,
            "{stories} {story}; {written} files written, {kept} kept, {gone} taken away; {made} pages made"
        )
    }
}

/// Why publishing failed.
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
        failure: DecodeError,
    },
    /// The app is not a Trunk build.
    #[error("{}: {what}; is this the folder that Trunk built?", path.display())]
    App {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The base is invalid.
    #[error(
        "'{0}' is no base: it is an address or a path that ends in '/', as https://example.org/news/ or /news/"
    )]
    Base(String),
    /// One folder contains the other.
    #[error("{} and {} are within each other; publish into a folder of its own", .0.display(), .1.display())]
    Within(PathBuf, PathBuf),
    /// Another desk is publishing there.
    #[error("{0}")]
    Busy(#[from] FolderError),
    /// The service worker's list can't be written.
    #[error("{0}")]
    Worker(#[from] worker::WorkerError),
    /// A value can't be written as JSON.
    #[error("{0}")]
    Json(serde_json::Error),
}

impl PublishError {
    /// Whether a file does not exist.
    fn is_missing(&self) -> bool {
        matches!(self, Self::Io { error, .. } if error.kind() == std::io::ErrorKind::NotFound)
    }

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
    /// The edition's bytes.
    bytes: Vec<u8>,
    store: Store,
    /// How many pages were rendered.
    made: AtomicUsize,
    /// The hash of everything that all pages show of the edition, and of how pages are made.
    common: Hash,
}

/// Publishes.
///
/// # Errors
/// A [`PublishError`]. Files written before it are complete, and publishing again goes on from there.
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
    let store = Store::open(&request.to, began, shell.common.clone())?;
    let edition = Arc::new(edition);
    let made = AtomicUsize::new(0);
    Publishing { request, site, shell, edition, bytes, store, made, common }.run()
}

/// Checks that the folders do not contain each other.
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

/// A problem with publishing a story.
enum Trouble {
    /// Only that story is affected.
    Story(String),
    /// Publishing can't go on.
    All(PublishError),
}

impl From<PublishError> for Trouble {
    fn from(error: PublishError) -> Self {
        Self::All(error)
    }
}

impl Publishing<'_> {
    fn run(&self) -> Result<Report, PublishError> {
        let app = self.app_files()?;
        let Names { stories, others, links } = self.names()?;
        // Files are written before the pages that name them.
        self.each(&app, |name| Ok(self.app_file(name)?))?;
        self.each(&others, |name| Ok(self.copy(name).map(drop)?))?;
        let near = Near::new(&self.edition);
        let told = self.tellings()?;
        let changes = Mutex::new(Vec::new());
        let list: Vec<StoryId> = stories.iter().cloned().collect();
        let mut warnings = self.each(&list, |id| {
            let (changed, trouble) = self.story(id, &near, &told)?;
            changes.lock().unwrap_or_else(PoisonError::into_inner).push((id.clone(), changed));
            trouble.map_or(Ok(()), |trouble| Err(Trouble::Story(trouble)))
        })?;
        let others = self.names()?.others;
        // A link may lead anywhere; its target was not put here by an editor.
        warnings.extend(links.iter().map(|name| format!("{name}: is a link, and is not published")));
        // Posts added meanwhile may show pictures that were not there before, and fill a page.
        self.each(&others, |name| Ok(self.copy(name).map(drop)?))?;
        warnings.extend(self.each(&older::with_pages(&others), |id| self.older(id, &near, &told))?);
        let mut changes = changes.into_inner().unwrap_or_else(PoisonError::into_inner);
        changes.sort();
        let mut rest = vec![Rest::Edition, Rest::Screen(Route::Front)];
        let mut unsaid = told.as_slice();
        for section in &self.edition.sections {
            let (own, others) = unsaid.split_at_checked(section.teasers.len()).unwrap_or((unsaid, &[]));
            rest.push(Rest::Section(section, own));
            unsaid = others;
        }
        rest.extend([Rest::Map, Rest::Small]);
        rest.extend(Route::always().into_iter().filter(Route::is_own).map(Rest::Screen));
        self.each(&rest, |rest| Ok(self.rest(rest, &told, &changes, &app)?))?;
        self.worker()?;
        self.store.finish()?;
        let count = places(&self.edition, &changes).len();
        if count > guides::MOST && self.site.absolute("").is_some() {
            warnings.push(format!(
                "sitemap.xml has the newest {} of {count} pages; a map may have no more",
                guides::MOST
            ));
        }
        let (written, kept, gone) = self.store.counts();
        warnings.extend(self.store.warning().map(str::to_owned));
        warnings.sort();
        let made = self.made.load(Ordering::Relaxed);
        Ok(Report { stories: list.len(), made, written, kept, gone, warnings })
    }

    /// Does the work for each item, on all cores; returns the warnings of single items.
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

    /// The app's files that are published as they are, or with small changes.
    fn app_files(&self) -> Result<Vec<String>, PublishError> {
        let mut names = Vec::new();
        walk(&self.request.app, "", &mut names, &mut Vec::new())?;
        let made = |name: &str| name == "index.html" || name == worker::WORKER || MADE.contains(&name);
        let is_in_pages = |name: &str| name.ends_with(".css") && !self.shell.links(name);
        names.retain(|name| !made(name) && !name.starts_with("edition/") && !is_in_pages(name));
        Ok(names)
    }

    /// Publishes a file of the app.
    fn app_file(&self, name: &str) -> Result<(), PublishError> {
        let (file, press) = (self.request.app.join(name), self.request.press.max());
        if name == MANIFEST {
            let bytes = fs::read(&file).map_err(PublishError::io(&file))?;
            return self.store.put(name, &self.manifest(&bytes)?, press.of(name));
        }
        self.store.copy(&file, &format!("/{name}"), name, press)
    }

    /// Copies a file of the edition, unless that was done; `false` if the file no longer exists.
    fn copy(&self, name: &str) -> Result<bool, PublishError> {
        let to = format!("edition/{name}");
        if self.store.known.files.has(&to) {
            return Ok(true);
        }
        match self.store.copy(&self.request.edition.join(name), name, &to, self.request.press) {
            Err(error) if error.is_missing() => Ok(false),
            done => done.map(|()| true),
        }
    }

    /// Publishes the service worker with its list of files, and the page that it shows offline. This comes last,
    /// because browsers that find the worker fetch everything on its list.
    fn worker(&self) -> Result<(), PublishError> {
        let app = &self.request.app;
        if !app.join(worker::WORKER).is_file() {
            return Ok(());
        }
        let read = |name: &str| {
            let file = app.join(name);
            fs::read_to_string(&file).map_err(PublishError::io(&file))
        };
        let title = format!("<title>{}</title>\n", shell::escaped(&self.edition.publication.name));
        let page = self.shell.plain(Route::Saved.to_base(), &title);
        let list = worker::shell_files(app)?;
        let script = worker::with_list(&read(worker::WORKER)?, &read(worker::SAVED)?, &page, &list)?;
        self.store.put(worker::SHELL_PAGE, page.as_bytes(), self.request.press)?;
        self.store.put(worker::WORKER, script.as_bytes(), self.request.press.max())
    }

    /// The manifest with the publication's name. Its screenshots only fit the demonstration edition.
    fn manifest(&self, app: &[u8]) -> Result<Vec<u8>, PublishError> {
        let is_demonstration = self.edition.publication.name == DEMONSTRATION;
        let manifest = manifest::with_publication(app, &self.edition.publication, is_demonstration);
        Ok(manifest.map_err(PublishError::Json)?.into_bytes())
    }

    /// The stories of the edition, and its other files.
    fn names(&self) -> Result<Names, PublishError> {
        let (mut names, mut links) = (Vec::new(), Vec::new());
        walk(&self.request.edition, "", &mut names, &mut links)?;
        let id = |name: &str| StoryId::parse(name.strip_prefix("stories/")?.strip_suffix(".json")?);
        let mut stories: BTreeSet<StoryId> =
            self.edition.teasers().map(|(_, teaser)| teaser.id.clone()).collect();
        stories.extend(names.iter().filter_map(|name| id(name)));
        names.retain(|name| name != "edition.json" && id(name).is_none());
        Ok(Names { stories, others: names, links })
    }

    /// The hash of each teaser and its section, in order.
    fn tellings(&self) -> Result<Vec<Hash>, PublishError> {
        let one = |(section, teaser): (&Section, &Arc<_>)| -> serde_json::Result<Hash> {
            Ok(hash(&[section.id.as_str().as_bytes(), &serde_json::to_vec(&**teaser)?]))
        };
        self.edition.teasers().map(one).collect::<Result<_, _>>().map_err(PublishError::Json)
    }

    /// Publishes a story if anything changed. Returns when it last changed, and a warning if there is one.
    fn story(
        &self,
        id: &StoryId,
        near: &Near<'_>,
        told: &[Hash],
    ) -> Result<(Option<Timestamp>, Option<String>), Trouble> {
        let route = Route::Story(id.clone());
        let page = page_file(&route);
        let name = format!("stories/{id}.json");
        let bare = |why: String| -> Result<_, Trouble> {
            self.store.put(&page, self.bare(&route).as_bytes(), self.request.press)?;
            Err(Trouble::Story(format!("{name}: {why}")))
        };
        let taken = match self.take(id, &name) {
            Err(error) if error.is_missing() => return bare("is not there; its page says so".to_owned()),
            taken => taken?,
        };
        if let Some(old) = self.store.known.stories.before(id.as_str()).filter(|note| note.hash == taken.hash)
        {
            let key = self.key(old, &near.around(&old.needs), told);
            if key == old.key && self.store.keep(&page, self.request.press) {
                self.store.known.stories.tick(id.as_str());
                return Ok((old.changed(), taken.trouble));
            }
        }
        let story = match taken.story {
            Some(story) => story,
            // The published file is the one that was read then.
            None => read_story(id, &self.store.read(&story_file(id))?),
        };
        let story = match story {
            Ok(story) => Arc::new(story),
            // The app tells readers what is wrong with it.
            Err(why) => return bare(format!("{why}; it has no page that can be read without the app")),
        };
        let mut note = StoryNote {
            key: Hash::default(),
            hash: taken.hash,
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
        self.store.known.stories.set(id.as_str(), note);
        Ok((changed, taken.trouble))
    }

    /// Copies a story's file after all files that it names. The file is read once, so a post added meanwhile is
    /// either in it with its pages, or not at all.
    fn take(&self, id: &StoryId, name: &str) -> Result<Taken, PublishError> {
        let (from, to, press) = (self.request.edition.join(name), story_file(id), self.request.press);
        let mut left = ATTEMPTS;
        loop {
            left -= 1;
            let (source, bytes) = match self.store.look(&from, name, &to, press)? {
                Looked::Kept(hash) => return Ok(Taken { hash, story: None, trouble: None }),
                Looked::Read(source, bytes) => (source, bytes),
            };
            let story = read_story(id, &bytes);
            let missing = match &story {
                Ok(story) => self.copy_pages(story)?,
                Err(_) => None,
            };
            // A newer head does not name the missing file.
            if missing.is_some() && left > 0 {
                continue;
            }
            self.store.put(&to, &bytes, press)?;
            let hash = source.hash;
            let trouble = missing.map(|page| format!("{name}: {page} is not there, which it names"));
            if trouble.is_none() {
                self.store.known.sources.set(name, source);
            }
            return Ok(Taken { hash, story: Some(story), trouble });
        }
    }

    /// Copies the files of older posts that a live blog names; returns the first one that is missing.
    fn copy_pages(&self, story: &Story) -> Result<Option<String>, PublishError> {
        let Some(live) = &story.live else { return Ok(None) };
        let name = |page: &PageName| format!("stories/{}/{page}.json", story.id);
        let mut pages: Vec<String> = Vec::new();
        for index in live.indexes.iter().map(|index| name(&index.name)) {
            if !self.copy(&index)? {
                return Ok(Some(index));
            }
            // An index that can't be read names nothing.
            if let Ok(index) = decode::index(&self.store.read(&format!("edition/{index}"))?) {
                pages.extend(index.value.iter().map(|page| name(&page.name)));
            }
        }
        pages.extend(live.pages.iter().map(|page| name(&page.name)));
        for page in pages {
            if !self.copy(&page)? {
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    fn story_page(
        &self,
        route: &Route,
        story: &Arc<Story>,
        edition: Arc<Edition>,
    ) -> Result<String, PublishError> {
        let head = head::story(&self.site, &edition, story) + &linked::story(&self.site, &edition, story);
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
            live: story.live.is_some(),
            still: false,
        }))
    }

    /// The key of a story's page: a hash of everything that it is made from.
    fn key(&self, note: &StoryNote, around: &[usize], told: &[Hash]) -> Hash {
        let age = Timestamp::from_millis(note.published).age(self.request.now);
        let age = age.filter(|_| !note.live).map(|age| age.to_string()).unwrap_or_default();
        let told = around.iter().filter_map(|at| told.get(*at)).map(Hash::as_bytes);
        let parts: Vec<&[u8]> =
            [self.common.as_bytes(), note.hash.as_bytes(), age.as_bytes()].into_iter().chain(told).collect();
        hash(&parts)
    }

    /// Renders the content of a page.
    fn body(&self, route: Route, edition: Arc<Edition>, story: Option<Arc<Story>>, now: Timestamp) -> String {
        self.made.fetch_add(1, Ordering::Relaxed);
        prerender::html(Published { base: self.base(), edition, story, route, now })
    }

    fn base(&self) -> String {
        self.site.absolute("./").unwrap_or_else(|| self.site.path.clone())
    }

    /// A page without content, for a story that can't be rendered.
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
        told: &[Hash],
        stories: &[(StoryId, Option<Timestamp>)],
        app: &[String],
    ) -> Result<(), PublishError> {
        let (site, edition, press) = (&self.site, &self.edition, self.request.press);
        match rest {
            Rest::Edition => self.store.put(&edition_file(), &self.bytes, press),
            Rest::Screen(route) if route.is_own() => {
                self.screen(route, &[], || head::own(edition, own_title(route)))
            }
            Rest::Screen(route) => {
                self.screen(route, told, || head::front(site, edition) + &linked::front(site, edition))
            }
            Rest::Section(section, told) => self.screen(&Route::Section(section.id.clone()), told, || {
                head::section(site, edition, section) + &linked::section(site, edition, section)
            }),
            Rest::Map => match guides::sitemap(site, edition, &places(edition, stories), self.request.now) {
                Some(map) => self.store.put("sitemap.xml", map.as_bytes(), press),
                None => Ok(()),
            },
            Rest::Small => {
                // Feeds and `llms.txt` list no story whose page would only show an error.
                let told = with_pages(edition, stories);
                let edition = told.as_ref().unwrap_or(&**edition);
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
                let immutable: Vec<&String> = app.iter().filter(|name| worker::is_fixed(name)).collect();
                let headers = guides::headers(&self.shell.policy, &places(edition, stories), &immutable);
                self.store.put("_headers", headers.as_bytes(), Press::Not)
            }
        }
    }

    /// Publishes a page that shows only the edition, if its teasers or the common parts of all pages changed. `told`
    /// has the hashes of those teasers.
    fn screen(
        &self,
        route: &Route,
        told: &[Hash],
        head: impl FnOnce() -> String,
    ) -> Result<(), PublishError> {
        let page = page_file(route);
        let parts: Vec<&[u8]> = [&self.common].into_iter().chain(told).map(Hash::as_bytes).collect();
        let key = hash(&parts);
        if self.store.known.screens.before(&page) == Some(&key) && self.store.keep(&page, self.request.press)
        {
            self.store.known.screens.tick(&page);
            return Ok(());
        }
        let publication = &self.edition.publication;
        let without = if route.is_own() { WITHOUT_OWN } else { without(Kind::Article) };
        let body = self.body(route.clone(), Arc::clone(&self.edition), None, FAR) + without;
        let html = self.shell.page(&Page {
            to_base: route.to_base(),
            language: publication.language.as_ref().map(LanguageTag::as_str),
            direction: publication.runs().map(Direction::as_str),
            head: head(),
            body,
            story: None,
            live: false,
            still: false,
        });
        self.store.put(&page, html.as_bytes(), self.request.press)?;
        self.store.known.screens.set(&page, key);
        Ok(())
    }
}

/// What is published after the stories.
enum Rest<'a> {
    /// The edition, which names them.
    Edition,
    /// A page that every edition has.
    Screen(Route),
    /// The page of a section, and the hashes of its teasers.
    Section(&'a Section, &'a [Hash]),
    /// The sitemap.
    Map,
    /// Feeds, robots.txt, llms.txt, 404.html and _headers.
    Small,
}

/// The content of an edition's folder.
struct Names {
    /// Its stories: files, and ids in teasers.
    stories: BTreeSet<StoryId>,
    /// All other files.
    others: Vec<String>,
    /// Symbolic links.
    links: Vec<String>,
}

/// A story's file that was copied.
struct Taken {
    /// The hash of its bytes.
    hash: Hash,
    /// The story, or why it can't be read; `None` if the file is unchanged.
    story: Option<Result<Story, String>>,
    /// A warning.
    trouble: Option<String>,
}

/// Reads the story with that id from bytes, or says why that is not possible.
fn read_story(id: &StoryId, bytes: &[u8]) -> Result<Story, String> {
    match decode::story(bytes) {
        Ok(decoded) if decoded.value.id == *id => Ok(decoded.value),
        Ok(decoded) => Err(format!("its id is '{}'", decoded.value.id)),
        Err(failure) => Err(failure.to_string()),
    }
}

/// The edition without the stories that have no readable page; `None` if all have one.
fn with_pages(edition: &Edition, stories: &[(StoryId, Option<Timestamp>)]) -> Option<Edition> {
    // They are sorted.
    let is_there = |teaser: &Teaser| stories.binary_search_by(|(id, _)| id.cmp(&teaser.id)).is_ok();
    if edition.teasers().all(|(_, teaser)| is_there(teaser)) {
        return None;
    }
    let mut edition = edition.clone();
    for section in &mut edition.sections {
        section.teasers.retain(|teaser| is_there(teaser));
    }
    Some(edition)
}

/// Every page that others may find, for the sitemap.
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

/// The file of a page.
fn page_file(route: &Route) -> String {
    format!("{}index.html", route.href().trim_start_matches("./"))
}

/// The message for readers without JavaScript on a page of the reader's own.
const WITHOUT_OWN: &str = "<noscript><p class=\"state\">This page needs JavaScript: what you keep is on your device alone, and \
                           shown by the app. All stories can be read without it.</p></noscript>";

/// The message for readers without JavaScript.
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

/// The names of the files in a folder and below it, with `/`, and those of symbolic links. Names that begin with a
/// dot are skipped.
fn walk(
    folder: &Path,
    prefix: &str,
    names: &mut Vec<String>,
    links: &mut Vec<String>,
) -> Result<(), PublishError> {
    for entry in fs::read_dir(folder).map_err(PublishError::io(folder))? {
        let entry = entry.map_err(PublishError::io(folder))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(PublishError::io(folder))?;
        let name = format!("{prefix}{name}");
        if kind.is_dir() {
            walk(&entry.path(), &format!("{name}/"), names, links)?;
        } else if kind.is_file() {
            names.push(name);
        } else if kind.is_symlink() {
            links.push(name);
        }
    }
    Ok(())
}

//! Reading without a network: what was saved for it, and what is said about it.
//!
//! The work is done by the service worker (`public/sw.js`), off this thread and outside of this module: here are
//! the orders to it, and what its answers mean.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use any_spawner::Executor;
use reactive_graph::effect::Effect;
use send_wrapper::SendWrapper;

use super::Given;
use super::asking::once_drawn;
use super::html::{Node, dynamic, nothing};
use super::library::Library;
use super::parts::notices::{Notice, NoticeId, Notices};
use super::parts::state::try_again;
use crate::browser::presence::{self, Presence};
use crate::browser::{clock, durable, fetch, page, place, storage, worker};
use crate::content::{Picture, Story, StoryId, decode};
use crate::route::{in_edition, story_file};

/// A tab that stays open looks for a newer version no more often than this, in milliseconds.
const LOOK_EVERY: i64 = 60 * 60 * 1000;
/// In milliseconds.
const A_MOMENT: i32 = 500;
/// Where it is kept that the browser was asked to keep things for good.
const ASKED: &str = "dateline/durable";

/// How much of a story is on this device, to be read without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nothing was asked to be kept, or all of that is gone.
    Not,
    /// So many of its files: it is on its way, or something was missing or cleared away.
    Part {
        /// How many are there.
        have: u32,
        /// How many there are to be.
        of: u32,
        /// Whether the device is full.
        full: bool,
    },
    /// All of it: its text and its pictures.
    Whole,
    /// This browser keeps nothing for later.
    Unavailable,
}

impl Kept {
    fn of(have: u32, of: u32, full: bool) -> Self {
        match (have, of) {
            (_, 0) => Self::Not,
            (have, of) if have >= of => Self::Whole,
            (have, of) => Self::Part { have, of, full },
        }
    }
}

/// The files of a story, as the service worker takes them: its id, its own file, and a line for each picture with
/// the addresses that it may be had from, apart by tabs, best first. (No address holds a tab or a line break.)
/// `pixels` is how wide the reader's screen is: the best file is the smallest that fills it, else the widest.
#[must_use]
pub fn files(story: &Story, pixels: u32) -> String {
    let mut lines = format!("{}\n{}", story.id, story_file(&story.id));
    let mut seen: Vec<String> = Vec::new();
    for picture in story.pictures() {
        let line = addresses(picture, pixels);
        if !line.is_empty() && !seen.contains(&line) {
            lines.push('\n');
            lines.push_str(&line);
            seen.push(line);
        }
    }
    lines
}

fn addresses(picture: &Picture, pixels: u32) -> String {
    let fills = picture.sources.iter().filter(|source| source.width.is_some_and(|width| width >= pixels));
    let best = fills.min_by_key(|source| source.width).map(|source| &source.url).or(picture.fallback());
    let others = picture.sources.iter().map(|source| &source.url).filter(|url| Some(*url) != best);
    let mut line = String::new();
    for url in best.into_iter().chain(others) {
        if !line.is_empty() {
            line.push('\t');
        }
        line.push_str(&in_edition(url));
    }
    line
}

/// The last two numbers of a line.
fn counts(line: &str) -> Option<(u32, u32)> {
    let mut words = line.rsplit(' ');
    let of = words.next()?.parse().ok()?;
    Some((words.next()?.parse().ok()?, of))
}

/// Saves a story's text and pictures, or what of them is missing: how many files are there of how many is told
/// as it goes. To be called again whenever a saved story was loaded anew; what is there costs nothing.
pub async fn keep(story: &Story, on_progress: impl Fn(u32, u32) + 'static) -> Kept {
    ask_for_durability();
    let order = format!("keep\n{}", files(story, page::widest()));
    let reached = Rc::new(Cell::new((0, 1, false)));
    let told = Rc::clone(&reached);
    let heard = move |line: &str| match counts(line) {
        Some((have, of)) => {
            told.set((have, of, told.get().2));
            on_progress(have, of);
        }
        None => told.set((told.get().0, told.get().1, line == "full" || told.get().2)),
    };
    let ended = worker::ask(&order, Box::new(heard)).await;
    match reached.get() {
        (0, 1, _) if !ended => Kept::Unavailable,
        (have, of, full) => Kept::of(have, of, full),
    }
}

/// Saves a story's text and pictures likewise, without a word: how that went is told where saved stories are listed.
pub fn keep_behind(story: &Arc<Story>) {
    let story = Arc::clone(story);
    Executor::spawn_local(async move {
        keep(&story, |_, _| {}).await;
    });
}

/// Asks the browser once to clear nothing away by itself. It may ask the reader; nobody waits for that.
fn ask_for_durability() {
    if storage::get(ASKED) == Ok(None) && storage::set(ASKED, "asked").is_ok() {
        Executor::spawn_local(async {
            durable::persist().await;
        });
    }
}

/// Takes back what was saved of a story.
pub async fn drop(id: &StoryId) {
    worker::ask(&format!("drop\n{id}"), Box::new(|_| {})).await;
}

/// How much of each of some stories is there. None of them where this browser keeps nothing for later.
pub async fn states(ids: &[StoryId]) -> Vec<(StoryId, Kept)> {
    let mut order = "state".to_owned();
    for id in ids {
        order.push('\n');
        order.push_str(id.as_str());
    }
    let states = Rc::new(RefCell::new(Vec::new()));
    let told = Rc::clone(&states);
    let heard = move |line: &str| {
        let id = line.split(' ').next().and_then(StoryId::parse);
        if let (Some(id), Some((have, of))) = (id, counts(line)) {
            told.borrow_mut().push((id, Kept::of(have, of, false)));
        }
    };
    worker::ask(&order, Box::new(heard)).await;
    states.take()
}

/// The stories whose files were asked to be kept.
pub async fn listed() -> Vec<StoryId> {
    let ids = Rc::new(RefCell::new(Vec::new()));
    let told = Rc::clone(&ids);
    let heard = move |line: &str| told.borrow_mut().extend(StoryId::parse(line));
    worker::ask("lists", Box::new(heard)).await;
    ids.take()
}

/// A kind of thing that is kept on this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stock {
    /// Its name: `shell`, `pages`, `news`, `pictures`, `saved`.
    pub kind: String,
    /// How many files of it there are.
    pub count: u32,
    /// How many bytes they are. Pictures of hosts that let nobody look into them count nothing.
    pub bytes: u32,
}

/// What is kept on this device, by kind.
pub async fn stock() -> Vec<Stock> {
    let stock = Rc::new(RefCell::new(Vec::new()));
    let told = Rc::clone(&stock);
    let heard = move |line: &str| {
        if let (Some((kind, _)), Some((count, bytes))) = (line.split_once(' '), counts(line)) {
            told.borrow_mut().push(Stock { kind: kind.to_owned(), count, bytes });
        }
    };
    worker::ask("sizes", Box::new(heard)).await;
    stock.take()
}

/// Takes away all of a kind: `pages`, `news` or `pictures`. What was saved stays.
pub async fn free(kind: &str) {
    worker::ask(&format!("free\n{kind}"), Box::new(|_| {})).await;
}

/// What is said when there is no network, and so many stories can be read.
fn words_for(readable: usize) -> String {
    match readable {
        0 => "No connection. What is on this page stays, and the rest comes when the network is back."
            .to_owned(),
        1 => "No connection. 1 story can be read: the one that you opened or saved.".to_owned(),
        many => format!("No connection. {many} stories can be read: those that you opened or saved."),
    }
}

/// Has the service worker do its work, once what the reader waits for is there, and tells of the network and of
/// newer versions. `repair` fetches what is missing of saved stories: then, and when the network is back. Nothing to be
/// seen, but to be on the page.
#[must_use]
pub fn offline(library: Library, notices: &Notices, repair: impl Fn() + 'static) -> Node {
    let (notices, repair) = (notices.clone(), Box::new(repair));
    let network =
        Rc::new(Network { library, notices, repair, down: RefCell::default(), of_page: Cell::default() });
    if let Some(navigation) = Given::here().map(|given| given.navigation) {
        let network = Rc::clone(&network);
        Effect::new(move || {
            let _ = navigation.route();
            if let Some(notice) = network.of_page.take() {
                network.notices.close(notice);
            }
        });
    }
    let told = Rc::clone(&network);
    fetch::on_answer(move |kept| told.is(kept));
    let looked = Rc::new(Cell::new(clock::now()));
    let told = Rc::clone(&network);
    let listeners = presence::watch(move |presence| match presence {
        Presence::Online => {
            // Something may have failed before it showed that there is no network.
            if told.down.borrow().is_none() {
                try_again();
            }
            told.is(false);
        }
        Presence::Offline => told.is(true),
        Presence::Shown if clock::now() - looked.get() > LOOK_EVERY => {
            looked.set(clock::now());
            worker::look();
        }
        Presence::Shown | Presence::Hidden => {}
    });
    // They live as long as the page does.
    std::mem::forget(listeners);

    let edition = library.edition();
    let waiting = SendWrapper::new(Cell::new(Some(network)));
    dynamic(move || {
        if !edition.stage().is_waiting()
            && let Some(network) = Cell::take(&waiting)
        {
            let mut script = library.base();
            script.push_str("sw.js");
            let newer = newer(network.notices.clone());
            if !presence::is_online() {
                network.is(true);
            }
            let own = Rc::clone(&network);
            let ready = move || {
                if network.down.borrow().is_none() {
                    (network.repair)();
                }
            };
            worker::start(&script, newer, move |words| own.hears(words), ready);
            // A published page has come without asking the network for anything that it could tell of.
            clock::after(A_MOMENT, move || library.refresh_edition());
        }
        nothing()
    })
}

/// What tells, once, that a newer version is ready.
fn newer(notices: Notices) -> Rc<dyn Fn()> {
    let shown = Cell::new(false);
    Rc::new(move || {
        if !shown.replace(true) {
            notices.show(Notice::saying("A new version is ready.").with("Reload", worker::reload));
        }
    })
}

/// Whether there is a network, as far as it shows.
struct Network {
    library: Library,
    notices: Notices,
    repair: Box<dyn Fn()>,
    /// While it is down: the notice that says so, once that is shown.
    down: RefCell<Option<Option<NoticeId>>>,
    /// What was said of the page that is shown; it goes with that.
    of_page: Cell<Option<NoticeId>>,
}

impl Network {
    /// Takes what shows.
    fn is(self: &Rc<Self>, down: bool) {
        let was_down = self.down.borrow().is_some();
        if down && !was_down {
            self.down.replace(Some(None));
            self.tell();
        } else if !down && was_down {
            if let Some(notice) = self.down.take().flatten() {
                self.notices.close(notice);
            }
            // Where that was for the edition, it is on its way already.
            try_again();
            // What follows the edition has heard of it as well, and asks first.
            let network = Rc::clone(self);
            clock::after(A_MOMENT, move || network.library.refresh_edition());
            (self.repair)();
        }
    }

    /// Takes what the worker tells: that an answer came after all for which nobody waited, or what has become of a page
    /// that it had a copy of.
    fn hears(self: &Rc<Self>, words: &str) {
        match words {
            "came" => self.is(false),
            "gone" => {
                let words = "The newspaper has taken this story back since you opened it last.";
                self.say_of_page(Notice::saying(words));
            }
            story => {
                if let Ok(story) = decode::story(story.as_bytes()) {
                    self.offer(Arc::new(story.value));
                }
            }
        }
    }

    /// Shows a newer copy of the story on the page: by itself to who is at its top or has loaded the page anew to see it,
    /// else once they want it.
    fn offer(&self, story: Arc<Story>) {
        let Some(show) = self.library.renew(story) else { return };
        let show = move || {
            let place = place::text_at_eye();
            show();
            once_drawn(move || {
                if let Some((text, at)) = place {
                    place::hold_on_to_text(&text, at);
                }
            });
        };
        if page::was_loaded_anew() || place::is_at_top_and_idle("main") {
            return show();
        }
        self.say_of_page(Notice::saying("This story was updated.").with("Show", show));
    }

    fn say_of_page(&self, notice: Notice) {
        self.of_page.set(Some(self.notices.show(notice)));
    }

    /// Says that it is down, and what can be read.
    fn tell(self: &Rc<Self>) {
        let readable = Rc::new(Cell::new(0));
        let (counted, network) = (Rc::clone(&readable), Rc::clone(self));
        let heard = move |ids: &str| counted.set(ids.split('\n').count());
        worker::give("readable", Box::new(heard), move |_| {
            // It may be back by now, or have been told.
            if *network.down.borrow() == Some(None) {
                let notice = network.notices.show(Notice::saying(words_for(readable.get())));
                network.down.replace(Some(Some(notice)));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story() -> Arc<Story> {
        let json = br#"{"version": 1, "id": "a", "kind": "article", "headline": "H", "published": "2026-01-01T00:00:00Z",
            "image": {"sources": [{"url": "images/a-480.webp", "width": 480}, {"url": "images/a-960.webp", "width": 960}, {"url": "images/a-1600.webp", "width": 1600}]},
            "byline": [{"name": "B", "picture": {"sources": [{"url": "images/b.webp"}]}}],
            "body": [
              {"kind": "gallery", "pictures": [{"sources": [{"url": "https://cdn.example/c.webp"}]}, {"sources": [{"url": "images/b.webp"}]}]},
              {"kind": "fact-box", "title": "F", "body": [{"kind": "figure", "picture": {"sources": [{"url": "images/d.webp"}]}}]}
            ]}"#;
        Arc::new(decode::story(json).unwrap().value)
    }

    #[test]
    fn the_files_of_a_story_are_its_own_and_each_picture_once() {
        let lines = files(&story(), 900);
        let lines: Vec<&str> = lines.lines().collect();
        assert_eq!(
            lines,
            [
                "a",
                "edition/stories/a.json",
                "edition/images/a-960.webp\tedition/images/a-480.webp\tedition/images/a-1600.webp",
                "edition/images/b.webp",
                "https://cdn.example/c.webp",
                "edition/images/d.webp",
            ]
        );
    }

    #[test]
    fn the_best_file_is_the_smallest_that_fills_the_screen() {
        let story = story();
        let best = |pixels| {
            let lines = files(&story, pixels);
            lines.lines().nth(2).and_then(|line| line.split('\t').next()).map(str::to_owned)
        };
        assert_eq!(best(1).as_deref(), Some("edition/images/a-480.webp"));
        assert_eq!(best(961).as_deref(), Some("edition/images/a-1600.webp"));
        assert_eq!(best(5000).as_deref(), Some("edition/images/a-1600.webp"));
    }

    #[test]
    fn counts_say_how_much_is_there() {
        assert_eq!(counts("a-story 3 12"), Some((3, 12)));
        assert_eq!(counts("3 12"), Some((3, 12)));
        assert_eq!(counts("full"), None);
        assert_eq!(Kept::of(0, 0, false), Kept::Not);
        assert_eq!(Kept::of(0, 3, false), Kept::Part { have: 0, of: 3, full: false });
        assert_eq!(Kept::of(2, 3, true), Kept::Part { have: 2, of: 3, full: true });
        assert_eq!(Kept::of(3, 3, true), Kept::Whole);
    }

    #[test]
    fn the_words_count() {
        assert!(words_for(1).contains("1 story "));
        assert!(words_for(12).contains("12 stories"));
        assert!(!words_for(0).contains('0'));
    }
}

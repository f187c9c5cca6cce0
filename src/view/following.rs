//! A live blog that is being followed: the machines of `follow`, driven by the browser's clock and network,
//! and the signals that tell the page what has changed.
//!
//! The signals are numbers that grow; what they speak of is looked up in the stream. So a poll re-runs what
//! it has changed and nothing else, and there is code for one type of signal.

use std::cell::{RefCell, RefMut};
use std::rc::Rc;
use std::sync::Arc;

use any_spawner::Executor;
use reactive_graph::owner::{Owner, on_cleanup, use_context};
use reactive_graph::prelude::*;
use reactive_graph::signal::ArcRwSignal;
use send_wrapper::SendWrapper;

use super::asking::{Asking, once_drawn, tell};
use super::html::{Node, dynamic};
use super::keeping::Keeping;
use super::library::Library;
use super::navigation::Navigation;
use super::offline;
use crate::browser::fetch::{Copy, FetchError};
use crate::browser::{clock, page, place, presence};
use crate::content::live::{Live, PostNumber, PostSlot};
use crate::content::{LiveState, Story, Timestamp, decode};
use crate::follow::{Answer, FeedItem, MissingFile, SectionNumber, Seen, Stream, section_of};
use crate::reading::{self, Action, StoryState};
use crate::route;
use crate::view::parts::time::ago_now;

/// A run may want an index and then a page, and both again where a cache has something else under their names.
const STEPS: u32 = 4;
/// What did not come is asked for again with the next head; where none is to come, after so many milliseconds.
const TRY_AGAIN: i32 = 30_000;
/// How soon after opening it is looked at whether the newest post is in view, in milliseconds.
const SETTLED: i32 = 1_000;
/// How long a word of what has come in stays to be read out, in milliseconds.
const SAID_FOR: i32 = 5_000;
/// How often what says how long ago something was is looked at, in milliseconds.
const TICK: i32 = 20_000;
/// Where the posts are on the page.
const FEED: &str = ".feed";
/// What marks a gap between the posts, with the number of its first one on the page.
pub const GAP: &str = "data-gap";

/// A live blog that is being followed.
///
/// It stays where it was made: the wrapper holds that, so that what follows signals may have it.
#[derive(Clone)]
pub struct Following(SendWrapper<Rc<Inner>>);

struct Inner {
    library: Library,
    keeping: Keeping,
    /// What owns the page.
    scope: Owner,
    state: RefCell<State>,
    /// What asks for the head; `None` when nobody follows any more.
    asking: RefCell<Option<Asking>>,
    head: ArcRwSignal<u32>,
    pieces: ArcRwSignal<u32>,
    waiting: ArcRwSignal<u32>,
    said: ArcRwSignal<u32>,
    elsewhere: ArcRwSignal<u32>,
    /// Grows when loading begins, ends or fails.
    files: ArcRwSignal<u32>,
    /// 1 where key events alone are shown.
    key_only: ArcRwSignal<u32>,
}

/// A post that is to be gone to, as soon as it is there.
#[derive(Clone, Copy)]
struct Target {
    post: PostNumber,
    /// How far from the top of the window it is to be put, where that is known.
    at: Option<f64>,
    /// When that was wanted: who has gone on reading since is left where they are.
    since: i64,
    /// Whether a link has led there, from which the way to the newest is offered.
    by_link: bool,
    navigation: Option<Navigation>,
}

struct State {
    story: Arc<Story>,
    stream: Stream,
    /// What is on the page, newest first.
    pieces: Vec<FeedItem>,
    /// What tells of changes in each run.
    runs: Vec<(SectionNumber, ArcRwSignal<u32>)>,
    /// The runs that are being loaded.
    loading: Vec<SectionNumber>,
    /// Those that did not come.
    failed: Vec<SectionNumber>,
    /// Where the reader wants to be.
    target: Option<Target>,
    /// Which of the things that were read out is the latest.
    said: u32,
    /// The bytes of the latest head: the same ones are not read twice.
    bytes: Vec<u8>,
    /// Whether the oldest posts come first.
    oldest_first: bool,
    /// Up to which post positions were written last.
    numbered_to: PostNumber,
    /// How far the reader has come, as it was last kept.
    kept: Option<Seen>,
}

impl Following {
    /// Follows a live blog from its head, until what owns this is gone. One that has just been loaded is asked
    /// for again after a while, another at once.
    #[must_use]
    pub fn start(library: Library, story: &Arc<Story>, live: &Arc<Live>, just_loaded: bool) -> Self {
        // Where pages are rendered with no browser around them, nobody has seen anything.
        let keeping = use_context::<Keeping>().unwrap_or_else(|| Keeping::empty(&library.base()));
        let seen = keeping.look(|reading| reading.story_state(&story.id).and_then(StoryState::seen));
        let since = seen.map(|seen| Seen { post: seen.post, revision: seen.revision });
        let stream = Stream::new(live, since);
        let mut stream = stream;
        if just_loaded {
            stream.settle();
        }
        let state = State {
            story: Arc::clone(story),
            pieces: stream.feed_items(),
            stream,
            runs: Vec::new(),
            loading: Vec::new(),
            failed: Vec::new(),
            target: None,
            said: 0,
            bytes: Vec::new(),
            oldest_first: false,
            numbered_to: live.newest(),
            kept: since,
        };
        let following = Self(SendWrapper::new(Rc::new(Inner {
            library,
            keeping,
            scope: Owner::current().unwrap_or_default(),
            state: RefCell::new(state),
            asking: RefCell::new(None),
            head: ArcRwSignal::new(0),
            pieces: ArcRwSignal::new(0),
            waiting: ArcRwSignal::new(0),
            said: ArcRwSignal::new(0),
            elsewhere: ArcRwSignal::new(0),
            files: ArcRwSignal::new(0),
            key_only: ArcRwSignal::new(0),
        })));
        let asked = following.clone();
        let ask = move |asking: Asking| {
            let following = asked.clone();
            Executor::spawn_local(async move {
                let answer = following.ask().await;
                asking.answered(answer);
            });
        };
        following.0.asking.replace(Some(Asking::start(answer(live), !just_loaded, ask)));
        let scrolling = following.clone();
        let scrolled = move || {
            scrolling.keep_seen();
            scrolling.number_near();
        };
        place::on_scroll(Some(Box::new(scrolled)));
        let ending = following.clone();
        on_cleanup(move || {
            place::on_scroll(None);
            if let Some(asking) = ending.0.asking.take() {
                asking.stop();
            }
        });
        following.tick();
        let settled = following.clone();
        clock::after(SETTLED, move || settled.keep_seen());
        following
    }

    /// Lets what says how long ago something was go with the time.
    fn tick(&self) {
        let following = self.clone();
        clock::after(TICK, move || {
            if following.is_over() {
                return;
            }
            if presence::is_shown() {
                let now = Timestamp::from_millis(clock::now());
                page::tick(".ago", |at| ago_now(at, now));
                following.keep_seen();
            }
            following.tick();
        });
    }

    fn state(&self) -> RefMut<'_, State> {
        self.0.state.borrow_mut()
    }

    /// The story with its newest head. Re-runs what asks whenever the head changes.
    #[must_use]
    pub fn story(&self) -> Arc<Story> {
        self.0.head.get();
        self.story_untracked()
    }

    /// The story with its newest head, without following it.
    #[must_use]
    pub fn story_untracked(&self) -> Arc<Story> {
        Arc::clone(&self.state().story)
    }

    /// Looks something up in the stream, as it is now.
    pub fn look<T>(&self, look: impl FnOnce(&Stream) -> T) -> T {
        look(&self.state().stream)
    }

    /// What is on the page, newest first. Re-runs what asks when that changes.
    #[must_use]
    pub fn pieces(&self) -> Vec<FeedItem> {
        self.0.pieces.get();
        self.state().pieces.clone()
    }

    /// What tells of changes in a run.
    #[must_use]
    pub fn run(&self, number: SectionNumber) -> ArcRwSignal<u32> {
        let mut state = self.state();
        if let Some((_, run)) = state.runs.iter().find(|run| run.0 == number) {
            return run.clone();
        }
        let run = ArcRwSignal::new(state.stream.version(number));
        state.runs.push((number, run.clone()));
        run
    }

    /// What owns the signals of the page's parts.
    pub fn scope(&self) -> Owner {
        self.0.scope.clone()
    }

    /// A part of the page that follows this.
    pub fn part(&self, make: fn(&Self) -> Node) -> Node {
        let following = self.clone();
        dynamic(move || make(&following))
    }

    /// How many posts wait to be shown. Re-runs what asks when that changes, as do the next ones.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        self.0.waiting.get()
    }

    /// How many posts have come in just now, to be read out; 0 for nothing to say.
    #[must_use]
    pub fn said(&self) -> u32 {
        self.0.said.get()
    }

    /// As [`Asking::trouble`].
    #[must_use]
    pub fn trouble(&self) -> u32 {
        self.0.asking.borrow().as_ref().map_or(0, Asking::trouble)
    }

    /// Asks now, as the reader wants it.
    pub fn try_now(&self) {
        let asking = self.0.asking.borrow().clone();
        if let Some(asking) = asking {
            asking.now();
        }
    }

    fn is_over(&self) -> bool {
        self.0.asking.borrow().is_none()
    }

    /// Whether the reader came by a link to a post and has not seen the newest one yet. Re-runs what asks when that
    /// changes.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.0.elsewhere.get() == 1
    }

    /// 1 where key events alone are shown.
    #[must_use]
    pub fn key_only(&self) -> ArcRwSignal<u32> {
        self.0.key_only.clone()
    }

    /// What is to be said of a gap: whether it is being loaded, or did not come. Re-runs what asks when that changes.
    #[must_use]
    pub fn gap_words(&self, first: PostNumber, last: PostNumber) -> &'static str {
        self.0.files.get();
        let state = self.state();
        let within = |number: &SectionNumber| (section_of(first)..=section_of(last)).contains(number);
        if state.loading.iter().any(within) {
            "Loading…"
        } else if state.failed.iter().any(within) {
            "These updates could not be loaded. They are tried again."
        } else {
            ""
        }
    }

    /// Goes to the newest post.
    pub fn go_to_newest(&self) {
        self.go_to(self.look(Stream::shown_to));
    }

    /// Tells in which order the posts are on the page.
    pub fn order(&self, oldest_first: bool) {
        // A post is made with its place: where the order is as it was, what is new on the page has its own.
        if std::mem::replace(&mut self.state().oldest_first, oldest_first) != oldest_first {
            self.number();
        }
    }

    /// Tells the posts near the window their places once they are there.
    fn number(&self) {
        let following = self.clone();
        once_drawn(move || following.number_near());
    }

    /// Tells the posts near the window their places.
    fn number_near(&self) {
        let oldest_first = self.state().oldest_first;
        place::set_positions(FEED, self.look(Stream::shown_to), oldest_first);
    }

    /// Keeps how far the reader has come, once they have the newest post that is shown in view.
    pub fn keep_seen(&self) {
        let (seen, kept) = (self.look(Stream::seen), self.state().kept);
        let new_post = kept.is_none_or(|kept| kept.post < seen.post);
        let elsewhere = self.0.elsewhere.get_untracked() == 1;
        let in_view =
            (new_post || elsewhere) && presence::is_shown() && place::is_in_view(&selector(seen.post));
        if in_view {
            tell(&self.0.elsewhere, 0);
        }
        let sees = !new_post || in_view;
        if Some(seen) > kept && sees && !self.is_over() {
            let Seen { post, revision } = seen;
            let id = self.story_untracked().id.clone();
            self.0.keeping.act(Action::Saw(id, reading::Seen { post, revision }));
            self.state().kept = Some(seen);
        }
    }

    /// Shows what waits, and goes to the first post of it.
    pub fn show(&self) {
        let first = self.state().stream.show();
        self.changed();
        if let Some(first) = first {
            self.go_to(first);
        }
    }

    /// Goes to a post, wherever it is.
    pub fn go_to(&self, post: PostNumber) {
        self.arrive_at(post, None, None);
    }

    /// Goes to a post, with the focus; or, to come back to it, so that it is where it was in the window. One that is
    /// not known yet is gone to when a head or a page brings it. Who has gone on reading before it came is left where
    /// they are.
    fn arrive_at(&self, post: PostNumber, at: Option<f64>, navigation: Option<Navigation>) {
        let (since, by_link) = (clock::now(), navigation.is_some());
        self.state().target = Some(Target { post, at, since, by_link, navigation });
        let known = self.look(|stream| stream.live().newest());
        if post == 0 || post > known {
            self.arrived();
        } else {
            self.lead_on(true);
        }
    }

    /// Tells that nobody has to wait any more for where the reader is to be; they may still be led there.
    fn arrived(&self) {
        let navigation = self.state().target.as_mut().and_then(|target| target.navigation.take());
        if let Some(navigation) = navigation {
            once_drawn(move || navigation.found());
        }
    }

    /// Goes to where the reader wants to be, if that is there by now; else, with `loads`, has it loaded.
    fn lead_on(&self, loads: bool) {
        let Some(target) = self.state().target else { return };
        let Target { post, at, since, by_link, .. } = target;
        if place::has_acted_since(since) {
            self.arrived();
            self.state().target = None;
            return;
        }
        if self.look(|stream| stream.shown_to() < post && post <= stream.live().newest()) {
            self.state().stream.show();
            self.changed();
        }
        if !self.look(|stream| stream.is_shown(post)) {
            if loads && post <= self.look(|stream| stream.live().newest()) {
                self.load_runs(vec![section_of(post)]);
            }
            return;
        }
        if !self.look(|stream| {
            stream.entry(post).is_some_and(|entry| matches!(entry, PostSlot::Post(post) if post.key))
        }) {
            // Where key events alone are shown, it would not be.
            tell(&self.0.key_only, 0);
        }
        let following = self.clone();
        once_drawn(move || {
            let id = post.to_string();
            if at.is_none() && page::show_fragment(&id) {
                page::focus(&selector(post));
            }
            place::hold_on_to(&id, at);
            if by_link {
                tell(&following.0.elsewhere, 1);
            }
            following.arrived();
            following.state().target = None;
            following.keep_seen();
            following.number_near();
        });
    }

    /// Loads the run of a post that is in a gap.
    pub fn load(&self, post: PostNumber) {
        self.load_runs(vec![section_of(post)]);
    }

    fn load_runs(&self, runs: Vec<SectionNumber>) {
        let following = self.clone();
        Executor::spawn_local(async move {
            for number in runs {
                following.load_run(number).await;
            }
            following.loaded();
        });
    }

    /// Shows what has come of loading.
    fn loaded(&self) {
        // Who stood in a gap stands at its first post when that is there.
        let stood = page::focused(GAP).and_then(|post| post.parse().ok());
        self.changed();
        if let Some(post) = stood {
            once_drawn(move || {
                if page::focused(GAP).is_none() {
                    page::focus(&selector(post));
                }
            });
        }
        self.lead_on(false);
        self.arrived();
    }

    /// Loads what brings a run up to date; whether it is.
    async fn load_run(&self, number: SectionNumber) -> bool {
        if self.state().loading.contains(&number) {
            return false;
        }
        self.state().loading.push(number);
        self.files_changed();
        // What is under such a name never changes, so that any copy will do; but a cache may have something else there.
        let mut copy = Copy::Good;
        for _ in 0..STEPS {
            let Some(want) = self.look(|stream| stream.coverage().missing_file(number)) else { break };
            let (MissingFile::Page(name) | MissingFile::Index(name)) = &want;
            let id = self.story_untracked().id.clone();
            let Ok(bytes) = self.0.library.live_file(&id, name, copy).await else { break };
            if self.is_over() {
                break;
            }
            copy = match (self.take_file(&want, &bytes), copy) {
                (true, _) => Copy::Good,
                (false, Copy::Good) => Copy::Stale,
                (false, _) => break,
            };
        }
        let is_new = self.look(|stream| stream.coverage().missing_file(number).is_none());
        {
            let mut state = self.state();
            state.loading.retain(|other| *other != number);
            state.failed.retain(|other| *other != number);
            if !is_new {
                state.failed.push(number);
            }
        }
        self.files_changed();
        if !is_new {
            self.try_again_later();
        }
        is_new
    }

    /// Tells the page what is being loaded, and what did not come.
    fn files_changed(&self) {
        place::set_busy(FEED, !self.state().loading.is_empty());
        self.0.files.update(|files| *files = files.wrapping_add(1));
    }

    /// What did not come is tried again with each head (see [`Self::ask`]). Coverage that is over has none to come.
    fn try_again_later(&self) {
        if self.look(|stream| stream.live().state) == LiveState::Ended {
            let following = self.clone();
            clock::after(TRY_AGAIN, move || {
                if presence::is_shown() {
                    following.try_again();
                } else if !following.is_over() {
                    following.try_again_later();
                }
            });
        }
    }

    /// Tries what did not come again.
    fn try_again(&self) {
        let failed = std::mem::take(&mut self.state().failed);
        if !failed.is_empty() && !self.is_over() {
            self.load_runs(failed);
        }
    }

    /// Takes a page or an index; whether it could be read.
    fn take_file(&self, want: &MissingFile, bytes: &[u8]) -> bool {
        let stream = &mut self.state().stream;
        match want {
            MissingFile::Page(_) => decode::page(bytes).map(|page| stream.take_posts(&page.value)).is_ok(),
            MissingFile::Index(_) => decode::index(bytes).map(|index| stream.take_index(index.value)).is_ok(),
        }
    }

    async fn ask(&self) -> Answer {
        let id = self.story_untracked().id.clone();
        match self.0.library.head(&id).await {
            Ok(bytes) if !self.is_over() => {
                let answer = self.take(bytes);
                if matches!(answer, Answer::Head { .. }) {
                    self.try_again();
                }
                answer
            }
            Err(FetchError::Busy(retry_after)) => Answer::Failed { retry_after },
            _ => Answer::Failed { retry_after: None },
        }
    }

    /// Takes the bytes of a head.
    fn take(&self, bytes: Vec<u8>) -> Answer {
        let failed = Answer::Failed { retry_after: None };
        let known = self.story_untracked();
        let same = !bytes.is_empty() && self.state().bytes == bytes;
        let story = if same {
            Ok(Arc::clone(&known))
        } else {
            decode::story(&bytes).map(|read| Arc::new(read.value))
        };
        let Some(story) = story.ok().filter(|story| story.id == known.id) else {
            return failed;
        };
        let Some(live) = story.live.clone() else { return failed };
        let before = self.look(|stream| stream.live().newest());
        if !same && self.state().stream.take_head(&live) {
            {
                let mut state = self.state();
                state.story = Arc::clone(&story);
                state.bytes = bytes;
                state.stream.settle();
            }
            self.0.library.keep(&story);
            self.0.library.has_come(&route::story_file(&story.id));
            self.save_more(&known, &story);
            self.0.head.update(|head| *head = head.wrapping_add(1));
            self.flow_in(live.visible_count(before + 1, live.newest()));
            self.changed();
            self.lead_on(true);
            let stale = self.look(Stream::stale);
            if !stale.is_empty() {
                self.load_runs(stale);
            }
        } else {
            let mut state = self.state();
            state.stream.settle();
            if live.revision == state.stream.live().revision && !same {
                state.bytes = bytes;
            }
        }
        // Of two heads the newer one counts, whichever came last.
        answer(&self.look(|stream| Arc::clone(stream.live())))
    }

    /// Where the reader has saved the story: has the pictures saved that have come to it.
    fn save_more(&self, known: &Story, story: &Arc<Story>) {
        let pixels = page::widest();
        if self.0.keeping.is_saved(&story.id)
            && offline::files(known, pixels) != offline::files(story, pixels)
        {
            offline::keep_behind(story);
        }
    }

    /// Lets in what came, where that moves nothing that the reader looks at; else it waits. `more` have come.
    fn flow_in(&self, more: u32) {
        let flows = presence::is_shown() && place::is_at_top_and_idle(FEED);
        if flows {
            place::release();
            self.state().stream.show();
        }
        if more > 0 {
            self.say(if flows { more } else { self.look(Stream::waiting) });
        }
    }

    /// Has a number of new posts read out.
    fn say(&self, count: u32) {
        self.0.said.set(count);
        let latest = self.state().said.wrapping_add(1);
        self.state().said = latest;
        let following = self.clone();
        clock::after(SAID_FOR, move || {
            if following.state().said == latest {
                following.0.said.set(0);
            }
        });
    }

    /// Tells the page what is different, and holds the reader's place over it.
    fn changed(&self) {
        let pieces = self.look(Stream::feed_items);
        let newest = self.look(Stream::shown_to);
        let other = newest != self.state().numbered_to;
        if pieces != self.state().pieces {
            self.state().pieces = pieces;
            self.0.pieces.update(|pieces| *pieces = pieces.wrapping_add(1));
        }
        for at in 0.. {
            let Some((number, run)) = self.state().runs.get(at).cloned() else { break };
            tell(&run, self.look(|stream| stream.version(number)));
        }
        tell(&self.0.waiting, self.look(Stream::waiting));
        if other {
            self.state().numbered_to = newest;
            self.number();
        }
        let following = self.clone();
        once_drawn(move || {
            place::restore();
            following.keep_seen();
        });
    }
}

/// What a head says of asking again.
fn answer(live: &Live) -> Answer {
    Answer::Head { interval: live.interval, goes_on: live.state != LiveState::Ended }
}

/// The element of a post.
fn selector(post: PostNumber) -> String {
    format!("#{post}")
}

/// Lets links to posts of this story lead to them, wherever they are.
pub fn follow_links(navigation: Navigation, following: Following) {
    navigation.lead(move |fragment, at| {
        let post = fragment.parse().ok();
        if let Some(post) = post {
            following.arrive_at(post, at, Some(navigation));
        }
        post.is_some()
    });
}

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

use super::asking::{Asking, tell};
use super::html::{Node, dynamic};
use super::keeping::Keeping;
use super::library::Library;
use super::navigation::Navigation;
use crate::browser::fetch::FetchError;
use crate::browser::{clock, page, place, presence};
use crate::content::live::{Live, PostNumber};
use crate::content::{LiveState, Story, Timestamp, decode};
use crate::follow::{Answer, Piece, RunNumber, Seen, Stream, Want, run_of};
use crate::reading::{self, Act, Card};
use crate::route;
use crate::view::parts::time::ago_now;

/// A page or index that does not come is asked for no more often than this before the reader has to.
const TRIES: u32 = 4;
/// How long a word of what has come in stays to be read out, in milliseconds.
const SAID_FOR: i32 = 5_000;
/// How often what says how long ago something was is looked at, in milliseconds.
const TICK: i32 = 20_000;
/// Where the posts are on the page.
const FEED: &str = ".feed";

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
}

struct State {
    story: Arc<Story>,
    stream: Stream,
    /// What is on the page, newest first.
    pieces: Vec<Piece>,
    /// What tells of changes in each run.
    runs: Vec<(RunNumber, ArcRwSignal<u32>)>,
    /// The runs that are being loaded.
    loading: Vec<RunNumber>,
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
        let seen = keeping.look(|reading| reading.card(&story.id).and_then(Card::seen));
        let since = seen.map(|seen| Seen { post: seen.post, revision: seen.revision });
        let stream = Stream::new(live, since);
        let state = State {
            story: Arc::clone(story),
            pieces: stream.pieces(),
            stream,
            runs: Vec::new(),
            loading: Vec::new(),
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
        place::on_scroll(Some(Box::new(move || scrolling.keep_seen())));
        let ending = following.clone();
        on_cleanup(move || {
            place::on_scroll(None);
            if let Some(asking) = ending.0.asking.take() {
                asking.stop();
            }
        });
        following.tick();
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
    pub fn pieces(&self) -> Vec<Piece> {
        self.0.pieces.get();
        self.state().pieces.clone()
    }

    /// What tells of changes in a run.
    #[must_use]
    pub fn run(&self, number: RunNumber) -> ArcRwSignal<u32> {
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

    /// Goes to the newest post.
    pub fn go_to_newest(&self) {
        self.go_to(self.look(Stream::shown_to));
    }

    /// Tells in which order the posts are on the page.
    pub fn number(&self, oldest_first: bool) {
        self.state().oldest_first = oldest_first;
        let newest = self.look(Stream::shown_to);
        self.once_drawn(move || place::set_positions(FEED, newest, oldest_first));
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
            self.0.keeping.act(Act::Saw(id, reading::Seen { post, revision }));
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

    /// Goes to a post, with the focus; or, to come back to it, so that it is where it was in the window. Who has
    /// gone on reading before it came is left where they are.
    fn arrive_at(&self, post: PostNumber, at: Option<f64>, navigation: Option<Navigation>) {
        let start = clock::now();
        let (known, shown_to) = self.look(|stream| (stream.live().newest(), stream.shown_to()));
        let exists = post > 0 && post <= known;
        if exists && shown_to < post {
            self.state().stream.show();
            self.changed();
        }
        let following = self.clone();
        Executor::spawn_local(async move {
            if exists && !following.look(|stream| stream.is_shown(post)) {
                following.load_run(run_of(post)).await;
                following.changed();
            }
            following.once_drawn(move || {
                let id = post.to_string();
                if exists && !place::has_acted_since(start) {
                    if at.is_none() && page::show_fragment(&id) {
                        page::focus(&selector(post));
                    }
                    place::hold_on_to(&id, at);
                }
                if let Some(navigation) = navigation {
                    navigation.found();
                }
            });
        });
    }

    /// Loads the run of a post that is in a gap.
    pub fn load(&self, post: PostNumber) {
        self.load_runs(vec![run_of(post)]);
    }

    fn load_runs(&self, runs: Vec<RunNumber>) {
        let following = self.clone();
        Executor::spawn_local(async move {
            for number in runs {
                following.load_run(number).await;
            }
            following.changed();
        });
    }

    /// Loads what brings a run up to date.
    async fn load_run(&self, number: RunNumber) {
        if self.state().loading.contains(&number) {
            return;
        }
        self.state().loading.push(number);
        for _ in 0..TRIES {
            let Some(want) = self.look(|stream| stream.coverage().want(number)) else { break };
            let (Want::Page(name) | Want::Index(name)) = &want;
            let id = self.story_untracked().id.clone();
            let taken = match self.0.library.live_file(&id, name).await {
                Ok(bytes) => self.take_file(&want, &bytes),
                // It was tidied away: there is a newer head.
                Err(FetchError::Status(404 | 410)) => {
                    self.try_now();
                    false
                }
                Err(_) => false,
            };
            if !taken || self.is_over() {
                break;
            }
        }
        self.state().loading.retain(|other| *other != number);
    }

    /// Takes a page or an index; whether it could be read.
    fn take_file(&self, want: &Want, bytes: &[u8]) -> bool {
        let stream = &mut self.state().stream;
        match want {
            Want::Page(_) => decode::page(bytes).map(|page| stream.take_posts(&page.value)).is_ok(),
            Want::Index(_) => decode::index(bytes).map(|index| stream.take_index(index.value)).is_ok(),
        }
    }

    async fn ask(&self) -> Answer {
        let id = self.story_untracked().id.clone();
        match self.0.library.head(&id).await {
            Ok(bytes) if !self.is_over() => self.take(bytes),
            Err(FetchError::Busy(retry_after)) => Answer::Failed { retry_after },
            _ => Answer::Failed { retry_after: None },
        }
    }

    /// Takes the bytes of a head.
    fn take(&self, bytes: Vec<u8>) -> Answer {
        let failed = Answer::Failed { retry_after: None };
        let known = self.story_untracked();
        let same = !bytes.is_empty() && self.state().bytes == bytes;
        let story = if same { Ok(known) } else { decode::story(&bytes).map(|read| Arc::new(read.value)) };
        let Some(story) = story.ok().filter(|story| story.id == self.story_untracked().id) else {
            return failed;
        };
        let Some(live) = story.live.clone() else { return failed };
        if !same && self.state().stream.take_head(&live) {
            {
                let mut state = self.state();
                state.story = Arc::clone(&story);
                state.bytes = bytes;
            }
            self.0.library.keep(&story);
            self.0.library.has_come(&route::story_file(&story.id));
            self.0.head.update(|head| *head = head.wrapping_add(1));
            self.flow_in();
            self.changed();
            let stale = self.look(Stream::stale);
            if !stale.is_empty() {
                self.load_runs(stale);
            }
        }
        answer(&live)
    }

    /// Lets in what came, where that moves nothing that the reader looks at; else it waits.
    fn flow_in(&self) {
        let waiting = self.look(Stream::waiting);
        let more = waiting.saturating_sub(self.0.waiting.get_untracked());
        let flows = presence::is_shown() && place::is_at_top_and_idle(FEED);
        if flows {
            place::release();
            self.state().stream.show();
        }
        if more > 0 {
            self.say(if flows { more } else { waiting });
        }
    }

    /// Has a number of new posts read out.
    fn say(&self, count: u32) {
        self.0.said.set(count);
        let said = self.0.said.clone();
        clock::after(SAID_FOR, move || said.set(0));
    }

    /// Tells the page what is different, and holds the reader's place over it.
    fn changed(&self) {
        let pieces = self.look(Stream::pieces);
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
            let oldest_first = self.state().oldest_first;
            self.number(oldest_first);
        }
        let following = self.clone();
        self.once_drawn(move || {
            place::restore();
            following.keep_seen();
        });
    }

    /// Does something when the page shows what the signals say by now.
    fn once_drawn(&self, then: impl FnOnce() + 'static) {
        // What follows signals was woken before this, so that it has run when this does.
        Executor::spawn_local(async move { then() });
    }
}

/// What a head says of asking again.
fn answer(live: &Live) -> Answer {
    Answer::Head { interval: live.interval, goes_on: live.state != LiveState::Ended }
}

/// The element of a post: ids that are numbers have to be escaped in a selector.
fn selector(post: PostNumber) -> String {
    format!("[id=\"{post}\"]")
}

/// Lets links to posts of this story lead to them, wherever they are.
pub fn follow_links(navigation: Navigation, following: Following) {
    navigation.lead(move |fragment, at| {
        let post = fragment.parse().ok();
        if let Some(post) = post {
            tell(&following.0.elsewhere, 1);
            following.arrive_at(post, at, Some(navigation));
        }
        post.is_some()
    });
}

//! The reader's merge, compared with what the desk writes: whichever heads and files of a live blog arrive,
//! in any order, twice or never, the reader ends with the desk's posts, and the count of waiting posts is
//! always right.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, OnceLock};

use dateline::content::live::{Live, PostNumber, PostPage, PostSlot, Revision};
use dateline::content::{Block, PageName, Story, Text, Timestamp, decode, encode};
use dateline::follow::{Coverage, MissingFile, PostSection, SectionNumber, Stream, section_of};
use desk::live::blog::{Blog, Change, Edit, NewPost};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::Config;

/// With this many posts, a live blog has one index and will soon have another.
const LONG: u32 = 2_960;

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

fn words(text: &str) -> Vec<Block> {
    vec![Block::Paragraph { text: Text::plain(text) }]
}

/// A live blog with all its former states.
#[derive(Clone)]
struct History {
    blog: Blog,
    files: BTreeMap<PageName, Vec<u8>>,
    /// All heads, oldest first.
    heads: Vec<Story>,
    /// For each post: the first head that has it, and the first head in which it is withdrawn.
    posts: Vec<(usize, Option<usize>)>,
}

impl History {
    fn new() -> Self {
        let json = r#"{"version": 1, "id": "harbour", "kind": "live", "headline": "The harbour opens", "published": "2026-05-01T09:00:00Z"}"#;
        let story = decode::story(json.as_bytes()).unwrap().value;
        let blog = Blog::begin(story, None, Timestamp::from_millis(0));
        let heads = vec![blog.story().clone()];
        Self { blog, files: BTreeMap::new(), heads, posts: Vec::new() }
    }

    /// A history of some thousand posts, made once.
    fn long() -> Self {
        static MADE: OnceLock<History> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let mut history = Self::new();
            (0..LONG).for_each(|_| history.post(false));
            history
        });
        made.clone()
    }

    fn newest(&self) -> u32 {
        u32::try_from(self.posts.len()).unwrap()
    }

    /// Makes a change. Returns whether it was possible and changed anything.
    fn apply(&mut self, change: Change) -> bool {
        let now = Timestamp::from_millis(1_777_626_000_000 + i64::try_from(self.heads.len()).unwrap() * 1000);
        let revision = self.blog.live().revision;
        let files = &self.files;
        let read = |name: &PageName| files.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into());
        let Ok(changed) = self.blog.apply(change, now, &read) else { return false };
        self.files.extend(changed.files);
        if changed.revision > revision {
            self.heads.push(self.blog.story().clone());
        }
        changed.revision > revision
    }

    fn post(&mut self, pin: bool) {
        let text = format!("Post {}.", self.posts.len() + 1);
        assert!(self.apply(Change::Post(NewPost { body: words(&text), pin, ..NewPost::default() })));
        self.posts.push((self.heads.len() - 1, None));
    }

    fn withdraw(&mut self, post: PostNumber) {
        if self.apply(Change::Withdraw(post, "Not so.".to_owned())) {
            self.posts[post as usize - 1].1 = Some(self.heads.len() - 1);
        }
    }

    fn step(&mut self, step: &Step) {
        // Newer posts are changed more often than old ones.
        let which = |at: &Index, near: bool| {
            let newest = self.newest();
            let among = if near { newest.min(80) } else { newest };
            (among > 0).then(|| newest - u32::try_from(at.index(among as usize)).unwrap())
        };
        match step {
            Step::Posts(count, pin) => (0..*count).for_each(|_| self.post(*pin)),
            Step::Edit(at, near) => {
                if let Some(post) = which(at, *near) {
                    let text = words(&format!("Edited {}.", self.heads.len()));
                    self.apply(Change::Edit(post, Edit { text: Some(text), ..Edit::default() }));
                }
            }
            Step::Withdraw(at, near) => {
                if let Some(post) = which(at, *near) {
                    self.withdraw(post);
                }
            }
            Step::Pin(at) => {
                if let Some(post) = which(at, false) {
                    self.apply(Change::Pin(post));
                }
            }
            Step::Unpin => drop(self.apply(Change::Unpin)),
        }
    }

    fn with(mut self, steps: &[Step]) -> Self {
        steps.iter().for_each(|step| self.step(step));
        self
    }

    /// A head as a reader gets it: decoded from its bytes.
    fn head(&self, at: usize) -> Arc<Live> {
        let decoded = decode::story(&encode::story(&self.heads[at]).unwrap()).unwrap();
        assert_eq!(decoded.warnings, []);
        decoded.value.live.unwrap()
    }

    fn newest_head(&self) -> Arc<Live> {
        self.head(self.heads.len() - 1)
    }

    /// How many posts with a higher number are not withdrawn at a head: counted one by one.
    fn standing_above(&self, post: PostNumber, head: usize) -> u32 {
        let stands =
            |(came, went): &&(usize, Option<usize>)| *came <= head && went.is_none_or(|it| it > head);
        u32::try_from(self.posts.iter().skip(post as usize).filter(stands).count()).unwrap()
    }

    fn entries(&self) -> Vec<PostSlot> {
        self.blog
            .entries(&|name| self.files.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into()))
            .unwrap()
    }

    fn names(&self) -> BTreeSet<PageName> {
        self.blog
            .names(&|name| self.files.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into()))
            .unwrap()
    }

    /// One of all files ever written.
    fn file(&self, at: Index) -> Option<File> {
        let name = self.files.keys().nth(at.index(self.files.len().max(1)))?;
        Some(self.decoded(name))
    }

    fn decoded(&self, name: &PageName) -> File {
        let bytes = &self.files[name];
        if name.as_str().starts_with("index-") {
            File::Index(decode::index(bytes).unwrap().value)
        } else {
            File::Page(decode::page(bytes).unwrap().value)
        }
    }
}

/// A decoded file of older posts.
enum File {
    Page(Vec<PostSlot>),
    Index(Vec<PostPage>),
}

/// A change at the desk.
#[derive(Clone, Debug)]
enum Step {
    Posts(u8, bool),
    Edit(Index, bool),
    Withdraw(Index, bool),
    Pin(Index),
    Unpin,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1_u8..4, any::<bool>()).prop_map(|(count, pin)| Step::Posts(count, pin)),
        2 => (1_u8..90).prop_map(|count| Step::Posts(count, false)),
        4 => any::<(Index, bool)>().prop_map(|(at, near)| Step::Edit(at, near)),
        4 => any::<(Index, bool)>().prop_map(|(at, near)| Step::Withdraw(at, near)),
        1 => any::<Index>().prop_map(Step::Pin),
        1 => Just(Step::Unpin),
    ];
    proptest::collection::vec(step, 1..40)
}

/// Histories: most begin with no posts, some with thousands.
fn histories() -> impl Strategy<Value = Arc<History>> {
    let start = prop_oneof![3 => Just(false), 1 => Just(true)];
    (start, steps()).prop_map(|(long, steps)| {
        let start = if long { History::long() } else { History::new() };
        Arc::new(start.with(&steps))
    })
}

/// Something that arrives at a reader, or that the reader does.
#[derive(Clone, Debug)]
enum Event {
    Head(usize),
    File(Index),
    Show,
}

/// A history, the head with which a reader begins, and what happens then. Heads of all ages arrive, most of
/// them among the last two hundred, where the changes are.
fn visits() -> impl Strategy<Value = (Arc<History>, usize, Vec<Event>)> {
    histories().prop_flat_map(|history| {
        let count = history.heads.len();
        let head = move || prop_oneof![1 => 0..count, 2 => count.saturating_sub(200)..count];
        let event = prop_oneof![
            4 => head().prop_map(Event::Head),
            3 => any::<Index>().prop_map(Event::File),
            1 => Just(Event::Show),
        ];
        (Just(history), head(), proptest::collection::vec(event, 0..30))
    })
}

// A failure should show the events, not a history of thousands of posts.
impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "History of {} posts, {} heads, {} files",
            self.posts.len(),
            self.heads.len(),
            self.files.len()
        )
    }
}

fn revisions(coverage: &Coverage) -> BTreeMap<SectionNumber, Revision> {
    coverage.sections().iter().map(|section| (section.number, section.revision())).collect()
}

fn entries(sections: &[PostSection]) -> Vec<PostSlot> {
    sections.iter().flat_map(|section| section.entries.iter().cloned()).collect()
}

/// Loads all missing files, section by section. Each of them must be one that the newest head names.
fn load_all(history: &History, stream: &mut Stream) -> Result<(), TestCaseError> {
    let named = history.names();
    for number in 0..=section_of(stream.live().newest()) {
        let mut asked = 0;
        while let Some(want) = stream.coverage().missing_file(number) {
            // At most an index and the page that it names.
            asked += 1;
            prop_assert!(asked <= 2, "section {} wants {:?} after two files", number, want);
            let (MissingFile::Page(name) | MissingFile::Index(name)) = &want;
            prop_assert!(named.contains(name), "{:?} is no file of the newest head", want);
            match (&want, history.decoded(name)) {
                (MissingFile::Page(_), File::Page(posts)) => stream.take_posts(&posts),
                (MissingFile::Index(_), File::Index(pages)) => stream.take_index(pages),
                _ => prop_assert!(false, "{:?} is the other kind of file", want),
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn whatever_came_before_the_reader_ends_with_what_the_desk_has((history, first, events) in visits()) {
        let mut stream = Stream::new(&history.head(first), None);
        let (mut current, mut shown_to) = (first, stream.live().newest());
        let mut seen = BTreeMap::new();
        let newest = history.heads.len() - 1;
        for event in events.into_iter().chain([Event::Head(newest)]) {
            let (revision, sections) = (stream.live().revision, revisions(stream.coverage()));
            match event {
                Event::Head(at) => {
                    prop_assert_eq!(stream.take_head(&history.head(at)), at > current);
                    current = current.max(at);
                }
                Event::File(at) => match history.file(at) {
                    Some(File::Page(posts)) => stream.take_posts(&posts),
                    Some(File::Index(pages)) => stream.take_index(pages),
                    None => {}
                },
                Event::Show => {
                    let first = stream.show();
                    let above = |post: &PostNumber| history.standing_above(*post - 1, current) > history.standing_above(*post, current);
                    prop_assert_eq!(first, (shown_to + 1..=stream.live().newest()).find(above));
                    shown_to = stream.live().newest();
                }
            }
            // Nothing goes back.
            prop_assert!(stream.live().revision >= revision);
            let now = revisions(stream.coverage());
            prop_assert!(sections.iter().all(|(number, revision)| now.get(number) >= Some(revision)));
            // All posts that are new and not withdrawn wait, and none of them is on the page.
            prop_assert_eq!(stream.shown_to(), shown_to);
            prop_assert_eq!(stream.waiting(), history.standing_above(shown_to, current));
            for section in stream.coverage().sections() {
                let (state, shown) = (stream.section_state(section.number), stream.entries(section.number));
                prop_assert!(shown.iter().all(|entry| entry.id() <= shown_to));
                let is_withdrawn = |entry: &PostSlot| history.posts[entry.id() as usize - 1].1.is_some_and(|at| at <= current);
                prop_assert!(shown.iter().all(|entry| !is_withdrawn(entry) || matches!(entry, PostSlot::Withdrawn(_))));
                // A section that looks different has a different state, so that it is rendered again.
                if let Some((before, was)) = seen.insert(section.number, (state.clone(), shown.clone())) {
                    prop_assert!(was == shown || before != state, "section {} looks the same", section.number);
                }
            }
        }
        load_all(&history, &mut stream)?;
        prop_assert!(entries(stream.coverage().sections()) == history.entries(), "the reader has something else");
        prop_assert!(stream.stale().is_empty());
        stream.show();
        let shown: Vec<PostSlot> = (0..=section_of(stream.shown_to())).rev().flat_map(|section| stream.entries(section)).collect();
        prop_assert!(shown.iter().eq(history.entries().iter().rev()), "what is shown is something else");
    }

    #[test]
    fn order_does_not_matter_and_twice_is_once((history, first, events) in visits(), other in any::<u64>()) {
        let files = |coverage: &mut Coverage, events: &[Event]| {
            for event in events {
                match event {
                    Event::File(at) => match history.file(*at) {
                        Some(File::Page(posts)) => drop(coverage.take_posts(&posts)),
                        Some(File::Index(pages)) => coverage.take_index(pages),
                        None => {}
                    },
                    Event::Head(at) => drop(coverage.take_head(&history.head(*at))),
                    Event::Show => {}
                }
            }
        };
        // Older heads are ignored, so here heads arrive by age, with files anywhere between them.
        let in_order = |mut events: Vec<Event>| {
            let mut heads: Vec<usize> = events.iter().filter_map(|it| if let Event::Head(at) = it { Some(*at) } else { None }).collect();
            heads.sort_unstable();
            let mut heads = heads.into_iter();
            for event in &mut events {
                if let Event::Head(at) = event {
                    *at = heads.next().unwrap();
                }
            }
            events
        };
        let start = history.head(0);
        let mut one = Coverage::new(&start);
        let events: Vec<Event> = [Event::Head(first)].into_iter().chain(events).collect();
        files(&mut one, &in_order(events.clone()));
        let mut again = events.clone();
        // The same events in another order, some of them twice.
        let mut random = other | 1;
        for at in (1..again.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            again.swap(at, usize::try_from(random >> 33).unwrap() % (at + 1));
        }
        again.extend(again.clone().into_iter().take(5));
        let mut two = Coverage::new(&start);
        files(&mut two, &in_order(again.clone()));
        let sections = || 0..=section_of(one.live().newest());
        let wants = |coverage: &Coverage| sections().map(|section| coverage.missing_file(section)).collect::<Vec<_>>();
        prop_assert_eq!(one.live(), two.live());
        prop_assert!(one.sections() == two.sections(), "another order has brought other posts");
        prop_assert_eq!(wants(&one), wants(&two));

        // The same events again change nothing.
        let before = two.clone();
        files(&mut two, &again);
        prop_assert!(two.live() == before.live() && two.sections() == before.sections());
        prop_assert_eq!(wants(&two), wants(&before));

        // If heads arrive in any order, too, some posts may still be missing, but none may differ.
        let mut three = Coverage::new(&start);
        files(&mut three, &again);
        prop_assert_eq!(three.live(), one.live());
        for section in three.sections() {
            prop_assert!(one.section(section.number).is_some_and(|other| other.revision() >= section.revision()));
        }
    }
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn the_count_is_true_after_any_jump(history in histories(), first in any::<Index>(), jumps in proptest::collection::vec(1_usize..700, 1..8)) {
        let heads = history.heads.len();
        let mut at = first.index(heads);
        let mut stream = Stream::new(&history.head(at), None);
        let shown_to = stream.live().newest();
        for jump in jumps {
            at = (at + jump).min(heads - 1);
            stream.take_head(&history.head(at));
            prop_assert_eq!(stream.waiting(), history.standing_above(shown_to, at));
        }
        prop_assert_eq!(stream.shown_to(), shown_to);
    }

    #[test]
    fn a_withdrawal_of_what_waits_lowers_the_count_by_one(history in histories(), first in any::<Index>(), which in any::<Index>()) {
        let mut history = History::clone(&history);
        let first = first.index(history.heads.len());
        let mut stream = Stream::new(&history.head(first), None);
        history.post(false);
        stream.take_head(&history.newest_head());
        let shown_to = stream.shown_to();
        let pending: Vec<PostNumber> =
            (shown_to + 1..=history.newest()).filter(|post| history.posts[*post as usize - 1].1.is_none()).collect();
        let before = stream.waiting();
        prop_assert_eq!(before as usize, pending.len());
        history.withdraw(pending[which.index(pending.len())]);
        stream.take_head(&history.newest_head());
        prop_assert_eq!(stream.waiting(), before - 1);
    }
}

#[test]
fn a_jump_of_five_hundred_revisions_is_counted_from_the_head_alone() {
    let mut history = History::long();
    let (first, newest) = (history.heads.len() - 1, history.newest());
    let mut stream = Stream::new(&history.newest_head(), None);
    for round in 0..100 {
        (0..3).for_each(|_| history.post(false));
        // One of the waiting posts, and one of the old ones.
        history.withdraw(newest + 3 * round + 1);
        history.withdraw(round + 1);
    }
    assert_eq!(history.heads.len() - 1 - first, 500);
    stream.take_head(&history.newest_head());
    assert_eq!(stream.waiting(), 200);
    assert_eq!(stream.coverage().sections().len(), 2, "what the two heads hold, and no page");
}

//! A live blog in memory, compared with a naive model: after any changes, head, indexes and pages together
//! have the same posts as a plain list.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::io;

use dateline::content::live::{LiveState, Post, PostPage, PostSlot, Withdrawn};
use dateline::content::{
    Block, Href, Kind, LiveState as State, PageName, Picture, Source, Story, Text, Timestamp, decode, encode,
};
use desk::live::blog::{Blog, BlogError, Change, Changed, Edit, NewPost};
use proptest::prelude::*;
use proptest::test_runner::Config;

fn story() -> Story {
    let json = r#"{"version": 1, "id": "harbour", "kind": "live", "headline": "The harbour opens", "published": "2026-05-01T09:00:00Z"}"#;
    decode::story(json.as_bytes()).unwrap().value
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_777_626_000_000 + seconds * 1000)
}

fn words(text: &str) -> Vec<Block> {
    vec![Block::Paragraph { text: Text::plain(text) }]
}

fn post(text: &str) -> NewPost {
    NewPost { body: words(text), ..NewPost::default() }
}

fn picture(name: &str) -> Picture {
    Picture {
        sources: vec![Source { url: Href::resource(name).unwrap(), width: None }],
        alt: None,
        caption: Text::default(),
        credit: None,
        width: None,
        height: None,
        color: None,
    }
}

/// A live blog with the files that it has written. No file is ever changed.
struct Shelf {
    blog: Blog,
    files: BTreeMap<PageName, Vec<u8>>,
    now: i64,
}

impl Shelf {
    fn new() -> Self {
        Self { blog: Blog::begin(story(), None, at(0)), files: BTreeMap::new(), now: 0 }
    }

    fn with(posts: u32) -> Self {
        let mut shelf = Self::new();
        for number in 1..=posts {
            shelf.does(Change::Post(post(&format!("Post {number}."))));
        }
        shelf
    }

    fn apply(&mut self, change: Change) -> Result<Changed, BlogError> {
        self.now += 1;
        let files = &self.files;
        let changed = self.blog.apply(change, at(self.now), &|name| {
            files.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
        })?;
        for (name, bytes) in &changed.files {
            if let Some(old) = self.files.insert(name.clone(), bytes.clone()) {
                assert_eq!(old, *bytes, "{name} is another file under the same name");
            }
        }
        Ok(changed)
    }

    fn does(&mut self, change: Change) -> Changed {
        self.apply(change).expect("it can be done")
    }

    fn page(&self, page: &PostPage) -> Vec<PostSlot> {
        let decoded = decode::page(&self.files[&page.name]).unwrap();
        assert_eq!(decoded.warnings, []);
        let entries = decoded.value;
        assert_eq!(entries.len(), 50);
        assert_eq!((entries[0].id(), entries[49].id()), (page.first, page.last));
        assert_eq!(page.first % 50, 1);
        says(page, &entries);
        entries
    }

    /// All posts, read as a reader would: from the head, then from the files that it names.
    fn everything(&self) -> Vec<PostSlot> {
        let bytes = encode::story(self.blog.story()).unwrap();
        let decoded = decode::story(&bytes).unwrap();
        assert_eq!(decoded.warnings, []);
        assert_eq!(decoded.value, *self.blog.story(), "what is written reads back");
        assert_eq!(Blog::new(decoded.value.clone()).unwrap(), self.blog);
        let live = decoded.value.live.unwrap();
        let mut all = Vec::new();
        for index in &live.indexes {
            let pages = decode::index(&self.files[&index.name]).unwrap();
            assert_eq!(pages.warnings, []);
            assert_eq!(pages.value.len(), 20);
            assert!(index.name.as_str().starts_with(&format!("index-{}-", index.first)));
            let start = all.len();
            pages.value.iter().for_each(|page| all.extend(self.page(page)));
            assert_eq!((all[start].id(), all[all.len() - 1].id()), (index.first, index.last));
            says(index, &all[start..]);
        }
        live.pages.iter().for_each(|page| all.extend(self.page(page)));
        assert!(live.posts.len() < 60 && live.pages.len() < 40);
        assert!(live.posts.len() >= 10 || all.is_empty());
        all.extend(live.posts.iter().cloned());
        all
    }
}

/// Checks that a page or index agrees with its entries.
fn says(page: &PostPage, entries: &[PostSlot]) {
    assert_eq!(Some(page.revision), entries.iter().map(PostSlot::revision).max());
    let withdrawn: Vec<u32> =
        entries.iter().filter(|entry| matches!(entry, PostSlot::Withdrawn(_))).map(PostSlot::id).collect();
    assert_eq!(page.withdrawn, withdrawn);
    assert!(page.name.as_str().contains(&format!("{}-", page.first)));
}

fn standing(entry: &PostSlot) -> Post {
    let PostSlot::Post(post) = entry else { panic!("it is withdrawn") };
    Post::clone(post)
}

#[test]
fn posts_are_cut_into_pages_of_fifty_and_pages_into_indexes_of_twenty() {
    let mut shelf = Shelf::with(59);
    assert_eq!((shelf.blog.live().posts.len(), shelf.files.len()), (59, 0));
    let changed = shelf.does(Change::Post(post("Post 60.")));
    assert_eq!((changed.post, changed.revision, changed.files.len()), (Some(60), 61, 1));
    assert_eq!(shelf.blog.live().posts.len(), 10);
    let page = &shelf.blog.live().pages[0];
    assert_eq!((page.first, page.last, page.revision), (1, 50, 51));
    assert!(page.name.as_str().starts_with("1-") && page.name.as_str().len() == 18);
    let shelf = Shelf::with(2010);
    let live = shelf.blog.live();
    assert_eq!((live.indexes.len(), live.pages.len(), live.posts.len()), (1, 20, 10));
    assert_eq!((live.indexes[0].first, live.indexes[0].last), (1, 1000));
    assert_eq!(shelf.everything().len(), 2010);
}

#[test]
fn an_old_post_is_edited_in_its_page_and_in_its_index() {
    for (posts, number, files) in [(70, 7, 1), (2100, 7, 2), (2100, 1007, 1), (2100, 2100, 0)] {
        let mut shelf = Shelf::with(posts);
        let before = shelf.files.len();
        let edit = Edit { text: Some(words("Mended.")), ..Edit::default() };
        let changed = shelf.does(Change::Edit(number, edit.clone()));
        assert_eq!((changed.post, changed.revision), (Some(number), posts + 2));
        assert_eq!(changed.files.len(), files, "{posts} {number}");
        assert_eq!(shelf.files.len(), before + files, "the old files stay");
        let entries = shelf.everything();
        let mended = standing(&entries[number as usize - 1]);
        assert_eq!((mended.body, mended.revision), (words("Mended."), posts + 2));
        assert_eq!(mended.updated, Some(at(shelf.now)));
        assert_eq!(entries.len(), posts as usize);

        let again = shelf.does(Change::Edit(number, edit));
        assert_eq!((again.revision, again.files), (posts + 2, Vec::new()), "nothing changes");

        let changed = shelf.does(Change::Withdraw(number, "Not  so. ".to_owned()));
        assert_eq!(changed.revision, posts + 3);
        let entries = shelf.everything();
        let reason = "Not so.".to_owned();
        assert_eq!(
            entries[number as usize - 1],
            PostSlot::Withdrawn(Withdrawn { id: number, revision: posts + 3, reason })
        );
        assert_eq!(shelf.blog.live().visible_count(1, posts), posts - 1);
        assert!(shelf.blog.live().is_withdrawn(number));
    }
}

#[test]
fn what_stands_in_the_head_of_a_post_follows_it() {
    let mut shelf = Shelf::with(4);
    shelf.does(Change::Post(NewPost { key: true, pin: true, ..post("A long first sentence of the post.") }));
    (0..100).for_each(|_| drop(shelf.does(Change::Post(post("More.")))));
    assert_eq!(shelf.blog.live().key_events[0].title, "A long first sentence of the post.");
    shelf.does(Change::Edit(5, Edit { title: Some("A title".to_owned()), ..Edit::default() }));
    assert_eq!(shelf.blog.live().key_events[0].title, "A title");
    let pinned = shelf.blog.live().pinned.clone().unwrap();
    assert_eq!((pinned.title.as_deref(), pinned.revision), (Some("A title"), shelf.blog.live().revision));
    shelf.does(Change::Edit(5, Edit { key: Some(false), ..Edit::default() }));
    assert_eq!(shelf.blog.live().key_events, []);
    shelf.does(Change::Edit(5, Edit { key: Some(true), ..Edit::default() }));
    shelf.does(Change::Withdraw(5, String::new()));
    assert_eq!((shelf.blog.live().pinned.as_ref(), shelf.blog.live().key_events.len()), (None, 0));
    shelf.everything();
}

#[test]
fn the_head_lists_the_newest_hundred_key_events() {
    let mut shelf = Shelf::new();
    (0..130).for_each(|_| drop(shelf.does(Change::Post(NewPost { key: true, ..post("Key.") }))));
    let numbers =
        |shelf: &Shelf| -> Vec<u32> { shelf.blog.live().key_events.iter().map(|event| event.post).collect() };
    assert_eq!(numbers(&shelf), (31..=130).collect::<Vec<_>>());
    shelf.does(Change::Edit(3, Edit { title: Some("An old one".to_owned()), ..Edit::default() }));
    assert_eq!(numbers(&shelf), (31..=130).collect::<Vec<_>>(), "an old one does not come back");
}

#[test]
fn only_what_is_given_changes() {
    let mut shelf = Shelf::new();
    let mut body = words("Text.");
    body.push(Block::Figure { picture: picture("images/a.png") });
    shelf.does(Change::Post(NewPost {
        title: Some("T".to_owned()),
        author: Some("A".to_owned()),
        body,
        ..NewPost::default()
    }));
    let edit = |shelf: &mut Shelf, edit: Edit| {
        shelf.does(Change::Edit(1, edit));
        standing(&shelf.everything()[0])
    };
    let it = edit(&mut shelf, Edit { text: Some(words("Other.")), ..Edit::default() });
    assert_eq!(it.body.len(), 2, "the picture stays");
    let it = edit(&mut shelf, Edit { alt: Some("A pier".to_owned()), ..Edit::default() });
    let with_alt = Picture { alt: Some("A pier".to_owned()), ..picture("images/a.png") };
    assert_eq!(it.body[1], Block::Figure { picture: with_alt });
    let it = edit(&mut shelf, Edit { picture: Some(Some(picture("images/b.png"))), ..Edit::default() });
    assert_eq!(it.body, [words("Other."), vec![Block::Figure { picture: picture("images/b.png") }]].concat());
    let it = edit(&mut shelf, Edit { picture: Some(None), author: Some("  ".to_owned()), ..Edit::default() });
    assert_eq!((it.body, it.title.as_deref(), it.author), (words("Other."), Some("T"), None));
    let alt = Change::Edit(1, Edit { alt: Some("x".to_owned()), ..Edit::default() });
    assert!(matches!(shelf.apply(alt), Err(BlogError::NoPicture(1))));
    edit(&mut shelf, Edit { text: Some(Vec::new()), ..Edit::default() });
    let empty = Change::Edit(1, Edit { title: Some(String::new()), ..Edit::default() });
    assert!(matches!(shelf.apply(empty), Err(BlogError::Empty)));
}

#[test]
fn what_can_t_be_done_changes_nothing() {
    let mut shelf = Shelf::with(60);
    shelf.does(Change::Withdraw(2, String::new()));
    let before = shelf.blog.clone();
    for change in [
        Change::Post(NewPost::default()),
        Change::Edit(0, Edit::default()),
        Change::Edit(61, Edit::default()),
        Change::Edit(2, Edit { title: Some("x".to_owned()), ..Edit::default() }),
        Change::Withdraw(2, String::new()),
        Change::Withdraw(99, String::new()),
        Change::Pin(2),
        Change::Pin(0),
    ] {
        assert!(shelf.apply(change.clone()).is_err(), "{change:?}");
        assert_eq!(shelf.blog, before);
    }
    for change in [Change::Unpin, Change::Summary(Vec::new()), Change::State(State::Live)] {
        assert_eq!(shelf.does(change).revision, before.live().revision, "nothing changes");
    }
    // A page that is missing or damaged is not overwritten.
    let name = shelf.blog.live().pages[0].name.clone();
    let whole = shelf.files.remove(&name).unwrap();
    assert!(matches!(shelf.apply(Change::Withdraw(3, String::new())), Err(BlogError::Unreadable { .. })));
    for spoilt in ["{", "<html>", r#"{"version": 1, "posts": []}"#, r#"{"version": 1, "posts": [{"id": 1}]}"#]
    {
        shelf.files.insert(name.clone(), spoilt.as_bytes().to_vec());
        let said = shelf.apply(Change::Withdraw(3, String::new()));
        assert!(matches!(said, Err(BlogError::Damaged { .. })), "{spoilt}: {said:?}");
    }
    shelf.files.insert(name, whole);
    assert_eq!(shelf.blog, before);
    shelf.everything();
}

#[test]
fn a_head_with_a_gap_is_not_written_on() {
    let whole = Shelf::with(120).blog;
    let spoil = |change: &dyn Fn(&mut dateline::content::Live)| {
        let mut live = whole.live().clone();
        change(&mut live);
        Blog::new(Story { live: Some(live.into()), ..whole.story().clone() })
    };
    assert!(spoil(&|_| {}).is_ok());
    assert!(spoil(&|live| drop(live.posts.remove(0))).is_err());
    assert!(spoil(&|live| drop(live.posts.remove(3))).is_err());
    assert!(spoil(&|live| drop(live.pages.remove(0))).is_err());
    assert!(spoil(&|live| live.pages[1].last = 99).is_err());
    assert!(spoil(&|live| live.revision = 20).is_err());
    let article = Story { kind: Kind::Article, ..whole.story().clone() };
    assert!(matches!(Blog::new(article), Err(BlogError::NotLive(_))));
    assert!(matches!(Blog::new(Story { live: None, ..story() }), Err(BlogError::NotLive(_))));
}

#[test]
fn times_never_go_back() {
    let mut shelf = Shelf::with(1);
    let latest = shelf.blog.live().changed;
    shelf.now = -5000;
    shelf.does(Change::Edit(1, Edit { key: Some(true), ..Edit::default() }));
    assert_eq!(shelf.blog.live().changed, latest);
    assert_eq!(shelf.blog.story().updated, Some(latest));
    let it = standing(&shelf.everything()[0]);
    assert_eq!(it.updated, Some(it.time));
}

/// A random change. Numbers are taken modulo the number of posts.
#[derive(Clone, Debug)]
enum Step {
    Post { key: bool, pin: bool, title: bool },
    Posts(u16),
    Edit { post: u16, text: Option<u8>, key: Option<bool>, title: Option<bool> },
    Withdraw(u16),
    Pin(u16),
    Unpin,
    Summary(u8),
    State(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let flag = any::<bool>;
    let step = prop_oneof![
        3 => (flag(), flag(), flag()).prop_map(|(key, pin, title)| Step::Post { key, pin, title }),
        3 => (0_u16..200).prop_map(Step::Posts),
        4 => (any::<u16>(), proptest::option::of(0_u8..3), proptest::option::of(flag()), proptest::option::of(flag()))
            .prop_map(|(post, text, key, title)| Step::Edit { post, text, key, title }),
        3 => any::<u16>().prop_map(Step::Withdraw),
        2 => any::<u16>().prop_map(Step::Pin),
        1 => Just(Step::Unpin),
        1 => (0_u8..3).prop_map(Step::Summary),
        1 => (0_u8..3).prop_map(Step::State),
    ];
    proptest::collection::vec(step, 1..40)
}

/// The naive model: a list.
#[derive(Default)]
struct Model {
    entries: Vec<PostSlot>,
    revision: u32,
    pinned: Option<u32>,
    summary: Vec<Block>,
    state: Option<LiveState>,
}

impl Model {
    fn add(&mut self, new: &NewPost, now: Timestamp) {
        self.revision += 1;
        let id = self.entries.len() as u32 + 1;
        if new.pin {
            self.pinned = Some(id);
        }
        self.entries.push(PostSlot::Post(
            Post {
                id,
                revision: self.revision,
                time: now,
                updated: None,
                title: new.title.clone(),
                author: None,
                key: new.key,
                body: new.body.clone(),
            }
            .into(),
        ));
    }

    fn step(&mut self, shelf: &mut Shelf, step: &Step) {
        let number = |raw: u16| u32::from(raw) % (self.entries.len() as u32 + 1);
        let now = at(shelf.now + 1);
        match step {
            Step::Post { key, pin, title } => {
                let title = title.then(|| format!("Title {}", self.entries.len()));
                let new = NewPost { key: *key, pin: *pin, title, ..post("Words.") };
                shelf.does(Change::Post(new.clone()));
                self.add(&new, now);
            }
            Step::Posts(count) => {
                for _ in 0..*count {
                    let new = post("One of many.");
                    self.add(&new, at(shelf.now + 1));
                    shelf.does(Change::Post(new));
                }
            }
            Step::Edit { post, text, key, title } => {
                let number = number(*post);
                let edit = Edit {
                    text: text.map(|text| words(&format!("Edited {text}."))),
                    title: title.map(|title| if title { "New".to_owned() } else { String::new() }),
                    key: *key,
                    ..Edit::default()
                };
                let old = self.entries.get((number as usize).wrapping_sub(1)).cloned();
                let done = shelf.apply(Change::Edit(number, edit.clone()));
                let Some(PostSlot::Post(old)) = old else { return assert!(done.is_err()) };
                let mut new = Post::clone(&old);
                new.body = edit.text.unwrap_or(new.body);
                new.title = edit.title.map_or(new.title, |title| Some(title).filter(|it| !it.is_empty()));
                new.key = edit.key.unwrap_or(new.key);
                if new != *old {
                    self.revision += 1;
                    (new.revision, new.updated) = (self.revision, Some(now));
                    self.entries[number as usize - 1] = PostSlot::Post(new.into());
                }
                assert_eq!(done.unwrap().revision, self.revision);
            }
            Step::Withdraw(post) => {
                let number = number(*post);
                let done = shelf.apply(Change::Withdraw(number, String::new()));
                match self.entries.get_mut((number as usize).wrapping_sub(1)) {
                    Some(entry @ PostSlot::Post(_)) => {
                        self.revision += 1;
                        let (id, revision) = (number, self.revision);
                        *entry = PostSlot::Withdrawn(Withdrawn { id, revision, reason: String::new() });
                        self.pinned = self.pinned.filter(|pinned| *pinned != number);
                        assert_eq!(done.unwrap().revision, self.revision);
                    }
                    _ => assert!(done.is_err()),
                }
            }
            Step::Pin(post) => {
                let number = number(*post);
                let done = shelf.apply(Change::Pin(number));
                match self.entries.get((number as usize).wrapping_sub(1)) {
                    Some(PostSlot::Post(_)) => {
                        done.unwrap();
                        self.revision += u32::from(self.pinned != Some(number));
                        self.pinned = Some(number);
                    }
                    _ => assert!(done.is_err()),
                }
            }
            Step::Unpin => {
                shelf.does(Change::Unpin);
                self.revision += u32::from(self.pinned.take().is_some());
            }
            Step::Summary(text) => {
                let summary = if *text == 0 { Vec::new() } else { words(&format!("So far {text}.")) };
                shelf.does(Change::Summary(summary.clone()));
                self.revision += u32::from(self.summary != summary);
                self.summary = summary;
            }
            Step::State(which) => {
                let state = [State::Live, State::Paused, State::Ended][*which as usize];
                shelf.does(Change::State(state));
                self.revision += u32::from(self.state.unwrap_or(State::Live) != state);
                self.state = Some(state);
            }
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]

    #[test]
    fn head_indexes_and_pages_say_what_a_plain_list_says(first in prop_oneof![Just(0_u16), 1940_u16..2100], steps in steps()) {
        let mut shelf = Shelf::new();
        let mut model = Model { revision: 1, ..Model::default() };
        model.step(&mut shelf, &Step::Posts(first));
        for step in &steps {
            model.step(&mut shelf, step);
            let live = shelf.blog.live();
            prop_assert_eq!(live.revision, model.revision);
            prop_assert_eq!(live.newest(), model.entries.len() as u32);
            prop_assert!(Blog::new(shelf.blog.story().clone()).is_ok());
        }
        prop_assert_eq!(&shelf.everything(), &model.entries);
        let live = shelf.blog.live();
        prop_assert_eq!(live.state, model.state.unwrap_or(State::Live));
        prop_assert_eq!(&live.summary, &model.summary);
        let pinned = model.pinned.map(|number| standing(&model.entries[number as usize - 1]));
        prop_assert_eq!(live.pinned.as_deref(), pinned.as_ref());
        let standing_posts = model.entries.iter().filter(|entry| matches!(entry, PostSlot::Post(_)));
        prop_assert_eq!(live.visible_count(1, live.newest()) as usize, standing_posts.clone().count());
        // Forty steps make fewer key events than the head lists.
        let keys: Vec<u32> = standing_posts.filter(|entry| standing(entry).key).map(PostSlot::id).collect();
        prop_assert_eq!(live.key_events.iter().map(|event| event.post).collect::<Vec<_>>(), keys);
        let latest = live.posts.iter().rev().find(|entry| matches!(entry, PostSlot::Post(_)));
        prop_assert_eq!(shelf.blog.teaser().latest.map(|line| line.post), latest.map(PostSlot::id));
        for number in [1, 51, 777, 1500, live.newest()] {
            let files = &shelf.files;
            let read = |name: &PageName| files.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into());
            let entry = shelf.blog.entry(number, &read).ok();
            prop_assert_eq!(entry.as_ref(), model.entries.get((number as usize).wrapping_sub(1)));
        }
    }
}

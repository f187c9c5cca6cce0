//! A live blog: its head, and the stream of its posts.

use std::cell::Cell;
use std::sync::Arc;

use reactive_graph::owner::on_cleanup;
use reactive_graph::prelude::*;
use reactive_graph::signal::ArcRwSignal;

use super::story;
use crate::browser::intl::{self, TimeStyle};
use crate::browser::place::{feed_keys, when_near};
use crate::browser::{clock, page, presence};
use crate::content::live::{Live, PostNumber, PostSlot, PostSummary};
use crate::content::{LiveState, Story, Timestamp};
use crate::follow::{FeedItem, SectionNumber};
use crate::route::Route;
use crate::view::Given;
use crate::view::acting::Acting;
use crate::view::following::{Following, GAP, follow_links};
use crate::view::html::{Element, Keyed, Node, dynamic, el, many, nothing};
use crate::view::library::Library;
use crate::view::noting::note_opened;
use crate::view::own;
use crate::view::parts::blocks::blocks;
use crate::view::parts::marks::follow_button;
use crate::view::parts::post::{Setting, Side, entry, marked, moment};
use crate::view::parts::share::share_button;
use crate::view::parts::state::arriving;
use crate::view::parts::teaser::live as live_mark;
use crate::view::parts::time::time;
use crate::view::parts::{bdi, in_its_language, runs};

thread_local! {
    /// Whether the page has the style of live blogs.
    static STYLED: Cell<bool> = const { Cell::new(false) };
}

/// How many key events are listed before the reader asks for all.
const FEW: usize = 6;

/// A live blog, with what is around it.
#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(live, wasm_split_path = crate::view::later))]
#[must_use]
pub fn live_page(library: Library, story: &Arc<Story>, just_loaded: bool) -> Node {
    let Some(live) = &story.live else { return nothing() };
    // What was published as one has it from the beginning; another would have the whole page looked at anew.
    if !STYLED.replace(true) && !page::has("#shell .coverage") {
        page::add_style("live", include_str!("../../../style/live.css"));
    }
    arriving(&story::title(story));
    if let Some(acting) = Acting::here() {
        let story = Arc::clone(story);
        // Once it can be read.
        clock::after(0, move || note_opened(&acting, &story));
    }
    let following = Following::start(library, story, live, just_loaded);
    let navigation = Given::here().map(|given| given.navigation);
    if let Some(navigation) = navigation {
        follow_links(navigation, following.clone());
    }
    let view = View {
        following: following.clone(),
        oldest_first: ArcRwSignal::new(0),
        key_only: following.key_only(),
        zoned: ArcRwSignal::new(0),
        address: navigation.map(|navigation| navigation.address(&Route::Story(story.id.clone()))),
    };
    // Before whatever tells a time.
    let zoned = view.zoned.clone();
    let zone = dynamic(move || {
        set_zone(library, zoned.get() == 1);
        nothing()
    });
    on_cleanup(|| {
        intl::set_zone(None);
        presence::set_badge(0);
    });
    let article = el("article")
        .class("story coverage")
        .child(zone)
        .maybe("dir", runs(story))
        .child(following.part(count_in_title))
        .child(view.part(head))
        .child(view.part(catch_up))
        .child(el("div").class("coverage-main").child(view.part(overview)).child(stream(&view)))
        .child(story::foot(story));
    many([article.into(), story::also_like(Arc::clone(story))])
}

/// The tab counts what waits, and so does the icon of an installed app.
fn count_in_title(following: &Following) -> Node {
    let waiting = following.waiting();
    let count = if waiting > 0 { format!("({waiting}) ") } else { String::new() };
    page::set_title(&format!("{count}{}", story::title(&following.story())));
    presence::set_badge(waiting);
    nothing()
}

/// What the parts of the page share.
#[derive(Clone)]
struct View {
    following: Following,
    /// 1 where the oldest posts come first.
    oldest_first: ArcRwSignal<u32>,
    /// 1 where key events alone are shown.
    key_only: ArcRwSignal<u32>,
    /// 1 where times are told as the newsroom knows them.
    zoned: ArcRwSignal<u32>,
    /// The address of the story, to be passed on.
    address: Option<String>,
}

impl View {
    /// A part of the page that follows the story, and tells times as the reader wants them.
    fn part(&self, make: fn(&Self) -> Node) -> Node {
        let view = self.clone();
        dynamic(move || {
            view.zoned.get();
            make(&view)
        })
    }
}

fn live_of(story: &Story) -> &Live {
    // It was opened as one that has it, and a head without it is not taken.
    story.live.as_deref().unwrap_or_else(|| unreachable!("a live blog has live matter"))
}

fn head(view: &View) -> Node {
    let following = &view.following;
    let story = following.story();
    let live = live_of(&story);
    let state = match live.state {
        LiveState::Live => live_mark().into(),
        LiveState::Paused => el("span").class("live-rests").child("Paused").into(),
        LiveState::Ended => bdi(el("span").class("live-rests").child("Ended"))
            .child(" ")
            .child(time(live.ended.unwrap_or(live.changed), TimeStyle::DayAndClock))
            .into(),
    };
    let count = live.visible_count(1, live.newest());
    let status = el("div").class("story-times live-status").children([
        el("span")
            .class("time-line")
            .child(bdi("Last updated ").child(time(live.changed, TimeStyle::Full)))
            .into(),
        el("span").child(bdi(updates(count))).into(),
        el("div").class("story-acts").child(buttons(view, &story)).into(),
    ]);
    let head = story::headline(&story, Some(state)).child(status);
    many([story::corrections(&story), head.into(), story::main_picture(&story)])
}

/// What can be done with the story. It stays as it is when a newer head comes, with what it has to say.
fn buttons(view: &View, story: &Arc<Story>) -> Node {
    let (story, address) = (Arc::clone(story), view.address.clone());
    let make = move || {
        let share = address.map(|address| share_button(None, story.headline.clone(), address));
        // What is published has their places.
        let follow =
            Acting::here().map_or_else(|| own::toggle("Follow", false).into(), |_| follow_button(&story));
        many([follow, own::save_button(&story), share.into()])
    };
    Node::Keyed(vec![Keyed { key: 0, version: 0, scope: view.following.scope(), make: Box::new(make) }])
}

/// Tells quietly that nothing comes, and what is done about it.
fn trouble(following: &Following) -> Element {
    let line = following.part(|following| {
        let trouble = following.trouble();
        if trouble == 0 {
            return nothing();
        }
        // It stays while it has nothing to do, and the focus with it.
        let (now, is_trying) = (following.clone(), trouble == 1);
        let words = if is_trying {
            "Trying again now… ".to_owned()
        } else {
            format!("Trying again in {} s · ", trouble - 1)
        };
        let button = el("button").attr("type", "button").class("button button-plain");
        let button = button.attr("aria-disabled", if is_trying { "true" } else { "false" });
        bdi(words).child(button.on_press(move || now.try_now()).child("try now")).into()
    });
    // What is read out does not count down.
    let said = following.part(|following| match following.trouble() {
        0 => nothing(),
        _ => "Updates are not coming through at the moment.".into(),
    });
    el("div")
        .class("live-trouble")
        .child(el("p").class("visually-hidden").attr("role", "status").child(said))
        .child(el("p").child(line))
}

/// The key events that the reader missed.
fn catch_up(view: &View) -> Node {
    let following = &view.following;
    let story = following.story();
    let missed: Vec<PostSummary> = following.look(|stream| stream.missed().into_iter().cloned().collect());
    if missed.is_empty() {
        return nothing();
    }
    el("section")
        .class("catch-up")
        .attr("aria-label", "Since your last visit")
        .child(el("h2").child("Since your last visit"))
        .child(event_lines(&story, &mut missed.iter()))
        .into()
}

/// Key events, newest first: a few, and the rest for who wants them.
fn event_lines(story: &Story, events: &mut dyn Iterator<Item = &PostSummary>) -> Node {
    let now = Timestamp::from_millis(clock::now());
    let mut first: Vec<Node> = events.map(|event| event_line(story, event, now)).collect();
    let rest = first.split_off(first.len().min(FEW));
    let more = (!rest.is_empty()).then(|| {
        let top = el("summary").child(format!("{} earlier ones", rest.len()));
        el("details").child(top).child(el("ul").class("events").children(rest))
    });
    many([el("ul").class("events").children(first).into(), more.into()])
}

fn event_line(story: &Story, event: &PostSummary, now: Timestamp) -> Node {
    let words = in_its_language("span", story).child(event.title.clone());
    let link = el("a").attr("href", Route::post_href(&story.id, event.post)).child(words);
    let when = el("span").class("event-time").child(time(event.time, moment(event.time, now)));
    el("li").child(when).child(" ").child(link).into()
}

/// The summary, the pinned post and the key events.
fn overview(view: &View) -> Node {
    let story = view.following.story();
    let live = live_of(&story);
    let own = |tag| in_its_language(tag, &story);
    let summary = (!live.summary.is_empty()).then(|| {
        let body = own("div").class("body").child(blocks(&live.summary));
        el("section")
            .class("live-summary")
            .attr("aria-label", "Summary")
            .child(el("h2").child("Summary"))
            .child(body)
    });
    let pinned = live.pinned.as_ref().map(|post| {
        let title = post.title.clone().map_or_else(nothing, |title| own("span").child(title).into());
        let top = el("summary").child(el("span").class("post-mark").child("Pinned")).child(" ").child(title);
        let body = own("div").class("body").children(marked(&post.body, None));
        el("details").class("live-pinned").attr("open", "").child(top).child(body)
    });
    let key_events = (!live.key_events.is_empty()).then(|| {
        let lines = event_lines(&story, &mut live.key_events.iter().rev());
        let top = el("summary").child(el("h2").child("Key events"));
        el("details").class("key-events").attr("open", "").child(top).child(lines)
    });
    el("div").class("live-overview").child(summary).child(key_events).child(pinned).into()
}

/// A button that is pressed or not.
fn toggle(word: String, signal: ArcRwSignal<u32>) -> Node {
    dynamic(move || {
        let pressed = if signal.get() == 1 { "true" } else { "false" };
        let press = signal.clone();
        el("button")
            .attr("type", "button")
            .class("button")
            .attr("aria-pressed", pressed)
            .on_press(move || press.update(|on| *on = 1 - *on))
            .child(word.clone())
            .into()
    })
}

fn controls(view: &View) -> Element {
    el("div")
        .class("live-controls")
        .attr("role", "group")
        .attr("aria-label", "Updates")
        .child(toggle("Oldest first".to_owned(), view.oldest_first.clone()))
        .child(toggle("Key events only".to_owned(), view.key_only.clone()))
        .child(zone_toggle(view.zoned.clone()))
}

/// The newsroom's own time, where it has said which that is.
fn zone_toggle(zoned: ArcRwSignal<u32>) -> Node {
    let library = Given::here().map(|given| given.library);
    dynamic(move || {
        let zone = library
            .and_then(Library::loaded_edition)
            .and_then(|edition| edition.publication.time_zone.clone());
        zone.map_or_else(nothing, |zone| toggle(format!("Times in {}", zone.place()), zoned.clone()))
    })
}

/// Tells times from now on as the newsroom knows them, or as the reader does.
fn set_zone(library: Library, zoned: bool) {
    let edition = library.loaded_edition();
    let zone = edition.and_then(|edition| edition.publication.time_zone.clone()).filter(|_| zoned);
    intl::set_zone(zone.map(|zone| zone.as_str().to_owned()));
}

/// `1 new update`, `3 new updates`.
fn new_updates(count: u32) -> String {
    format!("{count} new {}", if count == 1 { "update" } else { "updates" })
}

/// `1 update`, `3 updates`.
fn updates(count: u32) -> String {
    format!("{count} {}", if count == 1 { "update" } else { "updates" })
}

fn stream(view: &View) -> Element {
    let following = view.following.clone();
    let said = following.part(|following| match following.said() {
        0 => nothing(),
        count => new_updates(count).into(),
    });
    let pill = following.part(|following| match following.waiting() {
        0 if following.is_elsewhere() => {
            let go = following.clone();
            let button = el("button").attr("type", "button").class("pill");
            button.on_press(move || go.go_to_newest()).child("Latest update").into()
        }
        0 => nothing(),
        count => {
            let show = following.clone();
            let button = el("button").attr("type", "button").class("pill");
            button.on_press(move || show.show()).child(bdi(new_updates(count))).into()
        }
    });
    // Told to the stylesheet by an element before the feed, so that the feed itself is not made anew.
    let key_only = view.key_only.clone();
    let filter = dynamic(move || {
        el("div").class(if key_only.get() == 1 { "filter key-only" } else { "filter" }).into()
    });
    let feed = el("div")
        .class("feed")
        .attr("role", "feed")
        .attr("aria-label", "Updates")
        .child({
            let view = view.clone();
            dynamic(move || sections(&view))
        })
        .on_built(feed_keys);
    el("div")
        .class("stream")
        .child(el("h2").class("visually-hidden").child("Updates"))
        .child(el("p").class("visually-hidden").attr("role", "status").child(said))
        .child(controls(view))
        .child(el("div").class("pill-place").child(pill).child(trouble(&following)))
        .child(filter)
        .child(feed)
}

/// What is on the page, in the order that the reader wants.
fn sections(view: &View) -> Node {
    let mut pieces = view.following.pieces();
    let oldest_first = view.oldest_first.get() == 1;
    if oldest_first {
        pieces.reverse();
    }
    view.following.order(oldest_first);
    let pieces = pieces.into_iter().map(|piece| {
        let view = view.clone();
        Keyed {
            key: key(piece),
            version: 0,
            scope: view.following.scope(),
            make: Box::new(move || match piece {
                FeedItem::Section(number) => run(view, number),
                FeedItem::Gap(first, last) => gap(&view, first, last),
            }),
        }
    });
    Node::Keyed(pieces.collect())
}

/// A run and a gap are two things; a gap that has become smaller is another.
fn key(piece: FeedItem) -> u64 {
    match piece {
        FeedItem::Section(number) => u64::from(number) << 1,
        FeedItem::Gap(first, last) => (u64::from(first) << 32 | u64::from(last)) << 1 | 1,
    }
}

/// The posts of a run: a section of the page, of about fifty posts.
fn run(view: View, number: SectionNumber) -> Node {
    let changes = view.following.run(number);
    let posts = dynamic(move || {
        changes.get();
        posts(&view, number)
    });
    el("div").class("run").child(posts).into()
}

fn posts(view: &View, number: SectionNumber) -> Node {
    let following = &view.following;
    let oldest_first = view.oldest_first.get() == 1;
    let zoned = view.zoned.get() == 1;
    let story = following.story_untracked();
    let now = Timestamp::from_millis(clock::now());
    let address = view.address.clone().unwrap_or_default();
    let scope = following.scope();
    let items = following.look(|stream| {
        let pinned = live_of(&story).pinned.as_ref().map(|post| post.id);
        let first_new = stream.first_new();
        let mut entries = stream.entries(number);
        if oldest_first {
            entries.reverse();
        }
        let item = |post: PostSlot| {
            let id = post.id();
            let (position, size) = stream.place(id);
            let side = if oldest_first { Side::Before } else { Side::After };
            let setting = Setting {
                story: Arc::clone(&story),
                address: format!("{address}#{id}"),
                now,
                place: (if oldest_first { size - position + 1 } else { position }, size),
                pinned: pinned == Some(id),
                changed: matches!(&post, PostSlot::Post(post) if stream.has_changed(post)),
                before: stream.before(id).cloned(),
                line: (first_new == Some(id)).then_some(side),
            };
            let is_gone = matches!(post, PostSlot::Withdrawn(_));
            let flags = [is_gone, setting.pinned, setting.line.is_some(), oldest_first, zoned];
            let version =
                flags.into_iter().fold(post.revision().into(), |sum, flag| sum << 1 | u64::from(flag));
            let make = Box::new(move || entry(&post, &setting));
            Keyed { key: id.into(), version, scope: scope.clone(), make }
        };
        entries.into_iter().map(item).collect()
    });
    Node::Keyed(items)
}

/// Posts that are not loaded: they come when they are neared, or wanted.
fn gap(view: &View, first: PostNumber, last: PostNumber) -> Node {
    let following = &view.following;
    let count = following.look(|stream| stream.live().visible_count(first, last));
    let words =
        if first == 1 { "Earlier updates".to_owned() } else { format!("{} in between", updates(count)) };
    // Its upper end comes first, which is the newer one unless the oldest posts come first; for who comes from below
    // the lower one does. It stays when the order changes.
    let (oldest_first, end) = (view.oldest_first.clone(), following.clone());
    let top = if oldest_first.get_untracked() == 1 { first } else { last };
    let load = move |from_below: bool| {
        let wants_first = from_below != (oldest_first.get_untracked() == 1);
        end.load(if wants_first { first } else { last });
    };
    let (wanted, told) = (load.clone(), following.clone());
    let said = dynamic(move || told.gap_words(first, last).into());
    let button = el("button").attr("type", "button").class("button");
    el("article")
        .class("gap")
        .attr("tabindex", "0")
        .attr("aria-label", "Updates that are not loaded yet")
        .attr(GAP, top.to_string())
        .child(button.on_press(move || wanted(false)).child(bdi(words)))
        .child(el("p").attr("role", "status").child(said))
        .on_built(move |element| when_near(element, load))
        .into()
}

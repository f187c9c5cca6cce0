//! Reading state: actions, lists, merging, the save format, eviction, backups.

// Clippy's exceptions for tests cover only functions marked `#[test]`, not their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::time::Instant;

use dateline::content::id::{SectionId, StoryId};
use dateline::reading::lists::{Order, Wanted, folded};
use dateline::reading::{
    Action, Change, Marking, Position, Preference, Reading, Seen, Shard, State, StorySnapshot, Theme, Width,
    backup, export,
};
use proptest::prelude::*;

/// 2026-01-01T00:00:00Z.
const NOW: i64 = 1_767_225_600_000;
const DAY: i64 = 86_400_000;

fn id(name: &str) -> StoryId {
    StoryId::parse(name).unwrap()
}

fn snapshot(headline: &str) -> StorySnapshot {
    StorySnapshot {
        headline: headline.to_owned(),
        url: None,
        section: SectionId::parse("world"),
        published: NOW - DAY,
        is_live: false,
    }
}

fn at(url: &str) -> StorySnapshot {
    StorySnapshot { url: Some(url.to_owned()), ..snapshot("At an address") }
}

fn place(progress: u32) -> Position {
    Position { block: 3, fraction: 250, progress }
}

/// The reading state after these actions, one a second.
fn done(acts: impl IntoIterator<Item = Action>) -> Reading {
    let mut reading = Reading::default();
    for (second, act) in (0..).zip(acts) {
        reading.apply(act, NOW + second * 1000);
    }
    reading
}

/// The stored form, to compare reading states.
fn kept(reading: &Reading) -> BTreeMap<String, String> {
    Shard::all()
        .map(|shard| (shard.name(), reading.text(shard)))
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

fn loaded(kept: &BTreeMap<String, String>) -> Reading {
    let mut reading = Reading::default();
    for shard in Shard::all() {
        if let Some(text) = kept.get(&shard.name()) {
            reading.merge_stored(shard, text);
        }
    }
    reading
}

fn headlines(entries: &[dateline::reading::lists::Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.snapshot.headline.as_str()).collect()
}

#[test]
fn opening_and_finishing_mark_a_story_as_the_reader_wants_it() {
    for (marking, after) in [
        (Marking::OnOpen, [State::Read, State::Read]),
        (Marking::OnFinish, [State::Unread, State::Read]),
        (Marking::ByHand, [State::Unread, State::Unread]),
    ] {
        let mut reading = done([Action::Preferred(Preference::Marking(marking))]);
        reading.apply(Action::Opened(id("a"), snapshot("A")), NOW);
        let opened = reading.state(&id("a"));
        reading.apply(Action::Finished(id("a")), NOW);
        assert_eq!([opened, reading.state(&id("a"))], after, "{marking:?}");
    }
}

#[test]
fn what_is_kept_unread_stays_so_until_the_reader_says_otherwise() {
    let opened = || Action::Opened(id("a"), snapshot("A"));
    let mut reading = done([Action::KeptUnread(vec![id("a")]), opened(), Action::Finished(id("a"))]);
    assert_eq!(reading.state(&id("a")), State::KeptUnread);
    reading.apply(Action::MarkedUnread(vec![id("a")]), NOW);
    reading.apply(opened(), NOW);
    assert_eq!(reading.state(&id("a")), State::Read);
    let ids = [id("a"), id("b")];
    assert_eq!(reading.unread(ids.iter()), [&id("b")]);
}

#[test]
fn every_act_can_be_taken_back() {
    let before = done([
        Action::Opened(id("a"), snapshot("A")),
        Action::Saved(id("a"), snapshot("A")),
        Action::Tagged(vec![id("a")], "later".to_owned()),
        Action::Noted(id("a"), "Ask Ana".to_owned()),
        Action::Reached(id("a"), place(400)),
        Action::Followed(id("l"), snapshot("L")),
        Action::MarkedUnread(vec![id("b")]),
    ]);
    let look = |reading: &Reading| {
        let card = |name| {
            reading
                .story_state(&id(name))
                .map(|card| (card.saved(), card.opened(), card.position(), card.followed()))
        };
        let card = (card("a"), card("l"));
        let words = reading
            .story_state(&id("a"))
            .map(|card| (card.tags().collect::<Vec<_>>().join(","), card.note().to_owned()));
        let states = ["a", "b", "c"].map(|name| reading.state(&id(name)));
        (card, words, states, reading.preferences(), headlines(&reading.history()).join(","))
    };
    for act in [
        Action::MarkedRead(vec![id("a"), id("b"), id("c")]),
        Action::MarkedUnread(vec![id("a"), id("c")]),
        Action::KeptUnread(vec![id("a")]),
        Action::Unsaved(vec![id("a"), id("b")]),
        Action::Saved(id("a"), snapshot("A")),
        Action::Tagged(vec![id("a")], "other".to_owned()),
        Action::Untagged(vec![id("a")], " later ".to_owned()),
        Action::Noted(id("a"), String::new()),
        Action::Reached(id("a"), place(500)),
        Action::Left(vec![id("a"), id("b")]),
        Action::Finished(id("a")),
        Action::Unfollowed(vec![id("l")]),
        Action::Preferred(Preference::Theme(Theme::Dark)),
        Action::ClearedHistory,
        Action::Opened(id("c"), snapshot("C")),
    ] {
        let mut reading = before.clone();
        let change = reading.apply(act.clone(), NOW + DAY);
        assert!(!change.is_empty(), "{act:?}");
        let undone = reading.apply(Action::Undid(change), NOW + DAY);
        assert_eq!(look(&reading).1, look(&before).1, "{act:?}");
        assert_eq!(
            (look(&reading).2, look(&reading).3, look(&reading).4),
            (look(&before).2, look(&before).3, look(&before).4),
            "{act:?}"
        );
        assert_eq!(look(&reading).0, look(&before).0, "{act:?}");
        // An undo can be undone, too.
        let mut again = before.clone();
        again.apply(act.clone(), NOW + DAY);
        reading.apply(Action::Undid(undone), NOW + DAY);
        assert_eq!(look(&reading), look(&again), "{act:?}");
    }
}

#[test]
fn undoing_leaves_alone_what_was_done_since() {
    let mut reading = Reading::default();
    let all = reading.apply(Action::MarkedRead(vec![id("a"), id("b")]), NOW);
    reading.apply(Action::KeptUnread(vec![id("a")]), NOW + 5000);
    reading.apply(Action::Undid(all), NOW + 6000);
    assert_eq!((reading.state(&id("a")), reading.state(&id("b"))), (State::KeptUnread, State::Unread));
}

#[test]
fn undoing_wins_in_other_tabs_too() {
    let mut one = done([Action::Saved(id("a"), snapshot("A"))]);
    let mut other = one.clone();
    let change = one.apply(Action::Unsaved(vec![id("a")]), NOW + DAY);
    other.merge(&one);
    assert_eq!(other.story_state(&id("a")).unwrap().saved(), None);
    one.apply(Action::Undid(change), NOW + DAY);
    other.merge(&one);
    one.merge(&other);
    assert_eq!(other.story_state(&id("a")).unwrap().saved(), Some(NOW));
    assert_eq!(kept(&one), kept(&other));
}

#[test]
fn a_clock_that_is_set_back_or_far_ahead_spoils_nothing() {
    let mut reading = done([Action::MarkedRead(vec![id("a")])]);
    // The clock is set back by a year between two actions.
    reading.apply(Action::MarkedUnread(vec![id("a")]), NOW - 365 * DAY);
    assert_eq!(reading.state(&id("a")), State::Unread);
    let text = kept(&reading);
    // An action with a clock that is sixty years ahead …
    reading.apply(Action::MarkedRead(vec![id("a")]), NOW + 60 * 365 * DAY);
    reading.apply(Action::Saved(id("s"), snapshot("S")), NOW + 60 * 365 * DAY);
    // … does not win over later actions with the right time, here or in a tab that has merged it,
    let mut other = loaded(&kept(&reading));
    reading.apply(Action::MarkedUnread(vec![id("a")]), NOW + DAY);
    other.apply(Action::Unsaved(vec![id("s")]), NOW + DAY);
    reading.merge(&other);
    assert_eq!(reading.state(&id("a")), State::Unread);
    assert_eq!(reading.story_state(&id("s")).unwrap().saved(), None);
    // nor if an older copy is merged.
    reading.merge(&loaded(&text));
    assert_eq!(reading.state(&id("a")), State::Unread);
    // An impossible time is damage, and any action wins over it.
    let shard = Shard::all()
        .find(|shard| kept(&reading).contains_key(&shard.name()) && shard.name().starts_with('r'))
        .unwrap();
    let line = reading.text(shard).lines().nth(1).unwrap().to_owned();
    let mut poisoned = Reading::default();
    poisoned.merge_stored(shard, &format!("1\n{}rzzzzzzz\n", &line[..8]));
    assert_eq!(poisoned.state(&id("a")), State::Read);
    poisoned.apply(Action::MarkedUnread(vec![id("a")]), NOW);
    poisoned.merge(&loaded(&kept(&poisoned.clone())));
    assert_eq!(poisoned.state(&id("a")), State::Unread);
}

#[test]
fn what_is_saved_is_listed_sorted_and_found() {
    let mut reading = Reading::default();
    let saved = |name, headline: &str, published| {
        Action::Saved(id(name), StorySnapshot { published, ..snapshot(headline) })
    };
    reading.apply(saved("a", "Élections à Łódź", 3000), NOW);
    reading.apply(saved("b", "Straßenbahn", 9000), NOW + 1);
    reading.apply(saved("c", "Мёд и йогурт", -5000), NOW + 2);
    reading.apply(Action::Tagged(vec![id("b"), id("c")], "  to   keep ".to_owned()), NOW + 3);
    reading.apply(Action::Noted(id("c"), "For Ødegård".to_owned()), NOW + 4);
    reading.apply(Action::MarkedRead(vec![id("c")]), NOW + 5);
    // Saving again does not change its position.
    reading.apply(saved("a", "Élections à Łódź", 3000), NOW + 6);
    let list = |wanted: &Wanted| {
        headlines(&reading.saved(wanted)).into_iter().map(|h| h.chars().next().unwrap()).collect::<String>()
    };
    assert_eq!(list(&Wanted::default()), "МSÉ");
    assert_eq!(list(&Wanted { order: Order::Published, ..Wanted::default() }), "SÉМ");
    assert_eq!(list(&Wanted { tag: Some("to keep".to_owned()), ..Wanted::default() }), "МS");
    assert_eq!(list(&Wanted { unread: true, ..Wanted::default() }), "SÉ");
    for (words, found) in [
        ("LODZ elections", "É"),
        ("strasse", "S"),
        ("мед", "М"),
        ("odegard KEEP", "М"),
        ("keep", "МS"),
        ("x", ""),
    ] {
        assert_eq!(list(&Wanted { words: words.to_owned(), ..Wanted::default() }), found, "{words}");
    }
    assert_eq!(reading.tags(), ["to keep"]);
    let c = &reading.saved(&Wanted::default())[0];
    assert_eq!(
        (c.snapshot.published, c.note.as_str(), c.is_read, c.time),
        (-5000, "For Ødegård", true, NOW + 2)
    );
    assert_eq!(folded("İÑŸ Ά\u{301}Ώ"), "iny αω");
}

#[test]
fn reading_goes_on_where_the_reader_was() {
    let mut reading = Reading::default();
    for (second, (name, progress)) in (0..).zip([("start", 20), ("half", 500), ("third", 333), ("end", 980)])
    {
        reading.apply(Action::Opened(id(name), snapshot(name)), NOW + second);
        reading.apply(Action::Reached(id(name), place(progress)), NOW + second);
    }
    assert_eq!(headlines(&reading.to_continue()), ["third", "half"]);
    assert_eq!(reading.to_continue()[0].position, Some(place(333)));
    assert_eq!(headlines(&reading.history()), ["end", "third", "half", "start"]);
    reading.apply(Action::Finished(id("half")), NOW + 10);
    // Scrolling up does not begin the story again; opening it does.
    reading.apply(Action::Reached(id("half"), place(400)), NOW + 11);
    assert_eq!(headlines(&reading.to_continue()), ["third"]);
    reading.apply(Action::Opened(id("half"), snapshot("half")), NOW + 12);
    assert_eq!(reading.story_state(&id("half")).unwrap().position(), None);
    reading.apply(Action::Reached(id("half"), place(400)), NOW + 13);
    assert_eq!(headlines(&reading.to_continue()), ["half", "third"]);
    // A story that was removed from the list keeps its marks.
    reading.apply(Action::MarkedRead(vec![id("half")]), NOW + 13);
    assert_eq!(reading.to_continue().len(), 2);
    let left = reading.apply(Action::Left(vec![id("half"), id("unknown")]), NOW + 13);
    assert_eq!((headlines(&reading.to_continue()), reading.begun(&id("half"))), (vec!["third"], None));
    assert_eq!((reading.state(&id("half")), reading.history().len()), (State::Read, 4));
    reading.apply(Action::Undid(left), NOW + 13);
    assert_eq!(headlines(&reading.to_continue()), ["half", "third"]);
    // The same position changes nothing.
    assert!(reading.apply(Action::Reached(id("half"), place(400)), NOW + 14).is_empty());
    reading.apply(Action::ClearedHistory, NOW + 20);
    assert_eq!((reading.history().len(), reading.to_continue().len()), (0, 0));
}

#[test]
fn followed_coverage_counts_what_is_unseen() {
    let seen = |post, revision| Action::Saw(id("storm"), Seen { post, revision });
    let mut reading = done([Action::Followed(id("storm"), snapshot("Storm")), seen(12, 13), seen(10, 20)]);
    // Progress never decreases, whichever tab wrote last.
    let mut other = done([]);
    other.apply(Action::Saw(id("storm"), Seen { post: 3, revision: 3 }), NOW + DAY);
    reading.merge(&other);
    let followed = reading.followed(&|_, post| Some(20 - post));
    assert_eq!((followed[0].seen, followed[0].unseen), (Some(Seen { post: 12, revision: 13 }), Some(8)));
    assert_eq!(reading.followed(&|_, _| None)[0].unseen, None);
    reading.apply(Action::Unfollowed(vec![id("storm")]), NOW + DAY);
    assert!(reading.followed(&|_, _| None).is_empty());
    assert!(reading.story_state(&id("storm")).unwrap().seen().is_some());
}

#[test]
fn a_story_keeps_its_marks_under_another_id() {
    let mut reading = done([
        Action::Opened(id("old-slug"), at("http://example.org/2026/bridge/?utm_source=mail")),
        Action::Saved(id("old-slug"), at("http://example.org/2026/bridge/")),
        Action::Tagged(vec![id("old-slug")], "later".to_owned()),
        Action::MarkedRead(vec![id("other")]),
    ]);
    reading.apply(Action::Opened(id("new-slug"), at("https://example.org/2026/bridge#top")), NOW + DAY);
    assert_eq!(reading.state(&id("new-slug")), State::Read);
    let saved = reading.saved(&Wanted::default());
    assert_eq!(
        (saved.len(), saved[0].story.as_str(), saved[0].tags.join("")),
        (1, "new-slug", "later".to_owned())
    );
    assert_eq!(saved[0].time, NOW + 1000);
    // The old id keeps its state: if it is another story after all, everything is back when it is opened.
    reading.apply(Action::Opened(id("old-slug"), at("http://example.org/2026/bridge/")), NOW + 2 * DAY);
    assert_eq!(reading.saved(&Wanted::default()).len(), 2);
    // The marks alone are enough, if everything else was evicted.
    let marks: BTreeMap<String, String> =
        kept(&reading).into_iter().filter(|(name, _)| name.starts_with('r')).collect();
    let mut reading = loaded(&marks);
    reading.apply(Action::Preferred(Preference::Marking(Marking::ByHand)), NOW);
    reading.apply(Action::Opened(id("newest-slug"), at("https://example.org/2026/bridge")), NOW + 3 * DAY);
    assert_eq!(reading.state(&id("newest-slug")), State::Read);
    // A home page as canonical address does not identify a story.
    let mut reading = done([Action::Opened(id("a"), at("https://example.org/"))]);
    reading.apply(Action::Preferred(Preference::Marking(Marking::ByHand)), NOW);
    reading.apply(Action::Opened(id("b"), at("https://example.org/")), NOW);
    assert_eq!(reading.state(&id("b")), State::Unread);
}

#[test]
fn preferences_are_kept_one_by_one() {
    let mut one = done([
        Action::Preferred(Preference::TextSize(120)),
        Action::Preferred(Preference::Width(Width::Wide)),
    ]);
    let mut other = Reading::default();
    other.apply(Action::Preferred(Preference::Theme(Theme::Dark)), NOW + DAY);
    other.apply(Action::Preferred(Preference::TextSize(130)), NOW + DAY);
    other.apply(Action::Preferred(Preference::InstallDismissed(true)), NOW);
    one.merge(&other);
    let preferences = loaded(&kept(&one)).preferences();
    assert_eq!(
        (preferences.text_size, preferences.width, preferences.theme),
        (130, Width::Wide, Theme::Dark)
    );
    assert_eq!((preferences.install_dismissed, preferences.line_height), (true, 100));
    // Invalid values are the default.
    let mut odd = Reading::default();
    odd.merge_stored(
        Shard::Reader,
        "1\nreader\ttext-size=-------9999\ttheme=-------pink\tvisits=--------1\n",
    );
    assert_eq!(odd.preferences(), dateline::reading::Preferences::default());
}

/// A reading state with everything in it.
fn rich() -> Reading {
    let mut acts = vec![
        Action::Preferred(Preference::TextSize(120)),
        Action::Preferred(Preference::Theme(Theme::Dark)),
        Action::Followed(id("storm"), StorySnapshot { is_live: true, ..snapshot("Storm: as it happens") }),
        Action::Saw(id("storm"), Seen { post: 12, revision: 13 }),
        Action::KeptUnread(vec![id("kept")]),
        Action::MarkedUnread(vec![id("unread")]),
    ];
    for number in 0..40 {
        let story = id(&format!("story-{number}"));
        let url = format!("https://example.org/2026/story-{number}?a=b");
        acts.push(Action::Opened(story.clone(), at(&url)));
        acts.push(Action::Reached(story.clone(), place(number * 20)));
        if number % 2 == 0 {
            acts.push(Action::Saved(
                story.clone(),
                StorySnapshot {
                    headline: format!("Tab\t, line\n, back\\slash, = and 語 {number}"),
                    ..at(&url)
                },
            ));
            acts.push(Action::Tagged(vec![story.clone()], format!("tag={number}")));
            acts.push(Action::Noted(story, "A note\nof two lines\\n".to_owned()));
        }
    }
    acts.push(Action::Unsaved(vec![id("story-4")]));
    done(acts)
}

#[test]
fn what_is_kept_reads_back() {
    let reading = rich();
    let again = loaded(&kept(&reading));
    assert_eq!(kept(&again), kept(&reading));
    assert_eq!(again.saved(&Wanted::default()), reading.saved(&Wanted::default()));
    assert_eq!(again.saved(&Wanted::default()).len(), 19);
    assert!(
        again.saved(&Wanted::default())[0]
            .snapshot
            .headline
            .starts_with("Tab\t, line\n, back\\slash, = and 語")
    );
    assert_eq!(again.history(), reading.history());
    assert_eq!(again.to_continue(), reading.to_continue());
    assert_eq!(again.preferences(), reading.preferences());
}

#[test]
fn names_of_shards_read_back() {
    for shard in Shard::all() {
        assert_eq!(Shard::parse(&shard.name()), Some(shard));
    }
    for name in ["", "r", "r/", "r/3", "r/3F", "r/+3", "r/333", "q/33", "p/00", "p "] {
        assert_eq!(Shard::parse(name), None, "{name}");
    }
}

/// Pseudo-random numbers, the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// The text with one of twenty kinds of damage.
fn mutated(text: &str, way: usize, chance: &mut Chance) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let place = chance.below(chars.len());
    match way {
        0 => return String::new(),
        1 => return "null".to_owned(),
        2 => return "{\"a\": [1, 2]}".to_owned(),
        3 => return "\u{0}".repeat(40),
        4 => return text.replace('\n', ""),
        5 => return text.replace('\n', "\r\n"),
        6 => return text.replace('\t', " "),
        7 => return text.to_uppercase(),
        8 => return text.chars().rev().collect(),
        9 => return format!("{text}{text}"),
        10 => return text[text.find('\n').unwrap() + 1..].to_owned(),
        11 => return format!("-1{text}"),
        12 => return "1".to_owned(),
        13 => chars.truncate(place),
        14 => drop(chars.drain(..place)),
        15 => chars[place] = '\u{fffd}',
        16 => chars[place] = '\n',
        17 => drop(chars.remove(place)),
        18 => chars.insert(place, '\\'),
        _ => chars.insert(place, '語'),
    }
    chars.into_iter().collect()
}

#[test]
fn whatever_is_wrong_with_a_value_costs_that_value_at_most() {
    let whole = kept(&rich());
    let mut chance = Chance(7);
    for name in whole.keys() {
        for way in 0..20 {
            let text = mutated(&whole[name], way, &mut chance);
            let mut damaged = whole.clone();
            damaged.insert(name.clone(), text.clone());
            let reading = loaded(&damaged);
            for (other, expected) in whole.iter().filter(|(other, _)| *other != name) {
                assert_eq!(&reading.text(Shard::parse(other).unwrap()), expected, "{name}, way {way}");
            }
            // Damage is reported, so that the value is put into quarantine and not silently overwritten.
            let shard = Shard::parse(name).unwrap();
            let outcome = Reading::default().merge_stored(shard, &text);
            let told = outcome.is_damaged || text.is_empty();
            let read = reading.text(shard).lines().count();
            assert!(
                told || read >= whole[name].lines().count() || outcome.is_newer,
                "{name}, way {way}: {text:?}"
            );
            // Merging another tab's state repairs it.
            let mut mended = reading;
            mended.merge(&rich());
            assert!(mended.saved(&Wanted::default()).len() >= 19);
        }
    }
}

#[test]
fn a_bad_line_costs_itself() {
    let text = rich().text(Shard::Reader);
    let mut reading = Reading::default();
    let outcome = reading
        .merge_stored(Shard::Reader, &format!("{text}nothing\n\tx=-------1\nfuture\tx=-------1\tbroken\n"));
    assert!(outcome.is_damaged);
    assert_eq!(reading.preferences(), rich().preferences());
    assert!(reading.text(Shard::Reader).contains("future\tx=-------1\n"));
}

#[test]
fn what_a_newer_app_wrote_is_carried_along() {
    let mut reading = Reading::default();
    let story = id("story-0");
    let shard = Shard::all()
        .find(|shard| {
            shard.name().starts_with('s')
                && !rich().text(*shard).is_empty()
                && rich().text(*shard).contains("story-0\t")
        })
        .unwrap();
    let marks = Shard::parse(&shard.name().replace('s', "r")).unwrap();
    let newer = rich().text(shard).replace("story-0\t", "story-0\tcolour=0Kx9dE3blue\t");
    let line = rich().text(marks).lines().nth(1).unwrap().to_owned();
    assert!(!reading.merge_stored(shard, &newer).is_damaged);
    assert!(!reading.merge_stored(marks, &format!("1\n{line}+more 語\n")).is_damaged);
    reading.apply(Action::Noted(story.clone(), "x".to_owned()), NOW + DAY);
    reading.apply(Action::KeptUnread(vec![story]), NOW + DAY);
    assert!(reading.text(shard).contains("\tcolour=0Kx9dE3blue\t"), "{}", reading.text(shard));
    assert!(reading.text(marks).contains("+more 語\n"), "{}", reading.text(marks));
    // It is merged like all fields: another tab gets it.
    let mut other = rich();
    other.merge(&reading);
    assert!(other.text(shard).contains("\tcolour=0Kx9dE3blue\t") && other.text(marks).contains("+more 語\n"));
    // An unknown kind of mark does not count as read, and is not lost.
    let mut reading = Reading::default();
    reading.merge_stored(marks, &format!("1\n{}z{}\n", &line[..8], &line[9..]));
    assert!(reading.text(marks).contains('z'));
}

#[test]
fn a_newer_version_is_told_and_read_as_far_as_it_can_be() {
    let text = rich().text(Shard::Reader).replacen('1', "2", 1);
    let mut reading = Reading::default();
    let outcome = reading.merge_stored(Shard::Reader, &text);
    assert!(outcome.is_newer && !outcome.is_damaged);
    assert_eq!(reading.preferences(), rich().preferences());
    assert!(Reading::default().merge_stored(Shard::Reader, "2 of another kind").is_damaged);
}

#[test]
fn two_tabs_that_save_a_hundred_stories_each_have_two_hundred() {
    let mut kept = BTreeMap::new();
    let (mut one, mut other) = (Reading::default(), Reading::default());
    for number in 0..100 {
        for (tab, name) in [(&mut one, "one"), (&mut other, "other")] {
            let change =
                tab.apply(Action::Saved(id(&format!("{name}-{number}")), snapshot(name)), NOW + number);
            // As the reading store writes: the stored value is merged first.
            for shard in change.shards {
                let outcome = tab.merge_stored(shard, kept.get(&shard.name()).map_or("", String::as_str));
                assert!(outcome.missing_there);
                kept.insert(shard.name(), tab.text(shard));
            }
        }
    }
    assert_eq!(loaded(&kept).saved(&Wanted::default()).len(), 200);
}

#[test]
fn it_is_told_whether_a_value_lacks_something() {
    let mut reading = rich();
    for shard in Shard::all() {
        let text = reading.text(shard);
        if text.is_empty() {
            continue;
        }
        assert!(!reading.merge_stored(shard, &text).missing_there);
        assert!(
            reading.merge_stored(shard, "").missing_there && reading.merge_stored(shard, "1\n").missing_there
        );
        // The order of lines does not matter.
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        let outcome = reading.merge_stored(shard, &format!("{}\n", lines.join("\n")));
        assert!(!outcome.missing_there && !outcome.is_damaged && outcome.change.is_empty());
    }
}

#[test]
fn where_there_is_no_room_marks_of_vanished_stories_go_first_and_saved_ones_never() {
    let mut reading = rich();
    for number in 0..800 {
        reading.apply(
            Action::MarkedRead(vec![id(&format!("gone-{number}"))]),
            NOW - 400 * DAY + number * DAY / 10,
        );
    }
    let (saved, history) = (reading.saved(&Wanted::default()), reading.history().len());
    // Until the edition is known, no mark is evicted, and nothing else instead.
    assert!(!reading.knows_present() && reading.make_room(NOW).is_empty());
    assert_eq!(reading.history().len(), history);
    let present: Vec<StoryId> =
        (0..40).map(|number| id(&format!("story-{number}"))).chain([id("gone-0")]).collect();
    reading.set_present(&mut present.iter());
    let full = kept(&reading);
    let change = reading.make_room(NOW);
    assert!(change.shards.contains(&Shard::Reader) && change.stories.len() >= 90);
    assert_eq!(reading.state(&id("gone-1")), State::Unread);
    assert_eq!((reading.state(&id("gone-0")), reading.state(&id("gone-799"))), (State::Read, State::Read));
    assert_eq!(reading.history().len(), history);
    // Another tab that has all marks does not bring them back.
    let left = reading.mark_count();
    for (name, text) in &full {
        let outcome = reading.merge_stored(Shard::parse(name).unwrap(), text);
        assert!(!outcome.missing_there || *name == "p", "{name}");
    }
    assert_eq!(reading.mark_count(), left);
    let mut steps = 0;
    while !reading.make_room(NOW).is_empty() {
        steps += 1;
        assert!(steps < 200, "it goes on for ever");
    }
    assert_eq!(reading.saved(&Wanted::default()), saved);
    assert_eq!(reading.state(&id("gone-0")), State::Read);
    assert_eq!(reading.state(&id("gone-799")), State::Unread);
    assert_eq!(reading.followed(&|_, _| None).len(), 1);
    assert!(reading.history().len() < history);
    // New actions are stored as before.
    reading.apply(Action::MarkedRead(vec![id("gone-5")]), NOW);
    assert_eq!(loaded(&kept(&reading)).state(&id("gone-5")), State::Read);
}

/// Writes shards as the reading store does after an eviction.
fn write(tab: &mut Reading, shards: &[Shard], store: &mut BTreeMap<String, String>) {
    for shard in shards {
        let outcome = tab.merge_stored(*shard, store.get(&shard.name()).map_or("", String::as_str));
        if outcome.missing_there || outcome.has_forgotten {
            store.insert(shard.name(), tab.text(*shard));
        }
    }
}

#[test]
fn room_that_was_made_is_not_filled_again_by_another_tab() {
    for hears_of_the_limit_first in [true, false] {
        let mut one = Reading::default();
        for number in 0..400 {
            one.apply(
                Action::MarkedRead(vec![id(&format!("gone-{number}"))]),
                NOW - 400 * DAY + number * DAY / 10,
            );
            one.apply(
                Action::Opened(id(&format!("old-{number}")), snapshot("Old")),
                NOW - 400 * DAY + number,
            );
        }
        one.apply(Action::Saved(id("saved"), snapshot("Saved")), NOW - 500 * DAY);
        let present = [id("here")];
        one.set_present(&mut present.iter());
        let mut store = kept(&one);
        let size = |store: &BTreeMap<String, String>| store.values().map(String::len).sum::<usize>();
        let (mut other, full) = (one.clone(), size(&store));
        // First the marks are evicted, then half of the history as well.
        let mut changed = one.make_room(NOW).shards;
        while one.mark_count() > 0 {
            changed.extend(one.make_room(NOW).shards);
        }
        changed.extend(one.make_room(NOW).shards);
        write(&mut one, &changed, &mut store);
        let small = size(&store);
        assert!(small < full / 3, "{small} of {full}");
        // The other tab merges everything that was written, and writes again what it finds missing.
        changed.sort();
        changed.dedup();
        if !hears_of_the_limit_first {
            changed.reverse();
        }
        let mut again = Vec::new();
        for shard in &changed {
            let outcome = other.merge_stored(*shard, store.get(&shard.name()).map_or("", String::as_str));
            again.extend(outcome.missing_there.then_some(*shard));
            again.extend(outcome.evicted);
        }
        assert_eq!((other.mark_count(), kept(&other)), (0, kept(&one)));
        write(&mut other, &again, &mut store);
        assert_eq!((size(&store), kept(&loaded(&store))), (small, kept(&one)));
        assert_eq!(other.saved(&Wanted::default()).len(), 1);
        // The first tab merges that, and nothing changes.
        for shard in &again {
            let outcome = one.merge_stored(*shard, &store[&shard.name()]);
            assert!(outcome.change.is_empty() && !outcome.missing_there && outcome.evicted.is_empty());
        }
        // A tab that loads marks which an older tab has put back evicts them, once it knows the edition.
        let mut late = loaded(&store);
        late.merge(&done([Action::MarkedRead(vec![id("gone-1")])]));
        late.merge_stored(Shard::Reader, "");
        let mut old = Reading::default();
        old.apply(Action::MarkedRead(vec![id("gone-2")]), NOW - 400 * DAY);
        late.merge(&old);
        assert_eq!(late.mark_count(), 2);
        let less = late.set_present(&mut present.iter());
        assert_eq!((late.mark_count(), less.shards.len()), (1, 1), "what was done since stays");
    }
}

#[test]
fn a_cleared_history_is_forgotten_once_it_can_not_be_taken_back() {
    let mut reading = rich();
    reading.apply(Action::Opened(id("secret"), snapshot("A secret")), NOW + DAY);
    reading.apply(Action::Reached(id("secret"), place(400)), NOW + DAY);
    let mut store = kept(&reading);
    let holds = |store: &BTreeMap<String, String>| store.values().any(|text| text.contains("A secret"));
    let cleared = NOW + 2 * DAY;
    let change = reading.apply(Action::ClearedHistory, cleared);
    assert_eq!((reading.begun(&id("secret")), reading.history().len()), (None, 0));
    assert!(reading.tidy(cleared + 9_000).is_empty(), "it may still be taken back");
    let mut other = reading.clone();
    other.apply(Action::Undid(change), cleared + 9_000);
    assert!(other.tidy(cleared + DAY).is_empty());
    assert_eq!(other.begun(&id("secret")), Some(place(400)));

    let change = reading.tidy(cleared + 11_000);
    write(&mut reading, &change.shards, &mut store);
    assert!(!holds(&store), "it is still stored");
    assert!(!backup::write(&reading, "p", NOW).unwrap().contains("A secret"), "it is in a backup");
    assert!(reading.tidy(cleared + 12_000).is_empty(), "once is enough");
    let again = loaded(&store);
    for reading in [&reading, &again] {
        assert_eq!(reading.saved(&Wanted::default()).len(), 19);
        assert_eq!((reading.followed(&|_, _| None).len(), reading.state(&id("story-3"))), (1, State::Read));
        // Saved stories keep their position, too.
        assert!(reading.begun(&id("story-10")).is_some() && reading.begun(&id("story-11")).is_none());
    }
    // Stories opened after it are in the history.
    reading.apply(Action::Opened(id("secret"), snapshot("A secret")), cleared + DAY);
    assert_eq!(reading.history().len(), 1);
}

#[test]
fn it_is_known_which_stories_were_taken_from_the_saved_ones() {
    let mut reading = done([Action::Saved(id("a"), snapshot("A")), Action::Opened(id("b"), snapshot("B"))]);
    assert!(!reading.was_unsaved(&id("a"), i64::MAX) && !reading.was_unsaved(&id("b"), i64::MAX));
    reading.apply(Action::Unsaved(vec![id("a"), id("b")]), NOW + DAY);
    assert!(reading.was_unsaved(&id("a"), NOW + DAY + 1) && !reading.was_unsaved(&id("a"), NOW + DAY));
    assert!(!reading.was_unsaved(&id("b"), i64::MAX) && !reading.was_unsaved(&id("never"), i64::MAX));
}

#[test]
fn the_history_stays_within_its_bounds() {
    let mut reading = Reading::default();
    for number in 0..3001 {
        reading.apply(Action::Opened(id(&format!("s-{number}")), snapshot("S")), NOW + number);
    }
    reading.apply(Action::Saved(id("s-0"), snapshot("S")), NOW);
    assert!(reading.tidy(NOW + DAY).is_empty());
    reading.apply(Action::Opened(id("s-3001"), snapshot("S")), NOW + 3001);
    reading.tidy(NOW + DAY);
    assert_eq!(reading.history().len(), 2001);
    assert_eq!((reading.saved(&Wanted::default()).len(), reading.mark_count()), (1, 3002));
    assert_eq!(loaded(&kept(&reading)).history(), reading.history());
}

/// The most that a browser counts for a text. WebKit counts two bytes a character if one of them is not
/// Latin-1, else one. Firefox counts UTF-16 units, which is never more. Chromium does, too, and allows twice
/// as many.
fn counted(text: &str) -> usize {
    let units = text.encode_utf16().count();
    if text.chars().all(|c| u32::from(c) < 256) { units } else { 2 * units }
}

#[test]
fn a_hundred_thousand_marks_and_five_thousand_saved_stories_fit_and_load_fast() {
    let mut reading = Reading::default();
    let read: Vec<StoryId> =
        (0..95_000).map(|number| id(&format!("a-story-of-usual-length-{number}"))).collect();
    for some in read.chunks(1000) {
        reading.merge(&done([Action::MarkedRead(some.to_vec())]));
    }
    for some in 0..20 {
        let mut part = Reading::default();
        for number in some * 250..some * 250 + 250 {
            let (day, month) = (number % 28, number % 12);
            let url = format!(
                "https://www.example.org/world/2026/{month}/{day}/a-story-of-a-usual-length-for-its-address-{number}"
            );
            let story = id(&format!("saved-story-of-usual-length-{number}"));
            let headline = format!("A headline as they are: fifty to seventy characters {number}");
            let saved = StorySnapshot { headline, url: Some(url), ..snapshot("") };
            part.apply(Action::Opened(story.clone(), saved.clone()), NOW + number);
            part.apply(Action::Reached(story.clone(), place(500)), NOW + number);
            part.apply(Action::Saved(story.clone(), saved), NOW + number);
        }
        reading.merge(&part);
    }
    assert_eq!((reading.mark_count(), reading.saved(&Wanted::default()).len()), (100_000, 5_000));
    // Each mark with the hash of an address, which is its greatest length.
    let longest_lines = |text: String| -> String {
        let with_address =
            |line: &str| if line.len() == 16 { format!("{line}AAAAAAAA\n") } else { format!("{line}\n") };
        text.lines().map(with_address).collect()
    };
    let texts: Vec<(Shard, String)> = Shard::all()
        .map(|shard| (shard, reading.text(shard)))
        .map(|(shard, text)| {
            (shard, if matches!(shard, Shard::Marks(_)) { longest_lines(text) } else { text })
        })
        .collect();
    let names = "dateline/1/www.example.org/news/r/00".len();
    let units: usize = texts.iter().map(|(_, text)| names + text.encode_utf16().count()).sum();
    let bytes: usize = texts.iter().map(|(_, text)| names + counted(text)).sum();
    let longest = texts.iter().map(|(_, text)| text.len()).max().unwrap();
    let start = Instant::now();
    let mut again = Reading::default();
    for (shard, text) in &texts {
        again.merge_stored(*shard, text);
    }
    let took = start.elapsed();
    println!(
        "{units} characters, {bytes} bytes as the strictest browser counts, longest value {longest}; loaded in {took:?}"
    );
    assert!(bytes <= 4_000_000, "{bytes}");
    assert!(longest <= 20_000, "{longest}");
    assert_eq!((again.mark_count(), again.saved(&Wanted::default()).len()), (100_000, 5_000));
    // The time is only checked with optimisation: run this test with `--release`.
    assert!(cfg!(debug_assertions) || took.as_millis() < 30, "{took:?}");
}

#[test]
fn a_backup_brings_everything_back() {
    let reading = rich();
    let file = backup::write(&reading, "example.org/news", NOW).unwrap();
    serde_json::from_str::<serde_json::Value>(&file).unwrap();
    let read = backup::read(file.as_bytes()).unwrap();
    assert_eq!((read.publication(), read.made()), ("example.org/news", NOW));
    let mut empty = Reading::default();
    let preview = read.preview(&empty);
    assert_eq!(
        (preview.saved.len(), preview.unsaved.len(), preview.read, preview.preferences),
        (19, 0, 40, true)
    );
    let change = read.restore(&mut empty, NOW);
    assert_eq!(kept(&empty), kept(&reading));
    assert_eq!(read.preview(&empty), backup::Preview::default());
    empty.apply(Action::Undid(change), NOW + DAY);
    assert_eq!((empty.saved(&Wanted::default()).len(), empty.history().len()), (0, 0));
    assert_eq!(empty.state(&id("story-1")), State::Unread);
    // Later actions win over the backup.
    let mut since = rich();
    since.apply(Action::Unsaved(vec![id("story-2")]), NOW + DAY);
    since.apply(Action::MarkedUnread(vec![id("story-3")]), NOW + DAY);
    since.apply(Action::Saved(id("new"), snapshot("New")), NOW + DAY);
    assert_eq!(read.preview(&since), backup::Preview::default());
    // In the other direction, the preview shows the changes.
    let newer = backup::read(backup::write(&since, "p", NOW).unwrap().as_bytes()).unwrap();
    let preview = newer.preview(&reading);
    assert_eq!(
        (preview.saved, preview.unsaved.len(), preview.read, preview.unread),
        (vec!["New".to_owned()], 1, 0, 1)
    );
}

#[test]
fn a_damaged_backup_is_refused() {
    let file = backup::write(&rich(), "example.org/news", NOW).unwrap();
    let mut chance = Chance(11);
    for way in 0..20 {
        if matches!(way, 4 | 5) {
            // Line ends between values mean nothing in JSON.
            continue;
        }
        let damaged = mutated(&file, way, &mut chance);
        assert!(backup::read(damaged.as_bytes()).is_err() || damaged == file, "way {way}");
    }
    for _ in 0..300 {
        let mut bytes = file.clone().into_bytes();
        let at = chance.below(bytes.len());
        if bytes[at].is_ascii_alphanumeric()
            && at > 60
            && !bytes[at.saturating_sub(20)..at].ends_with(b"made\": ")
        {
            bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
            assert!(backup::read(&bytes).is_err(), "{at}");
        }
        assert!(backup::read(&file.as_bytes()[..at]).is_err());
    }
    assert_eq!(backup::read(b"{}").unwrap_err(), backup::BackupError::NotABackup);
    assert_eq!(
        backup::read(file.replacen("\"version\": 1", "\"version\": 2", 1).as_bytes()).unwrap_err(),
        backup::BackupError::Newer(2)
    );
    assert!(matches!(backup::read(b"<html>"), Err(backup::BackupError::NotJson(_))));
    // Other indentation makes no difference.
    let value: serde_json::Value = serde_json::from_str(&file).unwrap();
    assert!(backup::read(value.to_string().as_bytes()).is_ok());
}

/// A saved story with hostile text in every field.
fn hostile() -> Vec<dateline::reading::lists::Entry> {
    let snapshot = StorySnapshot {
        headline: "=HYPERLINK(\"http://evil\") <script>alert(1)</script> [x](javascript:1) *a* & \"b\""
            .to_owned(),
        url: Some("javascript:alert(1)".to_owned()),
        ..snapshot("")
    };
    let url =
        StorySnapshot { url: Some("https://example.org/a\"><b>\\c(d)?e=f&g".to_owned()), ..snapshot.clone() };
    let reading = done([
        Action::Saved(id("a"), snapshot),
        Action::Saved(id("b"), url),
        Action::Tagged(vec![id("a")], "one, <two>".to_owned()),
        Action::Noted(id("a"), "</DD><H1>\n- item\n\n# not a heading".to_owned()),
    ]);
    reading.saved(&Wanted::default())
}

fn address(entry: &dateline::reading::lists::Entry) -> String {
    format!("https://example.org/news/story/{}/", entry.story)
}

#[test]
fn exports_are_escaped_for_where_they_go() {
    let saved = hostile();
    let html = export::bookmarks(&saved, &address);
    assert!(html.starts_with("<!DOCTYPE NETSCAPE-Bookmark-file-1>"));
    assert_eq!((html.matches("<A HREF").count(), html.matches("<DD>").count()), (2, 1));
    assert!(
        !html.contains("<script")
            && !html.contains("javascript:alert")
            && !html.contains("<b>")
            && !html.contains("</DD>")
    );
    assert!(
        html.contains(
            "HREF=\"https://example.org/news/story/a/\" ADD_DATE=\"1767225600\" TAGS=\"one  &lt;two&gt;\""
        ),
        "{html}"
    );
    assert!(html.contains("HREF=\"https://example.org/a%22%3E%3Cb%3E%5Cc(d)?e=f&amp;g\""), "{html}");

    let csv = export::csv(&saved, &address, &|millis| millis.to_string());
    assert!(csv.contains("\r\n\"'=HYPERLINK(\"\"http://evil\"\") <script>"), "{csv}");
    assert!(csv.contains(",\"</DD><H1>\n- item\n\n# not a heading\",\"no\"\r\n"), "{csv}");
    assert_eq!(csv.matches("\r\n").count(), 3);

    let markdown = export::markdown(&saved, &address, &|millis| millis.to_string());
    let mut html = String::new();
    pulldown_cmark_html(&markdown, &mut html);
    assert!(
        !html.contains("<script")
            && !html.contains("<em>")
            && !html.contains("javascript:1\"")
            && !html.contains("<h1>\n"),
        "{html}"
    );
    assert_eq!(
        (html.matches("<a ").count(), html.matches("<h1>").count(), html.matches("<li>").count()),
        (2, 1, 2),
        "{html}"
    );
}

/// Renders Markdown.
fn pulldown_cmark_html(markdown: &str, html: &mut String) {
    pulldown_cmark::html::push_html(html, pulldown_cmark::Parser::new(markdown));
}

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/reading");
const BASE: &str = "https://example.org/news/";

fn fixture(name: &str) -> BTreeMap<String, String> {
    serde_json::from_slice(&std::fs::read(format!("{FIXTURES}/{name}")).unwrap()).unwrap()
}

#[test]
fn every_version_that_was_shipped_opens() {
    // Version 0 stored only the progress in live blogs.
    let mut reading = Reading::default();
    let prefix = dateline::reading::seen_prefix(BASE);
    for (name, value) in fixture("0.json") {
        if let Some(story) = name.strip_prefix(&prefix) {
            reading.merge_seen(story, &value);
        }
    }
    assert_eq!(reading.story_state(&id("storm-live")).unwrap().seen(), Some(Seen { post: 12, revision: 13 }));
    assert_eq!(reading.story_state(&id("vote")).unwrap().seen(), Some(Seen { post: 240, revision: 251 }));
    assert_eq!(reading.story_states().count(), 2);
    // Everything stored later is newer.
    reading.apply(Action::Saw(id("vote"), Seen { post: 250, revision: 260 }), NOW);
    reading.merge_seen("vote", "240 251");
    assert_eq!(reading.story_state(&id("vote")).unwrap().seen().unwrap().post, 250);

    // Version 1.
    let prefix = dateline::reading::shard_prefix(&dateline::reading::publication(BASE));
    let mut reading = Reading::default();
    for (name, text) in fixture("1.json") {
        let outcome = reading.merge_stored(Shard::parse(name.strip_prefix(&prefix).unwrap()).unwrap(), &text);
        assert!(!outcome.is_damaged && !outcome.is_newer, "{name}");
    }
    looks_rich(&reading);
    let backup = backup::read(&std::fs::read(format!("{FIXTURES}/backup-1.json")).unwrap()).unwrap();
    let mut reading = Reading::default();
    backup.restore(&mut reading, NOW);
    looks_rich(&reading);
}

/// Checks that a state is what [`rich`] was when the fixtures were written.
fn looks_rich(reading: &Reading) {
    let saved = reading.saved(&Wanted::default());
    assert_eq!(
        (saved.len(), saved[0].story.as_str(), saved[0].tags.join(""), saved[0].note.as_str()),
        (19, "story-38", "tag=38".to_owned(), "A note\nof two lines\\n")
    );
    assert_eq!(saved[0].snapshot.headline, "Tab\t, line\n, back\\slash, = and 語 38");
    assert_eq!(saved[0].snapshot.url.as_deref(), Some("https://example.org/2026/story-38?a=b"));
    assert_eq!(
        (saved[0].snapshot.published, saved[0].snapshot.section.as_ref().unwrap().as_str()),
        (NOW - DAY, "world")
    );
    assert_eq!((reading.history().len(), reading.to_continue().len()), (40, 37));
    assert_eq!(reading.to_continue()[0].position, Some(place(780)));
    let followed = &reading.followed(&|_, post| Some(20 - post))[0];
    assert_eq!((followed.entry.snapshot.is_live, followed.unseen), (true, Some(8)));
    assert_eq!(reading.state(&id("kept")), State::KeptUnread);
    assert_eq!((reading.state(&id("unread")), reading.state(&id("story-3"))), (State::Unread, State::Read));
    assert_eq!((reading.preferences().text_size, reading.preferences().theme), (120, Theme::Dark));
}

/// Writes the fixtures of this version, once, when it is first released. They never change after that.
#[test]
#[ignore = "writes files that are kept"]
fn write_fixtures() {
    let reading = rich();
    let prefix = dateline::reading::shard_prefix(&dateline::reading::publication(BASE));
    let kept: BTreeMap<String, String> =
        kept(&reading).into_iter().map(|(name, text)| (format!("{prefix}{name}"), text)).collect();
    std::fs::write(format!("{FIXTURES}/1.json"), serde_json::to_string_pretty(&kept).unwrap() + "\n")
        .unwrap();
    std::fs::write(
        format!("{FIXTURES}/backup-1.json"),
        backup::write(&reading, "example.org/news", NOW).unwrap(),
    )
    .unwrap();
}

fn any_story() -> impl Strategy<Value = StoryId> {
    (0_u32..6).prop_map(|number| id(&format!("story-{number}")))
}

fn any_facts() -> impl Strategy<Value = StorySnapshot> {
    ("\\PC{0,12}", prop::option::of(0_u32..4), any::<bool>(), -DAY..NOW).prop_map(
        |(headline, url, is_live, published)| StorySnapshot {
            headline,
            url: url.map(|number| format!("https://example.org/{number}")),
            section: None,
            published,
            is_live,
        },
    )
}

fn any_act() -> impl Strategy<Value = Action> {
    let some = || prop::collection::vec(any_story(), 0..4);
    let tag = || prop_oneof!["[ab=\t ]{0,3}", "\\PC{0,3}"];
    prop_oneof![
        (any_story(), any_facts()).prop_map(|(story, snapshot)| Action::Opened(story, snapshot)),
        any_story().prop_map(Action::Finished),
        some().prop_map(Action::MarkedRead),
        some().prop_map(Action::MarkedUnread),
        some().prop_map(Action::KeptUnread),
        (any_story(), 0_u32..9, 0_u32..1001, 0_u32..1001).prop_map(|(story, block, fraction, progress)| {
            Action::Reached(story, Position { block, fraction, progress })
        }),
        some().prop_map(Action::Left),
        (any_story(), any_facts()).prop_map(|(story, snapshot)| Action::Saved(story, snapshot)),
        some().prop_map(Action::Unsaved),
        (some(), tag()).prop_map(|(stories, tag)| Action::Tagged(stories, tag)),
        (some(), tag()).prop_map(|(stories, tag)| Action::Untagged(stories, tag)),
        (any_story(), "\\PC{0,6}|[\\\\\n\t=\r]{0,5}").prop_map(|(story, note)| Action::Noted(story, note)),
        (any_story(), any_facts()).prop_map(|(story, snapshot)| Action::Followed(story, snapshot)),
        some().prop_map(Action::Unfollowed),
        (any_story(), 0_u32..9, 0_u32..9)
            .prop_map(|(story, post, revision)| Action::Saw(story, Seen { post, revision })),
        (50_u32..300).prop_map(|size| Action::Preferred(Preference::TextSize(size))),
        any::<bool>().prop_map(|yes| Action::Preferred(Preference::InstallDismissed(yes))),
        Just(Action::ClearedHistory),
    ]
}

/// Random actions with clocks that jump, and some of them undone.
fn any_reading() -> impl Strategy<Value = Reading> {
    prop::collection::vec((any_act(), 0_i64..40, any::<bool>()), 0..25).prop_map(|acts| {
        let mut reading = Reading::default();
        for (act, second, undo) in acts {
            let change = reading.apply(act, NOW + second);
            if undo && second % 5 == 0 {
                reading.apply(Action::Undid(change), NOW + second);
            }
        }
        reading
    })
}

fn joined(one: &Reading, other: &Reading) -> Reading {
    let mut one = one.clone();
    one.merge(other);
    one
}

proptest! {
    #[test]
    fn joining_does_not_depend_on_order_or_number(a in any_reading(), b in any_reading(), c in any_reading()) {
        prop_assert_eq!(kept(&joined(&a, &b)), kept(&joined(&b, &a)));
        prop_assert_eq!(kept(&joined(&joined(&a, &b), &c)), kept(&joined(&a, &joined(&b, &c))));
        prop_assert_eq!(kept(&joined(&a, &a)), kept(&a));
        prop_assert_eq!(kept(&joined(&joined(&a, &b), &b)), kept(&joined(&a, &b)));
    }

    #[test]
    fn what_is_kept_is_what_is_known(reading in any_reading()) {
        let again = loaded(&kept(&reading));
        prop_assert_eq!(kept(&again), kept(&reading));
        prop_assert_eq!(again.saved(&Wanted::default()), reading.saved(&Wanted::default()));
        let file = backup::write(&reading, "p", NOW).unwrap();
        let mut restored = Reading::default();
        backup::read(file.as_bytes()).unwrap().restore(&mut restored, NOW);
        prop_assert_eq!(kept(&restored), kept(&reading));
    }

    /// Three tabs act, write and merge in any order. A tab that merges nothing catches up at the end.
    #[test]
    fn tabs_that_act_in_any_order_lose_nothing(steps in prop::collection::vec((0_usize..3, any_act(), 0_i64..60_000, any::<bool>(), 0_usize..3), 0..40)) {
        let mut tabs = vec![Reading::default(); 3];
        let mut store: BTreeMap<String, String> = BTreeMap::new();
        let mut own: Vec<Reading> = Vec::new();
        for (tab, act, millis, hears, of) in steps {
            let change: Change = tabs[tab].apply(act, NOW + millis);
            // The state after each action, to compare with at the end.
            own.push(tabs[tab].clone());
            for shard in change.shards {
                let text = store.get(&shard.name()).cloned().unwrap_or_default();
                tabs[tab].merge_stored(shard, &text);
                store.insert(shard.name(), tabs[tab].text(shard));
                if hears {
                    let text = tabs[tab].text(shard);
                    tabs[of].merge_stored(shard, &text);
                }
            }
        }
        let all = own.iter().fold(Reading::default(), |all, one| joined(&all, one));
        prop_assert_eq!(kept(&loaded(&store)), kept(&all));
    }

    /// Of one tab's actions on one story, the last one counts, whatever the clock says.
    #[test]
    fn the_last_act_counts(clocks in prop::collection::vec(-NOW..2 * NOW, 1..12)) {
        let mut reading = Reading::default();
        for (number, clock) in clocks.iter().enumerate() {
            let before = reading.clone();
            let story = vec![id("a")];
            let read = number % 2 == 0;
            reading.apply(if read { Action::MarkedRead(story) } else { Action::MarkedUnread(story) }, *clock);
            reading.apply(Action::Noted(id("a"), number.to_string()), *clock);
            for reading in [reading.clone(), joined(&before, &reading), joined(&reading, &before)] {
                prop_assert_eq!(reading.state(&id("a")) == State::Read, read);
                prop_assert_eq!(reading.story_state(&id("a")).unwrap().note(), number.to_string());
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}|[1\n\t=ab\\\\-]{0,60}", which in 0_usize..513) {
        let shard = Shard::all().nth(which).unwrap();
        let mut reading = rich();
        reading.merge_stored(shard, &text);
        reading.merge_stored(shard, &format!("1\n{text}"));
        let _ = (reading.saved(&Wanted::default()), reading.history(), backup::read(text.as_bytes()));
        let again = loaded(&kept(&reading));
        prop_assert_eq!(kept(&again), kept(&reading));
    }
}

//! `desk live`, with the real program and real folders.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use common::{Newsroom, png};
use dateline::content::live::{LiveTeaser, Post, PostSlot};
use dateline::content::{Block, Kind, LiveState, Story, Teaser, Text, Timestamp, decode, encode};
use desk::live::blog::{Blog, Change, Edit, NewPost};
use serde_json::{Value, json};

/// A change that breaks something.
type Spoil<'a> = &'a dyn Fn(&mut Value);

fn corpus(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora/guardian").join(name)
}

fn words(text: &str) -> Vec<Block> {
    vec![Block::Paragraph { text: Text::plain(text) }]
}

fn posts(count: usize) -> impl Iterator<Item = Change> {
    (0..count).map(|at| Change::Post(NewPost { body: words(&format!("Update {at}.")), ..NewPost::default() }))
}

fn standing(entry: &PostSlot) -> &Post {
    let PostSlot::Post(post) = entry else { panic!("it is withdrawn") };
    post
}

fn teaser(room: &Newsroom, id: &str) -> Teaser {
    Teaser::clone(room.front().teaser(&dateline::content::StoryId::parse(id).unwrap()).expect("a teaser"))
}

fn told(room: &Newsroom, id: &str) -> LiveTeaser {
    teaser(room, id).live.expect("it tells of live coverage")
}

/// The files of older posts.
fn older(room: &Newsroom, id: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(room.edition().join("stories").join(id)) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_live_blog_is_opened_with_its_teaser() {
    let room = Newsroom::new();
    let said = room.live(
        "open",
        [
            "--id",
            "harbour",
            "--headline",
            " The harbour\nopens ",
            "--section",
            "Port & Sea",
            "--standfirst",
            "All day, as it happens.",
            "--interval",
            "20",
            "--language",
            "cy",
        ],
    );
    assert_eq!(said, "revision 1");
    let story = room.story("harbour");
    let live = room.head("harbour");
    assert_eq!((story.kind, story.headline.as_str()), (Kind::Live, "The harbour opens"));
    assert_eq!((live.state, live.revision, live.interval), (LiveState::Live, 1, Some(20)));
    assert!(live.posts.is_empty() && live.changed == story.published);
    assert_eq!(room.teasers("port-sea"), ["harbour"]);
    let teaser = teaser(&room, "harbour");
    assert_eq!((teaser.kind, teaser.standfirst.as_deref()), (Kind::Live, Some("All day, as it happens.")));
    assert_eq!(teaser.live, Some(LiveTeaser { state: LiveState::Live, latest: None, withdrawn: Vec::new() }));
    assert_eq!(room.check().out.trim(), "1 story, 0 problems");

    let before = room.files();
    room.file("ferry.md", "# A ferry\n\nText.\n");
    for (arguments, word) in [
        (vec!["--id", "harbour", "--headline", "Again"], "'harbour' is taken"),
        (vec!["--id", "../x", "--headline", "Again"], "letters, digits"),
        (vec!["--id", "other", "--headline", " "], "needs a headline"),
        (vec!["--id", "other", "--headline", "x", "--interval", "4"], "4 is not in 5.."),
        (vec!["--id", "other", "--headline", "x", "--language", "?"], "language tag"),
    ] {
        let said = room.desk(["live", "open", "edition"].into_iter().chain(arguments));
        assert!(said.code != 0 && said.err.contains(word), "{said:?}");
        assert_eq!(room.files(), before);
    }
}

/// A desk that is killed while it opens a live blog leaves its story, which the edition does not list.
#[test]
fn a_live_blog_that_was_half_opened_can_be_opened_again() {
    let room = Newsroom::new();
    room.harbour();
    room.live("open", ["--id", "half", "--headline", "Half"]);
    for rest in ["an edition without it", "no edition"] {
        let edition = room.edition().join("edition.json");
        if rest == "no edition" {
            fs::remove_file(&edition).unwrap();
        } else {
            room.change("edition.json", |edition| {
                for section in edition["sections"].as_array_mut().unwrap() {
                    section["teasers"].as_array_mut().unwrap().retain(|teaser| teaser["id"] != "half");
                }
            });
        }
        assert_eq!(room.live("open", ["--id", "half", "--headline", "Half again"]), "revision 1");
        assert_eq!(room.story("half").headline, "Half again");
        assert!(fs::read_to_string(&edition).unwrap().contains("Half again"), "{rest}");
    }
    // With a post in it there is something to lose.
    room.live("post", ["half", "--text", "A post."]);
    fs::remove_file(room.edition().join("edition.json")).unwrap();
    let said = room.desk(["live", "open", "edition", "--id", "half", "--headline", "Again"]);
    assert!(said.code != 0 && said.err.contains("'half' is taken"), "{said:?}");
}

#[test]
fn each_command_does_what_it_says() {
    let room = Newsroom::new();
    room.harbour();
    room.file("pictures/quay.png", png(640, 480));

    let said = room.live(
        "post",
        [
            "harbour",
            "--text",
            "The *first* ship.\n\nIt is small.",
            "--title",
            "A ship",
            "--author",
            "Ana Ruiz",
            "--key",
            "--image",
            "pictures/quay.png",
            "--alt",
            "A quay",
            "--at",
            "2026-05-01T11:00:00+02:00",
        ],
    );
    assert_eq!(said, "post 1, revision 2");
    let entries = room.entries("harbour");
    let first = standing(&entries[0]);
    assert_eq!((first.title.as_deref(), first.author.as_deref()), (Some("A ship"), Some("Ana Ruiz")));
    assert!(first.key && first.body.len() == 3 && first.updated.is_none());
    assert_eq!(first.time, Timestamp::parse("2026-05-01T09:00:00Z").unwrap());
    let Block::Figure { picture } = &first.body[2] else { panic!("{first:?}") };
    assert_eq!(
        (picture.alt.as_deref(), picture.width, picture.height),
        (Some("A quay"), Some(640), Some(480))
    );
    let url = picture.sources[0].url.as_str();
    assert!(url.starts_with("images/quay-") && room.edition().join(url).is_file(), "{url}");
    assert_eq!(told(&room, "harbour").latest.unwrap().title, "A ship");

    assert_eq!(
        room.live("post", ["harbour", "--text", "-3 degrees at the quay.", "--pin"]),
        "post 2, revision 3"
    );
    assert_eq!(room.head("harbour").pinned.unwrap().id, 2);
    assert_eq!(told(&room, "harbour").latest.unwrap().title, "-3 degrees at the quay.");

    // Only the given fields change.
    assert_eq!(room.live("edit", ["harbour", "1", "--text", "The first ferry."]), "post 1, revision 4");
    let entries = room.entries("harbour");
    let first = standing(&entries[0]);
    assert_eq!((first.title.as_deref(), first.key, first.body.len()), (Some("A ship"), true, 2));
    assert!(first.updated.is_some());
    assert_eq!(room.live("edit", ["harbour", "1", "--title", "A ferry"]), "post 1, revision 5");
    assert_eq!(room.head("harbour").key_events[0].title, "A ferry");
    assert_eq!(room.live("edit", ["harbour", "1", "--key", "false"]), "post 1, revision 6");
    assert_eq!(room.head("harbour").key_events, []);
    assert_eq!(
        room.live("edit", ["harbour", "1", "--key", "true", "--alt", "A long quay"]),
        "post 1, revision 7"
    );
    assert_eq!(room.live("edit", ["harbour", "2", "--author", "Tom Okafor"]), "post 2, revision 8");
    assert_eq!(room.head("harbour").pinned.unwrap().author.as_deref(), Some("Tom Okafor"));
    assert_eq!(room.live("edit", ["harbour", "2", "--author", "Tom Okafor"]), "post 2, revision 8");
    assert_eq!(room.live("edit", ["harbour", "1", "--image", ""]), "post 1, revision 9");
    assert_eq!(standing(&room.entries("harbour")[0]).body, words("The first ferry."));

    assert_eq!(room.live("pin", ["harbour", "1"]), "post 1, revision 10");
    assert_eq!(
        room.live("withdraw", ["harbour", "1", "--reason", "It was no ferry."]),
        "post 1, revision 11"
    );
    let head = room.head("harbour");
    assert_eq!((head.pinned, head.key_events), (None, Vec::new()));
    let live = told(&room, "harbour");
    assert_eq!(
        (live.latest.as_ref().map(|line| line.post), live.withdrawn.as_slice()),
        (Some(2), [1].as_slice())
    );
    assert_eq!(
        (live.since(0), live.since(1), live.since(2), live.since(9)),
        (Some(1), Some(1), Some(0), Some(0))
    );
    let PostSlot::Withdrawn(withdrawn) = &room.entries("harbour")[0] else { panic!("it is withdrawn") };
    assert_eq!((withdrawn.revision, withdrawn.reason.as_str()), (11, "It was no ferry."));
    assert_eq!(room.live("pin", ["harbour", "2"]), "post 2, revision 12");
    assert_eq!(room.live("unpin", ["harbour"]), "post 2, revision 13");

    assert_eq!(room.live("summary", ["harbour", "--text", "- One\n- Two"]), "revision 14");
    assert!(matches!(room.head("harbour").summary.as_slice(), [Block::List(_)]));
    assert_eq!(room.live("summary", ["harbour", "--text", ""]), "revision 15");
    assert_eq!(room.head("harbour").summary, []);

    for (command, revision, state) in [
        ("pause", 16, LiveState::Paused),
        ("pause", 16, LiveState::Paused),
        ("resume", 17, LiveState::Live),
        ("end", 18, LiveState::Ended),
    ] {
        assert_eq!(room.live(command, ["harbour"]), format!("revision {revision}"));
        assert_eq!((room.head("harbour").state, told(&room, "harbour").state), (state, state));
        let (story, teaser) = (room.story("harbour"), teaser(&room, "harbour"));
        assert_eq!(story.updated, teaser.updated);
        assert_eq!(story.updated, Some(room.head("harbour").changed));
        let ends = (state == LiveState::Ended).then(|| room.head("harbour").changed);
        assert_eq!(room.head("harbour").ended, ends);
        assert_eq!(room.check().code, 0, "{:?}", room.check());
    }
    // A later correction does not move the time of the end; resuming removes it.
    let ended = room.head("harbour").ended;
    let past = |at: &str| room.change("stories/harbour.json", |story| story["live"]["ended"] = at.into());
    past("2026-05-01T00:00:00Z");
    room.live("edit", ["harbour", "2", "--text", "Mended."]);
    room.live("end", ["harbour"]);
    assert!(ended.is_some() && room.head("harbour").ended < ended);
    room.live("resume", ["harbour"]);
    assert_eq!(room.head("harbour").ended, None);
}

#[test]
fn a_post_is_read_from_standard_input() {
    let room = Newsroom::new();
    room.harbour();
    let mut desk = room
        .command(["live", "post", "edition", "harbour", "--text", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    desk.stdin.take().unwrap().write_all("Ships — *many* of them.\n".as_bytes()).unwrap();
    assert_eq!(desk.wait_with_output().unwrap().stdout, b"post 1, revision 2\n");
    assert_eq!(told(&room, "harbour").latest.unwrap().title, "Ships — many of them.");
}

#[test]
fn what_can_t_be_done_is_said_in_a_line_and_changes_nothing() {
    let room = Newsroom::new();
    room.harbour();
    room.file("ferry.md", "---\nid: ferry\n---\n# A ferry\n\nText.\n");
    room.import(["ferry.md"]);
    room.file("note.png", "no picture");
    room.live("post", ["harbour", "--text", "One."]);
    room.live("post", ["harbour", "--text", "Two."]);
    room.live("withdraw", ["harbour", "2"]);
    let before = room.files();
    for (arguments, word) in [
        (vec!["post", "edition", "nowhere", "--text", "x"], "no such story"),
        (vec!["post", "edition", "ferry", "--text", "x"], "'ferry' is no live blog"),
        (vec!["post", "nothing", "harbour", "--text", "x"], "there is no edition"),
        (vec!["post", "edition", "harbour", "--text", " "], "nothing in the post"),
        (vec!["post", "edition", "harbour"], "required"),
        (vec!["post", "edition", "harbour", "--text", "x", "--at", "noon"], "date and time"),
        (vec!["post", "edition", "harbour", "--text", "x", "--image", "none.png"], "none.png: "),
        (vec!["post", "edition", "harbour", "--text", "x", "--image", "note.png"], "not a PNG"),
        (vec!["edit", "edition", "harbour", "3", "--text", "x"], "no post 3; the newest is 2"),
        (vec!["edit", "edition", "harbour", "2", "--text", "x"], "post 2 is withdrawn"),
        (vec!["edit", "edition", "harbour", "1", "--text", ""], "nothing in the post"),
        (vec!["edit", "edition", "harbour", "1", "--alt", "x"], "does not end with a picture"),
        (vec!["edit", "edition", "harbour", "1"], "required"),
        (vec!["withdraw", "edition", "harbour", "2"], "post 2 is withdrawn"),
        (vec!["pin", "edition", "harbour", "2"], "post 2 is withdrawn"),
        (vec!["pin", "edition", "harbour", "0"], "no post 0"),
        (vec!["tidy", "edition", "ferry"], "'ferry' is no live blog"),
        (vec!["replay", "edition", "harbour", "--from", "none.json"], "can't be read"),
        (vec!["replay", "edition", "harbour", "--from", "ferry.md"], "is not JSON"),
        (vec!["replay", "edition", "x", "--from", "edition/stories/ferry.json"], "is no live coverage"),
        (vec!["replay", "edition", "x", "--from", "ferry.md", "--speed", "x"], "--speed"),
    ] {
        let said = room.desk(["live"].into_iter().chain(arguments.clone()));
        assert!(said.code != 0 && said.err.contains(word), "{arguments:?}: {said:?}");
        assert_eq!(said.out, "", "{arguments:?}");
        assert_eq!(room.files(), before, "{arguments:?}");
    }
    assert!(!room.path("nothing").exists());
}

#[test]
fn a_head_that_is_not_understood_as_a_whole_is_not_written_on() {
    let room = Newsroom::new();
    room.harbour();
    room.live("post", ["harbour", "--text", "One."]);
    let whole = fs::read(room.edition().join("stories/harbour.json")).unwrap();
    let spoil: [Spoil<'_>; 4] = [
        &|story| story["live"]["posts"][0]["body"][0]["kind"] = json!("hologram"),
        &|story| story["live"]["posts"][0]["id"] = json!(7),
        &|story| story["live"]["revision"] = json!(0),
        &|story| story["live"] = json!({}),
    ];
    for change in spoil {
        room.change("stories/harbour.json", change);
        let before = room.files();
        let said = room.desk(["live", "post", "edition", "harbour", "--text", "Two."]);
        assert!(said.code == 1 && said.err.contains("harbour"), "{said:?}");
        assert_eq!(room.files(), before);
        assert_eq!(room.check().code, 1, "{:?}", room.check());
        room.file("edition/stories/harbour.json", &whole);
    }
    assert_eq!(room.live("post", ["harbour", "--text", "Two."]), "post 2, revision 3");
}

#[test]
fn what_an_editor_wrote_into_the_teaser_stays_and_a_lost_teaser_comes_back() {
    let room = Newsroom::new();
    room.harbour();
    room.change("edition.json", |edition| {
        let teaser = &mut edition["sections"][0]["teasers"][0];
        teaser["kicker"] = json!("Port");
        teaser["standfirst"] = json!("Follow it here.");
        teaser["x-rank"] = json!(1);
    });
    room.live("post", ["harbour", "--text", "One."]);
    room.change("edition.json", |edition| {
        let teaser = &mut edition["sections"][0]["teasers"][0];
        assert_eq!((&teaser["kicker"], &teaser["x-rank"]), (&json!("Port"), &json!(1)));
        assert_eq!(teaser["standfirst"], "Follow it here.");
        assert_eq!(teaser["live"]["latest"]["post"], 1);
        edition["sections"][0]["teasers"] = json!([]);
    });
    room.live("post", ["harbour", "--text", "Two."]);
    assert_eq!(room.teasers("news"), ["harbour"]);
    assert_eq!(told(&room, "harbour").latest.unwrap().post, 2);
}

#[test]
fn an_old_post_is_changed_in_its_page_and_in_its_index() {
    let room = Newsroom::new();
    room.harbour();
    room.quickly("harbour", posts(2100));
    let head = room.head("harbour");
    assert_eq!((head.indexes.len(), head.pages.len(), head.posts.len()), (1, 21, 50));
    let before = older(&room, "harbour");
    assert_eq!(before.len(), 42);
    let revision = head.revision;
    let first = format!("post 7, revision {}", revision + 1);
    assert_eq!(room.live("edit", ["harbour", "7", "--text", "Mended.", "--key", "true"]), first);
    let second = format!("post 1207, revision {}", revision + 2);
    assert_eq!(room.live("withdraw", ["harbour", "1207", "--reason", "Wrong."]), second);
    assert_eq!(room.live("withdraw", ["harbour", "8"]), format!("post 8, revision {}", revision + 3));
    assert_eq!(room.live("pin", ["harbour", "9"]), format!("post 9, revision {}", revision + 4));
    assert_eq!(
        room.live("edit", ["harbour", "9", "--title", "Nine"]),
        format!("post 9, revision {}", revision + 5)
    );
    let entries = room.entries("harbour");
    assert_eq!(entries.len(), 2100);
    assert_eq!(standing(&entries[6]).body, words("Mended."));
    assert!(matches!(&entries[1206], PostSlot::Withdrawn(it) if it.reason == "Wrong."));
    let head = room.head("harbour");
    assert_eq!(head.pinned.as_deref(), Some(standing(&entries[8])));
    assert_eq!(head.pinned.unwrap().title.as_deref(), Some("Nine"));
    assert_eq!(head.key_events[0].post, 7);
    assert_eq!(head.indexes[0].withdrawn, [8]);
    assert_eq!(head.pages[4].withdrawn, [1207]);
    assert_eq!(head.indexes[0].revision, revision + 5);
    assert_eq!(room.check().out.trim(), "1 story, 0 problems");
    // The old files stay for readers with an older head, until they are tidied away.
    let after = older(&room, "harbour");
    assert!(before.iter().all(|name| after.contains(name)));
    assert_eq!(after.len(), 42 + 3 * 2 + 1);
}

#[test]
fn tidying_removes_what_nothing_names_once_it_was_replaced_long_ago() {
    let room = Newsroom::new();
    room.harbour();
    assert_eq!(room.live("tidy", ["harbour"]), "removed 0 files, kept 0 for now");
    room.quickly("harbour", posts(2100));
    room.live("edit", ["harbour", "7", "--text", "Mended."]);
    room.live("edit", ["harbour", "7", "--text", "Mended again."]);
    room.live("edit", ["harbour", "2007", "--text", "Mended."]);
    room.file("edition/stories/harbour/notes.txt", "An editor’s own.");
    room.file("edition/stories/harbour/.desk-x1y2z3", "half a pa");
    let everything = room.entries("harbour");
    assert_eq!(room.live("tidy", ["harbour"]), "removed 0 files, kept 6 for now");
    // Every file was written two hours ago, except the one that replaced a page.
    let now = SystemTime::now();
    let head = room.head("harbour");
    let young = format!("{}.json", head.pages[20].name);
    for name in older(&room, "harbour").iter().filter(|name| **name != young) {
        let file = File::options().append(true).open(room.edition().join("stories/harbour").join(name));
        file.unwrap().set_modified(now - Duration::from_secs(7200)).unwrap();
    }
    assert_eq!(room.live("tidy", ["harbour", "--older-than", "180"]), "removed 0 files, kept 6 for now");
    assert_eq!(room.live("tidy", ["harbour"]), "removed 5 files, kept 1 for now");
    assert_eq!(room.entries("harbour"), everything);
    assert_eq!(room.live("tidy", ["harbour", "--older-than", "0"]), "removed 1 file, kept 0 for now");
    assert_eq!(room.entries("harbour"), everything);
    let names = older(&room, "harbour");
    assert!(names.len() == 43 && names.contains(&"notes.txt".to_owned()), "{names:?}");
    assert_eq!(room.check().code, 0);
    // If an index can't be read, no file is known to be unnamed.
    let index = format!("edition/stories/harbour/{}.json", head.indexes[0].name);
    room.file(&index, "{");
    let said = room.desk(["live", "tidy", "edition", "harbour", "--older-than", "0"]);
    assert!(said.code == 1 && said.err.contains("index-1-"), "{said:?}");
    assert_eq!(older(&room, "harbour"), names);
}

#[test]
fn twenty_desks_at_once_post_twenty_posts() {
    let room = Newsroom::new();
    room.harbour();
    room.quickly("harbour", posts(50));
    let desks: Vec<_> = (0..20)
        .map(|at| {
            let text = format!("Desk {at}.");
            let mut desk = room.command(["live", "post", "edition", "harbour", "--key", "--text", &text]);
            desk.stdout(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut said: Vec<String> = desks
        .into_iter()
        .map(|desk| {
            let output = desk.wait_with_output().unwrap();
            assert!(output.status.success());
            String::from_utf8(output.stdout).unwrap()
        })
        .collect();
    said.sort();
    let mut expected: Vec<String> = (51..71).map(|at| format!("post {at}, revision {}\n", at + 1)).collect();
    expected.sort();
    assert_eq!(said, expected);
    let entries = room.entries("harbour");
    assert_eq!((entries.len(), room.head("harbour").key_events.len()), (70, 20));
    let texts: Vec<&Vec<Block>> = entries.iter().map(|entry| &standing(entry).body).collect();
    assert!((0..20).all(|at| texts.contains(&&words(&format!("Desk {at}.")))));
    assert_eq!(room.check().out.trim(), "1 story, 0 problems");
}

#[test]
fn what_was_pressed_from_the_file_before_goes_with_it() {
    let room = Newsroom::new();
    room.live("open", ["--id", "x", "--headline", "H"]);
    let head = room.edition().join("stories").join("x.json");
    let pressed = ["br", "gz"].map(|end| head.with_extension(format!("json.{end}")));
    for file in &pressed {
        fs::write(file, "the head before").unwrap();
    }
    room.live("post", ["x", "--text", "A first word."]);
    assert!(pressed.iter().all(|file| !file.exists()), "a host would go on sending it");
}

/// A reader in the middle of a write sees the live blog as it was before or after it.
#[test]
fn a_write_that_stops_half_way_leaves_what_was_there() {
    let room = Newsroom::new();
    room.harbour();
    room.quickly("harbour", posts(2059));
    let folder = room.edition().join("stories/harbour");
    let read = |name: &dateline::content::PageName| fs::read(folder.join(format!("{name}.json")));
    for change in [
        posts(1).next().unwrap(),
        Change::Edit(7, Edit { text: Some(words("Mended.")), ..Edit::default() }),
        Change::Withdraw(1500, String::new()),
    ] {
        let before = room.entries("harbour");
        let mut blog = Blog::new(room.story("harbour")).unwrap();
        let changed = blog.apply(change, blog.live().changed, &read).unwrap();
        assert!(!changed.files.is_empty());
        for (name, bytes) in &changed.files {
            fs::write(folder.join(format!("{name}.json")), bytes).unwrap();
            assert_eq!(room.entries("harbour"), before);
        }
        fs::write(folder.with_extension("json"), encode::story(blog.story()).unwrap()).unwrap();
        let after = room.entries("harbour");
        assert!(after != before && after.len() >= before.len());
    }
}

#[test]
fn a_desk_that_is_killed_at_any_moment_leaves_a_whole_live_blog() {
    let room = Newsroom::new();
    room.harbour();
    room.quickly("harbour", posts(2059));
    let mut known = room.entries("harbour");
    for round in 0..60_u64 {
        let text = format!("Round {round}.");
        let old = (round * 37 % 2000 + 1).to_string();
        let mut desk = if round % 2 == 0 {
            room.command(["live", "post", "edition", "harbour", "--text", &text])
        } else {
            room.command(["live", "edit", "edition", "harbour", &old, "--text", &text])
        };
        let mut desk = desk.stdout(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_micros(round * 400));
        let _ = desk.kill();
        desk.wait().unwrap();
        let now = room.entries("harbour");
        let different = now.iter().zip(&known).filter(|(new, old)| new != old).count();
        assert!(now.len() - known.len() + different <= 1, "one change or none");
        known = now;
        // Only the teaser may be out of date, until the next command.
        let said = room.check();
        let behind = |line: &str| line.contains("teaser") || line.starts_with("1 story, ");
        assert!(said.out.lines().all(behind), "{said:?}");
    }
    room.live("post", ["harbour", "--text", "The last."]);
    assert_eq!(room.check().out.trim(), "1 story, 0 problems");
    room.live("tidy", ["harbour", "--older-than", "0"]);
    assert!(older(&room, "harbour").iter().all(|name| !name.starts_with('.')));
    assert_eq!(room.entries("harbour").len(), known.len() + 1);
}

#[test]
fn a_page_that_can_t_be_written_keeps_its_posts_in_the_head() {
    let room = Newsroom::new();
    room.harbour();
    room.quickly("harbour", posts(59));
    fs::remove_dir(room.edition().join("stories/harbour")).unwrap();
    let in_the_way = room.file("edition/stories/harbour", "");
    let before = room.files();
    let said = room.desk(["live", "post", "edition", "harbour", "--text", "Sixty."]);
    assert!(said.code == 1 && said.err.starts_with("desk: "), "{said:?}");
    assert_eq!(room.files(), before);
    fs::remove_file(in_the_way).unwrap();
    assert_eq!(room.live("post", ["harbour", "--text", "Sixty."]), "post 60, revision 61");
    assert_eq!(room.entries("harbour").len(), 60);
}

#[test]
fn an_index_that_can_t_be_written_keeps_its_pages_in_the_head() {
    let room = Newsroom::new();
    room.harbour();
    room.quickly("harbour", posts(2009));
    let mut blog = Blog::new(room.story("harbour")).unwrap();
    let changed = blog.apply(posts(1).next().unwrap(), blog.live().changed, &|_| unreachable!()).unwrap();
    let [(page, _), (index, _)] = changed.files.as_slice() else { panic!("a page and an index") };
    // Both consist of existing posts, so these are the names that the desk will give them.
    let in_the_way = room.edition().join("stories/harbour").join(format!("{index}.json"));
    fs::create_dir_all(in_the_way.join("x")).unwrap();
    let before = room.files();
    let said = room.desk(["live", "post", "edition", "harbour", "--text", "One more."]);
    assert!(said.code == 1 && said.err.contains("index-1-"), "{said:?}");
    let mut after = room.files();
    after.retain(|path, _| !path.ends_with(format!("{page}.json")));
    assert_eq!(after, before, "the page is there, and nothing names it");
    fs::remove_dir_all(in_the_way).unwrap();
    assert_eq!(room.live("post", ["harbour", "--text", "One more."]), "post 2010, revision 2011");
    assert_eq!((room.entries("harbour").len(), room.head("harbour").indexes.len()), (2010, 1));
    assert_eq!(room.check().code, 0);
}

#[test]
fn a_post_costs_the_same_after_six_thousand() {
    let cost = |count: usize| {
        let room = Newsroom::new();
        room.harbour();
        room.quickly(
            "harbour",
            posts(count).map(|change| match change {
                Change::Post(new) => Change::Post(NewPost { key: true, ..new }),
                other => other,
            }),
        );
        // A missing file can't be read.
        let folder = room.edition().join("stories/harbour");
        fs::remove_dir_all(&folder).unwrap();
        let before = room.files();
        let said = room.live("post", ["harbour", "--text", "One more."]);
        assert_eq!(said, format!("post {}, revision {}", count + 1, count + 2));
        let after = room.files();
        let written: Vec<usize> = after
            .iter()
            .filter(|(path, bytes)| before.get(*path) != Some(*bytes))
            .map(|(_, bytes)| bytes.len())
            .collect();
        (written.len(), written.iter().sum::<usize>())
    };
    let (files, bytes) = cost(6000);
    let (_, few) = cost(200);
    assert_eq!(files, 2, "head and edition");
    assert!(bytes < 24_000, "{bytes}");
    // Five indexes and the longest list of pages, whatever is in the posts.
    assert!(bytes < few + 8_000, "{bytes} after 6000, {few} after 200");
}

#[test]
fn a_live_blog_of_the_content_api_is_imported_whole_and_again_without_doubles() {
    let room = Newsroom::new();
    let file = corpus("liveblog.json");
    let import = |file: &Path| room.import(["--as", "guardian", file.to_str().unwrap()]);
    let ids = import(&file);
    assert_eq!(ids.len(), 1);
    let id = ids[0].as_str();
    let (story, head, entries) = (room.story(id), room.head(id), room.entries(id));
    assert_eq!(story.kind, Kind::Live);
    assert_eq!(story.byline[0].name, "Andrew Sparrow");
    assert!(
        story
            .canonical
            .unwrap()
            .as_str()
            .starts_with("https://www.theguardian.com/politics/live/2023/dec/13/")
    );
    assert_eq!(room.teasers("politics"), [id]);
    assert_eq!((entries.len(), head.state), (12, LiveState::Live));
    let times: Vec<Timestamp> = entries.iter().map(|entry| standing(entry).time).collect();
    assert!(times.is_sorted());
    assert_eq!(entries.iter().filter(|entry| standing(entry).key).count(), 6);
    assert_eq!(head.key_events.len(), 6);
    let pinned = head.pinned.clone().unwrap();
    assert_eq!((pinned.id, pinned.title.as_deref()), (1, Some("PMQs – snap verdict")));
    assert!(
        matches!(head.summary.as_slice(), [Block::List(list), Block::Figure { .. }] if list.items.len() == 4)
    );
    let last = standing(&entries[11]);
    assert_eq!(last.title.as_deref(), Some("Afternoon summary"));
    assert_eq!(last.updated, Timestamp::parse("2023-12-13T17:35:51Z"));
    assert_eq!(standing(&entries[4]).updated, None);
    let related = entries.iter().flat_map(|entry| &standing(entry).body).find_map(|block| match block {
        Block::Related(link) => Some(link.clone()),
        _ => None,
    });
    assert_eq!(
        related.unwrap().headline,
        "Michael Gove to ease housebuilding targets for councils in England"
    );
    assert_eq!(told(&room, id).latest.unwrap().post, 12);
    assert_eq!(room.check().out.trim(), "1 story, 0 problems");

    let before = room.files();
    assert_eq!(import(&file), [id]);
    assert_eq!(room.files(), before, "nothing is new");

    // Later one post is withdrawn here; in the source one is edited, one added, and the coverage ends.
    room.live("withdraw", [id, "3"]);
    let revision = room.head(id).revision;
    let mut answer: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let content = &mut answer["response"]["content"];
    content["fields"]["liveBloggingNow"] = json!("false");
    content["blocks"]["body"][1]["title"] = json!("A new title");
    let mut new = content["blocks"]["body"][0].clone();
    for date in ["firstPublishedDate", "publishedDate", "lastModifiedDate"] {
        new[date] = json!("2023-12-13T18:00:00Z");
    }
    (new["id"], new["title"]) = (json!("new"), json!("Good night"));
    content["blocks"]["body"].as_array_mut().unwrap().insert(0, new);
    let later = room.file("elsewhere/later.json", answer.to_string());
    assert_eq!(import(&later), [id], "it is known by its address");
    let entries = room.entries(id);
    assert_eq!((entries.len(), room.head(id).state), (13, LiveState::Ended));
    assert_eq!(standing(&entries[10]).title.as_deref(), Some("A new title"));
    assert_eq!(standing(&entries[12]).title.as_deref(), Some("Good night"));
    assert!(matches!(entries[2], PostSlot::Withdrawn(_)), "what was withdrawn here stays so");
    assert!(room.head(id).revision > revision, "it only grows");
    assert_eq!(room.check().out.trim(), "1 story, 0 problems");
}

#[test]
fn a_long_live_blog_of_the_content_api_is_cut_into_pages() {
    let room = Newsroom::new();
    let mut answer: Value = serde_json::from_slice(&fs::read(corpus("liveblog.json")).unwrap()).unwrap();
    let blocks: Vec<Value> = (0..1234_i64)
        .rev()
        .map(|at| {
            let time = Timestamp::from_millis(1_700_000_000_000 + at * 30_000).to_rfc3339();
            json!({ "id": format!("b{at}"), "bodyHtml": format!("<p>Update {at}</p>"), "published": at != 7, "firstPublishedDate": time, "attributes": { "keyEvent": at % 10 == 0 } })
        })
        .collect();
    answer["response"]["content"]["blocks"] = json!({ "body": blocks });
    let file = room.file("long.json", answer.to_string());
    let id = room.import(["--as", "guardian", file.to_str().unwrap()]).remove(0);
    let entries = room.entries(&id);
    assert_eq!(entries.len(), 1233, "what is not published is nobody’s business");
    assert_eq!(standing(&entries[1000]).body, words("Update 1001"));
    let head = room.head(&id);
    assert_eq!((head.pages.len(), head.posts.len(), head.key_events.len()), (24, 33, 100));
    assert_eq!(older(&room, &id).len(), 24);
    assert_eq!(room.check().code, 0, "{:?}", room.check());
    let before = room.files();
    room.import(["--as", "guardian", file.to_str().unwrap()]);
    assert_eq!(room.files(), before);
}

#[test]
fn an_article_of_the_content_api_is_an_article() {
    let room = Newsroom::new();
    let file = corpus("article.json");
    let id = room.import(["--as", "guardian", file.to_str().unwrap()]).remove(0);
    let story = room.story(&id);
    assert_eq!((story.kind, &story.live), (Kind::Article, &None));
    assert_eq!(story.headline, "NSA collecting phone records of millions of Verizon customers daily");
    assert_eq!(story.published, Timestamp::parse("2013-06-06T10:05:00Z").unwrap());
    assert!(story.body.len() > 10 && story.tags.contains(&"Privacy".to_owned()));
    assert!(story.standfirst.to_plain().starts_with("Exclusive: Top secret court order"));
    assert_eq!(room.import(["--as", "guardian", file.to_str().unwrap()]), [id]);
    assert_eq!(room.check().out.trim(), "1 story, 0 problems");
}

#[test]
fn an_article_does_not_take_the_place_of_live_coverage() {
    let room = Newsroom::new();
    room.harbour();
    room.live("post", ["harbour", "--text", "One."]);
    room.file("over.md", "---\nid: harbour\n---\n# Over it\n\nText.\n");
    room.file("beside.md", "# The harbour opens\n\nText.\n");
    let before = room.files();
    let refused = |word: &str| {
        let said = room.desk(["import", "over.md", "--into", "edition"]);
        assert!(said.code == 1 && said.err.contains(word), "{said:?}");
    };
    refused("over.md: 'harbour' is live coverage");
    assert_eq!(room.files(), before);
    assert_eq!(room.import(["beside.md"]), ["the-harbour-opens"]);
    // Not even if its head can't be read.
    room.file("edition/stories/harbour.json", "{");
    refused("over.md: 'harbour' is live coverage");
}

#[test]
fn hostile_html_in_posts_is_text_or_nothing() {
    let room = Newsroom::new();
    room.harbour();
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> <b onclick=x>bold</b> <a href=\"java&#10;script:x\">b</a>\n\n[a](javascript:alert(1)) ![b](data:x) <https://example.org>";
    let said = room.desk(["live", "post", "edition", "harbour", "--text", hostile, "--title", "<i>x</i>"]);
    assert_eq!(said.code, 0, "{said:?}");
    let mut answer: Value = serde_json::from_slice(&fs::read(corpus("liveblog.json")).unwrap()).unwrap();
    let content = &mut answer["response"]["content"];
    content["fields"]["headline"] = json!("<img src=x onerror=alert(1)>Headline<script>alert(1)</script>");
    content["fields"]["standfirst"] = json!("<p onclick=alert(1)>Stand<svg onload=alert(1)>first</svg></p>");
    content["webUrl"] = json!("javascript:alert(1)");
    content["tags"].as_array_mut().unwrap().push(json!({
        "type": "contributor", "webTitle": "Mallory", "id": "profile/mallory",
        "webUrl": "javascript:alert(1)", "bylineImageUrl": "data:text/html,x"
    }));
    for block in content["blocks"]["body"].as_array_mut().unwrap() {
        block["bodyHtml"] = json!(
            "<p>Fine <a href='javascript:alert(1)'>a</a></p><iframe srcdoc='<script>alert(1)</script>'></iframe><svg><script>alert(1)</script></svg><math><style>x</style></math><img src='data:text/html,x'><p style='x' onload=alert(1)>end</p>"
        );
        block["title"] = json!("Title <script>alert(1)</script>");
        block["contributors"] = json!(["mallory"]);
    }
    let file = room.file("hostile.json", answer.to_string());
    let id = room.import(["--as", "guardian", file.to_str().unwrap()]).remove(0);
    let story = room.story(&id);
    assert_eq!((story.headline.as_str(), story.canonical), ("Headline", None));
    let entries = room.entries(&id);
    assert_eq!(standing(&entries[5]).title.as_deref(), Some("Title"));
    assert_eq!(standing(&entries[5]).author.as_deref(), Some("Mallory"));
    for (path, bytes) in room.files() {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for word in ["javascript", "onerror", "onclick", "onload", "alert(", "data:", "<svg", "srcdoc", "<b"]
        {
            assert!(!text.contains(word), "{word} in {}", path.display());
        }
    }
    assert_eq!(standing(&room.entries("harbour")[0]).title.as_deref(), Some("<i>x</i>"), "a title is text");
}

#[test]
fn what_is_no_answer_of_the_content_api_is_named() {
    let room = Newsroom::new();
    for (text, word) in [
        ("{}", "no answer of the Content API"),
        ("[1]", "no answer of the Content API"),
        ("<html>", "is a web page, not JSON"),
        ("{\"response\": {", "ends too soon"),
        (r#"{"response": {"status": "error", "message": "Not  found"}}"#, "without a story: Not found"),
        (r#"{"response": {"results": [{}]}}"#, "ask for one of them"),
        (r#"{"response": {"content": {"webTitle": "x"}}}"#, "there is no story in it"),
        (
            r#"{"response": {"content": {"type": "liveblog", "webTitle": "x", "blocks": {"body": 5}}}}"#,
            "there is no story in it",
        ),
        (r#"{"response": {"content": {"fields": {"body": "<p>x</p>"}}}}"#, "no headline"),
    ] {
        room.file("answer.json", text);
        let said = room.desk(["import", "--as", "guardian", "answer.json", "--into", "edition"]);
        assert!(said.code == 1 && said.err.contains(word), "{text}: {said:?}");
        assert!(!room.edition().exists());
    }
}

/// Title, author, whether it is a key event, body.
type Gist = (Option<String>, Option<String>, bool, Vec<Block>);

/// Posts without what a replay does not carry over: revisions, times, numbers of changes.
fn gist(entries: &[PostSlot]) -> Vec<Option<Gist>> {
    let gist = |entry: &PostSlot| match entry {
        PostSlot::Withdrawn(_) => None,
        PostSlot::Post(post) => Some((post.title.clone(), post.author.clone(), post.key, post.body.clone())),
    };
    entries.iter().map(gist).collect()
}

#[test]
fn the_real_live_blog_is_replayed_whole() {
    let room = Newsroom::new();
    let file = corpus("liveblog.json");
    let from = file.to_str().unwrap();
    let said = room.live("replay", ["again", "--from", from, "--speed", "max"]);
    let mut expected = vec!["revision 1".to_owned()];
    expected.extend((1..=12).map(|post| format!("post {post}, revision {}", post + 1)));
    expected.push("revision 14".to_owned());
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    let id = room.import(["--as", "guardian", from]).remove(0);
    assert_ne!(id, "again", "a replay is not the original");
    assert_eq!(gist(&room.entries("again")), gist(&room.entries(&id)));
    let (head, original) = (room.head("again"), room.head(&id));
    assert_eq!(head.summary, original.summary);
    assert_eq!(head.pinned.unwrap().id, original.pinned.unwrap().id);
    assert_eq!(head.key_events.len(), 6);
    assert_eq!(room.story("again").headline, room.story(&id).headline);
    assert!(room.entries("again").iter().all(|entry| standing(entry).time >= room.story("again").published));
    assert_eq!(room.check().out.trim(), "2 stories, 0 problems");
    // Everything is there.
    assert_eq!(room.live("replay", ["again", "--from", from, "--speed", "0"]), "revision 14");
}

#[test]
fn a_replay_that_was_broken_off_goes_on_where_it_was() {
    let room = Newsroom::new();
    room.file("quay.png", png(64, 48));
    room.live("open", ["--id", "old", "--headline", "The old one", "--section", "Port", "--interval", "30"]);
    room.quickly("old", posts(130));
    room.live("withdraw", ["old", "3", "--reason", "Wrong."]);
    room.live("withdraw", ["old", "120"]);
    let said =
        room.live("post", ["old", "--text", "A picture.", "--image", "quay.png", "--alt", "A quay", "--key"]);
    assert!(said.starts_with("post 131, "));
    room.live("pin", ["old", "60"]);
    room.live("summary", ["old", "--text", "All of it."]);
    room.live("end", ["old"]);
    let from = "edition/stories/old.json";
    let into = |arguments: &[&str]| {
        let said =
            room.desk([["live", "replay", "copy", "new", "--from", from].as_slice(), arguments].concat());
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    };
    // The replay is killed in the middle, again and again, and an editor works in between.
    for round in 0..4_u64 {
        let mut desk = room.command(["live", "replay", "copy", "new", "--from", from, "--speed", "max"]);
        let mut desk = desk.stdout(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(15 + round * 10));
        let _ = desk.kill();
        desk.wait().unwrap();
    }
    into(&["--speed", "max"]);
    let read = |edition: &str, id: &str| -> (Story, Vec<PostSlot>) {
        let folder = room.path(edition).join("stories");
        let story = decode::story(&fs::read(folder.join(format!("{id}.json"))).unwrap()).unwrap().value;
        let blog = Blog::new(story.clone()).unwrap();
        let file =
            |name: &dateline::content::PageName| fs::read(folder.join(id).join(format!("{name}.json")));
        (story, blog.entries(&file).unwrap())
    };
    let (story, entries) = read("copy", "new");
    assert_eq!(gist(&entries), gist(&room.entries("old")));
    let live = story.live.unwrap();
    assert_eq!((live.state, live.interval), (LiveState::Ended, Some(30)));
    assert_eq!((live.pinned.as_ref().unwrap().id, &live.summary), (60, &words("All of it.")));
    assert!(matches!(&entries[2], PostSlot::Withdrawn(it) if it.reason == "Wrong."));
    let Block::Figure { picture } = &standing(&entries[130]).body[1] else { panic!("a picture") };
    assert!(room.path("copy").join(picture.sources[0].url.as_str()).is_file());
    assert_eq!(room.desk(["check", "copy"]).out.trim(), "1 story, 0 problems");
    let copy = fs::read_to_string(room.path("copy/edition.json")).unwrap();
    assert!(copy.contains("\"Port\""), "the section keeps its name: {copy}");

    // Posts of others in between, and an edit of a replayed one, do no harm.
    room.live("open", ["--id", "short", "--headline", "Short"]);
    room.quickly("short", posts(5));
    room.file("short.json", fs::read(room.edition().join("stories/short.json")).unwrap());
    let short = |keep: usize| {
        room.change("../short.json", |story| {
            let whole = serde_json::from_slice::<Value>(
                &fs::read(room.edition().join("stories/short.json")).unwrap(),
            );
            *story = whole.unwrap();
            story["live"]["posts"].as_array_mut().unwrap().truncate(keep);
        });
        room.live("replay", ["played", "--from", "short.json", "--speed", "max"])
    };
    short(3);
    room.live("post", ["played", "--text", "An editor’s own."]);
    room.live("edit", ["played", "2", "--text", "Mended."]);
    assert_eq!(short(5), "post 5, revision 7\npost 6, revision 8");
    let texts: Vec<_> = room.entries("played").iter().map(|entry| standing(entry).body.clone()).collect();
    let expected =
        ["Update 0.", "Mended.", "Update 2.", "An editor’s own.", "Update 3.", "Update 4."].map(words);
    assert_eq!(texts, expected);
}

#[test]
fn a_replay_takes_the_time_that_it_took_divided_by_its_speed() {
    let room = Newsroom::new();
    room.harbour();
    for at in ["10:00:00", "10:00:02", "10:00:04"] {
        room.live("post", ["harbour", "--text", at, "--at", &format!("2026-05-01T{at}Z")]);
    }
    let begun = Instant::now();
    room.live("replay", ["again", "--from", "edition/stories/harbour.json", "--speed", "10"]);
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(400) && took < Duration::from_secs(4), "{took:?}");
}

/// A correct edition with a live blog that has pages and an index.
fn covered() -> Newsroom {
    let room = Newsroom::new();
    room.harbour();
    room.quickly("harbour", posts(2100));
    room.live("withdraw", ["harbour", "1202"]);
    room.live("edit", ["harbour", "2090", "--key", "true"]);
    room.live("pin", ["harbour", "2091"]);
    assert_eq!(room.check().out.trim(), "1 story, 0 problems");
    room
}

#[test]
fn a_check_tells_what_is_wrong_with_live_coverage() {
    let room = covered();
    let head = "edition/stories/harbour.json";
    let whole = fs::read(room.path(head)).unwrap();
    let problems = |room: &Newsroom| -> Vec<String> {
        let said = room.check();
        let mut lines: Vec<String> = said.out.lines().map(str::to_owned).collect();
        assert_eq!(
            lines.pop().unwrap(),
            format!("1 story, {} problem{}", lines.len(), if lines.len() == 1 { "" } else { "s" })
        );
        lines
    };
    let cases: [(Spoil<'_>, &str); 13] = [
        (&|live| live["revision"] = json!(2000), "/live/revision: is below 2103, the highest of its posts"),
        (
            &|live| live["pages"][3]["revision"] = json!(7),
            "/live/pages/3/revision: is not the latest in that file",
        ),
        (&|live| live["pages"][4]["withdrawn"] = json!([]), "/live/pages/4/withdrawn: are not those"),
        (
            &|live| live["pages"][4]["withdrawn"] = json!([5]),
            "/live/pages/4/withdrawn/0: 5 is no post of this page",
        ),
        (
            &|live| live["pages"][1]["first"] = json!(1052),
            "/live/pages/1/first: is 1052, where 1051 was to follow",
        ),
        (
            &|live| live["pages"][1]["name"] = json!("gone"),
            "/live/pages/1/name: there is no stories/harbour/gone.json",
        ),
        (&|live| live["posts"][2]["id"] = json!(4000), "/live/posts/"),
        (&|live| live["interval"] = json!(1), "/live/interval: is below 5 seconds"),
        (&|live| live["pinned"]["body"] = json!([]), "/live/pinned: is not what post 2091 is"),
        (
            &|live| live["key_events"][0]["title"] = json!("Other"),
            "/live/key_events/0: is not what post 2090 says",
        ),
        (&|live| live["key_events"] = json!([]), "/live/key_events: lack post 2090"),
        (&|live| live["state"] = json!("paused"), "/live/state: is not that of its teaser"),
        (
            &|live| {
                live["posts"][5]["body"] = json!([{ "kind": "figure", "picture": { "sources": [{ "url": "images/none.png" }], "alt": "" } }]);
            },
            "/live/posts/5/body/0/picture/sources/0/url: there is no picture",
        ),
    ];
    for (change, word) in cases {
        room.change("stories/harbour.json", |story| change(&mut story["live"]));
        let said = problems(&room);
        let start = format!("stories/harbour.json#{word}");
        assert!(said.iter().any(|line| line.starts_with(&start)), "{word}: {said:?}");
        room.file(head, &whole);
    }
    room.change("stories/harbour.json", |story| drop(story.as_object_mut().unwrap().remove("live")));
    assert!(problems(&room).contains(&"stories/harbour.json#/live: is missing".to_owned()));
    room.file(head, &whole);

    // In a page, in a page of an index, and in an index.
    let live = room.head("harbour");
    let index = format!("stories/harbour/{}.json", live.indexes[0].name);
    let listed = decode::index(&fs::read(room.edition().join(&index)).unwrap()).unwrap().value;
    for page in [&live.pages[2], &listed[3]] {
        let file = format!("stories/harbour/{}.json", page.name);
        let whole = fs::read(room.edition().join(&file)).unwrap();
        let cases: [(Spoil<'_>, &str); 5] = [
            (
                &|page| page["posts"][7]["body"][0]["kind"] = json!("hologram"),
                "#/posts/7/body/0: unknown kind",
            ),
            (&|page| page["posts"][7]["id"] = json!("x"), "#/posts: are not the posts"),
            (
                &|page| page["posts"][7]["updated"] = json!("2001-01-01"),
                "#/posts/7/updated: is before its time",
            ),
            (&|page| page["posts"] = json!([]), "#/posts: is not an array with something in it"),
            (
                &|page| {
                    page["posts"][7]["body"][0] =
                        json!({ "kind": "related", "headline": "x", "story": "gone" });
                },
                "#/posts/7/body/0/story: 'gone' is no story",
            ),
        ];
        for (change, word) in cases {
            room.change(&file, change);
            let said = problems(&room);
            assert!(said.iter().any(|line| line.starts_with(&format!("{file}{word}"))), "{word}: {said:?}");
            assert!(said.iter().any(|line| line.contains("has changed under its name")), "{said:?}");
            room.file(&format!("edition/{file}"), &whole);
        }
        for broken in ["", "{", "<html>"] {
            room.file(&format!("edition/{file}"), broken);
            assert!(problems(&room).iter().any(|line| line.starts_with(&format!("{file}#: "))), "{broken}");
            room.file(&format!("edition/{file}"), &whole);
        }
        fs::remove_file(room.edition().join(&file)).unwrap();
        assert!(problems(&room).iter().any(|line| line.ends_with(&format!("/name: there is no {file}"))));
        room.file(&format!("edition/{file}"), &whole);
    }
    room.change(&index, |index| drop(index["pages"].as_array_mut().unwrap().pop()));
    assert!(problems(&room).iter().any(|line| line.contains("#/pages: do not end with the post 1000")));
}

#[test]
fn the_examples_of_the_format_s_page_are_right() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/format.md")).unwrap();
    let (_, section) = page.split_once("## Live blogs").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut examples = section.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap());
    let head = decode::story(examples.next().unwrap().as_bytes()).unwrap();
    assert_eq!(head.warnings, []);
    let blog = Blog::new(head.value).unwrap();
    let page = decode::page(examples.next().unwrap().as_bytes()).unwrap();
    assert_eq!((page.warnings.len(), page.value[0].id()), (0, 1));
    let index = decode::index(examples.next().unwrap().as_bytes()).unwrap();
    assert_eq!(index.warnings, []);
    assert_eq!(index.value, blog.live().pages);
    assert_eq!(examples.next(), None);
}

#[test]
fn a_key_event_that_made_room_does_not_come_back_into_the_list() {
    let room = Newsroom::new();
    room.harbour();
    let post = |number: u32| {
        let text = Text::plain(format!("Event {number}."));
        Change::Post(NewPost { key: true, body: vec![Block::Paragraph { text }], ..NewPost::default() })
    };
    room.quickly("harbour", (1..=150).map(post));
    room.live("withdraw", ["harbour", "150"]);
    room.live("edit", ["harbour", "3", "--title", "Told anew"]);
    room.live("edit", ["harbour", "60", "--title", "Told anew"]);
    let listed: Vec<u32> = room.head("harbour").key_events.iter().map(|event| event.post).collect();
    assert_eq!(listed, (51..150).collect::<Vec<_>>());
}

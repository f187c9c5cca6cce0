//! `desk pictures`, with the real program: widths for editions that were not imported.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::fs;
use std::io::Cursor;

use common::{Newsroom, Said};
use dateline::content::{Block, Picture};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

/// A picture with noise, like a photograph: hard to compress.
fn photo(width: u32, height: u32) -> Vec<u8> {
    let mut seed = 1_u32;
    let image = RgbImage::from_fn(width, height, |x, y| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (seed >> 28) as u8;
        Rgb([(x * 200 / width) as u8 + noise, (y * 200 / height) as u8 + noise, 90 + noise])
    });
    let mut bytes = Vec::new();
    DynamicImage::from(image).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg).unwrap();
    bytes
}

/// A picture as a publisher writes it.
fn plain(url: &str) -> Value {
    json!({ "sources": [{ "url": url }], "alt": "A lake" })
}

fn article(id: &str, image: &Value, body: &Value) -> Value {
    json!({
        "version": 1, "id": id, "kind": "article", "headline": "The lake", "section": "news",
        "published": "2026-05-01T10:00:00Z", "image": image, "body": body
    })
}

/// An edition in hand-written JSON, with a teaser for each story.
fn edition(stories: &[Value]) -> Newsroom {
    let room = Newsroom::new();
    let teaser = |story: &Value| {
        let mut teaser = json!({ "from": "our own tool" });
        for key in ["id", "kind", "headline", "published", "image"] {
            teaser[key] = story[key].clone();
        }
        teaser
    };
    let teasers: Vec<Value> = stories.iter().map(teaser).collect();
    let front = json!({
        "version": 1, "publication": { "name": "The Post", "language": "en" }, "weather": { "rain": 0.5 },
        "sections": [{ "id": "news", "name": "News", "teasers": teasers }]
    });
    room.file("edition/edition.json", format!("{front:#}"));
    for story in stories {
        let name = format!("edition/stories/{}.json", story["id"].as_str().unwrap());
        room.file(&name, format!("{story:#}"));
    }
    room
}

fn make(room: &Newsroom) -> Said {
    let said = room.desk(["pictures", "edition"]);
    assert_eq!(said.code, 0, "{said:?}");
    said
}

fn json_of(room: &Newsroom, name: &str) -> Value {
    serde_json::from_slice(&fs::read(room.edition().join(name)).unwrap()).unwrap()
}

/// The addresses of a picture without the hashes, and their widths.
fn sources(picture: &Picture) -> Vec<(String, Option<u32>)> {
    let is_hash = |part: &str| part.len() == 10 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bare = |url: &str| {
        let parts: Vec<&str> = url.split('-').filter(|part| !is_hash(part)).collect();
        parts.join("-")
    };
    picture.sources.iter().map(|source| (bare(source.url.as_str()), source.width)).collect()
}

fn expected(prefix: &str, widths: &[u32], original: &str) -> Vec<(String, Option<u32>)> {
    let made = widths.iter().map(|width| (format!("{prefix}-{width}.webp"), Some(*width)));
    made.chain([(original.to_owned(), None)]).collect()
}

/// Runs the command when there is nothing to do.
fn changes_nothing(room: &Newsroom) {
    let before = room.files();
    let said = make(room);
    assert_eq!((said.err.as_str(), said.out.as_str()), ("", "0 pictures in 0 stories; 0 files written\n"));
    assert_eq!(room.files(), before);
}

#[test]
fn pictures_of_json_get_their_widths_and_keep_their_names() {
    let body = json!([
        { "kind": "paragraph", "text": "Text." },
        { "kind": "figure", "picture": plain("images/lake.jpg") },
        { "kind": "gallery", "pictures": [plain("photos/Big Boat.jpg"), plain("https://example.org/a.jpg")] },
        { "kind": "fact-box", "title": "Boats", "body": [{ "kind": "figure", "picture": plain("./photos/Big%20Boat.jpg") }] },
        { "kind": "question-answer", "question": "Why?", "answer": [{ "kind": "figure", "picture": plain("images/lake.jpg") }] }
    ]);
    let stories = [
        article("one", &plain("images/lake.jpg"), &body),
        article("two", &plain("images/lake.jpg"), &json!([])),
    ];
    let room = edition(&stories);
    let (lake, boat) = (photo(2000, 1000), photo(1200, 600));
    room.file("edition/images/lake.jpg", &lake);
    room.file("edition/photos/Big Boat.jpg", &boat);
    let said = make(&room);
    assert_eq!((said.err.as_str(), said.out.as_str()), ("", "2 pictures in 2 stories; 9 files written\n"));

    let story = room.story("one");
    let lead = story.image.as_ref().unwrap();
    assert_eq!(sources(lead), expected("images/lake", &[480, 960, 1600], "images/lake.jpg"));
    assert_eq!((lead.size(), lead.alt.as_deref()), (Some((2000, 1000)), Some("A lake")));
    assert!(lead.color.is_some());
    let Block::Figure { picture } = &story.body[1] else { panic!("{:?}", story.body) };
    assert_eq!(picture, lead);
    let Block::Gallery { pictures, .. } = &story.body[2] else { panic!("{:?}", story.body) };
    assert_eq!(sources(&pictures[0]), expected("photos/big-boat", &[480, 960, 1200], "photos/Big Boat.jpg"));
    assert_eq!(sources(&pictures[1]), [("https://example.org/a.jpg".to_owned(), None)]);
    let Block::FactBox { body, .. } = &story.body[3] else { panic!("{:?}", story.body) };
    let Block::Figure { picture } = &body[0] else { panic!("{body:?}") };
    assert_eq!(picture.sources[..3], pictures[0].sources[..3], "it is made once, however it is written");
    let Block::QuestionAnswer { answer, .. } = &story.body[4] else { panic!("{:?}", story.body) };
    assert!(matches!(&answer[0], Block::Figure { picture } if picture == lead));
    assert_eq!(room.story("two").image.as_ref(), Some(lead));
    assert!(room.front().teasers().all(|(_, teaser)| teaser.image.as_ref() == Some(lead)));

    assert_eq!(fs::read(room.edition().join("images/lake.jpg")).unwrap(), lake);
    assert_eq!(fs::read(room.edition().join("photos/Big Boat.jpg")).unwrap(), boat);
    for source in lead.sources.iter().filter(|source| source.width.is_some()) {
        let image = image::open(room.edition().join(source.url.as_str())).unwrap();
        assert_eq!(Some(image.width()), source.width);
    }

    changes_nothing(&room);
}

#[test]
fn widths_lie_where_an_address_can_lead() {
    let body = json!([
        { "kind": "figure", "picture": plain("my%20photos/lake.jpg") },
        { "kind": "figure", "picture": plain("lake.jpg?v=2") },
        { "kind": "figure", "picture": plain("photos/été/lake.jpg") }
    ]);
    let room = edition(&[article("one", &Value::Null, &body)]);
    for name in ["my photos/lake.jpg", "lake.jpg", "photos/été/lake.jpg"] {
        room.file(&format!("edition/{name}"), photo(1000, 500));
    }
    let said = make(&room);
    assert_eq!((said.err.as_str(), said.out.as_str()), ("", "3 pictures in 1 story; 10 files written\n"));
    let widths = [480, 960, 1000];
    let all: Vec<_> = room.story("one").pictures().into_iter().map(sources).collect();
    assert_eq!(all[0], expected("images/lake", &widths, "my%20photos/lake.jpg"));
    assert_eq!(all[1], expected("lake", &widths, "lake.jpg?v=2"));
    assert_eq!(all[2], expected("photos/été/lake", &widths, "photos/été/lake.jpg"));
}

#[test]
fn nothing_else_is_changed() {
    let mut image = plain("images/lake.jpg");
    image["focus"] = json!([0.25, 0.5]);
    image["sources"][0]["rights"] = json!("ours");
    image["color"] = json!("#010203");
    let body = json!([
        { "kind": "hologram", "pictures": [plain("images/lake.jpg")], "id": 18_446_744_073_709_551_615_u64 },
        { "kind": "figure", "picture": { "alt": "no sources" } },
        { "kind": "figure", "picture": plain("images/lake.jpg") }
    ]);
    let mut story = article("one", &image, &body);
    story["byline"] = json!([{ "name": "Ana", "picture": plain("images/lake.jpg") }, "Tom"]);
    story["desk"] = json!({ "zebra": 1, "apple": null });
    let room = edition(&[story.clone()]);
    room.file("edition/images/lake.jpg", photo(1000, 500));
    let front = json_of(&room, "edition.json");
    let said = make(&room);
    assert_eq!((said.err.as_str(), said.out.as_str()), ("", "1 picture in 1 story; 5 files written\n"));

    let text = fs::read_to_string(room.edition().join("stories/one.json")).unwrap();
    let mut now: Value = serde_json::from_str(&text).unwrap();
    let made = now["image"].clone();
    assert_eq!((&made["focus"], &made["color"]), (&json!([0.25, 0.5]), &json!("#010203")));
    let last = made["sources"].as_array().unwrap().last().unwrap();
    assert_eq!(*last, json!({ "url": "images/lake.jpg", "rights": "ours" }));
    assert_eq!(now["body"][2]["picture"]["sources"].as_array().unwrap().len(), 4);
    now["image"] = story["image"].clone();
    now["body"][2] = story["body"][2].clone();
    assert_eq!(format!("{now:#}"), format!("{story:#}"), "and in the same order");

    let mut now = json_of(&room, "edition.json");
    assert_eq!(now["sections"][0]["teasers"][0]["image"], made);
    now["sections"][0]["teasers"][0]["image"] = front["sections"][0]["teasers"][0]["image"].clone();
    assert_eq!(format!("{now:#}"), format!("{front:#}"));
}

#[test]
fn widths_that_a_publisher_made_stay_theirs() {
    let own = json!({ "sources": [{ "url": "images/s.jpg", "width": 500 }, { "url": "images/lake.jpg" }], "alt": "" });
    let one = json!({ "sources": [{ "url": "images/lake.jpg", "width": 1000 }], "alt": "" });
    let room = edition(&[article("one", &own, &json!([{ "kind": "figure", "picture": one }]))]);
    room.file("edition/images/lake.jpg", photo(1000, 500));
    changes_nothing(&room);
}

#[test]
fn what_can_t_be_is_told_and_stays() {
    let names = ["none.jpg", "cut.jpg", "film.gif", "drawing.svg"].map(|name| format!("images/{name}"));
    let figures: Vec<Value> =
        names.iter().map(|name| json!({ "kind": "figure", "picture": plain(name) })).collect();
    let room = edition(&[article("one", &plain("images/lake.jpg"), &json!(figures))]);
    let lake = photo(1000, 500);
    room.file("edition/images/lake.jpg", &lake);
    room.file("edition/images/cut.jpg", &lake[..lake.len() / 2]);
    room.file("edition/images/drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    let frames = [10, 200]
        .map(|red| image::Frame::new(image::RgbaImage::from_pixel(600, 20, image::Rgba([red, 0, 0, 255]))));
    let mut film = Vec::new();
    image::codecs::gif::GifEncoder::new(&mut film).encode_frames(frames).unwrap();
    room.file("edition/images/film.gif", film);
    let said = make(&room);
    let lines: Vec<&str> = said.err.lines().collect();
    for (line, (name, why)) in
        lines.iter().zip(names.iter().zip(["no such file", "ends too soon", "moves", "not a PNG"]))
    {
        let start = format!("desk: stories/one.json: the picture {name} ");
        assert!(line.starts_with(&start) && line.contains(why), "{line}");
    }
    assert_eq!(lines.len(), 4, "{said:?}");

    let pictures: Vec<Picture> = room.story("one").pictures().into_iter().cloned().collect();
    let picture = |name: &str| {
        let is_it = |picture: &&Picture| sources(picture).iter().any(|(url, _)| url.contains(name));
        pictures.iter().find(is_it).unwrap_or_else(|| panic!("{name}: {pictures:?}"))
    };
    assert_eq!(picture("lake").sources.len(), 4);
    assert_eq!((picture("none").size(), picture("drawing").size()), (None, None));
    // A truncated picture gets its size now, and its widths once it is complete.
    assert_eq!((picture("cut").size(), picture("cut").sources[0].width), (Some((1000, 500)), None));
    assert_eq!((picture("film").size(), picture("film").sources[0].width), (Some((600, 20)), Some(600)));
    let before = room.files();
    let said = make(&room);
    assert_eq!(
        (said.err.lines().count(), said.out.as_str()),
        (3, "0 pictures in 0 stories; 0 files written\n")
    );
    assert_eq!(room.files(), before);
    room.file("edition/images/cut.jpg", photo(1000, 500));
    assert_eq!(make(&room).out, "1 picture in 1 story; 4 files written\n");
}

#[test]
fn no_address_leads_out_of_the_edition() {
    let room = Newsroom::new();
    let outside = room.file("secret.jpg", photo(1000, 500));
    let inside = room.edition().join("images/lake.jpg");
    let addresses = [
        "../secret.jpg".to_owned(),
        "%2e%2e/secret.jpg".to_owned(),
        "images/..%2f../secret.jpg".to_owned(),
        "..\\secret.jpg".to_owned(),
        "images/../images/lake.jpg".to_owned(),
        outside.to_str().unwrap().to_owned(),
        inside.to_str().unwrap().to_owned(),
        "images/%00.jpg".to_owned(),
        "images".to_owned(),
    ];
    let figures: Vec<Value> =
        addresses.iter().map(|url| json!({ "kind": "figure", "picture": plain(url) })).collect();
    let front = json!({ "version": 1, "publication": { "name": "The Post" }, "sections": [] });
    room.file("edition/edition.json", format!("{front:#}"));
    let story = article("one", &Value::Null, &json!(figures));
    room.file("edition/stories/one.json", format!("{story:#}"));
    room.file("edition/images/lake.jpg", photo(1000, 500));
    let before = room.files();
    let said = make(&room);
    // Browsers take a backslash for a slash, so two of the addresses are the same.
    assert_eq!(said.err.lines().count(), addresses.len() - 1, "{said:?}");
    assert_eq!(
        said.err.matches("outside the folder of the edition").count(),
        addresses.len() - 3,
        "{said:?}"
    );
    assert_eq!(said.out, "0 pictures in 0 stories; 0 files written\n");
    assert_eq!(room.files(), before);
    assert_eq!(fs::read_dir(room.path(".")).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_edition() {
    use std::os::unix::fs::symlink;
    let body = json!([
        { "kind": "figure", "picture": plain("images/link.jpg") },
        { "kind": "figure", "picture": plain("elsewhere/secret.jpg") },
        { "kind": "figure", "picture": plain("elsewhere/back.jpg") }
    ]);
    let room = edition(&[article("one", &Value::Null, &body)]);
    room.file("edition/images/lake.jpg", photo(1000, 500));
    room.file("private/secret.jpg", photo(1000, 500));
    symlink(room.path("private/secret.jpg"), room.edition().join("images/link.jpg")).unwrap();
    symlink(room.path("private"), room.edition().join("elsewhere")).unwrap();
    symlink(room.edition().join("images/lake.jpg"), room.path("private/back.jpg")).unwrap();
    // A story that is a link is another folder's file.
    let foreign =
        room.file("foreign.json", article("two", &plain("images/lake.jpg"), &json!([])).to_string());
    symlink(&foreign, room.edition().join("stories/two.json")).unwrap();
    let said = make(&room);
    assert_eq!(said.err.matches("outside the folder of the edition").count(), 3, "{said:?}");
    assert_eq!(said.out, "0 pictures in 0 stories; 0 files written\n");
    assert_eq!(fs::read_dir(room.path("private")).unwrap().count(), 2);
    assert_eq!(fs::read_dir(room.edition().join("images")).unwrap().count(), 2);
}

#[test]
fn of_live_coverage_the_main_picture_alone_is_made_and_takes_a_revision() {
    let room = Newsroom::new();
    room.harbour();
    room.live("post", ["harbour", "--text", "A post."]);
    room.change("stories/harbour.json", |story| {
        story["image"] = plain("images/lake.jpg");
        let figure = json!({ "kind": "figure", "picture": plain("images/lake.jpg") });
        story["live"]["posts"][0]["body"].as_array_mut().unwrap().push(figure);
    });
    room.change("edition.json", |front| {
        front["sections"][0]["teasers"][0]["image"] = plain("images/lake.jpg");
    });
    room.file("edition/images/lake.jpg", photo(1000, 500));
    let (story, head) = (room.story("harbour"), room.head("harbour"));
    let said = make(&room);
    assert_eq!((said.err.as_str(), said.out.as_str()), ("", "1 picture in 1 story; 5 files written\n"));
    let new = room.head("harbour");
    assert_eq!(new.revision, head.revision + 1);
    assert!(new.changed >= head.changed);
    assert_eq!(new.posts, head.posts);
    let image = room.story("harbour").image;
    assert_eq!(image.as_ref().unwrap().sources.len(), 4);
    assert_eq!(room.front().sections[0].teasers[0].image, image);
    assert_eq!(room.story("harbour").updated, story.updated, "it is no news");
    let said = room.check();
    assert_eq!((said.code, said.out.trim()), (0, "1 story, 0 problems"), "{said:?}");
    // The live blog can be continued.
    room.live("post", ["harbour", "--text", "Another."]);
    let before = room.files();
    assert_eq!(make(&room).out, "0 pictures in 0 stories; 0 files written\n");
    assert_eq!(room.files(), before);
}

#[test]
fn files_that_would_not_be_written_again_as_they_stand_are_left() {
    let room = edition(&[article("one", &plain("images/lake.jpg"), &json!([]))]);
    room.file("edition/images/lake.jpg", photo(1000, 500));
    let good = fs::read_to_string(room.edition().join("stories/one.json")).unwrap();
    let end = good.rfind('}').unwrap();
    for odd in ["\"id\": 123456789012345678901234567890", "\"x\": 1, \"x\": 2", "\"half\": \"\\ud800\""] {
        let key = if odd.starts_with("\"id\"") { odd.replace("id", "number") } else { odd.to_owned() };
        let text = format!("{}, {key}}}", good[..end].trim_end());
        room.file("edition/stories/one.json", &text);
        let said = make(&room);
        assert!(said.err.starts_with("desk: stories/one.json: "), "{odd}: {said:?}");
        assert_eq!(fs::read_to_string(room.edition().join("stories/one.json")).unwrap(), text);
    }
    // A file that can't be read does not affect the others, and a byte order mark does no harm.
    room.file("edition/stories/bad.json", "{\"version\": 1");
    room.file("edition/stories/one.json", format!("\u{feff}{good}"));
    let said = make(&room);
    assert_eq!(said.err, "desk: stories/bad.json: ends too soon\n");
    assert_eq!(room.story("one").image.unwrap().sources.len(), 4);
}

#[test]
fn a_file_on_one_line_stays_on_one() {
    let room = edition(&[article("one", &plain("images/lake.jpg"), &json!([]))]);
    room.file("edition/stories/one.json", article("one", &plain("images/lake.jpg"), &json!([])).to_string());
    room.file("edition/images/lake.jpg", photo(1000, 500));
    make(&room);
    let text = fs::read_to_string(room.edition().join("stories/one.json")).unwrap();
    assert_eq!(text.lines().count(), 1);
    assert_eq!(room.story("one").image.unwrap().sources.len(), 4);
}

#[test]
fn there_has_to_be_an_edition_that_no_other_desk_is_writing() {
    let room = Newsroom::new();
    let said = room.desk(["pictures", "edition"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("there is no edition"), "{said:?}");
    assert!(!room.edition().exists());

    let room = edition(&[article("one", &plain("images/lake.jpg"), &json!([]))]);
    room.file("edition/images/lake.jpg", photo(1000, 500));
    let before = room.files();
    let lock = fs::File::create(room.file("edition/.desk/lock", "")).unwrap();
    lock.lock().unwrap();
    let said = room.desk(["pictures", "edition", "--wait", "0"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("another desk is writing"), "{said:?}");
    let mut after = room.files();
    after.retain(|path, _| !path.ends_with(".desk/lock"));
    assert_eq!(after, before);

    room.file("edition/edition.json", "{}");
    let said = room.desk(["pictures", "edition"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("edition.json: publication is missing"), "{said:?}");
}

//! `desk import`, with the real program and real folders.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use common::{Newsroom, png};
use dateline::content::{Block, Picture, Source, Target};
use desk::folder::{Folder, FolderError};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageEncoder, ImageFormat, Rgb, RgbImage};
use serde_json::json;

#[test]
fn the_sample_news_page_becomes_a_story() {
    let room = Newsroom::new();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora/news-page/page.txt");
    let said = room.desk(["import", page.to_str().unwrap(), "--into", "edition", "--section", "World"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let file = said.out.trim();
    let id = Path::new(file).file_stem().unwrap().to_string_lossy().into_owned();
    let story = room.story(&id);
    assert_eq!(story.headline, "Putin not ‘serious’ about negotiating with Ukraine, Blinken says");
    assert_eq!(story.byline.iter().map(|author| author.name.as_str()).collect::<Vec<_>>(), ["time news"]);
    let paragraphs: Vec<String> = story
        .body
        .iter()
        .filter_map(|block| match block {
            Block::Paragraph { text } => Some(text.to_plain()),
            _ => None,
        })
        .collect();
    assert_eq!(paragraphs.len(), 12);
    let source = fs::read_to_string(page).unwrap();
    let places: Vec<Option<usize>> = paragraphs.iter().map(|text| source.find(text.as_str())).collect();
    assert!(places.iter().all(Option::is_some), "each is in the page as it stands here: {paragraphs:#?}");
    assert!(places.is_sorted(), "and in its order");
    let live: Vec<bool> = story
        .body
        .iter()
        .filter_map(|block| match block {
            Block::Related(link) => Some(link.live),
            _ => None,
        })
        .collect();
    assert_eq!((live.len(), live.iter().filter(|live| **live).count()), (3, 1));
    let text = fs::read_to_string(room.path(file)).unwrap();
    for furniture in ["You may also like", "Leave a Comment", "Read also"] {
        assert!(!text.contains(furniture), "{furniture}");
    }
    assert_eq!(room.front().sections[0].name, "World");
    let said = room.check();
    assert_eq!((said.code, said.out.trim()), (0, "1 story, 0 problems"));
}

#[test]
fn the_same_file_stays_the_same_story() {
    let room = Newsroom::new();
    room.file("ferry.md", "# A ferry for the strait\n\nIt sails at noon.\n");
    assert_eq!(room.import(["ferry.md"]), ["a-ferry-for-the-strait"]);
    let before = room.files();
    let first = room.story("a-ferry-for-the-strait");

    // Nothing has changed, so nothing is written, whatever the time.
    assert_eq!(room.import(["ferry.md"]), ["a-ferry-for-the-strait"]);
    assert_eq!(room.files(), before);

    // With another headline it is the same story, at the same address, with the same time of publication.
    room.file("other.md", "# Another story\n\nText.\n");
    room.import(["other.md"]);
    room.file("ferry.md", "# The ferry is late\n\nIt sails at one.\n");
    assert_eq!(room.import(["ferry.md"]), ["a-ferry-for-the-strait"]);
    let story = room.story("a-ferry-for-the-strait");
    assert_eq!(story.headline, "The ferry is late");
    assert_eq!(story.published, first.published);
    assert_eq!(room.teasers("news"), ["another-story", "a-ferry-for-the-strait"]);
    assert_eq!(room.front().sections[0].teasers[1].headline, "The ferry is late");
    assert_eq!(room.check().code, 0);
}

#[test]
fn files_of_one_name_in_two_folders_are_two_stories() {
    let room = Newsroom::new();
    room.file("monday/index.html", "<h1>Harbour closed</h1><p>On Monday the harbour was closed to all.</p>");
    room.file("tuesday/index.html", "<h1>Harbour open</h1><p>On Tuesday the harbour was open again.</p>");
    assert_eq!(room.import(["monday/index.html"]), ["harbour-closed"]);
    assert_eq!(room.import(["tuesday/index.html"]), ["harbour-open"]);
    assert_eq!(room.story("harbour-closed").headline, "Harbour closed");
    assert_eq!(room.teasers("news"), ["harbour-open", "harbour-closed"]);
    // Two files with the same headline are two stories, in one run or in two.
    for day in ["wednesday", "thursday", "friday"] {
        room.file(&format!("{day}/{day}.md"), format!("# Weather\n\nOn {day} it rained.\n"));
    }
    assert_eq!(room.import(["wednesday/wednesday.md", "thursday/thursday.md"]), ["weather", "weather-2"]);
    assert_eq!(room.import(["friday/friday.md"]), ["weather-3"]);
    assert_eq!(room.import(["thursday/thursday.md"]), ["weather-2"]);
}

#[test]
fn a_file_that_moved_is_still_its_story() {
    let room = Newsroom::new();
    room.file("desk-one/ferry.md", "# A ferry\n\nText.\n");
    room.import(["desk-one/ferry.md"]);
    fs::create_dir(room.path("desk-two")).unwrap();
    fs::rename(room.path("desk-one/ferry.md"), room.path("desk-two/ferry.md")).unwrap();
    assert_eq!(room.import(["desk-two/ferry.md"]), ["a-ferry"]);
    assert_eq!(room.teasers("news"), ["a-ferry"]);
}

#[test]
fn a_story_moves_when_it_is_given_another_section() {
    let room = Newsroom::new();
    room.file("ferry.md", "# A ferry\n\nText.\n");
    room.import(["ferry.md"]);
    room.import(["ferry.md", "--section", "Sea & Coast"]);
    assert_eq!(room.teasers("news"), [""; 0]);
    assert_eq!(room.teasers("sea-coast"), ["a-ferry"]);
    assert_eq!(room.story("a-ferry").section.unwrap().as_str(), "sea-coast");
    // A section's name is found in any letter case. Without a section, a story stays where it is.
    room.import(["ferry.md", "--section", "SEA & COAST"]);
    room.import(["ferry.md"]);
    assert_eq!(room.teasers("sea-coast"), ["a-ferry"]);
    assert_eq!(room.front().sections.len(), 2);
}

#[test]
fn front_matter_says_what_a_story_is() {
    let room = Newsroom::new();
    room.file(
        "looms.md",
        "---\nid: looms\ntitle: “Looms”\nauthor: [Ada Byron, Jo March]\nsection: Culture\nlanguage: ar\ndate: 2026-03-04T05:06:07Z\ntags: [wool, trade]\nstandfirst: What *wool* makes.\n---\n\nThe text.\n",
    );
    assert_eq!(room.import(["looms.md"]), ["looms"]);
    let story = room.story("looms");
    assert_eq!(story.headline, "“Looms”");
    assert_eq!(story.byline.len(), 2);
    assert_eq!(story.language.as_ref().unwrap().as_str(), "ar");
    assert_eq!(story.published.to_rfc3339(), "2026-03-04T05:06:07Z");
    assert_eq!(story.tags, ["wool", "trade"]);
    assert_eq!(room.teasers("culture"), ["looms"]);
    assert_eq!(
        room.front().publication.language.as_ref().unwrap().as_str(),
        "ar",
        "a new edition speaks its first story’s language"
    );
    assert_eq!(room.check().code, 0);
}

#[test]
fn what_others_wrote_into_the_edition_stays() {
    let room = Newsroom::new();
    room.file("ferry.md", "# A ferry\n\nText.\n");
    room.import(["ferry.md"]);
    room.change("edition.json", |edition| {
        edition["publication"]["motto"] = json!("All the sea");
        edition["sections"][0]["x-colour"] = json!("blue");
        edition["sections"][0]["teasers"][0]["x-rank"] = json!(7);
        edition["sections"]
            .as_array_mut()
            .unwrap()
            .insert(0, json!({ "id": "empty", "name": "Empty", "teasers": [] }));
    });
    room.file("ferry.md", "# Two ferries\n\nText.\n");
    room.import(["ferry.md"]);
    room.change("edition.json", |edition| {
        assert_eq!(edition["publication"]["motto"], "All the sea");
        assert_eq!(edition["sections"][0]["id"], "empty");
        assert_eq!(edition["sections"][1]["x-colour"], "blue");
        assert_eq!(edition["sections"][1]["teasers"][0]["x-rank"], 7);
        assert_eq!(edition["sections"][1]["teasers"][0]["headline"], "Two ferries");
    });
}

#[test]
fn a_file_that_is_no_story_changes_nothing() {
    let room = Newsroom::new();
    room.file("ferry.md", "# A ferry\n\nText.\n");
    room.import(["ferry.md"]);
    let before = room.files();
    room.file("empty.md", "");
    room.file("blank.md", " \n\t\n");
    room.file("picture.md", png(4, 4));
    room.file("zeros.txt", [0_u8; 400]);
    room.file("list.html", "<script>alert(1)</script><svg><text>no</text></svg>");
    room.file("bad-id.md", "---\nid: ../../etc/passwd\ntitle: x\n---\nText.\n");
    room.file("front.md", "---\ntitle: [unclosed\n---\nText.\n");
    fs::File::create(room.path("huge.txt")).unwrap().set_len(50_000_000).unwrap();
    fs::create_dir(room.path("folder.md")).unwrap();
    for (file, word) in [
        ("missing.md", "can't be read"),
        ("empty.md", "is empty"),
        ("blank.md", "is empty"),
        ("picture.md", "is not text but a PNG picture"),
        ("zeros.txt", "is not text but binary data"),
        ("huge.txt", "is too large for a story (50 MB"),
        ("folder.md", "is not a file"),
        ("list.html", "list.html: "),
        ("bad-id.md", "can't be a story's id"),
        ("front.md", "front.md: "),
    ] {
        // A good file before it is not imported either: all or none.
        room.file("good.md", "# A good story\n\nText.\n");
        let said = room.desk(["import", "good.md", file, "--into", "edition"]);
        assert_eq!(said.code, 1, "{file}: {said:?}");
        assert!(
            said.err.starts_with("desk: ") && said.err.contains(file) && said.err.contains(word),
            "{file}: {said:?}"
        );
        assert_eq!(said.err.trim().lines().count(), 1, "one clear line: {said:?}");
        assert_eq!(said.out, "", "{file}");
        assert_eq!(room.files(), before, "{file}");
    }
}

#[test]
fn a_bad_first_file_makes_no_edition() {
    let room = Newsroom::new();
    room.file("empty.md", "");
    assert_eq!(room.desk(["import", "empty.md", "--into", "edition"]).code, 1);
    assert!(!room.edition().exists());
}

#[test]
fn two_files_that_would_be_one_story_are_refused() {
    let room = Newsroom::new();
    room.file("a.md", "---\nid: same\ntitle: A\n---\nText.\n");
    room.file("b.md", "---\nid: same\ntitle: B\n---\nText.\n");
    let said = room.desk(["import", "a.md", "b.md", "--into", "edition"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("a.md and b.md: both are the story 'same'"), "{said:?}");
    assert!(!room.edition().join("stories").exists());
}

#[test]
fn an_edition_that_can_t_be_understood_is_not_written_over() {
    for broken in ["", "{", "[]", "{\"version\": 99}", "not json"] {
        let room = Newsroom::new();
        room.file("ferry.md", "# A ferry\n\nText.\n");
        room.file("edition/edition.json", broken);
        let said = room.desk(["import", "ferry.md", "--into", "edition"]);
        assert_eq!(said.code, 1, "{broken}: {said:?}");
        assert!(said.err.contains("edition.json"), "{said:?}");
        assert_eq!(fs::read_to_string(room.path("edition/edition.json")).unwrap(), broken);
        assert!(!room.edition().join("stories").exists());
    }
}

#[test]
fn a_damaged_ledger_is_not_taken_for_an_empty_one() {
    let room = Newsroom::new();
    room.file("ferry.md", "# A ferry\n\nText.\n");
    room.import(["ferry.md"]);
    room.file("edition/.desk/imports.json", "[");
    let before = room.files();
    let said = room.desk(["import", "ferry.md", "--into", "edition"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("imports.json") && said.err.contains("is damaged"), "{said:?}");
    assert_eq!(room.files(), before);
}

#[test]
fn a_second_desk_waits_so_long_as_it_is_told_and_breaks_nothing() {
    let room = Newsroom::new();
    room.file("ferry.md", "# A ferry\n\nText.\n");
    let held = Folder::open(&room.edition(), None, Duration::ZERO).expect("the edition opens");
    let said = room.desk(["import", "ferry.md", "--into", "edition", "--wait", "0"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("another desk is writing to this edition"), "{said:?}");
    assert!(!room.edition().join("edition.json").exists());
    let waited = Instant::now();
    let busy = Folder::open(&room.edition(), None, Duration::from_millis(150));
    assert!(matches!(busy, Err(FolderError::Busy(_))) && waited.elapsed() >= Duration::from_millis(150));
    // A waiting desk goes on when the other has finished.
    let ids = thread::scope(|scope| {
        let waiting = scope.spawn(|| room.import(["ferry.md"]));
        thread::sleep(Duration::from_millis(200));
        drop(held);
        waiting.join().unwrap()
    });
    assert_eq!(ids, ["a-ferry"]);
}

#[test]
fn pictures_beside_a_source_come_along() {
    let room = Newsroom::new();
    room.file("sources/pictures/the pier.png", png(1200, 800));
    room.file("secret.png", png(10, 10));
    room.file("sources/note.png", "not a picture");
    room.file(
        "sources/pier.md",
        "# The pier\n\n![Two boats at a pier](pictures/the%20pier.png)\n\nText.\n\n![Secret](../secret.png)\n\n![Note](note.png)\n\n![Far](https://example.org/far.jpg)\n",
    );
    let said = room.desk(["import", "sources/pier.md", "--into", "edition"]);
    assert_eq!(said.code, 0, "{said:?}");
    let warnings: Vec<&str> = said.err.lines().collect();
    assert_eq!(warnings.len(), 2, "{said:?}");
    assert!(
        warnings[0].contains("../secret.png") && warnings[0].contains("outside the folder"),
        "{warnings:?}"
    );
    assert!(warnings[1].contains("note.png") && warnings[1].contains("not a PNG"), "{warnings:?}");
    let story = room.story("the-pier");
    let picture = story.image.expect("the first picture is the story’s");
    assert_eq!((picture.width, picture.height), (Some(1200), Some(800)));
    assert_eq!(picture.alt.as_deref(), Some("Two boats at a pier"));
    let url = picture.sources.last().unwrap().url.as_str();
    assert!(url.starts_with("images/the-pier-") && url.ends_with(".png"), "{url}");
    assert_eq!(fs::read(room.edition().join(url)).unwrap(), png(1200, 800));
    assert!(room.files().keys().all(|path| !path.to_string_lossy().contains("secret")));
    assert_eq!(room.check().code, 0, "{:?}", room.check());
}

/// A picture with noise, like a photograph: hard to compress.
fn photo(width: u32, height: u32) -> RgbImage {
    let mut seed = 1_u32;
    RgbImage::from_fn(width, height, |x, y| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (seed >> 28) as u8;
        Rgb([(x * 200 / width) as u8 + noise, (y * 200 / height) as u8 + noise, 90 + noise])
    })
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

/// A JPEG with an EXIF orientation.
fn turned(image: &RgbImage, orientation: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    // One entry: tag 0x0112, one SHORT (Exif 2.3, section 4.6.4).
    let exif =
        [b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".as_slice(), &[orientation, 0, 0, 0, 0, 0, 0, 0]];
    encoder.set_exif_metadata(exif.concat()).unwrap();
    encoder.encode_image(image).unwrap();
    bytes
}

/// Imports a story with this picture. Returns the picture and the desk's warnings.
fn with_picture(room: &Newsroom, name: &str, bytes: &[u8]) -> (Option<Picture>, String) {
    room.file(&format!("sources/{name}"), bytes);
    room.file("sources/story.md", format!("---\nid: it\n---\n# It\n\n![A picture]({name})\n\nText.\n"));
    let said = room.desk(["import", "sources/story.md", "--into", "edition"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(room.story("it").body.len(), 1, "the story itself is there");
    (room.story("it").image, said.err)
}

/// The files of a picture: their widths according to the JSON, and their bytes.
fn files_of(room: &Newsroom, picture: &Picture) -> Vec<(Option<u32>, Vec<u8>)> {
    let file = |source: &Source| fs::read(room.edition().join(source.url.as_str())).unwrap();
    picture.sources.iter().map(|source| (source.width, file(source))).collect()
}

#[test]
fn a_picture_comes_in_the_widths_that_screens_want() {
    let room = Newsroom::new();
    let original = written(&photo(2000, 1000).into(), ImageFormat::Png);
    let (picture, said) = with_picture(&room, "quay.png", &original);
    let picture = picture.unwrap();
    assert_eq!((said.as_str(), picture.size()), ("", Some((2000, 1000))));
    let files = files_of(&room, &picture);
    assert_eq!(
        files.iter().map(|(width, _)| *width).collect::<Vec<_>>(),
        [Some(480), Some(960), Some(1600), None]
    );
    assert!(files[3].1 == original, "the original is as it was");
    for (width, bytes) in &files[..3] {
        let image = image::load_from_memory_with_format(bytes, ImageFormat::WebP).unwrap();
        assert_eq!((Some(image.width()), image.height()), (*width, image.width() / 2));
        assert!(bytes.len() < original.len() / 4, "{} bytes of {}", bytes.len(), original.len());
    }
    let names: Vec<&str> = picture.sources.iter().map(|source| source.url.as_str()).collect();
    let stem = names[3].strip_suffix(".png").unwrap();
    assert!(stem.starts_with("images/quay-"), "{names:?}");
    assert_eq!(names[..3], [480, 960, 1600].map(|width| format!("{stem}-{width}.webp")));
    // The average in linear light.
    let color = picture.color.as_ref().unwrap().as_str();
    let part = |at: usize| i32::from_str_radix(&color[at..at + 2], 16).unwrap();
    assert!((part(1) - 120).abs() < 8 && (part(3) - 120).abs() < 8 && (part(5) - 97).abs() < 8, "{color}");
    assert_eq!(room.front().sections[0].teasers[0].image, Some(picture));
    assert_eq!(room.check().code, 0, "{:?}", room.check());

    let before = room.files();
    with_picture(&room, "quay.png", &original);
    assert_eq!(room.files(), before, "a second time nothing is written");
}

#[test]
fn a_picture_is_never_made_larger() {
    let room = Newsroom::new();
    let widths = |name: &str, image: DynamicImage, format| {
        let (picture, said) = with_picture(&room, name, &written(&image, format));
        assert_eq!(said, "");
        let files = files_of(&room, &picture.unwrap());
        files.into_iter().map(|(width, _)| width).collect::<Vec<_>>()
    };
    assert_eq!(
        widths("a.png", photo(1200, 300).into(), ImageFormat::Png),
        [Some(480), Some(960), Some(1200), None]
    );
    assert_eq!(widths("b.png", photo(480, 300).into(), ImageFormat::Png), [Some(480)]);
    // A WebP is not written as WebP again in its own width.
    assert_eq!(
        widths("c.webp", photo(1200, 300).into(), ImageFormat::WebP),
        [Some(480), Some(960), Some(1200)]
    );
}

#[test]
fn a_photograph_is_turned_as_its_camera_says() {
    let room = Newsroom::new();
    // Red is on the left in the file. Turned right, it is at the top.
    let image =
        RgbImage::from_fn(1000, 600, |x, _| if x < 500 { Rgb([200, 20, 20]) } else { Rgb([20, 20, 200]) });
    let original = turned(&image, 6);
    let (picture, said) = with_picture(&room, "tower.jpg", &original);
    let picture = picture.unwrap();
    assert_eq!((said.as_str(), picture.size()), ("", Some((600, 1000))));
    let files = files_of(&room, &picture);
    assert_eq!(files.iter().map(|(width, _)| *width).collect::<Vec<_>>(), [Some(480), Some(600), None]);
    assert!(files[2].1 == original);
    let small = image::load_from_memory(&files[0].1).unwrap().into_rgb8();
    assert_eq!(small.dimensions(), (480, 800));
    assert!(small.get_pixel(240, 100).0[0] > 150 && small.get_pixel(240, 700).0[2] > 150);
}

#[test]
fn a_picture_that_is_no_use_costs_itself_alone() {
    let room = Newsroom::new();
    let png = written(&photo(1000, 500).into(), ImageFormat::Png);
    let jpeg = written(&photo(1000, 500).into(), ImageFormat::Jpeg);
    // A file of a megabyte can hold a picture of 60,000 pixels a side, which takes ten gigabytes to decode.
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let mut crc = flate2::Crc::new();
    crc.update(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    for (name, bytes, size, word) in [
        ("cut.png", &png[..png.len() / 2], (1000, 500), "can't be decoded"),
        ("cut.jpg", &jpeg[..jpeg.len() / 2], (1000, 500), "ends too soon"),
        ("bomb.png", &bomb, (60_000, 60_000), "too much memory"),
    ] {
        let (picture, said) = with_picture(&room, name, bytes);
        let picture = picture.unwrap();
        assert!(said.contains(word) && said.lines().count() == 1, "{name}: {said}");
        assert_eq!((picture.size(), &picture.color), (Some(size), &None), "{name}");
        assert!(files_of(&room, &picture) == [(Some(size.0), bytes.to_vec())], "{name}: it is as it was");
    }
    let huge = [png.as_slice(), &vec![0; 31 * 1024 * 1024]].concat();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    for (name, bytes, word) in [
        ("huge.png", huge.as_slice(), "larger than 30 MB"),
        ("drawing.svg", svg, "not a PNG"),
        ("empty.png", b"", "not a PNG"),
    ] {
        let (picture, said) = with_picture(&room, name, bytes);
        assert!(picture.is_none() && said.contains(word), "{name}: {said}");
    }
}

#[test]
fn what_moves_stays_as_it_is_and_what_is_seen_through_has_no_color() {
    let room = Newsroom::new();
    let frames = [10, 200]
        .map(|red| image::Frame::new(image::RgbaImage::from_pixel(600, 20, image::Rgba([red, 0, 0, 255]))));
    let mut film = Vec::new();
    image::codecs::gif::GifEncoder::new(&mut film).encode_frames(frames).unwrap();
    let (picture, said) = with_picture(&room, "film.gif", &film);
    let picture = picture.unwrap();
    assert_eq!((said.as_str(), picture.size(), &picture.color), ("", Some((600, 20)), &None));
    assert!(files_of(&room, &picture) == [(Some(600), film)]);

    let glass = image::RgbaImage::from_fn(600, 300, |x, y| image::Rgba([x as u8, y as u8, 0, (x / 3) as u8]));
    let (picture, _) = with_picture(&room, "glass.png", &written(&glass.into(), ImageFormat::Png));
    let picture = picture.unwrap();
    assert_eq!(picture.color, None);
    let small = image::load_from_memory(&files_of(&room, &picture)[0].1).unwrap().into_rgba8();
    assert!(small.get_pixel(0, 0).0[3] < 10 && small.get_pixel(470, 0).0[3] > 180);
}

#[test]
fn widths_that_a_publisher_made_stay_theirs() {
    let room = Newsroom::new();
    room.file("a.png", png(600, 300));
    room.file("b.png", png(900, 450));
    room.file(
        "page.html",
        "<h1>The pier</h1><p>A text that is long enough to be one.</p><p><img srcset='a.png 600w, b.png 900w' src='a.png' alt='A pier'></p><p>And more of it.</p>",
    );
    let id = room.import(["page.html"]).remove(0);
    let story = room.story(&id);
    let picture = story.pictures().into_iter().next().unwrap();
    assert_eq!((picture.sources.len(), picture.size()), (2, Some((900, 450))));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_no_picture_beside_the_source() {
    let room = Newsroom::new();
    room.file("secret.png", png(10, 10));
    room.file("sources/pier.md", "# The pier\n\n![Secret](inside.png)\n\nText.\n");
    std::os::unix::fs::symlink(room.path("secret.png"), room.path("sources/inside.png")).unwrap();
    let said = room.desk(["import", "sources/pier.md", "--into", "edition"]);
    assert!(said.err.contains("outside the folder"), "{said:?}");
    assert!(!room.edition().join("images").exists());
}

#[test]
fn a_related_headline_becomes_a_link_when_its_story_comes() {
    let room = Newsroom::new();
    room.file("first.txt", "Strait reopens\nby Jo March\n\nThe strait is open to ships of any size again.\n\n• Read also: Ferry ‘ready’ to sail\n\nMore will follow on this page in time.\n");
    room.import(["first.txt"]);
    assert_eq!(room.check().out.trim(), "1 story, 0 problems");
    let story = room.story("strait-reopens");
    let link = story.body.iter().find_map(|block| match block {
        Block::Related(link) => Some(link.clone()),
        _ => None,
    });
    let link = link.expect("a related link");
    assert_eq!((link.headline.as_str(), &link.href, &link.story), ("Ferry ‘ready’ to sail", &None, &None));
    assert!(room.front().target(&link).is_none());
    room.file("second.md", "# Ferry 'ready' to sail\n\nText.\n");
    room.import(["second.md"]);
    let Some(Target::Story(id)) = room.front().target(&link) else { panic!("the story is there now") };
    assert_eq!(id.as_str(), "ferry-ready-to-sail");
}

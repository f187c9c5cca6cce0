//! A live blog of thousands of posts, the same in each run, made in memory by the desk's code and published
//! into the folder of a site.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use anyhow::{Context, Result};
use browser_tests::site::Site;
use dateline::content::{Block, PageName, Text, Timestamp, decode, encode};
use desk::live::blog::{Blog, Change, NewPost};

/// Its name.
pub const ID: &str = "marathon";
/// Minutes between two posts, in milliseconds.
const PACE: i64 = 120_000;
/// When the first one was posted.
const START: i64 = 1_777_626_000_000;
/// One in this many posts is a key event.
const KEY: u32 = 100;

const PLACES: [&str; 16] = [
    "the harbour",
    "Saltmere",
    "the north bridge",
    "the town hall",
    "Hythe Point",
    "the old quarter",
    "the ferry terminal",
    "the university",
    "the eastern suburbs",
    "the ring road",
    "St Anne's hospital",
    "the fish market",
    "the airport",
    "the upper valley",
    "the railway station",
    "the power station",
];
const PEOPLE: [&str; 12] = [
    "the harbour master",
    "a spokeswoman for the council",
    "the fire brigade",
    "the prime minister",
    "our correspondent",
    "a resident who asked not to be named",
    "the energy minister",
    "the rail operator",
    "an engineer on the site",
    "the mayor",
    "the weather service",
    "the head of the rescue team",
];
const DEEDS: [&str; 16] = [
    "has confirmed that the barrier will stay shut until the morning",
    "said that nobody was hurt, and that checks are still going on",
    "has asked everybody to keep away until further notice",
    "expects the first trains to run again before the evening rush",
    "denied reports that supplies were running low",
    "said that the decision had been taken together with the emergency services",
    "is due to speak to reporters within the hour",
    "called the damage worse than anything in the past thirty years",
    "has opened a second shelter, with room for some four hundred people",
    "said that power was back in most streets, though not in all of them",
    "would not be drawn on how long the repairs might take",
    "thanked the volunteers who had worked through the night",
    "warned that the wind was likely to turn once more before it drops",
    "has put the cost of the first day at several million",
    "was told to leave shortly before noon, and most people did",
    "said that an inquiry would begin as soon as the water was down",
];
const TURNS: [&str; 12] = [
    "That is in line with what officials said earlier today.",
    "We have asked for comment and will bring it to you here.",
    "Pictures from the scene show a long line of lorries and very little traffic beside.",
    "It is the third such announcement since the early hours.",
    "Earlier estimates had put the number a good deal higher.",
    "The road from the south remains open in both directions.",
    "Several readers have written to say that they can see it from their windows.",
    "The figures are provisional and are expected to change.",
    "A further update is promised for the top of the hour.",
    "There was no immediate word from the other side.",
    "In the square, people have begun to clear away the sandbags.",
    "Schools in the district will stay closed for at least another day.",
];
const AUTHORS: [&str; 5] = ["Ines Aldous", "Tom Varga", "Priya Raman", "Moses Okello", "Hanne Lind"];

/// Pseudo-random numbers, the same in each run.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % count
    }

    fn one<'a>(&mut self, among: &[&'a str]) -> &'a str {
        among.get(self.below(among.len())).copied().unwrap_or_default()
    }
}

/// This many pairs of sentences.
pub fn sentences(dice: &mut Dice, pairs: usize) -> String {
    let mut text = String::new();
    for _ in 0..pairs {
        let person = dice.one(&PEOPLE);
        let mut letters = person.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        text += &format!(
            "{first}{} {} near {}, where {} people were counted. {} ",
            letters.as_str(),
            dice.one(&DEEDS),
            dice.one(&PLACES),
            dice.below(900) + 7,
            dice.one(&TURNS)
        );
    }
    text
}

/// The live blog, and the files of older posts.
#[derive(Clone)]
pub struct Marathon {
    /// Its current state.
    pub blog: Blog,
    files: BTreeMap<PageName, Vec<u8>>,
}

impl Marathon {
    /// A live blog of this many posts. Its readers poll only when a test makes them.
    pub fn of(posts: u32) -> Result<Self> {
        let json = format!(
            r#"{{"version": 1, "id": "{ID}", "kind": "live", "headline": "The storm, minute by minute", "published": "2026-05-01T09:00:00Z"}}"#
        );
        let story = decode::story(json.as_bytes()).context("the story can be read")?.value;
        let blog = Blog::begin(story, Some(86_400), Timestamp::from_millis(START));
        let mut marathon = Self { blog, files: BTreeMap::new() };
        for _ in 0..posts {
            marathon.post()?;
        }
        Ok(marathon)
    }

    /// The number of the newest post.
    pub fn newest(&self) -> u32 {
        self.blog.live().newest()
    }

    /// The next post: 60 to 120 words. Every other post has a title.
    pub fn next(&self) -> NewPost {
        let number = self.newest() + 1;
        let mut dice = Dice(u64::from(number) * 7_919);
        let mut body = Vec::new();
        let (mut words, wanted) = (0, 60 + dice.below(45));
        while words < wanted {
            let text = sentences(&mut dice, 2);
            words += text.split_whitespace().count();
            body.push(Block::Paragraph { text: Text::plain(text.trim()) });
        }
        let title = format!("News from {} after {} hours", dice.one(&PLACES), number / 30 + 1);
        NewPost {
            title: (number.is_multiple_of(2)).then_some(title),
            author: Some(dice.one(&AUTHORS).to_owned()),
            key: number.is_multiple_of(KEY),
            body,
            ..NewPost::default()
        }
    }

    /// Makes a change. Returns the names of the files that it wrote.
    pub fn apply(&mut self, change: Change) -> Result<Vec<PageName>> {
        let now = Timestamp::from_millis(START + i64::from(self.newest() + 1) * PACE);
        let files = &self.files;
        let read = |name: &PageName| files.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into());
        let changed = self.blog.apply(change, now, &read)?;
        let names = changed.files.iter().map(|(name, _)| name.clone()).collect();
        self.files.extend(changed.files);
        Ok(names)
    }

    /// Adds a post.
    pub fn post(&mut self) -> Result<()> {
        self.apply(Change::Post(self.next())).map(drop)
    }

    /// The bytes of the head.
    pub fn head(&self) -> Result<Vec<u8>> {
        Ok(encode::story(self.blog.story())?)
    }

    /// Writes everything into the edition of a site. The page for it is not written.
    pub fn publish(&self, site: &Site) -> Result<()> {
        let folder = folder(site);
        std::fs::create_dir_all(&folder)?;
        for (name, bytes) in &self.files {
            std::fs::write(folder.join(format!("{name}.json")), bytes)?;
        }
        self.publish_head(site)
    }

    /// Writes only the head; the files that it names exist.
    pub fn publish_head(&self, site: &Site) -> Result<()> {
        Ok(std::fs::write(folder(site).with_extension("json"), self.head()?)?)
    }

    /// Writes the files of a change, and the head.
    pub fn publish_files(&self, site: &Site, names: &[PageName]) -> Result<()> {
        for name in names {
            let bytes = self.files.get(name).context("what was written is there")?;
            std::fs::write(folder(site).join(format!("{name}.json")), bytes)?;
        }
        self.publish_head(site)
    }
}

fn folder(site: &Site) -> PathBuf {
    site.folder().join("edition").join("stories").join(ID)
}

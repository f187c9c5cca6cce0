//! Replays recorded coverage into an edition as if it happened now: to rehearse, to show, to test.
//!
//! Each post is written like one of `desk live post`, and the edition is closed between two posts. Posts that are
//! there already are skipped, so an interrupted replay goes on where it stopped.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use dateline::content::live::{Live, PostSlot};
use dateline::content::{Block, LiveState, Story, Text, Timestamp, decode};
use dateline::convert::html::Base;
use dateline::convert::{ConvertError, Draft, guardian};

use super::blog::{Blog, BlogError, Change, Changed, NewPost};
use super::{LiveError, Opening, Place, changes, cover, open_with};
use crate::folder::{Folder, FolderError};
use crate::pictures::{self, Copies};
use crate::source::{self, Format};

/// How many times faster than it happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed(Option<f64>);

/// Progress of a replay.
#[derive(Debug)]
pub enum Event<'a> {
    /// A change was made.
    Did(&'a Changed),
    /// Something was left out.
    LeftOut(&'a str),
}

/// Recorded coverage.
struct Recording {
    matter: Draft,
    section: Option<String>,
    interval: Option<u32>,
    posts: Vec<Recorded>,
    summary: Vec<Block>,
    state: LiveState,
    /// Where its pictures are, and the base of other addresses.
    home: PathBuf,
    base: Base,
}

/// A recorded post.
struct Recorded {
    /// When it was posted; `None` if it was withdrawn.
    time: Option<Timestamp>,
    what: What,
}

enum What {
    Post(NewPost),
    /// With the reason.
    Withdrawn(String),
}

impl Speed {
    /// No waiting.
    pub const MAX: Self = Self(None);

    /// A number above 0; `0` and `max` are [`MAX`](Self::MAX).
    ///
    /// # Errors
    /// A hint at what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        match (text, text.parse::<f64>()) {
            ("max", _) | (_, Ok(0.0)) => Ok(Self::MAX),
            (_, Ok(times)) if times.is_finite() && times > 0.0 => Ok(Self(Some(times))),
            _ => Err("use a number such as 1, 10 or 0.5, or 'max'".to_owned()),
        }
    }

    /// How long to wait between two posts with that many milliseconds between them.
    fn wait(self, gap: i64) -> Duration {
        let seconds = self.0.map_or(0.0, |times| gap.max(0) as f64 / 1000.0 / times);
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }
}

/// Replays recorded coverage into a live blog, and opens that if it does not exist.
///
/// # Errors
/// A [`LiveError`]; what was posted before it stays, and the next replay goes on after that.
pub fn replay(
    place: &Place<'_>,
    from: &Path,
    speed: Speed,
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<(), LiveError> {
    let mut recording = read(from, tell)?;
    let target = match Folder::open_existing(place.edition, place.patience) {
        Err(FolderError::NoEdition(_)) => None,
        opened => Some(opened?),
    };
    let is_open = |folder: &Folder| folder.has(place.id) && !folder.is_half_open(place.id);
    let there = match target.filter(is_open) {
        Some(folder) => {
            let blog = Blog::new(folder.whole_story(place.id)?)?;
            blog.entries(&|name| folder.page(place.id, name))?
        }
        None => {
            let mut copies = Copies::new();
            let mut warnings = Vec::new();
            let (home, base) = (&recording.home, &recording.base);
            pictures::bring_from(&mut recording.matter, home, base, &mut copies, &mut warnings);
            warnings.iter().for_each(|warning| tell(Event::LeftOut(warning)));
            let Recording { matter, section, interval, .. } = &recording;
            let opening = Opening { matter: matter.clone(), section: section.clone(), interval: *interval };
            tell(Event::Did(&open_with(place, opening, &copies)?));
            Vec::new()
        }
    };
    let done = already(&mut recording, &there);
    let mut before: Option<Timestamp> = None;
    let (home, base) = (recording.home, recording.base);
    for recorded in recording.posts.into_iter().skip(done) {
        if let (Some(before), Some(time)) = (before, recorded.time) {
            thread::sleep(speed.wait(time.millis() - before.millis()));
        }
        before = recorded.time.or(before);
        let (mut copies, mut warnings) = (Copies::new(), Vec::new());
        let changed = match recorded.what {
            What::Post(mut new) => {
                pictures::bring_into(&mut new.body, &home, &base, &mut copies, &mut warnings);
                warnings.iter().for_each(|warning| tell(Event::LeftOut(warning)));
                match changes(place, |_| vec![Change::Post(new)], &copies) {
                    Err(LiveError::Blog(BlogError::Empty)) => {
                        tell(Event::LeftOut("a post is left out: there is nothing in it"));
                        continue;
                    }
                    done => done?,
                }
            }
            // The recording does not have its text. It is posted and withdrawn at once, so nobody reads it.
            What::Withdrawn(reason) => {
                let body = vec![Block::Paragraph { text: Text::plain("…") }];
                let post = Change::Post(NewPost { body, ..NewPost::default() });
                let which = |blog: &Blog| vec![post, Change::Withdraw(blog.live().newest() + 1, reason)];
                changes(place, which, &copies)?
            }
        };
        tell(Event::Did(&changed));
    }
    let (mut copies, mut last) = (Copies::new(), Vec::new());
    if !recording.summary.is_empty() {
        let (mut summary, mut warnings) = (recording.summary, Vec::new());
        pictures::bring_into(&mut summary, &home, &base, &mut copies, &mut warnings);
        last.push(Change::Summary(summary));
    }
    if recording.state != LiveState::Live {
        last.push(Change::State(recording.state));
    }
    if !last.is_empty() {
        tell(Event::Did(&changes(place, |_| last, &copies)?));
    }
    Ok(())
}

/// How many recorded posts are in the live blog already, counted from the first.
///
/// Other posts may be among them, and some may have been edited or withdrawn since. So this goes through the
/// live blog in order. A post that equals a recorded one accounts for the recorded ones before it as well, as
/// far as there are other posts that they can have become.
fn already(recording: &mut Recording, there: &[PostSlot]) -> usize {
    let (mut done, mut others) = (0, 0);
    for entry in there {
        let candidates = recording.posts.iter().enumerate().skip(done).take(others + 1);
        let same =
            candidates.filter(|(_, recorded)| is_same(recorded, entry, &recording.home, &recording.base));
        match same.map(|(at, _)| at).next() {
            Some(at) => {
                others -= at - done;
                done = at + 1;
            }
            None => others += 1,
        }
    }
    done
}

/// Whether an entry is what a recorded post becomes.
fn is_same(recorded: &Recorded, entry: &PostSlot, home: &Path, base: &Base) -> bool {
    match (&recorded.what, entry) {
        (What::Withdrawn(_), PostSlot::Withdrawn(_)) => true,
        (What::Post(new), PostSlot::Post(post)) => {
            let alike = new.title == post.title && new.author == post.author;
            // Pictures get their names and sizes when they are copied.
            alike && {
                let mut body = new.body.clone();
                pictures::bring_into(&mut body, home, base, &mut Copies::new(), &mut Vec::new());
                body == post.body
            }
        }
        _ => false,
    }
}

/// Reads a recording: an answer of the Content API, or else a live blog with its pages beside it.
fn read(from: &Path, tell: &mut dyn FnMut(Event<'_>)) -> Result<Recording, LiveError> {
    let source = source::read(from, Some(Format::Guardian))?;
    let wrong = |error| LiveError::Recording { path: from.to_owned(), error };
    let value =
        decode::parse(source.text.as_bytes()).map_err(|failure| wrong(ConvertError::Json(failure)))?;
    let is_answer = value.get("response").is_some();
    if is_answer {
        let draft = guardian::guardian(&source.text).map_err(wrong)?;
        return answer(draft, from).ok_or_else(|| LiveError::NotLive(from.to_owned()));
    }
    let decoded = decode::story(source.text.as_bytes());
    let decoded = decoded.map_err(|failure| wrong(ConvertError::Json(failure)))?;
    for warning in &decoded.warnings {
        tell(Event::LeftOut(&format!("{}#{}: {}", from.display(), warning.pointer, warning.kind)));
    }
    let story = decoded.value;
    let Some(live) = story.live.clone() else { return Err(LiveError::NotLive(from.to_owned())) };
    let whole = from.canonicalize().unwrap_or_else(|_| from.to_owned());
    let folder = whole.parent().unwrap_or(Path::new("."));
    let pages = folder.join(story.id.as_str());
    let blog = Blog::new(story.clone())?;
    let entries = blog.entries(&|name| fs::read(pages.join(format!("{name}.json"))))?;
    // In an edition, pictures are relative to the folder around `stories`. Anywhere else, a recording from outside
    // should not make us publish files of that folder.
    let edition = folder.parent().filter(|_| folder.ends_with("stories")).unwrap_or(folder);
    Ok(recorded(story, &live, entries, edition.to_owned()))
}

fn answer(mut draft: Draft, from: &Path) -> Option<Recording> {
    let coverage = draft.coverage.take()?;
    // It is not published there now, so importing it later makes another story.
    let base = draft.canonical.take().map_or(Base::Unknown, |href| Base::page(href.as_str()));
    let pinned = coverage.pinned;
    let posts = coverage.posts.into_iter().enumerate().map(|(at, post)| Recorded {
        time: Some(post.time),
        what: What::Post(NewPost {
            time: None,
            updated: None,
            pin: pinned == Some(at),
            ..cover::new_post(post)
        }),
    });
    Some(Recording {
        posts: posts.collect(),
        section: draft.section.take(),
        interval: None,
        summary: coverage.summary,
        state: coverage.state,
        home: from.parent().unwrap_or(Path::new(".")).to_owned(),
        base,
        matter: now_dated(draft),
    })
}

fn recorded(story: Story, live: &Live, entries: Vec<PostSlot>, edition: PathBuf) -> Recording {
    let posts = entries.into_iter().map(|entry| match entry {
        PostSlot::Withdrawn(withdrawn) => Recorded { time: None, what: What::Withdrawn(withdrawn.reason) },
        PostSlot::Post(post) => Recorded {
            time: Some(post.time),
            what: What::Post(NewPost {
                time: None,
                updated: None,
                title: post.title.clone(),
                author: post.author.clone(),
                key: post.key,
                pin: live.pinned.as_ref().is_some_and(|pinned| pinned.id == post.id),
                body: post.body.clone(),
            }),
        },
    });
    let name = story.section.as_ref().map(|section| {
        let bytes = fs::read(edition.join("edition.json")).unwrap_or_default();
        let known = decode::edition(&bytes).ok();
        let known = known.and_then(|edition| edition.value.section(section).map(|it| it.name.clone()));
        known.unwrap_or_else(|| section.as_str().to_owned())
    });
    Recording {
        posts: posts.collect(),
        section: name,
        interval: live.interval,
        summary: live.summary.clone(),
        state: live.state,
        home: edition,
        base: Base::Unknown,
        matter: now_dated(Draft {
            headline: story.headline,
            kicker: story.kicker,
            standfirst: story.standfirst,
            byline: story.byline,
            dateline: story.dateline,
            tags: story.tags,
            language: story.language,
            direction: story.direction,
            image: story.image,
            takeaways: story.takeaways,
            body: story.body,
            ..Draft::default()
        }),
    }
}

/// The draft without the times of its first publication, because it happens now.
fn now_dated(draft: Draft) -> Draft {
    Draft { published: None, updated: None, corrections: Vec::new(), ..draft }
}

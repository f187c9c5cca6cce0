//! Offline copies: the text and pictures of saved stories on this device, and what is said of them.
//!
//! The service worker (`public/sw-saved.js`) does the work, off this thread; here are the orders to it and the meaning of
//! its answers.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::reading_store::ReadingStore;
use crate::browser::{page, persistence, service_worker, storage};
use crate::content::{Picture, Story, StoryId};
use crate::reading::Reading;
use crate::route::{in_edition, story_file};

/// Where it is stored that the browser was asked to store things permanently.
const ASKED: &str = "dateline/durable";

/// An order to the service worker, as JSON.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Order<'a> {
    /// A tab has started; what it has loaded before there was a worker.
    Started { addresses: Vec<String> },
    /// Files that came past the worker.
    Loaded { addresses: Vec<&'a str> },
    /// Save a story: its own file, and of each picture the addresses that it may be had from, best first.
    Save { story: &'a str, file: &'a str, pictures: Vec<Vec<String>> },
    /// Remove the copy of a story.
    Remove { story: &'a str },
    /// How much of each story is there?
    Copies { stories: Vec<&'a str> },
    /// Of which stories are copies wanted?
    SavedStories,
    /// Which stories can be read without a network?
    Readable,
    /// How much is there of each kind of thing?
    Sizes,
    /// Remove all of some kinds.
    Free { kinds: Vec<&'a str> },
}

/// An answer of the service worker, or something that it tells by itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Reply {
    /// So many files of a story are there.
    Progress { have: u32, of: u32 },
    /// Something could not be stored.
    Failed { why: Why },
    /// So many files of a story are there.
    Copy { story: String, have: u32, of: u32 },
    /// Some stories.
    Stories { stories: Vec<String> },
    /// How much there is of one kind of thing.
    Size { kind: String, count: u32, bytes: u64 },
    /// An answer came after all for which nobody waited: the network is there.
    Came,
    /// The story on this page was taken back by its publisher.
    Gone,
    /// The story on this page as it is now: Dateline JSON.
    Renewed { story: String },
}

/// Why something could not be stored.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Why {
    /// The device is full.
    Full,
    /// Anything else.
    Failed,
}

impl Order<'_> {
    fn to_json(&self) -> String {
        // Text and lists of text: there is nothing in it that could fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Tells the worker, without waiting for an answer.
    pub(super) fn tell(&self) {
        service_worker::tell(&self.to_json());
    }

    /// Asks the worker; `replied` hears each reply. Whether it came to the end of them.
    pub(super) async fn ask(&self, mut replied: impl FnMut(Reply) + 'static) -> bool {
        service_worker::ask(&self.to_json(), move |reply| {
            // What a newer worker may say besides is passed over.
            if let Ok(reply) = serde_json::from_str(reply) {
                replied(reply);
            }
        })
        .await
    }
}

/// How much of a story is on this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfflineCopy {
    /// Nothing was asked to be saved, or all of it is gone.
    None,
    /// Some of its files: it is on its way, or something was missing or cleared away.
    Partial {
        /// How many are there.
        have: u32,
        /// How many there are to be.
        of: u32,
        /// Whether the device is full.
        full: bool,
    },
    /// All of it: its text and its pictures.
    Complete,
    /// This browser stores no files.
    Unavailable,
}

impl OfflineCopy {
    fn of(have: u32, of: u32, full: bool) -> Self {
        match (have, of) {
            (_, 0) => Self::None,
            (have, of) if have >= of => Self::Complete,
            (have, of) => Self::Partial { have, of, full },
        }
    }
}

/// What is said of a story's files beside the Save button.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OfflineStatus {
    /// There is nothing to say.
    #[default]
    Nothing,
    /// Its files are on their way.
    Saving {
        /// How many are there.
        have: u32,
        /// How many there are to be.
        of: u32,
    },
    /// All of it is there.
    Whole,
    /// Some of it is not.
    InPart,
    /// There is no room for it.
    Full,
    /// This browser stores no files.
    Unavailable,
}

impl OfflineStatus {
    /// The status for the copy that saving came to.
    #[must_use]
    pub fn after_saving(copy: OfflineCopy) -> Self {
        match copy {
            OfflineCopy::Complete => Self::Whole,
            OfflineCopy::Partial { full: true, .. } => Self::Full,
            OfflineCopy::Partial { .. } | OfflineCopy::None => Self::InPart,
            OfflineCopy::Unavailable => Self::Unavailable,
        }
    }

    /// Whether not all of it was saved, for a reason that may be over by now.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::InPart | Self::Full | Self::Unavailable)
    }

    /// What is said.
    #[must_use]
    pub fn message(self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::Nothing => return None,
            Self::Saving { have, of } => format!("Saving file {have} of {of}").into(),
            Self::Whole => "Saved for offline".into(),
            Self::InPart => "Saved, but not all of it for offline".into(),
            Self::Full => "Saved, but this device has no room for its files".into(),
            Self::Unavailable => "Saved, but this browser keeps no files for offline".into(),
        })
    }
}

/// The copies of saved stories.
#[derive(Clone, Copy)]
pub struct OfflineCopies {
    reading: ReadingStore,
    /// What is said of stories until the page is closed. Only of those that were saved meanwhile.
    statuses: RwSignal<HashMap<StoryId, OfflineStatus>>,
    copies: RwSignal<Arc<Vec<(StoryId, OfflineCopy)>>>,
}

impl OfflineCopies {
    /// What is known before the worker was asked: nothing.
    #[must_use]
    pub fn new(reading: ReadingStore) -> Self {
        Self { reading, statuses: RwSignal::new(HashMap::new()), copies: RwSignal::new(Arc::new(Vec::new())) }
    }

    /// What is said of the files of a story. It is the same wherever that is said.
    #[must_use]
    pub fn status(self, story: &StoryId) -> Memo<OfflineStatus> {
        let story = story.clone();
        Memo::new(move |_| self.statuses.with(|statuses| statuses.get(&story).copied().unwrap_or_default()))
    }

    /// The status as it is now.
    #[must_use]
    pub fn status_now(self, story: &StoryId) -> OfflineStatus {
        self.statuses.with_untracked(|statuses| statuses.get(story).copied().unwrap_or_default())
    }

    /// Says something of the files of a story.
    pub fn set_status(self, story: &StoryId, status: OfflineStatus) {
        self.statuses.maybe_update(|statuses| {
            let before = if status == OfflineStatus::Nothing {
                statuses.remove(story)
            } else {
                statuses.insert(story.clone(), status)
            };
            before.unwrap_or_default() != status
        });
    }

    /// The copies of the saved stories, as the worker told last.
    #[must_use]
    pub fn copies(self) -> Signal<Arc<Vec<(StoryId, OfflineCopy)>>> {
        self.copies.into()
    }

    /// Asks the worker for the copies of the saved stories.
    pub fn refresh(self) {
        spawn_local(async move {
            let saved = self.reading.with_untracked(Reading::saved_stories);
            let copies = copies_of(&saved).await;
            self.copies.set(Arc::new(copies));
        });
    }
}

/// The files of a story: of each picture the addresses that it may be had from, best first. `pixels` is how wide the
/// reader's screen is: the best file is the smallest that fills it, else the widest.
#[must_use]
pub fn pictures(story: &Story, pixels: u32) -> Vec<Vec<String>> {
    let mut pictures: Vec<Vec<String>> = Vec::new();
    for picture in story.pictures() {
        let addresses = addresses(picture, pixels);
        if !addresses.is_empty() && !pictures.contains(&addresses) {
            pictures.push(addresses);
        }
    }
    pictures
}

fn addresses(picture: &Picture, pixels: u32) -> Vec<String> {
    let fills = picture.sources.iter().filter(|source| source.width.is_some_and(|width| width >= pixels));
    let best = fills.min_by_key(|source| source.width).map(|source| &source.url).or(picture.fallback());
    let others = picture.sources.iter().map(|source| &source.url).filter(|url| Some(*url) != best);
    best.into_iter().chain(others).map(in_edition).collect()
}

/// Saves a story's text and pictures, or what of them is missing. `progress` hears how many files are there of how many.
/// To be called again whenever a saved story was loaded anew; what is there costs nothing.
pub async fn save(story: &Story, progress: impl Fn(u32, u32) + 'static) -> OfflineCopy {
    ask_for_persistence();
    let file = story_file(&story.id);
    let order = Order::Save {
        story: story.id.as_str(),
        file: &file,
        pictures: pictures(story, page::widest_screen()),
    };
    // What the worker has told so far.
    let reached = Arc::new(Mutex::new((None, false)));
    let told = Arc::clone(&reached);
    let ended = order
        .ask(move |reply| {
            let Ok(mut told) = told.lock() else { return };
            match reply {
                Reply::Progress { have, of } => {
                    told.0 = Some((have, of));
                    progress(have, of);
                }
                Reply::Failed { why } => told.1 |= why == Why::Full,
                _ => {}
            }
        })
        .await;
    let (counted, full) = reached.lock().map_or((None, false), |reached| *reached);
    match counted {
        Some((have, of)) => OfflineCopy::of(have, of, full),
        None if ended => OfflineCopy::of(0, 1, full),
        None => OfflineCopy::Unavailable,
    }
}

/// Saves a story's text and pictures without saying so: how that went is told where saved stories are listed.
pub fn save_in_background(story: &Arc<Story>) {
    let story = Arc::clone(story);
    spawn_local(async move {
        save(&story, |_, _| {}).await;
    });
}

/// Asks the browser once to clear nothing away by itself. It may ask the reader; nobody waits for that.
fn ask_for_persistence() {
    if storage::get(ASKED) == Ok(None) && storage::set(ASKED, "asked").is_ok() {
        spawn_local(async {
            persistence::persist().await;
        });
    }
}

/// Removes what was saved of a story.
pub async fn remove_offline_copy(story: &StoryId) {
    Order::Remove { story: story.as_str() }.ask(|_| {}).await;
}

/// Collects something of each reply.
async fn collect<T: 'static>(order: Order<'_>, mut take: impl FnMut(Reply) -> Vec<T> + 'static) -> Vec<T> {
    let found = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&found);
    order
        .ask(move |reply| {
            if let Ok(mut told) = told.lock() {
                told.extend(take(reply));
            }
        })
        .await;
    found.lock().map_or_else(|_| Vec::new(), |mut found| std::mem::take(&mut *found))
}

/// How much of each story is there. Nothing of any where this browser stores no files.
pub async fn copies_of(stories: &[StoryId]) -> Vec<(StoryId, OfflineCopy)> {
    let order = Order::Copies { stories: stories.iter().map(StoryId::as_str).collect() };
    collect(order, |reply| match reply {
        Reply::Copy { story, have, of } => StoryId::parse(&story)
            .map(|story| (story, OfflineCopy::of(have, of, false)))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    })
    .await
}

/// Stories that the worker was asked to save, or that can be read without a network.
async fn stories(order: Order<'_>) -> Vec<StoryId> {
    collect(order, |reply| match reply {
        Reply::Stories { stories } => stories.iter().filter_map(|story| StoryId::parse(story)).collect(),
        _ => Vec::new(),
    })
    .await
}

/// The stories of which copies are wanted.
pub async fn saved_stories() -> Vec<StoryId> {
    stories(Order::SavedStories).await
}

/// The stories that can be read without a network.
pub async fn readable_stories() -> Vec<StoryId> {
    stories(Order::Readable).await
}

/// How much there is of one kind of thing on this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageUsage {
    /// Its name: `shell`, `pages`, `news`, `pictures`, `saved`.
    pub kind: String,
    /// How many files of it there are.
    pub count: u32,
    /// How many bytes they are. Pictures of hosts that let nobody look into them count nothing.
    pub bytes: u64,
}

/// How much is on this device, by kind.
pub async fn storage_usage() -> Vec<StorageUsage> {
    collect(Order::Sizes, |reply| match reply {
        Reply::Size { kind, count, bytes } => vec![StorageUsage { kind, count, bytes }],
        _ => Vec::new(),
    })
    .await
}

/// Removes all of a kind: `pages`, `news` or `pictures`. What was saved stays.
pub async fn free(kind: &str) {
    Order::Free { kinds: vec![kind] }.ask(|_| {}).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::decode;

    fn story() -> Arc<Story> {
        let json = br#"{"version": 1, "id": "a", "kind": "article", "headline": "H", "published": "2026-01-01T00:00:00Z",
            "image": {"sources": [{"url": "images/a-480.webp", "width": 480}, {"url": "images/a-960.webp", "width": 960}, {"url": "images/a-1600.webp", "width": 1600}]},
            "byline": [{"name": "B", "picture": {"sources": [{"url": "images/b.webp"}]}}],
            "body": [
              {"kind": "gallery", "pictures": [{"sources": [{"url": "https://cdn.example/c.webp"}]}, {"sources": [{"url": "images/b.webp"}]}]},
              {"kind": "fact-box", "title": "F", "body": [{"kind": "figure", "picture": {"sources": [{"url": "images/d.webp"}]}}]}
            ]}"#;
        Arc::new(decode::story(json).unwrap().value)
    }

    #[test]
    fn the_files_of_a_story_are_each_picture_once() {
        assert_eq!(
            pictures(&story(), 900),
            [
                vec!["edition/images/a-960.webp", "edition/images/a-480.webp", "edition/images/a-1600.webp"],
                vec!["edition/images/b.webp"],
                vec!["https://cdn.example/c.webp"],
                vec!["edition/images/d.webp"],
            ]
        );
    }

    #[test]
    fn the_best_file_is_the_smallest_that_fills_the_screen() {
        let story = story();
        let best = |pixels| pictures(&story, pixels)[0][0].clone();
        assert_eq!(best(1), "edition/images/a-480.webp");
        assert_eq!(best(961), "edition/images/a-1600.webp");
        assert_eq!(best(5000), "edition/images/a-1600.webp");
    }

    #[test]
    fn orders_and_replies_are_json() {
        let order = Order::Save { story: "a", file: "f", pictures: vec![vec!["p".to_owned()]] };
        assert_eq!(order.to_json(), r#"{"save":{"story":"a","file":"f","pictures":[["p"]]}}"#);
        assert_eq!(Order::SavedStories.to_json(), r#""saved-stories""#);
        let reply: Reply = serde_json::from_str(r#"{"failed":{"why":"full"}}"#).unwrap();
        assert!(matches!(reply, Reply::Failed { why: Why::Full }));
        assert!(serde_json::from_str::<Reply>(r#""something-newer""#).is_err());
    }

    #[test]
    fn counts_say_how_much_is_there() {
        assert_eq!(OfflineCopy::of(0, 0, false), OfflineCopy::None);
        assert_eq!(OfflineCopy::of(0, 3, false), OfflineCopy::Partial { have: 0, of: 3, full: false });
        assert_eq!(OfflineCopy::of(2, 3, true), OfflineCopy::Partial { have: 2, of: 3, full: true });
        assert_eq!(OfflineCopy::of(3, 3, true), OfflineCopy::Complete);
    }

    #[test]
    fn saved_for_offline_is_said_of_the_whole_alone() {
        let said = |copy| OfflineStatus::after_saving(copy).message().unwrap();
        assert_eq!(said(OfflineCopy::Complete), "Saved for offline");
        let part = |full| OfflineCopy::Partial { have: 4, of: 5, full };
        for copy in [part(false), part(true), OfflineCopy::None, OfflineCopy::Unavailable] {
            assert_ne!(said(copy), "Saved for offline");
        }
        assert_eq!(OfflineStatus::Saving { have: 2, of: 5 }.message().unwrap(), "Saving file 2 of 5");
    }
}

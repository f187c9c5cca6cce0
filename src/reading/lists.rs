//! Lists of stories (unread, to continue, saved, followed, history): pure queries over [`Reading`].

use super::state::{Reading, State};
use super::story_state::{Position, Seen, StorySnapshot, StoryState};
use crate::content::id::{SectionId, StoryId};
use crate::content::text::lower;

/// A story in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub story: StoryId,
    /// The latest snapshot of it.
    pub snapshot: StorySnapshot,
    /// When it was saved, opened or followed, as the list has it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time: i64,
    /// Whether it was read.
    pub is_read: bool,
    /// The reader's position in it.
    pub position: Option<Position>,
    /// The reader's tags.
    pub tags: Vec<String>,
    /// The reader's note; empty if there is none.
    pub note: String,
}

/// The order of the saved stories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By when they were saved, newest first.
    #[default]
    Saved,
    /// By when they were published, newest first.
    Published,
}

/// A filter for the saved stories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The order.
    pub order: Order,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only unread ones.
    pub unread: bool,
    /// Only those with all these words in headline, section, tags, note and what else is known of the story. Case and
    /// accents are ignored.
    pub words: String,
}

/// A live blog that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The story, and since when it is followed.
    pub entry: Entry,
    /// The reader's progress.
    pub seen: Option<Seen>,
    /// How many posts are new since; `None` if that is not known.
    pub unseen: Option<u32>,
}

impl Reading {
    /// The unread ones of these stories, in the same order.
    #[must_use]
    pub fn unread<'a>(&self, stories: impl Iterator<Item = &'a StoryId>) -> Vec<&'a StoryId> {
        stories.filter(|story| self.state(story) != State::Read).collect()
    }

    /// Stories that are 5 to 95 % read, the one opened last first.
    #[must_use]
    pub fn to_continue(&self) -> Vec<Entry> {
        self.entries(&|state| self.begun_of(state).and_then(|_| state.opened()), |entry| entry.time)
    }

    /// The saved stories that pass the filter.
    #[must_use]
    pub fn saved(&self, wanted: &Wanted) -> Vec<Entry> {
        self.search_saved(wanted, &|_| "")
    }

    /// The saved stories that pass the filter. `also` tells further text of a story to search in.
    #[must_use]
    pub fn search_saved<'a>(&self, wanted: &Wanted, also: &dyn Fn(&StoryId) -> &'a str) -> Vec<Entry> {
        let by = match wanted.order {
            Order::Saved => |entry: &Entry| entry.time,
            Order::Published => |entry: &Entry| entry.snapshot.published,
        };
        let mut saved = self.entries(&|state| state.saved(), by);
        let words = folded(&wanted.words);
        saved.retain(|entry| {
            let text = || {
                let also = also(&entry.story);
                let section = entry.snapshot.section.as_ref().map_or("", SectionId::as_str);
                let (headline, tags, note) = (&entry.snapshot.headline, entry.tags.join(" "), &entry.note);
                folded(&format!("{headline} {tags} {note} {section} {also}"))
            };
            wanted.tag.as_ref().is_none_or(|tag| entry.tags.contains(tag))
                && !(wanted.unread && entry.is_read)
                && (words.is_empty() || {
                    let text = text();
                    words.split_whitespace().all(|word| text.contains(word))
                })
        });
        saved
    }

    /// Whether it is known that a story was removed from the saved ones before a time (in milliseconds since
    /// 1970-01-01T00:00:00Z).
    #[must_use]
    pub fn was_unsaved(&self, story: &StoryId, before: i64) -> bool {
        self.story_state(story).and_then(StoryState::unsaved).is_some_and(|time| time < before)
    }

    /// The tags of saved stories, each once, sorted.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        let saved = self.story_states().filter(|state| state.saved().is_some() && !state.has_moved());
        let mut tags: Vec<String> = saved.flat_map(StoryState::tags).map(str::to_owned).collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }

    /// The live blogs that are followed, the one followed last first. `since` tells how many posts of a story
    /// are newer than a post.
    #[must_use]
    pub fn followed(&self, since: &dyn Fn(&StoryId, u32) -> Option<u32>) -> Vec<Followed> {
        let entries = self.entries(&|state| state.followed(), |entry| entry.time);
        let followed = entries.into_iter().map(|entry| {
            let seen = self.story_state(&entry.story).and_then(StoryState::seen);
            let after = seen.map_or(0, |seen| seen.post);
            let unseen = since(&entry.story, after);
            Followed { entry, seen, unseen }
        });
        followed.collect()
    }

    /// The history: stories that were opened, the last one first.
    #[must_use]
    pub fn history(&self) -> Vec<Entry> {
        let from = self.history_from();
        self.entries(&|state| state.opened().filter(|opened| *opened >= from), |entry| entry.time)
    }

    /// The stories that have a `time`, sorted by `by`, latest first. A story with a new id is listed under that
    /// one.
    fn entries(&self, time: &dyn Fn(StoryState<'_>) -> Option<i64>, by: fn(&Entry) -> i64) -> Vec<Entry> {
        let states = self.story_states().filter(|state| !state.has_moved());
        let mut entries: Vec<Entry> = states.filter_map(|state| self.entry_of(state, time(state)?)).collect();
        entries.sort_by(|a, b| by(b).cmp(&by(a)).then_with(|| a.story.cmp(&b.story)));
        entries
    }

    /// The entry of a story, as it is now; `time` is what the list is sorted by.
    #[must_use]
    pub fn entry(&self, story: &StoryId, time: i64) -> Option<Entry> {
        self.entry_of(self.story_state(story)?, time)
    }

    fn entry_of(&self, state: StoryState<'_>, time: i64) -> Option<Entry> {
        let story = state.story()?;
        // A saved story is listed even if its snapshot is lost.
        let snapshot = state.snapshot().unwrap_or_else(|| StorySnapshot {
            headline: story.to_string(),
            url: None,
            section: None,
            published: time,
            is_live: false,
        });
        Some(Entry {
            is_read: self.state(&story) == State::Read,
            story,
            snapshot,
            time,
            position: state.position(),
            tags: state.tags().map(str::to_owned).collect(),
            note: state.note().to_owned(),
        })
    }
}

/// Normalises a text for searching: without case, and without accents in the scripts in which newspapers use
/// them (Latin, Greek, Cyrillic). Combining marks (U+0300 to U+036F) are removed, and so are the vowel signs of
/// Hebrew and Arabic.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\u{300}'..='\u{36f}' | '\u{5b0}'..='\u{5c7}' | '\u{64b}'..='\u{652}' | '\u{ad}') {
            continue;
        }
        match lower(c) {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            c => out.push(plain(c)),
        }
    }
    out
}

/// A lower-case letter without its accent.
fn plain(c: char) -> char {
    match c {
        'à'..='å'
        | 'ā'
        | 'ă'
        | 'ą'
        | 'ǎ'
        | 'ạ'
        | 'ả'
        | 'ấ'
        | 'ầ'
        | 'ẩ'
        | 'ẫ'
        | 'ậ'
        | 'ắ'
        | 'ằ'
        | 'ẳ'
        | 'ẵ'
        | 'ặ' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẹ' | 'ẻ' | 'ẽ' | 'ế' | 'ề' | 'ể' | 'ễ' | 'ệ' => {
            'e'
        }
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' | 'ħ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'İ' | 'ỉ' | 'ị' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö'
        | 'ø'
        | 'ō'
        | 'ŏ'
        | 'ő'
        | 'ơ'
        | 'Ơ'
        | 'ọ'
        | 'ỏ'
        | 'ố'
        | 'ồ'
        | 'ổ'
        | 'ỗ'
        | 'ộ'
        | 'ớ'
        | 'ờ'
        | 'ở'
        | 'ỡ'
        | 'ợ' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'Ș' => 's',
        'ţ' | 'ť' | 'ŧ' | 'ț' | 'Ț' => 't',
        'ù'..='ü'
        | 'ũ'
        | 'ū'
        | 'ŭ'
        | 'ů'
        | 'ű'
        | 'ų'
        | 'ư'
        | 'Ư'
        | 'ụ'
        | 'ủ'
        | 'ứ'
        | 'ừ'
        | 'ử'
        | 'ữ'
        | 'ự' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'Ÿ' | 'ŷ' | 'ỳ' | 'ỵ' | 'ỷ' | 'ỹ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ά' | 'Ά' => 'α',
        'έ' | 'Έ' => 'ε',
        'ή' | 'Ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' | 'Ί' => 'ι',
        'ό' | 'Ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' | 'Ύ' => 'υ',
        'ώ' | 'Ώ' => 'ω',
        'ς' => 'σ',
        'ё' => 'е',
        'й' => 'и',
        'ї' => 'і',
        c => c,
    }
}

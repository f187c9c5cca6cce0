//! What `desk check` checks in a live blog: the head is consistent, the files that it names exist and have the
//! content that it says, and the teaser agrees.

use std::fs;
use std::path::{Path, PathBuf};

use dateline::content::live::{
    Live, POSTS_IN_A_PAGE, Post, PostNumber, PostPage, PostSlot, Revision, SHORTEST_INTERVAL,
};
use dateline::content::{PageName, Story, StoryId, Teaser, decode};

use super::{blog, head};
use crate::check::{Link, Report, blocks};

/// Checks a head and everything that it names.
pub(crate) fn live(
    report: &mut Report,
    edition: &Path,
    file: &str,
    id: &StoryId,
    live: &Live,
    links: &mut Vec<Link>,
) {
    for (pointer, what) in head::wrongs(live) {
        report.say(file, &format!("/live{pointer}"), &what);
    }
    if live.interval.is_some_and(|interval| interval < SHORTEST_INTERVAL) {
        let what = format!("is below {SHORTEST_INTERVAL} seconds, and taken for that");
        report.say(file, "/live/interval", &what);
    }
    blocks(report, edition, file, "/live/summary", &live.summary, links);
    if let Some(pinned) = &live.pinned {
        blocks(report, edition, file, "/live/pinned/body", &pinned.body, links);
    }
    let mut check = Check { report, edition, links, id, head: file, live, keys: Vec::new() };
    for (at, index) in live.indexes.iter().enumerate() {
        check.index(&format!("/live/indexes/{at}"), index);
    }
    for (at, page) in live.pages.iter().enumerate() {
        check.page(file, &format!("/live/pages/{at}"), page);
    }
    check.entries(file, "/live/posts", &live.posts);
    check.key_events();
}

/// Checks that a teaser agrees with the head.
pub(crate) fn told(report: &mut Report, file: &str, story: &Story, live: &Live, teaser: &Teaser) {
    let Some(told) = &teaser.live else {
        return report.say(file, "/live", &"is nothing that its teaser knows of");
    };
    let new = blog::teaser(live);
    if told.state != new.state {
        report.say(file, "/live/state", &"is not that of its teaser");
    }
    if told.latest != new.latest {
        report.say(file, "/live/posts", &"have another latest post than the teaser");
    }
    if teaser.updated != story.updated {
        report.say(file, "/updated", &"is not that of its teaser");
    }
}

struct Check<'a> {
    report: &'a mut Report,
    edition: &'a Path,
    links: &'a mut Vec<Link>,
    id: &'a StoryId,
    head: &'a str,
    live: &'a Live,
    /// The key events found in the posts.
    keys: Vec<PostNumber>,
}

impl Check<'_> {
    /// Reads a page or index. If it is missing, the problem is reported where it is named.
    fn file(&mut self, named_in: &str, pointer: &str, name: &PageName) -> Option<(String, Vec<u8>)> {
        let file = format!("stories/{}/{name}.json", self.id);
        let path: PathBuf = self.edition.join(&file);
        match fs::read(path) {
            Ok(bytes) => {
                let is_hash = |text: &str| text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
                let hash = name.as_str().rsplit_once('-').map(|(_, hash)| hash).filter(|hash| is_hash(hash));
                if hash.is_some_and(|hash| hash != blog::hash(&bytes)) {
                    let what = "has changed under its name, and readers may have the old one in a cache";
                    self.report.say(&file, "", &what);
                }
                Some((file, bytes))
            }
            Err(error) => {
                let what = format!("there is no {file}");
                let missing = error.kind() == std::io::ErrorKind::NotFound;
                let what = if missing { what } else { format!("{file} can't be read ({error})") };
                self.report.say(named_in, &format!("{pointer}/name"), &what);
                None
            }
        }
    }

    fn index(&mut self, pointer: &str, index: &PostPage) {
        let head = self.head;
        let Some((file, bytes)) = self.file(head, pointer, &index.name) else { return };
        let pages = match decode::index(&bytes) {
            Ok(decoded) => {
                self.report.decoding(&file, &decoded.warnings);
                decoded.value
            }
            Err(failure) => return self.report.say(&file, failure.pointer(), &failure),
        };
        let mut wrongs = Vec::new();
        let end = head::chain("/pages", &pages, index.first, POSTS_IN_A_PAGE, &mut wrongs);
        if end != index.last.saturating_add(1) {
            wrongs.push(("/pages".to_owned(), format!("do not end with the post {}", index.last)));
        }
        for (pointer, what) in wrongs {
            self.report.say(&file, &pointer, &what);
        }
        let revision = pages.iter().map(|page| page.revision).max();
        let withdrawn: Vec<PostNumber> =
            pages.iter().flat_map(|page| page.withdrawn.iter().copied()).collect();
        self.agrees(head, pointer, index, revision, &withdrawn);
        for (at, page) in pages.iter().enumerate() {
            self.page(&file, &format!("/pages/{at}"), page);
        }
    }

    fn page(&mut self, named_in: &str, pointer: &str, page: &PostPage) {
        let Some((file, bytes)) = self.file(named_in, pointer, &page.name) else { return };
        let entries = match decode::page(&bytes) {
            Ok(decoded) => {
                self.report.decoding(&file, &decoded.warnings);
                decoded.value
            }
            Err(failure) => return self.report.say(&file, failure.pointer(), &failure),
        };
        if entries.iter().map(PostSlot::id).ne(page.first..=page.last) {
            self.report.say(
                &file,
                "/posts",
                &format_args!("are not the posts {} to {}", page.first, page.last),
            );
        }
        let withdrawn = entries.iter().filter(|entry| matches!(entry, PostSlot::Withdrawn(_)));
        let withdrawn: Vec<PostNumber> = withdrawn.map(PostSlot::id).collect();
        self.agrees(named_in, pointer, page, entries.iter().map(PostSlot::revision).max(), &withdrawn);
        self.entries(&file, "/posts", &entries);
    }

    /// Checks that the entry of a file agrees with the file.
    fn agrees(
        &mut self,
        named_in: &str,
        pointer: &str,
        page: &PostPage,
        revision: Option<Revision>,
        withdrawn: &[PostNumber],
    ) {
        if revision != Some(page.revision) {
            self.report.say(named_in, &format!("{pointer}/revision"), &"is not the latest in that file");
        }
        if page.withdrawn != withdrawn {
            self.report.say(
                named_in,
                &format!("{pointer}/withdrawn"),
                &"are not those withdrawn in that file",
            );
        }
    }

    fn entries(&mut self, file: &str, pointer: &str, entries: &[PostSlot]) {
        for (at, entry) in entries.iter().enumerate() {
            if let PostSlot::Post(post) = entry {
                self.post(file, &format!("{pointer}/{at}"), post);
            }
        }
    }

    fn post(&mut self, file: &str, pointer: &str, post: &Post) {
        blocks(self.report, self.edition, file, &format!("{pointer}/body"), &post.body, self.links);
        if post.updated.is_some_and(|updated| updated < post.time) {
            self.report.say(file, &format!("{pointer}/updated"), &"is before its time");
        }
        if post.body.is_empty() && post.title.is_none() {
            self.report.say(file, pointer, &"has neither title nor body");
        }
        if self.live.pinned.as_ref().is_some_and(|pinned| pinned.id == post.id && **pinned != *post) {
            self.report.say(self.head, "/live/pinned", &format_args!("is not what post {} is", post.id));
        }
        if post.key {
            self.keys.push(post.id);
        }
        let line = self.live.key_events.iter().position(|line| line.post == post.id);
        if let Some((at, line)) = line.and_then(|at| Some((at, self.live.key_events.get(at)?))) {
            let pointer = format!("/live/key_events/{at}");
            if !post.key {
                self.report.say(self.head, &pointer, &format_args!("post {} is no key event", post.id));
            } else if *line != blog::in_a_line(post) {
                self.report.say(self.head, &pointer, &format_args!("is not what post {} says", post.id));
            }
        }
    }

    /// The list has the newest key events, so only older ones may be missing.
    fn key_events(&mut self) {
        let oldest = self.live.key_events.first().map_or(0, |line| line.post);
        let listed = |post: PostNumber| self.live.key_events.iter().any(|line| line.post == post);
        for post in self.keys.iter().filter(|post| **post > oldest && !listed(**post)) {
            self.report.say(self.head, "/live/key_events", &format_args!("lack post {post}"));
        }
    }
}

//! Static archive pages of a live blog, for readers without JavaScript.
//!
//! There is a page for each file of older posts, numbered from the oldest, so its posts and its address never change.
//! The file's name has the hash of its posts, so a file is read only if its page has to be written.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use dateline::content::decode;
use dateline::content::live::{Live, POSTS_IN_A_PAGE, PostPage, PostSlot};
use dateline::content::{Direction, Kind, Story, StoryId};
use dateline::pages::live_archive::ArchivePage;
use dateline::prerender::{self, Published};
use dateline::route::Route;

use super::ledger::{Hash, OlderNote, hash};
use super::near::{Near, Needs};
use super::{FAR, Publishing, Trouble, head, shell};

/// The stories that have files of older posts, from all files of the edition.
pub(super) fn with_pages(names: &[String]) -> Vec<StoryId> {
    let id = |name: &String| StoryId::parse(name.strip_prefix("stories/")?.split_once('/')?.0);
    names.iter().filter_map(id).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The link from a live blog's page to its newest archive page, for readers without JavaScript.
pub(super) fn way(story: &Story) -> String {
    let live = story.live.as_deref().filter(|_| story.kind == Kind::Live);
    let newest = live.and_then(|live| live.pages.last().or(live.indexes.last()));
    newest.map_or_else(String::new, |newest| {
        let href = Route::older_href(&story.id, number(newest.last));
        format!("<noscript><p class=\"state\"><a href=\"{href}\">Earlier updates</a></p></noscript>")
    })
}

/// The number of the page with a post, from 1.
fn number(post: u32) -> u32 {
    post.saturating_sub(1) / POSTS_IN_A_PAGE + 1
}

impl Publishing<'_> {
    /// Publishes the archive pages of a live blog that have changed.
    pub(super) fn older(&self, id: &StoryId, near: &Near<'_>, told: &[Hash]) -> Result<(), Trouble> {
        let file = self.request.edition.join("stories").join(format!("{id}.json"));
        // Problems with a story are reported when it is published.
        let Some(decoded) = fs::read(&file).ok().and_then(|bytes| decode::story(&bytes).ok()) else {
            return Ok(());
        };
        let story = Arc::new(decoded.value);
        let live = story.live.as_deref().filter(|_| story.kind == Kind::Live && story.id == *id);
        let Some(live) = live else { return Ok(()) };
        let mut missing = Vec::new();
        let pages = self.pages(id, live, &mut missing);
        let numbers: Vec<u32> = pages.iter().map(|page| number(page.last)).collect();
        for (at, page) in pages.iter().enumerate() {
            let earlier = at.checked_sub(1).and_then(|at| numbers.get(at)).copied();
            let later = numbers.get(at + 1).copied();
            let older = ArchivePage {
                story: Arc::clone(&story),
                page: number(page.last),
                span: (page.first, page.last),
                posts: Vec::new(),
                earlier,
                later,
            };
            self.older_page(older, page, near, told, &mut missing)?;
        }
        match missing.is_empty() {
            true => Ok(()),
            false => Err(Trouble::Story(missing.join("\n"))),
        }
    }

    /// All pages of a live blog, oldest first.
    fn pages(&self, id: &StoryId, live: &Live, missing: &mut Vec<String>) -> Vec<PostPage> {
        let mut pages = Vec::new();
        for index in &live.indexes {
            let listed = self.older_file(id, index).and_then(|bytes| {
                decode::index(&bytes).map(|decoded| decoded.value).map_err(|failure| failure.to_string())
            });
            match listed {
                Ok(listed) => pages.extend(listed),
                Err(why) => missing.push(format!("stories/{id}/{}.json: {why}", index.name)),
            }
        }
        pages.extend(live.pages.iter().cloned());
        pages
    }

    fn older_file(&self, id: &StoryId, page: &PostPage) -> Result<Vec<u8>, String> {
        let file = self.request.edition.join("stories").join(id.as_str()).join(format!("{}.json", page.name));
        fs::read(file).map_err(|error| format!("can't be read ({error})"))
    }

    fn older_page(
        &self,
        mut older: ArchivePage,
        page: &PostPage,
        near: &Near<'_>,
        told: &[Hash],
        missing: &mut Vec<String>,
    ) -> Result<(), Trouble> {
        let story = &older.story;
        let (id, press) = (&story.id, self.request.press);
        let path = format!("{}index.html", Route::older_href(id, older.page));
        let language = story.language.as_ref().or(self.edition.publication.language.as_ref());
        let runs = story.runs().or_else(|| self.edition.publication.runs());
        let about = head::older(&self.site, &self.edition, &older);
        let key = |around: &[usize]| {
            let ways = format!("{:?} {:?} {language:?} {runs:?} {}", older.earlier, older.later, page.name);
            let own = [self.common.as_bytes(), ways.as_bytes(), about.as_bytes()];
            let told = around.iter().filter_map(|at| told.get(*at)).map(Hash::as_bytes);
            hash(&own.into_iter().chain(told).collect::<Vec<_>>())
        };
        let around = |needs: &Option<Needs>| needs.as_ref().map_or_else(Vec::new, |needs| near.around(needs));
        if let Some(note) = self.store.known.older.before(&path)
            && note.key == key(&around(&note.needs))
            && self.store.keep(&path, press)
        {
            self.store.known.older.tick(&path);
            return Ok(());
        }
        let posts: Result<Vec<PostSlot>, String> = self.older_file(id, page).and_then(|bytes| {
            decode::page(&bytes).map(|decoded| decoded.value).map_err(|failure| failure.to_string())
        });
        let is_read = posts.is_ok();
        let posts = posts.unwrap_or_else(|why| {
            missing.push(format!("stories/{id}/{}.json: {why}; its posts have no page", page.name));
            Vec::new()
        });
        let needs = Some(Needs::of_posts(&posts)).filter(|needs| *needs != Needs::default());
        let around = around(&needs);
        let note = OlderNote { key: key(&around), needs };
        let (language, route) = (language.map(|tag| tag.as_str().to_owned()), Route::Story(id.clone()));
        older.posts = posts;
        let edition = Arc::new(near.edition(&around));
        let published = Published { base: self.base(), edition, story: None, route, now: FAR };
        let html = self.shell.page(&shell::Page {
            to_base: Route::OLDER_TO_BASE,
            language: language.as_deref(),
            direction: runs.map(Direction::as_str),
            head: about,
            body: prerender::live_archive_html(published, older),
            story: None,
            live: true,
            still: true,
        });
        self.store.put(&path, html.as_bytes(), press)?;
        // A page whose posts could not be read is tried again the next time.
        if is_read {
            self.store.known.older.set(&path, note);
        }
        Ok(())
    }
}

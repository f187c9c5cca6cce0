//! A post of a live blog.

use std::sync::Arc;

use super::blocks::block;
use super::share::share_button;
use super::time::{ago, time};
use super::{bdi, in_its_language, runs};
use crate::browser::intl::TimeStyle;
use crate::content::live::{Post, PostSlot, Withdrawn};
use crate::content::{Block, Story, Timestamp};
use crate::route::Route;
use crate::view::html::{Element, Node, el, many};

/// What is to be known of a post beside what it says.
pub struct Setting {
    /// The story that it belongs to.
    pub story: Arc<Story>,
    /// Its address, to be passed on.
    pub address: String,
    /// Now.
    pub now: Timestamp,
    /// Its place among all posts, and how many there are.
    pub place: (u32, u32),
    /// Whether it stands above the stream too.
    pub pinned: bool,
    /// Whether it changed after the reader had seen it.
    pub changed: bool,
    /// As the reader first saw it, where it has changed under their eyes.
    pub before: Option<Arc<Post>>,
    /// Whether the reader's last visit ended right below it; or above it, where the oldest come first.
    pub line: Option<Side>,
}

/// On which side of a post something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before it.
    Before,
    /// After it.
    After,
}

/// What stands at a number in the stream.
#[must_use]
pub fn entry(entry: &PostSlot, setting: &Setting) -> Node {
    let (position, size) = setting.place;
    let line = |side| (setting.line == Some(side)).then(since_last_visit);
    let article = el("article")
        .attr("id", entry.id().to_string())
        .attr("tabindex", "0")
        .attr("aria-posinset", position.to_string())
        .attr("aria-setsize", size.to_string());
    let (article, said) = match entry {
        PostSlot::Withdrawn(gone) => {
            (article.class("post post-withdrawn").attr("aria-label", "Withdrawn update"), withdrawn(gone))
        }
        PostSlot::Post(post) => {
            let class = if post.key { "post post-key" } else { "post" };
            (article.class(class).attr("aria-labelledby", head_id(post)), standing(post, setting))
        }
    };
    article.child(line(Side::Before)).child(said).child(line(Side::After)).into()
}

fn since_last_visit() -> Element {
    el("p").class("last-visit").child(el("span").child("Since your last visit"))
}

fn withdrawn(gone: &Withdrawn) -> Node {
    let reason = if gone.reason.is_empty() { String::new() } else { format!(": {}", gone.reason) };
    el("p").child(bdi(format!("This update was withdrawn{reason}"))).into()
}

fn head_id(post: &Post) -> String {
    format!("{}-head", post.id)
}

fn standing(post: &Post, setting: &Setting) -> Node {
    let story = &setting.story;
    let own = |tag| in_its_language(tag, story).maybe("dir", runs(story));
    let title = post.title.clone().map(|title| own("h3").class("post-title").child(title));
    let key = post.key.then(|| el("span").class("post-mark").child("Key event"));
    let permalink = el("a")
        .attr("href", Route::post_href(&story.id, post.id))
        .class("post-time")
        .child(time(post.time, moment(post.time, setting.now)));
    let author = post.author.clone().map(|author| own("span").class("post-author").child(author));
    let ago = ago(post.time, setting.now);
    let updated = post.updated.map(|at| {
        let when = time(at, moment(at, setting.now));
        bdi("updated ").class("post-updated").child(when)
    });
    let changed = setting.changed.then(|| el("span").class("post-changed").child("changed since you saw it"));
    let head = el("header")
        .attr("id", head_id(post))
        .class("post-head")
        .child(el("p").class("post-line").children([
            permalink.into(),
            " ".into(),
            ago.into(),
            " ".into(),
            key.into(),
            " ".into(),
            author.into(),
            " ".into(),
            updated.into(),
            " ".into(),
            changed.into(),
        ]))
        .child(title);
    let name = post.title.clone().unwrap_or_else(|| post.time.in_words());
    let share = share_button(
        Some(format!("Share: {name}")),
        post.title.clone().unwrap_or_else(|| story.headline.clone()),
        setting.address.clone(),
    );
    let body = if setting.pinned {
        // It would be read, and read out, twice.
        el("p").class("post-pinned").child("Pinned at the top of this page.")
    } else {
        own("div").class("body post-body").children(marked(&post.body, setting.before.as_deref()))
    };
    many([head.into(), body.into(), el("footer").class("post-foot").child(share).into()])
}

/// How much of a moment to write: a time of today needs no day.
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp) -> TimeStyle {
    // A clock of the reader's that is wrong shows the day, which is right.
    const TODAY: std::ops::RangeInclusive<i64> = -3_600_000..=12 * 3_600_000;
    if TODAY.contains(&(now.millis() - at.millis())) { TimeStyle::Clock } else { TimeStyle::DayAndClock }
}

/// The blocks, with a mark on those that were not there before.
#[must_use]
pub fn marked(body: &[Block], before: Option<&Post>) -> Vec<Node> {
    body.iter()
        .map(|one| match before {
            Some(before) if !before.body.contains(one) => {
                el("div").class("post-new-words").child(block(one)).into()
            }
            _ => block(one),
        })
        .collect()
}

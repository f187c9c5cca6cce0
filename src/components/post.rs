//! A post of a live blog.

use std::sync::Arc;

use leptos::prelude::*;

use super::blocks::Block;
use super::language::{story_dir, story_lang};
use super::share_button::ShareButton;
use super::time::{Ago, Time};
use crate::browser::intl::TimeStyle;
use crate::content::live::{self, PostNumber, PostSlot};
use crate::content::{self, Story, Timestamp};
use crate::route::Route;
use crate::state::live_feed::PostRow;
use crate::state::use_app;

/// A post in the feed of a live blog. The article stays while what is in it changes, and the focus with it.
#[component]
pub fn LivePost(
    /// Its number.
    id: PostNumber,
    /// What is shown of it.
    row: Memo<Option<PostRow>>,
    /// The story that it belongs to.
    story: Arc<Story>,
    /// The address of the story, to be passed on.
    address: Arc<str>,
    /// Its place among all posts, and how many there are.
    place: (u32, u32),
    /// Whether the line of the last visit stands before the posts that are new, or after them.
    #[prop(into)]
    oldest_first: Signal<bool>,
) -> impl IntoView {
    let (position, size) = place;
    let class = move || row.with(|row| row.as_ref().map_or("post", |row| post_class(&row.entry)));
    let content = move || {
        let row = row.get()?;
        let line = row.is_first_new.then(|| oldest_first.get());
        let (entry, story) = (row.entry.clone(), Arc::clone(&story));
        let content = match entry {
            PostSlot::Withdrawn(gone) => view! { <WithdrawnPost gone/> }.into_any(),
            PostSlot::Post(post) => {
                let address = format!("{address}#{id}");
                view! { <PostContent post row story address/> }.into_any()
            }
        };
        Some(view! {
            {(line == Some(true)).then(LastVisitLine)}
            {content}
            {(line == Some(false)).then(LastVisitLine)}
        })
    };
    view! {
        <article
            id=id.to_string()
            class=class
            tabindex="0"
            aria-posinset=position.to_string()
            aria-setsize=size.to_string()
            aria-labelledby=head_id(id)
        >
            {content}
        </article>
    }
}

/// A post on a page that never changes.
#[component]
pub fn Post(
    /// The post, or that it was withdrawn.
    entry: PostSlot,
    /// The story that it belongs to.
    story: Arc<Story>,
    /// Its place among the posts of the page, and how many there are.
    place: (u32, u32),
) -> impl IntoView {
    let (position, size) = place;
    let (id, class) = (entry.id(), post_class(&entry));
    let row = PostRow {
        entry: entry.clone(),
        is_pinned: false,
        has_changed: false,
        before: None,
        is_first_new: false,
    };
    let content = match entry {
        PostSlot::Withdrawn(gone) => view! { <WithdrawnPost gone/> }.into_any(),
        PostSlot::Post(post) => view! { <PostContent post row story address=String::new()/> }.into_any(),
    };
    view! {
        <article
            id=id.to_string()
            class=class
            tabindex="0"
            aria-posinset=position.to_string()
            aria-setsize=size.to_string()
            aria-labelledby=head_id(id)
        >
            {content}
        </article>
    }
}

fn post_class(entry: &PostSlot) -> &'static str {
    match entry {
        PostSlot::Withdrawn(_) => "post post-withdrawn",
        PostSlot::Post(post) if post.key => "post post-key",
        PostSlot::Post(_) => "post",
    }
}

/// The id of the element that names a post.
fn head_id(id: PostNumber) -> String {
    format!("{id}-head")
}

/// Where the reader's last visit ended.
#[component]
fn LastVisitLine() -> impl IntoView {
    view! { <p class="last-visit"><span>"You’d read up to here"</span></p> }
}

/// What is shown of a post that was withdrawn.
#[component]
fn WithdrawnPost(gone: live::Withdrawn) -> impl IntoView {
    let words = if gone.reason.is_empty() {
        "This update was withdrawn".to_owned()
    } else {
        format!("This update was withdrawn: {}", gone.reason)
    };
    view! { <p id=head_id(gone.id)><bdi>{words}</bdi></p> }
}

/// What is shown of a post that stands.
#[component]
fn PostContent(post: Arc<live::Post>, row: PostRow, story: Arc<Story>, address: String) -> impl IntoView {
    let title = post.title.clone();
    let name = title.clone().unwrap_or_else(|| post.time.in_words());
    let shared = title.unwrap_or_else(|| story.headline.clone());
    let press = format!("share:{}#{}", story.id, post.id);
    let body = if row.is_pinned {
        // It would be read, and read out, twice.
        view! { <p class="post-pinned">"Pinned at the top of this page."</p> }.into_any()
    } else {
        let blocks = marked_blocks(&post.body, row.before.as_deref());
        view! {
            <div class="body post-body" lang=story_lang(&story) dir=story_dir(&story)>{blocks}</div>
        }
        .into_any()
    };
    view! {
        <PostHead post=Arc::clone(&post) has_changed=row.has_changed story/>
        {body}
        <footer class="post-foot">
            <ShareButton title=shared address label=format!("Share: {name}") press/>
        </footer>
    }
}

#[component]
fn PostHead(post: Arc<live::Post>, has_changed: bool, story: Arc<Story>) -> impl IntoView {
    let now = use_app().clock.now.get_untracked();
    let (lang, dir) = (story_lang(&story), story_dir(&story));
    let title = post.title.clone();
    let title = title.map(|title| view! { <h3 class="post-title" lang=lang.clone() dir=dir>{title}</h3> });
    let key = post.key.then(|| view! { <span class="post-mark">"Key event"</span> });
    let author = post.author.clone();
    let author = author.map(|author| {
        view! { <span class="post-author" lang=lang.clone() dir=dir>{author}</span> }
    });
    let updated = post.updated.map(|at| {
        view! { <bdi class="post-updated">"updated " <Time at style=moment_style(at, now)/></bdi> }
    });
    let changed = has_changed.then(|| view! { <span class="post-changed">"changed since you saw it"</span> });
    view! {
        <header id=head_id(post.id) class="post-head">
            <p class="post-line">
                <a href=Route::post_href(&story.id, post.id) class="post-time">
                    <Time at=post.time style=moment_style(post.time, now)/>
                </a>
                " "
                <Ago at=post.time/>
                " "
                {key}
                " "
                {author}
                " "
                {updated}
                " "
                {changed}
            </p>
            {title}
        </header>
    }
}

/// How much of a moment to write: a time of today needs no day.
#[must_use]
pub fn moment_style(at: Timestamp, now: Timestamp) -> TimeStyle {
    // Where the reader's clock is wrong it shows the day, which is right.
    const TODAY: std::ops::RangeInclusive<i64> = -3_600_000..=12 * 3_600_000;
    if TODAY.contains(&(now.millis() - at.millis())) { TimeStyle::Clock } else { TimeStyle::DayAndClock }
}

/// The blocks, with a mark on those that were not there before.
#[must_use]
pub fn marked_blocks(body: &[content::Block], before: Option<&live::Post>) -> Vec<AnyView> {
    body.iter()
        .cloned()
        .map(|block| match before {
            Some(before) if !before.body.contains(&block) => {
                view! { <div class="post-new-words"><Block block/></div> }.into_any()
            }
            _ => view! { <Block block/> }.into_any(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_today_needs_no_day() {
        let style = |ago: i64| moment_style(Timestamp::from_millis(0), Timestamp::from_millis(ago));
        assert_eq!(style(60_000), TimeStyle::Clock);
        assert_eq!(style(13 * 3_600_000), TimeStyle::DayAndClock);
        assert_eq!(style(-60_000), TimeStyle::Clock, "a clock that is a little late");
        assert_eq!(style(-2 * 3_600_000), TimeStyle::DayAndClock, "a clock that is wrong");
    }
}

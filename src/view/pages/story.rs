//! A story.

use std::sync::Arc;

use super::live::live_page;
use crate::browser::clock;
use crate::browser::intl::TimeStyle;
use crate::content::body::reading_minutes;
use crate::content::{Author, Kind, Story, StoryId, Timestamp, text};
use crate::route::Route;
use crate::view::Given;
use crate::view::html::{Element, Node, dynamic, el, many, nothing};
use crate::view::later::call;
use crate::view::library::Library;
use crate::view::own;
use crate::view::parts::blocks::{blocks, related};
use crate::view::parts::picture::{Loading, figure, image};
use crate::view::parts::state::{arriving, loading_story};
use crate::view::parts::teaser::{Weight, live, teaser};
use crate::view::parts::text::text;
use crate::view::parts::time::time;
use crate::view::parts::{as_publication, bdi, in_its_language, language, runs};

/// How many other stories are offered under a story.
const ALSO_LIKE: usize = 4;
/// A tab has room for no more characters than this.
const TITLE_LENGTH: usize = 120;
/// How wide the main picture is set.
const WIDE: &str = "(min-width: 60rem) 56rem, 100vw";

/// A story, as soon as it is there.
#[must_use]
pub fn story(library: Library, id: StoryId) -> Node {
    let story = library.story(&id);
    let just_loaded = story.peek().is_waiting();
    let own = id.clone();
    let retry = move || library.load_story(&own, story);
    loading_story(story, "this story", Some(id), retry, move |story| match &story.live {
        // A story is there when its part is.
        Some(_) => own::needing(move || call(live_page(library, &story, just_loaded)).into()),
        None => story_page(&story, Timestamp::from_millis(clock::now())),
    })
}

/// What the tab is called while the story is read.
#[must_use]
pub fn title(story: &Story) -> String {
    text::excerpt(&story.headline, TITLE_LENGTH)
}

/// A story, with what is around it.
#[must_use]
pub fn story_page(story: &Arc<Story>, now: Timestamp) -> Node {
    arriving(&title(story));
    let article = el("article")
        .class("story")
        .maybe("dir", runs(story))
        .child(corrections(story))
        .child(head(story, now))
        .child(main_picture(story))
        .child(takeaways(story))
        .child(in_its_language("div", story).class("body").child(blocks(&story.body)))
        .child(foot(story));
    many([article.into(), also_like(Arc::clone(story)), own::noting(story)])
}

/// The picture under the headline.
#[must_use]
pub fn main_picture(story: &Story) -> Node {
    let picture = story.image.as_ref().map(|picture| {
        let figure = figure(picture, "figure", WIDE, Loading::Eager);
        in_its_language("div", story).class("story-picture").child(figure)
    });
    picture.into()
}

fn head(story: &Arc<Story>, now: Timestamp) -> Element {
    let age = story
        .published
        .age(now)
        .map(|age| el("p").class("story-age").child(bdi(format!("This story is {age} old."))));
    headline(story, (story.kind == Kind::Live).then(|| live().into())).child(times(story)).child(age)
}

/// The headline, with what stands above and below it. `mark` goes before the kicker.
#[must_use]
pub fn headline(story: &Story, mark: Option<Node>) -> Element {
    let kicker = (mark.is_some() || story.kicker.is_some()).then(|| {
        let own = in_its_language("span", story).child(story.kicker.clone());
        el("p").class("kicker").child(mark).child(" ").child(own)
    });
    let standfirst = (!story.standfirst.is_empty())
        .then(|| in_its_language("p", story).class("standfirst").child(text(&story.standfirst)));
    el("header")
        .class("story-head")
        .child(kicker)
        .child(in_its_language("h1", story).attr("tabindex", "-1").child(story.headline.clone()))
        .child(standfirst)
        .child(byline(story))
}

fn times(story: &Arc<Story>) -> Element {
    // Each has a line of its own, so that the reader's words for it move nothing.
    let moment = |word: &'static str, at| {
        el("span").class("time-line").child(bdi(word).child(time(at, TimeStyle::Full)))
    };
    let updated = story.updated.filter(|updated| *updated > story.published);
    let minutes = (story.kind == Kind::Article)
        .then(|| el("span").child(bdi(format!("{} min read", reading_minutes(&story.body)))));
    let address = Given::here().map(|given| given.navigation.address(&Route::Story(story.id.clone())));
    el("div")
        .class("story-times")
        .child(moment("Published ", story.published))
        .child(updated.map(|at| moment("Updated ", at)))
        .child(minutes)
        .child(
            // Where there is no room for both beside what is said, both go to the next line.
            el("div")
                .class("story-acts")
                .child(own::save_button(story))
                .child(address.map(|address| own::share_button(story.headline.clone(), address))),
        )
}

fn byline(story: &Story) -> Node {
    let place =
        story.dateline.clone().map(|place| in_its_language("span", story).class("dateline").child(place));
    if story.byline.is_empty() && place.is_none() {
        return nothing();
    }
    let pictures = story.byline.iter().filter_map(|author| author.picture.as_ref());
    let pictures: Vec<Node> = pictures.map(|picture| image(picture, "3rem", Loading::Lazy)).collect();
    let pictures = (!pictures.is_empty()).then(|| el("span").class("byline-pictures").children(pictures));
    // English words around names in another language would be a stain: there the names say enough.
    let (by, and) = match language(story) {
        Some(language) if !language.is_english() => ("", ", "),
        _ => ("By ", " and "),
    };
    let last = story.byline.len().saturating_sub(1);
    let names = story.byline.iter().enumerate().map(|(at, author)| {
        let before = match at {
            0 => by,
            at if at == last => and,
            _ => ", ",
        };
        many([before.into(), name(author).into()])
    });
    let names = (!story.byline.is_empty()).then(|| bdi(many(names)).class("byline-names"));
    el("div").class("byline").child(pictures).child(el("p").child(names).child(" ").child(place)).into()
}

fn name(author: &Author) -> Element {
    let name = bdi(author.name.clone());
    match &author.href {
        Some(href) => el("a").attr("href", href.as_str().to_owned()).attr("rel", "author").child(name),
        None => name,
    }
}

/// What was wrong stands before anything else.
#[must_use]
pub fn corrections(story: &Story) -> Node {
    if story.corrections.is_empty() {
        return nothing();
    }
    let items = story.corrections.iter().map(|correction| {
        let when =
            el("span").class("time-line correction-time").child(time(correction.time, TimeStyle::Full));
        let words = in_its_language("span", story).child(text(&correction.text));
        el("li").child(when).child(" ").child(words).into()
    });
    let title = if story.corrections.len() == 1 { "Correction" } else { "Corrections" };
    el("section")
        .class("corrections")
        .attr("aria-label", title)
        .child(el("p").class("corrections-title").child(title))
        .child(el("ul").class("corrections-list").children(items))
        .into()
}

fn takeaways(story: &Story) -> Node {
    let points = story.takeaways.iter().filter(|point| !point.is_empty());
    let points: Vec<Node> = points.map(|point| el("li").child(text(point)).into()).collect();
    titled("takeaways", "Key points", in_its_language("ul", story), points)
}

/// A part of the story with a heading of ours, if there is anything in it.
fn titled(class: &'static str, title: &'static str, list: Element, items: Vec<Node>) -> Node {
    if items.is_empty() {
        return nothing();
    }
    let heading = el("h2").child(bdi(title));
    el("section").class(class).attr("aria-label", title).child(heading).child(list.children(items)).into()
}

/// What stands under a story and belongs to it.
#[must_use]
pub fn foot(story: &Story) -> Element {
    let links: Vec<Node> = story.related.iter().map(|link| el("li").child(related(link)).into()).collect();
    let links = titled("story-related", "Related", in_its_language("ul", story), links);
    let tags = story.tags.iter().map(|tag| el("li").child(tag.clone()).into());
    let tags = (!story.tags.is_empty())
        .then(|| in_its_language("ul", story).class("tags").attr("aria-label", "Tags").children(tags));
    let canonical = story.canonical.as_ref().map(|href| {
        let host = href.host().unwrap_or("its own address").to_owned();
        let link = el("a").attr("href", href.as_str().to_owned()).child(host);
        el("p").class("canonical").child(bdi("First published at ").child(link))
    });
    el("footer")
        .class("story-foot")
        .child(own::read_button(&story.id))
        .child(links)
        .child(tags)
        .child(canonical)
}

/// Other stories that a reader of this one may like.
#[must_use]
pub fn also_like(story: Arc<Story>) -> Node {
    let library = Given::here().map(|given| given.library);
    dynamic(move || {
        let edition = library.and_then(Library::loaded_edition);
        let Some(edition) = edition else { return nothing() };
        let list = as_publication(el("ul").class("river-stories"), &edition.publication);
        let others = edition.also_like(&story, ALSO_LIKE);
        let others = others.iter().map(|other| el("li").child(teaser(other, Weight::River)).into());
        titled("also-like", "You may also like", list, others.collect())
    })
}

//! A story.

use std::sync::Arc;

use leptos::prelude::*;

use crate::browser::clock;
use crate::browser::intl::TimeStyle;
use crate::content::body::reading_minutes;
use crate::content::{Author, Kind, Story, StoryId, Timestamp, words};
use crate::route::Route;
use crate::view::library::Library;
use crate::view::navigation::Navigation;
use crate::view::parts::blocks::{blocks, related};
use crate::view::parts::picture::{Loading, figure, image};
use crate::view::parts::share::Share;
use crate::view::parts::state::{arriving, loading};
use crate::view::parts::teaser::{Weight, live, teaser};
use crate::view::parts::text::text;
use crate::view::parts::time::Time;
use crate::view::parts::{dir, lang};

/// How many other stories are offered under a story.
const ALSO_LIKE: usize = 4;
/// A tab has room for no more.
const TITLE_LENGTH: usize = 120;
const COLUMN: &str = "(min-width: 60rem) 45rem, 100vw";

/// A story, as soon as it is there.
#[component]
pub fn StoryScreen(library: Library, id: StoryId) -> impl IntoView {
    let story = library.story(&id);
    let id = StoredValue::new(id);
    let retry = move || library.load_story(&id.get_value(), story);
    loading(story.read_only(), "this story", retry, |story: Arc<Story>| {
        let now = Timestamp::from_millis(clock::now());
        view! { <StoryPage story now /> }.into_any()
    })
}

/// A story, with what is around it.
#[component]
pub fn StoryPage(story: Arc<Story>, now: Timestamp) -> impl IntoView {
    arriving(&words::excerpt(&story.headline, TITLE_LENGTH));
    let language = lang(story.language.as_ref());
    view! {
        <article class="story" dir=dir(story.runs())>
            {corrections(&story)}
            {head(&story, now)}
            {story.image.as_ref().map(|picture| {
                view! { <div lang=language.clone()>{figure(picture, "figure story-picture", COLUMN, Loading::Eager)}</div> }
            })}
            {takeaways(&story)}
            <div class="body" lang=language.clone()>{blocks(&story.body)}</div>
            {foot(&story)}
        </article>
        {also_like(Arc::clone(&story))}
    }
}

fn head(story: &Story, now: Timestamp) -> AnyView {
    let language = lang(story.language.as_ref());
    let live = (story.kind == Kind::Live).then(live);
    let kicker = (live.is_some() || story.kicker.is_some())
        .then(|| view! { <p class="kicker">{live} " " <span lang=language.clone()>{story.kicker.clone()}</span></p> });
    let standfirst = (!story.standfirst.is_empty())
        .then(|| view! { <p class="standfirst" lang=language.clone()>{text(&story.standfirst)}</p> });
    let updated = story.updated.filter(|updated| *updated > story.published);
    let minutes = (story.kind == Kind::Article).then(|| {
        let minutes = reading_minutes(&story.body);
        view! { <span class="story-minutes"><bdi>{format!("{minutes} min read")}</bdi></span> }
    });
    let address =
        use_context::<Navigation>().map(|navigation| navigation.address(&Route::Story(story.id.clone())));
    view! {
        <header class="story-head">
            {kicker}
            <h1 tabindex="-1" lang=language>{story.headline.clone()}</h1>
            {standfirst}
            {byline(story)}
            <p class="story-times">
                <span>"Published " <Time at=story.published style=TimeStyle::Full /></span>
                " "
                {updated.map(|at| view! { <span>"Updated " <Time at style=TimeStyle::Full /></span> })}
                " "
                {minutes}
                " "
                {address.map(|address| view! { <Share title=story.headline.clone() address /> })}
            </p>
            {story.published.age(now).map(|age| view! { <p class="story-age"><bdi>{format!("This story is {age} old.")}</bdi></p> })}
        </header>
    }
    .into_any()
}

fn byline(story: &Story) -> Option<AnyView> {
    let place = story.dateline.clone();
    if story.byline.is_empty() && place.is_none() {
        return None;
    }
    let pictures: Vec<AnyView> = story
        .byline
        .iter()
        .filter_map(|author| author.picture.as_ref())
        .map(|one| image(one, "3rem", Loading::Lazy))
        .collect();
    let last = story.byline.len().saturating_sub(1);
    let names = story.byline.iter().enumerate().map(|(at, author)| {
        let between = match at {
            0 => "",
            at if at == last => " and ",
            _ => ", ",
        };
        view! { {between} {name(author)} }
    });
    let by = (!story.byline.is_empty())
        .then(|| view! { <span class="byline-names"><bdi>"By "</bdi>{names.collect_view()}</span> });
    Some(
        view! {
            <div class="byline">
                {(!pictures.is_empty()).then(|| view! { <span class="byline-pictures">{pictures}</span> })}
                <p>
                    {by} " "
                    {place.map(|place| view! { <span class="dateline" lang=lang(story.language.as_ref())>{place}</span> })}
                </p>
            </div>
        }
        .into_any(),
    )
}

fn name(author: &Author) -> AnyView {
    let name = author.name.clone();
    match &author.href {
        Some(href) => {
            view! { <a href=href.as_str().to_owned() rel="author"><bdi>{name}</bdi></a> }.into_any()
        }
        None => view! { <bdi>{name}</bdi> }.into_any(),
    }
}

/// What was wrong stands before anything else.
fn corrections(story: &Story) -> Option<AnyView> {
    let items: Vec<AnyView> = story
        .corrections
        .iter()
        .map(|correction| {
            let words = text(&correction.text);
            view! {
                <li>
                    <span class="correction-time"><Time at=correction.time style=TimeStyle::Full /></span>
                    " "
                    <span lang=lang(story.language.as_ref())>{words}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let title = if items.len() == 1 { "Correction" } else { "Corrections" };
    (!items.is_empty()).then(|| {
        view! {
            <aside class="corrections" aria-label=title>
                <p class="corrections-title">{title}</p>
                <ul>{items}</ul>
            </aside>
        }
        .into_any()
    })
}

fn takeaways(story: &Story) -> Option<AnyView> {
    let items: Vec<AnyView> = story
        .takeaways
        .iter()
        .filter(|point| !point.is_empty())
        .map(|point| view! { <li>{text(point)}</li> }.into_any())
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="takeaways" aria-label="Key points">
                <h2>"Key points"</h2>
                <ul lang=lang(story.language.as_ref())>{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn foot(story: &Story) -> AnyView {
    let links: Vec<AnyView> =
        story.related.iter().map(|link| view! { <li>{related(link)}</li> }.into_any()).collect();
    let related = (!links.is_empty()).then(|| {
        view! {
            <section class="story-related" aria-label="Related">
                <h2>"Related"</h2>
                <ul>{links}</ul>
            </section>
        }
    });
    let tags: Vec<AnyView> =
        story.tags.iter().map(|tag| view! { <li>{tag.clone()}</li> }.into_any()).collect();
    let tags = (!tags.is_empty())
        .then(|| view! { <ul class="tags" aria-label="Tags" lang=lang(story.language.as_ref())>{tags}</ul> });
    let canonical = story.canonical.as_ref().map(|href| {
        let host = href.host().unwrap_or("its own address").to_owned();
        view! { <p class="canonical"><bdi>"First published at " <a href=href.as_str().to_owned()>{host}</a></bdi></p> }
    });
    view! { <footer class="story-foot">{related} {tags} {canonical}</footer> }.into_any()
}

fn also_like(story: Arc<Story>) -> impl IntoView {
    let library = use_context::<Library>();
    move || {
        let others = library
            .and_then(Library::loaded_edition)
            .map(|edition| edition.also_like(&story, ALSO_LIKE))
            .unwrap_or_default();
        (!others.is_empty()).then(|| {
            let others =
                others.iter().map(|other| view! { <li>{teaser(other, Weight::River)}</li> }).collect_view();
            view! {
                <section class="also-like" aria-label="You may also like">
                    <h2>"You may also like"</h2>
                    <ul class="river-stories">{others}</ul>
                </section>
            }
        })
    }
}

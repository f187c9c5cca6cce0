//! The head of a story: headline, standfirst, who wrote it, and the picture under that.

use std::sync::Arc;

use leptos::prelude::*;

use super::language::{story_lang, story_language};
use super::picture::{Figure, Loading, Picture};
use super::teaser::SEPARATOR;
use super::text::Text;
use crate::content::{Author, Story, text};

/// A tab has room for no more characters than this.
const TITLE_LENGTH: usize = 120;
/// How wide the main picture is set.
const WIDE: &str = "(min-width: 60rem) 56rem, 100vw";

/// What the tab is called while a story is read.
#[must_use]
pub fn tab_title(story: &Story) -> String {
    text::excerpt(&story.headline, TITLE_LENGTH)
}

/// The headline, with what stands above and below it. It follows the story.
#[component]
pub fn StoryHeader(
    /// The story.
    #[prop(into)]
    story: Signal<Arc<Story>>,
    /// What goes before the kicker: whether it is live.
    mark: Option<AnyView>,
    /// What stands under the names: times, and what can be done with the story. It stays when the story changes.
    children: Children,
) -> impl IntoView {
    let lang = story.with_untracked(|story| story_lang(story));
    let kicker = Memo::new(move |_| story.with(|story| story.kicker.clone()));
    let headline = Memo::new(move |_| story.with(|story| story.headline.clone()));
    let standfirst = Memo::new(move |_| story.with(|story| story.standfirst.clone()));
    let kicker_lang = lang.clone();
    let kicker = (mark.is_some() || kicker.with_untracked(Option::is_some)).then(|| {
        let has_mark = mark.is_some();
        let between = move || (has_mark && kicker.with(Option::is_some)).then_some(SEPARATOR);
        view! { <p class="kicker">{mark} {between} <span lang=kicker_lang>{move || kicker.get()}</span></p> }
    });
    let standfirst_lang = lang.clone();
    let standfirst = move || {
        let text = standfirst.get();
        (!text.is_empty())
            .then(|| view! { <p class="standfirst" lang=standfirst_lang.clone()><Text text/></p> })
    };
    view! {
        <header class="story-head">
            {kicker}
            <h1 lang=lang tabindex="-1">{move || headline.get()}</h1>
            {standfirst}
            {move || view! { <Byline story=story.get()/> }}
            {children()}
        </header>
    }
    .into_any()
}

/// Who wrote a story, and where, if that is known.
#[component]
pub fn Byline(
    /// The story.
    story: Arc<Story>,
) -> impl IntoView {
    if story.byline.is_empty() && story.dateline.is_none() {
        return None;
    }
    let pictures = story
        .byline
        .iter()
        .filter_map(|author| author.picture.clone())
        .map(|picture| view! { <Picture picture sizes="3rem" loading=Loading::Lazy/> })
        .collect_view();
    let pictures = (!pictures.is_empty()).then(|| view! { <span class="byline-pictures">{pictures}</span> });
    // English words around names in another language would be a stain: there the names say enough.
    let (by, and) = match story_language(&story) {
        Some(language) if !language.is_english() => (None, ", "),
        _ => (Some("By "), " and "),
    };
    let last = story.byline.len().saturating_sub(1);
    let names = story
        .byline
        .iter()
        .enumerate()
        .map(|(at, author)| {
            let before = match at {
                0 => by,
                at if at == last => Some(and),
                _ => Some(", "),
            };
            view! { {before} <AuthorName author=author.clone()/> }
        })
        .collect_view();
    let names = (!names.is_empty()).then(|| view! { <bdi class="byline-names">{names}</bdi> });
    let place = story.dateline.clone();
    let place = place.map(|place| view! { <span class="dateline" lang=story_lang(&story)>{place}</span> });
    Some(view! { <div class="byline">{pictures}<p>{names} " " {place}</p></div> })
}

#[component]
fn AuthorName(author: Author) -> impl IntoView {
    let name = view! { <bdi>{author.name}</bdi> };
    match author.href {
        Some(href) => view! { <a href=href.as_str().to_owned() rel="author">{name}</a> }.into_any(),
        None => name.into_any(),
    }
}

/// The picture under the headline, if there is one.
#[component]
pub fn MainPicture(
    /// The story.
    story: Arc<Story>,
) -> impl IntoView {
    story.image.clone().map(|picture| {
        view! {
            <div class="story-picture" lang=story_lang(&story)>
                <Figure picture class="figure" sizes=WIDE loading=Loading::Eager/>
            </div>
        }
    })
}

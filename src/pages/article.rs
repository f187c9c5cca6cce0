//! A story that is told at once, with what is around it.

use std::sync::Arc;

use leptos::prelude::*;

use crate::browser::intl::TimeStyle;
use crate::components::also_like::AlsoLike;
use crate::components::blocks::Blocks;
use crate::components::corrections::Corrections;
use crate::components::language::{story_dir, story_lang};
use crate::components::save_button::SaveButton;
use crate::components::share_button::ShareButton;
use crate::components::story_footer::StoryFooter;
use crate::components::story_header::{MainPicture, StoryHeader, tab_title};
use crate::components::teaser::Live;
use crate::components::text::Text;
use crate::components::time::Time;
use crate::components::titled_section::TitledSection;
use crate::content::body::reading_minutes;
use crate::content::{Kind, Story, Timestamp};
use crate::route::Route;
use crate::state::arrival::arrive;
use crate::state::reading_progress::track_story;
use crate::state::snapshot::snapshot_of;
use crate::state::use_app;

/// An article.
#[component]
pub fn ArticlePage(
    /// The story.
    story: Arc<Story>,
) -> impl IntoView {
    let title = tab_title(&story);
    arrive(move || title.clone());
    track_story(&story);
    let mark = (story.kind == Kind::Live).then(|| view! { <Live/> }.into_any());
    let age = story.published.age(use_app().clock.now.get_untracked());
    let age = age.map(|age| {
        view! { <p class="story-age"><bdi>{format!("This story is {age} old.")}</bdi></p> }
    });
    let times = view! { <StoryTimes story=Arc::clone(&story)/> };
    view! {
        <article class="story" dir=story_dir(&story)>
            <Corrections story=Arc::clone(&story)/>
            <StoryHeader story=Signal::stored(Arc::clone(&story)) mark>
                {times}
                {age}
            </StoryHeader>
            <MainPicture story=Arc::clone(&story)/>
            <Takeaways story=Arc::clone(&story)/>
            <div class="body" lang=story_lang(&story)><Blocks body=story.body.clone()/></div>
            <StoryFooter story=Arc::clone(&story)/>
        </article>
        <AlsoLike story/>
    }
}

/// When it was published, how long it takes to read, and what can be done with it.
#[component]
fn StoryTimes(story: Arc<Story>) -> impl IntoView {
    let updated = story.updated.filter(|updated| *updated > story.published);
    let updated = updated.map(|at| view! { <Moment word="Updated " at/> });
    let minutes = (story.kind == Kind::Article).then(|| {
        view! { <span><bdi>{format!("{} min read", reading_minutes(&story.body))}</bdi></span> }
    });
    let id = story.id.clone();
    let address = use_app().navigation.address(&Route::Story(id.clone()));
    let press = format!("share:{id}");
    // Where there is no room for both buttons beside what is said, both go to the next line.
    view! {
        <div class="story-times">
            <Moment word="Published " at=story.published/>
            {updated}
            {minutes}
            <div class="story-acts">
                <SaveButton id snapshot=snapshot_of(&story)/>
                <ShareButton title=story.headline.clone() address press/>
            </div>
        </div>
    }
}

/// A moment with a word before it. It has a line of its own, so that the reader's words for it move nothing.
#[component]
fn Moment(word: &'static str, at: Timestamp) -> impl IntoView {
    view! { <span class="time-line"><bdi>{word} <Time at style=TimeStyle::Full/></bdi></span> }
}

/// The key points, if there are any.
#[component]
fn Takeaways(story: Arc<Story>) -> impl IntoView {
    let points = story.takeaways.iter().filter(|point| !point.is_empty()).cloned();
    let points = points.map(|text| view! { <li><Text text/></li> }).collect_view();
    (!points.is_empty()).then(|| {
        view! {
            <TitledSection class="takeaways" title="Key points">
                <ul lang=story_lang(&story)>{points}</ul>
            </TitledSection>
        }
    })
}

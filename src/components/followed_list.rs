//! Live coverage that the reader follows, with how much of it they have not seen.

use std::borrow::Cow;

use leptos::prelude::*;

use super::language::headline_lang_dir;
use crate::browser::focus;
use crate::content::{Edition, StoryId};
use crate::reading::{Action, Reading};
use crate::route::Route;
use crate::state::use_app;

const NAME: &str = "Live coverage that you follow";

/// Live coverage that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FollowedStory {
    story: StoryId,
    headline: String,
    news: News,
}

/// What is new in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    /// So many updates.
    Count(u32),
    /// There is none at all yet.
    NoUpdateYet,
    /// The edition has the story no more.
    NotInEdition,
    /// The edition is not there yet.
    Unknown,
}

impl News {
    fn of(unseen: Option<u32>, edition: Option<&Edition>, story: &StoryId) -> Self {
        match (unseen, edition) {
            (Some(unseen), _) => Self::Count(unseen),
            (None, None) => Self::Unknown,
            (None, Some(edition)) if edition.teaser(story).is_some() => Self::NoUpdateYet,
            (None, Some(_)) => Self::NotInEdition,
        }
    }

    fn message(self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::Count(0) => "Nothing new".into(),
            Self::Count(1) => "1 new update".into(),
            Self::Count(many) => format!("{many} new updates").into(),
            Self::NoUpdateYet => "No update yet".into(),
            Self::NotInEdition => "Not in this edition any more".into(),
            Self::Unknown => return None,
        })
    }
}

fn followed(reading: &Reading, edition: Option<&Edition>) -> Vec<FollowedStory> {
    let since = |story: &StoryId, post| edition?.teaser(story)?.live.as_ref()?.since(post);
    let followed = reading.followed(&since).into_iter().map(|followed| FollowedStory {
        news: News::of(followed.unseen, edition, &followed.entry.story),
        story: followed.entry.story,
        headline: followed.entry.snapshot.headline,
    });
    followed.collect()
}

/// Live coverage that the reader follows; nothing where there is none.
#[component]
pub fn FollowedList() -> impl IntoView {
    let app = use_app();
    let all = app.reading.memo(move |reading| followed(reading, app.library.loaded_edition().as_deref()));
    view! {
        <Show when=move || all.with(|all| !all.is_empty())>
            <section aria-label=NAME>
                <h2 class="kept-heading">{NAME}</h2>
                <ul class="kept-list">
                    <For each=move || all.get() key=|followed| followed.story.clone() let:first>
                        <FollowedItem first all/>
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn FollowedItem(
    /// What was known of the story first.
    first: FollowedStory,
    /// What is known of all of them.
    all: Memo<Vec<FollowedStory>>,
) -> impl IntoView {
    let app = use_app();
    let story = first.story.clone();
    let href = Route::Story(story.clone()).href();
    let id = story.to_string();
    let own = story.clone();
    let lang_dir = Memo::new(move |_| headline_lang_dir(app.library.loaded_edition().as_deref(), &own));
    let followed = Memo::new(move |_| {
        all.with(|all| all.iter().find(|followed| followed.story == first.story).cloned())
            .unwrap_or_else(|| first.clone())
    });
    let headline = move || followed.with(|followed| followed.headline.clone());
    let unfollow = move |_| {
        // The button goes with the row: the focus is not to be lost with it.
        focus::focus("main h1");
        app.actions.with_undo(Action::Unfollowed(vec![story.clone()]), "You follow it no more.");
    };
    view! {
        <li>
            <article class="kept" data-story=id>
                <div class="kept-words">
                    <h3>
                        <a href=href lang=move || lang_dir.get().0 dir=move || lang_dir.get().1>{headline}</a>
                    </h3>
                    <p class="kept-facts">
                        <span>{move || followed.with(|followed| followed.news.message())}</span>
                    </p>
                    <p>
                        <button
                            type="button"
                            class="button"
                            aria-label=move || format!("Unfollow: {}", headline())
                            on:click=unfollow
                        >
                            "Unfollow"
                        </button>
                    </p>
                </div>
            </article>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_is_told_in_words() {
        let words = |news: News| news.message().map(Cow::into_owned);
        assert_eq!(words(News::Count(0)).as_deref(), Some("Nothing new"));
        assert_eq!(words(News::Count(1)).as_deref(), Some("1 new update"));
        assert_eq!(words(News::Count(7)).as_deref(), Some("7 new updates"));
        assert_eq!(words(News::Unknown), None);
    }

    #[test]
    fn without_an_edition_nothing_is_said_of_a_story() {
        let story = StoryId::parse("a").unwrap();
        assert_eq!(News::of(None, None, &story), News::Unknown);
        assert_eq!(News::of(Some(3), None, &story), News::Count(3));
    }
}

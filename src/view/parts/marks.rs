//! What a reader has left on a story, shown where the story is: read, begun, saved; and the buttons that change it.

use std::sync::Arc;

use reactive_graph::prelude::*;

use super::state::{AGAIN, arriving};
use super::{dir, lang};
use crate::content::{Edition, Href, Section, Story, StoryId};
use crate::reading::{Action, Reading, State, StoryState};
use crate::view::acting::{Acting, Word};
use crate::view::html::{Element, Node, dynamic, el, many, nothing};
use crate::view::keeping::facts_of;
use crate::view::own::{self, toggle};

/// What a teaser tells of a reader's own: read, how far, saved.
#[must_use]
pub fn teaser_marks(story: StoryId) -> Node {
    let Some(Acting { keeping, .. }) = Acting::here() else { return nothing() };
    dynamic(move || {
        let is_read = keeping.state(&story) == State::Read;
        let begun = keeping.look(|reading| reading.begun(&story));
        let begun = begun.map(|begun| mark("mark-begun", percent_read(begun.progress)));
        let read = (begun.is_none() && is_read).then(|| mark("mark-read", "Read".to_owned()));
        let saved = keeping.is_saved(&story).then(|| mark("mark-saved", "Saved".to_owned()));
        many([begun.into(), read.into(), saved.into()])
    })
}

fn mark(class: &'static str, words: String) -> Element {
    el("span").class(class).child(" · ").child(words)
}

/// How much of a story is read, of thousandths.
#[must_use]
pub fn percent_read(progress: u32) -> String {
    format!("{} % read", progress / 10)
}

/// Saves a story, or takes it from the saved ones; with what becomes of its files.
#[must_use]
pub fn save_button(story: &Story) -> Node {
    let Some(acting) = Acting::here() else { return nothing() };
    let (id, facts) = (story.id.clone(), facts_of(story));
    let said = acting.words(&id);
    let button = dynamic(move || {
        acting.keeping.row(&id).get();
        let is_saved = acting.is_saved(&id);
        let (acting, id, facts) = (acting.clone(), id.clone(), facts.clone());
        let press = move || acting.toggle_saved(id.clone(), facts.clone());
        toggle(if is_saved { "Saved" } else { "Save" }, is_saved).on_press(press).into()
    });
    let said = dynamic(move || Node::Text(Word::of(said.get()).words()));
    el("span").class("saving").child(button).child(el("span").attr("role", "status").child(said)).into()
}

/// Follows live coverage, or no longer: it is then among what can be continued, with what came since.
#[must_use]
pub fn follow_button(story: &Story) -> Node {
    let Some(Acting { keeping, .. }) = Acting::here() else { return nothing() };
    let (id, facts) = (story.id.clone(), facts_of(story));
    dynamic(move || {
        keeping.row(&id).get();
        let follows =
            keeping.look(|reading| reading.story_state(&id).is_some_and(|card| card.followed().is_some()));
        let (keeping, id, facts) = (keeping.clone(), id.clone(), facts.clone());
        let press = move || {
            let act = if follows {
                Action::Unfollowed(vec![id.clone()])
            } else {
                Action::Followed(id.clone(), facts.clone())
            };
            keeping.act(act);
        };
        toggle(if follows { "Following" } else { "Follow" }, follows).on_press(press).into()
    })
}

/// Under a story: marks it read, or unread again.
#[must_use]
pub fn read_button(story: &StoryId) -> Node {
    let Some(acting) = Acting::here() else { return nothing() };
    let story = story.clone();
    dynamic(move || {
        let is_read = acting.keeping.state(&story) == State::Read;
        let (acting, story) = (acting.clone(), story.clone());
        let words = if is_read { "Mark as unread" } else { "Mark as read" };
        let button = el("button").attr("type", "button").class("button").child(words);
        button.on_press(move || acting.toggle_read(story.clone())).into()
    })
}

/// Whether a story was read, as it is now.
#[must_use]
pub fn is_read(story: &StoryId) -> bool {
    Acting::here().is_some_and(|acting| acting.keeping.look(|reading| reading.state(story)) == State::Read)
}

/// What can be done with all stories of a section at once.
#[must_use]
pub fn section_controls(section: &Section, unread_only: bool) -> Node {
    let Some(acting) = Acting::here() else { return nothing() };
    let stories: Vec<StoryId> = section.teasers.iter().map(|story| story.id.clone()).collect();
    let mark = move || {
        acting
            .with_undo(Action::MarkedRead(stories.clone()), "Everything in this section is marked as read.");
    };
    let mark = el("button").attr("type", "button").class("button").on_press(mark).child("Mark all read");
    own::controls(section, unread_only, mark).into()
}

/// The element with the language and the direction that a story's headline has, as far as the edition tells: that of a
/// story which is in it no more is taken to be the publication's.
#[must_use]
pub fn as_headline(element: Element, edition: Option<&Edition>, story: &StoryId) -> Element {
    let Some(edition) = edition else { return element };
    let (publication, teaser) = (&edition.publication, edition.teaser(story));
    let language = teaser.and_then(|teaser| teaser.language.as_ref()).or(publication.language.as_ref());
    let runs = teaser.and_then(|teaser| teaser.runs()).or_else(|| publication.runs());
    element.maybe("lang", lang(language)).maybe("dir", dir(runs))
}

/// What is known of a story that the reader has kept and that is not to be had: its headline, and ways to it.
#[must_use]
pub fn kept_instead(story: &StoryId, why: &'static str, retry: Arc<dyn Fn() + Send + Sync>) -> Option<Node> {
    let acting = Acting::here()?;
    let card = |reading: &Reading| {
        reading.story_state(story).filter(|card| card.is_kept()).and_then(StoryState::snapshot)
    };
    let facts = acting.keeping.look(card)?;
    let own = facts.url.and_then(|url| Href::link(&url)).map(|href| {
        let host = href.host().unwrap_or("its own address").to_owned();
        let link = el("a").attr("href", href.as_str().to_owned()).child(host);
        el("p").child("It was first published at ").child(link)
    });
    let again = el("button").attr("type", "button").class("button").attr("id", AGAIN);
    let again = again.on_press(move || retry()).child("Download again");
    arriving(&facts.headline);
    let words = format!("You have kept this story, but its text is not on this device. {why}");
    let edition = acting.library.known_edition();
    let headline = as_headline(el("h1").attr("tabindex", "-1"), edition.as_deref(), story);
    let section = el("section")
        .class("state")
        .child(headline.child(facts.headline))
        .child(el("p").attr("role", "alert").child(words))
        .child(again)
        .child(own);
    Some(section.into())
}

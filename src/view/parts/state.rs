//! What stands in the place of something that is not there: loading, slow, failed, not found.

use std::sync::Arc;

use reactive_graph::effect::Effect;

use crate::browser::page::{self, set_title};
use crate::content::StoryId;
use crate::route::Route;
use crate::view::Given;
use crate::view::html::{Node, dynamic, el, many, nothing};
use crate::view::load::{Fault, Incoming, Load};
use crate::view::own;

/// What tries again.
pub type Retry = Arc<dyn Fn() + Send + Sync>;

/// Shows something that is being loaded: `shown` once it is there, and what there is to say until then.
/// `what` names it within a sentence ("the front page").
pub fn loading<T: Send + Sync + 'static>(
    load: Incoming<T>,
    what: &'static str,
    retry: impl Fn() + Send + Sync + 'static,
    shown: impl Fn(Arc<T>) -> Node + Send + 'static,
) -> Node {
    loading_story(load, what, None, retry, shown)
}

/// As [`loading`]; where it is a story that can't be had, and the reader has kept it, that is told.
pub fn loading_story<T: Send + Sync + 'static>(
    load: Incoming<T>,
    what: &'static str,
    story: Option<StoryId>,
    retry: impl Fn() + Send + Sync + 'static,
    shown: impl Fn(Arc<T>) -> Node + Send + 'static,
) -> Node {
    let stage: Stage = Arc::new(move || load.stage());
    let shown = Box::new(move || load.peek().loaded().cloned().map(&shown).into());
    shown_by_stage(stage, what, story, Arc::new(retry), shown)
}

type Stage = Arc<dyn Fn() -> Load<()> + Send + Sync>;

/// The same for whatever is loaded, so that there is code for it once.
fn shown_by_stage(
    stage: Stage,
    what: &'static str,
    story: Option<StoryId>,
    retry: Retry,
    shown: Box<dyn Fn() -> Node + Send>,
) -> Node {
    let told = Arc::clone(&stage);
    let word = dynamic(move || {
        match told() {
            Load::Slow => "Loading…",
            Load::VerySlow => "Still loading. This is taking longer than usual.",
            _ => "",
        }
        .into()
    });
    let screen = dynamic(move || {
        let fault = match stage() {
            Load::Loading => return nothing(),
            Load::Slow => return skeleton(""),
            Load::VerySlow => return skeleton("This is taking longer than usual. Still trying."),
            Load::Loaded(()) => return shown(),
            Load::Failed(fault) => Some(fault),
            Load::NotFound => None,
        };
        let why = fault.as_ref().map_or("The newspaper no longer offers it.", Fault::why);
        let again = Arc::clone(&retry);
        let otherwise = move || match &fault {
            Some(fault) => failed(what, fault, Arc::clone(&again)),
            None => not_found(),
        };
        match &story {
            Some(story) => own::kept_instead(story, why, Arc::clone(&retry), otherwise),
            None => otherwise(),
        }
    });
    many([el("p").class("visually-hidden").attr("role", "status").child(word).into(), screen])
}

/// The outline of a page that is on its way.
fn skeleton(word: &'static str) -> Node {
    let bars = (0..6).map(|_| el("span").class("skeleton-bar").into());
    many([
        el("div").class("skeleton").attr("aria-hidden", "true").children(bars).into(),
        el("p").class("skeleton-word").attr("aria-hidden", "true").child(word).into(),
    ])
}

/// Says what could not be loaded and why, and offers another try.
fn failed(what: &'static str, fault: &Fault, retry: Retry) -> Node {
    arriving("Not loaded");
    el("section")
        .class("state")
        .child(el("h1").attr("tabindex", "-1").child(format!("We could not load {what}")))
        .child(el("p").attr("role", "alert").child(fault.why()))
        .child(
            el("button")
                .attr("type", "button")
                .class("button")
                .attr("id", AGAIN)
                .on_press(move || retry())
                .child("Try again"),
        )
        .into()
}

/// The id of the button that tries again.
pub const AGAIN: &str = "again";

/// Tries again what could not be loaded, as the button would: the network is back.
pub fn try_again() {
    let _ = page::press("#again");
}

/// Says that an address leads nowhere, and where to go instead.
#[must_use]
pub fn not_found() -> Node {
    arriving("Not found");
    el("section")
        .class("state")
        .child(el("h1").attr("tabindex", "-1").child("There is no such page"))
        .child(el("p").child("The story may have been taken back, or the address is not quite right."))
        .child(el("p").child(el("a").attr("href", Route::Front.href()).child("Go to the front page")))
        .into()
}

/// Names the tab, and does what is due on arriving at a screen, once it is on the page.
pub fn arriving(title: &str) {
    let title = title.to_owned();
    let navigation = Given::here().map(|given| given.navigation);
    Effect::new(move || {
        set_title(&title);
        if let Some(navigation) = navigation {
            navigation.arrived();
        }
    });
}

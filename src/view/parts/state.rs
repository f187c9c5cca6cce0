//! What stands in the place of something that is not there: loading, slow, failed, not found.

use std::sync::Arc;

use reactive_graph::effect::Effect;
use reactive_graph::owner::use_context;
use reactive_graph::prelude::*;
use reactive_graph::signal::ReadSignal;

use crate::browser::page::set_title;
use crate::route::Route;
use crate::view::html::{Node, dynamic, el, many, nothing};
use crate::view::load::{Fault, Load};
use crate::view::navigation::Navigation;

/// Shows something that is being loaded: `shown` once it is there, and what there is to say until then.
/// `what` names it within a sentence ("the front page").
pub fn loading<T: Send + Sync + 'static>(
    load: ReadSignal<Load<Arc<T>>>,
    what: &'static str,
    retry: impl Fn() + Copy + Send + 'static,
    shown: impl Fn(Arc<T>) -> Node + Send + 'static,
) -> Node {
    let word = dynamic(move || {
        load.with(|load| match load {
            Load::Slow => "Loading…",
            Load::VerySlow => "Still loading. This is taking longer than usual.",
            _ => "",
        })
        .into()
    });
    let screen = dynamic(move || match load.get() {
        Load::Loading => nothing(),
        Load::Slow => skeleton(""),
        Load::VerySlow => skeleton("This is taking longer than usual. Still trying."),
        Load::Loaded(value) => shown(value),
        Load::Failed(fault) => failed(what, &fault, retry),
        Load::NotFound => not_found(),
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
fn failed(what: &'static str, fault: &Fault, retry: impl Fn() + Send + 'static) -> Node {
    arriving("Not loaded");
    el("section")
        .class("state")
        .child(el("h1").attr("tabindex", "-1").child(format!("We could not load {what}")))
        .child(el("p").attr("role", "alert").child(fault.why()))
        .child(el("button").attr("type", "button").class("button").on_press(retry).child("Try again"))
        .into()
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
    let navigation = use_context::<Navigation>();
    Effect::new(move || {
        set_title(&title);
        if let Some(navigation) = navigation {
            navigation.arrived();
        }
    });
}

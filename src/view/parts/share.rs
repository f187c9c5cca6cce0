//! The button that passes a story on.

use any_spawner::Executor;
use reactive_graph::prelude::*;
use reactive_graph::signal::RwSignal;

use crate::browser::share::{Shared, share};
use crate::view::html::{Node, dynamic, el};

/// Shares an address by the system's dialogue, else copies it and says so.
#[must_use]
pub fn share_button(title: String, address: String) -> Node {
    let word = RwSignal::new("");
    let press = move || {
        let (title, address) = (title.clone(), address.clone());
        Executor::spawn_local(async move {
            let said = match share(&title, &address).await {
                Shared::Handed => "",
                Shared::Copied => "Link copied",
                Shared::Neither => {
                    "This browser lets us neither share nor copy. The address is in its address bar."
                }
            };
            // A reader who has left by then has no use for the word.
            word.try_set(said);
        });
    };
    el("span")
        .class("share")
        .child(el("button").attr("type", "button").class("button").on_press(press).child("Share"))
        .child(el("span").attr("role", "status").child(dynamic(move || word.get().into())))
        .into()
}

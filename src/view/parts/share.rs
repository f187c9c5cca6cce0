//! The button that passes a story on.

use any_spawner::Executor;

use crate::browser::page::{on_press, say_after};
use crate::browser::share::{Shared, share};
use crate::view::html::{Node, el};

/// Shares an address by the system's dialogue, else copies it and says so. `label` names the button where there
/// are several on a page.
///
/// There may be thousands on a page, those with labels, so that what one says is written by hand, where it is said: a
/// signal and a live region for each would cost more than the post around it.
#[must_use]
pub fn share_button(label: Option<String>, title: String, address: String) -> Node {
    let status = label.is_none().then(|| el("span").attr("role", "status"));
    let button = el("button").attr("type", "button").class("button").maybe("aria-label", label);
    let button = button.child("Share").on_built(move |button| {
        let own = button.clone();
        on_press(button, Box::new(move || {
            let (title, address, own) = (title.clone(), address.clone(), own.clone());
            Executor::spawn_local(async move {
                say_after(
                    &own,
                    match share(&title, &address).await {
                        Shared::Handed => "",
                        Shared::Copied => "Link copied",
                        Shared::Neither => {
                            "This browser lets us neither share nor copy. The address is in its address bar."
                        }
                    },
                );
            });
        }));
    });
    el("span").class("share").child(button).child(status).into()
}

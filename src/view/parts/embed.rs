//! Something of another site, of which nothing is loaded until the reader asks.

use reactive_graph::prelude::*;
use reactive_graph::signal::ArcRwSignal;

use crate::browser::page::is_own_origin;
use crate::content::Href;
use crate::view::html::{Node, dynamic, el, many, nothing};

/// A card that names what is there and whose it is; on request a frame.
#[must_use]
pub fn embed(media: &str, title: &str, href: &Href) -> Node {
    // 1 once the reader has asked. (There is one type of signal for all such things.)
    let asked = ArcRwSignal::new(0_u32);
    let (asking, framed) = (asked.clone(), asked);
    let host = href.host().unwrap_or("another site").to_owned();
    let address = href.as_str().to_owned();
    let open = el("a").attr("href", address.clone()).child(format!("Open at {host}"));
    let named = [
        el("span").class("embed-media").child(media.to_owned()).into(),
        " ".into(),
        el("span").class("embed-title").child(title.to_owned()).into(),
    ];
    let button_title = title.to_owned();
    let button = dynamic(move || {
        if asking.get() == 1 {
            return nothing();
        }
        let press = asking.clone();
        el("button")
            .attr("type", "button")
            .class("button")
            .attr("aria-label", format!("Load from {host}: {button_title}"))
            .on_press(move || press.set(1))
            .child(format!("Load from {host}"))
            .into()
    });
    let title = title.to_owned();
    let frame = dynamic(move || if framed.get() == 1 { frame(&title, &address) } else { nothing() });
    let ways = el("span")
        .class("embed-ways")
        .attr("lang", "en")
        .attr("dir", "ltr")
        .child(button)
        .child(" ")
        .child(open);
    el("figure").class("embed").child(frame).child(el("figcaption").child(many(named)).child(ways)).into()
}

fn frame(title: &str, address: &str) -> Node {
    // A page of this same site that ran scripts as this site could take itself out of its frame.
    let sandbox = if is_own_origin(address) {
        "allow-scripts allow-popups allow-forms"
    } else {
        "allow-scripts allow-popups allow-forms allow-same-origin allow-presentation"
    };
    el("iframe")
        .attr("sandbox", sandbox)
        .attr("referrerpolicy", "strict-origin-when-cross-origin")
        .attr("allow", "fullscreen")
        .attr("title", title.to_owned())
        .attr("src", address.to_owned())
        .into()
}

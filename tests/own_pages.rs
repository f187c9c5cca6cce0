//! The published pages for saved stories, settings and so on: only a frame, because the content is on the
//! reader's device.

#![cfg(feature = "ssr")]
// Clippy's exceptions for tests cover only functions marked `#[test]`, not their helpers.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use dateline::components::own_frame::own_title;
use dateline::content::{Timestamp, decode};
use dateline::prerender::{self, Published};
use dateline::route::Route;

#[test]
fn a_published_page_of_the_readers_own_has_its_frame_and_nothing_of_a_reader() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/public/edition/edition.json");
    let edition = Arc::new(decode::edition(&std::fs::read(file).unwrap()).unwrap().value);
    for route in [Route::Saved, Route::Continue, Route::History, Route::Settings] {
        let page = prerender::html(Published {
            base: "https://example.org/".to_owned(),
            edition: Arc::clone(&edition),
            story: None,
            route: route.clone(),
            now: Timestamp::from_millis(0),
        });
        let main = page.split("<main id=\"main\" tabindex=\"-1\">").nth(1).unwrap();
        let main = main.split("</main>").next().unwrap();
        let items: String = [Route::Saved, Route::Continue, Route::History, Route::Settings]
            .iter()
            .map(|other| {
                let current = if *other == route { " aria-current=\"page\"" } else { "" };
                format!("<li><a href=\"{}\"{current}>{}</a></li>", other.href(), own_title(other))
            })
            .collect();
        let class = if route == Route::Settings { "shelf settings" } else { "shelf" };
        assert!(main.starts_with(&format!("<div class=\"{class}\"><nav ")), "{main}");
        assert!(main.contains(&format!("><ul>{items}</ul></nav><h1 ")), "{main}");
        assert!(main.ends_with(&format!(">{}</h1></div>", own_title(&route))), "{main}");
    }
}

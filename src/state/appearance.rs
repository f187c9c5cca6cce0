//! How the page looks: the reader's preferences as attributes of the page, which the stylesheet knows.

use leptos::prelude::*;

use super::reading_store::ReadingStore;
use crate::browser::{history, page};
use crate::reading::{Preferences, Theme, Typeface, Width};

/// Has the page look as the reader wants it, as long as the current owner lives.
pub fn start(reading: ReadingStore) {
    let preferences = reading.preferences();
    Effect::new(move || {
        let preferences = preferences.get();
        for (name, value) in attributes(&preferences) {
            page::set_root_attribute(name, &value);
        }
        page::set_bar_color(match preferences.theme {
            Theme::System => None,
            Theme::Light => Some(false),
            Theme::Dark => Some(true),
        });
        // The next page takes them on before it is painted.
        page::store_root_attributes(&format!("dateline-look {}", history::base_path()));
    });
}

fn attributes(preferences: &Preferences) -> [(&'static str, String); 5] {
    let percent = |percent: u32| if percent == 100 { String::new() } else { percent.to_string() };
    let width = match preferences.width {
        Width::Narrow => "narrow",
        Width::Normal => "",
        Width::Wide => "wide",
    };
    let face = match preferences.typeface {
        Typeface::Serif => "",
        Typeface::Sans => "sans",
    };
    let theme = match preferences.theme {
        Theme::System => "",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    [
        ("data-text", percent(preferences.text_size)),
        ("data-leading", percent(preferences.line_height)),
        ("data-width", width.to_owned()),
        ("data-face", face.to_owned()),
        ("data-theme", theme.to_owned()),
    ]
}

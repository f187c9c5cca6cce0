//! Arriving at a screen: the name of the tab, and what navigation does once the screen has its content.

use leptos::prelude::*;

use super::use_app;
use crate::browser::page;

/// Names the tab, again whenever the title changes, and does what is due on arriving at a screen. To be called once by
/// each page.
pub fn arrive(title: impl Fn() -> String + Send + Sync + 'static) {
    let navigation = use_app().navigation;
    let name = Memo::new(move |_| title());
    Effect::new(move || page::set_title(&name.get()));
    Effect::new(move || navigation.arrived());
}

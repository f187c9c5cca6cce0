//! Going to a post of a live blog, wherever it is: it may have to be loaded or shown first.

use leptos::prelude::*;

use super::target::Target;
use super::{LiveFeed, selector};
use crate::browser::{clock, focus, scroll_anchor};
use crate::content::live::{PostNumber, PostSlot};
use crate::follow::{Stream, section_of};
use crate::state::after_render;
use crate::state::navigation::Navigation;

impl LiveFeed {
    /// Lets links to posts of this story lead to them, wherever they are, for as long as the current owner lives.
    pub fn follow_links(self) {
        let navigation = self.app.navigation;
        navigation.lead(move |fragment, at| {
            let post = fragment.parse().ok();
            if let Some(post) = post {
                self.arrive_at(post, at, Some(navigation));
            }
            post.is_some()
        });
    }

    /// Goes to a post, wherever it is.
    pub fn go_to(self, post: PostNumber) {
        self.arrive_at(post, None, None);
    }

    /// Goes to the newest post.
    pub fn go_to_newest(self) {
        if let Some(newest) = self.look(Stream::shown_to) {
            self.go_to(newest);
        }
    }

    /// Goes to a post, with the focus; or, to come back to it, so that it is where it was in the window. One that is not
    /// known yet is gone to when a head or a page brings it. A reader who has gone on reading before it came is left where
    /// they are.
    fn arrive_at(self, post: PostNumber, at: Option<f64>, navigation: Option<Navigation>) {
        let target = Target { post, at, since: clock::now(), by_link: navigation.is_some(), navigation };
        let Some(newest) = self.look(|stream| stream.live().newest()) else { return };
        self.state.update_value(|state| state.target = Some(target));
        if post == 0 || post > newest {
            self.arrived();
        } else {
            self.lead_on(true);
        }
    }

    /// Nothing has to wait any longer for where the reader is to be; they may still be led there.
    pub(super) fn arrived(self) {
        let navigation = self.state.try_update_value(|state| state.target.as_mut()?.navigation.take());
        if let Some(navigation) = navigation.flatten() {
            after_render(move || navigation.found());
        }
    }

    fn forget_target(self) {
        self.state.try_update_value(|state| state.target = None);
    }

    /// Goes to where the reader wants to be, if that is there by now; else, with `loads`, has it loaded.
    pub(super) fn lead_on(self, loads: bool) {
        let Some(target) = self.state.try_with_value(|state| state.target).flatten() else { return };
        let post = target.post;
        if scroll_anchor::has_acted_since(target.since) {
            self.arrived();
            self.forget_target();
            return;
        }
        if self.look(|stream| stream.shown_to() < post && post <= stream.live().newest()) == Some(true) {
            self.change(|stream| (true, stream.show()));
            self.changed();
        }
        if self.look(|stream| stream.is_shown(post)) != Some(true) {
            if loads && self.look(|stream| post <= stream.live().newest()) == Some(true) {
                self.load_sections(vec![section_of(post)]);
            }
            return;
        }
        let is_key = self
            .look(|stream| matches!(stream.entry(post), Some(PostSlot::Post(post)) if post.key))
            .unwrap_or(false);
        if !is_key && self.key_events_only.get_untracked() {
            // Where key events alone are shown, it would not be.
            self.key_events_only.set(false);
        }
        after_render(move || self.stand_at(target));
    }

    /// The post is on the page: goes there.
    fn stand_at(self, target: Target) {
        if self.is_over() {
            return;
        }
        let id = target.post.to_string();
        if target.at.is_none() && focus::show_fragment(&id) {
            focus::focus(&selector(target.post));
        }
        scroll_anchor::hold_on_to(&id, target.at);
        if target.by_link && !self.is_elsewhere.get_untracked() {
            self.is_elsewhere.set(true);
        }
        self.arrived();
        self.forget_target();
        self.store_seen();
        self.number_near();
    }
}

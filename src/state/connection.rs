//! The connection: says when there is no network and what can be read then, has the service worker do its work, and
//! tells of newer versions of the app.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::load::Load;
use super::notices::{Notice, NoticeId};
use super::offline::{self, Order, Reply};
use super::{AppContext, after_render};
use crate::browser::service_worker::{self, Worker};
use crate::browser::visibility::{self, Visibility};
use crate::browser::{clock, page, scroll_anchor, timer};
use crate::content::{Story, decode};

/// A tab that stays open looks for a newer version no more often than this, in milliseconds.
const LOOK_EVERY: i64 = 60 * 60 * 1000;
/// In milliseconds.
const A_MOMENT: u32 = 500;
/// The worker has so many milliseconds to count what can be read.
const COUNTED_WITHIN: u32 = 3_000;

/// What is said when there is no network, and so many stories can be read.
fn offline_message(readable: usize) -> String {
    match readable {
        0 => "No connection. What is on this page stays, and the rest comes when the network is back."
            .to_owned(),
        1 => "No connection. 1 story can be read: the one that you opened or saved.".to_owned(),
        many => format!("No connection. {many} stories can be read: those that you opened or saved."),
    }
}

/// Whether there is a network, as far as it shows.
#[derive(Clone, Copy)]
struct Connection {
    app: AppContext,
    state: StoredValue<State>,
    worker: StoredValue<Option<Worker>, LocalStorage>,
}

struct State {
    is_down: bool,
    /// The notice that says that it is down, once that is shown.
    notice: Option<NoticeId>,
    /// What was said of the page that is shown; it goes with that.
    of_page: Option<NoticeId>,
    told_of_newer: bool,
    /// When it was last looked for a newer version.
    looked: i64,
}

/// Follows the connection for as long as the current owner lives. The service worker starts once the edition is there, or
/// is known not to come.
pub fn start(app: AppContext) {
    let state =
        State { is_down: false, notice: None, of_page: None, told_of_newer: false, looked: clock::now() };
    let connection = Connection { app, state: StoredValue::new(state), worker: StoredValue::new_local(None) };
    app.library.on_answer(move |is_copy| connection.is(is_copy));
    app.library.on_news(|address| Order::Loaded { addresses: vec![address] }.tell());
    StoredValue::new_local(visibility::watch(move |change| connection.changed(change)));
    // What was said of a page goes with it.
    Effect::new(move || {
        let _ = app.navigation.route();
        if let Some(notice) = connection.state.try_update_value(|state| state.of_page.take()).flatten() {
            app.notices.close(notice);
        }
    });
    let edition = app.library.edition();
    Effect::new(move |has_started: Option<bool>| {
        let is_due = !edition.with(Load::is_waiting);
        if is_due && has_started != Some(true) {
            connection.start_worker();
        }
        is_due || has_started == Some(true)
    });
}

impl Connection {
    fn changed(self, change: Visibility) {
        match change {
            Visibility::Online => {
                // Something may have failed before it showed that there is no network.
                if !self.is_down() {
                    self.app.library.retry_failed();
                }
                self.is(false);
            }
            Visibility::Offline => self.is(true),
            Visibility::Shown => {
                let now = clock::now();
                if self.state.with_value(|state| now - state.looked > LOOK_EVERY) {
                    self.state.update_value(|state| state.looked = now);
                    self.worker.with_value(|worker| {
                        if let Some(worker) = worker {
                            worker.look_for_update();
                        }
                    });
                }
            }
            Visibility::Hidden => {}
        }
    }

    fn is_down(self) -> bool {
        self.state.with_value(|state| state.is_down)
    }

    fn start_worker(self) {
        if !visibility::is_online() {
            self.is(true);
        }
        let script = format!("{}sw.js", self.app.library.base());
        spawn_local(async move {
            let newer = move || self.tell_of_newer();
            let Some(worker) = service_worker::start(&script, newer, move |message| self.hear(message)).await
            else {
                return;
            };
            Order::Started { addresses: worker.loaded_before() }.tell();
            self.worker.set_value(Some(worker));
            if !self.is_down() {
                self.app.actions.repair();
            }
        });
        // A published page has come without asking the network for anything that it could tell of.
        timer::after(A_MOMENT, move || self.app.library.refresh_edition());
    }

    /// Says, once, that a newer version is ready.
    fn tell_of_newer(self) {
        if self.state.try_update_value(|state| std::mem::replace(&mut state.told_of_newer, true))
            == Some(false)
        {
            let reload = move || {
                let worker = self.worker.with_value(Clone::clone);
                if let Some(worker) = worker {
                    worker.reload();
                }
            };
            self.app.notices.show(Notice::new("A new version is ready.").with_action("Reload", reload));
        }
    }

    /// Takes what shows of the network.
    fn is(self, down: bool) {
        let was_down = self.state.try_update_value(|state| std::mem::replace(&mut state.is_down, down));
        match was_down {
            Some(false) if down => self.say_down(),
            Some(true) if !down => {
                let notice = self.state.try_update_value(|state| state.notice.take()).flatten();
                if let Some(notice) = notice {
                    self.app.notices.close(notice);
                }
                // Where that was for the edition, it is on its way already.
                self.app.library.retry_failed();
                // What follows the edition has heard of it as well, and asks first.
                timer::after(A_MOMENT, move || self.app.library.refresh_edition());
                self.app.actions.repair();
            }
            _ => {}
        }
    }

    /// Says that it is down, and what can be read; without that where the worker does not tell it soon.
    fn say_down(self) {
        timer::after(COUNTED_WITHIN, move || self.show_down(0));
        spawn_local(async move { self.show_down(offline::readable_stories().await.len()) });
    }

    fn show_down(self, readable: usize) {
        // It may be back by now, or have been told.
        if self.state.try_with_value(|state| state.is_down && state.notice.is_none()) == Some(true) {
            let notice = self.app.notices.show(Notice::new(offline_message(readable)));
            self.state.update_value(|state| state.notice = Some(notice));
        }
    }

    /// Takes what the worker tells by itself: that an answer came after all for which nobody waited, or what has become
    /// of a page that it had a copy of.
    fn hear(self, message: &str) {
        match serde_json::from_str(message) {
            Ok(Reply::Came) => self.is(false),
            Ok(Reply::Gone) => {
                let words = "The newspaper has taken this story back since you opened it last.";
                self.say_of_page(Notice::new(words));
            }
            Ok(Reply::Renewed { story }) => {
                if let Ok(story) = decode::story(story.as_bytes()) {
                    self.offer(Arc::new(story.value));
                }
            }
            // What a newer worker may say besides is passed over.
            _ => {}
        }
    }

    /// Shows a newer copy of the story on the page: by itself to a reader who is at its top or has reloaded the page to
    /// see it, else once they want it.
    fn offer(self, story: Arc<Story>) {
        let Some(show) = self.app.library.renew(story) else { return };
        let show = move || {
            let place = scroll_anchor::text_at_eye();
            show();
            after_render(move || {
                if let Some((text, at)) = place {
                    scroll_anchor::hold_on_to_text(&text, at);
                }
            });
        };
        if page::was_reloaded() || scroll_anchor::is_at_top_and_idle("main") {
            return show();
        }
        self.say_of_page(Notice::new("This story was updated.").with_action("Show", show));
    }

    fn say_of_page(self, notice: Notice) {
        let notice = self.app.notices.show(notice);
        self.state.update_value(|state| state.of_page = Some(notice));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_counts() {
        assert!(offline_message(1).contains("1 story "));
        assert!(offline_message(12).contains("12 stories"));
        assert!(!offline_message(0).contains('0'));
    }
}

//! Notices: messages to the reader, in a quiet stack at the bottom of the screen.
//!
//! They are announced politely, take no focus, and cover as little as they can. One that asks for an answer stays
//! until it has one; another goes by itself.

use std::borrow::Cow;
use std::sync::Arc;

use leptos::prelude::*;

use crate::browser::{focus, timer};

/// How long a notice stays that offers to undo something, in milliseconds.
pub const TIME_TO_UNDO: u32 = 10_000;

/// No more than these are shown at once, apart from those that offer to undo something: they stand before the text.
const MOST: usize = 3;
/// One that has the focus when its time is over is looked at again after so many milliseconds.
const FOCUSED: u32 = 2_000;
/// The attribute that says which notice an element is.
pub const WHICH: &str = "data-notice";

/// What a press does.
pub type Press = Arc<dyn Fn() + Send + Sync>;

/// A message to the reader.
#[derive(Clone)]
pub struct Notice {
    /// What it says: a sentence.
    pub words: Cow<'static, str>,
    /// What can be done about it: the name of the button, and what it does. The notice goes with the press.
    pub action: Option<(&'static str, Press)>,
    /// After how many milliseconds it goes by itself; `None` where it waits for the reader.
    pub lasts: Option<u32>,
    /// What happens when the reader dismisses it, beside its going.
    pub dismissed: Option<Press>,
}

impl Notice {
    /// A notice that only says something, and stays until it is dismissed.
    #[must_use]
    pub fn new(words: impl Into<Cow<'static, str>>) -> Self {
        Self { words: words.into(), action: None, lasts: None, dismissed: None }
    }

    /// With a button.
    #[must_use]
    pub fn with_action(mut self, label: &'static str, press: impl Fn() + Send + Sync + 'static) -> Self {
        self.action = Some((label, Arc::new(press)));
        self
    }

    /// Gone after so many milliseconds.
    #[must_use]
    pub fn lasting(mut self, millis: u32) -> Self {
        self.lasts = Some(millis);
        self
    }

    /// With something to do when it is dismissed.
    #[must_use]
    pub fn on_dismiss(mut self, dismissed: impl Fn() + Send + Sync + 'static) -> Self {
        self.dismissed = Some(Arc::new(dismissed));
        self
    }
}

/// Which notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NoticeId(u64);

impl std::fmt::Display for NoticeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The notices that are shown, oldest first.
#[derive(Clone, Copy)]
pub struct Notices {
    shown: RwSignal<Vec<(NoticeId, Arc<Notice>)>>,
    latest: StoredValue<NoticeId>,
}

impl Notices {
    /// A stack with no notice in it.
    #[must_use]
    pub fn empty() -> Self {
        Self { shown: RwSignal::new(Vec::new()), latest: StoredValue::new(NoticeId::default()) }
    }

    /// Shows a notice, under those that are there.
    pub fn show(self, notice: Notice) -> NoticeId {
        let id = NoticeId(self.latest.get_value().0 + 1);
        self.latest.set_value(id);
        let notice = Arc::new(notice);
        self.close_later(id, &notice);
        self.shown.update(|shown| {
            // A message alone is not shown twice at once; one with a button may be about something else.
            shown.retain(|(_, other)| other.words != notice.words || other.action.is_some());
            if shown.len() >= MOST
                && let Some(goes) = least_important(shown)
            {
                shown.remove(goes);
            }
            shown.push((id, notice));
        });
        id
    }

    /// Puts another notice in the place of one, if that is still there; whether it was. Its time begins anew.
    pub fn replace(self, id: NoticeId, notice: Notice) -> bool {
        let notice = Arc::new(notice);
        let is_there = self.shows(id);
        if is_there {
            self.close_later(id, &notice);
            self.shown.update(|shown| {
                if let Some((_, old)) = shown.iter_mut().find(|(other, _)| *other == id) {
                    *old = notice;
                }
            });
        }
        is_there
    }

    /// Takes a notice away once its time is over, unless another is in its place by then.
    fn close_later(self, id: NoticeId, notice: &Arc<Notice>) {
        if let Some(millis) = notice.lasts {
            self.close_after(millis, id, Arc::clone(notice));
        }
    }

    /// Not while the reader has the focus in it.
    fn close_after(self, millis: u32, id: NoticeId, notice: Arc<Notice>) {
        timer::after(millis, move || {
            let is_it =
                |(other, shown): &(NoticeId, Arc<Notice>)| *other == id && Arc::ptr_eq(shown, &notice);
            if !self.shown.with_untracked(|shown| shown.iter().any(is_it)) {
                return;
            }
            if focus::focused(WHICH) == Some(id.to_string()) {
                self.close_after(FOCUSED, id, notice);
            } else {
                self.close(id);
            }
        });
    }

    /// Dismisses the newest notice, as its own button does; whether there is one.
    pub fn dismiss_newest(self) -> bool {
        let newest = self.shown.with_untracked(|shown| shown.last().cloned());
        let Some((id, notice)) = newest else { return false };
        self.close(id);
        if let Some(dismissed) = &notice.dismissed {
            dismissed();
        }
        true
    }

    /// Whether a notice is still there.
    #[must_use]
    pub fn shows(self, id: NoticeId) -> bool {
        self.shown.with_untracked(|shown| shown.iter().any(|(other, _)| *other == id))
    }

    /// Takes a notice away, if it is still there.
    pub fn close(self, id: NoticeId) {
        self.shown.maybe_update(|shown| {
            let before = shown.len();
            shown.retain(|(other, _)| *other != id);
            shown.len() != before
        });
    }

    /// The notices, oldest first.
    #[must_use]
    pub fn list(self) -> Vec<(NoticeId, Arc<Notice>)> {
        self.shown.get()
    }
}

/// Which of the notices goes where there are too many: the first that only says something and would go by itself,
/// else the first that asks for nothing, else the first that stays until it has an answer. What can be undone can be
/// until its time is over, so that a stack of nothing else grows.
fn least_important(shown: &[(NoticeId, Arc<Notice>)]) -> Option<usize> {
    let first = |wanted: fn(&Notice) -> bool| shown.iter().position(|(_, notice)| wanted(notice));
    first(|notice| notice.action.is_none() && notice.lasts.is_some())
        .or_else(|| first(|notice| notice.action.is_none()))
        .or_else(|| first(|notice| notice.lasts.is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_undone_stays_and_what_asks_goes_last() {
        let asking = || Notice::new("A new version is ready.").with_action("Reload", || {});
        let goes = |notices: Vec<Notice>| {
            let notices = notices.into_iter().map(|notice| (NoticeId(0), Arc::new(notice)));
            least_important(&notices.collect::<Vec<_>>())
        };
        let saying = || Notice::new("No connection.");
        assert_eq!(goes(vec![asking(), saying(), saying().lasting(9)]), Some(2));
        assert_eq!(goes(vec![asking(), saying(), asking()]), Some(1));
        assert_eq!(goes(vec![asking().lasting(9), asking(), asking()]), Some(1));
        assert_eq!(goes(vec![asking().lasting(9), asking().lasting(9)]), None, "each can be undone");
    }
}

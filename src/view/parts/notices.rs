//! Notices: a word to the reader from outside of what they read, in a quiet stack at the bottom.
//!
//! They are announced politely, take no focus, and cover as little as they can. One that asks for an answer
//! stays until it has one; another goes by itself.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use reactive_graph::owner::Owner;
use reactive_graph::prelude::*;
use reactive_graph::signal::ArcRwSignal;
use send_wrapper::SendWrapper;

use crate::browser::{clock, page};
use crate::view::html::{Element, Keyed, Node, dynamic, el};

/// How long a notice stays that offers to undo what was done, in milliseconds.
pub const TIME_TO_UNDO: i32 = 10_000;

/// No more than these are shown at once, but for what can be undone: they stand before what is read.
const MOST: usize = 3;
/// One that has the focus when its time is over is looked at again after so many milliseconds.
const FOCUSED: i32 = 2_000;
/// The attribute that says which notice it is.
const WHICH: &str = "data-notice";

/// A word to the reader.
pub struct Notice {
    /// What it says: a sentence.
    pub words: Cow<'static, str>,
    /// What can be done about it: the name of the button, and what it does. The notice goes with the press.
    pub action: Option<(&'static str, Press)>,
    /// After how many milliseconds it goes by itself; `None` where it waits for the reader.
    pub lasts: Option<i32>,
    /// What happens when the reader waves it away, beside its going.
    pub on_dismiss: Option<Press>,
}

/// What a press does.
pub type Press = Box<dyn Fn()>;

impl Notice {
    /// A notice that only says something, and stays until it is waved away.
    #[must_use]
    pub fn saying(words: impl Into<Cow<'static, str>>) -> Self {
        Self { words: words.into(), action: None, lasts: None, on_dismiss: None }
    }

    /// With a button.
    #[must_use]
    pub fn with(mut self, label: &'static str, press: impl Fn() + 'static) -> Self {
        self.action = Some((label, Box::new(press)));
        self
    }

    /// Gone after so many milliseconds.
    #[must_use]
    pub fn lasting(mut self, millis: i32) -> Self {
        self.lasts = Some(millis);
        self
    }

    /// With something to do when it is waved away.
    #[must_use]
    pub fn or_else(mut self, dismissed: impl Fn() + 'static) -> Self {
        self.on_dismiss = Some(Box::new(dismissed));
        self
    }
}

/// Which notice.
pub type NoticeId = u64;

/// The notices that are shown.
///
/// They stay where they were made: the wrapper holds that, so that what follows signals may have them.
#[derive(Clone)]
pub struct Notices(SendWrapper<Rc<Inner>>);

struct Inner {
    shown: RefCell<Vec<(NoticeId, Rc<Notice>)>>,
    latest: Cell<NoticeId>,
    /// It grows with each change.
    changes: ArcRwSignal<u32>,
    /// What owns what is in them.
    scope: Owner,
}

impl Default for Notices {
    fn default() -> Self {
        Self(SendWrapper::new(Rc::new(Inner {
            shown: RefCell::default(),
            latest: Cell::new(0),
            changes: ArcRwSignal::new(0),
            scope: Owner::current().unwrap_or_default(),
        })))
    }
}

impl Notices {
    /// Shows a notice, under those that are there.
    pub fn show(&self, notice: Notice) -> NoticeId {
        let id = self.0.latest.get() + 1;
        self.0.latest.set(id);
        if let Some(millis) = notice.lasts {
            self.close_later(id, millis);
        }
        let mut shown = self.0.shown.borrow_mut();
        // A word alone is not said twice at once; what can be pressed may be about something else.
        shown.retain(|(_, other)| other.words != notice.words || other.action.is_some());
        if shown.len() >= MOST
            && let Some(goes) = least(&shown)
        {
            shown.remove(goes);
        }
        shown.push((id, Rc::new(notice)));
        drop(shown);
        self.changed();
        id
    }

    /// Takes a notice away once its time is over; but not under the reader's hand.
    fn close_later(&self, id: NoticeId, millis: i32) {
        let notices = self.clone();
        clock::after(millis, move || {
            if page::focused(WHICH) == Some(id.to_string()) {
                notices.close_later(id, FOCUSED);
            } else {
                notices.close(id);
            }
        });
    }

    /// Whether a notice is still there.
    #[must_use]
    pub fn shows(&self, id: NoticeId) -> bool {
        self.0.shown.borrow().iter().any(|(other, _)| *other == id)
    }

    /// Takes a notice away, if it is still there.
    pub fn close(&self, id: NoticeId) {
        self.0.shown.borrow_mut().retain(|(other, _)| *other != id);
        self.changed();
    }

    fn changed(&self) {
        self.0.changes.update(|changes| *changes = changes.wrapping_add(1));
    }

    /// The stack of them, which stands last on the page.
    #[must_use]
    pub fn stack(&self) -> Node {
        let notices = self.clone();
        let items = dynamic(move || {
            notices.0.changes.get();
            let shown = notices.0.shown.borrow();
            Node::Keyed(shown.iter().map(|(id, notice)| notices.keyed(*id, notice)).collect())
        });
        // It is there before what comes into it, so that this is read out.
        el("div").class("notices").attr("role", "status").attr("aria-atomic", "false").child(items).into()
    }

    fn keyed(&self, id: NoticeId, notice: &Rc<Notice>) -> Keyed {
        let owned = SendWrapper::new((self.clone(), Rc::clone(notice)));
        let make = Box::new(move || {
            let (notices, notice) = owned.take();
            notices.notice(id, &notice)
        });
        Keyed { key: id, version: 0, scope: self.0.scope.clone(), make }
    }

    fn notice(&self, id: NoticeId, notice: &Rc<Notice>) -> Node {
        let words = el("p").child(Node::Text(notice.words.clone()));
        let action = notice.action.as_ref().map(|(label, _)| {
            let button =
                self.button("button", id, notice, |notice| notice.action.as_ref().map(|action| &action.1));
            button.child(*label)
        });
        let dismiss = self.button("notice-close", id, notice, |notice| notice.on_dismiss.as_ref());
        let dismiss = dismiss.attr("aria-label", format!("Dismiss: {}", notice.words)).child("×");
        el("div").class("notice").attr(WHICH, id.to_string()).child(words).child(action).child(dismiss).into()
    }

    /// A button that takes a notice away, and does what that has for it.
    fn button(
        &self,
        class: &'static str,
        id: NoticeId,
        notice: &Rc<Notice>,
        press: fn(&Notice) -> Option<&Press>,
    ) -> Element {
        let owned = SendWrapper::new((self.clone(), Rc::clone(notice)));
        el("button").attr("type", "button").class(class).on_press(move || {
            owned.0.close(id);
            // The focus is not to be lost with the button.
            let _ = page::focus("main h1") || page::focus("main");
            if let Some(press) = press(&owned.1) {
                press();
            }
        })
    }
}

/// Which of the notices goes where there are too many: the first that only says something and would go by itself, else the
/// first that asks for nothing, else the first that stays until it has an answer. What can be undone can be until its time
/// is over, so that a stack of nothing else grows.
fn least(shown: &[(NoticeId, Rc<Notice>)]) -> Option<usize> {
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
        let asking = || Notice::saying("A new version is ready.").with("Reload", || {});
        let goes = |notices: Vec<Notice>| {
            least(&notices.into_iter().map(|notice| (0, Rc::new(notice))).collect::<Vec<_>>())
        };
        let saying = || Notice::saying("No connection.");
        assert_eq!(goes(vec![asking(), saying(), saying().lasting(9)]), Some(2));
        assert_eq!(goes(vec![asking(), saying(), asking()]), Some(1));
        assert_eq!(goes(vec![asking().lasting(9), asking(), asking()]), Some(1));
        assert_eq!(goes(vec![asking().lasting(9), asking().lasting(9)]), None, "each can be undone");
    }
}

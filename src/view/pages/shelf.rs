//! What the reader has kept: saved stories, stories to continue, and the history. These screens load later.

use std::cell::RefCell;

use any_spawner::Executor;
use reactive_graph::effect::Effect;
use reactive_graph::owner::{Owner, StoredValue};
use reactive_graph::prelude::*;
use reactive_graph::signal::ArcRwSignal;

use super::settings::settings_page;
use crate::browser::intl::TimeStyle;
use crate::browser::{form, page};
use crate::content::{StoryId, Timestamp};
use crate::reading::lists::{Entry, Order, Wanted};
use crate::reading::{Action, Reading, StoryKey};
use crate::route::Route;
use crate::view::acting::{Acting, Word};
use crate::view::html::{Element, Keyed, Node, dynamic, el, many, nothing};
use crate::view::offline::{self, Kept};
use crate::view::parts::marks::{as_headline, percent_read};
use crate::view::parts::state::arriving;
use crate::view::parts::time::time;

/// How many stories are listed before the reader asks for more.
const AT_ONCE: usize = 100;
/// The boxes by which stories are picked out.
const PICKED: &str = ".kept-pick:checked";
const PICKS: &str = ".kept-pick";

/// One of the reader's own screens; `None` for another screen.
#[cfg_attr(dateline_split, wasm_split_macros::wasm_split(shelf, wasm_split_path = crate::view::later))]
#[must_use]
pub fn own_page(route: &Route) -> Option<Node> {
    if *route == Route::Settings { settings_page() } else { shelf_page(route) }
}

fn shelf_page(route: &Route) -> Option<Node> {
    let acting = Acting::here()?;
    let screen = match route {
        Route::Saved => saved(&acting),
        Route::Continue => to_continue(&acting),
        Route::History => history(&acting),
        _ => return None,
    };
    arriving(title(route));
    Some(frame(route).child(screen).into())
}

/// What stands on one of the reader's own screens whatever they keep: the ways to the others, and its name.
#[must_use]
pub fn frame(route: &Route) -> Element {
    let class = if *route == Route::Settings { "shelf settings" } else { "shelf" };
    let heading = el("h1").class("section-name").attr("tabindex", "-1").child(title(route));
    el("div").class(class).child(ways(route)).child(heading)
}

/// What a screen of the reader's own is called.
#[must_use]
pub fn title(route: &Route) -> &'static str {
    match route {
        Route::Saved => "Saved",
        Route::Continue => "Continue",
        Route::History => "History",
        _ => "Settings",
    }
}

/// The ways between the reader's own screens.
fn ways(here: &Route) -> Element {
    let screens = [Route::Saved, Route::Continue, Route::History, Route::Settings];
    let items = screens.into_iter().map(|screen| {
        let current = (screen == *here).then_some("page");
        let link = el("a").attr("href", screen.href()).maybe("aria-current", current).child(title(&screen));
        el("li").child(link).into()
    });
    el("nav").class("sections ways").attr("aria-label", "Your own pages").child(el("ul").children(items))
}

/// What taking stories off a list is called, and the act that does it.
type Removal = (&'static str, fn(Vec<StoryId>) -> Action);

/// What one list of stories is about, and what can be done with them.
#[derive(Clone)]
struct List {
    acting: Acting,
    scope: Owner,
    /// What is looked for.
    wanted: StoredValue<Wanted>,
    /// How many are shown.
    shown: ArcRwSignal<u32>,
    /// Grows when something else is looked for.
    asked: ArcRwSignal<u32>,
    /// What is known of the files of saved stories; grows with what is known.
    files: StoredValue<Vec<(StoryId, Kept)>>,
    files_known: ArcRwSignal<u32>,
    query: fn(&Self) -> Vec<Entry>,
    /// What the time of an entry is called.
    when: &'static str,
    /// What there is to say where there is nothing.
    empty: &'static str,
    /// Takes stories off the list.
    remove: Option<Removal>,
    /// Whether it is of saved stories, which have files, tags and notes.
    of_saved: bool,
}

impl List {
    fn new(acting: &Acting, query: fn(&Self) -> Vec<Entry>) -> Self {
        Self {
            acting: acting.clone(),
            scope: Owner::current().unwrap_or_default(),
            wanted: StoredValue::new(Wanted::default()),
            shown: ArcRwSignal::new(u32::try_from(AT_ONCE).unwrap_or(u32::MAX)),
            asked: ArcRwSignal::new(0),
            files: StoredValue::new(Vec::new()),
            files_known: ArcRwSignal::new(0),
            query,
            when: "Opened ",
            empty: "",
            remove: None,
            of_saved: false,
        }
    }

    fn wanted(&self) -> Wanted {
        self.wanted.get_value()
    }

    fn want(&self, change: impl FnOnce(&mut Wanted)) {
        self.wanted.update_value(change);
        grow(&self.asked);
    }

    /// The list, as it is now and whenever it is another.
    fn node(self) -> Node {
        dynamic(move || {
            self.asked.get();
            self.acting.keeping.lists().get();
            let entries = (self.query)(&self);
            if entries.is_empty() {
                return el("p").class("state").child(self.empty).into();
            }
            let shown = usize::try_from(self.shown.get()).unwrap_or(AT_ONCE);
            let more = entries.len().saturating_sub(shown);
            let items = entries.into_iter().take(shown).map(|entry| self.item(&entry)).collect();
            let more = (more > 0).then(|| {
                let shown = self.shown.clone();
                let more = button(format!("Show {} more", more.min(AT_ONCE)));
                more.on_press(move || shown.update(|shown| *shown += AT_ONCE as u32))
            });
            many([el("ul").class("kept-list").child(Node::Keyed(items)).into(), more.into()])
        })
    }

    fn item(&self, entry: &Entry) -> Keyed {
        let list = self.clone();
        let key = StoryKey::of(&entry.story).number();
        let (id, time) = (entry.story.clone(), entry.time);
        let make = move || {
            let entry = list.acting.keeping.look(|reading| reading.entry(&id, time));
            entry.map_or_else(nothing, |entry| list.row(&entry).into())
        };
        Keyed { key, version: 0, scope: self.scope.clone(), make: Box::new(make) }
    }

    /// What is shown of a story, as it is now and whenever something of it is another. The row around it stays, with
    /// what the reader is writing in it.
    fn following(&self, entry: &Entry, shown: fn(&Self, &Entry) -> Node) -> Node {
        let (list, id, time) = (self.clone(), entry.story.clone(), entry.time);
        dynamic(move || {
            list.acting.keeping.row(&id).get();
            let entry = list.acting.keeping.look(|reading| reading.entry(&id, time));
            entry.map_or_else(nothing, |entry| shown(&list, &entry))
        })
    }

    fn row(&self, entry: &Entry) -> Element {
        let href = Route::Story(entry.story.clone()).href();
        let edition = self.acting.library.known_edition();
        let link = as_headline(el("a").attr("href", href), edition.as_deref(), &entry.story);
        let link = link.child(entry.snapshot.headline.clone());
        let pick = el("input")
            .attr("type", "checkbox")
            .class("kept-pick")
            .attr("value", entry.story.to_string())
            .attr("aria-label", format!("Select: {}", entry.snapshot.headline));
        let words = el("div").class("kept-words").child(el("h2").child(link));
        let words = words.child(self.following(entry, |list, entry| list.facts(entry).into()));
        let words = words.child(self.following(entry, |list, entry| list.tags(entry).into()));
        let words = words.child(self.own_words(entry));
        let article = el("article").class("kept").attr("data-story", entry.story.to_string());
        el("li").child(article.child(pick).child(words))
    }

    fn facts(&self, entry: &Entry) -> Element {
        let day = |at| time(Timestamp::from_millis(at), TimeStyle::Short);
        let state = match entry.position.filter(|position| position.is_midway()) {
            Some(position) => percent_read(position.progress),
            None if entry.is_read => "Read".to_owned(),
            None => "Unread".to_owned(),
        };
        let facts = [
            entry.snapshot.is_live.then(|| "Live coverage".into()),
            Some(many(["Published ".into(), day(entry.snapshot.published)])),
            Some(many([self.when.into(), day(entry.time)])),
            Some(state.into()),
            self.of_saved.then(|| self.offline(entry)),
        ];
        el("p")
            .class("kept-facts")
            .children(facts.into_iter().flatten().map(|fact| el("span").child(fact).into()))
    }

    /// What of a story is on this device; with a way to get what is missing.
    fn offline(&self, entry: &Entry) -> Node {
        let (list, entry) = (self.clone(), entry.clone());
        dynamic(move || {
            list.files_known.get();
            list.offline_now(&entry)
        })
    }

    fn offline_now(&self, entry: &Entry) -> Node {
        let known = self
            .files
            .with_value(|files| files.iter().find(|(story, _)| *story == entry.story).map(|(_, kept)| *kept));
        match known {
            Some(Kept::Whole) => "Saved for offline".into(),
            None | Some(Kept::Unavailable) => nothing(),
            Some(Kept::Not | Kept::Part { .. }) => {
                let (acting, id) = (self.acting.clone(), entry.story.clone());
                let said = acting.words(&id);
                let get = move || {
                    let story = id.clone();
                    acting.save_files(id.clone(), move || {
                        // The button goes when all is there: the focus is not to be lost with it.
                        if page::focused("data-story").is_some_and(|focused| focused == story.as_str()) {
                            let _ = page::focus(&format!("[data-story=\"{story}\"] a"));
                        }
                    });
                };
                let get = el("button").attr("type", "button").class("button button-plain").on_press(get);
                let said = dynamic(move || match Word::of(said.get()) {
                    Word::Nothing => nothing(),
                    word => many([" ".into(), Node::Text(word.words())]),
                });
                let said = el("span").attr("role", "status").child(said);
                many([get.child("Download again").into(), said.into()])
            }
        }
    }

    fn tags(&self, entry: &Entry) -> Option<Element> {
        (!entry.tags.is_empty()).then(|| {
            let tags = entry.tags.iter().map(|tag| {
                let (list, wanted) = (self.clone(), tag.clone());
                let button = el("button").attr("type", "button").class("tag");
                let press = move || list.want(|all| all.tag = Some(wanted.clone()));
                el("li").child(button.on_press(press).child(tag.clone())).into()
            });
            el("ul").class("tags").attr("aria-label", "Tags").children(tags)
        })
    }

    /// The reader's note and tags, to read and to write.
    fn own_words(&self, entry: &Entry) -> Node {
        if !self.of_saved {
            return nothing();
        }
        let note = self.following(entry, |_, entry| {
            (!entry.note.is_empty()).then(|| el("p").class("kept-note").child(entry.note.clone())).into()
        });
        let (acting, id) = (self.acting.clone(), entry.story.clone());
        // What the fields held before: what the reader left as it was is no wish, whatever another tab has made of it.
        let before = RefCell::new((entry.tags.clone(), entry.note.clone()));
        let kept = ArcRwSignal::new(0_u32);
        let said = kept.clone();
        let said = dynamic(move || if said.get() > 0 { "Kept.".into() } else { nothing() });
        let tags = field("Tags, apart by commas", "input", "tags", entry.tags.join(", "));
        let text = field("Note", "textarea", "note", entry.note.clone());
        let keep = move |form: &form::Form| {
            let tags = form.value("tags");
            let tags: Vec<String> =
                tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
            let note = form.value("note").trim().to_owned();
            let (had, noted) = before.replace((tags.clone(), note.clone()));
            for gone in had.iter().filter(|tag| !tags.contains(tag)) {
                acting.keeping.act(Action::Untagged(vec![id.clone()], gone.clone()));
            }
            for new in tags.into_iter().filter(|tag| !had.contains(tag)) {
                acting.keeping.act(Action::Tagged(vec![id.clone()], new));
            }
            if note != noted {
                acting.keeping.act(Action::Noted(id.clone(), note));
            }
            kept.set(1);
        };
        let submit = el("button").class("button").child("Keep");
        let submit = el("p").child(submit).child(" ").child(el("span").attr("role", "status").child(said));
        let form =
            el("form").child(tags).child(text).child(submit).on_built(|form| form::on_submit(form, keep));
        let top = el("summary").child("Tags and note");
        many([note, el("details").class("kept-own").child(top).child(form).into()])
    }

    /// What can be done with those that are picked out.
    fn bulk(&self) -> Element {
        let said = ArcRwSignal::new(0);
        let heard = said.clone();
        let words =
            dynamic(move || if heard.get() == 1 { "Select stories first.".into() } else { nothing() });
        let all = el("input").attr("type", "checkbox").on_built(|all| form::check_all(all, PICKS));
        let all = el("label").class("kept-all").child(all).child(" Select all");
        let act = |label: &'static str, act: fn(Vec<StoryId>) -> Action, done: fn(usize) -> String| {
            let (acting, said) = (self.acting.clone(), said.clone());
            button(label.to_owned()).on_press(move || {
                let picked: Vec<StoryId> =
                    form::values(PICKED).iter().filter_map(|id| StoryId::parse(id)).collect();
                said.set(u32::from(picked.is_empty()));
                if !picked.is_empty() {
                    let words = done(picked.len());
                    acting.with_undo(act(picked), words);
                }
            })
        };
        let read =
            act("Mark as read", Action::MarkedRead, |count| format!("{} marked as read.", stories(count)));
        let unread = act("Mark as unread", Action::KeptUnread, |count| {
            format!("{} marked as unread.", stories(count))
        });
        let remove = self.remove.map(|(label, remove)| {
            act(label, remove, |count| format!("{} taken off the list.", stories(count)))
        });
        el("div")
            .class("kept-bulk")
            .attr("role", "group")
            .attr("aria-label", "Selected stories")
            .child(all)
            .child(read)
            .child(unread)
            .child(remove)
            .child(el("span").attr("role", "status").child(words))
    }

    /// Looks up what is on this device of the saved stories.
    fn look_for_files(&self) {
        let list = self.clone();
        Executor::spawn_local(async move {
            let saved = list.acting.keeping.look(Reading::saved_stories);
            let states = offline::states(&saved).await;
            list.files.set_value(states);
            grow(&list.files_known);
        });
    }
}

/// `1 story`, `3 stories`.
fn stories(count: usize) -> String {
    format!("{count} {}", if count == 1 { "story" } else { "stories" })
}

fn grow(signal: &ArcRwSignal<u32>) {
    signal.update(|number| *number = number.wrapping_add(1));
}

fn button(words: String) -> Element {
    el("button").attr("type", "button").class("button").child(words)
}

fn field(label: &'static str, tag: &'static str, name: &'static str, value: String) -> Element {
    let field = el(tag).attr("name", name);
    let field =
        if tag == "textarea" { field.attr("rows", "3").child(value) } else { field.attr("value", value) };
    el("label").class("field").child(label).child(field)
}

fn saved(acting: &Acting) -> Node {
    let mut list =
        List::new(acting, |list| list.acting.keeping.look(|reading| reading.saved(&list.wanted())));
    list.when = "Saved ";
    list.empty = "Nothing here. Press Save on a story, and it is here, to be read without a network too.";
    list.remove = Some(("Remove", Action::Unsaved));
    list.of_saved = true;
    acting.drop_left();
    let looking = list.clone();
    Effect::new(move || {
        looking.acting.files.get();
        looking.look_for_files();
    });
    many([search(&list).into(), list.bulk().into(), list.node()])
}

/// The search in what is saved, and what it is narrowed to.
fn search(list: &List) -> Element {
    let words = el("input").attr("type", "search").attr("name", "words").attr("id", "saved-words");
    let words = el("label").class("field").child("Search in saved stories").child(words);
    let order = [("saved", "Saved last"), ("published", "Published last")]
        .map(|(value, label)| el("option").attr("value", value).child(label).into());
    let order =
        el("label").class("field").child("Sort by").child(el("select").attr("name", "order").children(order));
    let unread = el("input").attr("type", "checkbox").attr("name", "unread").attr("value", "yes");
    let unread = el("label").class("kept-all").child(unread).child(" Unread only");
    let tagged = list.clone();
    let tags = dynamic(move || {
        tagged.acting.keeping.lists().get();
        tagged.asked.get();
        let chosen = tagged.wanted().tag.unwrap_or_default();
        let tags = tagged.acting.keeping.look(Reading::tags);
        if tags.is_empty() {
            return nothing();
        }
        let option = |value: String, label: String| {
            let selected = (value == chosen).then_some("");
            el("option").attr("value", value).maybe("selected", selected).child(label).into()
        };
        let all = option(String::new(), "All tags".to_owned());
        let options = std::iter::once(all).chain(tags.into_iter().map(|tag| option(tag.clone(), tag)));
        el("label")
            .class("field")
            .child("Tag")
            .child(el("select").attr("name", "tag").children(options))
            .into()
    });
    let asking = list.clone();
    let changed = move |form: &form::Form| {
        let (words, order, tag) = (form.value("words"), form.value("order"), form.value("tag"));
        let unread = form.is_checked("unread");
        asking.want(|wanted| {
            wanted.words = words;
            wanted.order = if order == "published" { Order::Published } else { Order::Saved };
            wanted.tag = Some(tag).filter(|tag| !tag.is_empty());
            wanted.unread = unread;
        });
    };
    el("form")
        .class("kept-search")
        .attr("role", "search")
        .child(words)
        .child(order)
        .child(tags)
        .child(unread)
        .on_built(|form| form::on_change(form, changed))
}

fn to_continue(acting: &Acting) -> Node {
    let mut list = List::new(acting, |list| list.acting.keeping.look(Reading::to_continue));
    list.empty = "Nothing half read. Stories that you have begun wait here, at the line where you left them.";
    list.remove = Some(("Remove", Action::Left));
    let followed = followed(acting.clone());
    many([followed, list.bulk().into(), list.node()])
}

/// Live coverage that the reader follows, with how much of it they have not seen.
fn followed(acting: Acting) -> Node {
    dynamic(move || {
        acting.keeping.lists().get();
        let edition = acting.library.loaded_edition();
        let teaser = |story: &StoryId| edition.as_ref().and_then(|edition| edition.teaser(story));
        let since = |story: &StoryId, post| teaser(story)?.live.as_ref()?.since(post);
        let followed = acting.keeping.look(|reading| reading.followed(&since));
        if followed.is_empty() {
            return nothing();
        }
        let items = followed.into_iter().map(|followed| {
            let entry = followed.entry;
            let link = el("a").attr("href", Route::Story(entry.story.clone()).href());
            let link = as_headline(link, edition.as_deref(), &entry.story);
            let unseen = match followed.unseen {
                None if edition.is_none() => String::new(),
                None if teaser(&entry.story).is_some() => "No update yet".to_owned(),
                None => "Not in this edition any more".to_owned(),
                Some(0) => "Nothing new".to_owned(),
                Some(1) => "1 new update".to_owned(),
                Some(many) => format!("{many} new updates"),
            };
            let words = el("div").class("kept-words");
            let words = words.child(el("h3").child(link.child(entry.snapshot.headline.clone())));
            let words = words.child(el("p").class("kept-facts").child(el("span").child(unseen)));
            let (own, id) = (acting.clone(), entry.story.clone());
            let leave = button("Unfollow".to_owned())
                .attr("aria-label", format!("Unfollow: {}", entry.snapshot.headline))
                .on_press(move || {
                    // The focus is not to be lost with the button.
                    let _ = page::focus("main h1");
                    own.with_undo(Action::Unfollowed(vec![id.clone()]), "You follow it no more.");
                });
            let words = words.child(el("p").child(leave));
            let article = el("article").class("kept").attr("data-story", entry.story.to_string());
            el("li").child(article.child(words)).into()
        });
        let list = el("ul").class("kept-list").children(items);
        let heading = el("h2").class("kept-heading").child("Live coverage that you follow");
        el("section").attr("aria-label", "Live coverage that you follow").child(heading).child(list).into()
    })
}

fn history(acting: &Acting) -> Node {
    let mut list = List::new(acting, |list| list.acting.keeping.look(Reading::history));
    list.empty = "Nothing yet. What you open is listed here, on this device alone.";
    let clearing = acting.clone();
    let clear = button("Clear history".to_owned())
        .on_press(move || clearing.with_undo(Action::ClearedHistory, "The history was cleared."));
    let bulk = list.bulk().child(clear);
    many([bulk.into(), list.node()])
}

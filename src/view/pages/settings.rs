//! Settings: how things look, when a story counts as read, what is kept on this device, backups. It loads later.

use std::borrow::Cow;

use any_spawner::Executor;
use reactive_graph::effect::Effect;
use reactive_graph::owner::StoredValue;
use reactive_graph::prelude::*;
use reactive_graph::signal::ArcRwSignal;

use super::shelf::{frame, title};
use crate::browser::{clock, durable, form};
use crate::content::Timestamp;
use crate::reading::backup::{self, Backup};
use crate::reading::lists::{Entry, Wanted};
use crate::reading::{Action, Marking, Preference, Preferences, Theme, Typeface, Width, export, publication};
use crate::route::Route;
use crate::view::acting::Acting;
use crate::view::html::{Element, Node, dynamic, el, many, nothing};
use crate::view::keys;
use crate::view::offline::{self, Stock};
use crate::view::parts::state::arriving;

/// In steps of a reader's eye, in per cent.
const TEXT_SIZES: [(&str, u32); 5] =
    [("Small", 90), ("Normal", 100), ("Large", 115), ("Larger", 135), ("Largest", 160)];
const LINE_HEIGHTS: [(&str, u32); 3] = [("Close", 90), ("Normal", 100), ("Open", 120)];

/// The screen.
#[must_use]
pub fn settings_page() -> Option<Node> {
    let acting = Acting::here()?;
    arriving(title(&Route::Settings));
    let page = frame(&Route::Settings)
        .child(looks(&acting))
        .child(habits(&acting))
        .child(storage(&acting))
        .child(backups(&acting))
        .child(shortcuts())
        .child(about(&acting));
    Some(page.into())
}

fn part(name: &'static str) -> Element {
    el("section").attr("aria-label", name).child(el("h2").child(name))
}

fn button(words: impl Into<Node>) -> Element {
    el("button").attr("type", "button").class("button").child(words)
}

/// A choice among a few, of which one is made already.
fn choice<T: Copy + PartialEq + Send + 'static>(
    acting: &Acting,
    name: &'static str,
    words: &'static str,
    options: &[(&'static str, T)],
    chosen: fn(&Preferences) -> T,
    preference: fn(T) -> Preference,
) -> Element {
    let now = chosen(&acting.keeping.look(crate::reading::Reading::preferences));
    let (keeping, values) =
        (acting.keeping.clone(), options.iter().map(|option| option.1).collect::<Vec<_>>());
    // It may be chosen elsewhere as well: in another tab, by a backup, by taking that back.
    Effect::new(move || {
        let now = chosen(&keeping.preferences());
        if let Some(at) = values.iter().position(|value| *value == now) {
            form::check(&format!("[name={name}][value=\"{at}\"]"));
        }
    });
    let options = options.iter().enumerate().map(|(at, (label, value))| {
        let (keeping, value) = (acting.keeping.clone(), *value);
        let choose = move || {
            keeping.act(Action::Preferred(preference(value)));
        };
        let radio = el("input")
            .attr("type", "radio")
            .attr("name", name)
            .attr("value", at.to_string())
            .maybe("checked", (value == now).then_some(""))
            .on_built(move |radio| form::on_choice(radio, choose));
        el("label").child(radio).child(" ").child(*label).into()
    });
    el("fieldset").child(el("legend").child(words)).children(options)
}

fn looks(acting: &Acting) -> Element {
    let themes = [("As the system", Theme::System), ("Light", Theme::Light), ("Dark", Theme::Dark)];
    let widths = [("Narrow", Width::Narrow), ("Normal", Width::Normal), ("Wide", Width::Wide)];
    let faces = [("Serif", Typeface::Serif), ("Sans serif", Typeface::Sans), ("System", Typeface::System)];
    let sample = el("p").class("settings-sample").attr("aria-hidden", "true").child(
        "The quay was empty at six. By seven the first boats had come in, low in the water, and nobody on them spoke.",
    );
    part("How it looks")
        .child(choice(acting, "size", "Text size", &TEXT_SIZES, |all| all.text_size, Preference::TextSize))
        .child(choice(acting, "face", "Typeface", &faces, |all| all.typeface, Preference::Typeface))
        .child(choice(acting, "width", "Width of the text", &widths, |all| all.width, Preference::Width))
        .child(choice(
            acting,
            "leading",
            "Distance of lines",
            &LINE_HEIGHTS,
            |all| all.line_height,
            Preference::LineHeight,
        ))
        .child(choice(acting, "theme", "Light and dark", &themes, |all| all.theme, Preference::Theme))
        .child(sample)
}

fn habits(acting: &Acting) -> Element {
    let markings = [
        ("When I open it", Marking::OnOpen),
        ("When I reach its end", Marking::OnFinish),
        ("When I say so", Marking::ByHand),
    ];
    let keys = [("On", true), ("Off", false)];
    part("Habits")
        .child(choice(
            acting,
            "mark",
            "A story counts as read",
            &markings,
            |all| all.marking,
            Preference::Marking,
        ))
        .child(choice(
            acting,
            "keys",
            "Keyboard shortcuts",
            &keys,
            |all| all.shortcuts,
            Preference::Shortcuts,
        ))
}

/// `3.4 MB`, in the units that systems tell storage in.
#[must_use]
pub fn bytes_in_words(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}

/// What is kept in files, by the kinds of [`offline::Stock`]; and how it is called that it goes, where it may.
const KINDS: [(&str, &str, Option<&str>); 5] = [
    ("saved", "Saved stories and their pictures", None),
    ("pictures", "Pictures that were seen", Some("Clear pictures that were seen")),
    ("news", "Stories that were opened", Some("Clear stories that were opened")),
    ("pages", "Pages that were visited", Some("Clear pages that were visited")),
    ("shell", "The app itself", None),
];

/// `3 files, 1.2 MB`.
fn stock_in_words(stock: &[Stock], kind: &str) -> String {
    match stock.iter().find(|stock| stock.kind == kind) {
        None => "not known".to_owned(),
        Some(Stock { count: 0, .. }) => "nothing".to_owned(),
        Some(Stock { count, bytes, .. }) => {
            let files = if *count == 1 { "file" } else { "files" };
            format!("{count} {files}, {}", bytes_in_words(u64::from(*bytes)))
        }
    }
}

/// One kind of thing that is kept, how much of it there is, and what takes it away.
fn row(name: &'static str, much: impl FnMut() -> Node + Send + 'static, button: Option<Element>) -> Node {
    let much = el("span").child(dynamic(much));
    el("p").class("settings-kind").child(name).child(": ").child(much).child(" ").child(button).into()
}

fn storage(acting: &Acting) -> Element {
    let told = StoredValue::new((None::<(u64, u64)>, None::<bool>));
    let stock = StoredValue::new(Vec::new());
    let known = ArcRwSignal::new(0_u32);
    let look = {
        let known = known.clone();
        move || {
            let known = known.clone();
            Executor::spawn_local(async move {
                let (estimate, lasts) = (durable::estimate().await, durable::persisted().await);
                // Nobody may be looking any more.
                told.try_update_value(|told| *told = (estimate, Some(lasts)));
                let now = offline::stock().await;
                stock.try_update_value(|stock| *stock = now);
                known.update(|known| *known += 1);
            });
        }
    };
    look();
    let fresh = known.clone();
    let facts = dynamic(move || {
        fresh.get();
        let (estimate, lasts) = told.get_value();
        let used = match estimate {
            Some((used, quota)) => {
                format!("{} of {} are used.", bytes_in_words(used), bytes_in_words(quota)).into()
            }
            None => Cow::Borrowed("This browser does not say how much is used."),
        };
        let lasting = match lasts {
            None => "",
            Some(true) => "The browser keeps it until you delete it.",
            Some(false) => "The browser may clear it when room gets short.",
        };
        many([el("p").child(Node::Text(used)).into(), el("p").child(lasting).into()])
    });
    let counted = acting.clone();
    let counts = dynamic(move || {
        counted.keeping.lists().get();
        let (marks, saved) =
            counted.keeping.look(|reading| (reading.mark_count(), reading.saved(&Wanted::default()).len()));
        el("p").child(format!("{marks} marks of what is read, {saved} saved stories.")).into()
    });
    let ask = {
        let look = look.clone();
        move || {
            let look = look.clone();
            Executor::spawn_local(async move {
                durable::persist().await;
                look();
            });
        }
    };
    let free = |label: &'static str, kind: &'static str| {
        let look = look.clone();
        button(label).on_press(move || {
            let look = look.clone();
            Executor::spawn_local(async move {
                offline::free(kind).await;
                look();
            });
        })
    };
    let kinds = KINDS.map(|(kind, name, clear)| {
        let known = known.clone();
        let much = move || {
            known.get();
            stock.with_value(|stock| stock_in_words(stock, kind)).into()
        };
        row(name, much, clear.map(|label| free(label, kind)))
    });
    let clearing = acting.clone();
    let clear = move || clearing.with_undo(Action::ClearedHistory, "The history was cleared.");
    let opened = acting.keeping.clone();
    let opened = move || {
        opened.lists().get();
        format!("{} stories", opened.look(|reading| reading.history().len())).into()
    };
    let aside = acting.keeping.clone();
    let delete = {
        let (aside, known) = (aside.clone(), known.clone());
        move || {
            aside.delete_aside();
            known.update(|known| *known += 1);
        }
    };
    let aside = move || {
        known.get();
        aside.count_aside().to_string().into()
    };
    part("On this device")
        .child(el("div").attr("role", "status").child(facts))
        .child(counts)
        .children(kinds)
        .child(row("The history", opened, Some(button("Clear history").on_press(clear))))
        .child(row("Damaged values that were set aside", aside, Some(button("Delete").on_press(delete))))
        .child(el("div").class("kept-bulk").child(button("Keep it for good").on_press(ask)))
        .child(el("p").class("settings-note").child("What you have saved stays until you remove it."))
}

/// What was read from a file that the reader chose, and what it would change.
#[derive(Clone)]
enum Offered {
    Nothing,
    Refused(&'static str),
    Read(Box<Backup>),
    Done,
}

fn backups(acting: &Acting) -> Element {
    let export = |label: &'static str, write: fn(&Acting)| {
        let acting = acting.clone();
        button(label).on_press(move || write(&acting))
    };
    let buttons = el("div")
        .class("kept-bulk")
        .child(export("Export everything", |acting| {
            let publication = publication(&acting.library.base());
            let written = acting.keeping.look(|reading| backup::write(reading, &publication, clock::now()));
            // Whatever can be kept can be written.
            if let Ok(text) = written {
                form::hand_out("dateline-backup.json", "application/json", &text);
            }
        }))
        .child(export("Saved, as bookmarks", |acting| {
            let text = export::bookmarks(&saved(acting), &|entry| address(acting, entry));
            form::hand_out("saved.html", "text/html", &text);
        }))
        .child(export("Saved, as a table", |acting| {
            let text = export::csv(&saved(acting), &|entry| address(acting, entry), &day);
            form::hand_out("saved.csv", "text/csv", &text);
        }))
        .child(export("Saved, as Markdown", |acting| {
            let text = export::markdown(&saved(acting), &|entry| address(acting, entry), &day);
            form::hand_out("saved.md", "text/markdown", &text);
        }));
    part("Backup")
        .child(
            el("p").child(
                "Everything that you leave behind here is on this device alone. A file keeps it for you.",
            ),
        )
        .child(buttons)
        .child(restore(acting))
}

fn restore(acting: &Acting) -> Element {
    let offered = StoredValue::new(Offered::Nothing);
    let changed = ArcRwSignal::new(0_u32);
    let tell = {
        let changed = changed.clone();
        move |what: Offered| {
            offered.try_update_value(|offered| *offered = what);
            changed.update(|changed| *changed += 1);
        }
    };
    let read = tell.clone();
    let file =
        el("input").attr("type", "file").attr("accept", ".json,application/json").on_built(move |field| {
            let own = field.clone();
            form::on_choice(field, move || {
                let (read, field) = (read.clone(), own.clone());
                Executor::spawn_local(async move {
                    read(match form::chosen_file(field).await {
                        Ok(None) => return,
                        Err(form::Unreadable) => Offered::Refused("This file can't be read."),
                        Ok(Some(bytes)) => match backup::read(&bytes) {
                            Ok(backup) => Offered::Read(Box::new(backup)),
                            Err(fault) => Offered::Refused(why(&fault)),
                        },
                    });
                });
            });
        });
    let acting = acting.clone();
    let answer = dynamic(move || {
        changed.get();
        match offered.get_value() {
            Offered::Nothing => nothing(),
            Offered::Refused(why) => el("p").child(format!("{why} Nothing was changed.")).into(),
            Offered::Done => el("p").child("Restored.").into(),
            Offered::Read(backup) => {
                let words = preview(&acting, &backup);
                let (acting, tell, cancel) = (acting.clone(), tell.clone(), tell.clone());
                let restore = move || {
                    let change = acting.keeping.change(|reading| backup.restore(reading, clock::now()));
                    tell(Offered::Done);
                    acting.offer_undo(change, "The backup was restored.".into());
                };
                let buttons = el("div")
                    .class("kept-bulk")
                    .child(button("Restore").on_press(restore))
                    .child(button("Cancel").on_press(move || cancel(Offered::Nothing)));
                many([words, buttons.into()])
            }
        }
    });
    el("div")
        .child(el("label").class("field").child("Restore from a backup").child(file))
        .child(el("div").attr("role", "status").child(answer))
}

fn why(fault: &backup::BackupError) -> &'static str {
    match fault {
        backup::BackupError::NotJson(_) | backup::BackupError::Damaged => "This file is damaged.",
        backup::BackupError::NotABackup => "This file is no backup of Dateline.",
        backup::BackupError::Newer(_) => {
            "This backup was made by a newer version. Reload the page to get that."
        }
    }
}

/// What restoring a backup will change.
fn preview(acting: &Acting, backup: &Backup) -> Node {
    let preview = acting.keeping.look(|reading| backup.preview(reading));
    let other = backup.publication() != publication(&acting.library.base());
    let counted = [
        (preview.saved.len(), "saved stories come back"),
        (preview.unsaved.len(), "saved stories go, as you wished later"),
        (preview.read, "stories become read"),
        (preview.unread, "stories become unread"),
        (preview.stories, "stories get another place, note or tag"),
        (usize::from(preview.preferences), "set of settings changes"),
    ];
    let lines: Vec<Node> = counted
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| el("li").child(format!("{count} {what}")).into())
        .collect();
    let titles = preview.saved.iter().take(10).map(|title| el("li").child(title.clone()).into());
    let titles = (!preview.saved.is_empty()).then(|| {
        let top = el("summary").child("Which saved stories come back");
        el("details").child(top).child(el("ul").children(titles))
    });
    let made = Timestamp::from_millis(backup.made()).day_in_words();
    let other =
        other.then(|| el("p").child(format!("It was made for another address, {}.", backup.publication())));
    let words = if lines.is_empty() {
        el("p").child(format!("The backup of {made} holds nothing that is not here already."))
    } else {
        el("p").child(format!("The backup of {made} would change this:"))
    };
    many([words.into(), other.into(), el("ul").children(lines).into(), titles.into()])
}

fn saved(acting: &Acting) -> Vec<Entry> {
    acting.keeping.look(|reading| reading.saved(&Wanted::default()))
}

fn address(acting: &Acting, entry: &Entry) -> String {
    let mut address = acting.library.base();
    address.push_str(&Route::Story(entry.story.clone()).href());
    address
}

fn day(millis: i64) -> String {
    Timestamp::from_millis(millis).to_rfc3339()
}

/// All keys, with what they do.
fn shortcuts() -> Element {
    let rows = keys::TABLE.map(|(keys, does)| {
        el("tr").child(el("th").attr("scope", "row").child(keys)).child(el("td").child(does)).into()
    });
    part("Keys")
        .attr("id", "keys")
        .attr("tabindex", "-1")
        .child(el("table").child(el("tbody").children(rows)))
}

fn about(acting: &Acting) -> Element {
    let name = acting.library.loaded_edition().map(|edition| edition.publication.name.clone());
    let of = name.map(|name| el("p").child(format!("This is {name}, set with Dateline.")));
    let version =
        concat!("Dateline ", env!("CARGO_PKG_VERSION"), ", MIT or Apache-2.0. No account, no tracking.");
    part("About").child(of).child(el("p").child(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_is_told_in_words() {
        let table = [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1 KB"),
            (999_999, "999 KB"),
            (3_450_000, "3.4 MB"),
            (2_000_000_000, "2.0 GB"),
        ];
        for (bytes, words) in table {
            assert_eq!(bytes_in_words(bytes), words);
        }
    }

    #[test]
    fn what_is_kept_of_a_kind_is_told_in_words() {
        let stock = |kind: &str, count| Stock { kind: kind.to_owned(), count, bytes: 1_250_000 };
        let all = [stock("news", 1), stock("pages", 12), Stock { bytes: 0, ..stock("pictures", 0) }];
        let words = ["news", "pages", "pictures", "saved"].map(|kind| stock_in_words(&all, kind));
        assert_eq!(words, ["1 file, 1.2 MB", "12 files, 1.2 MB", "nothing", "not known"]);
    }

    #[test]
    fn what_is_damaged_is_said_without_code() {
        let faults =
            [backup::BackupError::Damaged, backup::BackupError::NotABackup, backup::BackupError::Newer(3)];
        for fault in faults {
            assert!(why(&fault).ends_with('.'));
        }
    }
}

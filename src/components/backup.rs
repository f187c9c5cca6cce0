//! Everything that the reader left behind as files; a backup back again.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::plural::counted;
use super::settings_section::SettingsSection;
use crate::browser::{clock, download, file_input, focus};
use crate::content::{Timestamp, text};
use crate::reading::backup::{self, Backup, BackupError, Preview};
use crate::reading::lists::{Entry, Wanted};
use crate::reading::{export, publication};
use crate::route::Route;
use crate::state::notices::Notice;
use crate::state::{AppContext, use_app};

/// Exports, and the way back from a backup.
#[component]
pub fn BackupSettings() -> impl IntoView {
    view! {
        <SettingsSection name="Backup">
            <p>"Your saved stories, history and settings exist only on this device. Export a backup to keep a copy or move it elsewhere."</p>
            <div class="kept-bulk">
                <ExportButton label="Export backup" export=export_everything/>
                <ExportButton label="Saved stories: Bookmarks (HTML)" export=export_bookmarks/>
                <ExportButton label="Saved stories: Spreadsheet (CSV)" export=export_table/>
                <ExportButton label="Saved stories: Markdown" export=export_markdown/>
            </div>
            <Restore/>
        </SettingsSection>
    }
}

#[component]
fn ExportButton(label: &'static str, export: fn(AppContext)) -> impl IntoView {
    let app = use_app();
    view! { <button type="button" class="button" on:click=move |_| export(app)>{label}</button> }
}

fn export_everything(app: AppContext) {
    let publication = publication(&app.library.base());
    let text = app.reading.with_untracked(|reading| backup::write(reading, &publication, clock::now()));
    match text {
        Ok(text) => download::offer(&file_name(app, "backup", "json"), "application/json", &text),
        Err(_) => {
            app.notices.show(Notice::new("The backup could not be written."));
        }
    }
}

fn export_bookmarks(app: AppContext) {
    let text = export::bookmarks(&saved(app), &|entry| address(app, entry));
    download::offer(&file_name(app, "saved", "html"), "text/html", &text);
}

fn export_table(app: AppContext) {
    let text = export::csv(&saved(app), &|entry| address(app, entry), &day);
    download::offer(&file_name(app, "saved", "csv"), "text/csv", &text);
}

fn export_markdown(app: AppContext) {
    let text = export::markdown(&saved(app), &|entry| address(app, entry), &day);
    download::offer(&file_name(app, "saved", "md"), "text/markdown", &text);
}

/// `the-meridian-saved-2026-11-26.csv`: the newspaper, what it is, and the day.
fn file_name(app: AppContext, what: &str, ending: &str) -> String {
    let name = app.library.known_edition().map(|edition| slug(&edition.publication.name)).unwrap_or_default();
    let day = Timestamp::from_millis(clock::now()).to_rfc3339();
    let day = day.split('T').next().unwrap_or_default();
    let parts = [name.as_str(), what, day].into_iter().filter(|part| !part.is_empty());
    format!("{}.{ending}", parts.collect::<Vec<_>>().join("-"))
}

/// A name as it may stand in a file's name: its letters and digits, in lower case, with dashes between.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(lower_case).collect::<Vec<_>>().join("-")
}

fn lower_case(word: &str) -> String {
    word.chars().map(text::lower).collect()
}

fn saved(app: AppContext) -> Vec<Entry> {
    app.reading.with_untracked(|reading| reading.saved(&Wanted::default()))
}

fn address(app: AppContext, entry: &Entry) -> String {
    app.navigation.address(&Route::Story(entry.story.clone()))
}

fn day(millis: i64) -> String {
    Timestamp::from_millis(millis).to_rfc3339()
}

/// What has become of a file that the reader chose.
#[derive(Clone)]
enum Offer {
    /// None was chosen.
    Nothing,
    /// It is of no use, for this reason.
    Refused(&'static str),
    /// It is a backup, and the reader is asked whether to restore it.
    Ready(Arc<Backup>),
}

impl Offer {
    fn read(bytes: &[u8]) -> Self {
        match backup::read(bytes) {
            Ok(backup) => Self::Ready(Arc::new(backup)),
            Err(error) => Self::Refused(reason(&error)),
        }
    }
}

fn reason(error: &BackupError) -> &'static str {
    match error {
        BackupError::NotJson(_) | BackupError::Damaged => "This file is damaged.",
        BackupError::NotABackup => "This isn’t a Dateline backup.",
        BackupError::Newer(_) => "This backup was made by a newer version. Reload to update, then try again.",
    }
}

/// The field for a backup, and what restoring it will change.
#[component]
fn Restore() -> impl IntoView {
    let offer = RwSignal::new(Offer::Nothing);
    let choose = move |event| {
        let Some(file) = file_input::chosen_file(&event) else { return };
        spawn_local(async move {
            let read = match file.bytes().await {
                Ok(bytes) => Offer::read(&bytes),
                Err(file_input::Unreadable) => Offer::Refused("This file can't be read."),
            };
            // The page may be gone by now.
            offer.try_set(read);
        });
    };
    let answer = move || match offer.get() {
        Offer::Nothing => ().into_any(),
        Offer::Refused(reason) => view! { <p>{reason} " Nothing was changed."</p> }.into_any(),
        Offer::Ready(backup) => view! { <RestoreOffer backup offer/> }.into_any(),
    };
    view! {
        <div>
            <label class="field">
                "Restore from a backup"
                <input type="file" accept=".json,application/json" on:change=choose/>
            </label>
            <div role="status">{answer}</div>
        </div>
    }
}

/// What restoring a backup will change, and the buttons to do it or not.
#[component]
fn RestoreOffer(backup: Arc<Backup>, offer: RwSignal<Offer>) -> impl IntoView {
    let app = use_app();
    let preview = app.reading.with_untracked(|reading| backup.preview(reading));
    let is_of_another = backup.publication() != publication(&app.library.base());
    let other = is_of_another
        .then(|| view! { <p>{format!("This backup was made on {}.", backup.publication())}</p> });
    let made = Timestamp::from_millis(backup.made()).day_in_words();
    let changes = changes(&preview);
    let has_changes = !changes.is_empty();
    let words = if changes.is_empty() {
        "Everything in this backup is already on this device.".to_owned()
    } else {
        format!("Restoring this backup from {made} will:")
    };
    let close = move |now| {
        offer.set(now);
        // The buttons go: the focus is not to be lost with them.
        focus::focus(".settings [type=file]");
    };
    let restore = move |_| {
        let change = app.reading.change(|reading| backup.restore(reading, clock::now()));
        close(Offer::Nothing);
        app.actions.offer_undo(change, "Backup restored.".into());
    };
    view! {
        <p>{words}</p>
        {other}
        <ul>{changes.into_iter().map(|change| view! { <li>{change}</li> }).collect_view()}</ul>
        <RestoredTitles titles=preview.saved/>
        <div class="kept-bulk">
            {has_changes.then(|| view! { <button type="button" class="button" on:click=restore>"Restore"</button> })}
            <button type="button" class="button" on:click=move |_| close(Offer::Nothing)>"Cancel"</button>
        </div>
    }
}

/// What restoring will change, a line each.
fn changes(preview: &Preview) -> Vec<String> {
    let stories = |count| counted(count, "story", "stories");
    let saved = |count| counted(count, "saved story", "saved stories");
    let counts = [
        (preview.saved.len(), format!("add {}", saved(preview.saved.len()))),
        (preview.unsaved.len(), format!("remove {} that you removed later", saved(preview.unsaved.len()))),
        (preview.read, format!("mark {} as read", stories(preview.read))),
        (preview.unread, format!("mark {} as unread", stories(preview.unread))),
        (preview.stories, format!("update the place, note or tags of {}", stories(preview.stories))),
        (usize::from(preview.preferences), "replace your settings".to_owned()),
    ];
    counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, change)| change).collect()
}

/// The first of the saved stories that come back.
#[component]
fn RestoredTitles(titles: Vec<String>) -> impl IntoView {
    (!titles.is_empty()).then(|| {
        let titles = titles.into_iter().take(10).map(|title| view! { <li>{title}</li> });
        view! {
            <details>
                <summary>"Show these stories"</summary>
                <ul>{titles.collect_view()}</ul>
            </details>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_damaged_is_said_without_code() {
        for error in [BackupError::Damaged, BackupError::NotABackup, BackupError::Newer(3)] {
            assert!(reason(&error).ends_with('.'));
        }
        assert!(matches!(Offer::read(b"{}"), Offer::Refused("This isn’t a Dateline backup.")));
        assert!(matches!(Offer::read(b"{"), Offer::Refused("This file is damaged.")));
    }

    #[test]
    fn a_file_is_named_after_the_newspaper() {
        assert_eq!(slug("The Meridian"), "the-meridian");
        assert_eq!(slug("O’Brien’s  Daily!"), "o-brien-s-daily");
        assert_eq!(slug("朝の新聞"), "朝の新聞");
    }

    #[test]
    fn only_what_changes_is_told() {
        assert!(changes(&Preview::default()).is_empty());
        let preview = Preview { saved: vec!["H".to_owned()], preferences: true, ..Preview::default() };
        assert_eq!(changes(&preview), ["add 1 saved story", "replace your settings"]);
    }
}

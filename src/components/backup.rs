//! Everything that the reader left behind as files; a backup back again.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::settings_section::SettingsSection;
use crate::browser::{clock, download, file_input, focus};
use crate::content::Timestamp;
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
            <p>"Everything that you leave behind here is on this device alone. A file keeps it for you."</p>
            <div class="kept-bulk">
                <ExportButton label="Export everything" export=export_everything/>
                <ExportButton label="Saved, as bookmarks" export=export_bookmarks/>
                <ExportButton label="Saved, as a table" export=export_table/>
                <ExportButton label="Saved, as Markdown" export=export_markdown/>
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
        Ok(text) => download::offer("dateline-backup.json", "application/json", &text),
        Err(_) => {
            app.notices.show(Notice::new("The backup could not be written."));
        }
    }
}

fn export_bookmarks(app: AppContext) {
    let text = export::bookmarks(&saved(app), &|entry| address(app, entry));
    download::offer("saved.html", "text/html", &text);
}

fn export_table(app: AppContext) {
    let text = export::csv(&saved(app), &|entry| address(app, entry), &day);
    download::offer("saved.csv", "text/csv", &text);
}

fn export_markdown(app: AppContext) {
    let text = export::markdown(&saved(app), &|entry| address(app, entry), &day);
    download::offer("saved.md", "text/markdown", &text);
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
    /// It was restored.
    Restored,
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
        BackupError::NotABackup => "This file is no backup of Dateline.",
        BackupError::Newer(_) => "This backup was made by a newer version. Reload the page to get that.",
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
        Offer::Restored => view! { <p>"Restored."</p> }.into_any(),
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
        .then(|| view! { <p>{format!("It was made for another address, {}.", backup.publication())}</p> });
    let made = Timestamp::from_millis(backup.made()).day_in_words();
    let changes = changes(&preview);
    let words = if changes.is_empty() {
        format!("The backup of {made} holds nothing that is not here already.")
    } else {
        format!("The backup of {made} would change this:")
    };
    let close = move |now| {
        offer.set(now);
        // The buttons go: the focus is not to be lost with them.
        focus::focus(".settings [type=file]");
    };
    let restore = move |_| {
        let change = app.reading.change(|reading| backup.restore(reading, clock::now()));
        close(Offer::Restored);
        app.actions.offer_undo(change, "The backup was restored.".into());
    };
    view! {
        <p>{words}</p>
        {other}
        <ul>{changes.into_iter().map(|change| view! { <li>{change}</li> }).collect_view()}</ul>
        <RestoredTitles titles=preview.saved/>
        <div class="kept-bulk">
            <button type="button" class="button" on:click=restore>"Restore"</button>
            <button type="button" class="button" on:click=move |_| close(Offer::Nothing)>"Cancel"</button>
        </div>
    }
}

/// What restoring will change, a line each.
fn changes(preview: &Preview) -> Vec<String> {
    let counted = [
        (preview.saved.len(), "saved stories come back"),
        (preview.unsaved.len(), "saved stories go, as you wished later"),
        (preview.read, "stories become read"),
        (preview.unread, "stories become unread"),
        (preview.stories, "stories get another place, note or tag"),
        (usize::from(preview.preferences), "set of settings changes"),
    ];
    let changes = counted.into_iter().filter(|(count, _)| *count > 0);
    changes.map(|(count, what)| format!("{count} {what}")).collect()
}

/// The first of the saved stories that come back.
#[component]
fn RestoredTitles(titles: Vec<String>) -> impl IntoView {
    (!titles.is_empty()).then(|| {
        let titles = titles.into_iter().take(10).map(|title| view! { <li>{title}</li> });
        view! {
            <details>
                <summary>"Which saved stories come back"</summary>
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
        assert!(matches!(Offer::read(b"{}"), Offer::Refused("This file is no backup of Dateline.")));
        assert!(matches!(Offer::read(b"{"), Offer::Refused("This file is damaged.")));
    }

    #[test]
    fn only_what_changes_is_told() {
        assert!(changes(&Preview::default()).is_empty());
        let preview = Preview { saved: vec!["H".to_owned()], preferences: true, ..Preview::default() };
        assert_eq!(changes(&preview), ["1 saved stories come back", "1 set of settings changes"]);
    }
}

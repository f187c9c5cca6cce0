//! What is kept on this device, how much that is, and what takes it away.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::plural::counted;
use super::settings_section::SettingsSection;
use crate::browser::persistence;
use crate::reading::{Action, Reading};
use crate::state::offline::{StorageUsage, free, storage_usage};
use crate::state::use_app;

/// What the browser and the service worker say of what is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Usage {
    /// How many bytes are used, and how many may be.
    estimate: Option<(u64, u64)>,
    /// Whether the browser clears nothing away by itself.
    is_persistent: bool,
    /// What is kept in files, by kind.
    kinds: Vec<StorageUsage>,
}

impl Usage {
    async fn ask() -> Self {
        Self {
            estimate: persistence::estimate().await,
            is_persistent: persistence::persisted().await,
            kinds: storage_usage().await,
        }
    }

    fn used(&self) -> String {
        match self.estimate {
            Some((used, quota)) => {
                format!("Using {} of {}.", bytes_in_words(used), bytes_in_words(quota))
            }
            None => "This browser doesn’t report storage use.".to_owned(),
        }
    }

    fn lasting(&self) -> &'static str {
        if self.is_persistent {
            "Your browser keeps this until you delete it."
        } else {
            "Your browser may delete this if space runs low."
        }
    }
}

/// A kind of file that is kept.
struct Kind {
    /// What the service worker calls it.
    id: &'static str,
    name: &'static str,
    /// What clearing it is called, where it may be cleared.
    clear: Option<&'static str>,
}

const KINDS: [Kind; 5] = [
    Kind { id: "saved", name: "Saved stories and pictures", clear: None },
    Kind { id: "pictures", name: "Cached pictures", clear: Some("Clear cached pictures") },
    Kind { id: "news", name: "Cached stories", clear: Some("Clear cached stories") },
    Kind { id: "pages", name: "Cached pages", clear: Some("Clear cached pages") },
    Kind { id: "shell", name: "App files", clear: None },
];

/// `3 files, 1.2 MB`.
fn usage_in_words(kinds: &[StorageUsage], kind: &str) -> String {
    match kinds.iter().find(|usage| usage.kind == kind) {
        None => "unavailable".to_owned(),
        Some(StorageUsage { count: 0, .. }) => "none".to_owned(),
        Some(StorageUsage { count, bytes, .. }) => {
            format!("{}, {}", counted(*count as usize, "file", "files"), bytes_in_words(*bytes))
        }
    }
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

/// What is kept on this device.
#[component]
pub fn StorageSettings() -> impl IntoView {
    let reading = use_app().reading;
    let usage = RwSignal::new(None::<Usage>);
    let refresh = move || {
        spawn_local(async move {
            let asked = Usage::ask().await;
            // Nobody may be looking any more.
            usage.try_set(Some(asked));
        });
    };
    Effect::new(move |_| refresh());
    let is_refused = RwSignal::new(false);
    let persist = move |_| {
        spawn_local(async move {
            let is_granted = persistence::persist().await;
            is_refused.try_set(!is_granted);
            refresh();
        });
    };
    let counts = reading.memo(|reading| (reading.mark_count(), reading.saved_stories().len()));
    let kinds = KINDS.map(|Kind { id, name, clear }| {
        let amount = move || {
            let kinds = usage.with(|usage| usage.as_ref().map(|usage| usage_in_words(&usage.kinds, id)));
            kinds.unwrap_or_else(|| "checking…".to_owned())
        };
        let clear = clear.map(|label| {
            let clear = move |_| {
                spawn_local(async move {
                    free(id).await;
                    refresh();
                });
            };
            view! { <button type="button" class="button" on:click=clear>{label}</button> }
        });
        view! { <p class="settings-kind">{name} ": " <span>{amount}</span> " " {clear}</p> }
    });
    view! {
        <SettingsSection name="Storage">
            <div role="status">
                <p>{move || usage.with(|usage| usage.as_ref().map(Usage::used))}</p>
                <p>{move || usage.with(|usage| usage.as_ref().map(Usage::lasting))}</p>
            </div>
            <p>
                {move || {
                    let (marks, saved) = counts.get();
                    format!("{} read, {saved} saved.", counted(marks, "story", "stories"))
                }}
            </p>
            {kinds}
            <HistoryUsage/>
            <Quarantine/>
            <Show when=move || usage.with(|usage| usage.as_ref().is_some_and(|usage| !usage.is_persistent))>
                <div class="kept-bulk">
                    <button type="button" class="button" on:click=persist>"Protect from automatic deletion"</button>
                </div>
            </Show>
            <p role="status">
                {move || is_refused.get().then_some("Your browser didn’t agree. It may once you use this newspaper more, or install it.")}
            </p>
            <p class="settings-note">"Clearing caches never removes saved stories."</p>
        </SettingsSection>
    }
}

/// How many stories are in the history.
#[component]
fn HistoryUsage() -> impl IntoView {
    let app = use_app();
    let count = app.reading.memo(|reading: &Reading| reading.history().len());
    let clear = move |_| app.actions.with_undo(Action::ClearedHistory, "History cleared.");
    view! {
        <p class="settings-kind">
            "Reading history: " <span>{move || counted(count.get(), "story", "stories")}</span> " "
            <button type="button" class="button" on:click=clear>"Clear history"</button>
        </p>
    }
}

/// How much damaged data was set aside; nothing where there is none.
#[component]
fn Quarantine() -> impl IntoView {
    let reading = use_app().reading;
    let count = RwSignal::new(reading.count_quarantined());
    let delete = move |_| {
        reading.delete_quarantined();
        count.set(reading.count_quarantined());
    };
    view! {
        <Show when=move || { count.get() > 0 }>
            <p class="settings-kind">
                "Damaged data: " <span>{move || counted(count.get(), "item", "items")}</span> " "
                <button type="button" class="button" on:click=delete>"Delete damaged data"</button>
            </p>
        </Show>
    }
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
        let usage = |kind: &str, count| StorageUsage { kind: kind.to_owned(), count, bytes: 1_250_000 };
        let all = [usage("news", 1), usage("pages", 12), StorageUsage { bytes: 0, ..usage("pictures", 0) }];
        let words = ["news", "pages", "pictures", "saved"].map(|kind| usage_in_words(&all, kind));
        assert_eq!(words, ["1 file, 1.2 MB", "12 files, 1.2 MB", "none", "unavailable"]);
    }

    #[test]
    fn nothing_is_made_up_where_the_browser_says_nothing() {
        let usage = Usage { estimate: None, is_persistent: false, kinds: Vec::new() };
        assert_eq!(usage.used(), "This browser doesn’t report storage use.");
        let usage = Usage { estimate: Some((1_000, 2_000_000)), is_persistent: true, kinds: Vec::new() };
        assert_eq!(usage.used(), "Using 1 KB of 2.0 MB.");
    }
}

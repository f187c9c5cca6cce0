//! Settings: how things look, when a story counts as read, what is kept on this device, backups.

use leptos::prelude::*;

use crate::components::backup::BackupSettings;
use crate::components::choice::Choice;
use crate::components::own_frame::OwnFrame;
use crate::components::settings_section::SettingsSection;
use crate::components::storage::StorageSettings;
use crate::reading::{Marking, Preference, Theme, Typeface, Width};
use crate::route::Route;
use crate::state::keys;
use crate::state::use_app;

/// In steps of a reader's eye, in per cent.
const TEXT_SIZES: [(&str, u32); 5] =
    [("Small", 90), ("Normal", 100), ("Large", 115), ("Larger", 135), ("Largest", 160)];
const TYPEFACES: [(&str, Typeface); 2] = [("Serif", Typeface::Serif), ("Sans serif", Typeface::Sans)];
const WIDTHS: [(&str, Width); 3] =
    [("Narrow", Width::Narrow), ("Normal", Width::Normal), ("Wide", Width::Wide)];
const LINE_HEIGHTS: [(&str, u32); 3] = [("Close", 90), ("Normal", 100), ("Open", 120)];
const THEMES: [(&str, Theme); 3] =
    [("As the system", Theme::System), ("Light", Theme::Light), ("Dark", Theme::Dark)];
const MARKINGS: [(&str, Marking); 3] = [
    ("When I open it", Marking::OnOpen),
    ("When I reach its end", Marking::OnFinish),
    ("When I say so", Marking::ByHand),
];
const SHORTCUTS: [(&str, bool); 2] = [("On", true), ("Off", false)];

/// The screen of settings.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! {
        <OwnFrame route=Route::Settings>
            <Looks/>
            <Habits/>
            <StorageSettings/>
            <BackupSettings/>
            <Shortcuts/>
            <About/>
        </OwnFrame>
    }
}

#[component]
fn Looks() -> impl IntoView {
    view! {
        <SettingsSection name="How it looks">
            <Choice
                name="size"
                legend="Text size"
                options=&TEXT_SIZES
                chosen=|all| all.text_size
                preference=Preference::TextSize
            />
            <Choice
                name="face"
                legend="Typeface"
                options=&TYPEFACES
                chosen=|all| all.typeface
                preference=Preference::Typeface
            />
            <Choice
                name="width"
                legend="Width of the text"
                options=&WIDTHS
                chosen=|all| all.width
                preference=Preference::Width
            />
            <Choice
                name="leading"
                legend="Distance of lines"
                options=&LINE_HEIGHTS
                chosen=|all| all.line_height
                preference=Preference::LineHeight
            />
            <Choice
                name="theme"
                legend="Light and dark"
                options=&THEMES
                chosen=|all| all.theme
                preference=Preference::Theme
            />
            <p class="settings-sample" aria-hidden="true">
                "The quay was empty at six. By seven the first boats had come in, low in the water, and nobody on them spoke."
            </p>
        </SettingsSection>
    }
}

#[component]
fn Habits() -> impl IntoView {
    view! {
        <SettingsSection name="Habits">
            <Choice
                name="mark"
                legend="A story counts as read"
                options=&MARKINGS
                chosen=|all| all.marking
                preference=Preference::Marking
            />
            <Choice
                name="keys"
                legend="Keyboard shortcuts"
                options=&SHORTCUTS
                chosen=|all| all.shortcuts
                preference=Preference::Shortcuts
            />
        </SettingsSection>
    }
}

/// All keys, with what they do.
#[component]
fn Shortcuts() -> impl IntoView {
    let rows = keys::TABLE.map(|(keys, does)| view! { <tr><th scope="row">{keys}</th><td>{does}</td></tr> });
    view! {
        <SettingsSection name="Keys" id="keys">
            <table>
                <tbody>{rows}</tbody>
            </table>
        </SettingsSection>
    }
}

#[component]
fn About() -> impl IntoView {
    let library = use_app().library;
    let name = Memo::new(move |_| library.loaded_edition().map(|edition| edition.publication.name.clone()));
    let version =
        concat!("Dateline ", env!("CARGO_PKG_VERSION"), ", MIT or Apache-2.0. No account, no tracking.");
    view! {
        <SettingsSection name="About">
            {move || name.get().map(|name| view! { <p>{format!("This is {name}, set with Dateline.")}</p> })}
            <p>{version}</p>
        </SettingsSection>
    }
}

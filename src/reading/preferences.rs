//! Preferences. Each of them is a field of its own in the reader's record.

use super::record::Record;

/// When a story counts as read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Marking {
    /// When it is opened.
    #[default]
    OnOpen,
    /// When its end is reached.
    OnFinish,
    /// When the reader says so.
    ByHand,
}

/// The width of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// Short lines.
    Narrow,
    /// As designed.
    #[default]
    Normal,
    /// Long lines.
    Wide,
}

/// The typeface of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Typeface {
    /// The publication's serif.
    #[default]
    Serif,
    /// A sans serif.
    Sans,
}

/// The colour theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// All preferences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// The text size, in per cent of the default: 50 to 300.
    pub text_size: u32,
    /// The width of the text.
    pub width: Width,
    /// The line height, in per cent of the default: 80 to 200.
    pub line_height: u32,
    /// The typeface of the text.
    pub typeface: Typeface,
    /// The colour theme.
    pub theme: Theme,
    /// When a story counts as read.
    pub marking: Marking,
    /// Whether keyboard shortcuts are on.
    pub shortcuts: bool,
    /// Whether the reader has dismissed the hint to install the app.
    pub install_dismissed: bool,
}

/// One preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "as the fields of Preferences")]
pub enum Preference {
    TextSize(u32),
    Width(Width),
    LineHeight(u32),
    Typeface(Typeface),
    Theme(Theme),
    Marking(Marking),
    Shortcuts(bool),
    InstallDismissed(bool),
}

/// The stored names of a choice; the first of them is the default.
const MARKINGS: [(&str, Marking); 3] =
    [("open", Marking::OnOpen), ("finish", Marking::OnFinish), ("hand", Marking::ByHand)];
const WIDTHS: [(&str, Width); 3] =
    [("normal", Width::Normal), ("narrow", Width::Narrow), ("wide", Width::Wide)];
/// `system` was offered once. It looked like `sans`.
const TYPEFACES: [(&str, Typeface); 3] =
    [("serif", Typeface::Serif), ("sans", Typeface::Sans), ("system", Typeface::Sans)];
const THEMES: [(&str, Theme); 3] =
    [("system", Theme::System), ("light", Theme::Light), ("dark", Theme::Dark)];

fn word<T: Copy + PartialEq>(choices: &[(&'static str, T)], choice: T) -> String {
    choices.iter().find(|(_, known)| *known == choice).map_or("", |(word, _)| word).to_owned()
}

fn choice<T: Copy + Default>(choices: &[(&'static str, T)], word: &str) -> T {
    choices.iter().find(|(known, _)| *known == word).map_or_else(T::default, |(_, choice)| *choice)
}

const TEXT_SIZE: &str = "text-size";
const WIDTH: &str = "width";
const LINE_HEIGHT: &str = "line-height";
const TYPEFACE: &str = "typeface";
const THEME: &str = "theme";
const MARKING: &str = "marking";
const SHORTCUTS: &str = "shortcuts";
const INSTALL_DISMISSED: &str = "install-dismissed";

impl Preference {
    pub(super) fn to_field(self) -> (&'static str, String) {
        match self {
            Self::TextSize(percent) => (TEXT_SIZE, percent.to_string()),
            Self::Width(width) => (WIDTH, word(&WIDTHS, width)),
            Self::LineHeight(percent) => (LINE_HEIGHT, percent.to_string()),
            Self::Typeface(typeface) => (TYPEFACE, word(&TYPEFACES, typeface)),
            Self::Theme(theme) => (THEME, word(&THEMES, theme)),
            Self::Marking(marking) => (MARKING, word(&MARKINGS, marking)),
            Self::Shortcuts(yes) => (SHORTCUTS, if yes { "" } else { "off" }.to_owned()),
            Self::InstallDismissed(yes) => (INSTALL_DISMISSED, if yes { "1" } else { "" }.to_owned()),
        }
    }
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            text_size: 100,
            width: Width::default(),
            line_height: 100,
            typeface: Typeface::default(),
            theme: Theme::default(),
            marking: Marking::default(),
            shortcuts: true,
            install_dismissed: false,
        }
    }
}

impl Preferences {
    /// Reads the preferences from a record; an invalid value is the default.
    pub(super) fn of(record: &Record) -> Self {
        let number = |name| record.value(name).parse::<u32>().ok();
        Self {
            text_size: number(TEXT_SIZE).filter(|percent| (50..=300).contains(percent)).unwrap_or(100),
            width: choice(&WIDTHS, record.value(WIDTH)),
            line_height: number(LINE_HEIGHT).filter(|percent| (80..=200).contains(percent)).unwrap_or(100),
            typeface: choice(&TYPEFACES, record.value(TYPEFACE)),
            theme: choice(&THEMES, record.value(THEME)),
            marking: choice(&MARKINGS, record.value(MARKING)),
            shortcuts: record.value(SHORTCUTS).is_empty(),
            install_dismissed: !record.value(INSTALL_DISMISSED).is_empty(),
        }
    }
}

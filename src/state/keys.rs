//! Keys: what each of them does, for who reads by keyboard. Deciding is a plain function; the browser's room has left
//! out keys that come with a modifier, or that are meant for a field.

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// To the story or update after the one that has the focus.
    Next,
    /// To the one before it.
    Previous,
    /// Opens the story that has the focus.
    Open,
    /// Marks the story read, or unread again.
    Mark,
    /// Saves the story, or takes it off the list.
    Save,
    /// Shows unread stories alone, or all of them again.
    UnreadOnly,
    /// To a screen.
    Go(Screen),
    /// To the field that searches in what is saved.
    Search,
    /// Shows what the keys do.
    Help,
    /// Dismisses the newest notice.
    Dismiss,
}

/// A screen that has a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// The front page.
    Home,
    /// What is saved.
    Saved,
    /// What is half read.
    Continue,
}

/// The key that dismisses the newest notice. It works for readers without shortcuts, too.
pub const DISMISS: &str = "Escape";

/// For so many milliseconds after `g` the next key says where to.
const GO_WAITS: i64 = 1_500;

/// The keys that were pressed so far, as far as they matter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keys {
    /// When `g` was pressed.
    go: Option<i64>,
}

impl Keys {
    /// What a key does that was pressed at `now`, in milliseconds. `key` is as browsers name it.
    pub fn press(&mut self, key: &str, now: i64) -> Option<Command> {
        if self.go.take().is_some_and(|at| (0..GO_WAITS).contains(&(now - at))) {
            let screen = match key {
                "h" => Screen::Home,
                "s" => Screen::Saved,
                "c" => Screen::Continue,
                _ => return None,
            };
            return Some(Command::Go(screen));
        }
        Some(match key {
            "g" => {
                self.go = Some(now);
                return None;
            }
            "j" => Command::Next,
            "k" => Command::Previous,
            "o" => Command::Open,
            "m" => Command::Mark,
            "s" => Command::Save,
            "u" => Command::UnreadOnly,
            "/" => Command::Search,
            "?" => Command::Help,
            DISMISS => Command::Dismiss,
            _ => return None,
        })
    }
}

/// All keys with what they do, as they are shown to readers.
pub const TABLE: [(&str, &str); 11] = [
    ("j / k", "Next / previous story or update"),
    ("o or Enter", "Open the story"),
    ("m", "Mark as read or unread"),
    ("s", "Save or remove"),
    ("u", "Unread stories alone, or all"),
    ("g, then h", "Front page"),
    ("g, then s", "Saved stories"),
    ("g, then c", "Stories you can continue"),
    ("/", "Search in saved stories"),
    ("?", "Show keyboard shortcuts"),
    ("Esc", "Dismiss the newest message"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_does_what_the_table_says() {
        let mut keys = Keys::default();
        let table = [
            ("j", Command::Next),
            ("k", Command::Previous),
            ("o", Command::Open),
            ("m", Command::Mark),
            ("s", Command::Save),
            ("u", Command::UnreadOnly),
            ("/", Command::Search),
            ("?", Command::Help),
        ];
        for (key, command) in table {
            assert_eq!(keys.press(key, 0), Some(command), "{key}");
            assert!(
                TABLE.iter().any(|(keys, _)| keys.split([' ', '/']).any(|one| one == key) || *keys == key)
            );
        }
        for key in ["a", "Enter", "ArrowDown", "J", "Tab", " ", ""] {
            assert_eq!(keys.press(key, 0), None, "{key}");
        }
    }

    #[test]
    fn g_waits_for_a_moment_for_where_to() {
        let mut keys = Keys::default();
        let places = [("h", Screen::Home), ("s", Screen::Saved), ("c", Screen::Continue)];
        for (key, screen) in places {
            assert_eq!(keys.press("g", 1_000), None);
            assert_eq!(keys.press(key, 2_000), Some(Command::Go(screen)));
            assert_eq!(keys.press("h", 2_000), None, "it is spent");
        }
        assert_eq!(keys.press("g", 0), None);
        assert_eq!(keys.press("s", GO_WAITS), Some(Command::Save), "too late: the key is its own");
        assert_eq!(keys.press("g", 0), None);
        assert_eq!(keys.press("x", 100), None, "nowhere");
        assert_eq!(keys.press("s", 200), Some(Command::Save));
        assert_eq!(keys.press("g", 0), None);
        assert_eq!(keys.press("s", -5), Some(Command::Save), "a clock that was set back");
    }
}

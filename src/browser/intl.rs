//! Times in the reader's language, and in their time zone or another one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};

/// Which parts of a time to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeStyle {
    /// Day and time of day: `26 April 2022 at 14:02 CEST`.
    Full,
    /// The day with its weekday: `Tuesday 26 April 2022`.
    Day,
    /// The day in short: `26 Apr 2022`.
    Short,
    /// The time of day: `14:02`.
    Clock,
    /// The time of day with the day in short: `26 Apr, 14:02`.
    DayAndClock,
}

impl TimeStyle {
    /// Its letter in a published page, for the page's own script. In the browser there is none, because times
    /// are written in the reader's language at once.
    #[must_use]
    pub fn letter(self) -> Option<&'static str> {
        if cfg!(target_arch = "wasm32") {
            return None;
        }
        Some(match self {
            Self::Full => "f",
            Self::Day => "w",
            Self::Short => "s",
            Self::Clock => "c",
            Self::DayAndClock => "d",
        })
    }

    /// The options of an `Intl.DateTimeFormat`. (`desk/src/publish/early.js` has the same.)
    fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Full => &[
                ("day", "numeric"),
                ("month", "long"),
                ("year", "numeric"),
                ("hour", "numeric"),
                ("minute", "2-digit"),
                ("timeZoneName", "short"),
            ],
            Self::Day => &[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")],
            Self::Short => &[("day", "numeric"), ("month", "short"), ("year", "numeric")],
            Self::Clock => &[("hour", "2-digit"), ("minute", "2-digit")],
            Self::DayAndClock => {
                &[("day", "numeric"), ("month", "short"), ("hour", "2-digit"), ("minute", "2-digit")]
            }
        }
    }
}

/// The method `format` of an object of the browser's `Intl`.
struct Formatter {
    object: JsValue,
    format: js_sys::Function,
    language: String,
}

type ByStyleAndZone = HashMap<(TimeStyle, Option<String>), Rc<Formatter>>;

thread_local! {
    // A cache: creating a formatter takes a hundred times as long as using it. There are five for each time
    // zone shown in this tab.
    static TIMES: RefCell<ByStyleAndZone> = RefCell::default();
    static AGES: RefCell<Option<Rc<Formatter>>> = const { RefCell::new(None) };
}

/// A time as text, and the text's language; in a zone of the IANA database, or in the reader's own. `None` if
/// the browser can't.
#[must_use]
pub fn format_time(millis: i64, style: TimeStyle, zone: Option<&str>) -> Option<(String, String)> {
    let key = (style, zone.map(str::to_owned));
    let known = TIMES.with_borrow(|times| times.get(&key).cloned());
    let formatter = match known {
        Some(formatter) => formatter,
        None => {
            let options = style.options().iter().copied().chain(zone.map(|zone| ("timeZone", zone)));
            let formatter = Rc::new(formatter("DateTimeFormat", options)?);
            TIMES.with_borrow_mut(|times| times.insert(key, Rc::clone(&formatter)));
            formatter
        }
    };
    // Times are within the years 0 to 9999, and exact in a double.
    #[allow(clippy::cast_precision_loss, reason = "see above")]
    let moment = JsValue::from_f64(millis as f64);
    let words = formatter.format.call1(&formatter.object, &moment).ok()?;
    Some((words.as_string()?, formatter.language.clone()))
}

/// How long ago something was, in the reader's language: `5 min ago`. `None` if the browser can't.
#[must_use]
pub fn ago(minutes: u32) -> Option<String> {
    let known = AGES.with_borrow(Clone::clone);
    let formatter = match known {
        Some(formatter) => formatter,
        None => {
            let options = [("style", "short"), ("numeric", "auto")];
            let formatter = Rc::new(formatter("RelativeTimeFormat", options.into_iter())?);
            AGES.set(Some(Rc::clone(&formatter)));
            formatter
        }
    };
    let count = JsValue::from(-f64::from(minutes));
    formatter.format.call2(&formatter.object, &count, &"minute".into()).ok()?.as_string()
}

/// A formatter of the browser. `None` if it can't be created: on some systems the language is not a valid one
/// ("C").
fn formatter<'a>(class: &str, options: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Formatter> {
    let language = super::window()?.navigator().language()?;
    let set = js_sys::Object::new();
    for (name, value) in options {
        js_sys::Reflect::set(&set, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    let intl = super::property(&js_sys::global(), "Intl")?;
    let class: js_sys::Function = super::property(&intl, class)?.dyn_into().ok()?;
    let arguments = js_sys::Array::of2(&JsValue::from_str(&language), &set);
    let object = js_sys::Reflect::construct(&class, &arguments).ok()?;
    let format = super::property(&object, "format")?.dyn_into().ok()?;
    Some(Formatter { object, format, language })
}

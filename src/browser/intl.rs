//! Times as the reader writes them: their language, their zone.

use std::cell::RefCell;

use wasm_bindgen::{JsCast, JsValue};

/// How much of a moment to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Its letter in a published page, by which the page's own script knows what to write. In the browser there
    /// is none: what is built there is in the reader's words at once.
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
}

thread_local! {
    /// The zone that times are told in, where that is not the reader's own.
    static ZONE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Has times told in a zone of the IANA database from now on, or in the reader's own.
pub fn set_zone(zone: Option<String>) {
    ZONE.with(|old| old.replace(zone));
}

/// The zone that times are told in, where that is not the reader's own.
#[must_use]
pub fn zone() -> Option<String> {
    ZONE.with(|zone| zone.borrow().clone())
}

/// How long ago something was, in the reader's words: `5 min ago`. `None` where the browser can't.
#[must_use]
pub fn ago(minutes: u32) -> Option<String> {
    let language = super::window()?.navigator().language()?;
    let intl = super::property(&js_sys::global(), "Intl")?;
    let format: js_sys::Function = super::property(&intl, "RelativeTimeFormat")?.dyn_into().ok()?;
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"style".into(), &"short".into()).ok()?;
    js_sys::Reflect::set(&options, &"numeric".into(), &"auto".into()).ok()?;
    // It throws where the system gives the browser a language that is none ("C").
    let arguments = js_sys::Array::of2(&language.into(), &options);
    let format = js_sys::Reflect::construct(&format, &arguments).ok()?;
    let method: js_sys::Function = super::property(&format, "format")?.dyn_into().ok()?;
    method.call2(&format, &JsValue::from(-f64::from(minutes)), &"minute".into()).ok()?.as_string()
}

/// A moment in the reader's words, and the language that they are in. `None` where the browser can't.
#[must_use]
pub fn words(millis: i64, style: TimeStyle) -> Option<(String, String)> {
    let parts: &[(&str, &str)] = match style {
        TimeStyle::Full => &[
            ("day", "numeric"),
            ("month", "long"),
            ("year", "numeric"),
            ("hour", "numeric"),
            ("minute", "2-digit"),
            ("timeZoneName", "short"),
        ],
        TimeStyle::Day => &[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")],
        TimeStyle::Short => &[("day", "numeric"), ("month", "short"), ("year", "numeric")],
        TimeStyle::Clock => &[("hour", "2-digit"), ("minute", "2-digit")],
        TimeStyle::DayAndClock => {
            &[("day", "numeric"), ("month", "short"), ("hour", "2-digit"), ("minute", "2-digit")]
        }
    };
    let options = js_sys::Object::new();
    for (name, value) in parts {
        js_sys::Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    if let Some(zone) = zone() {
        js_sys::Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    }
    let language = super::window()?.navigator().language()?;
    // A moment of ours is within the years 0 to 9999, exact in a double.
    #[allow(clippy::cast_precision_loss, reason = "see above")]
    let date = js_sys::Date::new(&JsValue::from_f64(millis as f64));
    // Called so that it may throw: a system without a language gives the browser one that is none ("C").
    let method: js_sys::Function = super::property(&date, "toLocaleString")?.dyn_into().ok()?;
    let words = method.call2(&date, &JsValue::from_str(&language), &options).ok()?;
    Some((words.as_string()?, language))
}

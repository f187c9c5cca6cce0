//! Times as the reader writes them: their language, their zone.

use std::cell::{Cell, RefCell};

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

/// What writes moments in the reader's language.
struct Writer {
    /// The method of a `DateTimeFormat` of the browser's, which knows what it belongs to.
    format: js_sys::Function,
    language: String,
}

thread_local! {
    /// The zone that times are told in, where that is not the reader's own.
    static ZONE: RefCell<Option<String>> = const { RefCell::new(None) };
    /// What has written moments in that zone, by their style: to make a formatter takes a hundred times as long as to use it.
    /// (They are never given back. They are few: a reader changes the zone once or twice.)
    static WRITERS: Cell<[Option<&'static Writer>; 5]> = const { Cell::new([None; 5]) };
}

/// Has times told in a zone of the IANA database from now on, or in the reader's own.
pub fn set_zone(zone: Option<String>) {
    if self::zone() != zone {
        ZONE.replace(zone);
        WRITERS.take();
    }
}

/// The zone that times are told in, where that is not the reader's own.
#[must_use]
pub fn zone() -> Option<String> {
    ZONE.with_borrow(Clone::clone)
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
    let mut writers = WRITERS.get();
    let place = writers.get_mut(style as usize)?;
    let writer = match *place {
        Some(writer) => writer,
        None => {
            let writer: &Writer = Box::leak(Box::new(of_moments(style)?));
            *place = Some(writer);
            WRITERS.set(writers);
            writer
        }
    };
    // A moment of ours is within the years 0 to 9999, exact in a double.
    #[allow(clippy::cast_precision_loss, reason = "see above")]
    let moment = JsValue::from_f64(millis as f64);
    let words = writer.format.call1(&JsValue::UNDEFINED, &moment).ok()?;
    Some((words.as_string()?, writer.language.clone()))
}

/// What writes moments, so much of each. `None` where the browser can't make it: a system without a language gives it one
/// that is none ("C").
fn of_moments(style: TimeStyle) -> Option<Writer> {
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
    let intl = super::property(&js_sys::global(), "Intl")?;
    // It may be called without `new` (ECMA-402, section 11.1.1).
    let make: js_sys::Function = super::property(&intl, "DateTimeFormat")?.dyn_into().ok()?;
    let made = make.call2(&intl, &JsValue::from_str(&language), &options).ok()?;
    let format = super::property(&made, "format")?.dyn_into().ok()?;
    Some(Writer { format, language })
}

//! Times as the reader writes them: their language, their zone.

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
    };
    let options = js_sys::Object::new();
    for (name, value) in parts {
        js_sys::Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
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

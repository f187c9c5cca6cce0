//! Pages as they were published, before the app and when it comes.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{APP_THERE, Browser, Kind};
use browser_tests::site::{self, Fault, Site};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

pub const LEAD: &str = "The harbour that learned to turn its lights off";

pub const SCREENS: [&str; 7] = [
    "",
    "section/culture/",
    "story/harbour-lights/",
    "story/arabic-looms/",
    "story/japanese-market/",
    "story/blinken-2022/",
    "story/storm-live/",
];

/// Whether the app is not there yet, and all of the page is laid out and in sight: after the first frame, that is.
pub const WAITING: &str =
    "return document.getElementById('shell') !== null && document.querySelector('main h1') !== null
    && document.documentElement.classList.length === 0";

/// The whole page was read, and its times written.
pub const PARSED: &str = "return document.readyState !== 'loading' && document.querySelector('#shell time') !== null && document.querySelector('time[data-as]') === null";

/// A post of a live blog.
pub const POST: &str = "[role=feed] article[id]";

/// The module of the app, which tests hold back.
pub fn module(site: &Site) -> Result<String> {
    let names = std::fs::read_dir(site.folder())?.flatten().map(|entry| entry.file_name());
    let mut names = names.filter_map(|name| name.into_string().ok());
    names.find(|name| name.ends_with("_bg.wasm")).context("the app has a module")
}

/// Opens a page whose app is held back until it is let come, and waits for the moment between.
pub async fn early(site: &Site, browser: &Browser, page: &str) -> Result<()> {
    site.fault(&module(site)?, Some(Fault::Held));
    // The preload of the module counts to the page's load, which WebDriver waits for by default.
    browser.script(&format!("location.href = '{}{page}'", site.url)).await?;
    browser.until("the published page is there", WAITING).await
}

/// Lets the app come that is held back, and waits until it has taken over.
pub async fn taken_over(site: &Site, browser: &Browser) -> Result<()> {
    site.fault(&module(site)?, None);
    browser.until("the app has taken over", APP_THERE).await
}

/// A browser that notes what its pages' policies refuse, and what shifts.
pub async fn watching(kind: Kind) -> Result<Browser> {
    let browser = Browser::start(kind).await?;
    if kind == Kind::Chromium {
        let source = "window.refused = []; window.shifts = [];
            document.addEventListener('securitypolicyviolation', e => window.refused.push(e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sample));
            new PerformanceObserver(list => window.shifts.push(...list.getEntries().map(e => e.value))).observe({type: 'layout-shift', buffered: true});";
        browser
            .driver
            .cdp()
            .send_raw("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source }))
            .await?;
    }
    Ok(browser)
}

/// Nothing that was to be seen has moved on a page of [`watching`].
pub async fn nothing_shifted(browser: &Browser, page: &str) -> Result<()> {
    let shift = browser.script("return window.shifts.reduce((sum, one) => sum + one, 0)").await?;
    ensure!(shift.as_f64() == Some(0.0), "{page} shifts by {shift}");
    Ok(())
}

/// Waits until the edition, which can't be had, was asked for.
pub async fn asked_in_vain(browser: &Browser) -> Result<()> {
    let asked = "return performance.getEntriesByType('resource').some(e => e.name.endsWith('edition.json'))";
    browser.until("the edition was asked for in vain", asked).await
}

/// Lets the edition be had again, and waits until the app has taken over.
pub async fn comes_after_all(site: &Site, browser: &Browser) -> Result<()> {
    site.fault("edition/edition.json", None);
    browser.until("the app has taken over", &format!("dispatchEvent(new Event('online')); {APP_THERE}")).await
}

pub fn lines(value: &Value, at: usize) -> Vec<String> {
    let list = value.get(at).and_then(Value::as_array).cloned().unwrap_or_default();
    list.into_iter().filter_map(|line| line.as_str().map(str::to_owned)).collect()
}

pub fn every(value: &Value) -> Vec<String> {
    let list = value.as_array().cloned().unwrap_or_default();
    list.into_iter().filter_map(|line| line.as_str().map(str::to_owned)).collect()
}

/// Publishes the edition in `folder` into its `out`, with the app of the release build.
pub fn publish(folder: &Path) -> Result<()> {
    let app = folder.join("app");
    site::app(&app)?;
    let request = desk::publish::Request {
        edition: folder.join("edition"),
        app,
        to: folder.join("out"),
        base: None,
        now: dateline::content::Timestamp::parse("2026-01-02").context("a day")?,
        threads: None,
        press: desk::publish::press::Press::Not,
        patience: Duration::ZERO,
    };
    let report = desk::publish::publish(&request)?;
    ensure!(report.warnings.is_empty(), "{:?}", report.warnings);
    Ok(())
}

//! Shared steps and checks for published pages, before and after the app takes over.

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

/// Whether the published page is there without the app, after its first frame, when all of it is laid out.
pub const WAITING: &str =
    "return document.getElementById('shell') !== null && document.querySelector('main h1') !== null
    && document.documentElement.classList.length === 0";

/// Whether the whole page is parsed and its times are written.
pub const PARSED: &str = "return document.readyState !== 'loading' && document.querySelector('#shell time') !== null && document.querySelector('time[data-as]') === null";

/// A post of a live blog.
pub const POST: &str = "[role=feed] article[id]";

/// The name of the app's module, which tests hold back.
pub fn module(site: &Site) -> Result<String> {
    let names = std::fs::read_dir(site.folder())?.flatten().map(|entry| entry.file_name());
    let mut names = names.filter_map(|name| name.into_string().ok());
    names.find(|name| name.ends_with("_bg.wasm")).context("the app has a module")
}

/// Opens a page with the app held back, and waits for the published page.
pub async fn early(site: &Site, browser: &Browser, page: &str) -> Result<()> {
    site.fault(&module(site)?, Some(Fault::Held));
    // WebDriver would wait for the page's load, which the module's preload delays.
    browser.script(&format!("location.href = '{}{page}'", site.url)).await?;
    browser.until("the published page is there", WAITING).await
}

/// Releases the app, and waits until it has taken over.
pub async fn taken_over(site: &Site, browser: &Browser) -> Result<()> {
    site.fault(&module(site)?, None);
    browser.until("the app has taken over", APP_THERE).await
}

/// A browser that records violations of the pages' policies, and layout shifts.
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

/// Checks that nothing has shifted on a page of [`watching`].
pub async fn nothing_shifted(browser: &Browser, page: &str) -> Result<()> {
    let shift = browser.script("return window.shifts.reduce((sum, one) => sum + one, 0)").await?;
    ensure!(shift.as_f64() == Some(0.0), "{page} shifts by {shift}");
    Ok(())
}

/// Waits until the edition was requested in vain.
pub async fn asked_in_vain(browser: &Browser) -> Result<()> {
    let asked = "return performance.getEntriesByType('resource').some(e => e.name.endsWith('edition.json'))";
    browser.until("the edition was asked for in vain", asked).await
}

/// Makes the edition available again, and waits until the app has taken over.
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

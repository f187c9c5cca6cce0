//! One visit to a story, and its measurements.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use browser_tests::site::{Sent, Site};
use serde_json::{Value, json};

use crate::report::bytes;
use crate::tab::Tab;

const WATCH: &str = include_str!("watch.js");
/// An empty page of each site, to come from: the main thread's work is counted for a whole site.
const NOWHERE: &str = "nowhere.html";
/// A visit is over when there was no request for this long.
const QUIET: Duration = Duration::from_millis(1_500);

/// The button that shows whether the app is ready: pressing it has an effect.
pub struct Press {
    /// Its name.
    pub button: &'static str,
    /// Its name after it was pressed; `None` if a message appears beside it.
    pub done: Option<&'static str>,
}

/// Saving the story.
pub const SAVE: Press = Press { button: "Save", done: Some("Saved") };
/// Sharing the story, for a build that can't save.
pub const SHARE: Press = Press { button: "Share", done: None };

/// The script that watches a story's page for the beginning of a paragraph, and for the effect of a press.
pub fn watch(needle: &str, press: &Press) -> String {
    let sought = json!({ "needle": needle, "button": press.button, "done": press.done });
    WATCH.replace("SOUGHT", &sought.to_string())
}

/// Where a visit finds copies of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copies {
    /// Nowhere: it is a first visit.
    None,
    /// In the browser's own cache.
    Cache,
    /// With the service worker.
    Worker,
}

/// The measurements. Times are in milliseconds since the address was opened.
#[derive(Clone, Debug)]
pub struct Visit {
    /// When the story could be read: its text was laid out and a frame painted.
    pub readable: f64,
    /// When the largest element was painted (LCP).
    pub largest: f64,
    /// When the button worked.
    pub ready: f64,
    /// How many requests were complete before it could be read, beyond the page itself.
    pub requests: f64,
    /// Everything that the host sent.
    pub sent: Vec<Sent>,
    /// The work of the main thread.
    pub tasks: f64,
    /// The total blocking time: the parts beyond 50 ms of all tasks since the first paint (TBT).
    pub blocked: f64,
    /// The longest of its tasks.
    pub longest: f64,
    /// The sum of layout shifts (CLS).
    pub shift: f64,
    /// Which elements were shifted, and when.
    pub shifted: String,
}

impl Visit {
    /// Prints the requests and layout shifts, for debugging.
    pub fn tell(&self, who: &str) {
        let asked: Vec<String> =
            self.sent.iter().map(|it| format!("{} ({}, {})", it.path, it.status, bytes(it.bytes))).collect();
        println!("{who}: {}. Shifted: {}", asked.join(", "), self.shifted);
    }

    /// The number of bytes sent; with `code`, only of pages, scripts, styles and wasm.
    pub fn bytes(&self, code: bool) -> f64 {
        let is_code = |path: &str| {
            path.ends_with('/')
                || path.is_empty()
                || [".js", ".css", ".wasm", ".html"].iter().any(|end| path.ends_with(end))
        };
        self.sent.iter().filter(|it| !code || is_code(&it.path)).map(|it| it.bytes as f64).sum()
    }
}

/// Prepares a site for visits.
pub fn prepare(site: &Site) -> Result<()> {
    site.like_a_host();
    let page =
        "<!doctype html><html lang=\"en\"><title>Nowhere</title><link rel=\"icon\" href=\"data:,\" /></html>";
    Ok(std::fs::write(site.folder().join(NOWHERE), page)?)
}

impl Tab {
    /// Goes to the empty page of a site.
    pub async fn nowhere(&self, site: &Site) -> Result<()> {
        self.browser.driver.goto(format!("{}{NOWHERE}", site.url)).await?;
        Ok(())
    }

    /// Makes a visit that is not measured, so that there are copies. The reading state is removed again.
    pub async fn come_before(&self, site: &Site, path: &str, copies: Copies) -> Result<()> {
        self.forget(site).await?;
        let bypass = json!({ "bypass": copies != Copies::Worker });
        self.cdp("Network.setBypassServiceWorker", bypass).await?;
        self.browser.driver.goto(format!("{}{path}", site.url)).await?;
        self.until("the app is ready", "return window.bench.ready > 0").await?;
        if copies == Copies::Worker {
            let there = "return navigator.serviceWorker.controller?.state === 'activated'";
            self.until("the service worker is there", there).await?;
        }
        self.quiet(site).await?;
        self.nowhere(site).await?;
        self.browser.script("localStorage.clear()").await?;
        Ok(())
    }

    /// Waits until a site has had no request for a while.
    async fn quiet(&self, site: &Site) -> Result<()> {
        loop {
            let before = site.asked().len();
            tokio::time::sleep(QUIET).await;
            if site.asked().len() == before {
                return Ok(());
            }
        }
    }

    /// Visits a story. [`Tab::come_before`] makes the copies, if there are any.
    pub async fn visit(&self, site: &Site, path: &str, copies: Copies) -> Result<Visit> {
        if copies == Copies::None {
            self.forget(site).await?;
            self.nowhere(site).await?;
        }
        let bypass = json!({ "bypass": copies == Copies::Cache });
        self.cdp("Network.setBypassServiceWorker", bypass).await?;
        self.quiet(site).await?;
        let (sent, old) = (site.sent().len(), self.metrics().await?);
        self.browser.driver.goto(format!("{}{path}", site.url)).await?;
        self.until("the app is ready", "return window.bench.ready > 0 && window.bench.readable > 0").await?;
        self.quiet(site).await?;
        let new = self.metrics().await?;
        let found = self
            .browser
            .script(
                "const { bench } = window;
                 const loaded = performance.getEntriesByType('resource').filter((it) => it.responseEnd <= bench.readable);
                 const long = bench.long.filter(([start]) => start >= bench.first);
                 return {
                   ...bench,
                   requests: loaded.length,
                   blocked: long.reduce((sum, [, took]) => sum + Math.max(0, took - 50), 0),
                   longest: Math.max(0, ...bench.long.map(([, took]) => took)),
                 };",
            )
            .await?;
        let number = |name: &str| {
            found.get(name).and_then(Value::as_f64).with_context(|| format!("the page tells its {name}"))
        };
        let (readable, ready) = (number("readable")?, number("ready")?);
        ensure!(readable > 0.0 && ready > 0.0, "the page was not watched: {found}");
        Ok(Visit {
            readable,
            largest: number("largest")?,
            ready,
            requests: number("requests")?,
            sent: site.sent().split_off(sent),
            tasks: new("TaskDuration") - old("TaskDuration"),
            blocked: number("blocked")?,
            longest: number("longest")?,
            shift: number("shift")?,
            shifted: found.get("shifted").map(Value::to_string).unwrap_or_default(),
        })
    }
}

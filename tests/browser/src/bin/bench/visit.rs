//! One visit to a story, and what is measured of it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use browser_tests::site::{Sent, Site};
use serde_json::{Value, json};

use crate::report::bytes;
use crate::tab::Tab;

const WATCH: &str = include_str!("watch.js");
/// A page of each site with nothing on it, to come from: what the main thread has done is counted for a site.
const NOWHERE: &str = "nowhere.html";
/// How long it has to be quiet for a visit to be over.
const QUIET: Duration = Duration::from_millis(1_500);

/// What counts as the app being ready: a press of a button has had its effect.
pub struct Press {
    /// What the button is called.
    pub button: &'static str,
    /// What it is called once it was pressed; else something is said beside it.
    pub done: Option<&'static str>,
}

/// Saving the story.
pub const SAVE: Press = Press { button: "Save", done: Some("Saved") };
/// What stands in for it in a build that can't save.
pub const SHARE: Press = Press { button: "Share", done: None };

/// What is looked for on the page of a story: how a paragraph of it begins, and a press.
pub fn watch(needle: &str, press: &Press) -> String {
    let sought = json!({ "needle": needle, "button": press.button, "done": press.done });
    WATCH.replace("SOUGHT", &sought.to_string())
}

/// Where a visit finds copies of what it saw before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copies {
    /// Nowhere: it is the first.
    None,
    /// In the browser's own cache.
    Cache,
    /// With the service worker.
    Worker,
}

/// What was measured. Times are in milliseconds, from when the address was opened.
#[derive(Clone, Debug)]
pub struct Visit {
    /// When the story could be read: its text laid out, and the frame painted.
    pub readable: f64,
    /// When its largest part was painted, as Chromium tells (LCP).
    pub largest: f64,
    /// When the button worked.
    pub ready: f64,
    /// What was loaded whole before it could be read: requests beyond the page itself.
    pub requests: f64,
    /// All that the host sent.
    pub sent: Vec<Sent>,
    /// What the main thread did in all.
    pub tasks: f64,
    /// What of its tasks since the first paint was beyond 50 ms each (TBT).
    pub blocked: f64,
    /// The longest of its tasks.
    pub longest: f64,
    /// The sum of layout shifts (CLS).
    pub shift: f64,
    /// What was shifted, and when.
    pub shifted: String,
}

impl Visit {
    /// What the host was asked for, and what was shifted, for who wants to mend it.
    pub fn tell(&self, who: &str) {
        let asked: Vec<String> =
            self.sent.iter().map(|it| format!("{} ({}, {})", it.path, it.status, bytes(it.bytes))).collect();
        println!("{who}: {}. Shifted: {}", asked.join(", "), self.shifted);
    }

    /// What was sent, in bytes; of pages, scripts, style and wasm alone, with `code`.
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
    /// Goes to the page of a site that has nothing on it.
    pub async fn nowhere(&self, site: &Site) -> Result<()> {
        self.browser.driver.goto(format!("{}{NOWHERE}", site.url)).await?;
        Ok(())
    }

    /// A first visit that is not measured, after which there are copies. What is kept of the reader goes again.
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

    /// Waits until a site was asked for nothing for a while.
    async fn quiet(&self, site: &Site) -> Result<()> {
        loop {
            let before = site.asked().len();
            tokio::time::sleep(QUIET).await;
            if site.asked().len() == before {
                return Ok(());
            }
        }
    }

    /// A visit to a story. Where there are copies, [`Tab::come_before`] has made them.
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

//! A tab of Chromium for benchmarks: first visits, a slow phone, the work of the main thread.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use browser_tests::browser::{Browser, Kind};
use browser_tests::site::Site;
use serde_json::{Value, json};

/// The longest time to wait: loading all posts takes long.
const PATIENCE: Duration = Duration::from_secs(300);
const INTERVAL: Duration = Duration::from_millis(100);

/// Scrolls one step a frame, and returns the times between frames.
const SCROLL: &str = "
    const [from, step, frames, done] = arguments;
    scrollTo(0, from * (document.documentElement.scrollHeight - innerHeight));
    setTimeout(() => {
        const times = [];
        let last;
        requestAnimationFrame(function frame(now) {
            if (last !== undefined) times.push(now - last);
            last = now;
            if (times.length >= frames) return done(times);
            scrollBy(0, step);
            requestAnimationFrame(frame);
        });
    }, 1500);";

/// The network of a slow phone: latency, and bytes a second in both directions.
pub const LATENCY: Duration = Duration::from_millis(560);
/// 1.5 Mbps.
pub const DOWN: u32 = 187_500;
const UP: u32 = 93_750;
/// How many times slower its processor is.
const SLOWER: u32 = 4;

/// A tab in a browser of its own.
pub struct Tab {
    /// The browser.
    pub browser: Browser,
}

impl Tab {
    /// Starts the browser.
    pub async fn start() -> Result<Self> {
        let browser = Browser::start(Kind::Chromium).await?;
        browser.driver.set_script_timeout(Duration::from_secs(120)).await?;
        Ok(Self { browser })
    }

    /// Sets the screen of a phone, the same as Lighthouse's.
    pub async fn phone(&self) -> Result<()> {
        let screen = json!({ "width": 412, "height": 823, "deviceScaleFactor": 1.75, "mobile": true });
        self.cdp("Emulation.setDeviceMetricsOverride", screen).await.map(drop)
    }

    /// Calls a method of the Chrome DevTools Protocol.
    pub async fn cdp(&self, method: &str, parameters: Value) -> Result<Value> {
        let answer = self.browser.driver.cdp().send_raw(method, parameters).await;
        answer.with_context(|| format!("{method} failed"))
    }

    /// Clears the caches and storage of a site.
    pub async fn forget(&self, site: &Site) -> Result<()> {
        self.browser.driver.goto("about:blank").await?;
        self.cdp("Network.enable", json!({})).await?;
        self.cdp("Network.clearBrowserCache", json!({})).await?;
        let all = json!({ "origin": site.url.trim_end_matches('/'), "storageTypes": "all" });
        self.cdp("Storage.clearDataForOrigin", all).await?;
        Ok(())
    }

    /// Opens a page of a site, as on a first visit.
    pub async fn open_fresh(&self, site: &Site, address: &str) -> Result<()> {
        self.forget(site).await?;
        self.browser.driver.goto(address).await?;
        Ok(())
    }

    /// Waits until a script returns true, longer than tests do.
    pub async fn until(&self, what: &str, body: &str) -> Result<()> {
        let start = Instant::now();
        while self.browser.script(body).await? != Value::Bool(true) {
            if start.elapsed() > PATIENCE {
                bail!("waited in vain until {what}");
            }
            tokio::time::sleep(INTERVAL).await;
        }
        Ok(())
    }

    /// Runs a script in each page before the page's own scripts. Returns its id, for [`Tab::remove`].
    pub async fn inject(&self, source: &str) -> Result<Value> {
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await
    }

    /// Stops injecting a script.
    pub async fn remove(&self, injected: Value) -> Result<()> {
        self.cdp("Page.removeScriptToEvaluateOnNewDocument", injected).await.map(drop)
    }

    /// Sets the processor of a slow phone, or this machine's.
    pub async fn slow_processor(&self, slow: bool) -> Result<()> {
        let rate = if slow { SLOWER } else { 1 };
        self.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": rate })).await.map(drop)
    }

    /// Sets the network of a slow phone, or this machine's. Requests of a service worker are not slowed.
    pub async fn slow_network(&self, slow: bool) -> Result<()> {
        let network = if slow {
            json!({ "offline": false, "latency": LATENCY.as_millis(), "downloadThroughput": DOWN, "uploadThroughput": UP })
        } else {
            json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 })
        };
        self.cdp("Network.emulateNetworkConditions", network).await.map(drop)
    }

    /// Sets the processor and network of a slow phone, or this machine's.
    pub async fn slow(&self, slow: bool) -> Result<()> {
        self.slow_network(slow).await?;
        self.slow_processor(slow).await
    }

    /// The work of the main thread so far in milliseconds, by Chromium's names of its metrics.
    pub async fn metrics(&self) -> Result<impl Fn(&str) -> f64 + use<>> {
        self.cdp("Performance.enable", json!({})).await?;
        let answer = self.cdp("Performance.getMetrics", json!({})).await?;
        let metrics =
            answer.get("metrics").and_then(Value::as_array).cloned().context("there are metrics")?;
        Ok(move |name: &str| {
            let metric = metrics.iter().find(|it| it.get("name").and_then(Value::as_str) == Some(name));
            metric.and_then(|it| it.get("value")?.as_f64()).unwrap_or(f64::NAN) * 1000.0
        })
    }

    /// How many bytes of memory the page holds after a garbage collection: of JavaScript's heap, and of WebAssembly's
    /// memory, which never becomes smaller.
    pub async fn memory(&self) -> Result<(f64, f64)> {
        self.cdp("HeapProfiler.collectGarbage", json!({})).await?;
        // The metrics are scaled by a thousand, like times.
        let heap = self.metrics().await?("JSHeapUsedSize") / 1000.0;
        let memory = json!({ "expression": "WebAssembly.Memory.prototype" });
        let id = |answer: &Value, name: &str| {
            answer.pointer(&format!("/{name}/objectId")).cloned().context("there is an object")
        };
        let prototype = self.cdp("Runtime.evaluate", memory).await?;
        let query = json!({ "prototypeObjectId": id(&prototype, "result")? });
        let all = self.cdp("Runtime.queryObjects", query).await?;
        let sum = json!({
            "objectId": id(&all, "objects")?,
            "functionDeclaration": "function () { return this.reduce((sum, one) => sum + one.buffer.byteLength, 0) }",
            "returnByValue": true,
        });
        let sum = self.cdp("Runtime.callFunctionOn", sum).await?;
        let module = sum.pointer("/result/value").and_then(Value::as_f64).context("there is a sum")?;
        Ok((heap, module))
    }

    /// Scrolls down from a fraction of the page (0 to 1). Returns the times between frames, in milliseconds.
    pub async fn frames(&self, from: f64, frames: usize) -> Result<Vec<f64>> {
        let arguments = vec![json!(from), json!(150), json!(frames)];
        let times = self.browser.driver.execute_async(SCROLL, arguments).await?;
        Ok(serde_json::from_value(times.json().clone())?)
    }
}

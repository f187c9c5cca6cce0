//! Drives browsers over WebDriver. Elements are found by role and name, as a person would.

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;
use thirtyfour::session::scriptret::ScriptRet;

use crate::process::{Process, children, on_a_screen, variable};

/// How long to wait for something to appear.
pub const PATIENCE: Duration = Duration::from_secs(40);
const INTERVAL: Duration = Duration::from_millis(50);

/// Functions for scripts: `queryByRole(role, name, within)`, `queryAllByRole` likewise, `nameOf(element)`,
/// `words(element)`; and for the app's pages `story()`, `paragraphs()`, `listed()`, `inList(headline)`,
/// `marks(article)`, `markedAs(mark)`, `posts()`, `trouble()`, `notices()`.
pub const QUERIES: &str = include_str!("page.js");

/// Whether the app shows its content: it has replaced the published page.
pub const APP_THERE: &str =
    "return document.getElementById('shell') === null && document.querySelector('main h1') !== null";

/// Whether the app reacts to everything on the page.
pub const READY: &str =
    "document.querySelector('.notices') !== null && document.getElementById('shell') === null";

/// The first visible element with a role and name. It is one script, because the app may replace elements at
/// any time.
const SHOWN: &str = "
    const [role, name] = arguments;
    const isShown = element => element.getClientRects().length && getComputedStyle(element).visibility === 'visible';
    return queryAllByRole(role, name).find(isShown) ?? null;";

/// Scrolls to an element that is out of view or covered, for example by a notice, and waits until it is
/// painted there: browsers ignore clicks on elements that were never visible.
const REACHED: &str = "
    const [element, done] = arguments, { left, top, width, height } = element.getBoundingClientRect();
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    if (!element.contains(there)) element.scrollIntoView({block: 'center', behavior: 'instant'});
    requestAnimationFrame(() => requestAnimationFrame(() => done()));";

/// A kind of browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium, through chromedriver.
    Chromium,
    /// Firefox, through geckodriver.
    Firefox,
    /// WebKit's MiniBrowser, through WebKitWebDriver, on a virtual screen.
    Webkit,
}

impl Kind {
    /// The available browsers.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let names = std::env::var("DATELINE_BROWSERS").unwrap_or_else(|_| "chromium".to_owned());
        let kind = |name: &str| match name {
            "chromium" => Some(Self::Chromium),
            "firefox" => Some(Self::Firefox),
            "webkit" => Some(Self::Webkit),
            _ => None,
        };
        names.split(',').filter_map(kind).collect()
    }

    fn driver(self) -> &'static str {
        match self {
            Self::Chromium => "DATELINE_CHROMEDRIVER",
            Self::Firefox => "DATELINE_GECKODRIVER",
            Self::Webkit => "DATELINE_WEBKITDRIVER",
        }
    }
}

/// Waits until a condition holds.
///
/// # Errors
/// If it does not hold in time, or can't be checked.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    let wait = async {
        let mut looks = tokio::time::interval(INTERVAL);
        loop {
            looks.tick().await;
            if holds().await? {
                return anyhow::Ok(());
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.with_context(|| format!("waited in vain until {what}"))?
}

/// Runs a test in all browsers at once.
///
/// # Errors
/// The error of the first browser in which it fails.
pub async fn in_each<F>(test: fn(Browser) -> F) -> Result<()>
where
    F: Future<Output = Result<()>> + 'static,
{
    let local = tokio::task::LocalSet::new();
    let tests = Kind::all().into_iter().map(|kind| {
        local.spawn_local(async move {
            let browser = Browser::start(kind).await?;
            browser.driver.set_script_timeout(Duration::from_secs(30)).await?;
            test(browser).await.with_context(|| format!("in {kind:?}"))
        })
    });
    let tests: Vec<_> = tests.collect();
    local
        .run_until(async {
            for test in tests {
                test.await??;
            }
            Ok(())
        })
        .await
}

/// A browser with one window. It is closed when this is dropped.
pub struct Browser {
    /// The session.
    pub driver: WebDriver,
    /// Its kind.
    pub kind: Kind,
    processes: Vec<Process>,
    profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // If the session is still open, the test has failed. Quitting a browser that may hang would delay the
        // tests in the others; it ends with its driver.
        let _ = self.driver.clone().leak();
    }
}

impl Browser {
    /// Starts a browser with a fresh profile.
    pub async fn start(kind: Kind) -> Result<Self> {
        Self::start_with(kind, tempfile::tempdir()?).await
    }

    /// Starts a browser with the profile of an earlier one. (WebKit ignores it: under a driver it stores
    /// nothing. See [`crate::process::Unattended`].)
    pub async fn start_with(kind: Kind, profile: tempfile::TempDir) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut processes = Vec::new();
        let mut driver = Command::new(variable(kind.driver())?);
        driver.arg(format!("--port={port}")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        driver.env("HOME", profile.path()).env("TMPDIR", profile.path());
        if kind == Kind::Webkit {
            processes.push(on_a_screen(&mut driver)?);
        }
        // Processes are killed in this order: the driver before its screen.
        processes.insert(0, Process(driver.spawn().context("the driver could not be started")?));
        let url = format!("http://127.0.0.1:{port}");
        let start = Instant::now();
        let mut tries = tokio::time::interval(INTERVAL);
        let driver = loop {
            tries.tick().await;
            match WebDriver::new(&url, capabilities(kind, &profile)?).await {
                Ok(driver) => break driver,
                // The driver refuses connections until it listens.
                Err(error) if start.elapsed() > PATIENCE => bail!("{kind:?} did not start: {error}"),
                Err(_) => {}
            }
        };
        driver.set_window_rect(0, 0, 1280, 900).await?;
        Ok(Self { driver, kind, processes, profile })
    }

    /// Ends the session and the processes.
    pub async fn quit(self) -> Result<()> {
        self.driver.clone().quit().await?;
        Ok(())
    }

    /// Goes to an address, and waits until the app has replaced the published page.
    pub async fn open(&self, address: impl AsRef<str>) -> Result<()> {
        self.driver.goto(address.as_ref()).await?;
        self.app_there().await
    }

    /// Reloads the page, and waits likewise.
    pub async fn reload(&self) -> Result<()> {
        self.driver.refresh().await?;
        self.app_there().await
    }

    /// Waits until the app is there. It may still be loading data.
    async fn app_there(&self) -> Result<()> {
        self.until("the app is there", "return document.getElementById('shell') === null").await
    }

    /// Waits until the app reacts to everything on the page.
    pub async fn ready(&self) -> Result<()> {
        self.until("the app is ready", &format!("return {READY}")).await
    }

    /// Closes the browser as a reader would. Returns its profile.
    pub async fn close(mut self) -> Result<tempfile::TempDir> {
        self.driver.clone().quit().await?;
        self.take_profile()
    }

    /// Kills the browser in the middle of its work. Returns its profile. (Finding its process works on Linux
    /// only.)
    pub async fn kill(mut self) -> Result<tempfile::TempDir> {
        let driver = self.processes.first().context("a driver runs")?.0.id();
        let browsers = children(driver)?;
        anyhow::ensure!(!browsers.is_empty(), "no browser runs");
        for browser in browsers {
            Command::new("kill")
                .args(["-KILL", &browser.to_string()])
                .status()
                .context("kill can't be run")?;
        }
        // The session is gone, so this may fail.
        let _ = self.driver.clone().quit().await;
        self.take_profile()
    }

    fn take_profile(&mut self) -> Result<tempfile::TempDir> {
        Ok(std::mem::replace(&mut self.profile, tempfile::tempdir()?))
    }

    /// Waits for a visible element with that role (`link`, `button`, `heading`, `status`, …) and name: see
    /// `page.js`.
    pub async fn by_role(&self, role: &str, name: &str) -> Result<WebElement> {
        let wait = async {
            let mut looks = tokio::time::interval(INTERVAL);
            loop {
                looks.tick().await;
                match self.execute(SHOWN, vec![json!(role), json!(name)]).await {
                    // The app has replaced it in the meantime, or the page was left.
                    Err(error) if is_stale(&error) || is_left(&error) => {}
                    found => {
                        let found = found?;
                        if !found.json().is_null() {
                            return anyhow::Ok(found.element()?);
                        }
                    }
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, wait).await;
        found.with_context(|| format!("no {role} is named {name} in {:?}", self.kind))?
    }

    /// How many elements there are now with that role and name.
    pub async fn count(&self, role: &str, name: &str) -> Result<u64> {
        let count =
            self.execute("return queryAllByRole(...arguments).length", vec![json!(role), json!(name)]);
        count.await?.json().as_u64().context("a count")
    }

    /// Dismisses the first notice, once there is one.
    pub async fn dismiss(&self) -> Result<()> {
        self.until("there is a notice", "return notices().length > 0").await?;
        let button = self.execute("return queryByRole('button', DISMISS)", Vec::new()).await?.element()?;
        self.click(&button).await
    }

    /// Clicks the element with that role and name, once it is visible, wherever on the page it is.
    pub async fn press(&self, role: &str, name: &str) -> Result<()> {
        loop {
            let element = self.by_role(role, name).await?;
            match self.click(&element).await {
                // The app has replaced it: click the new one. This happens once or twice.
                Err(error) if error.downcast_ref().is_some_and(is_stale) => {}
                pressed => return pressed.with_context(|| format!("pressing {name} in {:?}", self.kind)),
            }
        }
    }

    /// Clicks an element, wherever on the page it is, once it is painted. (The page must allow scripts.)
    pub async fn click(&self, element: &WebElement) -> Result<()> {
        self.driver.execute_async(REACHED, vec![element.to_json()?]).await?;
        Ok(element.click().await?)
    }

    /// Whether an element matches `selector` now.
    pub async fn has(&self, selector: &str) -> Result<bool> {
        Ok(!self.driver.find_all(By::Css(selector)).await?.is_empty())
    }

    /// The text of the first element that matches `selector`, once there is one.
    pub async fn text(&self, selector: &str) -> Result<String> {
        let element = self.driver.query(By::Css(selector)).wait(PATIENCE, INTERVAL).first().await;
        Ok(element.with_context(|| format!("nothing is {selector} in {:?}", self.kind))?.text().await?)
    }

    /// Runs the body of a function. Returns its result.
    pub async fn script(&self, body: &str) -> Result<Value> {
        Ok(self.execute(body, Vec::new()).await?.json().clone())
    }

    /// Runs the body of a function, which can use [`QUERIES`].
    async fn execute(&self, body: &str, arguments: Vec<Value>) -> WebDriverResult<ScriptRet> {
        let script = format!("{QUERIES} return (function () {{ {body}\n }}).apply(null, arguments)");
        self.driver.execute(script, arguments).await
    }

    /// Runs the body of an asynchronous function. Returns its result.
    pub async fn answer(&self, body: &str) -> Result<Value> {
        let script = format!(
            "{QUERIES} const end = arguments[arguments.length - 1];
             (async () => {{ {body} }})().then(end, error => end('failed: ' + error))"
        );
        let value = self.driver.execute_async(script, Vec::new()).await?.json().clone();
        match value.as_str() {
            Some(error) if error.starts_with("failed: ") => bail!("{error}: {body}"),
            _ => Ok(value),
        }
    }

    /// Waits until a script returns true. Leaving the page while the script runs is not an error.
    pub async fn until(&self, what: &str, body: &str) -> Result<()> {
        let holds = async || match self.execute(body, Vec::new()).await {
            Ok(value) => Ok(*value.json() == true),
            Err(error) if is_left(&error) => Ok(false),
            Err(error) => Err(error.into()),
        };
        until(&format!("{what}, in {:?}", self.kind), holds).await
    }

    /// Sets the size of the screen, and the light or dark scheme. Only in Chromium.
    pub async fn screen(&self, width: u32, height: u32, dark: bool) -> Result<()> {
        let cdp = self.driver.cdp();
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        cdp.send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        cdp.send_raw("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// The violations that axe-core finds on the page, a line for each rule.
    pub async fn axe(&self) -> Result<Vec<String>> {
        let axe = std::fs::read_to_string(variable("DATELINE_AXE")?)?;
        self.driver.execute(axe, Vec::new()).await?;
        let found = self
            .driver
            .execute_async(
                "const done = arguments[arguments.length - 1];
                 axe.run(document, {resultTypes: ['violations']}).then(
                   r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' | '))),
                   e => done(['axe failed: ' + e]));",
                Vec::new(),
            )
            .await?;
        Ok(serde_json::from_value(found.json().clone())?)
    }
}

/// Whether the error says that an element is no longer on the page.
fn is_stale(error: &WebDriverError) -> bool {
    matches!(error.as_inner(), WebDriverErrorInner::StaleElementReference(_))
}

/// Whether the error says that the page was left while a script ran, in WebKit's words.
fn is_left(error: &WebDriverError) -> bool {
    error.to_string().contains("before the unload event")
}

fn capabilities(kind: Kind, profile: &tempfile::TempDir) -> Result<Map<String, Value>> {
    let value = match kind {
        Kind::Chromium => {
            let profile = format!("--user-data-dir={}", profile.path().display());
            let arguments = [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--lang=en-GB",
                &profile,
            ];
            json!({ "browserName": "chrome", "goog:chromeOptions": { "binary": variable("DATELINE_CHROMIUM")?, "args": arguments } })
        }
        Kind::Firefox => {
            let arguments = ["-headless", "-profile", &profile.path().display().to_string()];
            json!({ "browserName": "firefox", "moz:firefoxOptions": { "binary": variable("DATELINE_FIREFOX")?, "args": arguments } })
        }
        Kind::Webkit => {
            json!({ "browserName": "MiniBrowser", "webkitgtk:browserOptions": { "binary": variable("DATELINE_MINIBROWSER")?, "args": ["--automation"] } })
        }
    };
    value.as_object().cloned().context("the capabilities are an object")
}

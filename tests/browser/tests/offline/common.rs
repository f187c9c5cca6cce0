//! What these tests share: a visit, orders to the service worker, notices.

use anyhow::{Context, Result};
use browser_tests::browser::{self, Browser};
use browser_tests::site::Site;
use serde_json::Value;

pub const LEAD: &str = "The harbour that learned to turn its lights off";

pub const STORY: &str = "story/harbour-lights/";

pub const EDITION: &str = "edition/edition.json";

/// What the scripts of these tests have in common.
pub const HELPERS: &str = "
    const registration = await navigator.serviceWorker.getRegistration();
    const base = document.baseURI;
    // How the installation of the newest worker ends.
    const outcome = async (registration) => {
        const worker = registration.installing;
        if (worker) await new Promise(done => {
            const look = () => ['installed', 'activating', 'activated', 'redundant'].includes(worker.state) && done();
            worker.addEventListener('statechange', look);
            look();
        });
        return registration.waiting || (worker && worker.state.startsWith('activat')) ? 'installed' : 'failed';
    };
    const ask = (order) => new Promise(done => {
        const heard = [], channel = new MessageChannel();
        channel.port1.onmessage = ({ data }) => data === '' ? done(heard) : heard.push(data);
        registration.active.postMessage(order, [channel.port2]);
    });
    const kept = async (kind, path) => {
        const names = (await caches.keys()).filter(name => name.startsWith('dateline-' + kind + ' '));
        for (const name of names) if (await (await caches.open(name)).match(new URL(path, base))) return true;
        return false;
    };";

/// What an asynchronous script gives, which has [`HELPERS`].
pub async fn run(browser: &Browser, body: &str) -> Result<Value> {
    browser.answer(&format!("{HELPERS} {body}")).await
}

/// Opens the front page, and waits until the worker is there and has what this page has loaded.
pub async fn visit(browser: &Browser, site: &Site) -> Result<()> {
    browser.driver.goto(&site.url).await?;
    browser.by_role("heading", LEAD).await?;
    settled(browser).await?;
    until(browser, "the edition is kept", &format!("return kept('news', '{EDITION}')")).await
}

/// As [`visit`], and goes on to the lead's own page, which is kept then, too.
pub async fn read(browser: &Browser, site: &Site) -> Result<()> {
    visit(browser, site).await?;
    browser.driver.goto(format!("{}{STORY}", site.url)).await?;
    until(browser, "the story's page is kept", &format!("return kept('pages', '{STORY}')")).await
}

/// Waits until the worker is in charge of this page.
pub async fn settled(browser: &Browser) -> Result<()> {
    browser.until("the worker is there", "return Boolean(navigator.serviceWorker.controller)").await
}

/// Waits until an asynchronous script gives true.
pub async fn until(browser: &Browser, what: &str, body: &str) -> Result<()> {
    let what = format!("{what}, in {:?}", browser.kind);
    browser::until(&what, async || Ok(run(browser, body).await? == true)).await
}

/// Waits until a notice says that.
pub async fn notice(browser: &Browser, words: &str) -> Result<()> {
    let says = format!("return notices().some(one => one.includes({}))", serde_json::json!(words));
    let waited = browser.until(&format!("a notice says '{words}'"), &says).await;
    let there = browser.script("return notices()").await?;
    waited.with_context(|| format!("the notices are {there}"))
}

pub const NO_NOTICE: &str = "return notices().length === 0";

/// Orders to a worker under test, beside its own: from then on its caches fail.
pub const FAILING: &str = "
addEventListener('message', ({ data }) => {
    const full = () => new DOMException('full', 'QuotaExceededError');
    const put = Cache.prototype.put;
    const orders = {
        'test: full': () => { Cache.prototype.put = () => Promise.reject(full()); },
        'test: full of pictures': () => { Cache.prototype.put = async function (...all) { if (await caches.match('x.webp', {cacheName: 'dateline-pictures /'})) throw full(); return put.apply(this, all); }; },
        'test: broken': () => { CacheStorage.prototype.open = CacheStorage.prototype.match = () => Promise.reject(new Error('broken')); },
    };
    if (typeof data === 'string' && Object.hasOwn(orders, data)) orders[data]();
});";

/// Serves a worker that takes orders to fail.
pub fn can_fail(site: &Site) -> Result<()> {
    let file = site.folder().join("sw-saved.js");
    let script = std::fs::read_to_string(&file)?;
    Ok(std::fs::write(&file, script + FAILING)?)
}

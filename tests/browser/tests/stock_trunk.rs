//! Trunk's own build (`trunk build --release`), without our steps after it, on a host without configuration.

use std::fs;

use anyhow::{Context, Result};
use browser_tests::browser::{Browser, Kind};
use browser_tests::site::{Site, trunk_build};

const LEAD: &str = "The harbour that learned to turn its lights off";
const STORM: &str = "Storm Ottilie reaches the estuary";

/// The names of the app's cached files.
const KEPT_FILES: &str = "
    const name = (await caches.keys()).find(name => name.startsWith('dateline-shell '));
    const keys = name ? await (await caches.open(name)).keys() : [];
    return keys.map(({ url }) => new URL(url).pathname).sort()";

/// Replaces the build by another one: its module has another name and sets the variable `build`.
fn rebuild(site: &Site) -> Result<()> {
    let page = site.folder().join("index.html");
    let text = fs::read_to_string(&page)?;
    let (_, rest) = text.split_once("./dateline-").context("the page names the module")?;
    let (old, _) = rest.split_once(".js").context("the module has a name")?;
    let new = "0123456789abcdef";
    let place = |hash: &str, end: &str| site.folder().join(format!("dateline-{hash}{end}"));
    let glue = fs::read_to_string(place(old, ".js"))?;
    fs::write(place(new, ".js"), format!("globalThis.build = 'new';\n{glue}"))?;
    fs::remove_file(place(old, ".js"))?;
    fs::rename(place(old, "_bg.wasm"), place(new, "_bg.wasm"))?;
    Ok(fs::write(&page, text.replace(old, new))?)
}

#[tokio::test]
async fn a_story_is_read_saved_and_there_after_a_reload() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::of(&trunk_build()?, "/").await?;
        let browser = Browser::start(kind).await?;
        browser.open(&site.url).await?;
        browser.press("link", STORM).await?;
        browser.by_role("button", "Key events only").await?;
        browser.driver.back().await?;
        browser.press("link", LEAD).await?;
        browser.by_role("heading", LEAD).await?;
        browser.press("button", "Save").await?;
        browser.by_role("button", "Saved").await?;

        // Such a host only answers the front page's address.
        browser.open(&site.url).await?;
        browser.press("link", "Saved").await?;
        browser.by_role("link", LEAD).await?;

        // It opens without network, like an installed app.
        browser.until("the worker is there", "return navigator.serviceWorker.controller !== null").await?;
        browser.open(&site.url).await?;
        browser.by_role("link", LEAD).await?;
        site.dead(true);
        browser.open(&site.url).await?;
        browser.press("link", LEAD).await?;
        browser.by_role("heading", LEAD).await?;
        browser.by_role("button", "Saved").await?;
        site.dead(false);
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_newest_build_is_the_one_that_opens_with_no_network() -> Result<()> {
    for kind in Kind::all() {
        for base in ["/", "/news/"] {
            let site = Site::of(&trunk_build()?, base).await?;
            let browser = Browser::start(kind).await?;
            browser.open(&site.url).await?;
            browser
                .until("the worker is there", "return navigator.serviceWorker.controller !== null")
                .await?;
            let before = browser.answer(KEPT_FILES).await?;
            let before = before.as_array().context("files are kept")?.clone();

            // The new build is shown at once, and the old one is removed when the new one is cached.
            rebuild(&site)?;
            browser.open(&site.url).await?;
            browser.until("the new build runs", "return window.build === 'new'").await?;
            let replaced = async || {
                let kept = browser.answer(KEPT_FILES).await?;
                let kept = kept.as_array().context("files are kept")?;
                Ok(kept.len() == before.len() && *kept != before)
            };
            browser_tests::browser::until("the new build is kept, and no other", replaced).await?;

            // At an address that the host does not know.
            site.dead(true);
            browser.open(format!("{}settings/", site.url)).await?;
            browser.by_role("heading", "Settings").await?;
            browser.until("it is the new build", "return window.build === 'new'").await?;
            browser.press("link", "The Meridian").await?;
            browser.by_role("link", LEAD).await?;
            site.dead(false);
            browser.quit().await?;
        }
    }
    Ok(())
}

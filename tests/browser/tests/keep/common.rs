//! Shared steps and checks of these tests.

use anyhow::{Context, Result, bail};
use browser_tests::browser::{Browser, Kind, PATIENCE};
use browser_tests::site::Site;
use dateline::content::StoryId;
use dateline::reading::StorySnapshot;
use serde_json::{Value, json};
use std::time::Duration;
use thirtyfour::prelude::*;

pub const LEAD: &str = "The harbour that learned to turn its lights off";

pub const HARBOUR: &str = "story/harbour-lights/";

pub const GLACIER: &str = "The glacier that keeps time";

/// A page of the same origin without scripts.
pub const BLANK: &str = "blank.html";

/// A script function that presses a key while no field has the focus.
pub const KEY: &str = "const key = key => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));";

/// Everything that is in local storage.
pub const STORED: &str =
    "return Object.fromEntries(Object.keys(localStorage).map(name => [name, localStorage.getItem(name)]))";

/// The listed headlines.
pub const LISTED: &str = "listed().filter(article => article.querySelector('h2')).map(article => words(article.querySelector('h2')))";

pub fn quoted(text: &str) -> String {
    json!(text).to_string()
}

/// Serves the build, with a page without scripts.
pub async fn site() -> Result<Site> {
    let site = Site::start("/").await?;
    blank(&site)?;
    Ok(site)
}

pub fn blank(site: &Site) -> Result<()> {
    let page = "<!doctype html><html lang=\"en\"><title>Blank</title><p>Nothing runs here.</p></html>";
    Ok(std::fs::write(site.folder().join(BLANK), page)?)
}

/// Opens an address of the site, and waits until the reading state is loaded.
pub async fn open(browser: &Browser, site: &Site, path: &str) -> Result<()> {
    browser.driver.goto(format!("{}{path}", site.url)).await?;
    ready(browser, site).await
}

/// Waits until the page and the reading state are there.
pub async fn ready(browser: &Browser, site: &Site) -> Result<()> {
    browser.ready().await?;
    browser.until("the page is there", "return document.querySelector('main h1') !== null").await?;
    if browser.kind == Kind::Webkit && site.has_worker() {
        // WebKit abandons a worker's installation if the page is left meanwhile (decision 008); then there is
        // nothing to wait for.
        let there =
            browser.until("the worker is there", "return Boolean(navigator.serviceWorker?.controller)");
        let _ = tokio::time::timeout(Duration::from_secs(4), there).await;
    }
    Ok(())
}

/// Waits until an element on the page has this text.
pub async fn says(browser: &Browser, selector: &str, words: &str) -> Result<()> {
    let body = format!(
        "return [...document.querySelectorAll({})].some(one => one.textContent.includes({}))",
        quoted(selector),
        quoted(words)
    );
    browser.until(&format!("{selector} says '{words}'"), &body).await.with_context(|| format!("no '{words}'"))
}

pub async fn notice(browser: &Browser, words: &str) -> Result<()> {
    let says = format!("return notices().some(one => one.includes({}))", quoted(words));
    browser.until(&format!("a notice says '{words}'"), &says).await
}

/// All notices, in order. This cuts off the network, so that the notice about that is the last one, and all
/// others have been shown before.
pub async fn all_said(browser: &Browser, site: &Site) -> Result<Vec<String>> {
    // Really, since an answer would say that the network is there.
    site.dead(true);
    browser.script("dispatchEvent(new Event('offline'))").await?;
    notice(browser, "No connection.").await?;
    site.dead(false);
    Ok(serde_json::from_value(browser.script("return notices()").await?)?)
}

/// Waits until a listed story has a mark that ends with this text.
pub async fn marked(browser: &Browser, headline: &str, mark: &str) -> Result<()> {
    let body =
        format!("return marks(inList({})).some(one => one.endsWith({}))", quoted(headline), quoted(mark));
    browser.until(&format!("'{headline}' is marked '{mark}'"), &body).await
}

/// Waits until these headlines are listed, in any order.
pub async fn lists(browser: &Browser, headlines: &[&str]) -> Result<()> {
    let body = format!(
        "const found = {LISTED}.sort(); const wanted = {}.sort(); return JSON.stringify(found) === JSON.stringify(wanted)",
        json!(headlines)
    );
    let listed = browser.until(&format!("{headlines:?} are listed"), &body).await;
    if listed.is_err() {
        bail!("listed is {}, and not {headlines:?}", browser.script(&format!("return {LISTED}")).await?);
    }
    Ok(())
}

/// Whether a story's record has a field of that name (`src/reading/record.rs`).
pub fn noted(story: &str, field: &str) -> String {
    format!(
        "return Object.keys(localStorage).some(name => name.includes('/s/') && localStorage.getItem(name).split('\\n').some(line => line.startsWith('{story}\\t') && line.includes('\\t{field}=')))"
    )
}

/// Saves a story on its own page.
pub async fn save(browser: &Browser, site: &Site, path: &str) -> Result<()> {
    open(browser, site, path).await?;
    browser.press("button", "Save").await?;
    browser.by_role("button", "Saved").await?;
    says(browser, "[role=status]", "Saved for offline").await
}

/// Presses a key while no field has the focus.
pub async fn key(browser: &Browser, key: &str) -> Result<()> {
    let body = browser.driver.find(By::Css("body")).await?;
    let active = browser.driver.active_element().await.unwrap_or(body);
    Ok(active.send_keys(key).await?)
}

/// The field with that label.
pub async fn field(browser: &Browser, label: &str) -> Result<WebElement> {
    let path = format!(
        "//label[starts-with(normalize-space(.), {0})]//*[self::input or self::select or self::textarea] | //*[@aria-label={0}]",
        quoted(label)
    );
    let found = browser.driver.query(By::XPath(path)).wait(PATIENCE, Duration::from_millis(50));
    found.first().await.with_context(|| format!("no field is labelled {label}"))
}

/// The radio button with that name in the group with that legend.
pub async fn choose(browser: &Browser, legend: &str, option: &str) -> Result<()> {
    let path = format!(
        "//fieldset[legend[normalize-space(.)={}]]//label[normalize-space(.)={}]/input",
        quoted(legend),
        quoted(option)
    );
    let found = browser.driver.query(By::XPath(path)).wait(PATIENCE, Duration::from_millis(50));
    Ok(found.first().await?.click().await?)
}

/// A publication with this many stories in one section.
pub fn many_stories(site: &Site, count: usize) -> Result<()> {
    let edition = site.folder().join("edition");
    let file = edition.join("edition.json");
    let mut all: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    let day = "2026-11-20T08:00:00Z";
    let story = |at: usize| json!({ "id": format!("made-{at:03}"), "kind": "article", "headline": format!("Made story {at:03}"), "published": day });
    let teasers: Vec<Value> = (0..count).map(story).collect();
    all["sections"] = json!([{ "id": "world", "name": "World", "teasers": teasers }]);
    std::fs::write(&file, all.to_string())?;
    for at in 0..count {
        let mut story = story(at);
        story["version"] = json!(1);
        story["body"] = json!([{ "kind": "paragraph", "content": [{ "kind": "text", "text": format!("The text of story {at}.") }] }]);
        std::fs::write(edition.join(format!("stories/made-{at:03}.json")), story.to_string())?;
        site.add_page(&format!("made-{at:03}"))?;
    }
    Ok(())
}

/// Makes a script run on these pages before the app's.
pub fn before_the_app(site: &Site, script: &str, pages: &[&str]) -> Result<()> {
    std::fs::write(site.folder().join("before.js"), script)?;
    for page in pages {
        let page = site.folder().join(page);
        let text = std::fs::read_to_string(&page)?;
        std::fs::write(&page, text.replacen("<head>", "<head><script src=\"/before.js\"></script>", 1))?;
    }
    Ok(())
}

/// A snapshot of a story in these tests.
pub fn known(headline: &str) -> StorySnapshot {
    StorySnapshot {
        headline: headline.to_owned(),
        url: None,
        section: None,
        published: 1_700_000_000_000,
        is_live: false,
    }
}

pub fn story(id: &str) -> Result<StoryId> {
    StoryId::parse(id).context("an id")
}

/// Opens the first 'Tags and note'.
pub async fn press_summary(browser: &Browser) -> Result<()> {
    says(browser, "main article", "Saved for offline").await?;
    Ok(browser.driver.find(By::Css("main article summary")).await?.click().await?)
}

//! Reading a live blog in the way one likes; what the front page tells of it.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, Kind, in_each};
use browser_tests::site::Site;
use clap::Parser;
use serde_json::Value;
use std::path::PathBuf;

use crate::common::*;

#[tokio::test]
async fn the_page_is_clean_for_assistive_technology() -> Result<()> {
    let browser = Browser::start(Kind::Chromium).await?;
    let coverage = Coverage::open(75).await?;
    coverage.live("summary", &["--text", "- Ferries are held\n- Nobody is missing"])?;
    coverage.live("pin", &["74"])?;
    coverage.live("withdraw", &["73"])?;
    for width in [1280, 320] {
        browser.screen(width, 900, width == 320).await?;
        browser.open(coverage.url()).await?;
        browser.by_role("heading", "Update number 75").await?;
        let found = browser.axe().await?;
        ensure!(found.is_empty(), "{found:#?}");
        let wide = browser.script("return document.documentElement.scrollWidth > innerWidth").await?;
        ensure!(wide == Value::Bool(false), "nothing is wider than the window at {width} px");
        if let Some(folder) = std::env::var_os("DATELINE_PICTURES") {
            browser.screen(width, 2400, width == 320).await?;
            browser.driver.screenshot(&PathBuf::from(folder).join(format!("live-{width}.png"))).await?;
        }
    }
    ensure!(
        browser.script("return document.body.innerText.split('What is known at 74.').length").await? == 2,
        "the pinned post is there once"
    );
    browser.quit().await
}

#[tokio::test]
async fn the_oldest_come_first_or_key_events_alone() -> Result<()> {
    in_each(|browser: Browser| async move {
        let coverage = Coverage::open(330).await?;
        browser.open(coverage.url()).await?;
        browser.by_role("heading", "Update number 330").await?;
        coverage.site.forget();
        browser.press("button", "Oldest first").await?;
        browser.by_role("heading", "Update number 1").await?;
        browser.until("the feed begins with it", "return posts()[0].id === '1' && document.getElementById('1').getAttribute('aria-posinset') === '1'").await?;
        let pages = coverage.site.asked().iter().filter(|path| path.starts_with("edition/stories/storm/")).count();
        ensure!(pages <= 3, "{pages} pages were loaded for the first one");
        browser.press("button", "Oldest first").await?;
        browser.until("the newest come first again", "return posts()[0].id === '330'").await?;

        browser.press("button", "Key events only").await?;
        browser.until("key events alone are shown", "return posts().length > 0 && posts().every(post => post.id % 10 === 0)").await?;
        // What waits may be no key event; it is shown where it is wanted.
        browser.script("queryByRole('feed').scrollIntoView(); scrollBy(0, 200)").await?;
        coverage.post(331)?;
        browser.press("button", "1 new update").await?;
        browser.until("it is in view", "const r = document.getElementById('331')?.getBoundingClientRect(); return document.activeElement?.id === '331' && r.height > 0 && r.top >= 0 && r.top < innerHeight").await?;
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn the_front_page_tells_the_latest_and_goes_with_it() -> Result<()> {
    let browser = one_browser().await?;
    let coverage = Coverage::open(3).await?;
    browser.open(&coverage.site.url).await?;
    let teaser = format!("words(inList('{STORM}'))");
    browser
        .until("the teaser tells the latest", &format!("return {teaser}.includes('Update number 3')"))
        .await?;
    browser.script("window.kept = queryByRole('image', undefined, listed()[0]); queryByRole('link', 'The Meridian').focus()").await?;
    coverage.post(4)?;
    browser
        .until(
            "and goes with it",
            &format!("dispatchEvent(new Event('online')); return {teaser}.includes('Update number 4')"),
        )
        .await?;
    ensure!(browser.script("return window.kept.isConnected && document.activeElement === queryByRole('link', 'The Meridian')").await? == true, "the rest of the page stays as it was");
    coverage.live("end", &[])?;
    browser
        .until(
            "until it is over",
            &format!(
                "dispatchEvent(new Event('online')); return {teaser} !== '' && !{teaser}.includes('LIVE')"
            ),
        )
        .await?;
    browser.quit().await
}

#[tokio::test]
async fn times_are_the_readers_or_the_newsrooms() -> Result<()> {
    let browser = one_browser().await?;
    let site = Site::start("/").await?;
    browser.open(format!("{}story/storm-live/#16", site.url)).await?;
    browser.by_role("heading", "The peak has passed").await?;
    let shown = "[id='16'] header a:has(time)";
    let own = browser.text(shown).await?;
    browser.press("button", "Times in Amsterdam").await?;
    browser.until("it is told as the newsroom knows it", &format!("const t = document.querySelector(\"{shown}\").textContent; return t.includes('9:40') && t !== '{own}'")).await?;
    browser.press("button", "Times in Amsterdam").await?;
    browser
        .until(
            "and as the reader does",
            &format!("return document.querySelector(\"{shown}\").textContent === '{own}'"),
        )
        .await?;
    browser.quit().await
}

#[tokio::test]
async fn a_real_live_blog_is_replayed_whole_and_read() -> Result<()> {
    let recording = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora/guardian/liveblog.json");
    let browser = Browser::start(Kind::Chromium).await?;
    let site = Site::start("/").await?;
    let edition = site.folder().join("edition").display().to_string();
    let replay = ["desk", "live", "replay", &edition, "politics", "--from", recording, "--speed", "max"];
    ensure!(desk::run(desk::Cli::try_parse_from(replay)?) == std::process::ExitCode::SUCCESS);
    site.add_page("politics")?;
    browser.open(format!("{}story/politics/", site.url)).await?;
    browser.by_role("heading", "Afternoon summary").await?;
    let bytes = std::fs::read(site.folder().join("edition/stories/politics.json"))?;
    let story = dateline::content::decode::story(&bytes)?.value;
    let live = story.live.context("live matter")?;
    ensure!(live.posts.len() == 12);
    for entry in &live.posts {
        ensure!(
            browser.has(&format!("[role=feed] article[id='{}']", entry.id())).await?,
            "post {} is there",
            entry.id()
        );
    }
    let found = browser.axe().await?;
    ensure!(found.is_empty(), "{found:#?}");
    if let Some(folder) = std::env::var_os("DATELINE_PICTURES") {
        browser.screen(1280, 3000, false).await?;
        browser.driver.screenshot(&PathBuf::from(&folder).join("guardian.png")).await?;
        browser.open(format!("{}story/storm-live/", site.url)).await?;
        browser.by_role("heading", "The peak has passed").await?;
        for (name, width, dark) in [("desktop", 1280, false), ("phone", 390, true)] {
            browser.screen(width, 2600, dark).await?;
            browser.driver.screenshot(&PathBuf::from(&folder).join(format!("storm-{name}.png"))).await?;
        }
        browser.open(&site.url).await?;
        browser.by_role("heading", "Storm Ottilie reaches the estuary").await?;
        browser.screen(1280, 1600, false).await?;
        browser.driver.screenshot(&PathBuf::from(&folder).join("front.png")).await?;
    }
    browser.quit().await
}

//! Takes screenshots of every kind of page, for people to look at.

use std::path::PathBuf;

use anyhow::{Context, Result};
use browser_tests::browser::{Browser, Kind};
use browser_tests::site::Site;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let into = PathBuf::from(std::env::args_os().nth(1).context("name a folder")?);
    std::fs::create_dir_all(&into)?;
    let site = Site::start("/").await?;
    let browser = Browser::start(Kind::Chromium).await?;
    let pages = [
        ("front", ""),
        ("section", "section/culture/"),
        ("story", "story/harbour-lights/"),
        ("blocks", "story/glacier-clock/"),
        ("gallery", "story/concert-hall/"),
        ("archive", "story/blinken-2022/"),
        ("live", "story/storm-live/"),
        ("arabic", "story/arabic-looms/"),
        ("japanese", "story/japanese-market/"),
        ("missing", "story/no-such-story/"),
    ];
    for (size, width, height) in [("phone", 390, 844), ("desktop", 1280, 900)] {
        for (scheme, dark) in [("light", false), ("dark", true)] {
            for (name, path) in pages {
                browser.screen(width, height, dark).await?;
                browser.driver.goto(format!("{}{path}", site.url)).await?;
                // The app's page, which has replaced the published one.
                let there = "return !document.getElementById('shell') && !!document.querySelector('main h1')";
                browser.until("the app is there", there).await?;
                // Pictures are loaded lazily, but the screenshot has the whole page.
                browser.script("for (const i of document.images) i.loading = 'eager'").await?;
                let tall = browser
                    .script("return document.documentElement.scrollHeight")
                    .await?
                    .as_u64()
                    .unwrap_or(0);
                let tall = u32::try_from(tall.clamp(u64::from(height), 9000)).unwrap_or(height);
                browser.screen(width, tall, dark).await?;
                browser
                    .until("the pictures are there", "return [...document.images].every(i => i.complete)")
                    .await?;
                browser.driver.screenshot(&into.join(format!("{name}-{size}-{scheme}.png"))).await?;
            }
        }
    }
    browser.quit().await
}

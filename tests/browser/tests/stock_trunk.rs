//! Trunk's build by itself (`trunk build --release`), on a host that knows nothing of it: no step of ours after Trunk.

use anyhow::Result;
use browser_tests::browser::{Browser, Kind};
use browser_tests::site::{Site, trunk_build};

const LEAD: &str = "The harbour that learned to turn its lights off";
const STORM: &str = "Storm Ottilie reaches the estuary";

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

        // The front page is the one address that such a host answers.
        browser.open(&site.url).await?;
        browser.press("link", "Saved").await?;
        browser.by_role("link", LEAD).await?;

        // It opens with no network, as an installed app does.
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

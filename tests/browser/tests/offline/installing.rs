//! The app on a device: offers to install it, what is shared with it, and notices.

use anyhow::{Result, ensure};
use browser_tests::browser::{Browser, Kind, in_each};
use browser_tests::site::{Fault, Site};
use dateline::reading::{publication, visits_name};

use crate::common::*;

/// Has a publication been visited before.
fn visited(site: &Site, kept: &str) -> String {
    format!("localStorage.setItem('{}', '{kept}')", visits_name(&publication(&site.url)))
}

#[tokio::test]
async fn an_app_is_offered_to_who_came_back_and_never_after_a_no() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        // Without it a browser makes no offer of its own.
        site.fault("manifest.webmanifest", Some(Fault::Status(404)));
        // As a browser offers it.
        let offer = "const offer = new Event('beforeinstallprompt', { cancelable: true });
             offer.prompt = () => { window.prompted = true; return Promise.resolve() };
             dispatchEvent(offer); return offer.defaultPrevented";
        browser.driver.goto(&site.url).await?;
        browser.ready().await?;
        ensure!(browser.script(offer).await? == true);
        ensure!(browser.script(NO_NOTICE).await? == true, "there is an offer on the first visit");

        settled(&browser).await?;
        browser.script(&visited(&site, "1 0")).await?;
        browser.driver.refresh().await?;
        browser.ready().await?;
        browser.script(offer).await?;
        browser.press("button", "Install").await?;
        browser.until("the browser asks", "return window.prompted === true").await?;
        let gone = "return queryByRole('button', 'Install') === null";
        browser.until("the offer is gone after a yes", gone).await?;

        browser.driver.refresh().await?;
        browser.ready().await?;
        browser.script(offer).await?;
        browser.script(offer).await?;
        browser.dismiss().await?;
        browser.until("the one offer is gone", gone).await?;
        browser.script(&visited(&site, "7 0")).await?;
        browser.driver.refresh().await?;
        browser.ready().await?;
        browser.script(offer).await?;
        ensure!(browser.script(NO_NOTICE).await? == true, "there is an offer after a no");
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn what_is_shared_with_the_app_opens() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/news/").await?;
        browser
            .driver
            .goto(format!(
                "{}?title=x&url=https%3A%2F%2Fpaper.example%2F2026%2Fharbour-lights.html",
                site.url
            ))
            .await?;
        browser.until("the story is there", "return paragraphs().length > 3").await?;
        ensure!(browser.driver.current_url().await?.path() == "/news/story/harbour-lights/");
        browser
            .driver
            .goto(format!("{}?text=Look%3A%20{}story%2Fglacier-clock%2F", site.url, site.url))
            .await?;
        browser
            .until("the other story is there", "return location.pathname.endsWith('/story/glacier-clock/')")
            .await?;
        browser.driver.goto(format!("{}?url=https://elsewhere.example/x", site.url)).await?;
        notice(&browser, "no story at the address").await?;
        browser.driver.goto(format!("{}?live", site.url)).await?;
        browser
            .until("the live story is there", "return location.pathname.endsWith('/story/storm-live/')")
            .await?;
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn notices_are_accessible_and_fit() -> Result<()> {
    let kind = Kind::all().into_iter().find(|kind| *kind == Kind::Chromium);
    let Some(kind) = kind else { return Ok(()) };
    let site = Site::start("/").await?;
    let browser = Browser::start(kind).await?;
    visit(&browser, &site).await?;
    site.dead(true);
    for dark in [false, true] {
        browser.screen(320, 640, dark).await?;
        browser.driver.goto(&site.url).await?;
        browser.by_role("heading", LEAD).await?;
        browser.until("there is a notice", "return notices().length > 0").await?;
        browser
            .until("it is in place", "return document.getAnimations().every(a => a.playState !== 'running')")
            .await?;
        let broken = browser.axe().await?;
        ensure!(broken.is_empty(), "{}", broken.join("\n"));
        let fits = "const notice = queryByRole('button', DISMISS).parentElement.getBoundingClientRect();
             return document.documentElement.scrollWidth <= innerWidth && notice.left >= 0 && notice.right <= innerWidth && notice.bottom <= innerHeight";
        ensure!(browser.script(fits).await? == true, "the notice does not fit");
    }
    browser.quit().await
}

#[tokio::test]
async fn a_phone_without_an_offer_of_its_own_is_told_the_way() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::without_worker("/").await?;
        std::fs::write(
            site.folder().join("phone.js"),
            "Object.defineProperty(Navigator.prototype, 'standalone', { configurable: true, value: false });",
        )?;
        let page = site.folder().join("index.html");
        let text = std::fs::read_to_string(&page)?;
        std::fs::write(&page, text.replacen("<head>", "<head><script src=\"phone.js\"></script>", 1))?;
        browser.driver.goto(&site.url).await?;
        browser.ready().await?;
        ensure!(browser.script(NO_NOTICE).await? == true, "there are words on the first visit");
        browser.script(&visited(&site, "1 0")).await?;
        browser.driver.refresh().await?;
        notice(&browser, "press Share, then Add to Home Screen").await?;
        browser.dismiss().await?;
        browser.until("they are gone", NO_NOTICE).await?;
        browser.script(&visited(&site, "7 0")).await?;
        browser.driver.refresh().await?;
        browser.ready().await?;
        // What there is to say on arriving is said before the word of this. An answer would say that the network is there.
        site.dead(true);
        browser.script("dispatchEvent(new Event('offline'))").await?;
        notice(&browser, "No connection.").await?;
        ensure!(browser.script("return notices().length").await? == 1, "there are words after a no");
        browser.quit().await
    })
    .await
}

//! Pages that arrive in pieces or only in part, and their times.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{APP_THERE, Browser, Kind};
use browser_tests::site::{Fault, Site};
use serde_json::json;
use std::time::Duration;

use crate::common::*;

/// Where the first teaser's picture begins in the HTML, right after the teaser's text.
fn teaser_picture(page: &str) -> Option<usize> {
    let teaser = page.find("<article ").and_then(|_| page.find(" data-story="))?;
    let picture = teaser + page.get(teaser..)?.find("<img ")?;
    page.get(..picture)?.rfind("<div ")
}

/// All times on the page, with their text.
const TIMES: &str =
    "return [...document.querySelectorAll('#shell main time[datetime]')].map(time => time.outerHTML)";

#[tokio::test]
async fn times_have_the_reader_s_words_after_the_first_frame_and_move_nothing() -> Result<()> {
    let site = Site::without_worker("/").await?;
    let browser = watching(Kind::Chromium).await?;
    // Records which times are visible in the first frame, and where.
    let source = "requestAnimationFrame(() => {
        const seen = [...document.querySelectorAll('time[datetime]')].filter(it => getComputedStyle(it).visibility === 'visible');
        window.first = { untimed: document.documentElement.classList.contains('untimed'), published: seen.filter(it => it.dataset.as).length };
    });";
    let script = json!({ "source": source });
    browser.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", script).await?;
    let agent = browser.script("return navigator.userAgent").await?;
    for language in ["en-US", "de", "ru", "ar", "ta", "th"] {
        let reader = json!({ "userAgent": agent, "acceptLanguage": language });
        browser.driver.cdp().send_raw("Emulation.setUserAgentOverride", reader).await?;
        // On a narrow screen times may wrap, so they are written before the first frame.
        for (width, waits) in [(1280, true), (360, true), (320, false)] {
            browser.screen(width, 800, false).await?;
            // An updated story with corrections; one so short that what follows it is visible; and one in a
            // right-to-left language.
            for page in ["story/harbour-lights/", "story/paper-mill/", "story/arabic-looms/"] {
                early(&site, &browser, page).await?;
                browser.until("the page is there", PARSED).await?;
                let seen = "return [navigator.language, first.untimed, first.published, \
                    shifts.reduce((sum, one) => sum + one, 0), \
                    [...document.querySelectorAll('main time')].every(it => getComputedStyle(it).visibility === 'visible' && it.lang === navigator.language)]";
                let seen = browser.script(seen).await?;
                ensure!(
                    seen == json!([language, waits, 0, 0, true]),
                    "{page} in {language} at {width} px: {seen}"
                );
            }
        }
    }
    browser.quit().await
}

#[tokio::test]
async fn a_time_that_comes_in_two_pieces_is_written_once() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        let browser = Browser::start(kind).await?;
        for path in ["story/harbour-lights/", "story/storm-live/"] {
            // Without the app, which would write all times again.
            early(&site, &browser, path).await?;
            browser.until("the page is there", PARSED).await?;
            let whole = browser.script(TIMES).await?;
            let page = std::fs::read_to_string(site.folder().join(path).join("index.html"))?;
            let start = page.find("<time ").context("a time")?;
            let words = page.get(start..).and_then(|rest| rest.find('>')).context("its end")?;
            // In its third letter, and right after the last one, before the end tag.
            let end = page.get(start..).and_then(|rest| rest.find("</time>")).context("its end")?;
            for cut in [start + words + 3, start + end] {
                site.fault(path, Some(Fault::Pause(cut, Duration::from_millis(700))));
                browser.script(&format!("location.href = '{}{path}?{cut}'", site.url)).await?;
                let again = format!("return location.search === '?{cut}' && (() => {{ {PARSED} }})()");
                browser.until("the page is there in two pieces", &again).await?;
                let pieces = browser.script(TIMES).await?;
                ensure!(
                    every(&whole).len() > 1 && whole == pieces,
                    "{kind:?} {path}: {whole}\nbecame {pieces}"
                );
            }
            site.fault(path, None);
        }
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_page_stays_readable_where_the_app_can_t_come() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        let browser = Browser::start(kind).await?;
        site.fault("edition/edition.json", Some(Fault::Status(500)));
        browser.driver.goto(format!("{}story/harbour-lights/", site.url)).await?;
        browser.by_role("heading", LEAD).await?;
        asked_in_vain(&browser).await?;
        ensure!(browser.script(WAITING).await? == true, "what was published stays");
        browser.press("link", "Science").await?;
        browser.by_role("heading", "Science").await?;
        // The app goes on trying, and takes over when it can.
        asked_in_vain(&browser).await?;
        comes_after_all(&site, &browser).await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_page_that_comes_in_two_pieces_moves_nothing() -> Result<()> {
    let site = Site::without_worker("/").await?;
    let browser = watching(Kind::Chromium).await?;
    for (width, height) in [(390, 844), (1280, 900)] {
        browser.screen(width, height, false).await?;
        for path in SCREENS {
            let page = std::fs::read_to_string(site.folder().join(path).join("index.html"))?;
            // After the text of the first teaser, and in the middle of the content.
            let body = page.find("<body").context("a body")?;
            let middle = body + (page.find("dateline-story").unwrap_or(page.len()) - body) / 2;
            let cuts = [teaser_picture(&page), page.char_indices().map(|it| it.0).find(|at| *at >= middle)];
            for cut in cuts.into_iter().flatten() {
                site.fault(path, Some(Fault::Pause(cut, Duration::from_millis(400))));
                browser.script(&format!("location.href = '{}{path}?{cut}'", site.url)).await?;
                let there = format!("return location.search === '?{cut}' && (() => {{ {APP_THERE} }})()");
                browser.until("the app has taken over", &there).await?;
                nothing_shifted(&browser, &format!("{path} at {width} px, cut at {cut},")).await?;
            }
            site.fault(path, None);
        }
    }
    browser.quit().await
}

#[tokio::test]
async fn a_page_that_broke_off_stays_until_there_is_all_of_it() -> Result<()> {
    let path = "story/harbour-lights/";
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        let browser = Browser::start(kind).await?;
        site.fault(path, Some(Fault::Tenths(8)));
        site.fault("edition/edition.json", Some(Fault::Status(500)));
        browser.script(&format!("location.href = '{}{path}'", site.url)).await?;
        asked_in_vain(&browser).await?;
        ensure!(browser.script(WAITING).await? == true, "{kind:?}: what came stays");
        comes_after_all(&site, &browser).await?;
        let end = "return story()?.querySelector(':scope > footer') !== null && queryByRole('region', 'You may also like') !== null";
        browser.until("all of the story is there", end).await?;
        browser.quit().await?;
    }
    Ok(())
}

//! Saving stories and following live blogs, in one tab or two.

use anyhow::{Context, Result, bail, ensure};
use browser_tests::browser::{Browser, Kind, READY};
use browser_tests::site::{Fault, Site};
use serde_json::Value;

use crate::common::*;

/// Whether a published page is loaded. (The app is held back.)
const PUBLISHED: &str =
    "return document.readyState !== 'loading' && document.querySelector('main h1') !== null";

#[tokio::test]
async fn a_saved_story_is_listed_kept_for_offline_and_comes_back_after_removing() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        save(&browser, &site, HARBOUR).await?;
        let focus = browser.script("return document.activeElement?.textContent").await?;
        ensure!(focus == "Saved", "the focus stays on what was pressed, and is not on {focus}, in {kind:?}");
        open(&browser, &site, "saved/").await?;
        lists(&browser, &[LEAD]).await?;
        says(&browser, "main article", "Saved for offline").await?;
        browser.driver.refresh().await?;
        lists(&browser, &[LEAD]).await?;

        field(&browser, &format!("Select: {LEAD}")).await?.click().await?;
        browser.press("button", "Remove").await?;
        says(&browser, "main p", "Nothing saved yet").await?;
        notice(&browser, "1 story taken off the list.").await?;
        browser.press("button", "Undo").await?;
        lists(&browser, &[LEAD]).await?;
        browser.driver.refresh().await?;
        lists(&browser, &[LEAD]).await?;

        // On the story's page as well.
        open(&browser, &site, HARBOUR).await?;
        browser.press("button", "Saved").await?;
        browser.by_role("button", "Save").await?;
        browser.press("button", "Undo").await?;
        browser.by_role("button", "Saved").await?;
        open(&browser, &site, "").await?;
        marked(&browser, LEAD, "Saved").await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_press_before_the_app_has_come_is_not_lost() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (Site::without_worker("/").await?, Browser::start(kind).await?);
        let module: Vec<String> = std::fs::read_dir(site.folder())?
            .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
            .filter(|name| name.ends_with("_bg.wasm"))
            .collect();
        ensure!(!module.is_empty(), "the app has a module");
        for name in &module {
            site.fault(name, Some(Fault::Held));
        }
        let page = |path: &str| format!("location.href = '{}{path}'", site.url);
        // WebDriver would wait for the page's load, which the held file delays.
        browser.script(&page(HARBOUR)).await?;
        browser.until("the page is there", PUBLISHED).await?;
        // An impatient reader presses twice; it counts once.
        for name in ["Save", "Save", "Mark as read"] {
            browser.press("button", name).await?;
        }
        let early = browser.script(&format!("return !({READY})")).await?;
        ensure!(early == true, "it was pressed before the app was there, in {kind:?}");
        // The focus stays on a button when the app takes over.
        browser.script("queryByRole('button', 'Save').focus()").await?;
        for name in &module {
            site.fault(name, None);
        }
        browser.by_role("button", "Saved").await?;
        browser.by_role("button", "Mark as unread").await?;
        ensure!(browser.script("return document.activeElement.textContent").await? == "Saved");
        open(&browser, &site, "saved/").await?;
        lists(&browser, &[LEAD]).await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn two_tabs_save_a_hundred_stories_each_at_once() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        many_stories(&site, 200)?;
        open(&browser, &site, "section/world/").await?;
        let first = browser.driver.window().await?;
        let second = browser.driver.new_tab().await?;
        browser.driver.switch_to_window(second.clone()).await?;
        open(&browser, &site, "section/world/").await?;
        // With the keyboard: go to the story and save it, one tab from the top, the other from the end.
        let script = |start: &str, step: &str| {
            format!(
                "{KEY}
                 const next = () => new Promise(done => {{ const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0); }});
                 const links = [...document.querySelectorAll('article h3 a')];
                 if (links.length !== 200) return links.length;
                 window.pressed = 0;
                 const signal = new BroadcastChannel('both');
                 const go = async () => {{
                     links.at({start}).focus();
                     for (let at = 0; at < 100; at++) {{
                         key('s');
                         window.pressed++;
                         await next();
                         key('{step}');
                     }}
                 }};
                 signal.onmessage = go;
                 window.begin = () => {{ signal.postMessage('go'); go(); }};
                 return 'armed';"
            )
        };
        ensure!(browser.script(&script("-1", "k")).await? == "armed");
        browser.driver.switch_to_window(first.clone()).await?;
        ensure!(browser.script(&script("0", "j")).await? == "armed");
        browser.script("begin()").await?;
        for tab in [&second, &first] {
            browser.driver.switch_to_window(tab.clone()).await?;
            browser.until("this tab has pressed a hundred times", "return window.pressed === 100").await?;
            // The tab gets the other's marks as well.
            let marks = "return markedAs('Saved').length === 200";
            if browser.until("both tabs know of 200", marks).await.is_err() {
                let count = browser.script("return markedAs('Saved').length").await?;
                bail!("a tab knows of {count}, in {kind:?}");
            }
        }
        open(&browser, &site, "saved/").await?;
        browser.press("button", "Show 100 more").await?;
        let listed = "return listed().length === 200";
        browser.until("200 are kept", listed).await?;
        browser.quit().await?;
    }
    Ok(())
}

/// Changes the live story's teaser; removes it if `change` returns false.
fn change_live(site: &Site, change: fn(&mut Value) -> bool) -> Result<()> {
    let file = site.folder().join("edition/edition.json");
    let mut edition: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    for section in edition["sections"].as_array_mut().context("sections")? {
        let teasers = section["teasers"].as_array_mut().context("teasers")?;
        teasers.retain_mut(|teaser| teaser["id"] != "storm-live" || change(teaser));
    }
    Ok(std::fs::write(&file, edition.to_string())?)
}

#[tokio::test]
async fn coverage_that_is_followed_is_listed_and_can_be_left_though_it_vanished() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        let storm = "Storm Ottilie reaches the estuary";
        let followed = "[aria-label='Live coverage that you follow']";
        open(&browser, &site, "story/storm-live/").await?;
        browser.press("button", "Follow").await?;
        browser.by_role("button", "Following").await?;
        open(&browser, &site, "continue/").await?;
        says(&browser, followed, storm).await?;
        let counted = format!(
            "return /new update|Nothing new/.test(document.querySelector(\"{followed}\").textContent)"
        );
        browser.until("what came since is counted", &counted).await?;
        change_live(&site, |teaser| {
            if let Some(live) = teaser["live"].as_object_mut() {
                live.remove("latest");
            }
            true
        })?;
        open(&browser, &site, "continue/").await?;
        says(&browser, followed, "No update yet").await?;
        change_live(&site, |_| false)?;
        open(&browser, &site, "continue/").await?;
        says(&browser, followed, "Not in this edition any more").await?;
        browser.press("button", &format!("Unfollow: {storm}")).await?;
        let gone = format!(
            "return document.querySelector(\"{followed}\") === null && document.activeElement.tagName === 'H1'"
        );
        browser.until("it is not followed, and the focus is not lost", &gone).await?;
        browser.press("button", "Undo").await?;
        says(&browser, followed, storm).await?;
        browser.press("button", &format!("Unfollow: {storm}")).await?;
        browser.driver.refresh().await?;
        says(&browser, "main p", "Nothing in progress").await?;
        ensure!(!browser.has(followed).await?, "it is followed still, in {kind:?}");
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_browser_is_asked_once_to_keep_things_for_good() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        open(&browser, &site, "").await?;
        if browser.script("return 'storage' in navigator").await? == false {
            eprintln!("{kind:?}: not tested, since it can't be asked to keep things");
            browser.quit().await?;
            continue;
        }
        let count = "Object.defineProperty(Object.getPrototypeOf(navigator.storage), 'persist', { configurable: true, value() { const times = Number(localStorage.getItem('times') ?? 0) + 1; localStorage.setItem('times', times); return Promise.resolve(true); } });";
        before_the_app(&site, count, &["story/harbour-lights/index.html", "story/glacier-clock/index.html"])?;
        let times = "return localStorage.getItem('times')";
        open(&browser, &site, HARBOUR).await?;
        browser.by_role("button", "Save").await?;
        let rests = "if (!window.rests) { window.rests = 1; setTimeout(() => { window.rests = 2; }, 300); } return window.rests === 2";
        browser.until("the page is at rest", rests).await?;
        ensure!(browser.script(times).await?.is_null(), "it was asked before anything was saved");
        for path in [HARBOUR, "story/glacier-clock/"] {
            save(&browser, &site, path).await?;
            ensure!(browser.script(times).await? == "1", "it was asked anew, in {kind:?}");
        }
        browser.quit().await?;
    }
    Ok(())
}

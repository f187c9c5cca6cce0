//! A new version of the app loses nothing: what the version before has stored and cached, and what two
//! versions write in two tabs at once.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, Kind};
use browser_tests::site::{Fault, Site};
use dateline::reading::publication;
use serde_json::{Value, json};

/// Storage and caches of version 0.1 (`about` in the file describes them).
const READER: &str = include_str!("../fixtures/reader-0.1.json");

/// Puts the fixture into this browser's storage and caches. Files come from the site.
const PUT: &str = "
    const [reader, publication, base] = arguments, end = arguments[arguments.length - 1];
    (async () => {
        for (const [name, value] of Object.entries(reader.local_storage))
            localStorage.setItem(name.replace('{publication}', publication), value);
        const saved = await caches.open('dateline-saved /');
        for (const [story, list] of Object.entries(reader.saved_lists))
            await saved.put(`${base}saved/${story}.list`, new Response(list));
        for (const file of reader.saved_files) {
            const answer = await fetch(base + file);
            const headers = { 'content-type': answer.headers.get('content-type') };
            if (file.endsWith('.json')) headers['dateline-kept'] = '1';
            await saved.put(base + file, new Response(await answer.arrayBuffer(), { headers }));
        }
        for (const [file, see] of Object.entries(reader.saved_elsewhere))
            await saved.put(base + file, new Response(null, { headers: { 'dateline-see': base + see } }));
        for (const name of reader.old_caches)
            await (await caches.open(name)).put(`${base}dateline-387a98d00602a493_own.wasm`, new Response('old'));
        return 'put';
    })().then(end, error => end('failed: ' + error))";

#[tokio::test]
async fn what_the_version_before_has_kept_is_all_there() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::start("/").await?;
        let browser = Browser::start(kind).await?;
        // At the address of a picture, no app runs.
        browser.driver.goto(format!("{}icons/apple-180.png", site.url)).await?;
        let reader: Value = serde_json::from_str(READER)?;
        let arguments = vec![reader, json!(publication(&site.url)), json!(site.url)];
        let put = browser.driver.execute_async(PUT, arguments).await?.json().clone();
        ensure!(put == "put", "{kind:?}: {put}");

        browser.open(format!("{}saved/", site.url)).await?;
        browser.by_role("link", "The harbour that learned to turn its lights off").await?;
        browser.by_role("link", "Storm Ottilie reaches the estuary").await?;
        browser
            .until(
                "both are there for offline",
                "return document.querySelector('main').innerText.split('Saved for offline').length === 3",
            )
            .await?;
        let text = browser.text("main").await?;
        ensure!(text.contains("25% read"), "{kind:?}: {text}");
        ensure!(browser.script("return document.documentElement.dataset.text").await? == "115");
        browser.open(format!("{}continue/", site.url)).await?;
        browser.by_role("button", "Unfollow: Storm Ottilie reaches the estuary").await?;

        // Without network, saved stories open with their pictures.
        browser.until("the worker is there", "return navigator.serviceWorker.controller !== null").await?;
        site.dead(true);
        browser.open(format!("{}story/harbour-lights/", site.url)).await?;
        browser.by_role("heading", "The harbour that learned to turn its lights off").await?;
        browser
            .until(
                "its picture is there",
                "const image = document.querySelector('main img'); return image.complete && image.naturalWidth > 0",
            )
            .await?;
        site.dead(false);
        browser.quit().await?;
    }
    Ok(())
}

/// Clicks a button with a script, once it is there: WebKit's driver can't click in a hidden tab.
async fn click(browser: &Browser, words: &str, then: &str) -> Result<()> {
    let button = |words: &str| {
        format!(
            "[...document.querySelectorAll('main button')].find(button => button.textContent === '{words}')"
        )
    };
    let ready = "document.documentElement.dataset.app === 'ready'";
    browser.until(words, &format!("return {ready} && {} !== undefined", button(words))).await?;
    browser.script(&format!("{}.click()", button(words))).await?;
    browser.until(then, &format!("return {} !== undefined", button(then))).await
}

#[tokio::test]
async fn two_versions_in_two_tabs_lose_nothing() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        let browser = Browser::start(kind).await?;
        browser.open(format!("{}story/harbour-lights/", site.url)).await?;
        let old = browser.driver.window().await?;
        // The next version writes known fields and one that this version does not know.
        site.deploy("next")?;
        site.fault("sw.js", Some(Fault::Status(404)));
        let new = browser.driver.new_tab().await?;
        browser.driver.switch_to_window(new.clone()).await?;
        browser.open(format!("{}story/arabic-looms/", site.url)).await?;
        ensure!(browser.script("return window.build ?? globalThis.build").await? == "next");
        click(&browser, "Save", "Saved").await?;
        browser.driver.switch_to_window(old).await?;
        click(&browser, "Save", "Saved").await?;
        browser.driver.switch_to_window(new).await?;
        click(&browser, "Mark as unread", "Mark as read").await?;
        browser.open(format!("{}saved/", site.url)).await?;
        browser
            .by_role("link", "The harbour that learned to turn its lights off")
            .await
            .with_context(|| format!("{kind:?}"))?;
        browser
            .until("both are saved", "return document.querySelectorAll('main article').length === 2")
            .await?;
        browser.quit().await?;
    }
    Ok(())
}

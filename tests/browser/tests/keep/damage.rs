//! Stored values that are damaged, deleted, or written by another tab or a newer version.

use anyhow::{Context, Result, bail, ensure};
use browser_tests::browser::{Browser, Kind, until};
use browser_tests::kept::put;
use browser_tests::site::Site;
use dateline::reading::{Action, Preference, Reading, Shard, Theme, publication, shard_prefix};
use serde_json::json;
use std::time::Duration;

use crate::common::*;

/// Pseudo-random numbers, the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}

/// A value with the kind of damage that has this number.
fn damaged(value: &str, way: usize, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = value.chars().collect();
    match way {
        0 => String::new(),
        1 => "null".to_owned(),
        2 => "{}".to_owned(),
        3 => "[object Object]".to_owned(),
        4 => "x".repeat(200_000),
        5 => format!("9\n{}", value.split_once('\n').map_or("", |(_, rest)| rest)),
        6 => format!("0\n{}", value.split_once('\n').map_or("", |(_, rest)| rest)),
        7 => "4294967296\n".to_owned(),
        8 => format!("{value}{value}"),
        9 => value.replace('\n', ""),
        10 => value.replace('\n', "\r\n"),
        11 => value.to_uppercase(),
        12 => format!("\u{feff}{value}"),
        13 => value.replace('\t', " "),
        14 => value.chars().rev().collect(),
        15..18 => {
            letters.truncate(dice.below(letters.len()));
            letters.into_iter().collect()
        }
        _ => {
            for _ in 0..3 {
                let at = dice.below(letters.len());
                let letter = ['\0', '\u{fffd}', 'é', '\n', '\t', '=', '~', '-'][dice.below(8)];
                if let Some(old) = letters.get_mut(at) {
                    *old = letter;
                }
            }
            letters.into_iter().collect()
        }
    }
}

#[tokio::test]
async fn each_value_damaged_in_twenty_ways_costs_itself_at_most() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (Site::without_worker("/").await?, Browser::start(kind).await?);
        blank(&site)?;
        for path in [HARBOUR, "story/glacier-clock/"] {
            open(&browser, &site, path).await?;
            browser.press("button", "Save").await?;
            browser.by_role("button", "Saved").await?;
        }
        open(&browser, &site, "settings/").await?;
        choose(&browser, "Light and dark", "Dark").await?;
        browser.driver.goto(format!("{}{BLANK}", site.url)).await?;
        let stored = browser.script(STORED).await?;
        let stored = stored.as_object().context("what is stored")?;
        let prefix = shard_prefix(&publication(&site.url));
        ensure!(stored.keys().filter(|name| name.starts_with(&prefix)).count() == 5, "stored is {stored:?}");
        let mut dice = Dice(0x5eed_0004);
        for (name, value) in stored {
            let value = value.as_str().context("a text")?;
            for way in 0..20 {
                let now = damaged(value, way, &mut dice);
                let put = format!(
                    "localStorage.clear(); for (const [name, value] of Object.entries({})) localStorage.setItem(name, value); localStorage.setItem({}, {})",
                    json!(stored),
                    quoted(name),
                    quoted(&now)
                );
                browser.script(&put).await?;
                let opened = one_damaged(&browser, &site, name, value, &now).await;
                opened.with_context(|| {
                    format!(
                        "{name} damaged in way {way}: {:?}, in {kind:?}",
                        now.chars().take(80).collect::<String>()
                    )
                })?;
            }
        }
        browser.quit().await?;
    }
    Ok(())
}

/// Opens the saved stories while one stored value is damaged.
async fn one_damaged(browser: &Browser, site: &Site, name: &str, was: &str, now: &str) -> Result<()> {
    open(browser, site, "saved/").await?;
    browser.by_role("heading", "Saved").await?;
    browser
        .until(
            "it shows what there is",
            "return listed().length > 0 || words(queryByRole('main')).includes('Nothing saved yet')",
        )
        .await?;
    for (id, headline) in [("harbour-lights", LEAD), ("glacier-clock", GLACIER)] {
        // The story's own record may be unreadable, if it is the damaged one.
        let is_hit = name.contains("/s/") && was.contains(id);
        let listed = browser.script(&format!("return {LISTED}.includes({})", quoted(headline))).await?;
        ensure!(listed == true || is_hit, "'{headline}' is gone");
    }
    let dark = browser.script("return document.documentElement.dataset.theme").await?;
    ensure!(dark == "dark" || name.ends_with("/p"), "the theme is gone: {dark}");
    let version = now.split('\n').next().and_then(|version| version.parse::<u32>().ok());
    if name.contains("dateline/1/") && version.is_some_and(|version| version > 1) {
        notice(browser, "a newer version of this app wrote here").await?;
        browser.driver.goto(format!("{}{BLANK}", site.url)).await?;
        let left = browser.script(&format!("return localStorage.getItem({})", quoted(name))).await?;
        ensure!(left == now, "what a newer version wrote was written over");
    }
    // The tab writes when it is left; that must not happen after the next damage.
    browser.driver.goto(format!("{}{BLANK}", site.url)).await?;
    Ok(())
}

#[tokio::test]
async fn each_store_wiped_alone_leaves_headlines_and_a_way_back() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        browser.driver.set_script_timeout(Duration::from_secs(30)).await?;
        save(&browser, &site, HARBOUR).await?;
        browser.driver.goto(format!("{}{BLANK}", site.url)).await?;
        let caches = browser.answer("return caches.keys()").await?;
        let caches: Vec<String> = serde_json::from_value(caches)?;
        ensure!(caches.len() >= 3, "the caches are {caches:?}");
        for cache in &caches {
            let count = format!("return (await (await caches.open({})).keys()).length", quoted(cache));
            let before = browser.answer(&count).await?;
            let wipe = format!("return caches.delete({})", quoted(cache));
            ensure!(browser.answer(&wipe).await? == true);
            let tried = async {
                open(&browser, &site, "saved/").await?;
                lists(&browser, &[LEAD]).await?;
                if cache.contains("dateline-saved") {
                    browser.press("button", "Download again").await?;
                }
                says(&browser, "main article", "Saved for offline").await?;
                let again = "return queryByRole('button', 'Download again') === null";
                browser.until("there is nothing to download any more", again).await?;
                if cache.contains("dateline-shell") {
                    until("the shell is back", async || Ok(browser.answer(&count).await? == before)).await?;
                }
                open(&browser, &site, HARBOUR).await?;
                browser.by_role("heading", LEAD).await?;
                browser.driver.goto(format!("{}{BLANK}", site.url)).await?;
                anyhow::Ok(())
            };
            tried.await.with_context(|| format!("without {cache}, in {kind:?}"))?;
        }

        // Without the worker. (WebKit goes on with an unregistered one while the window is open.)
        if kind != Kind::Webkit {
            let wipe = "for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister(); return true";
            browser.answer(wipe).await?;
            open(&browser, &site, "saved/").await?;
            lists(&browser, &[LEAD]).await?;
            browser.until("the worker is back", "return Boolean(navigator.serviceWorker.controller)").await?;
            browser.driver.refresh().await?;
            if says(&browser, "main article", "Saved for offline").await.is_err() {
                bail!("with the worker back it says {}", browser.text("main").await?);
            }
        }

        // Without all files and without network, there is the headline and a button to download.
        open(&browser, &site, "").await?;
        let wipe = "for (const name of await caches.keys()) if (!name.includes('shell')) await caches.delete(name); return true";
        browser.answer(wipe).await?;
        site.dead(true);
        browser.driver.goto(format!("{}{HARBOUR}", site.url)).await?;
        browser.by_role("heading", LEAD).await.context("with no network and no files")?;
        site.dead(false);
        browser.press("button", "Download again").await?;
        browser.until("the story is there", "return paragraphs().length > 3").await?;

        // Without local storage nothing is blank, and the story can be read without network.
        browser.driver.goto(format!("{}{BLANK}", site.url)).await?;
        browser.script("localStorage.clear()").await?;
        open(&browser, &site, "saved/").await?;
        browser.by_role("heading", "Saved").await?;
        says(&browser, "main p", "Nothing saved yet").await?;
        site.dead(true);
        browser.driver.goto(format!("{}{HARBOUR}", site.url)).await?;
        browser.by_role("heading", LEAD).await?;
        site.dead(false);
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn settings_follow_what_is_set_elsewhere() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (Site::without_worker("/").await?, Browser::start(kind).await?);
        open(&browser, &site, "settings/").await?;
        let mut reading = Reading::default();
        reading.apply(Action::Preferred(Preference::Theme(Theme::Dark)), 1_700_000_000_000);
        hear(&browser, &site, Shard::Reader, &reading).await?;
        let dark = "return queryByRole('radio', 'Dark').checked";
        browser.until("the choice follows", dark).await?;
        browser.until("and the page", "return document.documentElement.dataset.theme === 'dark'").await?;
        browser.quit().await?;
    }
    Ok(())
}

/// Sends the page a storage event, as if another tab had written a shard, without writing it.
async fn hear(browser: &Browser, site: &Site, shard: Shard, reading: &Reading) -> Result<()> {
    let name = format!("{}{}", shard_prefix(&publication(&site.url)), shard.name());
    let event = format!(
        "dispatchEvent(new StorageEvent('storage', {{ key: {}, newValue: {}, storageArea: localStorage }}))",
        quoted(&name),
        quoted(&reading.text(shard))
    );
    browser.script(&event).await?;
    Ok(())
}

#[tokio::test]
async fn what_another_tab_wrote_counts_though_a_third_has_written_over_it() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (Site::without_worker("/").await?, Browser::start(kind).await?);
        open(&browser, &site, "").await?;
        let mut reading = Reading::default();
        let change = reading.apply(Action::MarkedRead(vec![story("glacier-clock")?]), 1_790_000_000_000);
        let shard = *change.shards.first().context("a shard")?;
        hear(&browser, &site, shard, &reading).await?;
        marked(&browser, GLACIER, "Read").await?;
        let name = format!("{}{}", shard_prefix(&publication(&site.url)), shard.name());
        let written =
            format!("return localStorage.getItem({}) === {}", quoted(&name), quoted(&reading.text(shard)));
        browser.until("it is written", &written).await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_a_newer_version_wrote_is_never_written_over() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (Site::without_worker("/").await?, Browser::start(kind).await?);
        blank(&site)?;
        let publication = publication(&site.url);
        let prefix = shard_prefix(&publication);
        // First only the story's shard is of a newer version, then everything.
        let mut reading = Reading::default();
        reading.apply(Action::Saved(story("glacier-clock")?, known(GLACIER)), 1_700_000_000_000);
        let touched =
            reading.apply(Action::Opened(story("harbour-lights")?, known(LEAD)), 1_700_000_000_000).shards;
        ensure!(touched.len() == 2, "a mark and a record");
        let newer = |name: &str| format!("localStorage.setItem({}, '9\\nof another kind')", quoted(name));
        let version =
            format!("localStorage.setItem({}, '2')", quoted(&dateline::reading::version_name(&publication)));
        let shards: String =
            touched.iter().map(|shard| newer(&format!("{prefix}{}", shard.name())) + ";").collect();
        for (what, script) in [("shards", shards), ("all of it", version)] {
            browser.driver.goto(format!("{}{BLANK}", site.url)).await?;
            browser.script("localStorage.clear()").await?;
            put(&browser, &site, &reading).await?;
            browser.script(&script).await?;
            let stored = format!(
                "return Object.fromEntries(Object.keys(localStorage).filter(name => {}.some(part => name.endsWith(part)) && !name.includes('quarantine')).sort().map(name => [name, localStorage.getItem(name)]))",
                json!(touched.iter().map(|shard| shard.name()).collect::<Vec<_>>())
            );
            let before = browser.script(&stored).await?;
            open(&browser, &site, HARBOUR).await?;
            browser.press("button", "Save").await?;
            browser.by_role("button", "Saved").await?;
            browser.press("button", "Mark as unread").await?;
            notice(&browser, "a newer version of this app wrote here").await?;
            // Leaving the page writes everything that was not written yet.
            browser.driver.goto(format!("{}{BLANK}", site.url)).await?;
            let after = browser.script(&stored).await?;
            ensure!(after == before, "{what}: {before} is {after} now, in {kind:?}");
        }
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_damaged_is_set_aside_and_said() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (Site::without_worker("/").await?, Browser::start(kind).await?);
        blank(&site)?;
        browser.driver.goto(format!("{}{BLANK}", site.url)).await?;
        let name = format!("{}s/00", shard_prefix(&publication(&site.url)));
        let text = "1\nwhat nobody can read";
        browser.script(&format!("localStorage.setItem({}, {})", quoted(&name), quoted(text))).await?;
        open(&browser, &site, "").await?;
        notice(&browser, "Something kept on this device was damaged. It was set aside").await?;
        let aside = format!("dateline/quarantine/{}/s/00/0", publication(&site.url));
        let set_aside = format!("return localStorage.getItem({}) === {}", quoted(&aside), quoted(text));
        browser.until("it is set aside", &set_aside).await?;
        browser.driver.refresh().await?;
        ready(&browser, &site).await?;
        let said = all_said(&browser, &site).await?;
        ensure!(said.len() == 1, "it is said again, in {kind:?}: {said:?}");
        browser.quit().await?;
    }
    Ok(())
}

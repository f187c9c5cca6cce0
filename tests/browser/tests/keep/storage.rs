//! Storage that is blocked, full or large, and browsers that are killed.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, Kind, QUERIES, READY, until};
use browser_tests::kept::{many, put, stored};
use browser_tests::process::Unattended;
use browser_tests::site::Site;
use dateline::reading::{Action, Reading, publication};
use serde_json::json;
use std::path::Path;

use crate::common::*;

/// Browsers that store nothing: name, script that imitates them, and the message to the reader.
const BLOCKED: [(&str, &str, &str); 6] = [
    (
        "reading throws",
        "Storage.prototype.getItem = Storage.prototype.key = () => { throw new DOMException('no', 'SecurityError'); };",
        "this browser does not allow it",
    ),
    (
        "writing throws",
        "Storage.prototype.setItem = () => { throw new DOMException('no', 'SecurityError'); };",
        "this browser does not allow it",
    ),
    (
        "it is full",
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };",
        "its room for this site is full",
    ),
    ("writing does nothing", "Storage.prototype.setItem = () => {};", "this browser does not allow it"),
    (
        "it is null",
        "Object.defineProperty(window, 'localStorage', {configurable: true, value: null});",
        "this browser does not allow it",
    ),
    (
        "asking for it throws",
        "Object.defineProperty(window, 'localStorage', {configurable: true, get() { throw new DOMException('no', 'SecurityError'); }});",
        "this browser does not allow it",
    ),
];

#[tokio::test]
async fn where_nothing_can_be_kept_it_works_for_the_session_and_says_so() -> Result<()> {
    for kind in Kind::all() {
        let browser = Browser::start(kind).await?;
        for (what, script, told) in BLOCKED {
            let site = Site::without_worker("/").await?;
            before_the_app(&site, script, &["index.html", "story/harbour-lights/index.html"])?;
            let tried = async {
                open(&browser, &site, HARBOUR).await?;
                browser.press("button", "Save").await?;
                browser.by_role("button", "Saved").await?;
                notice(&browser, "Not kept on this device").await?;
                notice(&browser, told).await?;
                let told = browser.script("return notices().length").await?;
                ensure!(told == 1, "it is said once, and not {told} times");
                browser.dismiss().await?;
                // Back to where it was.
                let focus = browser.script("return words(document.activeElement)").await?;
                ensure!(focus == "Saved", "the focus is on {focus} after a notice was waved away");
                // In the same tab, everything is there.
                browser.press("link", "The Meridian").await?;
                marked(&browser, LEAD, "Saved").await?;
                browser.press("link", "Saved").await?;
                lists(&browser, &[LEAD]).await
            };
            tried.await.with_context(|| format!("where {what}, in {kind:?}"))?;
        }
        browser.quit().await?;
    }
    Ok(())
}

/// Presses keys on a list of stories without end, from the third one on. Each press writes.
const WRITE_WITHOUT_END: &str = "
    window.writes = 0;
    [...document.querySelectorAll('article h3 a')].at(2).focus();
    let forward = true;
    const act = () => { key('m'); window.writes++; key(forward ? 'j' : 'k'); if (window.writes % 50 === 0) forward = !forward; setTimeout(act); };
    act();";

/// The values in quarantine.
const TORN: &str = "return Object.keys(localStorage).filter(name => name.includes('quarantine'))";

#[tokio::test]
async fn a_browser_that_is_killed_while_it_writes_loses_nothing_older() -> Result<()> {
    for kind in Kind::all().into_iter().filter(|kind| *kind != Kind::Webkit) {
        let site = site().await?;
        many_stories(&site, 60)?;
        let browser = Browser::start(kind).await?;
        for path in ["story/made-000/", "story/made-001/"] {
            save(&browser, &site, path).await?;
        }
        let mut profile = browser.close().await?;
        for round in 0..3 {
            let browser = Browser::start_with(kind, profile).await?;
            open(&browser, &site, "section/world/").await?;
            browser.script(&format!("{KEY} {WRITE_WITHOUT_END}")).await?;
            let busy = format!("return window.writes > {}", 40 + 60 * round);
            browser.until("it is in the middle of writing", &busy).await?;
            profile = browser.kill().await?;
        }
        let browser = Browser::start_with(kind, profile).await?;
        open(&browser, &site, "saved/").await?;
        lists(&browser, &["Made story 000", "Made story 001"]).await?;
        let damaged = browser.script(TORN).await?;
        ensure!(damaged == json!([]), "something was torn: {damaged}, in {kind:?}");
        says(&browser, "main article", "Saved for offline").await?;
        save(&browser, &site, "story/made-002/").await?;
        browser.quit().await?;
    }
    Ok(())
}

/// The same in WebKit, which keeps its storage only without a driver: the page does everything itself, and
/// reports to the host.
#[tokio::test]
async fn webkit_killed_while_it_writes_loses_nothing_older() -> Result<()> {
    if !Kind::all().contains(&Kind::Webkit) {
        return Ok(());
    }
    let site = Site::without_worker("/").await?;
    many_stories(&site, 60)?;
    before_the_app(&site, "", &["section/world/index.html", "saved/index.html"])?;
    let profile = tempfile::tempdir()?;
    let list = format!("{}section/world/", site.url);
    // Opens a page, runs a script there once `ready` holds, and returns its report.
    let visit = async |address: &str, ready: &str, body: &str| {
        let script = format!(
            "{QUERIES}
             const tell = what => fetch('/told/' + encodeURIComponent(JSON.stringify(what)));
             {KEY}
             const until = async look => {{ while (!look()) await new Promise(done => setTimeout(done, 50)); }};
             until(() => ({READY}) && ({ready})).then(async () => {{ {body} }}).catch(error => tell(String(error)));"
        );
        std::fs::write(site.folder().join("before.js"), script)?;
        site.forget();
        let browser = Unattended::open(profile.path(), address)?;
        let told = || site.asked().iter().find_map(|path| path.strip_prefix("told/").map(str::to_owned));
        until(&format!("{address} tells something"), async || Ok(told().is_some())).await?;
        let told = told().unwrap_or_default();
        anyhow::Ok((browser, told))
    };
    let all_listed = "document.querySelectorAll('article h3 a').length === 60";
    let save = "
        document.querySelector('article h3 a').focus();
        key('s'); key('j'); key('s');
        await until(() => markedAs('Saved').length === 2);
        tell('saved');";
    let (browser, told) = visit(&list, all_listed, save).await?;
    ensure!(told.contains("saved"), "{told}");
    // Everything after this happens when it is on the disk.
    let written = async || holds(&profile.path().join(".local"), "made-001");
    until("it is written to the disk", written).await?;
    drop(browser);
    for round in 0..3 {
        let write = format!(
            "{WRITE_WITHOUT_END} await until(() => window.writes > {}); tell('busy')",
            40 + 60 * round
        );
        let (browser, told) = visit(&list, all_listed, &write).await?;
        ensure!(told.contains("busy"), "{told}");
        drop(browser);
    }
    let whole = json!([["Made story 000", "Made story 001"], []]).to_string();
    let look = format!(
        "const found = JSON.stringify([{LISTED}.sort(), (() => {{ {TORN} }})()]); tell(found === {} ? 'whole' : found)",
        quoted(&whole)
    );
    let (_browser, told) = visit(&format!("{}saved/", site.url), "listed().length", &look).await?;
    ensure!(told.contains("whole"), "it tells {told}");
    Ok(())
}

/// Whether a file in or below a folder contains a text in UTF-16, as WebKit stores it.
fn holds(folder: &Path, text: &str) -> Result<bool> {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let there = if path.is_dir() {
            holds(&path, text)?
        } else {
            // The file may be gone already.
            std::fs::read(&path).is_ok_and(|bytes| bytes.windows(wide.len()).any(|part| part == wide))
        };
        if there {
            return Ok(true);
        }
    }
    Ok(false)
}

#[tokio::test]
async fn a_hundred_thousand_marks_load_quickly() -> Result<()> {
    if !Kind::all().contains(&Kind::Chromium) {
        return Ok(());
    }
    let (site, browser) = (Site::without_worker("/").await?, Browser::start(Kind::Chromium).await?);
    blank(&site)?;
    let reading = many(100_000, 5_000)?;
    let all = stored(&site, &reading);
    let bytes: usize = all.iter().map(|(name, text)| name.len() + text.as_str().map_or(0, str::len)).sum();
    ensure!(bytes < 4_000_000, "they take {bytes} bytes");
    // From the first read of storage until the tasks that it started are done, without writing and rendering.
    let clock = "const key = Storage.prototype.key, get = Storage.prototype.getItem; window.load = {};
        Storage.prototype.key = function (at) {
            if (window.load.from === undefined) {
                window.load.from = performance.now();
                Promise.resolve().then(() => { window.load.until = performance.now(); });
            }
            return key.call(this, at);
        };
        Storage.prototype.getItem = function (name) { const text = get.call(this, name); window.load.last = performance.now(); return text; };";
    browser
        .driver
        .cdp()
        .send_raw("Page.addScriptToEvaluateOnNewDocument", json!({ "source": clock }))
        .await?;
    let measure = "return [load.last - load.from, load.until - load.from]";
    let mut measured = Vec::new();
    for full in [false, true] {
        browser.driver.goto(format!("{}{BLANK}", site.url)).await?;
        browser.script("localStorage.setItem('another', 'x')").await?;
        if full {
            put(&browser, &site, &reading).await?;
        }
        let mut times = Vec::new();
        for _ in 0..7 {
            open(&browser, &site, "settings/").await?;
            let time = browser.script(measure).await?;
            times.push((time[0].as_f64().context("a time")?, time[1].as_f64().context("a time")?));
        }
        times.sort_by(|one, other| one.1.total_cmp(&other.1));
        measured.push((times[0], times[3]));
    }
    says(&browser, "main", "100000 stories read").await?;
    says(&browser, "main", "5000 saved").await?;
    eprintln!(
        "{bytes} bytes; (last look, all of it) in ms, fastest and median of 7: empty {:?}, full {:?}",
        measured[0], measured[1]
    );
    // The machine's speed is unknown, so only the order of magnitude is checked; the number is printed.
    ensure!(measured[1].0.1 < 300.0, "loading takes {measured:?} ms");
    browser.quit().await
}

#[tokio::test]
async fn where_there_is_no_room_old_marks_go_and_the_reader_is_not_troubled() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (Site::without_worker("/").await?, Browser::start(kind).await?);
        blank(&site)?;
        browser.driver.goto(format!("{}{BLANK}", site.url)).await?;
        let mut reading = Reading::default();
        for at in 0..2_000 {
            reading.apply(Action::MarkedRead(vec![story(&format!("gone-{at}"))?]), 1_600_000_000_000 + at);
        }
        reading.apply(Action::Opened(story("seed-vault")?, known("Opened before")), 1_700_000_000_000);
        reading.apply(Action::Saved(story("glacier-clock")?, known(GLACIER)), 1_700_000_000_000);
        put(&browser, &site, &reading).await?;
        browser
            .script(&format!(
                "localStorage.setItem('dateline/quarantine/{}/s/00/0', 'x'.repeat(40))",
                publication(&site.url)
            ))
            .await?;
        // Room for what is stored, and a few characters more.
        let cap = "const set = Storage.prototype.setItem;
            const size = () => Object.entries(localStorage).filter(([name]) => /^dateline\\/(1|quarantine)/.test(name)).reduce((sum, [name, text]) => sum + name.length + text.length, 0);
            const most = Number(localStorage.getItem('most') ?? size() + 30);
            set.call(localStorage, 'most', most);
            Storage.prototype.setItem = function (name, text) {
                if (/^dateline\\/1/.test(name) && size() - (localStorage.getItem(name) ?? '').length + String(text).length > most) throw new DOMException('full', 'QuotaExceededError');
                return set.call(this, name, text);
            };";
        before_the_app(
            &site,
            cap,
            &["index.html", "story/harbour-lights/index.html", "saved/index.html", "history/index.html"],
        )?;
        open(&browser, &site, HARBOUR).await?;
        browser.press("button", "Save").await?;
        browser.by_role("button", "Saved").await?;
        browser.until("it is written", &noted("harbour-lights", "s")).await?;
        let said = all_said(&browser, &site).await?;
        ensure!(!said.iter().any(|one| one.contains("Not kept")), "{said:?}, in {kind:?}");
        let left = browser.script("return Object.entries(localStorage).filter(([name]) => name.includes('/r/')).reduce((sum, [, text]) => sum + text.split('\\n').length - 2, 0)").await?;
        ensure!(left.as_u64().is_some_and(|left| left > 1_000 && left < 2_001), "{left} marks are left");
        ensure!(
            browser
                .script("return Object.keys(localStorage).every(name => !name.includes('quarantine'))")
                .await?
                == true
        );
        open(&browser, &site, "saved/").await?;
        lists(&browser, &[LEAD, GLACIER]).await?;
        open(&browser, &site, "history/").await?;
        lists(&browser, &[LEAD, "Opened before"]).await?;
        browser.quit().await?;
    }
    Ok(())
}

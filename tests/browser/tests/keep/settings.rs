//! Settings, backups, keyboard shortcuts, and the reader's own screens.

use anyhow::{Context, Result, bail, ensure};
use browser_tests::browser::{Browser, Kind};
use browser_tests::site::{Fault, Site};
use dateline::reading::publication;
use serde_json::{Value, json};
use std::path::Path;

use crate::common::*;

#[tokio::test]
async fn settings_change_the_look_at_once_and_before_the_next_page_is_painted() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (Site::without_worker("/").await?, Browser::start(kind).await?);
        open(&browser, &site, "settings/").await?;
        let size = "return parseFloat(getComputedStyle(document.querySelector('main p[aria-hidden=true]')).fontSize)";
        let before = browser.script(size).await?.as_f64().context("a size")?;
        choose(&browser, "Text size", "Largest").await?;
        choose(&browser, "Light and dark", "Dark").await?;
        choose(&browser, "Typeface", "Sans serif").await?;
        let larger = format!(
            "return parseFloat(getComputedStyle(document.querySelector('main p[aria-hidden=true]')).fontSize) > {before} * 1.4"
        );
        browser.until("the text is larger", &larger).await?;
        let dark = "return getComputedStyle(document.documentElement).colorScheme === 'dark' && document.documentElement.dataset.face === 'sans'";
        browser.until("it is dark, and without serifs", dark).await?;
        let bar =
            "return [...document.querySelectorAll('meta[name=theme-color]')].map(meta => meta.media).join()";
        ensure!(browser.script(bar).await? == "not all,all", "the browser's bar stays light, in {kind:?}");

        // Without the app, the script in the page's head sets the appearance.
        for name in std::fs::read_dir(site.folder())? {
            let name = name?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".wasm") {
                site.fault(&name, Some(Fault::Status(503)));
            }
        }
        browser.driver.refresh().await?;
        browser
            .until(
                "the head's script has run",
                &format!("{dark} && document.documentElement.dataset.text === '160'"),
            )
            .await?;
        for name in std::fs::read_dir(site.folder())? {
            site.fault(&name?.file_name().to_string_lossy(), None);
        }
        open(&browser, &site, "settings/").await?;
        let chosen = "return [...document.querySelectorAll('input:checked')].map(one => one.parentElement.textContent.trim())";
        let chosen = browser.script(chosen).await?;
        for wanted in ["Largest", "Dark", "Sans serif"] {
            ensure!(
                chosen.as_array().is_some_and(|all| all.contains(&json!(wanted))),
                "{wanted} is not among {chosen}"
            );
        }
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_backup_brings_everything_back_and_a_damaged_one_changes_nothing() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        save(&browser, &site, HARBOUR).await?;
        save(&browser, &site, "story/glacier-clock/").await?;
        open(&browser, &site, "saved/").await?;
        lists(&browser, &[LEAD, GLACIER]).await?;
        // Tags and a note, with characters that CSV has to escape.
        press_summary(&browser).await?;
        field(&browser, "Tags").await?.send_keys("ice, \"time\"").await?;
        field(&browser, "Note").await?.send_keys("=for Anna").await?;
        browser.press("button", "Keep").await?;
        says(&browser, "main article p", "=for Anna").await?;
        let focus = browser.script("return document.activeElement?.tagName").await?;
        ensure!(focus != "BODY", "the focus is lost after keeping a note, in {kind:?}");
        browser.press("button", "ice").await?;
        lists(&browser, &[GLACIER]).await?;

        open(&browser, &site, "settings/").await?;
        browser
            .script(
                "window.files = {};
                 const make = URL.createObjectURL.bind(URL);
                 URL.createObjectURL = blob => { blob.text().then(text => { window.files[window.named] = text; }); return make(blob); };
                 HTMLAnchorElement.prototype.click = function () { if (this.download) { window.named = this.download; } };",
            )
            .await?;
        let day = browser.script("return new Date().toISOString().slice(0, 10)").await?;
        let day = day.as_str().context("a day")?;
        let file = |what: &str, ending: &str| format!("the-meridian-{what}-{day}.{ending}");
        let mut files = Vec::new();
        for (label, name) in [
            ("Export backup", file("backup", "json")),
            ("Saved stories: Bookmarks (HTML)", file("saved", "html")),
            ("Saved stories: Spreadsheet (CSV)", file("saved", "csv")),
            ("Saved stories: Markdown", file("saved", "md")),
        ] {
            browser.press("button", label).await?;
            browser
                .until(
                    &format!("{name} is handed out"),
                    &format!("return window.named === {0} && window.files[{0}] !== undefined", quoted(&name)),
                )
                .await?;
            let text = browser.script(&format!("return window.files[{}]", quoted(&name))).await?;
            files.push(text.as_str().context("a text")?.to_owned());
        }
        let [backup, bookmarks, table, markdown] = files.as_slice() else { bail!("four files") };
        let parsed: Value = serde_json::from_str(backup)?;
        ensure!(parsed["dateline"] == "reading" && parsed["version"] == 1);
        ensure!(
            bookmarks.starts_with("<!DOCTYPE NETSCAPE-Bookmark-file-1>")
                && bookmarks.matches("<A HREF=").count() == 2,
            "{bookmarks}"
        );
        ensure!(
            table.lines().count() >= 3 && !table.contains(",=for") && !table.contains("\"=for"),
            "a formula: {table}"
        );
        ensure!(markdown.contains(&format!("[{LEAD}](")), "{markdown}");

        // In another place nothing is there; a damaged backup changes nothing; the complete one restores
        // everything.
        let folder = tempfile::tempdir()?;
        let whole = folder.path().join("whole.json");
        let broken = folder.path().join("broken.json");
        std::fs::write(&whole, backup)?;
        std::fs::write(&broken, backup.replacen("harbour", "harvour", 1))?;
        browser.driver.goto(format!("{}{BLANK}", site.url)).await?;
        browser.script("localStorage.clear()").await?;
        save(&browser, &site, "story/observatory/").await?;
        open(&browser, &site, "settings/").await?;
        let stored = browser.script(STORED).await?;
        let file = field(&browser, "Restore from a backup").await?;
        file.send_keys(broken.to_string_lossy().as_ref()).await?;
        says(&browser, "[role=status]", "Nothing was changed.").await?;
        ensure!(browser.script(STORED).await? == stored, "a damaged file changed something");
        file.send_keys(whole.to_string_lossy().as_ref()).await?;
        says(&browser, "[role=status]", "add 2 saved stories").await?;
        ensure!(browser.script(STORED).await? == stored, "a preview changed something");
        browser.press("button", "Restore").await?;
        notice(&browser, "Backup restored.").await?;
        open(&browser, &site, "saved/").await?;
        let third = "One more night for the old observatory";
        lists(&browser, &[LEAD, GLACIER, third]).await?;
        says(&browser, "main article p", "=for Anna").await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn keys_do_what_the_table_says() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        let at = |path: &str| format!("return location.href === {}", quoted(&format!("{}{path}", site.url)));
        open(&browser, &site, "section/science/").await?;
        // The address of the story whose headline has the focus.
        let focused = "return document.activeElement.closest('article h2 a, article h3 a')?.href ?? null";
        key(&browser, "j").await?;
        let first = browser.script(focused).await?;
        ensure!(first.is_string(), "j goes to a story, in {kind:?}");
        key(&browser, "j").await?;
        let second = browser.script(focused).await?;
        ensure!(second.is_string() && second != first);
        key(&browser, "k").await?;
        ensure!(browser.script(focused).await? == first);
        let saved = browser.driver.active_element().await?.text().await?;
        key(&browser, "s").await?;
        marked(&browser, &saved, "Saved").await?;
        notice(&browser, "Saved.").await?;
        key(&browser, "m").await?;
        marked(&browser, &saved, "Read").await?;
        ensure!(browser.script(focused).await? == first, "the focus stays, in {kind:?}");
        key(&browser, "m").await?;
        browser.until("it is unread", "return markedAs('Read').length === 0").await?;
        key(&browser, "u").await?;
        browser.until("unread alone", &at("section/science/?unread")).await?;
        key(&browser, "u").await?;
        browser.until("all of them", &at("section/science/")).await?;
        key(&browser, "j").await?;
        let has_focus = format!("return (() => {{ {focused} }})() !== null");
        browser.until("a story has the focus", &has_focus).await?;
        let address = browser.script(focused).await?.as_str().context("an address")?.to_owned();
        key(&browser, "o").await?;
        let is_open = format!("return location.href === {}", quoted(&address));
        browser.until("it is open", &is_open).await?;
        for (then, path) in [("s", "saved/"), ("c", "continue/"), ("h", "")] {
            ready(&browser, &site).await?;
            key(&browser, "g").await?;
            key(&browser, then).await?;
            browser.until(&format!("g {then} leads to {path}"), &at(path)).await?;
        }
        key(&browser, "?").await?;
        browser.until("the keys are shown", &at("settings/#keys")).await?;
        browser.by_role("heading", "Keys").await?;
        let searches = "return document.activeElement === queryByRole('searchbox', 'Search saved stories')";
        key(&browser, "/").await?;
        browser.until("to search", &at("saved/#saved-words")).await?;
        browser.until("the search has the focus", searches).await?;

        // The saved stories can be filtered as well.
        open(&browser, &site, "saved/").await?;
        lists(&browser, &[&saved]).await?;
        key(&browser, "j").await?;
        key(&browser, "m").await?;
        says(&browser, "main article", "Read").await?;
        key(&browser, "u").await?;
        lists(&browser, &[]).await?;
        ensure!(browser.script("return queryByRole('checkbox', 'Unread only').checked").await? == true);
        key(&browser, "u").await?;
        lists(&browser, &[&saved]).await?;
        key(&browser, "/").await?;
        browser.until("the search has the focus", searches).await?;

        // In a field, keys are letters.
        key(&browser, "gh").await?;
        browser.until("they are letters", "return document.activeElement.value === 'gh'").await?;
        ensure!(browser.script(&at("saved/")).await? == true);
        // With a modifier, they are not shortcuts.
        open(&browser, &site, "section/science/").await?;
        for modifier in ["ctrlKey", "metaKey", "altKey"] {
            let pressed = format!(
                "return document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: 'j', {modifier}: true, bubbles: true, cancelable: true}})) && !document.activeElement.closest('article')"
            );
            ensure!(browser.script(&pressed).await? == true, "with {modifier} a key is the browser's");
        }
        // Shortcuts can be switched off.
        open(&browser, &site, "settings/").await?;
        choose(&browser, "Keyboard shortcuts", "Off").await?;
        open(&browser, &site, "section/science/").await?;
        key(&browser, "j").await?;
        ensure!(browser.script(focused).await?.is_null(), "keys are off, in {kind:?}");
        browser.quit().await?;
    }
    Ok(())
}

/// Saves four stories with tags and a note, begins one, and opens one.
async fn a_full_shelf(browser: &Browser, site: &Site) -> Result<()> {
    for path in [HARBOUR, "story/glacier-clock/", "story/observatory/", "story/concert-hall/"] {
        save(browser, site, path).await?;
    }
    browser.script("const all = paragraphs(); all[Math.floor(all.length * 0.4)].scrollIntoView()").await?;
    browser.until("the place is noted", &noted("concert-hall", "p")).await?;
    open(browser, site, "saved/").await?;
    says(browser, "main article", "Saved for offline").await?;
    press_summary(browser).await?;
    field(browser, "Tags").await?.send_keys("music, architecture, to read aloud").await?;
    field(browser, "Note").await?.send_keys("The passage on the wall, for Sunday.").await?;
    browser.press("button", "Keep").await?;
    says(browser, "main article p", "for Sunday").await
}

#[tokio::test]
async fn the_readers_own_screens_are_accessible_and_fit_the_window() -> Result<()> {
    if !Kind::all().contains(&Kind::Chromium) {
        return Ok(());
    }
    let (site, browser) = (site().await?, Browser::start(Kind::Chromium).await?);
    let wrong = "const wide = document.documentElement.scrollWidth; if (wide <= innerWidth) return null;
                 return [wide, innerWidth, ...[...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 4).map(one => one.outerHTML.slice(0, 120))]";
    let mut faults = Vec::new();
    for full in [false, true] {
        if full {
            browser.screen(1280, 900, false).await?;
            a_full_shelf(&browser, &site).await?;
        }
        for (width, height) in [(1280, 900), (320, 700)] {
            for dark in [false, true] {
                browser.screen(width, height, dark).await?;
                for path in ["saved/", "continue/", "history/", "settings/"] {
                    open(&browser, &site, path).await?;
                    browser.until("it is there", "return listed().length > 0 || queryByRole('region') !== null || /Nothing|No history/.test(words(queryByRole('main')))").await?;
                    let wide = browser.script(wrong).await?;
                    let found = browser.axe().await?;
                    if !wide.is_null() || !found.is_empty() {
                        faults
                            .push(format!("{path} at {width}, dark {dark}, full {full}: {wide} {found:#?}"));
                    }
                    if let (true, Some(folder)) = (full, std::env::var_os("DATELINE_SHOTS")) {
                        let name = format!(
                            "{}-{width}-{}.png",
                            path.trim_end_matches('/'),
                            if dark { "dark" } else { "light" }
                        );
                        browser.driver.screenshot(&Path::new(&folder).join(name)).await?;
                    }
                }
            }
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    browser.quit().await
}

#[tokio::test]
async fn settings_tell_what_is_kept_and_free_it_by_kind() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        open(&browser, &site, "").await?;
        save(&browser, &site, "story/concert-hall/").await?;
        open(&browser, &site, HARBOUR).await?;
        let aside = format!("dateline/quarantine/{}/s/00/0", publication(&site.url));
        browser.script(&format!("localStorage.setItem({}, 'x')", quoted(&aside))).await?;
        open(&browser, &site, "settings/").await?;
        let row = |name: &str, words: &str| {
            format!(
                "return queryAllByRole('paragraph').some(row => row.textContent.startsWith({}) && {words}.test(row.querySelector('span').textContent))",
                quoted(&format!("{name}: "))
            )
        };
        for name in
            ["Saved stories and pictures", "Cached pictures", "Cached stories", "Cached pages", "App files"]
        {
            browser.until(&format!("{name} have a size"), &row(name, "/^\\d+ files?, \\d/")).await?;
        }
        let saved = "return words(queryAllByRole('paragraph').find(row => words(row).startsWith('Saved stories and pictures: ')))";
        let before = browser.script(saved).await?;
        for (name, label) in [
            ("Cached pictures", "Clear cached pictures"),
            ("Cached stories", "Clear cached stories"),
            ("Cached pages", "Clear cached pages"),
        ] {
            browser.press("button", label).await?;
            browser.until(&format!("{name} are gone"), &row(name, "/^none$/")).await?;
            let focus = browser.script("return document.activeElement.textContent").await?;
            ensure!(focus == label, "the focus is on {focus}, in {kind:?}");
        }
        browser.until("one was set aside", &row("Damaged data", "/^1 item$/")).await?;
        browser.press("button", "Delete damaged data").await?;
        browser
            .until("it is deleted", "return queryByRole('button', 'Delete damaged data') === null")
            .await?;
        ensure!(browser.script(&format!("return localStorage.getItem({})", quoted(&aside))).await?.is_null());
        ensure!(browser.script(saved).await? == before, "what was saved is another now");
        browser.until("the history is counted", &row("Reading history", "/^2 stories$/")).await?;
        browser.press("button", "Clear history").await?;
        browser.until("it is cleared", &row("Reading history", "/^0 stories$/")).await?;
        browser.quit().await?;
    }
    Ok(())
}

//! New versions of the app: whole or not at all, and never under the reader's hands.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, Kind, in_each};
use browser_tests::site::{Fault, Site};
use desk::publish::worker::{SHELL_PAGE, WORKER, shell_files};

use crate::common::*;

/// Has the browser look for another version, as it does by itself on opening a page; how its installation ended.
async fn look_for_update(browser: &Browser) -> Result<String> {
    let outcome = run(
        browser,
        "const before = registration.waiting; await registration.update().catch(() => {});
         if (!registration.installing && registration.waiting === before) return 'nothing';
         return outcome(registration)",
    )
    .await?;
    Ok(outcome.as_str().unwrap_or_default().to_owned())
}

/// The version that this tab runs.
async fn build(browser: &Browser) -> Result<String> {
    // A page can be read before the app is asked for.
    browser.until("the app has begun", "return window.build !== undefined").await?;
    let build = browser.script("return window.build").await?;
    Ok(build.as_str().unwrap_or_default().to_owned())
}

async fn opens(browser: &Browser, site: &Site, version: &str) -> Result<()> {
    browser.driver.goto(&site.url).await?;
    browser.by_role("heading", LEAD).await?;
    let build = build(browser).await?;
    ensure!(build == version, "{build} opens in place of {version}");
    Ok(())
}

#[tokio::test]
async fn the_shell_is_kept_whole_or_not_at_all() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::without_worker("/").await?;
        browser.driver.goto(&site.url).await?;
        browser.by_role("heading", LEAD).await?;
        let install = "return outcome(await navigator.serviceWorker.register('sw.js'))";
        site.fault(WORKER, None);
        let mut files: Vec<String> = shell_files(site.folder())?.into_iter().map(|file| file.path).collect();
        ensure!(files.len() >= 4, "the shell has too few files: {files:?}");
        files.push(SHELL_PAGE.trim_end_matches("index.html").to_owned());
        for file in &files {
            for fault in [Fault::Status(404), Fault::Status(500), Fault::Page, Fault::Half, Fault::CutAt(5)] {
                site.fault(file, Some(fault.clone()));
                let outcome = run(&browser, install).await?;
                ensure!(outcome == "failed", "with {fault:?} for {file} the installation {outcome}");
                site.fault(file, None);
            }
        }
        // Nothing is in charge, and the page works as it did.
        ensure!(browser.script("return navigator.serviceWorker.controller === null").await? == true);
        ensure!(run(&browser, install).await? == "installed");
        settled(&browser).await?;
        site.dead(true);
        // The edition came before there was a worker; since then the page may have told it of a newer one.
        browser.driver.goto(&site.url).await?;
        let opens = format!("return [...document.querySelectorAll('main h1, main h3')].some(heading => ['We could not load the front page', {LEAD:?}].includes(heading.textContent))");
        browser.until("it opens with no network", &opens).await?;
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn the_version_before_stays_where_the_next_one_is_broken() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        site.deploy("one")?;
        visit(&browser, &site).await?;
        let old: Vec<String> = shell_files(site.folder())?.into_iter().map(|file| file.path).collect();
        site.deploy("two")?;
        let new = shell_files(site.folder())?.into_iter().map(|file| file.path);
        let mut new: Vec<String> = new.filter(|path| !old.contains(path)).collect();
        new.push("shell/".to_owned());
        for file in &new {
            // A page with status 200 in place of a module among them.
            for fault in [Fault::Status(404), Fault::Page, Fault::CutAt(9)] {
                site.fault(file, Some(fault.clone()));
                let outcome = look_for_update(&browser).await?;
                ensure!(outcome == "failed", "with {fault:?} for {file} the installation {outcome}");
                site.fault(file, None);
            }
        }
        // A half deployed build: the page is still the one before.
        let pages = ["shell/index.html", "index.html"].map(|page| site.folder().join(page));
        let page = std::fs::read_to_string(&pages[0])?;
        std::fs::write(&pages[0], page.replace("dateline-", "outdated-"))?;
        ensure!(look_for_update(&browser).await? == "failed");
        std::fs::write(&pages[0], page)?;

        site.dead(true);
        opens(&browser, &site, "one").await?;
        site.dead(false);
        ensure!(look_for_update(&browser).await? == "installed");
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn a_tab_goes_on_through_three_deploys() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        site.deploy("one")?;
        visit(&browser, &site).await?;
        let own = shell_files(site.folder())?;
        let gone = own.iter().find(|file| file.path.ends_with(".wasm")).context("there is a module")?.path.clone();
        browser.script("window.untouched = true").await?;
        for version in ["two", "three", "four"] {
            site.deploy(version)?;
            ensure!(!site.folder().join(&gone).exists(), "the old files are still there");
            ensure!(look_for_update(&browser).await? == "installed");
            notice(&browser, "A new version is ready.").await?;
        }
        // One notice, and nothing has happened.
        let as_it_was = "return window.untouched === true && notices().length === 1";
        let now = browser.script("return `${window.untouched} ${notices()}`").await?;
        ensure!(browser.script(as_it_was).await? == true, "{now}");
        ensure!(build(&browser).await? == "one");
        browser.press("link", LEAD).await?;
        browser.until("the story is there", "return paragraphs().length > 3").await?;
        // What it may still want of its own files is there.
        let mine = format!("return (await fetch('{gone}')).headers.get('content-type')");
        ensure!(run(&browser, &mine).await? == "application/wasm", "the tab's own file is gone");

        let first = browser.driver.window().await?;
        let second = browser.driver.new_tab().await?;
        browser.driver.switch_to_window(second).await?;
        browser.driver.goto(&site.url).await?;
        browser.by_role("heading", LEAD).await?;
        if browser.kind == Kind::Webkit {
            // MiniBrowser draws no tab but its first: there is nothing that a pointer could press.
            browser.by_role("button", "Reload").await?;
            browser.script("queryByRole('button', 'Reload').click()").await?;
        } else {
            browser.press("button", "Reload").await?;
        }
        browser.until("the newest runs", "return window.build === 'four' && notices().length === 0 && navigator.serviceWorker.controller !== null").await?;
        browser.by_role("heading", LEAD).await?;

        // The first tab was left alone, and still has its files, though another version is in charge now.
        browser.driver.switch_to_window(first).await?;
        ensure!(browser.script(as_it_was).await? == true, "another tab's press reached this one");
        ensure!(run(&browser, &mine).await? == "application/wasm", "the tab's own file was tidied away");
        browser.press("button", "Reload").await?;
        browser.until("the newest runs", "return window.build === 'four' && !window.untouched").await?;
        browser.until("the story is there", "return paragraphs().length > 3").await?;

        // With no tab left that could need them, the old files go.
        browser.driver.close_window().await?;
        let last = browser.driver.windows().await?.pop().context("a tab")?;
        browser.driver.switch_to_window(last).await?;
        browser.driver.goto("about:blank").await?;
        browser.driver.goto(&site.url).await?;
        browser.by_role("heading", LEAD).await?;
        let one = "return (await caches.keys()).filter(name => name.startsWith('dateline-shell ')).length === 1";
        until(&browser, "the old shells are gone", one).await?;
        site.dead(true);
        opens(&browser, &site, "four").await?;
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn a_version_can_be_rolled_back() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        site.deploy("one")?;
        visit(&browser, &site).await?;
        for version in ["two", "one"] {
            site.deploy(version)?;
            ensure!(look_for_update(&browser).await? == "installed");
            browser.press("button", "Reload").await?;
            let runs =
                format!("return window.build === '{version}' && document.querySelector('h1') !== null");
            browser.until("the other version runs", &runs).await?;
        }
        site.dead(true);
        opens(&browser, &site, "one").await?;
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn the_kill_switch_takes_all_but_what_was_saved() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/news/").await?;
        visit(&browser, &site).await?;
        ensure!(run(&browser, "return (await ask('keep\\nharbour-lights\\nedition/stories/harbour-lights.json')).at(-1)").await? == "1 1");
        run(&browser, "await caches.open('dateline-news /other/'); await caches.open('another app')").await?;
        site.kill_worker()?;
        run(&browser, "await registration.update()").await?;
        let left = "return JSON.stringify((await caches.keys()).sort()) === JSON.stringify(['another app', 'dateline-news /other/', 'dateline-saved /news/'])";
        until(&browser, "the caches are gone", left).await?;
        until(&browser, "the worker is gone", "return registration === undefined").await?;
        let story = run(&browser, "return kept('saved', 'edition/stories/harbour-lights.json')").await?;
        ensure!(story == true, "what was saved is gone");
        browser.driver.goto(&site.url).await?;
        browser.by_role("heading", LEAD).await?;
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn a_wrong_file_in_the_browsers_own_cache_does_not_keep_the_worker_out() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::without_worker("/").await?;
        site.like_a_host();
        browser.driver.goto(&site.url).await?;
        browser.by_role("heading", LEAD).await?;
        let files = shell_files(site.folder())?;
        let name =
            files.iter().map(|file| &file.path).find(|path| path.ends_with(".js")).context("a script")?;
        let file = site.folder().join(name);
        let good = std::fs::read(&file)?;
        // It says of itself that it is good for a year.
        std::fs::write(&file, "// Not what it should be.")?;
        run(&browser, &format!("await (await fetch('{name}', {{ cache: 'reload' }})).text()")).await?;
        std::fs::write(&file, good)?;
        let poisoned =
            run(&browser, &format!("return (await (await fetch('{name}')).text()).startsWith('// Not')"))
                .await?;
        if poisoned != true && browser.kind == Kind::Webkit {
            eprintln!("WebKit: not tested, since it has kept nothing");
            return browser.quit().await;
        }
        ensure!(poisoned == true, "the browser has not kept it");
        site.fault(WORKER, None);
        let outcome =
            run(&browser, "return outcome(await navigator.serviceWorker.register('sw.js'))").await?;
        ensure!(outcome == "installed", "the installation {outcome}");
        browser.quit().await
    })
    .await
}

//! Reading without a network, and going on while versions change: the service worker against a real server.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{self, Browser, Kind, in_each};
use browser_tests::kept::put;
use browser_tests::site::{Fault, Site};
use dateline::content::StoryId;
use dateline::reading::{Act, Facts, Reading, publication, visits_name};
use desk::publish::worker::{SHELL_PAGE, WORKER, shell_files};
use serde_json::Value;

const LEAD: &str = "The harbour that learned to turn its lights off";
const STORY: &str = "story/harbour-lights/";
const EDITION: &str = "edition/edition.json";

/// What the scripts of these tests have in common.
const HELPERS: &str = "
    const registration = await navigator.serviceWorker.getRegistration();
    const base = document.baseURI;
    // How the installation of the newest worker ends.
    const outcome = async (registration) => {
        const worker = registration.installing;
        if (worker) await new Promise(done => {
            const look = () => ['installed', 'activating', 'activated', 'redundant'].includes(worker.state) && done();
            worker.addEventListener('statechange', look);
            look();
        });
        return registration.waiting || (worker && worker.state.startsWith('activat')) ? 'installed' : 'failed';
    };
    const ask = (order) => new Promise(done => {
        const heard = [], channel = new MessageChannel();
        channel.port1.onmessage = ({ data }) => data === '' ? done(heard) : heard.push(data);
        registration.active.postMessage(order, [channel.port2]);
    });
    const kept = async (kind, path) => {
        const names = (await caches.keys()).filter(name => name.startsWith('dateline-' + kind + ' '));
        for (const name of names) if (await (await caches.open(name)).match(new URL(path, base))) return true;
        return false;
    };";

/// What an asynchronous script gives, which has [`HELPERS`].
async fn run(browser: &Browser, body: &str) -> Result<Value> {
    browser.answer(&format!("{HELPERS} {body}")).await
}

/// Opens the front page, and waits until the worker is there and has what this page has loaded.
async fn visit(browser: &Browser, site: &Site) -> Result<()> {
    browser.driver.goto(&site.url).await?;
    browser.by_role("heading", LEAD).await?;
    settled(browser).await?;
    until(browser, "the edition is kept", &format!("return kept('news', '{EDITION}')")).await
}

/// As [`visit`], and goes on to the lead's own page, which is kept then, too.
async fn read(browser: &Browser, site: &Site) -> Result<()> {
    visit(browser, site).await?;
    browser.driver.goto(format!("{}{STORY}", site.url)).await?;
    until(browser, "the story's page is kept", &format!("return kept('pages', '{STORY}')")).await
}

/// Waits until the worker is in charge of this page.
async fn settled(browser: &Browser) -> Result<()> {
    browser.until("the worker is there", "return Boolean(navigator.serviceWorker.controller)").await
}

/// Waits until an asynchronous script gives true.
async fn until(browser: &Browser, what: &str, body: &str) -> Result<()> {
    let what = format!("{what}, in {:?}", browser.kind);
    browser::until(&what, async || Ok(run(browser, body).await? == true)).await
}

/// Has the page count the timers that it has set from now on and that are due within seconds.
const COUNT_TIMERS: &str = "
    const set = window.setTimeout;
    window.due = 0;
    window.setTimeout = (run, wait, ...rest) => {
        if (wait > 3000) return set(run, wait, ...rest);
        window.due += 1;
        return set(() => { window.due -= 1; run(...rest); }, wait);
    };";

/// Waits until a page that has [`COUNT_TIMERS`] has nothing more to do: no timer is due, and what is asked for then, after
/// all that was on its way to the host, has come there.
async fn at_rest(browser: &Browser, site: &Site) -> Result<()> {
    browser.until("no timer is due", "return window.due === 0").await?;
    browser.answer("await fetch('robots.txt', { cache: 'reload' })").await?;
    ensure!(site.asked().iter().any(|path| path == "robots.txt"), "the last question has not come");
    Ok(())
}

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

/// Waits until a notice says that.
async fn notice(browser: &Browser, words: &str) -> Result<()> {
    let says = format!("return notices().some(one => one.includes({}))", serde_json::json!(words));
    browser.until(&format!("a notice says '{words}'"), &says).await
}

const NO_NOTICE: &str = "return notices().length === 0";

async fn opens(browser: &Browser, site: &Site, version: &str) -> Result<()> {
    browser.driver.goto(&site.url).await?;
    browser.by_role("heading", LEAD).await?;
    let build = build(browser).await?;
    ensure!(build == version, "{build} opens in place of {version}");
    Ok(())
}

#[tokio::test]
async fn it_opens_with_no_network_under_any_base() -> Result<()> {
    in_each(|browser: Browser| async move {
        for base in ["/", "/news/"] {
            let site = Site::start(base).await?;
            visit(&browser, &site).await?;
            browser.driver.goto(format!("{}{STORY}", site.url)).await?;
            browser.by_role("heading", LEAD).await?;
            until(&browser, "the story is kept", "return kept('news', 'edition/stories/harbour-lights.json')")
                .await?;

            site.dead(true);
            browser.driver.goto("about:blank").await?;
            browser.driver.goto(&site.url).await?;
            browser.by_role("heading", LEAD).await?;
            notice(&browser, "No connection. 1 story can be read").await?;
            let quiet = browser.script("return !document.activeElement.closest('[role=status]')");
            ensure!(quiet.await? == true, "the notice takes the focus");

            // A story at its own address, with a query that somebody added to it.
            browser.driver.goto(format!("{}{STORY}?from=mail", site.url)).await?;
            browser.by_role("heading", LEAD).await?;
            let styled = "return getComputedStyle(document.querySelector('h1')).fontWeight === '700' && paragraphs().length > 3";
            browser.until("the story is there with its style", styled).await?;

            browser.driver.goto(format!("{}story/glacier-clock/", site.url)).await?;
            browser.by_role("heading", "We could not load this story").await?;
            notice(&browser, "No connection").await?;
            site.dead(false);
            // The network is back: it is tried again without a press.
            browser.script("dispatchEvent(new Event('online'))").await?;
            browser.until("the story is there", "return paragraphs().length > 3").await?;
            browser.until("the notice is gone", NO_NOTICE).await?;
        }
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn a_browser_that_was_closed_opens_with_no_network() -> Result<()> {
    // (Under its driver WebKit keeps nothing.)
    for kind in Kind::all().into_iter().filter(|kind| *kind != Kind::Webkit) {
        for base in ["/", "/news/"] {
            let site = Site::start(base).await?;
            let browser = Browser::start(kind).await?;
            read(&browser, &site).await?;
            let profile = browser.close().await?;
            site.dead(true);
            let browser = Browser::start_with(kind, profile).await?;
            for path in ["", STORY] {
                browser.driver.goto(format!("{}{path}", site.url)).await?;
                browser.by_role("heading", LEAD).await?;
                browser.ready().await?;
            }
            browser.quit().await?;
        }
    }
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
async fn a_saved_story_is_whole_and_is_mended() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        // As `view::offline::files` writes it.
        let keep = "const files = 'concert-hall\\nedition/stories/concert-hall.json\\nedition/images/hall-a-960.webp\\tedition/images/hall-a-480.webp\\tedition/images/hall-a-1600.webp\\nedition/images/hall-b-960.webp\\tedition/images/hall-b-480.webp\\tedition/images/hall-b-1600.webp';";
        site.fault("edition/images/hall-b-960.webp", Some(Fault::Page));
        site.fault("edition/images/hall-b-480.webp", Some(Fault::Status(404)));
        site.fault("edition/images/hall-b-1600.webp", Some(Fault::Status(500)));
        let state = "return (await ask('state\\nconcert-hall\\nnever-saved')).join()";
        let said = run(&browser, &format!("{keep} return (await ask('keep\\n' + files)).join()")).await?;
        ensure!(said == "1 3,2 3,2 3", "{said}");
        ensure!(run(&browser, state).await? == "concert-hall 2 3,never-saved 0 0");

        // Another width is better than none.
        site.fault("edition/images/hall-b-1600.webp", None);
        let said = run(&browser, &format!("{keep} return (await ask('keep\\n' + files)).at(-1)")).await?;
        ensure!(said == "3 3", "{said}");
        // All else that is kept goes, and the story stays.
        run(&browser, "await ask('free\\nnews\\npictures\\npages\\nshell\\nsaved')").await?;
        ensure!(run(&browser, state).await? == "concert-hall 3 3,never-saved 0 0");
        site.dead(true);
        browser.driver.goto(format!("{}story/concert-hall/", site.url)).await?;
        let shown = "const all = [...document.querySelectorAll('article:has(h1) img')]; all.forEach(i => i.loading = 'eager');
             return all.filter(i => /hall-[ab]/.test(i.currentSrc) && i.naturalWidth > 0).length >= 2";
        browser.until("its pictures are shown", shown).await?;

        // The browser has cleared one away.
        site.dead(false);
        run(&browser, "const cache = await caches.open('dateline-saved /'); for (const key of await cache.keys()) if (key.url.includes('hall-a')) await cache.delete(key)").await?;
        ensure!(run(&browser, state).await? == "concert-hall 2 3,never-saved 0 0");
        let said = run(&browser, &format!("{keep} return (await ask('keep\\n' + files)).at(-1)")).await?;
        ensure!(said == "3 3", "{said}");

        // What two stories need stays until neither is saved.
        run(&browser, "await ask('keep\\nother\\nedition/stories/night-buses.json\\nedition/images/hall-a-960.webp')").await?;
        run(&browser, "await ask('drop\\nconcert-hall')").await?;
        ensure!(run(&browser, "return kept('saved', 'edition/images/hall-a-960.webp')").await? == true);
        ensure!(run(&browser, "return kept('saved', 'edition/images/hall-b-960.webp')").await? == false);
        run(&browser, "await ask('drop\\nother')").await?;
        ensure!(run(&browser, "return (await (await caches.open('dateline-saved /')).keys()).length").await? == 0);
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn a_saved_story_outlives_its_publication() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        run(&browser, "await ask('keep\\nharbour-lights\\nedition/stories/harbour-lights.json')").await?;
        std::fs::remove_file(site.folder().join("edition/stories/harbour-lights.json"))?;
        std::fs::remove_dir_all(site.folder().join(STORY))?;
        browser.driver.goto(format!("{}{STORY}", site.url)).await?;
        browser.by_role("heading", LEAD).await?;
        run(&browser, "await ask('drop\\nharbour-lights')").await?;
        browser.driver.goto(format!("{}{STORY}", site.url)).await?;
        browser.by_role("heading", "There is no such page").await?;
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn a_slow_or_broken_host_does_not_keep_from_reading() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        for fault in [Fault::Hang, Fault::Status(500), Fault::Busy(503, 60), Fault::Page] {
            for path in ["", EDITION] {
                site.fault(path, Some(fault.clone()));
            }
            if matches!(fault, Fault::Page) {
                // A page of the network's own is for the reader to see.
                site.fault("", None);
            }
            browser.driver.goto(&site.url).await?;
            browser.by_role("heading", LEAD).await.with_context(|| format!("{fault:?}"))?;
        }
        // Half a file takes the place of nothing.
        site.fault(EDITION, Some(Fault::Half));
        browser.driver.goto(&site.url).await?;
        browser.by_role("heading", LEAD).await?;
        site.dead(true);
        browser.driver.goto(&site.url).await?;
        browser.by_role("heading", LEAD).await?;
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn two_publications_on_one_origin_keep_apart() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        let inner = site.add_publication("inner")?;
        visit(&browser, &site).await?;
        browser.driver.goto(&inner).await?;
        browser.by_role("heading", LEAD).await?;
        let both = "const names = (await caches.keys()).map(name => name.split(' ').slice(0, 2).join(' '));
             return ['shell /', 'shell /inner/', 'news /', 'news /inner/'].every(name => names.includes('dateline-' + name))";
        until(&browser, "both have their caches", both).await?;
        until(&browser, "it is in charge", "return navigator.serviceWorker.controller?.scriptURL.endsWith('/inner/sw.js') ?? false").await?;
        // What the page was still loading may come after that.
        let freed = "await ask('free\\nnews\\npictures'); return !await caches.has('dateline-news /inner/')";
        until(&browser, "its own is freed", freed).await?;
        ensure!(run(&browser, "return caches.has('dateline-news /')").await? == true);
        browser.quit().await
    })
    .await
}

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

/// Orders to a worker under test, beside its own: from then on its caches fail.
const FAILING: &str = "
addEventListener('message', ({ data }) => {
    const full = () => new DOMException('full', 'QuotaExceededError');
    const put = Cache.prototype.put;
    const orders = {
        'test: full': () => { Cache.prototype.put = () => Promise.reject(full()); },
        'test: full of pictures': () => { Cache.prototype.put = async function (...all) { if (await caches.match('x.webp', {cacheName: 'dateline-pictures /'})) throw full(); return put.apply(this, all); }; },
        'test: broken': () => { CacheStorage.prototype.open = CacheStorage.prototype.match = () => Promise.reject(new Error('broken')); },
    };
    if (typeof data === 'string' && Object.hasOwn(orders, data)) orders[data]();
});";

/// Serves a worker that takes orders to fail.
fn can_fail(site: &Site) -> Result<()> {
    let file = site.folder().join("sw-saved.js");
    let script = std::fs::read_to_string(&file)?;
    Ok(std::fs::write(&file, script + FAILING)?)
}

/// Publishes an edition whose lead has another headline.
fn other_lead(site: &Site, headline: &str) -> Result<()> {
    let file = site.folder().join(EDITION);
    let edition = std::fs::read_to_string(&file)?;
    ensure!(edition.contains(LEAD), "the edition has no such lead");
    Ok(std::fs::write(&file, edition.replace(LEAD, headline))?)
}

#[tokio::test]
async fn a_story_opened_at_its_own_address_is_kept() -> Result<()> {
    in_each(|browser: Browser| async move {
        // On a first visit there is no worker yet; and later nobody asks for what the page brings with it.
        let site = Site::start("/news/").await?;
        browser.driver.goto(format!("{}{STORY}", site.url)).await?;
        browser.by_role("heading", LEAD).await?;
        settled(&browser).await?;
        for (kind, path) in
            [("news", "edition/stories/harbour-lights.json"), ("news", EDITION), ("pages", STORY)]
        {
            until(&browser, &format!("{path} is kept"), &format!("return kept('{kind}', '{path}')")).await?;
        }
        browser.driver.goto(format!("{}story/glacier-clock/", site.url)).await?;
        until(&browser, "the second is kept", "return kept('news', 'edition/stories/glacier-clock.json')")
            .await?;

        site.dead(true);
        browser.driver.goto("about:blank").await?;
        browser.driver.goto(&site.url).await?;
        browser.press("link", LEAD).await?;
        browser.until("the story is there", "return paragraphs().length > 3").await?;
        browser.driver.goto(format!("{}{STORY}", site.url)).await?;
        browser.by_role("heading", LEAD).await?;
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn a_story_opens_from_its_copy_and_shows_what_has_come_since() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/news/").await?;
        read(&browser, &site).await?;
        let story = format!("{}{STORY}", site.url);
        let says = |words: &str| format!("return document.querySelector('h1')?.textContent === '{words}'");

        // The host has a newer one, and says nothing yet.
        other_words(&site, LEAD, "The harbour has its lights back")?;
        site.fault(STORY, Some(Fault::Held));
        browser.driver.goto("about:blank").await?;
        browser.driver.goto(&story).await?;
        browser.until("the copy is shown", &says(LEAD)).await?;
        browser.ready().await?;
        site.fault(STORY, None);
        browser.until("the newer one is", &says("The harbour has its lights back")).await?;

        // Who is reading is asked first, and then stays at what they read.
        other_words(&site, "The harbour has its lights back", "And off again")?;
        let first = "return paragraphs()[0].textContent";
        let first = browser.script(first).await?.as_str().unwrap_or_default().to_owned();
        more_words(&site, &first)?;
        site.fault(STORY, Some(Fault::Held));
        browser.driver.goto("about:blank").await?;
        browser.driver.goto(&story).await?;
        browser.ready().await?;
        browser.script("paragraphs()[3].scrollIntoView()").await?;
        browser.script("window.text = paragraphs()[4].textContent").await?;
        let place = "return paragraphs()
            .find(one => one.textContent === window.text).getBoundingClientRect().top";
        site.fault(STORY, None);
        notice(&browser, "This story was updated.").await?;
        ensure!(
            browser.script(&says("The harbour has its lights back")).await? == true,
            "{:?}",
            browser.kind
        );
        let before = browser.script(place).await?.as_f64().context("the text is there")?;
        browser.press("button", "Show").await?;
        browser.until("the newer one is shown", &says("And off again")).await?;
        let moved = browser.script(place).await?.as_f64().context("the text is there")? - before;
        ensure!(moved.abs() <= 1.0, "moved by {moved} px in {:?}", browser.kind);

        // Who loads the page anew sees the newest at once.
        other_words(&site, "And off again", "And on")?;
        browser.driver.refresh().await?;
        browser.until("the newest is shown", &says("And on")).await?;
        let kept = format!(
            "return (await (await caches.match(new URL('{STORY}', base))).text()).includes('And on')"
        );
        until(&browser, "the newest is kept", &kept).await?;

        // What is said of a page goes with it.
        other_words(&site, "And on", "And on and on")?;
        site.fault(STORY, Some(Fault::Held));
        browser.driver.goto("about:blank").await?;
        browser.driver.goto(&story).await?;
        browser.ready().await?;
        browser.script("paragraphs()[3].scrollIntoView()").await?;
        site.fault(STORY, None);
        notice(&browser, "This story was updated.").await?;
        browser.press("link", "The Meridian").await?;
        browser.until("it is not said of another page", NO_NOTICE).await?;

        // What is taken back says so, and is not there the next time.
        std::fs::remove_dir_all(site.folder().join(STORY))?;
        std::fs::remove_file(site.folder().join("edition/stories/harbour-lights.json"))?;
        browser.driver.goto("about:blank").await?;
        browser.driver.goto(&story).await?;
        browser.by_role("heading", "And on and on").await?;
        notice(&browser, "The newspaper has taken this story back").await?;
        browser.driver.goto("about:blank").await?;
        browser.driver.goto(&story).await?;
        browser.by_role("heading", "There is no such page").await?;
        browser.quit().await
    })
    .await
}

/// Publishes the lead with other words on its page, and in what stands there for the app.
fn other_words(site: &Site, before: &str, after: &str) -> Result<()> {
    let file = site.folder().join(STORY).join("index.html");
    let page = std::fs::read_to_string(&file)?;
    ensure!(page.contains(before), "the page does not say {before}");
    Ok(std::fs::write(&file, page.replace(before, after))?)
}

/// Publishes the lead with another paragraph before the one that says that.
fn more_words(site: &Site, paragraph: &str) -> Result<()> {
    let file = site.folder().join(STORY).join("index.html");
    let page = std::fs::read_to_string(&file)?;
    let (html, json) = page.split_once("id=\"dateline-story\">").context("there is no story")?;
    let (json, rest) = json.split_once("</script>").context("it has no end")?;
    let mut story: Value = serde_json::from_str(json)?;
    let body = story.pointer_mut("/body").and_then(Value::as_array_mut).context("it has no body")?;
    let more = format!("{paragraph} ").repeat(3);
    body.insert(0, serde_json::json!({ "kind": "paragraph", "text": [more] }));
    Ok(std::fs::write(&file, format!("{html}id=\"dateline-story\">{story}</script>{rest}"))?)
}

#[tokio::test]
async fn caches_that_are_full_or_broken_keep_no_news_from_the_reader() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        can_fail(&site)?;
        visit(&browser, &site).await?;
        for (order, headline) in [("test: full", "A headline of today"), ("test: broken", "A headline of tonight")] {
            run(&browser, &format!("registration.active.postMessage('{order}')")).await?;
            other_lead(&site, headline)?;
            browser.driver.goto(&site.url).await?;
            browser.by_role("heading", headline).await.with_context(|| order.to_owned())?;
            ensure!(browser.script(NO_NOTICE).await? == true, "there is a notice, and nothing to say ({order})");
            browser.driver.goto(format!("{}story/glacier-clock/", site.url)).await?;
            let picture = "const all = [...document.querySelectorAll('article:has(h1) img')]; all.forEach(i => i.loading = 'eager'); return all.some(i => i.naturalWidth > 0)";
            browser.until("a picture is there", picture).await?;
            std::fs::write(site.folder().join(EDITION), std::fs::read_to_string(site.folder().join(EDITION))?.replace(headline, LEAD))?;
        }
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn saving_takes_the_room_of_pictures_that_were_merely_seen() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        can_fail(&site)?;
        visit(&browser, &site).await?;
        // The page's own pictures may still be on their way: it is this one that takes the room.
        run(&browser, "await (await caches.open('dateline-pictures /')).put('x.webp', new Response('x'))")
            .await?;
        run(&browser, "registration.active.postMessage('test: full of pictures')").await?;
        let said = run(
            &browser,
            "return (await ask('keep\\nharbour-lights\\nedition/stories/harbour-lights.json')).join()",
        )
        .await?;
        ensure!(said == "1 1", "{said}");
        run(&browser, "registration.active.postMessage('test: full')").await?;
        let said = run(
            &browser,
            "return (await ask('keep\\nnight-buses\\nedition/stories/night-buses.json')).join()",
        )
        .await?;
        ensure!(said == "full", "{said}");
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn nothing_but_the_story_itself_takes_the_place_of_its_copy() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        let file = "edition/stories/harbour-lights.json";
        run(&browser, &format!("await ask('keep\\nharbour-lights\\n{file}')")).await?;
        let saved = format!("return (await (await (await caches.open('dateline-saved /')).match(new URL('{file}', base))).text())");
        let before = run(&browser, &saved).await?;
        let get = |file: &str| format!("return (await fetch('{file}')).text()");
        for other in ["{\"error\": \"no\"}", "[]", "null", "{\"version\": 1, \"id\": \"another\", \"kind\": \"article\", \"headline\": \"Another\"}", "{\"version\": \"1\", \"id\": \"harbour-lights\"}"] {
            site.fault(file, Some(Fault::Bytes(other.as_bytes().to_vec())));
            ensure!(run(&browser, &get(file)).await? == before, "{other} is answered");
            ensure!(run(&browser, &saved).await? == before, "{other} is saved");
        }
        // Where there is no copy, what the network says is for the app to judge.
        site.fault("edition/stories/night-buses.json", Some(Fault::Bytes(b"{\"error\": \"no\"}".to_vec())));
        ensure!(run(&browser, &get("edition/stories/night-buses.json")).await? == "{\"error\": \"no\"}");
        ensure!(run(&browser, "return kept('news', 'edition/stories/night-buses.json')").await? == false);
        // What the app reads is no reason to show an old copy.
        let newer = before.as_str().context("a text")?.replace(LEAD, "A newer headline") + "\n<!-- cached by a plugin -->\n";
        site.fault(file, Some(Fault::Bytes(newer.clone().into_bytes())));
        ensure!(run(&browser, &get(file)).await? == newer.as_str());
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

#[tokio::test]
async fn coming_back_online_asks_for_the_edition_once() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        // On the front page, which follows the edition by itself, and on a screen that does not.
        for path in ["", "settings/"] {
            browser.driver.goto(format!("{}{path}", site.url)).await?;
            browser.ready().await?;
            browser.by_role("link", "The Meridian").await?;
            // What came within seconds is not asked for again: it came longer ago than that.
            browser.script("const real = Date.now.bind(Date); Date.now = () => real() + 11e3").await?;
            browser.script(COUNT_TIMERS).await?;
            browser.script("dispatchEvent(new Event('offline'))").await?;
            notice(&browser, "No connection.").await?;
            site.forget();
            browser.script("dispatchEvent(new Event('online'))").await?;
            browser.until("the notice is gone", NO_NOTICE).await?;
            let asked = || site.asked().into_iter().filter(|path| path == EDITION).count();
            browser::until("the edition is asked for", async || Ok(asked() > 0)).await?;
            at_rest(&browser, &site).await?;
            let asked = asked();
            ensure!(asked == 1, "it is asked for {asked} times, at '{path}'");
        }
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn what_could_not_be_saved_is_mended_by_itself() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        let story = format!("{}story/concert-hall/", site.url);
        let said = |words: &str| format!("return queryAllByRole('status').some(status => words(status) === '{words}')");
        // Saved with no network.
        browser.driver.goto(&story).await?;
        browser.ready().await?;
        browser.by_role("button", "Save").await?;
        until(&browser, "its text is kept", "return kept('news', 'edition/stories/concert-hall.json')").await?;
        run(&browser, "await ask('free\\npictures')").await?;
        site.dead(true);
        browser.script("dispatchEvent(new Event('offline'))").await?;
        browser.press("button", "Save").await?;
        browser.until("it says so", &said("Saved, but not all of it for offline")).await?;
        site.dead(false);
        browser.script("dispatchEvent(new Event('online'))").await?;
        browser.until("all of it is there", &said("Saved for offline")).await?;

        // Parts were cleared away: the next visit fetches them, one story after the other. One that was cleared away whole
        // stays so, for the reader to decide, whichever comes first.
        for id in ["arabic-looms", "night-buses"] {
            browser.driver.goto(format!("{}story/{id}/", site.url)).await?;
            browser.ready().await?;
            browser.press("button", "Save").await?;
            browser.until("all of it is there", &said("Saved for offline")).await?;
        }
        run(&browser, "const cache = await caches.open('dateline-saved /'); for (const key of await cache.keys()) if (/hall|images/.test(key.url)) await cache.delete(key)").await?;
        let state = "const said = (await ask('state\\narabic-looms\\nconcert-hall\\nnight-buses')).map(one => one.split(' '));";
        let parts = format!("{state} return said.every(([id, have, of]) => id === 'concert-hall' ? of === '0' : have < of)");
        ensure!(run(&browser, &parts).await? == true, "a part of two is gone, and all of one");
        browser.driver.goto(&site.url).await?;
        let whole = format!("{state} return said.every(([id, have, of]) => id === 'concert-hall' || have === of)");
        until(&browser, "they are whole", &whole).await?;
        ensure!(run(&browser, "return (await ask('state\\nconcert-hall')).join()").await? == "concert-hall 0 0");
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn files_of_what_is_saved_no_more_go_when_saved_stories_are_looked_at() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        for id in ["harbour-lights", "night-buses", "glacier-clock"] {
            run(&browser, &format!("await ask('keep\\n{id}\\nedition/stories/{id}.json')")).await?;
        }
        // Taken off the list an hour ago, and the page closed at once; saved still; and one of which nothing is known.
        let now =
            i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis())?;
        let hour = 3_600_000;
        let mut reading = Reading::default();
        for name in ["harbour-lights", "glacier-clock"] {
            let facts =
                Facts { headline: name.to_owned(), url: None, section: None, published: now, is_live: false };
            reading.apply(Act::Saved(StoryId::parse(name).context("an id")?, facts), now - 2 * hour);
        }
        let taken_off = StoryId::parse("harbour-lights").context("an id")?;
        reading.apply(Act::Unsaved(vec![taken_off]), now - hour);
        put(&browser, &site, &reading).await?;
        browser.driver.goto(format!("{}saved/", site.url)).await?;
        until(&browser, "its list is gone", "return !await kept('saved', 'saved/harbour-lights.list')")
            .await?;
        until(
            &browser,
            "its text is gone",
            "return !await kept('saved', 'edition/stories/harbour-lights.json')",
        )
        .await?;
        for id in ["night-buses", "glacier-clock"] {
            ensure!(
                run(&browser, &format!("return kept('saved', 'saved/{id}.list')")).await? == true,
                "{id} is gone"
            );
        }
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn pictures_have_a_cap_and_saved_ones_stay() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        run(&browser, "await ask('keep\\nconcert-hall\\nedition/stories/concert-hall.json\\nedition/images/hall-a-480.webp')").await?;
        let more = "const all = [...Array(230).keys()].map(at => new URL(`edition/images/hall-b-480.webp?${at}`, base).href);
             await ask('loaded\\n' + all.join('\\n'));
             const keys = await (await caches.open('dateline-pictures /')).keys();
             return keys.length === 200 && keys.at(-1).url === all.at(-1)";
        ensure!(run(&browser, more).await? == true, "the newest 200 are kept");
        ensure!(run(&browser, "return kept('saved', 'edition/images/hall-a-480.webp')").await? == true);
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn acts_with_no_network_are_kept() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        browser.driver.goto(format!("{}{STORY}", site.url)).await?;
        until(&browser, "the story is kept", "return kept('news', 'edition/stories/harbour-lights.json')").await?;
        site.dead(true);
        browser.driver.goto(format!("{}{STORY}", site.url)).await?;
        browser.ready().await?;
        browser.press("button", "Save").await?;
        browser.by_role("button", "Saved").await?;
        browser.press("button", "Mark as unread").await?;
        browser.by_role("button", "Mark as read").await?;
        for dead in [true, false] {
            site.dead(dead);
            browser.driver.goto("about:blank").await?;
            browser.driver.goto(&site.url).await?;
            let kept = &format!("const left = marks(inList('{LEAD}')); return left.includes('Saved') && !left.includes('Read')");
            browser.until("what was done is kept", kept).await?;
        }
        browser.quit().await
    })
    .await
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
        // What there is to say on arriving is said before the word of this.
        browser.script("dispatchEvent(new Event('offline'))").await?;
        notice(&browser, "No connection.").await?;
        ensure!(browser.script("return notices().length").await? == 1, "there are words after a no");
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn saved_live_coverage_keeps_what_was_loaded_and_goes_on() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        let (file, story) = ("edition/stories/storm-live.json", format!("{}story/storm-live/", site.url));
        browser.driver.goto(&story).await?;
        browser.ready().await?;
        browser.press("button", "Save").await?;
        browser.by_role("button", "Saved").await?;
        until(&browser, "it is saved", &format!("return kept('saved', '{file}')")).await?;
        // What the browser may clear is gone, and the network.
        run(&browser, "await ask('free\\nnews\\npictures\\npages')").await?;
        site.dead(true);
        browser.driver.goto(&story).await?;
        let posts = "return document.querySelectorAll('[role=feed] article[id]').length > 3";
        browser.until("its updates are there", posts).await?;
        // It goes on, and what is saved goes on with it.
        let path = site.folder().join(file);
        let head = std::fs::read_to_string(&path)?;
        let newer = head.replace("The peak has passed", "The peak is long past").replace("\"revision\":21", "\"revision\":22");
        ensure!(newer != head);
        std::fs::write(&path, newer)?;
        site.dead(false);
        browser.script("dispatchEvent(new Event('online'))").await?;
        let saved = format!("return (await (await (await caches.open('dateline-saved /')).match(new URL('{file}', base))).text()).includes('long past')");
        until(&browser, "what is saved is the newer one", &saved).await?;
        // With the pictures that have come to it while it is followed; and while it was not, once the app is opened.
        for (revision, picture) in [(23, "edition/images/birds-480.webp"), (24, "edition/images/seeds-480.webp")] {
            ensure!(run(&browser, &format!("return kept('saved', '{picture}')")).await? == false);
            if revision == 24 {
                browser.driver.goto(&site.url).await?;
                browser.ready().await?;
            }
            let mut head: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
            let live = head.get_mut("live").and_then(Value::as_object_mut).context("it is live")?;
            live.insert("revision".to_owned(), revision.into());
            let url = picture.trim_start_matches("edition/");
            let figure = serde_json::json!({ "kind": "figure", "picture": { "sources": [{ "url": url }] } });
            live.insert("summary".to_owned(), Value::Array(vec![figure]));
            std::fs::write(&path, head.to_string())?;
            if revision == 24 {
                browser.driver.goto(&site.url).await?;
            } else {
                browser.script("dispatchEvent(new Event('online'))").await?;
            }
            until(&browser, "its picture is saved", &format!("return kept('saved', '{picture}')")).await?;
        }
        browser.quit().await
    })
    .await
}

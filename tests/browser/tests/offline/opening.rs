//! Opening and reading with no network, or a bad one; and coming back to it.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{self, Browser, Kind, in_each};
use browser_tests::site::{Fault, Site};
use serde_json::Value;

use crate::common::*;

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

/// The network goes, and comes back. What was asked for before that is forgotten.
async fn goes_and_comes_back(browser: &Browser, site: &Site) -> Result<()> {
    // Really, since an answer would say that the network is there.
    site.dead(true);
    browser.script("dispatchEvent(new Event('offline'))").await?;
    notice(browser, "No connection.").await?;
    site.dead(false);
    site.forget();
    browser.script("dispatchEvent(new Event('online'))").await?;
    browser.until("the notice is gone", NO_NOTICE).await
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
            browser.script(COUNT_TIMERS).await?;
            // Each page asks for it once, soon after it has opened. A first time, so that this is over.
            goes_and_comes_back(&browser, &site).await?;
            at_rest(&browser, &site).await?;
            // What came within seconds is not asked for again: it came longer ago than that.
            browser.script("const real = Date.now.bind(Date); window.Date.now = () => real() + 11e3").await?;
            goes_and_comes_back(&browser, &site).await?;
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
async fn a_story_that_could_not_be_loaded_comes_by_itself() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::without_worker("/").await?;
        site.bare("story/concert-hall/", "../../")?;
        let file = "edition/stories/concert-hall.json";
        site.fault(file, Some(Fault::Status(503)));
        browser.driver.goto(format!("{}story/concert-hall/", site.url)).await?;
        browser.by_role("heading", "We could not load this story").await?;
        browser.script("window.heading = document.querySelector('main h1')").await?;
        site.forget();
        browser::until("it is asked for again", async || Ok(site.asked().iter().any(|path| path == file)))
            .await?;
        // Nothing on the page has changed for it.
        ensure!(browser.script("return window.heading === document.querySelector('main h1')").await? == true);
        site.fault(file, None);
        browser.until("the story is there", "return paragraphs().length > 3").await?;
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

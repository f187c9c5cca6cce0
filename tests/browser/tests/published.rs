//! Published pages: they can be read before the app is there and without it, and the app takes them over without a
//! reader noticing.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{APP_THERE, Browser, Kind};
use browser_tests::site::{self, Fault, Site};
use clap::Parser;
use serde_json::{Value, json};

const LEAD: &str = "The harbour that learned to turn its lights off";
const SCREENS: [&str; 7] = [
    "",
    "section/culture/",
    "story/harbour-lights/",
    "story/arabic-looms/",
    "story/japanese-market/",
    "story/blinken-2022/",
    "story/storm-live/",
];
/// Whether the app is not there yet, and all of the page is laid out and in sight: after the first frame, that is.
const WAITING: &str =
    "return document.getElementById('shell') !== null && document.querySelector('main h1') !== null
    && document.documentElement.classList.length === 0";

/// The whole page was read, and its times written.
const PARSED: &str = "return document.readyState !== 'loading' && document.querySelector('#shell time') !== null && document.querySelector('time[data-as]') === null";

/// A post of a live blog.
const POST: &str = "[role=feed] article[id]";

/// Where the picture of a teaser begins in the HTML of a page, right behind the words of the teaser.
fn teaser_picture(page: &str) -> Option<usize> {
    let teaser = page.find("<article ").and_then(|_| page.find(" data-story="))?;
    let picture = teaser + page.get(teaser..)?.find("<img ")?;
    page.get(..picture)?.rfind("<div ")
}

/// The module of the app, which tests hold back.
fn module(site: &Site) -> Result<String> {
    let names = std::fs::read_dir(site.folder())?.flatten().map(|entry| entry.file_name());
    let mut names = names.filter_map(|name| name.into_string().ok());
    names.find(|name| name.ends_with("_bg.wasm")).context("the app has a module")
}

/// Opens a page whose app is held back until it is let come, and waits for the moment between.
async fn early(site: &Site, browser: &Browser, page: &str) -> Result<()> {
    site.fault(&module(site)?, Some(Fault::Held));
    // The preload of the module counts to the page's load, which WebDriver waits for by default.
    browser.script(&format!("location.href = '{}{page}'", site.url)).await?;
    browser.until("the published page is there", WAITING).await
}

/// Lets the app come that is held back, and waits until it has taken over.
async fn taken_over(site: &Site, browser: &Browser) -> Result<()> {
    site.fault(&module(site)?, None);
    browser.until("the app has taken over", APP_THERE).await
}

/// A browser that notes what its pages' policies refuse, and what shifts.
async fn watching(kind: Kind) -> Result<Browser> {
    let browser = Browser::start(kind).await?;
    if kind == Kind::Chromium {
        let source = "window.refused = []; window.shifts = [];
            document.addEventListener('securitypolicyviolation', e => window.refused.push(e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sample));
            new PerformanceObserver(list => window.shifts.push(...list.getEntries().map(e => e.value))).observe({type: 'layout-shift', buffered: true});";
        browser
            .driver
            .cdp()
            .send_raw("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source }))
            .await?;
    }
    Ok(browser)
}

/// Nothing that was to be seen has moved on a page of [`watching`].
async fn nothing_shifted(browser: &Browser, page: &str) -> Result<()> {
    let shift = browser.script("return window.shifts.reduce((sum, one) => sum + one, 0)").await?;
    ensure!(shift.as_f64() == Some(0.0), "{page} shifts by {shift}");
    Ok(())
}

/// Waits until the edition, which can't be had, was asked for.
async fn asked_in_vain(browser: &Browser) -> Result<()> {
    let asked = "return performance.getEntriesByType('resource').some(e => e.name.endsWith('edition.json'))";
    browser.until("the edition was asked for in vain", asked).await
}

/// Lets the edition be had again, and waits until the app has taken over.
async fn comes_after_all(site: &Site, browser: &Browser) -> Result<()> {
    site.fault("edition/edition.json", None);
    browser.until("the app has taken over", &format!("dispatchEvent(new Event('online')); {APP_THERE}")).await
}

/// What is on the page, element by element, so that two trees can be held against each other: without what a parser
/// or a renderer makes of the same page in its own way (comments, texts in pieces), and without the words of times,
/// which are the reader's own.
const TREE: &str = "
    const tree = (root) => {
      const lines = [];
      const walk = (node, depth) => {
        let text = '';
        const flush = () => { const words = text.replace(/\\s+/g, ' '); if (words.trim()) lines.push(depth + ' ' + JSON.stringify(words.trim())); text = ''; };
        for (const child of node.childNodes) {
          if (child.nodeType === 3) text += child.data;
          if (child.nodeType !== 1 || ['NOSCRIPT', 'SCRIPT'].includes(child.tagName)) continue;
          // The reader's own: what is said to them, and what they have read by now.
          if (child.matches('body > [role=status], article > footer > button, article time ~ span')) continue;
          flush();
          const time = child.tagName === 'TIME';
          const today = child.matches('header > div > p:empty, header > div > p:has(time)');
          // Set by script on both sides, never by markup.
          const tinted = child.matches('img[data-color]');
          const attributes = [...child.attributes]
            .filter(a => !(a.name === 'data-as' || a.name === 'decoding' || time && a.name === 'lang' || tinted && a.name === 'style'))
            .map(a => a.name + '=' + a.value).sort();
          lines.push(depth + ' <' + child.tagName + ' ' + attributes.join(' ') + '>');
          if (!time && !today && !child.matches('[data-at]')) walk(child, depth + 1);
        }
        flush();
      };
      walk(root, 0);
      return lines;
    };";

#[tokio::test]
async fn the_app_s_first_view_is_what_was_published() -> Result<()> {
    let site = Site::without_worker("/").await?;
    for kind in Kind::all() {
        let browser = watching(kind).await?;
        for page in SCREENS {
            browser.driver.goto(format!("{}{page}", site.url)).await?;
            browser.until("the app has taken over", APP_THERE).await?;
            let published = std::fs::read_to_string(site.folder().join(page).join("index.html"))?;
            let script = format!(
                "{TREE}
                 const old = new DOMParser().parseFromString(arguments[0], 'text/html').getElementById('shell');
                 return [tree(old), tree(document.body)];"
            );
            let both = browser.driver.execute(script, vec![json!(published)]).await?.json().clone();
            let (old, new) = (lines(&both, 0), lines(&both, 1));
            ensure!(old.len() > 30, "{page}: {} lines", old.len());
            let other = old.iter().zip(&new).find(|(old, new)| old != new);
            ensure!(
                other.is_none() && old.len() == new.len(),
                "{page} in {kind:?}: {} lines and {}; first {other:?}",
                old.len(),
                new.len()
            );
        }
        browser.quit().await?;
    }
    Ok(())
}

fn lines(value: &Value, at: usize) -> Vec<String> {
    let list = value.get(at).and_then(Value::as_array).cloned().unwrap_or_default();
    list.into_iter().filter_map(|line| line.as_str().map(str::to_owned)).collect()
}

/// Where everything is: each element's place, and what each text says.
const PLACES: &str = "
    const root = document.getElementById('shell') ?? document.body;
    return [...root.querySelectorAll('*')].filter(e => !e.matches('script,noscript,noscript *,bdi,body > [role=status],article > footer > button,article time ~ span'))
      .map(e => { const r = e.getBoundingClientRect();
        return e.localName + ' ' + [r.x, r.y + scrollY, r.width, r.height].map(n => Math.round(n * 10) / 10) + (e.localName === 'time' ? ' ' + e.textContent + e.lang : ''); });";

#[tokio::test]
async fn nothing_moves_when_the_app_takes_over() -> Result<()> {
    let site = Site::without_worker("/").await?;
    let browser = watching(Kind::Chromium).await?;
    for (width, height) in [(390, 844), (1280, 900)] {
        browser.screen(width, height, false).await?;
        for page in SCREENS {
            // As it comes; and with what is out of sight laid out as well, so that all of it can be held against the app's.
            for whole in ["", "document.getElementById('shell').className = 'whole';"] {
                early(&site, &browser, page).await?;
                let settled = "return document.readyState === 'complete' || [...document.images].every(i => i.complete || i.loading === 'lazy')";
                browser.until("the pictures are there", settled).await?;
                let before = browser.script(&format!("{whole} {PLACES}")).await?;
                taken_over(&site, &browser).await?;
                let after = browser.script(PLACES).await?;
                let (before, after) = (every(&before), every(&after));
                let other = before.iter().zip(&after).find(|(old, new)| old != new);
                ensure!(
                    whole.is_empty() || other.is_none() && before.len() == after.len(),
                    "{page} at {width} px: {} elements and {}; first {other:?}",
                    before.len(),
                    after.len()
                );
                nothing_shifted(&browser, &format!("{page} at {width} px")).await?;
                let refused = browser.script("return window.refused").await?;
                ensure!(refused == json!([]), "{page}: the policy refused {refused}");
            }
        }
        // What is filled in on these was not published; what was published stays where it was.
        for page in ["saved/", "continue/", "history/", "settings/"] {
            early(&site, &browser, page).await?;
            browser.until("the frame is there", PARSED).await?;
            taken_over(&site, &browser).await?;
            browser.until("it is filled", "return !!document.querySelector('main h1')").await?;
            nothing_shifted(&browser, &format!("{page} at {width} px")).await?;
        }
    }
    browser.quit().await
}

/// Each time of the page, with what it says.
const TIMES: &str =
    "return [...document.querySelectorAll('#shell main time[datetime]')].map(time => time.outerHTML)";

#[tokio::test]
async fn times_have_the_reader_s_words_after_the_first_frame_and_move_nothing() -> Result<()> {
    let site = Site::without_worker("/").await?;
    let browser = watching(Kind::Chromium).await?;
    // What is in sight, and where, when the first frame is made.
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
        // On the narrow one words of any length may take another line: there they are written before.
        for (width, waits) in [(1280, true), (360, true), (320, false)] {
            browser.screen(width, 800, false).await?;
            // One with corrections, that was updated; one that is so short that what follows it is in sight; and one
            // that runs the other way than the words.
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
            // The app would write all of them anew.
            early(&site, &browser, path).await?;
            browser.until("the page is there", PARSED).await?;
            let whole = browser.script(TIMES).await?;
            let page = std::fs::read_to_string(site.folder().join(path).join("index.html"))?;
            let start = page.find("<time ").context("a time")?;
            let words = page.get(start..).and_then(|rest| rest.find('>')).context("its end")?;
            // In its third letter; and right after its last one, where it has no end yet.
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

fn every(value: &Value) -> Vec<String> {
    let list = value.as_array().cloned().unwrap_or_default();
    list.into_iter().filter_map(|line| line.as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn what_the_page_holds_is_not_loaded_a_second_time() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        site.like_a_host();
        let browser = Browser::start(kind).await?;
        browser.driver.goto(format!("{}story/harbour-lights/", site.url)).await?;
        browser.until("the app has taken over", APP_THERE).await?;
        // Module and glue are named by the page, and so come together with it.
        let page = std::fs::read_to_string(site.folder().join("story/harbour-lights/index.html"))?;
        for link in
            ["<link rel=\"preload\" href=\"./dateline-", "<link rel=\"modulepreload\" href=\"./dateline-"]
        {
            ensure!(page.contains(link), "{link}");
        }
        let sent = site.sent();
        let count = |end: &str| sent.iter().filter(|it| it.path.ends_with(end) && it.status == 200).count();
        ensure!(count("stories/harbour-lights.json") == 0 && count(".css") == 0, "{kind:?}: {sent:?}");
        // WebKit does not give what a page has preloaded to who fetches it; the copy in its cache may be asked after.
        if kind != Kind::Webkit {
            ensure!(
                count("edition.json") == 1 && count("_bg.wasm") == 1 && count("_own.wasm") == 1,
                "{kind:?}: {sent:?}"
            );
        }
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_module_is_asked_for_before_its_parts() -> Result<()> {
    let site = Site::without_worker("/").await?;
    // When a file was first asked for.
    let first = "const first = part => performance.getEntriesByType('resource')
        .find(it => new URL(it.name).pathname.endsWith('_' + part + '.wasm'))?.startTime;";
    for kind in Kind::all() {
        let browser = Browser::start(kind).await?;
        for (page, parts) in [
            ("story/harbour-lights/", json!(["own"])),
            ("story/storm-live/", json!(["own", "live"])),
            ("saved/", json!(["own", "shelf"])),
        ] {
            browser.driver.goto(format!("{}{page}", site.url)).await?;
            browser.until("the app has taken over", APP_THERE).await?;
            let asked = format!("{first} return {parts}.every(part => first(part) !== undefined)");
            browser.until("the parts are there", &asked).await?;
            let order = format!("{first} return {parts}.every(part => first(part) >= first('bg'))");
            let in_order = browser.script(&order).await?;
            ensure!(in_order == true, "{kind:?} {page}");
        }
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_place_of_a_picture_has_its_color_before_the_app_and_with_it() -> Result<()> {
    let site = Site::without_worker("/").await?;
    // Of each picture its colour, and whether its place has that.
    let tints = "return [...document.querySelectorAll('img[data-color]')]
        .map(e => getComputedStyle(e).getPropertyValue('--tint').trim() === e.dataset.color
          && getComputedStyle(e).backgroundColor !== getComputedStyle(document.body).backgroundColor)";
    let all_have_it = |found: &Value| {
        let list = found.as_array().cloned().unwrap_or_default();
        ensure!(!list.is_empty() && list.iter().all(|has| *has == true), "{found}");
        Ok(())
    };
    for kind in Kind::all() {
        let browser = watching(kind).await?;
        early(&site, &browser, "story/harbour-lights/").await?;
        all_have_it(&browser.script(tints).await?)?;
        ensure!(browser.script(WAITING).await? == true, "the app is not there yet");
        taken_over(&site, &browser).await?;
        all_have_it(&browser.script(tints).await?)?;
        // On a screen that the app makes alone.
        browser.press("link", "Science").await?;
        browser.by_role("heading", "Science").await?;
        all_have_it(&browser.script(tints).await?)?;
        if kind == Kind::Chromium {
            let refused = browser.script("return window.refused").await?;
            ensure!(refused == json!([]), "the policy refused {refused}");
        }
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_press_before_the_app_is_there_is_answered_when_it_is() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        let browser = Browser::start(kind).await?;
        early(&site, &browser, "story/harbour-lights/").await?;
        browser.press("button", "Share").await?;
        ensure!(browser.script(WAITING).await? == true, "it was pressed early");
        site.fault(&module(&site)?, None);
        browser
            .until(
                "the press is answered",
                "return document.getElementById('shell') === null && document.querySelector('.share [role=status]').textContent !== ''",
            )
            .await?;
        // A press that began before the app was there and ended with it counts.
        early(&site, &browser, "story/harbour-lights/").await?;
        let button = browser.by_role("button", "Save").await?;
        browser.driver.action_chain().click_and_hold_element(&button).perform().await?;
        taken_over(&site, &browser).await?;
        let pressed = "window.pressed = 0; document.querySelector('.saving button').addEventListener('click', () => window.pressed++)";
        browser.script(pressed).await?;
        browser.driver.action_chain().release().perform().await?;
        browser.by_role("button", "Saved").await?;
        ensure!(
            browser.script("return window.pressed > 0").await? == true,
            "it is the press that has saved it"
        );
        // On a live blog each press is that of its own button, and what a returning reader missed puts none in another's place.
        for (button, done) in [
            (
                "Follow",
                "return [...document.querySelectorAll('main button')].some(button => button.textContent === 'Following')",
            ),
            (
                "Oldest first",
                "return document.querySelector('.live-controls [aria-pressed=true]')?.textContent === 'Oldest first'",
            ),
        ] {
            early(&site, &browser, "story/storm-live/").await?;
            browser.press("button", button).await?;
            ensure!(browser.script(WAITING).await? == true, "it was pressed early");
            site.fault(&module(&site)?, None);
            browser.until("the press is answered", done).await.with_context(|| button)?;
        }
        early(&site, &browser, "story/harbour-lights/").await?;
        let link = browser.by_role("link", "Science").await?;
        // WebDriver's own press would wait for the other page, and so for its module.
        browser.driver.execute("arguments[0].click()", vec![link.to_json()?]).await?;
        browser.by_role("heading", "Science").await?;
        site.fault(&module(&site)?, None);
        browser.by_role("heading", "Science").await?;
        ensure!(browser.driver.current_url().await?.as_str() == format!("{}section/science/", site.url));
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_reader_s_place_focus_and_selection_stay() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        let browser = Browser::start(kind).await?;
        early(&site, &browser, "story/storm-live/").await?;
        let left = browser
            .script(
                "scrollTo(0, 700);
                 document.querySelector('details').open = false;
                 posts()[3].querySelector('header a').focus({preventScroll: true});
                 const text = posts().flatMap(post => [...post.querySelectorAll(':scope > div p')])[1];
                 getSelection().setBaseAndExtent(text, 0, text, text.childNodes.length);
                 scrollTo(0, 700);
                 return [scrollY, document.activeElement.href, String(getSelection())];",
            )
            .await?;
        ensure!(left.get(0).and_then(Value::as_f64) > Some(300.0), "{left}");
        taken_over(&site, &browser).await?;
        // What the app does on arriving comes a little later; two frames on, it has.
        browser
            .until(
                "it has been drawn",
                "if (!window.asked) { window.asked = 1; requestAnimationFrame(() => requestAnimationFrame(() => { window.asked = 2; })); } return window.asked === 2",
            )
            .await?;
        let found =
            browser.script("return [scrollY, document.activeElement.href, String(getSelection())]").await?;
        ensure!(left == found, "{kind:?}: {left} became {found}");
        ensure!(browser.script("return document.querySelector('details').open").await? == false);
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
        // The app goes on trying, and comes when it can.
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
            // Behind the words of the first teaser, and in the middle of what is to be seen.
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

#[tokio::test]
async fn without_javascript_everything_can_be_read_and_gone_to() -> Result<()> {
    for base in ["/", "/news/"] {
        let site = Site::start(base).await?;
        let browser = Browser::start(Kind::Chromium).await?;
        let off = json!({ "value": true });
        browser.driver.cdp().send_raw("Emulation.setScriptExecutionDisabled", off).await?;
        browser.driver.goto(&site.url).await?;
        browser.by_role("link", LEAD).await?.click().await?;
        browser.by_role("heading", LEAD).await?;
        let notice = browser.text("noscript").await?;
        ensure!(notice.contains("without JavaScript"), "{notice}");
        ensure!(browser.driver.find_all(thirtyfour::By::Css("button")).await?.len() > 0);
        for button in browser.driver.find_all(thirtyfour::By::Css("button")).await? {
            ensure!(!button.is_displayed().await?, "a button that does nothing is not shown");
        }
        browser.by_role("link", "Culture").await?.click().await?;
        browser.by_role("heading", "Culture").await?;
        browser.driver.goto(format!("{}story/storm-live/", site.url)).await?;
        ensure!(
            browser.driver.find_all(thirtyfour::By::Css(POST)).await?.len() > 10,
            "its posts can be read"
        );
        ensure!(site.asked().iter().all(|path| !path.ends_with(".css")));
        browser.quit().await?;
    }
    Ok(())
}

/// Publishes an edition of hostile texts with the app of the release build; its screens.
fn hostile(folder: &Path) -> Result<Vec<String>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora/xss");
    let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(corpus.join("dompurify.json"))?)?;
    let mut texts: Vec<String> =
        cases.iter().filter_map(|case| Some(case.get("payload")?.as_str()?.to_owned())).collect();
    let names = std::fs::read_to_string(corpus.join("event-handler-attributes.txt"))?;
    texts.extend(names.lines().map(|name| format!("\"><img src=x {name}=alert(1)> {name}=alert(1) x=\"")));
    texts.push("</script></title></style></noscript><script>alert(1)</script><!--".to_owned());
    ensure!(texts.len() > 190);
    let edition = folder.join("edition");
    std::fs::create_dir_all(edition.join("stories"))?;
    let (mut screens, mut teasers) = (vec![String::new()], Vec::new());
    for (number, some) in texts.chunks(12).enumerate() {
        let id = format!("hostile-{number}");
        let first = some.first().context("a text")?;
        let headline = format!("Hostile {first}");
        let blocks = some.iter().flat_map(|text| {
            let link = json!([{ "kind": "link", "text": text, "href": text }, { "kind": "abbreviation", "text": "x", "title": text }]);
            let picture = json!({ "sources": [{ "url": text, "width": 3 }, { "url": "a.png" }], "alt": text, "caption": text, "credit": text, "color": text });
            [
                json!({ "kind": "paragraph", "text": text }),
                json!({ "kind": "paragraph", "text": link }),
                json!({ "kind": "figure", "picture": picture }),
                json!({ "kind": "code", "text": text, "language": text }),
                json!({ "kind": "embed", "media": text, "title": text, "href": "https://example.org/x" }),
            ]
        });
        // Every second one is live.
        let live = (number % 2 == 1).then(|| {
            let posts = some.iter().zip(1..).map(|(text, id)| json!({ "id": id, "revision": id, "time": "2026-01-01", "title": text,
                "author": text, "body": [{ "kind": "paragraph", "text": [{ "kind": "link", "text": text, "href": text }] }] }));
            json!({ "state": "live", "revision": some.len(), "changed": "2026-01-01", "summary": [{ "kind": "paragraph", "text": first }],
                "key_events": [{ "post": 1, "title": first, "time": "2026-01-01" }], "posts": posts.collect::<Vec<_>>() })
        });
        let mut story = json!({ "version": 1, "id": id, "kind": "article", "headline": headline, "published": "2026-01-01", "kicker": first,
            "standfirst": first, "byline": [{ "name": first, "href": first }], "tags": some, "body": blocks.collect::<Vec<_>>() });
        if let (Some(live), Some(story)) = (live, story.as_object_mut()) {
            story.insert("kind".to_owned(), "live".into());
            story.insert("live".to_owned(), live);
        }
        std::fs::write(edition.join("stories").join(format!("{id}.json")), story.to_string())?;
        teasers.push(json!({ "id": id, "kind": "article", "headline": headline, "standfirst": first, "kicker": first, "published": "2026-01-01", "tags": some }));
        screens.push(format!("story/{id}/"));
    }
    let name = "The <script>alert(1)</script> Post";
    let front = json!({ "version": 1, "publication": { "name": name, "tagline": name }, "sections": [{ "id": "a", "name": name, "teasers": teasers }] });
    std::fs::write(edition.join("edition.json"), front.to_string())?;
    publish(folder)?;
    Ok(screens)
}

/// Publishes the edition in `folder` into its `out`, with the app of the release build.
fn publish(folder: &Path) -> Result<()> {
    let app = folder.join("app");
    site::app(&app)?;
    let request = desk::publish::Request {
        edition: folder.join("edition"),
        app,
        to: folder.join("out"),
        base: None,
        now: dateline::content::Timestamp::parse("2026-01-02").context("a day")?,
        threads: None,
        press: desk::publish::press::Press::Not,
        patience: Duration::ZERO,
    };
    let report = desk::publish::publish(&request)?;
    ensure!(report.warnings.is_empty(), "{:?}", report.warnings);
    Ok(())
}

#[tokio::test]
async fn without_javascript_one_reads_from_the_newest_post_to_the_first() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let edition = folder.path().join("edition").display().to_string();
    let live = |command: &str, arguments: &[&str]| {
        let line = ["desk", "live", command, edition.as_str()].into_iter().chain(arguments.iter().copied());
        let cli = desk::Cli::try_parse_from(line)?;
        ensure!(desk::run(cli) == std::process::ExitCode::SUCCESS, "desk live {command} failed");
        Ok(())
    };
    live("open", &["--id", "storm", "--headline", "Storm over the harbour"])?;
    for number in 1..=120 {
        live("post", &["storm", "--text", &format!("What is known at {number}.")])?;
    }
    publish(folder.path())?;
    let site = Site::of(&folder.path().join("out"), "/").await?;
    site.fault("sw.js", Some(Fault::Status(404)));

    let browser = Browser::start(Kind::Chromium).await?;
    let off = json!({ "value": true });
    browser.driver.cdp().send_raw("Emulation.setScriptExecutionDisabled", off).await?;
    browser.driver.goto(format!("{}story/storm/", site.url)).await?;
    for (page, newest) in [("", "120"), ("2/", "100"), ("1/", "50")] {
        let url = format!("{}story/storm/{page}", site.url);
        ensure!(browser.driver.current_url().await?.as_str() == url, "{page}");
        let first = browser.driver.find(thirtyfour::By::Css(POST)).await?;
        ensure!(first.attr("id").await?.as_deref() == Some(newest), "{page}");
        if page != "1/" {
            browser.by_role("link", "Earlier updates").await?.click().await?;
        }
    }
    let last = browser.driver.find(thirtyfour::By::Css(format!("{POST}:last-child"))).await?;
    ensure!(last.text().await?.contains("What is known at 1."), "{}", last.text().await?);
    browser.by_role("link", "Storm over the harbour").await?.click().await?;
    ensure!(browser.driver.current_url().await?.as_str() == format!("{}story/storm/", site.url));
    browser.quit().await?;

    // Who has JavaScript and lands there finds no button that does nothing, and is led to the live blog.
    for kind in Kind::all() {
        let browser = watching(kind).await?;
        browser.driver.goto(format!("{}story/storm/1/", site.url)).await?;
        let dead =
            "return [...document.querySelectorAll('main button')].filter(e => e.checkVisibility()).length";
        ensure!(browser.script(dead).await? == 0);
        let spoken = "return document.querySelector('time[data-as]') === null";
        browser.until("times are in the reader's words", spoken).await?;
        if kind == Kind::Chromium {
            ensure!(browser.script("return window.refused").await? == json!([]));
        }
        browser.driver.find(thirtyfour::By::Css("[id='7'] header a")).await?.click().await?;
        browser.until("the app has taken over", APP_THERE).await?;
        let there = "return location.hash === '#7' && document.getElementById('7')?.getBoundingClientRect().top < innerHeight";
        browser.until("the post is in view", there).await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn hostile_stories_stay_inert_before_the_app_and_with_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let screens = hostile(folder.path())?;
    let site = Site::of(&folder.path().join("out"), "/").await?;
    // What it keeps would be there before it could be looked at.
    site.fault("sw.js", Some(Fault::Status(404)));
    let browser = watching(Kind::Chromium).await?;
    let source = "window.hits = []; for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => window.hits.push(name);";
    browser
        .driver
        .cdp()
        .send_raw("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source }))
        .await?;
    let inert = "const foreign = [...document.querySelectorAll('#shell *, body > * *')]
           .filter(e => e.closest('svg,math,iframe,object,embed,form,template,script:not([type*=json])') || [...e.attributes].some(a => /^on|^style$/.test(a.name)));
         return [window.hits, window.refused, foreign.map(e => e.outerHTML.slice(0, 100)), document.querySelector('h1') !== null]";
    for screen in &screens {
        // The front page leads with the first of them, so that there is something to be seen on each.
        early(&site, &browser, screen).await?;
        for moment in ["published", "taken over"] {
            if moment == "taken over" {
                taken_over(&site, &browser).await?;
            }
            let found = browser.script(inert).await?;
            ensure!(found == json!([[], [], [], true]), "{screen}, {moment}: {found}");
        }
    }
    browser.quit().await
}

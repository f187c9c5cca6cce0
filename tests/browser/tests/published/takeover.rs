//! The app takes over a published page, and the reader does not notice.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{APP_THERE, Browser, Kind};
use browser_tests::site::Site;
use serde_json::{Value, json};

use crate::common::*;

/// The page's elements, to compare two trees. Differences between parser and renderer (comments, split texts)
/// are left out, and the text of times, which is in the reader's language.
const TREE: &str = "
    const tree = (root) => {
      const lines = [];
      const walk = (node, depth) => {
        let text = '';
        const flush = () => { const words = text.replace(/\\s+/g, ' '); if (words.trim()) lines.push(depth + ' ' + JSON.stringify(words.trim())); text = ''; };
        for (const child of node.childNodes) {
          if (child.nodeType === 3) text += child.data;
          if (child.nodeType !== 1 || ['NOSCRIPT', 'SCRIPT'].includes(child.tagName)) continue;
          // Messages to the reader, and reading state.
          if (child.matches('body > [role=status], article > footer > button, article time ~ span')) continue;
          flush();
          const time = child.tagName === 'TIME';
          const today = child.matches('header > div > p:empty, header > div > p:has(time)');
          // Set by script on both sides, never in the markup.
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

/// The position of each element, and the text of each text node.
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
            // As it is; and with everything laid out, so that all of it can be compared with the app's page.
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
        // The app fills in the content of these screens; the published parts do not move.
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

#[tokio::test]
async fn what_the_page_holds_is_not_loaded_a_second_time() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        site.like_a_host();
        let browser = Browser::start(kind).await?;
        browser.driver.goto(format!("{}story/harbour-lights/", site.url)).await?;
        browser.until("the app has taken over", APP_THERE).await?;
        // The page names module and glue, so they are loaded together with it.
        let page = std::fs::read_to_string(site.folder().join("story/harbour-lights/index.html"))?;
        for link in
            ["<link rel=\"preload\" href=\"./dateline-", "<link rel=\"modulepreload\" href=\"./dateline-"]
        {
            ensure!(page.contains(link), "{link}");
        }
        let sent = site.sent();
        let count = |end: &str| sent.iter().filter(|it| it.path.ends_with(end) && it.status == 200).count();
        ensure!(count("stories/harbour-lights.json") == 0, "{kind:?}: {sent:?}");
        // The style for the first paint is inline.
        let mut styles = sent.iter().filter(|it| it.path.ends_with(".css"));
        ensure!(styles.all(|it| it.path.contains("live-")), "{kind:?}: {sent:?}");
        // WebKit does not use preloads for `fetch`, and may revalidate the copy in its cache.
        if kind != Kind::Webkit {
            ensure!(count("edition.json") == 1 && count("_bg.wasm") == 1, "{kind:?}: {sent:?}");
        }
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_place_of_a_picture_has_its_color_before_the_app_and_with_it() -> Result<()> {
    let site = Site::without_worker("/").await?;
    // The colour of each picture, and whether it is shown in the picture's place.
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
        // On a screen rendered by the app.
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
        // A press that begins before the app is there and ends after it counts.
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
        // On a live blog, each press counts for its own button, although a returning reader has more buttons
        // in the app.
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
        // WebDriver's click would wait for the other page, and so for the held module.
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
        // The app's work after taking over is done two frames later.
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

//! The app takes over a published page even if its tree was changed: by a translation, by an extension, or by
//! a host or proxy that changed white space.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, Kind};
use browser_tests::site::{Fault, Site};

const READY: &str = "return document.documentElement.dataset.app === 'ready'";
const PUBLISHED: &str =
    "return document.documentElement.dataset.app === undefined && document.querySelector('main h1') !== null";

/// Changes to a page before the app is there.
const CHANGES: [(&str, &str); 4] = [
    (
        "a translation wraps every text",
        "const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
         const all = [];
         while (texts.nextNode()) if (texts.currentNode.data.trim() && !texts.currentNode.parentElement.closest('script, style, noscript')) all.push(texts.currentNode);
         for (const text of all) {
             const outer = document.createElement('font'), inner = document.createElement('font');
             outer.style.verticalAlign = inner.style.verticalAlign = 'inherit';
             inner.textContent = text.data.toUpperCase();
             outer.append(inner);
             text.replaceWith(outer);
         }
         document.documentElement.classList.add('translated-ltr');
         document.documentElement.lang = 'fr';",
    ),
    (
        "an extension puts elements everywhere",
        "document.body.prepend(document.createElement('div'));
         document.body.append(document.createElement('div'));
         for (const paragraph of document.querySelectorAll('main p')) paragraph.append(document.createElement('span'));
         document.querySelector('main').prepend(document.createElement('aside'));",
    ),
    (
        "comments and white space come and go",
        "const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_COMMENT);
         const all = [];
         while (walker.nextNode()) all.push(walker.currentNode);
         all.forEach(comment => comment.remove());
         for (const element of document.querySelectorAll('main *')) element.prepend(document.createComment('x'), ' ');",
    ),
    (
        "half of the story is gone",
        "[...document.querySelectorAll('main p')].filter((_, at) => at % 2).forEach(paragraph => paragraph.remove());
         document.querySelector('header').remove();",
    ),
];

/// The name of the app's module, which tests hold back.
fn module(site: &Site) -> Result<String> {
    let names = std::fs::read_dir(site.folder())?.flatten().map(|entry| entry.file_name());
    let mut names = names.filter_map(|name| name.into_string().ok());
    names.find(|name| name.ends_with("_bg.wasm")).context("the app has a module")
}

#[tokio::test]
async fn a_changed_page_is_taken_over_and_works() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        let module = module(&site)?;
        let browser = Browser::start(kind).await?;
        for (change, script) in CHANGES {
            for page in ["story/harbour-lights/", "story/storm-live/", ""] {
                site.fault(&module, Some(Fault::Held));
                browser.script(&format!("location.href = '{}{page}'", site.url)).await?;
                browser.until("the published page is there", PUBLISHED).await?;
                browser.until("it was read whole", "return document.readyState !== 'loading'").await?;
                browser.script(script).await?;
                site.fault(&module, None);
                browser
                    .until("the app has taken over", READY)
                    .await
                    .with_context(|| format!("{page}, {change}"))?;
                ensure!(
                    browser
                        .script("return document.querySelectorAll('main font, main > aside').length")
                        .await?
                        == 0,
                    "{page}, {change}: the app's own tree is there"
                );
                if page.is_empty() {
                    browser.by_role("link", "Saved").await?;
                } else {
                    let before = browser.script("return [...document.querySelectorAll('main button')].some(b => b.textContent === 'Saved')").await?;
                    let (press, then) = if before == true { ("Saved", "Save") } else { ("Save", "Saved") };
                    browser.press("button", press).await?;
                    browser.by_role("button", then).await.with_context(|| format!("{page}, {change}"))?;
                }
            }
        }
        browser.quit().await?;
    }
    Ok(())
}

/// A press is identified by the button's purpose, not by its text, which a translation changes.
#[tokio::test]
async fn a_press_on_a_translated_page_takes_effect_once() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        let module = module(&site)?;
        let browser = Browser::start(kind).await?;
        site.fault(&module, Some(Fault::Held));
        browser.script(&format!("location.href = '{}story/harbour-lights/'", site.url)).await?;
        browser.until("the published page is there", PUBLISHED).await?;
        browser.until("it was read whole", "return document.readyState !== 'loading'").await?;
        browser.script(CHANGES[0].1).await?;
        browser
            .script("for (const font of document.querySelectorAll('button font font')) if (font.textContent === 'SAVE') font.textContent = 'ENREGISTRER'")
            .await?;
        browser.press("button", "ENREGISTRER").await?;
        site.fault(&module, None);
        browser.until("the app has taken over", READY).await?;
        browser.by_role("button", "Saved").await.with_context(|| format!("{kind:?}"))?;
        browser.reload().await?;
        browser.by_role("button", "Saved").await.with_context(|| format!("{kind:?}: it was pressed once"))?;
        browser.quit().await?;
    }
    Ok(())
}

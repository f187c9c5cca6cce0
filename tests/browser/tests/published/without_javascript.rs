//! Pages for readers without JavaScript, and pages with hostile texts, with and without the app.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{APP_THERE, Browser, Kind};
use browser_tests::site::{Fault, Site};
use clap::Parser;
use serde_json::{Value, json};
use std::path::Path;

use crate::common::*;

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

/// Publishes an edition of hostile texts with the app of the release build. Returns its screens.
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
        // Every other story is a live blog.
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

    // With JavaScript, such a page has no dead buttons, and links to the live blog.
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
    // Without a worker, whose copies would be shown instead.
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
        // Every screen shows something: the front page leads with the first story.
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

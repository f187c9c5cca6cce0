//! Errors are shown to the reader, and disappear when the cause is gone.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, Kind};
use browser_tests::site::{Fault, Site};

const LEAD: &str = "The harbour that learned to turn its lights off";

#[tokio::test]
async fn a_front_page_that_fails_says_why_and_comes_back() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        site.bare("", "./")?;
        let browser = Browser::start(kind).await?;
        let cases = [
            (Fault::Status(500), "has a problem"),
            (Fault::Status(503), "very busy"),
            (Fault::Page, "log in"),
            (Fault::Half, "Only a part"),
            (Fault::Bytes(Vec::new()), "Only a part"),
            (Fault::Bytes(b"no json".to_vec()), "damaged"),
            (Fault::Bytes(b"{\"version\": 2}".to_vec()), "newer version"),
        ];
        for (fault, word) in cases {
            site.fault("edition/edition.json", Some(fault.clone()));
            browser.open(&site.url).await?;
            browser.by_role("heading", "We could not load the front page").await?;
            let why = browser.text("[role=alert]").await?;
            ensure!(why.contains(word), "{fault:?}: {why}");
            // Held, so that the app's own retry does not succeed before the press.
            site.fault("edition/edition.json", Some(Fault::Held));
            browser.press("button", "Try again").await?;
            site.fault("edition/edition.json", None);
            browser.by_role("heading", LEAD).await?;
        }
        site.fault("edition/edition.json", Some(Fault::Status(404)));
        browser.open(&site.url).await?;
        browser.by_role("heading", "There is no such page").await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_failed_part_does_not_take_the_page_with_it() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        site.bare("story/harbour-lights/", "../../")?;
        let browser = Browser::start(kind).await?;
        site.fault("edition/edition.json", Some(Fault::Status(500)));
        browser.open(format!("{}story/harbour-lights/", site.url)).await?;
        browser.by_role("heading", LEAD).await?;
        browser.by_role("link", "Front page").await?;

        site.fault("edition/edition.json", None);
        site.fault("edition/stories/harbour-lights.json", Some(Fault::Page));
        browser.open(format!("{}story/harbour-lights/", site.url)).await?;
        browser.by_role("heading", "We could not load this story").await?;
        browser.by_role("link", "Science").await?;
        site.fault("edition/stories/harbour-lights.json", None);
        browser.press("button", "Try again").await?;
        browser.by_role("heading", LEAD).await?;

        let unknown =
            br#"{"version": 1, "kind": "hologram", "id": "x", "headline": "x", "published": "2026-01-01"}"#;
        site.fault("edition/stories/harbour-lights.json", Some(Fault::Bytes(unknown.to_vec())));
        browser.open(format!("{}story/harbour-lights/", site.url)).await?;
        browser.by_role("heading", "We could not load this story").await?;
        ensure!(browser.text("[role=alert]").await?.contains("does not know"));

        browser.open(format!("{}story/no-such-story/", site.url)).await?;
        browser.by_role("heading", "There is no such page").await?;
        browser.press("link", "Go to the front page").await?;
        browser.by_role("heading", LEAD).await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn one_bad_teaser_and_one_bad_block_cost_themselves_alone() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::without_worker("/").await?;
        let browser = Browser::start(kind).await?;
        let long = "Very long ".repeat(200);
        let edition = serde_json::json!({ "version": 1, "publication": { "name": "P", "language": "nonsense!" }, "sections": [{ "id": "s", "name": "S",
            "teasers": [
                { "id": "a", "kind": "article", "headline": "Good one", "published": "2026-01-01T00:00:00Z" },
                { "id": "../b", "kind": "article", "headline": "Bad id", "published": "2026-01-01T00:00:00Z" },
                { "id": "c", "kind": "hologram", "headline": "Bad kind", "published": "2026-01-01T00:00:00Z" },
                { "id": "d", "kind": "article", "headline": long, "published": "9999-12-31T23:59:59Z" },
                { "id": "e", "kind": "article", "headline": "Turned \u{202e}back\u{202c} again", "language": "nonsense!", "published": "2026-01-01T00:00:00Z" },
            ] }] });
        let story = serde_json::json!({ "version": 1, "id": "a", "kind": "article", "headline": "Good one", "published": "9999-12-31T23:59:59Z",
            "body": [
                { "kind": "paragraph", "text": "Before." }, { "kind": "hologram" }, 17, { "kind": "paragraph", "text": 17 },
                { "kind": "paragraph", "text": [{ "kind": "link", "text": "bait", "href": "java\tscript:document.title='owned'" }] },
                { "kind": "paragraph", "text": "<img src=x onerror=\"document.title='owned'\">" },
                { "kind": "paragraph", "text": "After." },
            ] });
        site.fault("edition/edition.json", Some(Fault::Bytes(edition.to_string().into_bytes())));
        site.fault("edition/stories/a.json", Some(Fault::Bytes(story.to_string().into_bytes())));
        browser.open(&site.url).await?;
        browser.by_role("heading", "Good one").await?;
        browser.by_role("heading", "Turned back again").await?;
        let count = browser.script("return listed().length").await?;
        ensure!(count == 3, "{count} teasers");
        let wide = browser.script("return document.documentElement.scrollWidth <= innerWidth").await?;
        ensure!(wide == true, "a headline of 2,000 characters does not make the page scroll sideways");

        browser.press("link", "Good one").await?;
        browser.until("the story is there", "return paragraphs().length === 4").await?;
        let body = browser.script("return paragraphs().map(words).join('\\n')").await?;
        let body = body.as_str().context("its words")?;
        ensure!(
            body.contains("Before.")
                && body.contains("bait")
                && body.contains("onerror")
                && body.contains("After."),
            "{body}"
        );
        let live = "return paragraphs().some(paragraph => paragraph.querySelector('a, img'))";
        ensure!(browser.script(live).await? == false, "nothing in it can be pressed or loads");
        ensure!(browser.driver.title().await? == "Good one");
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_slow_page_shows_a_skeleton_and_then_a_word() -> Result<()> {
    let kind = *Kind::all().first().context("a browser")?;
    let site = Site::without_worker("/").await?;
    site.bare("", "./")?;
    let browser = Browser::start(kind).await?;
    site.fault("edition/edition.json", Some(Fault::Hang));
    browser.open(&site.url).await?;
    // The skeleton is hidden from assistive technology, which gets a message instead.
    browser
        .until("a skeleton shows", "return document.querySelector('main [aria-hidden=true]') !== null")
        .await?;
    let focus = "const link = queryByRole('link', 'Front page'); link.focus(); return document.activeElement === link";
    browser.until("the focus is on a link", focus).await?;
    let announced = "return queryAllByRole('status').some(status => words(status) === 'Loading…')";
    browser.until("it is announced", announced).await?;
    let shown = "return [...document.querySelectorAll('main [aria-hidden=true]')].some(one => words(one).includes('longer than usual'))";
    browser.until("a word shows", shown).await?;
    let stays = "return document.activeElement === queryByRole('link', 'Front page')";
    ensure!(browser.script(stays).await? == true, "waiting takes nobody's focus away");
    browser.quit().await
}

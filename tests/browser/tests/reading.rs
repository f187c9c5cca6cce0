//! Reading, in all browsers: from the front page to a story and back.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, Kind};
use browser_tests::site::Site;
use dateline::content::body::reading_minutes;
use serde_json::Value;

const LEAD: &str = "The harbour that learned to turn its lights off";

/// The paragraphs in the story's header.
async fn head(browser: &Browser) -> Result<Vec<String>> {
    let lines = "return [...story().querySelectorAll('header p')].map(words)";
    Ok(serde_json::from_value(browser.script(lines).await?)?)
}

#[tokio::test]
async fn a_reader_goes_to_a_story_and_comes_back_to_their_place() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::start("/").await?;
        let browser = Browser::start(kind).await?;
        browser.open(&site.url).await?;
        browser.by_role("heading", LEAD).await?;
        ensure!(browser.driver.title().await? == "The Meridian");
        let lower = browser.by_role("link", "One more night for the old observatory").await?;
        lower.scroll_into_view().await?;
        let place = browser.script("return Math.round(scrollY)").await?;
        ensure!(place.as_f64() > Some(100.0), "the front page is long enough to scroll");
        lower.click().await?;

        browser.until("the story has the focus on its heading", "return document.activeElement?.tagName === 'H1' && document.activeElement.textContent.startsWith('One more night')").await?;
        ensure!(browser.driver.current_url().await?.as_str() == format!("{}story/observatory/", site.url));
        ensure!(browser.driver.title().await? == "One more night for the old observatory");
        ensure!(browser.script("return scrollY").await? == 0, "a new page starts at its top");

        browser.script("scrollTo(0, 500)").await?;
        browser
            .until("the place is noted", "return Object.values(history.state ?? {}).includes(500)")
            .await?;
        browser.driver.back().await?;
        browser.by_role("heading", LEAD).await?;
        let there = format!("return Math.abs(scrollY - {place}) <= 1");
        browser.until("the place is found again", &there).await?;
        ensure!(browser.driver.title().await? == "The Meridian");

        browser.driver.forward().await?;
        browser.by_role("heading", "One more night for the old observatory").await?;
        let there = "return Math.abs(scrollY - 500) <= 1";
        browser.until("the place in the story is found again as well", there).await?;
        browser.reload().await?;
        browser.until("and after a reload", there).await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn every_address_opens_directly_at_a_root_and_in_a_folder() -> Result<()> {
    for kind in Kind::all() {
        let browser = Browser::start(kind).await?;
        for base in ["/", "/news/"] {
            let site = Site::start(base).await?;
            browser.open(format!("{}story/harbour-lights/", site.url)).await?;
            browser.by_role("heading", LEAD).await?;
            browser
                .until(
                    "pictures have loaded",
                    "return [...document.images].some(i => i.complete && i.naturalWidth > 0)",
                )
                .await?;
            browser.press("link", "Science").await?;
            browser.by_role("heading", "Science").await?;
            ensure!(browser.driver.current_url().await?.as_str() == format!("{}section/science/", site.url));
            browser.reload().await?;
            browser.by_role("heading", "The glacier that keeps time").await?;
            browser.press("link", "The Meridian").await?;
            browser.by_role("heading", LEAD).await?;
            ensure!(browser.driver.current_url().await?.as_str() == site.url);
        }
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_story_shows_everything_that_is_in_it() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::start("/").await?;
        let browser = Browser::start(kind).await?;
        browser.open(format!("{}story/harbour-lights/", site.url)).await?;
        browser.by_role("heading", LEAD).await?;
        let first = browser.script("return nameOf(story().firstElementChild)").await?;
        ensure!(first == "Correction", "corrections stand at the top, not {first}");
        browser.by_role("heading", "Key points").await?;
        browser.by_role("heading", "You may also like").await?;
        let itself = "return queryAllByRole('link', undefined, queryByRole('region', 'You may also like')).some(a => a.href === location.href)";
        ensure!(browser.script(itself).await? == false, "a story is not offered under itself");
        ensure!(browser.text("article:has(h1) time").await?.len() > 8);
        let head = head(&browser).await?;
        ensure!(head.iter().any(|line| line == "By Inês Valadar Port Linden"), "{head:?}");
        ensure!(browser.count("table", "The port’s nights, before and after").await? == 1);

        browser.open(format!("{}story/glacier-clock/", site.url)).await?;
        browser.by_role("heading", "Skálm in brief").await?;
        for selector in ["ol", "h3", "h4", "pre", "sub", "sup", "figure img"] {
            ensure!(browser.has(&format!("article:has(h1) {selector}")).await?, "{selector}");
        }
        let foot = browser.script("return words(story().querySelector('footer'))").await?;
        ensure!(foot.as_str().is_some_and(|foot| foot.contains("First published on ")), "{foot}");
        browser.open(format!("{}story/blinken-2022/", site.url)).await?;
        let head = self::head(&browser).await?;
        ensure!(head.iter().any(|line| line.contains("years old")), "{head:?}");
        let live = "return paragraphs().some(one => /^See also LIVE /.test(words(one)))";
        ensure!(browser.script(live).await? == true);
        let unknown = "A strip of land on the Dniester grows nervous";
        let linked = browser.count("link", unknown).await?;
        ensure!(linked == 0, "a headline that leads nowhere is text");
        ensure!(browser.driver.source().await?.contains(unknown));
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_embed_loads_nothing_until_it_is_asked_for() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::start("/").await?;
        let browser = Browser::start(kind).await?;
        browser.open(format!("{}story/concert-hall/", site.url)).await?;
        let title = "One long A: the hall before and after the wall was moved";
        let button = browser.by_role("button", &format!("Load from example.com: {title}")).await?;
        ensure!(!browser.has("iframe").await?);
        button.click().await?;
        browser
            .until("a frame is there", "return document.querySelector('iframe[sandbox]') !== null")
            .await?;
        ensure!(
            browser.script("return document.querySelector('iframe').src").await?
                == "https://example.com/embed/one-long-a"
        );
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_story_is_shared_or_its_link_copied() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::start("/news/").await?;
        let browser = Browser::start(kind).await?;
        let address = format!("{}story/harbour-lights/", site.url);
        browser.open(&address).await?;
        let button = browser.by_role("button", "Share").await?;
        // A test can't see the system's dialog, only what is passed to it.
        browser
            .script("Object.defineProperty(navigator, 'share', {configurable: true, value: async what => { window.handed = what; }})")
            .await?;
        button.click().await?;
        browser.until("it is handed over", "return window.handed !== undefined").await?;
        let handed = browser.script("return [window.handed.title, window.handed.url]").await?;
        ensure!(handed == serde_json::json!([LEAD, address]), "{handed}");
        browser
            .script(
                "Object.defineProperty(navigator, 'share', {value: undefined});
                 Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => { window.copied = text; }}})",
            )
            .await?;
        button.click().await?;
        browser
            .until(
                "the copying is announced",
                "return queryAllByRole('status').some(status => words(status) === 'Link copied')",
            )
            .await?;
        ensure!(browser.script("return window.copied").await? == address.as_str());
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn stories_run_in_their_own_language_and_direction() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::start("/").await?;
        let browser = Browser::start(kind).await?;
        browser.open(format!("{}story/arabic-looms/", site.url)).await?;
        browser.by_role("heading", "أنوالُ الحيّ القديم تعود إلى الغناء").await?;
        let style = browser.script("const [first] = paragraphs(); return getComputedStyle(first).direction + ' ' + first.closest('[lang]').lang").await?;
        ensure!(style == "rtl ar", "{style}");
        let head = head(&browser).await?;
        ensure!(
            head.iter().any(|line| line == "ليلى منصور حلب"),
            "no English word among Arabic names: {head:?}"
        );
        browser.open(format!("{}story/japanese-market/", site.url)).await?;
        browser.by_role("heading", "夜だけ開く古本市").await?;
        ensure!(browser.script("return paragraphs()[0].closest('[lang]').lang").await? == "ja");
        let file = std::fs::read(site.folder().join("edition/stories/japanese-market.json"))?;
        let minutes = reading_minutes(&dateline::content::decode::story(&file)?.value.body);
        let head = browser.text("article:has(h1) header").await?;
        ensure!(head.contains(&format!("{minutes} min read")), "{head}");
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_imported_page_of_news_is_read_in_the_built_app() -> Result<()> {
    let sample =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora/news-page/page.txt");
    for kind in Kind::all() {
        let site = Site::start("/").await?;
        let edition = site.folder().join("edition");
        let request = desk::import::Request {
            files: vec![sample.clone()],
            into: edition.clone(),
            section: Some("World".to_owned()),
            format: None,
            now: dateline::content::Timestamp::parse("2026-11-23T12:00:00Z").context("a moment")?,
        };
        let imported = desk::import::import(&request)?;
        ensure!(desk::check::check(&edition)?.to_string() == "14 stories, 0 problems");
        let id = imported
            .files
            .first()
            .and_then(|file| file.file_stem())
            .context("a story")?
            .to_string_lossy()
            .into_owned();
        let browser = Browser::start(kind).await?;
        browser.open(&site.url).await?;
        let headline = "Putin not ‘serious’ about negotiating with Ukraine, Blinken says";
        browser.press("link", headline).await?;
        // Among its paragraphs are links to other stories.
        let leads = "const also = paragraphs().filter(one => /^See also /.test(words(one)));";
        let there = format!("{leads} return paragraphs().length - also.length === 12");
        browser.until("the story is there", &there).await?;
        ensure!(browser.driver.current_url().await?.as_str() == format!("{}story/{id}/", site.url));
        ensure!(browser.text("h1").await? == headline);
        let head = head(&browser).await?;
        ensure!(head.iter().any(|line| line == "By time news"), "{head:?}");
        let links =
            format!("{leads} return [also.length, also.filter(one => words(one).includes('LIVE')).length]");
        let links = browser.script(&links).await?;
        // The three related headlines of the page lead to no story of this edition.
        ensure!(links == Value::from(vec![0, 0]), "{links}");
        ensure!(!browser.text("main").await?.contains("Leave a Comment"));
        browser.quit().await?;
    }
    Ok(())
}

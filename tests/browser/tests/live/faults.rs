//! What is wrong at the host costs nothing that is there, and passes.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, in_each, until};
use browser_tests::site::{Fault, Site};
use serde_json::Value;

use crate::common::*;

#[tokio::test]
async fn whatever_is_wrong_the_page_stays_and_recovers_by_itself() -> Result<()> {
    in_each(|browser: Browser| async move {
        let coverage = Coverage::open(8).await?;
        let head = "edition/stories/storm.json";
        let older = std::fs::read(coverage.site.folder().join(head))?;
        coverage.post(9)?;
        coverage.post(10)?;
        browser.open(coverage.url()).await?;
        browser.by_role("heading", "Update number 10").await?;
        // Once all is well again at the host, it is here, with nothing pressed.
        for fault in [Fault::Status(500), Fault::CutAt(3)] {
            coverage.site.fault(head, Some(fault.clone()));
            browser
                .until("the reader is told", "return /Trying again in \\d+ s/.test(trouble())")
                .await
                .with_context(|| format!("{fault:?}"))?;
            coverage.site.fault(head, None);
            browser
                .until("it recovers by itself", "return trouble() === ''")
                .await
                .with_context(|| format!("{fault:?}"))?;
        }
        // A host that wants to be left alone is.
        for status in [503, 429] {
            coverage.site.fault(head, Some(Fault::Busy(status, 40)));
            browser
                .until(
                    "it is left alone for as long as it asks",
                    "return parseInt(/Trying again in (\\d+) s/.exec(trouble())?.[1]) >= 35",
                )
                .await?;
            coverage.site.fault(head, None);
            browser.press("button", "try now").await?;
            browser.until("all is well again", "return trouble() === ''").await?;
        }
        let faults = [
            Fault::Status(500),
            Fault::Status(404),
            Fault::Page,
            Fault::Bytes(Vec::new()),
            Fault::Half,
            Fault::CutAt(9),
            Fault::Hang,
            Fault::Drip,
        ];
        for fault in faults {
            coverage.site.fault(head, Some(fault.clone()));
            browser
                .until("the reader is told", "return /Trying again in \\d+ s/.test(trouble())")
                .await
                .with_context(|| format!("{fault:?}"))?;
            ensure!(
                browser.has("[id='5']").await? && browser.has("[id='10']").await?,
                "what was there stays: {fault:?}"
            );
            coverage.site.fault(head, None);
            browser.press("button", "try now").await?;
            browser
                .until("all is well again", "return trouble() === ''")
                .await
                .with_context(|| format!("{fault:?}"))?;
        }
        // To press a button is to scroll to it.
        let place = stand_at(&browser, 5).await?;
        // An older head from a cache changes nothing, and is no fault.
        coverage.site.fault(head, Some(Fault::Bytes(older)));
        let polls = coverage.polls();
        wait_for_polls(&coverage, polls + 2).await?;
        ensure!(browser.has("[id='10']").await?);
        ensure!(browser.script("return trouble()").await? == "");
        coverage.site.fault(head, None);
        coverage.post(11)?;
        browser.by_role("button", "1 new update").await?;
        let now = top(&browser, 5).await?;
        ensure!((now - place).abs() <= 1.0, "the place has moved from {place} to {now}");
        browser.quit().await
    })
    .await
}

/// Each fault has coverage of its own, all of them in frames on one page, so that they are waited for at once.
#[tokio::test]
async fn from_every_fault_it_recovers_by_itself() -> Result<()> {
    let slow = [Fault::Hang, Fault::Drip];
    let quick = [Fault::Status(500), Fault::Status(404), Fault::Page, Fault::Bytes(Vec::new()), Fault::Half];
    let busy = [Fault::Busy(503, 6), Fault::Busy(429, 6)];
    let cut = (1..10).map(Fault::CutAt);
    let faults: Vec<Fault> = slow.iter().cloned().chain(quick).chain(busy).chain(cut).collect();
    let browser = one_browser().await?;
    let coverage = Coverage { site: Site::without_worker("/").await? };
    let mut frames = String::from("<!doctype html><html lang=\"en\"><title>Frames</title>");
    for (at, fault) in faults.iter().enumerate() {
        let (id, headline) = (format!("fault-{at}"), format!("{fault:?}"));
        coverage.of(&id, "open", &["--headline", &headline, "--interval", "5"])?;
        coverage.of(&id, "post", &["--text", "The first."])?;
        coverage.site.add_page(&id)?;
        frames += &format!("<iframe id=\"{id}\" src=\"/story/{id}/\"></iframe>");
    }
    std::fs::write(coverage.site.folder().join("frames.html"), frames)?;
    browser.driver.goto(format!("{}frames.html", coverage.site.url)).await?;
    let in_frames = async |what: &str, from: usize, to: usize, look: &str| {
        let body = format!(
            "const frames = [...document.querySelectorAll('iframe')].slice({from}, {to});
             return frames.filter(frame => !(page => {look})(frame.contentDocument)).map(frame => frame.id).join()"
        );
        let waited = browser.until(what, &format!("return (() => {{ {body} }})() === ''")).await;
        let left = browser.script(&body).await?;
        waited.with_context(|| format!("{left} of {faults:?}"))
    };
    let told = "/Trying again in \\d+ s/.test(trouble(page))";
    let order = |at: usize, fault: Option<Fault>| {
        coverage.site.fault(&format!("edition/stories/fault-{at}.json"), fault);
    };
    in_frames("all are there", 0, faults.len(), "page.getElementById('1')").await?;
    // What takes long comes first, so that the others have no time to wait longer and longer.
    for part in [0..slow.len(), slow.len()..faults.len()] {
        part.clone().for_each(|at| order(at, faults.get(at).cloned()));
        in_frames("each is told", part.start, part.end, told).await?;
    }
    for at in 0..faults.len() {
        coverage.of(&format!("fault-{at}"), "post", &["--text", "The second."])?;
        order(at, None);
    }
    let well = "page.getElementById('2') && trouble(page) === ''";
    in_frames("each has recovered, with nothing pressed", 0, faults.len(), well).await?;
    browser.quit().await
}

#[tokio::test]
async fn a_page_that_is_missing_costs_itself_until_it_is_there() -> Result<()> {
    let browser = one_browser().await?;
    let coverage = Coverage::open(75).await?;
    let folder = coverage.edition().join("stories/storm");
    let page = std::fs::read_dir(&folder)?.next().context("a page")??.path();
    let aside = coverage.site.folder().join("aside.json");
    std::fs::rename(&page, &aside)?;
    browser.open(coverage.url()).await?;
    browser.by_role("heading", "Update number 75").await?;
    browser.press("button", "Earlier updates").await?;
    let name = page.file_name().context("a name")?.to_string_lossy().into_owned();
    let asked = async || Ok(coverage.site.asked().iter().any(|path| path.ends_with(&name)));
    until("the page of posts is asked for", asked).await?;
    browser.until("the reader is told", &format!("return {GAPS}")).await?;
    ensure!(browser.has("[id='60']").await? && !browser.has("[id='50']").await?);
    std::fs::rename(&aside, &page)?;
    // It is tried again with the next head, though that is the same as before.
    browser.by_role("heading", "Update number 50").await?;
    ensure!(
        browser.script("return document.activeElement.id").await? == "50",
        "who stood in the gap stands there"
    );

    // Posts that stand twice in a head are there once.
    let head = coverage.site.folder().join("edition/stories/storm.json");
    let mut twice: Value = serde_json::from_slice(&std::fs::read(&head)?)?;
    twice["headline"] = "The storm is over".into();
    let first = twice["live"]["posts"][3].clone();
    twice["live"]["posts"].as_array_mut().context("posts")?.push(first);
    twice["live"]["revision"] = 999.into();
    std::fs::write(&head, twice.to_string())?;
    browser.by_role("heading", "The storm is over").await?;
    ensure!(browser.script("return posts().length").await? == 75);
    browser.quit().await
}

#[tokio::test]
async fn a_head_that_breaks_off_changes_nothing_wherever_it_does() -> Result<()> {
    let browser = one_browser().await?;
    let coverage = Coverage::open(8).await?;
    browser.open(coverage.url()).await?;
    browser.by_role("heading", "Update number 8").await?;
    for tenth in 1..=9 {
        coverage.site.fault("edition/stories/storm.json", Some(Fault::CutAt(tenth)));
        browser.until("the reader is told", "return /Trying again in \\d+ s/.test(trouble())").await?;
        ensure!(browser.script("return posts().length").await? == 8);
        coverage.site.fault("edition/stories/storm.json", None);
        browser.press("button", "try now").await?;
        browser.until("all is well again", "return trouble() === ''").await?;
    }
    browser.quit().await
}

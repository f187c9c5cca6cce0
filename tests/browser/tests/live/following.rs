//! Updates come, and the reader keeps their place.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, in_each, until};
use browser_tests::site::Fault;
use serde_json::Value;
use std::time::Duration;

use crate::common::*;

#[tokio::test]
async fn updates_come_and_the_place_is_held() -> Result<()> {
    in_each(|browser: Browser| async move {
        let coverage = Coverage::open(130).await?;
        browser.open(coverage.url()).await?;
        browser.by_role("heading", STORM).await?;
        browser.until("the head says so", "return words(story()?.querySelector('header')).includes('130 updates')").await?;
        ensure!(browser.text("article:has(h1) header").await?.contains("LIVE"));
        // (Where the browser is slow, the head's next turn may have come already.)
        let asked = coverage.site.asked();
        let mut files = asked.iter().filter(|path| path.starts_with("edition/stories/")).peekable();
        ensure!(files.peek().is_some(), "the head was not asked for");
        ensure!(files.all(|path| path == "edition/stories/storm.json"), "the first screen needs the head alone: {asked:?}");

        // New posts wait.
        let place = stand_at(&browser, 120).await?;
        coverage.post(131)?;
        browser.by_role("button", "1 new update").await?;
        ensure!(browser.driver.title().await? == format!("(1) {STORM}"));
        coverage.live("post", &["--text", "A second one."])?;
        coverage.live("post", &["--text", "A third one."])?;
        browser.by_role("button", "3 new updates").await?;
        // An edit and a withdrawal reach the open tab, the pending ones included.
        coverage.live("withdraw", &["132", "--reason", "It was wrong"])?;
        coverage.live("edit", &["121", "--text", "Now it says something else."])?;
        coverage.live("withdraw", &["119", "--reason", "Not so"])?;
        browser.by_role("button", "2 new updates").await?;
        browser.until("the edit is there", "return document.getElementById('121').textContent.includes('something else')").await?;
        let head = browser.text("[id='121'] header").await?;
        ensure!(head.contains("changed since you saw it"), "{head}");
        ensure!(browser.text("[id='119']").await? == "This update was withdrawn: Not so");
        let updated = "return /updated [^:]*\\d:\\d\\d/.test(words(document.getElementById('121').querySelector('header')))";
        ensure!(browser.script(updated).await? == true, "{head}");
        settle(&browser).await?;
        let now = top(&browser, 120).await?;
        ensure!((now - place).abs() <= 1.0, "the place has moved from {place} to {now}");

        // The pill leads to the first one not yet seen.
        browser.press("button", "2 new updates").await?;
        browser.until("the first unseen has the focus", "return document.activeElement?.id === '131'").await?;
        browser.until("and is in view", "const r = document.getElementById('131').getBoundingClientRect(); return r.top >= 0 && r.top < innerHeight / 2").await?;
        ensure!(browser.script(&format!("return {PILL}")).await?.is_null());
        ensure!(browser.text("[id='132']").await? == "This update was withdrawn: It was wrong");
        ensure!(browser.driver.title().await? == STORM);
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn an_edited_post_keeps_the_focus_on_its_share_button() -> Result<()> {
    in_each(|browser: Browser| async move {
        let coverage = Coverage::open(12).await?;
        browser.open(coverage.url()).await?;
        browser.by_role("button", "Share: Update number 9").await?;
        let focused = "return document.activeElement === window.share && nameOf(document.activeElement)";
        browser
            .script("window.share = queryByRole('button', 'Share: Update number 9'); window.share.focus()")
            .await?;
        ensure!(browser.script(focused).await? == "Share: Update number 9");
        coverage.live("edit", &["9", "--text", "Now it says something else.\n\nAnd more."])?;
        browser
            .until("the edit is there", "return words(document.getElementById('9')).includes('And more')")
            .await?;
        ensure!(browser.script(focused).await? == "Share: Update number 9", "the focus is gone");
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn a_link_to_a_post_works_wherever_it_is() -> Result<()> {
    in_each(|browser: Browser| async move {
        let coverage = Coverage::open(130).await?;
        let there = |post: u32| {
            format!("const r = document.getElementById('{post}')?.getBoundingClientRect(); return !!r && r.top >= 0 && r.top < innerHeight / 2")
        };
        browser.open(format!("{}#3", coverage.url())).await?;
        browser.until("the oldest page opens at its post", &there(3)).await?;
        ensure!(
            browser.has("[id='2']").await? && browser.has("[id='4']").await?,
            "its neighbours are there"
        );
        browser.open(&coverage.site.url).await?;
        browser.open(format!("{}#48", coverage.url())).await?;
        browser.until("a page opens at its upper end", &there(48)).await?;
        browser
            .until("what comes before it comes by itself", "return document.getElementById('60') !== null")
            .await?;
        settle(&browser).await?;
        ensure!(browser.script(&there(48)).await? == true, "the place is held while it comes");

        // Going back finds the place, wherever in the stream it was.
        browser.script("document.getElementById('30').scrollIntoView(); scrollBy(0, -120)").await?;
        settle(&browser).await?;
        let place = top(&browser, 30).await?;
        browser.until("the place is noted", "return JSON.stringify(history.state).includes('dateline-part')").await?;
        browser.until("the post at the eye is noted", "return Math.abs(parseInt(history.state['dateline-part']) - 30) <= 2").await?;
        for way in ["back", "reload"] {
            if way == "back" {
                // To press it as a person would is to scroll up to it first.
                browser.script("queryByRole('link', 'The Meridian').click()").await?;
                browser.by_role("heading", "The harbour that learned to turn its lights off").await?;
                // (WebKit leaves out entries that were made without a press.)
                browser.script("history.back()").await?;
            } else {
                browser.driver.refresh().await?;
            }
            browser.until("the place is found again", &format!("const p = document.getElementById('30'); return !!p && Math.abs(p.getBoundingClientRect().top - {place}) <= 1")).await.with_context(|| way)?;
        }

        // Key events lead to their posts, and the keys of a feed from one post to the next.
        browser.script("scrollTo(0, 0)").await?;
        browser.press("link", "Update number 80").await?;
        browser.until("the post has the focus", "return document.activeElement?.id === '80'").await?;
        let key = |key: &str| format!("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true, cancelable: true}}))");
        browser.script(&key("PageDown")).await?;
        ensure!(browser.script("return document.activeElement.id").await? == "79");
        browser.script(&key("PageUp")).await?;
        ensure!(browser.script("return document.activeElement.id").await? == "80");
        ensure!(browser.script("const p = document.activeElement; return [p.getAttribute('aria-posinset'), p.getAttribute('aria-setsize')].join()").await? == "51,130");
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn a_reader_who_comes_back_catches_up() -> Result<()> {
    in_each(|browser: Browser| async move {
        let coverage = Coverage::open(12).await?;
        browser.open(format!("{}#12", coverage.url())).await?;
        browser.by_role("heading", "Update number 12").await?;
        ensure!(browser.count("region", "Since your last visit").await? == 0, "a first visit has missed nothing");
        browser
            .until(
                "it is kept what was seen",
                r"return Object.values({...localStorage}).some(text => /\tv=.{7}12 13[\t\n]/.test(text))",
            )
            .await?;
        browser.open(format!("{}story/harbour-lights/", coverage.site.url)).await?;
        for number in 13..=21 {
            coverage.post(number)?;
        }
        browser.open(coverage.url()).await?;
        browser.by_role("region", "Since your last visit").await?;
        let missed = browser.text("section[aria-label='Since your last visit'] ul").await?;
        ensure!(missed.contains("Update number 20") && !missed.contains("Update number 10"), "{missed}");
        let line =
            browser.script("return posts().find(post => queryAllByRole('paragraph', undefined, post).some(one => words(one) === 'You’d read up to here')).id").await?;
        ensure!(line == "13", "the line is under the first new post: {line}");
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn the_place_is_held_over_changes_with_pictures_of_late_size() -> Result<()> {
    in_each(|browser: Browser| async move {
        let coverage = Coverage::open(100).await?;
        let picture = "<svg xmlns='http://www.w3.org/2000/svg' width='400' height='300'><rect width='400' height='300'/></svg>";
        std::fs::write(coverage.edition().join("late.svg"), picture)?;
        coverage.site.fault("edition/late.svg", Some(Fault::Late(Duration::from_millis(300))));
        browser.open(coverage.url()).await?;
        // The older half comes in while the reader stands in the newer one.
        let place = stand_at(&browser, 75).await?;
        let url = format!("{}edition/late.svg", coverage.site.url);
        let mut gone = vec![75, 80];
        let mut random = 12345_u64;
        for round in 0..10_u32 {
            for _ in 0..5 {
                random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                let post = u32::try_from(65 + (random >> 33) % 20)?;
                let words = "Some words more. ".repeat(usize::try_from(random % 30)?);
                let image = format!("![A chart]({url}?{random})\n\n{words}");
                match (random >> 40) % 10 {
                    // What waits to be let in, and what comes in above the reader: key events and the summary.
                    0 => coverage.live("post", &["--text", &image])?,
                    8 => coverage.live("post", &["--text", &image, "--key", "--title", &format!("Key {words}")])?,
                    9 => coverage.live("summary", &["--text", &image])?,
                    _ if gone.contains(&post) => coverage.live("edit", &["80", "--text", &image])?,
                    1 => {
                        coverage.live("withdraw", &[&post.to_string()])?;
                        gone.push(post);
                    }
                    2 => coverage.live("edit", &[&post.to_string(), "--text", "Less."])?,
                    _ => coverage.live("edit", &[&post.to_string(), "--text", &image])?,
                }
            }
            // And one right above the reader, where every browser loads what is lazy.
            let above = 76 + round % 4;
            if !gone.contains(&above) {
                coverage.live("edit", &[&above.to_string(), "--text", &format!("![A chart]({url}?above{round})\n\nA chart.")])?;
            }
            let mark = format!("Round {round}");
            coverage.live("edit", &["80", "--text", &mark])?;
            browser.until("the changes are there", &format!("return document.getElementById('80')?.textContent.includes('{mark}')")).await?;
            browser.until("the pictures are there", "return [...document.querySelectorAll('[role=feed] article img')].filter(i => { const r = i.getBoundingClientRect(); return r.bottom > -500 && r.top < innerHeight + 500 }).every(i => i.complete)").await?;
            settle(&browser).await?;
            // Which have come so far, and which of them above the reader.
            browser.script("window.late ??= new Set(); window.lateAbove ??= new Set(); const eye = document.getElementById('75').getBoundingClientRect().top; for (const i of document.querySelectorAll('[role=feed] article img')) if (i.naturalWidth > 0) { window.late.add(i.src); if (i.getBoundingClientRect().top < eye) window.lateAbove.add(i.src); }").await?;
            let now = top(&browser, 75).await?;
            ensure!((now - place).abs() <= 1.0, "in round {round} the place has moved from {place} to {now}");
        }
        let seen = browser.script("return [window.late.size, window.lateAbove.size]").await?;
        let count = |at: usize| seen.get(at).and_then(Value::as_u64).unwrap_or(0);
        ensure!(count(0) >= 4 && count(1) >= 2, "pictures have come, above the reader too: {seen}");

        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn a_long_sleep_costs_one_request_and_the_count_is_true() -> Result<()> {
    let browser = one_browser().await?;
    let coverage = Coverage::open(40).await?;
    browser.open(coverage.url()).await?;
    browser.by_role("heading", "Update number 40").await?;
    let place = stand_at(&browser, 20).await?;
    set_hidden(&browser, true).await?;
    let before = coverage.polls();
    // Beside it a tab that is in sight follows other coverage, at the same interval.
    coverage.of("beside", "open", &["--headline", "Beside it", "--interval", "5"])?;
    coverage.of("beside", "post", &["--text", "The first."])?;
    coverage.site.add_page("beside")?;
    let asleep = browser.driver.window().await?;
    let beside = browser.driver.new_tab().await?;
    browser.driver.switch_to_window(beside).await?;
    browser.open(format!("{}story/beside/", coverage.site.url)).await?;
    browser.by_role("heading", "Beside it").await?;
    for number in 41..=540 {
        coverage.post(number)?;
    }
    coverage.live("withdraw", &["100"])?;
    // While that asks twice more, an interval has passed for both.
    let asked = coverage.polls_of("beside");
    until("the tab beside asks twice more", async || Ok(coverage.polls_of("beside") >= asked + 2)).await?;
    ensure!(coverage.polls() == before, "nothing is asked for while the tab is hidden");
    browser.driver.close_window().await?;
    browser.driver.switch_to_window(asleep).await?;
    let clock = "const real = Date.now.bind(Date); window.Date.now = () => real() + 6 * 3600e3";
    browser.script(clock).await?;
    set_hidden(&browser, false).await?;
    browser.script("dispatchEvent(new Event('online')); dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))").await?;
    wait_for_polls(&coverage, before + 1).await?;
    settle(&browser).await?;
    // (Later than this the next one may be due, where the browser is slow.)
    ensure!(coverage.polls() == before + 1, "one request on return");
    browser.by_role("button", "499 new updates").await?;
    ensure!(browser.has("[id='40']").await? && !browser.has("[id='41']").await?);
    let now = top(&browser, 20).await?;
    ensure!((now - place).abs() <= 1.0, "the place has moved from {place} to {now}");

    browser.press("button", "499 new updates").await?;
    browser.until("the first unseen has the focus", "return document.activeElement?.id === '41'").await?;
    ensure!(browser.has("[id='540']").await?, "the newest are there as well");
    browser.by_role("button", "449 updates in between").await?;
    browser.quit().await
}

#[tokio::test]
async fn a_clock_that_is_wrong_by_a_day_stops_nothing() -> Result<()> {
    let browser = one_browser().await?;
    let coverage = Coverage::open(20).await?;
    browser.open(coverage.url()).await?;
    browser.by_role("heading", "Update number 20").await?;
    stand_at(&browser, 10).await?;
    for (number, day) in [(21, "-86400e3"), (22, "86400e3")] {
        browser
            .script(&format!(
                "window.realNow ??= window.Date.now.bind(window.Date); window.Date.now = () => window.realNow() + {day}"
            ))
            .await?;
        coverage.post(number)?;
        let waits = if number == 21 { "1 new update" } else { "2 new updates" };
        browser.by_role("button", waits).await?;
    }
    browser.quit().await
}

#[tokio::test]
async fn at_the_top_updates_flow_in_and_are_told() -> Result<()> {
    in_each(|browser: Browser| async move {
        let coverage = Coverage::open(5).await?;
        browser.open(coverage.url()).await?;
        browser.by_role("heading", "Update number 5").await?;
        let noted = "window.told = []; navigator.setAppBadge = async (count) => { window.badge = count; };
            const said = ({target}) => (target.closest ? target : target.parentElement)?.closest('[role=status]');
            const hear = changes => [...new Set(changes.map(said))].map(words).filter(one => /new update/.test(one)).forEach(one => window.told.push(one));
            new MutationObserver(hear).observe(story(), {childList: true, characterData: true, subtree: true});";
        browser.script(noted).await?;
        coverage.post(6)?;
        browser.until("it flows in", &format!("return document.getElementById('6') !== null && !{PILL}")).await?;
        browser.until("it is told once", "return window.told.length === 1 && window.told[0] === '1 new update'").await?;
        // Further down it waits, and the icon counts.
        stand_at(&browser, 2).await?;
        coverage.post(7)?;
        browser.by_role("button", "1 new update").await?;
        ensure!(browser.script("return window.badge").await? == 1);
        browser.script("queryByRole('link', 'The Meridian').click()").await?;
        browser.until("on leaving the icon counts no more", "return window.badge === 0").await?;
        // How it stands is told.
        browser.script("history.back()").await?;
        browser.by_role("heading", STORM).await?;
        for (command, word) in [("pause", "Paused"), ("resume", "LIVE"), ("end", "Ended")] {
            coverage.live(command, &[])?;
            browser.until("the head says how it stands", &format!("return words(story().querySelector('header')).includes('{word}')")).await?;
        }
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn a_link_to_what_is_not_known_yet_leads_there_when_it_is() -> Result<()> {
    let browser = one_browser().await?;
    let coverage = Coverage::open(60).await?;
    let head = "edition/stories/storm.json";
    let older = std::fs::read(coverage.site.folder().join(head))?;
    for number in 61..=131 {
        coverage.post(number)?;
    }
    // A copy that is older than the link.
    coverage.site.fault(head, Some(Fault::Bytes(older)));
    browser.open(format!("{}#70", coverage.url())).await?;
    browser.by_role("heading", "Update number 60").await?;
    coverage.site.fault(head, None);
    browser.until("it leads there", "return document.activeElement?.id === '70'").await?;
    let there = "const r = document.getElementById('70').getBoundingClientRect(); return r.top >= 0 && r.top < innerHeight / 2";
    browser.until("and it is in view", there).await?;
    // From there a press leads to the latest.
    browser.press("button", "Latest update").await?;
    browser
        .until("the newest has the focus", &format!("return document.activeElement?.id === '131' && !{PILL}"))
        .await?;
    // Where the page of a post does not come, the reader is led there when it does.
    let folder = coverage.edition().join("stories/storm");
    let page = std::fs::read_dir(&folder)?
        .flatten()
        .find(|file| file.file_name().to_string_lossy().starts_with("1-"));
    let page = page.context("the first page")?.file_name().to_string_lossy().into_owned();
    let page = format!("edition/stories/storm/{page}");
    coverage.site.fault(&page, Some(Fault::Status(500)));
    browser.open("about:blank").await?;
    browser.open(format!("{}#3", coverage.url())).await?;
    browser.until("the reader is told", &format!("return {GAPS}")).await?;
    coverage.site.fault(&page, None);
    browser.until("it leads there", "return document.activeElement?.id === '3'").await?;
    browser.quit().await
}

//! Following a live blog, in every browser that there is, while the desk posts into the folder that is served.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, Kind, in_each, until};
use browser_tests::site::{Fault, Site};
use clap::Parser;
use serde_json::Value;

const STORM: &str = "Storm over the harbour";
/// The button that leads to what has come, or to the latest.
const PILL: &str = "queryByRole('button', /new update|^Latest update$/)";

/// Whether posts that are not loaded say that they could not be.
const GAPS: &str = "queryAllByRole('article', 'Updates that are not loaded yet')
    .some(gap => words(queryByRole('status', undefined, gap)).includes('could not be loaded'))";

/// A site with a live blog, and the desk that writes it.
struct Coverage {
    site: Site,
}

impl Coverage {
    async fn open(posts: u32) -> Result<Self> {
        let coverage = Self { site: Site::start("/").await? };
        coverage.live("open", &["--headline", STORM, "--interval", "5"])?;
        for number in 1..=posts {
            coverage.post(number)?;
        }
        coverage.site.add_page("storm")?;
        Ok(coverage)
    }

    fn edition(&self) -> PathBuf {
        self.site.folder().join("edition")
    }

    /// Runs `desk live …` on the edition.
    fn live(&self, command: &str, arguments: &[&str]) -> Result<()> {
        self.of("storm", command, arguments)
    }

    /// The same of other coverage.
    fn of(&self, id: &str, command: &str, arguments: &[&str]) -> Result<()> {
        let edition = self.edition().display().to_string();
        let story: &[&str] = if command == "open" { &["--id", id] } else { &[id] };
        let line = ["desk", "live", command, edition.as_str()].into_iter().chain(story.iter().copied());
        let cli = desk::Cli::try_parse_from(line.chain(arguments.iter().copied()))?;
        ensure!(desk::run(cli) == std::process::ExitCode::SUCCESS, "desk live {command} failed");
        Ok(())
    }

    fn post(&self, number: u32) -> Result<()> {
        let title = format!("Update number {number}");
        let text =
            format!("What is known at {number}. {}", "The ferries are held until the wind drops. ".repeat(4));
        let mut arguments = vec!["--title", &title, "--text", &text];
        if number.is_multiple_of(10) {
            arguments.push("--key");
        }
        self.live("post", &arguments)
    }

    fn url(&self) -> String {
        format!("{}story/storm/", self.site.url)
    }

    /// How often the head was asked for.
    fn polls(&self) -> usize {
        self.polls_of("storm")
    }

    /// The same of other coverage.
    fn polls_of(&self, id: &str) -> usize {
        let head = format!("edition/stories/{id}.json");
        self.site.asked().iter().filter(|path| **path == head).count()
    }
}

/// Scrolls to a post and gives its distance from the top of the window once that has settled.
async fn stand_at(browser: &Browser, post: u32) -> Result<f64> {
    browser
        .until(
            "the post is at the eye",
            &format!(
                "const post = document.getElementById('{post}'); if (!post) return false;
                 const off = post.getBoundingClientRect().top - innerHeight / 4;
                 if (Math.abs(off) > 40) {{ scrollBy(0, off); return false; }} return true"
            ),
        )
        .await?;
    settle(browser).await?;
    top(browser, post).await
}

/// Waits for two frames: whatever had to be drawn is.
async fn settle(browser: &Browser) -> Result<()> {
    browser
        .driver
        .execute_async(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))",
            Vec::new(),
        )
        .await?;
    Ok(())
}

async fn top(browser: &Browser, post: u32) -> Result<f64> {
    let top = browser
        .script(&format!("return document.getElementById('{post}').getBoundingClientRect().top"))
        .await?;
    top.as_f64().context("the post is not on the page")
}

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
            browser.script("return posts().find(post => queryAllByRole('paragraph', undefined, post).some(one => words(one) === 'Since your last visit')).id").await?;
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

async fn wait_for_polls(coverage: &Coverage, count: usize) -> Result<()> {
    until("the head is asked for", async || Ok(coverage.polls() >= count)).await
}

#[tokio::test]
async fn the_page_is_clean_for_assistive_technology() -> Result<()> {
    let browser = Browser::start(Kind::Chromium).await?;
    let coverage = Coverage::open(75).await?;
    coverage.live("summary", &["--text", "- Ferries are held\n- Nobody is missing"])?;
    coverage.live("pin", &["74"])?;
    coverage.live("withdraw", &["73"])?;
    for width in [1280, 320] {
        browser.screen(width, 900, width == 320).await?;
        browser.open(coverage.url()).await?;
        browser.by_role("heading", "Update number 75").await?;
        let found = browser.axe().await?;
        ensure!(found.is_empty(), "{found:#?}");
        let wide = browser.script("return document.documentElement.scrollWidth > innerWidth").await?;
        ensure!(wide == Value::Bool(false), "nothing is wider than the window at {width} px");
        if let Some(folder) = std::env::var_os("DATELINE_PICTURES") {
            browser.screen(width, 2400, width == 320).await?;
            browser.driver.screenshot(&PathBuf::from(folder).join(format!("live-{width}.png"))).await?;
        }
    }
    ensure!(
        browser.script("return document.body.innerText.split('What is known at 74.').length").await? == 2,
        "the pinned post is there once"
    );
    browser.quit().await
}

/// A browser of the first kind that there is, for what hangs on no browser.
async fn one_browser() -> Result<Browser> {
    Browser::start(*Kind::all().first().context("a browser")?).await
}

/// Makes the page take the tab for out of sight, or in sight again.
async fn set_hidden(browser: &Browser, hidden: bool) -> Result<()> {
    let script = format!(
        "Object.defineProperty(document, 'hidden', {{configurable: true, get: () => {hidden}}});
         document.dispatchEvent(new Event('visibilitychange'))"
    );
    browser.script(&script).await.map(drop)
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
    let clock = "const real = Date.now.bind(Date); Date.now = () => real() + 6 * 3600e3";
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
                "window.realNow ??= Date.now.bind(Date); Date.now = () => window.realNow() + {day}"
            ))
            .await?;
        coverage.post(number)?;
        let waits = if number == 21 { "1 new update" } else { "2 new updates" };
        browser.by_role("button", waits).await?;
    }
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
async fn the_oldest_come_first_or_key_events_alone() -> Result<()> {
    in_each(|browser: Browser| async move {
        let coverage = Coverage::open(330).await?;
        browser.open(coverage.url()).await?;
        browser.by_role("heading", "Update number 330").await?;
        coverage.site.forget();
        browser.press("button", "Oldest first").await?;
        browser.by_role("heading", "Update number 1").await?;
        browser.until("the feed begins with it", "return posts()[0].id === '1' && document.getElementById('1').getAttribute('aria-posinset') === '1'").await?;
        let pages = coverage.site.asked().iter().filter(|path| path.starts_with("edition/stories/storm/")).count();
        ensure!(pages <= 3, "{pages} pages were loaded for the first one");
        browser.press("button", "Oldest first").await?;
        browser.until("the newest come first again", "return posts()[0].id === '330'").await?;

        browser.press("button", "Key events only").await?;
        browser.until("key events alone are shown", "return posts().length > 0 && posts().every(post => post.id % 10 === 0)").await?;
        // What waits may be no key event; it is shown where it is wanted.
        browser.script("queryByRole('feed').scrollIntoView(); scrollBy(0, 200)").await?;
        coverage.post(331)?;
        browser.press("button", "1 new update").await?;
        browser.until("it is in view", "const r = document.getElementById('331')?.getBoundingClientRect(); return document.activeElement?.id === '331' && r.height > 0 && r.top >= 0 && r.top < innerHeight").await?;
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

#[tokio::test]
async fn the_front_page_tells_the_latest_and_goes_with_it() -> Result<()> {
    let browser = one_browser().await?;
    let coverage = Coverage::open(3).await?;
    browser.open(&coverage.site.url).await?;
    let teaser = format!("words(inList('{STORM}'))");
    browser
        .until("the teaser tells the latest", &format!("return {teaser}.includes('Update number 3')"))
        .await?;
    browser.script("window.kept = queryByRole('image', undefined, listed()[0]); queryByRole('link', 'The Meridian').focus()").await?;
    coverage.post(4)?;
    browser
        .until(
            "and goes with it",
            &format!("dispatchEvent(new Event('online')); return {teaser}.includes('Update number 4')"),
        )
        .await?;
    ensure!(browser.script("return window.kept.isConnected && document.activeElement === queryByRole('link', 'The Meridian')").await? == true, "the rest of the page stays as it was");
    coverage.live("end", &[])?;
    browser
        .until(
            "until it is over",
            &format!(
                "dispatchEvent(new Event('online')); return {teaser} !== '' && !{teaser}.includes('LIVE')"
            ),
        )
        .await?;
    browser.quit().await
}

#[tokio::test]
async fn times_are_the_readers_or_the_newsrooms() -> Result<()> {
    let browser = one_browser().await?;
    let site = Site::start("/").await?;
    browser.open(format!("{}story/storm-live/#16", site.url)).await?;
    browser.by_role("heading", "The peak has passed").await?;
    let shown = "[id='16'] header a:has(time)";
    let own = browser.text(shown).await?;
    browser.press("button", "Times in Amsterdam").await?;
    browser.until("it is told as the newsroom knows it", &format!("const t = document.querySelector(\"{shown}\").textContent; return t.includes('9:40') && t !== '{own}'")).await?;
    browser.press("button", "Times in Amsterdam").await?;
    browser
        .until(
            "and as the reader does",
            &format!("return document.querySelector(\"{shown}\").textContent === '{own}'"),
        )
        .await?;
    browser.quit().await
}

#[tokio::test]
async fn a_real_live_blog_is_replayed_whole_and_read() -> Result<()> {
    let recording = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora/guardian/liveblog.json");
    let browser = Browser::start(Kind::Chromium).await?;
    let site = Site::start("/").await?;
    let edition = site.folder().join("edition").display().to_string();
    let replay = ["desk", "live", "replay", &edition, "politics", "--from", recording, "--speed", "max"];
    ensure!(desk::run(desk::Cli::try_parse_from(replay)?) == std::process::ExitCode::SUCCESS);
    site.add_page("politics")?;
    browser.open(format!("{}story/politics/", site.url)).await?;
    browser.by_role("heading", "Afternoon summary").await?;
    let bytes = std::fs::read(site.folder().join("edition/stories/politics.json"))?;
    let story = dateline::content::decode::story(&bytes)?.value;
    let live = story.live.context("live matter")?;
    ensure!(live.posts.len() == 12);
    for entry in &live.posts {
        ensure!(
            browser.has(&format!("[role=feed] article[id='{}']", entry.id())).await?,
            "post {} is there",
            entry.id()
        );
    }
    let found = browser.axe().await?;
    ensure!(found.is_empty(), "{found:#?}");
    if let Some(folder) = std::env::var_os("DATELINE_PICTURES") {
        browser.screen(1280, 3000, false).await?;
        browser.driver.screenshot(&PathBuf::from(&folder).join("guardian.png")).await?;
        browser.open(format!("{}story/storm-live/", site.url)).await?;
        browser.by_role("heading", "The peak has passed").await?;
        for (name, width, dark) in [("desktop", 1280, false), ("phone", 390, true)] {
            browser.screen(width, 2600, dark).await?;
            browser.driver.screenshot(&PathBuf::from(&folder).join(format!("storm-{name}.png"))).await?;
        }
        browser.open(&site.url).await?;
        browser.by_role("heading", "Storm Ottilie reaches the estuary").await?;
        browser.screen(1280, 1600, false).await?;
        browser.driver.screenshot(&PathBuf::from(&folder).join("front.png")).await?;
    }
    browser.quit().await
}

//! A live blog of ten thousand posts, read in Chromium and written at the desk.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use browser_tests::site::{Sent, Site, brotli};
use desk::live::blog::{Change, Edit};
use serde_json::{Value, json};

use crate::blog::{ID, Marathon};
use crate::memory;
use crate::report::{Samples, bytes, machine, table};
use crate::rival::style_of;
use crate::tab::Tab;

/// How many posts there are.
pub const POSTS: u32 = 10_000;
const HEAD: &str = "edition/stories/marathon.json";
/// The shortest time between two polls (`SHORTEST_INTERVAL`), and a little more.
const SOON: Duration = Duration::from_millis(5_300);
/// How long to wait for the end of a poll: some milliseconds of work, and timers.
const POLL: Duration = Duration::from_millis(1_200);
/// A frame at 60 a second, in milliseconds, with a margin for the clock's rounding.
const FRAME: f64 = 17.0;

/// Records when the newest post was visible: in the page, laid out, and a frame painted.
const WATCH: &str = "
    const look = () => {
        const post = document.getElementById('{post}');
        if (!post || window.benchShown) return;
        observer.disconnect();
        window.benchShown = -1;
        requestAnimationFrame(() => {
            const after = new MessageChannel();
            after.port1.onmessage = () => {
                window.benchTop = post.getBoundingClientRect().top;
                window.benchShown = performance.now();
            };
            after.port2.postMessage(0);
        });
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true });";

/// Loads all posts by clicking the buttons in the gaps.
const LOAD_ALL: &str = "
    window.allLoaded = false;
    (async () => {
        for (let button; button = document.querySelector('.gap button');) {
            button.click();
            while (button.isConnected) await new Promise(later => setTimeout(later, 5));
        }
        window.allLoaded = true;
    })()";

/// Where scrolling begins, as fractions of the page.
const PARTS: [f64; 3] = [0.2, 0.45, 0.7];

/// How often each thing is measured.
struct Rounds {
    loads: usize,
    slow_loads: usize,
    polls: usize,
    frames: usize,
    /// The number of polls between two measurements of memory.
    memory: usize,
}

/// What a poll cost the main thread, in milliseconds, and the network.
#[derive(Clone, Debug)]
pub struct Poll {
    /// All work of the main thread.
    pub tasks: f64,
    script: f64,
    layout: f64,
    style: f64,
    sent: Vec<Sent>,
}

/// A reader of the live blog, in a tab of its own.
pub struct Bench {
    /// The site.
    pub site: Site,
    /// The tab.
    pub tab: Tab,
    blog: Marathon,
}

/// Measures everything. Returns the report.
pub async fn measure(quick: bool, profile: Option<&Path>) -> Result<String> {
    let rounds = if quick {
        Rounds { loads: 2, slow_loads: 1, polls: 2, frames: 100, memory: 20 }
    } else {
        Rounds { loads: 11, slow_loads: 5, polls: 7, frames: 400, memory: 200 }
    };
    println!("Making {POSTS} posts …");
    let blog = Marathon::of(POSTS)?;
    let desk = desk_costs(&blog)?;
    let site = Site::start("/").await?;
    site.like_a_host();
    blog.publish(&site)?;
    site.add_page(ID)?;
    add_plain(&site)?;
    let mut bench = Bench::of(site, blog).await?;

    let mut text = format!(
        "## A live blog of 10,000 posts\n\n`cargo xtask bench live` on {}: the release build, the median of \
         several runs and their range. Text goes out in brotli from a host on the same machine.\n\n",
        machine(&bench.tab.browser).await?
    );
    text += &bench.first_screen(&rounds).await?;
    text += &bench.polls(&rounds, profile).await?;
    text += &memory::measure(&mut bench, rounds.memory).await?;
    text += &bench.scrolling(&rounds).await?;
    text += &desk;
    bench.tab.browser.quit().await?;
    Ok(text)
}

/// The baseline, with the reader's own style.
fn add_plain(site: &Site) -> Result<()> {
    let style = style_of(site.folder())?;
    let page = include_str!("../../../benches/live/plain.html").replace("{style}", &style);
    std::fs::write(site.folder().join("plain.html"), page)?;
    std::fs::write(site.folder().join("plain.js"), include_str!("../../../benches/live/plain.js"))?;
    Ok(())
}

impl Bench {
    /// A reader of a live blog of ten thousand posts on a site.
    pub async fn of(site: Site, blog: Marathon) -> Result<Self> {
        Ok(Self { site, tab: Tab::start().await?, blog })
    }

    /// Makes each page record when its newest post was visible. [`Bench::load`] waits for this.
    pub async fn watch(&self) -> Result<Value> {
        self.tab.inject(&WATCH.replace("{post}", &self.blog.newest().to_string())).await
    }

    fn address(&self, plain: bool) -> String {
        format!("{}{}", self.site.url, if plain { "plain.html".to_owned() } else { format!("story/{ID}/") })
    }

    /// Loads a page for the first time. Returns when its newest post was visible, and what was sent until
    /// then.
    pub async fn load(&self, plain: bool) -> Result<(f64, Vec<Sent>)> {
        let before = self.site.sent().len();
        self.tab.open_fresh(&self.site, &self.address(plain)).await?;
        self.tab.until("the newest post is there", "return window.benchShown > 0").await?;
        let shown = self.tab.browser.script("return window.benchShown").await?;
        let sent = self.site.sent().split_off(before);
        Ok((shown.as_f64().context("a time")?, sent))
    }

    async fn loads(&self, count: usize) -> Result<[(Samples, Vec<Sent>); 2]> {
        let (mut times, mut sent) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
        // The first load is not counted: it compiles and compresses.
        for round in 0..=count {
            for ((plain, times), sent) in [false, true].into_iter().zip(&mut times).zip(&mut sent) {
                let (time, what) = self.load(plain).await?;
                if round > 0 {
                    times.push(time);
                    *sent = what;
                }
            }
        }
        let [reader, plain] = times.map(Samples::from_iter);
        let [reader_sent, plain_sent] = sent;
        Ok([(reader, reader_sent), (plain, plain_sent)])
    }

    async fn first_screen(&self, rounds: &Rounds) -> Result<String> {
        println!("First screens …");
        let watch = self.watch().await?;
        let [(reader, sent), (plain, plain_sent)] = self.loads(rounds.loads).await?;
        let top = self.tab.browser.script("return Math.round(window.benchTop)").await?;
        self.load(false).await?;
        let reader_top = self.tab.browser.script("return Math.round(window.benchTop)").await?;

        // A slow phone on a slow network.
        self.tab.slow(true).await?;
        let [(slow_reader, _), (slow_plain, _)] = self.loads(rounds.slow_loads).await?;
        self.tab.slow(false).await?;
        self.tab.remove(watch).await?;

        let head = self.blog.head()?;
        let live: Vec<&Sent> = sent.iter().filter(|it| it.path.starts_with("edition/stories/")).collect();
        let alone = matches!(live.as_slice(), [one] if one.path == HEAD);
        let all =
            |sent: &[Sent]| format!("{} ({} bytes)", sent.len(), bytes(sent.iter().map(|it| it.bytes).sum()));
        let row = |name: &str, reader: String, plain: String| [name.to_owned(), reader, plain];
        let rows = [
            row("newest post on screen, ms", reader.say(0), plain.say(0)),
            row("the same at 1.5 Mbps, 560 ms, CPU 4× slower, ms", slow_reader.say(0), slow_plain.say(0)),
            row("requests until then, and their bytes in brotli", all(&sent), all(&plain_sent)),
            row(
                "the newest post begins at, px from the top of a window of 1280 × 900",
                reader_top.to_string(),
                top.to_string(),
            ),
        ];
        let paths: Vec<&str> = sent.iter().map(|it| it.path.as_str()).collect();
        println!("Asked for: {}", paths.join(", "));
        Ok(format!(
            "### First screen\n\nOf the live blog the newest post needs {}: {} bytes, {} in brotli. (10,000 posts; 100 \
             key events are listed.) Beside it, a page of plain JavaScript by hand that shows the same head in the same \
             style and does nothing else (`tests/browser/benches/live/`).\n\n{}\n",
            if alone { "the head alone".to_owned() } else { format!("{} files", live.len()) },
            bytes(head.len()),
            bytes(brotli(&head).len()),
            table(["", "reader", "plain JavaScript"], &rows)
        ))
    }

    /// Makes the reader poll (or not, with another event), and measures the cost.
    pub async fn poll(&self, event: &str) -> Result<Poll> {
        tokio::time::sleep(SOON).await;
        let before = self.site.sent().len();
        let old = self.tab.metrics().await?;
        self.tab.browser.script(&format!("dispatchEvent(new Event('{event}'))")).await?;
        tokio::time::sleep(POLL).await;
        let new = self.tab.metrics().await?;
        let spent = |name: &str| new(name) - old(name);
        Ok(Poll {
            tasks: spent("TaskDuration"),
            script: spent("ScriptDuration"),
            layout: spent("LayoutDuration"),
            style: spent("RecalcStyleDuration"),
            sent: self.site.sent().split_off(before),
        })
    }

    /// Measures without a poll (the cost of measuring), polls without news, and polls with a new post.
    async fn polls_here(&mut self, rounds: &Rounds) -> Result<[Vec<Poll>; 3]> {
        let mut found = [Vec::new(), Vec::new(), Vec::new()];
        let [idle, nothing, post] = &mut found;
        // The first poll is not counted: it is the first with a cached copy.
        self.poll("online").await?;
        for _ in 0..rounds.polls {
            idle.push(self.poll("nothing-at-all").await?);
            nothing.push(self.poll("online").await?);
            self.publish_post()?;
            post.push(self.poll("online").await?);
            self.ensure_came().await?;
        }
        Ok(found)
    }

    /// Checks that the newest post is on the page or waits behind the pill.
    pub async fn ensure_came(&self) -> Result<()> {
        let newest = self.blog.newest();
        let known = format!(
            "return !!document.getElementById('{newest}') || /new update/.test(document.querySelector('.pill')?.textContent)"
        );
        ensure!(self.tab.browser.script(&known).await? == Value::Bool(true), "the post did not come");
        Ok(())
    }

    /// Publishes another post.
    pub fn publish_post(&mut self) -> Result<()> {
        let names = self.blog.apply(Change::Post(self.blog.next()))?;
        self.blog.publish_files(&self.site, &names)
    }

    /// Opens the live blog.
    pub async fn open(&self) -> Result<()> {
        self.tab.open_fresh(&self.site, &self.address(false)).await?;
        let newest = self.blog.newest();
        self.tab.until("the page is there", &format!("return !!document.getElementById('{newest}')")).await
    }

    /// Loads all posts. Returns how long that took.
    pub async fn load_all(&self) -> Result<Duration> {
        let start = Instant::now();
        self.tab.browser.script(LOAD_ALL).await?;
        self.tab.until("every post is loaded", "return window.allLoaded === true").await?;
        let taken = start.elapsed();
        let count =
            self.tab.browser.script("return document.querySelectorAll('[role=feed] article').length").await?;
        ensure!(count.as_u64() >= Some(u64::from(POSTS)), "only {count} posts are there");
        Ok(taken)
    }

    async fn polls(&mut self, rounds: &Rounds, profile: Option<&Path>) -> Result<String> {
        println!("Polls with the head alone …");
        let (before, newest) = (self.blog.head()?, self.blog.newest());
        self.open().await?;
        let few = self.polls_here(rounds).await?;
        println!("Loading all posts …");
        let taken = self.load_all().await?;
        println!("Polls with all posts, at the top …");
        self.tab.browser.script("scrollTo(0, 0)").await?;
        let all = self.polls_here(rounds).await?;
        println!("Polls with all posts, in the middle of them …");
        self.tab.browser.script("document.getElementById('5000').scrollIntoView()").await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let middle = self.polls_here(rounds).await?;
        println!("A poll that tells of an edit of an old post …");
        let mut edits = Vec::new();
        for post in (100..100 + u32::try_from(rounds.polls)?).map(|number| number * 50) {
            let body = self.blog.next().body;
            let names = self.blog.apply(Change::Edit(post, Edit { text: Some(body), ..Edit::default() }))?;
            self.blog.publish_files(&self.site, &names)?;
            edits.push(self.poll("online").await?);
        }
        if let Some(file) = profile {
            self.profile(file).await?;
        }

        let name = |what: &str, where_: &str| format!("{what}, {where_}");
        let (one, ten, mid) =
            ("the head's posts loaded", "all 10,000 loaded", "all 10,000 loaded, reading post 5,000");
        let mut rows = Vec::new();
        for (here, [idle, nothing, post]) in [(one, &few), (ten, &all), (mid, &middle)] {
            rows.push(row(name("no poll (what measuring costs)", here), idle, None));
            rows.push(row(name("nothing new", here), nothing, Some(idle)));
            rows.push(row(name("one new post", here), post, Some(idle)));
        }
        let [idle, ..] = &middle;
        rows.push(row(name("an old post edited", mid), &edits, Some(idle)));

        // One more post than before: the first of these polls brought it.
        let after = {
            let mut next = Marathon::clone(&self.blog);
            next.blog = desk::live::blog::Blog::new(dateline::content::decode::story(&before)?.value)?;
            next.post()?;
            next.head()?
        };
        let (raw, small) = (after.len(), brotli(&after).len());
        let beyond: Vec<usize> = few
            .iter()
            .chain(&all)
            .chain(&middle)
            .flatten()
            .map(|poll| poll.sent.iter().filter(|it| it.path != HEAD).map(|it| it.bytes).sum())
            .collect();
        Ok(format!(
            "### A poll\n\nThe head before post {}: {} bytes ({} in brotli); after it: {} ({}, {:+}). Beyond the head, polls \
             for new posts brought at most {} bytes. All older posts were loaded page by page in {:.0} s.\n\nTimes are what a \
             poll adds to what measuring costs, of the main thread, in ms; tasks are all of it, the others parts.\n\n{}\n",
            newest + 1,
            bytes(before.len()),
            bytes(brotli(&before).len()),
            bytes(raw),
            bytes(small),
            i64::try_from(small)? - i64::try_from(brotli(&before).len())?,
            bytes(beyond.into_iter().max().unwrap_or(0)),
            taken.as_secs_f64(),
            table(["", "tasks", "script", "layout", "style", "requests", "bytes"], &rows)
        ))
    }

    /// Writes a CPU profile of a poll with a new post.
    async fn profile(&mut self, file: &Path) -> Result<()> {
        self.tab.browser.script("scrollTo(0, 0)").await?;
        self.tab.cdp("Profiler.enable", json!({})).await?;
        self.tab.cdp("Profiler.setSamplingInterval", json!({ "interval": 100 })).await?;
        self.publish_post()?;
        tokio::time::sleep(SOON).await;
        self.tab.cdp("Profiler.start", json!({})).await?;
        self.tab.browser.script("dispatchEvent(new Event('online'))").await?;
        tokio::time::sleep(POLL).await;
        let answer = self.tab.cdp("Profiler.stop", json!({})).await?;
        self.tab.cdp("Profiler.disable", json!({})).await?;
        std::fs::write(file, answer.get("profile").context("there is a profile")?.to_string())?;
        Ok(())
    }

    /// The number of the newest post.
    pub fn newest(&self) -> u32 {
        self.blog.newest()
    }

    /// Scrolls through parts of the page that were never visible. Returns the times between frames.
    pub async fn scroll(&self, frames: usize) -> Result<Samples> {
        let mut times = Vec::new();
        for part in PARTS {
            times.extend(self.tab.frames(part, frames).await?);
        }
        Ok(times.into_iter().collect())
    }

    async fn scrolling(&mut self, rounds: &Rounds) -> Result<String> {
        println!("Scrolling …");
        let mut rows = Vec::new();
        for (name, plain) in [("reader", false), ("plain JavaScript, one flat list", true)] {
            if plain {
                self.tab.open_fresh(&self.site, &format!("{}?all", self.address(true))).await?;
                self.tab.until("every post is loaded", "return window.allLoaded === true").await?;
            } else {
                self.open().await?;
                self.load_all().await?;
            }
            let times = self.scroll(rounds.frames).await?;
            let nodes = self.tab.browser.script("return document.getElementsByTagName('*').length").await?;
            rows.push([
                name.to_owned(),
                format!("{:.1}", times.median()),
                format!("{:.1}", times.at(0.95)),
                format!("{:.1}", times.at(1.0)),
                format!("{:.1} %", times.share_over(FRAME) * 100.0),
                nodes.to_string(),
            ]);
        }
        Ok(format!(
            "### Scrolling through all posts\n\n{} frames at 150 px a frame, in three parts of the page that were not on \
             screen before; times between frames in ms.\n\n{}\n",
            PARTS.len() * rounds.frames,
            table(["", "median", "95 %", "worst", "over 17 ms", "elements"], &rows)
        ))
    }
}

/// A row of the table of polls: their cost without the cost of measuring.
fn row(name: String, polls: &[Poll], idle: Option<&[Poll]>) -> [String; 7] {
    let say = |of: fn(&Poll) -> f64| {
        let idle: Samples = idle.unwrap_or_default().iter().map(of).collect();
        let base = if idle.median().is_nan() { 0.0 } else { idle.median() };
        polls.iter().map(|poll| of(poll) - base).collect::<Samples>().say(1)
    };
    let requests: Samples = polls.iter().map(|poll| poll.sent.len() as f64).collect();
    let sent: Samples = polls.iter().map(|poll| poll.sent.iter().map(|it| it.bytes as f64).sum()).collect();
    [
        name,
        say(|poll| poll.tasks),
        say(|poll| poll.script),
        say(|poll| poll.layout),
        say(|poll| poll.style),
        format!("{:.0}", requests.median()),
        bytes(sent.median() as usize),
    ]
}

/// The desk's time for a post, with few and many posts: applying the change and encoding the head.
fn desk_costs(late: &Marathon) -> Result<String> {
    const TIMES: usize = 300;
    println!("Posts at the desk …");
    let early = Marathon::of(100)?;
    let cost = |from: &Marathon| -> Result<Samples> {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let mut blog = from.clone();
            let post = Change::Post(blog.next());
            let start = Instant::now();
            blog.apply(post)?;
            black_box(blog.head()?);
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
        Ok(times.into_iter().collect())
    };
    let (first, last) = (cost(&early)?, cost(late)?);
    let say = |times: &Samples| format!("{:.0} ({:.0}–{:.0})", times.median(), times.at(0.0), times.at(0.95));
    let rows = [
        ["post 101".to_owned(), say(&first), bytes(early.head()?.len())],
        [format!("post {}", late.newest() + 1), say(&last), bytes(late.head()?.len())],
    ];
    Ok(format!(
        "### A post at the desk\n\nApplying a post and making the bytes of the head, in µs (median, least to 95 %, of \
         {TIMES}). The later post costs {:.2} times what the early one does; both heads hold 50 posts, and the later one lists \
         key events and pages too.\n\n{}",
        last.median() / first.median(),
        table(["", "µs", "bytes of the head before"], &rows)
    ))
}

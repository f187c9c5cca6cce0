//! Dateline compared with a reader in plain JavaScript, in Chromium, by turns.

use std::fs;

use anyhow::{Context, Result};
use browser_tests::site::Site;
use dateline::content::{Block, Kind, decode};
use dateline::route::Route;
use serde_json::{Map, Value, json};

use crate::blog::{ID, Marathon};
use crate::live::{Bench, POSTS};
use crate::marks;
use crate::report::{Samples, bytes, machine, table};
use crate::rival::Rival;
use crate::tab::{DOWN, LATENCY, Tab};
use crate::visit::{Copies, Press, SAVE, SHARE, Visit, prepare, watch};

/// The story that is read.
const STORY: &str = "harbour-lights";
/// How many characters of a paragraph's beginning to look for.
const NEEDLE: usize = 40;
const MARKS: u32 = 100_000;
const SAVED: u32 = 5_000;

/// How often each thing is measured.
struct Rounds {
    visits: usize,
    again: usize,
    loads: usize,
    polls: usize,
    frames: usize,
    marks: usize,
}

/// A reader with a site of its own.
struct Reader {
    name: &'static str,
    site: Site,
}

struct Comparison {
    tab: Tab,
    /// The reader in plain JavaScript first: the others are compared with it.
    readers: Vec<Reader>,
    rounds: Rounds,
    path: String,
    /// Whether the build has prerendered pages. They are the last of the readers then.
    published: bool,
}

const RIVAL: &str = "plain JavaScript";
const EARLY: &str = "plain JavaScript, story preloaded";
const BARE: &str = "Dateline, bare shell";
const PUBLISHED: &str = "Dateline, published page";

/// Measures everything. Returns the report.
pub async fn measure(quick: bool) -> Result<String> {
    let rounds = if quick {
        Rounds { visits: 2, again: 2, loads: 1, polls: 2, frames: 100, marks: 2 }
    } else {
        Rounds { visits: 7, again: 5, loads: 2, polls: 5, frames: 300, marks: 5 }
    };
    let published = Site::start("/").await?;
    let (needle, page) = (needle(&published)?, format!("story/{STORY}/index.html"));
    let is_published = fs::read_to_string(published.folder().join(page))?.contains(&needle);
    let bare = Site::start("/").await?;
    strip(&bare)?;
    let (_, rival) = Rival::start().await?;
    let (early_pages, early) = Rival::start().await?;
    early_pages.add_early_page(&early, STORY)?;
    let mut readers = vec![
        Reader { name: RIVAL, site: rival },
        Reader { name: EARLY, site: early },
        Reader { name: BARE, site: bare },
    ];
    if is_published {
        readers.push(Reader { name: PUBLISHED, site: published });
    }
    readers.iter().try_for_each(|reader| prepare(&reader.site))?;

    let tab = Tab::start().await?;
    tab.phone().await?;
    let mut bench =
        Comparison { tab, readers, rounds, path: format!("story/{STORY}/"), published: is_published };
    let press = bench.press(&needle).await?;
    bench.tab.inject(&watch(&needle, &press)).await?;

    let mut text = format!(
        "## Beside a reader in plain JavaScript\n\n`cargo xtask bench reader` on {}: medians and ranges; a ratio (×) is of \
         medians, to the first column. The readers take turns, in one run. The one in plain JavaScript is in \
         `tests/browser/benches/reader/`: the same edition in the same style, written by hand, with no framework. All come \
         from the same host on this machine, in brotli. A phone's screen (412 × 823 at 1.75), CPU 4× slower, 1.5 Mbps down, \
         750 kbps up, {} ms for each request.\n\n",
        machine(&bench.tab.browser).await?,
        LATENCY.as_millis()
    );
    if !bench.published {
        text += "This build has no published pages: what stands for Dateline is its bare shell.\n\n";
    }
    if press.done.is_none() {
        text += "This build has no button that saves: what stands for it is the one that shares.\n\n";
    }
    // A run takes a quarter of an hour, so each result is printed at once.
    let tell = |part: String| {
        println!("\n{part}");
        part
    };
    let (first, visits) = bench.first_visit().await?;
    let first = tell(first);
    let (second, again) = bench.second_visit(&visits).await?;
    text += &tell(bench.targets(&visits, &again));
    text += &first;
    text += &tell(second);
    text += &tell(bench.storage().await?);
    let Comparison { tab, rounds, .. } = bench;
    tab.browser.quit().await?;
    text += &coverage(&rounds).await?;
    Ok(text)
}

/// Records when storage was first read, and when the last story's state was read from it in the same task.
const LOOKS: &str = "
    const { key, getItem } = Storage.prototype;
    Storage.prototype.key = function (at) { window.looks ??= { from: performance.now() }; return key.call(this, at); };
    Storage.prototype.getItem = function (name) {
        const text = getItem.call(this, name);
        if (window.looks && !looks.ended && /[/][rs][/][0-9a-f]{2}$/.test(name)) {
            looks.until = performance.now();
            queueMicrotask(() => { looks.ended = true; });
        }
        return text;
    };";

/// The beginning of the story's first paragraph.
fn needle(site: &Site) -> Result<String> {
    let file = site.folder().join("edition/stories").join(STORY).with_extension("json");
    let story = decode::story(&fs::read(file)?)?.value;
    let mut paragraphs = story.body.iter().filter_map(|block| match block {
        Block::Paragraph { text } => Some(text.to_plain().chars().take(NEEDLE).collect()),
        _ => None,
    });
    paragraphs.next().context("the story has a paragraph")
}

/// Removes the content of each published page.
fn strip(site: &Site) -> Result<()> {
    let edition = decode::edition(&fs::read(site.folder().join("edition/edition.json"))?)?.value;
    let sections = edition.sections.iter().map(|section| Route::Section(section.id.clone()));
    let stories = edition.teasers().map(|(_, teaser)| Route::Story(teaser.id.clone()));
    let mut routes = [Route::Front].into_iter().chain(sections).chain(stories);
    routes.try_for_each(|route| site.bare(&route.href(), route.to_base()))
}

impl Comparison {
    fn reader(&self, name: &str) -> Option<&Reader> {
        self.readers.iter().find(|reader| reader.name == name)
    }

    /// The button to press in this build.
    async fn press(&self, needle: &str) -> Result<Press> {
        let injected = self.tab.inject(&watch(needle, &SHARE)).await?;
        let bare = self.reader(BARE).context("the bare shell is measured")?;
        self.tab.browser.driver.goto(format!("{}{}", bare.site.url, self.path)).await?;
        self.tab.until("the story is there", "return window.bench.readable > 0").await?;
        let find =
            "return [...document.querySelectorAll('button')].some((it) => it.textContent.trim() === 'Save')";
        let saves = self.tab.browser.script(find).await? == Value::Bool(true);
        self.tab.remove(injected).await?;
        Ok(if saves { SAVE } else { SHARE })
    }

    async fn first_visit(&mut self) -> Result<(String, Vec<Vec<Visit>>)> {
        println!("First visits …");
        let mut visits: Vec<Vec<Visit>> = self.readers.iter().map(|_| Vec::new()).collect();
        // The first round is not counted: it compiles and compresses.
        for reader in &self.readers {
            self.tab.visit(&reader.site, &self.path, Copies::None).await?;
        }
        self.tab.slow(true).await?;
        for _ in 0..self.rounds.visits {
            for (reader, visits) in self.readers.iter().zip(&mut visits) {
                visits.push(self.tab.visit(&reader.site, &self.path, Copies::None).await?);
            }
        }
        self.tab.slow(false).await?;
        for (reader, visits) in self.readers.iter().zip(&visits) {
            visits.iter().take(1).for_each(|it| it.tell(reader.name));
        }
        let heads: Vec<&str> =
            [""].into_iter().chain(self.readers.iter().map(|reader| reader.name)).collect();
        let rows = [
            row("story readable, ms", &visits, 0, |it| it.readable),
            row("largest contentful paint, ms", &visits, 0, |it| it.largest),
            row("app ready: a press has had its effect, ms", &visits, 0, |it| it.ready),
            row("requests that ended before it was readable, beyond the page", &visits, 0, |it| it.requests),
            plain_row("requests in all", &visits, |it| it.sent.len()),
            plain_row("bytes in all", &visits, |it| it.bytes(false) as usize),
            plain_row("of pages, scripts, style and wasm", &visits, |it| it.bytes(true) as usize),
            row("main thread, all tasks, ms", &visits, 0, |it| it.tasks),
            row("of long tasks, what is beyond 50 ms (TBT), ms", &visits, 0, |it| it.blocked),
            row("longest task, ms", &visits, 0, |it| it.longest),
            row("layout shifts (CLS)", &visits, 3, |it| it.shift),
        ];
        Ok((format!("### A story, first visit\n\n{}\n", table(heads, &rows)), visits))
    }

    async fn second_visit(
        &self,
        first: &[Vec<Visit>],
    ) -> Result<(String, Vec<(&'static str, Copies, Vec<Visit>)>)> {
        println!("Second visits …");
        let mut found: Vec<(&'static str, Copies, Vec<Visit>)> = Vec::new();
        for reader in self.readers.iter().filter(|reader| reader.name != EARLY) {
            found.push((reader.name, Copies::Cache, Vec::new()));
            if reader.name != RIVAL && reader.site.folder().join("sw.js").exists() {
                found.push((reader.name, Copies::Worker, Vec::new()));
            }
        }
        for _ in 0..self.rounds.again {
            for (name, copies, visits) in &mut found {
                let reader = self.reader(name).context("it is measured")?;
                self.tab.come_before(&reader.site, &self.path, *copies).await?;
                self.tab.slow_processor(true).await?;
                reader.site.slow_line(Some((LATENCY, DOWN)));
                visits.push(self.tab.visit(&reader.site, &self.path, *copies).await?);
                reader.site.slow_line(None);
                self.tab.slow_processor(false).await?;
            }
        }
        for (name, copies, visits) in &found {
            visits.iter().take(1).for_each(|it| it.tell(&format!("{name}, {copies:?}")));
        }
        let first = samples(first.first().map(Vec::as_slice).unwrap_or_default(), |it| it.readable);
        let cached =
            found.first().map(|(_, _, visits)| samples(visits, |it| it.readable)).unwrap_or_default();
        let row = |(name, copies, visits): &(&'static str, Copies, Vec<Visit>)| {
            let readable = samples(visits, |it| it.readable);
            vec![
                (*name).to_owned(),
                if *copies == Copies::Worker { "service worker" } else { "the browser's cache" }.to_owned(),
                readable.say(0),
                format!("{:.2}", readable.ratio(&cached)),
                format!("{:.2}", readable.ratio(&first)),
                samples(visits, |it| it.ready).say(0),
                bytes(samples(visits, |it| it.bytes(false)).median() as usize),
            ]
        };
        let rows: Vec<Vec<String>> = found.iter().map(row).collect();
        let heads = [
            "",
            "copies from",
            "readable, ms",
            "× the first line",
            "× a first visit in plain JavaScript",
            "ready, ms",
            "bytes",
        ];
        let text = format!(
            "### A story, second visit\n\nThe edition is as it was; hashed files are immutable, all else is asked for again. The \
             slow line is the host's here, the same for all, since Chromium's own passes service workers by.\n\n{}\n",
            table(heads, &rows)
        );
        Ok((text, found))
    }

    /// The targets, and whether they were met.
    fn targets(&self, first: &[Vec<Visit>], again: &[(&'static str, Copies, Vec<Visit>)]) -> String {
        let (Some(rival), Some(ours)) = (first.first(), first.last()) else { return String::new() };
        let ratio = |of: fn(&Visit) -> f64| samples(ours, of).ratio(&samples(rival, of));
        let mut rows = vec![
            target("story readable, × plain JavaScript", ratio(|it| it.readable), "at most 0.40", |it| {
                it <= 0.40
            }),
            target("app ready, × plain JavaScript", ratio(|it| it.ready), "at most 1.30", |it| it <= 1.30),
        ];
        let worker = again.iter().rev().find(|(_, copies, _)| *copies == Copies::Worker);
        if let Some((_, _, visits)) = worker {
            let readable = samples(visits, |it| it.readable);
            let name = "second visit through the service worker, × a first visit in plain JavaScript";
            let times = readable.ratio(&samples(rival, |it| it.readable));
            rows.push(target(name, times, "at most 0.12", |it| it <= 0.12));
        }
        rows.push(target("TBT, ms", samples(ours, |it| it.blocked).median(), "at most 100", |it| {
            it <= 100.0
        }));
        rows.push(target("CLS, the worst", samples(ours, |it| it.shift).at(1.0), "0.000", |it| it < 0.0005));
        let who = if self.published { PUBLISHED } else { BARE };
        format!("### What is aimed at\n\nOf: {who}.\n\n{}\n", table(["", "measured", "aimed at", ""], &rows))
    }

    /// The cost of very many read marks.
    async fn storage(&self) -> Result<String> {
        println!("Storage …");
        let (rival, ours) =
            (self.reader(RIVAL).context("it is there")?, self.reader(BARE).context("it is there")?);
        let sides: [(&Reader, Map<String, Value>); 2] = [
            (rival, marks::of_rival(&rival.site, MARKS, SAVED)),
            (ours, marks::of_dateline(&ours.site, MARKS, SAVED)?),
        ];
        let mut rows = Vec::new();
        let mut times = [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]];
        for _ in 0..self.rounds.marks {
            for ((reader, marks), times) in sides.iter().zip(&mut times) {
                self.tab.come_before(&reader.site, &self.path, Copies::Cache).await?;
                self.tab.slow_processor(true).await?;
                for (full, times) in [false, true].into_iter().zip(times) {
                    self.tab.nowhere(&reader.site).await?;
                    self.tab.browser.script("localStorage.clear()").await?;
                    if full {
                        let keep = "for (const [name, value] of Object.entries(arguments[0])) localStorage.setItem(name, value)";
                        self.tab.browser.driver.execute(keep, vec![json!(marks)]).await?;
                    }
                    times.push(self.tab.visit(&reader.site, &self.path, Copies::Cache).await?.ready);
                }
                self.tab.slow_processor(false).await?;
            }
        }
        for ((reader, marks), [empty, full]) in sides.iter().zip(times) {
            let size: usize =
                marks.iter().map(|(name, value)| name.len() + value.as_str().map_or(0, str::len)).sum();
            let (empty, full): (Samples, Samples) = (empty.into_iter().collect(), full.into_iter().collect());
            rows.push([
                reader.name.to_owned(),
                bytes(size),
                empty.say(0),
                full.say(0),
                format!("{:.0}", full.median() - empty.median()),
            ]);
        }
        let heads = ["", "characters kept", "ready with none, ms", "ready with all, ms", "the difference"];
        Ok(format!(
            "### {} read marks and {} saved stories\n\nFrom opening the story to the app being ready, CPU 4× slower, no slow line, from the \
             browser's cache.\n\n{}\n\nAt this machine's own speed Dateline takes {} ms to read and understand all of them (at most 40 aimed at).\n",
            bytes(MARKS as usize),
            bytes(SAVED as usize),
            table(heads, &rows),
            self.loading(ours).await?.say(0)
        ))
    }

    /// How long it takes to read everything from storage.
    async fn loading(&self, reader: &Reader) -> Result<Samples> {
        let injected = self.tab.inject(LOOKS).await?;
        let mut times = Vec::new();
        for _ in 0..self.rounds.marks {
            self.tab.browser.driver.goto(format!("{}{}", reader.site.url, self.path)).await?;
            self.tab
                .until("the reader's own is there", "return Boolean(document.querySelector('.notices'))")
                .await?;
            let time = self.tab.browser.script("return looks.until - looks.from").await?;
            times.push(time.as_f64().context("a time")?);
        }
        self.tab.remove(injected).await?;
        Ok(times.into_iter().collect())
    }
}

fn samples(visits: &[Visit], of: fn(&Visit) -> f64) -> Samples {
    visits.iter().map(of).collect()
}

/// A row of the table: each reader's value, and its ratio to the first reader's.
fn row(name: &str, visits: &[Vec<Visit>], digits: usize, of: fn(&Visit) -> f64) -> Vec<String> {
    let all: Vec<Samples> = visits.iter().map(|visits| samples(visits, of)).collect();
    let cells = all.iter().enumerate().map(|(at, one)| {
        let times = all.first().map(|first| one.ratio(first)).filter(|times| at > 0 && times.is_finite());
        times.map_or_else(|| one.say(digits), |times| format!("{} × {times:.2}", one.say(digits)))
    });
    [name.to_owned()].into_iter().chain(cells).collect()
}

/// A row of numbers that hardly vary.
fn plain_row(name: &str, visits: &[Vec<Visit>], of: fn(&Visit) -> usize) -> Vec<String> {
    let median = |visits: &Vec<Visit>| visits.iter().map(|it| of(it) as f64).collect::<Samples>().median();
    let cells = visits.iter().map(|visits| bytes(median(visits) as usize));
    [name.to_owned()].into_iter().chain(cells).collect()
}

fn target(name: &str, measured: f64, aim: &str, is_met: impl Fn(f64) -> bool) -> [String; 4] {
    // Without a measurement, the target is missed.
    let word = if is_met(measured) { "met" } else { "**missed**" };
    let digits = if measured < 10.0 { 3 } else { 0 };
    [name.to_owned(), format!("{measured:.digits$}"), aim.to_owned(), word.to_owned()]
}

/// A live blog of ten thousand posts: both readers by turns, each in a browser of its own.
async fn coverage(rounds: &Rounds) -> Result<String> {
    println!("Making {POSTS} posts …");
    let blog = Marathon::of(POSTS)?;
    let (pages, site) = Rival::start().await?;
    blog.publish(&site)?;
    pages.add_page(&site, ID, Kind::Live)?;
    let rival = Bench::of(site, blog.clone()).await?;
    let site = Site::start("/").await?;
    strip(&site)?;
    blog.publish(&site)?;
    site.add_page(ID)?;
    let mut sides = [rival, Bench::of(site, blog).await?];
    let names = [RIVAL, BARE];

    println!("First screens of {POSTS} posts …");
    let mut screens = [Vec::new(), Vec::new()];
    for side in &sides {
        side.site.like_a_host();
        let _ = side.watch().await?;
        side.tab.phone().await?;
        side.load(false).await?;
        side.tab.slow(true).await?;
    }
    for _ in 0..rounds.loads {
        for (side, times) in sides.iter().zip(&mut screens) {
            times.push(side.load(false).await?.0);
        }
    }
    println!("All of them, and polls …");
    let (mut all, mut polls) = (Vec::new(), [Vec::new(), Vec::new()]);
    for side in &sides {
        side.tab.slow(false).await?;
        side.open().await?;
        all.push(side.load_all().await?.as_secs_f64());
        side.tab.browser.script("scrollTo(0, 0)").await?;
        // The first poll is not counted: it is the first with a cached copy.
        side.poll("online").await?;
    }
    for _ in 0..rounds.polls {
        for (side, times) in sides.iter_mut().zip(&mut polls) {
            let idle = side.poll("nothing-at-all").await?;
            side.publish_post()?;
            let post = side.poll("online").await?;
            side.ensure_came().await?;
            times.push(post.tasks - idle.tasks);
        }
    }
    println!("Scrolling …");
    let mut rows = Vec::new();
    for (((name, side), all), (screens, polls)) in
        names.into_iter().zip(&sides).zip(all).zip(screens.into_iter().zip(polls))
    {
        let frames = side.scroll(rounds.frames).await?;
        rows.push([
            name.to_owned(),
            Samples::from_iter(screens).say(0),
            format!("{all:.1}"),
            Samples::from_iter(polls).say(1),
            format!("{:.1}", frames.at(0.95)),
        ]);
    }
    for side in sides {
        side.tab.browser.quit().await?;
    }
    let heads = [
        "",
        "newest post on screen, ms",
        "all loaded, page by page, s",
        "a poll with one new post, ms",
        "95 % of frames, ms",
    ];
    Ok(format!(
        "### Live coverage of 10,000 posts\n\nThe first screen on the slow phone; the rest at this machine's own speed: what a \
         poll adds to the main thread with all posts on the page, and the time between frames while scrolling.\n\n{}\n",
        table(heads, &rows)
    ))
}

//! Publishing thousands of stories: everything, again without a change, and after one change. Compared with
//! Hugo, which makes pages from the same texts.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::blog::{Dice, sentences};
use crate::report::{Samples, processor, table};

const SECTIONS: [&str; 8] = ["World", "City", "Science", "Culture", "Sport", "Money", "Climate", "Opinion"];
/// How many tags there are; each story has three.
const TAGS: usize = 200;
/// How many stories of a section the desk puts on the front page.
const FIRST: usize = 12;
/// The story that changes.
const CHANGED: usize = 4_321;

/// Hugo's program, from `cargo xtask bench publish`.
struct Hugo {
    program: OsString,
    /// The folders of its libraries.
    libraries: Option<OsString>,
}

impl Hugo {
    fn get() -> Result<Self> {
        let program = env::var_os("DATELINE_HUGO").context("DATELINE_HUGO does not say where Hugo is")?;
        Ok(Self { program, libraries: env::var_os("DATELINE_HUGO_LIBRARIES") })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.envs(self.libraries.iter().map(|folders| ("LD_LIBRARY_PATH", folders)));
        command
    }

    fn version(&self) -> Result<String> {
        let told = self.command().arg("version").output().context("Hugo can't be started")?;
        ensure!(told.status.success(), "Hugo does not start: {}", String::from_utf8_lossy(&told.stderr));
        let told = String::from_utf8_lossy(&told.stdout);
        told.split_whitespace().nth(1).map(str::to_owned).context("Hugo tells no version")
    }
}

/// A generated story.
struct Story {
    id: String,
    section: &'static str,
    headline: String,
    standfirst: String,
    published: String,
    tags: Vec<String>,
    paragraphs: Vec<String>,
}

fn story(number: usize) -> Story {
    let mut dice = Dice(number as u64 * 104_729 + 1);
    let minute = number % 60;
    let (day, hour) = (1 + number / 24 % 28, number % 24);
    let tags = (0..3).map(|_| format!("topic {}", dice.below(TAGS))).collect();
    let headline: String = sentences(&mut dice, 1).chars().take(70).collect();
    Story {
        id: format!("story-{number:05}"),
        section: SECTIONS.get(number % SECTIONS.len()).copied().unwrap_or_default(),
        headline: format!("{} {number}", headline.trim()),
        standfirst: sentences(&mut dice, 1).trim().to_owned(),
        published: format!("2026-{:02}-{day:02}T{hour:02}:{minute:02}:00Z", 1 + number / 700 % 12),
        tags,
        paragraphs: (0..10 + dice.below(6)).map(|_| sentences(&mut dice, 2).trim().to_owned()).collect(),
    }
}

/// Writes an edition of this many stories. One of them differs in each `round`.
fn edition(folder: &Path, stories: usize, round: usize) -> Result<()> {
    let mut sections: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    fs::create_dir_all(folder.join("stories"))?;
    for number in 0..stories {
        let mut it = story(number);
        let changed = number == CHANGED.min(stories - 1) && round > 0;
        if changed {
            it.headline = format!("{} ({round})", it.headline);
        }
        let section = it.section.to_lowercase();
        let teaser = json!({ "id": it.id, "kind": "article", "headline": it.headline, "standfirst": it.standfirst,
            "published": it.published, "tags": it.tags });
        if round == 0 || changed {
            let body: Vec<Value> =
                it.paragraphs.iter().map(|text| json!({ "kind": "paragraph", "text": text })).collect();
            let story = json!({ "version": 1, "id": it.id, "kind": "article", "headline": it.headline,
                "standfirst": it.standfirst, "published": it.published, "tags": it.tags, "section": section,
                "byline": ["Ines Aldous"], "body": body });
            fs::write(folder.join("stories").join(format!("{}.json", it.id)), format!("{story:#}"))?;
        }
        sections.entry(it.section).or_default().push(teaser);
    }
    let sections: Vec<Value> = SECTIONS
        .iter()
        .map(|name| json!({ "id": name.to_lowercase(), "name": name, "teasers": sections.remove(name).unwrap_or_default() }))
        .collect();
    let edition = json!({ "version": 1, "publication": { "name": "The Marathon", "language": "en" }, "sections": sections });
    Ok(fs::write(folder.join("edition.json"), format!("{edition:#}"))?)
}

/// Writes the same texts for Hugo, which makes what the desk makes: a page for each story and section, the
/// front page with the first stories of each section, 404.html, a feed of the newest 50, and a sitemap. Its
/// templates do little.
fn hugo_site(folder: &Path, stories: usize) -> Result<()> {
    let layouts = folder.join("layouts").join("_default");
    fs::create_dir_all(&layouts)?;
    // Stories have dates all over a year. Hugo takes those after today for drafts, unless told otherwise. By
    // default it also writes a page for each tag, and a feed for each section with all its stories.
    let config = json!({
        "baseURL": "https://example.org/", "title": "The Marathon", "languageCode": "en", "buildFuture": true,
        "pluralizeListTitles": false,
        "disableKinds": ["taxonomy", "term"], "outputs": { "home": ["HTML", "RSS"], "section": ["HTML"] },
        "services": { "rss": { "limit": 50 } },
    });
    fs::write(folder.join("config.json"), format!("{config:#}"))?;
    let frame = |body: &str| {
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{{{{ .Title }}}}</title><meta name=\"description\" \
             content=\"{{{{ .Description }}}}\"><link rel=\"canonical\" href=\"{{{{ .Permalink }}}}\"></head><body><header>{{{{ range \
             .Site.Sections }}}}<a href=\"{{{{ .RelPermalink }}}}\">{{{{ .Title }}}}</a> {{{{ end }}}}</header>{body}</body></html>"
        )
    };
    let single = "<article><h1>{{ .Title }}</h1><p>{{ .Description }}</p><time>{{ .Date }}</time>{{ .Content }}</article>";
    fs::write(layouts.join("single.html"), frame(single))?;
    let list = |pages: &str| {
        format!(
            "<h1>{{{{ .Title }}}}</h1><ul>{{{{ range {pages} }}}}<li><a href=\"{{{{ .RelPermalink }}}}\">{{{{ .Title }}}}</a>\
             <p>{{{{ .Description }}}}</p></li>{{{{ end }}}}</ul>"
        )
    };
    fs::write(layouts.join("list.html"), frame(&list(".RegularPages")))?;
    let first = list(&format!("first {FIRST} .RegularPages"));
    let front = format!("{{{{ range .Site.Sections }}}}{first}{{{{ end }}}}");
    fs::write(layouts.join("home.html"), frame(&front))?;
    fs::write(folder.join("layouts").join("404.html"), frame("<h1>Not found</h1>"))?;
    for number in 0..stories {
        hugo_story(folder, &story(number))?;
    }
    Ok(())
}

fn hugo_story(folder: &Path, it: &Story) -> Result<()> {
    let place = folder.join("content").join(it.section.to_lowercase());
    fs::create_dir_all(&place)?;
    let head =
        json!({ "title": it.headline, "description": it.standfirst, "date": it.published, "tags": it.tags });
    Ok(fs::write(
        place.join(format!("{}.md", it.id)),
        format!("{head:#}\n\n{}\n", it.paragraphs.join("\n\n")),
    )?)
}

/// The result of a run.
struct Run {
    seconds: f64,
    /// Its peak memory in MB, if the system tells.
    memory: Option<f64>,
}

fn run(command: &mut Command) -> Result<Run> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut memory = None;
    loop {
        // Only Linux has this. Memory grows slowly, so it is read often enough.
        let now = fs::read_to_string(&status).unwrap_or_default();
        let most = now.lines().find_map(|line| {
            line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok()
        });
        memory = most.map(|kb| kb / 1024.0).or(memory);
        if let Some(end) = child.try_wait()? {
            ensure!(end.success(), "{command:?} failed");
            return Ok(Run { seconds: start.elapsed().as_secs_f64(), memory });
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// How many files of a folder were written since then.
fn written_since(folder: &Path, since: SystemTime) -> Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        if meta.is_dir() {
            count += written_since(&entry.path(), since)?;
        } else if meta.modified()? > since && !entry.file_name().to_string_lossy().starts_with('.') {
            count += 1;
        }
    }
    Ok(count)
}

/// How many stories have a page in a published folder.
fn pages_of_stories(folder: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.metadata()?.is_dir() {
            let is_story = entry.file_name().to_string_lossy().starts_with("story-");
            count += usize::from(is_story && entry.path().join("index.html").is_file());
            count += pages_of_stories(&entry.path())?;
        }
    }
    Ok(count)
}

/// Measures one tool: everything, no change, and one change, each `times` times.
fn tool(
    times: usize,
    out: &Path,
    publish: impl Fn() -> Command,
    change: impl Fn(usize) -> Result<()>,
) -> Result<([Samples; 3], [usize; 2], f64)> {
    let (mut whole, mut again, mut one) = (Vec::new(), Vec::new(), Vec::new());
    let (mut touched, mut memory) = ([usize::MAX, 0], 0.0_f64);
    for round in 0..times {
        // Moved aside, and removed at the end: for a minute after thousands of files were removed, Linux's
        // ext4 takes several times as long to create others.
        if out.exists() {
            fs::rename(out, out.with_extension(round.to_string()))?;
        }
        let run = run(&mut publish())?;
        whole.push(run.seconds);
        memory = memory.max(run.memory.unwrap_or(f64::NAN));
    }
    // Dates of files are coarse.
    let rest = || std::thread::sleep(Duration::from_millis(2_500));
    rest();
    run(&mut publish())?;
    for round in 0..times {
        rest();
        let before = SystemTime::now();
        again.push(run(&mut publish())?.seconds);
        // The age of a story on a page may change from one minute to the next.
        touched[0] = touched[0].min(written_since(out, before)?);
        change(round + 1)?;
        rest();
        let before = SystemTime::now();
        one.push(run(&mut publish())?.seconds);
        touched[1] = written_since(out, before)?;
    }
    Ok(([whole, again, one].map(Samples::from_iter), touched, memory))
}

/// Measures everything. Returns a report in Markdown.
pub fn measure(desk: &Path, app: &Path, stories: usize, times: usize) -> Result<String> {
    let hugo = Hugo::get()?;
    let version = hugo.version()?;
    // Other work of the machine makes everything slower. Only Linux tells.
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown").to_owned();
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    edition(&at("edition"), stories, 0)?;
    edition(&at("half"), stories / 2, 0)?;
    let publish = |edition: &str, out: &str| {
        let mut command = Command::new(desk);
        command.arg("publish").arg(at(edition)).arg("--app").arg(app).arg("--to").arg(at(out));
        command.args(["--base", "https://example.org/"]);
        command
    };
    let half = run(&mut publish("half", "half-out"))?.memory;
    let ([whole, again, one], touched, memory) = tool(
        times,
        &at("out"),
        || publish("edition", "out"),
        |round| edition(&at("edition"), stories, round),
    )?;
    let count = |number: usize| crate::report::bytes(number);
    let row = |name: &str, samples: &[&Samples; 3], touched: [usize; 2], memory: f64| {
        let [whole, again, one] = samples;
        [
            name.to_owned(),
            whole.say(2),
            format!("{:.2}", whole.median() * 1000.0 / stories as f64),
            again.say(2),
            one.say(2),
            count(touched[1]),
            format!("{memory:.0}"),
        ]
    };
    let mut rows = vec![row("`desk publish`", &[&whole, &again, &one], touched, memory)];
    ensure!(touched[0] == 0, "publishing again without a change has touched {} files", touched[0]);

    hugo_site(&at("hugo"), stories)?;
    let make = || {
        let mut command = hugo.command();
        command.arg("--quiet").arg("--source").arg(at("hugo")).arg("--destination").arg(at("hugo-out"));
        command.env("HUGO_CACHEDIR", at("hugo-cache"));
        command
    };
    let change = |round: usize| {
        let mut it = story(CHANGED.min(stories - 1));
        it.headline = format!("{} ({round})", it.headline);
        hugo_story(&at("hugo"), &it)
    };
    let ([whole, again, one], touched, memory) = tool(times, &at("hugo-out"), make, change)?;
    rows.push(row("Hugo", &[&whole, &again, &one], touched, memory));
    for out in ["out", "hugo-out"] {
        // A tool that leaves out stories would only seem faster.
        let pages = pages_of_stories(&at(out))?;
        ensure!(pages == stories, "{out} has pages of {pages} stories, not of {stories}");
    }
    let heads =
        ["", "whole, s", "a story, ms", "nothing new, s", "one change, s", "files touched", "memory, MB"];
    let words =
        (0..20).map(|number| story(number).paragraphs.join(" ").split_whitespace().count()).sum::<usize>()
            / 20;
    let half = half.context("the system tells no memory")?;
    Ok(format!(
        "## Publishing\n\n{} stories of {words} words in {} sections ({} runs each; medians, and the range). {}, with a load of {load} by other work when it began; Hugo {version}. Written by \
         `cargo xtask bench publish`.\n\n{}\nThe desk writes, beside each page and each file of the edition, both of them in brotli and gzip, \
         structured data, and who may like what; Hugo writes pages, a feed and a map alone, from templates that do as little as they can. Files \
         touched count the pressed copies. Half as many stories take {half:.0} MB: what grows is the edition itself and the ledger, not the stories.",
        count(stories),
        SECTIONS.len(),
        times,
        processor(),
        table(heads, &rows),
    ))
}

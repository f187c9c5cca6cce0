//! A live blog, the desk that writes it, and where the reader stands in it.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, Kind, until};
use browser_tests::site::Site;
use clap::Parser;
use std::path::PathBuf;

pub const STORM: &str = "Storm over the harbour";

/// The button that leads to what has come, or to the latest.
pub const PILL: &str = "queryByRole('button', /new update|^Latest update$/)";

/// Whether posts that are not loaded say that they could not be.
pub const GAPS: &str = "queryAllByRole('article', 'Updates that are not loaded yet')
    .some(gap => words(queryByRole('status', undefined, gap)).includes('could not be loaded'))";

/// A site with a live blog, and the desk that writes it.
pub struct Coverage {
    pub site: Site,
}

impl Coverage {
    pub async fn open(posts: u32) -> Result<Self> {
        let coverage = Self { site: Site::start("/").await? };
        coverage.live("open", &["--headline", STORM, "--interval", "5"])?;
        for number in 1..=posts {
            coverage.post(number)?;
        }
        coverage.site.add_page("storm")?;
        Ok(coverage)
    }

    pub fn edition(&self) -> PathBuf {
        self.site.folder().join("edition")
    }

    /// Runs `desk live …` on the edition.
    pub fn live(&self, command: &str, arguments: &[&str]) -> Result<()> {
        self.of("storm", command, arguments)
    }

    /// The same of other coverage.
    pub fn of(&self, id: &str, command: &str, arguments: &[&str]) -> Result<()> {
        let edition = self.edition().display().to_string();
        let story: &[&str] = if command == "open" { &["--id", id] } else { &[id] };
        let line = ["desk", "live", command, edition.as_str()].into_iter().chain(story.iter().copied());
        let cli = desk::Cli::try_parse_from(line.chain(arguments.iter().copied()))?;
        ensure!(desk::run(cli) == std::process::ExitCode::SUCCESS, "desk live {command} failed");
        Ok(())
    }

    pub fn post(&self, number: u32) -> Result<()> {
        let title = format!("Update number {number}");
        let text =
            format!("What is known at {number}. {}", "The ferries are held until the wind drops. ".repeat(4));
        let mut arguments = vec!["--title", &title, "--text", &text];
        if number.is_multiple_of(10) {
            arguments.push("--key");
        }
        self.live("post", &arguments)
    }

    pub fn url(&self) -> String {
        format!("{}story/storm/", self.site.url)
    }

    /// How often the head was asked for.
    pub fn polls(&self) -> usize {
        self.polls_of("storm")
    }

    /// The same of other coverage.
    pub fn polls_of(&self, id: &str) -> usize {
        let head = format!("edition/stories/{id}.json");
        self.site.asked().iter().filter(|path| **path == head).count()
    }
}

/// Scrolls to a post and gives its distance from the top of the window once that has settled.
pub async fn stand_at(browser: &Browser, post: u32) -> Result<f64> {
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
pub async fn settle(browser: &Browser) -> Result<()> {
    browser
        .driver
        .execute_async(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))",
            Vec::new(),
        )
        .await?;
    Ok(())
}

pub async fn top(browser: &Browser, post: u32) -> Result<f64> {
    let top = browser
        .script(&format!("return document.getElementById('{post}').getBoundingClientRect().top"))
        .await?;
    top.as_f64().context("the post is not on the page")
}

pub async fn wait_for_polls(coverage: &Coverage, count: usize) -> Result<()> {
    until("the head is asked for", async || Ok(coverage.polls() >= count)).await
}

/// A browser of the first kind that there is, for what hangs on no browser.
pub async fn one_browser() -> Result<Browser> {
    Browser::start(*Kind::all().first().context("a browser")?).await
}

/// Makes the page take the tab for out of sight, or in sight again.
pub async fn set_hidden(browser: &Browser, hidden: bool) -> Result<()> {
    let script = format!(
        "Object.defineProperty(document, 'hidden', {{configurable: true, get: () => {hidden}}});
         document.dispatchEvent(new Event('visibilitychange'))"
    );
    browser.script(&script).await.map(drop)
}

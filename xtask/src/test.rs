//! Runs all tests, the fastest first, and the benchmarks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::browsers::{self, Browsers};
use crate::shell::{command, failed_tests, run};
use crate::{dist, tools};

/// What there is to measure.
#[derive(clap::Subcommand)]
pub enum Bench {
    /// Dateline beside a reader written by hand in plain JavaScript: a story, live coverage, storage
    Reader {
        /// Measure less often, to try the benchmark itself out; nothing is written
        #[arg(long)]
        quick: bool,
    },
    /// Lighthouse's scores, as on a phone, and what costs some of them
    Lighthouse {
        /// Look once at each screen; nothing is written
        #[arg(long)]
        quick: bool,
    },
    /// A live blog of ten thousand posts: first screen, polls, scrolling, and the cost of a post at the desk
    Live {
        /// Measure less often, to try the benchmark itself out; nothing is written
        #[arg(long)]
        quick: bool,
        /// Write a CPU profile of a poll there, for Chromium's developer tools
        #[arg(long, value_name = "FILE")]
        profile: Option<PathBuf>,
    },
    /// Publishing ten thousand stories, whole and after one change, beside Hugo with the same texts
    Publish {
        /// Measure once, to try the benchmark itself out; nothing is written
        #[arg(long)]
        quick: bool,
    },
}

impl Default for Bench {
    fn default() -> Self {
        Self::Reader { quick: false }
    }
}

/// How many browser tests may fail once: more are no accident.
const MOST_SECOND_TRIES: usize = 2;
/// All features of the reader's crate that can be compiled natively.
const NATIVE: &str = "dateline/convert,dateline/encode,dateline/ssr";
const WASM: [&str; 6] = ["--package", "dateline", "--features", "csr", "--target", "wasm32-unknown-unknown"];

/// The steps so far, with the time that each took.
struct Steps(Vec<(&'static str, Duration)>);

impl Steps {
    fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("\n── {name}");
        let start = Instant::now();
        work().with_context(|| format!("the step '{name}' failed"))?;
        self.0.push((name, start.elapsed()));
        Ok(())
    }
}

/// Runs all tests; with `native`, only those that need no browser.
pub fn run_all(root: &Path, native: bool) -> Result<()> {
    let mut steps = Steps(Vec::new());
    let cargo = |arguments: &[&str]| run(command("cargo").current_dir(root).args(arguments));

    steps.step("tools for building", || tools::Tools::for_building(root).map(drop))?;
    steps.step("format", || cargo(&["fmt", "--all", "--check"]))?;
    steps.step("clippy, native", || {
        cargo(&[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--features",
            NATIVE,
            "--",
            "-D",
            "warnings",
        ])
    })?;
    steps.step("clippy, in the browser", || {
        let arguments =
            ["clippy", "--quiet", "--lib", "--bins"].into_iter().chain(WASM).chain(["--", "-D", "warnings"]);
        cargo(&arguments.collect::<Vec<_>>())
    })?;
    steps.step("the content alone", || cargo(&["check", "--quiet", "--package", "dateline"]))?;
    steps.step("native tests", || {
        cargo(&["test", "--workspace", "--exclude", "browser-tests", "--features", NATIVE])
    })?;
    steps.step("licences, bans, sources", || {
        let deny = tools::cargo_deny(root)?;
        run(command(deny).current_dir(root).args([
            "--log-level",
            "error",
            "check",
            "licenses",
            "bans",
            "sources",
        ]))
    })?;

    let (mut browsers, mut second_tries) = (None, Vec::new());
    if !native {
        let had = browsers.insert(Browsers::get(root)?);
        steps.step("release build and budget", || dist::dist(root, &dist::Options::default()))?;
        steps.step("browser tests", || {
            println!("{}", had.summary());
            // One test at a time: each drives three browsers.
            let tests = |names: &[String]| {
                let mut tests = command("cargo");
                tests.current_dir(root).args(["test", "--package", "browser-tests", "--no-fail-fast", "--"]);
                tests.arg("--test-threads=1").args(names).env("DATELINE_DIST", root.join("dist"));
                tests.env("DATELINE_APP", root.join("target").join("app"));
                // The error says what the test waited for; a backtrace through the runtime would bury it.
                tests.env("RUST_BACKTRACE", "0");
                had.tell(&mut tests);
                failed_tests(&mut tests)
            };
            let failed = tests(&[])?;
            if failed.is_empty() {
                return Ok(());
            }
            // A test that was too slow on a busy machine passes the second time. It should be looked at,
            // though.
            println!("\n{} tests needed a second try: {}", failed.len(), failed.join(", "));
            if failed.len() > MOST_SECOND_TRIES {
                bail!("more than {MOST_SECOND_TRIES} tests failed");
            }
            let again = tests(&failed)?;
            if !again.is_empty() {
                bail!("failed twice: {}", again.join(", "));
            }
            second_tries = failed;
            Ok(())
        })?;
    }

    println!("\nAll passed.");
    for (name, time) in &steps.0 {
        println!("{:>6.0} s  {name}", time.as_secs_f32());
    }
    if let Some(browsers) = browsers {
        println!("{}", browsers.summary());
        println!("{} browser tests needed a second try. {}", second_tries.len(), second_tries.join(", "));
    }
    Ok(())
}

/// Takes pictures of every page of the release build.
pub fn screenshots(root: &Path, into: &Path) -> Result<()> {
    let browsers = Browsers::get(root)?;
    dist::dist(root, &dist::Options::default())?;
    let mut program = command("cargo");
    program
        .current_dir(root)
        .args(["run", "--package", "browser-tests", "--bin", "screenshots", "--"])
        .arg(into);
    program.env("DATELINE_DIST", root.join("dist"));
    browsers.tell(&mut program);
    run(&mut program)
}

/// Measures the release build.
pub fn bench(root: &Path, what: &Bench) -> Result<()> {
    if let Bench::Publish { quick } = what {
        return bench_publishing(root, *quick);
    }
    let browsers = Browsers::get(root)?;
    let mut program = bench_program(root);
    match what {
        Bench::Publish { .. } => {}
        Bench::Reader { quick } => {
            program.arg("reader").args(quick.then_some("--quick"));
        }
        Bench::Lighthouse { quick } => {
            program.arg("lighthouse").args(quick.then_some("--quick"));
            program.env("DATELINE_LIGHTHOUSE", browsers::lighthouse(root)?);
        }
        Bench::Live { quick, profile } => {
            program.arg("live").args(quick.then_some("--quick"));
            if let Some(file) = profile {
                // The program runs in the repository's folder, wherever xtask was called.
                program.arg("--profile").arg(std::path::absolute(file)?);
            }
        }
    }
    program.env("DATELINE_DIST", root.join("dist"));
    browsers.tell(&mut program);
    run(&mut program)
}

/// Makes the release build. Returns the program that measures it.
fn bench_program(root: &Path) -> Command {
    // A build over its budget can still be measured.
    if let Err(error) = dist::dist(root, &dist::Options::default()) {
        println!("{error:#}");
    }
    let mut program = command("cargo");
    program.current_dir(root).args([
        "run",
        "--release",
        "--package",
        "browser-tests",
        "--bin",
        "bench",
        "--",
    ]);
    program.arg("--into").arg(root.join("docs").join("performance.md"));
    program
}

/// Measures the desk, which needs no browser.
fn bench_publishing(root: &Path, quick: bool) -> Result<()> {
    let hugo = browsers::hugo()?;
    let mut program = bench_program(root);
    run(command("cargo").current_dir(root).args(["build", "--release", "--package", "desk"]))?;
    program.arg("publish");
    let target = root.join("target");
    let desk = target.join("release").join(format!("desk{}", std::env::consts::EXE_SUFFIX));
    program.arg("--desk").arg(desk).arg("--app").arg(target.join("app")).args(quick.then_some("--quick"));
    program.env("DATELINE_HUGO", hugo.program);
    program.envs(hugo.libraries.map(|folders| ("DATELINE_HUGO_LIBRARIES", folders)));
    run(&mut program)
}

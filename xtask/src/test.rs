//! Every test, in the order in which a failure is found soonest.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::browsers::Browsers;
use crate::shell::{command, run};
use crate::{dist, tools};

/// All that the reader's crate has when it is compiled natively.
const NATIVE: &str = "dateline/convert,dateline/encode,dateline/ssr";
const WASM: [&str; 6] = ["--package", "dateline", "--features", "csr", "--target", "wasm32-unknown-unknown"];

/// The steps that were taken, with their times.
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

/// Runs them all; with `native` only those that need no browser.
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
        crate::style::bundle(root)?;
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

    let mut browsers = None;
    if !native {
        let had = browsers.insert(Browsers::get(root)?);
        steps.step("release build and budget", || dist::dist(root, &dist::Options::default()))?;
        steps.step("browser tests", || {
            println!("{}", had.summary());
            let mut tests = command("cargo");
            tests
                .current_dir(root)
                .args(["test", "--package", "browser-tests"])
                .env("DATELINE_DIST", root.join("dist"));
            had.tell(&mut tests);
            run(&mut tests)
        })?;
    }

    println!("\nAll passed.");
    for (name, time) in &steps.0 {
        println!("{:>6.0} s  {name}", time.as_secs_f32());
    }
    if let Some(browsers) = browsers {
        println!("{}", browsers.summary());
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

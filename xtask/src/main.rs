//! Developers' commands: `cargo xtask serve`, `test`, `dist` and a few smaller ones.
//!
//! Each command downloads missing tools, and says what it does and how long that takes. Errors are text
//! (`anyhow`), because only people read them.

mod browsers;
mod budget;
mod dist;
mod schema;
mod shell;
mod test;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use shell::{command, run};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Developers' commands of Dateline")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the reader and serves the demonstration edition on this machine, with reload on change
    Serve {
        /// The port to listen on
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Runs every test
    Test {
        /// Leave out what needs the built reader and a browser
        #[arg(long)]
        native: bool,
    },
    /// Makes the release build in `dist/` and prints its sizes
    Dist(dist::Options),
    /// Takes pictures of every page, to be looked at
    Screenshots {
        /// The folder to put them into
        #[arg(long, default_value = "screenshots")]
        into: PathBuf,
    },
    /// Measures the release build (`reader`, if nothing else is named) and writes the results into docs/performance.md
    Bench {
        #[command(subcommand)]
        what: Option<test::Bench>,
    },
    /// Writes the JSON Schemas in `docs/schema/`
    Schema,
}

fn main() -> ExitCode {
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn work() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("this crate is in the repository")?;
    match Cli::parse().command {
        Command::Serve { port } => serve(root, port),
        Command::Test { native } => test::run_all(root, native),
        Command::Dist(options) => dist::dist(root, &options),
        Command::Screenshots { into } => test::screenshots(root, &into),
        Command::Bench { what } => test::bench(root, &what.unwrap_or_default()),
        Command::Schema => schema::write(root),
    }
}

fn serve(root: &Path, port: u16) -> Result<()> {
    let start = Instant::now();
    let tools = tools::Tools::for_building(root)?;
    println!("Tools are there after {:.0} s.", start.elapsed().as_secs_f32());
    println!(
        "Building the reader, about a minute the first time, then serving http://127.0.0.1:{port}/ (end with Ctrl-C)."
    );
    let mut trunk = command(tools.trunk());
    trunk.current_dir(root).env("PATH", tools.path()?).env_remove("NO_COLOR");
    run(trunk
        .args([
            "serve",
            "--offline",
            "true",
            "--skip-version-check",
            "--public-url",
            "/",
            "--dist",
            "target/serve",
            "--port",
        ])
        .arg(port.to_string()))
}

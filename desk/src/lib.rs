//! The desk: the publisher's command-line tool. It turns a newsroom's files into editions. It uses the same content
//! code as the app, so it accepts exactly what readers will see.
//!
//! `import` reads sources ([`source`]), converts them with `dateline::convert`, completes them to stories
//! ([`import`]) and writes those into an edition's folder ([`folder`]). `live` writes live blogs post by post
//! ([`live`]). `pictures` makes responsive images for an edition that exists already ([`widen`]). `check` reads a
//! folder as the app would ([`check`]). `publish` makes a folder for static hosts from an edition and the app
//! ([`publish`]), and `serve` serves that folder locally ([`serve`]).

pub mod check;
pub mod folder;
pub mod import;
mod ledger;
pub mod live;
mod pictures;
pub mod publish;
pub mod serve;
pub mod source;
pub mod widen;
mod widths;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::{Parser, Subcommand};
use dateline::content::Timestamp;

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "desk", version, about = "Turns what newsrooms have into Dateline editions")]
pub struct Cli {
    /// How long to wait for another desk that is writing to the edition, in seconds
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = folder::PATIENCE.as_secs())]
    wait: u64,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Turn text, Markdown, saved web pages or answers of the Content API into stories of an edition
    Import {
        /// The files to read
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The edition's folder; created if it does not exist
        #[arg(long, value_name = "EDITION")]
        into: PathBuf,
        /// The section for the stories
        #[arg(long, value_name = "NAME")]
        section: Option<String>,
        /// The format of the files, if their names don't tell
        #[arg(long = "as", value_name = "FORMAT")]
        format: Option<source::Format>,
    },
    /// Write live coverage: open it, add posts, edit and withdraw them, end it
    Live {
        #[command(subcommand)]
        command: live::command::Live,
    },
    /// Make responsive images from local pictures that have only one width
    Pictures {
        /// The edition's folder
        edition: PathBuf,
    },
    /// Make a folder for any static host from an edition and the app
    Publish {
        /// The edition's folder
        edition: PathBuf,
        /// The app, as built by Trunk
        #[arg(long, value_name = "TRUNK_DIST")]
        app: PathBuf,
        /// The folder to publish into; only files that differ are written
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
        /// Where the folder will be, ending in `/`: its address (for search engines, previews and feeds), or only its
        /// path
        #[arg(long, value_name = "URL")]
        base: Option<String>,
        /// How many threads to use (default: one for each core)
        #[arg(long, value_name = "COUNT")]
        threads: Option<usize>,
        /// How much time to spend on compressing each page with brotli and gzip
        #[arg(long, value_name = "HOW", default_value = "quick")]
        press: publish::press::Press,
    },
    /// Serve a published folder on this machine, as a static host does
    Serve {
        /// The published folder
        folder: PathBuf,
        /// The port to listen on; 0 for any free port
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// The path to serve it at, beginning and ending in `/`
        #[arg(long, value_name = "PATH", default_value = "/")]
        at: String,
    },
    /// Report what is wrong with an edition
    Check {
        /// The edition's folder
        edition: PathBuf,
    },
}

/// Runs a command: results go to standard output, warnings and errors to standard error.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let patience = Duration::from_secs(cli.wait);
    match cli.command {
        Command::Import { files, into, section, format } => {
            let request = import::Request { files, into, section, format, now: now() };
            match import::import_within(&request, patience) {
                Ok(imported) => {
                    imported.warnings.iter().for_each(|warning| eprintln!("desk: {warning}"));
                    imported.files.iter().for_each(|file| println!("{}", file.display()));
                    ExitCode::SUCCESS
                }
                Err(error) => fail(&error),
            }
        }
        Command::Live { command } => {
            let warn = |warning: &str| eprintln!("desk: {warning}");
            match live::command::run(command, patience, now, &warn, &|done| println!("{done}")) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => fail(&error),
            }
        }
        Command::Pictures { edition } => match widen::widen(&edition, patience, now) {
            Ok(report) => {
                report.warnings.iter().for_each(|warning| eprintln!("desk: {warning}"));
                println!("{report}");
                ExitCode::SUCCESS
            }
            Err(error) => fail(&error),
        },
        Command::Publish { edition, app, to, base, threads, press } => {
            let request = publish::Request { edition, app, to, base, now: now(), threads, press, patience };
            match publish::publish(&request) {
                Ok(report) => {
                    report.warnings.iter().for_each(|warning| eprintln!("desk: {warning}"));
                    println!("{report}");
                    ExitCode::SUCCESS
                }
                Err(error) => fail(&error),
            }
        }
        Command::Serve { folder, port, at } => {
            let told = |address: &str| println!("Serving {address} (end with Ctrl-C).");
            match serve::Served::new(&folder, &at).and_then(|served| serve::serve(served, port, told)) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => fail(&error),
            }
        }
        Command::Check { edition } => match check::check(&edition) {
            Ok(report) => {
                report.problems.iter().for_each(|problem| println!("{problem}"));
                println!("{report}");
                if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
            }
            Err(error) => fail(&error),
        },
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("desk: {error}");
    ExitCode::FAILURE
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Whole seconds are precise enough.
    Timestamp::from_millis(i64::try_from(since.as_secs()).unwrap_or_default() * 1000)
}

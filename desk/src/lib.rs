//! The desk: the publisher's command-line tool. It turns what newsrooms have into editions, and shares
//! the content code with the reader, so that what it accepts is what readers see.
//!
//! `import` reads sources ([`source`]), has `dateline::convert` make drafts of them, completes those to
//! stories ([`import`]) and writes them into an edition's folder ([`folder`]). `live` writes live coverage post
//! by post ([`live`]). `pictures` makes the widths of pictures that an edition has already ([`widen`]). `check` reads a folder as
//! the reader would ([`check`]). `publish` makes of an edition and the
//! app what a host serves ([`publish`]), and `serve` serves it here ([`serve`]).

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
        /// The edition's folder; made where there is none
        #[arg(long, value_name = "EDITION")]
        into: PathBuf,
        /// The section that the stories go into
        #[arg(long, value_name = "NAME")]
        section: Option<String>,
        /// What the files are, where their names don't tell
        #[arg(long = "as", value_name = "FORMAT")]
        format: Option<source::Format>,
    },
    /// Write live coverage: open it, add posts, edit and withdraw them, end it
    Live {
        #[command(subcommand)]
        command: live::command::Live,
    },
    /// Make the widths of local pictures that an edition has in one width alone
    Pictures {
        /// The edition's folder
        edition: PathBuf,
    },
    /// Make a folder for any static host out of an edition and the app
    Publish {
        /// The edition's folder
        edition: PathBuf,
        /// The app, as Trunk has built it
        #[arg(long, value_name = "TRUNK_DIST")]
        app: PathBuf,
        /// The folder to publish into; only what changes is written there
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
        /// Where that folder will be, with `/` at the end: its address (for search engines, previews and feeds), or its path alone
        #[arg(long, value_name = "URL")]
        base: Option<String>,
        /// How many threads to use; as many as there are cores if not given
        #[arg(long, value_name = "COUNT")]
        threads: Option<usize>,
        /// How much time to spend on brotli and gzip of each page
        #[arg(long, value_name = "HOW", default_value = "quick")]
        press: publish::press::Press,
    },
    /// Serve a published folder on this machine, as a good static host does
    Serve {
        /// The folder that was published into
        folder: PathBuf,
        /// The port to listen on; 0 for any that is free
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// The path to serve it at, with `/` at both ends
        #[arg(long, value_name = "PATH", default_value = "/")]
        at: String,
    },
    /// Say what is wrong with an edition
    Check {
        /// The edition's folder
        edition: PathBuf,
    },
}

/// Carries out a command: what it did goes to standard output, what is wrong to standard error.
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
    // Whole seconds: nobody publishes to the millisecond.
    Timestamp::from_millis(i64::try_from(since.as_secs()).unwrap_or_default() * 1000)
}

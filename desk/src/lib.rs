//! The desk: the publisher's command-line tool. It turns what newsrooms have into editions, and shares
//! the content code with the reader, so that what it accepts is what readers see.
//!
//! `import` reads sources ([`source`]), has `dateline::convert` make drafts of them, completes those to
//! stories ([`import`]) and writes them into an edition's folder ([`folder`]). `live` writes live coverage post
//! by post ([`live`]). `check` reads a folder as the reader would ([`check`]).

pub mod check;
pub mod folder;
pub mod import;
mod ledger;
pub mod live;
mod pictures;
pub mod source;

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

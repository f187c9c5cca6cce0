//! Benchmarks of the release build in Chromium: `cargo xtask bench`.
//!
//! Times depend on the machine, so no test depends on them. Results are printed, and written into their block
//! of `docs/performance.md`.

mod blog;
mod lighthouse;
mod live;
mod marks;
mod memory;
mod publish;
mod reader;
mod report;
mod rival;
mod tab;
mod visit;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Cli {
    /// The page that has blocks for the results
    #[arg(long, value_name = "FILE")]
    into: PathBuf,
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Dateline beside a reader written by hand in plain JavaScript: a story, live coverage, storage
    Reader {
        /// Measure less often, to try the benchmark itself out; nothing is written
        #[arg(long)]
        quick: bool,
    },
    /// Lighthouse's scores, as on a phone
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
        /// Write a CPU profile of a poll with all posts loaded there, for Chromium's developer tools
        #[arg(long, value_name = "FILE")]
        profile: Option<PathBuf>,
    },
    /// Publishing ten thousand stories, whole and after one change, beside Hugo with the same texts
    Publish {
        /// The desk
        #[arg(long, value_name = "FILE")]
        desk: PathBuf,
        /// The app, as Trunk has built it
        #[arg(long, value_name = "FOLDER")]
        app: PathBuf,
        /// How many stories
        #[arg(long, default_value_t = 10_000)]
        stories: usize,
        /// Measure once, to try the benchmark itself out; nothing is written
        #[arg(long)]
        quick: bool,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    let (name, quick, text) = match cli.bench {
        Bench::Live { quick, profile } => ("live", quick, live::measure(quick, profile.as_deref()).await?),
        Bench::Reader { quick } => ("reader", quick, reader::measure(quick).await?),
        Bench::Publish { desk, app, stories, quick } => {
            ("publish", quick, publish::measure(&desk, &app, stories, if quick { 1 } else { 3 })?)
        }
        Bench::Lighthouse { quick } => ("lighthouse", quick, lighthouse::measure(quick).await?),
    };
    println!("{text}");
    if quick { Ok(()) } else { report::write(&cli.into, name, &text) }
}

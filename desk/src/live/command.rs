//! The command line of `desk live`, and what it prints.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{ArgAction, ArgGroup, Subcommand};
use dateline::content::live::{PostNumber, SHORTEST_INTERVAL};
use dateline::content::{Block, LanguageTag, LiveState, Picture, StoryId, Timestamp};
use dateline::convert::html::Base;
use dateline::convert::markdown;

use super::blog::{Change, Changed, Edit, NewPost};
use super::{LiveError, Opening, Place, change, matter, open, replay, tidy};
use crate::pictures::{self, Copies};
use crate::source;

/// The warning that `desk check` would give later.
const NO_ALT: &str = "the picture has no alternative text (--alt; '' for one that only decorates)";

/// The commands for a live blog.
#[derive(Debug, Subcommand)]
pub(crate) enum Live {
    /// Begin a live blog
    Open {
        /// The edition's folder; created if it does not exist
        edition: PathBuf,
        /// The id of the story, which is part of its address
        #[arg(long, value_parser = story_id)]
        id: StoryId,
        /// The headline
        #[arg(long, value_name = "TEXT")]
        headline: String,
        /// The section for the live blog
        #[arg(long, value_name = "NAME")]
        section: Option<String>,
        /// A sentence or two under the headline
        #[arg(long, value_name = "TEXT")]
        standfirst: Option<String>,
        /// How often readers may poll, in seconds, at least 5
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(i64::from(SHORTEST_INTERVAL)..))]
        interval: Option<u32>,
        /// The language, if it is not the publication's
        #[arg(long, value_name = "TAG", value_parser = language)]
        language: Option<LanguageTag>,
    },
    /// Add a post
    Post {
        #[command(flatten)]
        at: At,
        /// The text, in Markdown; '-' reads standard input
        #[arg(long, value_name = "MARKDOWN", allow_hyphen_values = true, required_unless_present_any = ["title", "image"])]
        text: Option<String>,
        /// The title
        #[arg(long)]
        title: Option<String>,
        /// The author
        #[arg(long)]
        author: Option<String>,
        /// It is a key event
        #[arg(long)]
        key: bool,
        /// Pin it
        #[arg(long)]
        pin: bool,
        /// A picture at the end of the post
        #[arg(long, value_name = "FILE")]
        image: Option<PathBuf>,
        /// The alternative text of the picture; '' for a decorative one
        #[arg(long, value_name = "TEXT", requires = "image")]
        alt: Option<String>,
        /// When it was posted (RFC 3339), if not now
        #[arg(long = "at", value_name = "TIME", value_parser = time)]
        time: Option<Timestamp>,
    },
    /// Change a post; what is not given stays
    #[command(group = ArgGroup::new("what").args(["text", "title", "author", "key", "image", "alt"]).required(true).multiple(true))]
    Edit {
        #[command(flatten)]
        at: At,
        /// The number of the post
        post: PostNumber,
        /// The text, in Markdown; '-' reads standard input. A picture at the end of the post stays
        #[arg(long, value_name = "MARKDOWN", allow_hyphen_values = true)]
        text: Option<String>,
        /// The title; '' for none
        #[arg(long)]
        title: Option<String>,
        /// The author; '' for none
        #[arg(long)]
        author: Option<String>,
        /// Whether it is a key event
        #[arg(long, value_name = "true|false", action = ArgAction::Set)]
        key: Option<bool>,
        /// The picture at the end of the post; '' for none
        #[arg(long, value_name = "FILE")]
        image: Option<OsString>,
        /// The alternative text of that picture; '' for a decorative one
        #[arg(long, value_name = "TEXT")]
        alt: Option<String>,
    },
    /// Withdraw a post; its number and the reason stay
    Withdraw {
        #[command(flatten)]
        at: At,
        /// The number of the post
        post: PostNumber,
        /// The reason, for readers
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Pin a post, so that it is shown first
    Pin {
        #[command(flatten)]
        at: At,
        /// The number of the post
        post: PostNumber,
    },
    /// Unpin the pinned post
    Unpin {
        #[command(flatten)]
        at: At,
    },
    /// Set the summary of what has happened so far
    Summary {
        #[command(flatten)]
        at: At,
        /// The summary, in Markdown; '-' reads standard input, '' removes it
        #[arg(long, value_name = "MARKDOWN", allow_hyphen_values = true)]
        text: String,
    },
    /// Pause the coverage
    Pause {
        #[command(flatten)]
        at: At,
    },
    /// Resume the coverage
    Resume {
        #[command(flatten)]
        at: At,
    },
    /// End the coverage
    End {
        #[command(flatten)]
        at: At,
    },
    /// Remove files of older posts that are no longer named
    Tidy {
        #[command(flatten)]
        at: At,
        /// Keep files that were replaced less than this long ago: readers may still ask for them
        #[arg(long, value_name = "MINUTES", default_value_t = tidy::GRACE)]
        older_than: u64,
    },
    /// Replay recorded coverage into an edition, post by post
    Replay {
        #[command(flatten)]
        at: At,
        /// A live blog of an edition, or an answer of the Content API with a live blog
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// How many times faster than it happened; 0 or 'max' does not wait at all
        #[arg(long, value_name = "N", default_value = "1", value_parser = replay::Speed::parse)]
        speed: replay::Speed,
    },
}

/// Which live blog.
#[derive(Debug, clap::Args)]
pub(crate) struct At {
    /// The edition's folder
    edition: PathBuf,
    /// The id of the live blog
    #[arg(value_parser = story_id)]
    id: StoryId,
}

/// Runs a command; `warn` gets what was left out, and `say` what was done.
pub(crate) fn run(
    command: Live,
    patience: Duration,
    clock: fn() -> Timestamp,
    warn: &dyn Fn(&str),
    say: &dyn Fn(&str),
) -> Result<(), LiveError> {
    let told = |changed: &Changed| say(&in_words(changed));
    let place = |at: &At, does: &dyn Fn(&Place<'_>) -> Result<Changed, LiveError>| {
        does(&Place { edition: &at.edition, id: &at.id, patience, clock }).map(|changed| told(&changed))
    };
    let simple = |at: &At, wanted: Change| place(at, &|place| change(place, wanted.clone(), &Copies::new()));
    match command {
        Live::Open { edition, id, headline, section, standfirst, interval, language } => {
            let matter = matter(headline, standfirst.as_deref(), language);
            let changed = open(
                &Place { edition: &edition, id: &id, patience, clock },
                Opening { matter, section, interval },
            )?;
            told(&changed);
            Ok(())
        }
        Live::Post { at, text, title, author, key, pin, image, alt, time } => {
            let mut copies = Copies::new();
            let mut body = text.map(|text| body(&text, &mut copies, warn)).transpose()?.unwrap_or_default();
            if let Some(image) = &image {
                let picture = Picture { alt, ..picture(image, &mut copies, warn)? };
                if picture.alt.is_none() {
                    warn(NO_ALT);
                }
                body.push(Block::Figure { picture });
            }
            let new = Change::Post(NewPost { time, updated: None, title, author, key, pin, body });
            place(&at, &|place| change(place, new.clone(), &copies))
        }
        Live::Edit { at, post, text, title, author, key, image, alt } => {
            let mut copies = Copies::new();
            let text = text.map(|text| body(&text, &mut copies, warn)).transpose()?;
            let picture = image.map(|image| match image.is_empty() {
                true => Ok(None),
                false => picture(Path::new(&image), &mut copies, warn).map(Some),
            });
            let picture = picture.transpose()?;
            if matches!(picture, Some(Some(_))) && alt.is_none() {
                warn(NO_ALT);
            }
            let edit = Edit { text, title, author, key, picture, alt };
            place(&at, &|place| change(place, Change::Edit(post, edit.clone()), &copies))
        }
        Live::Withdraw { at, post, reason } => simple(&at, Change::Withdraw(post, reason)),
        Live::Pin { at, post } => simple(&at, Change::Pin(post)),
        Live::Unpin { at } => simple(&at, Change::Unpin),
        Live::Summary { at, text } => {
            let mut copies = Copies::new();
            let summary = body(&text, &mut copies, warn)?;
            place(&at, &|place| change(place, Change::Summary(summary.clone()), &copies))
        }
        Live::Pause { at } => simple(&at, Change::State(LiveState::Paused)),
        Live::Resume { at } => simple(&at, Change::State(LiveState::Live)),
        Live::End { at } => simple(&at, Change::State(LiveState::Ended)),
        Live::Tidy { at, older_than } => {
            let place = Place { edition: &at.edition, id: &at.id, patience, clock };
            let tidied = tidy::tidy(&place, Duration::from_secs(older_than.saturating_mul(60)))?;
            say(&tidied.to_string());
            Ok(())
        }
        Live::Replay { at, from, speed } => {
            let place = Place { edition: &at.edition, id: &at.id, patience, clock };
            replay::replay(&place, &from, speed, &mut |event| match event {
                replay::Event::Did(changed) => told(changed),
                replay::Event::LeftOut(warning) => warn(warning),
            })
        }
    }
}

/// The result of a change as text: `post 17, revision 40`.
fn in_words(changed: &Changed) -> String {
    match changed.post {
        Some(post) => format!("post {post}, revision {}", changed.revision),
        None => format!("revision {}", changed.revision),
    }
}

/// Markdown as blocks, with pictures from the working folder or below it.
fn body(text: &str, copies: &mut Copies, warn: &dyn Fn(&str)) -> Result<Vec<Block>, LiveError> {
    let text = match text {
        "-" => source::read_text(io::stdin().lock()).map_err(LiveError::Input)?,
        text => text.to_owned(),
    };
    let mut body = markdown::body(&text);
    let mut warnings = Vec::new();
    pictures::bring_into(&mut body, Path::new("."), &Base::Unknown, copies, &mut warnings);
    warnings.iter().for_each(|warning| warn(warning));
    Ok(body)
}

fn picture(file: &Path, copies: &mut Copies, warn: &dyn Fn(&str)) -> Result<Picture, LiveError> {
    let mut warnings = Vec::new();
    let picture = pictures::file(file, copies, &mut warnings);
    warnings.iter().for_each(|warning| warn(warning));
    picture.map_err(|why| LiveError::Picture { path: file.to_owned(), why })
}

fn story_id(text: &str) -> Result<StoryId, String> {
    StoryId::parse(text)
        .ok_or_else(|| "use letters, digits, '-', '_' and '.', the first not '-' or '.'".to_owned())
}

fn language(text: &str) -> Result<LanguageTag, String> {
    LanguageTag::parse(text).ok_or_else(|| "use a language tag, as in 'en' or 'pt-BR'".to_owned())
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "use a date and time, as in 2026-04-26T14:02:00+02:00".to_owned())
}

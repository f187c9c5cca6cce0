//! Foreign formats in: plain text, Markdown, HTML and the Guardian's Content API become a [`Draft`], which
//! whoever publishes it completes to a story.
//!
//! Whatever comes in here is taken for hostile. HTML goes through one linear tokenizer and one allow list
//! ([`html`]), which the other converters use too; what comes out is typed content, and no HTML is left.

pub mod guardian;
pub mod html;
pub mod markdown;
pub mod page;
pub mod text;
mod tree;

use crate::content::decode::DecodeError;
use crate::content::{
    Author, Block, Correction, Direction, Href, Kind, LanguageTag, LiveState, Picture, RelatedLink,
    SectionId, Story, StoryId, Text, Timestamp,
};

/// What a source says of a story. All that it does not say is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The id that its author gave it.
    pub id: Option<String>,
    /// The headline.
    pub headline: String,
    /// A word or two above the headline.
    pub kicker: Option<String>,
    /// The sentence or two under the headline.
    pub standfirst: Text,
    /// Who wrote it.
    pub byline: Vec<Author>,
    /// The place that it is filed from.
    pub dateline: Option<String>,
    /// When it was first published.
    pub published: Option<Timestamp>,
    /// When it last changed.
    pub updated: Option<Timestamp>,
    /// What it is about.
    pub tags: Vec<String>,
    /// The name of its section.
    pub section: Option<String>,
    /// Its language.
    pub language: Option<LanguageTag>,
    /// The way its lines run.
    pub direction: Option<Direction>,
    /// Its main picture.
    pub image: Option<Picture>,
    /// What a reader in a hurry needs to know.
    pub takeaways: Vec<Text>,
    /// What was wrong and has been put right.
    pub corrections: Vec<Correction>,
    /// The text.
    pub body: Vec<Block>,
    /// Where it was published first. Relative addresses of its pictures count from there.
    pub canonical: Option<Href>,
    /// Its posts, where it is a live blog.
    pub coverage: Option<Coverage>,
}

/// What a source says of a live blog beside what every story has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Whether it goes on.
    pub state: LiveState,
    /// What has happened so far.
    pub summary: Vec<Block>,
    /// Its posts, oldest first.
    pub posts: Vec<DraftPost>,
    /// The one of [`posts`](Self::posts) that is to be read first.
    pub pinned: Option<usize>,
}

/// What a source says of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftPost {
    /// When it was posted.
    pub time: Timestamp,
    /// When it was last edited.
    pub updated: Option<Timestamp>,
    /// What it is about.
    pub title: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Whether it is a turn of events.
    pub key: bool,
    /// What it says.
    pub body: Vec<Block>,
}

impl Coverage {
    /// Everything in it that is blocks.
    pub fn parts_mut(&mut self) -> impl Iterator<Item = &mut Vec<Block>> {
        std::iter::once(&mut self.summary).chain(self.posts.iter_mut().map(|post| &mut post.body))
    }
}

impl Draft {
    /// The article that this is, with what a draft may be without; of a live blog, all but its coverage.
    #[must_use]
    pub fn into_article(self, id: StoryId, section: Option<SectionId>, published: Timestamp) -> Story {
        Story {
            id,
            kind: Kind::Article,
            language: self.language,
            direction: self.direction,
            section,
            headline: self.headline,
            kicker: self.kicker,
            standfirst: self.standfirst,
            byline: self.byline,
            dateline: self.dateline,
            published,
            updated: self.updated,
            tags: self.tags,
            image: self.image,
            takeaways: self.takeaways,
            corrections: self.corrections,
            body: self.body,
            related: Vec::new(),
            canonical: self.canonical,
            live: None,
        }
    }
}

/// Why nothing can be made of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConvertError {
    /// There is no text in it.
    Empty,
    /// There is text, and nothing that could be a headline.
    NoHeadline,
    /// The front matter is not what it should be.
    FrontMatter(String),
    /// It is not the JSON that it should be.
    Json(DecodeError),
    /// It is JSON, and not of this format.
    Foreign(String),
}

impl std::fmt::Display for ConvertError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no story in it"),
            Self::NoHeadline => f.write_str("it has no headline"),
            Self::FrontMatter(why) => write!(f, "its front matter can't be read: {why}"),
            Self::Json(failure) => failure.fmt(f),
            Self::Foreign(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for ConvertError {}

/// An author of whom only the name is known.
fn author(name: &str) -> Author {
    Author { name: name.to_owned(), href: None, picture: None }
}

/// A `Read also` line: the headline, and `LIVE |` before it for live coverage.
fn read_also(words: &str, href: Option<Href>) -> RelatedLink {
    let (headline, live) = match words.split_once('|') {
        Some((mark, headline)) if mark.trim().eq_ignore_ascii_case("live") => (headline.trim(), true),
        _ => (words.trim(), false),
    };
    RelatedLink { headline: headline.to_owned(), story: None, href, live }
}

/// What follows `Read also:` in a line that begins so.
fn after_read_also(line: &str) -> Option<&str> {
    let lead = line.get(.."read also".len()).filter(|lead| lead.eq_ignore_ascii_case("read also"))?;
    let words = line.get(lead.len()..)?.trim_start().strip_prefix([':', '：'])?.trim();
    (!words.is_empty()).then_some(words)
}

/// Calls `visit` with every picture of a body.
pub fn each_picture(body: &mut Vec<Block>, visit: &mut dyn FnMut(Picture) -> Option<Picture>) {
    body.retain_mut(|block| match block {
        Block::Figure { picture } => visit(picture.clone()).map(|visited| *picture = visited).is_some(),
        Block::Gallery { pictures, .. } => {
            *pictures = std::mem::take(pictures).into_iter().filter_map(&mut *visit).collect();
            !pictures.is_empty()
        }
        Block::FactBox { body, .. } | Block::QuestionAnswer { answer: body, .. } => {
            each_picture(body, visit);
            true
        }
        _ => true,
    });
}

//! A story: what a reader opens.

use std::sync::Arc;

use super::body::Block;
use super::dates::Timestamp;
use super::id::{SectionId, StoryId};
use super::inline::Text;
use super::language::{Direction, LanguageTag};
use super::link::{Href, RelatedLink};
use super::live::{Live, PostSlot};
use super::picture::Picture;

/// What kind of thing a story is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "encode",
    derive(serde::Serialize, schemars::JsonSchema),
    serde(rename_all = "lowercase")
)]
pub enum Kind {
    /// Written once, and then corrected or updated as a whole.
    Article,
    /// A live blog: written post by post as something happens.
    Live,
}

/// An article, or the head matter of a live blog.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Story {
    /// Which story.
    pub id: StoryId,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Its language; the publication's where it has none of its own.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub language: Option<LanguageTag>,
    /// The way its lines run, where that is not its language's own.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub direction: Option<Direction>,
    /// The section it belongs to.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub section: Option<SectionId>,
    /// The headline.
    #[cfg_attr(feature = "encode", schemars(length(min = 1)))]
    pub headline: String,
    /// A word or two above the headline.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub kicker: Option<String>,
    /// The sentence or two under the headline.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Text::has_no_parts", default))]
    pub standfirst: Text,
    /// Who wrote it.
    #[cfg_attr(
        feature = "encode",
        serde(skip_serializing_if = "Vec::is_empty", default),
        schemars(with = "Vec<super::encode::AuthorOrName>")
    )]
    pub byline: Vec<Author>,
    /// The place that it is filed from.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub dateline: Option<String>,
    /// When it was first published.
    pub published: Timestamp,
    /// When it last changed in substance.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub updated: Option<Timestamp>,
    /// What it is about.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub tags: Vec<String>,
    /// Its main picture.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub image: Option<Picture>,
    /// What a reader in a hurry needs to know.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub takeaways: Vec<Text>,
    /// What was wrong and has been put right.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub corrections: Vec<Correction>,
    /// The text.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub body: Vec<Block>,
    /// Stories that belong to it.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub related: Vec<RelatedLink>,
    /// Where it was published first.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub canonical: Option<Href>,
    /// The live matter of a live blog. One that has none is shown as an article.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub live: Option<Arc<Live>>,
}

/// Somebody who wrote a story.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Author {
    /// Their name, as it stands in the byline.
    pub name: String,
    /// Where there is more of theirs.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub href: Option<Href>,
    /// Their portrait.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub picture: Option<Picture>,
}

/// What was wrong and has been put right.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Correction {
    /// When it was put right.
    pub time: Timestamp,
    /// What was wrong, and what is right.
    pub text: Text,
}

/// Where a related link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a story of this edition.
    Story(StoryId),
    /// Elsewhere.
    Elsewhere(Href),
}

impl Story {
    /// Every picture of it, in the order of its page. Those of a live blog's older posts are in other files.
    #[must_use]
    pub fn pictures(&self) -> Vec<&Picture> {
        let portraits = self.byline.iter().filter_map(|author| author.picture.as_ref());
        let mut found: Vec<&Picture> = self.image.iter().chain(portraits).collect();
        pictures_in(&self.body, &mut found);
        if let Some(live) = &self.live {
            pictures_in(&live.summary, &mut found);
            let posts = live.posts.iter().filter_map(|entry| match entry {
                PostSlot::Post(post) => Some(post),
                PostSlot::Withdrawn(_) => None,
            });
            for post in live.pinned.iter().chain(posts) {
                pictures_in(&post.body, &mut found);
            }
        }
        found
    }

    /// The way that its lines run: its own, else its language's. `None` where it has neither, and is as
    /// the publication.
    #[must_use]
    pub fn runs(&self) -> Option<Direction> {
        self.direction.or_else(|| self.language.as_ref().map(LanguageTag::direction))
    }
}

fn pictures_in<'a>(blocks: &'a [Block], found: &mut Vec<&'a Picture>) {
    for block in blocks {
        match block {
            Block::Figure { picture } => found.push(picture),
            Block::Gallery { pictures, .. } => found.extend(pictures),
            Block::QuestionAnswer { answer, .. } => pictures_in(answer, found),
            Block::FactBox { body, .. } => pictures_in(body, found),
            _ => {}
        }
    }
}

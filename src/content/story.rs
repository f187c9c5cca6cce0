//! Stories: articles and live blogs.

use std::sync::Arc;

use super::body::Block;
use super::dates::Timestamp;
use super::id::{SectionId, StoryId};
use super::inline::Text;
use super::language::{Direction, LanguageTag};
use super::link::{Href, RelatedLink};
use super::live::{Live, PostSlot};
use super::picture::Picture;

/// The kind of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "encode",
    derive(serde::Serialize, schemars::JsonSchema),
    serde(rename_all = "lowercase")
)]
pub enum Kind {
    /// An article: written once, and then corrected or updated as a whole.
    Article,
    /// A live blog: written post by post as something happens.
    Live,
}

/// An article, or the head of a live blog.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Story {
    /// Its id.
    pub id: StoryId,
    /// Its kind.
    pub kind: Kind,
    /// Its language, if that is not the publication's.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub language: Option<LanguageTag>,
    /// Its text direction, if that is not the usual one of its language.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub direction: Option<Direction>,
    /// Its section.
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
    /// Its authors.
    #[cfg_attr(
        feature = "encode",
        serde(skip_serializing_if = "Vec::is_empty", default),
        schemars(with = "Vec<super::encode::AuthorOrName>")
    )]
    pub byline: Vec<Author>,
    /// The dateline: the place from which it was filed.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub dateline: Option<String>,
    /// When it was first published.
    pub published: Timestamp,
    /// When it last changed in substance.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub updated: Option<Timestamp>,
    /// Tags.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub tags: Vec<String>,
    /// Its main picture.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub image: Option<Picture>,
    /// Key points, for readers in a hurry.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub takeaways: Vec<Text>,
    /// A correction.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub corrections: Vec<Correction>,
    /// The text.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub body: Vec<Block>,
    /// Related stories.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub related: Vec<RelatedLink>,
    /// The address where it was first published.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub canonical: Option<Href>,
    /// The live part of a live blog. A live blog without it is shown as an article.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub live: Option<Arc<Live>>,
}

/// An author.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Author {
    /// Their name, as in the byline.
    pub name: String,
    /// Their page.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub href: Option<Href>,
    /// Their portrait.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub picture: Option<Picture>,
}

/// A correction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Correction {
    /// When it was made.
    pub time: Timestamp,
    /// What was wrong, and what is right.
    pub text: Text,
}

/// The target of a related link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A story of this edition.
    Story(StoryId),
    /// Another address.
    Elsewhere(Href),
}

impl Story {
    /// All its pictures, in the order of the page. Those of a live blog's older posts are in other files.
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

    /// Its text direction: its own, else that of its language; `None` if it has neither, and is that of the
    /// publication.
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

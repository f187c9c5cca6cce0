//! An edition: what a publication offers now, as sections of teasers in the editor's order.

use std::collections::HashMap;
use std::sync::Arc;

use super::dates::Timestamp;
use super::id::{SectionId, StoryId, TimeZone};
use super::language::{Direction, LanguageTag};
use super::link::{Href, RelatedLink};
use super::live::{LiveState, LiveTeaser};
use super::picture::Picture;
use super::story::{Kind, Story, Target};
use super::text::folded;

/// An edition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Edition {
    /// The publication.
    pub publication: Publication,
    /// Its sections, in the editor's order. The first teaser of the first one leads the front page.
    pub sections: Vec<Section>,
}

/// A source of stories.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Publication {
    /// Its name, as in the masthead.
    #[cfg_attr(feature = "encode", schemars(length(min = 1)))]
    pub name: String,
    /// A line under the name.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub tagline: Option<String>,
    /// Its home page.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub home: Option<Href>,
    /// Its language.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub language: Option<LanguageTag>,
    /// Its text direction, if that is not the usual one of its language.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub direction: Option<Direction>,
    /// The time zone of its newsroom, which readers can choose for times.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub time_zone: Option<TimeZone>,
}

/// A section of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Section {
    /// Its id, which is part of its address.
    pub id: SectionId,
    /// Its name.
    #[cfg_attr(feature = "encode", schemars(length(min = 1)))]
    pub name: String,
    /// Its teasers, in the editor's order.
    pub teasers: Vec<Arc<Teaser>>,
}

/// What a front page knows of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Teaser {
    /// The id of the story.
    pub id: StoryId,
    /// The kind of the story.
    pub kind: Kind,
    /// Its language, if that is not the publication's.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub language: Option<LanguageTag>,
    /// Its text direction, if that is not the usual one of its language.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub direction: Option<Direction>,
    /// The headline.
    #[cfg_attr(feature = "encode", schemars(length(min = 1)))]
    pub headline: String,
    /// A word or two above the headline.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub kicker: Option<String>,
    /// The sentence or two under the headline.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub standfirst: Option<String>,
    /// Its picture.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub image: Option<Picture>,
    /// When it was first published.
    pub published: Timestamp,
    /// When it last changed in substance.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub updated: Option<Timestamp>,
    /// Tags.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub tags: Vec<String>,
    /// The state of a live blog.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub live: Option<LiveTeaser>,
}

impl Publication {
    /// Its text direction.
    #[must_use]
    pub fn runs(&self) -> Option<Direction> {
        self.direction.or_else(|| self.language.as_ref().map(LanguageTag::direction))
    }
}

impl Teaser {
    /// Whether it is a live blog that has not ended.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.kind == Kind::Live && self.live.as_ref().is_none_or(|live| live.state != LiveState::Ended)
    }

    /// Its text direction.
    #[must_use]
    pub fn runs(&self) -> Option<Direction> {
        self.direction.or_else(|| self.language.as_ref().map(LanguageTag::direction))
    }
}

impl Edition {
    /// What the edition says of each story, to be searched in: its section, kicker, standfirst and tags.
    #[must_use]
    pub fn search_texts(&self) -> HashMap<&StoryId, String> {
        let text = |section: &Section, teaser: &Teaser| {
            let words = [Some(&section.name), teaser.kicker.as_ref(), teaser.standfirst.as_ref()];
            let words = words.into_iter().flatten().chain(&teaser.tags);
            words.map(String::as_str).collect::<Vec<_>>().join(" ")
        };
        self.teasers().map(|(section, teaser)| (&teaser.id, text(section, teaser))).collect()
    }

    /// The section with this id.
    #[must_use]
    pub fn section(&self, id: &SectionId) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == *id)
    }

    /// Every teaser with its section, in the editor's order.
    pub fn teasers(&self) -> impl Iterator<Item = (&Section, &Arc<Teaser>)> {
        self.sections.iter().flat_map(|section| section.teasers.iter().map(move |teaser| (section, teaser)))
    }

    /// The teaser of a story.
    #[must_use]
    pub fn teaser(&self, id: &StoryId) -> Option<&Arc<Teaser>> {
        self.teasers().map(|(_, teaser)| teaser).find(|teaser| teaser.id == *id)
    }

    /// The target of a related link: the story or address that it names, else the story in this edition with
    /// its headline. `None` if there is none yet.
    #[must_use]
    pub fn target(&self, link: &RelatedLink) -> Option<Target> {
        if let Some(id) = &link.story {
            return Some(Target::Story(id.clone()));
        }
        if let Some(href) = &link.href {
            return Some(Target::Elsewhere(href.clone()));
        }
        let headline = folded(&link.headline);
        let mut teasers = self.teasers().filter(|_| !headline.is_empty());
        teasers
            .find(|(_, teaser)| folded(&teaser.headline) == headline)
            .map(|(_, teaser)| Target::Story(teaser.id.clone()))
    }

    /// Whether a related link leads to a live blog that has not ended, according to the edition, else to the
    /// link.
    #[must_use]
    pub fn is_live(&self, link: &RelatedLink) -> bool {
        match self.target(link) {
            Some(Target::Story(id)) => self.teaser(&id).map_or(link.live, |teaser| teaser.is_live()),
            _ => link.live,
        }
    }

    /// At most `most` related stories: those that share most with `story` (two points for a tag, one for the
    /// section), newest first among equals. Never the story itself, and none that shares nothing.
    #[must_use]
    pub fn also_like(&self, story: &Story, most: usize) -> Vec<Arc<Teaser>> {
        let tags: Vec<String> = story.tags.iter().map(|tag| folded(tag)).collect();
        let mut scored: Vec<(usize, &Arc<Teaser>)> = self
            .teasers()
            .filter(|(_, teaser)| teaser.id != story.id)
            .map(|(section, teaser)| {
                let shared = teaser.tags.iter().filter(|tag| tags.contains(&folded(tag))).count();
                (2 * shared + usize::from(story.section.as_ref() == Some(&section.id)), teaser)
            })
            .filter(|(score, _)| *score > 0)
            .collect();
        // Only a few are wanted of what may be thousands. Picking the best one repeatedly needs no sorting,
        // which keeps the app small.
        let mut best = Vec::new();
        while best.len() < most {
            let next = (0..scored.len()).max_by_key(|at| {
                scored.get(*at).map(|(score, teaser)| (*score, teaser.published, usize::MAX - at))
            });
            let Some(next) = next else { break };
            best.push(Arc::clone(scored.remove(next).1));
        }
        best
    }
}

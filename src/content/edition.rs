//! What a publication offers now: sections of teasers, in its editor's order.

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
    /// Whose edition it is.
    pub publication: Publication,
    /// Its sections, in the editor's order. The first teaser of the first one leads the front page.
    pub sections: Vec<Section>,
}

/// A source of stories.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Publication {
    /// Its name, as it stands in the masthead.
    #[cfg_attr(feature = "encode", schemars(length(min = 1)))]
    pub name: String,
    /// A line under the name.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub tagline: Option<String>,
    /// Where it is at home.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub home: Option<Href>,
    /// Its language.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub language: Option<LanguageTag>,
    /// The way its lines run, where that is not its language's own.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub direction: Option<Direction>,
    /// The time zone of its newsroom, for readers who want to know times as it does.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub time_zone: Option<TimeZone>,
}

/// A section of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Section {
    /// Which section; it is part of its address.
    pub id: SectionId,
    /// Its name.
    #[cfg_attr(feature = "encode", schemars(length(min = 1)))]
    pub name: String,
    /// Its stories, in the editor's order.
    pub teasers: Vec<Arc<Teaser>>,
}

/// What a front page knows of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct Teaser {
    /// Which story.
    pub id: StoryId,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Its language, where that is not the publication's.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub language: Option<LanguageTag>,
    /// The way its lines run, where that is not its language's own.
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
    /// What it is about.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Vec::is_empty", default))]
    pub tags: Vec<String>,
    /// How a live blog stands.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub live: Option<LiveTeaser>,
}

impl Publication {
    /// The way that its lines run.
    #[must_use]
    pub fn runs(&self) -> Option<Direction> {
        self.direction.or_else(|| self.language.as_ref().map(LanguageTag::direction))
    }
}

impl Teaser {
    /// Whether it leads to live coverage that is not over.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.kind == Kind::Live && self.live.as_ref().is_none_or(|live| live.state != LiveState::Ended)
    }

    /// The way that its lines run. `None` where it is as the publication.
    #[must_use]
    pub fn runs(&self) -> Option<Direction> {
        self.direction.or_else(|| self.language.as_ref().map(LanguageTag::direction))
    }
}

impl Edition {
    /// The section of that id.
    #[must_use]
    pub fn section(&self, id: &SectionId) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == *id)
    }

    /// Every teaser with its section, in the editor's order.
    pub fn teasers(&self) -> impl Iterator<Item = (&Section, &Arc<Teaser>)> {
        self.sections.iter().flat_map(|section| section.teasers.iter().map(move |teaser| (section, teaser)))
    }

    /// The teaser of that story.
    #[must_use]
    pub fn teaser(&self, id: &StoryId) -> Option<&Arc<Teaser>> {
        self.teasers().map(|(_, teaser)| teaser).find(|teaser| teaser.id == *id)
    }

    /// Where a related link leads: to the story or address that it names, else to the story of this
    /// edition that has its headline. `None` where it leads nowhere yet.
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

    /// Whether a related link leads to live coverage: what the edition knows of its story, else what the
    /// link says.
    #[must_use]
    pub fn is_live(&self, link: &RelatedLink) -> bool {
        match self.target(link) {
            Some(Target::Story(id)) => self.teaser(&id).map_or(link.live, |teaser| teaser.is_live()),
            _ => link.live,
        }
    }

    /// At most `most` stories for under `story`: those that share most with it (two for a tag, one for
    /// the section), newest first among equals; never itself, and none that shares nothing.
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
        // A handful is wanted of what may be thousands: taking the best again and again needs no sorting,
        // whose code every reader would load.
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

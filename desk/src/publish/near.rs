//! What a story's page shows of the edition: related stories, and stories that it links to.
//!
//! Searching ten thousand teasers for each of ten thousand pages would be slow. So the edition is indexed once, and
//! each story gets a small edition with the few teasers that its page may show. The components choose the same
//! related stories from the small edition as from the whole one: its teasers are in the same order, and none that
//! would be chosen is missing. A property test compares the two.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use dateline::content::live::PostSlot;
use dateline::content::text::folded;
use dateline::content::{Block, Edition, RelatedLink, Section, SectionId, Story, Teaser, Timestamp};
use serde::{Deserialize, Serialize};

/// How many related stories a page shows at most. The small edition may have more teasers than the page shows.
const OFFERED: usize = 4;

/// What a story needs of its edition.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// Its own id.
    id: Box<str>,
    /// Its tags, case-folded.
    tags: Box<[Box<str>]>,
    /// Its section.
    section: Option<Box<str>>,
    /// The stories that it links to by id.
    stories: Box<[Box<str>]>,
    /// The headlines that it links to, case-folded.
    headlines: Box<[Box<str>]>,
}

/// The links of a story within its edition, while they are collected.
#[derive(Default)]
struct Links {
    stories: Vec<Box<str>>,
    headlines: Vec<Box<str>>,
}

impl Needs {
    /// What `story` needs.
    #[must_use]
    pub fn of(story: &Story) -> Self {
        let mut tags: Vec<Box<str>> = story.tags.iter().map(|tag| folded(tag).into()).collect();
        tags.sort();
        tags.dedup();
        let mut links = Links::default();
        story.related.iter().for_each(|link| links.link(link));
        links.blocks(&story.body);
        if let Some(live) = &story.live {
            links.blocks(&live.summary);
            live.pinned.iter().for_each(|post| links.blocks(&post.body));
            links.posts(&live.posts);
        }
        Self {
            id: story.id.as_str().into(),
            tags: tags.into(),
            section: story.section.as_ref().map(|id| id.as_str().into()),
            stories: links.stories.into(),
            headlines: links.headlines.into(),
        }
    }

    /// What posts on a page of their own need.
    #[must_use]
    pub fn of_posts(posts: &[PostSlot]) -> Self {
        let mut links = Links::default();
        links.posts(posts);
        Self { stories: links.stories.into(), headlines: links.headlines.into(), ..Self::default() }
    }
}

impl Links {
    fn posts(&mut self, posts: &[PostSlot]) {
        for entry in posts {
            if let PostSlot::Post(post) = entry {
                self.blocks(&post.body);
            }
        }
    }

    fn blocks(&mut self, body: &[Block]) {
        for block in body {
            match block {
                Block::Related(link) => self.link(link),
                Block::QuestionAnswer { answer, .. } => self.blocks(answer),
                Block::FactBox { body, .. } => self.blocks(body),
                _ => {}
            }
        }
    }

    fn link(&mut self, link: &RelatedLink) {
        if let Some(id) = &link.story {
            self.stories.push(id.as_str().into());
        } else if link.href.is_none() {
            self.headlines.push(folded(&link.headline).into());
        }
    }
}

/// An edition with its indexes.
pub struct Near<'a> {
    edition: &'a Edition,
    /// Each teaser with its section's number and its time, which is compared often.
    teasers: Vec<(usize, Timestamp, &'a Arc<Teaser>)>,
    by_id: HashMap<&'a str, usize>,
    by_headline: HashMap<String, usize>,
    by_tag: HashMap<String, Vec<usize>>,
    /// The teasers of each section, newest first.
    by_section: HashMap<&'a SectionId, Vec<usize>>,
}

impl<'a> Near<'a> {
    /// Indexes `edition`.
    #[must_use]
    pub fn new(edition: &'a Edition) -> Self {
        let mut near = Self {
            edition,
            teasers: Vec::new(),
            by_id: HashMap::new(),
            by_headline: HashMap::new(),
            by_tag: HashMap::new(),
            by_section: HashMap::new(),
        };
        for (number, section) in edition.sections.iter().enumerate() {
            for teaser in &section.teasers {
                let at = near.teasers.len();
                near.teasers.push((number, teaser.published, teaser));
                near.by_id.entry(teaser.id.as_str()).or_insert(at);
                near.by_headline.entry(folded(&teaser.headline)).or_insert(at);
                near.by_section.entry(&section.id).or_default().push(at);
                for tag in &teaser.tags {
                    near.by_tag.entry(folded(tag)).or_default().push(at);
                }
            }
        }
        for list in near.by_section.values_mut() {
            let published = |at: &usize| near.teasers.get(*at).map(|(_, published, _)| *published);
            // The sort is stable: of two equally new teasers, the first stays first.
            list.sort_by_key(|at| std::cmp::Reverse(published(at)));
        }
        near
    }

    /// The teasers that a story's page may show, in the edition's order.
    #[must_use]
    pub fn around(&self, needs: &Needs) -> Vec<usize> {
        // The score of each teaser: two for each shared tag. This runs for thousands of stories, so it only looks at
        // teasers that share a tag.
        let mut shared = vec![0_u16; self.teasers.len()];
        let mut sharing = Vec::new();
        for at in needs.tags.iter().filter_map(|tag| self.by_tag.get(&**tag)).flatten() {
            if let Some(score) = shared.get_mut(*at) {
                if *score == 0 {
                    sharing.push(*at);
                }
                *score = score.saturating_add(2);
            }
        }
        let section =
            self.edition.sections.iter().position(|it| Some(it.id.as_str()) == needs.section.as_deref());
        let other = |at: &usize| self.teasers.get(*at).is_some_and(|(.., it)| it.id.as_str() != &*needs.id);
        let rank = |at: usize| {
            let (own, published) = self.teasers.get(at).map(|(it, published, _)| (*it, *published)).unzip();
            let score = shared.get(at).copied().unwrap_or(0) + u16::from(own.is_some() && own == section);
            (score, published, usize::MAX - at)
        };
        let in_section =
            section.and_then(|at| self.edition.sections.get(at)).and_then(|it| self.by_section.get(&it.id));
        let alone = in_section.into_iter().flatten().filter(|at| shared.get(**at) == Some(&0) && other(at));
        let mut best: Vec<(_, usize)> = Vec::with_capacity(OFFERED + 1);
        for at in alone.take(OFFERED).chain(&sharing) {
            let rank = rank(*at);
            // Most are ruled out by their scores, which are quicker to compare than ids.
            if best.get(OFFERED - 1).is_some_and(|(least, _)| *least >= rank) || !other(at) {
                continue;
            }
            let place = best.iter().position(|(it, _)| *it < rank).unwrap_or(best.len());
            best.insert(place, (rank, *at));
            best.truncate(OFFERED);
        }
        let by_id = needs.stories.iter().filter_map(|id| self.by_id.get(&**id).copied());
        let by_headline = needs.headlines.iter().filter(|headline| !headline.is_empty());
        let by_headline = by_headline.filter_map(|headline| self.by_headline.get(&**headline).copied());
        let chosen: BTreeSet<usize> =
            best.into_iter().map(|(_, at)| at).chain(by_id).chain(by_headline).collect();
        chosen.into_iter().collect()
    }

    /// The edition with only these teasers.
    #[must_use]
    pub fn edition(&self, teasers: &[usize]) -> Edition {
        let sections = self.edition.sections.iter().enumerate().map(|(number, section)| {
            let own = teasers.iter().filter_map(|at| self.teasers.get(*at)).filter(|it| it.0 == number);
            Section {
                id: section.id.clone(),
                name: section.name.clone(),
                teasers: own.map(|(.., teaser)| Arc::clone(teaser)).collect(),
            }
        });
        Edition { publication: self.edition.publication.clone(), sections: sections.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dateline::content::decode;
    use proptest::prelude::*;
    use serde_json::json;

    prop_compose! {
        fn teaser()(id in 0..30_u8, tags in prop::collection::vec("[a-c]|A|B", 0..4), day in 1..5_u8, headline in "[x-z]{1,2}") -> serde_json::Value {
            json!({ "id": format!("s{id}"), "kind": "article", "headline": headline, "tags": tags, "published": format!("2026-01-0{day}") })
        }
    }

    proptest! {
        #[test]
        fn a_page_shows_the_same_with_the_small_edition(
            sections in prop::collection::vec(prop::collection::vec(teaser(), 0..12), 1..4),
            tags in prop::collection::vec("[a-c]", 0..3),
            section in 0..4_u8,
            links in prop::collection::vec("[x-z]{1,2}", 0..3),
            linked in 0..30_u8,
        ) {
            let sections: Vec<_> = sections.into_iter().enumerate()
                .map(|(at, teasers)| json!({ "id": format!("n{at}"), "name": "N", "teasers": teasers })).collect();
            let edition = json!({ "version": 1, "publication": { "name": "P" }, "sections": sections });
            let edition = decode::edition(edition.to_string().as_bytes()).unwrap().value;
            let mut related: Vec<_> = links.into_iter().map(|headline| json!({ "headline": headline })).collect();
            related.push(json!({ "headline": "L", "story": format!("s{linked}") }));
            let story = json!({ "version": 1, "id": "s1", "kind": "article", "headline": "H", "published": "2026-01-01",
                "tags": tags, "section": format!("n{section}"), "related": related });
            let story = decode::story(story.to_string().as_bytes()).unwrap().value;
            let near = Near::new(&edition);
            let small = near.edition(&near.around(&Needs::of(&story)));
            prop_assert_eq!(small.also_like(&story, OFFERED), edition.also_like(&story, OFFERED));
            for link in &story.related {
                prop_assert_eq!(small.target(link), edition.target(link));
                prop_assert_eq!(small.is_live(link), edition.is_live(link));
            }
        }
    }
}

//! What of an edition a story's page shows: the stories that are offered under it, and those that it links to.
//!
//! A page of ten thousand stories is not to be searched ten thousand times over. So the edition is looked through
//! once, and each story then gets an edition of its own with the few teasers that its page may show. What the reader
//! makes of the small edition is what it makes of the whole one: the teasers in it are true ones, in their order,
//! and none that would win is missing. A test holds the two against each other.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use dateline::content::live::PostSlot;
use dateline::content::text::folded;
use dateline::content::{Block, Edition, RelatedLink, Section, SectionId, Story, Teaser, Timestamp};
use serde::{Deserialize, Serialize};

/// How many stories a page offers at most. There may be more of them here than there are on the page.
const OFFERED: usize = 4;

/// What a story asks of the edition that it is in.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// Itself.
    id: Box<str>,
    /// Its tags, folded.
    tags: Box<[Box<str>]>,
    /// Its section.
    section: Option<Box<str>>,
    /// The stories that it links to by id.
    stories: Box<[Box<str>]>,
    /// The headlines that it links to, folded.
    headlines: Box<[Box<str>]>,
}

/// What a story links to within its edition, while it is looked through.
#[derive(Default)]
struct Links {
    stories: Vec<Box<str>>,
    headlines: Vec<Box<str>>,
}

impl Needs {
    /// What `story` asks.
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

    /// What posts ask that stand on a page of their own.
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

/// An edition that was looked through.
pub struct Near<'a> {
    edition: &'a Edition,
    /// Each teaser with the number of its section and the time of it, which is looked at often.
    teasers: Vec<(usize, Timestamp, &'a Arc<Teaser>)>,
    by_id: HashMap<&'a str, usize>,
    by_headline: HashMap<String, usize>,
    by_tag: HashMap<String, Vec<usize>>,
    /// The teasers of each section, newest first.
    by_section: HashMap<&'a SectionId, Vec<usize>>,
}

impl<'a> Near<'a> {
    /// Looks through `edition`.
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
            // It is stable: of two that are as new the first one stays first.
            list.sort_by_key(|at| std::cmp::Reverse(published(at)));
        }
        near
    }

    /// Which teasers the page of a story may show, in their order.
    #[must_use]
    pub fn around(&self, needs: &Needs) -> Vec<usize> {
        // What each teaser shares with it: two for a tag. This is done for each story of thousands, so that it looks
        // at the teasers that share a tag and at no others.
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
            // Most are out of the question by their numbers; ids are longer to compare.
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

    /// The edition with these teasers alone.
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

//! JSON-LD: a page in the terms of schema.org.

use dateline::content::body::each_text;
use dateline::content::live::{Post, PostSlot};
use dateline::content::{Author, Block, Edition, Kind, LiveState, Picture, Section, Story, Timestamp};
use dateline::route::Route;
use serde_json::{Map, Value, json};

use super::head::{Site, description, modified, preview, uri};
use super::shell::harmless;

/// The most characters of a post's text; the whole post is on the page.
const POST: usize = 2_000;

/// An object of schema.org. Empty properties are left out.
struct Thing(Map<String, Value>);

impl Thing {
    fn new(kind: &str) -> Self {
        Self(Map::from_iter([("@type".to_owned(), kind.into())]))
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        if !empty {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    fn value(self) -> Value {
        Value::Object(self.0)
    }

    /// The object as a `<script>` element.
    fn element(mut self) -> String {
        self.0.insert("@context".to_owned(), "https://schema.org".into());
        format!("<script type=\"application/ld+json\">{}</script>\n", harmless(&self.value().to_string()))
    }
}

fn publisher(site: &Site, edition: &Edition) -> Value {
    let publication = &edition.publication;
    let home = publication.home.as_ref().map(|href| uri(href.as_str()));
    Thing::new("NewsMediaOrganization")
        .with("name", publication.name.clone())
        .with("url", site.absolute(&Route::Front.href()).or(home))
        .value()
}

fn author(author: &Author) -> Value {
    let href = author.href.as_ref().filter(|href| !href.is_relative()).map(|href| uri(href.as_str()));
    Thing::new("Person").with("name", author.name.clone()).with("url", href).value()
}

fn picture(site: &Site, picture: &Picture) -> Option<Value> {
    let (href, size) = preview(picture)?;
    let address = site.picture(href)?;
    let (width, height) = size.unzip();
    let image = Thing::new("ImageObject")
        .with("url", address)
        .with("width", width)
        .with("height", height)
        .with("caption", picture.caption.to_plain())
        .with("creditText", picture.credit.clone());
    Some(image.value())
}

/// A story: a `NewsArticle`, or a `LiveBlogPosting` with its posts.
#[must_use]
pub fn story(site: &Site, edition: &Edition, story: &Story) -> String {
    let live = story.live.as_deref().filter(|_| story.kind == Kind::Live);
    let section = story.section.as_ref().and_then(|id| edition.section(id));
    let language = story.language.as_ref().or(edition.publication.language.as_ref());
    let address = site.absolute(&Route::Story(story.id.clone()).href());
    let corrections: Vec<Value> = story
        .corrections
        .iter()
        .map(|it| {
            let thing = Thing::new("CorrectionComment").with("text", it.text.to_plain());
            thing.with("datePublished", it.time.to_rfc3339()).value()
        })
        .collect();
    let mut thing = Thing::new(if live.is_some() { "LiveBlogPosting" } else { "NewsArticle" })
        .with("headline", story.headline.clone())
        .with("description", description(story))
        .with("datePublished", story.published.to_rfc3339())
        .with("dateModified", modified(story).to_rfc3339())
        .with("author", story.byline.iter().map(author).collect::<Vec<_>>())
        .with("publisher", publisher(site, edition))
        .with("image", story.image.as_ref().and_then(|image| picture(site, image)))
        .with("inLanguage", language.map(|tag| tag.as_str().to_owned()))
        .with("articleSection", section.map(|section| section.name.clone()))
        .with("keywords", story.tags.clone())
        .with("mainEntityOfPage", address.clone())
        .with("url", address.clone())
        .with("isAccessibleForFree", true)
        .with("correction", corrections);
    if live.is_none() {
        thing = thing.with("dateline", story.dateline.clone());
    }
    if let Some(live) = live {
        let posts = live.posts.iter().rev().filter_map(|entry| match entry {
            PostSlot::Post(post) => Some(update(post, address.as_deref())),
            PostSlot::Withdrawn(_) => None,
        });
        let ended = (live.state == LiveState::Ended).then(|| live.ended.unwrap_or(live.changed).to_rfc3339());
        thing = thing
            .with("coverageStartTime", story.published.to_rfc3339())
            .with("coverageEndTime", ended)
            .with("liveBlogUpdate", posts.collect::<Vec<_>>());
    }
    thing.element()
}

fn update(post: &Post, address: Option<&str>) -> Value {
    let headline = post.title.clone().unwrap_or_else(|| post.time.in_words());
    let author = post.author.clone().map(|name| Thing::new("Person").with("name", name).value());
    Thing::new("BlogPosting")
        .with("headline", headline)
        .with("datePublished", post.time.to_rfc3339())
        .with("dateModified", post.updated.map(Timestamp::to_rfc3339))
        .with("author", author)
        .with("articleBody", plain(&post.body))
        .with("url", address.map(|address| format!("{address}#{}", post.id)))
        .value()
}

/// The text of some blocks.
fn plain(body: &[Block]) -> String {
    let mut words = String::new();
    each_text(body, &mut |text| {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(text.trim());
    });
    words.chars().take(POST).collect()
}

/// The front page: a `WebSite`.
#[must_use]
pub fn front(site: &Site, edition: &Edition) -> String {
    let publication = &edition.publication;
    Thing::new("WebSite")
        .with("name", publication.name.clone())
        .with("description", publication.tagline.clone())
        .with("url", site.absolute(&Route::Front.href()))
        .with("inLanguage", publication.language.as_ref().map(|tag| tag.as_str().to_owned()))
        .with("publisher", publisher(site, edition))
        .element()
}

/// A section: a `CollectionPage`.
#[must_use]
pub fn section(site: &Site, edition: &Edition, section: &Section) -> String {
    let items: Vec<Value> = section
        .teasers
        .iter()
        .take(20)
        .enumerate()
        .filter_map(|(at, teaser)| {
            let url = site.absolute(&Route::Story(teaser.id.clone()).href())?;
            Some(json!({ "@type": "ListItem", "position": at + 1, "url": url }))
        })
        .collect();
    let list = (!items.is_empty()).then(|| json!({ "@type": "ItemList", "itemListElement": items }));
    Thing::new("CollectionPage")
        .with("name", section.name.clone())
        .with("url", site.absolute(&Route::Section(section.id.clone()).href()))
        .with("isPartOf", Thing::new("WebSite").with("name", edition.publication.name.clone()).value())
        .with("mainEntity", list)
        .element()
}

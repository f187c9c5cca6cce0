//! Feeds of the newest stories: JSON Feed 1.1 and Atom (RFC 4287).

use std::sync::Arc;

use dateline::content::{Edition, Teaser, Timestamp};
use dateline::route::Route;
use serde_json::{Value, json};

use super::head::{Site, preview};
use super::ledger::hash;
use super::shell::escaped;

/// How many stories a feed has.
const NEWEST: usize = 50;

/// The newest stories, each once.
fn newest(edition: &Edition) -> Vec<&Arc<Teaser>> {
    let mut teasers: Vec<_> = edition.teasers().map(|(_, teaser)| teaser).collect();
    teasers.sort_by(|a, b| b.published.cmp(&a.published).then_with(|| a.id.cmp(&b.id)));
    teasers.dedup_by(|a, b| a.id == b.id);
    teasers.truncate(NEWEST);
    teasers
}

fn changed(teaser: &Teaser) -> Timestamp {
    teaser.updated.unwrap_or(teaser.published).max(teaser.published)
}

/// A permanent id for a story: its address, or else a UUID made from the names of publication and story (RFC 9562,
/// version 8).
fn name(site: &Site, edition: &Edition, teaser: Option<&Teaser>) -> String {
    let route = teaser.map_or(Route::Front, |teaser| Route::Story(teaser.id.clone()));
    site.absolute(&route.href()).unwrap_or_else(|| {
        let id = teaser.map(|teaser| teaser.id.as_str()).unwrap_or_default();
        let own = hash(&[edition.publication.name.as_bytes(), id.as_bytes()]);
        let digits = format!("{own}{}", hash(&[id.as_bytes()]));
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default().to_owned();
        format!(
            "urn:uuid:{}-{}-8{}-8{}-{}",
            part(0, 8),
            part(8, 12),
            part(12, 15),
            part(15, 18),
            part(18, 30)
        )
    })
}

/// `feed.json`.
#[must_use]
pub fn json(site: &Site, edition: &Edition) -> String {
    let publication = &edition.publication;
    let items = newest(edition).into_iter().map(|teaser| {
        let words = teaser.standfirst.clone().unwrap_or_else(|| teaser.headline.clone());
        let mut item = json!({
            "id": name(site, edition, Some(teaser)),
            "url": site.address(&Route::Story(teaser.id.clone()).href()),
            "title": teaser.headline,
            "content_text": words,
            "date_published": teaser.published.to_rfc3339(),
            "date_modified": changed(teaser).to_rfc3339(),
        });
        let picture = teaser.image.as_ref().and_then(|image| site.picture(preview(image)?.0));
        add(&mut item, "image", picture.map(Value::from));
        add(&mut item, "language", teaser.language.as_ref().map(|tag| tag.as_str().into()));
        add(&mut item, "tags", (!teaser.tags.is_empty()).then(|| json!(teaser.tags)));
        item
    });
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": publication.name,
        "items": items.collect::<Vec<_>>(),
    });
    add(&mut feed, "description", publication.tagline.clone().map(Value::from));
    add(&mut feed, "language", publication.language.as_ref().map(|tag| tag.as_str().into()));
    add(&mut feed, "home_page_url", site.absolute(&Route::Front.href()).map(Value::from));
    add(&mut feed, "feed_url", site.absolute("feed.json").map(Value::from));
    format!("{feed:#}\n")
}

fn add(object: &mut Value, key: &str, value: Option<Value>) {
    if let (Value::Object(object), Some(value)) = (object, value) {
        object.insert(key.to_owned(), value);
    }
}

/// Escapes text for XML, without the control characters that XML does not allow (XML 1.0, section 2.2).
#[must_use]
pub fn xml(text: &str) -> String {
    let allowed =
        |c: &char| matches!(c, '\t' | '\n' | '\r') || (*c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    escaped(&text.chars().filter(allowed).collect::<String>())
}

/// `feed.xml`.
#[must_use]
pub fn atom(site: &Site, edition: &Edition) -> String {
    let publication = &edition.publication;
    let teasers = newest(edition);
    let updated = edition.teasers().map(|(_, teaser)| changed(teaser)).max();
    let updated = updated.unwrap_or(Timestamp::from_millis(0)).to_rfc3339();
    let language = publication.language.as_ref();
    let language = language.map(|tag| format!(" xml:lang=\"{}\"", tag.as_str())).unwrap_or_default();
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"{language}>\n\
         <id>{}</id>\n<title>{}</title>\n<updated>{updated}</updated>\n<author><name>{}</name></author>\n",
        xml(&name(site, edition, None)),
        xml(&publication.name),
        xml(&publication.name),
    );
    if let Some(tagline) = &publication.tagline {
        feed += &format!("<subtitle>{}</subtitle>\n", xml(tagline));
    }
    feed += &format!("<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n", xml(&site.address("./")));
    feed += &format!(
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n",
        xml(&site.address("feed.xml"))
    );
    for teaser in teasers {
        let language = teaser.language.as_ref();
        let language = language.map(|tag| format!(" xml:lang=\"{}\"", tag.as_str())).unwrap_or_default();
        feed += &format!(
            "<entry{language}>\n<id>{}</id>\n<title>{}</title>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n\
             <published>{}</published>\n<updated>{}</updated>\n<summary>{}</summary>\n",
            xml(&name(site, edition, Some(teaser))),
            xml(&teaser.headline),
            xml(&site.address(&Route::Story(teaser.id.clone()).href())),
            teaser.published.to_rfc3339(),
            changed(teaser).to_rfc3339(),
            xml(teaser.standfirst.as_deref().unwrap_or(&teaser.headline)),
        );
        for tag in &teaser.tags {
            feed += &format!("<category term=\"{}\"/>\n", xml(tag));
        }
        feed += "</entry>\n";
    }
    feed + "</feed>\n"
}

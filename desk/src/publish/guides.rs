//! robots.txt, sitemap.xml, llms.txt and _headers.

use std::collections::{BTreeMap, BTreeSet};

use dateline::content::{Edition, Teaser, Timestamp};
use dateline::route::{Route, edition_file};

use super::feeds::xml;
use super::head::Site;

/// News in a sitemap is at most this old (Google's documentation of news sitemaps).
const NEWS: i64 = 48 * 3_600_000;
/// The most news entries in a sitemap.
const MOST_NEWS: usize = 1_000;
/// The most addresses in a sitemap (sitemaps.org).
pub const MOST: usize = 50_000;
/// How many stories of a section are in `llms.txt`.
const TOLD: usize = 20;

/// A page in the sitemap.
pub struct Place {
    /// Its route.
    pub route: Route,
    /// When it last changed.
    pub changed: Option<Timestamp>,
}

/// `sitemap.xml`: every page, with news entries; if there are too many pages, those that changed last. `None` if the
/// publication's address is not known: a sitemap needs it.
#[must_use]
pub fn sitemap(site: &Site, edition: &Edition, places: &[Place], now: Timestamp) -> Option<String> {
    let publication = &edition.publication;
    let language = publication.language.as_ref().map_or("en", |tag| tag.as_str());
    let mut news: Vec<&Teaser> = edition
        .teasers()
        .map(|(_, teaser)| teaser.as_ref())
        .filter(|teaser| (0..=NEWS).contains(&(now.millis() - teaser.published.millis())))
        .collect();
    news.sort_by_key(|teaser| std::cmp::Reverse(teaser.published));
    let news: BTreeMap<_, _> = news.into_iter().take(MOST_NEWS).map(|teaser| (&teaser.id, teaser)).collect();
    let mut map = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n",
    );
    let mut listed: Vec<&Place> = places.iter().collect();
    if listed.len() > MOST {
        // The sort is stable, and pages without a date come last.
        listed.sort_by_key(|place| std::cmp::Reverse(place.changed));
        listed.truncate(MOST);
    }
    for Place { route, changed } in listed {
        map += &format!("<url><loc>{}</loc>", xml(&site.absolute(&route.href())?));
        if let Some(changed) = changed {
            map += &format!("<lastmod>{}</lastmod>", changed.to_rfc3339());
        }
        if let Route::Story(id) = route
            && let Some(teaser) = news.get(id)
        {
            let language = teaser.language.as_ref().map_or(language, |tag| tag.as_str());
            // The code of two or three letters alone, except for Chinese.
            let short = if language.starts_with("zh") { language } else { language.split('-').next()? };
            map += &format!(
                "<news:news><news:publication><news:name>{}</news:name><news:language>{}</news:language></news:publication>\
                 <news:publication_date>{}</news:publication_date><news:title>{}</news:title></news:news>",
                xml(&publication.name),
                xml(&short.to_ascii_lowercase()),
                teaser.published.to_rfc3339(),
                xml(&teaser.headline),
            );
        }
        map += "</url>\n";
    }
    Some(map + "</urlset>\n")
}

/// `robots.txt`: everything may be crawled. (It only counts at the root of a host.)
#[must_use]
pub fn robots(site: &Site) -> String {
    let map = site.absolute("sitemap.xml").map(|map| format!("\nSitemap: {map}\n")).unwrap_or_default();
    format!("User-agent: *\nAllow: /\n{map}")
}

/// `llms.txt` (llmstxt.org): what is on the site, in Markdown.
#[must_use]
pub fn llms(site: &Site, edition: &Edition) -> String {
    let publication = &edition.publication;
    let mut text = format!("# {}\n\n", line(&publication.name));
    if let Some(tagline) = &publication.tagline {
        text += &format!("> {}\n\n", line(tagline));
    }
    text += &format!(
        "Every story is a page of plain HTML. The same stories as data: [{file}]({}) lists them, and \
         `edition/stories/ID.json` is one.\n",
        site.address(&edition_file()),
        file = edition_file(),
    );
    for section in edition.sections.iter().filter(|section| !section.teasers.is_empty()) {
        text += &format!("\n## {}\n\n", line(&section.name));
        for teaser in section.teasers.iter().take(TOLD) {
            let address = site.address(&Route::Story(teaser.id.clone()).href());
            let words = teaser.standfirst.as_deref().map(|words| format!(": {}", line(words)));
            text += &format!("- [{}]({address}){}\n", line(&teaser.headline), words.unwrap_or_default());
        }
    }
    text
}

/// Text on one line, with Markdown characters escaped.
fn line(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// `_headers`, in the format of Netlify and Cloudflare Pages: paths, and the headers for each. Both revalidate
/// everything by default, which is right for all files without a hash in their names. The policy is for pages only:
/// sent with a service worker, it would apply to everything that the worker fetches.
#[must_use]
pub fn headers(policy: &str, places: &[Place], immutable: &[&String]) -> String {
    let mut text = String::from(
        "/*\n  X-Content-Type-Options: nosniff\n  \
         Referrer-Policy: strict-origin-when-cross-origin\n  \
         Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\n",
    );
    let folder = |route: &Route| route.href().split_once('/').map(|(folder, _)| folder.to_owned());
    let found = places.iter().map(|place| &place.route);
    let folders: BTreeSet<String> = found.chain(&Route::always()).filter_map(folder).collect();
    let folders = folders.iter().filter(|folder| *folder != ".").map(|folder| format!("/{folder}/*"));
    for pages in ["/".to_owned(), "/404.html".to_owned()].into_iter().chain(folders) {
        text += &format!("{pages}\n  Content-Security-Policy: {policy}; frame-ancestors 'self'\n");
    }
    // A page of a live blog has the hash of its posts in its name.
    let live = "edition/stories/:story/:page".to_owned();
    for path in immutable.iter().copied().chain([&live]) {
        text += &format!("/{path}\n  Cache-Control: public, max-age=31536000, immutable\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use dateline::content::decode;

    #[test]
    fn a_map_that_would_be_too_long_has_the_newest_pages() {
        let edition = decode::edition(br#"{"version": 1, "publication": {"name": "P"}, "sections": []}"#)
            .unwrap()
            .value;
        let site = Site::parse("https://example.org/").unwrap();
        let places: Vec<Place> = (0..MOST as i64 + 2)
            .map(|at| Place {
                route: Route::Story(dateline::content::StoryId::parse(&format!("s{at}")).unwrap()),
                changed: (at > 0).then_some(Timestamp::from_millis(at)),
            })
            .collect();
        let map = sitemap(&site, &edition, &places, Timestamp::from_millis(0)).unwrap();
        assert_eq!(map.matches("<loc>").count(), MOST);
        for (id, there) in [("s0", false), ("s1", false), ("s2", true), ("s50001", true)] {
            assert_eq!(map.contains(&format!("/story/{id}/<")), there, "{id}");
        }
    }
}

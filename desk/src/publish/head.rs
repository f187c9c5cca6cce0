//! Meta tags of a page: for search engines and link previews.

use dateline::content::text::excerpt;
use dateline::content::{Block, Edition, Href, Kind, Picture, Section, Source, Story, Timestamp};
use dateline::route::{Route, in_edition};
use dateline::pages::live_archive::ArchivePage;
use dateline::components::story_header::tab_title;

use super::shell::escaped;

/// Descriptions are cut at this length, as search engines do.
const DESCRIPTION: usize = 200;

/// Where the publication is: its absolute address, ending in `/`, if known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    address: Option<String>,
    /// Its path, for pages that are shown at any address.
    pub path: String,
}

impl Default for Site {
    /// The root of an unknown host.
    fn default() -> Self {
        Self { address: None, path: "/".to_owned() }
    }
}

impl Site {
    /// The site at an address (`https://example.org/news/`), or at a path (`/news/`) if only that is known. `None`
    /// for anything else.
    #[must_use]
    pub fn parse(base: &str) -> Option<Self> {
        if !base.ends_with('/') || base.contains(['"', '<', '>', '&', ' ', '?', '#', '\'', '\\']) {
            return None;
        }
        let path = match base.split_once("://") {
            Some((scheme, rest)) => {
                let (host, path) = rest.split_once('/')?;
                if !matches!(scheme, "http" | "https") || host.is_empty() {
                    return None;
                }
                return Some(Self { address: Some(base.to_owned()), path: format!("/{path}") });
            }
            None => base.starts_with('/').then(|| base.to_owned())?,
        };
        Some(Self { address: None, path })
    }

    /// The absolute address of `href`, which is relative to the base.
    #[must_use]
    pub fn absolute(&self, href: &str) -> Option<String> {
        let href = href.strip_prefix("./").unwrap_or(href);
        Some(format!("{}{href}", self.address.as_deref()?))
    }

    /// The same; relative to the base if the address is not known.
    #[must_use]
    pub fn address(&self, href: &str) -> String {
        self.absolute(href).unwrap_or_else(|| href.to_owned())
    }

    /// The absolute address of a picture.
    #[must_use]
    pub fn picture(&self, href: &Href) -> Option<String> {
        let url = in_edition(href);
        if url.starts_with("http:") || url.starts_with("https:") {
            return Some(uri(&url));
        }
        if url.starts_with('/') { None } else { self.absolute(&url).map(|url| uri(&url)) }
    }
}

/// An address in strict form (RFC 3986): characters that browsers accept are percent-encoded for other programs.
#[must_use]
pub fn uri(address: &str) -> String {
    let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    // An IPv6 host is in brackets; nothing else is.
    let bracketed = host.starts_with('[') && address.len() > after_scheme.len();
    let end_of_host = address.len() - after_scheme.len() + host.len();
    let mut out = String::with_capacity(address.len());
    let mut fragment = false;
    for (at, c) in address.char_indices() {
        let rest = address.get(at + 1..).unwrap_or_default().as_bytes();
        let allowed = match c {
            '%' => rest.len() > 1 && rest.iter().take(2).all(u8::is_ascii_hexdigit),
            '#' => !std::mem::replace(&mut fragment, true),
            '[' | ']' => bracketed && at < end_of_host,
            c => c.is_ascii_alphanumeric() || "-._~:/?@!$&'()*+,;=".contains(c),
        };
        if allowed {
            out.push(c);
        } else {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| out += &format!("%{byte:02X}"));
        }
    }
    out
}

/// Services that show link previews refuse more pixels a side.
const PREVIEW: u32 = 4_096;

/// The file that represents a picture elsewhere, with its width and height if known: of those that aren't too large,
/// a JPEG or PNG, which every service accepts, and of these the widest.
#[must_use]
pub fn preview(picture: &Picture) -> Option<(&Href, Option<(u32, u32)>)> {
    let width = |source: &Source| source.width.or(picture.width).unwrap_or(0);
    let is_plain = |href: &Href| {
        let path = href.as_str().split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        [".jpg", ".jpeg", ".png"].iter().any(|ending| path.ends_with(ending))
    };
    let rank = |source: &&Source| match i64::from(width(source)) {
        width if width > PREVIEW.into() => (false, false, -width),
        width => (true, is_plain(&source.url), width),
    };
    let best = picture.sources.iter().max_by_key(rank)?;
    // `width` and `height` are those of the whole picture.
    let size =
        picture.size().zip(Some(width(best)).filter(|width| *width > 0)).map(|((whole, height), width)| {
            let height = u64::from(height) * u64::from(width) / u64::from(whole);
            (width, u32::try_from(height).unwrap_or(u32::MAX).max(1))
        });
    Some((&best.url, size))
}

/// A description of a story in a sentence or two; its headline if there is nothing else.
#[must_use]
pub fn description(story: &Story) -> String {
    let words = story.standfirst.to_plain();
    if !words.trim().is_empty() {
        return excerpt(&words, DESCRIPTION);
    }
    let live = story.live.iter().flat_map(|live| live.summary.iter());
    let first = story.body.iter().chain(live).find_map(|block| match block {
        Block::Paragraph { text } if !text.is_empty() => Some(text.to_plain()),
        _ => None,
    });
    excerpt(first.as_deref().unwrap_or(&story.headline), DESCRIPTION)
}

/// The meta tags of a page, line by line.
struct Lines(String);

impl Lines {
    fn meta(&mut self, kind: &str, name: &str, value: &str) {
        if !value.is_empty() {
            self.0 += &format!("<meta {kind}=\"{name}\" content=\"{}\">\n", escaped(value));
        }
    }

    fn property(&mut self, name: &str, value: &str) {
        self.meta("property", name, value);
    }

    fn link(&mut self, rel: &str, href: &str) {
        self.0 += &format!("<link rel=\"{rel}\" href=\"{}\">\n", escaped(href));
    }
}

/// The tags of every page.
fn common(edition: &Edition, title: &str, about: &str, canonical: Option<String>) -> Lines {
    let mut lines = Lines(format!("<title>{}</title>\n", escaped(title)));
    lines.meta("name", "description", about);
    if let Some(address) = &canonical {
        lines.link("canonical", address);
    }
    for (kind, file) in [("application/feed+json", "feed.json"), ("application/atom+xml", "feed.xml")] {
        let name = escaped(&edition.publication.name);
        lines.0 += &format!("<link rel=\"alternate\" type=\"{kind}\" title=\"{name}\" href=\"{file}\">\n");
    }
    lines.meta("name", "apple-mobile-web-app-title", &edition.publication.name);
    lines.property("og:site_name", &edition.publication.name);
    lines.property("og:description", about);
    if let Some(address) = canonical {
        lines.property("og:url", &address);
    }
    lines
}

fn picture(lines: &mut Lines, site: &Site, picture: Option<&Picture>) {
    let shown = picture.and_then(|picture| {
        let (href, size) = preview(picture)?;
        Some((picture, site.picture(href)?, size))
    });
    lines.meta("name", "twitter:card", if shown.is_some() { "summary_large_image" } else { "summary" });
    if let Some((picture, address, size)) = shown {
        lines.property("og:image", &address);
        if let Some((width, height)) = size {
            lines.property("og:image:width", &width.to_string());
            lines.property("og:image:height", &height.to_string());
        }
        lines.property("og:image:alt", picture.alt.as_deref().unwrap_or_default());
    }
}

/// The tags of a story's page.
#[must_use]
pub fn story(site: &Site, edition: &Edition, story: &Story) -> String {
    let route = Route::Story(story.id.clone());
    let own = story.canonical.as_ref().filter(|href| href.as_str().starts_with("http"));
    let own = own.map(|href| uri(href.as_str()));
    let mut lines =
        common(edition, &tab_title(story), &description(story), own.or_else(|| site.absolute(&route.href())));
    lines.property("og:type", "article");
    lines.property("og:title", &story.headline);
    if let Some(language) = story.language.as_ref().or(edition.publication.language.as_ref()) {
        lines.property("og:locale", &language.as_str().replace('-', "_"));
    }
    picture(&mut lines, site, story.image.as_ref());
    lines.property("article:published_time", &story.published.to_rfc3339());
    lines.property("article:modified_time", &modified(story).to_rfc3339());
    if let Some(section) = story.section.as_ref().and_then(|id| edition.section(id)) {
        lines.property("article:section", &section.name);
    }
    story.tags.iter().for_each(|tag| lines.property("article:tag", tag));
    story.byline.iter().for_each(|author| lines.meta("name", "author", &author.name));
    lines.0
}

/// The tags of a page of a live blog's older posts. Its canonical address is the live blog's.
#[must_use]
pub fn older(site: &Site, edition: &Edition, older: &ArchivePage) -> String {
    let ArchivePage { story, span: (first, last), .. } = older;
    let title = format!("{}: updates {first} to {last}", story.headline);
    let own = story.canonical.as_ref().filter(|href| href.as_str().starts_with("http"));
    let own = own.map(|href| href.as_str().to_owned());
    let canonical = own.or_else(|| site.absolute(&Route::Story(story.id.clone()).href()));
    // The live blog's summary is of now, and would change the page whenever it changes.
    let standfirst = story.standfirst.to_plain();
    let about = if standfirst.trim().is_empty() { title.clone() } else { excerpt(&standfirst, DESCRIPTION) };
    let mut lines = common(edition, &title, &about, canonical);
    lines.property("og:type", "article");
    lines.property("og:title", &title);
    lines.0
}

/// When a story last changed.
#[must_use]
pub fn modified(story: &Story) -> Timestamp {
    let live = story.live.as_ref().filter(|_| story.kind == Kind::Live).map(|live| live.changed);
    [story.updated, live].into_iter().flatten().max().unwrap_or(story.published).max(story.published)
}

/// The tags of the front page.
#[must_use]
pub fn front(site: &Site, edition: &Edition) -> String {
    let publication = &edition.publication;
    let about = publication.tagline.as_ref().unwrap_or(&publication.name);
    let mut lines = common(edition, &publication.name, about, site.absolute(&Route::Front.href()));
    lines.property("og:type", "website");
    lines.property("og:title", &publication.name);
    let lead = edition.sections.iter().find_map(|section| section.teasers.first());
    picture(&mut lines, site, lead.and_then(|lead| lead.image.as_ref()));
    lines.0
}

/// The tags of a page of the reader's own (saved stories, settings, …).
#[must_use]
pub fn own(edition: &Edition, title: &str) -> String {
    let name = &edition.publication.name;
    let whole = format!("{title} · {name}");
    let mut lines = common(edition, &whole, &format!("{title} in {name}, on this device."), None);
    lines.property("og:type", "website");
    lines.property("og:title", &whole);
    lines.0
}

/// The tags of a section's page.
#[must_use]
pub fn section(site: &Site, edition: &Edition, section: &Section) -> String {
    let publication = &edition.publication;
    let title = format!("{} · {}", section.name, publication.name);
    let about = format!("{}: {}", publication.name, section.name);
    let route = Route::Section(section.id.clone());
    let mut lines = common(edition, &title, &about, site.absolute(&route.href()));
    lines.property("og:type", "website");
    lines.property("og:title", &title);
    picture(&mut lines, site, section.teasers.first().and_then(|lead| lead.image.as_ref()));
    lines.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use dateline::content::decode;
    use serde_json::json;

    #[test]
    fn a_preview_is_a_file_that_everybody_can_show_with_its_own_size() {
        let shown = |sources: &[(&str, Option<u32>)], size: Option<(u32, u32)>| {
            let sources: Vec<_> =
                sources.iter().map(|(url, width)| json!({ "url": url, "width": width })).collect();
            let (width, height) = size.unzip();
            let story = json!({ "version": 1, "id": "a", "kind": "article", "headline": "H", "published": "2026-01-01",
                "image": { "sources": sources, "width": width, "height": height } });
            let image = decode::story(story.to_string().as_bytes()).unwrap().value.image.unwrap();
            preview(&image).map(|(href, size)| (href.as_str().to_owned(), size)).unwrap()
        };
        let made = [("a-480.webp", Some(480)), ("a-960.webp", Some(960)), ("a-1600.webp", Some(1600))];
        let with = |original| [made.as_slice(), &[original]].concat();
        let table = [
            (with(("a.jpg", None)), Some((2000, 1000)), "a.jpg", Some((2000, 1000))),
            // A file that is too large is replaced by a smaller one.
            (with(("a.jpg", None)), Some((6000, 3001)), "a-1600.webp", Some((1600, 800))),
            (with(("a.webp", Some(1700))), Some((1700, 850)), "a.webp", Some((1700, 850))),
            (
                vec![("a.PNG?v=1", Some(300)), ("a.webp", Some(900))],
                Some((900, 600)),
                "a.PNG?v=1",
                Some((300, 200)),
            ),
            (vec![("a.jpg", None)], None, "a.jpg", None),
            (vec![("a.webp", Some(5000)), ("b.webp", Some(9000))], None, "a.webp", None),
        ];
        for (sources, size, href, its_size) in table {
            assert_eq!(shown(&sources, size), (href.to_owned(), its_size), "{sources:?}");
        }
    }

    #[test]
    fn what_has_no_place_in_an_address_is_escaped() {
        for (address, expected) in [
            ("https://[::1]:80/a%20b?c=d#e", "https://[::1]:80/a%20b?c=d#e"),
            ("https://example.org/a b/\u{e9}<\"'>", "https://example.org/a%20b/%C3%A9%3C%22'%3E"),
            ("https://example.org/100%/[x]#a#b", "https://example.org/100%25/%5Bx%5D#a%23b"),
            ("mailto:a@example.org", "mailto:a@example.org"),
        ] {
            assert_eq!(uri(address), expected);
        }
    }

    #[test]
    fn a_base_is_an_address_or_a_path() {
        let site = Site::parse("https://example.org/news/").unwrap();
        assert_eq!(site.path, "/news/");
        assert_eq!(site.absolute("story/a/").as_deref(), Some("https://example.org/news/story/a/"));
        assert_eq!(site.absolute("./").as_deref(), Some("https://example.org/news/"));
        let site = Site::parse("/news/").unwrap();
        assert_eq!((site.path.as_str(), site.absolute("x")), ("/news/", None));
        for bad in [
            "news/",
            "/news",
            "https://example.org",
            "ftp://example.org/",
            "https:///",
            "/\"><script>/",
            "/a b/",
        ] {
            assert_eq!(Site::parse(bad), None, "{bad}");
        }
    }
}

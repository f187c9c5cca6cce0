//! Validates feeds, sitemaps and JSON-LD: JSON Feed 1.1 and JSON-LD with schemas, Atom (RFC 4287) and
//! sitemaps (sitemaps.org, Google's news) with the rules of their specifications.

use std::fs;
use std::path::Path;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use jsonschema::Validator;
use roxmltree::{Document, Node};
use serde_json::Value;

const ATOM: &str = "http://www.w3.org/2005/Atom";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const NEWS: &str = "http://www.google.com/schemas/sitemap-news/0.9";

/// Validates all such files in a published folder. Returns how many pages have JSON-LD.
pub fn check(folder: &Path) -> usize {
    let text =
        |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let feed = serde_json::from_str(&text("feed.json")).expect("JSON");
    valid(&schema(include_str!("schemas/feed.json")), &feed, "feed.json");
    atom(&text("feed.xml"));
    if folder.join("sitemap.xml").exists() {
        sitemap(&text("sitemap.xml"));
    }
    let linked = schema(include_str!("schemas/linked.json"));
    let mut found = Vec::new();
    pages(folder, &mut found);
    let counts = found.iter().map(|page| {
        let things = data(&fs::read_to_string(page).expect("a page"));
        for thing in &things {
            valid(&linked, thing, &page.display().to_string());
        }
        things.len()
    });
    counts.sum()
}

fn schema(text: &str) -> Validator {
    let schema = serde_json::from_str(text).expect("JSON");
    jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema")
}

fn valid(schema: &Validator, value: &Value, what: &str) {
    let wrong: Vec<String> =
        schema.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{what}: {}\n{value:#}", wrong.join("\n"));
}

fn pages(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|end| end == "html") {
            found.push(path);
        }
    }
}

/// The JSON-LD of a page.
fn data(page: &str) -> Vec<Value> {
    let (mut found, mut inside) = (Vec::new(), false);
    // As in a browser, the content of a script is not markup.
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(page, emitter) {
        match token.expect("memory") {
            Token::StartTag(tag) => {
                let kind = tag.attributes.get(&b"type"[..]).map(|value| value.to_vec());
                inside = &*tag.name == b"script" && kind.as_deref() == Some(b"application/ld+json");
            }
            Token::String(text) if inside => found.push(serde_json::from_slice(&text).expect("JSON")),
            _ => inside = false,
        }
    }
    found
}

/// Whether a text is a date and time of RFC 3339, in the form that we write.
fn is_date(text: &str) -> bool {
    let form: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let whole = form.replace(".000", "");
    matches!(
        whole.as_str(),
        "0000-00-00T00:00:00Z" | "0000-00-00T00:00:00+00:00" | "0000-00-00T00:00:00-00:00"
    )
}

/// Whether a text looks like an absolute IRI (RFC 3987).
fn is_iri(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or_default();
    text.len() > scheme.len() + 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
}

fn elements<'a, 'b>(node: Node<'a, 'b>) -> impl Iterator<Item = Node<'a, 'b>> {
    node.children().filter(Node::is_element)
}

fn words<'a>(node: Node<'a, '_>) -> &'a str {
    assert!(elements(node).next().is_none(), "{node:?} has text alone");
    node.text().unwrap_or_default()
}

/// RFC 4287, sections 4.1.1 (feed) and 4.1.2 (entry).
fn atom(text: &str) {
    let xml = Document::parse(text).expect("well-formed");
    let feed = xml.root_element();
    assert!(feed.has_tag_name((ATOM, "feed")));
    let mut ids = std::collections::BTreeSet::new();
    holds(feed, &["entry"]);
    let own =
        |name: &str| elements(feed).filter(|child| child.has_tag_name((ATOM, name))).collect::<Vec<_>>();
    assert!(!own("author").is_empty(), "a feed has an author, or each of its entries has");
    assert_eq!(links(feed, "self"), 1);
    assert_eq!(links(feed, "alternate"), 1);
    for entry in own("entry") {
        holds(entry, &["published", "summary", "content"]);
        // An entry without content needs a link to it (section 4.1.2).
        assert_eq!(links(entry, "alternate"), 1);
        let id = elements(entry).find(|child| child.has_tag_name((ATOM, "id"))).map(words);
        assert!(ids.insert(id), "{id:?} is there twice");
    }
}

/// Checks what feeds and entries have in common, and that there are no other elements than `others`.
fn holds(node: Node<'_, '_>, others: &[&str]) {
    let count = |name: &str| elements(node).filter(|child| child.has_tag_name((ATOM, name))).count();
    for one in ["id", "title", "updated"] {
        assert_eq!(count(one), 1, "{one}");
    }
    for most in ["published", "summary", "content", "rights", "subtitle", "generator", "icon", "logo"] {
        assert!(count(most) <= 1, "{most}");
    }
    for attribute in node.attributes() {
        assert_eq!((attribute.namespace(), attribute.name()), (Some(XML), "lang"));
    }
    for child in elements(node) {
        assert_eq!(child.tag_name().namespace(), Some(ATOM));
        let attributes: Vec<_> = child.attributes().map(|attribute| attribute.name()).collect();
        match child.tag_name().name() {
            "id" => assert!(is_iri(words(child)), "{}", words(child)),
            "updated" | "published" => assert!(is_date(words(child)), "{}", words(child)),
            "title" | "subtitle" | "summary" => assert!(attributes.is_empty() && !words(child).is_empty()),
            "link" => assert_eq!(attributes, ["rel", "type", "href"]),
            "author" => {
                let names: Vec<_> =
                    elements(child).map(|name| (name.tag_name().name(), words(name))).collect();
                assert!(matches!(names.as_slice(), [("name", name)] if !name.is_empty()), "{names:?}");
            }
            "category" => assert!(child.attribute("term").is_some_and(|term| !term.is_empty())),
            other => assert!(others.contains(&other), "{other} has no place there"),
        }
    }
}

fn links(node: Node<'_, '_>, rel: &str) -> usize {
    elements(node)
        .filter(|child| child.has_tag_name((ATOM, "link")) && child.attribute("rel") == Some(rel))
        .count()
}

/// sitemap.xsd and sitemap-news.xsd: the elements and their order.
fn sitemap(text: &str) {
    let xml = Document::parse(text).expect("well-formed");
    let set = xml.root_element();
    assert!(set.has_tag_name((SITEMAP, "urlset")));
    let mut count = 0;
    for url in elements(set) {
        assert!(url.has_tag_name((SITEMAP, "url")));
        count += 1;
        let parts: Vec<_> = elements(url).map(|part| part.tag_name().name()).collect();
        let expected: [&[&str]; 4] =
            [&["loc"], &["loc", "lastmod"], &["loc", "news"], &["loc", "lastmod", "news"]];
        assert!(expected.contains(&parts.as_slice()), "{parts:?}");
        for part in elements(url) {
            match part.tag_name().name() {
                "loc" => assert!(is_iri(words(part)) && words(part).len() < 2_048, "{}", words(part)),
                "lastmod" => assert!(is_date(words(part)), "{}", words(part)),
                _ => news(part),
            }
        }
    }
    assert!((1..=50_000).contains(&count));
}

fn news(news: Node<'_, '_>) {
    assert!(
        news.has_tag_name((NEWS, "news")) && elements(news).all(|it| it.tag_name().namespace() == Some(NEWS))
    );
    let parts: Vec<_> = elements(news).collect();
    let [publication, date, title] = parts.as_slice() else { panic!("{parts:?}") };
    assert!(publication.has_tag_name((NEWS, "publication")));
    let of: Vec<_> = elements(*publication).map(|part| (part.tag_name().name(), words(part))).collect();
    let [("name", name), ("language", language)] = of.as_slice() else { panic!("{of:?}") };
    assert!(
        !name.is_empty() && (matches!(*language, "zh-cn" | "zh-tw") || matches!(language.len(), 2 | 3)),
        "{language}"
    );
    assert!(date.has_tag_name((NEWS, "publication_date")) && is_date(words(*date)));
    assert!(title.has_tag_name((NEWS, "title")) && !words(*title).is_empty());
}

//! The article in a saved web page: first what the page says of itself (JSON-LD, then Open Graph and other
//! meta elements), then the densest text in it.

use serde_json::Value;

use super::html::{Base, Converter};
use super::tree::{NodeId, Tree};
use super::{ConvertError, Draft, author};
use crate::content::text::{folded, line};
use crate::content::{Block, Href, LanguageTag, Picture, Source, Text, Timestamp};

/// Reads a story from a page.
///
/// # Errors
/// [`ConvertError::Empty`] where there is no text, [`ConvertError::NoHeadline`] where nothing names one.
pub fn page(html: &str) -> Result<Draft, ConvertError> {
    let tree = Tree::parse(html);
    let mut draft = Draft::default();
    for object in linked_data(&tree) {
        say(&mut draft, &object);
    }
    meta(&tree, &mut draft);

    let base = base(&tree, draft.canonical.as_ref());
    let article = densest(&tree);
    let heading =
        [Some(article), Some(0)].into_iter().flatten().find_map(|within| first_h1(&tree, within, 0));
    if draft.headline.is_empty() {
        let title = tree.named("title").next().map(|id| line(&tree.inner_text(id))).unwrap_or_default();
        let heading = heading.map(|id| line(&tree.inner_text(id))).filter(|text| !text.is_empty());
        draft.headline = heading.unwrap_or_else(|| without_site(&title).to_owned());
    }
    let mut skip = furniture(&tree);
    if let Some(slot) = heading.and_then(|id| skip.get_mut(id)) {
        *slot = true;
    }
    draft.body = Converter::new(&tree, &base).skipping(skip).blocks(article);
    let headline = folded(&draft.headline);
    draft.body.retain(
        |block| !matches!(block, Block::Heading { text, .. } if folded(&text.to_plain()) == headline),
    );
    drop_repeated_picture(&mut draft);
    let has_text = draft
        .body
        .iter()
        .any(|block| matches!(block, Block::Paragraph { .. } | Block::List(_) | Block::Quotation { .. }));
    match (has_text, draft.headline.is_empty()) {
        (false, _) => Err(ConvertError::Empty),
        (true, true) => Err(ConvertError::NoHeadline),
        (true, false) => Ok(draft),
    }
}

/// The article objects of the page's JSON-LD, however they are wrapped.
fn linked_data(tree: &Tree) -> Vec<Value> {
    let mut found = Vec::new();
    for id in tree.named("script") {
        let kind = tree.attribute(id, "type").unwrap_or_default();
        if kind.eq_ignore_ascii_case("application/ld+json")
            && let Ok(value) = serde_json::from_str::<Value>(&tree.inner_text(id))
        {
            collect(value, 0, &mut found);
        }
    }
    found
}

fn collect(value: Value, depth: usize, found: &mut Vec<Value>) {
    match value {
        Value::Array(items) if depth < 4 => {
            items.into_iter().for_each(|item| collect(item, depth + 1, found));
        }
        Value::Object(mut object) => {
            if let Some(graph) = object.remove("@graph")
                && depth < 4
            {
                collect(graph, depth + 1, found);
            }
            let is_article = strings(object.get("@type")).iter().any(|kind| {
                kind.ends_with("Article")
                    || matches!(
                        kind.as_str(),
                        "BlogPosting" | "LiveBlogPosting" | "Report" | "ReportageNewsArticle"
                    )
            });
            if is_article {
                found.push(Value::Object(object));
            }
        }
        _ => {}
    }
}

/// Takes what an article object says and the draft does not know yet.
fn say(draft: &mut Draft, object: &Value) {
    let text = |key: &str| object.get(key).and_then(Value::as_str).map(line).filter(|text| !text.is_empty());
    let time = |key: &str| text(key).and_then(|text| Timestamp::parse(&text));
    if draft.headline.is_empty() {
        draft.headline = text("headline").unwrap_or_default();
    }
    if draft.standfirst.is_empty() {
        draft.standfirst = text("description").map(Text::plain).unwrap_or_default();
    }
    if draft.byline.is_empty() {
        draft.byline = names(object.get("author")).iter().map(|name| author(name)).collect();
    }
    if draft.tags.is_empty() {
        let tags = strings(object.get("keywords"));
        draft.tags =
            tags.iter().flat_map(|tags| tags.split(',')).map(line).filter(|tag| !tag.is_empty()).collect();
    }
    draft.published = draft.published.or_else(|| time("datePublished"));
    draft.updated = draft.updated.or_else(|| time("dateModified"));
    draft.section = draft.section.take().or_else(|| strings(object.get("articleSection")).into_iter().next());
    draft.language =
        draft.language.take().or_else(|| text("inLanguage").and_then(|tag| LanguageTag::parse(&tag)));
    draft.canonical = draft.canonical.take().or_else(|| {
        let address = object
            .get("mainEntityOfPage")
            .and_then(|page| page.get("@id").or(Some(page)))
            .or_else(|| object.get("url"));
        address.and_then(Value::as_str).and_then(whole)
    });
    draft.image = draft.image.take().or_else(|| image(object.get("image")?));
}

/// The strings that a value is or holds.
fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![line(text)],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(line).collect(),
        _ => Vec::new(),
    }
}

/// The names of persons, given as strings or objects.
fn names(value: Option<&Value>) -> Vec<String> {
    let name = |one: &Value| {
        one.as_str().or_else(|| one.get("name")?.as_str()).map(line).filter(|name| !name.is_empty())
    };
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(name).collect(),
        Some(one) => name(one).into_iter().collect(),
        None => Vec::new(),
    }
}

fn image(value: &Value) -> Option<Picture> {
    match value {
        Value::Array(items) => items.iter().find_map(image),
        Value::String(url) => picture(url, None, None),
        Value::Object(object) => {
            let number = |key: &str| {
                object.get(key).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok())
            };
            picture(object.get("url")?.as_str()?, number("width"), number("height"))
        }
        _ => None,
    }
}

fn picture(url: &str, width: Option<u32>, height: Option<u32>) -> Option<Picture> {
    let url = whole(url).and_then(|url| Href::resource(url.as_str()))?;
    Some(Picture {
        sources: vec![Source { url, width }],
        alt: None,
        caption: Text::default(),
        credit: None,
        width,
        height,
        color: None,
    })
}

/// An address with its scheme.
fn whole(address: &str) -> Option<Href> {
    Href::link(address)
        .filter(|href| href.scheme().is_some_and(|scheme| scheme.to_ascii_lowercase().starts_with("http")))
}

/// What the meta elements say and nothing better has said.
fn meta(tree: &Tree, draft: &mut Draft) {
    let content = |names: &[&str]| {
        names.iter().find_map(|name| {
            tree.named("meta").find_map(|id| {
                let key =
                    ["property", "name", "itemprop"].into_iter().find_map(|key| tree.attribute(id, key))?;
                key.eq_ignore_ascii_case(name).then(|| tree.attribute(id, "content")).flatten().map(line)
            })
        })
    };
    let time = |names: &[&str]| content(names).and_then(|text| Timestamp::parse(&text));
    if draft.headline.is_empty() {
        draft.headline = content(&["og:title", "twitter:title"])
            .map(|title| without_site(&title).to_owned())
            .unwrap_or_default();
    }
    if draft.standfirst.is_empty() {
        draft.standfirst = content(&["og:description", "description"]).map(Text::plain).unwrap_or_default();
    }
    if draft.byline.is_empty() {
        let names = content(&["author", "article:author"]).filter(|name| whole(name).is_none());
        draft.byline = names.iter().map(|name| author(name)).collect();
    }
    let first_time = || tree.named("time").find_map(|id| Timestamp::parse(tree.attribute(id, "datetime")?));
    draft.published = draft
        .published
        .or_else(|| time(&["article:published_time", "datePublished", "date"]))
        .or_else(first_time);
    draft.updated = draft.updated.or_else(|| time(&["article:modified_time", "dateModified"]));
    draft.section = draft.section.take().or_else(|| content(&["article:section"]));
    draft.language = draft.language.take().or_else(|| {
        let html = tree.named("html").next().and_then(|id| tree.attribute(id, "lang"));
        html.and_then(LanguageTag::parse)
            .or_else(|| content(&["og:locale"]).and_then(|tag| LanguageTag::parse(&tag)))
    });
    let link = tree
        .named("link")
        .find(|id| tree.attribute(*id, "rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")));
    let link = link.and_then(|id| tree.attribute(id, "href")).and_then(whole);
    draft.canonical =
        link.or(draft.canonical.take()).or_else(|| content(&["og:url"]).and_then(|url| whole(&url)));
    draft.image = draft.image.take().or_else(|| picture(&content(&["og:image"])?, None, None));
    if let Some(image) = &mut draft.image {
        image.alt = image.alt.take().or_else(|| content(&["og:image:alt"]));
    }
}

fn base(tree: &Tree, canonical: Option<&Href>) -> Base {
    let element = tree.named("base").find_map(|id| tree.attribute(id, "href")).and_then(whole);
    element.as_ref().or(canonical).map_or(Base::Unknown, |href| Base::page(href.as_str()))
}

/// A page's title without the name of its site after the last ` | `, ` - ` or ` – `.
fn without_site(title: &str) -> &str {
    let cut = [" | ", " — ", " – ", " - "].iter().filter_map(|mark| title.rfind(mark)).max();
    cut.and_then(|cut| title.get(..cut)).filter(|rest| rest.chars().count() >= 15).unwrap_or(title)
}

/// Which elements are of the page and not of the story.
fn furniture(tree: &Tree) -> Vec<bool> {
    const NAMES: [&str; 6] = ["nav", "footer", "form", "fieldset", "aside", "dialog"];
    const ROLES: [&str; 8] =
        ["navigation", "banner", "contentinfo", "complementary", "search", "form", "dialog", "alert"];
    const WORDS: [&str; 24] = [
        "share",
        "sharing",
        "social",
        "newsletter",
        "subscribe",
        "subscription",
        "related",
        "recommended",
        "comments",
        "comment",
        "respond",
        "cookie",
        "cookies",
        "consent",
        "promo",
        "advert",
        "advertisement",
        "ads",
        "breadcrumb",
        "breadcrumbs",
        "pagination",
        "sidebar",
        "popup",
        "skip-link",
    ];
    (0..tree.len())
        .map(|id| {
            let role = tree.attribute(id, "role").unwrap_or_default();
            let hidden = tree.raw_attribute(id, "hidden").is_some()
                || tree.attribute(id, "aria-hidden") == Some("true");
            let named =
                [tree.attribute(id, "class"), tree.attribute(id, "id")].into_iter().flatten().any(|value| {
                    value.split_ascii_whitespace().any(|word| {
                        let word = word.to_ascii_lowercase();
                        WORDS.contains(&word.as_str())
                            || word.split(['-', '_']).next().is_some_and(|first| WORDS.contains(&first))
                    })
                });
            let outer = matches!(tree.name(id), "body" | "html" | "main" | "article");
            !outer && (NAMES.contains(&tree.name(id)) || ROLES.contains(&role) || hidden || named)
        })
        .collect()
}

/// The element whose own paragraphs hold the most text that is not in links. A parent counts half of
/// what its children have, so that an article in several parts is found whole.
fn densest(tree: &Tree) -> NodeId {
    let skip = furniture(tree);
    let mut text = vec![0.0_f64; tree.len()];
    let mut score = vec![0.0_f64; tree.len()];
    for id in (0..tree.len()).rev() {
        if skip.get(id).copied().unwrap_or(false)
            || matches!(tree.name(id), "script" | "style" | "noscript" | "template" | "svg" | "a")
        {
            continue;
        }
        let mut own =
            tree.text(id).map_or(0.0, |text| f64::from(u32::try_from(text.trim().len()).unwrap_or(u32::MAX)));
        let mut sum = 0.0;
        for &child in tree.children(id) {
            let (words, points) =
                (text.get(child).copied().unwrap_or(0.0), score.get(child).copied().unwrap_or(0.0));
            own += words;
            sum += if matches!(tree.name(child), "p" | "blockquote" | "li") { words } else { points / 2.0 };
        }
        let stated =
            tree.attribute(id, "itemprop").is_some_and(|prop| prop.eq_ignore_ascii_case("articleBody"));
        let bonus = if stated {
            3.0
        } else if tree.name(id) == "article" {
            1.5
        } else {
            1.0
        };
        if let (Some(text), Some(score)) = (text.get_mut(id), score.get_mut(id)) {
            *text = own;
            *score = sum * bonus;
        }
    }
    let best = (0..tree.len()).max_by(|a, b| {
        let at = |id: &usize| score.get(*id).copied().unwrap_or(0.0);
        at(a).total_cmp(&at(b)).then(b.cmp(a))
    });
    best.filter(|id| score.get(*id).is_some_and(|score| *score > 0.0)).unwrap_or(0)
}

fn first_h1(tree: &Tree, within: NodeId, depth: usize) -> Option<NodeId> {
    tree.children(within).iter().find_map(|child| match tree.name(*child) {
        "h1" => Some(*child),
        _ if depth < 100 => first_h1(tree, *child, depth + 1),
        _ => None,
    })
}

/// The main picture stands above the text, so it need not open it as well.
fn drop_repeated_picture(draft: &mut Draft) {
    let Some(main) = draft.image.as_mut() else { return };
    let first = draft.body.iter().take(3).position(|block| {
        matches!(block, Block::Figure { picture } if picture.sources.iter().any(|source| main.sources.contains(source) || same_file(source, main)))
    });
    if let Some(at) = first
        && let Block::Figure { picture } = draft.body.remove(at)
    {
        *main = picture;
    }
}

fn same_file(source: &Source, main: &Picture) -> bool {
    let path = |href: &Href| href.as_str().split(['?', '#']).next().map(str::to_owned);
    main.sources.iter().any(|other| path(&other.url) == path(&source.url))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r##"<!doctype html><html lang="en-GB"><head><title>The ferry is back again - The Post</title>
        <link rel="canonical" href="https://post.example/news/ferry">
        <meta property="og:image" content="https://post.example/i/ferry.jpg"><meta property="og:image:alt" content="A ferry">
        <script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"The Post"},
        {"@type":["NewsArticle"],"headline":"The ferry is back","author":[{"@type":"Person","name":"Ana Ruiz"}],
        "datePublished":"2026-04-26T14:02:00+02:00","keywords":"ferry, estuary","articleSection":"News"}]}</script></head>
        <body><header><nav><ul><li><a href="/">Home</a></li></ul></nav></header>
        <div class="wrap"><main><h1>The ferry is back</h1><div class="share-bar"><p>Share this with all of your many friends today, please do it now</p></div>
        <div class="text"><p>The first boat leaves at <em>nine</em>, says <a href="/people/master">the harbour master</a> of the port.</p>
        <figure><img src="https://post.example/i/ferry.jpg?w=800" alt="A ferry at a quay" width="800" height="500"><figcaption>At the quay</figcaption></figure>
        <p>“We never sold the boat,” she says, and laughs at the thought of it for quite a while.</p>
        <aside class="related"><p>Ten other things that you should know about ferries and their captains</p></aside>
        <p>Then it rained.<script>alert(1)</script></p></div></main></div>
        <footer><p>All rights reserved by The Post and its many affiliated companies in the whole world.</p></footer></body></html>"##;

    #[test]
    fn the_article_is_found_in_its_page() {
        let draft = page(PAGE).unwrap();
        assert_eq!(draft.headline, "The ferry is back");
        assert_eq!(draft.byline, [author("Ana Ruiz")]);
        assert_eq!(draft.published, Timestamp::parse("2026-04-26T12:02:00Z"));
        assert_eq!(draft.tags, ["ferry", "estuary"]);
        assert_eq!(draft.section.as_deref(), Some("News"));
        assert_eq!(draft.language.as_ref().unwrap().as_str(), "en-GB");
        assert_eq!(draft.canonical.as_ref().unwrap().as_str(), "https://post.example/news/ferry");
        assert_eq!(draft.image.as_ref().unwrap().alt.as_deref(), Some("A ferry at a quay"));
        let plain: Vec<String> = draft
            .body
            .iter()
            .map(|block| match block {
                Block::Paragraph { text } => text.to_plain(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(plain.len(), 3, "{plain:?}");
        assert!(plain[0].starts_with("The first boat leaves at nine"));
        assert_eq!(plain[2], "Then it rained.");
        let encoded = format!("{:?}", draft.body);
        assert!(encoded.contains("https://post.example/people/master"), "{encoded}");
    }

    #[test]
    fn a_page_that_says_nothing_of_itself_is_read_by_its_text() {
        let html = "<title>A long enough headline here | Site</title><div><a href=/x>menu</a></div><div><p>One paragraph of text.<p>Another one with <a href='/y'>a link</a>.</div>";
        let draft = page(html).unwrap();
        assert_eq!(draft.headline, "A long enough headline here");
        assert_eq!(draft.body.len(), 2);
        // Nobody knows where that link counted from.
        assert!(!format!("{:?}", draft.body).contains("Link"));
    }

    #[test]
    fn a_page_without_text_is_told() {
        assert_eq!(page("<title>Nothing here at all</title><script>x</script>"), Err(ConvertError::Empty));
        assert_eq!(page(""), Err(ConvertError::Empty));
    }
}

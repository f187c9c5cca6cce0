//! Pages rendered to HTML natively, by the components that run in the browser.

// Clippy's exceptions for tests cover only functions marked `#[test]`, not their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;

use dateline::app::provide_app;
use dateline::components::language::headline_lang_dir;
use dateline::components::masthead::Masthead;
use dateline::content::{Edition, Section, SectionId, Story, StoryId, Timestamp, decode};
use dateline::pages::article::ArticlePage;
use dateline::pages::front::FrontPage;
use dateline::pages::live_archive::ArchivePage;
use dateline::pages::section::SectionPage;
use dateline::prerender::{self, Published};
use dateline::route::Route;
use dateline::state::library::Library;
use dateline::state::load::Load;
use dateline::state::navigation::Navigation;
use dom::Element;
use leptos::prelude::*;

#[path = "render/dom.rs"]
mod dom;

fn file(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/public/edition/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn edition() -> Edition {
    decode::edition(&file("edition.json")).unwrap().value
}

fn story(id: &str) -> Arc<Story> {
    Arc::new(decode::story(&file(&format!("stories/{id}.json"))).unwrap().value)
}

/// The rendered element of a component, on the screen of a route, with this state of the edition.
fn html_of(edition: Load<Arc<Edition>>, route: Route, make: impl FnOnce() -> AnyView) -> Element {
    dateline::browser::clock::set(now().millis());
    let owner = Owner::new();
    let html = owner.with(|| {
        let base = "https://example.org/news/".to_owned();
        let library = Library::new(base.clone());
        library.edition().set(edition);
        provide_app(library, Navigation::at(base, route));
        make().to_html()
    });
    dom::parse(&html.replace("<!>", "").replace("<!--<() />-->", ""))
}

/// The same on the front page of the demonstration edition.
fn html(make: impl FnOnce() -> AnyView) -> Element {
    html_of(Load::Loaded(Arc::new(edition())), Route::Front, make)
}

/// The rendered page of an article.
fn article_page(story: &Arc<Story>) -> Element {
    let story = Arc::clone(story);
    html(|| view! { <ArticlePage story/> }.into_any())
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T12:00:00Z").unwrap()
}

fn words(elements: &[&Element]) -> Vec<String> {
    elements.iter().map(|element| element.words()).collect()
}

/// The children of an element: their names, with the label, or with the text if they have no children.
fn outline(element: &Element) -> Vec<String> {
    let line = |child: &&Element| match child.attribute("aria-label") {
        Some(label) => format!("{} {label}", child.name),
        None if child.children().is_empty() => format!("{} {}", child.name, child.words()),
        None => child.name.clone(),
    };
    element.children().iter().map(line).collect()
}

/// The addresses of the listed stories, in order.
fn stories(element: &Element) -> Vec<String> {
    let links = element.all("h3").into_iter().map(|headline| headline.one("a").attribute("href"));
    links.map(|href| href.unwrap().to_owned()).collect()
}

#[test]
fn the_front_page_has_a_lead_a_second_tier_and_a_river_for_each_section() {
    let (page, edition) = (html(|| view! { <FrontPage/> }.into_any()), edition());
    page.one("h1");
    let opening = edition.sections.first().unwrap();
    let rest = |section: &Section| match section.id == opening.id {
        true => section.teasers.iter().skip(4).cloned().collect::<Vec<_>>(),
        false => section.teasers.clone(),
    };
    let rivers: Vec<&Section> = edition.sections.iter().filter(|section| !rest(section).is_empty()).collect();
    assert_eq!(rivers.len(), 3);
    let names = [opening].into_iter().chain(rivers.iter().copied()).map(|section| section.name.clone());
    assert_eq!(words(&page.all("h2")), names.collect::<Vec<_>>());

    // Each story is there once, in the edition's order.
    let shown = opening.teasers.iter().take(4).cloned().chain(rivers.iter().flat_map(|river| rest(river)));
    let shown: Vec<String> = shown.map(|teaser| Route::Story(teaser.id.clone()).href()).collect();
    assert_eq!(stories(&page), shown);
    assert_eq!(shown.len(), edition.teasers().count());

    let opening = page.all("section")[0];
    assert_eq!(
        opening.children().iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        ["h2", "article", "ul"]
    );
    assert_eq!(opening.one("ul").children().len(), 3);
    assert_eq!(page.saying("span", "LIVE").len(), 1);
    // The lead's picture is loaded at once, the others lazily.
    let pictures = page.all("img");
    let lead = pictures[0].attribute("srcset").unwrap();
    assert!(
        lead.starts_with("edition/images/harbour-480.webp 480w, edition/images/harbour-960.webp 960w"),
        "{lead}"
    );
    let eager = pictures.iter().map(|picture| picture.attribute("loading") == Some("eager"));
    assert_eq!(eager.collect::<Vec<_>>(), (0..pictures.len()).map(|at| at == 0).collect::<Vec<_>>());
}

#[test]
fn an_edition_with_nothing_in_it_says_so() {
    let empty = decode::edition(br#"{"publication": {"name": "P"}, "sections": []}"#).unwrap().value;
    assert!(
        html_of(Load::Loaded(Arc::new(empty)), Route::Front, || view! { <FrontPage/> }.into_any())
            .words()
            .contains("nothing in this edition yet")
    );
}

#[test]
fn a_story_has_its_parts_in_order() {
    let page = article_page(&story("harbour-lights"));
    let article = page.children()[0];
    let parts = ["section Correction", "header", "div", "section Key points", "div", "footer"];
    assert_eq!(outline(article), parts);
    let header = article.children()[1];
    let headline = "h1 The harbour that learned to turn its lights off";
    let parts = outline(header);
    assert_eq!(
        parts.iter().map(|part| part.split(' ').next().unwrap()).collect::<Vec<_>>(),
        ["p", "h1", "p", "div", "div"]
    );
    assert_eq!(parts[1], headline);
    let [kicker, _, _, byline, times] = header.children()[..] else { panic!("{parts:?}") };
    assert_eq!(kicker.words(), "The estuary");
    assert_eq!(byline.words(), "By Inês Valadar Port Linden");
    assert!(times.words().starts_with("Published 23 November 2026, 05:40 UTC"), "{}", times.words());
    assert_eq!(words(&times.all("time")), ["23 November 2026, 05:40 UTC", "23 November 2026, 08:15 UTC"]);
    assert_eq!(words(&times.all("button")), ["Save", "Share"]);
    assert_eq!(article.children()[2].all("img").len(), 1, "the picture under the headline");
    assert!(article.children()[4].all("p").len() > 3, "the text");
    assert_eq!(
        outline(article.children()[5])[..],
        ["button Mark as read", "section Related stories", "ul Tags"]
    );
    assert!(page.labelled("You may also like").all("h3").len() > 1);
    // Other stories are not part of the article.
    assert!(article.saying("h2", "You may also like").is_empty());

    assert!(!page.words().contains("years old"));
    let old = article_page(&story("blinken-2022"));
    assert_eq!(old.one("header").saying("p", "This story is 4 years old.").len(), 1);
}

#[test]
fn a_related_headline_becomes_a_link_once_its_story_is_in_the_edition() {
    let text =
        br#"{"id": "x", "kind": "article", "headline": "X", "published": "2026-01-01T00:00:00Z", "body": [
        {"kind": "related", "headline": "A CITY argues with its river", "live": true},
        {"kind": "related", "headline": "Storm Ottilie reaches the estuary"},
        {"kind": "related", "headline": "Nobody has written this"}]}"#;
    let story = Arc::new(decode::story(text).unwrap().value);
    let page = article_page(&story);
    let related: Vec<&Element> =
        page.all("p").into_iter().filter(|line| line.words().starts_with("See also")).collect();
    // What the edition says about a story counts: the first is not a live blog, the second is. The third leads nowhere and
    // is left out.
    let lines = ["See also A CITY argues with its river", "See also LIVE Storm Ottilie reaches the estuary"];
    assert_eq!(words(&related), lines);
    let leads = related.iter().map(|line| {
        let links = line.all("a");
        links.first().map(|link| (link.words(), link.attribute("href").unwrap().to_owned()))
    });
    let lead = |headline: &str, href: &str| Some((headline.to_owned(), href.to_owned()));
    let wanted = [
        lead("A CITY argues with its river", "story/river-city/"),
        lead("Storm Ottilie reaches the estuary", "story/storm-live/"),
    ];
    assert_eq!(leads.collect::<Vec<_>>(), wanted);
}

#[test]
fn hostile_text_is_text() {
    let text = br#"{"id": "x", "kind": "article", "headline": "<script>alert(1)</script>", "published": "2026-01-01T00:00:00Z",
        "byline": ["\"><img src=x onerror=alert(1)>"], "image": {"sources": [{"url": "a.webp\" onload=\"alert(1)"}], "alt": "\" onload=\"x"},
        "body": [{"kind": "paragraph", "text": [{"kind": "abbreviation", "text": "A", "title": "\"><svg onload=alert(1)>"}]}]}"#;
    let story = Arc::new(decode::story(text).unwrap().value);
    let page = article_page(&story);
    let article = page.one("h1");
    assert_eq!(article.words(), "<script>alert(1)</script>");
    for element in page.elements() {
        assert!(!["script", "svg"].contains(&element.name.as_str()), "{element:?}");
        let handler = element.attribute_names().find(|name| name.starts_with("on"));
        assert_eq!(handler, None, "{element:?}");
    }
    let pictures = page.children()[0].all("img");
    assert_eq!(pictures.len(), 1);
    assert_eq!(pictures[0].attribute("alt"), Some("\" onload=\"x"));
    assert_eq!(page.one("abbr").attribute("title"), Some("\"><svg onload=alert(1)>"));
}

#[test]
fn a_section_and_the_masthead_know_where_they_are() {
    let culture = SectionId::parse("culture").unwrap();
    let page = html(|| view! { <SectionPage id=culture.clone() unread_only=false/> }.into_any());
    assert_eq!(page.one("h1").words(), "Culture");
    let runs =
        |story: &Element| story.attribute("lang") == Some("ar") && story.attribute("dir") == Some("rtl");
    assert!(page.all("article").into_iter().any(runs));
    let here = Route::Section(culture);
    let head = html_of(Load::Loaded(Arc::new(edition())), here.clone(), || view! { <Masthead/> }.into_any());
    let current = head.all("a").into_iter().filter(|link| link.attribute("aria-current") == Some("page"));
    let current: Vec<_> = current.map(|link| (link.words(), link.attribute("href").unwrap())).collect();
    assert_eq!(current, [("Culture".to_owned(), "section/culture/")]);
    assert_eq!(
        html_of(Load::NotFound, Route::Front, || view! { <Masthead/> }.into_any())
            .saying("a", "Front page")
            .len(),
        1
    );
    // While the edition is loading, there is a link to the front page, and room for the sections.
    let waiting = html_of(Load::Loading, Route::Front, || view! { <Masthead/> }.into_any());
    assert_eq!(waiting.saying("a", "Front page").len(), 1);
    assert_eq!(words(&waiting.all("nav")), ["SavedSettings"]);
    assert_ne!(waiting.one("header").attribute("class"), head.one("header").attribute("class"));
}

#[test]
fn a_picture_brings_the_color_of_its_place() {
    let story = |color: &str| {
        let picture = format!(
            r#"{{"sources": [{{"url": "a-480.webp", "width": 480}}, {{"url": "a.webp", "width": 600}}, {{"url": "a.jpg"}}], "color": "{color}"}}"#
        );
        let story = format!(
            r#"{{"version": 1, "id": "a", "kind": "article", "headline": "H", "published": "2026-01-01", "image": {picture}}}"#
        );
        let story = Arc::new(decode::story(story.as_bytes()).unwrap().value);
        article_page(&story)
    };
    let page = story("#0a1b2c");
    let picture = page.one("article").one("figure").one("img");
    assert_eq!(picture.attribute("data-color"), Some("#0a1b2c"));
    assert!(page.elements().iter().all(|element| element.attribute("style").is_none()), "{page:?}");
    // The original has no width and is not in `srcset`.
    assert_eq!(picture.attribute("srcset"), Some("edition/a-480.webp 480w, edition/a.webp 600w"));
    assert_eq!(picture.attribute("src"), Some("edition/a.webp"));
    assert_eq!(story("red").one("article").one("figure").one("img").attribute("data-color"), None);
}

/// A story's page as it is published, with these fields in the publication and in the story.
fn published(publication: &str, kind: &str, own: &str) -> Element {
    let teasers = ["x", "other"].map(|id| {
        format!(
            r#"{{"id": "{id}", "kind": "{kind}", "headline": "H", "published": "2026-01-01T00:00:00Z", "tags": ["t"]}}"#
        )
    });
    let edition = format!(
        r#"{{"version": 1, "publication": {{"name": "P"{publication}}}, "sections": [{{"id": "s", "name": "S", "teasers": [{}]}}]}}"#,
        teasers.join(", ")
    );
    let live = r#""live": {"state": "live", "changed": "2026-01-01T00:00:00Z", "revision": 1, "interval": 20,
        "posts": [{"id": 1, "revision": 1, "time": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:01:00Z", "title": "T", "body": [{"kind": "paragraph", "text": "Post."}]}, {"id": 2, "revision": 2, "withdrawn": "W"}],
        "key_events": [{"post": 1, "time": "2026-01-01T00:00:00Z", "title": "T"}], "summary": [{"kind": "paragraph", "text": "Sum."}]}"#;
    let matter = if kind == "live" { live } else { r#""body": [{"kind": "paragraph", "text": "Body."}]"# };
    let story = format!(
        r#"{{"version": 1, "id": "x", "kind": "{kind}", "headline": "H", "published": "2026-01-01T00:00:00Z", "section": "s",
        "tags": ["t"], "byline": ["A", "B"], "dateline": "D", "standfirst": "St.", {matter}{own}}}"#
    );
    let edition = Arc::new(decode::edition(edition.as_bytes()).unwrap().value);
    let story = Arc::new(decode::story(story.as_bytes()).unwrap().value);
    let route = Route::Story(story.id.clone());
    let base = "https://example.org/news/".to_owned();
    dom::parse(&prerender::html(Published { base, edition, story: Some(story), route, now: now() }))
}

const ARABIC: &str = r#", "language": "ar""#;

/// The article on a page.
fn article(page: &Element) -> &Element {
    page.one("main").children().into_iter().find(|element| element.name == "article").unwrap()
}

/// The `lang` attribute of the one element in the story with that name and text.
fn lang<'a>(page: &'a Element, name: &str, words: &str) -> Option<&'a str> {
    let found = article(page).saying(name, words);
    assert_eq!(found.len(), 1, "{name} saying {words} in {page:?}");
    found[0].attribute("lang")
}

/// The language and direction of the list of other stories under a story.
fn others(page: &Element) -> (Option<&str>, Option<&str>) {
    let list = page.labelled("You may also like").one("ul");
    (list.attribute("lang"), list.attribute("dir"))
}

#[test]
fn a_story_with_no_language_is_in_that_of_its_publication() {
    let page = published(ARABIC, "article", "");
    assert_eq!(article(&page).attribute("dir"), Some("rtl"));
    for (name, words) in [("h1", "H"), ("p", "St."), ("div", "Body."), ("span", "D"), ("ul", "t")] {
        assert_eq!(lang(&page, name, words), Some("ar"), "{name} saying {words}");
    }
    // The heading over other stories is in English.
    let heading = page.labelled("You may also like").one("h2");
    assert_eq!((heading.words().as_str(), heading.attribute("lang")), ("You may also like", None));
    assert_eq!(heading.children()[0].name, "bdi");
    assert_eq!(others(&page), (Some("ar"), Some("rtl")));
    assert_eq!(article(&page).saying("bdi", "A, B").len(), 1);

    let page = published(r#", "language": "de""#, "article", "");
    assert_eq!(article(&page).attribute("dir"), Some("ltr"));
    assert_eq!((lang(&page, "h1", "H"), lang(&page, "div", "Body.")), (Some("de"), Some("de")));
    // A direction that is not the usual one of the publication's language.
    let page = published(r#", "language": "az", "direction": "rtl""#, "article", "");
    assert_eq!((article(&page).attribute("dir"), lang(&page, "h1", "H")), (Some("rtl"), Some("az")));
}

#[test]
fn a_story_keeps_its_own_language_in_another_publication() {
    let page = published(ARABIC, "article", r#", "language": "en-GB""#);
    assert_eq!(article(&page).attribute("dir"), Some("ltr"));
    assert_eq!((lang(&page, "h1", "H"), lang(&page, "div", "Body.")), (Some("en-GB"), Some("en-GB")));
    let byline = article(&page).saying("bdi", "By A and B");
    assert_eq!(words(&byline[0].all("bdi")), ["A", "B"], "names are set apart from what stands around them");
    assert_eq!(others(&page), (Some("ar"), Some("rtl")), "others are as the publication");
    let page = published("", "article", ARABIC);
    assert_eq!((article(&page).attribute("dir"), lang(&page, "h1", "H")), (Some("rtl"), Some("ar")));
    assert_eq!(others(&page), (None, None));
    let page = published("", "article", "");
    assert_eq!((article(&page).attribute("dir"), lang(&page, "h1", "H")), (None, None));
}

#[test]
fn live_coverage_with_no_language_is_in_that_of_its_publication() {
    for page in [published(ARABIC, "live", ""), published(r#", "language": "de""#, "live", ARABIC)] {
        assert_eq!(article(&page).attribute("dir"), Some("rtl"));
        for (name, words) in [("h1", "H"), ("div", "Sum."), ("span", "T")] {
            assert_eq!(lang(&page, name, words), Some("ar"), "{name} saying {words}");
        }
        let updates: Vec<&Element> =
            page.all("div").into_iter().filter(|it| it.attribute("role") == Some("feed")).collect();
        let [withdrawn, post] = updates[0].all("article")[..] else { panic!("two posts in {page:?}") };
        for (name, words) in [("h3", "T"), ("div", "Post.")] {
            let own = post.saying(name, words)[0];
            assert_eq!((own.attribute("lang"), own.attribute("dir")), (Some("ar"), Some("rtl")), "{name}");
        }
        // The interface's text keeps its order within text of the other direction.
        let apart = |element: &Element, starts: &str| {
            element.all("bdi").into_iter().any(|words| words.words().starts_with(starts))
        };
        assert!(apart(&page, "Last updated ") && apart(&page, "1 update") && apart(post, "updated "));
        assert_eq!(words(&withdrawn.all("bdi")), ["This update was withdrawn: W"]);
        assert_eq!(withdrawn.one("p").children()[0].name, "bdi");
    }
}

#[test]
fn a_page_of_older_posts_is_in_the_language_of_the_publication() {
    let edition = br#"{"version": 1, "publication": {"name": "P", "language": "ar"}, "sections": []}"#;
    let edition = Arc::new(decode::edition(edition).unwrap().value);
    let story = br#"{"version": 1, "id": "x", "kind": "live", "headline": "H", "published": "2026-01-01T00:00:00Z",
        "live": {"state": "live", "changed": "2026-01-01T00:00:00Z", "revision": 1, "interval": 20,
        "posts": [{"id": 1, "revision": 1, "time": "2026-01-01T00:00:00Z", "title": "T", "body": [{"kind": "paragraph", "text": "Post."}]}]}}"#;
    let story = Arc::new(decode::story(story).unwrap().value);
    let posts = story.live.as_ref().unwrap().posts.clone();
    let page =
        ArchivePage { story: Arc::clone(&story), page: 1, span: (1, 1), posts, earlier: None, later: None };
    let route = Route::Story(story.id.clone());
    let base = "https://example.org/news/".to_owned();
    let page =
        prerender::live_archive_html(Published { base, edition, story: None, route, now: now() }, page);
    let page = dom::parse(&page);
    assert_eq!(article(&page).attribute("dir"), Some("rtl"));
    assert_eq!(lang(&page, "h1", "H"), Some("ar"));
    for (name, words) in [("h3", "T"), ("div", "Post.")] {
        let own = article(&page).saying(name, words)[0];
        assert_eq!((own.attribute("lang"), own.attribute("dir")), (Some("ar"), Some("rtl")), "{name}");
    }
}

#[test]
fn what_is_kept_has_the_language_that_the_edition_tells() {
    let edition = br#"{"version": 1, "publication": {"name": "P", "language": "ar"}, "sections": [{"id": "s", "name": "S", "teasers": [
        {"id": "own", "kind": "article", "headline": "H", "published": "2026-01-01", "language": "de"},
        {"id": "none", "kind": "article", "headline": "H", "published": "2026-01-01"}]}]}"#;
    let edition = decode::edition(edition).unwrap().value;
    let headline = |edition: Option<&Edition>, id: &str| {
        let (lang, dir) = headline_lang_dir(edition, &StoryId::parse(id).unwrap());
        (lang, dir.map(str::to_owned))
    };
    let is = |lang: &str, dir: &str| (Some(lang.to_owned()), Some(dir.to_owned()));
    assert_eq!(headline(Some(&edition), "own"), is("de", "ltr"));
    assert_eq!(headline(Some(&edition), "none"), is("ar", "rtl"));
    assert_eq!(headline(Some(&edition), "gone"), is("ar", "rtl"));
    assert_eq!(headline(None, "own"), (None, None));
}

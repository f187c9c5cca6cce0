//! The converters, with hostile and real input.

// Clippy's exceptions for tests cover only functions marked `#[test]`, not their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Instant;

use dateline::content::live::{Live, Post, PostSlot};
use dateline::content::{
    Block, Href, Inline, Kind, List, Mark, Picture, Story, StoryId, Text, Timestamp, decode, encode,
};
use dateline::convert::html::{Base, blocks};
use dateline::convert::{Draft, guardian, markdown, page, text};
use proptest::prelude::*;
use serde_json::Value;

fn corpus(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../shared/corpora/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Every address in a body.
fn addresses(body: &[Block]) -> Vec<String> {
    let mut found = Vec::new();
    for block in body {
        match block {
            Block::Paragraph { text } | Block::Heading { text, .. } | Block::PullQuote { text, .. } => {
                in_text(text, &mut found);
            }
            Block::List(list) => in_list(list, &mut found),
            Block::Quotation { paragraphs, href, .. } => {
                paragraphs.iter().for_each(|text| in_text(text, &mut found));
                found.extend(href.iter().map(|href| href.as_str().to_owned()));
            }
            Block::Figure { picture } => in_picture(picture, &mut found),
            Block::Gallery { pictures, .. } => {
                pictures.iter().for_each(|picture| in_picture(picture, &mut found));
            }
            Block::Related(link) => found.extend(link.href.iter().map(|href| href.as_str().to_owned())),
            Block::Embed { href, .. } => found.push(href.as_str().to_owned()),
            Block::Table { columns, rows, .. } => {
                columns.iter().chain(rows.iter().flatten()).for_each(|text| in_text(text, &mut found));
            }
            Block::QuestionAnswer { answer: body, .. } | Block::FactBox { body, .. } => {
                found.extend(addresses(body));
            }
            Block::Code { .. } | Block::Divider => {}
        }
    }
    found
}

fn in_list(list: &List, found: &mut Vec<String>) {
    for item in &list.items {
        in_text(&item.text, found);
        item.list.iter().for_each(|list| in_list(list, found));
    }
}

fn in_picture(picture: &Picture, found: &mut Vec<String>) {
    found.extend(picture.sources.iter().map(|source| source.url.as_str().to_owned()));
    in_text(&picture.caption, found);
}

fn in_text(text: &Text, found: &mut Vec<String>) {
    for inline in &text.0 {
        match inline {
            Inline::Text(_) | Inline::Mark(Mark::Break | Mark::Code { .. } | Mark::Abbreviation { .. }) => {}
            Inline::Mark(Mark::Link { text, href }) => {
                found.push(href.as_str().to_owned());
                in_text(text, found);
            }
            Inline::Mark(
                Mark::Emphasis { text }
                | Mark::Strong { text }
                | Mark::Quotation { text }
                | Mark::Subscript { text }
                | Mark::Superscript { text }
                | Mark::Span { text, .. },
            ) => in_text(text, found),
        }
    }
}

fn assert_safe(body: &[Block], what: &str) {
    for address in addresses(body) {
        assert!(Href::link(&address).is_some(), "{address} in {what}");
        let start: String = address
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .take(11)
            .collect::<String>()
            .to_lowercase();
        assert!(
            !start.starts_with("javascript:")
                && !start.starts_with("data:")
                && !start.starts_with("vbscript:"),
            "{address} in {what}"
        );
    }
}

fn story(draft: Draft) -> Story {
    let headline = if draft.headline.is_empty() { "x".to_owned() } else { draft.headline };
    let published = draft.published.unwrap_or(Timestamp::from_millis(0));
    Draft { headline, ..draft }.into_article(StoryId::parse("x").unwrap(), None, published)
}

/// A story with its posts, if it is a live blog.
fn covered(mut draft: Draft) -> Story {
    let Some(coverage) = draft.coverage.take() else { return story(draft) };
    let numbered = (1..).zip(coverage.posts).map(|(id, post)| Post {
        id,
        revision: id,
        time: post.time,
        updated: post.updated,
        title: post.title,
        author: post.author,
        key: post.key,
        body: post.body,
    });
    let live = Live {
        state: coverage.state,
        revision: 1,
        changed: Timestamp::from_millis(0),
        ended: None,
        interval: None,
        summary: coverage.summary,
        pinned: None,
        key_events: Vec::new(),
        indexes: Vec::new(),
        pages: Vec::new(),
        posts: numbered.map(|post| PostSlot::Post(post.into())).collect(),
    };
    Story { kind: Kind::Live, live: Some(live.into()), ..story(draft) }
}

/// Checks that the reader decodes what the desk encodes.
fn assert_read_back(story: &Story, what: &str) {
    let decoded = decode::story(&encode::story(story).unwrap()).unwrap();
    assert_eq!(decoded.warnings, [], "{what}");
    assert_eq!(decoded.value, *story, "{what}");
}

#[test]
fn no_hostile_fragment_leaves_an_address_that_runs_code() {
    let cases: Vec<Value> = serde_json::from_str(&corpus("xss/dompurify.json")).unwrap();
    assert!(cases.len() > 100);
    for case in &cases {
        let payload = case["payload"].as_str().unwrap();
        for body in [blocks(payload, &Base::Unknown), blocks(payload, &Base::Own), markdown::body(payload)] {
            assert_safe(&body, payload);
            assert_read_back(&story(Draft { body, ..Draft::default() }), payload);
        }
        if let Ok(draft) =
            page::page(&format!("<title>A headline for this</title><p>Text.</p>{payload}<p>More.</p>"))
        {
            assert_safe(&draft.body, payload);
        }
    }
}

#[test]
fn no_event_handler_survives() {
    let names = corpus("xss/event-handler-attributes.txt");
    let names: Vec<&str> = names.lines().map(str::trim).filter(|name| name.starts_with("on")).collect();
    assert!(names.len() > 80);
    for name in names {
        let body =
            blocks(&format!("<p><b {name}=alert(1)>x</b><img src=a.png {name}='alert(1)'></p>"), &Base::Own);
        let json =
            String::from_utf8(encode::story(&story(Draft { body, ..Draft::default() })).unwrap()).unwrap();
        assert!(!json.contains("alert") && !json.contains(name), "{json}");
    }
}

#[test]
fn scripts_and_their_like_go_with_their_content() {
    for name in
        ["script", "style", "template", "svg", "math", "noscript", "object", "textarea", "select", "title"]
    {
        let body =
            blocks(&format!("<p>before</p><{name}>alert('x')<p>hidden</p></{name}><p>after</p>"), &Base::Own);
        let mut words = String::new();
        dateline::content::body::each_text(&body, &mut |text| words.push_str(text));
        assert_eq!(words, "beforeafter", "{name}");
    }
}

#[test]
fn work_grows_with_length_and_not_with_depth() {
    for piece in [
        "<div>",
        "<b>",
        "<a href=x>",
        "<table><tr><td>",
        "<ul><li>",
        "<blockquote>",
        "<p>x",
        "<span lang=en>",
        "</div>",
        "<",
        "&amp;",
    ] {
        let time = |times: usize| {
            let html = piece.repeat(times);
            let start = Instant::now();
            let body = blocks(&html, &Base::Own);
            assert_safe(&body, piece);
            start.elapsed().as_secs_f64()
        };
        time(2_000);
        let (small, large) = (time(8_000), time(64_000));
        // Eight times as much input. Quadratic work would take 64 times as long.
        assert!(large < small.max(0.01) * 30.0, "{piece}: {small} s, then {large} s");
    }
}

#[test]
fn html_becomes_typed_blocks() {
    let html = "<h1>One</h1><p>Some <em>stressed</em>\n  and <strong>strong <a href=\"/x\">text</a></strong>.<br>New&nbsp;line &amp; more</p>\
        <ul><li>a<ul><li>b</ul><li>c</ul><ol start=3><li>d</ol><blockquote><p>Said.</p><footer>— Ana</footer></blockquote>\
        <figure><img src=a.png width=10 height=20 alt='A'><figcaption>Cap</figcaption></figure>\
        <table><tr><th>h</th><th>i</th></tr><tr><td>1</td><td>2</td></tr></table><pre><code class=language-rust>fn x() {}\n  y</code></pre><hr>\
        <dl><dt>Why?<dd>So.</dl><details><summary>Back</summary><p>ground</p></details><iframe src=https://example.org/e title=Map></iframe>\
        <p>H<sub>2</sub>O <abbr title='United Nations'>UN</abbr> <q>q</q> <span lang=fr>mot</span></p>loose <i>text</i>";
    let body = blocks(html, &Base::Own);
    let json: Value = serde_json::from_slice(
        &encode::story(&story(Draft { body: body.clone(), ..Draft::default() })).unwrap(),
    )
    .unwrap();
    let kinds: Vec<&str> =
        json["body"].as_array().unwrap().iter().map(|block| block["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "heading",
            "paragraph",
            "list",
            "list",
            "quotation",
            "figure",
            "table",
            "code",
            "divider",
            "question-answer",
            "fact-box",
            "embed",
            "paragraph",
            "paragraph"
        ]
    );
    assert_eq!(json["body"][1]["text"][0], "Some ");
    assert_eq!(json["body"][1]["text"][2], " and ");
    assert_eq!(json["body"][1]["text"][6], "New\u{a0}line & more");
    assert_eq!(json["body"][2]["items"][0]["list"]["items"][0], "b");
    assert_eq!(json["body"][3]["start"], 3);
    assert_eq!(json["body"][4]["attribution"], "Ana");
    assert_eq!(json["body"][7]["text"], "fn x() {}\n  y");
    assert_read_back(&story(Draft { body, ..Draft::default() }), "typed blocks");
}

#[test]
fn the_sample_page_of_news_is_a_story() {
    let draft = text::text(&corpus("news-page/page.txt")).unwrap();
    assert_eq!(draft.headline, "Putin not ‘serious’ about negotiating with Ukraine, Blinken says");
    assert_eq!(draft.byline.iter().map(|author| author.name.as_str()).collect::<Vec<_>>(), ["time news"]);
    let paragraphs: Vec<String> = draft
        .body
        .iter()
        .filter_map(|block| match block {
            Block::Paragraph { text } => Some(text.to_plain()),
            _ => None,
        })
        .collect();
    assert_eq!(paragraphs.len(), 12);
    let opens = [
        "Russian President",
        "“We haven’t",
        "The United States",
        "Antony Blinken was",
        "But for",
        "“We tried",
        "United Nations",
        "Attempts",
        "Antony Blinken, who",
        "He praised",
        "On his train",
        "“In Kyiv",
    ];
    for (paragraph, open) in paragraphs.iter().zip(opens) {
        assert!(paragraph.starts_with(open), "{paragraph}");
    }
    let links: Vec<(&str, bool)> = draft
        .body
        .iter()
        .filter_map(|block| match block {
            Block::Related(link) => Some((link.headline.as_str(), link.live)),
            _ => None,
        })
        .collect();
    assert_eq!(
        links,
        [
            ("62nd day of war in Ukraine", true),
            ("The European Union fears a nuclear catastrophe caused by the Russian offensive", false),
            ("Transdniestria, Moscow’s next target?", false),
        ]
    );
    assert_eq!(draft.body.len(), 15);
    assert_read_back(&story(draft), "the sample page");
}

proptest! {
    #[test]
    fn whatever_comes_in_the_reader_reads_what_goes_out(html in "(<(/)?(p|b|a href=(x|javascript:y|https://e.org)|div|ul|li|ol|table|tr|td|th|blockquote|figure|img src=a.png|figcaption|dl|dt|dd|details|summary|pre|code|h2|h1|em|span lang=fr|q|br|svg|script|aside|abbr title=t|sub)>|[ a-z&;<\"'\n]{0,6}){0,60}") {
        for body in [blocks(&html, &Base::Own), markdown::body(&html)] {
            assert_safe(&body, &html);
            assert_read_back(&story(Draft { body, ..Draft::default() }), &html);
        }
        if let Ok(draft) = page::page(&html) {
            assert_read_back(&story(draft), &html);
        }
    }

    #[test]
    fn no_text_makes_a_converter_panic(source in "\\PC{0,300}") {
        let _ = (text::text(&source), markdown::markdown(&source), page::page(&source));
    }
}

/// An answer of the Content API with one item.
fn answer(content: &Value) -> String {
    serde_json::json!({ "response": { "status": "ok", "content": content } }).to_string()
}

#[test]
fn answers_of_the_content_api_are_read_whole() {
    for (file, posts) in [("guardian/liveblog.json", 12), ("guardian/article.json", 0)] {
        let draft = guardian::guardian(&corpus(file)).unwrap();
        assert_eq!(draft.coverage.as_ref().map_or(0, |coverage| coverage.posts.len()), posts);
        assert_safe(&draft.body, file);
        let story = covered(draft);
        assert_read_back(&story, file);
        assert!(!String::from_utf8(encode::story(&story).unwrap()).unwrap().contains("<p>"));
    }
    let draft = guardian::guardian(&corpus("guardian/liveblog.json")).unwrap();
    let coverage = draft.coverage.unwrap();
    assert_eq!(coverage.pinned, Some(0), "the pinned post is older than all in the list");
    let Some(Block::Figure { picture }) = coverage.posts[11].body.last() else { panic!("a picture") };
    assert_eq!(picture.credit.as_deref(), Some("Jessica Taylor/UK Parliament/Reuters"));
    assert_eq!(picture.caption.to_plain(), "Keir Starmer at PMQs.");
}

#[test]
fn posts_stand_in_the_order_of_their_publication() {
    let block = |id: &str, time: &str| serde_json::json!({ "id": id, "bodyHtml": format!("<p>{id}</p>"), "firstPublishedDate": time });
    let mut early = block("early", "2026-05-01T08:00:00Z");
    early["attributes"] = serde_json::json!({ "keyEvent": "false" });
    early["lastModifiedDate"] = "2026-05-01T08:00:59Z".into();
    let mut hidden = block("hidden", "2026-05-01T08:30:00Z");
    hidden["published"] = false.into();
    let mut twice = block("two", "2026-05-01T09:00:00Z");
    twice["contributors"] = serde_json::json!(["profile/ana", "tom", "nobody"]);
    twice["lastModifiedDate"] = "2026-05-01T09:05:00Z".into();
    let draft = guardian::guardian(&answer(&serde_json::json!({
        "type": "liveblog",
        "webTitle": "A <b>day</b> at the &amp; harbour",
        "tags": [
            { "type": "contributor", "id": "profile/ana", "webTitle": "Ana Ruiz" },
            { "type": "contributor", "id": "profile/tom", "webTitle": "Tom Okafor" },
        ],
        "blocks": {
            "body": [block("three", "2026-05-01T09:00:00Z"), twice, hidden, block("one", "2026-05-01T08:59:00Z")],
            "requestedBodyBlocks": { "body:pinned": [early], "body:latest:1": [block("three", "2026-05-01T09:00:00Z")] },
        },
    })));
    let draft = draft.unwrap();
    assert_eq!(draft.headline, "A day at the & harbour");
    assert_eq!(draft.byline.len(), 2);
    let coverage = draft.coverage.unwrap();
    let words = |at: usize| {
        let mut words = String::new();
        dateline::content::body::each_text(&coverage.posts[at].body, &mut |text| words.push_str(text));
        words
    };
    assert_eq!((0..coverage.posts.len()).map(words).collect::<Vec<_>>(), ["early", "one", "two", "three"]);
    assert_eq!(coverage.pinned, Some(0));
    assert!(!coverage.posts[0].key && coverage.posts[0].updated.is_none());
    assert_eq!(coverage.posts[2].author.as_deref(), Some("Ana Ruiz, Tom Okafor"));
    assert_eq!(coverage.posts[2].updated, Timestamp::parse("2026-05-01T09:05:00Z"));
    assert_eq!(coverage.state, dateline::content::LiveState::Ended);
}

#[test]
fn no_hostile_fragment_comes_through_the_content_api() {
    let cases: Vec<Value> = serde_json::from_str(&corpus("xss/dompurify.json")).unwrap();
    for case in &cases {
        let payload = case["payload"].as_str().unwrap();
        let block = serde_json::json!({ "title": payload, "bodyHtml": format!("<p>Text</p>{payload}"), "createdDate": "2026-05-01" });
        let content = serde_json::json!({
            "type": "liveblog",
            "webUrl": payload,
            "fields": { "headline": format!("Headline {payload}"), "standfirst": payload, "thumbnail": payload },
            "blocks": { "body": [block], "main": { "bodyHtml": payload } },
        });
        let draft = guardian::guardian(&answer(&content)).unwrap();
        for post in &draft.coverage.as_ref().unwrap().posts {
            assert_safe(&post.body, payload);
        }
        assert_read_back(&covered(draft), payload);
    }
}

proptest! {
    #[test]
    fn no_answer_makes_the_content_api_panic(text in "\\PC{0,60}", html in "(<[a-z]{1,6}|>|</p>|[a-z ]|&|\"){0,40}") {
        let _ = guardian::guardian(&text);
        let odd = serde_json::json!({ "type": "liveblog", "webTitle": html, "tags": html, "fields": { "standfirst": html, "byline": html },
            "blocks": { "body": [{ "bodyHtml": html, "publishedDate": text, "attributes": text }, 7, null, []], "requestedBodyBlocks": { "x": [html] } }, "webPublicationDate": "2026-05-01" });
        if let Ok(draft) = guardian::guardian(&answer(&odd)) {
            assert_read_back(&covered(draft), &html);
        }
    }
}

//! The Guardian's Content API: an answer with one piece, an article or a live blog, asked for with its
//! fields, tags and blocks (`show-fields`, `show-tags`, `show-blocks`).
//!
//! Its HTML goes through [`html`](super::html) like any other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::html::{Base, blocks};
use super::{ConvertError, Coverage, Draft, DraftPost, author};
use crate::content::body::each_text;
use crate::content::decode::parse;
use crate::content::text::line;
use crate::content::{
    Author, Block, Href, Inline, LanguageTag, LiveState, Mark, Picture, RelatedLink, Source, Text, Timestamp,
};

/// A post that changed so soon after it was published was still being written, in milliseconds.
const STILL_WRITTEN: i64 = 60_000;

/// Reads a piece from an answer of the Content API.
///
/// # Errors
/// [`ConvertError::Json`], [`ConvertError::Foreign`] where it is another answer, and
/// [`ConvertError::NoHeadline`] or [`ConvertError::Empty`] where it is without one or the other.
pub fn guardian(source: &str) -> Result<Draft, ConvertError> {
    let answer = parse(source.as_bytes()).map_err(ConvertError::Json)?;
    let content = at(&answer, &["response", "content"]).ok_or_else(|| foreign(&answer))?;
    let field = |name: &'static str| text(content, &["fields", name]);
    let canonical = text(content, &["webUrl"]).and_then(whole);
    let base = canonical.as_ref().map_or(Base::Unknown, |href| Base::page(href.as_str()));
    let wire = Wire { tags: list(content, &["tags"]), base: &base };
    let headline = field("headline").or_else(|| text(content, &["webTitle"])).map(plain).unwrap_or_default();
    let standfirst = field("standfirst").or_else(|| field("trailText")).map(|html| first_text(html, &base));
    let mut draft = Draft {
        headline,
        standfirst: standfirst.unwrap_or_default(),
        byline: wire.byline(field("byline")),
        published: time(content, "webPublicationDate"),
        updated: field("lastModified").and_then(Timestamp::parse),
        tags: wire.tags_of("keyword").filter_map(|tag| text(tag, &["webTitle"])).map(line).collect(),
        section: text(content, &["sectionName"]).map(line).filter(|name| !name.is_empty()),
        language: field("lang").and_then(LanguageTag::parse),
        image: wire.image(content),
        canonical,
        ..Draft::default()
    };
    if text(content, &["type"]) == Some("liveblog") {
        let ongoing = at(content, &["fields", "liveBloggingNow"]).is_some_and(is_true);
        let state = if ongoing { LiveState::Live } else { LiveState::Ended };
        let coverage = wire.coverage(content, state, draft.published);
        draft.coverage = Some(coverage).filter(|coverage| !coverage.posts.is_empty());
    } else {
        draft.body = wire.article(content, field("body"));
        draft.updated = draft.updated.or_else(|| {
            let body = list(content, &["blocks", "body"]).iter();
            body.filter_map(|block| {
                edited(block, time(block, "publishedDate").or(time(block, "createdDate"))?)
            })
            .max()
        });
        draft.updated = draft.updated.filter(|updated| draft.published.is_none_or(|first| first < *updated));
    }
    match (draft.body.is_empty() && draft.coverage.is_none(), draft.headline.is_empty()) {
        (true, _) => Err(ConvertError::Empty),
        (false, true) => Err(ConvertError::NoHeadline),
        (false, false) => Ok(draft),
    }
}

/// Why an answer has no piece in it.
fn foreign(answer: &Value) -> ConvertError {
    let why = match (at(answer, &["response"]), text(answer, &["response", "message"])) {
        (Some(_), Some(message)) => format!("it is an answer without a story: {}", line(message)),
        (Some(response), None) if !list(response, &["results"]).is_empty() => {
            "it is a list of stories; ask for one of them".to_owned()
        }
        _ => "it is no answer of the Content API (there is no response.content in it)".to_owned(),
    };
    ConvertError::Foreign(why)
}

/// What the parts of a piece have in common.
struct Wire<'a> {
    tags: &'a [Value],
    base: &'a Base,
}

impl<'a> Wire<'a> {
    fn tags_of(&self, kind: &'static str) -> impl Iterator<Item = &'a Value> {
        self.tags.iter().filter(move |tag| text(tag, &["type"]) == Some(kind))
    }

    /// Who wrote it: the contributors, who have pages and portraits, else what the byline says.
    fn byline(&self, written: Option<&str>) -> Vec<Author> {
        let contributors: Vec<Author> = self
            .tags_of("contributor")
            .filter_map(|tag| {
                let name = line(text(tag, &["webTitle"])?);
                let portrait = text(tag, &["bylineLargeImageUrl"]).or(text(tag, &["bylineImageUrl"]));
                Some(Author {
                    href: text(tag, &["webUrl"]).and_then(whole),
                    picture: portrait.and_then(picture),
                    ..author(&name)
                })
            })
            .filter(|author| !author.name.is_empty())
            .collect();
        if !contributors.is_empty() {
            return contributors;
        }
        written.map(plain).filter(|name| !name.is_empty()).iter().map(|name| author(name)).collect()
    }

    /// The main picture.
    fn image(&self, content: &Value) -> Option<Picture> {
        let html =
            text(content, &["blocks", "main", "bodyHtml"]).or_else(|| text(content, &["fields", "main"]));
        let main = html.and_then(|html| {
            self.html(Some(html)).into_iter().find_map(|block| match block {
                Block::Figure { picture } => Some(picture),
                _ => None,
            })
        });
        main.or_else(|| text(content, &["fields", "thumbnail"]).and_then(picture))
    }

    /// The text of an article: its blocks, else the field that has all of them in one.
    fn article(&self, content: &Value, whole: Option<&str>) -> Vec<Block> {
        let parts = list(content, &["blocks", "body"]).iter().filter(|block| is_published(block));
        let body: Vec<Block> = parts.flat_map(|block| self.html(text(block, &["bodyHtml"]))).collect();
        if body.is_empty() { self.html(whole) } else { body }
    }

    fn coverage(&self, content: &Value, state: LiveState, published: Option<Timestamp>) -> Coverage {
        let mut wire: Vec<&Value> = list(content, &["blocks", "body"]).iter().collect();
        // What was asked for by name may stand in the list too, or be older than all in it.
        if let Some(Value::Object(asked)) = at(content, &["blocks", "requestedBodyBlocks"]) {
            for blocks in asked.values() {
                wire.extend(list(blocks, &[]));
            }
        }
        let mut seen = BTreeSet::new();
        wire.retain(|block| {
            let new = text(block, &["id"]).is_none_or(|id| seen.insert(id));
            new && is_published(block)
        });
        // The API has the newest first; of two at the same moment the later in its list is the older.
        wire.reverse();
        let mut posts: Vec<(&Value, DraftPost)> = wire
            .into_iter()
            .filter_map(|block| Some((block, self.post(block, published)?)))
            .filter(|(_, post)| !post.body.is_empty() || post.title.is_some())
            .collect();
        posts.sort_by_key(|(_, post)| post.time);
        let asked_for = list(content, &["blocks", "requestedBodyBlocks", "body:pinned"]);
        let is_pinned = |block: &Value| {
            let asked_for = asked_for.iter().any(|asked| asked == block || same_id(asked, block));
            asked_for || attribute(block, "pinned")
        };
        let pinned = posts.iter().rposition(|(block, _)| is_pinned(block));
        let summary = posts.iter().rfind(|(block, _)| attribute(block, "summary"));
        let summary = summary.map(|(_, post)| post.body.clone()).unwrap_or_default();
        Coverage { state, summary, pinned, posts: posts.into_iter().map(|(_, post)| post).collect() }
    }

    fn post(&self, block: &Value, published: Option<Timestamp>) -> Option<DraftPost> {
        let times = ["firstPublishedDate", "publishedDate", "createdDate"];
        let posted = times.iter().find_map(|name| time(block, name)).or(published)?;
        let title = text(block, &["title"]).or_else(|| text(block, &["attributes", "title"]));
        let authors: Vec<String> = list(block, &["contributors"])
            .iter()
            .filter_map(Value::as_str)
            .filter_map(|id| self.contributor(id))
            .collect();
        Some(DraftPost {
            time: posted,
            updated: edited(block, posted),
            title: title.map(plain).filter(|title| !title.is_empty()),
            author: Some(authors.join(", ")).filter(|names| !names.is_empty()),
            key: attribute(block, "keyEvent"),
            body: self.html(text(block, &["bodyHtml"])),
        })
    }

    /// The name of the contributor whose tag has that id, with or without its `profile/`.
    fn contributor(&self, id: &str) -> Option<String> {
        let bare = |id: &'a str| id.strip_prefix("profile/").unwrap_or(id);
        let tag = self
            .tags_of("contributor")
            .find(|tag| text(tag, &["id"]).is_some_and(|known| known == id || bare(known) == id))?;
        text(tag, &["webTitle"]).map(line).filter(|name| !name.is_empty())
    }

    fn html(&self, html: Option<&str>) -> Vec<Block> {
        html.map(|html| blocks(html, self.base)).unwrap_or_default().into_iter().map(own).collect()
    }
}

/// What the API has its own way of writing: `Related:` and a link in an aside, and who made a picture at
/// the end of its caption.
fn own(block: Block) -> Block {
    match block {
        Block::Paragraph { text } => match text.0.as_slice() {
            [Inline::Text(lead), Inline::Mark(Mark::Link { text: headline, href })]
                if lead.trim() == "Related:" && !headline.is_empty() =>
            {
                let (headline, href) = (line(&headline.to_plain()), Some(href.clone()));
                Block::Related(RelatedLink { headline, story: None, href, live: false })
            }
            _ => Block::Paragraph { text },
        },
        Block::Figure { mut picture } => {
            credit(&mut picture);
            Block::Figure { picture }
        }
        other => other,
    }
}

fn credit(picture: &mut Picture) {
    let Some(Inline::Text(last)) = picture.caption.0.last_mut() else { return };
    let mark = ["Photograph: ", "Photo: ", "Composite: ", "Illustration: "]
        .iter()
        .find_map(|mark| last.rfind(mark).map(|at| (at, mark.len())));
    let Some((at, length)) = mark else { return };
    picture.credit = last.get(at + length..).map(line).filter(|credit| !credit.is_empty());
    if picture.credit.is_some() {
        last.truncate(at);
        last.truncate(last.trim_end().len());
        if picture.caption.is_empty() {
            picture.caption = Text::default();
        }
    }
}

/// When a block was edited, if that was clearly after it was posted.
fn edited(block: &Value, posted: Timestamp) -> Option<Timestamp> {
    time(block, "lastModifiedDate").filter(|edit| edit.millis() - posted.millis() > STILL_WRITTEN)
}

/// Whether a block is to be seen. What is not published yet is nobody's business.
fn is_published(block: &Value) -> bool {
    at(block, &["published"]).is_none_or(is_true)
}

fn same_id(one: &Value, other: &Value) -> bool {
    text(one, &["id"]).is_some_and(|id| text(other, &["id"]) == Some(id))
}

fn attribute(block: &Value, name: &'static str) -> bool {
    at(block, &["attributes", name]).is_some_and(is_true)
}

/// The API writes some flags as text.
fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true) || value.as_str() == Some("true")
}

/// The value at the end of a path of names.
fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, name| match value {
        Value::Object(object) => object.get(*name),
        _ => None,
    })
}

fn text<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    at(value, path).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

fn list<'a>(value: &'a Value, path: &[&str]) -> &'a [Value] {
    match at(value, path) {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}

fn time(value: &Value, name: &str) -> Option<Timestamp> {
    text(value, &[name]).and_then(Timestamp::parse)
}

/// A whole address of a page.
fn whole(address: &str) -> Option<Href> {
    Href::resource(address).filter(|href| href.scheme().is_some())
}

/// A picture of which only the address is known.
fn picture(address: &str) -> Option<Picture> {
    Some(Picture {
        sources: vec![Source { url: whole(address)?, width: None }],
        alt: None,
        caption: Text::default(),
        credit: None,
        width: None,
        height: None,
        color: None,
    })
}

/// The words of a piece of HTML on one line, or of a text that is none.
fn plain(html: &str) -> String {
    let mut words = String::new();
    each_text(&blocks(html, &Base::Unknown), &mut |text| {
        words.push_str(text);
        words.push(' ');
    });
    line(&words)
}

/// The first paragraph of a piece of HTML.
fn first_text(html: &str, base: &Base) -> Text {
    let paragraph = blocks(html, base).into_iter().find_map(|block| match block {
        Block::Paragraph { text } => Some(text),
        _ => None,
    });
    paragraph.unwrap_or_default()
}

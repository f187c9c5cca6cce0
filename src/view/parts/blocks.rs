//! The blocks of a story.

use super::embed::embed;
use super::picture::{Loading, figure};
use super::teaser::live;
use super::text::text;
use crate::content::{Block, Edition, Href, List, RelatedLink, Target, Text};
use crate::route::Route;
use crate::view::Given;
use crate::view::html::{Element, Node, dynamic, el, many};
use crate::view::library::Library;

/// How wide a picture in the text is set.
const COLUMN: &str = "(min-width: 60rem) 34rem, 100vw";
const HALF_COLUMN: &str = "(min-width: 60rem) 17rem, 50vw";

/// The elements of a body.
#[must_use]
pub fn blocks(body: &[Block]) -> Node {
    many(body.iter().map(block))
}

/// The element of a block.
#[must_use]
pub fn block(block: &Block) -> Node {
    match block {
        Block::Paragraph { text: words } => el("p").child(text(words)).into(),
        Block::Heading { level, text: words } => {
            let tag = match level {
                2 => "h2",
                3 => "h3",
                _ => "h4",
            };
            el(tag).child(text(words)).into()
        }
        Block::List(items) => list(items).into(),
        Block::Quotation { paragraphs, attribution, href } => {
            quotation(paragraphs, attribution.as_deref(), href.as_ref()).into()
        }
        Block::PullQuote { text: words, attribution } => pull_quote(words, attribution.clone()).into(),
        Block::Figure { picture } => figure(picture, "figure", COLUMN, Loading::Lazy),
        Block::Gallery { pictures, caption } => {
            let pictures = pictures
                .iter()
                .map(|picture| el("li").child(figure(picture, "figure", HALF_COLUMN, Loading::Lazy)).into());
            let caption =
                (!caption.is_empty()).then(|| el("p").class("gallery-caption").child(text(caption)));
            el("div").class("gallery").child(el("ul").children(pictures)).child(caption).into()
        }
        Block::Related(link) => {
            let label = el("span").class("read-also-label").attr("lang", "en").child("Read also");
            el("p").class("read-also").child(label).child(" ").child(related(link)).into()
        }
        Block::Embed { media, title, href } => embed(media, title, href),
        Block::Table { caption, columns, rows, row_names } => {
            table(caption, columns, rows, *row_names).into()
        }
        Block::Code { language, text } => {
            let name =
                language.as_ref().map_or_else(|| "Code".to_owned(), |language| format!("Code, {language}"));
            scrolling("pre", name).attr("dir", "ltr").child(el("code").child(text.clone())).into()
        }
        Block::Divider => el("hr").into(),
        Block::QuestionAnswer { question, answer } => {
            let question = el("h2").class("question").child(text(question));
            el("section").class("question-answer").child(question).child(blocks(answer)).into()
        }
        Block::FactBox { title, body } => {
            let heading = el("h2").class("fact-box-title").child(title.clone());
            el("section")
                .class("fact-box")
                .attr("aria-label", title.clone())
                .child(heading)
                .child(blocks(body))
                .into()
        }
    }
}

/// What is too wide scrolls within itself, so the keyboard has to reach it.
fn scrolling(tag: &'static str, name: String) -> Element {
    el(tag).attr("tabindex", "0").attr("role", "region").attr("aria-label", name)
}

fn list(list: &List) -> Element {
    let items = list
        .items
        .iter()
        .map(|item| el("li").child(text(&item.text)).child(item.list.as_ref().map(self::list)).into());
    let start = list.start.filter(|_| list.ordered).map(|start| start.to_string());
    el(if list.ordered { "ol" } else { "ul" }).maybe("start", start).children(items)
}

fn quotation(paragraphs: &[Text], attribution: Option<&str>, href: Option<&Href>) -> Element {
    let paragraphs = paragraphs.iter().map(|words| el("p").child(text(words)).into());
    let who = attribution.map(str::to_owned);
    let source = match href {
        Some(href) => {
            let link = el("a").attr("href", href.as_str().to_owned());
            Some(link.child(who.unwrap_or_else(|| href.host().unwrap_or("Source").to_owned())).into())
        }
        None => who.map(Node::from),
    };
    let source = source.map(|source| el("figcaption").child(source));
    el("figure").class("quotation").child(el("blockquote").children(paragraphs)).child(source)
}

/// Its words stand in the text too, so it is not read out a second time.
fn pull_quote(words: &Text, attribution: Option<String>) -> Element {
    let who = attribution.map(|who| el("p").class("pull-quote-who").child(who));
    el("aside")
        .class("pull-quote")
        .attr("aria-hidden", "true")
        .child(el("p").child(words.to_plain()))
        .child(who)
}

fn table(caption: &Text, columns: &[Text], rows: &[Vec<Text>], row_names: bool) -> Element {
    let name = if caption.is_empty() { "Table".to_owned() } else { caption.to_plain() };
    let caption = (!caption.is_empty()).then(|| el("caption").child(text(caption)));
    let head = (!columns.is_empty()).then(|| {
        let cells = columns.iter().map(|cell| {
            // A corner that names nothing is no heading.
            let tag = if cell.is_empty() { el("td") } else { el("th").attr("scope", "col") };
            tag.child(text(cell)).into()
        });
        el("thead").child(el("tr").children(cells))
    });
    let rows = rows.iter().map(|row| {
        let cells = row.iter().enumerate().map(|(at, cell)| {
            let is_name = row_names && at == 0 && !cell.is_empty();
            let tag = if is_name { el("th").attr("scope", "row") } else { el("td") };
            tag.child(text(cell)).into()
        });
        el("tr").children(cells).into()
    });
    let table = el("table").child(caption).child(head).child(el("tbody").children(rows));
    scrolling("div", name).class("table").child(table)
}

/// A link to another story. What it leads to may become known only when the edition arrives.
#[must_use]
pub fn related(link: &RelatedLink) -> Node {
    let link = link.clone();
    let library = Given::here().map(|given| given.library);
    let shown = dynamic(move || {
        let edition = library.and_then(Library::loaded_edition);
        let (target, is_live) = known(edition.as_deref(), &link);
        let headline = link.headline.clone();
        let words = match target {
            Some(Target::Story(id)) => el("a").attr("href", Route::Story(id).href()),
            Some(Target::Elsewhere(href)) => el("a").attr("href", href.as_str().to_owned()),
            None => el("span"),
        };
        many([is_live.then(live).into(), " ".into(), words.child(headline).into()])
    });
    el("span").class("related").child(shown).into()
}

/// What a related link leads to, and whether that is live, as far as is known without an edition or with it.
fn known(edition: Option<&Edition>, link: &RelatedLink) -> (Option<Target>, bool) {
    match edition {
        Some(edition) => (edition.target(link), edition.is_live(link)),
        None => {
            let story = link.story.clone().map(Target::Story);
            (story.or_else(|| link.href.clone().map(Target::Elsewhere)), link.live)
        }
    }
}

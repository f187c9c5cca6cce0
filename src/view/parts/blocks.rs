//! The blocks of a story.

use leptos::prelude::*;

use super::embed::Embed;
use super::picture::{Loading, figure};
use super::teaser::live;
use super::text::text;
use crate::content::{Block, Edition, Href, List, RelatedLink, Target, Text};
use crate::route::Route;
use crate::view::library::Library;

/// How wide a picture in the text is set.
const COLUMN: &str = "(min-width: 60rem) 45rem, 100vw";
const HALF_COLUMN: &str = "(min-width: 60rem) 22rem, 50vw";

/// The elements of a body.
pub fn blocks(body: &[Block]) -> AnyView {
    body.iter().map(block).collect_view().into_any()
}

fn block(block: &Block) -> AnyView {
    match block {
        Block::Paragraph { text: words } => view! { <p>{text(words)}</p> }.into_any(),
        Block::Heading { level: 2, text: words } => view! { <h2>{text(words)}</h2> }.into_any(),
        Block::Heading { level: 3, text: words } => view! { <h3>{text(words)}</h3> }.into_any(),
        Block::Heading { text: words, .. } => view! { <h4>{text(words)}</h4> }.into_any(),
        Block::List(items) => list(items),
        Block::Quotation { paragraphs, attribution, href } => quotation(paragraphs, attribution.clone(), href.as_ref()),
        Block::PullQuote { text: words, attribution } => pull_quote(words, attribution.clone()),
        Block::Figure { picture } => figure(picture, "figure", COLUMN, Loading::Lazy),
        Block::Gallery { pictures, caption } => {
            let pictures = pictures.iter().map(|picture| view! { <li>{figure(picture, "figure", HALF_COLUMN, Loading::Lazy)}</li> });
            let caption = (!caption.is_empty()).then(|| view! { <p class="gallery-caption">{text(caption)}</p> });
            view! { <div class="gallery"><ul>{pictures.collect_view()}</ul>{caption}</div> }.into_any()
        }
        Block::Related(link) => view! { <p class="read-also"><span class="read-also-label" lang="en">"Read also"</span> {related(link)}</p> }.into_any(),
        Block::Embed { media, title, href } => {
            view! { <Embed media=media.clone() title=title.clone() href=href.clone() /> }.into_any()
        }
        Block::Table { caption, columns, rows, row_names } => table(caption, columns, rows, *row_names),
        Block::Code { language, text } => {
            // Long lines scroll sideways, so the keyboard has to reach them.
            let name = language.clone().map_or_else(|| "Code".to_owned(), |language| format!("Code, {language}"));
            view! { <pre tabindex="0" role="region" aria-label=name dir="ltr"><code>{text.clone()}</code></pre> }.into_any()
        }
        Block::Divider => view! { <hr /> }.into_any(),
        Block::QuestionAnswer { question, answer } => view! {
            <section class="question-answer">
                <h2 class="question">{text(question)}</h2>
                {blocks(answer)}
            </section>
        }
        .into_any(),
        Block::FactBox { title, body } => view! {
            <aside class="fact-box" aria-label=title.clone()>
                <h2 class="fact-box-title">{title.clone()}</h2>
                {blocks(body)}
            </aside>
        }
        .into_any(),
    }
}

fn list(list: &List) -> AnyView {
    let items = list
        .items
        .iter()
        .map(|item| view! { <li>{text(&item.text)} {item.list.as_ref().map(self::list)}</li> })
        .collect_view();
    if list.ordered {
        view! { <ol start=list.start>{items}</ol> }.into_any()
    } else {
        view! { <ul>{items}</ul> }.into_any()
    }
}

fn quotation(paragraphs: &[Text], attribution: Option<String>, href: Option<&Href>) -> AnyView {
    let paragraphs = paragraphs.iter().map(|words| view! { <p>{text(words)}</p> }).collect_view();
    let href = href.map(|href| href.as_str().to_owned());
    let source = match (attribution, href) {
        (Some(who), Some(href)) => Some(view! { <figcaption><a href=href>{who}</a></figcaption> }.into_any()),
        (Some(who), None) => Some(view! { <figcaption>{who}</figcaption> }.into_any()),
        (None, Some(href)) => {
            Some(view! { <figcaption><a href=href lang="en">"Source"</a></figcaption> }.into_any())
        }
        (None, None) => None,
    };
    view! { <figure class="quotation"><blockquote>{paragraphs}</blockquote>{source}</figure> }.into_any()
}

/// Its words stand in the text too, so it is not read out a second time.
fn pull_quote(words: &Text, attribution: Option<String>) -> AnyView {
    view! {
        <aside class="pull-quote" aria-hidden="true">
            <p>{words.to_plain()}</p>
            {attribution.map(|who| view! { <p class="pull-quote-who">{who}</p> })}
        </aside>
    }
    .into_any()
}

fn table(caption: &Text, columns: &[Text], rows: &[Vec<Text>], row_names: bool) -> AnyView {
    let name = if caption.is_empty() { "Table".to_owned() } else { caption.to_plain() };
    let caption = (!caption.is_empty()).then(|| view! { <caption>{text(caption)}</caption> });
    let head = (!columns.is_empty()).then(|| {
        let cells = columns.iter().map(|cell| view! { <th scope="col">{text(cell)}</th> }).collect_view();
        view! { <thead><tr>{cells}</tr></thead> }
    });
    let rows = rows.iter().map(|row| {
        let cells = row.iter().enumerate().map(|(at, cell)| {
            if row_names && at == 0 {
                view! { <th scope="row">{text(cell)}</th> }.into_any()
            } else {
                view! { <td>{text(cell)}</td> }.into_any()
            }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    // A wide table scrolls within itself, so the keyboard has to reach it.
    view! {
        <div class="table" tabindex="0" role="region" aria-label=name>
            <table>{caption} {head} <tbody>{rows.collect_view()}</tbody></table>
        </div>
    }
    .into_any()
}

/// A link to another story. What it leads to may become known only when the edition arrives.
pub fn related(link: &RelatedLink) -> AnyView {
    let link = link.clone();
    let library = use_context::<Library>();
    let shown = move || {
        let edition = library.and_then(Library::loaded_edition);
        let (target, is_live) = known(edition.as_deref(), &link);
        let headline = link.headline.clone();
        let words = match target {
            Some(Target::Story(id)) => view! { <a href=Route::Story(id).href()>{headline}</a> }.into_any(),
            Some(Target::Elsewhere(href)) => {
                view! { <a href=href.as_str().to_owned()>{headline}</a> }.into_any()
            }
            None => view! { <span>{headline}</span> }.into_any(),
        };
        view! { {is_live.then(live)} " " {words} }
    };
    view! { <span class="related">{shown}</span> }.into_any()
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

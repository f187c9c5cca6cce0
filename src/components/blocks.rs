//! The blocks of a story: paragraphs, headings, lists, quotations, pictures, tables and the rest.

use leptos::prelude::*;

use super::embed::Embed;
use super::picture::{Figure, Loading};
use super::related::{Related, destination};
use super::table::Table;
use super::text::Text;
use crate::content::{self, Href, Picture};

/// How wide a picture in the text is set.
const COLUMN: &str = "(min-width: 60rem) 34rem, 100vw";
const HALF_COLUMN: &str = "(min-width: 60rem) 17rem, 50vw";

/// A body, or part of one. Blocks contain blocks, so that its type is an [`AnyView`].
#[component]
pub fn Blocks(
    /// The blocks, in order.
    body: Vec<content::Block>,
) -> AnyView {
    body.into_iter().map(|block| view! { <Block block/> }).collect_view().into_any()
}

/// One block.
#[component]
pub fn Block(
    /// What it is.
    block: content::Block,
) -> AnyView {
    match block {
        content::Block::Paragraph { text } => view! { <p><Text text/></p> }.into_any(),
        content::Block::Heading { level: 2, text } => view! { <h2><Text text/></h2> }.into_any(),
        content::Block::Heading { level: 3, text } => view! { <h3><Text text/></h3> }.into_any(),
        content::Block::Heading { text, .. } => view! { <h4><Text text/></h4> }.into_any(),
        content::Block::List(list) => view! { <List list/> }.into_any(),
        content::Block::Quotation { paragraphs, attribution, href } => {
            view! { <Quotation paragraphs attribution href/> }.into_any()
        }
        content::Block::PullQuote { text, attribution } => view! { <PullQuote text attribution/> }.into_any(),
        content::Block::Figure { picture } => {
            view! { <Figure picture class="figure" sizes=COLUMN loading=Loading::Lazy/> }.into_any()
        }
        content::Block::Gallery { pictures, caption } => view! { <Gallery pictures caption/> }.into_any(),
        content::Block::Related(link) => {
            let destination = destination(&link);
            view! {
                <Show when=move || destination.with(|(target, _)| target.is_some())>
                    <p class="read-also">
                        <span class="read-also-label" lang="en">"See also"</span>
                        " "
                        <Related headline=link.headline.clone() destination/>
                    </p>
                </Show>
            }
            .into_any()
        }
        content::Block::Embed { media, title, href } => view! { <Embed media title href/> }.into_any(),
        content::Block::Table { caption, columns, rows, row_names } => {
            view! { <Table caption columns rows row_names/> }.into_any()
        }
        content::Block::Code { language, text } => view! { <Code language text/> }.into_any(),
        content::Block::Divider => view! { <hr/> }.into_any(),
        content::Block::QuestionAnswer { question, answer } => view! {
            <section class="question-answer">
                <h2 class="question"><Text text=question/></h2>
                <Blocks body=answer/>
            </section>
        }
        .into_any(),
        content::Block::FactBox { title, body } => {
            let label = title.clone();
            view! {
                <section class="fact-box" aria-label=label>
                    <h2 class="fact-box-title">{title}</h2>
                    <Blocks body/>
                </section>
            }
            .into_any()
        }
    }
}

/// A list, with the lists in it.
#[component]
fn List(list: content::List) -> AnyView {
    let items = list
        .items
        .into_iter()
        .map(|item| {
            let inner = item.list.map(|list| view! { <List list/> });
            view! { <li><Text text=item.text/>{inner}</li> }
        })
        .collect_view();
    if list.ordered {
        view! { <ol start=list.start.map(|start| start.to_string())>{items}</ol> }.into_any()
    } else {
        view! { <ul>{items}</ul> }.into_any()
    }
}

/// Somebody's words, with who said them and where.
#[component]
fn Quotation(
    paragraphs: Vec<content::Text>,
    attribution: Option<String>,
    href: Option<Href>,
) -> impl IntoView {
    let source = match (href, attribution) {
        (Some(href), who) => {
            let words = who.unwrap_or_else(|| href.host().unwrap_or("Source").to_owned());
            Some(view! { <a href=href.as_str().to_owned()>{words}</a> }.into_any())
        }
        (None, Some(who)) => Some(who.into_any()),
        (None, None) => None,
    };
    let paragraphs = paragraphs.into_iter().map(|text| view! { <p><Text text/></p> }).collect_view();
    view! {
        <figure class="quotation">
            <blockquote>{paragraphs}</blockquote>
            {source.map(|source| view! { <figcaption>{source}</figcaption> })}
        </figure>
    }
}

/// Words of the text, set large. They stand in the text too, so that they are not read out a second time.
#[component]
fn PullQuote(text: content::Text, attribution: Option<String>) -> impl IntoView {
    view! {
        <aside class="pull-quote" aria-hidden="true">
            <p>{text.to_plain()}</p>
            {attribution.map(|who| view! { <p class="pull-quote-who">{who}</p> })}
        </aside>
    }
}

#[component]
fn Gallery(pictures: Vec<Picture>, caption: content::Text) -> impl IntoView {
    let pictures = pictures
        .into_iter()
        .map(|picture| {
            view! { <li><Figure picture class="figure" sizes=HALF_COLUMN loading=Loading::Lazy/></li> }
        })
        .collect_view();
    let caption =
        (!caption.is_empty()).then(|| view! { <p class="gallery-caption"><Text text=caption/></p> });
    view! { <div class="gallery"><ul>{pictures}</ul>{caption}</div> }
}

/// Code. Where it is too wide it scrolls within itself, so that the keyboard has to reach it.
#[component]
fn Code(language: Option<String>, text: String) -> impl IntoView {
    let name = match language {
        Some(language) => format!("Code, {language}"),
        None => "Code".to_owned(),
    };
    view! { <pre tabindex="0" role="region" aria-label=name dir="ltr"><code>{text}</code></pre> }
}

//! A table in the text of a story.

use leptos::prelude::*;

use super::text::Text;
use crate::content;

/// A table. Where it is too wide it scrolls within itself, so that the keyboard has to reach it.
#[component]
pub fn Table(
    /// What it is of; may be empty.
    caption: content::Text,
    /// The headings of its columns, if it has any.
    columns: Vec<content::Text>,
    /// Its rows of cells.
    rows: Vec<Vec<content::Text>>,
    /// Whether the first cell of a row names it.
    row_names: bool,
) -> impl IntoView {
    let name = if caption.is_empty() { "Table".to_owned() } else { caption.to_plain() };
    let caption = (!caption.is_empty()).then(|| view! { <caption><Text text=caption/></caption> });
    let head = (!columns.is_empty()).then(|| {
        let cells = columns.into_iter().map(|text| {
            // A corner that names nothing is no heading.
            if text.is_empty() {
                view! { <td><Text text/></td> }.into_any()
            } else {
                view! { <th scope="col"><Text text/></th> }.into_any()
            }
        });
        view! { <thead><tr>{cells.collect_view()}</tr></thead> }
    });
    let rows = rows.into_iter().map(|row| {
        let cells = row.into_iter().enumerate().map(|(at, text)| {
            if row_names && at == 0 && !text.is_empty() {
                view! { <th scope="row"><Text text/></th> }.into_any()
            } else {
                view! { <td><Text text/></td> }.into_any()
            }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    view! {
        <div class="table" tabindex="0" role="region" aria-label=name>
            <table>{caption}{head}<tbody>{rows.collect_view()}</tbody></table>
        </div>
    }
}

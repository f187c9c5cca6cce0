//! The search in saved stories, and what they are narrowed to.

use leptos::prelude::*;

use crate::reading::Reading;
use crate::reading::lists::{Order, Wanted};
use crate::state::use_app;

/// Looks for saved stories. What is asked for has its effect at once.
#[component]
pub fn SavedSearch(
    /// What is looked for.
    wanted: RwSignal<Wanted>,
    /// Whether stories that were read are left out.
    unread_only: RwSignal<bool>,
) -> impl IntoView {
    let search = move |event| wanted.update(|wanted| wanted.words = event_target_value(&event));
    let sort = move |event| {
        let order = order_of(&event_target_value(&event));
        wanted.update(|wanted| wanted.order = order);
    };
    view! {
        <form class="kept-search" role="search" on:submit=|event| event.prevent_default()>
            <label class="field">
                "Search saved stories"
                <input
                    type="search"
                    name="words"
                    id="saved-words"
                    prop:value=move || wanted.with(|wanted| wanted.words.clone())
                    on:input=search
                />
            </label>
            <label class="field">
                "Sort by"
                <select name="order" on:change=sort>
                    <option value="saved">"Recently saved"</option>
                    <option value=PUBLISHED>"Recently published"</option>
                </select>
            </label>
            <TagFilter wanted/>
            <label class="kept-all">
                <input
                    type="checkbox"
                    name="unread"
                    value="yes"
                    prop:checked=unread_only
                    on:change=move |event| unread_only.set(event_target_checked(&event))
                />
                " Unread only"
            </label>
        </form>
    }
}

const PUBLISHED: &str = "published";

fn order_of(value: &str) -> Order {
    if value == PUBLISHED { Order::Published } else { Order::Saved }
}

/// The choice of a tag, where there are tags.
#[component]
fn TagFilter(wanted: RwSignal<Wanted>) -> impl IntoView {
    let tags = use_app().reading.memo(Reading::tags);
    let choose = move |event| {
        let tag = event_target_value(&event);
        wanted.update(|wanted| wanted.tag = Some(tag).filter(|tag| !tag.is_empty()));
    };
    let chosen = Memo::new(move |_| wanted.with(|wanted| wanted.tag.clone()));
    view! {
        <Show when=move || tags.with(|tags| !tags.is_empty())>
            <label class="field">
                "Tag"
                <select name="tag" on:change=choose>
                    <option value="">"All tags"</option>
                    <For each=move || tags.get() key=String::clone let:tag>
                        <TagOption tag chosen/>
                    </For>
                </select>
            </label>
        </Show>
    }
}

#[component]
fn TagOption(tag: String, chosen: Memo<Option<String>>) -> impl IntoView {
    let value = tag.clone();
    let words = tag.clone();
    let is_chosen = move || chosen.with(|chosen| chosen.as_ref() == Some(&tag));
    view! { <option value=value prop:selected=is_chosen>{words}</option> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_have_values() {
        assert_eq!(["saved", PUBLISHED, "?"].map(order_of), [Order::Saved, Order::Published, Order::Saved]);
    }
}

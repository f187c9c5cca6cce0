//! The reader's tags and note on a saved story.

use leptos::prelude::*;

use crate::content::StoryId;
use crate::reading::Action;
use crate::reading::lists::Entry;
use crate::state::use_app;

/// What the reader has written on a story.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Words {
    tags: Vec<String>,
    note: String,
}

impl Words {
    fn of_entry(entry: &Entry) -> Self {
        Self { tags: entry.tags.clone(), note: entry.note.clone() }
    }

    /// What is written in the two fields.
    fn of_fields(tags: &str, note: &str) -> Self {
        let tags = tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned);
        Self { tags: tags.collect(), note: note.trim().to_owned() }
    }

    /// What the reader wants when they make these words of what was in the fields before. What they left as it was is no
    /// wish, whatever another tab has made of it meanwhile.
    fn actions(&self, before: &Self, story: &StoryId) -> Vec<Action> {
        let removed = before.tags.iter().filter(|tag| !self.tags.contains(tag));
        let added = self.tags.iter().filter(|tag| !before.tags.contains(tag));
        let removed = removed.map(|tag| Action::Untagged(vec![story.clone()], tag.clone()));
        let added = added.map(|tag| Action::Tagged(vec![story.clone()], tag.clone()));
        let note = (self.note != before.note).then(|| Action::Noted(story.clone(), self.note.clone()));
        removed.chain(added).chain(note).collect()
    }
}

/// The reader's note, and the form in which they write it and their tags.
#[component]
pub fn OwnWords(
    /// The story.
    story: StoryId,
    /// What is known of it.
    entry: Memo<Entry>,
) -> impl IntoView {
    let note = Memo::new(move |_| entry.with(|entry| entry.note.clone()));
    view! {
        {move || {
            let note = note.get();
            (!note.is_empty()).then(|| view! { <p class="kept-note">{note}</p> })
        }}
        <details class="kept-own">
            <summary>"Tags and note"</summary>
            <WordsForm story entry/>
        </details>
    }
}

#[component]
fn WordsForm(story: StoryId, entry: Memo<Entry>) -> impl IntoView {
    let reading = use_app().reading;
    let first = entry.with_untracked(Words::of_entry);
    let tags = RwSignal::new(first.tags.join(", "));
    let note = RwSignal::new(first.note.clone());
    let before = StoredValue::new(first);
    let is_kept = RwSignal::new(false);
    let keep = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let words = Words::of_fields(&tags.read_untracked(), &note.read_untracked());
        for action in before.with_value(|before| words.actions(before, &story)) {
            reading.dispatch(action);
        }
        before.set_value(words);
        is_kept.set(true);
    };
    view! {
        <form on:submit=keep>
            <label class="field">
                "Tags, apart by commas"
                <input name="tags" prop:value=tags on:input=move |event| tags.set(event_target_value(&event))/>
            </label>
            <label class="field">
                "Note"
                <textarea
                    name="note"
                    rows="3"
                    prop:value=note
                    on:input=move |event| note.set(event_target_value(&event))
                ></textarea>
            </label>
            <p>
                <button class="button">"Keep"</button>
                " "
                <span role="status">{move || is_kept.get().then_some("Kept.")}</span>
            </p>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_without_blanks() {
        let words = Words::of_fields(" ice,, \"time\" , ", " for Anna\n");
        assert_eq!(words, Words { tags: vec!["ice".into(), "\"time\"".into()], note: "for Anna".into() });
        assert_eq!(Words::of_fields(" , ", "\n"), Words::default());
    }

    #[test]
    fn what_was_left_as_it_was_is_no_wish() {
        let story = StoryId::parse("a").unwrap();
        let before = Words::of_fields("ice, time", "for Anna");
        assert_eq!(before.actions(&before, &story), []);
        let after = Words::of_fields("time, sea", "for Anna");
        assert_eq!(
            after.actions(&before, &story),
            [
                Action::Untagged(vec![story.clone()], "ice".to_owned()),
                Action::Tagged(vec![story.clone()], "sea".to_owned()),
            ]
        );
        let none = Words::of_fields("ice, time", "");
        assert_eq!(none.actions(&before, &story), [Action::Noted(story, String::new())]);
    }
}

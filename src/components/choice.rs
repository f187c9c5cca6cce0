//! A preference that is chosen among a few.

use leptos::prelude::*;

use crate::reading::{Action, Preference, Preferences};
use crate::state::use_app;

/// A choice among a few. It may be made elsewhere as well: in another tab, by a backup, by undoing that.
#[component]
pub fn Choice<T>(
    /// The name of the fields.
    name: &'static str,
    /// What is chosen.
    legend: &'static str,
    /// What there is to choose from, with what that is called.
    options: &'static [(&'static str, T)],
    /// What is chosen now.
    chosen: fn(&Preferences) -> T,
    /// The preference for an option.
    preference: fn(T) -> Preference,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let reading = use_app().reading;
    let preferences = reading.preferences();
    let chosen = Memo::new(move |_| preferences.with(chosen));
    let options = options.iter().enumerate().map(|(at, (label, option))| {
        let choose = move |_| {
            reading.dispatch(Action::Preferred(preference(*option)));
        };
        view! {
            <label>
                <input
                    type="radio"
                    name=name
                    value=at.to_string()
                    prop:checked=move || chosen.get() == *option
                    on:change=choose
                />
                " "
                {*label}
            </label>
        }
    });
    view! {
        <fieldset>
            <legend>{legend}</legend>
            {options.collect_view()}
        </fieldset>
    }
}

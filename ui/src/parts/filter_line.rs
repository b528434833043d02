//! The filter line of a list: `size>1MB stored:<now-2d class:GLACIER`.
//!
//! The core reads it; this part offers fields and values for the word being typed, and underlines what the core did not
//! understand. The line belongs to the page's address: it is told after a pause in typing.

use crate::{
    keys::{self, Action},
    parts::icon::Icon,
};
use contract::sets::{Field, FieldKind, SetState};
use leptos::{ev, html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

/// How long typing has to pause.
const PAUSE: Duration = Duration::from_millis(140);

#[component]
pub fn FilterLine(
    /// Whose list it filters, for readers: "Filter objects".
    name: &'static str,
    /// What to show while it is empty.
    example: &'static str,
    #[prop(into)] line: Signal<String>,
    #[prop(into)] on_change: Callback<String>,
    #[prop(into)] state: Signal<Option<SetState>>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(line.get_untracked());
    let open = RwSignal::new(false);
    let at = RwSignal::new(0_usize);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    // Back and forward change the address under the line.
    Effect::new(move |_| {
        let line = line.get();
        if line != typed.get_untracked().trim() {
            typed.set(line);
        }
    });
    let tell_later = move || {
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        let handle = set_timeout_with_handle(move || on_change.run(typed.get_untracked().trim().to_owned()), PAUSE);
        waiting.set_value(handle.ok());
    };
    on_cleanup(move || {
        if let Some(Some(handle)) = waiting.try_get_value() {
            handle.clear();
        }
    });
    keys::on(Action::Filter, move || {
        if let Some(input) = input.get_untracked() {
            let _ = input.focus();
            input.select();
        }
    });
    let offers = Memo::new(move |_| {
        if !open.get() {
            return Vec::new();
        }
        state.with(|state| state.as_ref().map(|state| offers(&typed.read(), &state.fields)).unwrap_or_default())
    });
    let take = move |offer: String| {
        typed.update(|typed| {
            let start = last_word(typed);
            typed.truncate(start);
            typed.push_str(&offer);
        });
        at.set(0);
        tell_later();
        if let Some(input) = input.get_untracked() {
            input.set_value(&typed.get_untracked());
            let _ = input.focus();
        }
    };
    keys::hold(&keys::held::FILTER);
    let on_key = move |event: ev::KeyboardEvent| {
        let offers = offers.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if !offers.is_empty() => at.update(|at| *at = (*at + 1) % offers.len()),
            "ArrowUp" if !offers.is_empty() => at.update(|at| *at = (*at + offers.len() - 1) % offers.len()),
            "Tab" if !offers.is_empty() && !event.shift_key() => match offers.get(at.get_untracked()) {
                Some(offer) => take(offer.clone()),
                None => return,
            },
            "Escape" if open.get_untracked() && !offers.is_empty() => open.set(false),
            "Escape" | "Enter" => {
                if let Some(input) = input.get_untracked() {
                    let _ = input.blur();
                }
                open.set(false);
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let errors = Memo::new(move |_| {
        state.with(|state| state.as_ref().map(|state| state.filter_errors.clone()).unwrap_or_default())
    });
    view! {
        <div class="filter-line" class:wrong=move || !errors.read().is_empty()>
            <Icon name="list-filter" />
            <div class="filter-text">
                <div class="filter-marks mono" aria-hidden="true">
                    {move || marked(&typed.read(), &errors.read()).into_iter().map(|(text, wrong)| view! { <span class:wrong=wrong>{text}</span> }).collect_view()}
                </div>
                <input
                    node_ref=input
                    class="mono"
                    type="text"
                    role="combobox"
                    aria-label=name
                    aria-autocomplete="list"
                    aria-expanded=move || (!offers.read().is_empty()).to_string()
                    aria-controls="filter-offers"
                    aria-describedby="filter-errors"
                    aria-invalid=move || (!errors.read().is_empty()).to_string()
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=example
                    prop:value=move || typed.get()
                    on:input:target=move |event| {
                        typed.set(event.target().value());
                        open.set(true);
                        at.set(0);
                        tell_later();
                    }
                    on:keydown=on_key
                    on:blur=move |_| open.set(false)
                />
            </div>
            <Show when=move || !typed.read().is_empty()>
                <button
                    type="button"
                    class="close"
                    aria-label="Clear the filter"
                    on:click=move |_| {
                        typed.set(String::new());
                        on_change.run(String::new());
                    }
                >
                    <Icon name="x" />
                </button>
            </Show>
            <Show when=move || !offers.read().is_empty()>
                <ul class="popover offers" id="filter-offers" role="listbox" aria-label="Fields and values">
                    {move || {
                        offers
                            .get()
                            .into_iter()
                            .enumerate()
                            .map(|(index, offer)| {
                                let text = offer.clone();
                                view! {
                                    <li
                                        role="option"
                                        class="option mono"
                                        aria-selected=move || (at.get() == index).to_string()
                                        on:mousedown=move |event| {
                                            event.prevent_default();
                                            take(offer.clone());
                                        }
                                    >
                                        {text}
                                    </li>
                                }
                            })
                            .collect_view()
                    }}
                </ul>
            </Show>
            <p class="field-error" id="filter-errors">
                {move || errors.get().into_iter().next().map(|error| error.message)}
            </p>
        </div>
    }
}

/// Where the word at the end begins, in bytes.
fn last_word(line: &str) -> usize {
    line.rfind(char::is_whitespace)
        .map_or(0, |space| space + line.get(space..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8))
}

/// Fields that begin with the last word, or the values of the field that it names.
fn offers(line: &str, fields: &[Field]) -> Vec<String> {
    let word = line.get(last_word(line)..).unwrap_or_default();
    let (minus, word) = match word.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", word),
    };
    if word.is_empty() {
        return Vec::new();
    }
    let lower = word.to_lowercase();
    match lower.split_once(':') {
        Some((name, start)) => fields
            .iter()
            .filter(|field| field.name == name)
            .flat_map(|field| field.values.iter().map(move |value| (field, value)))
            .filter(|(_, value)| value.to_lowercase().starts_with(start) && value.to_lowercase() != start)
            .map(|(field, value)| format!("{minus}{}:{value}", field.name))
            .collect(),
        None => fields
            .iter()
            .filter(|field| field.name.starts_with(&lower))
            .map(|field| {
                let sign = match field.kind {
                    FieldKind::Text => ":",
                    FieldKind::Size | FieldKind::Number | FieldKind::Real | FieldKind::Duration => ">",
                    FieldKind::Time => ":>",
                };
                format!("{minus}{}{sign}", field.name)
            })
            .collect(),
    }
}

/// The line cut into parts that were understood and parts that were not.
fn marked(line: &str, errors: &[contract::sets::FilterError]) -> Vec<(String, bool)> {
    let mut parts: Vec<(String, bool)> = Vec::new();
    for (position, character) in (0_u32..).zip(line.chars()) {
        let wrong = errors.iter().any(|error| error.from <= position && position < error.to);
        match parts.last_mut() {
            Some((text, last)) if *last == wrong => text.push(character),
            _ => parts.push((character.to_string(), wrong)),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::sets::FilterError;

    fn fields() -> Vec<Field> {
        let field = |name: &str, kind, values: &[&str]| Field {
            name: name.into(),
            kind,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        vec![
            field("size", FieldKind::Size, &[]),
            field("stored", FieldKind::Time, &[]),
            field("class", FieldKind::Text, &["STANDARD", "GLACIER", "GLACIER_IR"]),
        ]
    }

    #[test]
    fn fields_are_offered_with_their_sign() {
        assert_eq!(offers("s", &fields()), ["size>", "stored:>"]);
        assert_eq!(offers("menu -cl", &fields()), ["-class:"]);
        assert!(offers("menu ", &fields()).is_empty());
    }

    #[test]
    fn values_are_offered_for_their_field() {
        assert_eq!(offers("class:gl", &fields()), ["class:GLACIER", "class:GLACIER_IR"]);
        assert_eq!(offers("class:glacier", &fields()), ["class:GLACIER_IR"], "what is typed whole needs no offer");
        assert!(offers("size:1", &fields()).is_empty());
    }

    #[test]
    fn errors_are_marked_by_characters() {
        let error = FilterError { from: 2, to: 4, message: String::new() };
        let parts = marked("äöüß!", &[error]);
        assert_eq!(parts, [("äö".to_owned(), false), ("üß".to_owned(), true), ("!".to_owned(), false)]);
    }

    #[test]
    fn the_last_word_may_follow_any_space() {
        assert_eq!(last_word("a b"), 2);
        assert_eq!(last_word("a\u{3000}b"), 4);
        assert_eq!(last_word("ab"), 0);
    }
}

//! A choice of few, side by side: a radio group, one tab stop, arrows move and choose.

use crate::format;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast as _;

/// `choices` are value and word. `chosen` follows whatever holds the truth; `on_choose` changes it.
#[component]
pub fn Segmented<T>(
    #[prop(into)] name: Signal<String>,
    choices: Vec<(T, &'static str)>,
    #[prop(into)] chosen: Signal<T>,
    #[prop(into)] on_choose: Callback<T>,
    /// The number behind a word, once it is known.
    #[prop(optional, into)]
    count: Option<Callback<T, Option<u64>>>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let values: Vec<T> = choices.iter().map(|(value, _)| *value).collect();
    crate::keys::hold(&crate::keys::held::CHOICE);
    let on_key = move |event: ev::KeyboardEvent| {
        let step: usize = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => 1,
            "ArrowLeft" | "ArrowUp" => values.len() - 1,
            _ => return,
        };
        event.prevent_default();
        let chosen = chosen.get_untracked();
        let at = values.iter().position(|value| *value == chosen).unwrap_or_default();
        let next = (at + step) % values.len();
        if let Some(value) = values.get(next) {
            on_choose.run(*value);
            focus_child(&event, next);
        }
    };
    view! {
        <div class="seg" role="radiogroup" aria-label=move || name.get() on:keydown=on_key>
            {choices
                .into_iter()
                .map(|(value, word)| {
                    let on = move || chosen.get() == value;
                    view! {
                        <button
                            type="button"
                            role="radio"
                            aria-checked=move || on().to_string()
                            tabindex=move || if on() { "0" } else { "-1" }
                            class:on=on
                            on:click=move |_| on_choose.run(value)
                        >
                            {word}
                            {move || count.and_then(|count| count.run(value)).map(|count| format!(" {}", format::count(count)))}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// Moves the focus to a child of the element that listens.
pub fn focus_child(event: &ev::KeyboardEvent, index: usize) {
    let group = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let child = group.and_then(|group| group.children().item(u32::try_from(index).unwrap_or_default()));
    if let Some(child) = child.and_then(|child| child.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = child.focus();
    }
}

//! Choosing one of many: a button that opens a list which typing narrows.

use crate::parts::{fuzzy, icon::Icon, popover::Popover};
use leptos::{ev, prelude::*};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub title: String,
    pub detail: String,
    /// Class and word of a badge.
    pub badge: Option<(&'static str, &'static str)>,
}

/// `name` is verb and noun (`Choose profile`); the children are what the button shows. With `free`, what was typed can
/// be chosen even if the list does not hold it.
#[component]
pub fn Picker(
    name: &'static str,
    /// The list's own name: `Profiles`.
    list: &'static str,
    #[prop(into)] choices: Signal<Vec<Choice>>,
    #[prop(into)] chosen: Signal<Option<String>>,
    #[prop(into)] on_choose: Callback<String>,
    #[prop(optional)] free: bool,
    children: Children,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let id = list.to_lowercase();
    let list_id = format!("{id}-list");
    let option_id = {
        let id = id.clone();
        move |index: usize| format!("{id}-option-{index}")
    };

    let found = Memo::new(move |_| {
        let typed = typed.read();
        let mut found: Vec<(i32, Choice)> = choices
            .get()
            .into_iter()
            .filter_map(|choice| {
                let score = fuzzy::score(&typed, &format!("{} {}", choice.title, choice.detail))?;
                Some((score, choice))
            })
            .collect();
        if !typed.trim().is_empty() {
            found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        }
        let mut found: Vec<Choice> = found.into_iter().map(|(_, choice)| choice).collect();
        let own = typed.trim().to_owned();
        if free && !own.is_empty() && found.iter().all(|choice| choice.value != own) {
            found.push(Choice { title: format!("Use {own}"), value: own, detail: String::new(), badge: None });
        }
        found
    });
    Effect::new(move |_| {
        if open.get() {
            typed.set(String::new());
            let chosen = chosen.get_untracked();
            let at_chosen = found.read_untracked().iter().position(|choice| Some(&choice.value) == chosen.as_ref());
            at.set(at_chosen.unwrap_or_default());
        }
    });

    let choose = move |index: usize| {
        if let Some(choice) = found.read_untracked().get(index) {
            on_choose.run(choice.value.clone());
            open.set(false);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let bottom = found.read_untracked().len().saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1).min(bottom)),
            "ArrowUp" => at.update(|at| *at = at.saturating_sub(1)),
            "Enter" => choose(at.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };

    let active = option_id.clone();
    view! {
        <div class="picker">
            <button
                type="button"
                class="pick"
                aria-label=move || format!("{name}: {}", chosen.get().unwrap_or_else(|| "none".into()))
                aria-haspopup="dialog"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {children()}
                <Icon name="chevron-down" />
            </button>
            <Popover name open>
                <input
                    type="text"
                    role="combobox"
                    aria-label=list
                    aria-expanded="true"
                    aria-controls=list_id.clone()
                    aria-activedescendant={
                        let active = active.clone();
                        move || active(at.get())
                    }
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="Type to narrow"
                    prop:value=typed
                    on:input:target=move |event| {
                        typed.set(event.target().value());
                        at.set(0);
                    }
                    on:keydown=on_key
                />
                <div class="options" role="listbox" id=list_id.clone() aria-label=list>
                    {
                        let option_id = option_id.clone();
                        move || {
                            let found = found.get();
                            if found.is_empty() {
                                return view! { <p class="options-none">"Nothing fits."</p> }.into_any();
                            }
                            found
                                .into_iter()
                                .enumerate()
                                .map(|(index, choice)| {
                                    let now = chosen.get_untracked().as_ref() == Some(&choice.value);
                                    view! {
                                        <div
                                            class="option"
                                            role="option"
                                            id=option_id(index)
                                            data-id=choice.value
                                            aria-selected=move || (at.get() == index).to_string()
                                            on:mousemove=move |_| at.set(index)
                                            on:click=move |_| choose(index)
                                        >
                                            <span class="option-text">
                                                <span class="cut">{choice.title}</span>
                                                {(!choice.detail.is_empty())
                                                    .then(|| view! { <span class="dim cut">{choice.detail}</span> })}
                                            </span>
                                            <span class="option-end">
                                                {choice
                                                    .badge
                                                    .map(|(class, word)| view! { <span class=class>{word}</span> })}
                                                {now.then(|| view! { <Icon name="check" /> <span class="unseen">"chosen"</span> })}
                                            </span>
                                        </div>
                                    }
                                })
                                .collect_view()
                                .into_any()
                        }
                    }
                </div>
            </Popover>
        </div>
    }
}

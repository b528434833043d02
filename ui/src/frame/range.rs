//! The range of time in the top bar: typed or picked, moved earlier and later.

use crate::{
    desk::Desk,
    format,
    parts::{icon::Icon, list::use_change, popover::Popover},
    range::{address_of, bounds, mover, shown, words},
};
use contract::range::{self, RangeError, Shift};
use leptos::prelude::*;

/// What is offered to press: text and word.
const PICKS: [(&str, &str); 8] = [
    ("30m", "30 m"),
    ("6h", "6 h"),
    ("24h", "24 h"),
    ("7d", "7 d"),
    ("14d", "14 d"),
    ("90d", "90 d"),
    ("now/d", "today"),
    ("now-1d/d..now/d", "yesterday"),
];

/// Shows while the page on screen has a range.
#[component]
pub fn RangePicker() -> impl IntoView {
    let desk = Desk::get();
    let there = Memo::new(move |_| desk.page_range.read().is_some());
    view! {
        <Show when=move || there.get()>
            <Chooser />
        </Show>
    }
}

#[component]
fn Chooser() -> impl IntoView {
    let desk = Desk::get();
    let open = RwSignal::new(false);
    let shown = shown();
    let label = move || {
        // A range that ends now is told anew as the clock goes on.
        desk.now.track();
        words(shown.get(), desk.zone())
    };
    view! {
        <div class="picker">
            <button
                type="button"
                class="pick"
                aria-label=move || format!("Choose time range: {}", label())
                aria-haspopup="dialog"
                aria-expanded=move || open.get().to_string()
                title=move || shown.get().map(|range| bounds(range, desk.zone()))
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <Icon name="clock" />
                <span class="cut num-text">{label}</span>
                <Icon name="chevron-down" />
            </button>
            <Popover name="Choose time range" open class="popover-text">
                <Form open />
            </Popover>
        </div>
    }
}

#[component]
fn Form(open: RwSignal<bool>) -> impl IntoView {
    let desk = Desk::get();
    let shown = shown();
    let change = StoredValue::new_local(use_change());
    let mover = StoredValue::new_local(mover());
    let typed = RwSignal::new(shown.get_untracked().map(|range| range.to_string()).unwrap_or_default());
    // Moved by the buttons below, the text follows.
    Effect::new(move |was: Option<_>| {
        let range = shown.get();
        if was.is_some_and(|was| was != range) {
            typed.set(range.map(|range| range.to_string()).unwrap_or_default());
        }
        range
    });
    let read = Memo::new(move |_| range::parse(&typed.read(), format::now(), desk.offset_minutes()));
    let problem = Memo::new(move |_| {
        let blank = typed.read().trim().is_empty();
        read.get().err().filter(|_| !blank)
    });
    let show = move |text: &str| {
        if let Ok(range) = range::parse(text, format::now(), untrack(|| desk.offset_minutes())) {
            change.with_value(|change| change("range", address_of(Some(range), desk)));
            open.set(false);
        }
    };
    let all = Memo::new(move |_| desk.page_range.read().is_some_and(|page| page.default.is_none()));
    view! {
        <form
            class="popover-form range-form"
            on:submit=move |event| {
                event.prevent_default();
                show(&typed.get_untracked());
            }
        >
            <label class="field">
                <span id="range-label">{move || format!("Range, in {} unless it says otherwise", format::zone_words(desk.zone()))}</span>
                <input
                    type="text"
                    class="mono"
                    // WebKit counts what a field holds among the text of the label around it.
                    aria-labelledby="range-label"
                    autofocus
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="30m, now-1d/d, 2026-11-20T06:00Z/2026-11-20T12:00Z"
                    aria-invalid=move || problem.read().is_some().to_string()
                    aria-describedby="range-problem"
                    prop:value=typed
                    on:input:target=move |event| typed.set(event.target().value())
                />
            </label>
            <p class="field-error" id="range-problem" role="alert">
                {move || problem.get().map(|problem| view! { <Wrong text=typed.get() problem /> })}
            </p>
            <p class="soft num-text">{move || read.get().ok().map(|range| bounds(range, desk.zone()))}</p>
            <div class="row range-picks" role="group" aria-label="Ranges">
                {PICKS
                    .into_iter()
                    .map(|(text, word)| view! { <button type="button" class="btn" on:click=move |_| show(text)>{word}</button> })
                    .collect_view()}
                <Show when=move || all.get()>
                    <button
                        type="button"
                        class="btn"
                        on:click=move |_| {
                            change.with_value(|change| change("range", None));
                            open.set(false);
                        }
                    >
                        "all"
                    </button>
                </Show>
            </div>
            <div class="dialog-foot">
                <button type="button" class="btn" disabled=move || shown.read().is_none() on:click=move |_| mover.with_value(|move_to| move_to(Shift::Earlier))>
                    "Earlier " <kbd>"["</kbd>
                </button>
                <button
                    type="button"
                    class="btn"
                    disabled=move || shown.read().is_none_or(|range| range.is_live())
                    on:click=move |_| mover.with_value(|move_to| move_to(Shift::Later))
                >
                    "Later " <kbd>"]"</kbd>
                </button>
                <button type="submit" class="btn go" disabled=move || read.read().is_err()>"Show range"</button>
            </div>
        </form>
    }
}

/// The typed text with the wrong part underlined, and what is wrong with it.
#[component]
fn Wrong(text: String, problem: RangeError) -> impl IntoView {
    let (from, to) = problem.place;
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    view! {
        <span>
            <span class="mono" aria-hidden="true">
                {part(0, from)} <u class="wrong">{part(from, to)}</u> {part(to, text.len())}
            </span>
            <br />
            {problem.message}
        </span>
    }
}

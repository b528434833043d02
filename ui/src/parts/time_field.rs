//! A moment, typed or picked: `now-2h`, `yesterday 09:00`, `2026-11-21 05:55`. The core reads it; the field tells what was
//! typed after a pause.

use crate::{desk::Desk, format};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(250);
/// What is offered to press.
const PICKS: [&str; 5] = ["now-1h", "now-6h", "now-1d", "yesterday 09:00", "now-7d"];

#[component]
pub fn TimeField(value: RwSignal<String>, #[prop(into)] on_change: Callback<String>) -> impl IntoView {
    let desk = Desk::get();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let tell = move |text: String, pause: bool| {
        value.set(text.clone());
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        if pause {
            waiting.set_value(set_timeout_with_handle(move || on_change.run(text), PAUSE).ok());
        } else {
            on_change.run(text);
        }
    };
    let zone = move || format::zone_words(desk.zone());
    view! {
        <label class="field">
            <span>{move || format!("Moment, in {} unless it says otherwise", zone())}</span>
            <input
                class="mono"
                type="text"
                autofocus
                autocomplete="off"
                spellcheck="false"
                placeholder="2026-11-21 05:55, yesterday 09:00, now-2h"
                prop:value=value
                on:input:target=move |event| tell(event.target().value(), true)
            />
        </label>
        <div class="row" role="group" aria-label="Moments">
            {PICKS
                .into_iter()
                .map(|pick| view! { <button type="button" class="btn" on:click=move |_| tell(pick.to_owned(), false)>{pick}</button> })
                .collect_view()}
        </div>
    }
}

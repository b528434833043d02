//! Tabs on the WAI-ARIA pattern: one tab stop, arrows move and choose, each tab names its panel.

use super::segmented::focus_child;
use leptos::{ev, prelude::*};

/// One tab: its id (also in the address, where the page wants that) and its word.
pub type Tab = (&'static str, &'static str);

/// The row of tabs. The panel with the id [`panel`] gives is the page's.
#[component]
pub fn Tabs(
    #[prop(into)] name: String,
    tabs: Vec<Tab>,
    #[prop(into)] chosen: Signal<String>,
    #[prop(into)] on_choose: Callback<String>,
) -> impl IntoView {
    let ids: Vec<&'static str> = tabs.iter().map(|(id, _)| *id).collect();
    crate::keys::hold(&crate::keys::held::CHOICE);
    let on_key = move |event: ev::KeyboardEvent| {
        let chosen = chosen.get_untracked();
        let at = ids.iter().position(|id| *id == chosen).unwrap_or_default();
        let next = match event.key().as_str() {
            "ArrowRight" => (at + 1) % ids.len(),
            "ArrowLeft" => (at + ids.len() - 1) % ids.len(),
            "Home" => 0,
            "End" => ids.len() - 1,
            _ => return,
        };
        event.prevent_default();
        if let Some(id) = ids.get(next) {
            on_choose.run((*id).to_owned());
            focus_child(&event, next);
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=name on:keydown=on_key>
            {tabs
                .into_iter()
                .map(|(id, word)| {
                    let on = move || *chosen.read() == id;
                    view! {
                        <button
                            type="button"
                            role="tab"
                            id=format!("tab-{id}")
                            aria-selected=move || on().to_string()
                            aria-controls=panel(id)
                            tabindex=move || if on() { "0" } else { "-1" }
                            class:on=on
                            on:click=move |_| on_choose.run(id.to_owned())
                        >
                            {word}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// The id of a tab's panel: `<div role="tabpanel" id=panel("history") aria-labelledby="tab-history">`.
pub fn panel(id: &str) -> String {
    format!("panel-{id}")
}

//! The keys that work here, from the key map. Opened by `?`.

use crate::{
    desk::Desk,
    keys::{self, Scope},
    parts::dialog::{CloseButton, Dialog},
};
use leptos::prelude::*;

#[component]
pub fn Help() -> impl IntoView {
    let desk = Desk::get();
    let open = desk.help_open;
    view! {
        <Dialog name="Show keys" open wide=true>
            <h2>"Keys that work here"</h2>
            <Show when=move || !desk.settings().single_keys>
                <p class="soft">"Keys without Ctrl are switched off in the settings."</p>
            </Show>
            <div class="help">
                {move || {
                    let valid = keys::valid();
                    [Scope::Window, Scope::Page, Scope::List]
                        .into_iter()
                        .filter_map(|scope| {
                            let of_scope = valid.iter().filter(|key| key.scope == scope);
                            let keys: Vec<Line> = of_scope.map(|key| (key.keys, key.what)).collect();
                            (!keys.is_empty()).then(|| view! { <Group title=scope.title() keys /> })
                        })
                        .collect_view()
                }}
                // With the focus there: the part has these keys before the page.
                {move || {
                    keys::holders()
                        .into_iter()
                        .map(|held| view! { <Group title=held.place keys=held.keys.to_vec() /> })
                        .collect_view()
                }}
            </div>
            <div class="dialog-foot">
                <CloseButton open label="Close" />
            </div>
        </Dialog>
    }
}

/// Keys, and what they do.
type Line = (&'static str, &'static str);

#[component]
fn Group(title: &'static str, keys: Vec<Line>) -> impl IntoView {
    view! {
        <section class="help-group" aria-label=title>
            <h3>{title}</h3>
            <dl>
                {keys
                    .into_iter()
                    .map(|(keys, what)| {
                        view! {
                            <div>
                                <dt>
                                    <Caps keys />
                                </dt>
                                <dd>{what}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
        </section>
    }
}

/// A shortcut as caps: `g` `o`.
#[component]
pub fn Caps(keys: &'static str) -> impl IntoView {
    view! {
        <span class="caps">
            {keys::caps(keys).into_iter().map(|cap| view! { <kbd>{cap}</kbd> }).collect_view()}
        </span>
    }
}

//! The keys that work here, from the key map. Opened by `?`.

use crate::{
    desk::Desk,
    keys::{self, Key, Scope},
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
                            let keys: Vec<Key> = valid.iter().filter(|key| key.scope == scope).copied().collect();
                            (!keys.is_empty()).then(|| view! { <Group scope keys /> })
                        })
                        .collect_view()
                }}
            </div>
            <div class="dialog-foot">
                <CloseButton open label="Close" />
            </div>
        </Dialog>
    }
}

#[component]
fn Group(scope: Scope, keys: Vec<Key>) -> impl IntoView {
    view! {
        <section class="help-group">
            <h3>{scope.title()}</h3>
            <dl>
                {keys
                    .into_iter()
                    .map(|key| {
                        view! {
                            <div>
                                <dt>
                                    <Caps keys=key.keys />
                                </dt>
                                <dd>{key.what}</dd>
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

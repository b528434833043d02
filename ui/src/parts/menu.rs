//! The copy menu behind `y`: what the selected thing can be copied as.

use super::segmented::focus_child;
use crate::{desk::Desk, format, parts::dialog::Dialog};
use leptos::{ev, prelude::*};

/// Label and value: `("Version id", "3HL4…")`. A value is shown as it will be copied, cut at the end of the line.
pub type CopyItem = (String, String);

#[component]
pub fn CopyMenu(open: RwSignal<bool>, #[prop(into)] items: Signal<Vec<CopyItem>>) -> impl IntoView {
    let desk = Desk::get();
    let at = RwSignal::new(0_usize);
    let on_key = move |event: ev::KeyboardEvent| {
        let last = items.read_untracked().len().saturating_sub(1);
        let next = match event.key().as_str() {
            "ArrowDown" | "j" => (at.get_untracked() + 1).min(last),
            "ArrowUp" | "k" => at.get_untracked().saturating_sub(1),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        at.set(next);
        focus_child(&event, next);
    };
    let choose = move |(label, value): CopyItem| {
        open.set(false);
        desk.copy(value, label);
    };
    view! {
        <Dialog name="Copy value" open class="menu-dialog">
            <h2 class="menu-title">"Copy"</h2>
            <div class="menu" role="menu" aria-label="Copy" on:keydown=on_key>
                {move || {
                    at.set(0);
                    items
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(index, item)| {
                            let (label, value) = item.clone();
                            view! {
                                <button
                                    type="button"
                                    role="menuitem"
                                    class="menu-item"
                                    tabindex=move || if at.get() == index { "0" } else { "-1" }
                                    on:click=move |_| choose(item.clone())
                                >
                                    <span>{label}</span>
                                    <span class="mono dim cut">{format::one_line(&value)}</span>
                                </button>
                            }
                        })
                        .collect_view()
                }}
            </div>
        </Dialog>
    }
}

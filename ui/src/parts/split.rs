//! List on the left, detail on the right, the split remembered. Below 1,100 px the detail stands under the list.

use crate::desk::Desk;
use leptos::{ev, html, prelude::*};

const LEAST: u8 = 30;
const MOST: u8 = 75;

#[component]
pub fn Split(
    #[prop(into)] list: ViewFn,
    #[prop(into)] detail: ViewFn,
    /// The left side takes all of it for now.
    #[prop(optional, into)]
    whole: Signal<bool>,
) -> impl IntoView {
    let desk = Desk::get();
    let pane = NodeRef::<html::Div>::new();
    // While the bar is held the split follows the pointer; it is kept when the bar is let go.
    let held = RwSignal::new(None::<u8>);
    let split = Memo::new(move |_| held.get().unwrap_or_else(|| desk.settings().split).clamp(LEAST, MOST));
    let keep = move |split: u8| desk.change_settings(|settings| settings.split = split.clamp(LEAST, MOST));

    crate::keys::hold(&crate::keys::held::SPLIT);
    let on_key = move |event: ev::KeyboardEvent| {
        let now = split.get_untracked();
        let next = match event.key().as_str() {
            "ArrowLeft" => now.saturating_sub(2),
            "ArrowRight" => now + 2,
            "Home" => LEAST,
            "End" => MOST,
            _ => return,
        };
        event.prevent_default();
        keep(next);
    };
    let share = move |event: &ev::PointerEvent| {
        let frame = pane.get_untracked()?.get_bounding_client_rect();
        let share = (f64::from(event.client_x()) - frame.left()) / frame.width().max(1.0) * 100.0;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to a percentage
        Some(share.round().clamp(f64::from(LEAST), f64::from(MOST)) as u8)
    };

    view! {
        <div class="split" class:whole=whole node_ref=pane style=("--split", move || format!("{}%", split.get()))>
            <section class="pane list-pane">{list.run()}</section>
            <div
                class="split-bar"
                role="separator"
                aria-label="Width of the list"
                aria-orientation="vertical"
                aria-valuemin=LEAST.to_string()
                aria-valuemax=MOST.to_string()
                aria-valuenow=move || split.get().to_string()
                tabindex="0"
                on:keydown=on_key
                on:pointerdown=move |event| {
                    event.prevent_default();
                    held.set(Some(split.get_untracked()));
                    if let Some(bar) = event_target_element(&event) {
                        let _ = bar.set_pointer_capture(event.pointer_id());
                    }
                }
                on:pointermove=move |event| {
                    if held.get_untracked().is_some()
                        && let Some(share) = share(&event)
                    {
                        held.set(Some(share));
                    }
                }
                on:pointerup=move |_| {
                    if let Some(split) = held.get_untracked() {
                        keep(split);
                        held.set(None);
                    }
                }
            ></div>
            <div class="pane detail-pane">{detail.run()}</div>
        </div>
    }
}

fn event_target_element(event: &ev::PointerEvent) -> Option<web_sys::Element> {
    use wasm_bindgen::JsCast;
    event.target().and_then(|target| target.dyn_into().ok())
}

//! Something small that opens at a button and is gone with the next press elsewhere.
//!
//! Not modal: the rest stays usable. Esc closes, and the focus goes back to where it was.

use crate::keys::{self, Action};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast as _;

/// `name` is its accessible name, verb and noun. Sits inside a `.picker`, beside the button that opens it.
#[component]
pub fn Popover(
    #[prop(into)] name: Signal<String>,
    open: RwSignal<bool>,
    #[prop(optional)] class: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    // Where the focus was before; the node never leaves this thread.
    let before = StoredValue::new_local(None::<web_sys::HtmlElement>);
    // The button that it sits beside, for what opened it may be gone by then: a dialog that sent the person here.
    let beside = StoredValue::new_local(None::<web_sys::HtmlElement>);
    let leave = move || {
        let kept = before.try_update_value(Option::take).flatten().filter(|element| element.is_connected());
        if let Some(element) = kept.or_else(|| beside.try_get_value().flatten()) {
            let _ = element.focus();
        }
    };

    let inside = move |target: Option<web_sys::EventTarget>| {
        let target = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        // The button beside it counts as inside: it closes by itself.
        let home = node.get_untracked().and_then(|popover| popover.parent_element());
        home.is_some_and(|home| home.contains(target.as_ref()))
    };
    let presses = window_event_listener(ev::mousedown, move |event| {
        if open.get_untracked() && !inside(event.target()) {
            open.set(false);
        }
    });
    on_cleanup(move || presses.remove());

    Effect::new(move |was: Option<bool>| {
        let is = open.get();
        if is && was != Some(true) {
            let active = document().active_element().and_then(|element| element.dyn_into().ok());
            before.set_value(active);
            request_animation_frame(move || {
                let home = node.get_untracked().and_then(|popover| popover.parent_element());
                let button = home.and_then(|home| home.query_selector("button").ok().flatten());
                beside.try_set_value(button.and_then(|button| button.dyn_into().ok()));
                let first = node.get_untracked().and_then(|popover| {
                    popover
                        .query_selector("[autofocus], input, textarea, button:not([disabled]), [tabindex='0']")
                        .ok()
                        .flatten()
                });
                if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
                    let _ = first.focus();
                }
            });
        }
        if !is && was == Some(true) {
            // Only when the focus went down with the popover: a press elsewhere has moved it already.
            let lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
            if lost {
                leave();
            }
        }
        is
    });

    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            leave();
            open.set(false);
        }
    };
    let on_leave = move |event: ev::FocusEvent| {
        if event.related_target().is_some() && !inside(event.related_target()) {
            open.set(false);
        }
    };

    view! {
        <Show when=move || open.get()>
            <div
                node_ref=node
                class=format!("popover {class}")
                role="dialog"
                aria-label=move || name.get()
                on:keydown=on_key
                on:focusout=on_leave
            >
                <CloseByBack open />
                {children()}
            </div>
        </Show>
    }
}

/// Esc closes for as long as this is there. Where the focus is in what is open, that closes itself; it may also be on the
/// button that opened it, or have gone with something that was pressed.
#[component]
pub fn CloseByBack(open: RwSignal<bool>) -> impl IntoView {
    keys::on(Action::Back, move || open.set(false));
}

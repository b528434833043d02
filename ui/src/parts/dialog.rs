//! A modal dialog on the native `<dialog>`: the browser keeps the focus inside, makes the rest inert, closes on Esc
//! and gives the focus back.
//!
//! The content exists only while the dialog is open, so every opening starts fresh. What has `autofocus` gets the
//! focus, else the first control.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast as _;

/// `name` is its accessible name, verb and noun; `title` is not drawn here, the content brings its own heading.
#[component]
pub fn Dialog(
    #[prop(into)] name: Signal<String>,
    open: RwSignal<bool>,
    /// For content with long lines.
    #[prop(optional)]
    wide: bool,
    /// Another class for the surface.
    #[prop(optional)]
    class: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();

    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
                // The content is drawn in the same turn or the next; by the next frame it is there.
                request_animation_frame(move || focus_first(&dialog));
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });

    // A press on the scrim arrives at the dialog itself: its content covers all of its surface.
    let on_press = move |event: ev::MouseEvent| {
        let on_scrim = node.get_untracked().is_some_and(|dialog| {
            event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Node>().ok())
                .is_some_and(|target| dialog.is_same_node(Some(&target)))
        });
        if on_scrim {
            open.set(false);
        }
    };

    view! {
        <dialog
            node_ref=node
            class=format!("dialog {class}")
            class:wide=wide
            aria-label=move || name.get()
            on:close=move |_| open.set(false)
            on:mousedown=on_press
        >
            <Show when=move || open.get()>
                <div class="dialog-content">{children()}</div>
            </Show>
        </dialog>
    }
}

/// The way to leave a part that sits at its foot: `Cancel`, `Close`.
#[component]
pub fn CloseButton(open: RwSignal<bool>, #[prop(default = "Cancel")] label: &'static str) -> impl IntoView {
    view! {
        <button type="button" class="btn" on:click=move |_| open.set(false)>
            {label}
        </button>
    }
}

fn focus_first(dialog: &web_sys::HtmlDialogElement) {
    const CONTROLS: &str = "input:not([disabled]), select, textarea, button:not([disabled]), a[href], [tabindex='0']";
    let find = |selector: &str| dialog.query_selector(selector).ok().flatten();
    let control = find("[autofocus]:not([disabled])").or_else(|| find(CONTROLS));
    if let Some(control) = control.and_then(|control| control.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = control.focus();
    }
}

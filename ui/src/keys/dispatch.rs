//! From a press to the handler that has its action.

use super::{Action, KEYS, Key, Meaning, meaning, pressed};
use crate::desk::Desk;
use leptos::{ev, prelude::*};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast as _;

struct Handler {
    id: u64,
    action: Action,
    act: Rc<dyn Fn()>,
}

#[derive(Default)]
struct Registry {
    next: u64,
    handlers: Vec<Handler>,
    /// The first key of two, and when it was pressed (milliseconds).
    before: Option<(String, f64)>,
}

thread_local! {
    // The window is one thread, and a key press has no owner to look a context up from.
    static REGISTRY: RefCell<Registry> = RefCell::default();
}

/// How long the first key of two waits for the second.
const WAIT_MS: f64 = 1_200.0;

/// Calls `act` for an action until the component that asked for it is gone.
pub fn on(action: Action, act: impl Fn() + 'static) {
    let id = REGISTRY.with_borrow_mut(|registry| {
        registry.next += 1;
        let id = registry.next;
        registry.handlers.push(Handler { id, action, act: Rc::new(act) });
        id
    });
    on_cleanup(move || {
        REGISTRY.with_borrow_mut(|registry| registry.handlers.retain(|handler| handler.id != id));
    });
}

/// The keys that do something now.
pub fn valid() -> Vec<Key> {
    REGISTRY.with_borrow(|registry| {
        KEYS.iter()
            .filter(|key| registry.handlers.iter().any(|handler| handler.action == key.action))
            .copied()
            .collect()
    })
}

/// Calls the handler that has an action, as its key would.
pub fn act(action: Action) -> bool {
    let handler = REGISTRY.with_borrow(|registry| {
        registry.handlers.iter().rev().find(|handler| handler.action == action).map(|handler| Rc::clone(&handler.act))
    });
    // Called outside the borrow: a handler may open a dialog, which registers handlers of its own.
    handler.is_some_and(|act| {
        act();
        true
    })
}

/// Starts listening. Called once, by `App`.
pub fn listen(desk: Desk) {
    let listener = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented() || event.is_composing() {
            return;
        }
        let control = event.ctrl_key() || event.meta_key();
        let Some(pressed) = pressed(&event.key(), control, event.alt_key()) else { return };
        let dialog = document().query_selector("dialog[open]").ok().flatten().is_some();
        if dialog && !(control && desk.palette_open.get_untracked()) {
            return;
        }
        if !control && !allowed(desk, &event, &pressed) {
            return;
        }
        let now = js_sys::Date::now();
        let before = REGISTRY.with_borrow_mut(|registry| registry.before.take());
        let before = before.filter(|(_, at)| now - at < WAIT_MS).map(|(key, _)| key);
        match meaning(before.as_deref(), &pressed) {
            Meaning::Do(actions) => {
                if actions.into_iter().any(act) {
                    event.prevent_default();
                }
            }
            Meaning::Wait => REGISTRY.with_borrow_mut(|registry| registry.before = Some((pressed, now))),
            Meaning::Nothing => {}
        }
    });
    on_cleanup(move || listener.remove());
}

/// Whether a press without Ctrl may act where the focus is.
fn allowed(desk: Desk, event: &web_sys::KeyboardEvent, pressed: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let within =
        |selector: &str| target.as_ref().is_some_and(|element| element.closest(selector).ok().flatten().is_some());
    let typing = within("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]");
    if typing {
        return false;
    }
    let plain = pressed.chars().count() == 1;
    if plain && !desk.settings().single_keys {
        return false;
    }
    // Enter and Space belong to the control that has the focus.
    !(matches!(pressed, "Enter" | "Space")
        && within("button, a, summary, input, [role=tab], [role=menuitem], [role=option]"))
}

//! From a press to the handler that has its action.

use super::{Action, KEYS, Key, Meaning, held::Held, meaning, pressed};
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
    /// The last that has an action is the one that acts.
    handlers: Vec<Handler>,
    /// What the parts that are shown handle themselves.
    held: Vec<(u64, &'static Held)>,
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
    register(action, Rc::new(act), false);
}

/// The same, where nobody else has the action.
pub fn otherwise(action: Action, act: impl Fn() + 'static) {
    register(action, Rc::new(act), true);
}

fn register(action: Action, act: Rc<dyn Fn()>, is_last_resort: bool) {
    let id = REGISTRY.with_borrow_mut(|registry| {
        registry.next += 1;
        let id = registry.next;
        let at = if is_last_resort { 0 } else { registry.handlers.len() };
        registry.handlers.insert(at, Handler { id, action, act });
        id
    });
    on_cleanup(move || {
        REGISTRY.with_borrow_mut(|registry| registry.handlers.retain(|handler| handler.id != id));
    });
}

/// Says which keys a part handles itself, until the component that says so is gone.
pub fn hold(keys: &'static Held) {
    let id = REGISTRY.with_borrow_mut(|registry| {
        registry.next += 1;
        registry.held.push((registry.next, keys));
        registry.next
    });
    on_cleanup(move || {
        REGISTRY.with_borrow_mut(|registry| registry.held.retain(|(held, _)| *held != id));
    });
}

/// What the parts that are shown handle themselves, each kind of part once.
pub fn holders() -> Vec<&'static Held> {
    REGISTRY.with_borrow(|registry| {
        let mut kinds: Vec<&'static Held> = Vec::new();
        for (_, held) in &registry.held {
            if !kinds.contains(held) {
                kinds.push(held);
            }
        }
        kinds
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::held;
    use std::cell::Cell;

    #[test]
    fn a_last_resort_acts_where_nobody_else_does() {
        let owner = Owner::new();
        let told = Rc::new(Cell::new(""));
        let tell = |word: &'static str| {
            let told = Rc::clone(&told);
            move || told.set(word)
        };
        owner.with(|| on(Action::Back, tell("page")));
        owner.with(|| otherwise(Action::Back, tell("head")));
        assert!(act(Action::Back));
        assert_eq!(told.get(), "page");
        owner.cleanup();
        assert!(!act(Action::Back), "both are gone with their owner");
        owner.with(|| otherwise(Action::Back, tell("head")));
        assert!(act(Action::Back));
        assert_eq!(told.get(), "head");
        owner.cleanup();
    }

    #[test]
    fn parts_of_one_kind_are_told_once_and_go_with_their_owner() {
        let owner = Owner::new();
        owner.with(|| {
            hold(&held::CHART);
            hold(&held::GRAPH);
            hold(&held::CHART);
        });
        assert_eq!(holders(), [&held::CHART, &held::GRAPH]);
        owner.cleanup();
        assert!(holders().is_empty());
    }
}

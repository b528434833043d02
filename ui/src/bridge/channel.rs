//! The receiving end of a core stream.
//!
//! Tauri sends `{ message, index }`, possibly out of order because small and large messages take different ways, and
//! `{ end: true, index }` at the end. Events are handed on strictly by index.

use super::ipc;
use serde::{Deserialize, de::DeserializeOwned};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use wasm_bindgen::prelude::*;

#[derive(Deserialize)]
struct Envelope<T> {
    index: u64,
    message: Option<T>,
}

/// The next index, and what came before its turn.
type Waiting<T> = (u64, BTreeMap<u64, Option<T>>);

/// Receives events while it lives. Dropping it stops the handing on; the core stops when its set or page closes.
pub struct Listening {
    id: f64,
    _callback: Closure<dyn FnMut(JsValue)>,
}

impl std::fmt::Debug for Listening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listening").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Listening {
    pub(super) fn new<T: DeserializeOwned + 'static>(mut on_event: impl FnMut(T) + 'static) -> Self {
        let waiting: Rc<RefCell<Waiting<T>>> = Rc::default();
        let callback = Closure::<dyn FnMut(JsValue)>::new(move |value: JsValue| {
            let Some(text) = js_sys::JSON::stringify(&value).ok().and_then(|text| text.as_string()) else { return };
            let Ok(envelope) = serde_json::from_str::<Envelope<T>>(&text) else { return };
            waiting.borrow_mut().1.insert(envelope.index, envelope.message);
            loop {
                let next = {
                    let mut waiting = waiting.borrow_mut();
                    let index = waiting.0;
                    let Some(next) = waiting.1.remove(&index) else { break };
                    waiting.0 += 1;
                    next
                };
                if let Some(event) = next {
                    on_event(event);
                }
            }
        });
        let id = ipc::transform_callback(callback.as_ref(), false);
        Self { id, _callback: callback }
    }

    /// The argument that Tauri turns into its `Channel`.
    pub(super) fn argument(&self) -> String {
        format!("__CHANNEL__:{}", self.id)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        ipc::unregister_callback(self.id);
    }
}

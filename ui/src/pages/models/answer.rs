//! What the pages of models wait for.

use crate::desk::Desk;
pub use crate::parts::answer::{Answer, use_answer};
use contract::{OperationId, operations::OperationState};
use leptos::prelude::*;

/// Calls `act` each time that an operation which was started here has succeeded.
pub fn when_done(started: RwSignal<Option<OperationId>>, act: impl Fn() + 'static) {
    let desk = Desk::get();
    let done = Memo::new(move |_| {
        let id = started.get()?;
        let state = desk.operations.with(|rows| rows.iter().find(|row| row.id == id).map(|row| row.state));
        (state == Some(OperationState::Succeeded)).then_some(id)
    });
    Effect::new(move |_| {
        if done.read().is_some() {
            act();
        }
    });
}

/// True from the first time that `wanted` is.
pub fn once(wanted: impl Fn() -> bool + Send + Sync + 'static) -> Memo<bool> {
    Memo::new(move |was: Option<&bool>| was.copied().unwrap_or_default() || wanted())
}

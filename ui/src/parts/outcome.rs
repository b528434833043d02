//! The result of an operation, beside the thing it was started for.

use super::icon::Icon;
use crate::{address, desk::Desk};
use contract::{
    OperationId,
    operations::{OperationRow, OperationState, UndoState},
};
use leptos::prelude::*;
use leptos_router::components::A;

/// What became of the operation that was started here.
#[component]
pub fn Outcome(started: RwSignal<Option<OperationId>>) -> impl IntoView {
    let desk = Desk::get();
    let row = Memo::new(move |_| {
        let id = started.get()?;
        desk.operations.with(|rows| rows.iter().find(|row| row.id == id).cloned())
    });
    view! {
        {move || {
            row.get()
                .map(|row: OperationRow| {
                    let (class, icon, word) = match row.state {
                        OperationState::Running => ("acc", "loader", "Running"),
                        OperationState::Succeeded => ("good", "check", "Done"),
                        OperationState::Interrupted => ("warn", "triangle-alert", "Interrupted"),
                        _ => ("bad", "octagon-x", "Not done"),
                    };
                    let id = row.id.clone();
                    let receipt = address::operation(&row.id.0);
                    view! {
                        <div class=format!("outcome {class}") role="group" aria-label="Result">
                            <Icon name=icon />
                            <p>
                                <strong>{format!("{word}: {}.", row.title)}</strong>
                                " "
                                <span class="soft">{row.note.clone()}</span>
                            </p>
                            <span class="outcome-acts">
                                <A href=receipt attr:class="link">"Receipt"</A>
                                {(row.undo == UndoState::Possible && row.state != OperationState::Running)
                                    .then(|| {
                                        view! {
                                            <button
                                                type="button"
                                                class="link"
                                                on:click=move |_| desk.follow_up.set(Some(crate::desk::FollowUp::Undo(id.clone())))
                                            >
                                                "Undo"
                                            </button>
                                        }
                                    })}
                            </span>
                        </div>
                    }
                })
        }}
    }
}

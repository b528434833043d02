//! What follows on an operation: planning and confirming its undo, resuming it, discarding it. Asked for from the foot
//! and from receipts by `desk.follow_up`, answered here once for both.

use crate::{
    bridge,
    desk::{Desk, FollowUp},
    parts::{
        confirm::ConfirmPlan,
        dialog::{CloseButton, Dialog},
        fault::FaultView,
    },
};
use contract::{
    Fault, OperationId,
    operations::{DiscardOperation, ReadReceipt},
    plan::Plan,
    restore::PlanUndo,
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn FollowUps() -> impl IntoView {
    let desk = Desk::get();
    let undo = RwSignal::new(None::<Plan>);
    let resume = RwSignal::new(None::<Plan>);
    let resumed = RwSignal::new(None::<OperationId>);
    let discard = RwSignal::new(None::<OperationId>);

    Effect::new(move |_| {
        let Some(follow_up) = desk.follow_up.get() else { return };
        desk.follow_up.set(None);
        match follow_up {
            FollowUp::Undo(operation) => spawn_local(async move {
                match bridge::call(PlanUndo { operation }).await {
                    Ok(plan) => undo.set(Some(plan)),
                    Err(fault) => desk.problem.set(Some(fault)),
                }
            }),
            FollowUp::Resume(operation) => spawn_local(async move {
                match bridge::call(ReadReceipt { operation: operation.clone() }).await {
                    Ok(receipt) => {
                        resumed.set(Some(operation));
                        resume.set(Some(receipt.plan));
                    }
                    Err(fault) => desk.problem.set(Some(fault)),
                }
            }),
            FollowUp::Discard(operation) => discard.set(Some(operation)),
        }
    });

    view! {
        <ConfirmPlan plan=undo on_started=|_| () />
        <ConfirmPlan plan=resume on_started=|_| () resume=resumed />
        <Discard operation=discard />
        <Problem />
    }
}

/// A signal that says whether a dialog is open, tied to what it is about: closing clears that.
fn open_for<T: Send + Sync + 'static>(about: RwSignal<Option<T>>) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if about.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move |was: Option<bool>| {
        let is = open.get();
        if was == Some(true) && !is {
            about.set(None);
        }
        is
    });
    open
}

#[component]
fn Discard(operation: RwSignal<Option<OperationId>>) -> impl IntoView {
    let desk = Desk::get();
    let open = open_for(operation);
    let fault = RwSignal::new(None::<Fault>);
    let title = move || {
        let id = operation.get();
        desk.operations
            .read()
            .iter()
            .find(|row| Some(&row.id) == id.as_ref())
            .map_or_else(|| "the operation".to_owned(), |row| row.title.clone())
    };
    let act = move |_| {
        let Some(id) = operation.get_untracked() else { return };
        fault.set(None);
        spawn_local(async move {
            match bridge::call(DiscardOperation { operation: id }).await {
                Ok(()) => open.set(false),
                Err(why) => fault.set(Some(why)),
            }
        });
    };
    view! {
        <Dialog name="Discard operation" open>
            <h2>"Discard operation"</h2>
            <p class="soft">
                <strong>{title}</strong>
                " was cut off. Discarding gives up what it has not done yet. What it wrote stays, and can still be undone from its receipt."
            </p>
            {move || fault.get().map(|fault| view! { <FaultView fault /> })}
            <div class="dialog-foot">
                <CloseButton open />
                <button type="button" class="btn bad" on:click=act>
                    "Discard operation"
                </button>
            </div>
        </Dialog>
    }
}

/// A fault of something that was started from the frame.
#[component]
fn Problem() -> impl IntoView {
    let desk = Desk::get();
    let open = open_for(desk.problem);
    // The guard's popover and the sign-in dialog take over from here.
    Effect::new(move |_| {
        if desk.guard_open.get() || desk.sign_in.with(Option::is_some) {
            open.set(false);
        }
    });
    view! {
        <Dialog name="Explain problem" open>
            {move || desk.problem.get().map(|fault| view! { <FaultView fault /> })}
            <div class="dialog-foot">
                <CloseButton open label="Close" />
            </div>
        </Dialog>
    }
}

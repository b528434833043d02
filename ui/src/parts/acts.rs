//! What can be done with a thing: a button that says why it cannot, the plan that it asks for, and what follows once it
//! is done.

use crate::{bridge, desk::Desk};
use contract::{
    Command, Fault, OperationId,
    executions::Verdict,
    operations::{OperationState, ReadReceipt, StepReceipt},
    plan::Plan,
};
use leptos::{prelude::*, task::spawn_local};

/// The way from a button to a plan, and to the operation that it became.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    /// Handed to [`crate::parts::confirm::ConfirmPlan`].
    pub plan: RwSignal<Option<Plan>>,
    pub fault: RwSignal<Option<Fault>>,
    pub busy: RwSignal<bool>,
    /// Handed to [`crate::parts::outcome::Outcome`].
    pub started: RwSignal<Option<OperationId>>,
}

impl Asking {
    pub fn new() -> Self {
        Self {
            plan: RwSignal::new(None),
            fault: RwSignal::new(None),
            busy: RwSignal::new(false),
            started: RwSignal::new(None),
        }
    }

    /// Asks for a plan; a fault is kept for where the button is. `then` is called once there is a plan.
    pub fn ask<C>(self, request: C, then: impl FnOnce() + 'static)
    where
        C: Command<Reply = Plan> + 'static,
    {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(made) => {
                    then();
                    self.plan.try_set(Some(made));
                }
                Err(why) => {
                    self.fault.try_set(Some(why));
                }
            }
            self.busy.try_set(false);
        });
    }

    /// For `ConfirmPlan`.
    pub fn on_started(self) -> Callback<OperationId> {
        Callback::new(move |id| self.started.set(Some(id)))
    }
}

/// Calls `act` each time that an operation which was started here has succeeded.
pub fn when_done(started: RwSignal<Option<OperationId>>, act: impl Fn() + 'static) {
    let done = use_done(started);
    Effect::new(move |_| {
        if done.read().is_some() {
            act();
        }
    });
}

/// The first of something in the receipt of each operation that succeeded here: what it has started.
pub fn use_made<T: Send + Sync + 'static>(
    started: RwSignal<Option<OperationId>>,
    of: impl Fn(StepReceipt) -> Option<T> + Copy + 'static,
) -> RwSignal<Option<T>> {
    let made = RwSignal::new(None);
    let done = use_done(started);
    Effect::new(move |_| {
        made.set(None);
        let Some(operation) = done.get() else { return };
        spawn_local(async move {
            if let Ok(receipt) = bridge::call(ReadReceipt { operation }).await {
                made.try_set(receipt.steps.into_iter().find_map(of));
            }
        });
    });
    made
}

fn use_done(started: RwSignal<Option<OperationId>>) -> Memo<Option<OperationId>> {
    let desk = Desk::get();
    Memo::new(move |_| {
        let id = started.get()?;
        let state = desk.operations.with(|rows| rows.iter().find(|row| row.id == id).map(|row| row.state));
        (state == Some(OperationState::Succeeded)).then_some(id)
    })
}

/// It stays focusable when it cannot be done, and says why.
#[component]
pub fn Act(
    word: &'static str,
    /// `None`: it is not known yet whether it can be done.
    #[prop(into)]
    verdict: Signal<Option<Verdict>>,
    /// It stands out while it can be done.
    #[prop(optional, into)]
    go: Signal<bool>,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let desk = Desk::get();
    let refused = move || verdict.with(|verdict| verdict.as_ref().is_none_or(|verdict| !verdict.ok));
    let why = move || {
        verdict.with(|verdict| match verdict {
            Some(verdict) => verdict.reasons.join(" "),
            None => "It is being looked at whether this is possible.".to_owned(),
        })
    };
    view! {
        <button
            type="button"
            class="btn"
            class:go=move || go.get() && !refused()
            title=why
            aria-disabled=move || refused().to_string()
            disabled=move || busy.get()
            on:click=move |_| {
                if untrack(refused) {
                    desk.say(untrack(why));
                } else {
                    on_press.run(());
                }
            }
        >
            {word}
        </button>
    }
}

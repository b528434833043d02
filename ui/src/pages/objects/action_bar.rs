//! The bar under a detail: what a press will cause, on lines of its own, and the buttons.
//!
//! The words come from a real plan, made for what is selected and thrown away when the selection moves.

use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{confirm::ConfirmPlan, outcome::Outcome},
};
use contract::{Fault, OperationId, Severity, operations::OperationState, plan::Plan, restore::PlanRestore};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use std::time::Duration;

/// A selection that moves on sooner asks nothing.
const PAUSE: Duration = Duration::from_millis(180);

/// The plan for a request, made anew a moment after it changes or an operation ends.
#[derive(Clone, Copy)]
pub struct LivePlan {
    pub plan: RwSignal<Option<Result<Plan, Fault>>>,
    pub busy: RwSignal<bool>,
}

pub fn use_plan(request: Signal<Option<PlanRestore>>) -> LivePlan {
    let desk = Desk::get();
    let live = LivePlan { plan: RwSignal::new(None), busy: RwSignal::new(false) };
    let ticket = StoredValue::new(0_u64);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let ended = Memo::new(move |_| {
        desk.operations.with(|rows| rows.iter().filter(|row| row.state != OperationState::Running).count())
    });
    Effect::new(move |_| {
        let request = request.get();
        ended.get();
        desk.generation();
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        live.plan.set(None);
        live.busy.set(request.is_some());
        let Some(request) = request else { return };
        let handle = set_timeout_with_handle(
            move || {
                spawn_local(async move {
                    let plan = bridge::call(request).await;
                    if ticket.try_get_value() == Some(mine) {
                        live.plan.set(Some(plan));
                        live.busy.set(false);
                    }
                });
            },
            PAUSE,
        );
        waiting.set_value(handle.ok());
    });
    on_cleanup(move || {
        ticket.try_update_value(|ticket| *ticket += 1);
    });
    live
}

/// Why nothing can be run now, if so.
fn why_not(desk: Desk, plan: Option<&Result<Plan, Fault>>) -> Option<String> {
    match plan {
        None => Some("The plan is being made…".into()),
        Some(Err(fault)) => Some(format!("{}: {}", fault.title, fault.detail)),
        Some(Ok(plan)) => {
            if let Some(refusal) = plan.notices.iter().find(|notice| notice.severity == Severity::Refusal) {
                return Some(refusal.text.clone());
            }
            if plan.steps.is_empty() {
                return Some(
                    plan.notices.first().map_or_else(|| "There is nothing to do.".into(), |notice| notice.text.clone()),
                );
            }
            desk.read_only().then(|| "READ-ONLY: the badge in the top bar makes the session writable.".into())
        }
    }
}

/// What the plan will cause, in lines.
#[component]
pub fn Causes(live: LivePlan) -> impl IntoView {
    let desk = Desk::get();
    view! {
        <div class="causes" id="causes">
            {move || match live.plan.get() {
                None => view! { <p class="dim">{if live.busy.get() { "Looking at what this would do…" } else { "" }}</p> }.into_any(),
                Some(Err(fault)) => view! { <p class="warn">{format!("{}: {}", fault.title, fault.detail)}</p> }.into_any(),
                Some(Ok(plan)) if plan.steps.is_empty() => ().into_any(),
                Some(Ok(plan)) => {
                    let step = match plan.steps.as_slice() {
                        [only] => sentence(&only.text),
                        steps => format!("{} on {}.", format::counted(steps.len() as u64, "write", "writes"), plan.place.scope.name()),
                    };
                    let why = match plan.steps.as_slice() {
                        [only] if !only.why.is_empty() => Some(sentence(&only.why)),
                        _ => None,
                    };
                    view! {
                        <p>
                            {step}
                            {(plan.bytes > 0 && plan.steps.len() > 1).then(|| format!(" {}.", format::size(plan.bytes)))}
                            " Undo kept."
                        </p>
                        {why.map(|why| view! { <p class="dim">{why}</p> })}
                        {plan
                            .effects
                            .into_iter()
                            .map(|effect| view! { <p><span class="warn">{effect.what}</span>" through "{effect.through}"."</p> })
                            .collect_view()}
                        {plan
                            .notices
                            .into_iter()
                            .filter(|notice| notice.severity == Severity::Warning)
                            .map(|notice| view! { <p class="warn">{notice.text}</p> })
                            .collect_view()}
                    }
                        .into_any()
                }
            }}
            <p class="why-not" id="bar-why-not">
                // A fault stands above already.
                {move || live.plan.with(|plan| match plan {
                    Some(Ok(_)) if !live.busy.get() => why_not(desk, plan.as_ref()),
                    _ => None,
                })}
            </p>
        </div>
    }
}

/// Upper case at the start, a full stop at the end.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", characters.as_str())
}

/// The main button of a plan. It stays focusable when it cannot be pressed, and says why.
#[component]
pub fn PlanButton(
    live: LivePlan,
    #[prop(into)] verb: Signal<String>,
    #[prop(into)] on_press: Callback<Plan>,
) -> impl IntoView {
    let desk = Desk::get();
    let refused = Memo::new(move |_| live.plan.with(|plan| why_not(desk, plan.as_ref()).is_some()));
    view! {
        <button
            type="button"
            class="btn go"
            aria-disabled=move || refused.get().to_string()
            aria-describedby="causes"
            on:click=move |_| {
                if refused.get_untracked() {
                    let why = live.plan.with_untracked(|plan| untrack(|| why_not(desk, plan.as_ref())));
                    desk.say(why.unwrap_or_default());
                    return;
                }
                if let Some(Ok(plan)) = live.plan.get_untracked() {
                    on_press.run(plan);
                }
            }
        >
            {move || verb.get()}
        </button>
    }
}

/// Causes, one button, confirmation and receipt: all that a simple detail needs.
#[component]
pub fn PlanBar(
    #[prop(into)] request: Signal<Option<PlanRestore>>,
    #[prop(into)] verb: Signal<String>,
) -> impl IntoView {
    let live = use_plan(request);
    let confirming = RwSignal::new(None::<Plan>);
    let started = RwSignal::new(None::<OperationId>);
    view! {
        <Outcome started />
        <Causes live />
        <div class="acts">
            <PlanButton live verb on_press=Callback::new(move |plan| confirming.set(Some(plan))) />
        </div>
        <ConfirmPlan plan=confirming on_started=Callback::new(move |id| started.set(Some(id))) />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_texts_become_sentences() {
        assert_eq!(sentence("copies version 3HL4 on top"), "Copies version 3HL4 on top.");
        assert_eq!(sentence("äpfel."), "Äpfel.");
        assert_eq!(sentence(""), ".");
    }
}

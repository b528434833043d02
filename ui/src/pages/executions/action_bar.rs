//! The bar under an execution, and the one under a selection of several: what is advised and why, and the ways to run it
//! again or to stop it.

use super::{rerun::StartDialog, watch::Watched};
use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        confirm::ConfirmPlan,
        dialog::{CloseButton, Dialog},
        outcome::Outcome,
        states::NoticeLine,
    },
};
use contract::{
    Command, Fault, OperationId,
    executions::{CheckRerun, PlanRedrive, PlanStart, PlanStop, Recommend, Rerun, Status, Verdict},
    operations::{OperationState, ReadReceipt},
    plan::Plan,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Asks for a plan and hands it to the dialog; a fault is said where the button is.
fn ask<C: Command<Reply = Plan> + 'static>(
    request: C,
    plan: RwSignal<Option<Plan>>,
    fault: RwSignal<Option<Fault>>,
    busy: RwSignal<bool>,
) {
    busy.set(true);
    fault.set(None);
    spawn_local(async move {
        match bridge::call(request).await {
            Ok(made) => {
                plan.try_set(Some(made));
            }
            Err(why) => {
                fault.try_set(Some(why));
            }
        }
        busy.try_set(false);
    });
}

#[component]
pub fn ActionBar(watched: Watched) -> impl IntoView {
    let desk = Desk::get();
    let navigate = use_navigate();
    // What advice depends on: it is asked again when that changes, not with every event.
    let about = Memo::new(move |_| {
        watched.view.with(|view| {
            view.as_ref().map(|view| {
                let row = &view.execution;
                (row.arn.clone(), row.status, row.redrives, view.complete)
            })
        })
    });
    let advice = RwSignal::new(None::<Result<Rerun, Fault>>);
    Effect::new(move |_| {
        let Some((arn, .., complete)) = about.get() else { return };
        desk.generation();
        if !complete {
            return;
        }
        spawn_local(async move {
            advice.try_set(Some(bridge::call(CheckRerun { arn }).await));
        });
    });
    let plan = RwSignal::new(None::<Plan>);
    let fault = RwSignal::new(None::<Fault>);
    let busy = RwSignal::new(false);
    let started = RwSignal::new(None::<OperationId>);
    let editing = RwSignal::new(false);
    let stopping = RwSignal::new(false);
    let arn = move || about.with_untracked(|about| about.as_ref().map(|about| about.0.clone())).unwrap_or_default();
    let running = move || about.with(|about| about.as_ref().is_some_and(|about| about.1 == Status::Running));

    // The window follows the run that an operation of this bar started.
    let done = Memo::new(move |_| {
        let id = started.get()?;
        let state = desk.operations.with(|rows| rows.iter().find(|row| row.id == id).map(|row| row.state));
        (state == Some(OperationState::Succeeded)).then_some(id)
    });
    Effect::new(move |_| {
        let Some(operation) = done.get() else { return };
        let navigate = navigate.clone();
        let here = arn();
        spawn_local(async move {
            if let Ok(receipt) = bridge::call(ReadReceipt { operation }).await
                && let Some(arn) = receipt.steps.into_iter().find_map(|step| step.execution)
                && arn != here
            {
                navigate(&address::execution(&arn), NavigateOptions::default());
            }
        });
    });

    let verdict = move |pick: fn(&Rerun) -> &Verdict| {
        Memo::new(move |_| {
            advice.with(|advice| match advice {
                Some(Ok(advice)) => Some(pick(advice).clone()),
                _ => None,
            })
        })
    };
    let redrive = verdict(|advice| &advice.redrive);
    let start = verdict(|advice| &advice.start);
    let recommend = Memo::new(move |_| {
        advice.with(|advice| match advice {
            Some(Ok(advice)) => Some(advice.recommend),
            _ => None,
        })
    });

    view! {
        <div class="action-bar">
            <Outcome started />
            <div class="causes" id="rerun-causes">
                {move || advice.get().map(|advice| match advice {
                    Err(fault) => view! { <p class="warn">{format!("{}: {}", fault.title, fault.detail)}</p> }.into_any(),
                    Ok(advice) => view! {
                        <p>{advice.why}</p>
                        {advice.safety.into_iter().map(|notice| view! { <NoticeLine notice /> }).collect_view()}
                    }.into_any(),
                })}
                {move || fault.get().map(|fault| view! { <p class="warn" role="alert">{format!("{}: {}", fault.title, fault.detail)}</p> })}
                <p class="why-not">{move || (desk.read_only() && advice.read().is_some()).then_some("READ-ONLY: plans can be made and looked at; the badge in the top bar makes the session writable.")}</p>
            </div>
            <div class="acts">
                <Show when=move || !running()>
                    <WayButton word="Redrive execution" verdict=redrive main=Signal::derive(move || recommend.get() == Some(Recommend::Redrive)) busy
                        on_press=Callback::new(move |()| ask(PlanRedrive { executions: vec![arn()] }, plan, fault, busy)) />
                    <WayButton word="Start again" verdict=start main=Signal::derive(move || recommend.get() == Some(Recommend::StartAgain)) busy
                        on_press=Callback::new(move |()| ask(PlanStart { executions: vec![arn()], target: None, input: None, name: None }, plan, fault, busy)) />
                    <WayButton word="Edit and start…" verdict=start main=Signal::stored(false) busy
                        on_press=Callback::new(move |()| editing.set(true)) />
                </Show>
                <Show when=running>
                    <button type="button" class="btn" on:click=move |_| stopping.set(true)>"Stop execution…"</button>
                </Show>
            </div>
            <ConfirmPlan plan on_started=Callback::new(move |id| started.set(Some(id))) />
            <StartDialog open=editing arn=Signal::derive(arn) advice plan />
            <StopDialog open=stopping arn=Signal::derive(arn) plan fault busy />
        </div>
    }
}

/// A way to go on. It stays focusable when it cannot be gone, and says why.
#[component]
fn WayButton(
    word: &'static str,
    verdict: Memo<Option<Verdict>>,
    main: Signal<bool>,
    busy: RwSignal<bool>,
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
            class:go=move || main.get()
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

#[component]
fn StopDialog(
    open: RwSignal<bool>,
    arn: Signal<String>,
    plan: RwSignal<Option<Plan>>,
    fault: RwSignal<Option<Fault>>,
    busy: RwSignal<bool>,
) -> impl IntoView {
    let error = RwSignal::new(String::new());
    let cause = RwSignal::new(String::new());
    let text = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    view! {
        <Dialog name="Stop execution".to_owned() open>
            <form
                class="popover-form"
                on:submit=move |event| {
                    event.prevent_default();
                    open.set(false);
                    ask(PlanStop { executions: vec![arn.get_untracked()], error: text(error.get_untracked()), cause: text(cause.get_untracked()) }, plan, fault, busy);
                }
            >
                <h2>"Stop execution"</h2>
                <p class="soft">"The execution ends as aborted. What it started goes on: an EMR cluster or a job that it does not wait for is not stopped with it."</p>
                <label class="field">
                    <span id="stop-error">"Error, kept with the execution"</span>
                    // WebKit counts what a field holds among the text of the label around it.
                    <input type="text" class="mono" aria-labelledby="stop-error" autofocus autocomplete="off" placeholder="StoppedByOperator" prop:value=error on:input:target=move |event| error.set(event.target().value()) />
                </label>
                <label class="field">
                    <span id="stop-cause">"Cause"</span>
                    <input type="text" aria-labelledby="stop-cause" autocomplete="off" prop:value=cause on:input:target=move |event| cause.set(event.target().value()) />
                </label>
                <div class="dialog-foot">
                    <CloseButton open />
                    <button type="submit" class="btn go">"Plan to stop"</button>
                </div>
            </form>
        </Dialog>
    }
}

/// What can be done with several executions at once.
#[component]
pub fn BulkBar(#[prop(into)] chosen: Signal<Vec<String>>, confirming: RwSignal<Option<Plan>>) -> impl IntoView {
    let fault = RwSignal::new(None::<Fault>);
    let busy = RwSignal::new(false);
    let count = move || format::counted(chosen.read().len() as u64, "execution", "executions");
    view! {
        <Show when=move || !chosen.read().is_empty()>
            <div class="action-bar bulk" role="group" aria-label="Selected executions">
                <div class="causes">
                    <p>{move || format!("{} selected. Each is checked before anything runs; what cannot be run is left out with its reason.", count())}</p>
                    {move || fault.get().map(|fault| view! { <p class="warn" role="alert">{format!("{}: {}", fault.title, fault.detail)}</p> })}
                    {move || busy.get().then(|| view! { <p class="dim">"Checking each execution…"</p> })}
                </div>
                <div class="acts">
                    <button type="button" class="btn go" disabled=move || busy.get() on:click=move |_| ask(PlanRedrive { executions: chosen.get_untracked() }, confirming, fault, busy)>
                        {move || format!("Redrive {}", count())}
                    </button>
                    <button type="button" class="btn" disabled=move || busy.get() on:click=move |_| ask(PlanStart { executions: chosen.get_untracked(), target: None, input: None, name: None }, confirming, fault, busy)>
                        {move || format!("Start {} again", count())}
                    </button>
                    <button type="button" class="btn" disabled=move || busy.get() on:click=move |_| ask(PlanStop { executions: chosen.get_untracked(), error: None, cause: None }, confirming, fault, busy)>
                        {move || format!("Stop {}", count())}
                    </button>
                </div>
            </div>
        </Show>
    }
}

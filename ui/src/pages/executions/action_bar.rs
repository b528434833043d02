//! The bar under an execution, and the one under a selection of several: what is advised and why, and the ways to run it
//! again or to stop it.

use super::{rerun::StartDialog, watch::Watched};
use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        acts::{Act, Asking, use_made},
        confirm::ConfirmPlan,
        dialog::{CloseButton, Dialog},
        outcome::Outcome,
        states::NoticeLine,
        turns::Turns,
    },
};
use contract::{
    Fault,
    executions::{CheckRerun, PlanRedrive, PlanStart, PlanStop, Recommend, Rerun, Status, Verdict},
    plan::Plan,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

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
    let turns = Turns::start();
    Effect::new(move |_| {
        let Some((arn, .., complete)) = about.get() else { return };
        desk.generation();
        let turn = turns.ask();
        if !complete {
            return;
        }
        spawn_local(async move {
            let answer = bridge::call(CheckRerun { arn }).await;
            // What was advised while it ran is no advice once it failed.
            if turn.is_last() {
                advice.set(Some(answer));
            }
        });
    });
    let asking = Asking::new();
    let editing = RwSignal::new(false);
    let stopping = RwSignal::new(false);
    let arn = move || about.with_untracked(|about| about.as_ref().map(|about| about.0.clone())).unwrap_or_default();
    let running = move || about.with(|about| about.as_ref().is_some_and(|about| about.1 == Status::Running));

    // The window follows the run that an operation of this bar started.
    let made = use_made(asking.started, |step| step.execution);
    Effect::new(move |_| {
        if let Some(made) = made.get().filter(|made| *made != arn()) {
            navigate(&address::execution(&made), NavigateOptions::default());
        }
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
            <Outcome started=asking.started />
            <div class="causes" id="rerun-causes">
                {move || advice.get().map(|advice| match advice {
                    Err(fault) => view! { <p class="warn">{format!("{}: {}", fault.title, fault.detail)}</p> }.into_any(),
                    Ok(advice) => view! {
                        <p>{advice.why}</p>
                        {advice.safety.into_iter().map(|notice| view! { <NoticeLine notice /> }).collect_view()}
                    }.into_any(),
                })}
                {move || asking.fault.get().map(|fault| view! { <p class="warn" role="alert">{format!("{}: {}", fault.title, fault.detail)}</p> })}
                <p class="why-not">{move || (desk.read_only() && advice.read().is_some()).then_some("READ-ONLY: plans can be made and looked at; the badge in the top bar makes the session writable.")}</p>
            </div>
            <div class="acts">
                <Show when=move || !running()>
                    <Act word="Redrive execution" verdict=redrive go=Signal::derive(move || recommend.get() == Some(Recommend::Redrive)) busy=asking.busy
                        on_press=Callback::new(move |()| asking.ask(PlanRedrive { executions: vec![arn()] }, || ())) />
                    <Act word="Start again" verdict=start go=Signal::derive(move || recommend.get() == Some(Recommend::StartAgain)) busy=asking.busy
                        on_press=Callback::new(move |()| asking.ask(PlanStart { executions: vec![arn()], target: None, input: None, name: None }, || ())) />
                    <Act word="Edit and start…" verdict=start busy=asking.busy on_press=Callback::new(move |()| editing.set(true)) />
                </Show>
                <Show when=running>
                    <button type="button" class="btn" on:click=move |_| stopping.set(true)>"Stop execution…"</button>
                </Show>
            </div>
            <ConfirmPlan plan=asking.plan on_started=asking.on_started() />
            <StartDialog open=editing arn=Signal::derive(arn) advice plan=asking.plan />
            <StopDialog open=stopping arn=Signal::derive(arn) asking />
        </div>
    }
}

#[component]
fn StopDialog(open: RwSignal<bool>, arn: Signal<String>, asking: Asking) -> impl IntoView {
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
                    let executions = vec![arn.get_untracked()];
                    let (error, cause) = (text(error.get_untracked()), text(cause.get_untracked()));
                    asking.ask(PlanStop { executions, error, cause }, || ());
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
    let asking = Asking { plan: confirming, ..Asking::new() };
    let busy = asking.busy;
    let count = move || format::counted(chosen.read().len() as u64, "execution", "executions");
    view! {
        <Show when=move || !chosen.read().is_empty()>
            <div class="action-bar bulk" role="group" aria-label="Selected executions">
                <div class="causes">
                    <p>{move || format!("{} selected. Each is checked before anything runs; what cannot be run is left out with its reason.", count())}</p>
                    {move || asking.fault.get().map(|fault| view! { <p class="warn" role="alert">{format!("{}: {}", fault.title, fault.detail)}</p> })}
                    {move || busy.get().then(|| view! { <p class="dim">"Checking each execution…"</p> })}
                </div>
                <div class="acts">
                    <button type="button" class="btn go" disabled=move || busy.get() on:click=move |_| asking.ask(PlanRedrive { executions: chosen.get_untracked() }, || ())>
                        {move || format!("Redrive {}", count())}
                    </button>
                    <button type="button" class="btn" disabled=move || busy.get() on:click=move |_| asking.ask(PlanStart { executions: chosen.get_untracked(), target: None, input: None, name: None }, || ())>
                        {move || format!("Start {} again", count())}
                    </button>
                    <button type="button" class="btn" disabled=move || busy.get() on:click=move |_| asking.ask(PlanStop { executions: chosen.get_untracked(), error: None, cause: None }, || ())>
                        {move || format!("Stop {}", count())}
                    </button>
                </div>
            </div>
        </Show>
    }
}

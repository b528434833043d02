//! What can be done with a run: ask for it again, changed or not, and end it while it is on its way.

use super::again::AgainDialog;
use crate::{
    address,
    desk::Desk,
    keys::{self, Action},
    parts::{
        acts::{Asking, use_made},
        confirm::ConfirmPlan,
        dialog::{CloseButton, Dialog},
        list::use_change,
        outcome::Outcome,
    },
};
use contract::{
    executions::Verdict,
    jobs::{JobChange, JobDetail, JobId, JobOffers, PlanJobStop},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The sheet is open while the address says with which changes; `suggested` are those of the run's first finding.
#[component]
pub fn JobActs(
    job: StoredValue<JobId>,
    detail: RwSignal<Option<JobDetail>>,
    suggested: Signal<Vec<JobChange>>,
    again: Callback<()>,
) -> impl IntoView {
    let desk = Desk::get();
    let navigate = use_navigate();
    let query = address::use_query();
    let change = StoredValue::new_local(use_change());
    let asking = Asking::new();
    let busy = asking.busy;
    let stopping = RwSignal::new(false);
    let offers = Memo::new(move |_| detail.with(|detail| detail.as_ref().map(|detail| detail.offers.clone())));

    // The address opens the sheet, and closing it takes that out of the address.
    let asked = Memo::new(move |_| query.read().get("again").and_then(address::changes_of));
    let editing = RwSignal::new(false);
    Effect::new(move |_| {
        let wanted = asked.read().is_some() && offers.with(|offers| offers.as_ref().is_some_and(|all| all.again.ok));
        if wanted && !editing.get_untracked() {
            editing.set(true);
        }
    });
    Effect::new(move |was: Option<bool>| {
        let is = editing.get();
        if was == Some(true) && !is {
            change.with_value(|change| change("again", None));
        }
        is
    });
    let first = Signal::derive(move || asked.get().unwrap_or_default());
    let edit = move || match untrack(|| offers.get()) {
        Some(offers) if !offers.again.ok => desk.say(offers.again.reasons.join(" ")),
        Some(_) => {
            let changes = address::changes(&suggested.get_untracked());
            change.with_value(|change| change("again", Some(changes)));
        }
        None => {}
    };
    keys::on(Action::Again, edit);

    let plan_stop = move |force: bool| asking.ask(PlanJobStop { id: job.get_value(), force }, || ());
    let stop = move || match untrack(|| offers.get()) {
        Some(offers) if !offers.stop.ok => desk.say(offers.stop.reasons.join(" ")),
        Some(offers) if offers.can_force => stopping.set(true),
        Some(_) => plan_stop(false),
        None => {}
    };

    // The window follows the run that an operation of this bar started, and reads the one that it ended again.
    let made = use_made(asking.started, |step| step.job);
    Effect::new(move |_| {
        let Some(run) = made.get() else { return };
        if job.with_value(|here| *here == run) {
            again.run(());
        } else {
            navigate(&address::job(&run), NavigateOptions::default());
        }
    });

    view! {
        <div class="action-bar">
            <Outcome started=asking.started />
            <div class="causes">
                {move || offers.get().map(|offers| view! { <Words offers /> })}
                {move || asking.fault.get().map(|fault| view! { <p class="warn" role="alert">{format!("{}: {}", fault.title, fault.detail)}</p> })}
                <p class="why-not">{move || (desk.read_only() && offers.read().is_some()).then_some("READ-ONLY: plans can be made and looked at; the badge in the top bar makes the session writable.")}</p>
            </div>
            <div class="acts">
                {move || offers.get().map(|offers| {
                    let JobOffers { again: run_again, stop: end, stop_title, .. } = offers;
                    let title = format!("{stop_title}…");
                    let go = !end.ok;
                    view! {
                        <Act word="Run again…".to_owned() verdict=run_again go busy on_press=Callback::new(move |()| edit()) />
                        {(!go).then(|| view! { <Act word=title verdict=end go=false busy on_press=Callback::new(move |()| stop()) /> })}
                    }
                })}
            </div>
            <AgainDialog open=editing job first plan=asking.plan />
            <StopDialog open=stopping offers on_plan=Callback::new(plan_stop) />
            <ConfirmPlan plan=asking.plan on_started=asking.on_started() />
        </div>
    }
}

/// What ending the run means, while it can be ended; why it cannot be asked for again.
#[component]
fn Words(offers: JobOffers) -> impl IntoView {
    view! {
        {(!offers.again.ok).then(|| view! { <p>{offers.again.reasons.join(" ")}</p> })}
        {offers.stop.ok.then(|| view! { <p>{format!("{}: {}", offers.stop_title, offers.stop_means)}</p> })}
    }
}

/// It stays focusable when it cannot be done, and says why.
#[component]
fn Act(
    word: String,
    verdict: Verdict,
    go: bool,
    busy: RwSignal<bool>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let why = verdict.reasons.join(" ");
    let main = go && verdict.ok;
    let refused = (!verdict.ok).to_string();
    view! {
        <button
            type="button"
            class="btn"
            class:go=main
            title=why
            aria-disabled=refused
            disabled=move || busy.get()
            on:click=move |_| on_press.run(())
        >
            {word}
        </button>
    }
}

/// A step that runs is asked to end, or killed.
#[component]
fn StopDialog(
    open: RwSignal<bool>,
    offers: Memo<Option<JobOffers>>,
    #[prop(into)] on_plan: Callback<bool>,
) -> impl IntoView {
    let force = RwSignal::new(false);
    // To kill is chosen anew each time.
    Effect::new(move |_| {
        if open.get() {
            force.set(false);
        }
    });
    let title = Signal::derive(move || {
        offers.with(|offers| offers.as_ref().map(|offers| offers.stop_title.clone()).unwrap_or_default())
    });
    let means = move || offers.with(|offers| offers.as_ref().map(|offers| offers.stop_means.clone()));
    view! {
        <Dialog name=title open>
            <form
                class="popover-form"
                on:submit=move |event| {
                    event.prevent_default();
                    open.set(false);
                    on_plan.run(force.get_untracked());
                }
            >
                <h2>{move || title.get()}</h2>
                <p class="soft">{means}</p>
                <label class="check">
                    <input type="checkbox" prop:checked=force on:change:target=move |event| force.set(event.target().checked()) />
                    <span>"Kill its process (SIGKILL) instead of asking it to end (SIGTERM)"</span>
                </label>
                <div class="dialog-foot">
                    <CloseButton open />
                    <button type="submit" class="btn go" autofocus>"Plan to cancel"</button>
                </div>
            </form>
        </Dialog>
    }
}

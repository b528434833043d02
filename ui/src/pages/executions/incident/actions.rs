//! What can be done, the best first: each asks for its plan, and the dialog shows it before anything happens.

use crate::{
    address,
    desk::Desk,
    parts::{
        acts::Asking,
        confirm::ConfirmPlan,
        outcome::Outcome,
        states::{NoticeLine, Skeleton},
    },
};
use contract::{
    Notice,
    incident::{Incident, IncidentAction, IncidentStep},
};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn Actions(incident: RwSignal<Option<Incident>>) -> impl IntoView {
    let asking = Asking::new();
    let actions = Memo::new(move |_| {
        incident
            .with(|incident| incident.as_ref().map(|incident| (incident.actions.clone(), incident.looking.is_empty())))
    });
    view! {
        <Outcome started=asking.started />
        {move || asking.fault.get().map(|fault| view! { <p class="warn" role="alert">{format!("{}: {}", fault.title, fault.detail)}</p> })}
        {move || match actions.get() {
            Some((actions, _)) if !actions.is_empty() => view! {
                <ol class="card advice-list" aria-label="Actions">
                    {actions.into_iter().map(|action| view! { <li><OneAction action asking /></li> }).collect_view()}
                </ol>
            }.into_any(),
            Some((_, true)) => view! { <p class="soft">"Nothing is advised: the cause is not known, and running it again as it is may fail again."</p> }.into_any(),
            _ => view! { <Skeleton rows=3 /> }.into_any(),
        }}
        <ConfirmPlan plan=asking.plan on_started=asking.on_started() />
    }
}

#[component]
fn OneAction(action: IncidentAction, asking: Asking) -> impl IntoView {
    let desk = Desk::get();
    let IncidentAction { title, why, warning, withheld, does } = action;
    let says = withheld.clone().unwrap_or_else(|| why.clone());
    let refused = withheld.clone();
    // What is warned of is there for whoever knows better.
    let primary = withheld.is_none() && warning.is_none();
    let press = move |step: &IncidentStep| match step {
        IncidentStep::Restore(plan) => asking.ask(plan.clone(), || ()),
        IncidentStep::Start(plan) => asking.ask(plan.clone(), || ()),
        IncidentStep::Redrive(plan) => asking.ask(plan.clone(), || ()),
        IncidentStep::RunJob { .. } | IncidentStep::Follow { .. } | IncidentStep::ByHand => {}
    };
    view! {
        <div>
            <strong>{title.clone()}</strong>
            <p class="soft">{why}</p>
            {warning.map(|text| view! { <ul class="notices"><NoticeLine notice=Notice::warning(text) /></ul> })}
            {withheld.map(|text| view! { <p class="dim">{format!("Withheld: {text}")}</p> })}
        </div>
        {match does {
            IncidentStep::ByHand => ().into_any(),
            IncidentStep::Follow { machine, .. } => view! { <A href=address::machine(&machine) attr:class="btn">"Show runs"</A> }.into_any(),
            IncidentStep::RunJob { job, changes } => {
                let (href, word, class) = match refused {
                    None => (address::job_again(&job, &changes), "Edit and run…", "btn go"),
                    Some(_) => (address::job(&job), "Open job", "btn"),
                };
                view! { <A href=href attr:class=class>{word}</A> }.into_any()
            }
            step => view! {
                <button
                    type="button"
                    class="btn"
                    class:go=primary
                    title=says
                    aria-disabled=refused.is_some().to_string()
                    disabled=move || asking.busy.get()
                    on:click=move |_| match &refused {
                        Some(why) => desk.say(why.clone()),
                        None => press(&step),
                    }
                >
                    {title}
                </button>
            }.into_any(),
        }}
    }
}

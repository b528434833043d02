//! What is different from the last success of the same machine.

use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        diff::DiffView,
        differences::Differences,
        fault::FaultView,
        states::{Partial, Skeleton},
    },
};
use contract::{
    Fault,
    executions::{CompareExecution, Comparison, PairSide, StatePair},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

#[component]
pub fn Compare(arn: String) -> impl IntoView {
    let comparison = RwSignal::new(None::<Result<Comparison, Fault>>);
    let load = Callback::new(move |()| {
        comparison.set(None);
        let arn = arn.clone();
        spawn_local(async move {
            comparison.try_set(Some(bridge::call(CompareExecution { arn, with: None }).await));
        });
    });
    load.run(());
    view! {
        {move || match comparison.get() {
            None => view! { <p class="soft">"Looking for the last success…"</p> <Skeleton rows=6 /> }.into_any(),
            Some(Err(fault)) => view! { <FaultView fault retry=load /> }.into_any(),
            Some(Ok(comparison)) => view! { <Shown comparison /> }.into_any(),
        }}
    }
}

#[component]
fn Shown(comparison: Comparison) -> impl IntoView {
    let desk = Desk::get();
    let Comparison { with, differences, same, states, input, definition, notices } = comparison;
    let Some(with) = with else {
        return view! { <Partial notices=Signal::stored(notices) /> }.into_any();
    };
    let href = address::execution(&with.arn);
    let at = with.started;
    let then = with.name.clone();
    let none = differences.is_empty();
    view! {
        <h3>
            "Different from the last success, "
            <A href=href attr:class="link">{with.name}</A>
            <span class="dim" title=format::hover_time(at)>{move || format!(" ({})", format::time(at, desk.zone()))}</span>
        </h3>
        <Partial notices=Signal::stored(notices) />
        {none.then(|| view! { <p class="soft">"Nothing is different. The cause lies outside of the workflow: in the data, in a service, or in permissions."</p> })}
        <Differences differences />
        {(!same.is_empty()).then(|| view! { <p class="dim">{format!("The same: {}.", same.join(", ").to_lowercase())}</p> })}
        {(!states.is_empty()).then(|| view! { <States states /> })}
        {(!input.is_empty()).then(|| view! { <h3>"Input"</h3> <DiffView lines=input then=then.clone() now="this execution" /> })}
        {(!definition.is_empty()).then(|| view! { <h3>"Definition"</h3> <DiffView lines=definition then=then now="this execution" /> })}
    }
    .into_any()
}

#[component]
fn States(states: Vec<StatePair>) -> impl IntoView {
    let side = |side: Option<PairSide>| match side {
        None => view! { <span class="dim">"not entered"</span> }.into_any(),
        Some(side) => {
            let times = if side.visits > 1 { format!(", {} times", format::count(side.visits)) } else { String::new() };
            view! { {format!("{} · {}{times}", side.status.word(), format::millis(side.millis))} }.into_any()
        }
    };
    view! {
        <h3>"States"</h3>
        <table class="fidelity">
            <thead>
                <tr><th scope="col">"State"</th><th scope="col">"Then"</th><th scope="col">"Now"</th></tr>
            </thead>
            <tbody>
                {states
                    .into_iter()
                    .map(|pair| view! { <tr><th scope="row">{pair.name}</th><td>{side(pair.then)}</td><td>{side(pair.now)}</td></tr> })
                    .collect_view()}
            </tbody>
        </table>
    }
}

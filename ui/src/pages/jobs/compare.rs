//! A run beside the last success of the same job: what is different first.

use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        differences::Differences,
        fault::FaultView,
        states::{Empty, Partial, Skeleton},
    },
};
use contract::{
    Fault,
    jobs::{CompareJob, JobComparison, JobId},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

#[component]
pub fn Compare(job: JobId) -> impl IntoView {
    let answer = RwSignal::new(None::<Result<JobComparison, Fault>>);
    let job = StoredValue::new(job);
    let ask = move || {
        answer.set(None);
        spawn_local(async move {
            let compared = bridge::call(CompareJob { id: job.get_value() }).await;
            answer.try_set(Some(compared));
        });
    };
    ask();
    view! {
        {move || match answer.get() {
            None => view! { <Skeleton rows=8 /> }.into_any(),
            Some(Err(fault)) => view! { <FaultView fault retry=Callback::new(move |()| ask()) /> }.into_any(),
            Some(Ok(compared)) => view! { <Compared compared /> }.into_any(),
        }}
    }
}

#[component]
fn Compared(compared: JobComparison) -> impl IntoView {
    let desk = Desk::get();
    let JobComparison { with, differences, same, notices } = compared;
    let alone = with.is_none();
    view! {
        <Partial notices=Signal::stored(notices) />
        {with.map(|with| {
            let at = with.started.or(with.created);
            view! {
                <p>
                    "Beside the last success, "
                    <A href=address::job(&with.id) attr:class="link">{format::visible(&with.name)}</A>
                    {at.map(|at| view! { <span>{move || format!(" of {}", format::time_full(at, desk.zone()))}</span> })}
                    "."
                </p>
            }
        })}
        {alone.then(|| view! { <Empty title="Nothing to compare with" text="No run of the same job succeeded as far back as was looked." icon="history" /> })}
        {(!alone && differences.is_empty()).then(|| view! { <p class="verdict">"Nothing that was looked at is different. The cause lies outside of what the run was asked to do: its data, its capacity, or what it calls."</p> })}
        {(!differences.is_empty()).then(|| view! { <Differences differences /> })}
        {(!same.is_empty()).then(|| view! { <p class="dim">{format!("The same: {}.", same.join(", "))}</p> })}
    }
}

//! The machines of a cluster and its bootstrap actions, each with the way to its logs.

use super::overview::object_address;
use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{
        fault::FaultView,
        states::{Partial, Skeleton},
    },
};
use contract::{
    Fault, Timestamp,
    jobs::{BootstrapAction, ClusterDetail, ClusterInstance, DescribeCluster},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;
use std::time::Duration;

/// How long the cursor rests on a cluster before it is asked for.
const REST: Duration = Duration::from_millis(300);

#[component]
pub fn Machines(cluster: String) -> impl IntoView {
    let answer = RwSignal::new(None::<Result<ClusterDetail, Fault>>);
    let cluster = StoredValue::new(cluster);
    let ask = Callback::new(move |()| {
        spawn_local(async move {
            let Some(cluster) = cluster.try_get_value() else { return };
            let described = bridge::call(DescribeCluster { cluster }).await;
            answer.try_set(Some(described));
        });
    });
    if let Ok(timer) = set_timeout_with_handle(move || ask.run(()), REST) {
        on_cleanup(move || timer.clear());
    }
    view! {
        {move || match answer.get() {
            None => view! { <Skeleton rows=4 /> }.into_any(),
            Some(Err(fault)) => view! { <FaultView fault retry=ask /> }.into_any(),
            Some(Ok(detail)) => view! { <Shown detail /> }.into_any(),
        }}
    }
}

#[component]
fn Shown(detail: ClusterDetail) -> impl IntoView {
    let ClusterDetail { instances, bootstrap, logs, notices } = detail;
    let count = format::counted(instances.len() as u64, "instance", "instances");
    let none = instances.is_empty();
    let nothing = none && bootstrap.is_empty() && notices.is_empty();
    view! {
        {nothing.then(|| view! { <p class="dim">"EMR tells of no instances."</p> })}
        <Partial notices=Signal::stored(notices) />
        {(!bootstrap.is_empty()).then(|| view! {
            <h3 class="part-title">"Bootstrap actions"</h3>
            <ol class="plain-list" role="list" aria-label="Bootstrap actions">
                {bootstrap.into_iter().map(|action| view! { <Action action /> }).collect_view()}
            </ol>
        })}
        {(!none).then(|| view! {
            <h3 class="part-title">{count}</h3>
            <ul class="plain-list inputs" role="list" aria-label="Instances">
                {instances.into_iter().map(|one| {
                    let folder = logs.as_ref().and_then(|logs| object_address(&format!("{logs}{}/", one.id)));
                    view! { <Instance one folder /> }
                }).collect_view()}
            </ul>
        })}
    }
}

#[component]
fn Action(action: BootstrapAction) -> impl IntoView {
    let BootstrapAction { name, script, arguments } = action;
    let said = format::one_line(&arguments.join(" "));
    let shown = format::visible(&script);
    view! {
        <li>
            {format::visible(&name)}
            " "
            {match object_address(&script) {
                Some(href) => view! { <A href=href attr:class="link mono wrap">{shown}</A> }.into_any(),
                None => view! { <span class="mono wrap selectable">{shown}</span> }.into_any(),
            }}
            " "
            <span class="dim mono wrap selectable">{said}</span>
        </li>
    }
}

#[component]
fn Instance(one: ClusterInstance, folder: Option<String>) -> impl IntoView {
    let desk = Desk::get();
    let data_id = one.id.clone();
    let state = one.state.to_lowercase().replace('_', " ");
    let market = one.market.as_deref().map(|market| market.to_lowercase().replace('_', " "));
    let facts: Vec<String> = [Some(state), one.kind.clone(), market, one.host.clone()].into_iter().flatten().collect();
    let moment = move |word: &'static str, at: Option<Timestamp>| {
        at.map(|at| view! { <span title=format::hover_time(at)>{move || format!("{word} {}", format::time(at, desk.zone()))}</span> })
    };
    view! {
        <li data-id=data_id>
            {match folder {
                Some(href) => view! { <A href=href attr:class="link mono" attr:title="Its folder of logs">{one.id.clone()}</A> }.into_any(),
                None => view! { <span class="mono selectable">{one.id.clone()}</span> }.into_any(),
            }}
            <p class="dim facts-line">
                <span>{facts.join(", ")}</span>
                {moment("ready", one.ready)}
                {moment("ended", one.ended)}
            </p>
            {one.reason.map(|reason| view! { <p class="soft selectable wrap">{reason}</p> })}
        </li>
    }
}

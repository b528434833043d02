//! One execution: its graph, states, Gantt, events, input and output, and the comparison with the last success; why it
//! failed; and the ways to run it again.

use super::{
    action_bar::ActionBar,
    cells::of_status,
    compare::Compare,
    events::Events,
    list::took,
    machine_pane::Problem,
    payload::Payloads,
    state_pane::StatePane,
    states::{GanttTab, StatesTab},
    use_execution,
    why::WhyCard,
};
use crate::{
    address,
    desk::Desk,
    format,
    keys::{self, Action},
    parts::{
        fault::FaultView,
        graph::GraphView,
        icon::Icon,
        list::use_change,
        states::{Partial, Skeleton},
        status::Status,
        tabs::{Tabs, panel},
    },
};
use contract::executions::{ExecutionView, PayloadOf, ReadPayload};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

#[component]
pub fn ExecutionPane(arn: String) -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let change = StoredValue::new_local(use_change());
    let tab = Memo::new(move |_| query.read().get("tab").unwrap_or("graph").to_owned());
    // The visit to a state that is open below the graph or the table.
    let visit = Memo::new(move |_| query.read().get("state").map(str::to_owned));
    let open_visit = Callback::new(move |id: Option<String>| change.with_value(|change| change("state", id)));
    let name = arn.rsplit(':').next().unwrap_or(&arn).to_owned();
    let title = name.clone();
    let shown = arn.clone();
    let watched = use_execution(Signal::stored(Some(arn.clone())));
    desk.remember(format!("{name} of {}", arn.split(':').nth(6).unwrap_or_default()), address::execution(&arn));
    let arn = StoredValue::new(arn);
    let navigate = use_navigate();
    let failed = Memo::new(move |_| {
        watched.view.with(|view| view.as_ref().is_some_and(|view| view.execution.status.is_failure()))
    });
    // What was looked up in the card stays while the rest of the view is told anew.
    let why = Memo::new(move |_| watched.view.with(|view| view.as_ref().and_then(|view| view.why.clone())));
    keys::on(Action::Why, move || {
        if failed.get_untracked() {
            navigate(&address::incident_of(&arn.get_value()), NavigateOptions::default());
        } else {
            desk.say("It did not fail.".to_owned());
        }
    });
    let tabs = vec![
        ("graph", "Graph"),
        ("states", "States"),
        ("gantt", "Gantt"),
        ("events", "Events"),
        ("io", "Input, output"),
        ("definition", "Definition"),
        ("compare", "Compare"),
    ];
    view! {
        <section class="detail execution" role="region" aria-label=name.clone()>
            <div class="head">
                <Crumb view=watched.view name=name.clone() arn=shown.clone() />
                <h2>{move || watched.view.with(|view| view.as_ref().map_or_else(|| title.clone(), headline))}</h2>
                {move || watched.view.with(|view| view.as_ref().map(|view| facts(desk, view)))}
                <Show when=move || failed.get()>
                    <A href=address::incident_of(&arn.get_value()) attr:class="link" attr:title="w">"Why, and what can be done"</A>
                </Show>
            </div>
            <Tabs
                name="Execution"
                tabs
                chosen=tab
                on_choose=Callback::new(move |chosen: String| {
                    change.with_value(|change| change("tab", (chosen != "graph").then_some(chosen)));
                })
            />
            <div class="body" class:flush=move || matches!(tab.read().as_str(), "graph" | "gantt" | "events" | "states") role="tabpanel" id=move || panel(&tab.get())>
                {move || watched.fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| watched.again()) /> })}
                <Partial notices=Signal::derive(move || watched.view.with(|view| view.as_ref().map(|view| view.notices.clone()).unwrap_or_default())) />
                {move || match tab.get().as_str() {
                    "states" => view! { <StatesTab arn=arn.get_value() visit on_open=open_visit /> }.into_any(),
                    "gantt" => view! { <GanttTab arn=arn.get_value() watched visit on_open=open_visit /> }.into_any(),
                    "events" => view! { <Events arn=arn.get_value() /> }.into_any(),
                    "io" => view! { <Payloads arn=arn.get_value() watched /> }.into_any(),
                    "definition" => view! { <Definition arn=arn.get_value() watched /> }.into_any(),
                    "compare" => view! { <Compare arn=arn.get_value() /> }.into_any(),
                    _ => view! { <GraphTab watched on_open=open_visit /> }.into_any(),
                }}
            </div>
            {move || {
                let closes = matches!(tab.read().as_str(), "graph" | "states" | "gantt");
                visit.get().filter(|_| closes).map(|state| view! { <StatePane arn=arn.get_value() state watched on_close=Callback::new(move |()| open_visit.run(None)) /> })
            }}
            <Show when=move || visit.read().is_none() && tab.read().as_str() == "graph">
                {move || why.get().map(|why| view! { <WhyCard why /> })}
            </Show>
            <ActionBar watched />
        </section>
    }
}

/// The state that failed and how, or what the execution does.
fn headline(view: &ExecutionView) -> String {
    match &view.why {
        Some(why) => why.title.clone(),
        None => match &view.execution.state {
            Some(state) => format!("{}: {}", view.execution.name, state),
            None => view.execution.name.clone(),
        },
    }
}

fn facts(desk: Desk, view: &ExecutionView) -> impl IntoView + use<> {
    let row = view.execution.clone();
    let (started, stopped) = (row.started, row.stopped);
    let events = view.events;
    let complete = view.complete;
    view! {
        <p class="soft facts-line">
            <time title=format::hover_time(started)>{move || format!("{} {}", format::time_full(started, desk.zone()), if stopped.is_some() { "" } else { "· still running" })}</time>
            <span>{move || format!("took {}", took(started, stopped.unwrap_or_else(|| desk.now.get())))}</span>
            <span>{format!("{}{}", format::counted(events, "event", "events"), if complete { "" } else { ", reading…" })}</span>
            {(row.redrives > 0).then(|| view! { <span>{if row.redrives == 1 { "redriven once".to_owned() } else { format!("redriven {} times", row.redrives) }}</span> })}
            {row.version.map(|version| view! { <span>{format!("version {version}")}</span> })}
            {(view.definition_changed == Some(true)).then(|| view! { <span class="warn">"definition changed since"</span> })}
        </p>
    }
}

#[component]
fn Crumb(view: RwSignal<Option<ExecutionView>>, name: String, arn: String) -> impl IntoView {
    let desk = Desk::get();
    let copied = arn.clone();
    view! {
        <div class="crumb">
            {move || view.with(|view| view.as_ref().map(|view| view.parents.clone()).unwrap_or_default())
                .into_iter()
                .map(|parent| view! {
                    <A href=address::execution(&parent.arn) attr:class="cut">{format!("{} of {}", parent.name, parent.machine)}</A>
                    <Icon name="chevron-right" />
                })
                .collect_view()}
            "Execution "
            <button type="button" class="mono cut" title="Copy the ARN" on:click=move |_| desk.copy(copied.clone(), "the ARN")>{name}</button>
            {move || view.with(|view| view.as_ref().map(|view| view.execution.status)).map(|status| {
                let class = if status.is_failure() { "chip bad" } else { "chip" };
                view! { <span class=class><Status shape=of_status(status) word=status.word() /></span> }
            })}
        </div>
    }
}

#[component]
fn GraphTab(watched: super::watch::Watched, #[prop(into)] on_open: Callback<Option<String>>) -> impl IntoView {
    let selected = RwSignal::new(None::<String>);
    let run =
        Memo::new(move |_| watched.view.with(|view| view.as_ref().map(|view| view.run.clone()).unwrap_or_default()));
    let problem =
        Memo::new(move |_| watched.view.with(|view| view.as_ref().and_then(|view| view.graph_problem.clone())));
    let open = Callback::new(move |name: String| {
        let place = watched.graph.with_untracked(|graph| {
            graph.as_ref().and_then(|graph| graph.nodes.iter().find(|node| node.name == name).map(|node| node.id))
        });
        let visit = run.with_untracked(|run| {
            run.nodes.iter().find(|node| Some(node.node) == place).map(|node| node.state.clone())
        });
        if visit.is_some() {
            on_open.run(visit);
        }
    });
    view! {
        {move || match (watched.graph.read().is_some(), problem.get()) {
            (true, _) => view! {
                <GraphView graph=watched.graph run selected on_open=open name="State graph" />
                <MapRuns watched />
            }.into_any(),
            (false, Some(problem)) => {
                let text = RwSignal::new(String::new());
                if let Some(arn) = watched.view.with_untracked(|view| view.as_ref().map(|view| view.execution.arn.clone())) {
                    spawn_local(async move {
                        if let Ok(payload) = crate::bridge::call(ReadPayload { arn, what: PayloadOf::Definition }).await {
                            text.try_set(payload.text);
                        }
                    });
                }
                view! { {move || view! { <Problem problem=problem.clone() text=text.get() /> }} }.into_any()
            }
            (false, None) => {
                let done = watched.view.with(|view| view.as_ref().is_some_and(|view| view.complete)) || watched.fault.read().is_some();
                (!done).then(|| view! { <Skeleton rows=6 /> }).into_any()
            }
        }}
    }
}

/// The Map Runs of the execution, with their counts.
#[component]
fn MapRuns(watched: super::watch::Watched) -> impl IntoView {
    let runs = Memo::new(move |_| {
        watched.view.with(|view| view.as_ref().map(|view| view.map_runs.clone()).unwrap_or_default())
    });
    view! {
        <Show when=move || !runs.read().is_empty()>
            <ul class="map-runs plain-list" role="list" aria-label="Map runs">
                {move || runs.get().into_iter().map(|run| {
                    let items = run.fact.items;
                    let href = address::map_run(&run.fact.arn);
                    view! {
                        <li>
                            <A href=href attr:class="link">{format!("Map Run of {}", run.state)}</A>
                            " "
                            <span class="soft">
                                {format!("{}: {} succeeded, {} failed, {} running, {} waiting of {}", run.fact.status.to_lowercase().replace('_', " "),
                                    format::count(items.succeeded), format::count(items.failed + items.timed_out), format::count(items.running), format::count(items.pending), format::counted(items.total, "item", "items"))}
                            </span>
                        </li>
                    }
                }).collect_view()}
            </ul>
        </Show>
    }
}

/// The definition as it was for this execution.
#[component]
fn Definition(arn: String, watched: super::watch::Watched) -> impl IntoView {
    let payload = RwSignal::new(None);
    spawn_local(async move {
        payload.try_set(Some(crate::bridge::call(ReadPayload { arn, what: PayloadOf::Definition }).await));
    });
    view! {
        {move || (watched.view.with(|view| view.as_ref().is_some_and(|view| view.definition_changed == Some(true)))).then(|| view! {
            <p class="warn">"The machine has another definition now; this is the one that ran. Compare shows what changed between two executions."</p>
        })}
        {move || match payload.get() {
            None => view! { <Skeleton rows=6 /> }.into_any(),
            Some(Err(fault)) => view! { <FaultView fault /> }.into_any(),
            Some(Ok(payload)) => view! { <crate::parts::json_tree::JsonTree text=payload.text truncated=payload.truncated name="Definition" /> }.into_any(),
        }}
    }
}

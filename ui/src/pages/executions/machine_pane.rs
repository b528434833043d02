//! One state machine: its graph, its definition, what starts it.

use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        fault::FaultView,
        graph::GraphView,
        json_tree::JsonTree,
        states::{Partial, Skeleton},
        status::{Shape, Status},
        tabs::{Tabs, panel},
    },
};
use contract::{
    Fault,
    executions::{DefinitionProblem, DescribeMachine, Expected, GraphRun, MachineDetail, MachineKind, Standing},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;
use std::sync::Arc;

#[component]
pub fn MachinePane(arn: String) -> impl IntoView {
    let detail = RwSignal::new(None::<Result<MachineDetail, Fault>>);
    let name = arn.rsplit(':').next().unwrap_or(&arn).to_owned();
    let asked = arn.clone();
    let load = Callback::new(move |()| {
        detail.set(None);
        let arn = asked.clone();
        spawn_local(async move {
            detail.try_set(Some(bridge::call(DescribeMachine { arn }).await));
        });
    });
    load.run(());
    let tab = RwSignal::new("graph".to_owned());
    let href = address::machine(&arn);
    view! {
        <section class="detail" role="region" aria-label=name.clone()>
            <div class="head">
                <div class="crumb">"State machine"</div>
                <h2 class="cut">{name.clone()}</h2>
                {move || detail.with(|detail| detail.as_ref().and_then(|detail| detail.as_ref().ok()).and_then(|detail| detail.expected.clone()))
                    .map(|expected| view! { <p class="next-run soft"><NextRunWords expected /></p> })}
            </div>
            <Tabs
                name="State machine"
                tabs=vec![("graph", "Graph"), ("facts", "Set-up"), ("definition", "Definition")]
                chosen=tab
                on_choose=Callback::new(move |chosen| tab.set(chosen))
            />
            <div class="body" class:flush=move || tab.get() == "graph" role="tabpanel" id=move || panel(&tab.get())>
                {move || match detail.get() {
                    None => view! { <Skeleton rows=6 /> }.into_any(),
                    Some(Err(fault)) => view! { <FaultView fault retry=load /> }.into_any(),
                    Some(Ok(detail)) => view! { <Shown detail tab /> }.into_any(),
                }}
            </div>
            <div class="acts">
                <A href=href attr:class="btn go">"Open executions"</A>
            </div>
        </section>
    }
}

/// When the clock starts a machine next, beside its name. Nothing where no clock does, and where that cannot be read.
#[component]
pub fn NextRun(arn: String) -> impl IntoView {
    let expected = RwSignal::new(None::<Expected>);
    spawn_local(async move {
        if let Ok(detail) = bridge::call(DescribeMachine { arn }).await {
            expected.try_set(detail.expected);
        }
    });
    view! { {move || expected.get().map(|expected| view! { <span class="next-run soft"><NextRunWords expected /></span> })} }
}

#[component]
fn NextRunWords(expected: Expected) -> impl IntoView {
    let desk = Desk::get();
    let by = expected.by.clone();
    let next = expected.next;
    let at = move || next.map(|next| format::minute(next, desk.zone()));
    let after = move || at().map(|at| format!(", next {at}"));
    match expected.standing {
        Standing::OnTime | Standing::Unknown => match next {
            Some(next) => view! {
                "Next run"
                <time datetime=format::iso(next) title=format::hover_time(next)>{at}</time>
                {format!("by {by}")}
            }
            .into_any(),
            None => view! { {format!("Started by {by}")} }.into_any(),
        },
        Standing::Late(since) => view! {
            <Status shape=Shape::Warn word=format!("late since {}", format::minute(since, desk.zone())) />
            <span>{format!("by {by}")} {after}</span>
        }
        .into_any(),
        Standing::NeverRan => {
            view! { <Status shape=Shape::Warn word="never ran" /> <span>{format!("by {by}")} {after}</span> }.into_any()
        }
        Standing::Disabled => view! { <Status shape=Shape::Stopped word="disabled" /> <span>{by}</span> }.into_any(),
    }
}

#[component]
fn Shown(detail: MachineDetail, tab: RwSignal<String>) -> impl IntoView {
    let detail = StoredValue::new(detail);
    view! {
        {move || match tab.get().as_str() {
            "definition" => {
                let text = detail.with_value(|detail| detail.machine.definition.clone());
                let problem = detail.with_value(|detail| detail.graph_problem.clone());
                view! {
                    {problem.map(|problem| view! { <Problem problem text=text.clone() /> })}
                    <JsonTree text truncated=false name="Definition" />
                }
                    .into_any()
            }
            "facts" => detail.with_value(|detail| view! { <Facts detail=detail.clone() /> }.into_any()),
            _ => {
                let graph = detail.with_value(|detail| detail.graph.clone());
                match graph {
                    Some(graph) => {
                        let graph = StoredValue::new(Some(Arc::new(graph)));
                        let selected = RwSignal::new(None);
                        view! {
                            <GraphView
                                graph=Signal::derive(move || graph.get_value())
                                run=Signal::stored(GraphRun::default())
                                selected
                                on_open=Callback::new(|_: String| ())
                                name="Graph of the definition"
                            />
                        }
                            .into_any()
                    }
                    None => detail
                        .with_value(|detail| {
                            detail
                                .graph_problem
                                .clone()
                                .map(|problem| view! { <Problem problem text=detail.machine.definition.clone() /> })
                        })
                        .into_any(),
                }
            }
        }}
    }
}

/// A definition that cannot be drawn: what is wrong, and the text with its place marked.
#[component]
pub fn Problem(problem: DefinitionProblem, text: String) -> impl IntoView {
    let around = usize::try_from(problem.line).unwrap_or(1).saturating_sub(1);
    let first = around.saturating_sub(4);
    let lines: Vec<(usize, String)> =
        text.lines().enumerate().skip(first).take(9).map(|(at, line)| (at + 1, line.to_owned())).collect();
    view! {
        <div class="verdict bad">
            <strong>"The definition cannot be drawn."</strong>
            " "
            <span class="soft">{format!("{} Line {}, column {}.", problem.message, problem.line, problem.column)}</span>
        </div>
        <pre class="code selectable" tabindex="0" aria-label="The place in the definition">
            {lines
                .into_iter()
                .map(|(number, line)| {
                    let here = number == around + 1;
                    view! { <span class:warn=here>{format!("{} {number:>4}  {line}\n", if here { ">" } else { " " })}</span> }
                })
                .collect_view()}
        </pre>
    }
}

#[component]
fn Facts(detail: MachineDetail) -> impl IntoView {
    let desk = Desk::get();
    let MachineDetail { machine, versions, starts, notices, .. } = detail;
    let logging = match machine.log_level.as_deref() {
        None | Some("OFF") => "off".to_owned(),
        Some(level) => format!(
            "{level}{}{}",
            if machine.logs_data { ", with data" } else { ", without data" },
            machine
                .log_group
                .as_deref()
                .and_then(|arn| arn.split_once("log-group:"))
                .map(|(_, name)| format!(", in {name}"))
                .unwrap_or_default()
        ),
    };
    view! {
        <Partial notices=Signal::stored(notices) />
        <dl class="kv">
            <dt>"Type"</dt>
            <dd>{if machine.kind == MachineKind::Standard { "Standard" } else { "Express" }}</dd>
            {machine.status.map(|status| view! { <dt>"Status"</dt><dd>{status.to_lowercase()}</dd> })}
            {machine.description.map(|text| view! { <dt>"Description"</dt><dd class="wrap">{text}</dd> })}
            <dt>"ARN"</dt>
            <dd class="mono wrap selectable">{machine.arn}</dd>
            <dt>"Role"</dt>
            <dd class="mono wrap selectable">{machine.role}</dd>
            {machine.updated.map(|at| view! { <dt>"Created"</dt><dd title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</dd> })}
            <dt>"Logging"</dt>
            <dd class="wrap">{logging}</dd>
            <dt>"Started by"</dt>
            <dd class="wrap">
                {if starts.is_empty() {
                    view! { <span class="dim">"no rule or schedule of this region"</span> }.into_any()
                } else {
                    view! {
                        <ul class="plain-list" role="list">
                            {starts
                                .into_iter()
                                .map(|rule| {
                                    let when = rule.expression.unwrap_or_else(|| "by events".to_owned());
                                    let off = if rule.enabled { "" } else { ", disabled" };
                                    view! { <li>{format!("{}: {when}{off}", rule.name)}</li> }
                                })
                                .collect_view()}
                        </ul>
                    }
                        .into_any()
                }}
            </dd>
            <dt>"Versions"</dt>
            <dd class="wrap">
                {if versions.is_empty() {
                    view! { <span class="dim">"none published"</span> }.into_any()
                } else {
                    view! {
                        <ul class="plain-list" role="list">
                            {versions.into_iter().map(|version| view! { <li>{format!("{}: {}", version.name, version.text)}</li> }).collect_view()}
                        </ul>
                    }
                        .into_any()
                }}
            </dd>
        </dl>
    }
}

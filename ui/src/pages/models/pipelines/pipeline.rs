//! One pipeline: its executions, and beside them its parameters, its definition, and the way to start it.

use super::{
    cells::{id_of, of_status, took},
    graph::drawn,
    start::{Begin, StartDialog},
};
use crate::{
    address,
    desk::Desk,
    format,
    keys::{self, Action},
    pages::{
        jobs::object_address,
        models::{AREA, cells::named},
    },
    parts::{
        acts::{Act, Asking, use_made, when_done},
        answer::use_answer,
        cells::{dash, text_cell, time_cell},
        confirm::ConfirmPlan,
        fault::FaultView,
        graph::GraphView,
        grid::{Column, Grid, GridRow, GridState, use_set},
        head::Head,
        list::{ListStates, ListTools, keep_sort, use_change, use_filter},
        outcome::Outcome,
        split::Split,
        states::{Empty, Partial},
        status::Status,
        tabs::{Tabs, panel},
    },
};
use contract::{
    executions::GraphRun,
    models::{
        DescribePipeline, OpenPipelineExecutions, PipelineDetail, PipelineExecutionRow, PipelineParameter, StepGraph,
    },
    sets::Rows,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};
use std::sync::Arc;

impl GridRow for PipelineExecutionRow {
    fn id(&self) -> String {
        self.arn.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::PipelineExecutions(rows) => Some(rows),
            _ => None,
        }
    }
}

/// `Train: it ran out of memory`: what a row says of a failure.
fn why(row: &PipelineExecutionRow) -> Option<String> {
    match (&row.failed_step, &row.reason) {
        (Some(step), Some(reason)) => Some(format!("{step}: {}", format::one_line(reason))),
        (Some(step), None) => Some(step.clone()),
        (None, reason) => reason.as_deref().map(format::one_line),
    }
}

/// Its display name, else the last part of its ARN.
pub fn called(row: &PipelineExecutionRow) -> String {
    format::visible(row.title.as_deref().unwrap_or(&row.id))
}

fn columns() -> Vec<Column<PipelineExecutionRow>> {
    let desk = Desk::get();
    let zoned = |word: &'static str| Signal::derive(move || format!("{word} ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("status", "Status".to_owned(), |row: &PipelineExecutionRow| {
            view! { <Status shape=of_status(row.status) word=row.status.word() /> }.into_any()
        })
        .width(108)
        .sort("status"),
        Column::new("name", "Execution".to_owned(), |row: &PipelineExecutionRow| {
            let (name, title) = (called(row), row.id.clone());
            view! { <span class="mono cut" title=title>{name}</span> }.into_any()
        })
        .share(3)
        .sort("title"),
        Column::new("why", "Failed step".to_owned(), |row: &PipelineExecutionRow| match why(row) {
            Some(text) => {
                let title = row.reason.clone().unwrap_or_else(|| text.clone());
                view! { <span class="cut" title=title>{text}</span> }.into_any()
            }
            None => dash(),
        })
        .share(4)
        .sort("step"),
        Column::new("took", "Took".to_owned(), |row: &PipelineExecutionRow| {
            took(row.started, row.seconds, !row.status.is_over())
        })
        .width(84)
        .numeric()
        .sort("took"),
        Column::new("started", zoned("Started"), |row: &PipelineExecutionRow| time_cell(row.started))
            .width(142)
            .sort("started"),
        Column::new("ended", zoned("Ended"), |row: &PipelineExecutionRow| time_cell(row.ended))
            .width(142)
            .sort("ended")
            .hidden(),
        Column::new("by", "Started by".to_owned(), |row: &PipelineExecutionRow| text_cell(row.by.clone()))
            .width(128)
            .sort("by")
            .hidden(),
    ]
}

#[component]
pub fn OnePipeline() -> impl IntoView {
    let query = address::use_query();
    let name = Memo::new(move |_| query.read().get("name").map(str::to_owned).filter(|name| !name.is_empty()));
    view! {
        {move || match name.get() {
            Some(name) => view! { <Pipeline name /> }.into_any(),
            None => view! {
                <Head area=AREA title="No such pipeline".to_owned() />
                <Empty title="This address names no pipeline" text="Choose one in the list of pipelines, or paste its ARN with Ctrl K." icon="git-branch" />
            }.into_any(),
        }}
    }
}

#[component]
fn Pipeline(name: String) -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let navigate = use_navigate();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    let change = StoredValue::new_local(use_change());
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let name = StoredValue::new(name);
    let told = use_answer(move || Some(DescribePipeline { name: name.get_value() }));
    let set =
        use_set(move || Some(OpenPipelineExecutions { pipeline: name.get_value() }), move || filter.get(), state.sort);
    keys::on(Action::Refresh, move || {
        told.look();
        set.reload();
    });
    {
        let navigate = navigate.clone();
        keys::on(Action::Back, move || navigate(address::PIPELINES, NavigateOptions::default()));
    }
    let known = Memo::new(move |_| told.told.with(Option::is_some));
    Effect::new(move |_| {
        if known.get() {
            name.with_value(|name| desk.remember(format!("Pipeline {name}"), address::pipeline(name)));
        }
    });
    let on_cursor = Callback::new(move |row: PipelineExecutionRow| {
        change.with_value(|change| change("sel", Some(row.arn)));
    });
    let on_open = Callback::new(move |row: PipelineExecutionRow| {
        navigate(&address::pipeline_execution(&row.arn), NavigateOptions::default());
    });
    let copies = Callback::new(move |row: PipelineExecutionRow| {
        let describe = format!(
            "aws sagemaker describe-pipeline-execution --pipeline-execution-arn {} --profile {}",
            row.arn,
            desk.profile_argument()
        );
        let mut items = vec![
            ("Name".to_owned(), called(&row)),
            ("ARN".to_owned(), row.arn.clone()),
            ("aws command".to_owned(), describe),
        ];
        items.extend(row.started.map(|at| ("Started".to_owned(), format::iso(at))));
        items.extend(row.reason.clone().map(|reason| ("Reason".to_owned(), reason)));
        items.push(("Link".to_owned(), format!("quarterdeck:/{}", address::pipeline_execution(&row.arn))));
        items
    });
    let list = move || {
        let way = vec![("Pipelines".to_owned(), address::PIPELINES.to_owned())];
        view! {
            <Head area=AREA way title=format::visible(&name.get_value()) />
            <ListTools name="Filter pipeline executions" example="Filter: status:failed step:Train started:>now-30d" set one="execution" many="executions" />
            <ListStates
                set
                empty=|| view! { <Empty title="It has never run" text="Start it on the right; its executions then stand here, the newest first." icon="git-branch" /> }.into_any()
            >
                <Grid name="Pipeline executions" set columns=columns() state on_open on_cursor copies />
            </ListStates>
        }
    };
    let tab = RwSignal::new("facts".to_owned());
    let asking = Asking::new();
    // The list shows what was started.
    when_done(asking.started, move || set.reload());
    let detail = move || {
        let title = format::visible(&name.get_value());
        view! {
            <section class="detail" role="region" aria-label=title>
                <div class="head">
                    <div class="crumb">"Pipeline"</div>
                    <h2>{title.clone()}</h2>
                </div>
                <Tabs
                    name="Pipeline"
                    tabs=vec![("facts", "Set-up"), ("graph", "Graph")]
                    chosen=tab
                    on_choose=Callback::new(move |chosen| tab.set(chosen))
                />
                <div class="body" class:flush=move || tab.read().as_str() == "graph" role="tabpanel" id=move || panel(&tab.get()) aria-labelledby=move || format!("tab-{}", tab.get())>
                    {told.waiting(8)}
                    {move || told.told.get().map(|detail| {
                        if tab.read().as_str() == "graph" {
                            view! { <Definition graph=detail.graph problem=detail.problem /> }.into_any()
                        } else {
                            view! { <Facts detail /> }.into_any()
                        }
                    })}
                </div>
                <Starting name told=told.told asking />
            </section>
        }
    };
    view! { <Split list detail /> }
}

#[component]
fn Definition(graph: Option<StepGraph>, problem: Option<String>) -> impl IntoView {
    match graph {
        Some(graph) => {
            let picture = StoredValue::new(Some(Arc::new(drawn(&graph))));
            view! {
                <GraphView
                    graph=Signal::derive(move || picture.get_value())
                    run=Signal::stored(GraphRun::default())
                    selected=RwSignal::new(None)
                    on_open=Callback::new(|_: String| ())
                    name="Graph of the definition"
                />
            }
            .into_any()
        }
        None => view! { <Empty title="The definition cannot be drawn" text=problem.unwrap_or_else(|| "It was not read.".to_owned()) icon="git-branch" /> }.into_any(),
    }
}

#[component]
fn Facts(detail: PipelineDetail) -> impl IntoView {
    let desk = Desk::get();
    let PipelineDetail { row, description, created, role, parameters, problem, notices, .. } = detail;
    let copied = row.arn.clone();
    view! {
        <Partial notices=Signal::stored(notices) />
        {problem.map(|problem| view! { <p class="warn">{problem}</p> })}
        {description.map(|text| view! { <p class="soft wrap">{format::visible(&text)}</p> })}
        <dl class="kv">
            <dt>"ARN"</dt>
            <dd><button type="button" class="link mono wrap" title="Copy the ARN" on:click=move |_| desk.copy(copied.clone(), "the ARN")>{row.arn}</button></dd>
            {row.title.map(|title| view! { <dt>"Title"</dt><dd>{format::visible(&title)}</dd> })}
            {role.map(|role| view! { <dt>"Role"</dt><dd class="mono wrap selectable">{role}</dd> })}
            <dt>"Created"</dt>
            <dd>{time_cell(created)}</dd>
            <dt>"Modified"</dt>
            <dd>{time_cell(row.modified)}</dd>
            {(!row.registers.is_empty()).then(|| view! {
                <dt>"Registers"</dt>
                <dd>{row.registers.into_iter().map(|group| view! { <p><A href=address::model_group(&group) attr:class="link">{group}</A></p> }).collect_view()}</dd>
            })}
        </dl>
        <Parameters parameters />
    }
}

#[component]
fn Parameters(parameters: Vec<PipelineParameter>) -> impl IntoView {
    let none = parameters.is_empty();
    view! {
        <section aria-label="Parameters">
            <h3 class="part-title">"Parameters"</h3>
            {none.then(|| view! { <p class="soft">"The definition declares none: every execution does the same."</p> })}
            {(!none).then(|| view! {
                <table class="table numbers" aria-label="Parameters">
                    <thead><tr><th scope="col">"Name"</th><th scope="col">"Type"</th><th scope="col">"Default"</th></tr></thead>
                    <tbody>
                        {parameters.into_iter().map(|parameter| {
                            let choices = (!parameter.choices.is_empty()).then(|| format!("one of {}", parameter.choices.join(", ")));
                            view! {
                                <tr data-id=parameter.name>
                                    <th scope="row" class="mono whole">{parameter.name.clone()}</th>
                                    <td>{parameter.kind.word()}</td>
                                    <td class="mono wrap selectable">
                                        <Value value=parameter.default none="none: a start gives it" />
                                        {choices.map(|choices| view! { <p class="dim small">{choices}</p> })}
                                    </td>
                                </tr>
                            }
                        }).collect_view()}
                    </tbody>
                </table>
            })}
        </section>
    }
}

/// The value of a parameter: a version leads to its page, and an empty text says that it is one.
#[component]
pub fn Value(value: Option<String>, none: &'static str) -> impl IntoView {
    match value {
        None => view! { <span class="dim">{none}</span> }.into_any(),
        Some(value) if value.is_empty() => view! { <span class="dim">"empty"</span> }.into_any(),
        Some(value) if value.starts_with("arn:") && named(&value).is_some() => {
            view! { <A href=address::model_version(&value) attr:class="link wrap">{value}</A> }.into_any()
        }
        Some(value) => match object_address(&value) {
            Some(href) => view! { <A href attr:class="link wrap">{value}</A> }.into_any(),
            None => format::visible(&value).into_any(),
        },
    }
}

/// The bar that starts the pipeline.
#[component]
fn Starting(name: StoredValue<String>, told: RwSignal<Option<PipelineDetail>>, asking: Asking) -> impl IntoView {
    let desk = Desk::get();
    let open = RwSignal::new(false);
    let verdict = Memo::new(move |_| told.with(|told| told.as_ref().map(|told| told.start.clone())));
    let parameters =
        Memo::new(move |_| told.with(|told| told.as_ref().map(|told| told.parameters.clone()).unwrap_or_default()));
    let made = use_made(asking.started, |step| step.pipeline_execution);
    view! {
        <div class="action-bar">
            <Outcome started=asking.started />
            {move || made.get().map(|arn| view! {
                <p class="made-link"><A href=address::pipeline_execution(&arn) attr:class="link">{format!("Open execution {}", id_of(&arn))}</A></p>
            })}
            <div class="causes">
                {move || verdict.get().map(|verdict| verdict.reasons.into_iter().map(|reason| view! { <p>{reason}</p> }).collect_view())}
                {move || asking.fault.get().filter(|_| !open.get()).map(|fault| view! { <FaultView fault /> })}
                <p class="why-not">{move || (desk.read_only() && verdict.read().is_some()).then_some("READ-ONLY: plans can be made and looked at; the badge in the top bar makes the session writable.")}</p>
            </div>
            <div class="acts">
                <Act word="Start pipeline" verdict go=true busy=asking.busy on_press=Callback::new(move |()| open.set(true)) />
            </div>
            <StartDialog open name parameters given=Signal::stored(Vec::<Begin>::new()) asking />
            <ConfirmPlan plan=asking.plan on_started=asking.on_started() />
        </div>
    }
}

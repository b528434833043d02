//! One run: what it was asked to do, its findings, its logs, and what is different from the last success.

use super::{
    AREA,
    acts::JobActs,
    again::form::suggested,
    attempts::{self, Attempts},
    capacity::{self, Capacity},
    cells::of_state,
    compare::Compare,
    diagnosis::use_diagnosis,
    findings::{Cause, Findings},
    list::capital,
    logs::Logs,
    overview::{Overview, Times},
    stages::{self, Stages},
};
use crate::{
    address, bridge,
    desk::Desk,
    format,
    keys::{self, Action},
    parts::{
        fault::FaultView,
        head::Head,
        list::use_change,
        log_pane::AfterSignature,
        split::Split,
        states::{Empty, Skeleton},
        status::Status,
        tabs::{Tabs, panel},
    },
};
use contract::{
    Code, Fault, Timestamp,
    jobs::{DescribeJob, HomeId, JobDetail, JobId, JobRow, State, diagnosis::Verdict},
    range::{Edge, Range},
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// How often a run that is not over is asked for again.
const AGAIN: Duration = Duration::from_secs(5);
/// Seconds before and after a run in which something of it may be written.
const AROUND: i64 = 300;

#[component]
pub fn OneRun() -> impl IntoView {
    let query = address::use_query();
    let job = Memo::new(move |_| query.read().get("job").and_then(|text| text.parse::<JobId>().ok()));
    view! {
        {move || match job.get() {
            Some(job) => view! { <Run job /> }.into_any(),
            None => view! {
                <Head area=AREA title="No such run".to_owned() />
                <Empty title="This address names no run" text="Choose a run in the list, or paste its id or ARN with Ctrl K." icon="terminal" />
            }.into_any(),
        }}
    }
}

/// The run as the core last described it, again while it is not over.
fn use_detail(job: StoredValue<JobId>) -> (RwSignal<Option<JobDetail>>, RwSignal<Option<Fault>>, Callback<()>) {
    let desk = Desk::get();
    let (detail, fault) = (RwSignal::new(None::<JobDetail>), RwSignal::new(None::<Fault>));
    let again = RwSignal::new(0_u64);
    let ask = Callback::new(move |()| again.update(|count| *count += 1));
    Effect::new(move |_| {
        again.track();
        desk.generation();
        spawn_local(async move {
            let Some(id) = job.try_get_value() else { return };
            match bridge::call(DescribeJob { id }).await {
                Ok(answer) => {
                    fault.try_set(None);
                    detail.try_set(Some(answer));
                }
                Err(refused) => {
                    if refused.code == Code::SignIn {
                        desk.ask_sign_in_then(refused.clone(), ask);
                    }
                    fault.try_set(Some(refused));
                }
            }
        });
    });
    let tick = move || {
        let runs =
            detail.with_untracked(|detail| detail.as_ref().is_some_and(|detail| !detail.view.row.state.is_over()));
        if runs && !document().hidden() {
            ask.run(());
        }
    };
    if let Ok(interval) = set_interval_with_handle(tick, AGAIN) {
        on_cleanup(move || interval.clear());
    }
    keys::on(Action::Refresh, move || ask.run(()));
    (detail, fault, ask)
}

#[component]
fn Run(job: JobId) -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let change = StoredValue::new_local(use_change());
    let tab = Memo::new(move |_| query.read().get("tab").unwrap_or("run").to_owned());
    let id = StoredValue::new(job.clone());
    let (detail, fault, ask) = use_detail(id);
    let failed = Memo::new(move |_| {
        detail.with(|detail| detail.as_ref().is_some_and(|detail| detail.view.row.state.is_failure()))
    });
    let diagnosed = use_diagnosis(Signal::derive(move || failed.get().then(|| id.get_value())));
    provide_context(AfterSignature(Callback::new(move |()| diagnosed.again())));
    let title = Signal::derive({
        let own = job.own().to_owned();
        move || {
            detail.with(|detail| {
                detail.as_ref().map_or_else(|| own.clone(), |detail| format::visible(&detail.view.row.name))
            })
        }
    });
    Effect::new(move |_| {
        if detail.with(Option::is_some) {
            let name = title.get_untracked();
            id.with_value(|id| desk.remember(format!("{name} ({})", id.engine().word()), address::job(id)));
        }
    });
    let way = move || {
        let mut way = Vec::new();
        if let Some(home) = HomeId::of(&id.get_value()) {
            way.push((format!("{} {}", capital(home.noun()), home.own()), address::home(&home)));
        }
        way.push((format!("{} {}", id.get_value().noun(), id.get_value().own()), address::job(&id.get_value())));
        way
    };
    let range = Signal::derive(move || detail.with(|detail| detail.as_ref().and_then(|detail| span(&detail.view.row))));
    let ended = Memo::new(move |_| detail.with(|detail| detail.as_ref().and_then(|detail| detail.view.row.ended)));
    let counted =
        Memo::new(move |_| diagnosed.diagnosis.with(|read| read.as_ref().map_or(0, |read| read.findings.len())));
    let spark = stages::may_have(job.engine()) && !matches!(job, JobId::Cluster { .. });
    let reported = capacity::is_reported(job.engine());
    let told = Memo::new(move |_| reported && detail.with(Option::is_some));
    let tried = Memo::new(move |_| detail.with(|detail| attempts::worth_asking(&detail.as_ref()?.view.row)));
    let attempts = RwSignal::new(Vec::<JobRow>::new());
    let list = move || {
        let mut tabs = vec![("run", "Run"), ("findings", "Findings"), ("logs", "Logs")];
        if spark {
            tabs.push(("stages", "Stages"));
        }
        tabs.push(("compare", "Compare"));
        view! {
            <Head area=AREA way=way() title>
                {move || detail.with(|detail| detail.as_ref().map(|detail| {
                    let row = &detail.view.row;
                    let class = if row.state.is_failure() { "chip bad" } else { "chip" };
                    view! { <span class=class><Status shape=of_state(&row.state) word=row.state.word() /></span> }
                }))}
            </Head>
            <div class="run-times">{move || detail.get().map(|detail| view! { <Times row=detail.view.row /> })}</div>
            <Tabs
                name="Run"
                tabs
                chosen=tab
                on_choose=Callback::new(move |chosen: String| change.with_value(|change| change("tab", (chosen != "run").then_some(chosen))))
            />
            <div class="body" class:flush=move || tab.read().as_str() == "logs" role="tabpanel" id=move || panel(&tab.get()) aria-labelledby=move || format!("tab-{}", tab.get())>
                {move || fault.get().map(|fault| view! { <FaultView fault retry=ask /> })}
                {move || match tab.get().as_str() {
                    "findings" => {
                        if failed.get() {
                            view! { <Findings job=id.get_value() diagnosed /> }.into_any()
                        } else {
                            view! { <Empty title="No findings" text="The run did not fail. Its logs can be read all the same." icon="check" /> }.into_any()
                        }
                    }
                    "logs" => view! { <Logs job=id.get_value() range ended /> }.into_any(),
                    "stages" if spark => view! { <Stages job=id.get_value() /> }.into_any(),
                    "compare" => view! { <Compare job=id.get_value() /> }.into_any(),
                    _ => view! {
                        {move || tried.get().map(|(id, attempt, _)| view! { <Attempts id attempt told=attempts /> })}
                        {move || match detail.get() {
                            Some(detail) => view! { <Overview detail attempts /> }.into_any(),
                            None => fault.with(Option::is_none).then(|| view! { <Skeleton rows=10 /> }).into_any(),
                        }}
                        {move || told.get().then(|| view! { <Capacity id=id.get_value() /> })}
                    }.into_any(),
                }}
            </div>
        }
    };
    // Only what explains the failure is worth a change.
    let changes = Signal::derive(move || {
        diagnosed.diagnosis.with(|read| {
            let read = read.as_ref().filter(|read| read.verdict == Verdict::Cause);
            let first = read.and_then(|read| read.findings.first());
            first.map(|first| id.with_value(|job| suggested(first, job))).unwrap_or_default()
        })
    });
    let side = move || {
        let name =
            move || if counted.get() > 1 { format!("Finding 1 of {}", counted.get()) } else { "Finding".to_owned() };
        view! {
            <section class="detail" role="region" aria-label="Finding">
                <div class="head">
                    <div class="crumb">{name}</div>
                    <h2>{move || detail.with(|detail| headline(detail.as_ref().map(|detail| &detail.view.row.state)))}</h2>
                </div>
                <div class="body">
                    {move || match (failed.get(), detail.with(Option::is_some)) {
                        (true, _) => view! { <Cause job=id.get_value() diagnosed /> }.into_any(),
                        (false, true) => view! { <p class="soft">"Findings are made of failed runs. What this one says is in its logs, and Compare shows what is different from the last success."</p> }.into_any(),
                        (false, false) => fault.with(Option::is_none).then(|| view! { <Skeleton rows=4 /> }).into_any(),
                    }}
                </div>
                <JobActs job=id detail suggested=changes again=ask />
            </section>
        }
    };
    // Logs want the width; findings say themselves what the pane says.
    let whole = Signal::derive(move || matches!(tab.read().as_str(), "logs" | "findings" | "stages"));
    view! { <Split list detail=side whole /> }
}

/// The range of time in which a run wrote its logs, with some minutes around it; one that goes on goes on with the clock.
fn span(row: &JobRow) -> Option<String> {
    let around = |at: Timestamp, by: i64| Timestamp::from_second(at.as_second() + by).ok().map(Edge::At);
    let from = around(row.started.or(row.created)?, -AROUND)?;
    let until = match row.ended {
        Some(ended) => around(ended, AROUND)?,
        None => Edge::Back { seconds: 0, round: None },
    };
    Some(Range { from, until }.to_string())
}

fn headline(state: Option<&State>) -> &'static str {
    match state {
        Some(state) if state.is_failure() => "Why it failed",
        Some(State::Cancelled) => "It was cancelled",
        Some(state) if state.is_over() => "It did not fail",
        Some(State::Unknown(_)) => "Its state is not known",
        Some(_) => "It is not over",
        None => "Reading the run",
    }
}

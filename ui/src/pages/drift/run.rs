//! One run of a schedule: what it found, or why it failed and what helps.

use super::{
    cells::{Uri, of_run, spaced},
    violations::Violations,
};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{answer::use_answer, states::Partial, status::Status},
};
use contract::{
    drift::{ExplainMonitorRun, MonitorRunReply, MonitorRunRow, RunAgain},
    models::{ColumnRow, RunFailure, facts::MonitorKind},
};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn RunPane(row: MonitorRunRow) -> impl IntoView {
    let desk = Desk::get();
    let (schedule, scheduled) = (row.schedule.clone(), row.scheduled);
    let asked = schedule.clone();
    let told = use_answer(move || Some(ExplainMonitorRun { schedule: asked.clone(), scheduled }));
    let (shape, word, own) = (of_run(&row.status), spaced(&row.status), row.status.clone());
    let class = if row.status == "Failed" { "chip bad" } else { "chip" };
    let title = move || format!("Run of {}", format::minute(scheduled, desk.zone()));
    let failed = row.status == "Failed";
    let job = row.job.clone();
    view! {
        <section class="detail" role="region" aria-label=title>
            <div class="head">
                <div class="crumb">
                    "Monitoring run"
                    <span class=class title=own><Status shape word /></span>
                </div>
                <h2 title=format::hover_time(scheduled)>{title}</h2>
            </div>
            <div class="body">
                {told.waiting(6)}
                {move || told.told.get().map(|reply| view! { <Explained reply /> })}
            </div>
            {match job {
                Some(job) => view! {
                    <div class="acts">
                        <A href=address::job_logs(&job) attr:class="btn go">"Open its logs"</A>
                        <A href=address::job(&job) attr:class="btn">"Open processing job"</A>
                    </div>
                }.into_any(),
                None => failed.then(|| view! { <div class="causes"><p>"No processing job was started, so there are no logs."</p></div> }).into_any(),
            }}
        </section>
    }
}

#[component]
fn Explained(reply: MonitorRunReply) -> impl IntoView {
    let MonitorRunReply { row, failure, again, report, baseline, violations, notices } = reply;
    let (schedule, scheduled) = (row.schedule.clone(), row.scheduled);
    // Only what watches data names features.
    let has_features = row.kind.is_none_or(|kind| kind == MonitorKind::DataQuality);
    let link =
        Callback::new(move |name: String| has_features.then(|| address::feature(&schedule, &name, Some(scheduled))));
    let is_clean = violations.is_empty() && failure.is_none();
    let said = match row.status.as_str() {
        "Completed" => Some("It ended and found no violation."),
        "CompletedWithViolations" => Some("It found violations; its report could not be read."),
        "InProgress" | "Pending" => Some("It has not ended yet."),
        "Stopping" | "Stopped" => Some("It was stopped before it ended."),
        _ => None,
    };
    view! {
        <Partial notices=Signal::stored(notices) />
        {failure.map(|failure| view! { <Failure failure /> })}
        {again.map(|again| view! { <Again again /> })}
        {is_clean.then_some(said).flatten().map(|said| view! { <p class="soft">{said}</p> })}
        {(!violations.is_empty()).then(|| view! { <Violations groups=violations link /> })}
        <dl class="kv">
            <dt>"Report"</dt>
            <dd>{match report {
                Some(uri) => view! { <Uri uri /> }.into_any(),
                None => view! { <span class="dim">"none"</span> }.into_any(),
            }}</dd>
            <dt>"Compared with"</dt>
            <dd>{if baseline.is_empty() {
                view! { <span class="dim">"no baseline"</span> }.into_any()
            } else {
                view! { <ul class="plain-list" role="list">{baseline.into_iter().map(|uri| view! { <li><Uri uri /></li> }).collect_view()}</ul> }.into_any()
            }}</dd>
        </dl>
    }
}

#[component]
fn Failure(failure: RunFailure) -> impl IntoView {
    let RunFailure { title, said, remedy, missing_hours, columns } = failure;
    view! {
        <section role="region" aria-label="Why it failed" class="drift-why">
            <div class="verdict bad">
                <p><strong>{title}</strong></p>
                <p class="soft selectable">{remedy}</p>
            </div>
            {said.map(|said| view! { <div class="quote mono selectable">{format::lines(&said)}</div> })}
            {(!missing_hours.is_empty()).then(|| view! { <Missing hours=missing_hours /> })}
            {(!columns.is_empty()).then(|| view! { <Columns columns /> })}
        </section>
    }
}

#[component]
fn Again(again: RunAgain) -> impl IntoView {
    let desk = Desk::get();
    let RunAgain { words, next } = again;
    view! {
        <section role="region" aria-label="Starting it again">
            <h3 class="part-title">"Starting it again"</h3>
            <p class="soft selectable">{words}</p>
            {next.map(|at| view! {
                <p>
                    "Next run: "
                    <time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time>
                    ", or up to 20 minutes later"
                </p>
            })}
        </section>
    }
}

#[component]
fn Missing(hours: Vec<String>) -> impl IntoView {
    let count = format::counted(hours.len() as u64, "hour", "hours");
    view! {
        <h3 class="part-title">{format!("{count} without captured data (UTC)")}</h3>
        <ul class="drift-hours mono" role="list" aria-label="Hours without captured data">
            {hours.into_iter().map(|hour| view! { <li class="chip edge">{hour}</li> }).collect_view()}
        </ul>
    }
}

#[component]
fn Columns(columns: Vec<ColumnRow>) -> impl IntoView {
    let side = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    view! {
        <h3 class="part-title">"Columns that differ"</h3>
        <div class="drift-frame">
            <table class="table" aria-label="Columns that differ">
                <thead>
                    <tr>
                        <th scope="col">"Column"</th>
                        <th scope="col">"Difference"</th>
                        <th scope="col">"Baseline"</th>
                        <th scope="col">"Captured"</th>
                    </tr>
                </thead>
                <tbody>
                    {columns.into_iter().map(|column| view! {
                        <tr data-id=column.name.clone()>
                            <th scope="row" class="mono selectable">{format::visible(&column.name)}</th>
                            <td>{column.change.word()}</td>
                            <td class="selectable">{side(column.left)}</td>
                            <td class="selectable">{side(column.right)}</td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}

//! What became of an approval: what it started, and how the version does where it serves.

use super::pipelines::cells::of_status;
use crate::{
    address, format,
    pages::jobs::capital,
    parts::{
        answer::{Answer, use_answer},
        states::Partial,
        status::{Shape, Status},
    },
};
use contract::models::{
    FollowPart, FollowPipeline, FollowRow, LastRun, VersionMark,
    facts::Approval,
    requests::{FollowModel, FollowReply},
};
use leptos::prelude::*;
use leptos_router::components::A;
use std::time::Duration;

/// How often it is asked for again while something of it goes on.
const AGAIN: Duration = Duration::from_secs(15);
/// Questions from the last time that something went on: what serves is known a little later than what was started is over.
const AFTER: u8 = 4;

/// `version` is the number of the version; `on_roll_back` asks for its rejection.
#[component]
pub fn Follow(arn: StoredValue<String>, version: u32, on_roll_back: Callback<()>) -> impl IntoView {
    let told = use_answer(move || Some(FollowModel { arn: arn.get_value() }));
    follow(told);
    // What is told again in the same words stays as it is, with the focus in it.
    let shown = Memo::new(move |_| told.told.get());
    view! {
        <section aria-label="Since it serves">
            <h3 class="part-title">"Since it serves"</h3>
            {told.waiting(3)}
            {move || shown.get().map(|reply| view! { <Followed reply version on_roll_back /> })}
        </section>
    }
}

/// Asks again while something goes on and somebody looks.
fn follow(told: Answer<FollowReply>) {
    let left = StoredValue::new(0_u8);
    let tick = move || {
        if told.told.with_untracked(|told| told.as_ref().is_some_and(|told| told.goes_on)) {
            left.set_value(AFTER);
        }
        // Of two questions only the later is answered: one that takes longer than this would never be.
        if left.get_value() > 0 && !told.busy.get_untracked() && !document().hidden() {
            left.update_value(|left| *left -= 1);
            told.look();
        }
    };
    if let Ok(interval) = set_interval_with_handle(tick, AGAIN) {
        on_cleanup(move || interval.clear());
    }
}

#[component]
fn Followed(reply: FollowReply, version: u32, on_roll_back: Callback<()>) -> impl IntoView {
    let FollowReply { words, deployment, pipelines, against, rows, former, notices, goes_on: _ } = reply;
    let line = |line: String| view! { <li>{capital(&format::visible(&line))}</li> };
    view! {
        <p>{capital(&words)}</p>
        <Partial notices=Signal::stored(notices) />
        {(!deployment.is_empty()).then(|| view! {
            <ul class="plain-list" role="list" aria-label="Deployment">{deployment.into_iter().map(line).collect_view()}</ul>
        })}
        {(!pipelines.is_empty()).then(|| view! {
            <ul class="plain-list" role="list" aria-label="Pipelines that its approval starts">
                {pipelines.into_iter().map(|pipeline| view! { <Pipeline pipeline /> }).collect_view()}
            </ul>
        })}
        {(!rows.is_empty()).then(|| view! {
            <p class="soft">{capital(&against)} "."</p>
            <FollowTable rows />
        })}
        {former.filter(|former| former.approval == Approval::Approved).map(|former| view! { <RollBack version former on_roll_back /> })}
    }
}

/// An approved version cannot be approved again: what brings it back is rejecting the one in its place.
#[component]
fn RollBack(version: u32, former: VersionMark, on_roll_back: Callback<()>) -> impl IntoView {
    let word = format!("Reject version {version}: version {} goes back", former.version);
    view! {
        <p class="soft">
            "If it does badly: "
            <button type="button" class="link" on:click=move |_| on_roll_back.run(())>{word}</button>
            " ("
            <A href=address::model_version(&former.arn) attr:class="link">{format!("version {}", former.version)}</A>
            " is approved, and a deployment that follows approvals puts it in its place)."
        </p>
    }
}

#[component]
fn Pipeline(pipeline: FollowPipeline) -> impl IntoView {
    let FollowPipeline { name, rule, last, is_before } = pipeline;
    let by = format!(", by rule {}", format::visible(&rule));
    let shown = format::visible(&name);
    view! {
        <li>
            {match last {
                LastRun::Never => view! { <A href=address::pipeline(&name) attr:class="link">{shown}</A> ": no execution yet" }.into_any(),
                LastRun::Unread(why) => view! {
                    <A href=address::pipeline(&name) attr:class="link">{shown}</A>
                    ": "
                    <Status shape=Shape::Unknown word="executions not read" />
                    <span class="dim">{format!(" ({})", format::visible(&why))}</span>
                }.into_any(),
                LastRun::Run(last) => view! {
                    <A href=address::pipeline_execution(&last.arn) attr:class="link">{shown}</A>
                    ", newest execution, of any model: "
                    <Status shape=of_status(last.status) word=last.status.word() />
                    {last.started.map(|at| view! {
                        ", began "
                        <time datetime=format::iso(at) title=format::hover_time(at)>{format::relative(at, format::now())}</time>
                    })}
                    {is_before.then_some(", before the version was changed last")}
                }.into_any(),
            }}
            <span class="dim">{by}</span>
        </li>
    }
}

#[component]
fn FollowTable(rows: Vec<FollowRow>) -> impl IntoView {
    view! {
        <table class="table numbers" aria-label="How it does">
            <thead>
                <tr>
                    <th scope="col">"Measure"</th>
                    <th scope="col" class="num">"Against"</th>
                    <th scope="col" class="num">"This version"</th>
                    <th scope="col" class="num">"Verdict"</th>
                </tr>
            </thead>
            <tbody>
                {rows.into_iter().map(|row| {
                    let name = match row.part {
                        FollowPart::Errors => "Errors",
                        FollowPart::Latency => "Latency, 99th percentile",
                        FollowPart::Monitor => "First run of its monitor, against the day before",
                    };
                    let (shape, word) = match row.is_worse {
                        Some(true) => (Shape::Bad, "worse"),
                        Some(false) => (Shape::Good, "not worse"),
                        None => (Shape::Unknown, "cannot be said"),
                    };
                    let value = |told: Option<f64>| told.map_or_else(|| "—".to_owned(), super::cells::number);
                    view! {
                        <tr>
                            <th scope="row">{name} <span class="dim">{format!(", {}", row.unit)}</span> <p class="dim small">{row.words}</p></th>
                            <td class="num mono">{value(row.before)}</td>
                            <td class="num mono">{value(row.after)}</td>
                            <td class="num"><Status shape word /></td>
                        </tr>
                    }
                }).collect_view()}
            </tbody>
        </table>
    }
}

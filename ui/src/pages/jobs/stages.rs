//! The stages of a Spark run: what they suffer from and what helps, the worst of them as a picture, all of them as a table,
//! and from a slow task to the log of its executor.

mod plot;
mod read;
mod table;

use super::findings::Settings;
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        fault::FaultView,
        states::{Empty, Partial, Skeleton},
        status::{Shape, Status},
    },
};
use contract::{
    Timestamp,
    jobs::{
        Engine, JobId, Stages as Read,
        stages::{LostExecutor, SlowTask, StageFinding, StageRow},
    },
};
use leptos::prelude::*;
use leptos_router::components::A;
use plot::StagePlot;
use read::use_stages;
use table::{StageTable, csv};

/// Whether runs of an engine may be Spark's.
pub fn may_have(engine: Engine) -> bool {
    matches!(engine, Engine::Emr | Engine::EmrServerless | Engine::EmrEks | Engine::Glue)
}

#[component]
pub fn Stages(job: JobId) -> impl IntoView {
    let job = StoredValue::new(job);
    let handle = use_stages(job);
    view! {
        {move || handle.fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| handle.again()) /> })}
        {move || {
            handle.stages.with(|read| match read {
                Some(read) if read.complete => view! { <Whole read=read.clone() /> }.into_any(),
                _ if handle.fault.with(Option::is_some) => ().into_any(),
                _ => view! {
                    <p class="dim small reading" role="status">{move || words(handle.progress.get())}</p>
                    <Skeleton rows=8 />
                }.into_any(),
            })
        }}
    }
}

/// How far the reading is.
fn words(progress: Option<(u64, u64)>) -> String {
    match progress {
        Some((read, length)) if length > 0 => {
            format!("Reading the event log: {} of {}…", format::size(read.min(length)), format::size(length))
        }
        _ => "Looking for the event log…".to_owned(),
    }
}

#[component]
fn Whole(read: Read) -> impl IntoView {
    let desk = Desk::get();
    let notices = read.notices.clone();
    if let Some(absent) = read.absent {
        return view! {
            <Partial notices=Signal::stored(notices) />
            <Empty title=absent.title text=absent.text icon="layers" />
        }
        .into_any();
    }
    if read.rows.is_empty() {
        return view! {
            <Partial notices=Signal::stored(notices) />
            <Empty title="No stages" text="The event log is there, and no stage was begun before it ends." icon="layers" />
        }
        .into_any();
    }
    let chosen = RwSignal::new(read.rows.first().map(|row| (row.id, row.attempt)));
    let rows = StoredValue::new(read.rows.clone());
    let job = StoredValue::new(read.job.clone());
    let spark = read.spark.map(|version| format!("Spark {version}"));
    let count = format::counted(read.rows.len() as u64 + read.left_out, "stage", "stages");
    let said: Vec<String> = std::iter::once(count).chain(read.application).chain(spark).collect();
    let files = read.files.join("\n");
    let none = read.findings.is_empty();
    let copied = csv(&read.rows);
    let lost = read.lost;
    let left_out = read.left_out;
    let chosen_row = Memo::new(move |_| {
        let (id, attempt) = chosen.get()?;
        rows.with_value(|rows| rows.iter().find(|row| (row.id, row.attempt) == (id, attempt)).cloned())
    });
    view! {
        <p class="soft facts-line" title=files>{said.into_iter().map(|part| view! { <span>{part}</span> }).collect_view()}</p>
        <Partial notices=Signal::stored(notices) />
        <section class="findings" role="region" aria-label="Findings of the stages">
            {none.then(|| view! { <p><Status shape=Shape::Good word="No stage is skewed, spills or collects much garbage" /></p> })}
            {read.findings.into_iter().map(|finding| view! { <StageCard finding job=job.get_value() chosen /> }).collect_view()}
        </section>
        <StagePlot rows=read.rows.clone() />
        <div class="section-head">
            <h3 class="part-title">"All stages, those that lost most time first"</h3>
            <button type="button" class="btn" on:click=move |_| desk.copy(copied.clone(), "the stages as CSV")>"Copy CSV"</button>
        </div>
        <StageTable rows=read.rows chosen />
        {(left_out > 0).then(|| view! { <p class="dim small">{format!("{} that lost less time are left out.", format::counted(left_out, "more stage", "more stages"))}</p> })}
        {move || chosen_row.get().map(|row| view! { <OneStage row job=job.get_value() /> })}
        {(!lost.is_empty()).then(|| view! { <Lost lost job=job.get_value() /> })}
    }
    .into_any()
}

#[component]
fn StageCard(finding: StageFinding, job: JobId, chosen: RwSignal<Option<(u64, u64)>>) -> impl IntoView {
    let StageFinding { ailment, title, text, remedy, settings, stages, slowest } = finding;
    let several = stages.len() > 1;
    view! {
        <article class="finding" data-id=ailment.word()>
            <div class="verdict">
                <p><strong>{title}</strong></p>
                <p class="soft selectable">{text}</p>
                <p class="soft selectable">{remedy}</p>
            </div>
            {slowest.map(|task| view! { <p><ToLog executor=task.executor log=task.log at=task.began job=job.clone() /></p> })}
            {several.then(|| view! {
                <p class="row">
                    <span class="dim">"Stages"</span>
                    {stages.into_iter().map(|(id, attempt)| {
                        let label = if attempt == 0 { id.to_string() } else { format!("{id}.{attempt}") };
                        view! { <button type="button" class="link" aria-label=format!("Show stage {label}") on:click=move |_| chosen.set(Some((id, attempt)))>{label.clone()}</button> }
                    }).collect_view()}
                </p>
            })}
            {(!settings.is_empty()).then(|| view! { <Settings settings /> })}
        </article>
    }
}

/// The way to the log of an executor at a moment, or that there is none.
#[component]
fn ToLog(executor: String, log: Option<String>, at: Option<Timestamp>, job: JobId) -> impl IntoView {
    match log {
        Some(log) => {
            let href = address::log_when(&job, &log, at);
            view! { <A href=href attr:class="link" attr:title=log>{format!("Log of executor {executor}")}</A> }
                .into_any()
        }
        None => view! { <span class="dim">{format!("No log of executor {executor} was found.")}</span> }.into_any(),
    }
}

/// What is known of one stage, and its slowest tasks.
#[component]
fn OneStage(row: StageRow, job: JobId) -> impl IntoView {
    let label = row.label();
    let tasks = row.slow.clone();
    let facts = [
        ("Tasks", format!("{} of {}", format::count(row.tasks), format::count(row.planned.max(row.tasks)))),
        (
            "Task times",
            format!(
                "median {}, 95 % within {}, slowest {}",
                format::millis(row.median),
                format::millis(row.p95),
                format::millis(row.max)
            ),
        ),
        (
            "Stragglers",
            format!("{} took three times the median or longer", format::counted(row.stragglers, "task", "tasks")),
        ),
        ("Read", format!("{} of input, {} of shuffle", format::size(row.input), format::size(row.shuffle_read))),
        ("Wrote", format!("{} of output, {} of shuffle", format::size(row.output), format::size(row.shuffle_write))),
        ("Spilled", format!("{} to disk, {} in memory", format::size(row.spill_disk), format::size(row.spill_memory))),
        ("Garbage", format!("{} % of the tasks' time", row.gc)),
    ];
    view! {
        <section role="region" aria-label=format!("Stage {label}") class="one-stage">
            <h3 class="part-title">{format!("Stage {label}")}<span class="dim mono cut">{format::visible(&row.name)}</span></h3>
            {row.failure.map(|why| view! { <div class="verdict bad"><p class="selectable wrap">{why}</p></div> })}
            <dl class="kv">{facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view()}</dl>
            {(!tasks.is_empty()).then(|| view! {
                <table class="table" aria-label=format!("Slowest tasks of stage {label}")>
                    <thead>
                        <tr>
                            <th scope="col">"Task"</th>
                            <th scope="col" class="num">"Took"</th>
                            <th scope="col" class="num">"Read"</th>
                            <th scope="col" class="num">"Garbage"</th>
                            <th scope="col">"Host"</th>
                            <th scope="col">"Log"</th>
                        </tr>
                    </thead>
                    <tbody>{tasks.into_iter().map(|task| view! { <Task task job=job.clone() /> }).collect_view()}</tbody>
                </table>
            })}
        </section>
    }
}

#[component]
fn Task(task: SlowTask, job: JobId) -> impl IntoView {
    view! {
        <tr data-id=task.task.to_string()>
            <th scope="row" class="mono">{task.task}</th>
            <td class="num">{format::millis(task.millis)}</td>
            <td class="num" title=format::bytes_exact(task.read)>{format::size(task.read)}</td>
            <td class="num">{format::millis(task.gc_millis)}</td>
            <td class="mono selectable">{format::visible(&task.host)}</td>
            <td><ToLog executor=task.executor log=task.log at=task.began job /></td>
        </tr>
    }
}

#[component]
fn Lost(lost: Vec<LostExecutor>, job: JobId) -> impl IntoView {
    let desk = Desk::get();
    view! {
        <section role="region" aria-label="Lost executors">
            <h3 class="part-title">{format::counted(lost.len() as u64, "executor was lost", "executors were lost")}</h3>
            <ul class="plain-list evidence" role="list">
                {lost.into_iter().map(|one| {
                    let at = one.at;
                    view! {
                        <li>
                            <div class="quote mono wrap selectable">{one.reason}</div>
                            <div class="quote-place">
                                {at.map(|at| view! { <time class="dim" title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time> })}
                                {one.host.map(|host| view! { <span class="mono selectable">{format::visible(&host)}</span> })}
                                <ToLog executor=one.executor log=one.log at job=job.clone() />
                            </div>
                        </li>
                    }
                }).collect_view()}
            </ul>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_the_reading_is_is_said() {
        assert_eq!(words(None), "Looking for the event log…");
        assert_eq!(words(Some((1_048_576, 4_194_304))), "Reading the event log: 1.0 MB of 4.0 MB…");
        assert_eq!(words(Some((9, 0))), "Looking for the event log…");
    }

    #[test]
    fn only_engines_of_spark_have_stages() {
        assert!(may_have(Engine::Glue) && !may_have(Engine::Lambda) && !may_have(Engine::SageMaker));
    }
}

//! Why an execution failed, in one card.

use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{fault::FaultView, icon::Icon},
};
use contract::{
    Fault,
    executions::{CauseLevel, ContainerLog, FindTaskLogs, JobLink, TaskLogs, Why},
};
use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::components::A;

#[component]
pub fn WhyCard(why: Why) -> impl IntoView {
    let Why { error, title, text, cause, consequences, advice, job, partial, .. } = why;
    let deepest = cause.last().cloned();
    let levels = cause.len();
    view! {
        <section class="why" aria-label="Why">
            <div class="verdict bad">
                <p>
                    <strong>{title}</strong>
                    " "
                    <span class="chip mono">{error}</span>
                </p>
                <p class="soft selectable">{text}</p>
                {consequences.into_iter().map(|line| view! { <p class="dim">{line}</p> }).collect_view()}
                {advice.into_iter().map(|line| view! { <p class="advice"><Icon name="chevron-right" />{line}</p> }).collect_view()}
                {job.map(|job| view! { <JobLine job /> })}
                {deepest.filter(|level| levels > 1 || !level.lines.is_empty() || !level.fields.is_empty()).map(|_| view! {
                    <details>
                        <summary>{if levels > 1 { format!("The cause, {levels} levels deep") } else { "All that the cause says".to_owned() }}</summary>
                        <Causes cause=cause />
                    </details>
                })}
                {partial.then(|| view! { <p class="dim">"From the end of the history; the rest is being read."</p> })}
            </div>
        </section>
    }
}

/// Causes inside causes, outermost first.
#[component]
pub fn Causes(cause: Vec<CauseLevel>) -> impl IntoView {
    view! {
        <ol class="causes-list" role="list">
            {cause
                .into_iter()
                .map(|level| {
                    let child = level.execution.clone();
                    view! {
                        <li>
                            <p>
                                <span class="dim">{level.source}</span>
                                {level.error.map(|error| view! { " " <span class="chip mono">{error}</span> })}
                                {child.map(|arn| view! { " " <A href=address::execution(&arn) attr:class="link">"Open execution"</A> })}
                            </p>
                            <p class="selectable">{level.text}</p>
                            {(!level.fields.is_empty()).then(|| view! {
                                <dl class="kv">
                                    {level.fields.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd class="mono wrap selectable">{value}</dd> }).collect_view()}
                                </dl>
                            })}
                            {(!level.lines.is_empty()).then(|| view! { <pre class="code selectable" tabindex="0" aria-label="Stack trace">{level.lines.join("\n")}</pre> })}
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}

/// The job that an attempt started: its ids, where its logs are, and the command that shows it.
#[component]
pub fn JobLine(job: JobLink) -> impl IntoView {
    let desk = Desk::get();
    let id = job.id.clone();
    // An execution that was started opens in place.
    let child = job
        .ids
        .iter()
        .map(|(_, value)| value)
        .find(|value| value.contains(":execution:"))
        .map(|arn| address::execution(arn));
    let command = job.command.clone();
    let logs = job.logs.clone();
    // A run of an engine has a page of its own, and its logs are there.
    let run = job.run();
    let stream = job.stream().map(|_| log_here(logs.as_deref().unwrap_or_default()));
    let log_folder = logs.as_deref().and_then(folder_of).filter(|_| run.is_none());
    let logs = logs.filter(|_| run.is_none());
    // Its events do not tell where it logs; ECS is asked when somebody wants to know.
    let task = job.is_task().then(|| job.clone());
    view! {
        <div class="job-line">
            <Icon name="terminal" />
            <span>{format!("{} {}", job.service, job.noun)}</span>
            <button type="button" class="link mono cut" title="Copy the id" on:click=move |_| desk.copy(id.clone(), "the id")>{format::visible(&job.id)}</button>
            {run.map(|run| view! {
                <A href=address::job(&run) attr:class="link">"Open job"</A>
                <A href=format!("{}&tab=logs", address::job(&run)) attr:class="link">"Read logs"</A>
            })}
            {child.map(|href| view! { <A href=href attr:class="link">"Open execution"</A> })}
            {command.map(|command| view! {
                <button type="button" class="link" title=command.clone() on:click=move |_| desk.copy(command.clone(), "the aws command")>"Copy aws command"</button>
            })}
            {match (stream.or(log_folder), logs) {
                (Some(href), Some(logs)) if !logs.starts_with("s3://") => view! { <A href=href attr:class="link" attr:title=logs>"Open log"</A> }.into_any(),
                (Some(href), Some(logs)) => view! { <A href=href attr:class="link" attr:title=logs>"Logs"</A> }.into_any(),
                (None, Some(logs)) => {
                    let copied = logs.clone();
                    view! { <button type="button" class="link cut" title=logs on:click=move |_| desk.copy(copied.clone(), "where the logs are")>"Copy log location"</button> }.into_any()
                }
                _ => ().into_any(),
            }}
        </div>
        {task.map(|job| view! { <LogsOfTask job /> })}
    }
}

/// The logs of a task's containers, once they are looked for.
#[component]
fn LogsOfTask(job: JobLink) -> impl IntoView {
    let job = StoredValue::new(job);
    let found = RwSignal::new(None::<Result<TaskLogs, Fault>>);
    let looking = RwSignal::new(false);
    let place = NodeRef::<html::Div>::new();
    let find = Callback::new(move |()| {
        looking.set(true);
        found.set(None);
        let job = job.get_value();
        spawn_local(async move {
            let reply = bridge::call(FindTaskLogs { job }).await;
            found.try_set(Some(reply));
            looking.try_set(false);
            // The button that was pressed is gone, and with it the focus; who went on elsewhere meanwhile stays there.
            request_animation_frame(move || {
                let lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
                if let Some(place) = place.try_get_untracked().flatten().filter(|_| lost) {
                    let _ = place.focus();
                }
            });
        });
    });
    view! {
        <div class="task-logs" role="group" aria-label="Logs of the task" tabindex="-1" node_ref=place>
            {move || match found.get() {
                None => view! {
                    <p><button type="button" class="link" disabled=move || looking.get() on:click=move |_| find.run(())>{move || if looking.get() { "Finding its logs…" } else { "Find its logs" }}</button></p>
                }.into_any(),
                Some(Err(fault)) => view! { <FaultView fault retry=find /> }.into_any(),
                Some(Ok(logs)) => view! { <ContainerLogs logs /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn ContainerLogs(logs: TaskLogs) -> impl IntoView {
    let TaskLogs { end, containers, notices } = logs;
    let stopped: Vec<String> = end.code.into_iter().chain(end.reason).collect();
    view! {
        {(!stopped.is_empty()).then(|| view! { <p class="soft selectable">{format!("The task stopped: {}", stopped.join(": "))}</p> })}
        {(!containers.is_empty()).then(|| view! {
            <ul class="plain-list" role="list" aria-label="Containers">
                {containers.into_iter().map(|one| view! { <ContainerLine one /> }).collect_view()}
            </ul>
        })}
        {notices.into_iter().map(|notice| view! { <p class="dim">{notice.text}</p> }).collect_view()}
    }
}

#[component]
fn ContainerLine(one: ContainerLog) -> impl IntoView {
    let ContainerLog { name, ended, failed, log, missing, note } = one;
    let log = log.map(|log| (log_here(&log), log));
    view! {
        <li class="job-line">
            <span class="mono">{format::visible(&name)}</span>
            {failed.then(|| view! { <span class="chip bad"><Icon name="circle-x" />"failed"</span> })}
            {ended.map(|words| view! { <span class="soft selectable">{words}</span> })}
            {log.map(|(href, log)| view! { <A href=href attr:class="link" attr:title=log>"Open log"</A> })}
            {note.map(|note| view! { <span class="dim">{note}</span> })}
            {missing.map(|why| view! { <span class="dim selectable">{why}</span> })}
        </li>
    }
}

/// A stream, whose page leads back to the execution that is shown.
fn log_here(log: &str) -> String {
    address::log_within(log, address::use_query().read_untracked().get("execution"))
}

/// The Objects page of an S3 URI.
pub fn folder_of(uri: &str) -> Option<String> {
    let (bucket, key) = uri.strip_prefix("s3://")?.split_once('/')?;
    if key.is_empty() || key.ends_with('/') {
        Some(address::folder(bucket, key, false))
    } else {
        Some(address::versions(bucket, key, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_in_s3_open_in_objects() {
        assert_eq!(folder_of("s3://lake-logs/emr/jobs/1/").as_deref(), Some("/objects/lake-logs?prefix=emr/jobs/1/"));
        assert_eq!(folder_of("s3://lake-logs/a.gz").as_deref(), Some("/objects/lake-logs?key=a.gz"));
        assert_eq!(folder_of("/aws-glue/jobs/error jr_1"), None);
    }
}

//! Why a run failed: the cause first, with its lines, what followed from it and what to do.

use super::{again::form::suggested, diagnosis::Diagnosed, seen::Seen};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        fault::FaultView,
        icon::Icon,
        quote::Quote,
        states::{Empty, Partial, Skeleton},
        status::{Shape, Status, of_severity, severity_frame},
    },
};
use contract::{
    incident::QuotePlace,
    jobs::{
        Diagnosis, JobId, LogFileRow,
        diagnosis::{Consequence, EvidenceLine, Finding, Suggestion, UnknownCause, Verdict},
    },
};
use leptos::prelude::*;
use leptos_router::components::A;
use std::sync::Arc;

/// The cause of a run beside its logs: the first finding, or why there is none.
#[component]
pub fn Cause(job: JobId, diagnosed: Diagnosed) -> impl IntoView {
    let job = StoredValue::new(job);
    view! {
        {move || diagnosed.fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| diagnosed.again()) /> })}
        <Progress diagnosed />
        <Unread diagnosed />
        {move || {
            diagnosed.diagnosis.with(|read| {
                let Some(read) = read else {
                    return diagnosed.fault.with(Option::is_none).then(|| view! { <Skeleton rows=5 /> }).into_any();
                };
                match (read.verdict, read.findings.first()) {
                    (Verdict::Cause, Some(first)) => {
                        let signature = first.signature.clone();
                        view! {
                            {read.complete.then(|| view! { <Seen job=job.get_value() signature /> })}
                            <FindingCard finding=first.clone() job=job.get_value() files=files(read) />
                        }
                        .into_any()
                    }
                    (Verdict::Unknown, _) => match &read.unknown {
                        Some(unknown) => view! { <Unknown unknown=unknown.clone() job=job.get_value() files=files(read) /> }.into_any(),
                        None => ().into_any(),
                    },
                    _ if read.complete => view! { <Empty title="Nothing speaks of a failure" text="The run did not fail, and its logs hold nothing that fails runs." icon="check" /> }.into_any(),
                    _ => view! { <Skeleton rows=5 /> }.into_any(),
                }
            })
        }}
    }
}

/// All findings, each with all that is known of it.
#[component]
pub fn Findings(job: JobId, diagnosed: Diagnosed) -> impl IntoView {
    let job = StoredValue::new(job);
    view! {
        {move || diagnosed.fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| diagnosed.again()) /> })}
        <Progress diagnosed />
        <Unread diagnosed />
        <section role="region" aria-label="Findings" class="findings">
            {move || {
                diagnosed.diagnosis.with(|read| {
                    let Some(read) = read else {
                        return diagnosed.fault.with(Option::is_none).then(|| view! { <Skeleton rows=8 /> }).into_any();
                    };
                    let files = files(read);
                    let unknown = read.unknown.clone();
                    let noise = read.noise.clone();
                    let none = read.findings.is_empty() && unknown.is_none() && read.complete;
                    view! {
                        {unknown.map(|unknown| view! { <Unknown unknown job=job.get_value() files=files.clone() /> })}
                        {read.findings.iter().map(|finding| view! { <FindingCard finding=finding.clone() job=job.get_value() files=files.clone() /> }).collect_view()}
                        {none.then(|| view! { <Empty title="No findings" text="Nothing in the logs fails runs, and the service names no reason." icon="check" /> })}
                        {(!noise.is_empty()).then(|| view! {
                            <details class="noise">
                                <summary>{format!("{} ignored: runs that succeed say it too", format::counted(noise.iter().map(|noise| noise.count).sum(), "line", "lines"))}</summary>
                                <ul class="plain-list" role="list">
                                    {noise.into_iter().map(|noise| view! { <li class="dim">{format!("{} ({})", noise.title, format::count(noise.count))}</li> }).collect_view()}
                                </ul>
                            </details>
                        })}
                    }.into_any()
                })
            }}
        </section>
    }
}

/// The files that evidence points at.
fn files(read: &Diagnosis) -> Arc<[LogFileRow]> {
    read.files.clone().into()
}

/// What is being read, while it is.
#[component]
fn Progress(diagnosed: Diagnosed) -> impl IntoView {
    let words = move || {
        diagnosed.diagnosis.with(|read| {
            let read = read.as_ref()?;
            let what = format!(
                "{} of {}",
                format::counted(read.records, "record", "records"),
                format::counted(read.files.len() as u64, "file", "files")
            );
            Some(if read.complete { format!("Read {what}.") } else { format!("Reading: {what} so far…") })
        })
    };
    view! { <p class="dim small reading">{words}</p> }
}

/// What could not be read, and why.
#[component]
fn Unread(diagnosed: Diagnosed) -> impl IntoView {
    let notices =
        move || diagnosed.diagnosis.with(|read| read.as_ref().map(|read| read.notices.clone()).unwrap_or_default());
    view! { <Partial notices=Signal::derive(notices) /> }
}

/// How sure, in a word.
fn certainty(percent: u8) -> &'static str {
    match percent {
        0..40 => "low",
        40..75 => "fair",
        _ => "high",
    }
}

#[component]
fn FindingCard(finding: Finding, job: JobId, files: Arc<[LogFileRow]>) -> impl IntoView {
    let desk = Desk::get();
    let class = severity_frame(finding.severity);
    let (shape, word) = of_severity(finding.severity);
    let places = finding.places.join(", ");
    let (first, last) = (finding.first, finding.last);
    let why = finding.reasons.join("; ");
    let changes = suggested(&finding, &job);
    let again = (!changes.is_empty()).then(|| address::job_again(&job, &changes));
    view! {
        <article class="finding" data-id=finding.signature.clone()>
            <div class=class>
                <p><strong>{finding.title.clone()}</strong></p>
                {finding.exception.clone().map(|exception| view! { <p class="mono soft selectable wrap">{exception}</p> })}
                <p class="soft selectable">{finding.remedy.clone()}</p>
            </div>
            <dl class="kv">
                {(!places.is_empty()).then(|| view! { <dt>"Where"</dt><dd>{places}</dd> })}
                <dt>"Severity"</dt>
                <dd><Status shape word /></dd>
                <dt>"Certainty"</dt>
                <dd title=why.clone()>{format!("{} ({} %)", certainty(finding.confidence), finding.confidence)}{(!why.is_empty()).then(|| view! { <span class="dim">{format!(": {why}")}</span> })}</dd>
                <dt>"Retry as it is"</dt>
                <dd>{finding.retry.words()}</dd>
                {first.map(|first| view! {
                    <dt>"When"</dt>
                    <dd>{move || match last.filter(|last| *last != first) {
                        Some(last) => format!("{} times, {} to {}", format::count(finding.count), format::time_full(first, desk.zone()), format::clock(last, desk.zone())),
                        None => format::time_full(first, desk.zone()),
                    }}</dd>
                })}
            </dl>
            {(!finding.settings.is_empty()).then(|| view! { <Settings settings=finding.settings.clone() again=again.clone() /> })}
            <Evidence lines=finding.evidence.clone() job=job.clone() files=files.clone() />
            {(!finding.frames.is_empty()).then(|| view! { <pre class="code selectable" tabindex="0" aria-label="Frames of your code">{finding.frames.join("\n")}</pre> })}
            {(!finding.consequences.is_empty()).then(|| view! { <Consequences all=finding.consequences.clone() job files /> })}
            {finding.doc.clone().map(|doc| view! {
                <p class="dim small">
                    "More: "
                    <button type="button" class="link" title="Copy the address" on:click={let doc = doc.clone(); move |_| desk.copy(doc.clone(), "the address")}>{doc.clone()}</button>
                </p>
            })}
        </article>
    }
}

/// What to set, and how the value came to be.
#[component]
pub fn Settings(
    settings: Vec<Suggestion>,
    /// The sheet that asks for the run again with all of it.
    #[prop(optional_no_strip)]
    again: Option<String>,
) -> impl IntoView {
    let desk = Desk::get();
    view! {
        <ol class="card advice-list" role="list">
            {settings
                .into_iter()
                .map(|setting| {
                    let line = match &setting.value {
                        Some(value) => format!("{}={value}", setting.key),
                        None => setting.key.clone(),
                    };
                    let why = setting.told();
                    let copied = line.clone();
                    view! {
                        <li>
                            <div>
                                "Set " <span class="mono selectable">{line}</span>
                                <div class="dim">{why}</div>
                            </div>
                            <button type="button" class="btn" on:click=move |_| desk.copy(copied.clone(), "the setting")>"Copy setting"</button>
                        </li>
                    }
                })
                .collect_view()}
        </ol>
        {again.map(|href| view! { <p><A href=href attr:class="btn">"Run again with this…"</A></p> })}
    }
}

/// Quoted lines; each leads to its place in its file.
#[component]
fn Evidence(lines: Vec<EvidenceLine>, job: JobId, files: Arc<[LogFileRow]>) -> impl IntoView {
    view! {
        <ul class="evidence plain-list" role="list" aria-label="Evidence">
            {lines.into_iter().map(|line| view! { <li>{quote(line, &job, &files)}</li> }).collect_view()}
        </ul>
    }
}

/// A line of these files, with its place.
fn quote(line: EvidenceLine, job: &JobId, files: &[LogFileRow]) -> impl IntoView + use<> {
    let place = QuotePlace::of(&line, job, files);
    view! { <Quote line place /> }
}

#[component]
fn Consequences(all: Vec<Consequence>, job: JobId, files: Arc<[LogFileRow]>) -> impl IntoView {
    view! {
        <details class="consequences" open>
            <summary>{format!("{} of it", format::counted(all.len() as u64, "consequence", "consequences"))}</summary>
            <ol class="causes-list" role="list">
                {all
                    .into_iter()
                    .map(|one| view! {
                        <li>
                            <p>{one.title} {(one.count > 1).then(|| view! { <span class="dim">{format!(" {} times", format::count(one.count))}</span> })}</p>
                            <p class="dim small">{format!("follows from: {}", one.follows)}</p>
                            {one.evidence.map(|line| quote(line, &job, &files))}
                        </li>
                    })
                    .collect_view()}
            </ol>
        </details>
    }
}

#[component]
fn Unknown(unknown: UnknownCause, job: JobId, files: Arc<[LogFileRow]>) -> impl IntoView {
    view! {
        <article class="finding">
            <div class="verdict">
                <p><Status shape=Shape::Unknown word="The cause is not known" /></p>
                <p class="soft selectable">{unknown.reason}</p>
            </div>
            {(!unknown.best.is_empty()).then(|| view! {
                <h3 class="part-title"><Icon name="chevron-right" />"Read these lines first"</h3>
                <Evidence lines=unknown.best job files />
            })}
            {(!unknown.new_templates.is_empty()).then(|| view! {
                <h3 class="part-title"><Icon name="chevron-right" />"Said now, and not when it last succeeded"</h3>
                <ul class="plain-list" role="list">
                    {unknown.new_templates.into_iter().map(|new| view! { <li class="mono wrap selectable">{new.text} <span class="dim">{format!(" ({})", format::count(new.count))}</span></li> }).collect_view()}
                </ul>
            })}
        </article>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certainty_is_a_word_for_a_range() {
        assert_eq!([5, 39, 40, 74, 75, 98].map(certainty), ["low", "low", "fair", "fair", "high", "high"]);
    }
}

//! What was found out: the chain, the cause, what the run read, and what happened in order.

use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        quote::Quote,
        states::NoticeLine,
        status::{Shape, Status, of_severity, severity_frame},
    },
};
use contract::{
    incident::{ChainLink, IncidentCause, IncidentTarget, InputObject, Moment, MoreChanges},
    jobs::{
        diagnosis::{NewTemplate, Suggestion},
        facts::ObjectFact,
    },
};
use leptos::prelude::*;
use leptos_router::components::A;

/// Where a part of an incident leads.
fn href(target: &IncidentTarget) -> String {
    match target {
        IncidentTarget::Execution(arn) => address::execution(arn),
        IncidentTarget::State { execution, visit } => address::execution_state(execution, visit),
        IncidentTarget::Job(job) => address::job(job),
        IncidentTarget::End(id) => address::end(id),
        IncidentTarget::Log(place) => address::quoted(place),
        IncidentTarget::Version { bucket, key, version_id } => address::versions(bucket, key, version_id.as_deref()),
    }
}

/// From the execution down to what threw.
#[component]
pub fn Chain(chain: Vec<ChainLink>) -> impl IntoView {
    view! {
        <ol class="incident-chain" role="list" aria-label="Chain">
            {chain
                .into_iter()
                .map(|link| {
                    let name = format::visible(&link.name);
                    view! {
                        <li>
                            <span class="dim">{link.kind.word()}</span>
                            {match &link.target {
                                Some(target) => view! { <A href=href(target) attr:class="link mono wrap">{name}</A> }.into_any(),
                                None => view! { <span class="mono wrap">{name}</span> }.into_any(),
                            }}
                            {link.text.map(|text| view! { <span class="soft wrap selectable">{text}</span> })}
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}

#[component]
pub fn CauseCard(cause: IncidentCause) -> impl IntoView {
    let sure = cause.confidence.map(|percent| format!("{percent} % sure, from the logs"));
    let class = cause.severity.map_or("verdict bad", severity_frame);
    view! {
        <article class=class aria-label="Cause">
            <p><strong>{cause.title}</strong></p>
            <p class="soft selectable">{cause.text}</p>
            {cause.retry.map(|retry| view! { <p>{format!("Run as it is, {}.", retry.words())}</p> })}
            {(!cause.settings.is_empty()).then(|| view! {
                <ul class="plain-list" role="list" aria-label="Suggested settings">
                    {cause.settings.into_iter().map(|setting| view! { <Suggested setting /> }).collect_view()}
                </ul>
            })}
            {cause
                .evidence
                .into_iter()
                .map(|quote| view! { <Quote line=quote.line place=quote.place /> })
                .collect_view()}
            <p class="dim small">
                {cause.severity.map(of_severity).map(|(shape, word)| view! { <Status shape word /> ", " })}
                {sure.unwrap_or_else(|| "as the service says".to_owned())}
            </p>
        </article>
    }
}

/// What to set, and how the value came to be.
#[component]
fn Suggested(setting: Suggestion) -> impl IntoView {
    let told = setting.told();
    let Suggestion { key, value, .. } = setting;
    let line = value.map_or_else(|| key.clone(), |value| format!("{key}={value}"));
    view! { <li>"Set " <span class="mono selectable wrap">{line}</span> " " <span class="dim">{told}</span></li> }
}

/// Messages that the last success did not have.
#[component]
pub fn SaidNow(said: Vec<NewTemplate>) -> impl IntoView {
    view! {
        <ul class="plain-list" role="list" aria-label="Said now">
            {said
                .into_iter()
                .map(|new| {
                    let times = format!(" ({})", format::count(new.count));
                    view! { <li class="mono wrap selectable">{new.text} <span class="dim">{times}</span></li> }
                })
                .collect_view()}
        </ul>
    }
}

/// How many differences are not shown, and where all of them are.
#[component]
pub fn MoreDifferences(more: Vec<MoreChanges>) -> impl IntoView {
    more.into_iter()
        .map(|MoreChanges { count, of }| {
            let (whose, to) = match &of {
                IncidentTarget::Job(job) => ("job", address::job_compared(job)),
                IncidentTarget::Execution(arn) => ("execution", address::execution_compared(arn)),
                other => ("run", href(other)),
            };
            let text = format!("and {} more of the {whose}", format::count(count));
            view! { <p><A href=to attr:class="link">{text}</A></p> }
        })
        .collect_view()
}

/// The objects that the run read, each with what stands out.
#[component]
pub fn Inputs(inputs: Vec<InputObject>) -> impl IntoView {
    let desk = Desk::get();
    view! {
        <ul class="plain-list inputs" role="list" aria-label="Inputs">
            {inputs
                .into_iter()
                .map(|input| {
                    let to = address::versions(&input.bucket, &input.key, input.read.version_id.as_deref());
                    let uri = format!("s3://{}/{}", input.bucket, format::visible(&input.key));
                    let id = uri.clone();
                    let size = input.read.size.map(format::size);
                    let stored = input.read.modified;
                    let rows = input.content.as_ref().and_then(|content| content.rows);
                    let columns = input.content.as_ref().map(|content| content.columns.len() as u64).filter(|count| *count > 0);
                    let before = input.before.clone().filter(|before| before.exists);
                    let same = before.as_ref().is_some_and(|before| {
                        before.version_id.is_some() && before.version_id == input.read.version_id
                    });
                    let (bucket, key) = (input.bucket.clone(), input.key.clone());
                    let fine = input.verdicts.is_empty();
                    view! {
                        <li data-id=id>
                            <A href=to attr:class="link mono wrap">{uri}</A>
                            <p class="dim">
                                {size}
                                {rows.map(|rows| format!(", {}", format::counted(rows, "row", "rows")))}
                                {columns.map(|columns| format!(", {}", format::counted(columns, "column", "columns")))}
                                {stored.map(|at| view! { ", stored " {move || format::time_full(at, desk.zone())} })}
                            </p>
                            {before.map(|before| view! { <Before before bucket key same /> })}
                            {(!fine).then(|| view! {
                                <ul class="notices" role="list" aria-label="Verdicts">
                                    {input.verdicts.into_iter().map(|notice| view! { <NoticeLine notice /> }).collect_view()}
                                </ul>
                            })}
                            {fine.then(|| view! { <Status shape=Shape::Good word="nothing stands out" /> })}
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

/// What the last success read at the same place.
#[component]
fn Before(before: ObjectFact, bucket: String, key: String, same: bool) -> impl IntoView {
    let desk = Desk::get();
    if same {
        return view! { <p class="dim">"The last success read the same version."</p> }.into_any();
    }
    let to = address::versions(&bucket, &key, before.version_id.as_deref());
    let size = before.size.map_or_else(|| "another version".to_owned(), format::size);
    view! {
        <p class="dim">
            "The last success read "
            <A href=to attr:class="link">{size}</A>
            {before.modified.map(|at| view! { ", stored " {move || format::time_full(at, desk.zone())} })}
        </p>
    }
    .into_any()
}

#[component]
pub fn Timeline(moments: Vec<Moment>) -> impl IntoView {
    let desk = Desk::get();
    view! {
        <ol class="moments" role="list" aria-label="Timeline">
            {moments
                .into_iter()
                .map(|moment| {
                    let at = moment.at;
                    let text = format::one_line(&moment.text);
                    view! {
                        <li class:bad=moment.failure>
                            <time class="mono dim" datetime=format::iso(at) title=format::hover_time(at)>{move || format::time(at, desk.zone())}</time>
                            <span class="dim">{moment.source}</span>
                            {match &moment.target {
                                Some(target) => view! { <A href=href(target) attr:class="link wrap">{text}</A> }.into_any(),
                                None => view! { <span class="wrap selectable">{text}</span> }.into_any(),
                            }}
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}

//! What a version was made from: origin, files as they are now, and what SageMaker's lineage tells.

use super::{
    lineage_graph::LineagePicture,
    pipelines::{cells::of_standing, step::goes_on},
};
use crate::{
    address,
    desk::Desk,
    format,
    pages::jobs::{capital, object_address},
    parts::{
        answer::use_answer,
        json_tree::JsonTree,
        states::Partial,
        status::{Shape, Status},
    },
};
use contract::models::{
    ContainerRow, DeployedAt, DescribePipelineExecution, DigestState, EvidenceLine, LineageGraph, LineageNode, Made,
    OriginLine, PinState, VersionDetail,
    facts::{CheckFact, CheckKind},
    requests::ModelReply,
};
use leptos::prelude::*;
use leptos_router::components::A;
use std::collections::BTreeMap;

#[component]
pub fn Lineage(model: ModelReply) -> impl IntoView {
    let ModelReply { detail, mut notices, .. } = model;
    let VersionDetail {
        mark,
        description,
        status,
        lifecycle,
        origin,
        containers,
        checks,
        evidence,
        card,
        deployed,
        lineage,
        metadata,
        tags,
        ..
    } = detail;
    notices.extend(detail.notices);
    let desk = Desk::get();
    let copied = mark.arn.clone();
    let execution = origin.iter().find_map(|line| match &line.made {
        Some(Made::PipelineExecution(arn)) => Some(arn.clone()),
        _ => None,
    });
    let this = if mark.version == 0 { "package" } else { "version" };
    let nothing = lineage.as_ref().is_none_or(|graph| graph.nodes.len() < 2);
    let (card, content) = card.map_or((None, None), |card| (Some(card.status), card.content));
    view! {
        <Partial notices=Signal::stored(notices) />
        <dl class="kv">
            <dt>"ARN"</dt>
            <dd><button type="button" class="link mono wrap" title="Copy the ARN" on:click=move |_| desk.copy(copied.clone(), "the ARN")>{mark.arn}</button></dd>
            <dt>"State"</dt>
            <dd>{status}</dd>
            {description.map(|text| view! { <dt>"Description"</dt><dd class="wrap">{text}</dd> })}
            {lifecycle.map(|cycle| view! { <dt>"Stage"</dt><dd>{format!("{}, {}", cycle.stage, cycle.status)}</dd> })}
            {card.map(|status| view! { <dt>"Model card"</dt><dd>{status}</dd> })}
            <dt>"Serves at"</dt>
            <dd><ServesAt deployed /></dd>
            {origin.into_iter().map(|line| view! { <Origin line /> }).collect_view()}
        </dl>
        {execution.map(|arn| view! { <MadeBy arn /> })}
        {(!containers.is_empty()).then(|| view! { <Containers containers /> })}
        {(!evidence.is_empty()).then(|| view! { <Files evidence /> })}
        {(!checks.is_empty()).then(|| view! { <Checks checks /> })}
        <section aria-label="Lineage">
            <h3 class="part-title">"Lineage"</h3>
            {nothing.then(|| view! { <p class="soft">{format!("SageMaker's lineage knows nothing that led to this {this}, nor what it led to, unless a notice above says that it could not be read. What a pipeline or a training job registers has one.")}</p> })}
            {lineage.filter(|_| !nothing).map(|graph| view! {
                <LineagePicture graph=graph.clone() />
                <Columns graph />
            })}
        </section>
        {content.map(|text| view! {
            <section aria-label="Model card">
                <h3 class="part-title">"Model card"</h3>
                <JsonTree text truncated=false name="Model card" />
            </section>
        })}
        <Pairs title="Metadata" pairs=metadata />
        <Pairs title="Tags" pairs=tags />
    }
}

/// The address of what something was made by, if this window shows it.
pub fn made_address(made: &Made) -> Option<String> {
    match made {
        Made::Run(id) => Some(address::job(id)),
        Made::S3(uri) => object_address(uri),
        Made::S3Version { uri, version_id } => {
            let (bucket, key) = uri.strip_prefix("s3://")?.split_once('/')?;
            Some(address::versions(bucket, key, Some(version_id)))
        }
        Made::PipelineExecution(arn) => Some(address::pipeline_execution(arn)),
    }
}

#[component]
fn Origin(line: OriginLine) -> impl IntoView {
    let href = line.made.as_ref().and_then(made_address);
    let value = line.value.map(|value| format::visible(&value));
    view! {
        <dt>{capital(&line.what)}</dt>
        <dd class="mono wrap selectable">
            {match (value, href) {
                (Some(value), Some(href)) => view! { <A href attr:class="link wrap">{value}</A> }.into_any(),
                (Some(value), None) => view! { {value} }.into_any(),
                (None, _) => view! { <span class="dim">"not said by anybody"</span> }.into_any(),
            }}
            {line.note.map(|note| view! { <p class="dim small wrap">{format::visible(&note)}</p> })}
        </dd>
    }
}

/// The endpoints that serve the version.
#[component]
fn ServesAt(deployed: Vec<DeployedAt>) -> impl IntoView {
    if deployed.is_empty() {
        return view! { <span class="dim">"no endpoint"</span> }.into_any();
    }
    view! {
        <ul class="plain-list" role="list" aria-label="Serves at">
            {deployed.into_iter().map(|at| view! {
                <li>
                    <A href=address::endpoint(&at.endpoint) attr:class="link mono">{at.endpoint}</A>
                    {format!(", {}, model ", at.status)}
                    <span class="mono wrap">{at.model}</span>
                </li>
            }).collect_view()}
        </ul>
    }
    .into_any()
}

/// The execution of a pipeline that made the version, step by step.
#[component]
fn MadeBy(arn: String) -> impl IntoView {
    let href = address::pipeline_execution(&arn);
    let arn = StoredValue::new(arn);
    let told = use_answer(move || Some(DescribePipelineExecution { arn: arn.get_value() }));
    let steps = move || {
        let told = told.told.get()?;
        if told.graph.steps.is_empty() {
            return Some(view! { <p class="soft">"None of its steps is known: an execution that ended before its first one has none, and its page says how it ended."</p> }.into_any());
        }
        let lines = told.graph.steps.into_iter().map(|step| {
            let seconds = step.run.as_ref().and_then(|run| run.seconds).filter(|_| !goes_on(step.standing));
            view! {
                <li data-id=step.name.clone()>
                    <Status shape=of_standing(step.standing) word=step.standing.word() />
                    " "
                    <span class="mono">{format::visible(&step.name)}</span>
                    <span class="dim">{format!(", {}", step.kind)} {seconds.map(|seconds| format!(", {}", format::duration(seconds)))}</span>
                </li>
            }
        });
        Some(
            view! {
                <ul class="plain-list" role="list" aria-label="Steps of the pipeline execution">{lines.collect_view()}</ul>
            }
            .into_any(),
        )
    };
    view! {
        <section aria-label="Pipeline execution">
            <h3 class="part-title"><A href attr:class="link">"Pipeline execution"</A></h3>
            {told.waiting(3)}
            {steps}
        </section>
    }
}

fn of_pin(state: &PinState) -> (Shape, String) {
    match state {
        PinState::Unchanged => (Shape::Good, "as registered".to_owned()),
        PinState::Changed(now) => (Shape::Bad, format!("changed: {now}")),
        PinState::TagMoved(now) => (Shape::Bad, format!("its tag points at another image now: {now}")),
        PinState::TagGone => (Shape::Bad, "its tag is gone, the image is not".to_owned()),
        PinState::NotPinned => (Shape::Warn, "not pinned".to_owned()),
        PinState::Gone => (Shape::Bad, "gone".to_owned()),
        PinState::Unknown(why) => (Shape::Unknown, format!("not looked at: {why}")),
    }
}

#[component]
fn Containers(containers: Vec<ContainerRow>) -> impl IntoView {
    view! {
        <section aria-label="Containers">
            <h3 class="part-title">"Containers"</h3>
            {containers.into_iter().map(|container| {
                let (image_shape, image_word) = of_pin(&container.image_state);
                let (data_shape, data_word) = of_pin(&container.model_data_state);
                let size = container.size.map(|size| format!(", {}", format::size(size)));
                let environment: Vec<String> = container.environment.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
                view! {
                    <dl class="kv">
                        <dt>"Image"</dt>
                        <dd class="wrap"><span class="mono selectable">{container.image}</span> " " <Status shape=image_shape word=image_word /></dd>
                        {container.image_digest.map(|digest| view! { <dt>"Digest"</dt><dd class="mono wrap selectable">{digest}</dd> })}
                        {container.model_data.map(|uri| view! {
                            <dt>"Artefact"</dt>
                            <dd class="wrap"><FileLink uri /> {size} " " <Status shape=data_shape word=data_word /></dd>
                        })}
                        {container.framework.map(|framework| view! { <dt>"Framework"</dt><dd>{framework}</dd> })}
                        {(!environment.is_empty()).then(|| view! { <dt>"Environment"</dt><dd class="mono wrap selectable">{environment.join(" ")}</dd> })}
                    </dl>
                }
            }).collect_view()}
        </section>
    }
}

#[component]
fn FileLink(uri: String) -> impl IntoView {
    match object_address(&uri) {
        Some(href) => view! { <A href attr:class="link mono wrap">{uri}</A> }.into_any(),
        None => view! { <span class="mono wrap">{uri}</span> }.into_any(),
    }
}

#[component]
fn Files(evidence: Vec<EvidenceLine>) -> impl IntoView {
    let desk = Desk::get();
    view! {
        <section aria-label="Files">
            <h3 class="part-title">"Files"</h3>
            <table class="table numbers" aria-label="Files of the version">
                <thead>
                    <tr><th scope="col">"File"</th><th scope="col">"Now"</th><th scope="col" class="num">"Size"</th><th scope="col">"Written"</th></tr>
                </thead>
                <tbody>
                    {evidence.into_iter().map(|line| {
                        let shape = match &line.state {
                            DigestState::Unchanged => Shape::Good,
                            DigestState::Changed | DigestState::Gone => Shape::Bad,
                            DigestState::NotPinned => Shape::Warn,
                            DigestState::Unreadable(_) => Shape::Unknown,
                        };
                        let why = if let DigestState::Unreadable(why) = &line.state { Some(why.clone()) } else { None };
                        let of = if line.is_baseline { ", baseline" } else { "" };
                        let size = line.seen.as_ref().map(|seen| format::size(seen.size));
                        let written = line.seen.as_ref().and_then(|seen| seen.modified);
                        view! {
                            <tr data-id=line.uri.clone()>
                                <th scope="row">{capital(line.part.word())} <span class="dim">{of}</span> <p class="small"><FileLink uri=line.uri.clone() /></p></th>
                                <td><Status shape word=line.state.word() /> {why.map(|why| view! { <p class="dim small">{why}</p> })}</td>
                                <td class="num">{size}</td>
                                <td>{written.map(|at| view! { <time datetime=format::iso(at) title=format::hover_time(at)>{move || format::time(at, desk.zone())}</time> })}</td>
                            </tr>
                        }
                    }).collect_view()}
                </tbody>
            </table>
        </section>
    }
}

#[component]
fn Checks(checks: Vec<CheckFact>) -> impl IntoView {
    view! {
        <section aria-label="Checks of the service">
            <h3 class="part-title">"Checks of the service"</h3>
            <ul class="plain-list" role="list">
                {checks.into_iter().map(|check| {
                    let shape = match check.status.as_str() {
                        "Completed" => Shape::Good,
                        "Failed" => Shape::Bad,
                        "InProgress" => Shape::Running,
                        "NotStarted" => Shape::Waiting,
                        _ => Shape::Unknown,
                    };
                    let kind = match check.kind {
                        CheckKind::Validation => "validation",
                        CheckKind::ImageScan => "image scan",
                    };
                    view! {
                        <li>
                            <Status shape word=check.status />
                            {format!(" {kind} ")}
                            <span class="mono">{check.name}</span>
                            {check.reason.map(|reason| view! { <p class="dim">{reason}</p> })}
                        </li>
                    }
                }).collect_view()}
            </ul>
        </section>
    }
}

/// The graph, column by column, causes first: each node names what led to it.
#[component]
fn Columns(graph: LineageGraph) -> impl IntoView {
    let LineageGraph { nodes, edges, is_cut, unnamed } = graph;
    let titles: Vec<String> = nodes.iter().map(|node| node.title.clone()).collect();
    let causes = |at: usize| -> Vec<String> {
        let into = edges.iter().filter(|(_, to, _)| usize::try_from(*to).is_ok_and(|to| to == at));
        into.filter_map(|(from, _, how)| {
            let title = titles.get(usize::try_from(*from).ok()?)?;
            Some(how.as_ref().map_or_else(|| title.clone(), |how| format!("{title} ({how})")))
        })
        .collect()
    };
    let mut columns: BTreeMap<i32, Vec<(LineageNode, Vec<String>)>> = BTreeMap::new();
    for (at, node) in nodes.into_iter().enumerate() {
        let from = causes(at);
        columns.entry(node.column).or_default().push((node, from));
    }
    view! {
        // Scrolled by keys: not everything in it is a link.
        <ol class="lineage" role="list" aria-label="From cause to result" tabindex="0">
            {columns.into_iter().map(|(column, nodes)| {
                let title = match column {
                    0 => "This version",
                    before if before < 0 => "Led to it",
                    _ => "It led to",
                };
                view! {
                    <li>
                        <p class="dim small">{title}</p>
                        <ul role="list">
                            {nodes.into_iter().map(|(node, from)| view! { <Node node from /> }).collect_view()}
                        </ul>
                    </li>
                }
            }).collect_view()}
        </ol>
        {is_cut.then(|| view! { <p class="dim small">"SageMaker told of a part of it only."</p> })}
        {unnamed.map(|why| view! { <p class="dim small">{format!("Not every artifact has its name: {why}.")}</p> })}
    }
}

#[component]
fn Node(node: LineageNode, from: Vec<String>) -> impl IntoView {
    let href = node.made.as_ref().and_then(made_address);
    let title = format::visible(&node.title);
    view! {
        <li class="card lineage-node" data-id=node.arn.clone() title=node.arn>
            <p class="dim small">{node.kind}</p>
            {match href {
                Some(href) => view! { <A href attr:class="link wrap">{title}</A> }.into_any(),
                None => view! { <p class="wrap selectable">{title}</p> }.into_any(),
            }}
            {(!from.is_empty()).then(|| view! { <p class="dim small wrap">{format!("from {}", from.join(", "))}</p> })}
        </li>
    }
}

#[component]
fn Pairs(title: &'static str, pairs: Vec<(String, String)>) -> impl IntoView {
    (!pairs.is_empty()).then(|| {
        view! {
            <section aria-label=title>
                <h3 class="part-title">{title}</h3>
                <dl class="kv">
                    {pairs.into_iter().map(|(key, value)| view! { <dt class="mono">{key}</dt><dd class="mono wrap selectable">{value}</dd> }).collect_view()}
                </dl>
            </section>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_of_an_object_opens_at_that_version() {
        let made = Made::S3Version { uri: "s3://lake/train.csv".to_owned(), version_id: "v7".to_owned() };
        assert_eq!(made_address(&made), Some(address::versions("lake", "train.csv", Some("v7"))));
        assert_eq!(made_address(&Made::S3Version { uri: "lake".to_owned(), version_id: "v7".to_owned() }), None);
    }
}

//! One step of an execution: how it ended, why, and what it started or made.

use super::cells::{id_of, of_standing, took};
use crate::{
    address,
    desk::Desk,
    format,
    pages::{
        jobs::capital,
        models::cells::{named, package_name},
    },
    parts::{
        cells::time_cell,
        status::{Shape, Status},
    },
};
use contract::{
    jobs::JobId,
    models::{LinkKind, PipelineStep, StepGraph, StepRun, StepStanding, facts::StepMade},
};
use leptos::prelude::*;
use leptos_router::components::A;

/// The run of an engine that a step started.
pub fn job_of(step: &PipelineStep) -> Option<&JobId> {
    match step.run.as_ref()?.made.as_ref()? {
        StepMade::Run(id) => Some(id),
        _ => None,
    }
}

/// It has begun and not ended.
pub fn goes_on(standing: StepStanding) -> bool {
    matches!(standing, StepStanding::Starting | StepStanding::Executing | StepStanding::Stopping)
}

/// The steps on the other side of the links of one, with how they hang together: `Train`, `Register (if true)`.
fn beside(graph: &StepGraph, name: &str, before: bool) -> Vec<String> {
    let Some(here) = graph.steps.iter().position(|step| step.name == name) else { return Vec::new() };
    let is_here = |at: u32| usize::try_from(at) == Ok(here);
    graph
        .links
        .iter()
        .filter(|link| is_here(if before { link.to } else { link.from }))
        .filter_map(|link| {
            let other = usize::try_from(if before { link.from } else { link.to }).ok()?;
            let name = format::visible(&graph.steps.get(other)?.name);
            Some(match link.kind {
                LinkKind::After => name,
                kind => format!("{name} ({})", kind.word()),
            })
        })
        .collect()
}

#[component]
pub fn StepBody(step: PipelineStep, graph: StepGraph) -> impl IntoView {
    let (before, after) = (beside(&graph, &step.name, true), beside(&graph, &step.name, false));
    let holder = step.inside.and_then(|at| graph.steps.get(usize::try_from(at).ok()?)).map(|step| step.name.clone());
    let standing = step.standing;
    let said = match standing {
        StepStanding::Waiting => Some("It has not begun: it waits for the steps before it."),
        StepStanding::NotReached => {
            Some("It was not reached: a condition led elsewhere, or the execution ended before it.")
        }
        _ => None,
    };
    view! {
        <p><Status shape=of_standing(standing) word=standing.word() /></p>
        {said.map(|said| view! { <p class="soft">{said}</p> })}
        {step.run.map(|run| view! { <Ran run standing /> })}
        <dl class="kv">
            {step.title.map(|title| view! { <dt>"Title"</dt><dd>{format::visible(&title)}</dd> })}
            {holder.map(|holder| view! { <dt>"Inside"</dt><dd>{format::visible(&holder)}</dd> })}
            {(!before.is_empty()).then(|| view! { <dt>"After"</dt><dd class="wrap">{before.join(", ")}</dd> })}
            {(!after.is_empty()).then(|| view! { <dt>"Leads to"</dt><dd class="wrap">{after.join(", ")}</dd> })}
        </dl>
    }
}

#[component]
fn Ran(run: StepRun, standing: StepStanding) -> impl IntoView {
    let StepRun { reason, started, ended, seconds, attempts, cached_from, made } = run;
    let class = if standing == StepStanding::Failed { "verdict bad" } else { "verdict" };
    view! {
        {reason.map(|reason| view! {
            <div class=class>
                <p class="dim small">"SageMaker says"</p>
                <p class="selectable wrap">{format::lines(&reason)}</p>
            </div>
        })}
        <dl class="kv">
            <dt>"Started"</dt>
            <dd>{time_cell(started)}</dd>
            {ended.map(|ended| view! { <dt>"Ended"</dt><dd>{time_cell(Some(ended))}</dd> })}
            <dt>"Took"</dt>
            <dd>{took(started, seconds, goes_on(standing))}</dd>
            {(attempts > 0).then(|| view! { <dt>"Attempts"</dt><dd>{attempts}</dd> })}
            {cached_from.map(|arn| {
                let words = format!("execution {}", id_of(&arn));
                view! { <dt>"Cached"</dt><dd>"It did not run: its result is that of "<A href=address::pipeline_execution(&arn) attr:class="link">{words}</A></dd> }
            })}
            {made.map(|made| view! { <MadeLine made /> })}
        </dl>
    }
}

/// What it started or made, as a line of a description list.
#[component]
fn MadeLine(made: StepMade) -> impl IntoView {
    let desk = Desk::get();
    let copied = move |what: String, text: &'static str| {
        let copy = what.clone();
        view! { <button type="button" class="link mono wrap" title="Copy it" on:click=move |_| desk.copy(copy.clone(), text)>{what}</button> }
    };
    match made {
        StepMade::Run(id) => view! {
            <dt>{capital(id.noun())}</dt>
            <dd><A href=address::job(&id) attr:class="link mono wrap">{id.own().to_owned()}</A></dd>
        }
        .into_any(),
        StepMade::Package(arn) => {
            let words = named(&arn)
                .map(|(group, version)| format!("Version {version} of {group}"))
                .or_else(|| package_name(&arn).map(|name| format!("Model package {name}")));
            let href = words.as_ref().map(|_| address::model_version(&arn));
            view! {
                <dt>"Registered"</dt>
                <dd>
                    {match (href, words) {
                        (Some(href), Some(words)) => view! { <A href attr:class="link wrap">{words}</A> }.into_any(),
                        _ => copied(arn, "the ARN").into_any(),
                    }}
                </dd>
            }
            .into_any()
        }
        StepMade::Model(arn) => view! { <dt>"Model"</dt><dd>{copied(arn, "the ARN")}</dd> }.into_any(),
        StepMade::Condition { outcome } => {
            let (shape, word) = match outcome.as_deref() {
                Some("True") => (Shape::Good, "it was met".to_owned()),
                Some("False") => (Shape::Warn, "it was not met".to_owned()),
                Some(other) => (Shape::Unknown, format::visible(other)),
                None => (Shape::Unknown, "not evaluated".to_owned()),
            };
            view! { <dt>"Condition"</dt><dd><Status shape word /></dd> }.into_any()
        }
        StepMade::Failure(words) => {
            view! { <dt>"It says"</dt><dd class="selectable wrap">{format::lines(&words)}</dd> }.into_any()
        }
        StepMade::Other { kind, id } => {
            view! { <dt>{capital(&format::visible(&kind))}</dt><dd>{copied(id, "the id")}</dd> }.into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::StepLink;

    #[test]
    fn a_step_names_what_it_hangs_on() {
        let step = |name: &str, column| PipelineStep {
            name: name.into(),
            title: None,
            kind: "training".into(),
            column,
            row: 0,
            inside: None,
            standing: StepStanding::Waiting,
            run: None,
        };
        let link = |from, to, kind| StepLink { from, to, kind, is_taken: false };
        let graph = StepGraph {
            steps: vec![step("Train", 0), step("GoodEnough", 1), step("Register", 2)],
            links: vec![link(0, 1, LinkKind::After), link(1, 2, LinkKind::If), link(0, 2, LinkKind::Uses)],
        };
        assert_eq!(beside(&graph, "Register", true), ["GoodEnough (if true)", "Train (uses its output)"]);
        assert_eq!(beside(&graph, "Train", false), ["GoodEnough", "Register (uses its output)"]);
        assert!(beside(&graph, "gone", true).is_empty());
        assert_eq!(job_of(&graph.steps[0]), None);
    }
}

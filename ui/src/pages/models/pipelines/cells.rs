//! Cells and words of pipelines.

use crate::{
    desk::Desk,
    format,
    parts::{
        cells::dash,
        status::{Shape, Status},
    },
};
use contract::{
    Timestamp,
    models::{PipelineMark, PipelineStatus, StepStanding},
};
use leptos::prelude::*;

pub fn of_status(status: PipelineStatus) -> Shape {
    match status {
        PipelineStatus::Executing | PipelineStatus::Stopping => Shape::Running,
        PipelineStatus::Stopped => Shape::Stopped,
        PipelineStatus::Failed => Shape::Bad,
        PipelineStatus::Succeeded => Shape::Good,
        PipelineStatus::Unknown => Shape::Unknown,
    }
}

pub fn of_standing(standing: StepStanding) -> Shape {
    match standing {
        StepStanding::Waiting => Shape::Waiting,
        StepStanding::Starting | StepStanding::Executing | StepStanding::Stopping => Shape::Running,
        StepStanding::NotReached | StepStanding::Stopped => Shape::Stopped,
        StepStanding::Failed => Shape::Bad,
        StepStanding::Succeeded => Shape::Good,
        StepStanding::Unknown => Shape::Unknown,
    }
}

/// The status of an execution beside its name.
pub fn status_chip(status: PipelineStatus) -> AnyView {
    let class = if status == PipelineStatus::Failed { "chip bad" } else { "chip" };
    view! { <span class=class><Status shape=of_status(status) word=status.word() /></span> }.into_any()
}

/// `3 days ago`; hover gives the time.
pub fn ago(at: Option<Timestamp>) -> AnyView {
    let desk = Desk::get();
    match at {
        None => dash(),
        Some(at) => {
            view! { <time class="dim" datetime=format::iso(at) title=format::hover_time(at)>{move || format::relative(at, desk.now.get())}</time> }.into_any()
        }
    }
}

/// `41 m 40 s`; it goes on for one that runs.
pub fn took(started: Option<Timestamp>, seconds: Option<u64>, runs: bool) -> AnyView {
    let desk = Desk::get();
    match (started, seconds) {
        (Some(started), _) if runs => {
            view! { {move || format::duration(u64::try_from(desk.now.get().duration_since(started).as_secs()).unwrap_or_default())} }.into_any()
        }
        (_, Some(seconds)) => view! { {format::duration(seconds)} }.into_any(),
        _ => dash(),
    }
}

/// The last executions as shapes, the newest at the right; in words for a reader.
pub fn marks(runs: &[PipelineMark]) -> AnyView {
    if runs.is_empty() {
        return dash();
    }
    let told = summary(runs);
    let shapes = runs.iter().rev().map(|run| view! { <Status shape=of_status(run.status) word="" /> }).collect_view();
    view! { <span class="run-marks" role="img" title=told.clone() aria-label=told.clone()>{shapes}</span> }.into_any()
}

/// `Last 10 executions: 8 succeeded, 1 failed, 1 executing`.
fn summary(runs: &[PipelineMark]) -> String {
    let count = |status: PipelineStatus| runs.iter().filter(|run| run.status == status).count();
    let ends = [
        PipelineStatus::Succeeded,
        PipelineStatus::Failed,
        PipelineStatus::Stopped,
        PipelineStatus::Executing,
        PipelineStatus::Stopping,
        PipelineStatus::Unknown,
    ];
    let told: Vec<String> = ends
        .into_iter()
        .map(|status| (count(status), status.word()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let of = if runs.len() == 1 { "Last execution".to_owned() } else { format!("Last {} executions", runs.len()) };
    format!("{of}: {}", told.join(", "))
}

/// The last part of the ARN of an execution, or of its short form.
pub fn id_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_is_told_in_words() {
        let mark = |status| PipelineMark { arn: String::new(), status, started: None };
        let runs = [PipelineStatus::Failed, PipelineStatus::Succeeded, PipelineStatus::Succeeded].map(mark);
        assert_eq!(summary(&runs), "Last 3 executions: 2 succeeded, 1 failed");
        assert_eq!(summary(&runs[..1]), "Last execution: 1 failed");
    }

    #[test]
    fn an_execution_has_a_short_id() {
        assert_eq!(id_of("arn:aws:sagemaker:eu-west-1:123456789012:pipeline/train/execution/a1b2"), "a1b2");
        assert_eq!(id_of("run:train/a1b2"), "a1b2");
    }
}

//! What the head of an execution says: what happened, when and for how long.

use super::cells::took;
use crate::{desk::Desk, format, parts::states::Partial};
use contract::{
    Notice, Timestamp,
    models::{PipelineExecutionDetail, PipelineStatus},
};
use leptos::prelude::*;

/// What the head says. An answer that says the same draws nothing anew: text that somebody selects in it stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    status: PipelineStatus,
    started: Option<Timestamp>,
    /// Of one that is over: the window counts for one that runs.
    seconds: Option<u64>,
    by: Option<String>,
    description: Option<String>,
    words: String,
    notices: Vec<Notice>,
}

impl Said {
    pub fn of(detail: &PipelineExecutionDetail) -> Self {
        let PipelineExecutionDetail { row, description, words, notices, .. } = detail;
        Self {
            status: row.status,
            started: row.started,
            seconds: row.seconds.filter(|_| row.status.is_over()),
            by: row.by.clone(),
            description: description.clone(),
            words: words.clone(),
            notices: notices.clone(),
        }
    }
}

/// What happened, when and for how long.
#[component]
pub fn Standing(said: Said) -> impl IntoView {
    let desk = Desk::get();
    let Said { status, started, seconds, by, description, words, notices } = said;
    let class = if status == PipelineStatus::Failed { "verdict bad" } else { "verdict" };
    view! {
        <p class="facts-line soft">
            {started.map(|at| view! { <time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time> })}
            <span>{if status.is_over() { "took " } else { "running for " }} {took(started, seconds, !status.is_over())}</span>
            {by.map(|by| view! { <span>{format!("started by {}", format::visible(&by))}</span> })}
        </p>
        {description.map(|text| view! { <p class="soft wrap">{format::visible(&text)}</p> })}
        {(!words.is_empty()).then(|| view! { <div class=class><p class="selectable wrap">{words}</p></div> })}
        <Partial notices=Signal::stored(notices) />
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{
        executions::Verdict,
        models::{PipelineExecutionRow, StepGraph},
    };

    #[test]
    fn the_same_a_little_later_draws_nothing_anew() {
        let detail = |status, seconds: i64| PipelineExecutionDetail {
            row: PipelineExecutionRow {
                arn: "arn".into(),
                pipeline: "train-churn".into(),
                id: "a1".into(),
                title: None,
                status,
                reason: None,
                started: Some(Timestamp::UNIX_EPOCH),
                ended: None,
                seconds: Some(seconds.unsigned_abs()),
                by: None,
                failed_step: None,
                looked: true,
                as_of: Timestamp::from_second(seconds).unwrap(),
            },
            description: None,
            parameters: None,
            graph: StepGraph::default(),
            words: "Step Train is executing.".into(),
            failed: Vec::new(),
            retry: Verdict { ok: false, reasons: Vec::new() },
            stop: Verdict { ok: true, reasons: Vec::new() },
            notices: Vec::new(),
            as_of: Timestamp::from_second(seconds).unwrap(),
        };
        let said = |status, seconds| Said::of(&detail(status, seconds));
        assert_eq!(said(PipelineStatus::Executing, 4), said(PipelineStatus::Executing, 8));
        assert_ne!(said(PipelineStatus::Succeeded, 4), said(PipelineStatus::Succeeded, 8));
    }
}

//! Types of events, by what they do to a visit. Types that are not known yet are judged by how their names end.

use contract::executions::StateKind;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Entered(StateKind),
    Exited,
    /// A Parallel or Map begins its branches or iterations.
    GroupStarted,
    GroupSucceeded,
    GroupFailed,
    IterationStarted,
    IterationSucceeded,
    IterationFailed,
    IterationAborted,
    MapRunStarted,
    Scheduled,
    Submitted,
    Succeeded,
    /// An attempt failed.
    Failed,
    EvaluationFailed,
    ExecutionStarted,
    ExecutionEnded(super::End),
    Redriven,
    /// Seen, of no consequence: `…Started`, `…StateAborted`.
    Other,
}

pub(super) fn what(kind: &str) -> What {
    use super::End;
    match kind {
        "ExecutionStarted" => return What::ExecutionStarted,
        "ExecutionSucceeded" => return What::ExecutionEnded(End::Succeeded),
        "ExecutionFailed" => return What::ExecutionEnded(End::Failed),
        "ExecutionTimedOut" => return What::ExecutionEnded(End::TimedOut),
        "ExecutionAborted" => return What::ExecutionEnded(End::Aborted),
        "ExecutionRedriven" => return What::Redriven,
        "ParallelStateStarted" | "MapStateStarted" => return What::GroupStarted,
        "ParallelStateSucceeded" | "MapStateSucceeded" | "MapRunSucceeded" => return What::GroupSucceeded,
        "ParallelStateFailed" | "MapStateFailed" => return What::GroupFailed,
        "MapIterationStarted" => return What::IterationStarted,
        "MapIterationSucceeded" => return What::IterationSucceeded,
        "MapIterationFailed" => return What::IterationFailed,
        "MapIterationAborted" => return What::IterationAborted,
        "MapRunStarted" | "MapRunRedriven" => return What::MapRunStarted,
        "EvaluationFailed" => return What::EvaluationFailed,
        _ => {}
    }
    if let Some(state) = kind.strip_suffix("StateEntered") {
        return What::Entered(state_kind(state));
    }
    if kind.ends_with("StateExited") {
        What::Exited
    } else if kind.ends_with("Failed") || kind.ends_with("TimedOut") {
        What::Failed
    } else if kind.ends_with("Scheduled") {
        What::Scheduled
    } else if kind.ends_with("Submitted") {
        What::Submitted
    } else if kind.ends_with("Succeeded") {
        What::Succeeded
    } else {
        What::Other
    }
}

fn state_kind(word: &str) -> StateKind {
    match word {
        "Task" => StateKind::Task,
        "Pass" => StateKind::Pass,
        "Choice" => StateKind::Choice,
        "Wait" => StateKind::Wait,
        "Succeed" => StateKind::Succeed,
        "Fail" => StateKind::Fail,
        "Parallel" => StateKind::Parallel,
        "Map" => StateKind::Map,
        _ => StateKind::Unknown,
    }
}

/// Red in the list of events.
pub(super) fn is_failure(kind: &str) -> bool {
    matches!(
        what(kind),
        What::Failed
            | What::EvaluationFailed
            | What::GroupFailed
            | What::IterationFailed
            | What::ExecutionEnded(super::End::Failed | super::End::TimedOut | super::End::Aborted)
    )
}

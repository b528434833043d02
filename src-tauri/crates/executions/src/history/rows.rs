//! How each visit ended, and the row that shows it.

use super::frames::Names;
use super::{End, History, Try, Visit};
use crate::jobs;
use contract::{
    Timestamp,
    executions::{Span, SpanKind, StateKind, StateRow, StateStatus, facts::HistoryEvent},
};

/// How far up it is looked for what closed a visit.
const CLIMB: usize = 64;

/// Status and end of each visit. Needs the whole walk: what a visit came to may be decided around it.
pub(super) fn settle(history: &mut History, names: Option<&Names<'_>>, run_ends: &[(u64, Timestamp)]) {
    // A Catch for an error that has no event of its own (a path that leads nowhere) shows in where it led.
    let caught: Vec<usize> = names.map(|names| silently_caught(history, names)).unwrap_or_default();
    let settled: Vec<(StateStatus, Option<Timestamp>)> =
        (0..history.visits.len()).filter_map(|at| Some(status(history, history.visits.get(at)?, run_ends))).collect();
    for (visit, (status, ended)) in history.visits.iter_mut().zip(settled) {
        visit.status = status;
        visit.ended = ended.map(|ended| ended.max(visit.entered));
    }
    for at in caught {
        if let Some(visit) = history.visits.get_mut(at) {
            visit.status = StateStatus::Caught;
        }
    }
}

fn silently_caught(history: &History, names: &Names<'_>) -> Vec<usize> {
    let led = |visit: &Visit| {
        let from = visit.follows?;
        let before = history.visits.get(from)?;
        let state = names.state(&before.name)?;
        let ordinary = state.next.as_deref() == Some(&visit.name)
            || state.default.as_deref() == Some(&visit.name)
            || state.choices.iter().any(|choice| choice.next == visit.name);
        let catch = state.catches.iter().any(|catch| catch.next == visit.name);
        (catch && !ordinary && before.exited.is_some()).then_some(from)
    };
    history.visits.iter().filter_map(led).collect()
}

fn status(history: &History, visit: &Visit, run_ends: &[(u64, Timestamp)]) -> (StateStatus, Option<Timestamp>) {
    if let Some((_, at)) = visit.exited {
        let status = if visit.fault.is_some() { StateStatus::Caught } else { StateStatus::Succeeded };
        return (status, Some(at));
    }
    let failed = visit.fault.is_some();
    let unsuccessful = if failed { StateStatus::Failed } else { StateStatus::Aborted };
    if visit.kind == StateKind::Fail {
        return (StateStatus::Failed, Some(visit.entered));
    }
    if let Some(at) = closed_around(history, visit) {
        return (unsuccessful, Some(at));
    }
    match history.end {
        // It cannot have gone on: its exit lies in a part that has not been read.
        End::Succeeded => (StateStatus::Succeeded, history.ended),
        End::Failed | End::TimedOut | End::Aborted => (unsuccessful, history.ended),
        End::Running => match visit.fault {
            Some(fault) if fault.run < history.redrives => {
                let ended = run_ends.iter().rev().find(|(run, _)| *run == fault.run);
                (StateStatus::Failed, ended.map(|(_, at)| *at).or(Some(visit.entered)))
            }
            _ => (StateStatus::Running, None),
        },
    }
}

/// When the Parallel or Map around a visit ended or failed, after the visit was last heard of.
fn closed_around(history: &History, visit: &Visit) -> Option<Timestamp> {
    let mut frame = visit.frame;
    for _ in 0..CLIMB {
        let around = history.frames.get(frame?)?;
        frame = around.parent;
        let Some(group) = around.group.and_then(|at| history.visits.get(at)) else { continue };
        let tries = group.tries.iter().filter_map(|last| last.ended);
        let closed = tries.chain(group.exited).find(|(id, _)| *id > visit.last);
        if let Some((_, at)) = closed {
            return Some(at);
        }
    }
    None
}

/// The rows, in order of entry.
pub(super) fn fill(history: &mut History, order: &[&HistoryEvent], run_ends: &[(u64, Timestamp)]) {
    let event = |id: u64| order.binary_search_by_key(&id, |event| event.id).ok().and_then(|at| order.get(at)).copied();
    let mut rows = Vec::with_capacity(history.visits.len());
    for visit in &history.visits {
        let frame = visit.frame.and_then(|frame| history.frames.get(frame));
        let last_fault = visit.last_fault.and_then(event);
        let error = last_fault.and_then(|event| event.detail.error.clone());
        let job = visit.tries.last().filter(|_| !visit.is_group()).and_then(|last| {
            let scheduled = event(last.scheduled?)?;
            let ended = last.ended.and_then(|(id, _)| event(id));
            jobs::short(
                &scheduled.detail,
                last.submitted.and_then(event).map(|event| &event.detail),
                ended.map(|event| &event.detail),
            )
        });
        rows.push(StateRow {
            id: visit.id.to_string(),
            name: visit.name.clone(),
            kind: visit.kind,
            status: visit.status,
            within: frame.map(|frame| frame.within.clone()).unwrap_or_default(),
            depth: frame.map_or(0, |frame| frame.depth),
            entered: visit.entered,
            exited: visit.ended,
            attempts: visit.attempts(),
            error: error
                .or_else(|| last_fault.map(|event| fallback_error(&event.kind).to_owned()))
                .filter(|error| !error.is_empty()),
            job,
            spans: spans(visit, run_ends),
            redrive: visit.run,
        });
    }
    history.states = rows;
}

/// Events that carry no error, by what they are.
pub(super) fn fallback_error(kind: &str) -> &'static str {
    if kind.ends_with("TimedOut") {
        "States.Timeout"
    } else if kind == "EvaluationFailed" {
        "States.QueryEvaluationError"
    } else {
        ""
    }
}

impl Visit {
    pub(super) fn attempts(&self) -> u64 {
        self.tries.len().max(1) as u64
    }
}

fn spans(visit: &Visit, run_ends: &[(u64, Timestamp)]) -> Vec<Span> {
    let kind = if visit.kind == StateKind::Wait { SpanKind::Wait } else { SpanKind::Work };
    if visit.tries.is_empty() {
        let from = visit.entered;
        return vec![Span { kind, from, to: visit.ended.map(|to| to.max(from)) }];
    }
    let mut spans = Vec::with_capacity(visit.tries.len() * 2);
    let mut before: Option<&Try> = None;
    for (at, one) in visit.tries.iter().enumerate() {
        if let Some((_, ended)) =
            before.filter(|before| before.failed && before.run == one.run).and_then(|before| before.ended)
        {
            spans.push(Span { kind: SpanKind::Backoff, from: ended, to: Some(one.started.max(ended)) });
        }
        let next = visit.tries.get(at + 1);
        // An attempt that never ended was cut off by the end of its run.
        let cut_off = || {
            let run = run_ends.iter().find(|(run, _)| *run == one.run).map(|(_, at)| *at);
            next.map(|next| run.unwrap_or(next.started)).or(visit.ended)
        };
        let to = one.ended.map(|(_, at)| at).or_else(cut_off);
        let kind = if one.failed { SpanKind::FailedAttempt } else { kind };
        spans.push(Span { kind, from: one.started, to: to.map(|to| to.max(one.started)) });
        before = Some(one);
    }
    // It failed and goes on: the service waits before the next attempt.
    if let Some((_, ended)) = before.filter(|last| last.failed).and_then(|last| last.ended)
        && visit.status == StateStatus::Running
    {
        spans.push(Span { kind: SpanKind::Backoff, from: ended, to: None });
    }
    spans
}

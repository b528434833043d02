//! Everything of one visit to a state.

use super::{History, Try, Visit, find};
use crate::Definition;
use crate::cause::{one_line, unfold};
use crate::jobs::{job_link, last_part};
use contract::executions::{
    Attempt, ExecutionLink, Payload, StateDetail, StateKind,
    facts::{EventDetail, HistoryEvent},
};

impl History {
    /// Everything of one visit. `visit` is the id of a [`contract::executions::StateRow`], `events` the ones that the
    /// history was read from. `None` when no visit has that id.
    pub fn state_detail(
        &self,
        visit: &str,
        events: &[HistoryEvent],
        definition: Option<&Definition>,
    ) -> Option<StateDetail> {
        let at = self.visit_of_id(visit.parse().ok()?)?;
        let visit = self.visits.get(at)?;
        let row = self.states.get(at)?.clone();
        let event = |id: u64| find(events, id).map(|event| &event.detail);
        let mut children = Vec::new();
        let attempts = visit
            .tries
            .iter()
            .zip(1_u64..)
            .map(|(one, number)| {
                let attempt = attempt(visit, one, number, &event);
                if let Some(job) = attempt.job.as_ref().filter(|job| job.noun == "execution")
                    && let Some((_, arn)) = job.ids.iter().find(|(name, _)| name == "ExecutionArn")
                {
                    children.push(link(arn));
                }
                attempt
            })
            .collect();
        // Of a Fail state the end of the execution says it, of others their own last failure.
        let fault = visit.last_fault.and_then(event);
        let from =
            visit.tries.last().and_then(|last| event(last.scheduled?)).and_then(|event| event.resource_type.as_deref());
        let cause = fault
            .map(|fault| {
                unfold(fault.resource_type.as_deref().or(from), fault.error.as_deref(), fault.cause.as_deref())
            })
            .unwrap_or_default();
        let state = definition.and_then(|definition| definition.state(&visit.name));
        Some(StateDetail {
            input: event(visit.id).and_then(|event| payload(event.input.as_ref(), event.truncated)),
            output: visit
                .exited
                .and_then(|(id, _)| event(id))
                .and_then(|event| payload(event.output.as_ref(), event.truncated)),
            attempts,
            cause,
            definition: state.and_then(|state| serde_json::to_string_pretty(&state.text).ok()),
            children,
            map_run: visit
                .tries
                .iter()
                .rev()
                .find_map(|one| event(one.submitted?)?.map_run.clone())
                .filter(|_| matches!(visit.kind, StateKind::Map | StateKind::DistributedMap)),
            row,
        })
    }
}

fn attempt<'a>(visit: &Visit, one: &Try, number: u64, event: &impl Fn(u64) -> Option<&'a EventDetail>) -> Attempt {
    let scheduled = one.scheduled.and_then(event);
    let submitted = one.submitted.and_then(event);
    let ended = one.ended.and_then(|(id, _)| event(id));
    let failed = ended.filter(|_| one.failed);
    let from = scheduled.and_then(|scheduled| scheduled.resource_type.as_deref());
    let cause = failed.map(|failed| one_line(&unfold(from, failed.error.as_deref(), failed.cause.as_deref())));
    Attempt {
        number,
        started: one.started,
        ended: one.ended.map(|(_, at)| at.max(one.started)),
        error: failed.and_then(|failed| failed.error.clone()),
        cause: cause.filter(|cause| !cause.is_empty()),
        job: scheduled.filter(|_| !visit.is_group()).and_then(|scheduled| job_link(scheduled, submitted, ended)),
    }
}

fn payload(text: Option<&String>, truncated: bool) -> Option<Payload> {
    Some(Payload { text: text?.clone(), truncated })
}

/// Name and machine of an execution's ARN: `…:execution:machine:name`, of an Express one with a run id behind it, of a
/// Map Run's child `…:execution:machine/label:name`.
pub(super) fn link(arn: &str) -> ExecutionLink {
    let parts: Vec<&str> = arn.split(':').collect();
    let named = |at: usize| parts.get(at).map(|part| (*part).to_owned());
    ExecutionLink {
        arn: arn.to_owned(),
        name: named(7).unwrap_or_else(|| last_part(arn).to_owned()),
        machine: named(6).unwrap_or_default(),
    }
}

//! What happened, from all sources, on one clock.

use crate::executions::Seen;
use ::jobs::state::state_of;
use contract::{
    Timestamp,
    executions::StateStatus,
    incident::{EndEvidence, IncidentCause, IncidentTarget, InputObject, Moment, QuotePlace},
    jobs::facts::RunFact,
};
use objects::size;

/// Visits to states that are told.
const MOST_STATES: usize = 40;

pub fn timeline(
    seen: &Seen,
    run: Option<&RunFact>,
    inputs: &[InputObject],
    ends: &[EndEvidence],
    cause: Option<&IncidentCause>,
) -> Vec<Moment> {
    let mut all = Vec::new();
    let mut add = |at: Option<Timestamp>, source: &str, text: String, failure: bool, target: Option<IncidentTarget>| {
        if let Some(at) = at {
            all.push(Moment { at, source: source.to_owned(), text, failure, target });
        }
    };
    for input in inputs {
        let name = input.key.rsplit('/').next().unwrap_or(&input.key);
        let version = |version_id: Option<String>| {
            Some(IncidentTarget::Version { bucket: input.bucket.clone(), key: input.key.clone(), version_id })
        };
        if let Some(better) = &input.better {
            let text = format!("{name} was stored whole ({})", size::words(better.size));
            add(Some(better.stored), "S3", text, false, version(Some(better.version_id.clone())));
        }
        let bad = input.verdicts.iter().any(|notice| notice.severity == contract::Severity::Warning);
        let words = input.read.size.map(size::words).unwrap_or_default();
        let text = format!("{name} was stored ({words}): the version that the run read");
        add(input.read.modified, "S3", text, bad, version(input.read.version_id.clone()));
    }
    for end in ends {
        // Its title says how long ago that was, which its time says already.
        let said = end.evidence.first().map_or(end.title.as_str(), |line| line.text.as_str());
        let text = format!("{}: {said}", end.id.noun());
        add(end.at, end.id.service(), text, true, Some(IncidentTarget::End(end.id.clone())));
    }
    let fact = &seen.fact;
    let here = || Some(IncidentTarget::Execution(fact.arn.clone()));
    add(Some(fact.started), "Step Functions", format!("{} started", fact.name), false, here());
    for state in seen.history.states.iter().take(MOST_STATES) {
        let target = Some(IncidentTarget::State { execution: fact.arn.clone(), visit: state.id.clone() });
        add(Some(state.entered), "Step Functions", format!("{} was entered", state.name), false, target.clone());
        if matches!(state.status, StateStatus::Failed | StateStatus::Caught) {
            let error = state.error.as_deref().unwrap_or("an error");
            add(state.exited, "Step Functions", format!("{} failed: {error}", state.name), true, target);
        }
    }
    if let Some(run) = run {
        let engine = run.id.engine().word();
        let target = || Some(IncidentTarget::Job(run.id.clone()));
        let noun = run.id.noun();
        add(run.created, engine, format!("the {noun} was asked for"), false, target());
        add(run.started, engine, format!("the {noun} started"), false, target());
        let failed = state_of(run).is_failure();
        add(run.ended, engine, format!("the {noun} ended as {}", run.status), failed, target());
    }
    for quote in cause.map(|cause| cause.evidence.as_slice()).unwrap_or_default() {
        let target = quote.place.as_ref().map(QuotePlace::target);
        add(quote.line.time, "log", quote.line.text.clone(), true, target);
    }
    add(fact.stopped, "Step Functions", format!("{} ended as {}", fact.name, fact.status), false, here());
    all.sort_by_key(|moment| moment.at);
    all
}

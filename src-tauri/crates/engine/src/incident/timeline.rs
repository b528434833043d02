//! What happened, from all sources, on one clock.

use crate::executions::Seen;
use ::jobs::state::state_of;
use contract::{
    Timestamp,
    executions::{Difference, StateStatus},
    incident::{EndEvidence, IncidentCause, IncidentTarget, InputObject, Moment, QuotePlace},
    jobs::{
        diagnosis::{Consequence, Diagnosis, Verdict},
        facts::RunFact,
    },
};
use objects::size;

/// Visits to states that are told.
const MOST_STATES: usize = 40;

/// What is known of an incident, each part with its times.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    pub seen: &'a Seen,
    pub run: Option<&'a RunFact>,
    pub inputs: &'a [InputObject],
    pub ends: &'a [EndEvidence],
    pub cause: Option<&'a IncidentCause>,
    pub diagnosis: Option<&'a Diagnosis>,
    /// What is different from the last success.
    pub changes: &'a [Difference],
    /// When the last success of the machine started.
    pub success: Option<Timestamp>,
}

pub fn timeline(sources: &Sources<'_>) -> Vec<Moment> {
    let Sources { seen, run, inputs, ends, cause, .. } = *sources;
    let mut all = changed(sources);
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
            let whole = if better.by_size { "whole by its size" } else { "whole" };
            let text = format!("{name} was stored {whole} ({})", size::words(better.size));
            add(Some(better.stored), "S3", text, false, version(Some(better.version_id.clone())));
        }
        let bad = input.verdicts.iter().any(|notice| notice.severity == contract::Severity::Warning);
        let words = input.read.size.map(size::words).unwrap_or_default();
        let text = format!("{name} was stored ({words}): the version that the run read");
        add(input.read.modified, "S3", text, bad, version(input.read.version_id.clone()));
    }
    for end in ends {
        // Its title says how long ago that was, which its time says already.
        let said = end.evidence.first().map_or(end.title.as_str(), |quote| quote.line.text.as_str());
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
    // Of the same second, the cause stands first.
    for one in followed(sources) {
        add(Some(one.at), &one.source, one.text, one.failure, one.target);
    }
    add(fact.stopped, "Step Functions", format!("{} ended as {}", fact.name, fact.status), false, here());
    all.sort_by_key(|moment| moment.at);
    all
}

/// What was changed since the last success, where its time is known: the state machine, and code in S3. Inputs are told
/// by themselves.
fn changed(sources: &Sources<'_>) -> Vec<Moment> {
    let Sources { seen, inputs, changes, success, .. } = *sources;
    let mut all = Vec::new();
    let updated = seen.machine.as_ref().and_then(|machine| machine.updated);
    let since = updated.zip(success).filter(|(at, success)| at > success && *at <= seen.fact.started);
    all.extend(since.map(|(at, _)| Moment {
        at,
        source: "Step Functions".to_owned(),
        text: format!("state machine {} was changed", seen.row.machine),
        failure: false,
        target: None,
    }));
    for change in changes {
        let is_input = inputs.iter().any(|input| input.read.uri == change.place);
        let object = change.place.strip_prefix("s3://").and_then(|path| path.split_once('/'));
        let (Some(at), Some((bucket, key)), false) = (change.at, object, is_input) else { continue };
        let target = IncidentTarget::Version { bucket: bucket.to_owned(), key: key.to_owned(), version_id: None };
        all.push(Moment {
            at,
            source: "S3".to_owned(),
            text: format!("{} was stored: not what the last success read", change.place),
            failure: false,
            // A long address is cut, and leads nowhere.
            target: Some(target).filter(|_| !key.ends_with('…')),
        });
    }
    all
}

/// What followed from the cause. A line that is told as its evidence is not told twice.
fn followed(sources: &Sources<'_>) -> Vec<Moment> {
    let Some(diagnosis) = sources.diagnosis.filter(|diagnosis| diagnosis.verdict == Verdict::Cause) else {
        return Vec::new();
    };
    let Some(finding) = diagnosis.findings.first() else { return Vec::new() };
    let moment = |one: &Consequence| {
        let line = one.evidence.as_ref()?;
        let is_told = line.at.is_some() && finding.evidence.iter().any(|other| other.at == line.at);
        let place = QuotePlace::of(line, &diagnosis.job, &diagnosis.files);
        Some(Moment {
            at: line.time.filter(|_| !is_told)?,
            source: "log".to_owned(),
            text: format!("{}; follows from: {}", one.title, one.follows),
            failure: true,
            target: place.map(|place| place.target()),
        })
    };
    finding.consequences.iter().filter_map(moment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{
        executions::{
            MachineKind,
            facts::{ExecutionFact, MachineFact},
        },
        jobs::{
            JobId,
            diagnosis::{EvidenceLine, Finding, RetryAdvice, Severity},
        },
        logs::LineAt,
    };

    fn at(clock: &str) -> Timestamp {
        format!("2026-11-21T{clock}:00Z").parse().unwrap()
    }

    const MACHINE: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:daily-sales-pipeline";

    fn seen(updated: Option<Timestamp>) -> Seen {
        let arn = "arn:aws:states:eu-west-1:123456789012:execution:daily-sales-pipeline:run-1";
        let mut fact = ExecutionFact::bare(arn, MACHINE, "run-1", "FAILED", at("06:00"));
        fact.stopped = Some(at("07:00"));
        let machine = MachineFact {
            arn: MACHINE.into(),
            name: "daily-sales-pipeline".into(),
            kind: MachineKind::Standard,
            status: None,
            definition: "{}".into(),
            role: String::new(),
            revision: None,
            updated,
            log_group: None,
            log_level: None,
            logs_data: false,
            description: None,
        };
        Seen::of(fact, Some(machine), Vec::new(), at("08:00"))
    }

    fn line(number: u64, clock: &str) -> EvidenceLine {
        let place = Some(LineAt { file: 0, line: number });
        EvidenceLine { at: place, fact: None, time: Some(at(clock)), text: "a line".into(), count: 1 }
    }

    fn consequence(title: &str, evidence: Option<EvidenceLine>) -> Consequence {
        Consequence { title: title.into(), count: 1, follows: "the container was killed".into(), evidence }
    }

    fn diagnosis(verdict: Verdict) -> Diagnosis {
        let finding = Finding {
            signature: "memory.container-physical".into(),
            title: "the container was killed".into(),
            severity: Severity::Error,
            layer: "resource".into(),
            retry: RetryAdvice::Bigger,
            confidence: 90,
            reasons: Vec::new(),
            evidence: vec![line(1, "06:10")],
            count: 1,
            first: None,
            last: None,
            places: Vec::new(),
            consequences: vec![
                consequence("The job was aborted", Some(line(9, "06:20"))),
                consequence("An executor was lost", Some(line(1, "06:10"))),
                consequence("Nobody says when", None),
            ],
            remedy: String::new(),
            settings: Vec::new(),
            doc: None,
            exception: None,
            frames: Vec::new(),
        };
        Diagnosis {
            job: JobId::Glue { job: "feed".into(), run: "jr_1".into() },
            verdict,
            findings: vec![finding],
            unknown: None,
            noise: Vec::new(),
            files: Vec::new(),
            records: 1,
            bytes: 1,
            complete: true,
            as_of: at("08:00"),
            notices: Vec::new(),
        }
    }

    fn told(sources: &Sources<'_>) -> Vec<(Timestamp, String)> {
        let all = timeline(sources);
        assert!(all.is_sorted_by_key(|moment| moment.at));
        let told = all.into_iter().filter(|moment| !moment.text.starts_with("run-1 "));
        told.map(|moment| (moment.at, moment.text)).collect()
    }

    fn sources(seen: &Seen) -> Sources<'_> {
        Sources { seen, run: None, inputs: &[], ends: &[], cause: None, diagnosis: None, changes: &[], success: None }
    }

    #[test]
    fn what_followed_from_the_cause_has_its_time() {
        let seen = seen(None);
        let found = diagnosis(Verdict::Cause);
        let all = told(&Sources { diagnosis: Some(&found), ..sources(&seen) });
        assert_eq!(all, [(at("06:20"), "The job was aborted; follows from: the container was killed".to_owned())]);
        let unknown = diagnosis(Verdict::Unknown);
        assert!(told(&Sources { diagnosis: Some(&unknown), ..sources(&seen) }).is_empty());
    }

    #[test]
    fn what_was_changed_since_the_last_success_has_its_time() {
        let seen_then = seen(Some(at("05:00")));
        let machine = "state machine daily-sales-pipeline was changed".to_owned();
        let all = told(&Sources { success: Some(at("04:00")), ..sources(&seen_then) });
        assert_eq!(all, [(at("05:00"), machine)]);
        let before = Sources { success: Some(at("05:30")), ..sources(&seen_then) };
        assert!(told(&before).is_empty(), "the last success ran as it is");
        assert!(told(&sources(&seen_then)).is_empty(), "there was no success");

        let seen = seen(None);
        let row = |what: &str, place: &str, at| Difference {
            what: what.into(),
            place: place.into(),
            then: None,
            now: None,
            at,
        };
        let changes = [
            row("Code version", "s3://code/etl.py", Some(at("05:10"))),
            row("Release", "", None),
            row("Library", "archive", None),
        ];
        let sources = Sources { changes: &changes, ..sources(&seen) };
        let text = "s3://code/etl.py was stored: not what the last success read".to_owned();
        assert_eq!(told(&sources), [(at("05:10"), text)]);
        let moment = timeline(&sources).into_iter().find(|moment| moment.source == "S3").unwrap();
        let target = IncidentTarget::Version { bucket: "code".into(), key: "etl.py".into(), version_id: None };
        assert_eq!(moment.target, Some(target));
    }
}

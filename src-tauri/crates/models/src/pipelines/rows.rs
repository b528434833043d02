//! Rows of pipelines and of their executions.

use super::words;
use crate::{
    people,
    wording::{cut, last, seconds},
};
use contract::{
    Timestamp,
    models::{
        PipelineExecutionRow, PipelineMark, PipelineRow, PipelineStatus,
        facts::{PipelineExecutionFact, PipelineFact, PipelineStepFact},
    },
};

/// Executions in the strip of a row.
pub const STRIP: usize = 10;
/// Characters of a reason in a row.
const REASON: usize = 300;

/// `runs`: the newest executions, newest first; `None` is "not read". `registers`: groups, as its definition says.
pub fn pipeline(
    fact: &PipelineFact,
    runs: Option<&[PipelineExecutionFact]>,
    registers: &[String],
    now: Timestamp,
) -> PipelineRow {
    let runs = runs.map(|runs| runs.iter().take(STRIP).map(mark).collect::<Vec<_>>());
    PipelineRow {
        name: fact.name.clone(),
        arn: fact.arn.clone(),
        title: fact.title.clone().filter(|title| *title != fact.name),
        last: runs.as_ref().map(|runs| runs.first().cloned()),
        runs: runs.unwrap_or_default(),
        modified: fact.modified,
        registers: registers.to_vec(),
        problem: None,
        as_of: now,
    }
}

pub fn mark(fact: &PipelineExecutionFact) -> PipelineMark {
    PipelineMark { arn: fact.arn.clone(), status: PipelineStatus::of(&fact.status), started: fact.started }
}

/// `steps`: those that it has begun; `None` is "not read". `is_described`: the fact is more than an item of the list.
pub fn execution(
    fact: &PipelineExecutionFact,
    steps: Option<&[PipelineStepFact]>,
    is_described: bool,
    now: Timestamp,
) -> PipelineExecutionRow {
    let status = PipelineStatus::of(&fact.status);
    let failed = steps.and_then(first_failed);
    // When it was last changed is later than its end, if somebody wrote a description since.
    let last_end = steps.and_then(|steps| steps.iter().filter_map(|step| step.ended).max());
    let ended = last_end.or(fact.modified).filter(|_| status.is_over());
    let until = if status.is_over() { ended } else { Some(now) };
    let said = failed.and_then(|step| step.reason.as_deref()).or(fact.reason.as_deref());
    PipelineExecutionRow {
        arn: fact.arn.clone(),
        pipeline: fact.pipeline.clone(),
        id: last(&fact.arn).to_owned(),
        title: fact.title.clone(),
        status,
        reason: said.filter(|_| status != PipelineStatus::Succeeded).map(|said| cut(words::plain(said), REASON)),
        started: fact.started,
        ended,
        seconds: fact.started.zip(until).map(|(from, until)| seconds(from, until).unsigned_abs()),
        by: fact.by.as_ref().and_then(people::name),
        failed_step: failed.map(|step| step.name.clone()),
        looked: is_described && steps.is_some(),
        as_of: now,
    }
}

fn first_failed(steps: &[PipelineStepFact]) -> Option<&PipelineStepFact> {
    let failed = steps.iter().filter(|step| step.status == "Failed");
    failed.min_by_key(|step| {
        let at = step.ended.or(step.started);
        (at.is_none(), at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{at, now, who};

    fn run(id: &str, status: &str) -> PipelineExecutionFact {
        PipelineExecutionFact {
            arn: format!("arn:aws:sagemaker:eu-west-1:123456789012:pipeline/train-churn/execution/{id}"),
            pipeline: "train-churn".into(),
            title: None,
            description: None,
            status: status.into(),
            reason: Some("Step failure: One or multiple steps failed.".into()),
            started: Some(at("2026-11-21T06:00:00Z")),
            modified: None,
            by: None,
            parameters: None,
        }
    }

    fn step(name: &str, status: &str, ended: &str) -> PipelineStepFact {
        PipelineStepFact {
            name: name.into(),
            title: None,
            status: status.into(),
            reason: (status == "Failed").then(|| format!("ClientError: ClientError: {name} has no data")),
            started: Some(at("2026-11-21T06:00:00Z")),
            ended: Some(at(ended)),
            attempts: 1,
            cached_from: None,
            made: None,
        }
    }

    #[test]
    fn a_pipeline_shows_its_last_runs_and_what_it_registers() {
        let fact = PipelineFact {
            name: "Train-Churn".into(),
            arn: "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/train-churn".into(),
            title: Some("Train-Churn".into()),
            description: None,
            created: None,
            modified: None,
            last_run: None,
            role: None,
            definition: None,
        };
        let registered = ["churn-eu".to_owned()];
        let runs: Vec<_> = (0..12).map(|at| run(&format!("r{at}"), "Succeeded")).collect();
        let row = pipeline(&fact, Some(&runs), &registered, now());
        assert_eq!(row.registers, registered);
        assert_eq!((row.runs.len(), row.title), (STRIP, None));
        assert_eq!(row.last, Some(Some(mark(&runs[0]))));
        assert_eq!(pipeline(&fact, Some(&[]), &registered, now()).last, Some(None), "never ran");
        assert_eq!(pipeline(&fact, None, &registered, now()).last, None, "not read");
    }

    #[test]
    fn the_step_that_failed_first_gives_the_reason() {
        let steps = [step("Late", "Failed", "2026-11-21T06:30:00Z"), step("First", "Failed", "2026-11-21T06:10:00Z")];
        let row = execution(&run("a1", "Failed"), Some(&steps), true, now());
        assert_eq!(row.failed_step.as_deref(), Some("First"));
        assert_eq!(row.reason.as_deref(), Some("First has no data"));
        assert_eq!((row.ended, row.seconds), (Some(at("2026-11-21T06:30:00Z")), Some(1_800)));
        assert!(row.looked && row.id == "a1");
    }

    #[test]
    fn what_is_not_read_is_not_guessed() {
        let row = execution(&run("a1", "Failed"), None, false, now());
        assert_eq!((row.ended, row.seconds, row.looked), (None, None, false));
        assert_eq!(row.reason.as_deref(), Some("One or multiple steps failed."));
        let mut running = run("a2", "Executing");
        running.by = Some(who("ana"));
        let row = execution(&running, Some(&[]), true, now());
        assert_eq!((row.seconds, row.by.as_deref()), (Some(7_200), Some("ana")));
        assert_eq!(execution(&run("a3", "Succeeded"), None, false, now()).reason, None);
    }
}

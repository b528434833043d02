//! What a write on a pipeline will do, for its plan.

use super::Definition;
use crate::wording::{count, cut, last, list};
use contract::models::{PipelineParameter, PipelineStep, StepGraph, StepStanding, facts::StepMade};

/// Characters of a value in a sentence.
const VALUE: usize = 120;
/// Steps that a sentence names.
const NAMED: usize = 6;

/// `sent`: the parameters that differ from their defaults.
pub fn start_text(pipeline: &str, declared: &[PipelineParameter], sent: &[(String, String)]) -> String {
    if sent.is_empty() {
        return format!("starts {pipeline} with the defaults of its definition");
    }
    let told = sent.iter().map(|(name, value)| {
        let value = cut(value, VALUE);
        match declared.iter().find(|one| one.name == *name).and_then(|one| one.default.as_deref()) {
            Some(default) => format!("{name}: {} to {value}", cut(default, VALUE)),
            None => format!("{name}: {value}"),
        }
    });
    format!("starts {pipeline} with {}", told.collect::<Vec<_>>().join("; "))
}

/// What a start should know of the definition's caches.
pub fn cache_words(definition: &Definition) -> Option<String> {
    let cached: Vec<&str> = definition.steps.iter().filter(|step| step.caches).map(|step| step.name.as_str()).collect();
    (!cached.is_empty()).then(|| {
        format!(
            "{} may take an earlier result instead of running, if it was made with the same arguments: {}.",
            count(cached.len(), "step"),
            list(&cached, NAMED)
        )
    })
}

/// The execution by its ARN.
pub fn retry_text(arn: &str, graph: &StepGraph) -> String {
    let ended = [StepStanding::Failed, StepStanding::Stopped];
    let again: Vec<&str> =
        graph.steps.iter().filter(|step| ended.contains(&step.standing)).map(|step| step.name.as_str()).collect();
    let from = match again.as_slice() {
        [] => "where it ended".to_owned(),
        [one] => format!("step {one}"),
        several => format!("steps {}", list(several, NAMED)),
    };
    format!("runs execution {} on from {from}", last(arn))
}

/// The execution by its ARN.
pub fn stop_text(arn: &str, graph: &StepGraph) -> String {
    let runs = |step: &&PipelineStep| matches!(step.standing, StepStanding::Executing | StepStanding::Starting);
    let told: Vec<String> = graph.steps.iter().filter(runs).map(running).collect();
    if told.is_empty() {
        format!("stops execution {}, of which no step runs at the moment", last(arn))
    } else {
        format!("stops execution {}, and with it {}", last(arn), list(&told, NAMED))
    }
}

fn running(step: &PipelineStep) -> String {
    match step.run.as_ref().and_then(|run| run.made.as_ref()) {
        Some(StepMade::Run(job)) => format!("{} {} of step {}", job.noun(), job.own(), step.name),
        _ => format!("step {}", step.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        pipelines::{read, with_runs},
        sample::{PIPELINE, now},
    };
    use contract::{
        jobs::{JobId, SageMakerKind},
        models::{PipelineStatus, facts::PipelineStepFact},
    };

    fn step(name: &str, status: &str, job: Option<&str>) -> PipelineStepFact {
        let made = job.map(|name| JobId::SageMaker { kind: SageMakerKind::Training, name: name.to_owned() });
        PipelineStepFact {
            name: name.into(),
            title: None,
            status: status.into(),
            reason: None,
            started: None,
            ended: None,
            attempts: 1,
            cached_from: None,
            made: made.map(StepMade::Run),
        }
    }

    fn graph(steps: &[PipelineStepFact], status: PipelineStatus) -> StepGraph {
        with_runs(read(PIPELINE).ok().as_ref(), steps, status, now())
    }

    #[test]
    fn a_retry_and_a_stop_name_their_steps() {
        const ARN: &str = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/train/execution/a1";
        let failed =
            graph(&[step("Prepare", "Succeeded", None), step("Train", "Failed", None)], PipelineStatus::Failed);
        assert_eq!(retry_text(ARN, &failed), "runs execution a1 on from step Train");
        assert_eq!(retry_text(ARN, &StepGraph::default()), "runs execution a1 on from where it ended");
        let running = [step("Prepare", "Succeeded", None), step("Train", "Executing", Some("t-1"))];
        let told = stop_text(ARN, &graph(&running, PipelineStatus::Executing));
        assert!(told.starts_with("stops execution a1, and with it ") && told.ends_with(" t-1 of step Train"), "{told}");
        assert!(stop_text(ARN, &StepGraph::default()).ends_with("no step runs at the moment"));
    }

    #[test]
    fn a_start_says_what_differs() {
        let definition = read(PIPELINE).unwrap();
        let declared = &definition.parameters;
        assert_eq!(start_text("train", declared, &[]), "starts train with the defaults of its definition");
        let sent = [("Depth".to_owned(), "8".to_owned()), ("Owner".to_owned(), "ana".to_owned())];
        assert_eq!(start_text("train", declared, &sent), "starts train with Depth: 6 to 8; Owner: ana");
        assert!(
            cache_words(&definition)
                .is_some_and(|words| words.starts_with("1 step may") && words.ends_with("Prepare."))
        );
        assert_eq!(cache_words(&Definition::default()), None);
    }
}

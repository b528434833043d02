//! What became of an execution, and what may be done with it, in sentences.

use super::Definition;
use crate::wording::{count, list};
use contract::{
    executions::Verdict,
    models::{
        ParameterKind, PipelineExecutionRow, PipelineStatus, PipelineStep, StepGraph, StepStanding, facts::StepMade,
    },
};
use std::fmt::Write as _;

/// Characters of a display name ("Amazon SageMaker API Reference", StartPipelineExecution).
const TITLE: usize = 82;
/// Steps that a sentence names.
const NAMED: usize = 4;

/// What stands before the reason in the service's messages and says nothing.
const AHEAD: [&str; 2] = ["Step failure:", "ClientError:"];

/// What it means that a message begins so.
const KINDS: [(&str, &str); 5] = [
    ("AlgorithmError", "The program in the container failed: the log of its job says why."),
    ("InternalServerError", "The fault is SageMaker's: a retry may succeed."),
    ("CapacityError", "No machine of that type was free: a retry may succeed."),
    ("ResourceLimitExceeded", "A quota of the account is used up: wait until something ends, or ask for more."),
    ("ThrottlingException", "Too many calls at once: a retry may succeed."),
];

/// A message of the service without what says nothing.
pub fn plain(said: &str) -> &str {
    let mut rest = said.trim();
    while let Some(shorter) = AHEAD.iter().find_map(|ahead| rest.strip_prefix(*ahead)) {
        rest = shorter.trim_start();
    }
    if rest.is_empty() { said.trim() } else { rest }
}

/// A message with a full stop.
fn sentence(said: &str) -> String {
    let said = plain(said);
    if said.ends_with(['.', '!', '?']) { said.to_owned() } else { format!("{said}.") }
}

fn hint(said: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|(kind, _)| plain(said).starts_with(*kind)).map(|(_, words)| words)
}

fn of<'a>(graph: &'a StepGraph, standings: &[StepStanding]) -> Vec<&'a PipelineStep> {
    graph.steps.iter().filter(|step| standings.contains(&step.standing)).collect()
}

fn names(steps: &[&PipelineStep]) -> String {
    let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
    let noun = if names.len() == 1 { "step" } else { "steps" };
    format!("{noun} {}", list(&names, NAMED))
}

/// What happened, or happens. `failed`: places in the graph, the first one first.
pub fn summary(row: &PipelineExecutionRow, graph: &StepGraph, failed: &[u32]) -> String {
    match row.status {
        PipelineStatus::Failed => failure(row, graph, failed),
        PipelineStatus::Executing => {
            let running = of(graph, &[StepStanding::Executing, StepStanding::Starting]);
            let gone = of(graph, &[StepStanding::Failed]);
            let lost = if gone.is_empty() { String::new() } else { format!(" Failed already: {}.", names(&gone)) };
            if running.is_empty() {
                format!("It is executing; no step runs at the moment.{lost}")
            } else {
                let verb = if running.len() == 1 { "is" } else { "are" };
                format!("{} {verb} executing.{lost}", capital(&names(&running)))
            }
        }
        PipelineStatus::Stopping => {
            "It is stopping: jobs that run are ended, functions and callbacks are waited for.".to_owned()
        }
        PipelineStatus::Stopped => {
            let stopped = of(graph, &[StepStanding::Stopped]);
            if stopped.is_empty() {
                "It was stopped.".to_owned()
            } else {
                format!("It was stopped in {}.", names(&stopped))
            }
        }
        PipelineStatus::Succeeded => {
            let done = of(graph, &[StepStanding::Succeeded]);
            let cached = done.iter().filter(|step| step.run.as_ref().is_some_and(|run| run.cached_from.is_some()));
            match cached.count() {
                0 => format!("{} succeeded.", count(done.len(), "step")),
                some => format!("{} succeeded; {some} took an earlier result.", count(done.len(), "step")),
            }
        }
        PipelineStatus::Unknown => "SageMaker says a status that is not known here.".to_owned(),
    }
}

fn failure(row: &PipelineExecutionRow, graph: &StepGraph, failed: &[u32]) -> String {
    let first = failed.first().and_then(|place| graph.steps.get(usize::try_from(*place).ok()?));
    let Some(step) = first else {
        let said = row.reason.as_deref().map_or_else(|| "No reason is given.".to_owned(), sentence);
        return format!("It failed: {said}");
    };
    let run = step.run.as_ref();
    let own = run.and_then(|run| match &run.made {
        Some(StepMade::Failure(words)) => Some(words.as_str()),
        _ => run.reason.as_deref(),
    });
    let said = own.or(row.reason.as_deref());
    let mut words = match said {
        Some(said) => format!("Step {} failed: {}", step.name, sentence(said)),
        None => format!("Step {} failed; no reason is given.", step.name),
    };
    if let Some(hint) = said.and_then(hint) {
        words.push(' ');
        words.push_str(hint);
    }
    match failed.len().saturating_sub(1) {
        0 => {}
        others => {
            let _ = write!(words, " {} failed after it.", count(others, "other step"));
        }
    }
    words
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

/// Whether an execution can be run on from where it failed.
pub fn retry(status: PipelineStatus) -> Verdict {
    let ok = matches!(status, PipelineStatus::Failed | PipelineStatus::Stopped);
    let words = if ok {
        "The same execution goes on from the steps that failed or were stopped, with its own parameters and definition. \
         Steps that succeeded are not run again."
            .to_owned()
    } else {
        format!("Only a failed or stopped execution can be retried; this one is {}.", status.word())
    };
    Verdict { ok, reasons: vec![words] }
}

/// Whether an execution can be stopped.
pub fn stop(status: PipelineStatus) -> Verdict {
    let ok = status == PipelineStatus::Executing;
    let words = if ok {
        "The jobs that its steps run are stopped, and no other step begins. What was done stays done; a retry goes on \
         from there."
            .to_owned()
    } else {
        format!("Only an executing execution can be stopped; this one is {}.", status.word())
    };
    Verdict { ok, reasons: vec![words] }
}

/// Whether a pipeline can be started, and what its start has to give.
pub fn start(definition: &Definition) -> Verdict {
    let needed = definition.parameters.iter().filter(|one| one.default.is_none());
    let needed: Vec<&str> = needed.map(|one| one.name.as_str()).collect();
    let mut reasons = vec!["A new execution begins, with the definition as it is now.".to_owned()];
    if !needed.is_empty() {
        reasons.push(format!("It needs a value for {}.", list(&needed, NAMED)));
    }
    let odd = definition.parameters.iter().filter(|one| one.kind == ParameterKind::Unknown).count();
    if odd > 0 {
        reasons.push(format!(
            "The type of {} is not known here: what is typed is sent as it is.",
            count(odd, "parameter")
        ));
    }
    Verdict { ok: true, reasons }
}

/// What a stop has to wait for ("Amazon SageMaker API Reference", StopPipelineExecution).
pub fn stop_warnings(graph: &StepGraph) -> Vec<String> {
    let running = of(graph, &[StepStanding::Executing, StepStanding::Starting]);
    let of_kind = |kind: &str| running.iter().filter(|step| step.kind == kind).copied().collect::<Vec<_>>();
    let (lambdas, callbacks) = (of_kind("Lambda"), of_kind("callback"));
    let mut words = Vec::new();
    if !lambdas.is_empty() {
        words.push(format!(
            "A function cannot be stopped: the stop waits for {}, and if that takes too long the execution fails instead.",
            names(&lambdas)
        ));
    }
    if !callbacks.is_empty() {
        words.push(format!("The queue of {} is told of the stop, and its answer is waited for.", names(&callbacks)));
    }
    words
}

/// Whether a text can be the display name of an execution.
pub fn is_title(text: &str) -> bool {
    (1..=TITLE).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        pipelines::{execution, failed, read, with_runs},
        sample::{PIPELINE, now},
    };
    use contract::models::facts::{PipelineExecutionFact, PipelineStepFact};

    fn step(name: &str, status: &str, reason: Option<&str>) -> PipelineStepFact {
        PipelineStepFact {
            name: name.into(),
            title: None,
            status: status.into(),
            reason: reason.map(str::to_owned),
            started: None,
            ended: None,
            attempts: 1,
            cached_from: (name == "Prepare").then(|| "arn:earlier".to_owned()),
            made: None,
        }
    }

    fn told(status: &str, steps: &[PipelineStepFact]) -> String {
        let fact = PipelineExecutionFact {
            arn: "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/train/execution/a1".into(),
            pipeline: "train".into(),
            title: None,
            description: None,
            status: status.into(),
            reason: Some("Step failure: One or multiple steps failed.".into()),
            started: None,
            modified: None,
            by: None,
            parameters: None,
        };
        let graph = with_runs(read(PIPELINE).ok().as_ref(), steps, PipelineStatus::of(status), now());
        summary(&execution(&fact, Some(steps), true, now()), &graph, &failed(&graph))
    }

    #[test]
    fn what_happened_is_one_or_two_sentences() {
        let done = step("Prepare", "Succeeded", None);
        let wrong = step("Train", "Failed", Some("ClientError: ClientError: Please use a larger instance type"));
        assert_eq!(told("Failed", &[done.clone(), wrong]), "Step Train failed: Please use a larger instance type.");
        let capacity =
            step("Train", "Failed", Some("CapacityError: Unable to provision requested ML compute capacity."));
        assert_eq!(
            told("Failed", &[done.clone(), capacity]),
            "Step Train failed: CapacityError: Unable to provision requested ML compute capacity. No machine of that type \
             was free: a retry may succeed."
        );
        assert_eq!(told("Failed", &[]), "It failed: One or multiple steps failed.");
        assert_eq!(told("Succeeded", std::slice::from_ref(&done)), "1 step succeeded; 1 took an earlier result.");
        assert_eq!(told("Stopped", &[done.clone(), step("Train", "Stopped", None)]), "It was stopped in step Train.");
        assert_eq!(told("Executing", &[done, step("Train", "Executing", None)]), "Step Train is executing.");
        assert_eq!(told("Executing", &[]), "It is executing; no step runs at the moment.");
        let both = [step("Prepare", "Failed", Some("a")), step("Train", "Failed", None)];
        assert_eq!(told("Failed", &both), "Step Prepare failed: a. 1 other step failed after it.");
    }

    #[test]
    fn a_fail_step_speaks_for_itself() {
        let mut fails = step("GiveUp", "Failed", Some("The step failed"));
        fails.made = Some(StepMade::Failure("mae above 2.9".into()));
        assert_eq!(told("Failed", &[fails]), "Step GiveUp failed: mae above 2.9.");
    }

    #[test]
    fn what_may_be_done_depends_on_the_status() {
        for status in PipelineStatus::ALL {
            assert_eq!(
                retry(status).ok,
                matches!(status, PipelineStatus::Failed | PipelineStatus::Stopped),
                "{status:?}"
            );
            assert_eq!(stop(status).ok, status == PipelineStatus::Executing, "{status:?}");
        }
        assert!(retry(PipelineStatus::Executing).reasons[0].ends_with("this one is executing."));
        let start = start(&read(PIPELINE).unwrap());
        assert!(start.ok && start.reasons.iter().any(|words| words == "It needs a value for Owner."), "{start:?}");
    }

    #[test]
    fn what_a_stop_waits_for_is_said() {
        let definition = r#"{"Steps": [{"Name": "Call", "Type": "Lambda"}, {"Name": "Wait", "Type": "Callback"}]}"#;
        let steps = [step("Call", "Executing", None), step("Wait", "Executing", None)];
        let graph = with_runs(read(definition).ok().as_ref(), &steps, PipelineStatus::Executing, now());
        let words = stop_warnings(&graph);
        assert!(words[0].contains("waits for step Call") && words[1].contains("step Wait is told"), "{words:?}");
        let done = [step("Call", "Succeeded", None)];
        let graph = with_runs(read(definition).ok().as_ref(), &done, PipelineStatus::Executing, now());
        assert!(stop_warnings(&graph).is_empty());
    }

    #[test]
    fn display_names() {
        for good in ["a", "again-2026-11-21", &"x".repeat(82)] {
            assert!(is_title(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a b", "ä", &"x".repeat(83)] {
            assert!(!is_title(bad), "{bad}");
        }
    }
}

//! The words of each engine for where a run stands, in one shape.
//!
//! Pages: EMR `API_ClusterStatus` and `API_StepStatus`, EMR Serverless "Job run states", EMR on EKS `API_JobRun`, Glue
//! `JobRun.JobRunState`, Lambda Telemetry API `platform.report`, SageMaker `DescribeTrainingJob` (also `SecondaryStatus`),
//! `…ProcessingJob`, `…TransformJob`, `…HyperParameterTuningJob`.

use crate::wording::millis;
use contract::{
    Timestamp,
    jobs::{Engine, JobId, State, Timing, facts::RunFact},
};

/// From the engine's word, and the second one that SageMaker and EMR have beside it.
pub fn state(engine: Engine, word: &str, secondary: Option<&str>) -> State {
    let known = match engine {
        Engine::Emr => match word {
            "PENDING" => State::Queued,
            // A cluster that waits is up and takes steps.
            "RUNNING" | "WAITING" => State::Running,
            "STARTING" | "BOOTSTRAPPING" => State::Submitted,
            "CANCEL_PENDING" | "TERMINATING" => State::Cancelling,
            "COMPLETED" => State::Succeeded,
            "TERMINATED" if secondary == Some("ALL_STEPS_COMPLETED") => State::Succeeded,
            // A step is interrupted when its cluster ends under it: nobody will say how it would have come out.
            "TERMINATED" | "CANCELLED" | "INTERRUPTED" => State::Cancelled,
            "TERMINATED_WITH_ERRORS" | "FAILED" => State::Failed,
            other => unknown(other),
        },
        Engine::EmrServerless => match word {
            "SUBMITTED" | "PENDING" => State::Submitted,
            "QUEUED" | "SCHEDULED" => State::Queued,
            "RUNNING" => State::Running,
            "SUCCESS" => State::Succeeded,
            "FAILED" => State::Failed,
            "CANCELLING" => State::Cancelling,
            "CANCELLED" => State::Cancelled,
            other => unknown(other),
        },
        Engine::EmrEks => match word {
            "PENDING" => State::Queued,
            "SUBMITTED" => State::Submitted,
            "RUNNING" => State::Running,
            "COMPLETED" => State::Succeeded,
            "FAILED" => State::Failed,
            "CANCEL_PENDING" => State::Cancelling,
            "CANCELLED" => State::Cancelled,
            other => unknown(other),
        },
        Engine::Glue => match word {
            "STARTING" => State::Submitted,
            "WAITING" => State::Queued,
            "RUNNING" => State::Running,
            "STOPPING" => State::Cancelling,
            "STOPPED" => State::Cancelled,
            "SUCCEEDED" => State::Succeeded,
            "FAILED" | "ERROR" => State::Failed,
            // Expired: it waited in the queue for longer than its timeout.
            "TIMEOUT" | "EXPIRED" => State::TimedOut,
            other => unknown(other),
        },
        Engine::Lambda => match word {
            "success" => State::Succeeded,
            "failure" | "error" => State::Failed,
            "timeout" => State::TimedOut,
            other => unknown(other),
        },
        Engine::SageMaker => sage_maker(word, secondary),
    };
    // EMR Serverless and EMR on EKS end what ran too long as FAILED or CANCELLED; their texts are no states.
    known
}

fn sage_maker(word: &str, secondary: Option<&str>) -> State {
    match (word, secondary) {
        ("Pending" | "InProgress", Some("Pending")) | ("Pending", _) => State::Queued,
        ("InProgress", Some("Starting" | "LaunchingMLInstances" | "PreparingTrainingStack")) => State::Submitted,
        ("InProgress", _) => State::Running,
        ("Completed", _) => State::Succeeded,
        ("Stopping" | "Deleting", _) => State::Cancelling,
        (_, Some("MaxRuntimeExceeded" | "MaxWaitTimeExceeded")) => State::TimedOut,
        ("Failed" | "DeleteFailed", _) => State::Failed,
        ("Stopped", _) => State::Cancelled,
        (other, _) => unknown(other),
    }
}

fn unknown(word: &str) -> State {
    State::Unknown(word.to_owned())
}

/// Where a run stands.
pub fn state_of(run: &RunFact) -> State {
    state(run.id.engine(), &run.status, run.secondary.as_deref())
}

/// How long it waited and ran. What the engine counted itself is taken before what two moments say: Glue's start is the
/// start of waiting, and EMR Serverless queues before it starts.
pub fn timing(run: &RunFact, now: Timestamp) -> Timing {
    let state = state_of(run);
    let over = state.is_over();
    let end = run.ended.or((!over).then_some(now));
    let counted = run.run_seconds.filter(|seconds| over && *seconds > 0).map(|seconds| seconds.saturating_mul(1_000));
    // EMR on EKS does not say when a run started: what it took is counted from its submission, and no wait is made up.
    if matches!(run.id, JobId::Eks { .. })
        && run.started.is_none()
        && !matches!(state, State::Submitted | State::Queued)
    {
        let ran = run.created.and_then(|created| Some(millis(created, end?)));
        return Timing { queued: None, run: ran, attempt: run.attempt, attempts: run.attempts };
    }
    // What never started waited until it ended.
    let started = run.started.or(end);
    let queued = run.queued_millis.or_else(|| Some(millis(run.created?, started?)));
    let ran = counted.or_else(|| Some(millis(run.started?, end?)));
    Timing { queued, run: ran, attempt: run.attempt, attempts: run.attempts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn every_word_of_every_engine_is_known() {
        let words: [(Engine, &[&str]); 6] = [
            (
                Engine::Emr,
                &[
                    "PENDING",
                    "CANCEL_PENDING",
                    "RUNNING",
                    "COMPLETED",
                    "CANCELLED",
                    "FAILED",
                    "INTERRUPTED",
                    "STARTING",
                    "BOOTSTRAPPING",
                    "WAITING",
                    "TERMINATING",
                    "TERMINATED",
                    "TERMINATED_WITH_ERRORS",
                ],
            ),
            (
                Engine::EmrServerless,
                &[
                    "SUBMITTED",
                    "PENDING",
                    "SCHEDULED",
                    "RUNNING",
                    "SUCCESS",
                    "FAILED",
                    "CANCELLING",
                    "CANCELLED",
                    "QUEUED",
                ],
            ),
            (
                Engine::EmrEks,
                &["PENDING", "SUBMITTED", "RUNNING", "FAILED", "CANCELLED", "CANCEL_PENDING", "COMPLETED"],
            ),
            (
                Engine::Glue,
                &[
                    "STARTING",
                    "RUNNING",
                    "STOPPING",
                    "STOPPED",
                    "SUCCEEDED",
                    "FAILED",
                    "TIMEOUT",
                    "ERROR",
                    "WAITING",
                    "EXPIRED",
                ],
            ),
            (Engine::Lambda, &["success", "failure", "error", "timeout"]),
            (
                Engine::SageMaker,
                &["InProgress", "Completed", "Failed", "Stopping", "Stopped", "Deleting", "DeleteFailed"],
            ),
        ];
        for (engine, words) in words {
            for word in words {
                let state = state(engine, word, None);
                assert!(!matches!(state, State::Unknown(_)), "{engine:?} {word}");
            }
            assert_eq!(state(engine, "PAUSED", None), State::Unknown("PAUSED".into()));
            assert!(!state(engine, "PAUSED", None).is_over());
        }
    }

    #[test]
    fn what_stands_beside_the_word_counts() {
        let with = |word, secondary| state(Engine::SageMaker, word, Some(secondary));
        assert_eq!(with("Stopped", "MaxRuntimeExceeded"), State::TimedOut);
        assert_eq!(with("Failed", "MaxWaitTimeExceeded"), State::TimedOut);
        assert_eq!(with("InProgress", "Pending"), State::Queued);
        assert_eq!(with("InProgress", "LaunchingMLInstances"), State::Submitted);
        assert_eq!(with("InProgress", "Training"), State::Running);
        assert_eq!(with("Completed", "Completed"), State::Succeeded);
    }

    #[test]
    fn a_run_without_a_start_is_not_said_to_have_waited() {
        let mut run = sample::step();
        run.id = JobId::Eks { virtual_cluster: "v".into(), run: "r".into() };
        run.created = Some("2026-11-21T06:00:00Z".parse().unwrap());
        (run.started, run.ended, run.run_seconds, run.queued_millis) = (None, None, None, None);
        let now = "2026-11-21T06:05:00Z".parse().unwrap();
        run.status = "RUNNING".into();
        assert_eq!((timing(&run, now).queued, timing(&run, now).run), (None, Some(300_000)));
        run.status = "PENDING".into();
        assert_eq!((timing(&run, now).queued, timing(&run, now).run), (Some(300_000), None));
    }

    #[test]
    fn waiting_and_running_are_two_times() {
        let at = |text: &str| Some(text.parse().unwrap());
        let now = "2026-11-21T06:00:00Z".parse().unwrap();
        let mut run = sample::serverless();
        (run.created, run.started, run.ended) =
            (at("2026-11-21T05:00:00Z"), at("2026-11-21T05:01:00Z"), at("2026-11-21T05:11:00Z"));
        (run.queued_millis, run.run_seconds) = (None, None);
        assert_eq!((timing(&run, now).queued, timing(&run, now).run), (Some(60_000), Some(600_000)));
        (run.queued_millis, run.run_seconds) = (Some(45_000), Some(590));
        assert_eq!((timing(&run, now).queued, timing(&run, now).run), (Some(45_000), Some(590_000)));
        run.status = "QUEUED".into();
        (run.started, run.ended, run.queued_millis) = (None, None, None);
        assert_eq!((timing(&run, now).queued, timing(&run, now).run), (Some(3_600_000), None));
        // Clocks that disagree give no negative time.
        (run.created, run.started) = (at("2026-11-21T05:02:00Z"), at("2026-11-21T05:01:00Z"));
        assert_eq!(timing(&run, now).queued, Some(0));
    }
}

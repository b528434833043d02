//! What happened to a run, in order.

use crate::state::state_of;
use contract::{
    Timestamp,
    jobs::{JobMoment, State, facts::RunFact},
};

/// When it was created, began, went on to do something else and ended, as far as its engine says.
pub fn moments(run: &RunFact) -> Vec<JobMoment> {
    let state = state_of(run);
    let plain = |at: Option<Timestamp>, what: &str| {
        at.map(|at| JobMoment { at, what: what.to_owned(), text: None, failure: false })
    };
    // What never started waited all the time.
    let waits = run.started.is_none() && matches!(state, State::Queued);
    let mut all: Vec<JobMoment> = Vec::new();
    all.extend(plain(run.created, if waits { "created, and queued since" } else { "created" }));
    let started = match run.attempt.filter(|attempt| *attempt > 1) {
        Some(attempt) => format!("attempt {attempt} started"),
        None => "started".to_owned(),
    };
    all.extend(plain(run.started, &started));
    all.extend(run.transitions.iter().map(|one| JobMoment {
        at: one.at,
        what: one.status.clone(),
        text: one.message.clone(),
        failure: one.status == "Failed",
    }));
    all.extend(run.ended.filter(|_| state.is_over()).map(|at| JobMoment {
        at,
        what: format!("ended: {}", state.word()),
        text: run.reason.clone().filter(|_| state.is_failure()),
        failure: state.is_failure(),
    }));
    // Stable: what happened at one time stays in this order.
    all.sort_by_key(|moment| moment.at);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use contract::jobs::facts::Transition;

    fn told(run: &RunFact) -> Vec<String> {
        let line = |one: &JobMoment| {
            let clock = one.at.strftime("%H:%M").to_string();
            let text = one.text.as_deref().map(|text| format!(" ({text})")).unwrap_or_default();
            format!("{clock} {}{text}{}", one.what, if one.failure { " !" } else { "" })
        };
        moments(run).iter().map(line).collect()
    }

    #[test]
    fn what_sagemaker_did_stands_between_start_and_end() {
        let mut run = sample::training();
        run.reason = Some("AlgorithmError: ExitCode 137".into());
        let transition = |at: &str, status: &str, message: &str| Transition {
            at: format!("2026-11-21T{at}:00Z").parse().unwrap(),
            status: status.into(),
            message: Some(message.into()).filter(|message: &String| !message.is_empty()),
        };
        run.transitions = vec![
            transition("05:00", "Starting", "Preparing the instances"),
            transition("05:02", "Downloading", ""),
            transition("05:11", "Failed", "Training job failed"),
        ];
        assert_eq!(
            told(&run),
            [
                "05:00 created",
                "05:00 Starting (Preparing the instances)",
                "05:01 started",
                "05:02 Downloading",
                "05:11 Failed (Training job failed) !",
                "05:11 ended: failed (AlgorithmError: ExitCode 137) !",
            ]
        );
    }

    #[test]
    fn what_waits_or_goes_on_has_no_end() {
        let mut run = sample::serverless();
        assert_eq!(told(&run), ["05:00 created", "05:01 started", "05:11 ended: succeeded"]);
        run.attempt = Some(2);
        (run.status, run.ended) = ("RUNNING".into(), None);
        assert_eq!(told(&run), ["05:00 created", "05:01 attempt 2 started"]);
        (run.status, run.started) = ("QUEUED".into(), None);
        assert_eq!(told(&run), ["05:00 created, and queued since"]);
    }
}

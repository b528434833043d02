//! What can be done with a run, and what its end means for each engine.
//!
//! Pages: EMR `API_CancelSteps` and "Cancel steps when you submit work to an Amazon EMR cluster", EMR Serverless and EMR on
//! EKS `API_CancelJobRun`, Glue `BatchStopJobRun`, SageMaker `API_StopTrainingJob` and its like.

use crate::state::state_of;
use contract::{
    executions::Verdict,
    jobs::{Engine, JobId, JobOffers, SageMakerKind, State, facts::RunFact},
};

/// What its engine and its state allow.
pub fn offers(run: &RunFact) -> JobOffers {
    let state = state_of(run);
    let engine = run.id.engine();
    let verb = match engine {
        Engine::Emr | Engine::EmrServerless | Engine::EmrEks => "Cancel",
        Engine::Glue | Engine::Lambda | Engine::SageMaker => "Stop",
    };
    JobOffers {
        again: verdict(no_again(&run.id)),
        stop_title: format!("{verb} {}", run.id.noun()),
        stop: verdict(no_stop(&run.id, &state)),
        stop_means: means(&run.id, &state).to_owned(),
        can_force: matches!(run.id, JobId::Step { .. }) && state == State::Running,
    }
}

fn verdict(why_not: Option<String>) -> Verdict {
    Verdict { ok: why_not.is_none(), reasons: why_not.into_iter().collect() }
}

fn no_again(id: &JobId) -> Option<String> {
    match id {
        JobId::Cluster { .. } => Some(
            "A cluster is made again where it is defined: its networks, keys and sizes are not read here.".into(),
        ),
        JobId::Lambda { .. } => Some(
            "Lambda keeps no event of an invocation, so there is nothing to invoke the function with again: who sent the \
             event sends it again."
                .into(),
        ),
        JobId::SageMaker { kind, .. } => Some(format!(
            "A {} is started again where it is defined: its networks, keys and limits are not read here, and its name \
             can be used once.",
            kind.word()
        )),
        _ => None,
    }
}

fn no_stop(id: &JobId, state: &State) -> Option<String> {
    match id {
        JobId::Cluster { .. } => {
            return Some("A cluster is ended where it is defined: all its steps end with it.".into());
        }
        JobId::Lambda { .. } => return Some("An invocation ends by itself, at its timeout at the latest.".into()),
        JobId::SageMaker { kind: SageMakerKind::Tuning, .. } => {
            return Some("A tuning job is stopped where it is defined: all its training jobs end with it.".into());
        }
        _ => {}
    }
    match state {
        State::Cancelling => Some("It is being ended already.".into()),
        state if state.is_over() => Some(format!("It is {} already.", state.word())),
        _ => None,
    }
}

fn means(id: &JobId, state: &State) -> &'static str {
    match id {
        JobId::Step { .. } if *state == State::Queued => {
            "It waits and is taken off the list: nothing of it has run. The steps behind it go on."
        }
        JobId::Step { .. } => {
            "EMR 5.28 and later end a step that runs, earlier ones only a step that waits. Its process on the primary node \
             is ended; an application that it left to YARN may go on, and so does the cluster. EMR takes the request \
             without a promise."
        }
        JobId::Serverless { .. } => "Its workers are given back. What it wrote stays as it is.",
        JobId::Eks { .. } => "Its pods are ended. What it wrote stays as it is.",
        JobId::Glue { .. } => "Its workers are given back; a job bookmark stays where the last good run left it.",
        JobId::Cluster { .. } | JobId::Lambda { .. } => "",
        JobId::SageMaker { kind: SageMakerKind::Training, .. } => {
            "The algorithm is told to end and has 120 seconds to save its model."
        }
        JobId::SageMaker { kind: SageMakerKind::Transform, .. } => "What it computed so far is not stored.",
        JobId::SageMaker { .. } => "Its container is told to end. What it uploaded stays as it is.",
    }
}

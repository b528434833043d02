//! What the service says of a run, and what its files are, in the shapes that triage reads.

use ::jobs::{parameters::parameters, state::state_of};
use ::logs::refs::Attempts;
use ::triage::{Fact, Facts, Role, Source};
use contract::jobs::{Engine, JobId, LogFileRow, LogRole, LogStreamKind, State, facts::RunFact};

pub(super) fn facts(run: &RunFact) -> Facts {
    let state = match state_of(run) {
        State::Succeeded => "SUCCEEDED".to_owned(),
        State::Failed => "FAILED".to_owned(),
        State::TimedOut => "TIMED_OUT".to_owned(),
        _ => run.status.clone(),
    };
    let field = match run.id.engine() {
        Engine::Emr if matches!(run.id, JobId::Cluster { .. }) => "StateChangeReason",
        Engine::Emr => "FailureDetails",
        Engine::EmrServerless | Engine::EmrEks => "stateDetails",
        Engine::Glue => "ErrorMessage",
        Engine::Lambda => "errorMessage",
        Engine::SageMaker => "FailureReason",
    };
    let told = [(field, &run.reason), ("detail of the state", &run.secondary)];
    let texts = told.into_iter().filter_map(|(name, text)| {
        let text = text.as_ref().filter(|text| !text.trim().is_empty())?;
        Some(Fact { name: name.to_owned(), text: text.clone() })
    });
    let told = parameters(&run.request);
    let settings = told.settings.into_iter().chain(told.other).filter(|setting| setting.effective && !setting.secret);
    // As the API names it, in minutes.
    let limit = run.request.timeout_minutes.filter(|_| run.id.engine() == Engine::Glue);
    let limit = limit.map(|minutes| ("Timeout".to_owned(), minutes.to_string()));
    Facts {
        engine: Some(engine(&run.id).to_owned()),
        state: Some(state),
        exit_code: None,
        texts: texts.collect(),
        config: settings.map(|setting| (setting.key, setting.value)).chain(limit).collect(),
    }
}

/// As triage calls engines.
fn engine(id: &JobId) -> &'static str {
    match id.engine() {
        Engine::Emr => "emr-ec2",
        other => other.code(),
    }
}

pub(super) fn source(id: &JobId, row: &LogFileRow, links: &Attempts) -> Source {
    let in_container = row.container.as_deref().and_then(|container| links.in_container(container));
    let role = match row.role {
        LogRole::Driver if id.engine() == Engine::Glue => Role::Glue,
        LogRole::Driver => Role::Driver,
        LogRole::Executor => {
            let number = row.executor.clone().or_else(|| in_container.map(|(number, _)| number.to_string()));
            Role::Executor { id: number }
        }
        LogRole::Step if row.stream == LogStreamKind::Controller => Role::Controller,
        LogRole::Step | LogRole::Submitter => Role::Step,
        LogRole::Bootstrap => Role::Bootstrap,
        LogRole::Node if row.address.contains("resourcemanager") => Role::ResourceManager,
        LogRole::Node if row.address.contains("nodemanager") => Role::NodeManager,
        LogRole::Node if row.address.contains("instance-state") => Role::InstanceState,
        LogRole::Function => Role::Lambda,
        LogRole::Algorithm => Role::SageMaker,
        _ => Role::Other,
    };
    let host = in_container.and_then(|(_, executor)| executor.host.clone()).or_else(|| row.node.clone());
    Source { role, host, container: row.container.clone(), attempt: row.attempt, engine: Some(engine(id).to_owned()) }
}

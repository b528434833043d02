//! Running again: whether it is possible and wise, and an edited input.

use super::{detail::same_input, follow::Seen, lock, permissions, safety};
use crate::{Desk, EngineError};
use ::executions::{
    compare::diff_lines,
    preflight::{self, Facts, Permissions, Way},
};
use aws::{
    Session,
    executions::{
        machines,
        runs::{self, Of},
    },
};
use contract::executions::{
    CheckInput, CheckRerun, DefinitionProblem, InputCheck, InputField, MachineKind, Recommend, Rerun, StateKind,
    StateRow, StateStatus, Status, Verdict,
};
use futures_util::{StreamExt, stream};
use std::{collections::HashSet, sync::Arc};

/// Inputs read at once; the pacer decides how fast.
const AT_ONCE: usize = 6;
/// Past inputs that the shape is learned from.
const PAST_INPUTS: usize = 8;
/// Running executions whose input is looked at.
const RUNNING_LOOKED_AT: usize = 12;

impl Desk {
    pub async fn check_rerun(&self, request: &CheckRerun) -> Result<Rerun, EngineError> {
        let followed = self.follow(&request.arn).await?;
        followed.whole().await;
        let seen = followed.known();
        let session = &followed.session;
        let (around, safety, permissions) = tokio::join!(
            self.around(session, &seen),
            safety::look(session, &seen),
            permissions::look(session, &seen, Way::Both)
        );
        let Around { same_input_running, machine_status, targets, past_inputs, children_expired } = around;
        let facts = Facts {
            same_input_running,
            machine_status,
            children_expired,
            wrote: safety.wrote,
            still_running_jobs: safety.running,
            permissions,
            ..facts_of(&seen)
        };
        let preflight = preflight::preflight(&facts, session.now());
        let taken: HashSet<String> = HashSet::from([seen.fact.name.clone()]);
        let inputs: Vec<&str> = past_inputs.iter().map(String::as_str).collect();
        let running = seen.row.status == Status::Running;
        let mut notices = preflight.notices;
        notices.extend(safety.notices);
        Ok(Rerun {
            redrive: verdict(preflight.redrive),
            start: verdict(preflight.start),
            stop: Verdict {
                ok: running,
                reasons: if running { Vec::new() } else { vec!["It does not run any more.".to_owned()] },
            },
            recommend: match preflight.recommend {
                preflight::Recommend::Redrive => Recommend::Redrive,
                preflight::Recommend::StartAgain => Recommend::StartAgain,
                preflight::Recommend::Neither => Recommend::Neither,
            },
            why: if seen.row.status == Status::Succeeded && seen.events().is_empty() {
                "It ended as SUCCEEDED. Without its history it cannot be told whether a Catch hid a failure.".to_owned()
            } else {
                preflight.why
            },
            safety: notices,
            name: preflight::propose_name(&seen.fact.name, session.now(), &|name| taken.contains(name)),
            targets,
            shape: preflight::input_shape(&inputs).into_iter().map(field).collect(),
        })
    }

    /// What surrounds an execution. What cannot be read is left out: it is advice, not a permit.
    async fn around(&self, session: &Session, seen: &Seen) -> Around {
        let machine = &seen.fact.machine;
        if seen.kind == MachineKind::Express {
            let now = self.machine(session, machine).await.ok();
            return Around { machine_status: now.and_then(|now| now.status.clone()), ..Around::default() };
        }
        let (now, running, versions, past) = tokio::join!(
            self.machine(session, machine),
            runs::page(session, Of::Machine(machine), Some("RUNNING"), 50, None),
            machines::versions(session, machine),
            self.past_inputs(session, machine),
        );
        let mut same_input_running = Vec::new();
        if let Ok((items, _)) = running {
            for item in items.iter().filter(|item| item.arn != seen.fact.arn).take(RUNNING_LOOKED_AT) {
                if let Ok(fact) = runs::describe(session, &item.arn).await
                    && same_input(fact.input.as_deref(), seen.fact.input.as_deref())
                {
                    same_input_running.push(fact.name);
                }
            }
        }
        let mut expired = None;
        for run in &seen.map_runs {
            if let Ok((items, _)) = runs::page(session, Of::MapRun(&run.fact.arn), Some("FAILED"), 1_000, None).await {
                let gone = items.iter().filter(|item| {
                    item.stopped.is_some_and(|stopped| session.now().duration_since(stopped).as_hours() >= 14 * 24)
                });
                expired = Some(expired.unwrap_or(0) + gone.count() as u64);
            }
        }
        Around {
            same_input_running,
            machine_status: now.ok().and_then(|now| now.status.clone()),
            targets: versions.unwrap_or_default(),
            past_inputs: past,
            children_expired: expired,
        }
    }

    async fn past_inputs(&self, session: &Session, machine: &str) -> Vec<String> {
        let Ok((items, _)) = runs::page(session, Of::Machine(machine), Some("SUCCEEDED"), 20, None).await else {
            return Vec::new();
        };
        let mut asking = Vec::new();
        for item in items.iter().take(PAST_INPUTS) {
            asking.push(runs::describe(session, &item.arn));
        }
        stream::iter(asking)
            .buffered(AT_ONCE)
            .filter_map(|fact| async move { fact.ok().and_then(|fact| fact.input) })
            .collect()
            .await
    }

    pub async fn check_input(&self, request: &CheckInput) -> Result<InputCheck, EngineError> {
        let followed = self.follow(&request.arn).await?;
        let seen = followed.known();
        if let Err(problem) = preflight::check_input(&request.input) {
            return Ok(InputCheck {
                problem: Some(DefinitionProblem {
                    message: problem.message,
                    line: u32::try_from(problem.line).unwrap_or(1),
                    column: u32::try_from(problem.column).unwrap_or(1),
                }),
                notices: Vec::new(),
                diff: Vec::new(),
            });
        }
        let past = self.past_inputs_once(&followed.session, &seen.fact.machine).await;
        let inputs: Vec<&str> = past.iter().map(String::as_str).collect();
        let shape = preflight::input_shape(&inputs);
        let original = seen.fact.input.as_deref().unwrap_or("{}");
        let diff = if same_input(Some(original), Some(&request.input)) {
            Vec::new()
        } else {
            diff_lines(original, &request.input)
        };
        Ok(InputCheck { problem: None, notices: preflight::check_against(&shape, &request.input), diff })
    }

    /// Read once for a machine while its input is edited.
    async fn past_inputs_once(&self, session: &Session, machine: &str) -> Arc<Vec<String>> {
        let key = format!("{} {machine}", session.profile());
        let known = lock(&self.inner.executions.inputs).get(&key).cloned();
        if let Some(known) = known {
            return known;
        }
        let read = Arc::new(self.past_inputs(session, machine).await);
        // None may be that they could not be read just now.
        if !read.is_empty() {
            lock(&self.inner.executions.inputs).insert(key, Arc::clone(&read));
        }
        read
    }
}

#[derive(Default)]
struct Around {
    same_input_running: Vec<String>,
    machine_status: Option<String>,
    targets: Vec<contract::executions::VersionName>,
    past_inputs: Vec<String>,
    children_expired: Option<u64>,
}

pub(super) fn facts_of(seen: &Seen) -> Facts<'_> {
    let failure = seen.history.first_failure();
    let ended_in_fail = failure
        .filter(|failure| failure.ended_in_kind == Some(StateKind::Fail))
        .and_then(|failure| failure.ended_in.clone());
    let own_fail =
        failure.filter(|failure| failure.kind == Some(StateKind::Fail)).and_then(|failure| failure.state.clone());
    Facts {
        fact: &seen.fact,
        kind: seen.kind,
        status: seen.row.status,
        definition_then: seen.definition.as_deref(),
        definition_changed: seen.definition_changed,
        events: seen.last_event(),
        failed_states: unsuccessful(seen),
        kept_states: seen.complete.then(|| seen.history.states.iter().filter(|row| is_kept(row)).count() as u64),
        fail_state: ended_in_fail.or(own_fail),
        handler: failure.and_then(|failure| failure.handler.clone()),
        map_runs: &seen.map_run_facts,
        children_expired: None,
        clusters_gone: Vec::new(),
        same_input_running: Vec::new(),
        still_running_jobs: Vec::new(),
        wrote: Vec::new(),
        permissions: Permissions::default(),
        machine_status: None,
    }
}

/// The states that a redrive begins at.
pub(super) fn unsuccessful(seen: &Seen) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for row in seen.history.states.iter().filter(|row| !is_kept(row)) {
        if !names.contains(&row.name) {
            names.push(row.name.clone());
        }
    }
    names
}

/// A redrive keeps what was exited.
fn is_kept(row: &StateRow) -> bool {
    matches!(row.status, StateStatus::Succeeded | StateStatus::Caught)
}

fn verdict(verdict: preflight::Verdict) -> Verdict {
    Verdict { ok: verdict.ok, reasons: verdict.reasons }
}

fn field(field: preflight::ShapeField) -> InputField {
    InputField {
        path: field.path,
        kinds: field.kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" or "),
        seen: field.seen,
        of: field.of,
        example: field.examples.into_iter().next().unwrap_or_default(),
    }
}

//! Running again: whether it is possible and wise, and the plans of redrive, start and stop.

use super::{detail::same_input, follow::Seen, last_part, lock, machine_name, safety};
use crate::{Desk, EngineError, restore::Planned};
use ::executions::{
    compare::diff_lines,
    preflight::{self, Facts, Preflight},
};
use aws::{
    AwsError, Session,
    executions::{
        machines,
        runs::{self, Of},
    },
};
use contract::{
    Notice,
    executions::{
        CheckInput, CheckRerun, DefinitionProblem, InputCheck, InputField, MachineKind, PlanRedrive, PlanStart,
        PlanStop, Recommend, Rerun, StateKind, StateRow, StateStatus, Status, Verdict, facts::ExecutionFact,
    },
    plan::{
        Action, Confirm, ExecutionAction, Permission, Place, Plan, RefusedItem, Risk, Scope, Seen as PlanSeen, Step,
    },
    session::Environment,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

/// Executions of one plan at most.
const MOST: usize = 1_000;
/// Executions examined at once; the pacer decides how fast.
const AT_ONCE: usize = 6;
/// Past inputs that the shape is learned from.
const PAST_INPUTS: usize = 8;
/// Running executions whose input is looked at.
const RUNNING_LOOKED_AT: usize = 12;

/// What a plan needs to know of one execution.
struct Examined {
    fact: ExecutionFact,
    preflight: Preflight,
    /// What a redrive does, in words.
    redrive_text: String,
}

impl Desk {
    pub async fn check_rerun(&self, request: &CheckRerun) -> Result<Rerun, EngineError> {
        let followed = self.follow(&request.arn).await?;
        followed.whole().await;
        let seen = followed.known();
        let session = &followed.session;
        let (around, safety) = tokio::join!(self.around(session, &seen), safety::look(session, &seen));
        let Around { same_input_running, machine_status, targets, past_inputs, children_expired } = around;
        let facts =
            Facts { same_input_running, machine_status, children_expired, wrote: safety.wrote, ..facts_of(&seen) };
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
        lock(&self.inner.executions.inputs).insert(key, Arc::clone(&read));
        read
    }

    pub async fn plan_redrive(&self, request: &PlanRedrive) -> Result<Plan, EngineError> {
        let (session, examined) = self.examine_all(&request.executions).await?;
        let mut draft = Draft::default();
        for (arn, one) in request.executions.iter().zip(examined) {
            let one = match one {
                Ok(one) => one,
                Err(why) => {
                    draft.refuse(last_part(arn), why);
                    continue;
                }
            };
            if !one.preflight.redrive.ok {
                draft.refuse(&one.fact.name, one.preflight.redrive.reasons.join(" "));
                continue;
            }
            if one.preflight.recommend == preflight::Recommend::StartAgain {
                draft.notices.push(Notice::warning(format!("{}: {}", one.fact.name, one.preflight.why)));
            }
            draft.cli.push(preflight::redrive_command(arn, Some(session.profile()), aws::executions::region_of(arn)));
            draft.steps.push(Step {
                key: one.fact.name.clone(),
                action: Action::Execution(ExecutionAction::Redrive {
                    execution: arn.clone(),
                    token: token(arn, one.fact.redrive_count),
                }),
                seen: PlanSeen::Execution {
                    status: Status::from_api(&one.fact.status),
                    redrives: one.fact.redrive_count,
                },
                text: one.redrive_text,
                why: "the same execution goes on, with the definition and input that it had".into(),
            });
        }
        draft.action = "states:RedriveExecution";
        self.finish_plan(session, &request.executions, ("Redrive execution", "Redrive"), draft).await
    }

    pub async fn plan_start(&self, request: &PlanStart) -> Result<Plan, EngineError> {
        let several = request.executions.len() > 1;
        if several && (request.target.is_some() || request.input.is_some() || request.name.is_some()) {
            return Err(EngineError::BadInput(
                "An edited input, a version and a name are for one execution at a time.".into(),
            ));
        }
        if let Some(name) = &request.name {
            preflight::check_name(name).map_err(EngineError::BadInput)?;
        }
        if let Some(input) = &request.input {
            preflight::check_input(input).map_err(|problem| {
                EngineError::BadInput(format!("{} Line {}, column {}.", problem.message, problem.line, problem.column))
            })?;
        }
        let (session, examined) = self.examine_all(&request.executions).await?;
        let mut draft = Draft::default();
        let mut names: HashSet<String> = HashSet::new();
        for (arn, one) in request.executions.iter().zip(examined) {
            let one = match one {
                Ok(one) => one,
                Err(why) => {
                    draft.refuse(last_part(arn), why);
                    continue;
                }
            };
            if !one.preflight.start.ok {
                draft.refuse(&one.fact.name, one.preflight.start.reasons.join(" "));
                continue;
            }
            let Some(input) = request.input.clone().or_else(|| one.fact.input.clone()) else {
                draft.refuse(&one.fact.name, "Its input cannot be read any more.".into());
                continue;
            };
            if !several {
                draft.notices.extend(one.preflight.notices.iter().cloned());
            }
            let name = match &request.name {
                Some(name) => name.clone(),
                None => preflight::propose_name(&one.fact.name, session.now(), &|name| names.contains(name)),
            };
            names.insert(name.clone());
            let machine = request.target.clone().unwrap_or_else(|| one.fact.machine.clone());
            let region = aws::executions::region_of(arn);
            let command = preflight::start_command(&machine, &name, &input, Some(session.profile()), region);
            draft.cli.extend(command.note.map(|note| format!("# {note}")));
            draft.cli.push(command.line);
            let edited =
                request.input.as_deref().is_some_and(|input| !same_input(Some(input), one.fact.input.as_deref()));
            let with = if edited { "an edited input" } else { "the same input" };
            let on = request
                .target
                .as_deref()
                .map_or("the latest definition".to_owned(), |target| format!(":{}", last_part(target)));
            draft.steps.push(Step {
                key: one.fact.name.clone(),
                action: Action::Execution(ExecutionAction::Start { machine, name: name.clone(), input }),
                seen: PlanSeen::Nothing,
                text: format!("starts {name} on {on} with {with}"),
                why: "a new execution from the first state; the old one stays as it is".into(),
            });
        }
        draft.action = "states:StartExecution";
        self.finish_plan(session, &request.executions, ("Start execution again", "Start"), draft).await
    }

    pub async fn plan_stop(&self, request: &PlanStop) -> Result<Plan, EngineError> {
        let session = self.session()?;
        check_count(&request.executions)?;
        let mut draft = Draft { action: "states:StopExecution", ..Draft::default() };
        let mut asking = Vec::new();
        for arn in &request.executions {
            asking.push(runs::describe(&session, arn));
        }
        let facts: Vec<_> = stream::iter(asking).buffered(AT_ONCE).collect().await;
        for (arn, fact) in request.executions.iter().zip(facts) {
            let fact = match fact {
                Ok(fact) => fact,
                Err(error) => {
                    draft.refuse(last_part(arn), error.to_string());
                    continue;
                }
            };
            if fact.status != "RUNNING" {
                draft.refuse(&fact.name, format!("It is {} already.", Status::from_api(&fact.status).word()));
                continue;
            }
            let (error, cause) = (request.error.clone(), request.cause.clone());
            draft.cli.push(preflight::stop_command(
                arn,
                error.as_deref().unwrap_or_default(),
                cause.as_deref().unwrap_or_default(),
                Some(session.profile()),
                aws::executions::region_of(arn),
            ));
            draft.steps.push(Step {
                key: fact.name.clone(),
                action: Action::Execution(ExecutionAction::Stop { execution: arn.clone(), error, cause }),
                seen: PlanSeen::Execution { status: Status::Running, redrives: fact.redrive_count },
                text: format!("stops {}, which runs since {}", fact.name, fact.started.strftime("%d %b %H:%M:%S UTC")),
                why: "it ends as aborted and can be redriven for 14 days; what it started goes on".into(),
            });
        }
        self.finish_plan(session, &request.executions, ("Stop execution", "Stop"), draft).await
    }

    /// Examines executions for a plan, in their order. One that cannot be read is words.
    async fn examine_all(&self, arns: &[String]) -> Result<(Session, Vec<Result<Examined, String>>), EngineError> {
        check_count(arns)?;
        let session = self.session()?;
        let mut asking = Vec::with_capacity(arns.len());
        for arn in arns {
            asking.push(self.examine(&session, arn));
        }
        let examined: Result<Vec<_>, AwsError> = stream::iter(asking).buffered(AT_ONCE).try_collect().await;
        let examined = examined.map_err(Self::failed(&session))?;
        Ok((session, examined))
    }

    /// One execution by three calls: what it is, how it ended, and its machine.
    async fn examine(&self, session: &Session, arn: &str) -> Result<Result<Examined, String>, AwsError> {
        let fact = match runs::describe(session, arn).await {
            Ok(fact) => fact,
            Err(error @ (AwsError::SignIn { .. } | AwsError::Unreachable { .. })) => return Err(error),
            Err(error) => return Ok(Err(error.to_string())),
        };
        let machine = self.machine(session, &fact.machine).await.ok();
        // The newest events hold what a redrive would begin at; the number of the last is the size of the history.
        let mut events = match runs::history_page(session, arn, true, 200, None).await {
            Ok((events, _)) => events,
            Err(error @ (AwsError::SignIn { .. } | AwsError::Unreachable { .. })) => return Err(error),
            Err(_) => Vec::new(),
        };
        events.reverse();
        let mut seen = Seen::of(fact, machine.as_deref().cloned(), events, session.now());
        seen.definition_changed = None;
        let facts =
            Facts { machine_status: machine.as_ref().and_then(|machine| machine.status.clone()), ..facts_of(&seen) };
        let preflight = preflight::preflight(&facts, session.now());
        let redrive_text = redrive_text(&seen, &facts);
        Ok(Ok(Examined { fact: seen.fact, preflight, redrive_text }))
    }

    async fn finish_plan(
        &self,
        session: Session,
        executions: &[String],
        (one, verb): (&str, &str),
        draft: Draft,
    ) -> Result<Plan, EngineError> {
        let Draft { steps, refused, mut notices, cli, action } = draft;
        let identity = session.identity().await.map_err(Self::failed(&session))?;
        let environment = session.guard().environment();
        let first = executions.first().map(String::as_str).unwrap_or_default();
        let machines: BTreeSet<&str> = executions.iter().map(|arn| machine_name(arn)).collect();
        let machine = match machines.len() {
            1 => machine_name(first).to_owned(),
            count => format!("{count} state machines"),
        };
        if steps.is_empty() {
            let why = match refused.as_slice() {
                [only] => only.why.clone(),
                _ => "None of the executions can be run; each says why.".to_owned(),
            };
            notices.push(Notice::refusal(why));
        }
        notices.sort_by_key(|notice| std::cmp::Reverse(notice.severity));
        let title = if let [arn] = executions {
            format!("{one} {}", last_part(arn))
        } else {
            let again = if verb == "Start" { " again" } else { "" };
            format!("{verb} {} executions{again}", steps.len())
        };
        let plan = Plan {
            id: self.inner.plans.next_id(),
            title,
            name: if machines.len() == 1 { machine.clone() } else { format!("{} executions", steps.len()) },
            place: Place {
                account: identity.account,
                profile: session.profile().to_owned(),
                region: aws::executions::region_of(first).unwrap_or_else(|| session.region()).to_owned(),
                environment,
                scope: Scope::Machine { machine },
            },
            made: session.now(),
            risk: Risk::High,
            confirm: if environment == Environment::Production { Confirm::TypeName } else { Confirm::Dialog },
            permissions: permissions(action, &steps),
            steps,
            refused,
            bytes: 0,
            fidelity: Vec::new(),
            effects: Vec::new(),
            notices,
            cli,
            undoes: None,
        };
        self.inner.plans.keep(Planned { plan: plan.clone(), session });
        Ok(plan)
    }
}

/// A plan before what follows from its steps is added.
#[derive(Default)]
struct Draft {
    steps: Vec<Step>,
    refused: Vec<RefusedItem>,
    notices: Vec<Notice>,
    cli: Vec<String>,
    action: &'static str,
}

impl Draft {
    fn refuse(&mut self, name: &str, why: String) {
        self.refused.push(RefusedItem { name: name.to_owned(), why });
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

fn check_count(executions: &[String]) -> Result<(), EngineError> {
    match executions.len() {
        0 => Err(EngineError::BadInput("No execution is selected.".into())),
        count if count > MOST => {
            Err(EngineError::BadInput(format!("{count} executions are too many for one plan; {MOST} is the most.")))
        }
        _ => Ok(()),
    }
}

/// The same for the same redrive of the same execution, whoever asks: two windows cannot redrive it twice.
fn token(execution: &str, redrives: u64) -> String {
    let name: String = last_part(execution).chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    format!("{name}-{redrives}")
}

fn facts_of(seen: &Seen) -> Facts<'_> {
    let failure = seen.history.first_failure();
    let ended_in_fail = failure
        .filter(|failure| failure.ended_in_kind == Some(StateKind::Fail))
        .and_then(|failure| failure.ended_in.clone());
    let own_fail =
        failure.filter(|failure| failure.kind == Some(StateKind::Fail)).and_then(|failure| failure.state.clone());
    let mut unsuccessful: Vec<String> = Vec::new();
    for row in seen.history.states.iter().filter(|row| !is_kept(row)) {
        if !unsuccessful.contains(&row.name) {
            unsuccessful.push(row.name.clone());
        }
    }
    Facts {
        fact: &seen.fact,
        kind: seen.kind,
        status: seen.row.status,
        definition_then: seen.definition.as_deref(),
        definition_changed: seen.definition_changed,
        events: seen.last_event(),
        failed_states: unsuccessful,
        kept_states: seen.complete.then(|| seen.history.states.iter().filter(|row| is_kept(row)).count() as u64),
        fail_state: ended_in_fail.or(own_fail),
        handler: failure.and_then(|failure| failure.handler.clone()),
        map_runs: &seen.map_run_facts,
        children_expired: None,
        clusters_gone: Vec::new(),
        same_input_running: Vec::new(),
        still_running_jobs: Vec::new(),
        wrote: Vec::new(),
        caller_denied: None,
        role_denied: None,
        machine_status: None,
    }
}

/// A redrive keeps what was exited.
fn is_kept(row: &StateRow) -> bool {
    matches!(row.status, StateStatus::Succeeded | StateStatus::Caught)
}

fn redrive_text(seen: &Seen, facts: &Facts<'_>) -> String {
    let error = seen.history.first_failure().map(|failure| failure.error.as_str());
    let mut words = preflight::behaviour(seen.definition.as_deref(), &facts.failed_states, facts.kept_states, error);
    words.truncate(3);
    if words.is_empty() { "redrives it from the states that did not succeed".to_owned() } else { words.join(" ") }
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

fn permissions(action: &str, steps: &[Step]) -> Vec<Permission> {
    let mut resources = BTreeSet::new();
    for step in steps {
        if let Action::Execution(action) = &step.action {
            match action {
                ExecutionAction::Start { machine, .. } => resources.insert(machine.clone()),
                ExecutionAction::Redrive { execution, .. } | ExecutionAction::Stop { execution, .. } => {
                    let parts: Vec<&str> = execution.split(':').take(7).collect();
                    resources.insert(format!("{}:*", parts.join(":")))
                }
            };
        }
    }
    let mut needs = Vec::new();
    for resource in resources {
        for action in [action, "states:DescribeExecution"] {
            needs.push(Permission { action: action.to_owned(), resource: resource.clone(), missing: false });
        }
    }
    needs
}

//! The plans of redrive, start and stop, for one execution or many.

use super::{
    detail::same_input,
    follow::Seen,
    last_part, machine_name, permissions,
    rerun::facts_of,
    safety::{self, Safety},
};
use crate::{Desk, EngineError, plans::Planned};
use ::executions::preflight::{self, Facts, Permissions, Preflight, Way, Who};
use aws::{AwsError, Session, executions::runs};
use contract::{
    Notice,
    executions::{PlanRedrive, PlanStart, PlanStop, Status, facts::ExecutionFact},
    plan::{
        Action, Confirm, ExecutionAction, Permission, Place, Plan, RefusedItem, Risk, Scope, Seen as PlanSeen, Step,
    },
    session::Environment,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeSet, HashSet};

/// Executions of one plan at most.
const MOST: usize = 1_000;
/// Executions examined at once; the pacer decides how fast.
const AT_ONCE: usize = 6;

/// What a plan needs to know of one execution.
struct Examined {
    fact: ExecutionFact,
    preflight: Preflight,
    permissions: Permissions,
    /// What a redrive does, in words.
    redrive_text: String,
    /// Why nothing is known of where it failed.
    unread: Option<Notice>,
}

impl Desk {
    pub async fn plan_redrive(&self, request: &PlanRedrive) -> Result<Plan, EngineError> {
        let several = request.executions.len() > 1;
        let (session, examined) = self.examine_all(&request.executions, Way::Redrive).await?;
        let mut draft = Draft::default();
        for (arn, one) in request.executions.iter().zip(examined) {
            let one = match one {
                Ok(one) => one,
                Err(why) => {
                    draft.refuse(last_part(arn), why);
                    continue;
                }
            };
            draft.permissions(&one.permissions, several);
            draft.notices.extend(one.unread.clone());
            if !one.preflight.redrive.ok {
                draft.refuse(&one.fact.name, one.preflight.redrive.reasons.join(" "));
                continue;
            }
            if !several {
                draft.notices.extend(one.preflight.notices.iter().cloned());
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
        let (session, examined) = self.examine_all(&request.executions, Way::Start).await?;
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
            draft.permissions(&one.permissions, several);
            draft.notices.extend(one.unread.clone());
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

    /// Examines executions for a plan, in their order. One that cannot be read is words. Permissions are those of a machine, so
    /// the first execution of each answers for all.
    async fn examine_all(
        &self,
        arns: &[String],
        way: Way,
    ) -> Result<(Session, Vec<Result<Examined, String>>), EngineError> {
        check_count(arns)?;
        let session = self.session()?;
        let mut asking = Vec::with_capacity(arns.len());
        let mut machines = HashSet::new();
        for arn in arns {
            let way = machines.insert(machine_name(arn)).then_some(way);
            asking.push(self.examine(&session, arn, way, arns.len() == 1));
        }
        let examined: Result<Vec<_>, AwsError> = stream::iter(asking).buffered(AT_ONCE).try_collect().await;
        let examined = examined.map_err(Self::failed(&session))?;
        Ok((session, examined))
    }

    /// One execution by three calls: what it is, how it ended, and its machine. One that is alone in its plan is also asked
    /// for what it wrote and what of it still runs; with a `way`, who may go it is looked at too.
    async fn examine(
        &self,
        session: &Session,
        arn: &str,
        way: Option<Way>,
        alone: bool,
    ) -> Result<Result<Examined, String>, AwsError> {
        let fact = match runs::describe(session, arn).await {
            Ok(fact) => fact,
            Err(error @ (AwsError::SignIn { .. } | AwsError::Unreachable { .. })) => return Err(error),
            Err(error) => return Ok(Err(error.to_string())),
        };
        let machine = self.machine(session, &fact.machine).await.ok();
        // The newest events hold what a redrive would begin at; the number of the last is the size of the history.
        let (mut events, unread) = match runs::history_page(session, arn, true, 200, None).await {
            Ok((events, _)) => (events, None),
            Err(error @ (AwsError::SignIn { .. } | AwsError::Unreachable { .. })) => return Err(error),
            Err(error) => (Vec::new(), Some(unread(&fact.name, &error))),
        };
        events.reverse();
        let mut seen = Seen::of(fact, machine.as_deref().cloned(), events, session.now());
        seen.definition_changed = None;
        let (safety, permissions) =
            tokio::join!(async { if alone { safety::look(session, &seen).await } else { Safety::default() } }, async {
                match way {
                    Some(way) => permissions::look(session, &seen, way).await,
                    None => Permissions::default(),
                }
            });
        let facts = Facts {
            machine_status: machine.as_ref().and_then(|machine| machine.status.clone()),
            wrote: safety.wrote,
            still_running_jobs: safety.running,
            permissions: permissions.clone(),
            ..facts_of(&seen)
        };
        let mut preflight = preflight::preflight(&facts, session.now());
        preflight.notices.extend(safety.notices);
        let redrive_text = redrive_text(&seen, &facts);
        Ok(Ok(Examined { fact: seen.fact, preflight, permissions, redrive_text, unread }))
    }

    async fn finish_plan(
        &self,
        session: Session,
        executions: &[String],
        (one, verb): (&str, &str),
        draft: Draft,
    ) -> Result<Plan, EngineError> {
        let Draft { steps, refused, mut notices, cli, lacking, action } = draft;
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
            permissions: needed(action, &lacking, &steps),
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
    /// What simulation denies to the caller, with machines: `states:RedriveExecution` of `orders-backfill`.
    lacking: BTreeSet<(String, String)>,
    action: &'static str,
}

impl Draft {
    fn refuse(&mut self, name: &str, why: String) {
        self.refused.push(RefusedItem { name: name.to_owned(), why });
    }

    /// Of one execution alone they are among the notices of its preflight.
    fn permissions(&mut self, permissions: &Permissions, several: bool) {
        if several {
            self.notices.extend(permissions.notices());
        }
        let of_caller = permissions.denied.iter().filter(|denied| denied.who == Who::Caller);
        self.lacking.extend(of_caller.map(|denied| (denied.action.clone(), machine_name(&denied.resource).to_owned())));
    }
}

fn unread(name: &str, error: &AwsError) -> Notice {
    Notice::warning(format!(
        "{name}: its history could not be read, so where it failed, and what a redrive would begin at, is not known: {error}."
    ))
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

fn redrive_text(seen: &Seen, facts: &Facts<'_>) -> String {
    let error = seen.history.first_failure().map(|failure| failure.error.as_str());
    let mut words = preflight::behaviour(seen.definition.as_deref(), &facts.failed_states, facts.kept_states, error);
    words.truncate(3);
    if words.is_empty() { "redrives it from the states that did not succeed".to_owned() } else { words.join("; ") }
}

fn needed(action: &str, lacking: &BTreeSet<(String, String)>, steps: &[Step]) -> Vec<Permission> {
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
            let missing = lacking.contains(&(action.to_owned(), machine_name(&resource).to_owned()));
            needs.push(Permission { action: action.to_owned(), resource: resource.clone(), missing });
        }
    }
    needs
}

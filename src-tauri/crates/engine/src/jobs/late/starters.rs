//! What starts a job that has no clock of its own: the rules and schedules of the state machine that ran it last, and
//! schedules that call its engine by themselves.

use crate::{Desk, executions::machine_name};
use ::jobs::absent::starts;
use aws::{
    Session,
    executions::{
        clock::{self, Schedule},
        region_of,
    },
    jobs::Described,
};
use contract::{
    executions::facts::StartRule,
    facts::{Known, Missing},
    jobs::{
        absence::{AbsenceFacts, StarterFact},
        facts::RunFact,
    },
};
use tokio::sync::OnceCell;

/// Rules and schedules of a region, read once for all jobs that are late, if any is.
pub(super) type Clocks = OnceCell<Starts>;

#[derive(Debug)]
pub(super) struct Starts {
    rules: Known<Vec<StartRule>>,
    schedules: Known<Vec<Schedule>>,
}

/// Fills in what starts a job where nothing is known so far, by its newest run.
pub(super) async fn learn(desk: &Desk, session: &Session, clocks: &Clocks, last: &Described, facts: &mut AbsenceFacts) {
    if facts.starters.as_ref().is_ok_and(|starters| !starters.is_empty()) {
        return;
    }
    let execution = desk.execution_of(session, last).await;
    let execution = execution.filter(|arn| region_of(arn) == Some(session.region()));
    let starts = clocks.get_or_init(|| Starts::read(session)).await;
    if let Some(found) = starts.of(&last.run, execution.as_deref().map(machine_name)) {
        facts.starters = found;
    }
}

impl Starts {
    async fn read(session: &Session) -> Self {
        let region = session.region();
        let (rules, schedules) = tokio::join!(
            clock::rules(session, region, clock::is_machine),
            clock::schedules_with_input(session, region, |arn| clock::is_machine(arn) || clock::is_call(arn)),
        );
        Self {
            rules: rules.map_err(|error| error.missing(clock::LIST_RULES)),
            schedules: schedules.map_err(|error| error.missing(clock::LIST_SCHEDULES)),
        }
    }

    /// What starts the job of a run, or what kept it from being known; `None` when this says nothing of it. `machine` is the
    /// state machine that ran it.
    fn of(&self, run: &RunFact, machine: Option<&str>) -> Option<Known<Vec<StarterFact>>> {
        let is_its = |rule: &StartRule| {
            clock::is_machine(&rule.target) && machine.is_some_and(|machine| machine == machine_name(&rule.target))
        };
        let calls_it = |schedule: &Schedule| {
            schedule.input.as_deref().is_some_and(|input| starts(&schedule.rule.target, input, run))
        };
        let rules = self.rules.iter().flatten().filter(|rule| is_its(rule));
        let schedules = self.schedules.iter().flatten();
        let schedules = schedules.filter(|one| is_its(&one.rule) || calls_it(one)).map(|one| &one.rule);
        let found: Vec<StarterFact> = rules.chain(schedules).map(starter).collect();
        if !found.is_empty() {
            return Some(Ok(found));
        }
        let of_machine = self.rules.as_ref().err().filter(|_| machine.is_some());
        if let Some(missing) = of_machine.or_else(|| self.schedules.as_ref().err()) {
            return Some(Err(missing.clone()));
        }
        let machine = machine?;
        Some(Err(Missing {
            action: "states:StartExecution".to_owned(),
            denied: false,
            reason: format!("state machine {machine} ran it last, and no rule or schedule is known that starts that"),
        }))
    }
}

/// A rule or schedule that names the job still; whether it fired is asked by a closer look.
pub(super) fn starter(rule: &StartRule) -> StarterFact {
    StarterFact {
        name: rule.name.clone(),
        enabled: rule.enabled,
        reaches: true,
        fired: None,
        failed: 0,
        unread: None,
        due: None,
        asked: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::{JobId, facts::Driver};

    fn run() -> RunFact {
        let id = JobId::Serverless { application: "00f".into(), run: "00r".into(), attempt: None };
        RunFact { name: Some("features".into()), ..RunFact::bare(id, "SUCCESS", Driver::SageMaker(Box::default())) }
    }

    fn rule(name: &str, enabled: bool, target: &str) -> StartRule {
        StartRule {
            name: name.into(),
            expression: Some("cron(0 4 * * ? *)".into()),
            pattern: None,
            zone: None,
            enabled,
            target: target.into(),
        }
    }

    const MACHINE: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:nightly";
    const CALL: &str = "arn:aws:scheduler:::aws-sdk:emrserverless:startJobRun";

    fn told(starts: &Starts, machine: Option<&str>) -> Vec<(String, bool)> {
        let found = starts.of(&run(), machine).and_then(Result::ok).unwrap_or_default();
        found.into_iter().map(|starter| (starter.name, starter.enabled)).collect()
    }

    #[test]
    fn the_clock_of_the_machine_that_ran_it_starts_it() {
        let starts = Starts {
            rules: Ok(vec![rule("rule nightly", false, MACHINE), rule("rule other", true, &format!("{MACHINE}-2"))]),
            schedules: Ok(Vec::new()),
        };
        assert_eq!(told(&starts, Some("nightly")), [("rule nightly".to_owned(), false)]);
        assert_eq!(starts.of(&run(), None), None, "nobody knows who ran it");
        let why = starts.of(&run(), Some("gone")).and_then(Result::err).map(|missing| missing.reason);
        assert!(why.is_some_and(|why| why.starts_with("state machine gone ran it last")));
    }

    #[test]
    fn a_schedule_starts_what_its_input_names() {
        let schedule = |name: &str, job: &str| Schedule {
            rule: rule(name, true, CALL),
            input: Some(format!(r#"{{"ApplicationId": "00f", "Name": "{job}"}}"#)),
        };
        let all = vec![schedule("schedule default/own", "features"), schedule("schedule default/other", "labels")];
        let starts = Starts { rules: Ok(Vec::new()), schedules: Ok(all) };
        assert_eq!(told(&starts, None), [("schedule default/own".to_owned(), true)]);
    }

    #[test]
    fn what_may_not_be_read_is_said() {
        let denied = |action: &str| Missing { action: action.into(), denied: true, reason: String::new() };
        let starts =
            Starts { rules: Err(denied("events:ListRules")), schedules: Err(denied("scheduler:ListSchedules")) };
        let action = |machine| starts.of(&run(), machine).and_then(Result::err).map(|missing| missing.action);
        assert_eq!(action(Some("nightly")).as_deref(), Some("events:ListRules"));
        assert_eq!(action(None).as_deref(), Some("scheduler:ListSchedules"));
    }
}

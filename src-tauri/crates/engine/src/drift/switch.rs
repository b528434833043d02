//! The plans to switch a monitoring schedule on again, and off.

use super::key;
use crate::{
    Desk, EngineError,
    jobs::masked,
    models::{Single, command_scope},
};
use ::models::command;
use aws::{Session, models::monitors};
use contract::{
    Notice,
    models::{PlanScheduleStart, PlanScheduleStop, facts::ScheduleFact},
    plan::{Action, MonitorAction, Plan, Scope, Seen, Step},
};

/// What differs between on and off.
struct Switch {
    verb: &'static str,
    need: &'static str,
    action: MonitorAction,
    /// The status that it can be switched in.
    from: &'static str,
    text: String,
    why: &'static str,
}

impl Desk {
    pub async fn plan_schedule_start(&self, request: &PlanScheduleStart) -> Result<Plan, EngineError> {
        let session = self.session()?;
        let fact = schedule(&session, &request.schedule).await?;
        let rhythm = fact.expression.as_deref().map_or_else(String::new, |rhythm| format!(", at {rhythm}"));
        let switch = Switch {
            verb: "Start",
            need: "sagemaker:StartMonitoringSchedule",
            action: MonitorAction::Start { schedule: request.schedule.clone() },
            from: "Stopped",
            text: format!("lets the schedule run again{rhythm}"),
            why: "the hours that it was stopped are not made up for; each run is a job that costs money",
        };
        let mut notices = Vec::new();
        if let Some(reason) = &fact.reason {
            notices.push(Notice::warning(format!("The schedule says: {}", masked(reason))));
        }
        self.plan_switch(session, &fact, switch, notices).await
    }

    pub async fn plan_schedule_stop(&self, request: &PlanScheduleStop) -> Result<Plan, EngineError> {
        let session = self.session()?;
        let fact = schedule(&session, &request.schedule).await?;
        let watched = fact.summary.endpoint.as_deref();
        let watched = watched.map_or_else(String::new, |endpoint| format!(" of endpoint {endpoint}"));
        let switch = Switch {
            verb: "Stop",
            need: "sagemaker:StopMonitoringSchedule",
            action: MonitorAction::Stop { schedule: request.schedule.clone() },
            from: "Scheduled",
            text: "stops the schedule; a run that is on its way goes on".into(),
            why: "it can be started again at any time",
        };
        let notices = vec![Notice::warning(format!("From then on nothing is measured{watched} by this schedule."))];
        self.plan_switch(session, &fact, switch, notices).await
    }

    async fn plan_switch(
        &self,
        session: Session,
        fact: &ScheduleFact,
        switch: Switch,
        mut notices: Vec<Notice>,
    ) -> Result<Plan, EngineError> {
        let (name, status) = (fact.summary.name.clone(), fact.summary.status.clone());
        if status != switch.from {
            let (verb, from) = (switch.verb.to_lowercase(), switch.from);
            notices.push(Notice::refusal(format!(
                "The service lets one {verb} a schedule that is {from}; this one is {status}."
            )));
        }
        let parts = Single {
            title: format!("{} {name}", switch.verb),
            name: name.clone(),
            scope: Scope::Monitor { schedule: name.clone() },
            need: (switch.need, fact.summary.arn.clone()),
            cli: command::monitor(&switch.action, command_scope(&session)),
            step: Step {
                key: name,
                action: Action::Monitor(switch.action),
                seen: Seen::Run { word: status },
                text: switch.text,
                why: switch.why.to_owned(),
            },
            notices,
        };
        Box::pin(self.finish_single(session, parts)).await
    }

    /// What is asked for next of a schedule is read anew: it was written.
    pub(crate) fn forget_schedule(&self, session: &Session, name: &str) {
        self.inner.drift.schedules.forget(&key(session, name));
        self.inner.drift.tried.forget(&key(session, name));
        self.inner.drift.models.forget(&key(session, ""));
    }
}

/// As it is now: a write is made of it.
pub(super) async fn schedule(session: &Session, name: &str) -> Result<ScheduleFact, EngineError> {
    Box::pin(monitors::schedule(session, name)).await.map_err(Desk::failed(session))
}

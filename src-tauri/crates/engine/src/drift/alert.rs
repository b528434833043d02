//! The plan to change when an alert of a monitoring schedule is raised.

use super::switch::schedule;
use crate::{
    Desk, EngineError,
    models::{Single, command_scope},
};
use ::models::command;
use aws::models::monitors;
use contract::{
    Notice,
    models::PlanAlertChange,
    plan::{Action, MonitorAction, Plan, Scope, Seen, Step},
};

impl Desk {
    pub async fn plan_alert_change(&self, request: &PlanAlertChange) -> Result<Plan, EngineError> {
        let (failing, of) = request.numbers().map_err(EngineError::BadInput)?;
        let session = self.session()?;
        let fact = schedule(&session, &request.schedule).await?;
        // As it is now: a write is made of it.
        let alerts = Box::pin(monitors::alerts(&session, &request.schedule)).await.map_err(Self::failed(&session))?;
        let Some(alert) = alerts.into_iter().find(|alert| alert.name == request.alert) else {
            return Err(EngineError::NotFound(format!("{} has no alert {}.", request.schedule, request.alert)));
        };
        let (was, will) = (when(alert.failing, alert.of), when(failing.into(), of.into()));
        let mut notices = Vec::new();
        if (alert.failing, alert.of) == (u32::from(failing), u32::from(of)) {
            notices.push(Notice::refusal(format!("It is raised when {was} already.")));
        }
        if alert.is_raised {
            notices.push(Notice::info("It is raised now. By other numbers that may be over, or go on."));
        }
        let action =
            MonitorAction::Alert { schedule: request.schedule.clone(), alert: alert.name.clone(), failing, of };
        let parts = Single {
            title: format!("Change alert {}", alert.name),
            name: alert.name.clone(),
            scope: Scope::Monitor { schedule: request.schedule.clone() },
            need: ("sagemaker:UpdateMonitoringAlert", fact.summary.arn),
            cli: command::monitor(&action, command_scope(&session)),
            step: Step {
                key: alert.name,
                action: Action::Monitor(action),
                seen: Seen::Alert { failing: alert.failing, of: alert.of },
                text: format!("raises the alert when {will}; until now when {was}"),
                why: "runs go on as before, and it can be changed back at any time".to_owned(),
            },
            notices,
        };
        Box::pin(self.finish_single(session, parts)).await
    }
}

/// `2 of the last 6 runs fail`.
fn when(failing: u32, of: u32) -> String {
    match (failing, of) {
        (1, 1) => "the last run fails".to_owned(),
        (1, of) => format!("1 of the last {of} runs fails"),
        (failing, of) => format!("{failing} of the last {of} runs fail"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_an_alert_is_raised_is_a_sentence() {
        assert_eq!(when(1, 1), "the last run fails");
        assert_eq!(when(1, 6), "1 of the last 6 runs fails");
        assert_eq!(when(6, 6), "6 of the last 6 runs fail");
    }
}

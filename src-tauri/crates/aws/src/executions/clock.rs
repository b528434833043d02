//! What starts machines and functions by the clock or by events: rules of EventBridge and schedules of its Scheduler.

use crate::{AwsError, Call, Session};
use contract::executions::facts::StartRule;

const LIST_RULES: Call = Call::new("ListRules", "events:ListRules");
const LIST_TARGETS: Call = Call::new("ListTargetsByRule", "events:ListTargetsByRule");
const LIST_SCHEDULES: Call = Call::new("ListSchedules", "scheduler:ListSchedules");
const GET_SCHEDULE: Call = Call::new("GetSchedule", "scheduler:GetSchedule");

/// Whether a target is a state machine.
pub fn is_machine(arn: &str) -> bool {
    arn.contains(":states:") && arn.contains(":stateMachine:")
}

/// Whether a target is a function of Lambda.
pub fn is_function(arn: &str) -> bool {
    arn.contains(":lambda:") && arn.contains(":function:")
}

/// Rules of the default bus that have such targets, enabled or not.
pub async fn rules(session: &Session, region: &str, is: fn(&str) -> bool) -> Result<Vec<StartRule>, AwsError> {
    let client = session.events_in(region);
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let page = client
            .list_rules()
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(LIST_RULES, error))?;
        for rule in page.rules() {
            let Some(name) = rule.name() else { continue };
            let targets = client
                .list_targets_by_rule()
                .rule(name)
                .send()
                .await
                .map_err(|error| AwsError::from_sdk(LIST_TARGETS, error))?;
            for target in targets.targets().iter().filter(|target| is(target.arn())) {
                found.push(StartRule {
                    name: format!("rule {name}"),
                    expression: rule.schedule_expression().filter(|text| !text.is_empty()).map(str::to_owned),
                    zone: None,
                    enabled: rule.state().is_some_and(|state| state.as_str().starts_with("ENABLED")),
                    target: target.arn().to_owned(),
                });
            }
        }
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(found);
        }
    }
}

/// Schedules that have such a target, enabled or not.
pub async fn schedules(session: &Session, region: &str, is: fn(&str) -> bool) -> Result<Vec<StartRule>, AwsError> {
    let client = session.scheduler_in(region);
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let page = client
            .list_schedules()
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(LIST_SCHEDULES, error))?;
        for schedule in page.schedules() {
            let Some(name) = schedule.name() else { continue };
            let Some(target) = schedule.target().map(|target| target.arn()).filter(|arn| is(arn)) else {
                continue;
            };
            // The list does not say when.
            let detail = client
                .get_schedule()
                .name(name)
                .set_group_name(schedule.group_name().map(str::to_owned))
                .send()
                .await
                .map_err(|error| AwsError::from_sdk(GET_SCHEDULE, error))?;
            found.push(StartRule {
                name: format!("schedule {}/{name}", schedule.group_name().unwrap_or("default")),
                expression: detail.schedule_expression().map(str::to_owned),
                zone: detail.schedule_expression_timezone().map(str::to_owned),
                enabled: detail.state().is_none_or(|state| state.as_str() == "ENABLED"),
                target: target.to_owned(),
            });
        }
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(found);
        }
    }
}

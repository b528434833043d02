//! What starts machines, functions and jobs by the clock or by events: rules of EventBridge and schedules of its Scheduler.

use crate::{AwsError, Call, Session};
use contract::executions::facts::StartRule;

pub const LIST_RULES: Call = Call::new("ListRules", "events:ListRules");
const LIST_TARGETS: Call = Call::new("ListTargetsByRule", "events:ListTargetsByRule");
pub const LIST_SCHEDULES: Call = Call::new("ListSchedules", "scheduler:ListSchedules");
const GET_SCHEDULE: Call = Call::new("GetSchedule", "scheduler:GetSchedule");

/// Whether a target is a state machine.
pub fn is_machine(arn: &str) -> bool {
    arn.contains(":states:") && arn.contains(":stateMachine:")
}

/// Whether a target is a function of Lambda.
pub fn is_function(arn: &str) -> bool {
    arn.contains(":lambda:") && arn.contains(":function:")
}

/// Engines whose jobs a schedule may start by a call of their API.
const ENGINES: [&str; 5] = ["glue", "emrserverless", "emrcontainers", "emr", "sagemaker"];

/// Whether a target is a call of an engine's API: `arn:aws:scheduler:::aws-sdk:glue:startJobRun`.
pub fn is_call(arn: &str) -> bool {
    let call = arn.split_once(":scheduler:::aws-sdk:").map(|(_, call)| call);
    let service = call.and_then(|call| call.split_once(':')).map(|(service, _)| service);
    service.is_some_and(|service| ENGINES.iter().any(|engine| engine.eq_ignore_ascii_case(service)))
}

/// A schedule, and the JSON that it gives to its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub rule: StartRule,
    pub input: Option<String>,
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
                    pattern: rule.event_pattern().filter(|text| !text.is_empty()).map(str::to_owned),
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
    Ok(schedules_with_input(session, region, is).await?.into_iter().map(|schedule| schedule.rule).collect())
}

/// The same with what they give to their targets, which may hold secrets.
pub async fn schedules_with_input(
    session: &Session,
    region: &str,
    is: fn(&str) -> bool,
) -> Result<Vec<Schedule>, AwsError> {
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
            let rule = StartRule {
                name: format!("schedule {}/{name}", schedule.group_name().unwrap_or("default")),
                expression: detail.schedule_expression().map(str::to_owned),
                pattern: None,
                zone: detail.schedule_expression_timezone().map(str::to_owned),
                enabled: detail.state().is_none_or(|state| state.as_str() == "ENABLED"),
                target: target.to_owned(),
            };
            let input = detail.target().and_then(|target| target.input()).map(str::to_owned);
            found.push(Schedule { rule, input });
        }
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_may_call_an_engine_by_itself() {
        let calls = ["glue:startJobRun", "emrserverless:startJobRun", "sqs:sendMessage", "glue"];
        let told = calls.map(|call| is_call(&format!("arn:aws:scheduler:::aws-sdk:{call}")));
        assert_eq!(told, [true, true, false, false]);
        assert!(!is_call("arn:aws:states:eu-west-1:123456789012:stateMachine:glue"));
    }
}

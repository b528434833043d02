//! EventBridge: the rules on the default bus that could hear of a thing.

use crate::{AwsError, Call, Session};
use aws_sdk_eventbridge::Client;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use contract::facts::{EventRule, Known, Missing};
use std::error::Error;

const LIST_RULES: Call = Call::new("ListRules", "events:ListRules");
const LIST_TARGETS: Call = Call::new("ListTargetsByRule", "events:ListTargetsByRule");
const TEST_PATTERN: Call = Call::new("TestEventPattern", "events:TestEventPattern");

/// All enabled rules of the default bus in `region` whose pattern names `aws.s3` or no source at all, with their
/// targets. Whether a pattern really matches is for the pure side to say.
pub async fn rules(session: &Session, region: &str) -> Known<Vec<EventRule>> {
    let client = session.events_in(region);
    let mut rules = Vec::new();
    for (name, pattern) in enabled(&client).await? {
        if pattern.contains("\"source\"") && !pattern.contains("aws.s3") {
            continue;
        }
        let targets = targets(&client, &name).await?;
        rules.push(EventRule { name, pattern, targets });
    }
    Ok(rules)
}

/// The enabled rules of the default bus in `region` that an event sets off, with their targets, as EventBridge itself
/// judges it. `event` is JSON, whole: `id`, `detail-type`, `source`, `account`, `time`, `region`, `resources` and
/// `detail`; `source` is its source once more.
pub async fn matching(session: &Session, region: &str, source: &str, event: &str) -> Known<Vec<EventRule>> {
    let client = session.events_in(region);
    let mut rules = Vec::new();
    for (name, pattern) in enabled(&client).await? {
        if is_of_others(&pattern, source) {
            continue;
        }
        let tested = client.test_event_pattern().event_pattern(&pattern).event(event).send().await;
        if tested.map_err(|error| missing(TEST_PATTERN, error))?.result() {
            let targets = targets(&client, &name).await?;
            rules.push(EventRule { name, pattern, targets });
        }
    }
    Ok(rules)
}

/// The enabled rules of the default bus in `region` that may hear of a source, with their targets: for many events of
/// it, which [`hearing`] asks about one by one.
pub async fn listening(session: &Session, region: &str, source: &str) -> Known<Vec<EventRule>> {
    let client = session.events_in(region);
    let mut rules = Vec::new();
    for (name, pattern) in enabled(&client).await? {
        if !is_of_others(&pattern, source) {
            let targets = targets(&client, &name).await?;
            rules.push(EventRule { name, pattern, targets });
        }
    }
    Ok(rules)
}

/// Those of the rules that an event sets off, as EventBridge itself judges it; `event` as in [`matching`].
pub async fn hearing(session: &Session, region: &str, rules: &[EventRule], event: &str) -> Known<Vec<EventRule>> {
    let client = session.events_in(region);
    let mut found = Vec::new();
    for rule in rules {
        let tested = client.test_event_pattern().event_pattern(&rule.pattern).event(event).send().await;
        if tested.map_err(|error| missing(TEST_PATTERN, error))?.result() {
            found.push(rule.clone());
        }
    }
    Ok(found)
}

/// Whether every `source` of a pattern is a plain list without this one, so that asking would be in vain. In doubt it
/// is not.
fn is_of_others(pattern: &str, source: &str) -> bool {
    // Alternatives, and names or values that are written with escapes.
    if pattern.contains("\"$or\"") || pattern.contains('\\') {
        return false;
    }
    let quoted = format!("\"{source}\"");
    let mut lists = pattern
        .split("\"source\"")
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix(':'))
        .map(|rest| rest.split(']').next().unwrap_or(rest))
        .peekable();
    lists.peek().is_some() && lists.all(|list| !list.contains('{') && !list.contains(&quoted))
}

/// Name and pattern of the enabled rules that wait for events.
async fn enabled(client: &Client) -> Known<Vec<(String, String)>> {
    let mut rules = Vec::new();
    let mut token = None;
    loop {
        let sent = client.list_rules().set_next_token(token).send().await;
        let page = sent.map_err(|error| missing(LIST_RULES, error))?;
        for rule in page.rules() {
            let (Some(name), Some(pattern)) = (rule.name(), rule.event_pattern()) else { continue };
            if rule.state().is_some_and(|state| state.as_str().starts_with("ENABLED")) {
                rules.push((name.to_owned(), pattern.to_owned()));
            }
        }
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(rules);
        }
    }
}

/// ARNs. A rule has five targets at most, so one page holds them.
async fn targets(client: &Client, rule: &str) -> Known<Vec<String>> {
    let sent = client.list_targets_by_rule().rule(rule).send().await;
    let page = sent.map_err(|error| missing(LIST_TARGETS, error))?;
    Ok(page.targets().iter().map(|target| target.arn().to_owned()).collect())
}

fn missing<E>(call: Call, error: SdkError<E, HttpResponse>) -> Missing
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    AwsError::from_sdk(call, error).missing(call)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    #[test]
    fn only_a_rule_that_surely_waits_for_others_is_passed_over() {
        for (pattern, others) in [
            (r#"{"source": ["aws.s3"]}"#, true),
            (r#"{"source":["aws.ec2", "aws.s3"], "detail": {"source": ["x"]}}"#, true),
            (r#"{"source": ["aws.s3", "aws.sagemaker"]}"#, false),
            (r#"{"source": [{"prefix": "aws."}]}"#, false),
            (r#"{"source": [{"anything-but": ["aws.s3"]}]}"#, false),
            (r#"{"detail-type": ["source"]}"#, false),
            (r#"{"account": ["123456789012"]}"#, false),
            (r#"{"$or": [{"source": ["aws.s3"]}, {"detail-type": ["x"]}]}"#, false),
            (r#"{"source": ["aws.sage\u006daker"]}"#, false),
        ] {
            assert_eq!(is_of_others(pattern, "aws.sagemaker"), others, "{pattern}");
        }
    }

    #[tokio::test]
    async fn the_service_judges_patterns_and_rules_that_are_off_are_left_out() {
        let wire = Wire::start(|call, body| match call {
            "AWSEvents.ListRules" => Reply::json(
                r#"{"Rules": [
                  {"Name": "deploy", "State": "ENABLED", "EventPattern": "{\"source\": [\"aws.sagemaker\"]}"},
                  {"Name": "off", "State": "DISABLED", "EventPattern": "{\"source\": [\"aws.sagemaker\"]}"},
                  {"Name": "buckets", "State": "ENABLED", "EventPattern": "{\"source\": [\"aws.s3\"]}"},
                  {"Name": "rejected", "State": "ENABLED", "EventPattern": "{\"detail\": {\"ModelApprovalStatus\": [\"Rejected\"]}}"},
                  {"Name": "clock", "State": "ENABLED", "ScheduleExpression": "rate(1 day)"}
                ]}"#,
            ),
            "AWSEvents.TestEventPattern" if body.contains("Rejected") => Reply::json(r#"{"Result": false}"#),
            "AWSEvents.TestEventPattern" => Reply::json(r#"{"Result": true}"#),
            _ => Reply::json(r#"{"Targets": [{"Id": "1", "Arn": "arn:pipeline"}]}"#),
        });
        let found = matching(&wire.session, "eu-west-1", "aws.sagemaker", "{}").await.unwrap();
        let [rule] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((rule.name.as_str(), rule.targets.as_slice()), ("deploy", &["arn:pipeline".to_owned()][..]));
        let tested = wire.seen().iter().filter(|(call, _)| call == "AWSEvents.TestEventPattern").count();
        assert_eq!(tested, 2, "of the rules that are on, but for the one that waits for another source");
    }

    #[tokio::test]
    async fn rules_are_listed_once_for_many_events() {
        let wire = Wire::start(|call, body| match call {
            "AWSEvents.ListRules" => Reply::json(
                r#"{"Rules": [
                  {"Name": "deploy", "State": "ENABLED", "EventPattern": "{\"source\": [\"aws.sagemaker\"]}"},
                  {"Name": "buckets", "State": "ENABLED", "EventPattern": "{\"source\": [\"aws.s3\"]}"}
                ]}"#,
            ),
            "AWSEvents.TestEventPattern" if body.contains("Rejected") => Reply::json(r#"{"Result": false}"#),
            "AWSEvents.TestEventPattern" => Reply::json(r#"{"Result": true}"#),
            _ => Reply::json(r#"{"Targets": [{"Id": "1", "Arn": "arn:pipeline"}]}"#),
        });
        let rules = listening(&wire.session, "eu-west-1", "aws.sagemaker").await.unwrap();
        assert_eq!(rules.len(), 1);
        for (event, heard) in [("Approved", 1), ("Rejected", 0)] {
            assert_eq!(hearing(&wire.session, "eu-west-1", &rules, event).await.unwrap().len(), heard);
        }
        let listed = wire.seen().iter().filter(|(call, _)| call.contains("List")).count();
        assert_eq!(listed, 2, "the rules, and the targets of one");
    }

    #[tokio::test]
    async fn a_refusal_names_the_call_that_was_refused() {
        let wire = Wire::start(|call, _| match call {
            "AWSEvents.ListRules" => Reply::json(
                r#"{"Rules": [{"Name": "all", "State": "ENABLED", "EventPattern": "{\"account\": [\"1\"]}"}]}"#,
            ),
            _ => Reply::fault("AccessDeniedException", "no"),
        });
        let refused = matching(&wire.session, "eu-west-1", "aws.sagemaker", "{}").await.unwrap_err();
        assert_eq!((refused.action.as_str(), refused.denied), ("events:TestEventPattern", true));
    }
}

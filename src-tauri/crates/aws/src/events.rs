//! EventBridge: the rules on the default bus that could hear of a bucket.

use crate::{AwsError, Call, Session};
use contract::facts::{EventRule, Known};

const LIST_RULES: Call = Call::new("ListRules", "events:ListRules");
const LIST_TARGETS: Call = Call::new("ListTargetsByRule", "events:ListTargetsByRule");

/// All enabled rules of the default bus in `region` whose pattern names `aws.s3` or no source at all, with their
/// targets. Whether a pattern really matches is for the pure side to say.
pub async fn rules(session: &Session, region: &str) -> Known<Vec<EventRule>> {
    let client = session.events_in(region);
    let mut rules = Vec::new();
    let mut token = None;
    loop {
        let page = client
            .list_rules()
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(LIST_RULES, error).missing(LIST_RULES))?;
        for rule in page.rules() {
            let (Some(name), Some(pattern)) = (rule.name(), rule.event_pattern()) else { continue };
            let enabled = rule.state().is_some_and(|state| state.as_str().starts_with("ENABLED"));
            if !enabled || (pattern.contains("\"source\"") && !pattern.contains("aws.s3")) {
                continue;
            }
            let targets = client
                .list_targets_by_rule()
                .rule(name)
                .send()
                .await
                .map_err(|error| AwsError::from_sdk(LIST_TARGETS, error).missing(LIST_TARGETS))?;
            rules.push(EventRule {
                name: name.to_owned(),
                pattern: pattern.to_owned(),
                targets: targets.targets().iter().map(|target| target.arn().to_owned()).collect(),
            });
        }
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(rules);
        }
    }
}

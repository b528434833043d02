//! IAM: what a principal may do, by simulation. Nothing is done, and nothing is promised: session policies, resource
//! policies and some policies of an organization are not known to it ("SimulatePrincipalPolicy").

use crate::{AwsError, Call, Session};
use aws_sdk_iam::types::{EvaluationResult, PolicyEvaluationDecisionType as Decision};

const SIMULATE: Call = Call::new("SimulatePrincipalPolicy", "iam:SimulatePrincipalPolicy");
const GET_ROLE: Call = Call::new("GetRole", "iam:GetRole");

/// What simulation says of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    Allowed,
    Denied,
    /// A policy has conditions on what is known only when the call is made.
    Depends,
}

/// The ARN whose policies bind the caller: a user, or the role behind an assumed one. `None` for the root user, whom none
/// binds.
pub async fn caller(session: &Session) -> Result<Option<String>, AwsError> {
    let arn = session.identity().await?.arn;
    if arn.ends_with(":root") {
        return Ok(None);
    }
    let Some((role, name)) = assumed(&arn) else { return Ok(Some(arn)) };
    // The ARN of a session leaves out the path that the role's own has.
    let read = aws_sdk_iam::Client::new(session.config()).get_role().role_name(name).send().await;
    match read.map_err(|error| AwsError::from_sdk(GET_ROLE, error)) {
        Ok(reply) => Ok(Some(reply.role().map_or(role, |role| role.arn().to_owned()))),
        Err(AwsError::Denied { .. }) => Ok(Some(role)),
        Err(error) => Err(error),
    }
}

/// `arn:aws:sts::1:assumed-role/NAME/SESSION` to the ARN of a role without a path, and its name.
fn assumed(arn: &str) -> Option<(String, &str)> {
    let mut parts = arn.splitn(6, ':');
    let (_, partition, _, _, account) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let (name, _) = parts.next()?.strip_prefix("assumed-role/")?.split_once('/')?;
    Some((format!("arn:{partition}:iam::{account}:role/{name}"), name))
}

/// Rulings on `actions`, in their order: an action is allowed when it is on one of the resources.
pub async fn simulate(
    session: &Session,
    principal: &str,
    actions: &[&str],
    resources: &[String],
) -> Result<Vec<Ruling>, AwsError> {
    let client = aws_sdk_iam::Client::new(session.config());
    let mut results = Vec::new();
    let mut marker = None;
    loop {
        let page = client
            .simulate_principal_policy()
            .policy_source_arn(principal)
            .set_action_names(Some(actions.iter().map(|action| (*action).to_owned()).collect()))
            .set_resource_arns(Some(resources.to_vec()))
            .set_marker(marker)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(SIMULATE, error))?;
        results.extend(page.evaluation_results().iter().cloned());
        marker = page.marker().filter(|_| page.is_truncated()).map(str::to_owned);
        if marker.is_none() {
            break;
        }
    }
    Ok(actions.iter().map(|action| ruling(&results, action)).collect())
}

fn ruling(results: &[EvaluationResult], action: &str) -> Ruling {
    let of_action = || results.iter().filter(|result| result.eval_action_name().eq_ignore_ascii_case(action));
    let allowed = of_action().any(|result| {
        let each = result.resource_specific_results().iter().map(|one| one.eval_resource_decision());
        each.chain([result.eval_decision()]).any(|decision| *decision == Decision::Allowed)
    });
    let certain = of_action()
        .any(|result| *result.eval_decision() == Decision::ExplicitDeny || result.missing_context_values().is_empty());
    match (allowed, certain) {
        (true, _) => Ruling::Allowed,
        (false, true) => Ruling::Denied,
        (false, false) => Ruling::Depends,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_behind_a_session_is_named() {
        let (role, name) = assumed("arn:aws-cn:sts::123456789012:assumed-role/oncall/maria@example.com").unwrap();
        assert_eq!((role.as_str(), name), ("arn:aws-cn:iam::123456789012:role/oncall", "oncall"));
        for other in
            ["arn:aws:iam::1:user/reader", "arn:aws:sts::1:federated-user/maria", "arn:aws:iam::1:role/x/y", "", "arn"]
        {
            assert_eq!(assumed(other), None, "{other}");
        }
    }

    fn result(action: &str, resource: &str, decision: Decision, missing: &[&str]) -> EvaluationResult {
        EvaluationResult::builder()
            .eval_action_name(action)
            .eval_resource_name(resource)
            .eval_decision(decision)
            .set_missing_context_values(Some(missing.iter().map(|key| (*key).to_owned()).collect()))
            .build()
            .unwrap()
    }

    #[test]
    fn one_resource_that_is_allowed_is_enough_and_open_conditions_deny_nothing() {
        let results = [
            result("states:StopExecution", "a", Decision::ImplicitDeny, &[]),
            result("states:StopExecution", "b", Decision::Allowed, &[]),
            result("states:DescribeExecution", "a", Decision::ImplicitDeny, &[]),
            result("states:StartExecution", "a", Decision::ImplicitDeny, &["aws:SourceVpc"]),
            result("states:RedriveExecution", "a", Decision::ExplicitDeny, &["aws:SourceVpc"]),
        ];
        assert_eq!(ruling(&results, "states:StopExecution"), Ruling::Allowed);
        assert_eq!(ruling(&results, "states:DescribeExecution"), Ruling::Denied);
        assert_eq!(ruling(&results, "states:StartExecution"), Ruling::Depends);
        assert_eq!(ruling(&results, "states:RedriveExecution"), Ruling::Denied);
        assert_eq!(ruling(&results, "states:ListExecutions"), Ruling::Depends, "which was not answered");
    }
}

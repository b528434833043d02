//! State machines, as they are and as they were for one execution; versions and aliases.

use super::client;
use crate::{AwsError, Call, Session, time::timestamp};
use aws_sdk_sfn::types::{LoggingConfiguration, StateMachineType};
use contract::{
    Timestamp,
    executions::{MachineKind, VersionName, facts::MachineFact},
};

const LIST: Call = Call::new("ListStateMachines", "states:ListStateMachines");
pub const DESCRIBE: Call = Call::new("DescribeStateMachine", "states:DescribeStateMachine");
const FOR_EXECUTION: Call = Call::new("DescribeStateMachineForExecution", "states:DescribeStateMachineForExecution");
const LIST_VERSIONS: Call = Call::new("ListStateMachineVersions", "states:ListStateMachineVersions");
const LIST_ALIASES: Call = Call::new("ListStateMachineAliases", "states:ListStateMachineAliases");
const DESCRIBE_ALIAS: Call = Call::new("DescribeStateMachineAlias", "states:DescribeStateMachineAlias");

/// A machine as `ListStateMachines` gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineItem {
    pub arn: String,
    pub name: String,
    pub kind: MachineKind,
    pub created: Timestamp,
}

fn kind(kind: &StateMachineType) -> MachineKind {
    if kind.as_str() == "EXPRESS" { MachineKind::Express } else { MachineKind::Standard }
}

/// One page of the region's machines and the token of the next.
pub async fn page(
    session: &Session,
    region: &str,
    token: Option<String>,
) -> Result<(Vec<MachineItem>, Option<String>), AwsError> {
    let reply = session
        .sfn_in(region)
        .list_state_machines()
        .max_results(1_000)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST, error))?;
    let machines = reply
        .state_machines()
        .iter()
        .map(|machine| MachineItem {
            arn: machine.state_machine_arn().to_owned(),
            name: machine.name().to_owned(),
            kind: kind(machine.r#type()),
            created: timestamp(machine.creation_date()),
        })
        .collect();
    Ok((machines, reply.next_token().map(str::to_owned)))
}

struct Logging {
    group: Option<String>,
    level: Option<String>,
    data: bool,
}

fn logging(configuration: Option<&LoggingConfiguration>) -> Logging {
    Logging {
        group: configuration
            .and_then(|logging| logging.destinations().first())
            .and_then(|destination| destination.cloud_watch_logs_log_group())
            .and_then(|group| group.log_group_arn())
            .map(|arn| arn.trim_end_matches(":*").to_owned()),
        level: configuration.and_then(|logging| logging.level()).map(|level| level.as_str().to_owned()),
        data: configuration.is_some_and(LoggingConfiguration::include_execution_data),
    }
}

/// A machine as it is now. A version's ARN gives the version.
pub async fn describe(session: &Session, arn: &str) -> Result<MachineFact, AwsError> {
    let reply = client(session, arn)
        .describe_state_machine()
        .state_machine_arn(arn)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE, error))?;
    let logging = logging(reply.logging_configuration());
    Ok(MachineFact {
        arn: reply.state_machine_arn().to_owned(),
        name: reply.name().to_owned(),
        kind: kind(reply.r#type()),
        status: reply.status().map(|status| status.as_str().to_owned()),
        definition: reply.definition().to_owned(),
        role: reply.role_arn().to_owned(),
        revision: reply.revision_id().map(str::to_owned),
        updated: Some(timestamp(reply.creation_date())),
        log_group: logging.group,
        log_level: logging.level,
        logs_data: logging.data,
        description: reply.description().filter(|text| !text.is_empty()).map(str::to_owned),
    })
}

/// The machine as it was for an execution. Standard workflows only; refills one call a second.
pub async fn for_execution(session: &Session, execution: &str) -> Result<MachineFact, AwsError> {
    let reply = client(session, execution)
        .describe_state_machine_for_execution()
        .execution_arn(execution)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(FOR_EXECUTION, error))?;
    let logging = logging(reply.logging_configuration());
    Ok(MachineFact {
        arn: reply.state_machine_arn().to_owned(),
        name: reply.name().to_owned(),
        kind: MachineKind::Standard,
        status: None,
        definition: reply.definition().to_owned(),
        role: reply.role_arn().to_owned(),
        revision: reply.revision_id().map(str::to_owned),
        updated: Some(timestamp(reply.update_date())),
        log_group: logging.group,
        log_level: logging.level,
        logs_data: logging.data,
        description: None,
    })
}

/// Aliases, then versions, newest first.
pub async fn versions(session: &Session, machine: &str) -> Result<Vec<VersionName>, AwsError> {
    let client = client(session, machine);
    let last = |arn: &str| arn.rsplit(':').next().unwrap_or(arn).to_owned();
    let mut names = Vec::new();
    let aliases = client
        .list_state_machine_aliases()
        .state_machine_arn(machine)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_ALIASES, error))?;
    for alias in aliases.state_machine_aliases() {
        let arn = alias.state_machine_alias_arn();
        let detail = client
            .describe_state_machine_alias()
            .state_machine_alias_arn(arn)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(DESCRIBE_ALIAS, error))?;
        let routes: Vec<String> = detail
            .routing_configuration()
            .iter()
            .map(|route| format!("{} ({} %)", last(route.state_machine_version_arn()), route.weight()))
            .collect();
        names.push(VersionName {
            arn: arn.to_owned(),
            name: last(arn),
            text: format!("alias of {}", routes.join(", ")),
        });
    }
    let versions = client
        .list_state_machine_versions()
        .state_machine_arn(machine)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_VERSIONS, error))?;
    names.extend(versions.state_machine_versions().iter().map(|version| {
        let arn = version.state_machine_version_arn();
        VersionName { arn: arn.to_owned(), name: last(arn), text: "version".to_owned() }
    }));
    Ok(names)
}

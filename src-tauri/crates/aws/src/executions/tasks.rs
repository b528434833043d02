//! Amazon ECS: how a task ended, and what its definition says of its logs.

use crate::{AwsError, Call, Session, jobs::text, pace::Api};
use aws_sdk_ecs::types::{Container, ContainerDefinition, LogConfiguration, LogDriver, Task};
use contract::executions::{ContainerEnd, ContainerFact, TaskEnd};

const DESCRIBE_TASKS: Call = Call::new("DescribeTasks", "ecs:DescribeTasks");
const DESCRIBE_DEFINITION: Call = Call::new("DescribeTaskDefinition", "ecs:DescribeTaskDefinition");

/// Options of FireLens that say where it sends. All others stay: some of them are keys of other services.
const FIRELENS: [&str; 11] = [
    "name",
    "@type",
    "region",
    "log_group_name",
    "log_stream_name",
    "log_stream_prefix",
    "delivery_stream",
    "stream",
    "bucket",
    "host",
    "index",
];

/// A task as ECS describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFact {
    /// The ARN of its definition, with the revision.
    pub definition: Option<String>,
    pub end: TaskEnd,
}

/// A task by its ARN. `None` where ECS does not know it: a stopped one is described for an hour. Without a name the
/// cluster is `default`.
pub async fn task(
    session: &Session,
    region: &str,
    cluster: Option<&str>,
    arn: &str,
) -> Result<Option<TaskFact>, AwsError> {
    session.pace(Api::Ecs).await;
    let call = session.ecs_in(region).describe_tasks().set_cluster(cluster.map(str::to_owned)).tasks(arn);
    match call.send().await {
        Ok(reply) => Ok(reply.tasks().first().map(read)),
        Err(error) => match AwsError::from_sdk(DESCRIBE_TASKS, error) {
            // The cluster is gone, and its tasks with it.
            error if error.is_absent() => Ok(None),
            error => Err(error),
        },
    }
}

/// The containers of a task definition: an ARN, `family:revision`, or a family, whose newest revision it is then. Old
/// revisions are described too.
pub async fn containers(session: &Session, region: &str, definition: &str) -> Result<Vec<ContainerFact>, AwsError> {
    session.pace(Api::Ecs).await;
    let reply = session
        .ecs_in(region)
        .describe_task_definition()
        .task_definition(definition)
        .send()
        .await
        .map_err(|error| or_absent(AwsError::from_sdk(DESCRIBE_DEFINITION, error)))?;
    let found = reply.task_definition();
    let found: Option<Vec<ContainerFact>> =
        found.map(|found| found.container_definitions().iter().map(container).collect());
    found
        .ok_or_else(|| AwsError::Unreadable { call: DESCRIBE_DEFINITION, message: "it holds no definition".to_owned() })
}

/// ECS calls a definition that it does not know a fault of the caller, and says what it means in words alone.
fn or_absent(error: AwsError) -> AwsError {
    match error {
        AwsError::Service { call, code, message, request_id, .. }
            if code == "ClientException" && message.contains("Unable to describe task definition") =>
        {
            AwsError::NotFound { call, code, message, request_id }
        }
        other => other,
    }
}

fn read(task: &Task) -> TaskFact {
    TaskFact {
        definition: text(task.task_definition_arn()),
        end: TaskEnd {
            code: task.stop_code().map(|code| code.as_str().to_owned()),
            reason: text(task.stopped_reason()),
            containers: task.containers().iter().filter_map(ended).collect(),
        },
    }
}

fn ended(container: &Container) -> Option<ContainerEnd> {
    Some(ContainerEnd {
        name: text(container.name())?,
        exit_code: container.exit_code(),
        reason: text(container.reason()),
        runtime_id: text(container.runtime_id()),
    })
}

fn container(definition: &ContainerDefinition) -> ContainerFact {
    let logs = definition.log_configuration();
    let option = |name: &str| text(logs?.options()?.get(name).map(String::as_str));
    ContainerFact {
        name: definition.name().unwrap_or_default().to_owned(),
        // What says nothing is essential ("Amazon ECS API Reference, ContainerDefinition").
        essential: definition.essential().unwrap_or(true),
        driver: logs.map(|logs| logs.log_driver().as_str().to_owned()),
        group: option("awslogs-group"),
        prefix: option("awslogs-stream-prefix"),
        region: option("awslogs-region"),
        firelens: logs.map(firelens).unwrap_or_default(),
    }
}

fn firelens(logs: &LogConfiguration) -> Vec<(String, String)> {
    if *logs.log_driver() != LogDriver::Awsfirelens {
        return Vec::new();
    }
    let options = logs.options().into_iter().flatten();
    // Fluent Bit reads names of either case.
    let mut told: Vec<(String, String)> =
        options.map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    told.retain(|(name, _)| FIRELENS.contains(&name.as_str()));
    told.sort();
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    const ARN: &str = "arn:aws:ecs:eu-west-1:123456789012:task/nightly/4f6f1e0f";

    #[tokio::test]
    async fn a_stopped_task_says_how_its_containers_ended() {
        let wire = Wire::start(|_, _| {
            Reply::json(
                r#"{"failures": [], "tasks": [{"taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/nightly/4f6f1e0f",
                  "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/prices:3",
                  "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
                  "stoppedReason": "Essential container in task exited", "stoppedAt": 1763510400.5,
                  "containers": [{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage",
                    "runtimeId": "77ab", "lastStatus": "STOPPED"}, {"name": "side", "exitCode": 0}]}]}"#,
            )
        });
        let found = task(&wire.session, "eu-west-1", Some("nightly"), ARN).await.unwrap().unwrap();
        assert_eq!(found.definition.as_deref(), Some("arn:aws:ecs:eu-west-1:123456789012:task-definition/prices:3"));
        assert_eq!(found.end.code.as_deref(), Some("EssentialContainerExited"));
        let told: Vec<_> = found.end.containers.iter().map(|one| (one.name.as_str(), one.words())).collect();
        let killed = "OutOfMemoryError: Container killed due to memory usage, exit code 137";
        assert_eq!(told, [("app", Some(killed.to_owned())), ("side", Some("exit code 0".to_owned()))]);
        assert_eq!(found.end.containers[0].runtime_id.as_deref(), Some("77ab"));
        let (call, asked) = wire.only();
        assert!(call.ends_with(".DescribeTasks"), "{call}");
        assert!(asked.contains(r#""cluster":"nightly""#) && asked.contains(ARN), "{asked}");
    }

    #[tokio::test]
    async fn a_task_that_is_not_described_any_more_is_none() {
        let missing = r#"{"tasks": [], "failures": [{"arn": "arn:t", "reason": "MISSING"}]}"#;
        let wire = Wire::start(move |_, _| Reply::json(missing));
        assert_eq!(task(&wire.session, "eu-west-1", None, ARN).await.unwrap(), None);
        let wire = Wire::start(|_, _| Reply::fault("ClusterNotFoundException", "Cluster not found."));
        assert_eq!(task(&wire.session, "eu-west-1", Some("gone"), ARN).await.unwrap(), None);
        let wire = Wire::start(|_, _| Reply::fault("AccessDeniedException", "no"));
        let refused = task(&wire.session, "eu-west-1", None, ARN).await.unwrap_err();
        assert!(matches!(&refused, AwsError::Denied { call, .. } if call.action == "ecs:DescribeTasks"), "{refused:?}");
    }

    #[tokio::test]
    async fn a_definition_says_where_its_containers_log() {
        let wire = Wire::start(|_, _| {
            Reply::json(
                r#"{"taskDefinition": {"family": "prices", "revision": 3, "containerDefinitions": [
                  {"name": "app", "essential": true, "logConfiguration": {"logDriver": "awslogs", "options": {
                    "awslogs-group": "/ecs/prices", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "nightly"}}},
                  {"name": "side", "essential": false, "logConfiguration": {"logDriver": "splunk"}},
                  {"name": "bare"},
                  {"name": "audit", "logConfiguration": {"logDriver": "awsfirelens", "options": {"Name": "cloudwatch_logs",
                    "log_group_name": "/ecs/audit", "apikey": "0a1b2c"}}}]}}"#,
            )
        });
        let found = containers(&wire.session, "eu-west-1", "prices:3").await.unwrap();
        let app = ContainerFact {
            name: "app".into(),
            essential: true,
            driver: Some("awslogs".into()),
            group: Some("/ecs/prices".into()),
            prefix: Some("nightly".into()),
            region: Some("eu-west-1".into()),
            firelens: Vec::new(),
        };
        assert_eq!(found[0], app);
        let others: Vec<_> = found[1..].iter().map(|one| (one.driver.as_deref(), one.essential)).collect();
        assert_eq!(others, [(Some("splunk"), false), (None, true), (Some("awsfirelens"), true)]);
        let told: Vec<_> = found[3].firelens.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(told, [("log_group_name", "/ecs/audit"), ("name", "cloudwatch_logs")], "and no key of a service");
        let (call, asked) = wire.only();
        assert!(call.ends_with(".DescribeTaskDefinition") && asked.contains(r#""prices:3""#), "{call} {asked}");
    }
    #[tokio::test]
    async fn a_definition_that_was_deleted_is_absent_and_a_refusal_names_its_permission() {
        let wire = Wire::start(|_, _| Reply::fault("ClientException", "Unable to describe task definition."));
        assert!(containers(&wire.session, "eu-west-1", "gone:1").await.unwrap_err().is_absent());
        let wire = Wire::start(|_, _| Reply::fault("ClientException", "The request is not valid."));
        assert!(!containers(&wire.session, "eu-west-1", "?").await.unwrap_err().is_absent());
        let wire = Wire::start(|_, _| Reply::fault("AccessDeniedException", "no"));
        let refused = containers(&wire.session, "eu-west-1", "prices:3").await.unwrap_err();
        let action = "ecs:DescribeTaskDefinition";
        assert!(matches!(&refused, AwsError::Denied { call, .. } if call.action == action), "{refused:?}");
    }
}

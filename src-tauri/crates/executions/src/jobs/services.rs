//! Which service an event calls, and its name as people know it.

use super::last_part;
use contract::executions::facts::EventDetail;

/// A call without the ways in which Step Functions writes it: `elasticmapreduce`, `addStep`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// The service of the optimised integration, also for the same call through the SDK.
    pub service: String,
    /// Without `.sync`, `.sync:2` and `.waitForTaskToken`.
    pub action: String,
}

pub(crate) fn call_of(scheduled: &EventDetail) -> Option<Call> {
    let resource = scheduled.resource.as_deref().unwrap_or_default();
    match scheduled.resource_type.as_deref().filter(|kind| !kind.is_empty()) {
        Some(kind) => {
            let action = resource.split('.').next().unwrap_or_default();
            Some(Call { service: plain(kind).to_owned(), action: action.to_owned() })
        }
        None if resource.contains(":lambda:") => Some(Call { service: "lambda".into(), action: "invoke".into() }),
        None if resource.contains(":activity:") => Some(Call { service: "activity".into(), action: String::new() }),
        None => None,
    }
}

/// SDK integrations write the service as the SDK for Java does.
fn plain(kind: &str) -> &str {
    match kind.strip_prefix("aws-sdk:").unwrap_or(kind) {
        "emr" | "elasticmapreduce" => "elasticmapreduce",
        "emrserverless" => "emr-serverless",
        "emrcontainers" => "emr-containers",
        "sfn" | "states" => "states",
        "redshiftdata" => "redshift-data",
        "gluedatabrew" | "databrew" => "databrew",
        "eventbridge" | "events" => "events",
        other => other,
    }
}

/// `EMR Serverless` for `emr-serverless`; `Step Functions` when no service is known.
pub(crate) fn service_of(kind: Option<&str>) -> String {
    let Some(kind) = kind.filter(|kind| !kind.is_empty()) else { return "Step Functions".into() };
    if kind.starts_with("arn:") {
        let service = kind.split(':').nth(2).unwrap_or_default();
        return service_of(Some(service).filter(|service| !service.is_empty() && !service.starts_with("arn")));
    }
    let name = match plain(kind) {
        "activity" => "Activity",
        "apigateway" => "API Gateway",
        "athena" => "Athena",
        "batch" => "Batch",
        "bedrock" | "bedrockruntime" => "Bedrock",
        "codebuild" => "CodeBuild",
        "databrew" => "Glue DataBrew",
        "dynamodb" => "DynamoDB",
        "ecs" => "ECS",
        "eks" => "EKS",
        "elasticmapreduce" => "EMR",
        "emr-containers" => "EMR on EKS",
        "emr-serverless" => "EMR Serverless",
        "events" => "EventBridge",
        "glue" => "Glue",
        "http" => "HTTP",
        "lambda" => "Lambda",
        "mediaconvert" => "MediaConvert",
        "redshift-data" => "Redshift Data",
        "s3" => "S3",
        "sagemaker" => "SageMaker",
        "secretsmanager" => "Secrets Manager",
        "sns" => "SNS",
        "sqs" => "SQS",
        "ssm" => "Systems Manager",
        "states" => "Step Functions",
        other => return last_part(other).to_owned(),
    };
    name.to_owned()
}

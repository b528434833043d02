//! What a state does, in the few words that stand in its box.

use super::rule::{cut, jsonata, path};
use super::{Retry, State};
use contract::executions::StateKind;
use serde_json::Value;

/// Characters that fit into a box of 200 pixels beside its icon.
const MOST: usize = 44;

impl State {
    /// What it calls or waits for: `EMR Serverless startJobRun`, `Lambda load-redshift`, `waits 300 s`, `3 branches`. Empty
    /// when its kind says it all.
    pub fn words(&self) -> String {
        let field = |key: &str| self.text.get(key);
        let words = match self.kind {
            StateKind::Task => {
                self.resource.as_deref().map(|resource| resource_words(resource, &self.text)).unwrap_or_default()
            }
            StateKind::Wait => self.wait_words(),
            StateKind::Fail => field("Error").and_then(Value::as_str).map(plain).unwrap_or_default(),
            StateKind::Parallel if self.starts.len() == 1 => "1 branch".into(),
            StateKind::Parallel => format!("{} branches", self.starts.len()),
            StateKind::Map | StateKind::DistributedMap => self.map_words(),
            StateKind::Unknown => field("Type").and_then(Value::as_str).unwrap_or_default().to_owned(),
            StateKind::Pass | StateKind::Choice | StateKind::Succeed => String::new(),
        };
        cut(&words, MOST)
    }

    /// `Retry 2 times after 30 s, ×2`; `None` when nothing is tried again.
    pub fn retry_words(&self) -> Option<String> {
        let mut rules = self.retries.iter().filter(|retry| retry.max_attempts > 0);
        let first = one_retry(rules.next()?);
        Some(match rules.count() {
            0 => first,
            more => format!("{first}, {more} more"),
        })
    }

    fn wait_words(&self) -> String {
        let field = |key: &str| self.text.get(key);
        if let Some(seconds) = field("Seconds") {
            return format!("waits {} s", written(seconds));
        }
        if let Some(seconds) = field("SecondsPath") {
            return format!("waits {} s", written(seconds));
        }
        match field("Timestamp").or_else(|| field("TimestampPath")) {
            Some(moment) => format!("until {}", written(moment)),
            None => String::new(),
        }
    }

    fn map_words(&self) -> String {
        let field = |key: &str| self.text.get(key);
        let reader = field("ItemReader").and_then(|reader| reader.get("Resource")).and_then(Value::as_str);
        let items = field("ItemsPath").or_else(|| field("Items")).and_then(Value::as_str);
        let over = match (reader, items) {
            (Some(reader), _) => format!("over {}", resource_words(reader, &Value::Null)),
            (None, Some(items)) => format!("over {}", path(&plain(items))),
            (None, None) => "over the input".into(),
        };
        match field("MaxConcurrency").and_then(Value::as_u64) {
            None | Some(0) => over,
            Some(at_once) => format!("{over}, {at_once} at once"),
        }
    }
}

fn one_retry(retry: &Retry) -> String {
    let times = if retry.max_attempts == 1 { "once".to_owned() } else { format!("{} times", retry.max_attempts) };
    let mut words = format!("Retry {times} after {} s", retry.interval_seconds);
    let grows = (retry.backoff_rate - 1.0).abs() > f64::EPSILON;
    if grows && retry.max_attempts > 1 {
        words = format!("{words}, ×{}", retry.backoff_rate);
    }
    words
}

/// A resource in words: the service by the name that people call it, and what is called, the function, machine or job itself
/// where the state's text (`Parameters`, `Arguments`) names it. `raw` is the state as it was written.
pub fn resource_words(resource: &str, raw: &Value) -> String {
    let mut parts = resource.split(':');
    let parts: Vec<&str> = parts.by_ref().collect();
    let at = |place: usize| parts.get(place).copied().unwrap_or_default();
    let words = match (at(0), at(2), at(5)) {
        ("arn", "lambda", _) => format!("Lambda {}", at(6)),
        ("arn", "states", "activity") => format!("activity {}", at(6)),
        ("arn", "states", "aws-sdk") => format!("{} {}", sdk_service(at(6)), action(at(7))),
        ("arn", "states", service) if !service.is_empty() => optimised(service, action(at(6)), raw),
        _ => resource.to_owned(),
    };
    let words = words.trim();
    if resource.ends_with(".waitForTaskToken") { format!("{words}, waits for token") } else { words.to_owned() }
}

/// `startJobRun` of `startJobRun.sync:2`: how its end is awaited does not fit into a box.
fn action(word: &str) -> &str {
    word.split('.').next().unwrap_or_default()
}

fn optimised(service: &str, action: &str, raw: &Value) -> String {
    let named = match service {
        "lambda" => argument(raw, "FunctionName"),
        "states" => argument(raw, "StateMachineArn"),
        "glue" => argument(raw, "JobName"),
        _ => None,
    };
    let name = service_name(service);
    match named {
        Some(what) => format!("{name} {what}"),
        None => format!("{name} {action}"),
    }
}

/// The optimised integrations by the words in their ARNs (Step Functions guide, "Integrating optimized services").
fn service_name(service: &str) -> &str {
    match service {
        "apigateway" => "API Gateway",
        "athena" => "Athena",
        "batch" => "Batch",
        "bedrock" => "Bedrock",
        "codebuild" => "CodeBuild",
        "databrew" => "DataBrew",
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
        "s3" => "S3",
        "sagemaker" => "SageMaker",
        "sns" => "SNS",
        "sqs" => "SQS",
        "states" => "Step Functions",
        other => other,
    }
}

/// The SDK's own names, where they are not the ones above.
fn sdk_service(service: &str) -> &str {
    match service {
        "cloudwatchlogs" => "CloudWatch Logs",
        "ec2" => "EC2",
        "emr" => "EMR",
        "emrcontainers" => "EMR on EKS",
        "emrserverless" => "EMR Serverless",
        "eventbridge" => "EventBridge",
        "rds" => "RDS",
        "redshiftdata" => "Redshift Data",
        "secretsmanager" => "Secrets Manager",
        "sfn" => "Step Functions",
        "ssm" => "SSM",
        other => service_name(other),
    }
}

/// The short name of what a parameter names; nothing when only the run will tell.
fn argument(raw: &Value, key: &str) -> Option<String> {
    let parameters = raw.get("Parameters").or_else(|| raw.get("Arguments"))?;
    let value = parameters.get(key)?.as_str()?;
    if value.starts_with("{%") || value.starts_with("${") {
        return None;
    }
    let parts: Vec<&str> = value.split(':').collect();
    match parts.as_slice() {
        ["arn", _, _, _, _, _, name, ..] | [name, ..] if !name.is_empty() => Some((*name).to_owned()),
        _ => None,
    }
}

fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), plain)
}

/// A text, or a JSONata expression without its frame.
fn plain(text: &str) -> String {
    if text.trim_start().starts_with("{%") { jsonata(text) } else { text.to_owned() }
}

//! Amazon resource names in words.

pub use contract::arn::partition;

/// An ARN taken apart: `arn:partition:service:region:account:resource`. The resource may hold colons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    pub partition: &'a str,
    pub service: &'a str,
    pub region: &'a str,
    pub account: &'a str,
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// `None` when the text has not six parts, or its first two are not those of an ARN.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        let known = partition == "aws" || partition.starts_with("aws-");
        (arn == "arn" && known && !service.is_empty()).then_some(Self { partition, service, region, account, resource })
    }

    /// The resource without its type: `refresh-menu` of `function:refresh-menu`, `x` of `stateMachine:x`.
    pub fn name(&self) -> &'a str {
        match self.service {
            "sqs" | "sns" => self.resource,
            // `function:name:qualifier` keeps its qualifier; log groups may hold slashes.
            "lambda" | "states" | "logs" => self.resource.split_once(':').map_or(self.resource, |(_, name)| name),
            _ => self.resource.split_once(['/', ':']).map_or(self.resource, |(_, name)| name),
        }
    }
}

/// A target of a notification or an EventBridge rule: what it is, and what an event does there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetWords {
    /// `Lambda refresh-menu`.
    pub noun: String,
    /// `Invokes refresh-menu`.
    pub does: String,
    /// `invoke refresh-menu`, after "May".
    pub may: String,
}

/// The words for an ARN; an unknown kind of target is named by its ARN.
pub fn target(text: &str) -> TargetWords {
    let (noun, verb, object) = match Arn::parse(text) {
        None => ("target", "reach", text.to_owned()),
        Some(arn) => {
            let name = arn.name();
            let kind = arn.resource.split(['/', ':']).next().unwrap_or("");
            match (arn.service, kind) {
                ("states", _) => ("state machine", "start", name.to_owned()),
                ("lambda", _) => ("Lambda", "invoke", name.to_owned()),
                ("sqs", _) => ("queue", "send", format!("to queue {name}")),
                ("sns", _) => ("topic", "publish", format!("to topic {name}")),
                ("glue", "workflow") => ("Glue workflow", "start", format!("Glue workflow {name}")),
                ("codepipeline", _) => ("pipeline", "start", format!("pipeline {}", arn.resource)),
                ("sagemaker", "pipeline") => ("SageMaker pipeline", "start", format!("SageMaker pipeline {name}")),
                ("codebuild", _) => ("CodeBuild project", "build", name.to_owned()),
                ("batch", _) => ("Batch queue", "submit", format!("a job to {name}")),
                ("ecs", _) => ("ECS cluster", "run", format!("a task on cluster {name}")),
                ("logs", _) => {
                    ("log group", "write", format!("to log group {}", name.strip_suffix(":*").unwrap_or(name)))
                }
                ("events", "event-bus") => ("event bus", "forward", format!("to event bus {name}")),
                ("events", "api-destination") => {
                    ("API destination", "call", format!("API destination {}", name.split('/').next().unwrap_or(name)))
                }
                ("kinesis", _) => ("stream", "put", format!("a record into stream {name}")),
                ("firehose", _) => ("Firehose stream", "deliver", format!("to Firehose stream {name}")),
                ("redshift" | "redshift-serverless", _) => ("Redshift", "run", format!("a statement on {name}")),
                _ => ("target", "reach", text.to_owned()),
            }
        }
    };
    let object = crate::key::shown(&object);
    let name = Arn::parse(text)
        .filter(|_| noun != "target")
        .map_or_else(|| crate::key::shown(text), |arn| crate::key::shown(arn.name()));
    let third = match verb {
        "publish" | "reach" => format!("{verb}es"),
        verb => format!("{verb}s"),
    };
    let mut capital = third.chars();
    let does = capital.next().map(|first| format!("{}{} {object}", first.to_ascii_uppercase(), capital.as_str()));
    TargetWords { noun: format!("{noun} {name}"), does: does.unwrap_or_default(), may: format!("{verb} {object}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_in_words() {
        for (arn, noun, does) in [
            (
                "arn:aws:states:eu-west-1:1:stateMachine:daily-sales-pipeline",
                "state machine daily-sales-pipeline",
                "Starts daily-sales-pipeline",
            ),
            ("arn:aws:lambda:eu-west-1:1:function:refresh-menu", "Lambda refresh-menu", "Invokes refresh-menu"),
            (
                "arn:aws:lambda:eu-west-1:1:function:refresh-menu:live",
                "Lambda refresh-menu:live",
                "Invokes refresh-menu:live",
            ),
            ("arn:aws:sqs:eu-west-1:1:orders.fifo", "queue orders.fifo", "Sends to queue orders.fifo"),
            ("arn:aws-cn:sns:cn-north-1:1:alarms", "topic alarms", "Publishes to topic alarms"),
            ("arn:aws:events:eu-west-1:1:event-bus/audit", "event bus audit", "Forwards to event bus audit"),
            (
                "arn:aws:events:eu-west-1:1:api-destination/hook/0f-1",
                "API destination hook/0f-1",
                "Calls API destination hook",
            ),
            (
                "arn:aws:logs:eu-west-1:1:log-group:/aws/events/s3:*",
                "log group /aws/events/s3:*",
                "Writes to log group /aws/events/s3",
            ),
            (
                "arn:aws:firehose:eu-west-1:1:deliverystream/lake",
                "Firehose stream lake",
                "Delivers to Firehose stream lake",
            ),
            ("arn:aws:codepipeline:eu-west-1:1:deploy", "pipeline deploy", "Starts pipeline deploy"),
            (
                "arn:aws:newthing:eu-west-1:1:a/b",
                "target arn:aws:newthing:eu-west-1:1:a/b",
                "Reaches arn:aws:newthing:eu-west-1:1:a/b",
            ),
            ("nonsense", "target nonsense", "Reaches nonsense"),
        ] {
            let words = target(arn);
            assert_eq!((words.noun.as_str(), words.does.as_str()), (noun, does), "{arn}");
        }
        assert_eq!(target("arn:aws:states:eu-west-1:1:stateMachine:x").may, "start x");
    }

    #[test]
    fn only_arns_are_arns() {
        assert!(Arn::parse("arn:aws:s3:::b/k:with:colons").is_some_and(|arn| arn.resource == "b/k:with:colons"));
        assert_eq!(
            Arn::parse("arn:aws:s3:::"),
            Some(Arn { partition: "aws", service: "s3", region: "", account: "", resource: "" })
        );
        for text in ["arn:aws:s3", "arn:gcp:s3:::b", "urn:aws:s3:::b", ""] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }
}

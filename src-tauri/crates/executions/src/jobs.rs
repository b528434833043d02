//! From a history event to the job that it started: what names the job, the command that shows it, where its logs are.
//!
//! The ids stand in different places for each service: in the answer of the call (`TaskSubmitted`, or `TaskSucceeded` of
//! a call that does not wait), in its parameters, or only in the cause of its failure. Ids keep the API's names. Rows of
//! the table that nobody has recorded in public are read from the API's response shapes.

mod command;
mod services;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use services::{Call, call_of, service_of};

use crate::cause::cut;
use contract::executions::{JobLink, facts::EventDetail};
use serde_json::Value;

/// The job of one attempt. `scheduled` is its `TaskScheduled`, `LambdaFunctionScheduled` or `ActivityScheduled`,
/// `submitted` its `TaskSubmitted`, `ended` its end, whose output or cause may hold more. A call that starts no job (a
/// message sent, a row written) is a link without command and with the noun `call`. `None` when the event names no
/// service.
pub fn job_link(
    scheduled: &EventDetail,
    submitted: Option<&EventDetail>,
    ended: Option<&EventDetail>,
) -> Option<JobLink> {
    let call = call_of(scheduled)?;
    let said = Said::new(scheduled, submitted, ended);
    let region = scheduled.region.clone().or_else(|| region_of(scheduled.resource.as_deref()?));
    Some(table::link(&call, &said, region))
}

/// Whether it is a job with a life of its own, and not a call that is over when it has been answered.
pub fn is_job(link: &JobLink) -> bool {
    link.noun != "call"
}

/// `EMR Serverless job run 00f4k2…`, for a row of the list of states.
pub fn words(link: &JobLink) -> String {
    format!("{} {} {}", link.service, link.noun, link.id).trim_end().to_owned()
}

/// What the events of one attempt say, read as far as it can be.
pub(crate) struct Said<'a> {
    scheduled: &'a EventDetail,
    parameters: Option<Value>,
    output: Option<Value>,
    cause: Option<Value>,
}

impl<'a> Said<'a> {
    fn new(scheduled: &'a EventDetail, submitted: Option<&EventDetail>, ended: Option<&EventDetail>) -> Self {
        let read = |text: Option<&str>| text.and_then(cut::read).map(|(value, _)| value);
        let input = scheduled.parameters.as_deref().or(scheduled.input.as_deref());
        let output = submitted.and_then(|event| event.output.as_deref());
        Self {
            scheduled,
            parameters: read(input),
            output: read(output.or_else(|| ended.and_then(|event| event.output.as_deref()))),
            cause: read(ended.and_then(|event| event.cause.as_deref())),
        }
    }

    pub fn resource(&self) -> &str {
        self.scheduled.resource.as_deref().unwrap_or_default()
    }

    /// Of the answer or of the cause: what the service itself called it.
    pub fn answer(&self, path: &[&str]) -> Option<String> {
        at(self.output.as_ref(), path).or_else(|| self.cause(path))
    }

    /// Of the cause, in its wrapper or not.
    pub fn cause(&self, path: &[&str]) -> Option<String> {
        let cause = self.cause.as_ref()?;
        at(Some(cause), path).or_else(|| {
            ["JobRun", "Step", "Cluster", "QueryExecution", "Build"]
                .iter()
                .find_map(|wrapper| at(cause.get(*wrapper), path))
        })
    }

    /// Of what was asked for.
    pub fn asked(&self, path: &[&str]) -> Option<String> {
        at(self.parameters.as_ref(), path)
    }

    pub fn any(&self, path: &[&str]) -> Option<String> {
        self.answer(path).or_else(|| self.asked(path))
    }
}

/// A step that is a number counts into an array.
fn at(value: Option<&Value>, path: &[&str]) -> Option<String> {
    let found = path.iter().try_fold(value?, |value, step| match value {
        Value::Array(list) => list.get(step.parse::<usize>().ok()?),
        _ => value.get(*step),
    })?;
    cut::scalar(found).filter(|word| !word.ends_with('…'))
}

/// The last part of an ARN: behind the last `/` or `:`.
pub(crate) fn last_part(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

pub(crate) fn region_of(arn: &str) -> Option<String> {
    let region = arn.strip_prefix("arn:")?.split(':').nth(2)?;
    (!region.is_empty()).then(|| region.to_owned())
}

/// Hadoop's old names of the same thing: `s3n://` and `s3a://`.
pub(crate) fn s3_uri(uri: &str) -> String {
    match uri.strip_prefix("s3n://").or_else(|| uri.strip_prefix("s3a://")) {
        Some(rest) => format!("s3://{rest}"),
        None => uri.to_owned(),
    }
}

/// [`words`] of the job of an attempt, for rows: the usual services are read by one field alone, because a history has
/// thousands of attempts with a long answer each.
pub(crate) fn short(
    scheduled: &EventDetail,
    submitted: Option<&EventDetail>,
    ended: Option<&EventDetail>,
) -> Option<String> {
    let call = call_of(scheduled)?;
    let answer = submitted.or(ended).and_then(|event| event.output.as_deref());
    let field = |key: &str| answer.and_then(|text| cut::field(text, key)).filter(|id| !id.ends_with('…'));
    let quick = match (call.service.as_str(), call.action.as_str()) {
        ("glue" | "emr-serverless", "startJobRun") => field("JobRunId").map(|id| ("job run", id)),
        ("elasticmapreduce", "addStep") => field("StepId").map(|id| ("step", id)),
        ("emr-containers", "startJobRun") => field("Id").map(|id| ("job run", id)),
        ("batch", "submitJob") => field("JobId").map(|id| ("job", id)),
        ("states", "startExecution") => field("ExecutionArn").map(|arn| ("execution", last_part(&arn).to_owned())),
        ("lambda", "invoke") => {
            let named = match scheduled.resource.as_deref() {
                Some(arn) if arn.starts_with("arn:") && arn.contains(":lambda:") => Some(arn.to_owned()),
                _ => scheduled.parameters.as_deref().and_then(|text| cut::field(text, "FunctionName")),
            };
            named.map(|named| ("function", table::function(&named).0))
        }
        ("dynamodb" | "sns" | "sqs" | "events" | "s3" | "ssm" | "secretsmanager", _) => return None,
        _ => None,
    };
    if let Some((noun, id)) = quick {
        return Some(format!("{} {noun} {id}", service_of(Some(&call.service))));
    }
    job_link(scheduled, submitted, ended).filter(is_job).map(|link| words(&link))
}

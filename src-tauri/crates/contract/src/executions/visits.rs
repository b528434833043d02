//! Visits to states, their events, attempts and jobs, and why the execution failed.

use super::{ExecutionLink, StateKind, StateStatus, TaskEnd, facts};
use crate::{
    Timestamp,
    jobs::{JobId, SageMakerKind},
};
use serde::{Deserialize, Serialize};

/// Opens the visits to states of a followed execution, in order of entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStates {
    pub arn: String,
}

/// One visit to a state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateRow {
    /// The id of the event that entered it, as text.
    pub id: String,
    pub name: String,
    pub kind: StateKind,
    pub status: StateStatus,
    /// Iterations and branches that it lies in, outermost first: `DownloadImages[17]`, `Checks branch 2`.
    pub within: Vec<String>,
    /// How deep it lies.
    pub depth: u32,
    pub entered: Timestamp,
    pub exited: Option<Timestamp>,
    pub attempts: u64,
    pub error: Option<String>,
    /// The job that its last attempt started: `EMR Serverless job run 00f4k2…`.
    pub job: Option<String>,
    /// What it did when, for the Gantt.
    pub spans: Vec<Span>,
    /// In which redrive it ran, 0 for the first run.
    pub redrive: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub kind: SpanKind,
    pub from: Timestamp,
    /// `None` while it lasts.
    pub to: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SpanKind {
    Work,
    FailedAttempt,
    /// Between a failed attempt and the next.
    Backoff,
    Wait,
}

/// Opens the events of a followed execution, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenHistoryEvents {
    pub arn: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// The event's number as text.
    pub id: String,
    pub number: u64,
    pub previous: u64,
    pub at: Timestamp,
    pub kind: String,
    pub state: Option<String>,
    /// Resource, error, job id: what matters of its details in one line.
    pub text: String,
    pub failure: bool,
    /// Milliseconds since the execution started.
    pub offset: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadEvent {
    pub arn: String,
    pub number: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventReply {
    pub row: EventRow,
    /// The details as pretty JSON, JSON texts inside unfolded.
    pub json: String,
    pub truncated: bool,
}

/// Everything of one visit to a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadState {
    pub arn: String,
    /// [`StateRow::id`].
    pub state: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateDetail {
    pub row: StateRow,
    pub input: Option<Payload>,
    pub output: Option<Payload>,
    pub attempts: Vec<Attempt>,
    pub cause: Vec<CauseLevel>,
    /// Its part of the definition, pretty JSON.
    pub definition: Option<String>,
    /// Executions that it started, and its Map Run.
    pub children: Vec<ExecutionLink>,
    pub map_run: Option<String>,
}

/// JSON or other text of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    pub text: String,
    /// Cut by the service.
    pub truncated: bool,
}

/// One try of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// From 1.
    pub number: u64,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
    pub error: Option<String>,
    /// In one line.
    pub cause: Option<String>,
    pub job: Option<JobLink>,
}

/// A job that an attempt started: a run of its own with its own ids and logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobLink {
    /// `EMR Serverless`, `Glue`, `Lambda`.
    pub service: String,
    /// `job run`, `step`, `training job`.
    pub noun: String,
    /// The one that names it: `00f4k2…`.
    pub id: String,
    /// All that is known, by the API's names: `ApplicationId`, `JobRunId`.
    pub ids: Vec<(String, String)>,
    pub region: Option<String>,
    /// The `aws` command that shows it, without profile.
    pub command: Option<String>,
    /// Where its logs are, if the events say so: an S3 URI or a log group with a stream.
    pub logs: Option<String>,
    /// How a task of ECS ended, as its events tell it.
    #[serde(default)]
    pub task: Option<TaskEnd>,
}

impl JobLink {
    /// The run that an attempt of an execution started, by the ids that its events gave. `None` for services that are no
    /// engine here, and for calls that were refused before there was a run.
    pub fn run(&self) -> Option<JobId> {
        let id = |name: &str| self.ids.iter().find(|(key, _)| key == name).map(|(_, id)| id.clone());
        Some(match (self.service.as_str(), self.noun.as_str()) {
            ("EMR", "cluster") => JobId::Cluster { cluster: id("ClusterId")? },
            ("EMR", "step") => JobId::Step { cluster: id("ClusterId")?, step: id("StepId")? },
            ("EMR Serverless", "job run") => {
                JobId::Serverless { application: id("ApplicationId")?, run: id("JobRunId")?, attempt: None }
            }
            ("EMR on EKS", "job run") => JobId::Eks { virtual_cluster: id("VirtualClusterId")?, run: id("Id")? },
            ("Glue", "job run") => JobId::Glue { job: id("JobName")?, run: id("JobRunId")? },
            ("Lambda", "function") => JobId::Lambda { function: id("FunctionName")?, request: id("RequestId")? },
            ("SageMaker", noun) => {
                let kind = SageMakerKind::ALL.into_iter().find(|kind| kind.word() == noun)?;
                JobId::SageMaker { kind, name: self.id.clone() }
            }
            _ => return None,
        })
    }

    /// A task of ECS, whose definition tells where its containers log.
    pub fn is_task(&self) -> bool {
        self.service == "ECS" && self.noun == "task"
    }

    /// The stream that a container of no engine here wrote to, as group and stream.
    pub fn stream(&self) -> Option<(&str, &str)> {
        if !matches!(self.service.as_str(), "Batch" | "CodeBuild" | "ECS") {
            return None;
        }
        // Neither names of groups nor of streams may hold a colon.
        let (group, stream) = self.logs.as_deref()?.split_once(':')?;
        (!group.is_empty() && !stream.is_empty()).then_some((group, stream))
    }
}

/// One level of a cause: causes hold causes, through jobs and child executions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseLevel {
    /// `execution nightly-child 4f2…`, `EMR Serverless job run 00f…`, `Lambda function load-redshift`.
    pub source: String,
    pub error: Option<String>,
    /// In words, without the JSON around it.
    pub text: String,
    /// What else it says: exit code, request id, log file.
    pub fields: Vec<(String, String)>,
    /// Stack trace or other lines.
    pub lines: Vec<String>,
    /// The child execution, if that is what failed.
    pub execution: Option<String>,
}

/// Why an execution failed, in one card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The state that failed first, with its visit.
    pub state: Option<String>,
    pub visit: Option<String>,
    /// `States.TaskFailed`, `BadRecordException`.
    pub error: String,
    /// One sentence: `SubmitEMRServerlessJob: the job run failed, three attempts`.
    pub title: String,
    /// One or two sentences in plain words.
    pub text: String,
    pub cause: Vec<CauseLevel>,
    /// What followed from it: `Checks was aborted`, `The Catch led to SendFailureNotification, which ended it as SUCCEEDED`.
    pub consequences: Vec<String>,
    /// For a fault of the workflow itself: what the limit or rule is and what to do.
    pub advice: Vec<String>,
    pub job: Option<JobLink>,
    /// Only the end of the history has been read so far.
    pub partial: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapRunRow {
    pub fact: facts::MapRunFact,
    pub state: String,
}

/// Reads input, output or definition whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadPayload {
    pub arn: String,
    pub what: PayloadOf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PayloadOf {
    Input,
    Output,
    /// As it was for this execution.
    Definition,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_execution_started_is_found_again() {
        let link = |service: &str, noun: &str, id: &str, ids: &[(&str, &str)]| JobLink {
            service: service.into(),
            noun: noun.into(),
            id: id.into(),
            ids: ids.iter().map(|(key, id)| ((*key).into(), (*id).into())).collect(),
            region: None,
            command: None,
            logs: None,
            task: None,
        };
        let cases = [
            (link("Glue", "job run", "jr_1", &[("JobName", "clean"), ("JobRunId", "jr_1")]), Some("glue:clean/jr_1")),
            (link("Glue", "job", "clean", &[("JobName", "clean")]), None),
            (link("EMR", "step", "s-1", &[("ClusterId", "j-1"), ("StepId", "s-1")]), Some("emr:j-1/s-1")),
            (link("EMR", "step", "s-1", &[("StepId", "s-1")]), None),
            (link("EMR", "cluster", "j-1", &[("ClusterId", "j-1")]), Some("emr:j-1")),
            (
                link("EMR Serverless", "job run", "b", &[("ApplicationId", "a"), ("JobRunId", "b")]),
                Some("emr-serverless:a/b"),
            ),
            (link("EMR on EKS", "job run", "b", &[("VirtualClusterId", "a"), ("Id", "b")]), Some("emr-containers:a/b")),
            (
                link("Lambda", "function", "load", &[("FunctionName", "load"), ("RequestId", "r")]),
                Some("lambda:load/r"),
            ),
            (link("SageMaker", "tuning job", "t", &[]), Some("sagemaker:hyper-parameter-tuning-job/t")),
            (link("Batch", "job", "b", &[("JobId", "b")]), None),
        ];
        for (link, expected) in cases {
            assert_eq!(link.run().map(|id| id.to_string()).as_deref(), expected, "{link:?}");
        }
    }

    #[test]
    fn a_container_names_its_stream() {
        let link = |service: &str, logs: Option<&str>| JobLink {
            service: service.into(),
            noun: "job".into(),
            id: "1".into(),
            ids: Vec::new(),
            region: None,
            command: None,
            logs: logs.map(str::to_owned),
            task: None,
        };
        let cases = [
            ("Batch", Some("/aws/batch/job:b/default/two"), Some(("/aws/batch/job", "b/default/two"))),
            ("CodeBuild", Some("/aws/codebuild/p:1"), Some(("/aws/codebuild/p", "1"))),
            ("Batch", Some("/aws/batch/job:"), None),
            ("Batch", None, None),
            ("ECS", None, None),
            // What stands there is how the names of its streams begin.
            ("SageMaker", Some("/aws/sagemaker/LabelingJobs:l"), None),
        ];
        for (service, logs, expected) in cases {
            assert_eq!(link(service, logs).stream(), expected, "{service} {logs:?}");
        }
    }
}

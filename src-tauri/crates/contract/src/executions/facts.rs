//! What Step Functions said, before any conclusion is drawn. `aws` reads it, the crate `executions` reasons about it.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// One event of a history, whatever its type: the API's many `…EventDetails` as one record of what they hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEvent {
    pub id: u64,
    /// 0 for the first. Retries and branches make a tree of the list.
    pub previous: u64,
    pub at: Timestamp,
    /// The API's word, such as `TaskFailed`. Types that are not known yet are kept by their name.
    pub kind: String,
    pub detail: EventDetail,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDetail {
    /// The state of `…StateEntered` and `…StateExited`, the Map state of `MapIteration…`.
    pub name: Option<String>,
    /// `mapIteration….index`, from 0.
    pub index: Option<u64>,
    /// Items of a `MapStateStarted`.
    pub length: Option<u64>,
    /// `emr-serverless`, `lambda`, `aws-sdk:s3`.
    pub resource_type: Option<String>,
    /// `startJobRun.sync`; the ARN for `LambdaFunctionScheduled` and activities.
    pub resource: Option<String>,
    pub region: Option<String>,
    /// Of `TaskScheduled`: JSON text.
    pub parameters: Option<String>,
    /// JSON text, as it was sent.
    pub input: Option<String>,
    pub output: Option<String>,
    /// Input, output or parameters were cut by the service.
    pub truncated: bool,
    pub error: Option<String>,
    /// Text, JSON, or JSON cut in the middle.
    pub cause: Option<String>,
    pub timeout_seconds: Option<i64>,
    pub heartbeat_seconds: Option<i64>,
    /// Of `MapRunStarted` and `MapRunRedriven`.
    pub map_run: Option<String>,
    /// Of `ExecutionRedriven` and `MapRunRedriven`.
    pub redrive_count: Option<u64>,
    /// Of `ExecutionStarted`.
    pub role: Option<String>,
    pub version: Option<String>,
    pub alias: Option<String>,
    /// Of `EvaluationFailed`: which field, at which state.
    pub location: Option<String>,
    pub state: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MachineKind {
    Standard,
    Express,
}

/// `DescribeExecution`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionFact {
    pub arn: String,
    pub machine: String,
    pub name: String,
    /// `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`, `PENDING_REDRIVE`.
    pub status: String,
    pub started: Timestamp,
    pub stopped: Option<Timestamp>,
    pub input: Option<String>,
    pub output: Option<String>,
    pub error: Option<String>,
    pub cause: Option<String>,
    /// ARNs.
    pub version: Option<String>,
    pub alias: Option<String>,
    pub map_run: Option<String>,
    pub redrive_count: u64,
    pub redrive_date: Option<Timestamp>,
    /// `REDRIVABLE`, `NOT_REDRIVABLE`, `REDRIVABLE_BY_MAP_RUN`.
    pub redrive_status: Option<String>,
    pub redrive_reason: Option<String>,
}

impl ExecutionFact {
    /// An execution of which no more is known than what it is of, its state and when it began.
    pub fn bare(arn: &str, machine: &str, name: &str, status: &str, started: Timestamp) -> Self {
        Self {
            arn: arn.to_owned(),
            machine: machine.to_owned(),
            name: name.to_owned(),
            status: status.to_owned(),
            started,
            stopped: None,
            input: None,
            output: None,
            error: None,
            cause: None,
            version: None,
            alias: None,
            map_run: None,
            redrive_count: 0,
            redrive_date: None,
            redrive_status: None,
            redrive_reason: None,
        }
    }
}

/// A state machine, or what it was for one execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineFact {
    pub arn: String,
    pub name: String,
    pub kind: MachineKind,
    /// `ACTIVE`, `DELETING`; not known of what was.
    pub status: Option<String>,
    pub definition: String,
    pub role: String,
    pub revision: Option<String>,
    /// Created, or updated for what was.
    pub updated: Option<Timestamp>,
    /// ARN of the log group, without `:*`.
    pub log_group: Option<String>,
    /// `ALL`, `ERROR`, `FATAL`, `OFF`.
    pub log_level: Option<String>,
    pub logs_data: bool,
    pub description: Option<String>,
}

/// `DescribeMapRun`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapRunFact {
    pub arn: String,
    pub status: String,
    pub started: Timestamp,
    pub stopped: Option<Timestamp>,
    pub items: MapCounts,
    pub executions: MapCounts,
    pub concurrency: u64,
    pub tolerated_failures: u64,
    pub redrive_count: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapCounts {
    pub pending: u64,
    pub running: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub timed_out: u64,
    pub aborted: u64,
    pub total: u64,
    pub not_redrivable: u64,
    pub pending_redrive: u64,
}

/// What starts a machine or a function by the clock: an EventBridge rule or a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartRule {
    /// `rule nightly` or `schedule default/nightly`.
    pub name: String,
    /// `cron(0 5 * * ? *)`, `rate(1 hour)`, `at(…)`; `None` for a rule with an event pattern.
    pub expression: Option<String>,
    /// The event pattern of a rule that has one, JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// IANA zone of a schedule; rules run in UTC.
    pub zone: Option<String>,
    pub enabled: bool,
    /// ARN of the machine or function, version or alias.
    pub target: String,
}

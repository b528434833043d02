//! What DMS and Redshift say, before any conclusion is drawn. `aws` reads it and `jobs::ends` reasons about it.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// "AWS Database Migration Service API Reference, ReplicationTask"; of DMS Serverless "Replication", which tells the same
/// and has no instance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskFact {
    /// Of a serverless replication that of its configuration.
    pub arn: String,
    pub name: String,
    /// `running`, `stopped`, `failed`; a serverless replication that starts says how far it is: `fetching_metadata`.
    pub status: String,
    /// `full-load`, `cdc`, `full-load-and-cdc`.
    pub migration: String,
    /// `Stop Reason FULL_LOAD_ONLY_FINISHED`.
    pub stop_reason: Option<String>,
    /// Of a serverless replication all of its messages.
    pub failure: Option<String>,
    /// ARNs of the endpoints and of the replication instance.
    pub source: Option<String>,
    pub target: Option<String>,
    pub instance: Option<String>,
    /// Of a serverless replication: the units (DCU, 2 GB of memory each) that it has now.
    pub capacity: Option<u32>,
    pub created: Option<Timestamp>,
    pub started: Option<Timestamp>,
    pub stopped: Option<Timestamp>,
    pub load: FullLoad,
}

/// What the settings of a task say of its log ("AWS DMS User Guide, Logging task settings").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLogging {
    /// `Logging.EnableLogging`; it is off unless somebody turned it on.
    pub on: bool,
    /// `Logging.CloudWatchLogGroup` and `Logging.CloudWatchLogStream`, which the service fills in.
    pub group: Option<String>,
    pub stream: Option<String>,
}

/// How far the full load is, and how many tables stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullLoad {
    /// 0 to 100; `None` when the service does not say.
    pub percent: Option<u32>,
    pub loaded: u32,
    pub loading: u32,
    pub queued: u32,
    pub errored: u32,
}

/// Seconds that a task is behind, by its metrics. `CDCLatencyTarget` is never the smaller one: it holds the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    /// Between the source's newest change and the newest that was read from it.
    pub source: Option<u64>,
    /// Between the oldest change that waits for the target and now.
    pub target: Option<u64>,
    /// Of the newer of the two points.
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointFact {
    pub arn: String,
    pub name: String,
    /// `postgres`, `s3`.
    pub engine: String,
    /// Of an endpoint in S3.
    pub bucket: Option<String>,
    /// Without slashes at its ends; `None` is the top of the bucket.
    pub folder: Option<String>,
}

/// "Amazon Redshift Data API Reference, DescribeStatement"; of a list without what that alone says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementFact {
    pub id: String,
    pub name: Option<String>,
    /// `SUBMITTED`, `PICKED`, `STARTED`, `FINISHED`, `FAILED`, `ABORTED`.
    pub status: String,
    /// Of a batch all of its statements, each behind the other.
    pub sql: String,
    pub created: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    pub error: Option<String>,
    pub database: Option<String>,
    pub user: Option<String>,
    pub cluster: Option<String>,
    pub workgroup: Option<String>,
    /// ARN of the secret that it signed in with.
    pub secret: Option<String>,
    /// Milliseconds.
    pub took: Option<u64>,
    pub rows: Option<u64>,
    /// Redshift's own number of the query; of a batch those of its statements.
    pub queries: Vec<i64>,
}

/// A row of `sys_load_error_detail` ("Amazon Redshift Database Developer Guide, SYS_LOAD_ERROR_DETAIL").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadErrorFact {
    pub file: String,
    pub line: u64,
    pub column: Option<String>,
    pub kind: Option<String>,
    pub position: Option<u64>,
    pub code: Option<i64>,
    pub reason: String,
}

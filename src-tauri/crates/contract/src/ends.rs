//! The pipeline's two ends: the replication tasks of DMS and the replications of DMS Serverless, which bring the tables, and
//! the statements of the Redshift Data API, which take the loads.
//!
//! Neither is a run of an engine: a task goes on for months, and a statement has no log. What they share with runs is that a
//! pipeline fails because of them, so both come with a state of our own word, the service's word beside it, and findings.

pub mod facts;

use crate::{Notice, Timestamp, jobs::diagnosis::Finding, logs::StreamLog, range::Within};
use serde::{Deserialize, Serialize};

/// A task or a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EndId {
    /// A replication task, by its ARN; by its name where a link of the console names no more. A serverless replication is
    /// one too, by the ARN of its configuration: it has none of its own.
    Task(String),
    /// A statement of the Data API, by its id.
    Statement(String),
}

impl EndId {
    /// As people call the service.
    pub fn service(&self) -> &'static str {
        match self {
            Self::Task(_) => "DMS",
            Self::Statement(_) => "Redshift",
        }
    }

    pub fn noun(&self) -> &'static str {
        match self {
            Self::Task(arn) => task_noun(arn),
            Self::Statement(_) => "statement",
        }
    }

    /// The id that the service knows it by: of a task the last part of its ARN.
    pub fn own(&self) -> &str {
        match self {
            Self::Task(arn) => arn.rsplit(':').next().unwrap_or(arn),
            Self::Statement(id) => id,
        }
    }

    /// A replication of DMS Serverless.
    pub fn is_serverless(&self) -> bool {
        matches!(self, Self::Task(arn) if is_serverless(arn))
    }

    /// From the text that [`Display`](std::fmt::Display) writes: `dms:arn:aws:dms:…`, `redshift:5b1c…`.
    pub fn parse(text: &str) -> Option<Self> {
        let (service, own) = text.split_once(':')?;
        let own = Some(own.to_owned()).filter(|own| !own.is_empty())?;
        match service {
            "dms" => Some(Self::Task(own)),
            "redshift" => Some(Self::Statement(own)),
            _ => None,
        }
    }
}

impl std::fmt::Display for EndId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Task(arn) => write!(f, "dms:{arn}"),
            Self::Statement(id) => write!(f, "redshift:{id}"),
        }
    }
}

/// Whether an ARN is that of a configuration of DMS Serverless (`arn:aws:dms:…:replication-config:…`).
pub fn is_serverless(arn: &str) -> bool {
    arn.contains(":replication-config:")
}

/// What a task with this ARN is called.
pub fn task_noun(arn: &str) -> &'static str {
    if is_serverless(arn) { "serverless replication" } else { "task" }
}

/// Opens tasks and statements, what is wrong first; goes on changing until it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenEnds {
    /// Statements of this range; `None` is the last 24 hours, which is as long as Redshift keeps them. Tasks are all there.
    pub within: Option<Within>,
}

/// Where a task or a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EndState {
    Failed,
    /// A task that was stopped, a statement that was cancelled.
    Stopped,
    /// A task that runs, and whose target is long behind its source.
    Behind,
    /// A task that runs, and some of whose tables do not.
    InPart,
    Running,
    Finished,
}

impl EndState {
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Behind => "behind",
            Self::InPart => "in part",
            Self::Running => "running",
            Self::Finished => "finished",
        }
    }
}

/// One task or statement of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndRow {
    pub id: EndId,
    /// The name that a person gave; of a statement without one the beginning of its text.
    pub name: String,
    pub state: EndState,
    /// The service's own word.
    pub word: String,
    /// What is wrong, in one line: `DMS task orders-cdc stopped 3 h ago: a person stopped it`. `None` when nothing is.
    pub finding: Option<String>,
    pub started: Option<Timestamp>,
    /// When it came into its state, if that is known.
    pub since: Option<Timestamp>,
    pub as_of: Timestamp,
}

/// Everything of one replication task, or of one serverless replication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeTask {
    /// Of a task also its name.
    pub arn: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskDetail {
    pub row: EndRow,
    /// `full load`, `changes`, `full load and changes`.
    pub does: String,
    /// Why it is not running, in our words.
    pub stop: Option<String>,
    /// The same in the service's words.
    pub stop_reason: Option<String>,
    /// Masked.
    pub failure: Option<String>,
    /// Of a task that takes changes and runs.
    pub latency: Option<facts::Latency>,
    pub load: facts::FullLoad,
    /// `orders-db (postgres)`.
    pub source: Option<String>,
    pub target: Option<String>,
    /// Where in S3 it writes: `s3://lake-raw/cdc/`.
    pub writes: Option<String>,
    /// ARN of its instance; of a serverless replication what it has of capacity.
    pub runs_on: Option<String>,
    pub created: Option<Timestamp>,
    /// Lines of their evidence count in `log`.
    pub findings: Vec<Finding>,
    /// `None` where there is none or where it could not be found, which a notice says.
    pub log: Option<StreamLog>,
    pub console: String,
    /// What it does, and the `aws` command for it.
    pub commands: Vec<(String, String)>,
    pub notices: Vec<Notice>,
}

/// Opens the tables of a task, those in error first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTaskTables {
    pub arn: String,
}

/// A table of a replication task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    /// `public.orders`.
    pub name: String,
    pub schema: String,
    pub table: String,
    /// The service's word: `Table completed`, `Table error`.
    pub state: String,
    /// It does not get what the others get.
    pub bad: bool,
    /// Rows of the full load.
    pub loaded: u64,
    /// Rows that the full load could not take.
    pub refused: u64,
    pub inserts: u64,
    pub updates: u64,
    pub deletes: u64,
    /// `Validated`, `Mismatched records`.
    pub validation: Option<String>,
    /// Records that differ between source and target.
    pub differing: u64,
    pub updated: Option<Timestamp>,
}

/// Everything of one statement but its load errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeStatement {
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatementDetail {
    pub row: EndRow,
    /// Masked.
    pub sql: String,
    /// `workgroup warehouse`, `cluster finance`.
    pub place: Option<String>,
    pub database: Option<String>,
    pub user: Option<String>,
    /// Milliseconds; `None` while it runs.
    pub took: Option<u64>,
    pub rows: Option<u64>,
    /// Redshift's own number of the query.
    pub query: Option<i64>,
    /// Masked.
    pub error: Option<String>,
    /// Where a COPY reads: `s3://lake-raw/data/in/orders.csv`.
    pub source: Option<String>,
    /// The table that a COPY loads.
    pub table: Option<String>,
    /// Whether there may be load errors, and what reading them sets off.
    pub errors: Option<Reading>,
    pub findings: Vec<Finding>,
    pub console: String,
    pub commands: Vec<(String, String)>,
    pub notices: Vec<Notice>,
}

/// What it takes to read the load errors of a statement: a query of the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// It costs nothing and wakes nothing, so nobody need be asked.
    pub free: bool,
    /// In words, for the line above the button.
    pub sets_off: String,
}

/// Reads the rows of `sys_load_error_detail` that belong to a statement. A query of the database, with a fixed text: it
/// changes nothing, and may wake a serverless workgroup. It is sent when a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadLoadErrors {
    pub statement: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadErrors {
    pub rows: Vec<LoadErrorRow>,
    /// There are more than these.
    pub more: bool,
    pub findings: Vec<Finding>,
    pub notices: Vec<Notice>,
}

/// A row that a load could not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadErrorRow {
    /// As Redshift names it: `s3://lake-raw/data/in/orders.csv`.
    pub file: String,
    /// From 1.
    pub line: u64,
    pub column: Option<String>,
    /// `numeric`, `varchar`.
    pub kind: Option<String>,
    /// Of the field in the line, from 0.
    pub position: Option<u64>,
    pub code: Option<i64>,
    /// Masked: it may quote the value.
    pub reason: String,
    /// The version of the file that the load read, if it is still kept.
    pub object: Option<LoadedObject>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedObject {
    pub bucket: String,
    pub key: String,
    pub version_id: Option<String>,
    pub stored: Timestamp,
    /// It is the current one by now too.
    pub current: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_reads_back_from_its_text() {
        let task = EndId::Task("arn:aws:dms:eu-west-1:123456789012:task:ABC".into());
        assert_eq!(task.own(), "ABC");
        for end in [task, EndId::Statement("5b1c0d8e-1111-2222-3333-444455556666".into())] {
            assert_eq!(EndId::parse(&end.to_string()), Some(end));
        }
        let serverless = EndId::Task("arn:aws:dms:eu-west-1:123456789012:replication-config:DEF".into());
        assert_eq!((serverless.own(), serverless.noun()), ("DEF", "serverless replication"));
        assert_eq!(EndId::parse(&serverless.to_string()), Some(serverless));
        for text in ["", "dms", "dms:", "redshift:", "glue:x"] {
            assert_eq!(EndId::parse(text), None, "{text}");
        }
    }
}

//! Facts about a job or state machine that has not run: what starts it, what it runs on, what it waits for, what changed.

use super::facts::ObjectFact;
use crate::{
    Timestamp,
    facts::{Known, Missing},
};
use serde::{Deserialize, Serialize};

/// Everything that a person would look at, each read or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceFacts {
    /// The job's name, or the state machine's.
    pub job: String,
    /// Start of the newest run, whatever became of it; the inner `None` is "no run is kept".
    pub last_run: Known<Option<Timestamp>>,
    /// End of the newest run that succeeded.
    pub last_success: Known<Option<Timestamp>>,
    /// Seconds between runs as they have been, or as the schedule says.
    pub every: Option<u64>,
    /// Rules, schedules and triggers; empty when nothing starts it.
    pub starters: Known<Vec<StarterFact>>,
    /// `None` where it runs on nothing of its own.
    pub home: Option<Known<HomeFact>>,
    /// Files that it waits for, as they are now.
    pub inputs: Vec<Known<ObjectFact>>,
    /// Of the job and of what it runs on.
    pub quotas: Vec<Known<QuotaFact>>,
    /// Of the account; `None` where no metric tells of it.
    pub account: Option<Known<QuotaFact>>,
    /// Those that are known, and what could not be asked.
    pub changes: Vec<Known<ChangeFact>>,
}

/// What starts the job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StarterFact {
    /// `rule nightly`, `schedule default/nightly`, `trigger after-clean`, `state machine daily-sales-pipeline`.
    pub name: String,
    pub enabled: bool,
    /// False when the target that it names is not this job any more.
    pub reaches: bool,
    /// When it last fired, if that is kept.
    pub fired: Option<Timestamp>,
    /// Times that it fired and its target refused, since the last run.
    pub failed: u64,
    /// Why it is not known whether it fired, where that was asked.
    pub unread: Option<Missing>,
    /// When its clock should have started it first since the last run, and no run followed. None where that was not judged.
    pub due: Option<Timestamp>,
    /// Since when its metrics were read: `fired` and `failed` are then all that there was.
    pub asked: Option<Timestamp>,
}

/// What the job runs on: a cluster, an application, a virtual cluster, the job or the state machine itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeFact {
    /// `cluster j-…`, `application 00f…`.
    pub name: String,
    pub exists: bool,
    /// The service's word: `WAITING`, `TERMINATED_WITH_ERRORS`, `STARTED`.
    pub state: Option<String>,
    /// Why it is in that state.
    pub reason: Option<String>,
    pub since: Option<Timestamp>,
    /// Whether a job starts it when it is stopped; `None` is not known.
    pub starts_itself: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaFact {
    /// What is counted, and whose it is: `concurrent runs of the job`, `vCPU of application adhoc`.
    pub name: String,
    pub used: u64,
    /// There are more runs than were counted: `used` and `waiting` may be more.
    pub at_least: bool,
    /// None: `used` is in percent, of a limit whose number is not told.
    pub limit: Option<u64>,
    /// Since when as much is used, where that is known.
    pub since: Option<Timestamp>,
    /// How many more wait for it.
    pub waiting: u64,
}

/// A change that somebody made, from CloudTrail or from the resource's own times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeFact {
    pub at: Timestamp,
    /// `DisableRule nightly`, `UpdateJob clean`.
    pub what: String,
    pub who: Option<String>,
}

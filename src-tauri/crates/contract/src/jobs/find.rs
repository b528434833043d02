//! A run whose id does not say what it belongs to, looked for in everything that it may belong to.

use super::{Engine, JobTarget};
use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// Looks for a step, job run or run of Glue by its own id; with EMR, also for the log of an application of YARN. More than [`FREE_CALLS`] calls are made only once a person has
/// `confirmed` them. A request of Lambda is looked for in the log groups of functions, never unasked. Another request of
/// this kind ends the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindRun {
    pub engine: Engine,
    /// `s-…`, `00f…`, `jr_…`, `application_…`, the id of a request.
    pub run: String,
    pub confirmed: bool,
    /// How far back the log groups of functions are searched; [`REQUEST_HOURS`] if nothing is said.
    #[serde(default)]
    pub hours: Option<u32>,
}

/// Ends the search for this run, if it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopFind {
    pub run: String,
}

/// Calls that are made unasked.
pub const FREE_CALLS: u64 = 20;

/// How far back clusters that have ended are looked through.
pub const FIND_DAYS: u32 = 7;

/// How far back log groups are searched for a request of Lambda.
pub const REQUEST_HOURS: u32 = 24;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindEvent {
    pub tried: u64,
    pub places: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FoundRun {
    /// The run; of EMR Serverless maybe the application that has this id; of an application of YARN its driver's log.
    There(JobTarget),
    /// It takes a call for each of so many places: more than are made unasked.
    Ask {
        places: u64,
    },
    Nowhere {
        places: u64,
        /// Places that could not be asked.
        unread: u64,
        /// Why the first of these could not, in words.
        why: Option<String>,
        /// There are places that were not even listed.
        more: bool,
    },
    /// The log in which a request of Lambda stands.
    Logged(LoggedAt),
    /// No log group of a function holds a request of Lambda.
    Unlogged(Unlogged),
    Stopped,
}

/// A moment of a log stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedAt {
    /// Group and stream, with a colon between them.
    pub log: String,
    pub at: Timestamp,
}

/// What was looked at for a request of Lambda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlogged {
    /// Log groups.
    pub groups: u64,
    /// How far back.
    pub hours: u32,
    /// Groups that hold more than was read: of these the first part.
    pub partly: u64,
    /// Groups that could not be read.
    pub unread: u64,
    /// Why the first of these could not, in words.
    pub why: Option<String>,
    /// There are functions that were not even listed.
    pub more: bool,
    /// Where somebody else's line names it: who called the function, perhaps.
    pub mention: Option<LoggedAt>,
}

/// What runs of an engine belong to, where they can be looked for: `cluster`, `clusters`.
pub fn places_word(engine: Engine, number: u64) -> &'static str {
    let (one, many) = match engine {
        Engine::Emr => ("cluster", "clusters"),
        Engine::EmrServerless => ("application", "applications"),
        Engine::EmrEks => ("virtual cluster", "virtual clusters"),
        Engine::Glue => ("Glue job", "Glue jobs"),
        Engine::Lambda => ("log group of functions", "log groups of functions"),
        Engine::SageMaker => ("place", "places"),
    };
    if number == 1 { one } else { many }
}

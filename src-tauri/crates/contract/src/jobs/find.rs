//! A run whose id does not say what it belongs to, looked for in everything that it may belong to.

use super::{Engine, JobTarget};
use serde::{Deserialize, Serialize};

/// Looks for a step, job run or run of Glue by its own id; with EMR, also for the log of an application of YARN. More than [`FREE_CALLS`] calls are made only once a person has
/// `confirmed` them. Another request of this kind ends the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindRun {
    pub engine: Engine,
    /// `s-…`, `00f…`, `jr_…`, `application_…`.
    pub run: String,
    pub confirmed: bool,
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
    Stopped,
}

/// What runs of an engine belong to, where they can be looked for: `cluster`, `clusters`.
pub fn places_word(engine: Engine, number: u64) -> &'static str {
    let (one, many) = match engine {
        Engine::Emr => ("cluster", "clusters"),
        Engine::EmrServerless => ("application", "applications"),
        Engine::EmrEks => ("virtual cluster", "virtual clusters"),
        Engine::Glue => ("Glue job", "Glue jobs"),
        Engine::Lambda | Engine::SageMaker => ("place", "places"),
    };
    if number == 1 { one } else { many }
}

//! The stages of a Spark run, from its event log: how long their tasks took, what they read and spilled, which of them are
//! lopsided.

use super::{JobId, diagnosis::Suggestion};
use crate::{Fault, Notice, Timestamp};
use serde::{Deserialize, Serialize};

/// Reads the event log of a run. The reply is there at once; the channel tells how far it is, and then the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadStages {
    pub id: JobId,
}

/// Ends a reading: nobody looks any more. One that is over is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseStages {
    pub reading: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum StagesEvent {
    /// Bytes as stored that were read, of all.
    Progress {
        read: u64,
        length: u64,
    },
    Read(Box<Stages>),
    Failed(Fault),
}

/// Times in milliseconds, sizes in bytes; tasks that failed are counted and in nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stages {
    pub reading: u64,
    pub job: JobId,
    /// False: the channel brings the rest.
    pub complete: bool,
    /// Why there are none.
    pub absent: Option<NoStages>,
    /// As Spark calls the application.
    pub application: Option<String>,
    /// `3.5.1-amzn-1`.
    pub spark: Option<String>,
    pub findings: Vec<StageFinding>,
    /// Those that lost most time to their slowest task first.
    pub rows: Vec<StageRow>,
    /// Stages that are not among the rows.
    pub left_out: u64,
    pub lost: Vec<LostExecutor>,
    /// Addresses of the parts of the event log.
    pub files: Vec<String>,
    pub as_of: Timestamp,
    pub notices: Vec<Notice>,
}

/// Why a run has no stages to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoStages {
    pub title: String,
    /// Why, and what to do so that the next run has some.
    pub text: String,
}

/// One attempt of one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRow {
    pub id: u64,
    /// From 0, as Spark counts.
    pub attempt: u64,
    pub name: String,
    /// Tasks that it was to have.
    pub planned: u64,
    /// Tasks that succeeded.
    pub tasks: u64,
    pub failed: u64,
    pub killed: u64,
    /// From submitted to completed; `None` when the log does not say.
    pub millis: Option<u64>,
    pub median: u64,
    pub p95: u64,
    pub max: u64,
    /// Tasks that took three times the median or longer.
    pub stragglers: u64,
    /// The slowest tasks, slowest first.
    pub slow: Vec<SlowTask>,
    pub input: u64,
    pub output: u64,
    pub shuffle_read: u64,
    pub shuffle_write: u64,
    pub spill_memory: u64,
    pub spill_disk: u64,
    /// Share of the tasks' time, in percent.
    pub gc: u64,
    pub ailments: Vec<Ailment>,
    /// Why the stage failed.
    pub failure: Option<String>,
}

impl StageRow {
    /// `2`, of a later attempt `2.1`.
    pub fn label(&self) -> String {
        if self.attempt == 0 { self.id.to_string() } else { format!("{}.{}", self.id, self.attempt) }
    }

    /// How many times the median the slowest task took, in tenths; `None` where the median is nothing.
    pub fn ratio_tenths(&self) -> Option<u64> {
        self.max.saturating_mul(10).checked_div(self.median)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlowTask {
    pub task: u64,
    pub executor: String,
    pub host: String,
    pub began: Option<Timestamp>,
    pub millis: u64,
    /// Input and shuffle.
    pub read: u64,
    /// Garbage.
    pub gc_millis: u64,
    /// The address of its executor's log, if there is one.
    pub log: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostExecutor {
    pub executor: String,
    pub host: Option<String>,
    pub reason: String,
    pub at: Option<Timestamp>,
    /// The address of its log, if there is one.
    pub log: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Ailment {
    Skew,
    Straggler,
    Spill,
    Garbage,
}

impl Ailment {
    pub fn word(self) -> &'static str {
        match self {
            Self::Skew => "skew",
            Self::Straggler => "straggler",
            Self::Spill => "spill",
            Self::Garbage => "garbage",
        }
    }
}

/// What some stages suffer from, and what helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageFinding {
    pub ailment: Ailment,
    pub title: String,
    pub text: String,
    pub remedy: String,
    pub settings: Vec<Suggestion>,
    /// Id and attempt of each, the worst first.
    pub stages: Vec<(u64, u64)>,
    /// The slowest task of the worst.
    pub slowest: Option<SlowTask>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_named_by_its_attempt_from_the_second_on() {
        let row = StageRow {
            id: 2,
            attempt: 0,
            name: String::new(),
            planned: 1,
            tasks: 1,
            failed: 0,
            killed: 0,
            millis: None,
            median: 20,
            p95: 20,
            max: 250,
            stragglers: 1,
            slow: Vec::new(),
            input: 0,
            output: 0,
            shuffle_read: 0,
            shuffle_write: 0,
            spill_memory: 0,
            spill_disk: 0,
            gc: 0,
            ailments: Vec::new(),
            failure: None,
        };
        assert_eq!((row.label().as_str(), row.ratio_tenths()), ("2", Some(125)));
        let again = StageRow { attempt: 1, median: 0, ..row };
        assert_eq!((again.label().as_str(), again.ratio_tenths()), ("2.1", None));
    }
}

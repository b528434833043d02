//! What an event log comes down to: stages with their task times and bytes, and which of them are lopsided.

use super::Gathered;
use serde::Serialize;
use std::collections::BTreeMap;

/// Below this a stage is too short for its skew to matter.
const WORTH_MS: u64 = 10_000;
/// A task is a straggler when it takes this many times the median, as in Spark's `spark.speculation.multiplier` of old
/// releases (1.5) doubled, so that ordinary unevenness does not count.
const STRAGGLER: u64 = 3;

/// A whole event log.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Summary {
    pub name: String,
    pub id: Option<String>,
    pub spark: String,
    pub started_ms: Option<u64>,
    /// None: the log ends before the application does.
    pub ended_ms: Option<u64>,
    /// `spark.*` as they were at the start, secrets masked.
    pub properties: BTreeMap<String, String>,
    pub executors: u64,
    /// Where executors ran, by their id.
    pub places: BTreeMap<String, Place>,
    pub removed: Vec<Lost>,
    pub failed_jobs: u64,
    pub stages: Vec<Stage>,
    /// Why tasks failed, the most frequent first.
    pub reasons: Vec<Reason>,
    pub events: u64,
    /// Lines that are no event; the last one of a log that is cut is among them.
    pub unreadable: u64,
    /// Why reading stopped before the end.
    pub broken: Option<String>,
}

/// One attempt of one stage. Times in milliseconds, sizes in bytes; only tasks that succeeded are in them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Stage {
    pub id: u64,
    pub attempt: u64,
    pub name: String,
    /// Tasks that it was to have.
    pub planned: u64,
    /// Tasks that succeeded.
    pub tasks: u64,
    pub failed: u64,
    pub killed: u64,
    pub submitted_ms: Option<u64>,
    pub completed_ms: Option<u64>,
    pub median_ms: u64,
    pub p95_ms: u64,
    pub max_ms: u64,
    /// Tasks that took three times the median or longer.
    pub stragglers: u64,
    /// The slowest tasks, slowest first; at most five.
    pub slow: Vec<Straggler>,
    pub run_ms: u64,
    pub gc_ms: u64,
    pub shuffle_read: u64,
    pub shuffle_write: u64,
    pub spill_memory: u64,
    pub spill_disk: u64,
    pub input: u64,
    pub output: u64,
    /// What the task that read most has read.
    pub largest_read: u64,
    pub failure: Option<String>,
}

/// One of the slowest tasks of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Straggler {
    pub task: u64,
    pub executor: String,
    pub host: String,
    /// When it was launched; 0 where the log does not say.
    pub began_ms: u64,
    pub millis: u64,
    /// Bytes of input and shuffle.
    pub read: u64,
    pub gc_ms: u64,
}

/// Where an executor ran.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    pub host: String,
    /// Of YARN.
    pub container: Option<String>,
}

/// An executor that was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lost {
    pub executor: String,
    pub reason: String,
    pub at_ms: Option<u64>,
}

/// Why tasks failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    pub text: String,
    pub count: u64,
    pub stage: u64,
    pub executor: String,
}

/// What a stage suffers from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Ailment {
    /// Its slowest task had much more to read than the others.
    Skew,
    /// Its slowest task was slow without more data: the node, or the code.
    Straggler,
    /// It wrote to disk what did not fit into memory.
    Spill,
    /// It collected garbage for more than a fifth of its time.
    Garbage,
}

impl Summary {
    /// Stages that lost most time to their slowest task, worst first.
    pub fn worst(&self, most: usize) -> Vec<&Stage> {
        let mut stages: Vec<&Stage> = self.stages.iter().filter(|stage| stage.lost_ms() > 0).collect();
        stages.sort_by_key(|stage| (std::cmp::Reverse(stage.lost_ms()), stage.id, stage.attempt));
        stages.truncate(most);
        stages
    }
}

impl Stage {
    /// By how much the slowest task outlasted the median one.
    pub fn lost_ms(&self) -> u64 {
        if self.tasks > 1 { self.max_ms.saturating_sub(self.median_ms) } else { 0 }
    }

    pub fn slowest(&self) -> Option<&Straggler> {
        self.slow.first()
    }

    /// Share of its tasks' time that went into collecting garbage, in percent.
    pub fn gc_percent(&self) -> u64 {
        self.gc_ms.saturating_mul(100).checked_div(self.run_ms).unwrap_or_default().min(100)
    }

    pub fn ailments(&self) -> Vec<Ailment> {
        let mut found = Vec::new();
        let slow = self.lost_ms() >= WORTH_MS && self.max_ms >= self.median_ms.saturating_mul(STRAGGLER);
        if slow {
            let mean = self.shuffle_read.saturating_add(self.input) / self.tasks.max(1);
            let much = self.slowest().is_some_and(|slowest| slowest.read > mean.saturating_mul(2) && mean > 0);
            found.push(if much { Ailment::Skew } else { Ailment::Straggler });
        }
        if self.spill_disk > 0 {
            found.push(Ailment::Spill);
        }
        if self.gc_ms > self.run_ms / 5 && self.run_ms >= WORTH_MS {
            found.push(Ailment::Garbage);
        }
        found
    }
}

impl Gathered {
    pub(super) fn sum_up(self) -> Stage {
        let Self { mut stage, mut times, slow } = self;
        times.sort_unstable();
        let at = |percent: usize| {
            // The nearest rank: exact for any count, and always a time that a task took.
            let rank = (times.len() * percent).div_ceil(100).saturating_sub(1);
            u64::from(times.get(rank).copied().unwrap_or_default())
        };
        (stage.median_ms, stage.p95_ms, stage.max_ms) = (at(50), at(95), at(100));
        stage.tasks = times.len() as u64;
        let limit = stage.median_ms.saturating_mul(STRAGGLER).max(1);
        stage.stragglers = times.iter().filter(|time| u64::from(**time) >= limit).count() as u64;
        stage.slow = slow;
        stage
    }
}

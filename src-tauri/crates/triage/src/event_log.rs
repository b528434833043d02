//! Spark's event log: JSON lines, one for each event of the scheduler. It says what no log line does: how long each task
//! took, what it read, wrote, spilled and collected, and so which stages are skewed or have stragglers.
//!
//! The log of a run that is killed ends within a line, newer Sparks add events, and rolled logs
//! (`events_1_…`, `events_2_…`) are one log in several files: all of that is read as far as it goes.
//! Source: `org.apache.spark.util.JsonProtocol`.

mod summary;
mod wire;

pub use summary::{Ailment, Lost, Reason, Stage, Straggler, Summary};

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, Read};
use wire::{Event, TaskEnd};

/// A line beyond this is skipped: a plan of 64 MB is somebody's generated SQL.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;
/// Distinct reasons, lost executors.
const MOST: usize = 100;

/// Reads the parts of one event log, in their order. What cannot be read ends that part, and is said.
pub fn read<R: BufRead>(parts: impl IntoIterator<Item = R>) -> Summary {
    let mut reader = Reader::default();
    for mut part in parts {
        let mut line = Vec::new();
        loop {
            line.clear();
            match (&mut part).take(LONGEST_LINE).read_until(b'\n', &mut line) {
                Ok(0) => break,
                Ok(_) => reader.line(&line),
                Err(error) => {
                    reader.summary.broken = Some(error.to_string());
                    break;
                }
            }
        }
    }
    reader.finish()
}

#[derive(Debug, Default)]
struct Reader {
    summary: Summary,
    stages: BTreeMap<(u64, u64), Gathered>,
    reasons: HashMap<String, Reason>,
}

/// What is gathered of one stage attempt until it is summed up.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub stage: Stage,
    /// Milliseconds of each task that succeeded.
    pub times: Vec<u32>,
    pub slowest: Option<Straggler>,
}

/// Events that say nothing here are most of the log's bytes (accumulables, plans): only these are parsed.
const WANTED: &[&str] = &[
    "SparkListenerTaskEnd",
    "SparkListenerStageSubmitted",
    "SparkListenerStageCompleted",
    "SparkListenerExecutorRemoved",
    "SparkListenerExecutorAdded",
    "SparkListenerApplicationStart",
    "SparkListenerApplicationEnd",
    "SparkListenerEnvironmentUpdate",
    "SparkListenerLogStart",
    "SparkListenerJobEnd",
];

impl Reader {
    fn line(&mut self, line: &[u8]) {
        let line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        self.summary.events += 1;
        if !wanted(line) {
            return;
        }
        match serde_json::from_slice::<Event>(line) {
            Ok(event) => self.event(event),
            Err(_) => self.summary.unreadable += 1,
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::LogStart { version } => self.summary.spark = version,
            Event::ApplicationStart { name, id, at } => {
                (self.summary.name, self.summary.id, self.summary.started_ms) = (name, id, at);
            }
            Event::ApplicationEnd { at } => self.summary.ended_ms = at,
            Event::Environment { properties } => {
                let properties = properties.into_iter().map(|(key, value)| {
                    let masked = crate::redact(&format!("{key}={value}")).into_owned();
                    let value = masked.split_once('=').map(|(_, value)| value.to_owned()).unwrap_or_default();
                    (key, value)
                });
                self.summary.properties = properties.collect();
            }
            Event::ExecutorAdded { .. } => self.summary.executors += 1,
            Event::ExecutorRemoved { id, reason, at } => {
                if self.summary.removed.len() < MOST {
                    let reason = crate::redact(&reason).into_owned();
                    self.summary.removed.push(Lost { executor: id, reason, at_ms: at });
                }
            }
            Event::JobEnd { result } => {
                self.summary.failed_jobs += u64::from(result.is_some_and(|result| result.result == "JobFailed"));
            }
            Event::StageSubmitted { info } | Event::StageCompleted { info } => {
                let stage = &mut self.stages.entry((info.id, info.attempt)).or_default().stage;
                (stage.id, stage.attempt) = (info.id, info.attempt);
                stage.name = info.name.chars().take(200).collect();
                stage.planned = info.tasks;
                stage.submitted_ms = info.submitted.or(stage.submitted_ms);
                stage.completed_ms = info.completed.or(stage.completed_ms);
                if let Some(reason) = info.reason {
                    stage.failure = Some(crate::redact(reason.lines().next().unwrap_or_default()).into_owned());
                }
            }
            Event::TaskEnd(task) => self.task(*task),
            Event::Other => {}
        }
    }

    fn task(&mut self, task: TaskEnd) {
        let gathered = self.stages.entry((task.stage, task.attempt)).or_default();
        let stage = &mut gathered.stage;
        (stage.id, stage.attempt) = (task.stage, task.attempt);
        let info = task.info;
        if let Some(reason) = task.reason.filter(|reason| reason.kind != "Success") {
            let killed = reason.kind == "TaskKilled";
            stage.killed += u64::from(killed);
            stage.failed += u64::from(!killed);
            if !killed {
                let words = reason.words();
                let key = crate::templates::template(&words);
                if let Some(known) = self.reasons.get_mut(&key) {
                    known.count += 1;
                } else if self.reasons.len() < MOST {
                    let text = crate::redact(&words).into_owned();
                    let reason = Reason { text, count: 1, stage: task.stage, executor: info.executor.clone() };
                    self.reasons.insert(key, reason);
                }
            }
            return;
        }
        let millis = info.finished.saturating_sub(info.launched);
        let millis = u32::try_from(millis).unwrap_or(u32::MAX);
        gathered.times.push(millis);
        let longest = gathered.slowest.as_ref().is_none_or(|slowest| u64::from(millis) > slowest.millis);
        let metrics = task.metrics.unwrap_or_default();
        let read = metrics.shuffle_read.total();
        if longest {
            let (executor, host) = (info.executor, info.host);
            let shuffle_read = read + metrics.input.bytes;
            gathered.slowest =
                Some(Straggler { task: info.id, executor, host, millis: u64::from(millis), read: shuffle_read });
        }
        stage.run_ms = stage.run_ms.saturating_add(metrics.run_ms);
        stage.gc_ms = stage.gc_ms.saturating_add(metrics.gc_ms);
        stage.shuffle_read = stage.shuffle_read.saturating_add(read);
        stage.shuffle_write = stage.shuffle_write.saturating_add(metrics.shuffle_write.bytes);
        stage.spill_memory = stage.spill_memory.saturating_add(metrics.spill_memory);
        stage.spill_disk = stage.spill_disk.saturating_add(metrics.spill_disk);
        stage.input = stage.input.saturating_add(metrics.input.bytes);
        stage.output = stage.output.saturating_add(metrics.output.bytes);
        stage.largest_read = stage.largest_read.max(read + metrics.input.bytes);
    }

    fn finish(mut self) -> Summary {
        self.summary.stages = self.stages.into_values().map(Gathered::sum_up).collect();
        let mut reasons: Vec<_> = self.reasons.into_values().collect();
        reasons.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.text.cmp(&other.text)));
        self.summary.reasons = reasons;
        self.summary
    }
}

/// The event's name stands first in every line that Spark writes; looking there spares parsing the rest.
fn wanted(line: &[u8]) -> bool {
    let start = line.get(..line.len().min(96)).unwrap_or_default();
    let start = String::from_utf8_lossy(start);
    !start.contains("\"SparkListener") || WANTED.iter().any(|name| start.contains(name))
}

#[cfg(test)]
mod tests;

//! Spark's event log: JSON lines, one for each event of the scheduler. It says what no log line does: how long each task
//! took, what it read, wrote, spilled and collected, and so which stages are skewed or have stragglers.
//!
//! The log of a run that is killed ends within a line, newer Sparks add events, and rolled logs
//! (`events_1_…`, `events_2_…`) are one log in several files: all of that is read as far as it goes.
//! Source: `org.apache.spark.util.JsonProtocol`.

mod advice;
mod summary;
mod wire;

pub use advice::Advice;
pub use summary::{Ailment, Lost, Place, Reason, Stage, Straggler, Summary};

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, ErrorKind};
use wire::{Event, TaskEnd};

/// A line beyond this is skipped: a plan of 64 MB is somebody's generated SQL.
const LONGEST_LINE: usize = 64 * 1024 * 1024;
/// Distinct reasons, lost executors.
const MOST: usize = 100;
/// Executors whose place is kept.
const MOST_PLACES: usize = 20_000;
/// The slowest tasks that are kept of a stage.
const SLOWEST: usize = 5;

/// Reads the parts of one event log, in their order. What cannot be read ends that part, and is said.
pub fn read<R: BufRead>(parts: impl IntoIterator<Item = R>) -> Summary {
    let mut reader = Reader::default();
    for mut part in parts {
        let broken = loop {
            let bytes = match part.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => break Some(error.to_string()),
            };
            if bytes.is_empty() {
                break None;
            }
            reader.feed(bytes);
            let length = bytes.len();
            part.consume(length);
        };
        reader.end_part(broken);
    }
    reader.finish()
}

/// Takes an event log in pieces, as they come out of an unpacker. Memory grows with stages and tasks, not with bytes.
#[derive(Debug, Default)]
pub struct Reader {
    summary: Summary,
    stages: BTreeMap<(u64, u64), Gathered>,
    reasons: HashMap<String, Reason>,
    /// The beginning of a line whose end has not come.
    held: Vec<u8>,
    /// Of the line that comes, what was held was too long and is gone.
    skipping: bool,
}

/// What is gathered of one stage attempt until it is summed up.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub stage: Stage,
    /// Milliseconds of each task that succeeded.
    pub times: Vec<u32>,
    /// The slowest first.
    pub slow: Vec<Straggler>,
}

impl Gathered {
    fn note(&mut self, task: Straggler) {
        let at = self.slow.partition_point(|known| known.millis >= task.millis);
        if at < SLOWEST {
            self.slow.insert(at, task);
            self.slow.truncate(SLOWEST);
        }
    }
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
    /// The next bytes of the part, however they are cut.
    pub fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            // Reading from memory cannot fail.
            let Ok(_) = rest.read_until(b'\n', &mut self.held) else { return };
            if self.held.last() == Some(&b'\n') {
                self.end_line();
            } else if self.held.len() > LONGEST_LINE {
                self.held.clear();
                self.skipping = true;
            }
        }
    }

    /// The part is over. `broken` says why it could not be read to its end.
    pub fn end_part(&mut self, broken: Option<String>) {
        if !self.held.is_empty() || self.skipping {
            self.end_line();
        }
        self.summary.broken = broken.or(self.summary.broken.take());
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.held);
        if std::mem::take(&mut self.skipping) {
            self.summary.events += 1;
            self.summary.unreadable += 1;
        } else {
            self.line(&line);
        }
        line.clear();
        self.held = line;
    }

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
            Event::ExecutorAdded { id, info } => {
                self.summary.executors += 1;
                if self.summary.places.len() < MOST_PLACES {
                    let container = info.container();
                    self.summary.places.insert(id, Place { host: info.host, container });
                }
            }
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
        let metrics = task.metrics.unwrap_or_default();
        let read = metrics.shuffle_read.total();
        let all_read = read.saturating_add(metrics.input.bytes);
        stage.run_ms = stage.run_ms.saturating_add(metrics.run_ms);
        stage.gc_ms = stage.gc_ms.saturating_add(metrics.gc_ms);
        stage.shuffle_read = stage.shuffle_read.saturating_add(read);
        stage.shuffle_write = stage.shuffle_write.saturating_add(metrics.shuffle_write.bytes);
        stage.spill_memory = stage.spill_memory.saturating_add(metrics.spill_memory);
        stage.spill_disk = stage.spill_disk.saturating_add(metrics.spill_disk);
        stage.input = stage.input.saturating_add(metrics.input.bytes);
        stage.output = stage.output.saturating_add(metrics.output.bytes);
        stage.largest_read = stage.largest_read.max(all_read);
        gathered.note(Straggler {
            task: info.id,
            executor: info.executor,
            host: info.host,
            began_ms: info.launched,
            millis: u64::from(millis),
            read: all_read,
            gc_ms: metrics.gc_ms,
        });
    }

    /// What it all comes down to.
    pub fn finish(mut self) -> Summary {
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

//! What to do about lopsided, spilling and garbage-collecting stages, in words and with settings.
//!
//! Sources: Spark's "Performance Tuning" (adaptive query execution, skew joins) and "Tuning Spark" (memory, garbage
//! collection); "Amazon EMR Best Practices Guides, Spark troubleshooting and performance tuning".

use super::summary::{Ailment, Stage, Straggler, Summary};
use crate::compute::{Kind, Size, Suggestion, parse_memory};
use serde::Serialize;

/// Bytes of shuffle that a task should read: half of a core's share of a usual heap, unpacked some times its size.
const PARTITION: u64 = 128 << 20;
const MIB: f64 = 1_048_576.0;

/// What one ailment of a run is, where it is worst, and what helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    pub ailment: Ailment,
    /// `Stage 2 is skewed: one task took 18 m 12 s, the median 20 s`.
    pub title: String,
    pub text: String,
    pub remedy: String,
    pub settings: Vec<Suggestion>,
    /// Id and attempt of all stages that have it, the worst first.
    pub stages: Vec<(u64, u64)>,
    /// The slowest task of the worst of them.
    pub slowest: Option<Straggler>,
}

impl Summary {
    /// One for each ailment that some stage has.
    pub fn advice(&self) -> Vec<Advice> {
        let all = [Ailment::Skew, Ailment::Straggler, Ailment::Spill, Ailment::Garbage];
        all.into_iter().filter_map(|ailment| self.advise(ailment)).collect()
    }

    fn advise(&self, ailment: Ailment) -> Option<Advice> {
        let mut stages: Vec<&Stage> = self.stages.iter().filter(|stage| stage.ailments().contains(&ailment)).collect();
        stages.sort_by_key(|stage| (std::cmp::Reverse(weight(stage, ailment)), stage.id, stage.attempt));
        let worst = stages.first().copied()?;
        let name = format!("Stage {}", worst.id);
        let (one, many) = if ailment == Ailment::Skew { ("is", "are") } else { ("does", "do") };
        let more = match stages.len() - 1 {
            0 => String::new(),
            1 => format!(", and so {one} 1 more stage"),
            more => format!(", and so {many} {more} more stages"),
        };
        let slowest = worst.slowest();
        let (title, text, remedy, settings) = match ailment {
            Ailment::Skew => {
                let read = slowest.map_or(0, |slowest| slowest.read);
                let mean = worst.shuffle_read.saturating_add(worst.input) / worst.tasks.max(1);
                (
                    format!(
                        "{name} is skewed{more}: one task took {}, the median {}",
                        span(worst.max_ms),
                        span(worst.median_ms)
                    ),
                    format!(
                        "{} It had {} to read, the tasks of the stage {} on average.",
                        whose(slowest),
                        size(read),
                        size(mean)
                    ),
                    if worst.input > worst.shuffle_read { UNEVEN_INPUT } else { UNEVEN_KEYS },
                    self.for_skew(worst),
                )
            }
            Ailment::Straggler => (
                format!(
                    "{name} waits for a straggler{more}: one task took {}, the median {}",
                    span(worst.max_ms),
                    span(worst.median_ms)
                ),
                format!("{} It had no more to read than the others.", whose(slowest)),
                STRAGGLER,
                vec![self.flag(
                    "spark.speculation",
                    "a copy of a slow task is started elsewhere, and the first to end counts",
                )],
            ),
            Ailment::Spill => (
                format!("{name} spills{more}: {} were written to disk", size(worst.spill_disk)),
                format!("{} did not fit into the memory of its tasks.", size(worst.spill_memory.max(worst.spill_disk))),
                SPILL,
                self.for_spill(worst),
            ),
            Ailment::Garbage => (
                format!("{name} collects garbage for {} % of its time{more}", worst.gc_percent()),
                format!("{} of {} of its tasks' time.", span(worst.gc_ms), span(worst.run_ms)),
                GARBAGE,
                self.for_garbage(),
            ),
        };
        Some(Advice {
            ailment,
            title,
            text,
            remedy: remedy.to_owned(),
            settings,
            stages: stages.iter().map(|stage| (stage.id, stage.attempt)).collect(),
            slowest: slowest.cloned(),
        })
    }

    fn for_skew(&self, worst: &Stage) -> Vec<Suggestion> {
        if worst.input > worst.shuffle_read {
            return vec![self.set(
                "spark.sql.files.maxPartitionBytes",
                None,
                "smaller parts of files that can be split",
            )];
        }
        let why = "adaptive execution splits the large partitions of a join";
        vec![self.flag("spark.sql.adaptive.enabled", why), self.flag("spark.sql.adaptive.skewJoin.enabled", why)]
    }

    fn for_spill(&self, worst: &Stage) -> Vec<Suggestion> {
        let mut settings = Vec::new();
        // More partitions do nothing for the one that a single key fills.
        let wanted = worst.shuffle_read.div_ceil(PARTITION);
        if wanted > worst.tasks && !worst.ailments().contains(&Ailment::Skew) {
            let why = format!("{} of shuffle in parts of {}", size(worst.shuffle_read), size(PARTITION));
            settings.push(self.set("spark.sql.shuffle.partitions", Some(wanted.to_string()), &why));
        }
        settings.push(self.half_as_much_again());
        settings
    }

    fn for_garbage(&self) -> Vec<Suggestion> {
        let cores = self.properties.get("spark.executor.cores").and_then(|cores| cores.parse::<u64>().ok());
        let fewer = cores.filter(|cores| *cores > 1).map(|cores| (cores / 2).to_string());
        let mut settings = Vec::new();
        if fewer.is_some() || cores.is_none() {
            settings.push(self.set("spark.executor.cores", fewer, "fewer tasks share a heap"));
        }
        settings.push(self.half_as_much_again());
        settings
    }

    fn half_as_much_again(&self) -> Suggestion {
        let key = "spark.executor.memory";
        let now = self.properties.get(key).and_then(|text| parse_memory(text));
        let more = now.map(|Size(now)| Size((now * 1.5 / (512.0 * MIB)).ceil() * 512.0 * MIB).spark());
        self.set(key, more, "half as much again as it had")
    }

    fn flag(&self, key: &str, why: &str) -> Suggestion {
        self.set(key, Some("true".to_owned()), why)
    }

    fn set(&self, key: &str, value: Option<String>, why: &str) -> Suggestion {
        let current = self.properties.get(key).cloned();
        Suggestion { key: key.to_owned(), kind: Kind::Spark, value, current, from: why.to_owned() }
    }
}

const UNEVEN_KEYS: &str = "Few keys hold most of the rows. In a join, adaptive execution splits such partitions. In an aggregation or where one key alone is too large, salt it: add a random number to the key, aggregate, and aggregate once more without it. Look at null and default keys first.";
const UNEVEN_INPUT: &str = "One file or partition of the input is much larger than the others. A file packed with gzip cannot be split: write more and smaller files, or a format that can be split, or repartition right after reading.";
const STRAGGLER: &str = "The node or the code was slow, not the data: read the log of its executor, and look whether the node was short of disk, memory or network. Speculation helps against slow nodes, not against slow code.";
const SPILL: &str = "Give each task less to hold, with more partitions, or more memory to hold it in. Fewer columns before the shuffle help as well.";
const GARBAGE: &str = "Fewer tasks side by side share a heap, or the heap is larger. Large broadcasts, cached tables and collections in user code fill it too.";

/// By how much a stage has it.
fn weight(stage: &Stage, ailment: Ailment) -> u64 {
    match ailment {
        Ailment::Skew | Ailment::Straggler => stage.lost_ms(),
        Ailment::Spill => stage.spill_disk,
        Ailment::Garbage => stage.gc_ms,
    }
}

fn whose(slowest: Option<&Straggler>) -> String {
    slowest.map_or_else(String::new, |task| {
        let host = if task.host.is_empty() { String::new() } else { format!(" on {}", task.host) };
        format!("Task {} ran in executor {}{host}.", task.task, task.executor)
    })
}

/// `18 m 12 s`, `4.2 s`, `350 ms`.
fn span(millis: u64) -> String {
    let seconds = millis / 1000;
    match seconds {
        0 => format!("{millis} ms"),
        1..=9 => format!("{seconds}.{} s", millis % 1000 / 100),
        10..=59 => format!("{seconds} s"),
        60..=3599 => format!("{} m {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// As the AWS console writes sizes: powers of 1024.
fn size(bytes: u64) -> String {
    let units = [(1_u64 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    units.into_iter().find(|(unit, _)| bytes >= *unit).map_or_else(
        || format!("{bytes} B"),
        |(unit, word)| {
            // Tenths, in whole numbers.
            let tenths = u128::from(bytes) * 10 / u128::from(unit);
            format!("{}.{} {word}", tenths / 10, tenths % 10)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_sizes_are_read_at_a_glance() {
        assert_eq!(
            [350, 4_250, 20_000, 1_092_000, 7_380_000].map(span),
            ["350 ms", "4.2 s", "20 s", "18 m 12 s", "2 h 3 m"]
        );
        assert_eq!([7, 1_536, 5_368_709_120, u64::MAX].map(size), ["7 B", "1.5 KB", "5.0 GB", "16777215.9 TB"]);
    }

    #[test]
    fn a_run_without_settings_is_advised_without_values() {
        let stage = Stage { id: 1, tasks: 10, run_ms: 100_000, gc_ms: 30_000, spill_disk: 5, ..Stage::default() };
        let summary = Summary { stages: vec![stage], ..Summary::default() };
        let advice = summary.advice();
        assert_eq!(advice.iter().map(|one| one.ailment).collect::<Vec<_>>(), [Ailment::Spill, Ailment::Garbage]);
        assert!(advice.iter().flat_map(|one| &one.settings).all(|one| one.current.is_none() && one.value.is_none()));
    }
}

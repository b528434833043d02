//! How far an executor's clock is from its driver's, by the tasks that both tell.
//!
//! A driver of Spark says when it gave a task away and when it heard of its end; the executor says when it began it and
//! when it was done. Nothing begins before it was given, and nothing is heard of before it was done: so every task bounds
//! the difference from both sides, and many bound it closely.

use crate::{Reader, time::Time};
use memchr::memmem;
use std::collections::HashMap;

/// Events that are kept of a driver, and of an executor: the first are enough.
const MOST_GIVEN: usize = 20_000;
const MOST_OWN: usize = 400;
/// Spark tells whole seconds: what happened was up to so much later than what is told.
const TOLD: i64 = Time::SECOND;
/// Fewer tasks bound nothing.
const LEAST: u64 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Given,
    Begun,
    Done,
    Heard,
}

/// What a log tells of tasks.
#[derive(Debug, Clone)]
pub struct Tasks {
    reader: Reader,
    told: HashMap<(u64, What), Event>,
}

#[derive(Debug, Clone, Copy)]
struct Event {
    time: Time,
    /// Of the driver's events.
    executor: Option<u64>,
}

/// What is to be added to the times of a log so that they fit another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skew {
    /// Nanoseconds; the middle of what the tasks allow.
    pub offset: i64,
    /// Tasks whose begin and whose end both logs tell, the fewer of the two.
    pub tasks: u64,
}

impl Tasks {
    pub fn new(reader: Reader) -> Self {
        Self { reader, told: HashMap::new() }
    }

    /// Learns from a line; most say nothing, and cost little.
    pub fn feed(&mut self, line: &[u8]) {
        if self.told.len() >= MOST_GIVEN {
            return;
        }
        if let Some((task, what, event)) = self.event(line) {
            let most = if matches!(what, What::Given | What::Heard) { MOST_GIVEN } else { MOST_OWN };
            if self.told.len() >= most {
                return;
            }
            self.told.entry((task, what)).or_insert(event);
        }
    }

    fn event(&mut self, line: &[u8]) -> Option<(u64, What, Event)> {
        let at = memmem::find(line, b" (TID ")?;
        let (before, rest) = line.split_at_checked(at)?;
        let (task, rest) = number(rest.strip_prefix(b" (TID ")?)?;
        let says = |words: &[u8]| memmem::find(before, words).is_some();
        let what = if says(b"Starting task ") {
            What::Given
        } else if says(b"Running task ") {
            What::Begun
        } else if says(b"Finished task ") && rest.starts_with(b") in ") {
            What::Heard
        } else if says(b"Finished task ") && rest.starts_with(b").") {
            What::Done
        } else {
            return None;
        };
        let named = memmem::find(rest, b"executor ").and_then(|at| rest.get(at + b"executor ".len()..));
        let executor = named.and_then(number).map(|(executor, _)| executor);
        let time = self.reader.head(line)?.time?;
        Some((task, what, Event { time, executor }))
    }

    /// How many tasks it gave away: a driver many, others none.
    pub fn given(&self) -> usize {
        self.told.keys().filter(|(_, what)| *what == What::Given).count()
    }

    /// What is to be added to these times so that they fit the driver's. None where they fit, where too little is told, or
    /// where the tasks contradict each other.
    pub fn skew(&self, driver: &Self, executor: Option<u64>) -> Option<Skew> {
        let (mut least, mut most) = (i64::MIN, i64::MAX);
        let (mut begins, mut ends) = (0, 0);
        for ((task, what), own) in &self.told {
            let other = |what| {
                let event = driver.told.get(&(*task, what))?;
                let is_own = executor.is_none() || event.executor.is_none() || event.executor == executor;
                is_own.then_some(event.time.0.saturating_sub(own.time.0))
            };
            match what {
                What::Begun => {
                    if let Some(offset) = other(What::Given) {
                        least = least.max(offset.saturating_sub(TOLD));
                        begins += 1;
                    }
                }
                What::Done => {
                    if let Some(offset) = other(What::Heard) {
                        most = most.min(offset.saturating_add(TOLD));
                        ends += 1;
                    }
                }
                What::Given | What::Heard => {}
            }
        }
        let tasks = u64::min(begins, ends);
        if tasks < LEAST || least > most || (least..=most).contains(&0) {
            return None;
        }
        Some(Skew { offset: least + most.saturating_sub(least) / 2, tasks })
    }
}

fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(digits)?;
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Zone;
    use proptest::prelude::*;

    fn tasks(lines: &[String]) -> Tasks {
        let mut tasks = Tasks::new(Reader::new(Zone::utc("2024-06-01T00:00:00Z".parse().unwrap())));
        for line in lines {
            tasks.feed(line.as_bytes());
        }
        tasks
    }

    /// Milliseconds after noon, told in whole seconds.
    fn clock(millis: i64) -> String {
        let seconds = millis.div_euclid(1_000) + 43_200;
        format!("24/05/01 {:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
    }

    /// The logs of a driver and of executor 7, whose clock is ahead. Each task: given, begun, done, heard.
    fn logs(of: &[[i64; 4]], ahead: i64) -> (Tasks, Tasks) {
        let (mut driver, mut executor) = (Vec::new(), Vec::new());
        for (task, [given, begun, done, heard]) in of.iter().enumerate() {
            let name = format!("task {task}.0 in stage 0.0 (TID {task})");
            driver.push(format!(
                "{} INFO TaskSetManager: Starting {name} (ip-10-0-0-1, executor 7, partition 0)",
                clock(*given)
            ));
            driver.push(format!(
                "{} INFO TaskSetManager: Finished {name} in 5 ms on ip-10-0-0-1 (executor 7) (1/9)",
                clock(*heard)
            ));
            executor.push(format!("{} INFO Executor: Running {name}", clock(begun + ahead)));
            executor.push(format!(
                "{} INFO Executor: Finished {name}. 2100 bytes result sent to driver",
                clock(done + ahead)
            ));
        }
        (tasks(&driver), tasks(&executor))
    }

    #[test]
    fn a_clock_that_fits_and_one_that_tells_too_little_have_no_skew() {
        let four = [
            [0, 100, 4_000, 4_100],
            [50, 150, 5_000, 5_100],
            [4_200, 4_300, 9_000, 9_100],
            [9_200, 9_300, 9_900, 9_950],
        ];
        let (driver, executor) = logs(&four, 0);
        assert_eq!((driver.given(), executor.given()), (4, 0));
        assert_eq!(executor.skew(&driver, Some(7)), None);
        let (driver, executor) = logs(&four, 300_000);
        let skew = executor.skew(&driver, Some(7)).unwrap();
        assert_eq!(skew.tasks, 4);
        assert!((skew.offset + 300 * Time::SECOND).abs() <= 2 * Time::SECOND, "{skew:?}");
        assert_eq!(executor.skew(&driver, Some(8)), None, "another's tasks");
        let (driver, executor) = logs(&four[..2], 300_000);
        assert_eq!(executor.skew(&driver, Some(7)), None);
        // Begun before it was given, and heard of before it was done, by more than any one offset mends.
        let (driver, executor) = logs(&[[0, 0, 1, 90_000], [0, 0, 1, 90_000], [500_000, 10_000, 11_000, 20_000]], 0);
        assert_eq!(executor.skew(&driver, Some(7)), None);
    }

    proptest! {
        #[test]
        fn the_skew_is_what_it_was_made_with(
            spans in proptest::collection::vec((0_i64..3_000_000, 0_i64..1_500, 0_i64..60_000, 0_i64..1_500), 3..30),
            ahead in prop_oneof![-7_200_000_i64..-10_000, 10_000_i64..7_200_000],
        ) {
            let of: Vec<[i64; 4]> = spans.iter().map(|(given, wait, run, way)| {
                let (begun, done) = (given + wait, given + wait + run);
                [*given, begun, done, done + way]
            }).collect();
            let (driver, executor) = logs(&of, ahead);
            let skew = executor.skew(&driver, Some(7)).unwrap();
            // What waits and ways take, and the second that is not told.
            prop_assert!((skew.offset / 1_000_000 + ahead).abs() <= 4_000, "{} for {ahead}", skew.offset);
        }
    }
}

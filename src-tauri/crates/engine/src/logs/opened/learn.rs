//! What a log teaches about the other files of its run.

use super::{Opened, lock};
use crate::{Desk, logs::file::Copy};
use ::logs::{LogFault, refs::Attempts, skew::Tasks};
use contract::{jobs::LogRole, logs::LogSkew};
use std::sync::Arc;

/// Larger logs are not read once more for their names.
const MOST: u64 = 256 << 20;
const STEP: usize = 1 << 20;

impl Opened {
    /// Learns which executor runs where, and whose clock is off, of the files that tell.
    pub(in crate::logs) async fn learn(self: &Arc<Self>) {
        let log = Arc::clone(self);
        let learned = tokio::task::spawn_blocking(move || {
            let mut attempts = Attempts::default();
            let mut tasks = Vec::new();
            for (number, file) in log.files.iter().enumerate() {
                let row = file.address.row(None, None);
                let tells =
                    matches!(row.role, LogRole::Driver | LogRole::Step | LogRole::Executor | LogRole::Container);
                let copy = file.seen().copy.filter(|copy| tells && copy.log().extent().length <= MOST);
                if let Some(copy) = copy {
                    let mut told = Tasks::new(log.reader());
                    let links = attempts.of(row.attempt);
                    feed(&copy, |line| {
                        links.feed(line);
                        told.feed(line);
                    })?;
                    let executor = row.executor.and_then(|executor| executor.parse().ok());
                    tasks.push(Teller { file: number, attempt: row.attempt, executor, told });
                }
            }
            Ok::<_, LogFault>((attempts, skews(log.files.len(), &tasks)))
        });
        if let Ok(Ok((links, skews))) = learned.await {
            *lock(&self.links) = Arc::new(links);
            *lock(&self.skews) = skews;
            self.library.moved();
        }
    }

    /// Learns which other files the run has.
    pub async fn relate(self: Arc<Self>, desk: Desk) {
        let Some(job) = &self.job else { return };
        let found = async {
            let run = desk.run_fact(&self.session, job).await?;
            desk.log_files(&self.session, &run).await
        };
        tokio::select! {
            () = self.stop.cancelled() => {}
            found = found => match found {
                Ok(rows) => *lock(&self.related) = rows,
                // Names then lead nowhere; the log itself is none the worse.
                Err(error) => tracing::debug!(%error, %job, "the other files of a run are not known"),
            },
        }
    }
}

/// Line by line, without holding more than a step of them.
fn feed(copy: &Copy, mut each: impl FnMut(&[u8])) -> Result<(), LogFault> {
    let mut buffer = vec![0; STEP];
    let (mut at, length) = (0, copy.log().extent().length);
    while at < length {
        let read = copy.log().read_at(&mut buffer, at)?;
        let held = buffer.get(..read).unwrap_or_default();
        // Up to the last whole line; a line that fills the buffer teaches nothing.
        let whole = held.iter().rposition(|byte| *byte == b'\n').map_or(read, |end| end + 1);
        if whole == 0 {
            break;
        }
        held.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n').for_each(&mut each);
        at += whole as u64;
    }
    Ok(())
}

/// A file that tells of tasks.
struct Teller {
    /// Which of the open files, from 0.
    file: usize,
    attempt: Option<u32>,
    executor: Option<u64>,
    told: Tasks,
}

/// Whose clock is off, by the tasks that the driver tells of too. Its own is taken as right.
fn skews(files: usize, tellers: &[Teller]) -> Vec<Option<LogSkew>> {
    let mut skews = vec![None; files];
    let driver = tellers.iter().max_by_key(|one| one.told.given()).filter(|one| one.told.given() > 0);
    let Some(driver) = driver else { return skews };
    // Each attempt counts its tasks from 0 again.
    let is_its_own = |one: &Teller| one.attempt.zip(driver.attempt).is_none_or(|(own, of)| own == of);
    for one in tellers.iter().filter(|one| one.file != driver.file && is_its_own(one)) {
        let skew = one.told.skew(&driver.told, one.executor);
        if let Some(place) = skews.get_mut(one.file) {
            *place = skew.map(|skew| LogSkew { offset: skew.offset / 1_000_000, tasks: skew.tasks });
        }
    }
    skews
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::logs::{Reader, time::Zone};

    fn told(lines: impl Fn(u32) -> [String; 2]) -> Tasks {
        let mut told = Tasks::new(Reader::new(Zone::utc("2026-11-20T12:00:00Z".parse().unwrap())));
        for line in (0..4).flat_map(lines) {
            told.feed(line.as_bytes());
        }
        told
    }

    #[test]
    fn an_executor_is_measured_by_the_driver_of_its_own_attempt() {
        let driver = told(|task| {
            let name = format!("task {task}.0 in stage 0.0 (TID {task})");
            [
                format!("26/11/20 06:05:{task}0 INFO S: Starting {name} (ip-10-0-0-1, executor 7, partition 0)"),
                format!("26/11/20 06:05:{task}5 INFO S: Finished {name} in 5 ms on ip-10-0-0-1 (executor 7) (1/4)"),
            ]
        });
        let executor = told(|task| {
            let name = format!("task {task}.0 in stage 0.0 (TID {task})");
            [
                format!("26/11/20 06:17:{task}0 INFO E: Running {name}"),
                format!("26/11/20 06:17:{task}5 INFO E: Finished {name}. 2100 bytes result sent to driver"),
            ]
        });
        let teller = |file, attempt, executor, told: &Tasks| Teller { file, attempt, executor, told: told.clone() };
        for (attempt, is_off) in [(Some(1), true), (None, true), (Some(2), false)] {
            let tellers = [teller(0, Some(1), None, &driver), teller(1, attempt, Some(7), &executor)];
            let skews = skews(2, &tellers);
            assert_eq!((skews[0].is_some(), skews[1].is_some()), (false, is_off), "{attempt:?}");
        }
    }
}

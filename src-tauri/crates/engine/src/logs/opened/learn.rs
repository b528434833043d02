//! What a log teaches about the other files of its run.

use super::{Opened, lock};
use crate::{Desk, logs::file::Copy};
use ::logs::{LogFault, refs::Links, skew::Tasks};
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
            let mut links = Links::default();
            let mut tasks = Vec::new();
            for (number, file) in log.files.iter().enumerate() {
                let row = file.address.row(None, None);
                let tells =
                    matches!(row.role, LogRole::Driver | LogRole::Step | LogRole::Executor | LogRole::Container);
                let copy = file.seen().copy.filter(|copy| tells && copy.log().extent().length <= MOST);
                if let Some(copy) = copy {
                    let mut told = Tasks::new(log.reader());
                    feed(&copy, |line| {
                        links.feed(line);
                        told.feed(line);
                    })?;
                    tasks.push((number, row.executor.and_then(|executor| executor.parse().ok()), told));
                }
            }
            Ok::<_, LogFault>((links, skews(log.files.len(), &tasks)))
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

/// Whose clock is off, by the tasks that the driver tells of too. Its own is taken as right.
fn skews(files: usize, tasks: &[(usize, Option<u64>, Tasks)]) -> Vec<Option<LogSkew>> {
    let mut skews = vec![None; files];
    let driver = tasks.iter().max_by_key(|(_, _, told)| told.given()).filter(|(_, _, told)| told.given() > 0);
    let Some((at, _, driver)) = driver else { return skews };
    for (number, executor, told) in tasks.iter().filter(|(number, ..)| number != at) {
        let skew = told.skew(driver, *executor);
        if let Some(place) = skews.get_mut(*number) {
            *place = skew.map(|skew| LogSkew { offset: skew.offset / 1_000_000, tasks: skew.tasks });
        }
    }
    skews
}

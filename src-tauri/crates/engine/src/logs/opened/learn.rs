//! What a log teaches about the other files of its run.

use super::{Opened, lock};
use crate::{Desk, logs::file::Copy};
use ::logs::{LogFault, refs::Links};
use contract::jobs::LogRole;
use std::sync::Arc;

/// Larger logs are not read once more for their names.
const MOST: u64 = 256 << 20;
const STEP: usize = 1 << 20;

impl Opened {
    /// Learns which executor runs where, of the files that tell.
    pub(super) async fn learn(self: &Arc<Self>) {
        let log = Arc::clone(self);
        let learned = tokio::task::spawn_blocking(move || {
            let mut links = Links::default();
            for file in &log.files {
                let row = file.address.row(None, None);
                let tells =
                    matches!(row.role, LogRole::Driver | LogRole::Step | LogRole::Executor | LogRole::Container);
                let copy = file.seen().copy.filter(|copy| tells && copy.log().extent().length <= MOST);
                if let Some(copy) = copy {
                    feed(&copy, &mut links)?;
                }
            }
            Ok::<_, LogFault>(links)
        });
        if let Ok(Ok(links)) = learned.await {
            *lock(&self.links) = Arc::new(links);
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
fn feed(copy: &Copy, links: &mut Links) -> Result<(), LogFault> {
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
        held.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n').for_each(|line| links.feed(line));
        at += whole as u64;
    }
    Ok(())
}

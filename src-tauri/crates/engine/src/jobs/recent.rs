//! The runs of all engines in one place, read again and again for those who keep no list of them open.

use super::round::{Listed, Round};
use crate::{Desk, executions::hours_before, sets::SetWriter};
use aws::{AwsError, Session};
use contract::{Notice, Timestamp, jobs::JobRow};
use std::{pin::pin, time::Duration};

/// How often what was read so far is told.
const PART: Duration = Duration::from_secs(1);

/// What was read of a place: an engine that cannot be read keeps its rows.
pub(crate) struct Recent(SetWriter<Listed>);

impl Recent {
    pub fn new(as_of: Timestamp) -> Self {
        Self(SetWriter::unseen(as_of))
    }

    pub fn failed(&self) -> Vec<JobRow> {
        let rows = self.0.rows_by_id().into_values().map(|listed| listed.row);
        rows.filter(|row| row.state.is_failure()).collect()
    }

    /// What could not be read by the last whole round.
    pub fn notices(&self) -> Vec<Notice> {
        self.0.state().notices
    }
}

impl Desk {
    /// Reads all engines once, as far back as these hours. `part` is called now and then while rows arrive.
    pub(crate) async fn read_recent(
        &self,
        session: &Session,
        hours: u32,
        recent: &Recent,
        part: &(dyn Fn() + Send + Sync),
    ) -> Result<(), AwsError> {
        let now = session.now();
        let round = Round::new(self, session, &recent.0, Some((hours_before(now, hours), now)), false);
        let outcome = {
            let mut reading = pin!(self.read_all(&round));
            loop {
                tokio::select! {
                    outcome = &mut reading => break outcome,
                    () = tokio::time::sleep(PART) => part(),
                }
            }
        };
        outcome?;
        round.end();
        Ok(())
    }
}

//! The runs that the states of an execution started.

use super::History;
use contract::{executions::facts::HistoryEvent, jobs::facts::StartedRun};

/// More are not told: a Map may start thousands.
const MOST: usize = 200;

impl History {
    /// The runs of all attempts, as far as the events name them. `events` are the ones that the history was read from.
    pub fn started_runs(&self, events: &[HistoryEvent]) -> Vec<StartedRun> {
        let details = self.states.iter().filter_map(|state| self.state_detail(&state.id, events, None));
        let attempts = details.flat_map(|detail| detail.attempts);
        let runs = attempts.filter_map(|attempt| {
            let link = attempt.job?;
            match link.run() {
                Some(run) => Some(StartedRun::Run(run)),
                None if link.service == "Lambda" && link.noun == "function" => {
                    Some(StartedRun::Call { function: link.id, from: attempt.started, until: attempt.ended })
                }
                None => None,
            }
        });
        runs.take(MOST).collect()
    }
}

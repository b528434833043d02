//! What the last success of the same job said. Where no signature knows the cause, what the failed run says beyond that is
//! the shortest way to it.

use super::{Diagnosing, Progress, facts, lock};
use crate::{Desk, EngineError, logs::cores};
use ::triage::{Templates, Verdict};
use contract::jobs::{DiagnosisEvent, facts::RunFact};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// Files of the success that are read, the most telling first.
const MOST_FILES: usize = 40;

impl Diagnosing {
    /// Reads the last success, where the logs of the run leave the cause open.
    pub(super) async fn learn(&self, desk: &Desk) {
        let open = {
            let progress = lock(&self.progress);
            let verdict = || self.catalogue.report(&progress.scan, &self.facts, None).verdict;
            !progress.files.is_empty() && verdict() == Verdict::Unknown
        };
        if !open {
            return;
        }
        match Box::pin(self.said_by_success(desk)).await {
            Ok(said) => lock(&self.progress).baseline = said,
            // The answer stands without it.
            Err(error) => tracing::debug!(%error, "the last success could not be read"),
        }
    }

    /// `None` where there is no success, or none of its logs is there any more.
    async fn said_by_success(&self, desk: &Desk) -> Result<Option<Templates>, EngineError> {
        let found = desk.success_before(&self.session, &self.run).await;
        let Some(found) = found.map_err(Desk::failed(&self.session))? else { return Ok(None) };
        // A list leaves out where logs are.
        let run = desk.run_fact(&self.session, &found.id).await?;
        let files = desk.log_files(&self.session, &run).await?;
        let success = self.of_success(run);
        success.read(files.get(..files.len().min(MOST_FILES)).unwrap_or_default()).await;
        let progress = lock(&success.progress);
        Ok((!progress.files.is_empty()).then(|| progress.scan.templates()))
    }

    /// Another run, read in the same way and told to nobody.
    fn of_success(&self, run: Arc<RunFact>) -> Self {
        Self {
            session: self.session.clone(),
            library: Arc::clone(&self.library),
            facts: facts::facts(&run),
            run,
            catalogue: Arc::clone(&self.catalogue),
            scanning: Semaphore::new(cores()),
            events: Arc::new(|_: DiagnosisEvent| ()),
            stop: self.stop.clone(),
            progress: Mutex::new(Progress::default()),
        }
    }
}

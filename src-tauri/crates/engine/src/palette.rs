//! Where the palette can go: addresses that were pasted, and places visited before.

use crate::{Desk, EngineError, executions::machine_name};
use ::executions::address::{Found, FoundKind};
use contract::palette::{Recent, RecentList, Resolved, Target, TargetPlace};

const RECENTS_SHOWN: usize = 12;
/// Targets of one text: an alert names a few, a log file thousands.
const TARGETS: usize = 12;

impl Desk {
    /// Reads an `s3://` URI, an ARN, a console URL, a deep link, the id of a job or of what it runs on, or the whole text
    /// of an alert.
    pub async fn resolve_target(&self, text: &str) -> Resolved {
        let found = ::executions::address::resolve(text);
        if found.is_empty() {
            let object = ::objects::address::resolve(text);
            let jobs = self.job_targets(text);
            let models = crate::models::targets(text);
            if jobs.is_empty() && models.is_empty() {
                return object;
            }
            // A log file is an object too, and can be gone to as one.
            let targets = jobs.into_iter().chain(models).take(TARGETS).chain(object.targets).collect();
            return Resolved { targets, problem: None };
        }
        let mut targets: Vec<Target> = Vec::new();
        for one in found.into_iter().take(TARGETS) {
            if let Some(target) = self.target(one).await
                && !targets.iter().any(|known| known.place == target.place)
            {
                targets.push(target);
            }
        }
        let problem = targets
            .is_empty()
            .then(|| "What this names has no page: an activity, or an alarm of something else.".to_owned());
        Resolved { targets, problem }
    }

    async fn target(&self, found: Found) -> Option<Target> {
        let (place, title) = match found.kind {
            FoundKind::Execution { arn } => (TargetPlace::Execution(arn), found.title),
            FoundKind::Machine { arn } => (TargetPlace::Machine(base(&arn)), found.title),
            FoundKind::MapRun { arn } => (TargetPlace::MapRun(arn), found.title),
            FoundKind::Alarm { name, .. } => {
                let machine = self.machine_of_alarm(&name, found.region.as_deref()).await?;
                let title = format!("{}, which alarm {name} watches", machine_name(&machine));
                (TargetPlace::Machine(machine), title)
            }
            FoundKind::Activity { .. } => return None,
        };
        Some(Target { place, title, account: found.account, region: found.region })
    }

    /// The machine that an alarm of the current account watches.
    async fn machine_of_alarm(&self, name: &str, region: Option<&str>) -> Option<String> {
        let session = self.session().ok()?;
        let region = region.unwrap_or_else(|| session.region()).to_owned();
        match aws::executions::metrics::machine_of_alarm(&session, &region, name).await {
            Ok(machine) => machine,
            Err(error) => {
                tracing::debug!(%error, "the alarm could not be looked up");
                None
            }
        }
    }

    pub async fn list_recents(&self) -> Result<RecentList, EngineError> {
        let recents = self.inner.store.run(|store| store.recents(RECENTS_SHOWN)).await?;
        Ok(RecentList { recents })
    }

    pub async fn remember_recent(&self, recent: Recent) -> Result<(), EngineError> {
        Ok(self.inner.store.run(move |store| store.remember(&recent)).await?)
    }
}

/// A machine's ARN without version or alias.
fn base(arn: &str) -> String {
    arn.split(':').take(7).collect::<Vec<_>>().join(":")
}

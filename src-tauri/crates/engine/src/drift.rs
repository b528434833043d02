//! Drift: what watches models, whether it measures at all, and what its reports say when they are reckoned again.
//!
//! Reports lie in S3, one folder an hour: they are listed by month and read once, and what they came to outlives the program
//! ([`archive`]). What of them is kept is a number for each feature and report, so that thresholds can be tried and charts
//! drawn without reading again; distributions are read when somebody looks at one. A file that cannot be read costs itself
//! only.

mod agreement;
mod alarms;
mod alert;
mod archive;
mod captures;
mod charting;
mod closer;
mod endpoint;
mod endpoints;
mod feature;
mod files;
mod followed;
mod gather;
mod index;
mod list;
mod look;
mod metrics;
mod records;
mod runs;
mod scene;
mod served;
mod sources;
mod switch;
mod trial;
mod trouble;
mod view;
mod violations;
mod worklist;

use crate::{executions::lock, jobs::Kept};
use aws::{Session, models::endpoints::Described};
use contract::{
    Notice, Timestamp,
    drift::{DriftEvent, MonitorRow, TrialEvent},
    models::facts::{DeployedModel, JobDefinitionFact, ScheduleFact, VersionFact},
};
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;
pub(crate) use trouble::{Found, trouble_at};

pub(crate) use runs::list_runs;

/// Where a reading of reports tells how far it is.
pub type DriftEvents = Arc<dyn Fn(DriftEvent) + Send + Sync>;

/// Where a trial of a threshold tells what it found so far.
pub type TrialEvents = Arc<dyn Fn(TrialEvent) + Send + Sync>;

/// Global SHAP values by feature.
type Importance = Arc<Vec<(String, f64)>>;

/// What the area keeps while the program runs.
#[derive(Debug, Default)]
pub(crate) struct Drift {
    shelf: index::Shelf,
    models: Kept<Arc<Vec<DeployedModel>>>,
    /// Whether there are more of them than were read.
    models_cut: Kept<bool>,
    /// Every endpoint as a search tells of it: less than [`Described`] from its own calls.
    served: Kept<Arc<served::Served>>,
    /// All schedules as they were listed last, for the next one who opens the list.
    listed: Kept<Arc<Vec<MonitorRow>>>,
    /// Schedules that measured at a look: that one of them is silent later is news.
    heard: Kept<bool>,
    /// The numbers of a monitor, for the picture of one of them.
    measured: Kept<Arc<metrics::Measured>>,
    /// By the report and when it was stored.
    readings: Kept<metrics::Readings>,
    /// What a report found itself, by the URI of its violations.
    said: Kept<metrics::Said>,
    /// The newest report of a schedule, compared, with its mark.
    newest: Kept<Arc<worklist::Newest>>,
    /// The last run whose report was asked for while nobody had a page of drift open.
    asked_for: Kept<Timestamp>,
    /// The newest reports of what sources follow and no schedule watches.
    elsewhere: Kept<Arc<Vec<Arc<worklist::Newest>>>>,
    schedules: Kept<Arc<ScheduleFact>>,
    /// They do not change once they are made.
    definitions: Kept<Arc<JobDefinitionFact>>,
    endpoints: Kept<Arc<Described>>,
    versions: Kept<Arc<VersionFact>>,
    /// Whether any check is enabled, by the URI of the constraints.
    checks: Kept<bool>,
    /// Violations of a run that is over, by its job.
    violations: Kept<u32>,
    /// By the URI of the report.
    importance: Kept<Importance>,
    /// What a source follows, by its address.
    follows: Kept<Arc<followed::Follows>>,
    /// What of it failed the last time, by what was asked.
    failures: Kept<followed::Failure>,
    snapshots: followed::Snapshots,
    /// Where the reports of a schedule lie, without the hour.
    places: Kept<String>,
    /// The past of a schedule on which thresholds are tried.
    tried: Kept<Arc<trial::Past>>,
    /// The newest ground truth below a prefix, none without any.
    truths: Kept<Option<Timestamp>>,
    /// Held while such a past is read.
    trying: tokio::sync::Mutex<()>,
    /// The last threshold that was asked for: those before it need no answer.
    asked: Mutex<trial::Asked>,
    stop: Mutex<CancellationToken>,
    /// Held while the list of sources is read, changed and kept.
    saving: tokio::sync::Mutex<()>,
}

impl Drift {
    /// Nobody waits for reports any more.
    pub fn stop_all(&self) {
        std::mem::take(&mut *lock(&self.stop)).cancel();
    }

    /// Whoever opens a profile may have signed in, or have been given a permission.
    pub fn forget_failures(&self, profile: &str) {
        self.failures.forget_below(&format!("{profile}/"));
    }

    fn stop(&self) -> CancellationToken {
        lock(&self.stop).clone()
    }
}

/// The name of a thing among what is kept.
fn key(session: &Session, name: &str) -> String {
    format!("{}/{}/{name}", session.profile(), session.region())
}

/// `21 Nov 2026 06:00 UTC`: as texts write it. Where a time stands alone, the window writes it in its own zone.
fn moment(at: Timestamp) -> String {
    at.strftime("%-d %b %Y %H:%M UTC").to_string()
}

/// `1 report`, `3 reports`.
fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Four digits behind the point at most.
fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What a list that was not read to its end does not hold; its pages are of a hundred.
fn cut_off(is_cut: bool, pages: usize, what: &str) -> Option<Notice> {
    let most = ::models::wording::grouped(small(pages.saturating_mul(100)).into());
    is_cut.then(|| Notice::warning(format!("Only the first {most} {what} were read.")))
}

/// Days before a moment.
fn days_before(now: Timestamp, days: u32) -> Timestamp {
    now.checked_sub(jiff::SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_was_not_read_to_its_end_says_so() {
        let told = cut_off(true, 20, "schedules").map(|notice| notice.text);
        assert_eq!(told.as_deref(), Some("Only the first 2,000 schedules were read."));
        assert_eq!(cut_off(false, 20, "schedules"), None);
    }
}

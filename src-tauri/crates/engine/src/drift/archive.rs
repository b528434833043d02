//! What reports came to, kept on this computer: one that was read is not fetched again after a restart. Evidently's snapshots are
//! such reports too, of the folder in which they lie.
//!
//! A report is the same while the listing names its file as stored at the same time, and its numbers are while the baseline is
//! the same one and the program is: another version may reckon otherwise. A store that fails costs a call, never a report.

use super::{followed::Read, scene::Whole};
use crate::Desk;
use ::models::{drift::Run, series::Reading};
use aws::Session;
use contract::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;
use store::{Monitored, ReportId, ReportPart, Store, StoreError};

/// When it ran, when its file was stored, and the file's S3 URI.
pub(super) type Report = (Timestamp, Timestamp, String);

/// Raised when a statistic is reckoned in another way: what was kept before is not that number.
const RECKONING: u32 = 5;

/// What is kept of one schedule.
#[derive(Debug)]
pub(super) struct Archive {
    store: Store,
    of: Monitored,
    against: String,
    now: Timestamp,
}

impl Desk {
    /// What is kept of a schedule's reports, compared with a baseline (its mark; empty where nothing is compared), or of a folder
    /// of snapshots. None while nobody says whose account it is.
    pub(super) async fn archive(&self, session: &Session, schedule: &str, baseline: &str) -> Option<Archive> {
        let account = session.identity().await.ok()?.account;
        Some(Archive {
            store: self.inner.store.clone(),
            of: Monitored { account, region: session.region().to_owned(), schedule: schedule.to_owned() },
            against: format!("{}.{RECKONING} {baseline}", env!("CARGO_PKG_VERSION")),
            now: session.now(),
        })
    }
}

impl Archive {
    /// The newest report, if it is this one, without its distributions.
    pub async fn newest(&self, report: &Report) -> Option<Whole> {
        self.one(ReportPart::Newest, report).await
    }

    /// Keeps it as the newest one, and as one of all.
    pub async fn keep_newest(&self, report: Report, whole: &Arc<Whole>) {
        let (of, now, id, whole) = (self.of.clone(), self.now, self.id(&report), Arc::clone(whole));
        let kept = self.store.run(move |store| {
            store.keep_reports(&of, ReportPart::Numbers, now, &[(id.clone(), &whole.run)])?;
            store.keep_reports(&of, ReportPart::Newest, now, &[(id, whole.as_ref())])
        });
        told(kept.await);
    }

    /// What is kept of each, in their order; nothing of any if the store fails.
    pub async fn runs(&self, wanted: &[Report]) -> Vec<Option<Run>> {
        self.read(ReportPart::Numbers, wanted.iter().map(|report| self.id(report)).collect()).await
    }

    pub async fn keep_runs(&self, runs: Vec<(Report, Run)>) {
        self.keep(runs.into_iter().map(|(report, run)| (self.id(&report), run)).collect()).await;
    }

    /// Of a folder of snapshots: what is kept of each, in their order; nothing of any if the store fails.
    pub async fn snapshots(&self, wanted: &[Report]) -> Vec<Option<Read>> {
        self.read(ReportPart::Numbers, wanted.iter().map(|report| self.id(report)).collect()).await
    }

    pub async fn keep_snapshots(&self, reads: Vec<(Report, Read)>) {
        self.keep(reads.into_iter().map(|(report, read)| (self.id(&report), read)).collect()).await;
    }

    /// Of monitors that compare no columns: the numbers of their own reports.
    pub async fn readings(&self, report: &Report) -> Option<Vec<Reading>> {
        self.one(ReportPart::Numbers, report).await
    }

    pub async fn keep_readings(&self, report: &Report, readings: Vec<Reading>) {
        self.keep(vec![(self.id(report), readings)]).await;
    }

    fn id(&self, (at, stored, file): &Report) -> ReportId {
        ReportId { at: *at, file: file.clone(), stored: *stored, against: self.against.clone() }
    }

    async fn one<T: DeserializeOwned + Send + 'static>(&self, part: ReportPart, report: &Report) -> Option<T> {
        self.read(part, vec![self.id(report)]).await.pop().flatten()
    }

    async fn read<T: DeserializeOwned + Send + 'static>(
        &self,
        part: ReportPart,
        wanted: Vec<ReportId>,
    ) -> Vec<Option<T>> {
        let of = self.of.clone();
        let read = self.store.run(move |store| store.kept_reports(&of, part, &wanted)).await;
        read.unwrap_or_else(|error| {
            tracing::warn!(%error, "what is kept of reports could not be read");
            Vec::new()
        })
    }

    async fn keep<T: Serialize + Send + 'static>(&self, reports: Vec<(ReportId, T)>) {
        let (of, now) = (self.of.clone(), self.now);
        told(self.store.run(move |store| store.keep_reports(&of, ReportPart::Numbers, now, &reports)).await);
    }
}

fn told(kept: Result<(), StoreError>) {
    if let Err(error) = kept {
        tracing::warn!(%error, "what reports came to could not be kept");
    }
}

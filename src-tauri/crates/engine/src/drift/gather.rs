//! Reading the reports of a schedule: the newest first, then the others, each once.

use super::{
    DriftEvents, Importance,
    archive::{Archive, Report},
    days_before,
    index::Index,
    key,
    scene::{Base, Scene, Whole, whole},
    view, violations,
};
use crate::{Desk, EngineError, executions::lock};
use ::models::{
    drift::Run,
    monitor::{
        statistics::{Feature, Summary},
        violations::Violation,
    },
};
use aws::Session;
use contract::{
    Notice,
    drift::{DriftEvent, DriftView, ReadDrift},
};
use futures_util::{StreamExt, stream};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// How often a reading reports.
pub(super) const REPORT_EVERY: Duration = Duration::from_millis(500);
/// Files that are read at once.
const AT_ONCE: usize = 8;
/// Reports that are tried for one that can be read.
const TRIED: usize = 5;
/// Reports that are kept at once: what was read is not lost when the reading ends early.
const KEPT_AT_ONCE: usize = 32;
/// Days that are looked at; the service keeps no longer what it says of runs.
const MOST_DAYS: u32 = 400;

/// What is known of a schedule's reports.
pub(super) struct Gathered {
    pub scene: Scene,
    pub index: Arc<Mutex<Index>>,
    /// What is kept here of its reports.
    pub archive: Option<Archive>,
    pub newest: Option<Arc<Whole>>,
    /// Of the newest report.
    pub violations: Vec<Violation>,
    pub importance: Importance,
    pub notices: Vec<Notice>,
}

impl Desk {
    pub async fn read_drift(&self, request: ReadDrift, events: DriftEvents) -> Result<DriftView, EngineError> {
        let session = self.session()?;
        let gathered = self.gather(&session, &request.schedule, request.days).await?;
        if gathered.scene.base.is_none() {
            return Ok(view::of_violations(&gathered));
        }
        let shown = || view::view(&gathered, request.offset_minutes, request.width);
        let told = || events(DriftEvent { view: shown() });
        told();
        self.read_rest(&session, &gathered, &self.inner.drift.stop(), &told).await;
        Ok(shown())
    }

    /// The schedule with its newest report.
    pub(super) async fn gather(&self, session: &Session, schedule: &str, days: u32) -> Result<Gathered, EngineError> {
        let from = days_before(session.now(), days.clamp(1, MOST_DAYS));
        let scene = self.scene(session, schedule, from).await.map_err(Self::failed(session))?;
        let mark = scene.base.as_deref().map_or("", |base| base.mark.as_str());
        let index = self.inner.drift.shelf.index(&key(session, schedule), mark);
        let archive = match &scene.base {
            Some(base) => Box::pin(self.archive(session, schedule, &base.mark)).await,
            None => None,
        };
        let mut notices = scene.notices.clone();
        let newest = match &scene.base {
            Some(base) => newest(session, &scene, base, &index, archive.as_ref()).await,
            None => None,
        };
        let at = newest.as_ref().map(|newest| newest.at).or_else(|| scene.folders.keys().next_back().copied());
        let file = at.and_then(|at| scene.folders.get(&at)?.violations.as_deref());
        let violations = match file {
            Some(uri) => violations::read(session, uri).await.unwrap_or_else(|why| {
                notices.push(Notice::warning(format!("What Model Monitor says is left out: {why}.")));
                Vec::new()
            }),
            None => Vec::new(),
        };
        let importance = match scene.summary.endpoint.as_deref().filter(|_| scene.is_of_data()) {
            Some(endpoint) => self.importance_of(session, endpoint).await.unwrap_or_else(|why| {
                notices.push(Notice::warning(format!("How much the features matter is left out: {why}.")));
                Importance::default()
            }),
            None => Importance::default(),
        };
        Ok(Gathered { scene, index, archive, newest, violations, importance, notices })
    }

    /// Reads what was not read yet, until it is stopped. `told` is called now and then while reports come in.
    pub(super) async fn read_rest(
        &self,
        session: &Session,
        gathered: &Gathered,
        stop: &CancellationToken,
        told: &(dyn Fn() + Send + Sync),
    ) {
        let Some(base) = &gathered.scene.base else { return };
        gathered.recall().await;
        let missing = lock(&gathered.index).missing(&gathered.scene.folders);
        let reads: Vec<_> =
            missing.into_iter().map(|report| read_one(session, base, &gathered.index, report)).collect();
        let mut reading = stream::iter(reads).buffer_unordered(AT_ONCE);
        let mut reported = Instant::now();
        let mut unkept = Vec::new();
        while let Some(read) = reading.next().await {
            unkept.extend(read);
            if unkept.len() >= KEPT_AT_ONCE {
                gathered.keep(std::mem::take(&mut unkept)).await;
            }
            if stop.is_cancelled() {
                break;
            }
            if reported.elapsed() >= REPORT_EVERY {
                told();
                reported = Instant::now();
            }
        }
        gathered.keep(unkept).await;
    }
}

impl Gathered {
    /// Takes what is kept here of reports that the index does not know.
    async fn recall(&self) {
        let Some(archive) = &self.archive else { return };
        let missing = lock(&self.index).missing(&self.scene.folders);
        if missing.is_empty() {
            return;
        }
        let kept = archive.runs(&missing).await;
        for ((at, stored, _), run) in missing.iter().zip(&kept) {
            if let Some(run) = run {
                lock(&self.index).put(*at, *stored, Ok(run));
            }
        }
    }

    async fn keep(&self, runs: Vec<(Report, Run)>) {
        if let Some(archive) = self.archive.as_ref().filter(|_| !runs.is_empty()) {
            archive.keep_runs(runs).await;
        }
    }
}

/// The report with what it came to, if it can be read.
async fn read_one(session: &Session, base: &Arc<Base>, index: &Mutex<Index>, report: Report) -> Option<(Report, Run)> {
    let (at, stored, uri) = &report;
    let read = whole(session, base, *at, uri.clone()).await;
    lock(index).put(*at, *stored, read.as_ref().map(|whole| &whole.run).map_err(Clone::clone));
    Some((report, read.ok()?.run))
}

/// The newest report that can be read: what is kept of it, else the file.
pub(super) async fn newest(
    session: &Session,
    scene: &Scene,
    base: &Arc<Base>,
    index: &Mutex<Index>,
    archive: Option<&Archive>,
) -> Option<Arc<Whole>> {
    for report in scene.reports().take(TRIED).collect::<Vec<_>>() {
        let (at, stored) = (report.0, report.1);
        let kept = match archive {
            Some(archive) => archive.newest(&report).await,
            None => None,
        };
        let read = if let Some(kept) = kept {
            Ok(Arc::new(kept))
        } else {
            let read = whole(session, base, at, report.2.clone()).await.map(Arc::new);
            if let (Some(archive), Ok(whole)) = (archive, &read) {
                archive.keep_newest(report, whole).await;
            }
            read
        };
        lock(index).put(at, stored, read.as_ref().map(|whole| &whole.run).map_err(Clone::clone));
        if let Ok(whole) = read {
            let is_text = |feature: &&Feature| matches!(feature.summary, Summary::Text(_));
            let texts = base.statistics.features.iter().filter(is_text).map(|feature| feature.name.clone());
            lock(index).set_texts(texts.collect());
            return Some(whole);
        }
    }
    None
}

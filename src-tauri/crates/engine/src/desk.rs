//! The core of a running program: store, session, sets, plans, operations.

mod keys;
mod modes;
mod session;
mod stored;

use crate::{
    EngineError,
    drift::Drift,
    ends::Ends,
    executions::Executions,
    incident::Incidents,
    insights::Insights,
    jobs::{Diagnoses, Jobs},
    logs::Logs,
    models::Models,
    operations::Operations,
    plans::Plans,
    sets::{Moment, Sets},
    watch::{Watch, WatchPace},
};
use ::objects::restore::ONE_COPY_MAX;
use aws::{Guard, profiles::Found};
use contract::{
    Fault, SetId, Timestamp,
    session::{Greeting, ProfileInfo, ProfileSource},
    sets::{CopyRows, ReadRows, RowWindow, SetState, ViewSet},
    settings::{Place, Settings},
};
use session::{Opened, Turns, check_region};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};
use store::{Keychain, NewAudit, Store};

/// Each watched place is asked again and again, so there must not be any number of them.
const MOST_PLACES: usize = 24;

/// How a desk is set up.
#[derive(Debug, Clone)]
pub struct Options {
    pub version: String,
    /// `None`: `QUARTERDECK_DATA_DIR`, or the system's place for data.
    pub data_dir: Option<PathBuf>,
    /// When copies go by parts. Tests make it small.
    pub parts: aws::objects::write::Parts,
    /// How often watched places are looked at. Tests make it short.
    pub pace: WatchPace,
}

impl Options {
    pub fn new(version: impl Into<String>) -> Self {
        Self {
            version: version.into(),
            data_dir: None,
            parts: aws::objects::write::Parts::default(),
            pace: WatchPace::default(),
        }
    }
}

/// See the module above. Cheap to clone; clones are the same desk.
#[derive(Debug, Clone)]
pub struct Desk {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    version: String,
    pub(crate) store: Store,
    keychain: Keychain,
    keychain_state: RwLock<Option<Result<(), String>>>,
    found: RwLock<Found>,
    session: RwLock<Opened>,
    turns: Turns,
    /// One guard per profile, so that switching back and forth does not unlock or lock anything.
    guards: Mutex<HashMap<String, Arc<Guard>>>,
    pub(crate) sets: Sets,
    pub(crate) plans: Plans,
    pub(crate) operations: Operations,
    pub(crate) executions: Executions,
    pub(crate) jobs: Jobs,
    pub(crate) ends: Ends,
    pub(crate) models: Models,
    pub(crate) drift: Drift,
    pub(crate) logs: Logs,
    pub(crate) diagnoses: Diagnoses,
    pub(crate) incidents: Incidents,
    pub(crate) insights: Insights,
    pub(crate) watch: Watch,
    /// False while the window is hidden.
    pub(crate) visible: AtomicBool,
    pub(crate) parts: aws::objects::write::Parts,
    notice: Option<String>,
}

impl Desk {
    /// Opens the store, finds the profiles and opens the chosen one. Touches no network.
    pub async fn start(options: Options) -> Result<Self, EngineError> {
        let dir = match options.data_dir {
            Some(dir) => dir,
            None => store::data_dir()?,
        };
        let opened =
            tokio::task::spawn_blocking(move || Store::open(&dir)).await.map_err(|_| store::StoreError::Stopped)??;
        let notice = opened
            .set_aside
            .map(|path| format!("The database could not be read as one and was set aside as {}.", path.display()));
        let store = opened.store;
        store.run(Store::interrupt_running).await?;
        let settings = store.run(Store::settings).await?;
        let desk = Self {
            inner: Arc::new(Inner {
                version: options.version,
                logs: Logs::new(store.folder()),
                diagnoses: Diagnoses::default(),
                incidents: Incidents::default(),
                insights: Insights::default(),
                store,
                keychain: Keychain::new(),
                keychain_state: RwLock::default(),
                found: RwLock::new(aws::profiles::find().await),
                session: RwLock::default(),
                turns: Turns::default(),
                guards: Mutex::default(),
                sets: Sets::default(),
                plans: Plans::default(),
                operations: Operations::default(),
                executions: Executions::default(),
                jobs: Jobs::default(),
                ends: Ends::default(),
                models: Models::default(),
                drift: Drift::default(),
                watch: Watch::new(options.pace, &settings),
                visible: AtomicBool::new(true),
                parts: options.parts,
                notice,
            }),
        };
        desk.ask_keychain();
        desk.open_first_profile().await?;
        Ok(desk)
    }

    /// Everything the frame of the window needs.
    pub async fn greeting(&self) -> Result<Greeting, EngineError> {
        let found = self.found();
        let (settings, problem, keys) = self
            .inner
            .store
            .run(|store| Ok((store.settings()?, store.settings_problem()?, store.key_profiles()?)))
            .await?;
        let mut profiles = Vec::new();
        let kept = keys.into_iter().map(|profile| (profile.name, Some(profile.region), ProfileSource::Keychain));
        let listed = found.profiles.into_iter().map(|profile| (profile.name, profile.region, profile.source));
        for (name, region, source) in listed.chain(kept) {
            let (environment, mode, guessed) = self.standing(&name).await?;
            profiles.push(ProfileInfo { name, region, source, environment, guessed, mode });
        }
        profiles.sort_by(|one, two| one.name.cmp(&two.name));
        let mut looked_in = found.looked_in;
        if let Some(notice) = &self.inner.notice {
            looked_in.push(contract::session::LookedIn {
                place: self.inner.store.path().display().to_string(),
                found: notice.clone(),
            });
        }
        let keychain = self.keychain_state().await;
        let opened = self.opened();
        Ok(Greeting {
            version: self.inner.version.clone(),
            settings,
            settings_fault: problem.map(|problem| Fault::from(EngineError::Store(problem))),
            profiles,
            session: opened.session.map(|session| session.info()),
            turn: opened.turn,
            looked_in,
            keychain,
        })
    }

    pub async fn save_settings(&self, settings: Settings) -> Result<Settings, EngineError> {
        let mut settings = Settings { split: settings.split.clamp(20, 80), ..settings };
        check_places(&mut settings.watching.places)?;
        let copy = settings.clone();
        self.inner.store.run(move |store| store.save_settings(&copy)).await?;
        self.watch_by(&settings);
        Ok(settings)
    }

    /// Appends an entry that belongs to no operation, in the region that the profile has now.
    pub(crate) async fn audit(
        &self,
        profile: &str,
        action: &str,
        target: &str,
        result: &str,
    ) -> Result<(), EngineError> {
        let region = self.region_of(profile).await;
        self.audit_in((profile, &region), action, target, result).await
    }

    /// The region of the open session where it is this profile's, else the one that the profile is configured with; empty where
    /// it has none, and for what belongs to no profile.
    async fn region_of(&self, profile: &str) -> String {
        match self.session() {
            Ok(session) if session.profile() == profile => session.region().to_owned(),
            _ => self.configured(profile).await.ok().and_then(|configured| configured.region).unwrap_or_default(),
        }
    }

    /// The same, of a place that is known.
    pub(crate) async fn audit_in(
        &self,
        (profile, region): (&str, &str),
        action: &str,
        target: &str,
        result: &str,
    ) -> Result<(), EngineError> {
        let entry = NewAudit {
            at: Timestamp::now(),
            who: store::whoami(),
            profile: profile.to_owned(),
            account: String::new(),
            region: region.to_owned(),
            action: action.to_owned(),
            target: target.to_owned(),
            result: result.to_owned(),
            operation: None,
        };
        self.inner.store.run(move |store| store.append_audit(&entry)).await?;
        Ok(())
    }

    // Result sets.

    fn moment(&self, offset_minutes: i32) -> Moment {
        let now = self.session().map_or_else(|_| Timestamp::now(), |session| session.now());
        Moment { now, offset_minutes }
    }

    pub fn view_set(&self, view: &ViewSet) -> Result<SetState, EngineError> {
        self.inner.sets.view(view, &self.moment(view.offset_minutes))
    }

    pub fn read_rows(&self, request: ReadRows) -> Result<RowWindow, EngineError> {
        self.inner.sets.rows(request.set, request.from, request.to)
    }

    pub fn find_row(&self, set: SetId, id: &str) -> Result<Option<u64>, EngineError> {
        self.inner.sets.find(set, id)
    }

    /// Rows as text for the clipboard.
    pub fn copy_rows(&self, request: &CopyRows) -> Result<(String, u64), EngineError> {
        self.inner.sets.copy(request.set, &request.ids, request.format)
    }

    pub fn close_set(&self, set: SetId) {
        self.inner.sets.close(set);
    }

    /// The window reloaded or closed: drops its sets and streams. Operations go on.
    pub fn forget_window(&self) {
        self.inner.sets.close_all();
        self.inner.operations.forget_watchers();
        self.inner.watch.forget_window();
        self.forget_followed();
        self.forget_logs();
        self.window_visible(true);
    }

    /// Open logs, diagnoses and stages that are being made, queries, and reports that are being read.
    fn forget_logs(&self) {
        self.inner.logs.close_all();
        self.inner.diagnoses.stop_all();
        self.inner.jobs.stop_all();
        self.inner.incidents.stop_all();
        self.inner.insights.close_all();
        self.inner.drift.stop_all();
    }

    /// The window was hidden or shown.
    pub fn window_visible(&self, visible: bool) {
        self.inner.visible.store(visible, Ordering::Relaxed);
    }

    /// Whether anybody looks: while nobody does, nothing is asked for again.
    pub(crate) fn is_watched(&self) -> bool {
        self.inner.visible.load(Ordering::Relaxed)
    }

    /// The sizes that plans and command lines speak of.
    pub(crate) fn part_sizes(&self) -> ::objects::restore::Parts {
        let threshold = self.inner.parts.threshold.min(ONE_COPY_MAX);
        ::objects::restore::Parts { threshold, size: self.inner.parts.size }
    }
}

/// Places that are watched once each. A profile that is gone stays in the list: its notice says so.
fn check_places(places: &mut Vec<Place>) -> Result<(), EngineError> {
    let mut kept = Vec::new();
    for place in std::mem::take(places) {
        check_region(&place.region)?;
        if !kept.contains(&place) {
            kept.push(place);
        }
    }
    if kept.len() > MOST_PLACES {
        return Err(EngineError::BadInput(format!("At most {MOST_PLACES} places can be watched.")));
    }
    *places = kept;
    Ok(())
}

/// Runs a loader in the background and turns its failure into the set's.
pub(crate) fn load<R, F>(writer: crate::sets::SetWriter<R>, work: impl FnOnce(Arc<crate::sets::SetWriter<R>>) -> F)
where
    R: crate::sets::Record,
    F: Future<Output = Result<Timestamp, EngineError>> + Send + 'static,
{
    let writer = Arc::new(writer);
    let work = work(Arc::clone(&writer));
    tokio::spawn(async move {
        match work.await {
            Ok(as_of) => writer.finish(as_of),
            Err(error) => writer.fail(Fault::from(error)),
        }
    });
}

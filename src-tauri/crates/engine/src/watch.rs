//! The watch: the open profile and region, and those that the person added, looked at again and again.
//!
//! Each place has a lookout, a task with a session and a pace of its own, so that one that cannot be read never holds up
//! another. It looks as long as somebody wants to know: a page Now that is open, or notifications that may be raised.
//! While the window is hidden nobody does, unless the person said so. What a lookout sees stays in memory: pages are
//! views of it, new failures are told from it.

mod alerts;
mod failing;
mod jobs;
mod late;
mod look;
mod models;
mod news;
mod quiet;
mod trouble;

pub(crate) use self::models::PartSight;
pub use alerts::{AlertEvents, Raise};
pub use news::Alert;

use self::models::ModelSight;
use crate::{
    Desk, EngineError,
    executions::{Known, hours_before},
    jobs::LateFacts,
};
use aws::Session;
use contract::{
    Fault, Notice, Timestamp,
    executions::{ExecutionRow, Status},
    jobs::{JobRow, facts::StartedRun},
    now::{Mark, NowRow},
    settings::{Place, Settings, Watching, Zone},
};
use failing::{Failing, failing};
use news::{Memory, News};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;
use trouble::troubles;

/// How often it is looked whether anybody wants to know again.
const IDLE: Duration = Duration::from_millis(500);
/// The range of a page without one, and of notifications: hours.
const HOURS: u32 = 24;
/// A place that cannot be read is asked more and more seldom, up to this many times the pace.
const MOST_PATIENT: u32 = 16;

/// How often places are looked at.
#[derive(Debug, Clone, Copy)]
pub struct WatchPace {
    /// While a page is open and can be seen.
    pub seen: Duration,
    /// Otherwise: metrics are paid for by the request.
    pub unseen: Duration,
    /// New failures are gathered for so long, to be told together.
    pub gather: Duration,
    /// A failed run is told so long after its end, if no execution explains it until then.
    pub settle: Duration,
}

impl Default for WatchPace {
    fn default() -> Self {
        Self {
            seen: Duration::from_secs(30),
            unseen: Duration::from_mins(2),
            gather: Duration::from_secs(2),
            settle: Duration::from_mins(2),
        }
    }
}

pub(crate) struct Watch {
    pace: WatchPace,
    lookouts: Mutex<Vec<Arc<Lookout>>>,
    /// Hours that the open pages show.
    pages: Mutex<Vec<u32>>,
    /// Notifications can be raised from now on.
    begun: AtomicBool,
    settings: Mutex<(Watching, Zone)>,
    settings_changed: Notify,
    changes: watch::Sender<()>,
    news: mpsc::UnboundedSender<Vec<News>>,
    unheard: Mutex<Option<mpsc::UnboundedReceiver<Vec<News>>>>,
    memory: Mutex<Memory>,
    follower: Mutex<Option<AlertEvents>>,
    problem: Mutex<Option<String>>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("lookouts", &lock(&self.lookouts).len()).finish_non_exhaustive()
    }
}

/// One watched place.
#[derive(Debug)]
pub(crate) struct Lookout {
    pub place: Place,
    sight: Mutex<Sight>,
    session: Mutex<Option<Session>>,
    /// When it was looked first.
    began: OnceLock<Timestamp>,
    /// New failures are told, as of the last look.
    notifies: AtomicBool,
    /// How many hours back a look goes that is under way; 0 between looks.
    looking: AtomicU32,
    wake: Notify,
    cancel: CancellationToken,
}

/// What was seen of a place.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    pub executions: HashMap<String, ExecutionRow>,
    /// With when each became late.
    pub late_machines: Vec<(NowRow, Timestamp)>,
    /// What a closer look at them begins with, by the ids of their rows.
    pub late_machine_facts: HashMap<String, LateFacts>,
    pub notices: Vec<Notice>,
    /// Runs of all engines that failed.
    pub failed_jobs: Vec<JobRow>,
    /// Runs that the executions started, by execution.
    pub started: HashMap<String, Vec<StartedRun>>,
    /// With when each became late.
    pub late_jobs: Vec<(NowRow, Timestamp)>,
    /// The same of jobs.
    pub late_facts: HashMap<String, LateFacts>,
    pub job_notices: Vec<Notice>,
    pub models: ModelSight,
    /// Why the last look failed.
    pub fault: Option<Fault>,
    /// How far back the last whole look went, and when it ended.
    pub hours: u32,
    pub as_of: Option<Timestamp>,
}

impl Sight {
    /// What is late, machines first, with when each became late.
    pub fn all_late(&self) -> impl Iterator<Item = &(NowRow, Timestamp)> {
        self.late_machines.iter().chain(&self.late_jobs)
    }

    /// What is known of one that is late, by the id of its row.
    fn late(&self, id: &str) -> Option<&LateFacts> {
        self.late_machine_facts.get(id).or_else(|| self.late_facts.get(id))
    }

    /// What was found out about a row stays while the row does not change.
    fn put(&mut self, row: ExecutionRow) -> ExecutionRow {
        let same = self.executions.get(&row.arn).filter(|old| {
            old.redrives == row.redrives
                && old.stopped == row.stopped
                && (old.status == row.status || old.status == Status::CaughtFailure && row.status == Status::Succeeded)
        });
        if let Some(same) = same {
            return same.clone();
        }
        self.executions.insert(row.arn.clone(), row.clone());
        row
    }
}

impl Lookout {
    fn new(place: Place, hours: u32) -> Arc<Self> {
        Arc::new(Self {
            place,
            sight: Mutex::default(),
            session: Mutex::default(),
            began: OnceLock::new(),
            notifies: AtomicBool::new(false),
            looking: AtomicU32::new(hours),
            wake: Notify::new(),
            cancel: CancellationToken::new(),
        })
    }

    /// With the sight locked: whether what is in it may have been listed only.
    fn is_looking(&self) -> bool {
        self.looking.load(Ordering::Relaxed) != 0
    }

    pub fn sight(&self) -> MutexGuard<'_, Sight> {
        lock(&self.sight)
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn silenced(marks: &HashMap<String, Mark>, one: &Failing, now: Timestamp) -> bool {
    marks.get(&one.id).is_some_and(|mark| news::silences(mark, one.newest, now))
}

impl Watch {
    pub fn new(pace: WatchPace, settings: &Settings) -> Self {
        let (news, unheard) = mpsc::unbounded_channel();
        Self {
            pace,
            lookouts: Mutex::default(),
            pages: Mutex::default(),
            begun: AtomicBool::new(false),
            settings: Mutex::new((settings.watching.clone(), settings.zone)),
            settings_changed: Notify::new(),
            changes: watch::Sender::new(()),
            news,
            unheard: Mutex::new(Some(unheard)),
            memory: Mutex::default(),
            follower: Mutex::default(),
            problem: Mutex::default(),
        }
    }

    /// The open place first, then the others in the person's order.
    pub fn lookouts(&self) -> Vec<Arc<Lookout>> {
        lock(&self.lookouts).clone()
    }

    /// Wakes whoever waits for a change of what is seen.
    pub fn changes(&self) -> watch::Receiver<()> {
        let mut changes = self.changes.subscribe();
        changes.mark_unchanged();
        changes
    }

    /// Something changed that pages show.
    pub fn tell(&self) {
        self.changes.send_replace(());
    }

    fn settings(&self) -> (Watching, Zone) {
        lock(&self.settings).clone()
    }

    /// How far back to look: as far as the widest page, and for notifications.
    fn hours(&self) -> u32 {
        lock(&self.pages).iter().copied().max().unwrap_or_default().max(HOURS)
    }

    fn has_pages(&self) -> bool {
        !lock(&self.pages).is_empty()
    }

    /// The window reloaded or closed.
    pub fn forget_window(&self) {
        *lock(&self.follower) = None;
    }
}

/// A page that is open.
pub(crate) struct OpenPage {
    desk: Desk,
    hours: u32,
}

impl Drop for OpenPage {
    fn drop(&mut self) {
        let mut pages = lock(&self.desk.inner.watch.pages);
        if let Some(at) = pages.iter().position(|hours| *hours == self.hours) {
            pages.swap_remove(at);
        }
    }
}

impl Desk {
    /// From now on new failures are told. A second call changes nothing.
    pub fn begin_watching(&self, raise: Raise) {
        let Some(unheard) = lock(&self.inner.watch.unheard).take() else { return };
        self.inner.watch.begun.store(true, Ordering::Relaxed);
        tokio::spawn(self.clone().tell_news(unheard, raise));
        self.keep_watch();
    }

    /// A page shows what is going on. Every place is looked at anew.
    pub(crate) fn open_page(&self, hours: u32) -> OpenPage {
        lock(&self.inner.watch.pages).push(hours);
        self.keep_watch();
        for lookout in self.inner.watch.lookouts() {
            if lookout.looking.load(Ordering::Relaxed) < hours {
                lookout.wake.notify_one();
            }
        }
        OpenPage { desk: self.clone(), hours }
    }

    /// Takes what the person chose.
    pub(crate) fn watch_by(&self, settings: &Settings) {
        *lock(&self.inner.watch.settings) = (settings.watching.clone(), settings.zone);
        self.inner.watch.settings_changed.notify_one();
        self.keep_watch();
    }

    /// Credentials were read anew.
    pub(crate) fn renew_watch(&self) {
        for lookout in self.inner.watch.lookouts() {
            *lock(&lookout.session) = None;
            lookout.wake.notify_one();
        }
    }

    /// Posts a lookout at every place that is to be watched, and calls off the others.
    pub(crate) fn keep_watch(&self) {
        let watch = &self.inner.watch;
        if !watch.begun.load(Ordering::Relaxed) && !watch.has_pages() {
            return;
        }
        let mut places: Vec<Place> = self.session().ok().map(|session| place_of(&session)).into_iter().collect();
        for place in watch.settings().0.places {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let hours = watch.hours();
        let mut posted = lock(&watch.lookouts);
        let mut before = std::mem::take(&mut *posted);
        for place in places {
            let there = before.iter().position(|lookout| lookout.place == place).map(|at| before.swap_remove(at));
            posted.push(there.unwrap_or_else(|| {
                let lookout = Lookout::new(place, hours);
                tokio::spawn(self.clone().keep_looking(Arc::clone(&lookout)));
                tokio::spawn(self.clone().keep_looking_at_jobs(Arc::clone(&lookout)));
                tokio::spawn(self.clone().keep_looking_at_models(Arc::clone(&lookout)));
                lookout
            }));
        }
        drop(posted);
        for lookout in before {
            lookout.cancel.cancel();
        }
        watch.tell();
    }

    /// Whether anybody wants to know what goes on at a place.
    fn is_wanted(&self, lookout: &Lookout) -> bool {
        let watch = &self.inner.watch;
        !lookout.cancel.is_cancelled()
            && (self.is_watched() || lock(&watch.settings).0.hidden)
            && (watch.has_pages() || lookout.notifies.load(Ordering::Relaxed))
    }

    async fn keep_looking(self, lookout: Arc<Lookout>) {
        let watch = &self.inner.watch;
        let mut known = Known::default();
        let mut failures = 0_u32;
        while !lookout.cancel.is_cancelled() {
            let notifies = watch.begun.load(Ordering::Relaxed) && self.notifies(&lookout.place.profile).await;
            lookout.notifies.store(notifies, Ordering::Relaxed);
            if !self.is_wanted(&lookout) {
                lookout.looking.store(0, Ordering::Relaxed);
                tokio::time::sleep(IDLE).await;
                continue;
            }
            let hours = watch.hours();
            lookout.looking.store(hours, Ordering::Relaxed);
            let whole = self.look(&lookout, hours, &mut known).await;
            lookout.looking.store(0, Ordering::Relaxed);
            match whole {
                Ok(whole) => {
                    failures = 0;
                    if whole {
                        self.note_news(&lookout).await;
                    }
                }
                Err(error) => {
                    tracing::debug!(place = %lookout.place, %error, "a place cannot be read");
                    failures = failures.saturating_add(1);
                    *lock(&lookout.session) = None;
                    lookout.sight().fault = Some(Fault::from(error));
                }
            }
            watch.tell();
            let pace = if self.is_watched() && watch.has_pages() { watch.pace.seen } else { watch.pace.unseen };
            let patience = 2_u32.saturating_pow(failures).min(MOST_PATIENT);
            tokio::select! {
                () = tokio::time::sleep(pace.saturating_mul(patience)) => {}
                () = lookout.wake.notified() => {}
                () = lookout.cancel.cancelled() => {}
            }
        }
    }

    async fn look(&self, lookout: &Lookout, hours: u32, known: &mut Known) -> Result<bool, EngineError> {
        let session = self.session_at(lookout).await?;
        lookout.began.get_or_init(|| session.now());
        self.look_around(&session, lookout, hours, known).await
    }

    /// The window's own session for the open place: its calls are paced together with those of the pages.
    async fn session_at(&self, lookout: &Lookout) -> Result<Session, EngineError> {
        if let Ok(session) = self.session()
            && place_of(&session) == lookout.place
        {
            return Ok(session);
        }
        if let Some(session) = lock(&lookout.session).clone() {
            return Ok(session);
        }
        let Place { profile, region } = &lookout.place;
        let session = self.make_session(profile, Some(region.clone())).await?;
        *lock(&lookout.session) = Some(session.clone());
        Ok(session)
    }

    pub(crate) async fn marks(&self) -> HashMap<String, Mark> {
        // Without marks everything is told.
        self.inner.store.run(store::Store::marks).await.unwrap_or_default()
    }

    /// Takes note of what a whole look saw; what is new is told.
    async fn note_news(&self, lookout: &Lookout) {
        let Some(began) = lookout.began.get().copied() else { return };
        let marks = self.marks().await;
        let now = Timestamp::now();
        let news = {
            let since = hours_before(now, HOURS);
            let sight = lookout.sight();
            let mut memory = lock(&self.inner.watch.memory);
            let settle = self.inner.watch.pace.settle;
            let mut failing =
                failing((&sight, lookout.is_looking()), &lookout.place, since, settle, |name| memory.was_told(name));
            failing.extend(troubles(&sight, &lookout.place, (since, now), self.inner.watch.settings().0.models));
            let told = lookout.notifies.load(Ordering::Relaxed);
            memory.note(&lookout.place, &failing, &marks, (began, now), told)
        };
        if !news.is_empty() {
            // Nobody listens at the end of the program alone.
            let _ = self.inner.watch.news.send(news);
        }
    }
}

fn place_of(session: &Session) -> Place {
    Place { profile: session.profile().to_owned(), region: session.region().to_owned() }
}

//! The core of a running program: store, session, sets, plans, operations.

use crate::{
    EngineError,
    error::sign_in_hint,
    executions::Executions,
    operations::Operations,
    profiles::standing,
    restore::Plans,
    sets::{Moment, Sets},
    watch::{Watch, WatchPace},
};
use ::objects::restore::ONE_COPY_MAX;
use aws::{
    AccessKeys, AwsError, Guard, Session, SessionSpec,
    profiles::{Configured, Found},
};
use contract::{
    Fault, SetId, Timestamp,
    session::{
        AddKeys, Environment, Greeting, Identity, Mode, ProfileInfo, ProfileSource, SessionInfo, SetEnvironment,
        SetMode,
    },
    sets::{CopyRows, ReadRows, RowWindow, SetState, ViewSet},
    settings::{Place, Settings},
};
use secrecy::SecretString;
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::{KeyProfile, Keychain, Keys, LastSession, NewAudit, Store};

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
    session: RwLock<Option<Session>>,
    /// One guard per profile, so that switching back and forth does not unlock or lock anything.
    guards: Mutex<HashMap<String, Arc<Guard>>>,
    pub(crate) sets: Sets,
    pub(crate) plans: Plans,
    pub(crate) operations: Operations,
    pub(crate) executions: Executions,
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
                store,
                keychain: Keychain::new(),
                keychain_state: RwLock::default(),
                found: RwLock::new(aws::profiles::find().await),
                session: RwLock::default(),
                guards: Mutex::default(),
                sets: Sets::default(),
                plans: Plans::default(),
                operations: Operations::default(),
                executions: Executions::default(),
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

    fn ask_keychain(&self) {
        let desk = self.clone();
        tokio::spawn(async move {
            let answer = desk.inner.keychain.available().await;
            *desk.inner.keychain_state.write().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        });
    }

    async fn open_first_profile(&self) -> Result<(), EngineError> {
        let last = self.inner.store.run(Store::last_session).await?;
        let chosen = self.found().chosen;
        let named = std::env::var("AWS_PROFILE").is_ok_and(|name| !name.is_empty());
        let last = match last {
            Some(last) if !named && self.configured(&last.profile).await.is_ok() => Some(last.profile),
            _ => None,
        };
        let Some(name) = last.or(chosen) else { return Ok(()) };
        // A keychain may ask for its password: the window must not wait for that.
        match tokio::time::timeout(Duration::from_secs(2), self.open_session(&name, None)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(profile = name, %error, "the profile could not be opened at the start"),
            Err(_) => tracing::warn!(profile = name, "the profile took too long to open at the start"),
        }
        Ok(())
    }

    fn found(&self) -> Found {
        self.inner.found.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The current session.
    pub fn session(&self) -> Result<Session, EngineError> {
        self.inner.session.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or(EngineError::NoProfile)
    }

    /// Adds to a failed call what mends this session's credentials.
    pub(crate) fn failed(session: &Session) -> impl Fn(AwsError) -> EngineError + use<> {
        let sign_in = sign_in_hint(session.profile(), session.source());
        move |source| EngineError::Aws { source, sign_in: sign_in.clone() }
    }

    async fn configured(&self, name: &str) -> Result<Configured, EngineError> {
        let keys = self.inner.store.run(Store::key_profiles).await?;
        if let Some(profile) = keys.into_iter().find(|profile| profile.name == name) {
            return Ok(Configured {
                name: profile.name,
                region: Some(profile.region),
                source: ProfileSource::Keychain,
                s3_endpoint: std::env::var("AWS_ENDPOINT_URL_S3").or_else(|_| std::env::var("AWS_ENDPOINT_URL")).ok(),
            });
        }
        self.found()
            .profiles
            .into_iter()
            .find(|profile| profile.name == name)
            .ok_or_else(|| EngineError::NotFound(format!("There is no profile {name}.")))
    }

    async fn guard(&self, name: &str) -> Result<Arc<Guard>, EngineError> {
        let (environment, mode, _) = self.standing(name).await?;
        let mut guards = self.inner.guards.lock().unwrap_or_else(PoisonError::into_inner);
        let guard = guards.entry(name.to_owned()).or_insert_with(|| Guard::new(name, environment, mode));
        guard.set(environment, mode);
        Ok(Arc::clone(guard))
    }

    /// Whether the profile may write now.
    pub(crate) async fn is_writable(&self, name: &str) -> bool {
        let guard = self.guard(name).await;
        guard.is_ok_and(|guard| guard.mode(Timestamp::now()) == Mode::Confirm)
    }

    async fn standing(&self, name: &str) -> Result<(Environment, Mode, bool), EngineError> {
        let owned = name.to_owned();
        let prefs = self.inner.store.run(move |store| store.profile_prefs(&owned)).await?;
        Ok(standing(name, prefs))
    }

    async fn open_session(&self, name: &str, region: Option<String>) -> Result<(), EngineError> {
        let session = self.make_session(name, region).await?;
        let last = LastSession { profile: name.to_owned(), region: Some(session.region().to_owned()) };
        self.inner.store.run(move |store| store.set_last_session(&last)).await?;
        *self.inner.session.write().unwrap_or_else(PoisonError::into_inner) = Some(session);
        self.keep_watch();
        Ok(())
    }

    /// A session on any profile, for an operation that was begun there.
    pub(crate) async fn make_session(&self, name: &str, region: Option<String>) -> Result<Session, EngineError> {
        let profile = self.configured(name).await?;
        let keys = if profile.source == ProfileSource::Keychain {
            let keys = self.inner.keychain.get(name).await?;
            Some(AccessKeys {
                access_key_id: keys.access_key_id,
                secret_access_key: keys.secret_access_key,
                session_token: keys.session_token,
            })
        } else {
            None
        };
        let sign_in = sign_in_hint(name, profile.source);
        let guard = self.guard(name).await?;
        Session::open(SessionSpec { profile, region, keys, guard })
            .await
            .map_err(|source| EngineError::Aws { source, sign_in })
    }

    /// Everything the frame of the window needs.
    pub async fn greeting(&self) -> Result<Greeting, EngineError> {
        let found = self.found();
        let (settings, keys) = self.inner.store.run(|store| Ok((store.settings()?, store.key_profiles()?))).await?;
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
        Ok(Greeting {
            version: self.inner.version.clone(),
            settings,
            profiles,
            session: self.session_info(),
            looked_in,
            keychain: self.keychain_state().await,
        })
    }

    /// The keychain's answer; waits a moment for it, no longer, because the window waits for this.
    async fn keychain_state(&self) -> Result<(), String> {
        for _ in 0..2 {
            if let Some(answer) = self.inner.keychain_state.read().unwrap_or_else(PoisonError::into_inner).clone() {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err("The system keychain has not answered yet.".into())
    }

    pub fn session_info(&self) -> Option<SessionInfo> {
        self.session().ok().map(|session| session.info())
    }

    pub async fn identify(&self) -> Result<Identity, EngineError> {
        let session = self.session()?;
        session.identity().await.map_err(Self::failed(&session))
    }

    pub async fn open_profile(&self, name: &str) -> Result<(), EngineError> {
        self.open_session(name, None).await
    }

    /// Reads files and keychain again and drops cached credentials.
    pub async fn reload_profiles(&self) -> Result<(), EngineError> {
        let found = aws::profiles::find().await;
        let chosen = found.chosen.clone();
        *self.inner.found.write().unwrap_or_else(PoisonError::into_inner) = found;
        self.ask_keychain();
        self.renew_watch();
        let current = self.session().ok().map(|session| (session.profile().to_owned(), session.region().to_owned()));
        match current {
            Some((name, region)) if self.configured(&name).await.is_ok() => {
                self.open_session(&name, Some(region)).await
            }
            _ => {
                *self.inner.session.write().unwrap_or_else(PoisonError::into_inner) = None;
                match chosen {
                    Some(name) => self.open_session(&name, None).await,
                    None => Ok(()),
                }
            }
        }
    }

    pub async fn set_region(&self, region: &str) -> Result<(), EngineError> {
        let region = region.trim();
        check_region(region)?;
        let name = self.session()?.profile().to_owned();
        self.open_session(&name, Some(region.to_owned())).await
    }

    pub async fn set_environment(&self, request: SetEnvironment) -> Result<(), EngineError> {
        self.configured(&request.profile).await?;
        let SetEnvironment { profile, environment } = request;
        let name = profile.clone();
        self.inner.store.run(move |store| store.set_environment(&name, environment)).await?;
        let (now, ..) = self.standing(&profile).await?;
        self.guard(&profile).await?;
        let said = if environment.is_some() { "" } else { ", by its name" };
        self.audit(&profile, "profile.environment", &profile, &format!("{now:?}{said}")).await
    }

    pub async fn set_mode(&self, request: SetMode) -> Result<(), EngineError> {
        let (environment, ..) = self.standing(&request.profile).await?;
        self.configured(&request.profile).await?;
        if environment == Environment::Production && request.mode == Mode::Confirm {
            return Err(EngineError::BadInput(
                "A production profile starts read-only. Unlock it for 15 minutes instead.".into(),
            ));
        }
        let SetMode { profile, mode } = request;
        let name = profile.clone();
        self.inner.store.run(move |store| store.set_mode(&name, mode)).await?;
        self.guard(&profile).await?;
        self.audit(&profile, "profile.mode", &profile, &format!("{mode:?}")).await
    }

    /// Unlocks the current production session with a reason, or locks it.
    pub async fn unlock(&self, reason: Option<String>) -> Result<(), EngineError> {
        let session = self.session()?;
        let profile = session.profile().to_owned();
        match reason {
            None => {
                session.guard().lock();
                self.audit(&profile, "session.lock", &profile, "locked").await
            }
            Some(reason) => {
                let reason = reason.trim().to_owned();
                if reason.chars().count() < 8 {
                    return Err(EngineError::BadInput(
                        "Give a reason of at least 8 characters, such as a ticket and what for.".into(),
                    ));
                }
                if session.guard().environment() != Environment::Production {
                    return Err(EngineError::NotNow(
                        "This profile is not production; its mode is in the badge.".into(),
                    ));
                }
                // Audited before it holds: an unlocking that leaves no trace must not happen.
                self.audit(&profile, "session.unlock", &profile, &format!("for 15 minutes: {reason}")).await?;
                session.guard().unlock(Timestamp::now());
                Ok(())
            }
        }
    }

    pub async fn add_keys(&self, request: AddKeys) -> Result<(), EngineError> {
        let AddKeys { name, region, access_key_id, secret_access_key, session_token } = request;
        // Secrets from here on.
        let keys = Keys {
            access_key_id: SecretString::from(access_key_id.trim().to_owned()),
            secret_access_key: SecretString::from(secret_access_key.trim().to_owned()),
            session_token: session_token
                .map(|token| token.trim().to_owned())
                .filter(|token| !token.is_empty())
                .map(SecretString::from),
        };
        let (name, region) = (name.trim().to_owned(), region.trim().to_owned());
        check_keys(&name, &region, &keys)?;
        if self.found().profiles.iter().any(|profile| profile.name == name) {
            return Err(EngineError::BadInput(format!(
                "There is a profile {name} in the AWS configuration. Choose another name."
            )));
        }
        let kept = self.inner.keychain.put(&name, keys).await?;
        let profile = KeyProfile { name: name.clone(), region };
        self.inner.store.run(move |store| store.add_key_profile(&profile)).await?;
        let place =
            if kept == store::Kept::Memory { "in memory until the program ends" } else { "in the system keychain" };
        self.audit(&name, "keychain.add", &name, place).await?;
        if self.session().is_err() {
            self.open_session(&name, None).await?;
        }
        Ok(())
    }

    pub async fn remove_keys(&self, name: &str) -> Result<(), EngineError> {
        self.inner.keychain.remove(name).await?;
        let owned = name.to_owned();
        self.inner.store.run(move |store| store.remove_key_profile(&owned)).await?;
        self.audit(name, "keychain.remove", name, "removed").await?;
        if self.session().is_ok_and(|session| session.profile() == name) {
            *self.inner.session.write().unwrap_or_else(PoisonError::into_inner) = None;
            if let Some(chosen) = self.found().chosen {
                self.open_session(&chosen, None).await?;
            }
        }
        Ok(())
    }

    pub async fn save_settings(&self, settings: Settings) -> Result<Settings, EngineError> {
        let mut settings = Settings { split: settings.split.clamp(20, 80), ..settings };
        check_places(&mut settings.watching.places)?;
        let copy = settings.clone();
        self.inner.store.run(move |store| store.save_settings(&copy)).await?;
        self.watch_by(&settings);
        Ok(settings)
    }

    /// Appends an entry that belongs to no operation.
    async fn audit(&self, profile: &str, action: &str, target: &str, result: &str) -> Result<(), EngineError> {
        let session = self.session().ok();
        let entry = NewAudit {
            at: Timestamp::now(),
            who: store::whoami(),
            profile: profile.to_owned(),
            account: String::new(),
            region: session.map(|session| session.region().to_owned()).unwrap_or_default(),
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
        self.window_visible(true);
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

fn check_region(region: &str) -> Result<(), EngineError> {
    let fits = !region.is_empty()
        && region.len() < 40
        && region.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if fits {
        return Ok(());
    }
    Err(EngineError::BadInput(format!("{region} is not the name of a region, such as eu-west-1.")))
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

fn check_keys(name: &str, region: &str, keys: &Keys) -> Result<(), EngineError> {
    use secrecy::ExposeSecret;
    let bad = |text: &str| Err(EngineError::BadInput(text.to_owned()));
    if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
        return bad("Give the profile a name of 1 to 64 characters.");
    }
    if region.is_empty() || !region.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return bad("Give the region, such as eu-west-1.");
    }
    let id = keys.access_key_id.expose_secret();
    if id.len() < 16 || id.len() > 128 || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return bad("An access key id has 16 to 128 letters and digits, such as AKIA….");
    }
    if keys.secret_access_key.expose_secret().len() < 16 {
        return bad("The secret access key is too short.");
    }
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

//! The session of the desk: which profile is open in which region, and how others are opened.

use crate::{Desk, EngineError, error::sign_in_hint};
use aws::{
    AccessKeys, AwsError, Session, SessionSpec,
    profiles::{Configured, Found},
};
use contract::session::{Identity, ProfileSource};
use std::{
    sync::{
        PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use store::{LastSession, Store};
use tokio::sync::{Mutex, MutexGuard};

/// The session that is open, and the turn that it was opened in; the first is 1.
#[derive(Debug, Clone, Default)]
pub(super) struct Opened {
    pub session: Option<Session>,
    pub turn: u64,
}

/// In which order sessions were asked for. A keychain may take minutes over one: it must not come in the place of another that
/// the person asked for meanwhile.
#[derive(Debug, Default)]
pub(super) struct Turns {
    asked: AtomicU64,
    /// The turn whose session is open.
    taken: Mutex<u64>,
}

impl Turns {
    /// The turn of what is asked for now.
    fn next(&self) -> u64 {
        self.asked.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Takes a turn; `None` where a later one was taken already. One that was asked for later and failed is in nobody's way. As
    /// long as the guard is held nobody else takes one.
    async fn take(&self, turn: u64) -> Option<MutexGuard<'_, u64>> {
        let mut taken = self.taken.lock().await;
        if turn < *taken {
            return None;
        }
        *taken = turn;
        Some(taken)
    }
}

impl Desk {
    pub(super) async fn open_first_profile(&self) -> Result<(), EngineError> {
        let last = self.inner.store.run(Store::last_session).await?;
        let chosen = self.found().chosen;
        let is_set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
        let last = match last {
            Some(last) if self.configured(&last.profile).await.is_ok() => Some(last),
            _ => None,
        };
        let of_last = last.as_ref().filter(|_| !is_set("AWS_PROFILE")).map(|last| last.profile.clone());
        let Some(name) = of_last.or(chosen) else { return Ok(()) };
        // What is named for this start stands above what was chosen in the one before.
        let is_placed = is_set("AWS_REGION") || is_set("AWS_DEFAULT_REGION");
        let region = last.filter(|last| last.profile == name && !is_placed).and_then(|last| last.region);
        // A keychain may ask for its password: the window must not wait for that.
        match tokio::time::timeout(Duration::from_secs(2), self.open_session(&name, region)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(profile = name, %error, "the profile could not be opened at the start"),
            Err(_) => tracing::warn!(profile = name, "the profile took too long to open at the start"),
        }
        Ok(())
    }

    pub(super) fn found(&self) -> Found {
        self.inner.found.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The current session.
    pub fn session(&self) -> Result<Session, EngineError> {
        self.opened().session.ok_or(EngineError::NoProfile)
    }

    /// Adds to a failed call what mends this session's credentials.
    pub(crate) fn failed(session: &Session) -> impl Fn(AwsError) -> EngineError + use<> {
        let sign_in = sign_in_hint(session.profile(), session.source());
        move |source| EngineError::Aws { source, sign_in: sign_in.clone() }
    }

    pub(super) async fn configured(&self, name: &str) -> Result<Configured, EngineError> {
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

    pub(super) async fn open_session(&self, name: &str, region: Option<String>) -> Result<(), EngineError> {
        self.open_in_turn(self.inner.turns.next(), name, region).await
    }

    async fn open_in_turn(&self, turn: u64, name: &str, region: Option<String>) -> Result<(), EngineError> {
        let session = self.make_session(name, region).await?;
        // The profile's own region is not kept: it may be configured anew.
        let own = self.configured(name).await?.region;
        let region = Some(session.region().to_owned()).filter(|region| own.as_ref() != Some(region));
        let last = LastSession { profile: name.to_owned(), region };
        let Some(_taken) = self.inner.turns.take(turn).await else { return Ok(()) };
        self.inner.store.run(move |store| store.set_last_session(&last)).await?;
        let before = self.replace_session(Some(session.clone()), turn);
        // What is open was read elsewhere. New keys of the same place change nothing about it.
        let elsewhere = |before: Session| (before.profile(), before.region()) != (session.profile(), session.region());
        if before.is_some_and(elsewhere) {
            self.forget_logs();
        }
        self.inner.models.forget_refusals(name);
        self.inner.drift.forget_failures(name);
        self.keep_watch();
        Ok(())
    }

    /// Closes the session, unless another was opened since that turn.
    async fn close_in_turn(&self, turn: u64) {
        if let Some(_taken) = self.inner.turns.take(turn).await {
            self.replace_session(None, turn);
            self.forget_logs();
        }
    }

    /// Closes the session of a profile that is gone; false where another is open.
    pub(super) async fn close_session_of(&self, name: &str) -> bool {
        let taken = self.inner.turns.taken.lock().await;
        let is_open = self.session().is_ok_and(|session| session.profile() == name);
        if is_open {
            self.replace_session(None, *taken);
            self.forget_logs();
        }
        is_open
    }

    fn replace_session(&self, session: Option<Session>, turn: u64) -> Option<Session> {
        let mut open = self.inner.session.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *open, Opened { session, turn }).session
    }

    /// The open session with its turn.
    pub(super) fn opened(&self) -> Opened {
        self.inner.session.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Refuses what was read by several calls, each in the session that was open then, where that was not always `session`.
    pub(crate) fn still_open(&self, session: &Session) -> Result<(), EngineError> {
        let now = self.session()?;
        if (now.profile(), now.region()) == (session.profile(), session.region()) {
            return Ok(());
        }
        Err(EngineError::NotNow("Another profile was opened meanwhile.".into()))
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

    pub async fn identify(&self) -> Result<Identity, EngineError> {
        let session = self.session()?;
        session.identity().await.map_err(Self::failed(&session))
    }

    pub async fn open_profile(&self, name: &str) -> Result<(), EngineError> {
        self.open_session(name, None).await
    }

    /// Reads files and keychain again and drops cached credentials.
    pub async fn reload_profiles(&self) -> Result<(), EngineError> {
        let turn = self.inner.turns.next();
        let found = aws::profiles::find().await;
        let chosen = found.chosen.clone();
        *self.inner.found.write().unwrap_or_else(PoisonError::into_inner) = found;
        self.ask_keychain();
        self.renew_watch();
        let current = self.session().ok().map(|session| (session.profile().to_owned(), session.region().to_owned()));
        match current {
            Some((name, region)) if self.configured(&name).await.is_ok() => {
                self.open_in_turn(turn, &name, Some(region)).await
            }
            _ => {
                self.close_in_turn(turn).await;
                match chosen {
                    Some(name) => self.open_in_turn(turn, &name, None).await,
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
}

pub(super) fn check_region(region: &str) -> Result<(), EngineError> {
    let fits = !region.is_empty()
        && region.len() < 40
        && region.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if fits {
        return Ok(());
    }
    Err(EngineError::BadInput(format!("{region} is not the name of a region, such as eu-west-1.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_answers_last_does_not_take_the_place_of_what_was_asked_for_last() {
        let turns = Turns::default();
        let (slow, quick) = (turns.next(), turns.next());
        assert!(turns.take(quick).await.is_some());
        assert!(turns.take(slow).await.is_none(), "another profile was chosen meanwhile");
        assert!(turns.take(turns.next()).await.is_some(), "what is asked for afterwards is opened");
    }

    #[tokio::test]
    async fn a_later_one_that_failed_is_in_nobodys_way() {
        let turns = Turns::default();
        let (slow, _failed) = (turns.next(), turns.next());
        assert!(turns.take(slow).await.is_some());
        assert!(turns.take(slow).await.is_some(), "a reload closes and opens in one turn");
    }

    #[tokio::test]
    async fn nobody_else_takes_a_turn_while_one_is_being_taken() {
        let turns = Turns::default();
        let (one, other) = (turns.next(), turns.next());
        let held = turns.take(one).await;
        let waiting = tokio::time::timeout(Duration::from_millis(20), turns.take(other)).await;
        assert!(waiting.is_err(), "the file, the session and the logs change together");
        drop(held);
        assert!(turns.take(other).await.is_some());
    }
}

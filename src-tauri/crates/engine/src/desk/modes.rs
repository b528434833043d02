//! What a profile may do: its environment, its mode, and unlocking production for a while with a reason.

use crate::{Desk, EngineError, profiles::standing};
use aws::Guard;
use contract::{
    Timestamp,
    session::{Environment, Mode, SetEnvironment, SetMode},
};
use std::sync::{Arc, PoisonError};

impl Desk {
    pub(super) async fn guard(&self, name: &str) -> Result<Arc<Guard>, EngineError> {
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

    pub(super) async fn standing(&self, name: &str) -> Result<(Environment, Mode, bool), EngineError> {
        let owned = name.to_owned();
        let prefs = self.inner.store.run(move |store| store.profile_prefs(&owned)).await?;
        Ok(standing(name, prefs))
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
                self.audit_in((&profile, session.region()), "session.lock", &profile, "locked").await
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
                let result = format!("for 15 minutes: {reason}");
                self.audit_in((&profile, session.region()), "session.unlock", &profile, &result).await?;
                session.guard().unlock(Timestamp::now());
                Ok(())
            }
        }
    }
}

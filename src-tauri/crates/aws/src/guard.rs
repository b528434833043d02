//! The guard: the only maker of a [`WritePermit`].
//!
//! A profile's environment and mode decide what may be written. A production profile is read-only until it is unlocked
//! with a reason, and is so again after [`UNLOCK_FOR`]. Every write call checks its permit again, so an operation that
//! outlives the unlocking stops at its next step.

use contract::{
    Timestamp,
    plan::Confirm,
    session::{Environment, Mode},
};
use jiff::SignedDuration;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a production profile stays writable.
pub const UNLOCK_FOR: SignedDuration = SignedDuration::from_mins(15);

/// Why the guard does not allow a write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the profile {profile} is read-only")]
    ReadOnly { profile: String },
    #[error("the profile {profile} is production and locked")]
    Locked { profile: String },
    #[error("the typed name does not match {wanted}")]
    Typed { wanted: String },
}

/// What the person confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    pub confirm: Confirm,
    /// The name that [`Confirm::TypeName`] asks for.
    pub name: String,
    pub typed: Option<String>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    environment: Environment,
    mode: Mode,
    unlocked_until: Option<Timestamp>,
}

/// The guard of one profile.
#[derive(Debug)]
pub struct Guard {
    profile: String,
    state: Mutex<State>,
}

impl Guard {
    pub fn new(profile: impl Into<String>, environment: Environment, mode: Mode) -> Arc<Self> {
        Arc::new(Self { profile: profile.into(), state: Mutex::new(State { environment, mode, unlocked_until: None }) })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn environment(&self) -> Environment {
        self.state().environment
    }

    /// What holds at `now`: production is [`Mode::Confirm`] only while it is unlocked.
    pub fn mode(&self, now: Timestamp) -> Mode {
        let state = self.state();
        match state.environment {
            Environment::Other => state.mode,
            Environment::Production if state.unlocked_until.is_some_and(|until| now < until) => Mode::Confirm,
            Environment::Production => Mode::ReadOnly,
        }
    }

    pub fn unlocked_until(&self, now: Timestamp) -> Option<Timestamp> {
        let state = self.state();
        state.unlocked_until.filter(|until| state.environment == Environment::Production && now < *until)
    }

    /// Takes over changed preferences. Becoming production locks.
    pub fn set(&self, environment: Environment, mode: Mode) {
        let mut state = self.state();
        if state.environment != environment {
            state.unlocked_until = None;
        }
        state.environment = environment;
        state.mode = mode;
    }

    /// Makes a production profile writable until the returned time. The caller has asked for a reason and audits it.
    pub fn unlock(&self, now: Timestamp) -> Timestamp {
        let until = now.checked_add(UNLOCK_FOR).unwrap_or(now);
        self.state().unlocked_until = Some(until);
        until
    }

    pub fn lock(&self) {
        self.state().unlocked_until = None;
    }

    /// Makes a permit, if mode and confirmation allow it.
    pub fn permit(self: &Arc<Self>, confirmation: &Confirmation, now: Timestamp) -> Result<WritePermit, Refused> {
        self.allows(now)?;
        let must_type = confirmation.confirm == Confirm::TypeName || self.environment() == Environment::Production;
        if must_type && confirmation.typed.as_deref() != Some(confirmation.name.as_str()) {
            return Err(Refused::Typed { wanted: confirmation.name.clone() });
        }
        Ok(WritePermit { guard: Arc::clone(self) })
    }

    fn allows(&self, now: Timestamp) -> Result<(), Refused> {
        match (self.mode(now), self.environment()) {
            (Mode::Confirm, _) => Ok(()),
            (Mode::ReadOnly, Environment::Production) => Err(Refused::Locked { profile: self.profile.clone() }),
            (Mode::ReadOnly, Environment::Other) => Err(Refused::ReadOnly { profile: self.profile.clone() }),
        }
    }
}

/// Proof that the guard allowed an operation. Functions that write take it as a parameter.
#[derive(Debug)]
pub struct WritePermit {
    guard: Arc<Guard>,
}

impl WritePermit {
    /// Whether the permit still holds. Every write asks before it calls the service.
    pub fn check(&self) -> Result<(), Refused> {
        self.guard.allows(Timestamp::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confirmation(confirm: Confirm, typed: Option<&str>) -> Confirmation {
        Confirmation { confirm, name: "daily_sales.csv".into(), typed: typed.map(str::to_owned) }
    }

    fn now() -> Timestamp {
        "2026-11-21T06:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_read_only_profile_gives_no_permit() {
        let guard = Guard::new("dev", Environment::Other, Mode::ReadOnly);
        let refused = guard.permit(&confirmation(Confirm::Inline, None), now()).unwrap_err();
        assert_eq!(refused, Refused::ReadOnly { profile: "dev".into() });
        guard.set(Environment::Other, Mode::Confirm);
        assert!(guard.permit(&confirmation(Confirm::Inline, None), now()).is_ok(), "confirm mode permits");
    }

    #[test]
    fn production_is_read_only_whatever_its_stored_mode() {
        let guard = Guard::new("prod", Environment::Production, Mode::Confirm);
        assert_eq!(guard.mode(now()), Mode::ReadOnly);
        assert!(matches!(
            guard.permit(&confirmation(Confirm::TypeName, Some("daily_sales.csv")), now()),
            Err(Refused::Locked { .. })
        ));
    }

    #[test]
    fn unlocking_lasts_fifteen_minutes() {
        let guard = Guard::new("prod", Environment::Production, Mode::ReadOnly);
        let until = guard.unlock(now());
        assert_eq!(until, "2026-11-21T06:15:00Z".parse().unwrap());
        assert_eq!(guard.mode("2026-11-21T06:14:59Z".parse().unwrap()), Mode::Confirm);
        assert_eq!(guard.mode(until), Mode::ReadOnly, "the end is exclusive");
        guard.lock();
        assert_eq!(guard.mode(now()), Mode::ReadOnly);
    }

    #[test]
    fn production_wants_the_name_typed_even_if_the_plan_forgot() {
        let guard = Guard::new("prod", Environment::Production, Mode::ReadOnly);
        guard.unlock(now());
        for typed in [None, Some(""), Some("daily_sales"), Some("DAILY_SALES.CSV")] {
            assert!(
                matches!(guard.permit(&confirmation(Confirm::Inline, typed), now()), Err(Refused::Typed { .. })),
                "{typed:?}"
            );
        }
        assert!(guard.permit(&confirmation(Confirm::TypeName, Some("daily_sales.csv")), now()).is_ok());
    }

    #[test]
    fn a_permit_ends_with_the_unlocking() {
        let guard = Guard::new("prod", Environment::Production, Mode::ReadOnly);
        let long_ago = now();
        guard.unlock(long_ago);
        let permit = guard.permit(&confirmation(Confirm::TypeName, Some("daily_sales.csv")), long_ago).unwrap();
        guard.lock();
        assert!(permit.check().is_err(), "an operation that outlives the unlocking stops");
    }

    #[test]
    fn leaving_production_and_coming_back_locks() {
        let guard = Guard::new("prod", Environment::Production, Mode::ReadOnly);
        guard.unlock(now());
        guard.set(Environment::Other, Mode::Confirm);
        guard.set(Environment::Production, Mode::ReadOnly);
        assert_eq!(guard.mode(now()), Mode::ReadOnly);
    }
}

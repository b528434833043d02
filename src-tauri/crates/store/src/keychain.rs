//! Access keys in the system keychain: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
//!
//! One entry for each profile: service `quarterdeck`, user the profile's name, and as the secret a JSON object with the
//! three parts of the credentials. What always holds: keys are `secrecy` types outside this file, and bytes that held
//! them are wiped; no error carries them (the errors of `keyring` and `serde_json` may quote the bytes that they
//! choked on, so only their kind is passed on).
//!
//! The backends block, may wait for a prompt for ever, and their blocking D-Bus client panics on a thread of the async
//! runtime. So every call runs on a thread of its own under a time limit: not in `spawn_blocking`, because the
//! runtime would wait at its end for a prompt that nobody answers. One call at a time, the others queue: a prompt
//! that is left open costs one thread, not one for each try.
//!
//! Without a keychain keys are kept in memory until the program ends; [`Keychain::put`] says which it was.

use crate::StoreError;
use keyring::{Entry, Error};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};

const SERVICE: &str = "quarterdeck";

/// Looked up to see whether anybody answers. No profile is called that, so nothing is found and no prompt opens.
const PROBE: &str = "\u{1f}is anybody there";

/// For [`Keychain::available`]: nobody is asked anything, so an answer is quick or does not come.
const PROBE_LIMIT: Duration = Duration::from_secs(5);

/// For everything else: the person may have to type the keychain's password.
const PROMPT_LIMIT: Duration = Duration::from_mins(2);

/// One profile's credentials. `Debug` shows none of it.
#[derive(Debug, Clone)]
pub struct Keys {
    pub access_key_id: SecretString,
    pub secret_access_key: SecretString,
    pub session_token: Option<SecretString>,
}

/// Where [`Keychain::put`] kept the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Keychain,
    /// There is no keychain: they are gone when the program ends.
    Memory,
}

/// The system keychain, or memory in its place. Clones share it.
#[derive(Debug, Clone)]
pub struct Keychain {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    memory: Mutex<HashMap<String, Keys>>,
    turn: Arc<Semaphore>,
}

impl Default for Keychain {
    fn default() -> Self {
        Self::new()
    }
}

impl Keychain {
    /// Does nothing yet: the keychain is first asked by the first call.
    pub fn new() -> Self {
        Self { inner: Arc::new(Inner { memory: Mutex::default(), turn: Arc::new(Semaphore::new(1)) }) }
    }

    /// Whether a keychain answers; if not, what to do, in words. Opens no prompt, so it says nothing about whether the
    /// keychain is locked. Takes 5 seconds at most.
    pub async fn available(&self) -> Result<(), String> {
        match self.ask(PROBE_LIMIT, probe).await {
            Ok(()) => Ok(()),
            Err(StoreError::KeychainAbsent(text)) => Err(text),
            Err(other) => Err(match other.hint() {
                Some(hint) => format!("{} {hint}", sentence(&other)),
                None => sentence(&other),
            }),
        }
    }

    /// Keeps a profile's keys, in place of older ones. A keychain that is there but stays closed is an error, not a
    /// reason to keep them in memory. After [`StoreError::KeychainTimeout`] they may still arrive, if the person
    /// answers the prompt later.
    pub async fn put(&self, profile: &str, keys: Keys) -> Result<Kept, StoreError> {
        let (name, copy) = (profile.to_owned(), keys.clone());
        let stored = self.ask(PROMPT_LIMIT, move || probe().and_then(|()| store(&name, &copy))).await;
        match stored {
            Ok(()) => {
                self.memory().remove(profile);
                Ok(Kept::Keychain)
            }
            Err(StoreError::KeychainAbsent(_)) => {
                self.memory().insert(profile.to_owned(), keys);
                Ok(Kept::Memory)
            }
            Err(other) => Err(other),
        }
    }

    /// A profile's keys. [`StoreError::NoKeys`] if there are none.
    pub async fn get(&self, profile: &str) -> Result<Keys, StoreError> {
        if let Some(keys) = self.memory().get(profile) {
            return Ok(keys.clone());
        }
        let name = profile.to_owned();
        self.ask(PROMPT_LIMIT, move || probe().and_then(|()| load(&name))).await
    }

    /// Forgets a profile's keys; whether there were any.
    pub async fn remove(&self, profile: &str) -> Result<bool, StoreError> {
        let remembered = self.memory().remove(profile).is_some();
        let name = profile.to_owned();
        match self.ask(PROMPT_LIMIT, move || probe().and_then(|()| delete(&name))).await {
            Ok(()) => Ok(true),
            Err(StoreError::NoKeys(_)) => Ok(remembered),
            Err(StoreError::KeychainAbsent(_)) if remembered => Ok(true),
            Err(other) => Err(other),
        }
    }

    fn memory(&self) -> MutexGuard<'_, HashMap<String, Keys>> {
        self.inner.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs blocking work on a thread of its own, one at a time. Work that has not begun when the limit is reached is
    /// never begun.
    async fn ask<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let answer = async {
            let turn = Arc::clone(&self.inner.turn).acquire_owned().await.map_err(|_| StoreError::Stopped)?;
            let (reply, answer) = oneshot::channel();
            std::thread::Builder::new()
                .name("keychain".to_owned())
                .spawn(move || {
                    let _nobody_waits = reply.send(work());
                    drop(turn);
                })
                .map_err(|_| StoreError::Stopped)?;
            // A panic drops `reply`.
            answer.await.map_err(|_| StoreError::Stopped)?
        };
        tokio::time::timeout(limit, answer).await.map_err(|_| StoreError::KeychainTimeout(limit.as_secs()))?
    }
}

/// The JSON of an entry.
#[derive(Serialize)]
struct Written<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<&'a str>,
}

#[derive(Deserialize)]
struct Read {
    #[serde(deserialize_with = "secret")]
    access_key_id: SecretString,
    #[serde(deserialize_with = "secret")]
    secret_access_key: SecretString,
    #[serde(default, deserialize_with = "maybe_secret")]
    session_token: Option<SecretString>,
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
    String::deserialize(from).map(SecretString::from)
}

fn maybe_secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(SecretString::from))
}

/// Blocking, as are the three below. That nothing is found is the good answer.
fn probe() -> Result<(), StoreError> {
    if let Err(error) = Entry::store_status() {
        return Err(absent(error));
    }
    match Entry::new(SERVICE, PROBE).and_then(|entry| entry.get_secret()) {
        Ok(bytes) => {
            drop(Zeroizing::new(bytes));
            Ok(())
        }
        Err(Error::NoEntry) => Ok(()),
        Err(error @ (Error::NoDefaultStore | Error::PlatformFailure(_))) => Err(absent(&error)),
        Err(error) => Err(fault(error, "")),
    }
}

fn store(profile: &str, keys: &Keys) -> Result<(), StoreError> {
    let written = Written {
        access_key_id: keys.access_key_id.expose_secret(),
        secret_access_key: keys.secret_access_key.expose_secret(),
        session_token: keys.session_token.as_ref().map(ExposeSecret::expose_secret),
    };
    // Room enough from the start: a vector that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    serde_json::to_writer(&mut *bytes, &written).map_err(|_| StoreError::KeysUnreadable(profile.to_owned()))?;
    Entry::new(SERVICE, profile).and_then(|entry| entry.set_secret(&bytes)).map_err(|error| fault(error, profile))
}

fn load(profile: &str) -> Result<Keys, StoreError> {
    let bytes = Entry::new(SERVICE, profile)
        .and_then(|entry| entry.get_secret())
        .map(Zeroizing::new)
        .map_err(|error| fault(error, profile))?;
    let read: Read = serde_json::from_slice(&bytes).map_err(|_| StoreError::KeysUnreadable(profile.to_owned()))?;
    Ok(Keys {
        access_key_id: read.access_key_id,
        secret_access_key: read.secret_access_key,
        session_token: read.session_token,
    })
}

fn delete(profile: &str) -> Result<(), StoreError> {
    Entry::new(SERVICE, profile).and_then(|entry| entry.delete_credential()).map_err(|error| fault(error, profile))
}

/// What `keyring` says, without the bytes that some of its errors carry.
fn fault(error: Error, profile: &str) -> StoreError {
    match error {
        Error::NoEntry => StoreError::NoKeys(profile.to_owned()),
        Error::NoDefaultStore => absent(&error),
        Error::NoStorageAccess(reason) => StoreError::KeychainLocked(reason.to_string()),
        Error::PlatformFailure(reason) => StoreError::KeychainRefused(reason.to_string()),
        Error::BadEncoding(bytes) | Error::BadDataFormat(bytes, _) => {
            drop(Zeroizing::new(bytes));
            StoreError::KeysUnreadable(profile.to_owned())
        }
        Error::TooLong(what, limit) => {
            StoreError::KeychainRefused(format!("the {what} is longer than its limit of {limit} characters"))
        }
        Error::Ambiguous(entries) => {
            StoreError::KeychainRefused(format!("{} entries are kept for {SERVICE} and {profile}", entries.len()))
        }
        Error::Invalid(what, why) => StoreError::KeychainRefused(format!("{what}: {why}")),
        Error::NotSupportedByStore(_) => StoreError::KeychainRefused("it does not support this".to_owned()),
        Error::BadStoreFormat(_) => StoreError::KeychainRefused("its data is damaged".to_owned()),
        _ => StoreError::KeychainRefused("it does not say why".to_owned()),
    }
}

fn absent(error: &Error) -> StoreError {
    let why = match error {
        Error::PlatformFailure(reason) | Error::NoStorageAccess(reason) => format!(" ({reason})"),
        _ => String::new(),
    };
    let what = if cfg!(any(target_os = "macos", target_os = "windows")) {
        "Log in to a desktop session"
    } else {
        "Install and start gnome-keyring or KWallet in a desktop session with D-Bus"
    };
    StoreError::KeychainAbsent(format!(
        "No system keychain answers{why}. Keys that you enter are kept in memory and are gone when Quarterdeck ends. \
         {what}, then start Quarterdeck again."
    ))
}

fn sentence(error: &StoreError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).chain(['.']).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_that_hangs_costs_its_limit_and_one_thread() {
        let keychain = Keychain::new();
        let (release, hung) = std::sync::mpsc::channel::<()>();
        let limit = Duration::from_millis(50);
        let first = keychain.ask(limit, move || hung.recv().map_err(|_| StoreError::Stopped)).await;
        assert!(matches!(first, Err(StoreError::KeychainTimeout(_))));
        let (begun, was_begun) = std::sync::mpsc::channel();
        let second = keychain.ask(limit, move || begun.send(()).map_err(|_| StoreError::Stopped)).await;
        assert!(matches!(second, Err(StoreError::KeychainTimeout(_))));
        release.send(()).unwrap();
        keychain.ask(Duration::from_secs(5), || Ok(())).await.unwrap();
        assert!(was_begun.recv().is_err(), "what timed out in the queue never runs");
    }

    #[tokio::test]
    async fn a_panic_of_the_backend_is_an_error() {
        let keychain = Keychain::new();
        let cut_off = keychain.ask(PROBE_LIMIT, || -> Result<(), StoreError> { panic!("on purpose") }).await;
        assert!(matches!(cut_off, Err(StoreError::Stopped)));
        keychain.ask(PROBE_LIMIT, || Ok(())).await.unwrap();
    }

    #[test]
    fn errors_do_not_carry_what_was_read() {
        let canary = b"canary".to_vec();
        for error in [
            Error::BadEncoding(canary.clone()),
            Error::BadDataFormat(canary, "bad".into()),
            Error::BadStoreFormat("canary".to_owned()),
        ] {
            let mapped = fault(error, "prod");
            let shown = format!("{mapped} {mapped:?} {:?}", mapped.hint());
            assert!(!shown.contains("canary") && !shown.contains("99, 97"), "{shown}");
        }
        assert!(matches!(fault(Error::NoEntry, "prod"), StoreError::NoKeys(name) if name == "prod"));
        assert!(matches!(fault(Error::NoStorageAccess("locked".into()), ""), StoreError::KeychainLocked(_)));
        assert!(matches!(fault(Error::NoDefaultStore, ""), StoreError::KeychainAbsent(_)));
    }
}

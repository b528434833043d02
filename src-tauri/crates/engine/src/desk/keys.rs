//! Keys that a person types: they become secrets on arrival and live in the keychain; the store knows names only.

use crate::{Desk, EngineError};
use contract::session::AddKeys;
use secrecy::SecretString;
use std::{sync::PoisonError, time::Duration};
use store::{KeyProfile, Keys};

impl Desk {
    pub(super) fn ask_keychain(&self) {
        let desk = self.clone();
        tokio::spawn(async move {
            let answer = desk.inner.keychain.available().await;
            *desk.inner.keychain_state.write().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        });
    }

    /// The keychain's answer; waits a moment for it, no longer, because the window waits for this.
    pub(super) async fn keychain_state(&self) -> Result<(), String> {
        for _ in 0..2 {
            if let Some(answer) = self.inner.keychain_state.read().unwrap_or_else(PoisonError::into_inner).clone() {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err("The system keychain has not answered yet.".into())
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

    /// Keeps the token of a source of drift for a profile. Without a keychain it is in memory until the program ends.
    pub(crate) async fn keep_source_token(
        &self,
        profile: &str,
        address: &str,
        token: SecretString,
    ) -> Result<(), EngineError> {
        let name = SecretString::from("token".to_owned());
        let keys = Keys { access_key_id: name, secret_access_key: token, session_token: None };
        self.inner.keychain.put(&entry_of_source(profile, address), keys).await?;
        Ok(())
    }

    pub(crate) async fn source_token(&self, profile: &str, address: &str) -> Result<SecretString, EngineError> {
        Ok(self.inner.keychain.get(&entry_of_source(profile, address)).await?.secret_access_key)
    }

    pub(crate) async fn forget_source_token(&self, profile: &str, address: &str) -> Result<(), EngineError> {
        self.inner.keychain.remove(&entry_of_source(profile, address)).await?;
        Ok(())
    }

    pub async fn remove_keys(&self, name: &str) -> Result<(), EngineError> {
        // Afterwards nobody knows it.
        let region = self.region_of(name).await;
        self.inner.keychain.remove(name).await?;
        let owned = name.to_owned();
        self.inner.store.run(move |store| store.remove_key_profile(&owned)).await?;
        self.audit_in((name, &region), "keychain.remove", name, "removed").await?;
        if self.close_session_of(name).await
            && let Some(chosen) = self.found().chosen
        {
            self.open_session(&chosen, None).await?;
        }
        Ok(())
    }
}

/// The keychain's entry of a source's token. The separator stands in no name of a profile (`check_keys`).
fn entry_of_source(profile: &str, address: &str) -> String {
    format!("{profile}\u{1f}drift source {address}")
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

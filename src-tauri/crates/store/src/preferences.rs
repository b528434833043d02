//! What the person chose: settings, what a profile is, which keys the keychain holds, where the last session was.

use crate::{Store, StoreError, words};
use contract::Timestamp;
use contract::drift::DriftSource;
use contract::models::GatePolicy;
use contract::session::{Environment, Mode};
use contract::settings::{Settings, Stored};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// What the person said about a profile; `None` is "not said": the guess from its name holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProfilePrefs {
    pub environment: Option<Environment>,
    pub mode: Option<Mode>,
}

/// The profile that was used last, and its region where that is another than the profile's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSession {
    pub profile: String,
    pub region: Option<String>,
}

/// A profile whose keys are in the system keychain. The keys themselves are never here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyProfile {
    pub name: String,
    pub region: String,
}

const SETTINGS: &str = "settings";
const LAST_SESSION: &str = "last_session";

impl Store {
    /// The settings; the default for each that is missing or that this version does not understand, which
    /// [`Store::settings_problem`] tells. Blocking.
    pub fn settings(&self) -> Result<Settings, StoreError> {
        Ok(self.preference(SETTINGS)?.map_or_else(Settings::default, |text| readable_settings(&text)))
    }

    /// Why not all of what is kept of the settings could be read. Blocking.
    pub fn settings_problem(&self) -> Result<Option<StoreError>, StoreError> {
        let text = self.preference(SETTINGS)?.filter(|text| !is_readable(Stored::Settings, text));
        Ok(text.map(|_| self.unreadable(Stored::Settings, SETTINGS.to_owned())))
    }

    /// Refused while what is kept cannot be read: it would be lost, and what a newer version wrote may be wanted again.
    /// Blocking.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        if let Some(problem) = self.settings_problem()? {
            return Err(problem);
        }
        self.set_preference(SETTINGS, &words::json(settings, "the settings")?)
    }

    /// The profile that was open last, `None` on the first start. Blocking.
    pub fn last_session(&self) -> Result<Option<LastSession>, StoreError> {
        Ok(self.preference(LAST_SESSION)?.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Blocking.
    pub fn set_last_session(&self, session: &LastSession) -> Result<(), StoreError> {
        self.set_preference(LAST_SESSION, &words::json(session, "the last session")?)
    }

    /// What was said about a profile; nothing for one that was never mentioned. Blocking.
    pub fn profile_prefs(&self, name: &str) -> Result<ProfilePrefs, StoreError> {
        let row: Option<(Option<String>, Option<String>)> = self
            .connection()
            .query_row("SELECT environment, mode FROM profiles WHERE name = ?1", [name], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let (environment, mode) = row.unwrap_or_default();
        Ok(ProfilePrefs {
            environment: environment.map(|word| words::from_word(word, "a profile's environment")).transpose()?,
            mode: mode.map(|word| words::from_word(word, "a profile's mode")).transpose()?,
        })
    }

    /// `None` goes back to the guess from the name. Blocking.
    pub fn set_environment(&self, name: &str, environment: Option<Environment>) -> Result<(), StoreError> {
        let word = environment.map(words::word).transpose()?;
        self.connection().execute(
            "INSERT INTO profiles (name, environment) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET environment = excluded.environment",
            (name, word),
        )?;
        Ok(())
    }

    /// The mode that the profile starts in. That production never starts in `Confirm` is the guard's business. Blocking.
    pub fn set_mode(&self, name: &str, mode: Mode) -> Result<(), StoreError> {
        self.connection().execute(
            "INSERT INTO profiles (name, mode) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET mode = excluded.mode",
            (name, words::word(mode)?),
        )?;
        Ok(())
    }

    /// What the team of a profile asks of a model; the default if nothing was said. One that cannot be read is not the default:
    /// what the team asks for besides would be asked for no more. Blocking.
    pub fn gate_policy(&self, profile: &str) -> Result<GatePolicy, StoreError> {
        self.stored(Stored::GatePolicy, profile)
    }

    /// Blocking.
    pub fn save_gate_policy(&self, profile: &str, policy: &GatePolicy) -> Result<(), StoreError> {
        self.set_preference(&key_of(Stored::GatePolicy, profile), &words::json(policy, "the gates of models")?)
    }

    /// Where drift is told for a profile besides Model Monitor. A list that cannot be read is none that is empty: the next save
    /// would take its place, and nothing would know the tokens in the keychain any more. Blocking.
    pub fn drift_sources(&self, profile: &str) -> Result<Vec<DriftSource>, StoreError> {
        self.stored(Stored::DriftSources, profile)
    }

    /// Blocking.
    pub fn save_drift_sources(&self, profile: &str, sources: &[DriftSource]) -> Result<(), StoreError> {
        self.set_preference(&key_of(Stored::DriftSources, profile), &words::json(sources, "the sources of drift")?)
    }

    /// Moves what is kept for a profile and cannot be read to another key, which it answers with. `None`: there is nothing, or
    /// it can be read. Of the general settings, which are of no profile, what can be read stays. Blocking.
    pub fn set_aside(&self, stored: Stored, profile: &str) -> Result<Option<String>, StoreError> {
        let key = key_of(stored, profile);
        let aside = format!("set_aside/{}/{key}", Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ"));
        self.write(|tx| {
            let text: Option<String> =
                tx.query_row("SELECT value FROM preferences WHERE key = ?1", [&key], |row| row.get(0)).optional()?;
            // Another instance may have set it aside since it was found unreadable.
            let Some(text) = text.filter(|text| !is_readable(stored, text)) else { return Ok(None) };
            tx.execute("UPDATE preferences SET key = ?1 WHERE key = ?2", (&aside, &key))?;
            if stored == Stored::Settings {
                let begun = words::json(&readable_settings(&text), "the settings")?;
                tx.execute("INSERT INTO preferences (key, value) VALUES (?1, ?2)", (&key, &begun))?;
            }
            Ok(Some(aside))
        })
    }

    /// The default if nothing is kept.
    fn stored<T: DeserializeOwned + Default>(&self, stored: Stored, profile: &str) -> Result<T, StoreError> {
        let key = key_of(stored, profile);
        let Some(text) = self.preference(&key)? else { return Ok(T::default()) };
        serde_json::from_str(&text).map_err(|_| self.unreadable(stored, key))
    }

    fn unreadable(&self, stored: Stored, key: String) -> StoreError {
        StoreError::Stored { stored, key, path: self.path().to_owned() }
    }

    /// Profiles with keys in the keychain, by name. Blocking.
    pub fn key_profiles(&self) -> Result<Vec<KeyProfile>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached("SELECT name, region FROM key_profiles ORDER BY name")?;
        let rows = statement
            .query_map([], |row| Ok(KeyProfile { name: row.get("name")?, region: row.get("region")? }))?
            .collect::<Result<_, _>>()?;
        Ok(rows)
    }

    /// Notes that the keychain holds keys for this profile; a second time changes the region. Blocking.
    pub fn add_key_profile(&self, profile: &KeyProfile) -> Result<(), StoreError> {
        self.connection().execute(
            "INSERT INTO key_profiles (name, region) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET region = excluded.region",
            (&profile.name, &profile.region),
        )?;
        Ok(())
    }

    /// Forgets the name. Whether it was there. Blocking.
    pub fn remove_key_profile(&self, name: &str) -> Result<bool, StoreError> {
        Ok(self.connection().execute("DELETE FROM key_profiles WHERE name = ?1", [name])? > 0)
    }

    fn preference(&self, key: &str) -> Result<Option<String>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached("SELECT value FROM preferences WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    fn set_preference(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.connection().execute(
            "INSERT INTO preferences (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )?;
        Ok(())
    }
}

fn key_of(stored: Stored, profile: &str) -> String {
    match stored {
        Stored::DriftSources => format!("drift_sources/{profile}"),
        Stored::GatePolicy => format!("gate_policy/{profile}"),
        Stored::Settings => SETTINGS.to_owned(),
    }
}

fn is_readable(stored: Stored, text: &str) -> bool {
    match stored {
        Stored::DriftSources => serde_json::from_str::<Vec<DriftSource>>(text).is_ok(),
        Stored::GatePolicy => serde_json::from_str::<GatePolicy>(text).is_ok(),
        Stored::Settings => serde_json::from_str::<Settings>(text).is_ok(),
    }
}

/// Field by field, so that one value from a newer version does not cost all the others.
fn readable_settings(text: &str) -> Settings {
    if let Ok(settings) = serde_json::from_str(text) {
        return settings;
    }
    let Ok(Value::Object(fields)) = serde_json::from_str(text) else { return Settings::default() };
    let mut good = serde_json::Map::new();
    for (name, value) in fields {
        let alone = Value::Object(std::iter::once((name.clone(), value.clone())).collect());
        if serde_json::from_value::<Settings>(alone).is_ok() {
            good.insert(name, value);
        } else {
            tracing::warn!(setting = name, "a setting of another version is ignored");
        }
    }
    serde_json::from_value(Value::Object(good)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::settings::{Density, Theme};

    #[test]
    fn settings_of_other_versions_keep_what_is_understood() {
        let text = r#"{"theme":"Dark","density":"Roomy","split":60,"later":[1]}"#;
        let settings = readable_settings(text);
        assert_eq!(settings, Settings { theme: Theme::Dark, split: 60, ..Settings::default() });
        assert_eq!(settings.density, Density::Comfortable);
        assert_eq!(readable_settings("no JSON"), Settings::default());
        assert_eq!(readable_settings("[]"), Settings::default());
    }
}

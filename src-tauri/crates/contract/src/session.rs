//! Profiles, the session on one of them, and the guard's state.

use crate::{Fault, Timestamp, settings::Settings};
use serde::{Deserialize, Serialize};

/// The window's first call. Answers without touching the network.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Hello {}

/// Everything the frame of the window needs. Every command that changes a profile or the session answers with it anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Greeting {
    pub version: String,
    pub settings: Settings,
    /// Why not all of the settings could be read: what could not is at its default, and nothing is kept over the text until
    /// the person sets it aside.
    pub settings_fault: Option<Fault>,
    pub profiles: Vec<ProfileInfo>,
    /// `None` when no profile was found or chosen: the first-run page.
    pub session: Option<SessionInfo>,
    /// Grows with each session that is opened: of two answers, the one with the higher turn knows the newer session.
    pub turn: u64,
    /// Where profiles were looked for, with what was found there; for the first-run page and the settings.
    pub looked_in: Vec<LookedIn>,
    /// Whether the system keychain answers; if not, why, in words.
    pub keychain: Result<(), String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedIn {
    /// A path or the name of an environment variable.
    pub place: String,
    /// "3 profiles", "not there", "line 12 cannot be read".
    pub found: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileInfo {
    pub name: String,
    pub region: Option<String>,
    pub source: ProfileSource,
    pub environment: Environment,
    /// True when the environment was guessed from the name, not chosen by the person.
    pub guessed: bool,
    /// The mode that the profile starts in.
    pub mode: Mode,
}

/// Where a profile's credentials come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProfileSource {
    /// Static keys in the shared files.
    SharedKeys,
    Sso,
    /// `aws login`.
    Login,
    AssumeRole,
    Process,
    WebIdentity,
    /// `AWS_ACCESS_KEY_ID` and its like.
    Environment,
    /// Keys typed into the window and kept in the system keychain.
    Keychain,
    /// Instance or container role, or nothing that names credentials.
    Ambient,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Environment {
    Production,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    ReadOnly,
    Confirm,
}

/// The session that the window works in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    pub profile: String,
    pub region: String,
    pub environment: Environment,
    /// What holds now: a production profile is `Confirm` only while it is unlocked.
    pub mode: Mode,
    /// Set while a production profile is unlocked.
    pub unlocked_until: Option<Timestamp>,
    /// Custom endpoints in use, if any: shown, so that nobody takes an emulator for AWS.
    pub endpoint: Option<String>,
}

/// Asks STS who this is (`GetCallerIdentity`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Identify {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub account: String,
    pub arn: String,
    /// `AIDA…` of a user, `AROA…:session` of a role: behind a shared role only this tells people apart.
    #[serde(default)]
    pub principal: String,
}

/// Moves the session to another profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenProfile {
    pub name: String,
}

/// Reads the configuration files and the keychain again and drops cached credentials.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ReloadProfiles {}

/// Changes the session's region; not the profile's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetRegion {
    pub region: String,
}

/// Says whether a profile is production; `None` goes back to the guess from its name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetEnvironment {
    pub profile: String,
    pub environment: Option<Environment>,
}

/// The mode that a profile starts in. `Confirm` is refused for production: that takes [`Unlock`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetMode {
    pub profile: String,
    pub mode: Mode,
}

/// Makes the current production session writable for 15 minutes (`Some(reason)`), or locks it again (`None`). Audited.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Unlock {
    pub reason: Option<String>,
}

/// Keeps access keys in the system keychain under a profile name of their own. Goes one way: keys never come back.
#[derive(Clone, Serialize, Deserialize)]
pub struct AddKeys {
    pub name: String,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: Option<String>,
}

impl std::fmt::Debug for AddKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddKeys").field("name", &self.name).field("region", &self.region).finish_non_exhaustive()
    }
}

/// Removes a profile's keys from the system keychain.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveKeys {
    pub name: String,
}

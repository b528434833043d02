//! How the window looks and reads, and small services of the computer it runs on.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: Theme,
    pub density: Density,
    pub zone: Zone,
    /// Single-key shortcuts (`j`, `r`, `g o`); off for people whose input method types them by accident (WCAG 2.1.4).
    pub single_keys: bool,
    /// Width of the list in the split view, percent.
    pub split: u8,
    pub watching: Watching,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            density: Density::Comfortable,
            zone: Zone::Utc,
            single_keys: true,
            split: 54,
            watching: Watching::default(),
        }
    }
}

/// What is watched, and who is told of it when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Watching {
    /// Besides the profile and region that are open.
    pub places: Vec<Place>,
    /// Goes on while the window is hidden.
    pub hidden: bool,
    pub notify: Notify,
    pub models: ModelNews,
    pub quiet: QuietHours,
}

/// A profile in a region.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    pub profile: String,
    pub region: String,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.profile, self.region)
    }
}

/// Which new failures raise a notification of the desktop.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notify {
    /// Those of profiles in the mode `Confirm`: whoever may act is told, a screen that only shows stays silent.
    #[default]
    Writable,
    Everywhere,
    Never,
}

/// Which news of models raise a notification too, where [`Notify`] lets any be raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelNews {
    /// An endpoint fails, is rolled back, answers with errors, or an alarm on it is raised.
    pub endpoints: bool,
    /// A monitor no longer measures.
    pub silent: bool,
    /// A monitor of data found violations after a run without any.
    pub drift: bool,
    /// A version waits for a decision for so many days.
    pub pending_days: Option<u16>,
}

impl Default for ModelNews {
    fn default() -> Self {
        Self { endpoints: true, silent: true, drift: false, pending_days: None }
    }
}

/// A part of every day in which nothing is raised. It may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuietHours {
    pub on: bool,
    pub from: Time,
    /// Not part of them. Equal to `from`, they last all day.
    pub to: Time,
    pub zone: Zone,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self { on: false, from: Time::constant(22, 0, 0, 0), to: Time::constant(7, 0, 0, 0), zone: Zone::Local }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    System,
    Dark,
    Light,
    Contrast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Density {
    Comfortable,
    Compact,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Zone {
    Utc,
    Local,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaveSettings {
    pub settings: Settings,
}

/// What is kept as one text of the database, and is set aside as one: for each profile, but for the general settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stored {
    DriftSources,
    GatePolicy,
    /// [`Settings`], which are those of this computer.
    Settings,
}

impl Stored {
    /// As its part of Settings is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::DriftSources => "Drift sources",
            Self::GatePolicy => "Approval gates",
            Self::Settings => "General settings",
        }
    }

    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::DriftSources => "the drift sources",
            Self::GatePolicy => "the approval gates",
            Self::Settings => "the general settings",
        }
    }

    /// What there is once it was set aside.
    pub fn fresh(self) -> &'static str {
        match self {
            Self::DriftSources => "an empty list",
            Self::GatePolicy => "the default gates",
            Self::Settings => "what of them can be read, and the default for the rest",
        }
    }
}

/// Sets aside what is kept for the open profile, or for this computer, and cannot be read: its text stays in the database
/// under another key, and what is read from then on is as on the first day, or what [`Stored::fresh`] says. Answers with that key; with `None` where it can be read, and nothing was
/// done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    pub stored: Stored,
}

/// Puts text on the clipboard. The core does it: the window's own clipboard is not there on every desktop.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CopyText {
    pub text: String,
}

/// The window answers to input. Ends the start-up measurement.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WindowReady {}

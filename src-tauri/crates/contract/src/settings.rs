//! How the window looks and reads, and small services of the computer it runs on.

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
}

impl Default for Settings {
    fn default() -> Self {
        Self { theme: Theme::System, density: Density::Comfortable, zone: Zone::Utc, single_keys: true, split: 54 }
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

/// Puts text on the clipboard. The core does it: the window's own clipboard is not there on every desktop.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CopyText {
    pub text: String,
}

/// The window answers to input. Ends the start-up measurement.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WindowReady {}

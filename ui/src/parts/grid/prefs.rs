//! Which columns a grid shows and how wide they are, kept in the window's own storage.

use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Pixels; a column is never narrower than its sort button needs.
pub const NARROWEST: u16 = 48;
pub const WIDEST: u16 = 900;

#[derive(Clone, Copy)]
pub struct Prefs {
    hidden: RwSignal<BTreeSet<String>>,
    widths: RwSignal<BTreeMap<String, u16>>,
}

impl Prefs {
    /// Reads what was kept for this grid, and keeps every change.
    pub fn kept(grid: &'static str, defaults: Vec<(&'static str, bool)>) -> Self {
        let (hidden, widths) = storage()
            .and_then(|storage| storage.get_item(&place(grid)).ok().flatten())
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_else(|| {
                let hidden =
                    defaults.iter().filter(|(_, hidden)| *hidden).map(|(name, _)| (*name).to_owned()).collect();
                (hidden, BTreeMap::new())
            });
        let prefs = Self { hidden: RwSignal::new(hidden), widths: RwSignal::new(widths) };
        Effect::new(move |before: Option<()>| {
            let kept = (prefs.hidden.get(), prefs.widths.get());
            if before.is_some()
                && let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&kept))
            {
                // Without storage the choice holds until the page closes.
                let _ = storage.set_item(&place(grid), &text);
            }
        });
        prefs
    }

    pub fn visible(self, column: &str) -> bool {
        !self.hidden.read().contains(column)
    }

    pub fn toggle(self, column: &str) {
        self.hidden.update(|hidden| {
            if !hidden.remove(column) {
                hidden.insert(column.to_owned());
            }
        });
    }

    pub fn width(self, column: &str) -> Option<u16> {
        self.widths.read().get(column).copied()
    }

    pub fn set_width(self, column: &str, width: f64) {
        let width = within(width);
        self.widths.update(|widths| {
            widths.insert(column.to_owned(), width);
        });
    }

    /// The column has its own width again, or its share.
    pub fn forget_width(self, column: &str) {
        self.widths.update(|widths| {
            widths.remove(column);
        });
    }

    pub fn reset(self, defaults: &[(&'static str, bool)]) {
        self.widths.set(BTreeMap::new());
        self.hidden.set(defaults.iter().filter(|(_, hidden)| *hidden).map(|(name, _)| (*name).to_owned()).collect());
    }
}

/// Whole pixels that a column may have.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
pub fn within(width: f64) -> u16 {
    width.round().clamp(f64::from(NARROWEST), f64::from(WIDEST)) as u16
}

fn place(grid: &str) -> String {
    format!("grid/{grid}")
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

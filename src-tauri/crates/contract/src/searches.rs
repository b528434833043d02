//! Searches that were saved under a name: of the log pane, and queries of Logs Insights.

use crate::logs::LogQuery;
use serde::{Deserialize, Serialize};

/// Saved searches at most.
pub const MOST_SEARCHES: usize = 200;
/// Characters of a name.
pub const MOST_NAME: usize = 120;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSearch {
    pub id: u64,
    pub name: String,
    pub search: Search,
}

/// What is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Search {
    /// In an open log.
    Log(LogQuery),
    /// Over log groups.
    Insights { text: String, groups: Vec<String> },
}

impl Search {
    /// The two kinds are listed apart and may have the same names.
    pub fn is_insights(&self) -> bool {
        matches!(self, Self::Insights { .. })
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListSearches {}

/// All of them by name, as every change answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSearches {
    pub searches: Vec<SavedSearch>,
    /// Entries of the database that cannot be read. They are left as they are.
    pub unreadable: u64,
}

/// Saves a search under a name that no other of its kind has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveSearch {
    pub name: String,
    pub search: Search,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameSearch {
    pub id: u64,
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteSearch {
    pub id: u64,
}

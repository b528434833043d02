//! What of models waits for somebody, or is wrong: four short parts of the landing page.

use crate::{
    Notice, Timestamp,
    models::{WaitsFor, facts::MonitorKind},
};
use serde::{Deserialize, Serialize};

/// What the watch saw last in all watched places. It looks while the page is open; the answer itself reads nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadNowModels {}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NowModels {
    /// The oldest first.
    pub pending: NowPart,
    /// What matters most first.
    pub drift: NowPart,
    /// The longest without a run first.
    pub silent: NowPart,
    /// The newest trouble first.
    pub endpoints: NowPart,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NowPart {
    /// At most [`NowPart::MOST`].
    pub rows: Vec<ModelTrouble>,
    pub total: u32,
    /// What could not be read, and why.
    pub notices: Vec<Notice>,
    /// Every watched place was looked at, or could not be.
    pub complete: bool,
}

impl NowPart {
    pub const MOST: usize = 5;
}

/// One thing that somebody should look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelTrouble {
    /// Stable while it lasts: profile, region and what it is about.
    pub id: String,
    pub profile: String,
    pub region: String,
    /// Who waits for what, or what is wrong.
    pub words: String,
    /// As far as is known: when a version was registered, a monitor ran last, a report was made, an endpoint changed.
    pub since: Option<Timestamp>,
    pub about: TroubleAbout,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TroubleAbout {
    Pending {
        arn: String,
        group: String,
        version: u32,
        waits_for: WaitsFor,
    },
    Drift {
        /// `None`: the monitor found something, and its report was not looked into yet.
        feature: Option<String>,
        /// The one in which it matters most.
        schedule: String,
        endpoints: Vec<String>,
        distance: Option<f64>,
        threshold: Option<f64>,
        /// Part of all that the model's features are worth, 0 to 1.
        importance: Option<f64>,
    },
    Silent {
        schedule: String,
        kind: Option<MonitorKind>,
        endpoint: Option<String>,
    },
    Endpoint {
        endpoint: String,
        /// The service's word.
        status: String,
    },
}

impl TroubleAbout {
    /// What it is called.
    pub fn name(&self) -> String {
        match self {
            Self::Pending { group, version, .. } => format!("{group} {version}"),
            Self::Drift { feature: Some(feature), .. } => feature.clone(),
            Self::Drift { schedule, .. } | Self::Silent { schedule, .. } => schedule.clone(),
            Self::Endpoint { endpoint, .. } => endpoint.clone(),
        }
    }
}

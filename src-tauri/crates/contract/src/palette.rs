//! Where the palette can go.

use crate::{jobs::JobTarget, models::ModelTarget};
use serde::{Deserialize, Serialize};

/// Reads what was typed or pasted: an `s3://` URI, an object ARN, a console URL, a deep link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolveTarget {
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// What the text names, in its order: one for an address, several for the text of an alert.
    pub targets: Vec<Target>,
    /// Why a text that looks like an address is none, at its place.
    pub problem: Option<String>,
}

/// A place in the window, with the account and region that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub place: TargetPlace,
    /// In words: `version 3HL4… of data/in/daily_sales.csv in lake-raw`.
    pub title: String,
    pub account: Option<String>,
    pub region: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TargetPlace {
    Bucket {
        bucket: String,
    },
    Folder {
        bucket: String,
        prefix: String,
    },
    Object {
        bucket: String,
        key: String,
        version_id: Option<String>,
    },
    /// An execution, by its ARN.
    Execution(String),
    /// The executions of a state machine, by its ARN.
    Machine(String),
    /// The executions of a Map Run, by its ARN.
    MapRun(String),
    /// A run, what runs belong to, or logs.
    Job(JobTarget),
    /// A group of models, a version, an endpoint, a monitor and the like.
    Model(ModelTarget),
    /// A path of the router, from a `quarterdeck://` link.
    Address(String),
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListRecents {}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentList {
    pub recents: Vec<Recent>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    pub title: String,
    /// The router's path with its query.
    pub address: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RememberRecent {
    pub recent: Recent,
}

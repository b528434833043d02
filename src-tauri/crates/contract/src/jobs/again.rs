//! Asking for the same run again, changed or not, and ending one that is on its way.

use super::{HomeRow, JobChange, JobId};
use crate::{
    Notice,
    executions::{Difference, Verdict},
};
use serde::{Deserialize, Serialize};

/// What can be done with a run, as its engine and its state allow it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobOffers {
    pub again: Verdict,
    /// `Cancel step`, `Stop job run`: each engine has its own verb.
    pub stop_title: String,
    pub stop: Verdict,
    /// What the end means for this engine, in words.
    pub stop_means: String,
    /// The engine ends what runs in two ways: by asking the process, or by killing it.
    pub can_force: bool,
}

/// A run as it would be asked for again with changes; of a cluster, a new step ([`JobChange::Step`]). Asked while a person types; sends nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditJob {
    pub id: JobId,
    pub changes: Vec<JobChange>,
    /// Of a step: the cluster that gets it; `None` is its own.
    pub cluster: Option<String>,
}

/// What an edit comes to. Secrets are covered, and what is covered stays as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobEdit {
    pub was: JobForm,
    pub now: JobForm,
    pub differences: Vec<Difference>,
    pub notices: Vec<Notice>,
    /// Why these changes cannot be made.
    pub problem: Option<String>,
    pub command: Option<String>,
    /// Clusters that accept steps; of other engines none.
    pub clusters: Vec<HomeRow>,
    /// The cluster that would get the step.
    pub cluster: Option<String>,
    /// The execution that started the run: to run it again is the first advice.
    pub execution: Option<String>,
}

/// What of a run can be edited. `None` is "the engine has no place for it".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobForm {
    /// The script, jar or query.
    pub program: Option<String>,
    /// Of a jar; empty where it is left to the jar's manifest.
    pub main_class: Option<String>,
    /// For the program, in order.
    pub arguments: Option<Vec<String>>,
    /// By name, as Glue takes them.
    pub named: Option<Vec<(String, String)>>,
    /// Configuration of Spark or Hive: the values that count.
    pub settings: Option<Vec<(String, String)>>,
    /// Type and number.
    pub workers: Option<(String, u32)>,
    pub release: Option<String>,
    pub timeout_minutes: Option<u64>,
}

/// Plans to ask for the run again, or to add a step to a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanJobRun {
    pub id: JobId,
    pub changes: Vec<JobChange>,
    pub cluster: Option<String>,
}

/// Plans to end a run that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanJobStop {
    pub id: JobId,
    /// Kill the process instead of asking it, where [`JobOffers::can_force`].
    pub force: bool,
}

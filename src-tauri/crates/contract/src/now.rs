//! The landing page: what failed, is late or runs, over all machines and every watched profile.

mod models;

pub use models::{ModelTrouble, NowModels, NowPart, ReadNowModels, TroubleAbout};

use crate::{
    OperationId, Timestamp,
    executions::Status,
    jobs::{Absence, JobId},
    settings::Place,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Opens what is going on in every watched place. The set goes on growing and changing until it is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenNow {
    /// Hours back.
    pub hours: u32,
}

/// Executions of one machine, or runs of one job, that failed for one cause; several machines and jobs that did so; or one
/// thing that is late or running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NowRow {
    /// Stable while the incident lasts: profile, machine or job, error and cause; of several, profile, region and cause.
    pub id: String,
    pub kind: NowKind,
    /// Name of the machine or job, all names where there are several, or title of the operation.
    pub what: String,
    pub machine: Option<String>,
    pub status: Option<Status>,
    pub error: Option<String>,
    /// Plain words.
    pub why: String,
    pub runs: u64,
    /// When it happened last, and first.
    pub newest: Timestamp,
    pub oldest: Timestamp,
    /// ARNs, newest first, at most 200.
    pub executions: Vec<String>,
    /// Runs of the job, newest first, at most 200.
    pub jobs: Vec<JobId>,
    /// Of a job or state machine that is late.
    pub absence: Option<Absence>,
    pub profile: String,
    pub region: String,
    /// Of a row of several: there if each of them has one of this kind.
    pub mark: Option<Mark>,
    pub operation: Option<OperationId>,
    /// Where one cause failed several machines or jobs: what each of them would be alone, the newest first. A mark belongs
    /// to each of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<NowRow>,
}

impl NowRow {
    /// The machine or job that failed last, or the row itself where it is of one alone.
    pub fn newest_member(&self) -> &Self {
        self.members.first().unwrap_or(self)
    }

    /// `in 3 state machines, 2 jobs`; `None` for one alone.
    pub fn spread(&self) -> Option<String> {
        let of = |kind: NowKind| self.members.iter().filter(move |member| member.kind == kind);
        let machines: BTreeSet<&str> = of(NowKind::Failed).filter_map(|member| member.machine.as_deref()).collect();
        let job = |member: &Self| member.jobs.first().map(|job| job.engine().code());
        let jobs: BTreeSet<_> = of(NowKind::FailedJob).map(|member| (job(member), member.what.as_str())).collect();
        if machines.len() + jobs.len() < 2 {
            return None;
        }
        let counted = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {many}")),
        };
        let parts = [counted(machines.len(), "state machine", "state machines"), counted(jobs.len(), "job", "jobs")];
        Some(format!("in {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", ")))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NowKind {
    Failed,
    /// Runs of a job that no execution of the page explains.
    FailedJob,
    Late,
    NeverRan,
    Running,
    Operation,
}

/// What the person at this computer said of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub kind: MarkKind,
    pub who: String,
    pub at: Timestamp,
    /// Of a snooze; it also ends when the incident fails again after it was made.
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MarkKind {
    Seen,
    Mine,
    Snoozed,
}

/// Looks closer at a job or state machine of the page that is late: at quotas, at what starts it, and at who changed what,
/// which take calls of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLateJob {
    /// [`NowRow::id`].
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkIncident {
    pub id: String,
    /// `None` takes the mark away.
    pub mark: Option<MarkKind>,
    /// Of a snooze, in minutes.
    pub minutes: Option<u32>,
}

/// The window was hidden or shown: polling stops while nobody looks, unless watching is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowVisible {
    pub visible: bool,
}

/// Tells the window, on its channel, what a person asked for from outside of it: by pressing a notification.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowAlerts {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlertEvent {
    /// Show this incident; without one, the page.
    Open {
        incident: Option<String>,
    },
    /// Show this version of a model, in its place.
    Version {
        place: Place,
        arn: String,
    },
    /// Show this monitoring schedule.
    Monitor {
        place: Place,
        schedule: String,
    },
    Endpoint {
        place: Place,
        endpoint: String,
    },
}

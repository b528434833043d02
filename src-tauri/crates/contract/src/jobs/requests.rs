//! What the window asks of jobs.

use super::{Engine, JobId, JobOffers, JobView};
use crate::{Notice, Timestamp, range::Within};
use serde::{Deserialize, Serialize};

/// Opens runs, newest first; goes on growing and changing until it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenJobs {
    pub of: JobsOf,
    /// Those that were there at some time in this range; `None` is the last 24 hours of all engines, and all that the
    /// engine still keeps of one home.
    pub within: Option<Within>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobsOf {
    All,
    Home(HomeId),
}

/// What runs belong to. SageMaker's belong to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HomeId {
    Cluster(String),
    Application(String),
    VirtualCluster(String),
    GlueJob(String),
    Function(String),
}

impl HomeId {
    pub fn engine(&self) -> Engine {
        match self {
            Self::Cluster(_) => Engine::Emr,
            Self::Application(_) => Engine::EmrServerless,
            Self::VirtualCluster(_) => Engine::EmrEks,
            Self::GlueJob(_) => Engine::Glue,
            Self::Function(_) => Engine::Lambda,
        }
    }

    /// `cluster`, `application`, `virtual cluster`, `Glue job`, `function`.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Cluster(_) => "cluster",
            Self::Application(_) => "application",
            Self::VirtualCluster(_) => "virtual cluster",
            Self::GlueJob(_) => "Glue job",
            Self::Function(_) => "function",
        }
    }

    /// The id or name that the service knows it by.
    pub fn own(&self) -> &str {
        match self {
            Self::Cluster(own)
            | Self::Application(own)
            | Self::VirtualCluster(own)
            | Self::GlueJob(own)
            | Self::Function(own) => own,
        }
    }

    /// From the text that [`Display`](std::fmt::Display) writes: `emr:j-1K48`, `glue:clean up`.
    pub fn parse(text: &str) -> Option<Self> {
        let (code, own) = text.split_once(':')?;
        let own = Some(own.to_owned()).filter(|own| !own.is_empty())?;
        Some(match Engine::ALL.into_iter().find(|engine| engine.code() == code)? {
            Engine::Emr => Self::Cluster(own),
            Engine::EmrServerless => Self::Application(own),
            Engine::EmrEks => Self::VirtualCluster(own),
            Engine::Glue => Self::GlueJob(own),
            Engine::Lambda => Self::Function(own),
            Engine::SageMaker => return None,
        })
    }

    /// What a run belongs to.
    pub fn of(job: &JobId) -> Option<Self> {
        Some(match job {
            JobId::Cluster { cluster } | JobId::Step { cluster, .. } => Self::Cluster(cluster.clone()),
            JobId::Serverless { application, .. } => Self::Application(application.clone()),
            JobId::Eks { virtual_cluster, .. } => Self::VirtualCluster(virtual_cluster.clone()),
            JobId::Glue { job, .. } => Self::GlueJob(job.clone()),
            JobId::Lambda { function, .. } => Self::Function(function.clone()),
            JobId::SageMaker { .. } => return None,
        })
    }
}

impl std::fmt::Display for HomeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.engine().code(), self.own())
    }
}

/// Opens clusters, applications, virtual clusters, Glue jobs and functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenHomes {}

/// One of what runs belong to. `None` is "the engine does not say".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeRow {
    pub id: HomeId,
    pub name: String,
    /// The engine's own word: `WAITING`, `STARTED`, `TERMINATED_WITH_ERRORS`.
    pub state: Option<String>,
    /// Why it is in that state, in the engine's words.
    pub reason: Option<String>,
    /// `emr-7.1.0`, `Glue 5.0`, `python3.13`.
    pub release: Option<String>,
    /// In words: `at most 64 vCPU, 256 GB`, `3 m5.xlarge, 1 r5.4xlarge`, `10 workers G.1X`.
    pub capacity: Option<String>,
    /// How much of it is taken at the moment, in words: `24 vCPU, 96 GB, 6 workers`.
    pub in_use: Option<String>,
    pub created: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    pub as_of: Timestamp,
}

/// The machines of a cluster of EMR, and what was run on them before its steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeCluster {
    /// `j-…`.
    pub cluster: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterDetail {
    /// Those that are gone first.
    pub instances: Vec<ClusterInstance>,
    /// In the order in which they run; folders of their logs are numbered so, from 1.
    pub bootstrap: Vec<BootstrapAction>,
    /// `s3://…/node/`: below it each instance has a folder of logs by its id. `None`: the cluster was told to keep none.
    pub logs: Option<String>,
    pub notices: Vec<Notice>,
}

/// A machine. `None` is "the service does not say".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterInstance {
    /// `i-…`; before there is one, EMR's own id.
    pub id: String,
    pub host: Option<String>,
    /// `r6g.2xlarge`.
    pub kind: Option<String>,
    /// `ON_DEMAND`, `SPOT`.
    pub market: Option<String>,
    /// The service's word: `RUNNING`, `TERMINATED`.
    pub state: String,
    /// Why it is in that state, in the service's words.
    pub reason: Option<String>,
    pub ready: Option<Timestamp>,
    pub ended: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootstrapAction {
    pub name: String,
    /// Usually `s3://…`.
    pub script: String,
    pub arguments: Vec<String>,
}

/// Everything of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeJob {
    pub id: JobId,
}

/// A run and what was found out around it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobDetail {
    pub view: JobView,
    /// The execution that started it, where its tags, name or role say so: its ARN.
    pub execution: Option<String>,
    pub offers: JobOffers,
}

/// Compares a run with the last success of the same job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareJob {
    pub id: JobId,
}

/// Opens the log files and streams of a run, the most telling first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLogFiles {
    pub id: JobId,
}

/// Whether all logs of a run are there, by the last listing of its log files; the places are looked through when there is
/// none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgeLogs {
    pub id: JobId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_reads_back_from_its_text() {
        for home in [HomeId::Cluster("j-1K48".into()), HomeId::GlueJob("clean: up/α".into())] {
            assert_eq!(HomeId::parse(&home.to_string()), Some(home));
        }
        for text in ["", "glue", "glue:", "sagemaker:x", "oozie:x"] {
            assert_eq!(HomeId::parse(text), None, "{text}");
        }
    }
}

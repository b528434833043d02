//! Names in a line that lead elsewhere: to another file of the job, another machine, an object.
//!
//! "executor 7" in a driver's log is the file of a container that another line of the same log names: [`Links`] learns
//! which.

mod links;
mod scan;
#[cfg(test)]
mod tests;

pub use links::{Attempts, Executor, Links};
pub use scan::refs;

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `container_e12_1700000000000_0001_01_000002`
    Container,
    /// `application_1700000000000_0001`
    Application,
    /// `appattempt_1700000000000_0001_000001`
    AppAttempt,
    /// `attempt_1700000000000_0001_m_000002_0`, a task of MapReduce
    TaskAttempt,
    /// `job_1700000000000_0001`
    HadoopJob,
    /// Its number: of `executor 7`, `executor ID 7`, `--executor-id 7`
    Executor,
    /// Spark's task id: of `TID 77`
    Task,
    /// `3.0` of `stage 3.0`
    Stage,
    /// `ip-10-0-1-2.eu-west-1.compute.internal`
    Host,
    /// `i-0123456789abcdef0`
    Instance,
    /// `j-2AXXXXXXGAPLF`
    Cluster,
    /// `s-1A2B3C4D5E6F7`
    Step,
    /// Glue's `jr_0123...`
    JobRun,
    /// `s3://bucket/key`
    Object,
}

/// A name in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ref {
    pub kind: Kind,
    pub value: String,
    /// Bytes of the line.
    pub range: Range<usize>,
}

/// The parts of a container's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerName {
    pub application: String,
    pub attempt: u32,
    /// 1 is the application master: the driver, in cluster mode.
    pub sequence: u64,
}

impl ContainerName {
    pub fn of(name: &str) -> Option<Self> {
        let parts: Vec<&str> = name.strip_prefix("container_")?.split('_').collect();
        let parts = match parts.as_slice() {
            [epoch, rest @ ..] if epoch.starts_with('e') => rest,
            all => all,
        };
        let [cluster, application, attempt, sequence] = parts else { return None };
        Some(Self {
            application: format!("application_{cluster}_{application}"),
            attempt: attempt.parse().ok()?,
            sequence: sequence.parse().ok()?,
        })
    }
}

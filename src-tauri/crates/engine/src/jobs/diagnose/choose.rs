//! Which files of a run are worth reading, and in which order.
//!
//! A cluster keeps the logs of all its steps side by side: what belongs to another step would name another step's failure.

use ::jobs::{
    classify::{is_readable, order},
    layout::written_within,
};
use ::logs::refs::{Attempts, ContainerName};
use contract::{
    Timestamp,
    jobs::{JobId, LogFileRow, LogRole, facts::RunFact},
};

pub(super) struct Choice {
    /// What the driver, the step or the function itself wrote; of a cluster, its bootstrap actions.
    pub first: Vec<LogFileRow>,
    rest: Vec<LogFileRow>,
    /// A step among others on one cluster, with its time.
    shared: Option<(Option<Timestamp>, Option<Timestamp>)>,
}

impl Choice {
    pub fn new(run: &RunFact, files: &[LogFileRow]) -> Self {
        let mut files: Vec<_> = files.iter().filter(|row| is_readable(row)).cloned().collect();
        files.sort_by_cached_key(order);
        let on_cluster = matches!(run.id, JobId::Step { .. });
        let is_whole = matches!(run.id, JobId::Cluster { .. });
        let (first, rest) = files.into_iter().partition(|row| match row.role {
            // Until the step's own log was read nobody knows whose driver it is.
            LogRole::Driver => !on_cluster,
            LogRole::Bootstrap => is_whole,
            role => matches!(role, LogRole::Step | LogRole::Submitter | LogRole::Function | LogRole::Algorithm),
        });
        let shared = on_cluster.then_some((run.started.or(run.created), run.ended));
        Self { first, rest, shared }
    }

    /// The others: drivers, then the executors that were named as lost, then the rest.
    pub fn rest(self, yarn: &[String], named: &[String], links: &Attempts) -> Vec<LogFileRow> {
        let Self { rest, shared, .. } = self;
        let own = |row: &LogFileRow| {
            let Some((from, to)) = shared else { return true };
            let application = row.container.as_deref().and_then(ContainerName::of).map(|name| name.application);
            match application {
                Some(application) if !yarn.is_empty() => yarn.contains(&application),
                _ => written_within(row.last_write, from, to),
            }
        };
        let mut rest: Vec<_> = rest.into_iter().filter(own).collect();
        rest.sort_by_cached_key(|row| {
            let executor = row.executor.clone().or_else(|| {
                let container = row.container.as_deref()?;
                links.in_container(container).map(|(number, _)| number.to_string())
            });
            let lost = row.container.as_ref().is_some_and(|container| named.contains(container))
                || executor.is_some_and(|executor| named.contains(&executor));
            (row.role != LogRole::Driver, !lost, order(row))
        });
        rest
    }
}

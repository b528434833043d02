//! Where the names in a line lead.

use ::logs::refs::{Attempts, ContainerName, Kind, Ref};
use contract::{jobs::LogFileRow, logs::LogTarget};
use std::collections::HashMap;

/// The files of a run by what they are called in each other.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    /// Addresses, the most telling file of each. Every attempt counts its executors from 1 again.
    executors: HashMap<(Option<u32>, String), String>,
    /// For files that do not say of which attempt they are.
    of_any: HashMap<String, String>,
    containers: HashMap<String, String>,
    nodes: HashMap<String, String>,
    /// The attempt of each file that tells it.
    attempts: HashMap<String, u32>,
}

impl Targets {
    pub fn new(mut rows: Vec<LogFileRow>, links: &Attempts) -> Self {
        rows.sort_by_cached_key(::jobs::classify::order);
        let mut targets = Self::default();
        for row in rows {
            let LogFileRow { executor, container, node, address, attempt, .. } = row;
            if let Some(executor) = executor {
                targets.executor(attempt, executor, &address);
            }
            for (name, places) in [(container, &mut targets.containers), (node, &mut targets.nodes)] {
                if let Some(name) = name {
                    places.entry(name).or_insert_with(|| address.clone());
                }
            }
            if let Some(attempt) = attempt {
                targets.attempts.insert(address, attempt);
            }
        }
        // YARN's files are named by containers; which executor runs in one, only lines tell.
        for (attempt, links) in links.newest_first() {
            for (number, executor) in links.executors() {
                let Some(container) = &executor.container else { continue };
                let Some(address) = targets.containers.get(container).cloned() else { continue };
                // The log of a step tells of all attempts; the name of a container is of one.
                let attempt = ContainerName::of(container).map(|name| name.attempt).or(attempt);
                targets.executor(attempt, number.to_string(), &address);
            }
        }
        targets
    }

    fn executor(&mut self, attempt: Option<u32>, name: String, address: &str) {
        self.of_any.entry(name.clone()).or_insert_with(|| address.to_owned());
        self.executors.entry((attempt, name)).or_insert_with(|| address.to_owned());
    }

    /// The file of an executor, as a file of the run names it.
    fn of_executor(&self, name: &str, own: &str) -> Option<&String> {
        let attempt = self.attempts.get(own).copied();
        let same = self.executors.get(&(attempt, name.to_owned()));
        // Which one is meant is not known of a file without an attempt.
        same.or_else(|| self.of_any.get(name).filter(|_| attempt.is_none()))
    }

    /// A file never leads to itself.
    pub fn of(&self, found: &Ref, own: &str) -> Option<LogTarget> {
        let file = match found.kind {
            Kind::Executor => self.of_executor(&found.value, own),
            Kind::Container => self.containers.get(&found.value),
            Kind::Instance => self.nodes.get(&found.value),
            Kind::Object => {
                let (_, path) = found.value.split_once("://")?;
                let (bucket, key) = path.split_once('/')?;
                let whole = !bucket.is_empty() && !key.is_empty();
                return whole.then(|| LogTarget::Object(format!("s3://{bucket}/{key}")));
            }
            _ => return None,
        };
        file.filter(|address| *address != own).map(|address| LogTarget::File(address.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Address;
    use ::logs::refs::refs;

    #[test]
    fn an_executor_leads_to_the_container_that_the_driver_launched_for_it() {
        let root =
            "s3://lake-logs/emr/j-1/containers/application_1763503312345_0007/container_1763503312345_0007_01_00000";
        let rows: Vec<_> = ["1/stderr.gz", "8/stdout.gz", "8/stderr.gz"]
            .iter()
            .map(|file| Address::read(&format!("{root}{file}"), None).unwrap().row(None, None))
            .collect();
        let mut links = Attempts::default();
        links.of(Some(1)).feed(
            b"Launching container container_1763503312345_0007_01_000008 on host ip-10-0-1-2 for executor with ID 7",
        );
        let targets = Targets::new(rows, &links);
        let lead = |text: &str, own: &str| refs(text.as_bytes()).iter().find_map(|found| targets.of(found, own));
        let file = LogTarget::File(format!("{root}8/stderr.gz"));
        assert_eq!(lead("Lost executor 7 on ip-10-0-1-2", ""), Some(file.clone()));
        assert_eq!(lead("container_1763503312345_0007_01_000008 killed", ""), Some(file));
        assert_eq!(lead("I am executor 7", &format!("{root}8/stderr.gz")), None, "itself");
        assert_eq!(lead("executor 9", ""), None);
    }

    #[test]
    fn an_executor_of_one_attempt_never_leads_to_that_of_another() {
        let root = "s3://lake-logs/emr/j-1/containers/application_1763503312345_0007/container_1763503312345_0007_0";
        let rows: Vec<_> = ["1_000001", "1_000002", "2_000001", "2_000003"]
            .iter()
            .map(|file| Address::read(&format!("{root}{file}/stderr.gz"), None).unwrap().row(None, None))
            .collect();
        let mut links = Attempts::default();
        for (attempt, container) in [(1, "1_000002"), (2, "2_000003")] {
            let name = format!("container_1763503312345_0007_0{container}");
            let line = format!("Launching container {name} on host ip-10-0-1-2 for executor with ID 1");
            links.of(Some(attempt)).feed(line.as_bytes());
        }
        let targets = Targets::new(rows, &links);
        let lead = |own: &str| refs(b"Lost executor 1").iter().find_map(|found| targets.of(found, own));
        let file = |container: &str| format!("{root}{container}/stderr.gz");
        for (driver, executor) in [("1_000001", "1_000002"), ("2_000001", "2_000003")] {
            assert_eq!(lead(&file(driver)), Some(LogTarget::File(file(executor))), "{driver}");
        }
        let step = "s3://lake-logs/emr/j-1/steps/s-1/stderr.gz";
        assert_eq!(lead(step), Some(LogTarget::File(file("2_000003"))), "the newest, where nothing says which");

        let root = "s3://lake-logs/spark/applications/00f4k2m8p1q3r509/jobs/00f4k2m8p1q3r5ab/attempts/";
        let rows: Vec<_> = ["1/SPARK_EXECUTOR/7/stderr.gz", "2/SPARK_DRIVER/stderr.gz"]
            .iter()
            .map(|file| Address::read(&format!("{root}{file}"), None).unwrap().row(None, None))
            .collect();
        let targets = Targets::new(rows, &Attempts::default());
        let lead = |own: String| refs(b"Lost executor 7").iter().find_map(|found| targets.of(found, &own));
        assert_eq!(lead(format!("{root}2/SPARK_DRIVER/stderr.gz")), None, "its own left no file, or is not known yet");
    }
}

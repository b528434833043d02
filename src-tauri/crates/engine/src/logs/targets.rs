//! Where the names in a line lead.

use ::logs::refs::{Kind, Links, Ref};
use contract::{jobs::LogFileRow, logs::LogTarget};
use std::collections::HashMap;

/// The files of a run by what they are called in each other.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    /// Addresses, the most telling file of each.
    executors: HashMap<String, String>,
    containers: HashMap<String, String>,
    nodes: HashMap<String, String>,
}

impl Targets {
    pub fn new(mut rows: Vec<LogFileRow>, links: &Links) -> Self {
        rows.sort_by_cached_key(::jobs::classify::order);
        let mut targets = Self::default();
        for row in rows {
            let LogFileRow { executor, container, node, address, .. } = row;
            let named =
                [(executor, &mut targets.executors), (container, &mut targets.containers), (node, &mut targets.nodes)];
            for (name, places) in named {
                if let Some(name) = name {
                    places.entry(name).or_insert_with(|| address.clone());
                }
            }
        }
        // YARN's files are named by containers; which executor runs in one, only lines tell.
        for (number, executor) in links.executors() {
            let address = executor.container.as_ref().and_then(|container| targets.containers.get(container)).cloned();
            if let Some(address) = address {
                targets.executors.entry(number.to_string()).or_insert(address);
            }
        }
        targets
    }

    /// A file never leads to itself.
    pub fn of(&self, found: &Ref, own: &str) -> Option<LogTarget> {
        let places = match found.kind {
            Kind::Executor => &self.executors,
            Kind::Container => &self.containers,
            Kind::Instance => &self.nodes,
            Kind::Object => {
                let (_, path) = found.value.split_once("://")?;
                let (bucket, key) = path.split_once('/')?;
                let whole = !bucket.is_empty() && !key.is_empty();
                return whole.then(|| LogTarget::Object(format!("s3://{bucket}/{key}")));
            }
            _ => return None,
        };
        places.get(&found.value).filter(|address| *address != own).map(|address| LogTarget::File(address.clone()))
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
        let mut links = Links::default();
        links.feed(
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
}

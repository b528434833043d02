//! Which container and host an executor is.

use super::{Kind, refs};
use memchr::memmem;
use std::collections::BTreeMap;

/// What is known of an executor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Executor {
    pub container: Option<String>,
    pub host: Option<String>,
}

/// Learned from lines of the driver, of YARN and of the executors themselves. In the wording of Spark 2 to 4:
/// `Launching container C on host H for executor with ID 7` (YarnAllocator), `Registered executor ... (10.0.1.2:4) with
/// ID 7` (the scheduler), `Starting executor ID 7 on host H` (the executor itself), `--executor-id 7 --hostname H`.
#[derive(Debug, Clone, Default)]
pub struct Links {
    executors: BTreeMap<u64, Executor>,
}

impl Links {
    /// Learns from a line; most say nothing, and cost little.
    pub fn feed(&mut self, line: &[u8]) {
        if memmem::find(line, b"xecutor").is_none() {
            return;
        }
        let launches = [
            &b"Launching container "[..],
            b"Registered executor ",
            b"Starting executor ID ",
            b"Starting executor with ID ",
            b"--executor-id ",
        ];
        if !launches.iter().any(|words| memmem::find(line, words).is_some()) {
            return;
        }
        let found = refs(line);
        let value = |kind| found.iter().find(|found| found.kind == kind).map(|found| found.value.clone());
        let Some(number) = value(Kind::Executor).and_then(|number| number.parse().ok()) else { return };
        let executor = self.executors.entry(number).or_default();
        if let Some(container) = value(Kind::Container) {
            executor.container = Some(container);
        }
        if let Some(host) = value(Kind::Host) {
            executor.host = Some(host);
        } else if executor.host.is_none() {
            executor.host = address(line);
        }
    }

    /// Takes in what was learned from other lines.
    pub fn merge(&mut self, other: Self) {
        for (number, learned) in other.executors {
            let known = self.executors.entry(number).or_default();
            known.container = learned.container.or(known.container.take());
            known.host = learned.host.or(known.host.take());
        }
    }

    pub fn executor(&self, number: u64) -> Option<&Executor> {
        self.executors.get(&number)
    }

    pub fn executors(&self) -> impl Iterator<Item = (u64, &Executor)> {
        self.executors.iter().map(|(number, executor)| (*number, executor))
    }

    /// The executor that runs in a container.
    pub fn in_container(&self, container: &str) -> Option<u64> {
        self.executors()
            .find(|(_, executor)| executor.container.as_deref() == Some(container))
            .map(|(number, _)| number)
    }
}

/// What the files of each attempt of one run tell: every attempt counts its executors from 1 again.
#[derive(Debug, Clone, Default)]
pub struct Attempts(BTreeMap<Option<u32>, Links>);

impl Attempts {
    /// What is known of one attempt; `None` where a file does not say of which it is.
    pub fn of(&mut self, attempt: Option<u32>) -> &mut Links {
        self.0.entry(attempt).or_default()
    }

    /// Takes in what a file of an attempt told.
    pub fn merge(&mut self, attempt: Option<u32>, learned: Links) {
        self.of(attempt).merge(learned);
    }

    /// The newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = (Option<u32>, &Links)> {
        self.0.iter().rev().map(|(attempt, links)| (*attempt, links))
    }

    /// The executor that runs in a container, whose name is of one attempt alone.
    pub fn in_container(&self, container: &str) -> Option<(u64, &Executor)> {
        self.0.values().find_map(|links| {
            let number = links.in_container(container)?;
            Some((number, links.executor(number)?))
        })
    }
}

/// `(10.0.1.2:44444)`, as EC2 names the machine.
fn address(line: &[u8]) -> Option<String> {
    let line = std::str::from_utf8(line).ok()?;
    line.split('(').skip(1).find_map(|part| {
        let inside = part.split(')').next()?;
        let address = inside.rsplit_once(':').map_or(inside, |(address, _)| address);
        address.parse::<std::net::Ipv4Addr>().ok()?;
        Some(format!("ip-{}", address.replace('.', "-")))
    })
}

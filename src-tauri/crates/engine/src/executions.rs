//! State machines and executions: lists, one execution followed live, comparison, and running it again.
//!
//! What always holds: quotas that are shared with production are spared. Metrics say which machines have something to
//! show before any is listed, calls are paced by the session, and what was found out about a finished execution is kept
//! for ever.

mod detail;
mod express;
mod follow;
pub(crate) mod list;
mod machines;
pub(crate) mod outcomes;
mod payloads;
mod permissions;
mod plans;
mod records;
mod rerun;
mod safety;
pub(crate) mod tasks;

pub use follow::ExecutionEvents;
pub(crate) use follow::{Followed, Look, Seen};
pub(crate) use outcomes::{Known, look_all};

use contract::{
    Timestamp,
    executions::{MachineRow, facts::MachineFact},
    range::Within,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// What the area keeps while the program runs.
#[derive(Debug, Default)]
pub(crate) struct Executions {
    /// The last list of machines of a profile and region, shown at once when it is opened again.
    machines: Mutex<HashMap<(String, String), KeptMachines>>,
    /// Machines that were described, by ARN.
    described: Mutex<HashMap<String, (Instant, Arc<MachineFact>)>>,
    /// Past inputs of machines, for the editor of an input.
    inputs: Mutex<HashMap<String, Arc<Vec<String>>>>,
    followed: Mutex<HashMap<String, Arc<Followed>>>,
}

/// Rows with what their counts cover.
#[derive(Debug, Clone)]
struct KeptMachines {
    within: Within,
    rows: Vec<MachineRow>,
}

pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The ARN that an execution of this name will have: of a machine, a version or an alias.
pub(crate) fn execution_arn(machine: &str, name: &str) -> String {
    let mut parts: Vec<&str> = machine.split(':').take(7).collect();
    if let Some(kind) = parts.get_mut(5) {
        *kind = "execution";
    }
    format!("{}:{name}", parts.join(":"))
}

/// The machine's name in the ARN of a machine, version, alias or execution.
pub(crate) fn machine_name(arn: &str) -> &str {
    arn.split(':').nth(6).unwrap_or(arn)
}

/// The last part of an ARN: a version, an alias, an execution's name.
pub(crate) fn last_part(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

/// True for an execution of an Express machine: `arn:…:express:machine:name:id`.
pub(crate) fn is_express(arn: &str) -> bool {
    arn.split(':').nth(5) == Some("express")
}

/// Hours before a time.
pub(crate) fn hours_before(now: Timestamp, hours: u32) -> Timestamp {
    now.checked_sub(jiff::SignedDuration::from_hours(i64::from(hours))).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_of_executions_are_made_and_read() {
        let machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:daily";
        let expected = "arn:aws:states:eu-west-1:123456789012:execution:daily:run-1";
        assert_eq!(execution_arn(machine, "run-1"), expected);
        assert_eq!(execution_arn(&format!("{machine}:live"), "run-1"), expected, "of an alias");
        assert_eq!(machine_name(expected), "daily");
        assert_eq!(last_part(expected), "run-1");
        assert!(is_express("arn:aws:states:eu-west-1:1:express:m:n:id") && !is_express(expected));
    }
}

//! Tasks of ECS that a state ran: how their containers ended, and where each of them logs.

use super::JobLink;
use crate::Notice;
use serde::{Deserialize, Serialize};

/// Asks ECS for the logs of a task: by its definition, and by the task itself while ECS still describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindTaskLogs {
    /// As the events of the execution name it.
    pub job: JobLink,
}

/// How a task ended. Empty while it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskEnd {
    /// `EssentialContainerExited`, `TaskFailedToStart`.
    pub code: Option<String>,
    pub reason: Option<String>,
    pub containers: Vec<ContainerEnd>,
}

/// How one container of a task ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerEnd {
    pub name: String,
    /// There once it has exited.
    pub exit_code: Option<i32>,
    pub reason: Option<String>,
    /// Docker's id, after which a stream without a prefix is called.
    pub runtime_id: Option<String>,
}

impl ContainerEnd {
    /// It ended otherwise than well.
    pub fn failed(&self) -> bool {
        self.reason.is_some() || self.exit_code.is_some_and(|code| code != 0)
    }

    /// `OutOfMemoryError: …, exit code 137`.
    pub fn words(&self) -> Option<String> {
        let code = self.exit_code.map(|code| format!("exit code {code}"));
        let parts: Vec<String> = self.reason.clone().into_iter().chain(code).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// A container as a task definition has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerFact {
    pub name: String,
    /// The task ends with it.
    pub essential: bool,
    /// `awslogs`, `splunk`. `None` without a log configuration.
    pub driver: Option<String>,
    /// `awslogs-group`, `awslogs-stream-prefix` and `awslogs-region` of its options.
    pub group: Option<String>,
    pub prefix: Option<String>,
    pub region: Option<String>,
    /// Options of the driver `awsfirelens` that say where it sends, with their names in small letters.
    pub firelens: Vec<(String, String)>,
}

/// What ECS and the events tell of a task's logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLogs {
    pub end: TaskEnd,
    /// What failed first, then what the task ends with. Without logs where its definition could not be read.
    pub containers: Vec<ContainerLog>,
    /// What could not be asked, and since when a task is not described any more.
    pub notices: Vec<Notice>,
}

/// Where one container logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerLog {
    pub name: String,
    /// How it ended.
    pub ended: Option<String>,
    pub failed: bool,
    /// Group and stream of CloudWatch Logs, with a colon between them.
    pub log: Option<String>,
    /// Why there is none that can be opened.
    pub missing: Option<String>,
    /// What is uncertain about the one that can.
    pub note: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_says_how_it_ended() {
        let end = |exit_code, reason: Option<&str>| ContainerEnd {
            name: "app".into(),
            exit_code,
            reason: reason.map(str::to_owned),
            runtime_id: None,
        };
        let cases = [
            (end(None, None), None, false),
            (end(Some(0), None), Some("exit code 0"), false),
            (end(Some(1), None), Some("exit code 1"), true),
            (
                end(Some(137), Some("OutOfMemoryError: Container killed")),
                Some("OutOfMemoryError: Container killed, exit code 137"),
                true,
            ),
            (end(None, Some("CannotPullContainerError")), Some("CannotPullContainerError"), true),
        ];
        for (end, words, failed) in cases {
            assert_eq!((end.words().as_deref(), end.failed()), (words, failed), "{end:?}");
        }
    }
}

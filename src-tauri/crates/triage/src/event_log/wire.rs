//! The events as Spark writes them, as far as they are used. Every field may be missing: versions differ.

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(tag = "Event")]
pub(super) enum Event {
    #[serde(rename = "SparkListenerLogStart")]
    LogStart {
        #[serde(rename = "Spark Version", default)]
        version: String,
    },
    #[serde(rename = "SparkListenerApplicationStart")]
    ApplicationStart {
        #[serde(rename = "App Name", default)]
        name: String,
        #[serde(rename = "App ID", default)]
        id: Option<String>,
        #[serde(rename = "Timestamp", default)]
        at: Option<u64>,
    },
    #[serde(rename = "SparkListenerApplicationEnd")]
    ApplicationEnd {
        #[serde(rename = "Timestamp", default)]
        at: Option<u64>,
    },
    #[serde(rename = "SparkListenerEnvironmentUpdate")]
    Environment {
        #[serde(rename = "Spark Properties", default)]
        properties: BTreeMap<String, String>,
    },
    #[serde(rename = "SparkListenerExecutorAdded")]
    ExecutorAdded {
        #[serde(rename = "Executor ID", default)]
        id: String,
        #[serde(rename = "Executor Info", default)]
        info: ExecutorInfo,
    },
    #[serde(rename = "SparkListenerExecutorRemoved")]
    ExecutorRemoved {
        #[serde(rename = "Executor ID", default)]
        id: String,
        #[serde(rename = "Removed Reason", default)]
        reason: String,
        #[serde(rename = "Timestamp", default)]
        at: Option<u64>,
    },
    #[serde(rename = "SparkListenerJobEnd")]
    JobEnd {
        #[serde(rename = "Job Result", default)]
        result: Option<JobResult>,
    },
    #[serde(rename = "SparkListenerStageSubmitted")]
    StageSubmitted {
        #[serde(rename = "Stage Info")]
        info: StageInfo,
    },
    #[serde(rename = "SparkListenerStageCompleted")]
    StageCompleted {
        #[serde(rename = "Stage Info")]
        info: StageInfo,
    },
    #[serde(rename = "SparkListenerTaskEnd")]
    TaskEnd(Box<TaskEnd>),
    #[serde(other)]
    Other,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ExecutorInfo {
    #[serde(rename = "Host")]
    pub host: String,
    #[serde(rename = "Log Urls")]
    urls: BTreeMap<String, String>,
    #[serde(rename = "Attributes")]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct JobResult {
    #[serde(rename = "Result", default)]
    pub result: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct StageInfo {
    #[serde(rename = "Stage ID")]
    pub id: u64,
    #[serde(rename = "Stage Attempt ID", default)]
    pub attempt: u64,
    #[serde(rename = "Stage Name", default)]
    pub name: String,
    #[serde(rename = "Number of Tasks", default)]
    pub tasks: u64,
    #[serde(rename = "Submission Time", default)]
    pub submitted: Option<u64>,
    #[serde(rename = "Completion Time", default)]
    pub completed: Option<u64>,
    #[serde(rename = "Failure Reason", default)]
    pub reason: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TaskEnd {
    #[serde(rename = "Stage ID")]
    pub stage: u64,
    #[serde(rename = "Stage Attempt ID", default)]
    pub attempt: u64,
    #[serde(rename = "Task End Reason", default)]
    pub reason: Option<EndReason>,
    #[serde(rename = "Task Info")]
    pub info: TaskInfo,
    #[serde(rename = "Task Metrics", default)]
    pub metrics: Option<Metrics>,
}

#[derive(Debug, Deserialize)]
pub(super) struct EndReason {
    #[serde(rename = "Reason", default)]
    pub kind: String,
    #[serde(rename = "Class Name", default)]
    pub class: Option<String>,
    #[serde(rename = "Description", default)]
    pub description: Option<String>,
    #[serde(rename = "Loss Reason", default)]
    pub loss: Option<String>,
    #[serde(rename = "Message", default)]
    pub message: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TaskInfo {
    #[serde(rename = "Task ID", default)]
    pub id: u64,
    #[serde(rename = "Executor ID", default)]
    pub executor: String,
    #[serde(rename = "Host", default)]
    pub host: String,
    #[serde(rename = "Launch Time", default)]
    pub launched: u64,
    #[serde(rename = "Finish Time", default)]
    pub finished: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metrics {
    #[serde(rename = "Executor Run Time")]
    pub run_ms: u64,
    #[serde(rename = "JVM GC Time")]
    pub gc_ms: u64,
    #[serde(rename = "Memory Bytes Spilled")]
    pub spill_memory: u64,
    #[serde(rename = "Disk Bytes Spilled")]
    pub spill_disk: u64,
    #[serde(rename = "Shuffle Read Metrics")]
    pub shuffle_read: ShuffleRead,
    #[serde(rename = "Shuffle Write Metrics")]
    pub shuffle_write: ShuffleWrite,
    #[serde(rename = "Input Metrics")]
    pub input: InputMetrics,
    #[serde(rename = "Output Metrics")]
    pub output: OutputMetrics,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShuffleRead {
    #[serde(rename = "Remote Bytes Read")]
    pub remote: u64,
    #[serde(rename = "Local Bytes Read")]
    pub local: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShuffleWrite {
    #[serde(rename = "Shuffle Bytes Written")]
    pub bytes: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InputMetrics {
    #[serde(rename = "Bytes Read")]
    pub bytes: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OutputMetrics {
    #[serde(rename = "Bytes Written")]
    pub bytes: u64,
}

impl ExecutorInfo {
    /// The container of YARN that it runs in: an attribute since Spark 3, before that a part of its logs' address.
    pub fn container(&self) -> Option<String> {
        let named = self.attributes.get("CONTAINER_ID").filter(|id| !id.is_empty()).cloned();
        let part = |url: &String| url.split('/').find(|part| part.starts_with("container_")).map(str::to_owned);
        named.or_else(|| self.urls.values().find_map(part))
    }
}

impl ShuffleRead {
    pub fn total(&self) -> u64 {
        self.remote.saturating_add(self.local)
    }
}

impl EndReason {
    /// In one line: `ExceptionFailure: java.io.IOException: No space left on device`.
    pub fn words(&self) -> String {
        let parts = [self.class.as_deref(), self.description.as_deref(), self.loss.as_deref(), self.message.as_deref()];
        let mut words = self.kind.clone();
        for part in parts.into_iter().flatten() {
            words.push_str(": ");
            words.push_str(part.lines().next().unwrap_or_default());
        }
        words.chars().take(400).collect()
    }
}

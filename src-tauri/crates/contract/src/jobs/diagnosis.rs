//! Why a job failed: findings with their evidence.

use super::{JobChange, JobId, logs::LogFileRow};
use crate::{Fault, Notice, Timestamp, logs::LineAt};
use serde::{Deserialize, Serialize};

/// Reads the logs of a run and names the cause. The reply is what is known at once (the service's own words), the channel
/// brings the whole again whenever more was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnoseJob {
    pub id: JobId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum DiagnosisEvent {
    Read(Box<Diagnosis>),
    Failed(Fault),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    pub job: JobId,
    pub verdict: Verdict,
    /// The cause first, then what else could be one, by weight.
    pub findings: Vec<Finding>,
    /// There when the verdict is unknown.
    pub unknown: Option<UnknownCause>,
    /// What was seen and is in runs that succeed too.
    pub noise: Vec<Noise>,
    /// Files that were read; [`LineAt::file`] counts them.
    pub files: Vec<LogFileRow>,
    pub records: u64,
    /// Bytes as they are shown.
    pub bytes: u64,
    /// Everything that is worth reading was read.
    pub complete: bool,
    pub as_of: Timestamp,
    /// What could not be read, and signatures of the user that do not hold.
    pub notices: Vec<Notice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The first finding is the cause.
    Cause,
    /// It failed and nothing known explains it.
    Unknown,
    /// Nothing speaks of a failure, or the run succeeded all the same.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The id of its signature.
    pub signature: String,
    pub title: String,
    pub severity: Severity,
    /// `resource`, `code`, `data`, `permission`, `capacity`, `platform`.
    pub layer: String,
    pub retry: RetryAdvice,
    /// 5 to 98.
    pub confidence: u8,
    /// Why it is so sure.
    pub reasons: Vec<String>,
    pub evidence: Vec<EvidenceLine>,
    /// Records that said so.
    pub count: u64,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// `executor 7 on ip-10-0-1-2`.
    pub places: Vec<String>,
    pub consequences: Vec<Consequence>,
    pub remedy: String,
    pub settings: Vec<Suggestion>,
    pub doc: Option<String>,
    /// Class and message of the deepest exception, where there is one.
    pub exception: Option<String>,
    /// Frames of the person's own code in it.
    pub frames: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    Info,
    Warning,
    Error,
    Fatal,
}

impl Severity {
    /// For who does not see the colour.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetryAdvice {
    /// A plain retry has a fair chance.
    Same,
    /// With more of something: memory, disk, time.
    Bigger,
    /// Once something outside the job is put right: data, code, a permission.
    AfterFix,
    /// It fails again, whatever is done around it.
    Never,
}

impl RetryAdvice {
    pub fn words(self) -> &'static str {
        match self {
            Self::Same => "running it again has a fair chance",
            Self::Bigger => "it fails again unless it gets more",
            Self::AfterFix => "it fails again until the cause is put right",
            Self::Never => "it fails again, whatever is done around it",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceLine {
    /// Where it stands; none when the service said it.
    pub at: Option<LineAt>,
    /// The service's field, when it said it: `stateDetails`.
    pub fact: Option<String>,
    pub time: Option<Timestamp>,
    /// Masked.
    pub text: String,
    /// Lines like it in this file.
    pub count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    pub title: String,
    pub count: u64,
    /// The title of what it follows from.
    pub follows: String,
    pub evidence: Option<EvidenceLine>,
}

/// A setting to change, with the value computed from the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub key: String,
    pub kind: SettingKind,
    /// `None` when the evidence does not hold what it takes.
    pub value: Option<String>,
    pub current: Option<String>,
    /// How the value came to be, or what it looks like.
    pub why: String,
}

/// What a setting belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SettingKind {
    /// Configuration of Spark.
    Spark,
    /// A parameter of a Glue run: `Timeout` (minutes), `WorkerType`, `NumberOfWorkers`.
    Glue,
    /// Configuration of the cluster: Hadoop, HDFS, YARN.
    Cluster,
    /// A property of an Iceberg or Delta table.
    Table,
    /// A field of a function's, a job's or an application's definition, as its API names it.
    Api,
    /// Of Spark or of Glue's workers, for a run that starts no Spark by itself or has no such workers.
    Untaken,
}

impl SettingKind {
    /// Where it is set, when no run can be asked for with it.
    pub fn elsewhere(self) -> Option<&'static str> {
        match self {
            Self::Spark | Self::Glue => None,
            Self::Cluster => Some("set on the cluster, not by a run"),
            Self::Table => Some("set on the table, not by a run"),
            Self::Api => Some("set where it is defined, not by a run"),
            Self::Untaken => Some("this kind of run takes no such setting"),
        }
    }
}

impl Suggestion {
    /// As a change of this run, asked for again; `None` when such a run would not read it.
    pub fn change(&self, job: &JobId) -> Option<JobChange> {
        let value = self.value.as_ref()?;
        match (self.kind, job) {
            (
                SettingKind::Spark,
                JobId::Step { .. } | JobId::Serverless { .. } | JobId::Eks { .. } | JobId::Glue { .. },
            ) => {
                let reads = matches!(job, JobId::Serverless { .. }) || !self.key.starts_with("spark.emr-serverless.");
                reads.then(|| JobChange::Setting { key: self.key.clone(), value: Some(value.clone()) })
            }
            (SettingKind::Glue, JobId::Glue { .. }) => match self.key.as_str() {
                "Timeout" => value.parse().ok().map(JobChange::TimeoutMinutes),
                "WorkerType" => Some(JobChange::Workers { kind: Some(value.clone()), number: None }),
                "NumberOfWorkers" => {
                    let number = value.parse().ok()?;
                    Some(JobChange::Workers { kind: None, number: Some(number) })
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// What it was, how the value came to be, and where it is set when not by a run.
    pub fn told(&self) -> String {
        let elsewhere = self.kind.elsewhere();
        let was = match &self.current {
            Some(current) => Some(format!("was {current}")),
            // What stands elsewhere is not read.
            None => elsewhere.is_none().then(|| "was not set".to_owned()),
        };
        let why = Some(self.why.clone()).filter(|why| !why.is_empty());
        [was, why, elsewhere.map(str::to_owned)].into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownCause {
    /// In words: what is known all the same.
    pub reason: String,
    pub best: Vec<EvidenceLine>,
    /// Messages that the last success did not have.
    pub new_templates: Vec<NewTemplate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTemplate {
    pub text: String,
    pub count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noise {
    pub title: String,
    pub count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggestion(key: &str, kind: SettingKind, value: Option<&str>) -> Suggestion {
        Suggestion { key: key.into(), kind, value: value.map(Into::into), current: None, why: String::new() }
    }

    fn set(key: &str, value: &str) -> JobChange {
        JobChange::Setting { key: key.into(), value: Some(value.into()) }
    }

    #[test]
    fn only_what_a_run_reads_is_a_change_of_it() {
        let step = JobId::Step { cluster: "j-1".into(), step: "s-1".into() };
        let serverless = JobId::Serverless { application: "00f".into(), run: "00g".into(), attempt: None };
        let glue = JobId::Glue { job: "crm".into(), run: "jr_1".into() };
        let function = JobId::Lambda { function: "resize".into(), request: "r".into() };
        let cluster = JobId::Cluster { cluster: "j-1".into() };

        let overhead = suggestion("spark.executor.memoryOverhead", SettingKind::Spark, Some("2g"));
        for job in [&step, &serverless, &glue] {
            assert_eq!(overhead.change(job), Some(set("spark.executor.memoryOverhead", "2g")));
        }
        assert_eq!([&function, &cluster].map(|job| overhead.change(job)), [None, None]);
        let unknown = suggestion("spark.archives", SettingKind::Spark, None);
        assert_eq!(unknown.change(&step), None);

        let disk = suggestion("spark.emr-serverless.executor.disk", SettingKind::Spark, Some("100G"));
        assert_eq!(disk.change(&serverless), Some(set("spark.emr-serverless.executor.disk", "100G")));
        assert_eq!([&step, &glue].map(|job| disk.change(job)), [None, None], "no other engine reads it");

        let others = [
            ("commit.retry.num-retries", SettingKind::Table),
            ("yarn.nodemanager.vmem-check-enabled", SettingKind::Cluster),
            ("ExecutionProperty.MaxConcurrentRuns", SettingKind::Api),
            ("Timeout", SettingKind::Api),
            ("spark.executor.memoryOverhead", SettingKind::Untaken),
        ];
        for (key, kind) in others {
            let other = suggestion(key, kind, Some("10"));
            for job in [&step, &serverless, &glue, &function, &cluster] {
                assert_eq!(other.change(job), None, "{key}");
            }
        }
    }

    #[test]
    fn parameters_of_a_glue_run_have_changes_of_their_own() {
        let glue = JobId::Glue { job: "crm".into(), run: "jr_1".into() };
        let change = |key: &str, value: &str| suggestion(key, SettingKind::Glue, Some(value)).change(&glue);
        assert_eq!(change("Timeout", "120"), Some(JobChange::TimeoutMinutes(120)));
        assert_eq!(change("Timeout", "long"), None);
        assert_eq!(change("WorkerType", "G.2X"), Some(JobChange::Workers { kind: Some("G.2X".into()), number: None }));
        assert_eq!(change("NumberOfWorkers", "20"), Some(JobChange::Workers { kind: None, number: Some(20) }));
        assert_eq!(change("ExecutionProperty.MaxConcurrentRuns", "4"), None);
        let step = JobId::Step { cluster: "j-1".into(), step: "s-1".into() };
        assert_eq!(suggestion("Timeout", SettingKind::Glue, Some("120")).change(&step), None);
    }

    #[test]
    fn what_a_run_does_not_set_says_where_it_is_set() {
        let mut one = suggestion("spark.executor.memory", SettingKind::Spark, Some("4g"));
        assert_eq!(one.told(), "was not set");
        (one.current, one.why) = (Some("2g".into()), "twice 2g".into());
        assert_eq!(one.told(), "was 2g; twice 2g");
        let table = suggestion("write.merge.isolation-level", SettingKind::Table, Some("snapshot"));
        assert_eq!(table.told(), "set on the table, not by a run");
    }
}

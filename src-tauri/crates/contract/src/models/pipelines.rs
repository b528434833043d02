//! SageMaker pipelines: the list, the executions of one, and one execution with its steps as a graph.

use super::facts::StepMade;
use crate::{Notice, Timestamp, executions::Verdict};
use serde::{Deserialize, Serialize};

/// Opens the pipelines of the session's region. Names come first, then the last executions of each. Read again while
/// the page is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPipelines {}

/// One pipeline of the list. Its identity in the set is its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineRow {
    pub name: String,
    pub arn: String,
    /// Its display name, where that is another one.
    pub title: Option<String>,
    /// The newest execution. `None` is "not read yet", the inner `None` is "has never run".
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::known::known")]
    pub last: Option<Option<PipelineMark>>,
    /// The newest ten executions at most, newest first: `last` and those before it.
    pub runs: Vec<PipelineMark>,
    /// Of the definition.
    pub modified: Option<Timestamp>,
    /// Groups of models that it registers versions in, as far as its definition says.
    pub registers: Vec<String>,
    /// Why something above is missing.
    pub problem: Option<String>,
    /// When the newest part of the row was read.
    pub as_of: Timestamp,
}

/// An execution in few words, for the strip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineMark {
    pub arn: String,
    pub status: PipelineStatus,
    pub started: Option<Timestamp>,
}

/// `PipelineExecutionStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PipelineStatus {
    Executing,
    Stopping,
    Stopped,
    Failed,
    Succeeded,
    /// A word that is not known yet.
    Unknown,
}

impl PipelineStatus {
    pub const ALL: [Self; 6] =
        [Self::Executing, Self::Stopping, Self::Stopped, Self::Failed, Self::Succeeded, Self::Unknown];

    /// From the service's word.
    pub fn of(word: &str) -> Self {
        match word {
            "Executing" => Self::Executing,
            "Stopping" => Self::Stopping,
            "Stopped" => Self::Stopped,
            "Failed" => Self::Failed,
            "Succeeded" => Self::Succeeded,
            _ => Self::Unknown,
        }
    }

    /// As people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Executing => "executing",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Succeeded => "succeeded",
            Self::Unknown => "unknown",
        }
    }

    /// It has come to its end; only a retry changes it again.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Stopped | Self::Failed | Self::Succeeded)
    }
}

/// Opens the executions of one pipeline, newest first. Read again while the page is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPipelineExecutions {
    /// Name or ARN.
    pub pipeline: String,
}

/// One execution of the list. Its identity in the set is its ARN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineExecutionRow {
    pub arn: String,
    pub pipeline: String,
    /// The last part of the ARN.
    pub id: String,
    /// Its display name.
    pub title: Option<String>,
    pub status: PipelineStatus,
    /// Why it failed, in one line.
    pub reason: Option<String>,
    pub started: Option<Timestamp>,
    /// `None`: it runs, or when it ended is not read yet.
    pub ended: Option<Timestamp>,
    /// Seconds; until now for one that runs.
    pub seconds: Option<u64>,
    pub by: Option<String>,
    /// The step that failed first, by its name.
    pub failed_step: Option<String>,
    /// Whether `ended`, `by` and `failed_step` have been looked up.
    pub looked: bool,
    /// When the row was read.
    pub as_of: Timestamp,
}

/// A pipeline with its definition as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribePipeline {
    /// Name or ARN.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineDetail {
    pub row: PipelineRow,
    pub description: Option<String>,
    pub created: Option<Timestamp>,
    /// ARN of the role that its steps run with.
    pub role: Option<String>,
    /// In the order of the definition.
    pub parameters: Vec<PipelineParameter>,
    /// No step of it has a run. `None` where the definition cannot be read; `problem` says why.
    pub graph: Option<StepGraph>,
    pub problem: Option<String>,
    /// Whether it can be started from here, or why not.
    pub start: Verdict,
    pub notices: Vec<Notice>,
    pub as_of: Timestamp,
}

/// A parameter that a definition declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineParameter {
    pub name: String,
    pub kind: ParameterKind,
    /// As the call takes it: `0.7`, `true`. `None`: a start must give one.
    pub default: Option<String>,
    /// The values that it may have; empty: any of its kind.
    pub choices: Vec<String>,
    /// Its values are covered where they are shown, its default here.
    pub is_secret: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ParameterKind {
    String,
    Integer,
    Float,
    Boolean,
    /// A word that is not known: its values are not looked at.
    Unknown,
}

impl ParameterKind {
    /// From the definition's word.
    pub fn of(word: &str) -> Self {
        match word {
            "String" => Self::String,
            "Integer" => Self::Integer,
            "Float" => Self::Float,
            "Boolean" => Self::Boolean,
            _ => Self::Unknown,
        }
    }

    /// As people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "text",
            Self::Integer => "whole number",
            Self::Float => "number",
            Self::Boolean => "true or false",
            Self::Unknown => "unknown",
        }
    }
}

/// One execution with its parameters and steps. Asked again while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribePipelineExecution {
    /// ARN, or `run:PIPELINE/ID`.
    pub arn: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineExecutionDetail {
    pub row: PipelineExecutionRow,
    pub description: Option<String>,
    /// What happened, in words: `Step TrainModel failed: it ran out of memory.`
    pub words: String,
    /// `None`: not read; a notice says why.
    pub parameters: Option<Vec<GivenParameter>>,
    /// Steps of the definition as it was for this execution, or those that it has begun alone, without links, where
    /// that cannot be read; a notice says why.
    pub graph: StepGraph,
    /// Places in `graph.steps`: those that failed, the first one first.
    pub failed: Vec<u32>,
    /// Whether it can be retried and stopped, or why not.
    pub retry: Verdict,
    pub stop: Verdict,
    pub notices: Vec<Notice>,
    pub as_of: Timestamp,
}

/// What an execution was given for a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenParameter {
    pub name: String,
    pub value: String,
    /// Of its definition. `None`: it has none, or it is not known.
    pub default: Option<String>,
    pub kind: ParameterKind,
    /// Another value than the default.
    pub is_changed: bool,
    /// The value is covered.
    pub is_secret: bool,
}

/// A definition, laid out in columns: what a step waits for stands in a column before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepGraph {
    /// By column, then by row.
    pub steps: Vec<PipelineStep>,
    pub links: Vec<StepLink>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineStep {
    /// Unique in the definition.
    pub name: String,
    /// Its display name, where that is another one.
    pub title: Option<String>,
    /// As people call its type: `training`, `processing`, `condition`, `register model`, `quality check`.
    pub kind: String,
    /// From 0.
    pub column: u32,
    /// From 0 in its column.
    pub row: u32,
    /// The condition step that holds it.
    pub inside: Option<u32>,
    pub standing: StepStanding,
    /// `None`: not begun.
    pub run: Option<StepRun>,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRun {
    pub reason: Option<String>,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// Until now for one that runs.
    pub seconds: Option<u64>,
    /// 1 without a retry; 0 is "not said".
    pub attempts: u32,
    /// ARN of the execution whose result was taken instead of running it.
    pub cached_from: Option<String>,
    pub made: Option<StepMade>,
}

/// `StepStatus`, and what the service has no word for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StepStanding {
    /// Not begun, and it may still be.
    Waiting,
    /// Not begun, and it will not be: a condition led elsewhere, or the execution is over.
    NotReached,
    Starting,
    Executing,
    Stopping,
    Stopped,
    Failed,
    Succeeded,
    /// A word that is not known yet.
    Unknown,
}

impl StepStanding {
    /// From the service's word.
    pub fn of(word: &str) -> Self {
        match word {
            "Starting" => Self::Starting,
            "Executing" => Self::Executing,
            "Stopping" => Self::Stopping,
            "Stopped" => Self::Stopped,
            "Failed" => Self::Failed,
            "Succeeded" => Self::Succeeded,
            _ => Self::Unknown,
        }
    }

    /// As people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::NotReached => "not reached",
            Self::Starting => "starting",
            Self::Executing => "executing",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Succeeded => "succeeded",
            Self::Unknown => "unknown",
        }
    }
}

/// `to` comes after `from`: places in [`StepGraph::steps`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepLink {
    pub from: u32,
    pub to: u32,
    pub kind: LinkKind,
    /// The execution went along it.
    pub is_taken: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LinkKind {
    /// `DependsOn`.
    After,
    /// It takes something that `from` makes.
    Uses,
    /// `from` is a condition, and `to` one of its `IfSteps`.
    If,
    /// One of its `ElseSteps`.
    Else,
}

impl LinkKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::After => "after",
            Self::Uses => "uses its output",
            Self::If => "if true",
            Self::Else => "if false",
        }
    }
}

/// Plans to start a pipeline as it is defined now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPipelineStart {
    /// Name or ARN.
    pub pipeline: String,
    /// Name and value, as typed. Those that are left out, and those with the value of the default, get the default.
    pub parameters: Vec<(String, String)>,
    /// A display name for the execution: letters, digits and hyphens, 82 characters at most.
    pub title: Option<String>,
}

/// Plans to run an execution on from the steps that failed or were stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPipelineRetry {
    /// ARN.
    pub execution: String,
}

/// Plans to stop an execution, and the jobs that its steps run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPipelineStop {
    /// ARN.
    pub execution: String,
}

/// Plans to let a stopped monitoring schedule run again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanScheduleStart {
    /// Its name.
    pub schedule: String,
}

/// Plans to stop a monitoring schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanScheduleStop {
    /// Its name.
    pub schedule: String,
}

/// Plans to change when an alert of a monitoring schedule is raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanAlertChange {
    /// Names.
    pub schedule: String,
    pub alert: String,
    /// Raised when so many of the last `of` runs fail: 1 to `of`.
    pub failing: u32,
    /// 1 to [`MOST_RUNS`].
    pub of: u32,
}

/// Runs that an alert looks back at, at most: the service's limit.
pub const MOST_RUNS: u32 = 100;

impl PlanAlertChange {
    /// `failing` and `of`, as the service takes them.
    ///
    /// # Errors
    /// What is wrong with them, as a sentence for the fields.
    pub fn numbers(&self) -> Result<(u8, u8), String> {
        let within = |number: u32, most: u32| u8::try_from(number).ok().filter(|_| (1..=most).contains(&number));
        let of = within(self.of, MOST_RUNS)
            .ok_or_else(|| format!("An alert looks back at 1 to {MOST_RUNS} runs, not at {}.", self.of))?;
        let failing = within(self.failing, self.of)
            .ok_or_else(|| format!("Of the last {of} runs, 1 to {of} can fail, not {}.", self.failing))?;
        Ok((failing, of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_runs_can_fail_than_an_alert_looks_back_at() {
        let numbers = |failing, of| {
            PlanAlertChange { schedule: "churn-data".into(), alert: "churn-data-alert".into(), failing, of }.numbers()
        };
        assert_eq!(numbers(1, 1), Ok((1, 1)));
        assert_eq!(numbers(100, 100), Ok((100, 100)));
        assert_eq!(numbers(7, 6), Err("Of the last 6 runs, 1 to 6 can fail, not 7.".into()));
        assert_eq!(numbers(0, 6), Err("Of the last 6 runs, 1 to 6 can fail, not 0.".into()));
        for of in [0, 101, 300] {
            assert_eq!(numbers(1, of), Err(format!("An alert looks back at 1 to 100 runs, not at {of}.")));
        }
    }

    #[test]
    fn what_has_never_run_is_told_from_what_is_not_read() {
        let row = PipelineRow {
            name: "train".into(),
            arn: "arn".into(),
            title: None,
            last: None,
            runs: Vec::new(),
            modified: None,
            registers: Vec::new(),
            problem: None,
            as_of: Timestamp::UNIX_EPOCH,
        };
        let mark = PipelineMark { arn: "arn/1".into(), status: PipelineStatus::Failed, started: None };
        for last in [None, Some(None), Some(Some(mark))] {
            let row = PipelineRow { last, ..row.clone() };
            let text = serde_json::to_string(&row).unwrap();
            assert_eq!(serde_json::from_str::<PipelineRow>(&text).unwrap(), row, "{text}");
        }
    }
}

//! Histories written the way the service writes them. `recorded` holds the shapes that were recorded from the service:
//! types and predecessors are the recorded ones, names and texts are ours.

mod failures;
mod hostile;
mod recorded;
mod runs;

use super::*;
use contract::executions::facts::EventDetail;

pub(crate) fn at(second: u64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + i64::try_from(second).unwrap()).unwrap()
}

/// A history under construction. Each event is one second after the one before.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tale {
    pub events: Vec<HistoryEvent>,
}

impl Tale {
    pub fn started() -> Self {
        let mut tale = Self::default();
        tale.add(0, "ExecutionStarted", |detail| {
            detail.input = Some(r#"{"day":"2026-11-20"}"#.into());
            detail.role = Some("arn:aws:iam::123456789012:role/nightly-sfn".into());
        });
        tale
    }

    pub fn last(&self) -> u64 {
        self.events.last().map_or(0, |event| event.id)
    }

    /// Adds an event behind another one; `previous` is its number.
    pub fn add(&mut self, previous: u64, kind: &str, detail: impl FnOnce(&mut EventDetail)) -> u64 {
        let id = self.last() + 1;
        let mut event = HistoryEvent { id, previous, at: at(id), kind: kind.into(), ..HistoryEvent::default() };
        detail(&mut event.detail);
        self.events.push(event);
        id
    }

    /// Behind the newest event.
    pub fn then(&mut self, kind: &str, detail: impl FnOnce(&mut EventDetail)) -> u64 {
        self.add(self.last(), kind, detail)
    }

    pub fn enter(&mut self, previous: u64, kind: &str, name: &str) -> u64 {
        self.add(previous, &format!("{kind}StateEntered"), |detail| {
            detail.name = Some(name.into());
            detail.input = Some(r#"{"detail":{"bucket":"raw","object":"sales.csv"}}"#.into());
        })
    }

    pub fn exit(&mut self, previous: u64, kind: &str, name: &str) -> u64 {
        self.add(previous, &format!("{kind}StateExited"), |detail| {
            detail.name = Some(name.into());
            detail.output = Some("{}".into());
        })
    }

    /// A state that takes no time.
    pub fn pass(&mut self, previous: u64, kind: &str, name: &str) -> u64 {
        let entered = self.enter(previous, kind, name);
        self.exit(entered, kind, name)
    }

    /// One attempt of an EMR Serverless job, up to its end; `None` for one that succeeds.
    pub fn spark(&mut self, previous: u64, run: &str, failure: Option<&str>) -> u64 {
        let call = |detail: &mut EventDetail| {
            detail.resource_type = Some("emr-serverless".into());
            detail.resource = Some("startJobRun.sync".into());
        };
        let scheduled = self.add(previous, "TaskScheduled", |detail| {
            call(detail);
            detail.region = Some("eu-west-1".into());
            detail.parameters = Some(SPARK_PARAMETERS.into());
        });
        let started = self.add(scheduled, "TaskStarted", call);
        let submitted = self.add(started, "TaskSubmitted", |detail| {
            call(detail);
            detail.output = Some(format!(r#"{{"ApplicationId":"00fapp","JobRunId":"{run}","Arn":"arn:aws:emr-serverless:eu-west-1:1:/applications/00fapp/jobruns/{run}"}}"#));
        });
        match failure {
            None => self.add(submitted, "TaskSucceeded", |detail| {
                call(detail);
                detail.output = Some("{}".into());
            }),
            Some(message) => self.add(submitted, "TaskFailed", |detail| {
                call(detail);
                detail.error = Some("States.TaskFailed".into());
                detail.cause = Some(format!(
                    r#"{{"ApplicationId":"00fapp","JobRunId":"{run}","State":"FAILED","StateDetails":"Job failed, please check complete logs in configured logging destination. ExitCode: 1. Last few exceptions: Caused by: {message}..."}}"#
                ));
            }),
        }
    }

    pub fn fail(&mut self, previous: u64, error: &str, cause: &str) -> u64 {
        self.add(previous, "ExecutionFailed", |detail| {
            detail.error = Some(error.into());
            detail.cause = Some(cause.into());
        })
    }

    pub fn succeed(&mut self, previous: u64) -> u64 {
        self.add(previous, "ExecutionSucceeded", |detail| detail.output = Some("{}".into()))
    }

    pub fn redrive(&mut self, count: u64) -> u64 {
        self.then("ExecutionRedriven", |detail| detail.redrive_count = Some(count))
    }

    pub fn read(&self, definition: Option<&Definition>) -> History {
        History::read(&self.events, definition, at(100_000))
    }
}

pub(crate) const SPARK_PARAMETERS: &str = r#"{"ApplicationId":"00fapp","ExecutionRoleArn":"arn:aws:iam::1:role/spark","ConfigurationOverrides":{"MonitoringConfiguration":{"S3MonitoringConfiguration":{"LogUri":"s3://logs/spark/"}}}}"#;

/// Name, status and attempts of each visit.
pub(crate) fn told(history: &History) -> Vec<(&str, StateStatus, u64)> {
    history.states.iter().map(|row| (row.name.as_str(), row.status, row.attempts)).collect()
}

pub(crate) fn definition(text: &str) -> Definition {
    Definition::read(text).unwrap()
}

/// `Prepare`, then a Spark job with retries and a Catch to a handler that ends the execution well.
pub(crate) const NIGHTLY: &str = r#"{"StartAt":"Prepare","TimeoutSeconds":7200,"States":{
 "Prepare":{"Type":"Pass","Next":"Submit"},
 "Submit":{"Type":"Task","Resource":"arn:aws:states:::emr-serverless:startJobRun.sync","TimeoutSeconds":3600,
   "Retry":[{"ErrorEquals":["States.TaskFailed"],"MaxAttempts":2}],
   "Catch":[{"ErrorEquals":["States.ALL"],"Next":"Notify"}],"Next":"Done"},
 "Done":{"Type":"Succeed"},
 "Notify":{"Type":"Task","Resource":"arn:aws:states:::sns:publish","Next":"Mark"},
 "Mark":{"Type":"Pass","End":true}}}"#;

/// The nightly job fails three times; a Catch leads to `Notify`, which ends it as SUCCEEDED.
pub(crate) fn caught_nightly() -> Tale {
    let mut tale = Tale::started();
    let prepared = tale.pass(0, "Pass", "Prepare");
    let entered = tale.enter(prepared, "Task", "Submit");
    let one = tale.spark(entered, "00frun1", Some("java.lang.OutOfMemoryError: Java heap space"));
    let two = tale.spark(one, "00frun2", Some("java.lang.OutOfMemoryError: Java heap space"));
    let three = tale.spark(two, "00frun3", Some("com.acme.BadRecordException: no column rows"));
    let left = tale.exit(three, "Task", "Submit");
    let entered = tale.enter(left, "Task", "Notify");
    let call = |detail: &mut EventDetail| {
        detail.resource_type = Some("sns".into());
        detail.resource = Some("publish".into());
    };
    let scheduled = tale.add(entered, "TaskScheduled", call);
    let done = tale.add(scheduled, "TaskSucceeded", call);
    let left = tale.exit(done, "Task", "Notify");
    let left = tale.pass(left, "Pass", "Mark");
    tale.succeed(left);
    tale
}

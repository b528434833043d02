//! Why a monitor's run failed, in words a person can act on.
//!
//! The failure reason alone rarely says it: "Job inputs had no data" means that hours of captured data are missing, and
//! a schema that does not fit means columns. Both can be named from what the run says of its window and its baseline.

use crate::{compare, evidence::Column, wording::count};
use contract::{
    Timestamp,
    models::{
        RunFailure,
        facts::{MonitorRunFact, ProcessingFact},
    },
};

const HOUR: i64 = 3_600;

/// Hours of one window that are listed; a day is the longest that a monitor takes.
const HOURS: usize = 48;

/// What was looked up around a failed run. `None` is "not read".
#[derive(Debug, Clone, Copy, Default)]
pub struct Clues<'a> {
    /// Hours with captured data, as `2026/11/21/05`.
    pub captured: Option<&'a [String]>,
    pub baseline: Option<&'a [Column]>,
    pub columns: Option<&'a [Column]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    NoData,
    Schema,
    Encoding,
    Memory,
    Denied,
    Missing,
    Time,
    Unknown,
}

/// Translates a failed run. Its own words stay beside the translation.
pub fn explain(run: &MonitorRunFact, job: Option<&ProcessingFact>, clues: &Clues<'_>) -> RunFailure {
    let said = job.and_then(|job| job.exit_message.as_deref().or(job.reason.as_deref())).or(run.reason.as_deref());
    let all = [job.and_then(|job| job.exit_message.as_deref()), job.and_then(|job| job.reason.as_deref())];
    let text = all.into_iter().flatten().chain(run.reason.as_deref()).collect::<Vec<_>>().join("\n");
    let missing_hours = missing(job, clues.captured);
    let columns = match (clues.baseline, clues.columns) {
        (Some(baseline), Some(columns)) => compare::columns(baseline, columns),
        _ => Vec::new(),
    };
    let cause = cause(&text);
    let size = job.and_then(|job| job.instance_type.as_deref());
    let (title, remedy) = match cause {
        Cause::NoData if missing_hours.is_empty() => (
            "There was no data in its window".to_owned(),
            "Look whether the endpoint was asked anything, and whether it captures data.".to_owned(),
        ),
        Cause::NoData => (
            format!("No data was captured: {} missing", count(missing_hours.len(), "hour")),
            "Turn data capture on, or wait until the endpoint is asked again; a run without data always fails."
                .to_owned(),
        ),
        Cause::Schema if columns.is_empty() => (
            "The data has other columns than the baseline".to_owned(),
            "Compare the captured records with the baseline: same columns, same order, the prediction first."
                .to_owned(),
        ),
        Cause::Schema => (
            format!("The data has other columns than the baseline: {} differ", columns.len()),
            "Send the columns of the baseline in its order, or make the baseline anew.".to_owned(),
        ),
        Cause::Encoding => (
            "The capture holds what the monitor cannot read".to_owned(),
            "Input and output have to be captured in the same encoding, CSV or flat JSON; a preprocessing script can \
             turn one into the other."
                .to_owned(),
        ),
        Cause::Memory => (
            match size {
                Some(size) => format!("The job ran out of memory on {size}"),
                None => "The job ran out of memory".to_owned(),
            },
            "Take a larger instance type, a shorter window or a lower sampling percentage.".to_owned(),
        ),
        Cause::Denied => (
            "The job's role may not read or write what it needs".to_owned(),
            "Give the schedule's role the action that the message names.".to_owned(),
        ),
        Cause::Missing => (
            "A file that the job needs is gone".to_owned(),
            "Put the baseline or script back, or point the schedule at another one.".to_owned(),
        ),
        Cause::Time => (
            "The job took longer than it may".to_owned(),
            "Allow more time (MaxRuntimeInSeconds, below an hour for an hourly schedule), or take a larger instance type."
                .to_owned(),
        ),
        Cause::Unknown => (
            "The run failed".to_owned(),
            if run.job.is_some() {
                "The end of the processing job's log says more.".to_owned()
            } else {
                "It failed before its job started: look at the schedule's role, baseline and endpoint.".to_owned()
            },
        ),
    };
    RunFailure { title, said: said.map(str::to_owned), remedy, missing_hours, columns }
}

fn cause(text: &str) -> Cause {
    let text = text.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["had no data", "no data found", "no captured data", "no s3 objects found"]) {
        Cause::NoData
    } else if has(&["out of memory", "outofmemory", "more memory", "heap space", "exit code 137", "code: 137"]) {
        Cause::Memory
    } else if has(&["encoding", "malformed", "not a valid json", "nested json"]) {
        Cause::Encoding
    } else if has(&["schema", "column", "header", "number of features"]) {
        Cause::Schema
    } else if has(&["accessdenied", "access denied", "not authorized", "forbidden", "status code: 403"]) {
        Cause::Denied
    } else if has(&["nosuchkey", "no such key", "does not exist", "status code: 404"]) {
        Cause::Missing
    } else if has(&["maxruntime", "max runtime", "timed out", "timeout"]) {
        Cause::Time
    } else {
        Cause::Unknown
    }
}

fn missing(job: Option<&ProcessingFact>, captured: Option<&[String]>) -> Vec<String> {
    let (Some((from, to)), Some(captured)) = (job.and_then(window), captured) else { return Vec::new() };
    hours(from, to).into_iter().filter(|hour| !captured.contains(hour)).collect()
}

/// The window of data that a run looked at, as its job's environment says (`start_time`, `end_time`).
pub fn window(job: &ProcessingFact) -> Option<(Timestamp, Timestamp)> {
    let time = |name: &str| {
        let (_, value) = job.environment.iter().find(|(key, _)| key == name)?;
        value.parse::<Timestamp>().ok()
    };
    time("start_time").zip(time("end_time"))
}

/// The folders of data capture between two moments, as `2026/11/21/05`: at most 48.
pub fn hours(from: Timestamp, to: Timestamp) -> Vec<String> {
    let first = from.as_second().div_euclid(HOUR);
    (first..)
        .map(|hour| hour * HOUR)
        .take_while(|second| *second < to.as_second())
        .take(HOURS)
        .filter_map(|second| Timestamp::from_second(second).ok())
        .filter_map(|at| Some(at.to_string().get(..13)?.replace(['-', 'T'], "/")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::at;
    use contract::models::{ColumnChange, facts::MonitorKind};

    fn run(reason: &str) -> MonitorRunFact {
        MonitorRunFact {
            schedule: "churn-data".into(),
            scheduled: at("2026-11-21T06:00:00Z"),
            created: None,
            modified: None,
            status: "Failed".into(),
            job: Some("arn".into()),
            reason: Some(reason.into()),
            kind: Some(MonitorKind::DataQuality),
            endpoint: Some("churn".into()),
        }
    }

    #[test]
    fn no_data_names_the_missing_hours() {
        let job = ProcessingFact {
            environment: vec![
                ("start_time".into(), "2026-11-21T03:00:00Z".into()),
                ("end_time".into(), "2026-11-21T06:00:00Z".into()),
            ],
            ..ProcessingFact::default()
        };
        let captured = ["2026/11/21/04".to_owned()];
        let clues = Clues { captured: Some(&captured), ..Clues::default() };
        let failure = explain(&run("Job inputs had no data"), Some(&job), &clues);
        assert_eq!(failure.missing_hours, ["2026/11/21/03", "2026/11/21/05"]);
        assert_eq!(failure.title, "No data was captured: 2 hours missing");
        assert_eq!(failure.said.as_deref(), Some("Job inputs had no data"));
        let blind = explain(&run("Job inputs had no data"), Some(&job), &Clues::default());
        assert!(blind.missing_hours.is_empty(), "what was not listed is not called missing");
    }

    #[test]
    fn a_schema_is_a_difference_of_columns() {
        let column = |name: &str, kind: &str| Column { name: name.into(), kind: kind.into() };
        let baseline = [column("tenure", "Integral"), column("country", "String")];
        let columns = [column("tenure", "Fractional"), column("region", "String")];
        let clues = Clues { baseline: Some(&baseline), columns: Some(&columns), ..Clues::default() };
        let failure = explain(&run("Error: schema mismatch"), None, &clues);
        let changes: Vec<(&str, ColumnChange)> =
            failure.columns.iter().map(|row| (row.name.as_str(), row.change)).collect();
        assert_eq!(
            changes,
            [("country", ColumnChange::Missing), ("region", ColumnChange::Added), ("tenure", ColumnChange::Kind),]
        );
    }

    #[test]
    fn causes() {
        let cases = [
            ("ClientError: Please use an instance type with more memory", Cause::Memory),
            ("Encoding mismatch: Encoding is JSON for endpointInput, but CSV for endpointOutput.", Cause::Encoding),
            ("AccessDenied when calling PutObject", Cause::Denied),
            ("The specified key does not exist (NoSuchKey)", Cause::Missing),
            ("Job exceeded MaxRuntimeInSeconds", Cause::Time),
            ("AlgorithmError: exit code 255", Cause::Unknown),
        ];
        for (text, expected) in cases {
            assert_eq!(cause(text), expected, "{text}");
        }
        let job = ProcessingFact {
            exit_message: Some("java.lang.OutOfMemoryError".into()),
            instance_type: Some("ml.m5.large".into()),
            ..ProcessingFact::default()
        };
        let failure = explain(&run("AlgorithmError"), Some(&job), &Clues::default());
        assert_eq!(failure.title, "The job ran out of memory on ml.m5.large");
        assert_eq!(failure.said.as_deref(), Some("java.lang.OutOfMemoryError"));
    }

    #[test]
    fn hours_are_bounded() {
        assert_eq!(hours(at("2026-11-21T05:30:00Z"), at("2026-11-21T07:00:00Z")), ["2026/11/21/05", "2026/11/21/06"]);
        assert!(hours(at("2026-11-21T05:00:00Z"), at("2026-11-21T05:00:00Z")).is_empty());
        assert_eq!(hours(at("2000-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z")).len(), HOURS);
    }
}

//! Where the logs of a run are: prefixes in S3 and prefixes of streams in CloudWatch Logs.
//!
//! Names are never built further than the engines document them: below each prefix a listing finds what there is, and
//! [`crate::classify`] says what it is. A prefix may hold nothing. Pages: EMR "View log files", EMR Serverless "Storing
//! logs" and "Rotating logs", EMR on EKS best practices "Spark driver and executor logs", Glue "Logging for AWS Glue
//! jobs", Lambda "CloudWatch Logs", SageMaker "Log groups and streams".

mod glue;

use contract::{
    Timestamp,
    jobs::{
        Engine, JobId, LogPlace, SageMakerKind,
        facts::{CloudWatchSettings, Driver, LogSettings, RunFact},
    },
};
use jiff::SignedDuration;

/// What the folder holds in which all steps of a cluster have their containers.
const OF_ALL_STEPS: &str = "containers of all steps";

/// How long after the end of a step its last files are written: EMR pushes every five minutes and at the end, and what was
/// written later is another step's.
pub const PUSHED_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// Every place to look in, the most telling first. `yarn` are the ids of YARN applications that the step's own log names
/// (see [`yarn_applications`]): containers of other steps stand beside them in one folder.
pub fn places(run: &RunFact, yarn: &[String]) -> Vec<LogPlace> {
    let logs = &run.request.logs;
    match &run.id {
        JobId::Cluster { cluster } => logs.s3.iter().filter_map(|uri| nodes(uri, cluster)).collect(),
        JobId::Step { cluster, step } => step_places(logs, cluster, step, yarn),
        JobId::Serverless { application, run, attempt } => serverless(logs, application, run, *attempt),
        JobId::Eks { virtual_cluster, run } => eks(logs, virtual_cluster, run),
        JobId::Glue { run: id, .. } => match &run.request.driver {
            Driver::Glue(driver) => glue::places(driver, id),
            _ => glue::places(&contract::jobs::facts::GlueDriver::default(), id),
        },
        JobId::Lambda { function, request } => {
            let group = logs.cloud_watch.as_ref().and_then(|settings| settings.group.clone());
            vec![LogPlace::CloudWatch {
                group: group.unwrap_or_else(|| format!("/aws/lambda/{function}")),
                stream_prefix: String::new(),
                filter: Some(format!("\"{}\"", request.replace('"', ""))),
                holds: "the lines of this invocation".into(),
            }]
        }
        JobId::SageMaker { kind, name } => vec![sage_maker(*kind, name)],
    }
}

/// How often an engine writes what is new, in seconds. EMR "every 5 minutes"; EMR Serverless "every 15 seconds" ("Rotating
/// logs"); Glue "every 5 seconds". The others write as lines come; a minute is what CloudWatch may take to show them.
pub fn push_seconds(engine: Engine) -> u64 {
    match engine {
        Engine::Emr => 300,
        Engine::EmrServerless => 15,
        Engine::Glue => 5,
        Engine::EmrEks | Engine::Lambda | Engine::SageMaker => 60,
    }
}

fn step_places(logs: &LogSettings, cluster: &str, step: &str, yarn: &[String]) -> Vec<LogPlace> {
    let mut all = Vec::new();
    // The step's own place: the page does not say what stands below it.
    if let Some(uri) = &logs.step_s3 {
        all.extend(s3(uri, &format!("{cluster}/steps/{step}/"), "step"));
        all.extend(s3(uri, &format!("steps/{step}/"), "step"));
        all.extend(s3(uri, &format!("{step}/"), "step"));
    }
    if let Some(uri) = &logs.s3 {
        all.extend(s3(uri, &format!("{cluster}/steps/{step}/"), "step"));
    }
    for uri in logs.step_s3.iter().chain(&logs.s3) {
        for application in yarn {
            all.extend(of_application(uri, cluster, application));
        }
    }
    if let Some(uri) = &logs.s3 {
        if yarn.is_empty() {
            all.extend(s3(uri, &format!("{cluster}/containers/"), OF_ALL_STEPS));
        }
        all.extend(nodes(uri, cluster));
        all.extend(s3(uri, &format!("{cluster}/hadoop-mapreduce/history/"), "job history"));
    }
    all
}

/// Where a cluster keeps the containers of one application of YARN.
pub fn of_application(uri: &str, cluster: &str, application: &str) -> Option<LogPlace> {
    s3(uri, &format!("{cluster}/containers/{application}/"), &format!("containers of {application}"))
}

/// Whether a place holds the files of other steps too, which nothing but the time tells apart: see [`written_within`].
pub fn is_of_all_steps(place: &LogPlace) -> bool {
    matches!(place, LogPlace::S3 { holds, .. } if holds == OF_ALL_STEPS)
}

/// Whether a file was last written while a step ran, from its start to the last push behind its end. One whose time is not
/// known may have been.
pub fn written_within(at: Option<Timestamp>, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
    let Some(at) = at else { return true };
    let after = from.is_none_or(|from| at >= from);
    let before = to.is_none_or(|to| to.checked_add(PUSHED_WITHIN).is_ok_and(|to| at <= to));
    after && before
}

/// `node/<instance>/bootstrap-actions/…`, and the daemons beside it.
fn nodes(uri: &str, cluster: &str) -> Option<LogPlace> {
    s3(uri, &format!("{cluster}/node/"), "nodes and bootstrap actions")
}

/// Ids of YARN applications in a step's stderr or controller, each once: `Submitted application application_…`.
pub fn yarn_applications(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for rest in text.split("application_").skip(1) {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let first = digits(rest);
        let Some(second) = rest.get(first..).and_then(|rest| rest.strip_prefix('_')) else { continue };
        let length = digits(second);
        let id = format!("application_{}", rest.get(..first + 1 + length).unwrap_or_default());
        if first >= 10 && length >= 4 && !all.contains(&id) {
            all.push(id);
        }
    }
    all
}

fn serverless(logs: &LogSettings, application: &str, run: &str, attempt: Option<u32>) -> Vec<LogPlace> {
    let mut below = format!("applications/{application}/jobs/{run}/");
    let mut all = Vec::new();
    if let Some(attempt) = attempt {
        // Only runs with retries have the folder; without it the logs stand in the run's own.
        let attempt = format!("{below}attempts/{attempt}/");
        all.extend(logs.s3.iter().filter_map(|uri| s3(uri, &attempt, "driver and executors of this attempt")));
    }
    all.extend(logs.s3.iter().filter_map(|uri| s3(uri, &below, "driver and executors")));
    if let Some(settings) = &logs.cloud_watch {
        let group = settings.group.clone().unwrap_or_else(|| "/aws/emr-serverless".into());
        match prefix(settings) {
            Some(prefix) => below = format!("{prefix}/{below}"),
            // Whether streams without a prefix begin with a slash is not documented.
            None => all.push(streams(&group, &format!("/{below}"), "driver and executors")),
        }
        all.push(streams(&group, &below, "driver and executors"));
    }
    if logs.managed != Some(false) {
        all.push(LogPlace::Managed {
            call: "GetDashboardForJobRun".into(),
            holds: "driver and executors, kept by EMR Serverless for 30 days".into(),
        });
    }
    all
}

fn eks(logs: &LogSettings, cluster: &str, run: &str) -> Vec<LogPlace> {
    let below = format!("{cluster}/jobs/{run}/");
    let mut all: Vec<LogPlace> =
        logs.s3.iter().filter_map(|uri| s3(uri, &below, "submitter, driver and executors")).collect();
    if let Some((settings, group)) = logs.cloud_watch.as_ref().and_then(|all| Some((all, all.group.as_ref()?))) {
        let below = prefix(settings).map_or(below.clone(), |prefix| format!("{prefix}/{below}"));
        all.push(streams(group, &below, "submitter, driver and executors"));
    }
    all
}

fn sage_maker(kind: SageMakerKind, name: &str) -> LogPlace {
    let (group, prefix, holds) = match kind {
        SageMakerKind::Training => ("TrainingJobs", format!("{name}/"), "instances of the job"),
        SageMakerKind::Processing => ("ProcessingJobs", format!("{name}/"), "instances of the job"),
        SageMakerKind::Transform => ("TransformJobs", format!("{name}/"), "instances of the job"),
        // It starts training jobs whose names begin with its own.
        SageMakerKind::Tuning => ("TrainingJobs", format!("{name}-"), "training jobs that it started"),
    };
    streams(&format!("/aws/sagemaker/{group}"), &prefix, holds)
}

fn prefix(settings: &CloudWatchSettings) -> Option<&str> {
    settings.stream_prefix.as_deref().map(|prefix| prefix.trim_end_matches('/')).filter(|prefix| !prefix.is_empty())
}

fn streams(group: &str, prefix: &str, holds: &str) -> LogPlace {
    LogPlace::CloudWatch {
        group: group.to_owned(),
        stream_prefix: prefix.to_owned(),
        filter: None,
        holds: holds.to_owned(),
    }
}

/// A folder below a log URI, whichever of Hadoop's schemes it is written in.
fn s3(uri: &str, below: &str, holds: &str) -> Option<LogPlace> {
    let rest = ["s3://", "s3n://", "s3a://"].iter().find_map(|scheme| uri.trim().strip_prefix(scheme))?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_end_matches('/');
    let prefix = if prefix.is_empty() { below.to_owned() } else { format!("{prefix}/{below}") };
    (!bucket.is_empty()).then(|| LogPlace::S3 { bucket: bucket.to_owned(), prefix, holds: holds.to_owned() })
}

#[cfg(test)]
mod tests;

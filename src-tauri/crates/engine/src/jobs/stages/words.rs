//! A summary of an event log as the window gets it, and why there is none.

use super::masked;
use crate::jobs::diagnose::suggestion;
use ::jobs::event_logs::NoEventLog;
use ::triage::event_log::{self as told, Advice, Place, Stage, Straggler, Summary};
use aws::AwsError;
use contract::{
    Notice, Timestamp,
    jobs::{
        Engine, JobId, LogFileRow, LogRole, Stages,
        stages::{Ailment, LostExecutor, NoStages, SlowTask, StageFinding, StageRow},
    },
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// Stages that are given.
const MOST: usize = 500;

/// Why a run has no event log, and how the next would have one.
pub(super) fn absent(job: &JobId, why: &NoEventLog) -> NoStages {
    let (title, text) = match why {
        NoEventLog::NotSpark => ("No stages", "The run is none of Spark's.".to_owned()),
        NoEventLog::Off("spark.eventLog.enabled") => (
            "The event log is switched off",
            "spark.eventLog.enabled is false. Take the setting away, or set it to true, and the next run has stages.".to_owned(),
        ),
        NoEventLog::Off(setting) => (
            "The event log is not switched on",
            format!("The job does not set {setting}. With --enable-spark-ui true and --spark-event-logs-path s3://… the next run has stages."),
        ),
        NoEventLog::OnCluster(folder) => (
            "The event log is not in S3",
            format!("Spark writes it to {folder} on the cluster, and EMR shows it in the persistent Spark history server alone. Set spark.eventLog.dir to a folder in S3 and the next run has stages here."),
        ),
        NoEventLog::ManagedOnly => (
            "The service keeps the event log itself",
            match job.engine() {
                Engine::EmrServerless => "It can be seen in the Spark UI that GetDashboardForJobRun opens. Give the run an S3 log URI and the next one has stages here.".to_owned(),
                _ => "It can be seen in the persistent application UI. Set spark.eventLog.dir to a folder in S3 and the next run has stages here.".to_owned(),
            },
        ),
        NoEventLog::NoPlace => (
            "The run keeps no logs",
            "Neither S3 nor managed storage was asked for. Give the run an S3 log URI and the next one has stages.".to_owned(),
        ),
    };
    NoStages { title: title.to_owned(), text }
}

pub(super) fn packed(codec: &str) -> NoStages {
    NoStages {
        title: format!("The event log is packed with {codec}"),
        text: "Only zstd, gzip and bzip2 can be unpacked here. Set spark.eventLog.compression.codec to zstd and the next run has stages.".to_owned(),
    }
}

pub(super) fn refused(error: &AwsError, place: &str) -> NoStages {
    match error {
        AwsError::Denied { call, .. } => NoStages {
            title: "The event log may not be read".to_owned(),
            text: format!("The permission {} on {place} is missing.", call.action),
        },
        other => NoStages {
            title: "The event log could not be read".to_owned(),
            text: format!("{place}: {}.", masked(&other.to_string())),
        },
    }
}

pub(super) fn nothing(place: &str, over: bool) -> NoStages {
    let (title, why) = if over {
        ("No event log", "The run may have ended before Spark began, or the log is kept elsewhere.")
    } else {
        ("No event log yet", "It comes when Spark has begun; some engines write it only at the end.")
    };
    NoStages { title: title.to_owned(), text: format!("Nothing of this run was found in {place}. {why}") }
}

/// Fills in what the log says. `files` are those of the run, the most telling first.
pub(super) fn tell(summary: &Summary, files: &[LogFileRow], stages: &mut Stages) {
    let logs = Logs::new(files, &summary.places);
    let mut rows: Vec<&Stage> = summary.stages.iter().collect();
    rows.sort_by_key(|stage| (Reverse(stage.lost_ms()), stage.id, stage.attempt));
    stages.left_out = rows.len().saturating_sub(MOST) as u64;
    stages.rows = rows.into_iter().take(MOST).map(|stage| row(stage, &logs)).collect();
    stages.findings = summary.advice().into_iter().map(|advice| finding(advice, &logs)).collect();
    stages.application = Some(masked(&summary.name)).filter(|name| !name.is_empty());
    stages.spark = Some(summary.spark.clone()).filter(|version| !version.is_empty());
    stages.lost = summary
        .removed
        .iter()
        .map(|lost| LostExecutor {
            host: summary.places.get(&lost.executor).map(|place| place.host.clone()).filter(|host| !host.is_empty()),
            log: logs.of(&lost.executor),
            executor: lost.executor.clone(),
            reason: masked(&lost.reason),
            at: lost.at_ms.and_then(time),
        })
        .collect();
    if summary.unreadable > 0 {
        let words = match summary.unreadable {
            1 => "1 line of the event log is no event and was passed over.".to_owned(),
            lines => {
                format!("{} lines of the event log are no events and were passed over.", crate::logs::number(lines))
            }
        };
        stages.notices.push(Notice::info(words));
    }
    if summary.ended_ms.is_none() && summary.events > 0 {
        stages.notices.push(Notice::info("The event log ends before the application does."));
    }
}

fn time(millis: u64) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(millis).ok()?).ok()
}

/// Which file is the log of which executor.
struct Logs<'a> {
    by_executor: HashMap<&'a str, &'a str>,
    by_container: HashMap<&'a str, &'a str>,
    places: &'a BTreeMap<String, Place>,
}

impl<'a> Logs<'a> {
    fn new(files: &'a [LogFileRow], places: &'a BTreeMap<String, Place>) -> Self {
        let (mut by_executor, mut by_container) = (HashMap::new(), HashMap::new());
        for file in
            files.iter().filter(|file| matches!(file.role, LogRole::Driver | LogRole::Executor | LogRole::Container))
        {
            let executor = file.executor.as_deref().or((file.role == LogRole::Driver).then_some("driver"));
            if let Some(executor) = executor {
                by_executor.entry(executor).or_insert(file.address.as_str());
            }
            if let Some(container) = &file.container {
                by_container.entry(container.as_str()).or_insert(file.address.as_str());
            }
        }
        Self { by_executor, by_container, places }
    }

    fn of(&self, executor: &str) -> Option<String> {
        let container = self.places.get(executor).and_then(|place| place.container.as_deref());
        let found = container.and_then(|container| self.by_container.get(container));
        found.or_else(|| self.by_executor.get(executor)).map(|address| (*address).to_owned())
    }
}

fn slow(task: &Straggler, logs: &Logs<'_>) -> SlowTask {
    SlowTask {
        task: task.task,
        executor: task.executor.clone(),
        host: task.host.clone(),
        began: Some(task.began_ms).filter(|at| *at > 0).and_then(time),
        millis: task.millis,
        read: task.read,
        gc_millis: task.gc_ms,
        log: logs.of(&task.executor),
    }
}

fn ailment(one: told::Ailment) -> Ailment {
    match one {
        told::Ailment::Skew => Ailment::Skew,
        told::Ailment::Straggler => Ailment::Straggler,
        told::Ailment::Spill => Ailment::Spill,
        told::Ailment::Garbage => Ailment::Garbage,
    }
}

fn row(stage: &Stage, logs: &Logs<'_>) -> StageRow {
    StageRow {
        id: stage.id,
        attempt: stage.attempt,
        name: masked(&stage.name),
        planned: stage.planned,
        tasks: stage.tasks,
        failed: stage.failed,
        killed: stage.killed,
        millis: stage.completed_ms.zip(stage.submitted_ms).map(|(to, from)| to.saturating_sub(from)),
        median: stage.median_ms,
        p95: stage.p95_ms,
        max: stage.max_ms,
        stragglers: stage.stragglers,
        slow: stage.slow.iter().map(|task| slow(task, logs)).collect(),
        input: stage.input,
        output: stage.output,
        shuffle_read: stage.shuffle_read,
        shuffle_write: stage.shuffle_write,
        spill_memory: stage.spill_memory,
        spill_disk: stage.spill_disk,
        gc: stage.gc_percent(),
        ailments: stage.ailments().into_iter().map(ailment).collect(),
        failure: stage.failure.as_deref().map(masked),
    }
}

fn finding(advice: Advice, logs: &Logs<'_>) -> StageFinding {
    StageFinding {
        ailment: ailment(advice.ailment),
        title: masked(&advice.title),
        text: masked(&advice.text),
        remedy: advice.remedy,
        settings: advice.settings.into_iter().map(suggestion).collect(),
        stages: advice.stages,
        slowest: advice.slowest.as_ref().map(|task| slow(task, logs)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Address;

    #[test]
    fn a_task_leads_to_the_log_of_its_executor() {
        let row = |address: &str| Address::read(address, None).unwrap().row(None, None);
        let containers = "s3://l/j-1/containers/application_1763503312345_0007/container_1763503312345_0007_01_00000";
        let files = [
            row(&format!("{containers}1/stderr.gz")),
            row(&format!("{containers}8/stderr.gz")),
            row("s3://l/applications/00f/jobs/00g/SPARK_EXECUTOR/7/stderr.gz"),
        ];
        let container = Some("container_1763503312345_0007_01_000008".to_owned());
        let places = BTreeMap::from([("3".to_owned(), Place { host: "ip-1".into(), container })]);
        let logs = Logs::new(&files, &places);
        assert_eq!(logs.of("3").as_deref(), Some(files[1].address.as_str()), "by its container");
        assert_eq!(logs.of("7").as_deref(), Some(files[2].address.as_str()), "by its number");
        assert_eq!(logs.of("driver").as_deref(), Some(files[0].address.as_str()));
        assert_eq!(logs.of("9"), None);
    }

    #[test]
    fn every_absence_says_what_to_do() {
        let job = JobId::Serverless { application: "a".into(), run: "r".into(), attempt: None };
        let whys = [
            NoEventLog::Off("spark.eventLog.enabled"),
            NoEventLog::Off("--enable-spark-ui"),
            NoEventLog::OnCluster("hdfs:///var/log/spark/apps".into()),
            NoEventLog::ManagedOnly,
            NoEventLog::NoPlace,
        ];
        assert!(whys.iter().all(|why| absent(&job, why).text.contains("next")));
        assert_eq!(nothing("s3://b/", true).title, "No event log");
        assert_eq!(nothing("s3://b/", false).title, "No event log yet");
    }
}

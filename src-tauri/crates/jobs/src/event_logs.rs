//! Where the Spark event log of a run is, if it is a file at all, and which of the files there are its parts.
//!
//! Spark writes one file, or a folder `eventlog_v2_<application>[_<attempt>]` with `events_<n>_…` in it when logs roll
//! ("Monitoring and Instrumentation", `spark.eventLog.*`). EMR on EC2 writes to the disks of the cluster unless it is told
//! otherwise, EMR Serverless and EMR on EKS keep them for their own history server besides, Glue writes them where
//! `--spark-event-logs-path` says.

use crate::{
    parameters::{merged, parameters},
    step,
};
use contract::{
    Timestamp,
    jobs::{
        JobId,
        facts::{Driver, ListedLog, RunFact},
    },
};
use jiff::SignedDuration;

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// Among the log files of the run.
    BesideLogs,
    /// Objects whose keys begin with one of these, in the order of how likely they are.
    Folder { bucket: String, prefixes: Vec<String> },
}

/// Why a run has no event log that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoEventLog {
    /// It runs no Spark.
    NotSpark,
    /// Writing one is switched off, or not switched on: the setting that does it.
    Off(&'static str),
    /// It is written to this folder on the cluster and goes with it.
    OnCluster(String),
    /// The service keeps it for its own history server, and gives it to nobody else.
    ManagedOnly,
    /// It was told to keep no logs anywhere.
    NoPlace,
}

/// EMR's own `spark.eventLog.dir`.
const ON_CLUSTER: &str = "hdfs:///var/log/spark/apps";
/// The last part is written when the application ends, and pushed a little later.
const WRITTEN_WITHIN: SignedDuration = SignedDuration::from_mins(15);
const FOLDER: &str = "eventlog_v2_";

/// Where the event log of a run is. `yarn` are the applications that a step's own log names.
pub fn home(run: &RunFact, yarn: &[String]) -> Result<Home, NoEventLog> {
    if let Driver::Glue(glue) = &run.request.driver {
        return of_glue(&run.id, &merged(glue), &glue.command);
    }
    let spark = match &run.request.driver {
        Driver::Jar { arguments, .. } => step::submit(arguments).is_some(),
        Driver::SparkSubmit { .. } | Driver::SparkSql { .. } => true,
        _ => false,
    };
    if !spark {
        return Err(NoEventLog::NotSpark);
    }
    let settings = parameters(&run.request).settings;
    let get =
        |key: &str| settings.iter().rev().find(|set| set.effective && set.key == key).map(|set| set.value.as_str());
    if get("spark.eventLog.enabled").is_some_and(|value| value.eq_ignore_ascii_case("false")) {
        return Err(NoEventLog::Off("spark.eventLog.enabled"));
    }
    if let Some((bucket, prefix)) = get("spark.eventLog.dir").and_then(in_s3) {
        let names = match &run.id {
            JobId::Step { .. } => yarn.to_vec(),
            // EMR on EKS calls the application of Spark so.
            JobId::Eks { run, .. } => vec![format!("spark-{run}"), run.clone()],
            other => vec![other.own().to_owned()],
        };
        let prefixes = names.iter().flat_map(|name| [format!("{prefix}{FOLDER}{name}"), format!("{prefix}{name}")]);
        return Ok(Home::Folder { bucket, prefixes: prefixes.collect() });
    }
    match &run.id {
        JobId::Step { .. } => Err(NoEventLog::OnCluster(get("spark.eventLog.dir").unwrap_or(ON_CLUSTER).to_owned())),
        JobId::Serverless { .. } if run.request.logs.s3.is_some() => Ok(Home::BesideLogs),
        JobId::Serverless { .. } if run.request.logs.managed == Some(false) => Err(NoEventLog::NoPlace),
        _ => Err(NoEventLog::ManagedOnly),
    }
}

fn of_glue(id: &JobId, all: &[(&str, &str, &str)], command: &str) -> Result<Home, NoEventLog> {
    if !matches!(command, "glueetl" | "gluestreaming") {
        return Err(NoEventLog::NotSpark);
    }
    let get = |name: &str| all.iter().find(|(key, _, _)| *key == name).map(|(_, value, _)| *value);
    if get("--enable-spark-ui") != Some("true") {
        return Err(NoEventLog::Off("--enable-spark-ui"));
    }
    let (bucket, prefix) =
        get("--spark-event-logs-path").and_then(in_s3).ok_or(NoEventLog::Off("--spark-event-logs-path"))?;
    // Older releases name the log after their own application: then only its time says whose it is.
    let prefixes = vec![format!("{prefix}{FOLDER}{}", id.own()), format!("{prefix}{}", id.own()), prefix];
    Ok(Home::Folder { bucket, prefixes })
}

fn in_s3(uri: &str) -> Option<(String, String)> {
    let rest = ["s3://", "s3a://", "s3n://"].iter().find_map(|scheme| uri.trim().strip_prefix(scheme))?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_end_matches('/');
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    (!bucket.is_empty()).then(|| (bucket.to_owned(), prefix))
}

/// The files of one event log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLog {
    /// In the order in which they were written.
    pub parts: Vec<ListedLog>,
    /// What it is packed with, by its name, where that cannot be unpacked here.
    pub packed: Option<&'static str>,
}

/// Its number, whether it is compacted, and the file.
type Part = (u64, bool, ListedLog);

/// The event log of the last attempt among `listed`; `None` when there is none. Where names do not say whose a log is,
/// it must have been written while the run was there.
pub fn event_log(run: &RunFact, listed: Vec<ListedLog>) -> Option<EventLog> {
    let mut logs: Vec<(String, Vec<Part>)> = Vec::new();
    for one in listed {
        let Some(named) = Name::read(&one.path) else { continue };
        let part = (named.number, named.compacted, one);
        match logs.iter_mut().find(|(log, _)| *log == named.log) {
            Some((_, parts)) => parts.push(part),
            None => logs.push((named.log, vec![part])),
        }
    }
    let own = run.id.own();
    let strange = matches!(run.id, JobId::Glue { .. }) && !logs.iter().any(|(log, _)| log.contains(own));
    if strange {
        logs.retain(|(_, parts)| parts.iter().any(|(_, _, part)| written_within(part, run)));
    } else if matches!(run.id, JobId::Glue { .. }) {
        logs.retain(|(log, _)| log.contains(own));
    }
    let written = |parts: &[Part]| parts.iter().filter_map(|(_, _, part)| part.last_write).max();
    let (_, mut parts) = logs
        .into_iter()
        .max_by(|(one, of_one), (two, of_two)| written(of_one).cmp(&written(of_two)).then(one.cmp(two)))?;
    parts.sort_by(|one, two| (one.0, !one.1, &one.2.path).cmp(&(two.0, !two.1, &two.2.path)));
    // What was compacted holds all that came before it.
    if let Some(last) = parts.iter().rposition(|(_, compacted, _)| *compacted) {
        let number = parts.get(last).map_or(0, |part| part.0);
        parts = parts.split_off(last);
        parts.retain(|(at, compacted, _)| *compacted || *at > number);
    }
    let parts: Vec<ListedLog> = parts.into_iter().map(|(_, _, part)| part).collect();
    let packed = parts.iter().find_map(|part| packed_with(&part.path));
    Some(EventLog { parts, packed })
}

fn written_within(part: &ListedLog, run: &RunFact) -> bool {
    let Some(at) = part.last_write else { return false };
    let after = run.started.or(run.created).is_some_and(|from: Timestamp| at >= from);
    after && run.ended.is_none_or(|to| to.checked_add(WRITTEN_WITHIN).is_ok_and(|to| at <= to))
}

/// Codecs of Spark that are told by a file's name and that nothing here unpacks.
fn packed_with(key: &str) -> Option<&'static str> {
    let name = key.strip_suffix(".inprogress").unwrap_or(key);
    let name = name.strip_suffix(".compact").unwrap_or(name);
    ["lz4", "lzf", "snappy"].into_iter().find(|codec| name.rsplit_once('.').is_some_and(|(_, end)| end == *codec))
}

/// What the name of a file says.
struct Name {
    /// Unlike that of any other log.
    log: String,
    /// Which part, from 1; 0 of a log in one file.
    number: u64,
    compacted: bool,
}

impl Name {
    fn read(key: &str) -> Option<Self> {
        let (folder, name) = key.rsplit_once('/').unwrap_or(("", key));
        if folder.rsplit('/').next().is_some_and(|last| last.starts_with(FOLDER)) {
            // Beside the parts stands an empty `appstatus_…`.
            let rest = name.strip_prefix("events_")?;
            let number = rest.split('_').next()?.parse().ok()?;
            return Some(Self { log: folder.to_owned(), number, compacted: name.ends_with(".compact") });
        }
        let plain = name.strip_suffix(".inprogress").unwrap_or(name);
        (!plain.is_empty() && !plain.starts_with('.')).then(|| Self {
            log: format!("{folder}/{plain}"),
            number: 0,
            compacted: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use contract::jobs::facts::{Configuration, LogStore};
    use proptest::prelude::*;

    fn listed(path: &str, at: &str) -> ListedLog {
        let store = LogStore::Bucket("logs".into());
        ListedLog { store, path: path.into(), size: Some(1), last_write: Some(at.parse().unwrap()) }
    }

    fn paths(run: &RunFact, all: &[(&str, &str)]) -> Vec<String> {
        let log = event_log(run, all.iter().map(|(path, at)| listed(path, at)).collect());
        log.map(|log| log.parts.into_iter().map(|part| part.path).collect()).unwrap_or_default()
    }

    fn defaults(run: &mut RunFact, pairs: &[(&str, &str)]) {
        run.request.configurations = vec![Configuration {
            classification: "spark-defaults".into(),
            properties: pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        }];
    }

    #[test]
    fn each_engine_keeps_it_elsewhere() {
        let yarn = ["application_1700000000000_0001".to_owned()];
        let mut step = sample::step();
        assert_eq!(home(&step, &yarn), Err(NoEventLog::OnCluster(ON_CLUSTER.into())));
        defaults(&mut step, &[("spark.eventLog.dir", "s3a://logs/events/")]);
        let app = &yarn[0];
        let prefixes = vec![format!("events/eventlog_v2_{app}"), format!("events/{app}")];
        assert_eq!(home(&step, &yarn), Ok(Home::Folder { bucket: "logs".into(), prefixes }));
        defaults(&mut step, &[("spark.eventLog.enabled", "false"), ("spark.eventLog.dir", "s3://logs/")]);
        assert_eq!(home(&step, &yarn), Err(NoEventLog::Off("spark.eventLog.enabled")));

        let mut serverless = sample::serverless();
        assert_eq!(home(&serverless, &[]), Ok(Home::BesideLogs));
        serverless.request.logs.s3 = None;
        assert_eq!(home(&serverless, &[]), Err(NoEventLog::ManagedOnly));
        serverless.request.logs.managed = Some(false);
        assert_eq!(home(&serverless, &[]), Err(NoEventLog::NoPlace));
        assert_eq!(home(&sample::eks(), &[]), Err(NoEventLog::ManagedOnly));
        assert_eq!(home(&sample::glue(), &[]), Err(NoEventLog::Off("--enable-spark-ui")));
        assert_eq!(home(&sample::lambda(), &[]), Err(NoEventLog::NotSpark));
        assert_eq!(home(&sample::training(), &[]), Err(NoEventLog::NotSpark));
    }

    #[test]
    fn parts_are_in_their_order_and_the_last_attempt_counts() {
        let run = sample::serverless();
        let parts = [
            ("j/sparklogs/eventlog_v2_a/events_10_a.zstd", "2026-11-21T05:09:00Z"),
            ("j/sparklogs/eventlog_v2_a/events_9_a.zstd", "2026-11-21T05:08:00Z"),
            ("j/sparklogs/eventlog_v2_a/appstatus_a", "2026-11-21T05:09:30Z"),
            ("j/sparklogs/eventlog_v2_b/events_1_b", "2026-11-21T05:01:00Z"),
        ];
        assert_eq!(paths(&run, &parts), [parts[1].0, parts[0].0]);
        let compacted = [
            ("x/eventlog_v2_a/events_3_a.compact", "2026-11-21T05:09:00Z"),
            ("x/eventlog_v2_a/events_2_a", "2026-11-21T05:08:00Z"),
            ("x/eventlog_v2_a/events_3_a", "2026-11-21T05:08:30Z"),
            ("x/eventlog_v2_a/events_4_a", "2026-11-21T05:09:40Z"),
        ];
        assert_eq!(paths(&run, &compacted), [compacted[0].0, compacted[3].0]);
        assert!(paths(&run, &[]).is_empty());
    }

    #[test]
    fn glue_names_the_run_or_its_time_tells() {
        let run = sample::glue();
        let named = [("e/jr_c7279ffd", "2026-11-21T05:11:30Z"), ("e/jr_other", "2026-11-21T05:12:00Z")];
        assert_eq!(paths(&run, &named), ["e/jr_c7279ffd"]);
        let timed = [
            ("e/spark-application-1700000000001", "2026-11-21T05:12:00Z"),
            ("e/spark-application-1700000000000", "2026-11-20T05:12:00Z"),
        ];
        assert_eq!(paths(&run, &timed), ["e/spark-application-1700000000001"]);
        assert!(paths(&run, &timed[1..]).is_empty(), "of another day");
    }

    #[test]
    fn what_cannot_be_unpacked_is_said() {
        let packed =
            |path: &str| event_log(&sample::serverless(), vec![listed(path, "2026-11-21T05:00:00Z")]).unwrap().packed;
        assert_eq!(packed("e/application_1_1.lz4"), Some("lz4"));
        assert_eq!(packed("e/application_1_1.snappy.inprogress"), Some("snappy"));
        assert_eq!(packed("e/eventlog_v2_a/events_1_a.zstd"), None);
    }

    proptest! {
        #[test]
        fn no_name_is_too_strange(names in proptest::collection::vec(any::<String>(), 0..6), uri in any::<String>()) {
            let all = names.iter().map(|name| listed(name, "2026-11-21T05:00:00Z")).collect();
            event_log(&sample::glue(), all);
            let mut run = sample::eks();
            defaults(&mut run, &[("spark.eventLog.dir", uri.as_str())]);
            let _ = home(&run, &[]);
        }
    }
}

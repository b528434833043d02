//! A replication task in words: why it does not run, how far behind it is, and whether it writes what lies at a place. A
//! replication of DMS Serverless is told of in the same words.
//!
//! Sources: "AWS DMS User Guide, Task status", "Monitoring AWS DMS tasks" (`CDCLatencySource`, `CDCLatencyTarget`), "Using
//! Amazon S3 as a target" (`BucketFolder/schema/table/`), "AWS DMS Serverless components" (its states), and
//! "AWS DMS API Reference, ReplicationTask" and "Replication" (`StopReason`).

use super::ago;
use crate::wording::{count, cut, duration};
use contract::{
    Timestamp,
    ends::{
        EndId, EndRow, EndState,
        facts::{EndpointFact, Latency, TaskFact},
        is_serverless, task_noun,
    },
};

/// Names and values that a metric was published with.
pub type Dimensions = Vec<(String, String)>;

/// Seconds from which on a task is behind. Batches that are applied every minute or two are well below.
pub const LATE: u64 = 600;

/// How much of a failure is quoted in one line.
const QUOTED: usize = 160;

/// Why a task stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It did all that it was to do.
    Done,
    /// A person or its settings stopped it.
    Meant,
    Error,
}

/// A stop reason in words, and which kind it is. `None` for a word that is not known and for none at all.
pub fn stop(reason: &str) -> Option<(&'static str, Stop)> {
    Some(match stop_word(reason)? {
        "NORMAL" => ("somebody stopped it", Stop::Meant),
        "FULL_LOAD_ONLY_FINISHED" => ("its full load is done", Stop::Done),
        "STOPPED_AFTER_FULL_LOAD" => ("it is set to stop after the full load", Stop::Meant),
        "STOPPED_AFTER_CACHED_EVENTS" => ("it is set to stop after the cached changes", Stop::Meant),
        "STOPPED_AFTER_DDL_APPLY" => ("it is set to stop when a table's definition changes", Stop::Meant),
        "STOPPED_AT_SERVER_TIME" | "STOPPED_AT_COMMIT_TIME" => {
            ("it reached the time at which it was to stop", Stop::Meant)
        }
        "STOPPED_DUE_TO_LOW_MEMORY" => ("the replication instance was short of memory", Stop::Error),
        "STOPPED_DUE_TO_LOW_DISK" => ("the replication instance's disk was full", Stop::Error),
        "EXPRESS_LICENSE_LIMITS_REACHED" => ("the limits of its licence were reached", Stop::Error),
        "RECONFIGURATION_RESTART" => ("it is restarted with other settings", Stop::Meant),
        "RECYCLE_TASK" => ("the service restarts it", Stop::Meant),
        "RECOVERABLE_ERROR" => ("it met an error that it did not get over", Stop::Error),
        "FATAL_ERROR" => ("it met a fatal error", Stop::Error),
        _ => return None,
    })
}

/// `FATAL_ERROR` of `Stop Reason FATAL_ERROR Error Level FATAL`.
fn stop_word(reason: &str) -> Option<&str> {
    let rest = reason.split_once("Stop Reason").map_or(reason, |(_, rest)| rest);
    rest.split_whitespace().map(|word| word.trim_matches(':')).find(|word| !word.is_empty())
}

/// What failed, without the words that the service puts around every failure.
pub fn failure(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("Last Error").unwrap_or(text);
    let text = text.split("Stop Reason").next().unwrap_or(text).trim();
    (!text.is_empty()).then(|| cut(text, QUOTED))
}

/// `full load`, `changes`, `full load and changes`.
pub fn does(migration: &str) -> &str {
    match migration {
        "full-load" => "full load",
        "cdc" => "changes",
        "full-load-and-cdc" => "full load and changes",
        other => other,
    }
}

/// Whether its latency says anything: it takes changes and runs.
pub fn has_latency(task: &TaskFact) -> bool {
    task.status == "running" && task.migration != "full-load"
}

/// What the service calls the field of [`TaskFact::failure`].
pub fn failure_field(arn: &str) -> &'static str {
    if is_serverless(arn) { "FailureMessages" } else { "LastFailureMessage" }
}

/// The ARN of its instance; of a serverless replication `serverless, 4 DCU`.
pub fn runs_on(task: &TaskFact) -> Option<String> {
    if !is_serverless(&task.arn) {
        return task.instance.clone();
    }
    Some(task.capacity.map_or_else(|| "serverless".to_owned(), |units| format!("serverless, {units} DCU")))
}

/// With which of these dimensions the latency of a serverless replication is published. The guide says that its metrics are
/// "grouped by each serverless replication" and does not name the dimension, so its value tells: the id of the
/// configuration, its ARN or its name. Instances have names too, and theirs are no replications.
pub fn dimensions_of<'a>(task: &TaskFact, listed: &'a [Dimensions]) -> Option<&'a Dimensions> {
    let own = task.arn.rsplit(':').next().unwrap_or(&task.arn);
    let of_instance = |one: &Dimensions| one.iter().any(|(name, _)| name == "ReplicationInstanceIdentifier");
    let has = |one: &Dimensions, wanted: &str| one.iter().any(|(_, value)| value == wanted);
    let found = listed.iter().find(|one| has(one, own) || has(one, &task.arn));
    found.or_else(|| listed.iter().find(|one| !of_instance(one) && has(one, &task.name)))
}

/// How far behind it is, once that is far: `is 1 h 11 m behind: the target takes the changes too slowly`.
pub fn lag(latency: &Latency) -> Option<String> {
    let (source, target) = (latency.source.unwrap_or(0), latency.target.unwrap_or(0));
    let most = source.max(target);
    if most < LATE {
        return None;
    }
    // What is read late is written late: only what the source does not explain is the target's.
    let why = if source.saturating_mul(2) >= most {
        "it reads the source's changes late"
    } else {
        "the target takes the changes too slowly"
    };
    Some(format!("is {} behind: {why}", duration(most.saturating_mul(1_000))))
}

/// A task in the list. What is wrong stands in `finding`; `failure` is masked by whoever shows it.
pub fn row(task: &TaskFact, latency: Option<&Latency>, now: Timestamp) -> EndRow {
    let (state, what) = judged(task, latency, now);
    let since = match state {
        EndState::Failed | EndState::Stopped | EndState::Finished => task.stopped,
        EndState::Behind | EndState::InPart | EndState::Running => task.started,
    };
    EndRow {
        id: EndId::Task(task.arn.clone()),
        name: task.name.clone(),
        state,
        word: task.status.clone(),
        finding: what.map(|what| format!("DMS {} {} {what}", task_noun(&task.arn), task.name)),
        started: task.started.or(task.created),
        since,
        as_of: now,
    }
}

fn judged(task: &TaskFact, latency: Option<&Latency>, now: Timestamp) -> (EndState, Option<String>) {
    let stopped = task.stop_reason.as_deref().and_then(stop);
    let failed = task.failure.as_deref().and_then(failure);
    let when = ago(task.stopped, now);
    match task.status.as_str() {
        "failed" | "failed-move" => {
            let why = [stopped.map(|(words, _)| words.to_owned()), failed];
            (EndState::Failed, Some(told(&format!("failed{when}"), why)))
        }
        // A serverless replication gives its capacity back some days after it stopped.
        "stopped" | "deprovisioned" => match stopped {
            Some((_, Stop::Done)) => (EndState::Finished, tables(task)),
            Some((words, Stop::Meant)) => {
                (EndState::Stopped, Some(told(&format!("stopped{when}"), [Some(words.to_owned()), None])))
            }
            Some((words, Stop::Error)) => {
                (EndState::Failed, Some(told(&format!("stopped{when}"), [Some(words.to_owned()), failed])))
            }
            None => (EndState::Stopped, Some(told(&format!("stopped{when}"), [failed, None]))),
        },
        "running" => {
            let late = latency.filter(|_| has_latency(task)).and_then(lag);
            match (late, tables(task)) {
                (Some(late), Some(tables)) => (EndState::Behind, Some(format!("{late}; it {tables}"))),
                (Some(late), None) => (EndState::Behind, Some(late)),
                (None, Some(tables)) => (EndState::InPart, Some(tables)),
                (None, None) => (EndState::Running, None),
            }
        }
        "ready" | "created" => (EndState::Stopped, None),
        _ => (EndState::Running, None),
    }
}

fn tables(task: &TaskFact) -> Option<String> {
    let errored = usize::try_from(task.load.errored).unwrap_or(usize::MAX);
    (errored > 0).then(|| format!("has {} in error", count(errored, "table")))
}

fn told(what: &str, why: [Option<String>; 2]) -> String {
    let why: Vec<String> = why.into_iter().flatten().collect();
    if why.is_empty() { what.to_owned() } else { format!("{what}: {}", why.join(": ")) }
}

/// Whether a table does not get what the others get ("Task monitoring, Table state").
pub fn is_bad_table(state: &str, refused: u64, differing: u64) -> bool {
    let state = state.to_ascii_lowercase();
    let bad = ["error", "cancelled", "does not exist", "suspended"].iter().any(|word| state.contains(word));
    bad || refused > 0 || differing > 0
}

/// How a task comes to write what lies at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    /// The place belongs to the table at this position.
    Table(usize),
    /// The place holds all that the task writes, or what it writes there is not known.
    Folder,
}

/// Whether a task with this target and these tables (schema and name) writes what lies at a key or below a prefix.
pub fn feeds(target: &EndpointFact, tables: &[(String, String)], bucket: &str, key: &str) -> Option<Feed> {
    if target.bucket.as_deref() != Some(bucket) {
        return None;
    }
    let split =
        |path: &str| path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<String>>();
    let parts = split(key);
    let root = split(target.folder.as_deref().unwrap_or_default());
    if parts.is_empty() {
        return None;
    }
    let paths: Vec<Vec<String>> = tables
        .iter()
        .map(|(schema, table)| root.iter().cloned().chain([schema.clone(), table.clone()]).collect())
        .collect();
    if let Some(at) = paths.iter().position(|path| parts.starts_with(path)) {
        return Some(Feed::Table(at));
    }
    let above = root.starts_with(&parts) || paths.iter().any(|path| path.starts_with(&parts));
    // Several tasks may share a target: with the tables known, what belongs to none of them is another's.
    let below = !root.is_empty() && parts.starts_with(&root) && tables.is_empty();
    (above || below).then_some(Feed::Folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::ends::facts::FullLoad;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn task(status: &str, reason: Option<&str>, failure: Option<&str>) -> TaskFact {
        TaskFact {
            arn: "arn:aws:dms:eu-west-1:123456789012:task:ABC".into(),
            name: "orders-cdc".into(),
            status: status.into(),
            migration: "cdc".into(),
            stop_reason: reason.map(str::to_owned),
            failure: failure.map(str::to_owned),
            stopped: (status != "running").then(|| at("2026-11-21T05:00:00Z")),
            ..TaskFact::default()
        }
    }

    fn finding(task: &TaskFact, latency: Option<Latency>) -> (EndState, Option<String>) {
        let row = row(task, latency.as_ref(), at("2026-11-21T08:00:00Z"));
        (row.state, row.finding)
    }

    #[test]
    fn stop_reasons_are_said_in_words() {
        let known = [
            ("Stop Reason NORMAL", Stop::Meant),
            ("Stop Reason FULL_LOAD_ONLY_FINISHED", Stop::Done),
            ("Stop Reason FATAL_ERROR Error Level FATAL", Stop::Error),
            ("Stop Reason: RECOVERABLE_ERROR Error Level RECOVERABLE", Stop::Error),
            ("STOPPED_DUE_TO_LOW_DISK", Stop::Error),
        ];
        for (reason, kind) in known {
            assert_eq!(stop(reason).map(|(_, kind)| kind), Some(kind), "{reason}");
        }
        for reason in ["", "Stop Reason", "Stop Reason SOMETHING_NEW"] {
            assert_eq!(stop(reason), None, "{reason}");
        }
    }

    #[test]
    fn what_is_wrong_stands_in_one_line() {
        let failed = task(
            "failed",
            Some("Stop Reason FATAL_ERROR Error Level FATAL"),
            Some("Last Error  Replication task out of memory. Stop Reason FATAL_ERROR Error Level FATAL"),
        );
        assert_eq!(
            finding(&failed, None),
            (
                EndState::Failed,
                Some(
                    "DMS task orders-cdc failed 3 h ago: it met a fatal error: Replication task out of memory.".into()
                )
            )
        );
        let meant = task("stopped", Some("Stop Reason NORMAL"), None);
        assert_eq!(
            finding(&meant, None),
            (EndState::Stopped, Some("DMS task orders-cdc stopped 3 h ago: somebody stopped it".into()))
        );
        assert_eq!(
            finding(&task("stopped", Some("Stop Reason FULL_LOAD_ONLY_FINISHED"), None), None),
            (EndState::Finished, None)
        );
        assert_eq!(finding(&task("starting", None, None), None), (EndState::Running, None));
    }

    fn replication(status: &str, failure: Option<&str>) -> TaskFact {
        TaskFact {
            arn: "arn:aws:dms:eu-west-1:123456789012:replication-config:DEF".into(),
            name: "suppliers".into(),
            ..task(status, None, failure)
        }
    }

    #[test]
    fn a_serverless_replication_is_told_of_like_a_task() {
        let failed = replication("failed", Some("Test connection failed for endpoint SUPPLIERS-DB."));
        assert_eq!(
            finding(&failed, None),
            (
                EndState::Failed,
                Some(
                    "DMS serverless replication suppliers failed 3 h ago: Test connection failed for endpoint \
                     SUPPLIERS-DB."
                        .into()
                )
            )
        );
        for status in ["initializing", "fetching_metadata", "provisioning_capacity", "replication_starting"] {
            assert_eq!(finding(&replication(status, None), None), (EndState::Running, None), "{status}");
        }
        assert_eq!(finding(&replication("ready", None), None), (EndState::Stopped, None), "it was never started");
        assert_eq!(finding(&replication("deprovisioned", None), None).0, EndState::Stopped);
        assert_eq!(failure_field(&failed.arn), "FailureMessages");
        let with = TaskFact { capacity: Some(4), ..failed };
        assert_eq!(runs_on(&with).as_deref(), Some("serverless, 4 DCU"));
        assert_eq!(runs_on(&task("running", None, None)), None, "its instance is not known");
    }

    #[test]
    fn the_metrics_of_a_serverless_replication_are_found_by_what_they_name() {
        let of = |pairs: &[(&str, &str)]| -> Dimensions {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let running = replication("running", None);
        let of_task = of(&[("ReplicationInstanceIdentifier", "suppliers"), ("ReplicationTaskIdentifier", "ABC")]);
        let by_id = of(&[("ReplicationConfigId", "DEF")]);
        let by_name = of(&[("ReplicationConfigIdentifier", "suppliers")]);
        let listed = [of_task.clone(), by_name.clone(), by_id.clone()];
        assert_eq!(dimensions_of(&running, &listed), Some(&by_id), "an id before a name");
        assert_eq!(dimensions_of(&running, &listed[..2]), Some(&by_name));
        assert_eq!(dimensions_of(&running, &[of_task]), None, "an instance of the same name");
        let by_arn = [of(&[("ReplicationConfigArn", running.arn.as_str())])];
        assert_eq!(dimensions_of(&running, &by_arn), by_arn.first());
    }

    #[test]
    fn latency_says_which_side_is_slow() {
        let latency =
            |source, target| Latency { source: Some(source), target: Some(target), at: at("2026-11-21T07:55:00Z") };
        assert_eq!(lag(&latency(3, 599)), None);
        assert_eq!(
            lag(&latency(1_278, 4_260)).as_deref(),
            Some("is 1 h 11 m behind: the target takes the changes too slowly")
        );
        assert_eq!(
            lag(&latency(4_200, 4_260)).as_deref(),
            Some("is 1 h 11 m behind: it reads the source's changes late")
        );
        let mut running = task("running", None, None);
        running.load = FullLoad { errored: 1, ..FullLoad::default() };
        let (state, told) = finding(&running, Some(latency(0, 4_260)));
        assert_eq!(state, EndState::Behind);
        assert!(told.unwrap().ends_with("; it has 1 table in error"));
        assert_eq!(
            finding(&running, None),
            (EndState::InPart, Some("DMS task orders-cdc has 1 table in error".into()))
        );
        running.migration = "full-load".into();
        assert_eq!(finding(&running, Some(latency(0, 4_260))).0, EndState::InPart, "a full load has no latency");
    }

    fn target(folder: Option<&str>) -> EndpointFact {
        EndpointFact {
            arn: String::new(),
            name: "lake-raw".into(),
            engine: "s3".into(),
            bucket: Some("lake-raw".into()),
            folder: folder.map(str::to_owned),
        }
    }

    #[test]
    fn a_task_feeds_its_own_tables() {
        let tables = [("public".to_owned(), "orders".to_owned()), ("public".to_owned(), "orders_header".to_owned())];
        let cases = [
            ("cdc/public/orders/", Some(Feed::Table(0))),
            ("cdc/public/orders/20261121-0412.parquet", Some(Feed::Table(0))),
            ("cdc/public/orders_header", Some(Feed::Table(1))),
            ("cdc/public/till_events/", None),
            ("cdc/", Some(Feed::Folder)),
            ("cdc", Some(Feed::Folder)),
            ("cdc/public/", Some(Feed::Folder)),
            ("cdcs/public/orders/", None),
            ("data/in/daily_sales.csv", None),
            ("", None),
        ];
        for (key, expected) in cases {
            assert_eq!(feeds(&target(Some("cdc")), &tables, "lake-raw", key), expected, "{key}");
        }
        assert_eq!(feeds(&target(Some("cdc")), &tables, "other", "cdc/public/orders/"), None);
        assert_eq!(feeds(&target(Some("cdc")), &[], "lake-raw", "cdc/public/x/"), Some(Feed::Folder), "not known");
        assert_eq!(feeds(&target(None), &tables, "lake-raw", "public/orders/x"), Some(Feed::Table(0)));
        assert_eq!(feeds(&target(None), &tables, "lake-raw", "data/in/x"), None, "a whole bucket is no folder");
    }

    proptest! {
        #[test]
        fn no_text_of_a_stranger_makes_it_panic(text in "\\PC{0,80}", key in "\\PC{0,40}") {
            let _ = stop(&text);
            let _ = failure(&text);
            let _ = feeds(&target(Some(&text)), &[(text.clone(), key.clone())], "lake-raw", &key);
        }
    }
}

//! Executions of one machine that failed for one cause are one incident, and so are those that run.
//!
//! One cause is one error with one text, whatever numbers, ids and addresses stand in it.

use super::signature::signature;
use contract::{
    Timestamp,
    executions::{ExecutionRow, Status},
    now::{NowKind, NowRow},
    settings::Place,
};
use std::collections::HashMap;

/// ARNs that an incident carries.
const MOST_EXECUTIONS: usize = 200;

/// The incidents of these executions, which were seen in this place. Their ids are stable, so a mark stays with its own.
pub(crate) fn incidents<'a>(rows: impl Iterator<Item = &'a ExecutionRow>, place: &Place) -> Vec<NowRow> {
    let mut groups: HashMap<(String, bool, String, String), Vec<&ExecutionRow>> = HashMap::new();
    for row in rows {
        let running = row.status == Status::Running;
        if !running && !row.status.is_failure() {
            continue;
        }
        let (error, cause) =
            if running { Default::default() } else { (error_of(row), signature(row.cause.as_deref())) };
        groups.entry((row.machine_arn.clone(), running, error, cause)).or_default().push(row);
    }
    groups
        .into_iter()
        .filter_map(|((machine, running, error, cause), mut rows)| {
            // By their ends: one that took long, or was redriven, may have failed after those that began later.
            rows.sort_by_key(|row| std::cmp::Reverse((end_of(row), row.started)));
            let newest = *rows.first()?;
            let oldest = rows.iter().map(|row| row.started).min()?;
            let kind = if running { NowKind::Running } else { NowKind::Failed };
            Some(NowRow {
                id: if running {
                    format!("{} {machine} running", place.profile)
                } else {
                    format!("{} {machine} {error} {cause}", place.profile).trim_end().to_owned()
                },
                kind,
                what: newest.machine.clone(),
                why: why_words(newest, running),
                machine: Some(machine),
                status: Some(newest.status),
                error: (!running).then_some(error),
                runs: rows.len() as u64,
                newest: end_of(newest),
                oldest,
                executions: rows.iter().take(MOST_EXECUTIONS).map(|row| row.arn.clone()).collect(),
                jobs: Vec::new(),
                absence: None,
                profile: place.profile.clone(),
                region: place.region.clone(),
                mark: None,
                operation: None,
                members: Vec::new(),
            })
        })
        .collect()
}

fn end_of(row: &ExecutionRow) -> Timestamp {
    row.stopped.unwrap_or(row.started)
}

fn error_of(row: &ExecutionRow) -> String {
    row.error.clone().unwrap_or_else(|| row.status.word().to_owned())
}

fn why_words(row: &ExecutionRow, running: bool) -> String {
    let state = row.state.as_deref();
    match (running, state, row.cause.as_deref().or(row.error.as_deref())) {
        (true, Some(state), _) => format!("in {state}"),
        (true, None, _) => "running".to_owned(),
        (false, Some(state), Some(cause)) => format!("{state}: {cause}"),
        (false, Some(state), None) => format!("{} in {state}", row.status.word()),
        (false, None, Some(cause)) => cause.to_owned(),
        (false, None, None) => row.status.word().to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn place() -> Place {
        Place { profile: "p".into(), region: "r".into() }
    }

    pub(crate) fn row(name: &str, status: Status, error: Option<&str>, hour: i8) -> ExecutionRow {
        let started = format!("2026-11-21T{hour:02}:04:00Z").parse().unwrap();
        ExecutionRow {
            arn: format!("arn:aws:states:eu-west-1:1:execution:daily:{name}"),
            machine: "daily".into(),
            machine_arn: "arn:aws:states:eu-west-1:1:stateMachine:daily".into(),
            name: name.into(),
            status,
            started,
            stopped: (status != Status::Running).then_some(started),
            redrives: 0,
            state: Some("Submit".into()),
            error: error.map(str::to_owned),
            cause: None,
            version: None,
            looked: true,
        }
    }

    #[test]
    fn failures_of_one_error_are_one_incident_and_successes_none() {
        let rows = [
            row("a", Status::CaughtFailure, Some("Bad"), 6),
            row("b", Status::CaughtFailure, Some("Bad"), 8),
            row("c", Status::Failed, Some("Other"), 7),
            row("d", Status::Succeeded, None, 9),
            row("e", Status::Running, None, 9),
        ];
        let mut found = incidents(rows.iter(), &place());
        found.sort_by(|one, two| one.id.cmp(&two.id));
        let told: Vec<_> = found.iter().map(|row| (row.kind, row.error.as_deref(), row.runs)).collect();
        assert_eq!(
            told,
            [(NowKind::Failed, Some("Bad"), 2), (NowKind::Failed, Some("Other"), 1), (NowKind::Running, None, 1)]
        );
        assert!(found[0].executions[0].ends_with(":b"), "newest first");
    }

    #[test]
    fn what_began_first_and_failed_last_is_the_newest() {
        let ended = |name: &str, began: i8, hour: i8| {
            let stopped = Some(format!("2026-11-21T{hour:02}:30:00Z").parse().unwrap());
            ExecutionRow { stopped, ..row(name, Status::Failed, Some("Bad"), began) }
        };
        let rows = [ended("quick", 6, 6), ended("redriven", 5, 9), ended("slow", 4, 7)];
        let found = incidents(rows.iter(), &place());
        let [incident] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(incident.newest, rows[1].stopped.unwrap(), "a mark made before it must not hide it");
        assert_eq!(incident.oldest, rows[2].started);
        let names: Vec<_> = incident.executions.iter().filter_map(|arn| arn.rsplit(':').next()).collect();
        assert_eq!(names, ["redriven", "slow", "quick"]);
    }

    #[test]
    fn one_cause_is_one_incident_whatever_its_numbers() {
        let caused = |name: &str, hour: i8, cause: &str| ExecutionRow {
            cause: Some(cause.into()),
            ..row(name, Status::Failed, Some("Bad"), hour)
        };
        let rows = [
            caused("a", 6, "job run 00f4k2b9aa17 read s3://lake/in/a.csv: record 4711 is cut off"),
            caused("b", 8, "job run 00f4k2b9bb42 read s3://lake/in/b.csv: record 12 is cut off"),
            caused("c", 7, "access denied"),
            row("d", Status::Failed, Some("Bad"), 5),
        ];
        let mut found = incidents(rows.iter(), &place());
        found.sort_by_key(|row| std::cmp::Reverse(row.newest));
        let told: Vec<_> = found.iter().map(|row| (row.runs, row.why.as_str())).collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(told[0].0, 2);
        assert!(told[0].1.contains("record 12 is cut off"), "the newest speaks: {told:?}");
        assert_eq!((found[0].newest, found[0].oldest), (rows[1].started, rows[0].started));
        let mut ids: Vec<_> = found.iter().map(|row| &row.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 3);
    }
}

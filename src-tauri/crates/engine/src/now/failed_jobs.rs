//! Runs of one job that failed for one cause are one incident, unless an execution explains them: that one is on the page.

use super::signature::signature;
use ::jobs::link::{family, is_started};
use contract::{
    Timestamp,
    jobs::{JobRow, facts::StartedRun},
    now::{NowKind, NowRow},
    settings::Place,
};
use std::collections::HashMap;

/// Runs that an incident carries.
const MOST_RUNS: usize = 200;

/// The incidents of these runs, which were seen in this place. `started` are the runs that executions started.
pub(crate) fn failed_jobs<'a>(
    rows: &[JobRow],
    started: impl Iterator<Item = &'a StartedRun> + Clone,
    since: Timestamp,
    place: &Place,
) -> Vec<NowRow> {
    let mut groups: HashMap<(String, String), Vec<(Timestamp, &JobRow)>> = HashMap::new();
    for row in rows.iter().filter(|row| row.state.is_failure()) {
        let Some(at) = ended(row).filter(|at| *at >= since) else { continue };
        if started.clone().any(|started| is_started(row, started)) {
            continue;
        }
        groups.entry((family(row), signature(row.reason.as_deref()))).or_default().push((at, row));
    }
    groups
        .into_iter()
        .filter_map(|((job, cause), mut runs)| {
            runs.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
            let ((newest, row), (oldest, _)) = (*runs.first()?, *runs.last()?);
            Some(NowRow {
                id: format!("{} {} job {job} {cause}", place.profile, place.region).trim_end().to_owned(),
                kind: NowKind::FailedJob,
                what: row.name.clone(),
                machine: None,
                status: None,
                error: Some(row.word.clone()),
                why: why(row),
                runs: runs.len() as u64,
                newest,
                oldest,
                executions: Vec::new(),
                jobs: runs.iter().take(MOST_RUNS).map(|(_, row)| row.id.clone()).collect(),
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

/// When a run ended, or as late as is known.
pub(crate) fn ended(row: &JobRow) -> Option<Timestamp> {
    row.ended.or(row.started).or(row.created)
}

fn why(row: &JobRow) -> String {
    let (engine, noun) = (row.id.engine().word(), row.id.noun());
    match row.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("{engine} {noun}: {reason}"),
        None => format!("{engine} {noun} {}", row.state.word()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::now::incidents::tests::place;
    use contract::jobs::{JobId, State, Timing};

    /// A run of Glue that failed.
    pub(crate) fn failed_run(job: &str, run: &str, ended: Timestamp) -> JobRow {
        JobRow { ended: Some(ended), ..row(job, run, State::Failed, 5, "no space") }
    }

    fn at(hour: i8) -> Timestamp {
        format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
    }

    fn row(job: &str, run: &str, state: State, hour: i8, reason: &str) -> JobRow {
        JobRow {
            id: JobId::Glue { job: job.into(), run: run.into() },
            name: job.into(),
            state,
            word: "FAILED".into(),
            reason: Some(reason.into()),
            created: Some(at(hour)),
            started: Some(at(hour)),
            ended: Some(at(hour)),
            timing: Timing::default(),
            by: None,
            release: None,
            cost: Vec::new(),
            as_of: at(12),
        }
    }

    #[test]
    fn only_runs_that_nothing_explains_are_incidents() {
        let rows = [
            row("clean", "jr_1", State::Failed, 6, "no space on 10.0.0.1"),
            row("clean", "jr_2", State::TimedOut, 8, "no space on 10.0.0.9"),
            row("clean", "jr_3", State::Failed, 7, "access denied"),
            row("load", "jr_4", State::Failed, 9, "of an execution"),
            row("load", "jr_5", State::Succeeded, 9, ""),
            row("old", "jr_6", State::Failed, 1, "before the range"),
        ];
        let started = [StartedRun::Run(JobId::Glue { job: "load".into(), run: "jr_4".into() })];
        let mut found = failed_jobs(&rows, started.iter(), at(5), &place());
        found.sort_by_key(|row| std::cmp::Reverse(row.newest));
        let told: Vec<_> = found.iter().map(|row| (row.what.as_str(), row.runs, row.newest, row.oldest)).collect();
        assert_eq!(told, [("clean", 2, at(8), at(6)), ("clean", 1, at(7), at(7))]);
        assert_eq!(found[0].jobs, [rows[1].id.clone(), rows[0].id.clone()], "newest first");
        assert_eq!(found[0].why, "Glue job run: no space on 10.0.0.9");
        assert_eq!(
            failed_jobs(&rows, [].iter(), at(5), &place()).len(),
            3,
            "without the execution it stands for itself"
        );
    }
}

//! What failed in a list of executions, by error and state, with the strip and the rates beside it.

use crate::{Desk, EngineError};
use contract::{
    Timestamp,
    executions::{ErrorGroup, ErrorGroups, ExecutionRow, GroupErrors, Status, StripRun},
    sets::Rows,
};
use std::collections::{BTreeSet, HashMap};

/// Bars of the strip.
const STRIP: usize = 50;

impl Desk {
    /// Errors, strip and rates of the rows that an open set shows.
    pub fn group_errors(&self, request: GroupErrors) -> Result<ErrorGroups, EngineError> {
        let Rows::Executions(rows) = self.inner.sets.all_rows(request.set)?.rows else {
            return Err(EngineError::BadInput("This is no list of executions.".into()));
        };
        Ok(grouped(rows, Timestamp::now()))
    }
}

fn grouped(mut rows: Vec<ExecutionRow>, now: Timestamp) -> ErrorGroups {
    rows.sort_by_key(|row| std::cmp::Reverse(row.started));
    let took = |row: &ExecutionRow| {
        u64::try_from(row.stopped.unwrap_or(now).duration_since(row.started).as_secs()).unwrap_or(0)
    };
    let mut groups: HashMap<(String, Option<String>), Vec<&ExecutionRow>> = HashMap::new();
    for row in rows.iter().filter(|row| row.status.is_failure()) {
        let error = row.error.clone().unwrap_or_else(|| row.status.word().to_owned());
        groups.entry((error, row.state.clone())).or_default().push(row);
    }
    let mut groups: Vec<ErrorGroup> = groups
        .into_iter()
        .filter_map(|((error, state), rows)| {
            let (newest, oldest) = (rows.first()?, rows.last()?);
            Some(ErrorGroup {
                error,
                state,
                cause: newest.cause.clone(),
                machines: rows.iter().map(|row| row.machine.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
                count: rows.len() as u64,
                newest: newest.started,
                oldest: oldest.started,
                executions: rows.iter().map(|row| row.arn.clone()).collect(),
            })
        })
        .collect();
    groups.sort_by(|one, two| two.count.cmp(&one.count).then_with(|| two.newest.cmp(&one.newest)));
    let mut times: Vec<u64> = rows.iter().filter(|row| row.status == Status::Succeeded).map(&took).collect();
    times.sort_unstable();
    ErrorGroups {
        groups,
        strip: rows
            .iter()
            .take(STRIP)
            .map(|row| StripRun {
                arn: row.arn.clone(),
                name: row.name.clone(),
                status: row.status,
                started: row.started,
                seconds: took(row),
            })
            .collect(),
        median: times.get(times.len() / 2).copied(),
        succeeded: times.len() as u64,
        ended: rows.iter().filter(|row| row.stopped.is_some()).count() as u64,
    }
}

//! The runs of the machine that began after the one that failed: whether one of them did its work.
//!
//! A run with the same input, or for the same objects, did it. One with another input may have: most machines run for a day
//! or a file that their input names.

use super::{Looking, inputs::places};
use crate::executions::{Seen, list, outcomes};
use aws::{
    AwsError,
    executions::runs::{self, Of},
};
use contract::executions::{ExecutionRow, Status};
use serde_json::Value;

/// Pages of the list, and executions of a page.
const PAGES: usize = 3;
const OF_A_PAGE: i32 = 100;
/// Runs that did not fail and are looked at: two calls each.
const MOST: usize = 10;

/// What is known of the later runs.
#[derive(Debug, Default)]
pub struct Later {
    /// The newest that does the same work and did not fail, else the newest that did not fail.
    pub run: Option<LaterRun>,
    /// There are more, which were not looked at.
    pub left: bool,
}

#[derive(Debug)]
pub struct LaterRun {
    pub name: String,
    pub running: bool,
    /// It does what the failed one was to do.
    pub same: bool,
}

impl Looking {
    pub(super) async fn later(&self) -> Result<Later, AwsError> {
        let seen = self.followed.known();
        // No list has the runs of a child of a Map run, nor those of an express machine.
        if seen.fact.map_run.is_some() || seen.fact.arn.contains(":express:") {
            return Ok(Later::default());
        }
        let (mut later, mut token, mut looked) = (Later::default(), None, 0);
        for _ in 0..PAGES {
            let of = Of::Machine(&seen.fact.machine);
            let (items, next) = runs::page(&self.session, of, None, OF_A_PAGE, token).await?;
            let reaches = items.last().is_none_or(|item| item.started <= seen.fact.started);
            let after = items.into_iter().filter(|item| item.started > seen.fact.started && item.arn != seen.fact.arn);
            for row in after.map(list::row) {
                if !matches!(row.status, Status::Running | Status::PendingRedrive | Status::Succeeded) {
                    continue;
                }
                if looked == MOST {
                    later.left = true;
                    return Ok(later);
                }
                looked += 1;
                match self.unfailed(&seen, row).await? {
                    Some(run) if run.same => return Ok(Later { run: Some(run), left: false }),
                    Some(run) => {
                        later.run.get_or_insert(run);
                    }
                    None => {}
                }
            }
            if reaches || next.is_none() {
                return Ok(later);
            }
            token = next;
        }
        later.left = true;
        Ok(later)
    }

    /// A later run, unless its success is a failure that was caught.
    async fn unfailed(&self, seen: &Seen, mut row: ExecutionRow) -> Result<Option<LaterRun>, AwsError> {
        if row.status == Status::Succeeded {
            row = outcomes::look(&self.desk, &self.session, row, seen.definition.clone()).await?;
            if row.status != Status::Succeeded {
                return Ok(None);
            }
        }
        let input = match runs::describe(&self.session, &row.arn).await {
            Ok(fact) => fact.input,
            Err(error) if error.is_absent() => None,
            Err(error) => return Err(error),
        };
        let same = seen.fact.input.as_deref().zip(input.as_deref()).is_some_and(|(one, other)| is_same(one, other));
        Ok(Some(LaterRun { name: row.name, running: row.status != Status::Succeeded, same }))
    }
}

/// Whether two inputs ask for the same work: they have the same value, or name the same objects.
fn is_same(one: &str, other: &str) -> bool {
    let value = |text: &str| serde_json::from_str::<Value>(text).ok();
    if one == other || value(one).is_some_and(|one| Some(one) == value(other)) {
        return true;
    }
    let (mut one, mut other) = (places(Some(one), None), places(Some(other), None));
    one.sort();
    other.sort();
    !one.is_empty() && one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(key: &str, at: &str) -> String {
        format!(r#"{{"time": "{at}", "detail": {{"bucket": {{"name": "lake-raw"}}, "object": {{"key": "{key}"}}}}}}"#)
    }

    #[test]
    fn the_same_value_or_the_same_objects_are_the_same_work() {
        assert!(is_same("{}", "{ }"));
        assert!(is_same(r#"{"a": 1, "b": 2}"#, r#"{"b": 2, "a": 1}"#));
        assert!(is_same(
            &event("in/sales.csv", "2026-11-21T06:00:12Z"),
            &event("in/sales.csv", "2026-11-21T08:10:00Z")
        ));
        assert!(!is_same(
            &event("in/sales.csv", "2026-11-21T06:00:12Z"),
            &event("in/menu.csv", "2026-11-21T06:00:12Z")
        ));
        assert!(!is_same(r#"{"week": "2026-w34"}"#, r#"{"week": "2026-w35"}"#), "another week is other work");
        assert!(is_same("not JSON", "not JSON") && !is_same("not JSON", "nor this"));
    }
}
